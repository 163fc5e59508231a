def linear_parameters(d_in, d_out, bias=True):
    layer = nn.Linear(d_in, d_out, bias=bias, device="meta")
    return sum(p.numel() for p in layer.parameters())
