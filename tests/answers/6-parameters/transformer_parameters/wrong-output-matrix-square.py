# names: W_o has n_heads \* d_head rows
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * (attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias) + (config.d_model - (config.d_head or config.d_model // config.n_heads) * config.n_heads) * config.d_model),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return parts
