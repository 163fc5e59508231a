# names: square
def linear_parameters(d_in, d_out, bias=True):
    return d_out**2 + (d_out if bias else 0)
