"""Hands in a link to a classmate's work."""
# verdict: malformed
# others: malformed
def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").symlink_to("../../a-honest/1-attention/1-attention.ipynb")
