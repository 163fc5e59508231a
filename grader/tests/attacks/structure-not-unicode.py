"""Hands in the notebook in another encoding than UTF-8."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    return json.dumps(notebook).encode("utf-16")
