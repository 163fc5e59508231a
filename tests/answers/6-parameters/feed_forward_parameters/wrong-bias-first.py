# names: another order
def feed_forward_parameters(d_model, d_ff, bias=False, gated=False):
    up = d_model * d_ff
    down = d_ff * d_model
    total = up + down
    if gated:
        total += d_model * d_ff
    if bias:
        total += d_ff + d_model
        if gated:
            total += d_ff
    return total
