def linear_parameters(d_in, d_out, bias=True):
    n = d_in * d_out
    if bias:
        n += d_out
    return n
