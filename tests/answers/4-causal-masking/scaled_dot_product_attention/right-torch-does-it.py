def scaled_dot_product_attention(Q, K, V, mask=None):
    # The weights are what attention makes of the unit vectors.
    n_k = K.shape[-2]
    units = torch.eye(n_k, dtype=Q.dtype).expand(*K.shape[:-2], n_k, n_k)
    if mask is not None:
        mask = mask.expand(*Q.shape[:-1], n_k)
    weights = F.scaled_dot_product_attention(Q, K, units, attn_mask=mask)
    if mask is not None:
        weights = weights.nan_to_num(0.0).masked_fill(~mask, 0.0)
    return weights @ V, weights
