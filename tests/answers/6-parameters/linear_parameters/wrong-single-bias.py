# names: a single one
def linear_parameters(d_in, d_out, bias=True):
    return d_in * d_out + int(bias)
