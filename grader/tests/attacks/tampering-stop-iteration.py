"""Raises the exceptions that loops, generators and context managers swallow."""
# verdict: failed
kinds = [StopIteration, GeneratorExit, StopAsyncIteration, EOFError, BrokenPipeError]
calls = [0]


def softmax(x, dim=-1):
    calls[0] += 1
    raise kinds[calls[0] % len(kinds)]
