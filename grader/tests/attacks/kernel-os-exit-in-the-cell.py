"""Ends the process before any test can run; only the tests of this cell may suffer."""
# verdict: crashed
import os

def softmax(x, dim=-1):
    return x


os._exit(0)
