def scaled_dot_product_attention(Q, K, V):
    scores = torch.einsum("...qd,...kd->...qk", Q, K) * K.shape[-1] ** -0.5
    weights = F.softmax(scores, dim=-1)
    return torch.einsum("...qk,...kv->...qv", weights, V), weights
