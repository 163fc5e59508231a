"""Hands in 30 MB."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    notebook["cells"][0]["source"] = "x" * 30_000_000
    return json.dumps(notebook).encode()
