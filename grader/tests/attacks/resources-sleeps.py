"""Sleeps for ever, which costs no CPU time."""
# verdict: timed out
import time


def softmax(x, dim=-1):
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass
