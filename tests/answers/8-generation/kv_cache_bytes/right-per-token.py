def bytes_of_a_token(config, bytes_per_number):
    width = config.d_head if config.d_head else config.d_model // config.n_heads
    heads = config.n_kv_heads if config.n_kv_heads else config.n_heads
    one = heads * width * bytes_per_number
    return config.n_layers * (one + one)


def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    return n_tokens * bytes_of_a_token(config, bytes_per_number)
