"""Reaches other processes' files through /proc/<pid>/root, cwd and fd."""
# verdict: failed
import os

for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) == os.getpid():
        continue
    for what in ("root", "cwd"):
        try:
            print("BREACH", pid, what, os.listdir(f"/proc/{pid}/{what}/"))
        except OSError:
            pass
    for number in range(16):
        try:
            print("BREACH", os.readlink(f"/proc/{pid}/fd/{number}"))
        except OSError:
            pass
for link in ("root", "cwd"):
    if os.path.exists(f"/proc/self/{link}/@course@"):
        print("BREACH", link)


def softmax(x, dim=-1):
    return x
