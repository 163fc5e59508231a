# names: wrong way round
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff, bias)
    return (up if gated else 2 * up) + linear_parameters(d_ff, d_model, bias)
