def transformer_parameters(config):
    d = np.int64(config.d_model)
    a = attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias)
    f = feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias)
    counts = np.array(
        [
            config.vocab_size * d,
            config.n_positions * d,
            config.n_layers * a,
            config.n_layers * f,
            (2 * config.n_layers + 1) * d * (1 + (config.norm != "rms")),
            (not config.tied_embeddings) * config.vocab_size * d,
        ],
        dtype=np.int64,
    )
    names = ("embedding", "positions", "attention", "feed_forward", "norms", "output")
    return dict(zip(names, counts)) | {"total": counts.sum()}
