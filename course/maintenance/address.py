"""Where the course is published: `python -m course.maintenance.address https://github.com/who/what`.

`Repository` in pyproject.toml says it. What else leads a reader there follows, in all tracked
files: links, the citation, the cell for Google Colab. Until the course is published, links lead to
a host that says so and that nobody can register, and the cell clones nothing.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"https://github\.com/([A-Za-z0-9-]+)/([A-Za-z0-9._-]+?)(?:\.git)?/?")
HOST = "https://not-published-yet.invalid"
"""No name under .invalid is ever given to anybody (RFC 2606); an account on GitHub may be."""
UNPUBLISHED = f"{HOST}/llm-basics"
COLAB = "colab"
"""The id of each notebook's cell for Google Colab."""
_FORMS = {
    UNPUBLISHED: "https://github.com/{owner}/{name}",
    f"{HOST}/colab": "https://colab.research.google.com/github/{owner}/{name}",
    f"{HOST}/binder": "https://mybinder.org/v2/gh/{owner}/{name}",
    f"{HOST}/book": "https://{owner}.github.io/{name}",
}
"""How links to the repository and what is made of it begin, before it is published and after."""
_TITLE = "# @title In Google Colab, run this cell first. Anywhere else it does nothing."
_CLONES = """
if "google.colab" in str(get_ipython()):
    get_ipython().system(
        "test -d /content/llm-basics || git clone --quiet --depth 1"
        " {address} /content/llm-basics"
    )
    __import__("runpy").run_path("/content/llm-basics/course/learner/colab.py", run_name="__main__")
"""
_WAITS = """
if "google.colab" in str(get_ipython()):
    if __import__("os").path.isdir("/content/llm-basics"):
        __import__("runpy").run_path(
            "/content/llm-basics/course/learner/colab.py", run_name="__main__"
        )
    else:
        print(
            "This course is not published yet: upload your own copy of it as llm-basics.zip, run "
            "!unzip -q llm-basics.zip, and then this cell again."
        )
"""


def address(root: Path = ROOT) -> str:
    """Where the course in `root` is published, as pyproject.toml has it, or `UNPUBLISHED`."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["project"].get("urls", {}).get("Repository", ""))


def colab_cell(where: str) -> str:
    """The code of each notebook's cell for Google Colab, for a course that is published `where`."""
    if where == UNPUBLISHED:
        return f"{_TITLE}{_WAITS}".strip()
    return f"{_TITLE}{_CLONES.format(address=where)}".strip()


def move(to: str, root: Path = ROOT) -> list[str]:
    """Write the address `to` over the old one in all tracked files; returns the changed ones.

    Args:
        to: the repository's address on GitHub, or `UNPUBLISHED`.

    Raises:
        ValueError: `to` is neither.
    """
    old, new = _forms(address(root)), _forms(to)
    before, after = colab_cell(next(iter(old))), colab_cell(next(iter(new)))
    find = re.compile(rf"(?:{'|'.join(map(re.escape, old))})(?![\w-]|\.(?!git\b)\w)")
    written = dict(zip(old, new, strict=True))
    changed = []
    # pyproject.toml is the last one: what was broken off before is done by a second try.
    for path in sorted(_tracked(root), key=lambda path: (path == "pyproject.toml", path)):
        try:
            text = (root / path).read_bytes().decode()
        except UnicodeDecodeError:  # weights and pictures
            continue
        made = _with_cell(text, before, after) if path.endswith(".ipynb") else text
        made = find.sub(lambda found: written[found[0]], made)
        if made != text:
            if path.endswith(".ipynb"):
                made = _with_checksums(made)
            (root / path).write_bytes(made.encode())
            changed.append(path)
    return sorted(changed)


def _forms(where: str) -> list[str]:
    """How links begin that lead to the course `where`, the repository's own first."""
    if where == UNPUBLISHED:
        return list(_FORMS)
    found = ADDRESS.fullmatch(where)
    if not found:
        raise ValueError(f"{where!r} is no address like https://github.com/who/what")
    return [form.format(owner=found[1], name=found[2]) for form in _FORMS.values()]


def _tracked(root: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, encoding="utf-8", check=True
    )
    return [path for path in listed.stdout.split("\0") if path and (root / path).is_file()]


def _with_cell(text: str, before: str, after: str) -> str:
    """The notebook with `after` as its cell for Colab, if that is `before`."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell.get("id") == COLAB and "".join(cell["source"]) == before:
            cell["source"] = after.splitlines(keepends=True)
            return _as_stored(notebook, text)
    return text


def _with_checksums(text: str) -> str:
    """nbgrader takes a locked cell for changed if its checksum is not that of its text."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    notebook = json.loads(text)
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if "checksum" in marks:
            whole = from_dict(cell | {"source": "".join(cell["source"])})
            marks["checksum"] = compute_checksum(whole)
    return _as_stored(notebook, text)


def _as_stored(notebook: object, before: str) -> str:
    """As Jupyter writes it, with the end of the file as it was."""
    end = "\n" if before.endswith("\n") else ""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + end


def main() -> None:
    """Move the course to the address on the command line, or say where it is."""
    if len(sys.argv) != 2:
        where = address()
        said = "is not published yet" if where == UNPUBLISHED else f"lives at {where}"
        sys.exit(f"The course {said}. To change that, give the new address.")
    try:
        changed = move(sys.argv[1])
    except ValueError as error:
        sys.exit(str(error))
    print(f"{len(changed)} files name {sys.argv[1]} now: look at them with `git diff`.")


if __name__ == "__main__":
    main()
