# names: d_ff is ignored
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    d_ff = 4 * d_model
    up = linear_parameters(d_model, d_ff, bias)
    return (2 * up if gated else up) + linear_parameters(d_ff, d_model, bias)
