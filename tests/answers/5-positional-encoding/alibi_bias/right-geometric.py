def alibi_bias(n_heads, n):
    # as in the paper: start at 2**(-8/n_heads), the ratio is the same number
    start = 2 ** (-(2 ** -(math.log2(n_heads) - 3)))
    slopes = torch.tensor([start * start**i for i in range(n_heads)])
    i = torch.arange(n)
    return slopes.view(-1, 1, 1) * -torch.abs(i.view(1, -1) - i.view(-1, 1))
