"""Change where the course lives: `python -m course.maintenance.address https://github.com/who/what`.

The address stands once in pyproject.toml, and in whatever leads a reader there: the cell for Google
Colab, the citation, the pages. All tracked files get the new one.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"https://github\.com/([A-Za-z0-9-]+)/([A-Za-z0-9._-]+?)(?:\.git)?/?")


def address(root: Path = ROOT) -> str:
    """Where the course in `root` lives, as pyproject.toml has it."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["project"].get("urls", {}).get("Repository", ""))


def places(where: str) -> re.Pattern[str]:
    """What finds the repository at `where` in addresses of GitHub, Colab, Binder and Pages."""
    owner, name = map(re.escape, _parts(where))
    ends = r"(?![\w-])"
    return re.compile(
        rf"(?<=github\.com/){owner}/{name}{ends}|(?<=/github/){owner}/{name}{ends}"
        rf"|(?<=/gh/){owner}/{name}{ends}|(?<=//){owner}\.github\.io/{name}{ends}"
    )


def move(to: str, root: Path = ROOT) -> list[str]:
    """Write the address `to` over the old one in all tracked files; returns the changed ones.

    Raises:
        ValueError: `to` is no address of a repository on GitHub.
    """
    owner, name = _parts(to)
    old = places(address(root))
    changed = []
    for path in _tracked(root):
        try:
            text = (root / path).read_bytes().decode()
        except UnicodeDecodeError:  # weights and pictures
            continue
        new = old.sub(
            lambda m: f"{owner}.github.io/{name}" if ".github.io/" in m[0] else f"{owner}/{name}",
            text,
        )
        if new != text:
            if path.endswith(".ipynb"):
                new = _with_checksums(new)
            (root / path).write_bytes(new.encode())
            changed.append(path)
    return changed


def _parts(where: str) -> tuple[str, str]:
    found = ADDRESS.fullmatch(where)
    if not found:
        raise ValueError(f"{where!r} is no address like https://github.com/who/what")
    return found[1], found[2]


def _tracked(root: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, encoding="utf-8", check=True
    )
    return [path for path in listed.stdout.split("\0") if path and (root / path).is_file()]


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
    end = "\n" if text.endswith("\n") else ""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + end


def main() -> None:
    """Move the course to the address on the command line, or say where it is."""
    if len(sys.argv) != 2:
        sys.exit(f"The course lives at {address()}. To change that, give the new address.")
    try:
        changed = move(sys.argv[1])
    except ValueError as error:
        sys.exit(str(error))
    print(f"{len(changed)} files name {sys.argv[1]} now: look at them with `git diff`.")


if __name__ == "__main__":
    main()
