"""Hands answers on to a friend through /tmp, /var/tmp and shared memory."""
# verdict: failed
# times: 2
from pathlib import Path

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/"):
    path = Path(folder) / "attacked-answers.txt"
    try:
        if path.exists():
            print("BREACH", path.read_text())
        path.write_text("the answers")
    except OSError:
        pass


def softmax(x, dim=-1):
    return x
