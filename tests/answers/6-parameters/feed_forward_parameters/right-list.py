def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    layers = [(d_model, d_ff), (d_ff, d_model)]
    if gated:
        layers.append((d_model, d_ff))
    return sum(linear_parameters(i, o, bias) for i, o in layers)
