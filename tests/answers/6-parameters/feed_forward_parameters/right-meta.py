def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    make = lambda i, o: nn.Linear(i, o, bias=bias, device="meta")
    model = nn.Sequential(make(d_model, d_ff), make(d_ff, d_model))
    if gated:
        model.append(make(d_model, d_ff))
    return sum(p.numel() for p in model.parameters())
