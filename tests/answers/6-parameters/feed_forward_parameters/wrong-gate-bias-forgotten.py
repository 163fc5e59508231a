# names: the gate has none
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    weights = (3 if gated else 2) * d_model * d_ff
    biases = d_ff + d_model
    return weights + (biases if bias else 0)
