"""Hands in more notebooks beside it, one of them named like a path."""
# verdict: failed
def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").write_bytes(notebook)
    (folder / "..-attacked.ipynb").write_bytes(b"{")
    (folder / "1-attention.ipynb.ipynb").write_bytes(b"[" * 1000)
