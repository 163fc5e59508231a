"""Hands in a link to the instructor's own notebook, which has the solutions."""
# verdict: malformed
# others: malformed
def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").symlink_to("@course@/source/1-attention/1-attention.ipynb")
