"""Say what is new in a release: `python -m course.maintenance.version v1.1.0`.

It prints the release's part of docs/CHANGELOG.md.
It refuses a tag that is not the version of pyproject.toml, CITATION.cff and the changelog.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RELEASE = re.compile(r"^## \[(?P<version>[\d.]+)\] - (?P<day>[\d-]+)\n(?P<text>.*?)(?=^## |^\[)", re.M | re.S)  # fmt: skip # noqa: E501


def whats_new(tag: str, root: Path = ROOT) -> str:
    """The changelog's part for the version of the course in `root`, which `tag` must name.

    Raises:
        ValueError: the tag is another version's, or the files disagree.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    newest = RELEASE.search((root / "docs" / "CHANGELOG.md").read_text(encoding="utf-8"))
    findings = {
        "pyproject.toml": project["version"],
        "CITATION.cff": _field(citation, "version"),
        "CHANGELOG.md": newest and newest["version"],
    }
    if wrong := [f"{file} says {v}" for file, v in findings.items() if v != tag.removeprefix("v")]:
        raise ValueError(f"the tag is {tag}, but {', '.join(wrong)}")
    assert newest is not None
    day = _field(citation, "date-released")
    if day != newest["day"]:
        raise ValueError(f"CHANGELOG.md says {newest['day']}, but CITATION.cff says {day}")
    return newest["text"].strip() + "\n"


def _field(citation: str, name: str) -> str | None:
    found = re.search(rf"^{name}: (.+)$", citation, re.M)
    return found and found[1]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Which tag? python -m course.maintenance.version v1.1.0")
    try:
        sys.stdout.write(whats_new(sys.argv[1]))
    except ValueError as error:
        sys.exit(f"No release: {error}")
