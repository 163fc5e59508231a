"""Bring today's scripts into the outputs that notebooks have stored; their data stay."""

import sys
from pathlib import Path

import nbformat

from helpers.explorables.output import MARK, renewed


def renew(path: Path) -> bool:
    """Renew the explorables of a notebook; says whether any was out of step."""
    notebook = nbformat.read(path, as_version=4)
    stored = [o.get("data", {}) for c in notebook.cells for o in c.get("outputs", [])]
    old = [data for data in stored if data.get("text/html", "").startswith(MARK)]
    new = [renewed(data["text/html"]) for data in old]
    changed = new != [data["text/html"] for data in old]
    for data, text in zip(old, new, strict=True):
        data["text/html"] = text
    if changed:
        nbformat.write(notebook, path)
    return changed


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(map(str, Path("notebooks").glob("*.ipynb"))):
        if renew(Path(name)):
            print(name)
