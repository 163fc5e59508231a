# names: d_head is ignored
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    width = config.d_model
    if config.n_kv_heads is not None:
        width = width * config.n_kv_heads // config.n_heads
    return 2 * config.n_layers * width * n_tokens * bytes_per_number
