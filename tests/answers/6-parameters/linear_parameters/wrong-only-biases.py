# names: only the biases
def linear_parameters(d_in, d_out, bias=True):
    return d_out if bias else 0
