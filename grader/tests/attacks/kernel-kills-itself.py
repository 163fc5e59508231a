"""Sends itself SIGKILL."""
# verdict: crashed
import os
import signal


def softmax(x, dim=-1):
    os.kill(os.getpid(), signal.SIGKILL)
