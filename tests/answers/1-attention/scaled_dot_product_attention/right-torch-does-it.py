def scaled_dot_product_attention(Q, K, V):
    n_k = K.shape[-2]
    units = torch.eye(n_k, dtype=V.dtype).expand(*V.shape[:-1], n_k)
    weights = F.scaled_dot_product_attention(Q, K, units)
    return F.scaled_dot_product_attention(Q, K, V), weights
