def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    matrices = np.int64(2 + gated)
    return matrices * d_model * d_ff + bias * ((1 + gated) * d_ff + d_model)
