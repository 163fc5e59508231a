"""Hands in a notebook whose second half is missing."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    text = json.dumps(notebook)
    return text[: len(text) // 2].encode()
