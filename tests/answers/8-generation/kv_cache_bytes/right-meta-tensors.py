def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_kv_heads or config.n_heads
    d_head = config.d_head or config.d_model // config.n_heads
    K = torch.empty(n_kv_heads, n_tokens, d_head, device="meta")
    V = torch.empty_like(K)
    return config.n_layers * (K.numel() + V.numel()) * bytes_per_number
