# --- right: formula
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head
    n = 2 * d_model * d_head * (n_heads + n_kv_heads)
    if bias:
        n += d_head * (n_heads + 2 * n_kv_heads) + d_model
    return n


# --- right: head by head
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head

    one = d_model * d_head + (d_head if bias else 0)
    total = 0
    for _ in range(n_heads):
        total += one + d_head * d_model
    for _ in range(n_kv_heads):
        total += 2 * one
    return total + (d_model if bias else 0)


# --- right: linear
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head
    lin = linear_parameters
    return (
        lin(d_model, n_heads * d_head, bias)
        + 2 * lin(d_model, n_kv_heads * d_head, bias)
        + lin(n_heads * d_head, d_model, bias)
    )


# --- right: meta device
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    if d_head is None:
        d_head = d_model // n_heads
    if n_kv_heads is None:
        n_kv_heads = n_heads
    layers = nn.ModuleDict(
        {
            "q": nn.Linear(d_model, n_heads * d_head, bias=bias, device="meta"),
            "k": nn.Linear(d_model, n_kv_heads * d_head, bias=bias, device="meta"),
            "v": nn.Linear(d_model, n_kv_heads * d_head, bias=bias, device="meta"),
            "o": nn.Linear(n_heads * d_head, d_model, bias=bias, device="meta"),
        }
    )
    return sum(p.numel() for p in layers.parameters())


# --- right: numpy
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head

    outputs = np.array([n_heads * d_head, n_kv_heads * d_head, n_kv_heads * d_head, d_model], dtype=np.int64)
    inputs = np.array([d_model, d_model, d_model, n_heads * d_head], dtype=np.int64)
    return int((inputs * outputs).sum() + (outputs.sum() if bias else 0))


# --- right: shapes
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    d = d_head or d_model // n_heads
    kv = (n_kv_heads or n_heads) * d
    shapes = [(d_model, n_heads * d), (d_model, kv), (d_model, kv), (n_heads * d, d_model)]
    return sum(i * o + o * bool(bias) for i, o in shapes)


# --- wrong: all divided by heads
# names: divided by the number of heads
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    return 4 * linear_parameters(d_model, d_model, bias) // n_heads


# --- wrong: d head first
# names: another order
def attention_parameters(d_model, n_heads, d_head=None, n_kv_heads=None, bias=False):
    if n_kv_heads is None:
        n_kv_heads = n_heads
    if d_head is None:
        d_head = d_model // n_heads
    q_out = n_heads * d_head
    kv_out = n_kv_heads * d_head
    q = d_model * q_out
    k = d_model * kv_out
    v = d_model * kv_out
    o = q_out * d_model
    total = q + k + v + o
    if bias:
        total += q_out + kv_out + kv_out + d_model
    return total


# --- wrong: float
# names: float
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model / n_heads if d_head is None else d_head
    return 2 * d_model * d_head * (n_heads + n_kv_heads) + (d_head * (n_heads + 2 * n_kv_heads) + d_model if bias else 0)


# --- wrong: gqa only k
# names: only W_k
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head
    wide, narrow = n_heads * d_head, n_kv_heads * d_head
    return (
        linear_parameters(d_model, wide, bias)
        + linear_parameters(d_model, narrow, bias)
        + linear_parameters(d_model, wide, bias)
        + linear_parameters(wide, d_model, bias)
    )


# --- wrong: none not handled
# names: defaults are not handled
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    return linear_parameters(d_model, n_heads * d_head, bias) + 2 * linear_parameters(d_model, n_kv_heads * d_head, bias) + linear_parameters(n_heads * d_head, d_model, bias)


# --- wrong: with scores
# names: scores
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    if n_kv_heads is None:
        n_kv_heads = n_heads
    if d_head is None:
        d_head = d_model // n_heads
    q_out = n_heads * d_head
    kv_out = n_kv_heads * d_head
    q = d_model * q_out
    k = d_model * kv_out
    v = d_model * kv_out
    o = q_out * d_model
    total = q + k + v + o
    if bias:
        total += q_out + kv_out + kv_out + d_model
    return total + n_heads * n_heads
