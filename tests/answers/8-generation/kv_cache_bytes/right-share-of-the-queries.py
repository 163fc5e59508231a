def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    d_head = config.d_head or config.d_model // config.n_heads
    all_heads = 2 * config.n_layers * config.n_heads * d_head * n_tokens * bytes_per_number
    if config.n_kv_heads is None:
        return all_heads
    return all_heads * config.n_kv_heads // config.n_heads
