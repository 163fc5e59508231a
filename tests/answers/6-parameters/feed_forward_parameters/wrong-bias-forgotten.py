# names: biases are forgotten
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    weights = (3 if gated else 2) * d_model * d_ff
    biases = 0
    return weights + (biases if bias else 0)
