"""Hands in the answers under another name, beside a folder and files for who opens them."""
# verdict: failed
def hand_in(folder, notebook):
    (folder / "1-attention (1).ipynb").write_bytes(notebook)
    (folder / "jedi.py").write_text("open('@course@/attacked', 'w')\n")
    (folder / "evil.html").write_text("<script>alert('attacked')</script>")
    (folder / "checks").mkdir()
    (folder / "checks" / "__init__.py").write_text("raise SystemExit\n")
