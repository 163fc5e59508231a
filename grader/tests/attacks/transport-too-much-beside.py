"""Hands in a file of holes of 50 GB, hundreds of files, and names that are no text."""
# verdict: failed
import os


def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").write_bytes(notebook)
    with (folder / "holes.bin").open("wb") as file:
        file.truncate(50 << 30)
    for number in range(600):
        (folder / f"{number}.txt").write_text("attacked")
    for name in (b"\xff\xfe.txt", b"\xff.ipynb", b"a\nb.txt"):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(notebook)
