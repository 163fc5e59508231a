"""Answers with a generator that never ends."""
# verdict: failed
def softmax(x, dim=-1):
    while True:
        yield x
