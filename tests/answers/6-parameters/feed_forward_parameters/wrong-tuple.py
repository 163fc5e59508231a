# names: several numbers
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = (linear_parameters(d_model, d_ff, bias), linear_parameters(d_ff, d_model, bias))
    return n + (n[0],) if gated else n
