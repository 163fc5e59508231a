# names: the gate has none
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * ((3 if config.gated else 2) * config.d_model * config.d_ff + (config.d_ff + config.d_model if config.bias else 0)),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return parts
