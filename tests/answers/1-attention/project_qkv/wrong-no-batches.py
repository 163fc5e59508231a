# names: batch is not handled
def project_qkv(x, W_q, W_k, W_v):
    return torch.mm(x, W_q), torch.mm(x, W_k), torch.mm(x, W_v)
