def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    if gated and bias:
        return 3 * d_model * d_ff + 2 * d_ff + d_model
    elif gated:
        return 3 * d_model * d_ff
    elif bias:
        return 2 * d_model * d_ff + d_ff + d_model
    return 2 * d_model * d_ff
