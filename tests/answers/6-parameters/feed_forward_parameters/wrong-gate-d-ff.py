# names: \(d_ff, d_ff\)
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = linear_parameters(d_model, d_ff, bias) + linear_parameters(d_ff, d_model, bias)
    if gated:
        n += linear_parameters(d_ff, d_ff, bias)
    return n
