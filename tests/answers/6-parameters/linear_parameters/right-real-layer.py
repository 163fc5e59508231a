def linear_parameters(d_in, d_out, bias=True):
    layer = nn.Linear(d_in, d_out, bias)
    total = 0
    for name, p in layer.named_parameters():
        total += p.numel()
    return total
