"""Climbs towards the course folder, whose names alone would tell who else handed in."""
# verdict: failed
import os
import sys

# The way to the Python environment, which may lie below the same folder, is meant to be seen.
allowed = (sys.prefix + "/", sys.base_prefix + "/")
folder = "@course@"
while folder != "/":
    try:
        for name in os.listdir(folder):
            if not any(p.startswith(os.path.join(folder, name) + "/") for p in allowed):
                print("BREACH", folder, name)
    except OSError:
        pass
    folder = os.path.dirname(folder)


def softmax(x, dim=-1):
    return x
