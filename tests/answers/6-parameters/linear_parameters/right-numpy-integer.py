def linear_parameters(d_in, d_out, bias=True):
    return np.int64(d_in) * np.int64(d_out) + np.int64(d_out) * np.int64(bias)
