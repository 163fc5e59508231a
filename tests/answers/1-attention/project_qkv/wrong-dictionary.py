# names: a dict comes back
def project_qkv(x, W_q, W_k, W_v):
    return {"Q": x @ W_q, "K": x @ W_k, "V": x @ W_v}
