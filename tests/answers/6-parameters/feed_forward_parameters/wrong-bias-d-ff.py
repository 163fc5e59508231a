# names: each layer gets d_ff
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    weights = (3 if gated else 2) * d_model * d_ff
    biases = (3 if gated else 2) * d_ff
    return weights + (biases if bias else 0)
