"""The learner's copies in work/: `llm-basics lab` makes them and keeps them up to date.

    notebooks/02-….ipynb                  work/02-….ipynb, without outputs, with stubs to fill in
    notebooks/….png                       work/….png, what a lesson shows
    release/1-attention/1-attention.ipynb work/1-attention/1-attention.ipynb
    docs/glossary.md                      work/glossary.md
    course/learner/my-score.ipynb         work/my-score.ipynb
    course/learner/tutor.md               work/AGENTS.md, to which work/CLAUDE.md points
    solutions/1-attention.ipynb           work/1-attention/solution.ipynb, where asked for:
                                          `llm-basics solution 1-attention`

Links between them are rewritten, so that they lead from copy to copy. A copy that the learner has
not touched follows its original; any other stays as it is. What counts is the text of the cells:
running a notebook, saving its outputs and empty cells touch nothing. `work/.copies.json` remembers
what was written. Needs nothing but Python's own library, and nbgrader where a locked cell has a
link; a notebook runs it as `%run ../course/learner/work.py`.
"""

import hashlib
import json
import os
import posixpath
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECORD = ".copies.json"
PICTURES = (".png", ".svg", ".jpg")
RENAMED = {
    "01-transformer.ipynb": "04-transformer.ipynb",
    "02-queries-keys-values.ipynb": "05-queries-keys-values.ipynb",
    "03-scaled-dot-product-attention.ipynb": "06-scaled-dot-product-attention.ipynb",
    "04-multi-head-attention.ipynb": "07-multi-head-attention.ipynb",
    "05-what-heads-do.ipynb": "08-what-heads-do.ipynb",
    "06-causal-masking.ipynb": "09-causal-masking.ipynb",
    "07-positional-encoding.ipynb": "10-positional-encoding.ipynb",
    "08-counting.ipynb": "11-counting.ipynb",
    "09-decoder.ipynb": "12-decoder.ipynb",
    "10-writing.ipynb": "13-writing.ipynb",
    "11-what-a-model-learns.ipynb": "14-induction.ipynb",
    "14-what-a-model-learns.ipynb": "14-induction.ipynb",
}
"""Names that lessons had before, and what they are now: a learner's copy moves along."""

FOR_ASSISTANTS = {"course/learner/tutor.md": "AGENTS.md", "CLAUDE.md": "CLAUDE.md"}
"""Where coding assistants look for what they are asked to do."""
SINGLE = {
    "docs/glossary.md": "glossary.md",
    "course/learner/my-score.ipynb": "my-score.ipynb",
    **FOR_ASSISTANTS,
}
LINK = re.compile(
    r"""(\]\(\s*<?|^\[[^\]]+\]:\s*<?|\b(?:href|src)=["'])([^\s()<>"'#]*)(#[^\s()<>"']+)?""", re.M
)
"""How a link begins in Markdown and in HTML, its path, and its anchor."""
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.M | re.S)
STUB = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
"""What a learner is to write in a lesson, and what stands there in the copy: as nbgrader has it."""
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)


@dataclass
class CopiesMade:
    """What became of the copies, as paths below work/."""

    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    """Copies of lessons that have a new name, each as `old is now new`."""
    refreshed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Copies that nobody touched and whose originals the course no longer has."""
    kept: list[str] = field(default_factory=list)
    """The learner's, of which the course has a newer version."""


