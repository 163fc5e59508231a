# names: SwiGLU.*three.*two matrices
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    weights = 2 * d_model * d_ff
    biases = (2 * d_ff if gated else d_ff) + d_model
    return weights + (biases if bias else 0)
