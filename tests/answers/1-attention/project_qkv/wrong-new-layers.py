# names: random
def project_qkv(x, W_q, W_k, W_v):
    d_model = x.shape[-1]
    layers = [nn.Linear(d_model, W.shape[1]).to(x.dtype) for W in (W_q, W_k, W_v)]
    return tuple(layer(x) for layer in layers)
