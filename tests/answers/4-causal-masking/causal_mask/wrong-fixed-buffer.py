# names: size is fixed
MAX_POSITIONS = 32
BUFFER = torch.ones(MAX_POSITIONS, MAX_POSITIONS, dtype=torch.bool).tril()


def causal_mask(n):
    return BUFFER[:n, :n]
