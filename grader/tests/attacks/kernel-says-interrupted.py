"""Raises KeyboardInterrupt, as if the instructor had pressed Ctrl-C."""
# verdict: timed out
def softmax(x, dim=-1):
    raise KeyboardInterrupt
