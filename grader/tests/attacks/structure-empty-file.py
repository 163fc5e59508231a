"""Hands in an empty file."""
# verdict: malformed
# others: malformed
def submit(notebook):
    return b""
