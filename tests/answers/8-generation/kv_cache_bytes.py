# --- right: loop
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


# --- right: meta tensors
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_kv_heads or config.n_heads
    d_head = config.d_head or config.d_model // config.n_heads
    K = torch.empty(n_kv_heads, n_tokens, d_head, device="meta")
    V = torch.empty_like(K)
    return config.n_layers * (K.numel() + V.numel()) * bytes_per_number


# --- right: numpy
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_heads if config.n_kv_heads is None else config.n_kv_heads
    d_head = config.d_model // config.n_heads if config.d_head is None else config.d_head
    shape = np.array([2, config.n_layers, n_kv_heads, n_tokens, d_head], dtype=np.int64)
    return int(shape.prod()) * bytes_per_number


# --- right: per token
def bytes_of_a_token(config, bytes_per_number):
    width = config.d_head if config.d_head else config.d_model // config.n_heads
    heads = config.n_kv_heads if config.n_kv_heads else config.n_heads
    one = heads * width * bytes_per_number
    return config.n_layers * (one + one)


def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    return n_tokens * bytes_of_a_token(config, bytes_per_number)


# --- right: prod
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


# --- right: share of the queries
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    d_head = config.d_head or config.d_model // config.n_heads
    all_heads = 2 * config.n_layers * config.n_heads * d_head * n_tokens * bytes_per_number
    if config.n_kv_heads is None:
        return all_heads
    return all_heads * config.n_kv_heads // config.n_heads


# --- wrong: as a dict
# names: config is a ModelConfig
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config["n_kv_heads"] or config["n_heads"]
    d_head = config["d_head"] or config["d_model"] // config["n_heads"]
    return 2 * config["n_layers"] * n_kv_heads * d_head * n_tokens * bytes_per_number


# --- wrong: as text
# names: should be a whole number \(int\)
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_heads if config.n_kv_heads is None else config.n_kv_heads
    d_head = config.d_model // config.n_heads if config.d_head is None else config.d_head
    size = 2 * config.n_layers * n_kv_heads * n_tokens * d_head * bytes_per_number
    return f"{size} bytes"


# --- wrong: loop over layers keys
# names: keys or values are left out
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_heads if config.n_kv_heads is None else config.n_kv_heads
    d_head = config.d_model // config.n_heads if config.d_head is None else config.d_head
    total = 0
    for _layer in range(config.n_layers):
        total += n_kv_heads * n_tokens * d_head * bytes_per_number
    return total


# --- wrong: share of d model
# names: d_head is ignored
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    width = config.d_model
    if config.n_kv_heads is not None:
        width = width * config.n_kv_heads // config.n_heads
    return 2 * config.n_layers * width * n_tokens * bytes_per_number


# --- wrong: true division
# names: a float comes back
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_kv_heads or config.n_heads
    d_head = config.d_head or config.d_model / config.n_heads
    return 2 * config.n_layers * n_kv_heads * d_head * n_tokens * bytes_per_number


# --- wrong: two slips
# names: n_kv_heads and d_head are ignored
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    d_head = config.d_model // config.n_heads
    return 2 * config.n_layers * config.n_heads * d_head * n_tokens * bytes_per_number


# --- wrong: weights of the layers
# names: weights of W_k and W_v
def kv_cache_bytes(config, n_tokens, bytes_per_number=2):
    n_kv_heads = config.n_kv_heads or config.n_heads
    d_head = config.d_head or config.d_model // config.n_heads
    W_k = config.d_model * n_kv_heads * d_head
    return config.n_layers * (W_k + W_k) * bytes_per_number
