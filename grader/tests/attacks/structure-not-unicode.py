"""Hands in the notebook in an encoding that nobody could guess."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    return json.dumps(notebook).encode("utf-32")
