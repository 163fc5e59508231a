"""Leaves a daemon, in its own session, that would go on after grading and meet the next one."""
# verdict: failed
# times: 2
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.1)
    os._exit(0)
os.wait()
if len([p for p in os.listdir("/proc") if p.isdigit()]) > 4:
    print("BREACH")


def softmax(x, dim=-1):
    return x
