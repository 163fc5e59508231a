"""Hands in a folder of the notebook's name."""
# verdict: malformed
# others: malformed
def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").mkdir()
