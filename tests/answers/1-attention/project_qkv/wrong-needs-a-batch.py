# names: batch is not handled
def project_qkv(x, W_q, W_k, W_v):
    batch = x.shape[0]
    Q, K, V = (torch.bmm(x, W.expand(batch, *W.shape)) for W in (W_q, W_k, W_v))
    return Q, K, V
