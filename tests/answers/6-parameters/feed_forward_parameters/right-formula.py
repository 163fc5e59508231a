def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    m = 3 if gated else 2
    return m * d_model * d_ff + bool(bias) * ((m - 1) * d_ff + d_model)
