# names: as many as it has inputs
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    weights = (3 if gated else 2) * d_model * d_ff
    biases = (2 * d_model if gated else d_model) + d_ff
    return weights + (biases if bias else 0)
