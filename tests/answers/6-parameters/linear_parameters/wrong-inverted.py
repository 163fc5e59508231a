# names: wrong way round
def linear_parameters(d_in, d_out, bias=True):
    return d_in * d_out + (0 if bias else d_out)
