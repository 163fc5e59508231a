# names: three matrices are always
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    return 2 * linear_parameters(d_model, d_ff, bias) + linear_parameters(d_ff, d_model, bias)