def fill_work(
    root: Path = ROOT,
    solution: str | None = None,
    work: Path | None = None,
    lessons_only: bool = False,
) -> CopiesMade:
    """Make the copies that work/ lacks, and refresh those that the learner has not touched.

    Args:
        root: The course's folder.
        solution: The exercise whose solution is wanted too. Solutions that are there already are
            refreshed like everything else.
        work: Where the copies go, if not to the course's own work/.
        lessons_only: Leave the exercises to nbgrader's exchange, which brings them there too.
    """
    copies = find_copies(root)
    work = work or root / "work"
    record = _read_record(work)
    outcome = CopiesMade(moved=_move(work, record, copies))
    for original, copy in copies.items():
        path = work / copy
        if lessons_only and not original.startswith(("notebooks/", "docs/", *FOR_ASSISTANTS)):
            continue
        asked_for = not original.startswith("solutions/") or copy == _solution(solution)
        if not asked_for and not path.exists():
            continue
        content = make_copy(root, original, copies)
        version = hashlib.sha256(content).hexdigest()
        known = record.get(copy, {})
        if not path.exists():
            outcome.new.append(copy)
        elif known.get("version") == version:
            continue
        else:
            # What has no record was copied before there was one, as it stood.
            written = known.get("text") or fingerprint((root / original).read_bytes())
            if fingerprint(path.read_bytes()) not in (written, fingerprint(content)):
                outcome.kept.append(copy)
                continue
            if known:
                outcome.refreshed.append(copy)
        _write(path, _as_opened(content) if copy.endswith(".ipynb") else content)
        record[copy] = {"version": version, "text": fingerprint(content)}
    for copy in sorted(record.keys() - copies.values()):
        path = work / copy
        if path.exists() and fingerprint(path.read_bytes()) == record[copy]["text"]:
            path.unlink()
            outcome.removed.append(copy)
        del record[copy]
    _write(work / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    return outcome


def find_copies(root: Path) -> dict[str, str]:
    """Where each original (a path below the course's folder) goes below work/."""
    copies = {}
    for path in sorted(root.glob("notebooks/*")):
        if path.suffix in (".ipynb", *PICTURES):
            copies[f"notebooks/{path.name}"] = path.name
    for path in sorted(root.glob("release/*/**/*")):
        if path.is_file() and ".ipynb_checkpoints" not in path.parts:
            copy = path.relative_to(root / "release").as_posix()
            copies[f"release/{copy}"] = copy
    for single, copy in SINGLE.items():
        if (root / single).exists():
            copies[single] = copy
    for path in sorted(root.glob("solutions/*.ipynb")):
        copies[f"solutions/{path.name}"] = f"{path.stem}/solution.ipynb"
    return copies


def make_copy(root: Path, original: str, copies: dict[str, str]) -> bytes:
    """What the copy of `original` holds: its links lead to other copies, a lesson has no outputs,
    and stubs where the learner is to write.

    A solution is nothing to hand in: it has none of nbgrader's marks, and says first what it is.
    """
    content = (root / original).read_bytes()
    if original.endswith(".md"):
        return _rewrite_links(content.decode(), original, root, copies).encode()
    if not original.endswith(".ipynb"):
        return content
    notebook = json.loads(content)
    kind = original.split("/")[0]
    for cell in notebook["cells"]:
        if kind == "notebooks" and cell["cell_type"] == "code":
            text = SOLUTION.sub(STUB, "".join(cell["source"]))
            source = text.splitlines(keepends=True)
            cell |= {"outputs": [], "execution_count": None, "source": source}
        if kind == "solutions":
            cell["metadata"].pop("nbgrader", None)
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            rewritten = _rewrite_links(text, original, root, copies)
            if rewritten != text:
                cell["source"] = rewritten.splitlines(keepends=True)
                _renew_checksum(cell)
    if kind == "notebooks":
        notebook["metadata"].pop("widgets", None)
    if kind == "solutions":
        notebook["cells"].insert(0, _that_it_is_a_solution(posixpath.basename(original)))
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _that_it_is_a_solution(own: str) -> dict[str, Any]:
    exercise = own.removesuffix(".ipynb")
    text = (
        f"> **This is the solution of exercise {exercise}.** Your own notebook is [{own}]({own}), "
        "and only that one is graded."
    )
    return {"cell_type": "markdown", "id": "this-is-the-solution", "metadata": {}, "source": [text]}


def _as_opened(content: bytes) -> bytes:
    """A notebook as JupyterLab makes it on opening: else closing it would ask whether to save."""
    notebook = json.loads(content)
    notebook["metadata"]["language_info"] = {
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": sys.version.split()[0],
    }
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def fingerprint(content: bytes) -> str:
    """A hash of what a learner may have changed: of a notebook, the text of its cells.

    Outputs, metadata and empty cells don't count: running a notebook and saving it changes those.
    """
    try:
        cells = json.loads(content)["cells"]
        texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return hashlib.sha256(content).hexdigest()
    written = [(kind, text) for kind, text in texts if text.strip()]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _rewrite_links(text: str, original: str, root: Path, copies: dict[str, str]) -> str:
    """Links to originals become links to their copies; others stay."""
    start = posixpath.dirname(original)
    here = posixpath.dirname(copies[original]) or "."

    def rewrite(link: re.Match[str]) -> str:
        before, path, anchor = link[1], link[2], link[3] or ""
        target = posixpath.normpath(posixpath.join(start, path)) if path else original
        if target not in copies:
            return link[0]
        if target.endswith(".md"):
            anchor = _jupyter_anchor((root / target).read_text("utf-8"), anchor)
        return before + (path and posixpath.relpath(copies[target], here)) + anchor

    return LINK.sub(rewrite, text)


def _jupyter_anchor(page: str, anchor: str) -> str:
    """JupyterLab's anchor for the heading that GitHub knows by `anchor`; `anchor` where none is."""
    for heading in HEADING.findall(page):
        if anchor == "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"):
            return "#" + heading.replace(" ", "-")
    return anchor


