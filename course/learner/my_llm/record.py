"""What is remembered of `work/my_llm`, in `work/.my_llm.json`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from course.learner.my_llm.plan import PACKAGE

RECORD = ".my_llm.json"


@dataclass(frozen=True)
class Record:
    """How the program was made last.

    seen: of each exercise's notebook, the version that was looked at, and of each answer why it
        isn't taken; empty for one that passes.
    files: of each file that was written, by its path, the hashes of what may stand in it: of two
        texts, if the writing was interrupted.
    told: how far it is, in a sentence for the progress page.
    """

    seen: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    told: str = ""

    def is_changed(self, work: Path, path: str, text: str = "") -> bool:
        """Whether somebody else wrote what a file of the program says, and it isn't `text`."""
        try:
            there = (work / PACKAGE / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return fingerprint(there) not in {*self.files.get(path, ()), fingerprint(text)}

    def write(self, work: Path, folder: Path) -> None:
        """Put it in its place as a whole; it is written in `folder`, on the same disk."""
        new = folder / RECORD
        new.write_text(json.dumps(dataclasses.asdict(self), indent=1), encoding="utf-8")
        new.replace(work / RECORD)


def fingerprint(text: str) -> str:
    """A hash of a file's text, whatever ends its lines."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()[:16]


def read_record(work: Path) -> Record:
    """What is remembered; nothing where the record is missing or damaged."""
    try:
        fields = json.loads((work / RECORD).read_text(encoding="utf-8"))
        seen = {name: (str(version), dict(why)) for name, (version, why) in fields["seen"].items()}
        files = {str(path): list(hashes) for path, hashes in fields["files"].items()}
        return Record(seen, files, str(fields["told"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Record()


def told(work: Path) -> str:
    """What the progress page says of the program, in Markdown; empty where there is none."""
    there = (work / PACKAGE / "README.md").exists()
    return read_record(work).told if there else ""
