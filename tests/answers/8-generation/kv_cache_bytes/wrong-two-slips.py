# names: n_kv_heads and d_head are ignored
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    d_head = config.d_model // config.n_heads
    return 2 * config.n_layers * config.n_heads * d_head * n_tokens * bytes_per_number
