def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads, d_head = config.n_kv_heads, config.d_head
    if n_kv_heads is None:
        n_kv_heads = config.n_heads
    if d_head is None:
        d_head = config.d_model // config.n_heads
    total = 0
    for _layer in range(config.n_layers):
        for _kept in ("keys", "values"):
            for _head in range(n_kv_heads):
                total += n_tokens * d_head * bytes_per_number
    return total
