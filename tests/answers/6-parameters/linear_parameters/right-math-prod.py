def linear_parameters(d_in, d_out, bias=True):
    shapes = [(d_in, d_out)] + [(d_out,)] * bias
    return sum(math.prod(s) for s in shapes)
