"""Hands in JSON that is no notebook."""
# verdict: malformed
# others: malformed
def submit(notebook):
    return b'["a notebook", null, 3]'
