"""Does its work when the process ends, after the verdict."""
# verdict: failed
import atexit
import time


@atexit.register
def late():
    open("/tmp/attacked-late", "w").close()
    time.sleep(1000)


def softmax(x, dim=-1):
    return x
