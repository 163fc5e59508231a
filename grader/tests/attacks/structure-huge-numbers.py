"""Has numbers of a hundred thousand digits, which take long to read, and infinite ones."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    notebook["nbformat_minor"] = "LONG"
    return json.dumps(notebook).replace('"LONG"', "9" * 100_000).encode()
