# names: batch is not handled
def scaled_dot_product_attention(Q, K, V):
    batch, n_q, d_k = Q.shape
    weights = F.softmax(torch.bmm(Q, K.transpose(1, 2)) / math.sqrt(d_k), dim=2)
    return torch.bmm(weights, V), weights
