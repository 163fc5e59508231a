"""Takes the handlers and timers that stop a cell, then waits for ever."""
# verdict: timed out
import signal
import time

signal.setitimer(signal.ITIMER_REAL, 0)
signal.setitimer(signal.ITIMER_PROF, 0)
signal.signal = lambda *a: None
signal.setitimer = lambda *a: None


def softmax(x, dim=-1):
    while True:
        time.sleep(0.01)
