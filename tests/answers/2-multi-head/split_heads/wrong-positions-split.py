# names: batch is not handled|positions are split|shape is not
def split_heads(x, n_heads):
    *batch, n, d_model = x.shape
    if d_model % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
    n_padded = -(-n // n_heads) * n_heads
    return F.pad(x, (0, 0, 0, n_padded - n)).unflatten(-2, (n_heads, -1))
