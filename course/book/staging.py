"""The book's sources, in a folder of their own: pages as in the repository, with links that lead
somewhere on the web, pictures with their alternative text, and answers to predictions folded."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from course.book.address import Address
from course.book.notebook import for_readers, source_of
from course.book.pages import parts
from course.learner.work import LINK, PICTURES

START = "notebooks/00-start-here.ipynb"
WRITER = '<div data-explorable="write_on-'
"""How the output begins in which a model writes on with the reader's words."""
MODEL = ("config.json", "tokenizer.json", "model.safetensors")
"""What the model that runs in the book needs, of helpers/models/austen."""
_SHOWN = re.compile(r"^```\{literalinclude\} (\S+)$", re.M)
_FENCED = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)\s*?$)", re.M | re.S)


def stage(root: Path, into: Path, address: Address, with_pdf: bool) -> None:
    """Write the book's sources to the folder `into`.

    Args:
        root: the course's folder.
        with_pdf: whether the first page offers the PDF.

    Raises:
        ValueError: a link leads to a file that isn't there, or a notebook lacks what is shown.
    """
    paths = [path for part in parts(root) for path in part.paths]
    links = Links(root, into, address, frozenset(paths))
    for path in paths:
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        text = (root / path).read_text(encoding="utf-8")
        if path.endswith(".ipynb"):
            notebook = for_readers(json.loads(text), address.launchers(path))
            for cell in notebook["cells"]:
                if cell["cell_type"] == "markdown":
                    cell["source"] = links.rewritten(cell["source"], path)
            text = json.dumps(notebook)
        else:
            for file in _SHOWN.findall(text):
                _bring(root, (root / path).parent.joinpath(file), into)
            text = links.rewritten(text, path)
        (into / path).write_text(text, encoding="utf-8")
    _first_page(root, into, address, with_pdf)


class Links:
    """Rewrites the links that lead out of the book, and brings the pictures that pages show."""

    def __init__(self, root: Path, into: Path, address: Address, pages: frozenset[str]) -> None:
        self._root, self._into, self._address, self._pages = root, into, address, pages

    def rewritten(self, text: str, page: str) -> str:
        """`text` of the page at the path `page`, without touching what stands in code fences."""
        pieces = _FENCED.split(text)
        pieces[::2] = [LINK.sub(lambda m: self._link(m, page), piece) for piece in pieces[::2]]
        return "".join(pieces)

    def _link(self, match: re.Match[str], page: str) -> str:
        begin, path, anchor = match[1], match[2], match[3] or ""
        if not path or re.match(r"[a-z]+:", path):
            return match[0]
        file = (self._root / page).parent.joinpath(path).resolve()
        if not file.exists():
            raise ValueError(f"{page} links to {path}, which is not there")
        target = file.relative_to(self._root.resolve()).as_posix()
        if target in self._pages:
            return match[0]
        if target.endswith(PICTURES):
            _bring(self._root, file, self._into)
            return match[0]
        return f"{begin}{self._address.file(target, folder=file.is_dir())}{anchor}"


def bring_model(root: Path, site: Path) -> None:
    """Put the files of the model that writes in the book's pages into the folder `site`."""
    for name in MODEL:
        _bring(root, root / "helpers" / "models" / "austen" / name, site)


def _bring(root: Path, file: Path, into: Path) -> None:
    """Copy a file of the repository to its place in `into`."""
    copy = into / file.resolve().relative_to(root.resolve())
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)


def _first_page(root: Path, into: Path, address: Address, with_pdf: bool) -> None:
    cells = json.loads((root / START).read_text(encoding="utf-8"))["cells"]
    picture, alt, script = _writer(cells)
    (into / "head.png").write_bytes(picture)
    page = (root / "course" / "book" / "index.md").read_text(encoding="utf-8")
    pdf = 'All of it is there <a href="llm-basics.pdf">as a PDF</a>, too.' if with_pdf else ""
    for name, value in {
        "writer": f"![{alt}](head.png)\n\n```{{raw}} html\n{script}\n```",
        "contents": _contents(source_of(cells[-1])),
        "pdf": pdf,
        "repository": address.repository,
    }.items():
        page = page.replace(f"<!-- {name} -->", value)
    for part in parts(root):
        names = "\n".join(path.rsplit(".", 1)[0] for path in part.paths)
        page += f"\n```{{toctree}}\n:hidden:\n:caption: {part.caption}\n{names}\n```\n"
    (into / "index.md").write_text(page, encoding="utf-8")


def _writer(cells: list[dict[str, Any]]) -> tuple[bytes, str, str]:
    """The model that writes on: its still picture, the alternative text, and the script that draws
    in its place."""
    for cell in cells:
        outputs = cell.get("outputs", [])
        pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
        if len(pages) == 2 and pages[1].startswith(WRITER):
            png = base64.b64decode("".join(outputs[0]["data"]["image/png"]))
            return png, outputs[0]["metadata"]["image/png"]["alt"], pages[1]
    raise ValueError(f"{START} has not stored the model that writes on")


def _contents(text: str) -> str:
    """The table of lessons and exercises at the end of lesson 00, with links for the first page."""
    rows = re.findall(r"^\|.*\|$", text.split("## 6. The way through")[1], re.M)
    first = rows[2].replace("00 Start here", f"[00 Start here]({quote(START)})")
    table = "\n".join([*rows[:2], first, *rows[3:]])
    return re.sub(r"\]\((?=\d)", "](notebooks/", table).replace("](../release/", "](release/")
