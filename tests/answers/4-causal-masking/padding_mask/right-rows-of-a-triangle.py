def padding_mask(lengths, n):
    # Row k of this triangle is True at the first k keys.
    triangle = torch.ones(n + 1, n, dtype=torch.bool).tril(-1)
    return triangle[lengths].unsqueeze(1)
