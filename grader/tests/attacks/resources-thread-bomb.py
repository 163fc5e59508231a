"""Starts threads until nothing is left."""
# verdict: failed
import threading
import time

threads = []
try:
    for _ in range(10_000):
        thread = threading.Thread(target=time.sleep, args=(1000,), daemon=True)
        thread.start()
        threads.append(thread)
    print("BREACH")
except RuntimeError:
    pass


def softmax(x, dim=-1):
    return x
