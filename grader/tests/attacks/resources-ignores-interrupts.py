"""Never returns, and ignores every signal and exception that would stop it."""
# verdict: timed out
import signal
import time


def softmax(x, dim=-1):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                time.sleep(0.01)
        except BaseException:
            pass
