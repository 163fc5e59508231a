"""Hands in a named pipe, on which a reader waits for ever."""
# verdict: malformed
# others: malformed
import os


def hand_in(folder, notebook):
    os.mkfifo(folder / "1-attention.ipynb")
