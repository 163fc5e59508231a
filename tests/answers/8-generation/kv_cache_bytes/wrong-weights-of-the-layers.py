# names: weights of W_k and W_v
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_kv_heads or config.n_heads
    d_head = config.d_head or config.d_model // config.n_heads
    W_k = config.d_model * n_kv_heads * d_head
    return config.n_layers * (W_k + W_k) * bytes_per_number
