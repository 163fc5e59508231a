def transformer_parameters(config):
    def size(*layers):
        return sum(p.numel() for layer in layers for p in layer.parameters())


    def linear(i, o):
        return nn.Linear(i, o, bias=config.bias, device="meta")


    d = config.d_model
    h = config.d_head or d // config.n_heads
    kv = config.n_kv_heads or config.n_heads
    attention = size(linear(d, config.n_heads * h), linear(d, kv * h), linear(d, kv * h), linear(config.n_heads * h, d))
    ff = size(linear(d, config.d_ff), linear(config.d_ff, d)) + (size(linear(d, config.d_ff)) if config.gated else 0)
    norm = size(nn.LayerNorm(d, device="meta") if config.norm == "layer" else nn.RMSNorm(d, device="meta"))
    result = {
        "total": 0,
        "embedding": size(nn.Embedding(config.vocab_size, d, device="meta")),
        "positions": size(nn.Embedding(config.n_positions, d, device="meta")) if config.n_positions else 0,
        "attention": config.n_layers * attention,
        "feed_forward": config.n_layers * ff,
        "norms": (2 * config.n_layers + 1) * norm,
        "output": 0 if config.tied_embeddings else size(nn.Linear(d, config.vocab_size, bias=False, device="meta")),
    }
    result["total"] = sum(v for k, v in result.items() if k != "total")
    return result
