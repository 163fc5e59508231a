def linear_parameters(d_in, d_out, bias=True):
    return (d_in + bool(bias)) * d_out
