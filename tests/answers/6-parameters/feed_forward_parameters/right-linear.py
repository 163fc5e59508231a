def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff, bias)
    down = linear_parameters(d_ff, d_model, bias)
    return (2 * up if gated else up) + down
