"""What is remembered of `work/my_llm`, in `work/.my_llm.json`, and what is said of it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

from course.learner.my_llm.plan import PACKAGE

RECORD = ".my_llm.json"


@dataclass
class State:
    """How the package was made last.

    Args:
        seen: of each exercise's notebook, the version that was looked at, and of each answer why it
            isn't taken; empty for one that passes.
        files: a hash of each file that was written, by its path within the package.
        told: how far it is, in a sentence for the progress page.
        complete: whether the course's answers stand in for all that is missing.
    """

    seen: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    told: str = ""
    complete: bool = False


def read_state(work: Path) -> State:
    """What is remembered; nothing where the record is missing or damaged."""
    try:
        fields = json.loads((work / RECORD).read_text(encoding="utf-8"))
        seen = {name: (str(version), dict(why)) for name, (version, why) in fields["seen"].items()}
        return State(seen, dict(fields["files"]), str(fields["told"]), fields["complete"] is True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()


def state_text(state: State) -> str:
    """The record's text."""
    return json.dumps(dataclasses.asdict(state), indent=1)


def told(work: Path) -> str:
    """What the progress page says of the package, in Markdown; empty where there is none."""
    there = (work / PACKAGE / "README.md").exists()
    return read_state(work).told if there else ""
