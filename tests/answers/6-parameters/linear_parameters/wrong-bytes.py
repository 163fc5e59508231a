# names: bytes
def linear_parameters(d_in, d_out, bias=True):
    return 4 * (d_in * d_out + (d_out if bias else 0))
