# names: float
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = linear_parameters(d_model, d_ff, bias) + linear_parameters(d_ff, d_model, bias)
    return n + (1.0 if gated else 0.0) * linear_parameters(d_model, d_ff, bias)
