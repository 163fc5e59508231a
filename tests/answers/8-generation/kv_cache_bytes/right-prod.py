def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    default = lambda value, otherwise: otherwise if value is None else value
    return math.prod(
        (
            2,
            config.n_layers,
            default(config.n_kv_heads, config.n_heads),
            default(config.d_head, config.d_model // config.n_heads),
            n_tokens,
            bytes_per_number,
        )
    )
