"""Prints 200 MB."""
# verdict: failed
for _ in range(200):
    print("x" * 1_000_000)


def softmax(x, dim=-1):
    return x
