def linear_parameters(d_in, d_out, bias=True):
    count = 0
    for _ in range(d_out):
        count += d_in + (1 if bias else 0)
    return count
