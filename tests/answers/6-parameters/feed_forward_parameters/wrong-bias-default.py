# names: biases are always
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff)
    return (2 * up if gated else up) + linear_parameters(d_ff, d_model)
