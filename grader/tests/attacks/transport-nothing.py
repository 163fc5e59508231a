"""Hands in an empty folder."""
# verdict: malformed
# others: malformed
def hand_in(folder, notebook):
    pass