def _renew_checksum(cell: dict[str, Any]) -> None:
    """nbgrader's Validate calls a locked cell changed whose checksum is not that of its text."""
    marks = cell["metadata"].get("nbgrader", {})
    if "checksum" not in marks:
        return
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    whole = from_dict(cell | {"source": "".join(cell["source"])})
    marks["checksum"] = compute_checksum(whole)


def _move(work: Path, record: dict[str, dict[str, str]], copies: dict[str, str]) -> list[str]:
    """Give copies of lessons that were renamed their new names; say which."""
    moved = []
    for old, new in RENAMED.items():
        path = work / old
        if path.exists() and new in copies.values() and not (work / new).exists():
            path.rename(work / new)
            if old in record:
                record[new] = record.pop(old)
            moved.append(f"{old} is now {new}")
    return moved


def _solution(exercise: str | None) -> str:
    return f"{exercise}/solution.ipynb"


def _read_record(work: Path) -> dict[str, dict[str, str]]:
    """Of each copy, the `version` that was written (a hash of its bytes) and its `text`'s."""
    try:
        record = json.loads((work / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write(path: Path, content: bytes) -> None:
    """The file is there as a whole or as it was, whatever ends this process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _report(outcome: CopiesMade, first: bool) -> None:
    if first:
        print("Your copies of the lessons and exercises are in work/.")
    elif outcome.new:
        print(f"New in work/: {', '.join(outcome.new)}")
    if outcome.moved:
        print(f"Renamed in work/, with what you wrote: {', '.join(outcome.moved)}")
    if outcome.refreshed:
        print(f"Brought up to date in work/: {', '.join(outcome.refreshed)}")
    if outcome.removed:
        print(f"No longer part of the course, taken out of work/: {', '.join(outcome.removed)}")
    if outcome.kept:
        print(
            f"Yours, and kept, though the course has a newer version: {', '.join(outcome.kept)}. "
            "To get it, rename or delete yours and run `make lab` again."
        )


def fill_and_report(solution: str | None = None) -> None:
    """Fill work/, with the solution of an exercise if one is named, and say what was new."""
    first = not (ROOT / "work" / RECORD).exists()
    _report(fill_work(solution=solution), first)
    if solution is not None:
        print(f"The solution is work/{_solution(solution)}.")


if __name__ == "__main__":
    fill_and_report()
