def transformer_parameters(config):
    V, d, L = config.vocab_size, config.d_model, config.n_layers
    kv = config.n_kv_heads if config.n_kv_heads is not None else config.n_heads
    h = config.d_head if config.d_head is not None else d // config.n_heads
    attention = 2 * d * h * (config.n_heads + kv)
    feed_forward = (3 if config.gated else 2) * d * config.d_ff
    if config.bias:
        attention += (config.n_heads + 2 * kv) * h + d
        feed_forward += (2 if config.gated else 1) * config.d_ff + d
    norm = {"rms": d, "layer": 2 * d}[config.norm]
    p = dict(
        embedding=V * d,
        positions=config.n_positions * d,
        attention=L * attention,
        feed_forward=L * feed_forward,
        norms=(2 * L + 1) * norm,
        output=(1 - config.tied_embeddings) * V * d,
    )
    p["total"] = sum(p.values())
    return p
