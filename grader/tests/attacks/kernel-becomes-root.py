"""Becomes another user: by system calls, by programs that run as root, by giving files away."""
# verdict: failed
import os
import subprocess

for become in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0),
               lambda: os.setgroups([0]), lambda: os.chown("/tmp", 0, 0)):
    try:
        become()
        print("BREACH")
    except OSError:
        pass
for program in ("sudo -n id", "su -c id", "pkexec id", "mount", "newuidmap 1 0 0 1"):
    done = subprocess.run(["/bin/sh", "-c", program], capture_output=True, text=True)
    if "uid=0" in done.stdout:
        print("BREACH", program)


def softmax(x, dim=-1):
    return x
