"""Spends for ever inside one call into C, where Python sees no signal."""
# verdict: timed out
def softmax(x, dim=-1):
    return 7 ** (7 ** 10)
