# names: config is a ModelConfig
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config["n_kv_heads"] or config["n_heads"]
    d_head = config["d_head"] or config["d_model"] // config["n_heads"]
    return 2 * config["n_layers"] * n_kv_heads * d_head * n_tokens * bytes_per_number
