"""Closes the connection and lives on."""
# verdict: crashed
import os
import time


def softmax(x, dim=-1):
    os.close(3)
    time.sleep(1000)
