# names: four
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = linear_parameters(d_model, d_ff, bias) + linear_parameters(d_ff, d_model, bias)
    return 2 * n if gated else n
