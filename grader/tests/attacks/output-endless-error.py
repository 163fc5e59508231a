"""Raises an exception whose message, notes and chain have no end."""
# verdict: failed
def softmax(x, dim=-1):
    error = ValueError("x" * 50_000_000)
    for _ in range(1000):
        later = ValueError("y" * 1000)
        later.__cause__ = error
        later.add_note("z" * 10_000)
        error = later
    raise error
