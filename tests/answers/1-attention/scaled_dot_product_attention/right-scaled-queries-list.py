def scaled_dot_product_attention(Q, K, V):
    Q = Q / np.sqrt(Q.shape[-1])
    weights = (Q @ torch.swapaxes(K, -1, -2)).softmax(-1)
    return [weights @ V, weights]
