# names: one matrix|a single matrix is missing
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff, bias)
    return 2 * up if gated else up
