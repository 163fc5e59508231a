# names: should be a whole number \(int\)
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_heads if config.n_kv_heads is None else config.n_kv_heads
    d_head = config.d_model // config.n_heads if config.d_head is None else config.d_head
    size = 2 * config.n_layers * n_kv_heads * n_tokens * d_head * bytes_per_number
    return f"{size} bytes"
