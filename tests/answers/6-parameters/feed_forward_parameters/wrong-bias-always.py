# names: biases are always
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    weights = (3 if gated else 2) * d_model * d_ff
    biases = (2 * d_ff if gated else d_ff) + d_model
    return weights + (biases if True else 0)
