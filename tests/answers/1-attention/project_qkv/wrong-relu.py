# names: activation
def project_qkv(x, W_q, W_k, W_v):
    return F.relu(x @ W_q), F.relu(x @ W_k), F.relu(x @ W_v)
