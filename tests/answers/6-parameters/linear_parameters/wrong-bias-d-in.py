# names: d_out of them.*d_in of them
def linear_parameters(d_in, d_out, bias=True):
    return d_in * d_out + (d_in if bias else 0)
