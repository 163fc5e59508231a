# names: too many
def linear_parameters(d_in, d_out, bias=True):
    return (d_in + 1) * (d_out + 1) if bias else d_in * d_out
