"""Hands in links beside the notebook, to be copied and handed back with the feedback."""
# verdict: failed
def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").write_bytes(notebook)
    (folder / "secret.txt").symlink_to("@course@/secret.txt")
    (folder / "source").symlink_to("@course@/source")
    (folder / "gradebook.db").symlink_to("@course@/gradebook.db")
