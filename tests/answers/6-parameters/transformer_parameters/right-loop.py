def transformer_parameters(config):
    counts = {"embedding": 0, "positions": 0, "attention": 0, "feed_forward": 0, "norms": 0, "output": 0}
    norm = config.d_model + (config.d_model if config.norm == "layer" else 0)
    counts["embedding"] += config.vocab_size * config.d_model
    counts["positions"] += config.n_positions * config.d_model
    for _ in range(config.n_layers):
        counts["attention"] += attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias)
        counts["feed_forward"] += feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias)
        counts["norms"] += 2 * norm
    counts["norms"] += norm
    if not config.tied_embeddings:
        counts["output"] += linear_parameters(config.d_model, config.vocab_size, bias=False)
    return {**counts, "total": sum(counts.values())}
