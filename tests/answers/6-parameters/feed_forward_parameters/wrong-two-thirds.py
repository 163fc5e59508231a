# names: two thirds
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    if gated:
        d_ff = 2 * d_ff // 3
    up = linear_parameters(d_model, d_ff, bias)
    return (2 * up if gated else up) + linear_parameters(d_ff, d_model, bias)
