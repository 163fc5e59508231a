"""Change a cell of a source notebook's file, and nothing else in it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbexaminer.errors import SourceError
from nbexaminer.files import replacing


def change_cells(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Have `change` look at each cell of the notebook in a file, which keeps its layout.

    The file is replaced as a whole. Raises SourceError where it is no notebook.
    """
    data = path.read_bytes()
    try:
        text = data.decode()
        notebook = json.loads(text)
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"the source notebook {path.name} can't be read: {error!r}") from None
    layout = _layout(notebook, text)
    for cell in cells:
        change(cell)
    with replacing(path) as part:
        part.touch(0o600)  # solutions are in it
        part.write_text(_dumped(notebook, layout, text), encoding="utf-8", newline="")
        shutil.copymode(path, part)


def _layout(notebook: Any, text: str) -> dict[str, Any]:
    """How a notebook was written, as far as one can tell; else as Jupyter does."""
    for indent in (1, 2, 4, None, 0, "\t"):
        for ascii_only in (False, True):
            for separators in (None, (",", ":")):
                layout = {"indent": indent, "ensure_ascii": ascii_only, "separators": separators}
                if _dumped(notebook, layout, text) == text:
                    return layout
    return {"indent": 1, "ensure_ascii": False}


def _dumped(notebook: Any, layout: dict[str, Any], like: str) -> str:
    """A notebook as text that ends, and whose lines end, as another."""
    dumped = json.dumps(notebook, **layout) + ("\n" if like.endswith("\n") else "")
    return dumped.replace("\n", "\r\n") if "\r\n" in like else dumped
