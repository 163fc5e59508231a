"""What the data say of an answer, what a grader gets, and what it gives back: see contract.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[2]
RIGHT, WRONG, ATTACK = KINDS = ("right", "wrong", "attack")
EDIT = "edit"  # whose misconception is in the words that the course says of it


@dataclass(frozen=True)
class Answer:
    """One answer of the data: its fields are those of its about.json, see contract.md."""

    id: str
    exercise: str
    kind: str
    name: str
    origin: str
    points: dict[str, float]
    at_most: dict[str, float] = field(default_factory=dict)
    loses_in: tuple[str, ...] = ()
    misconception: str = ""
    copies: int = 1
    outside: str = ""

    @classmethod
    def read(cls, folder: Path) -> Answer:
        """That of a folder. Raises ValueError for one that isn't as contract.md has it."""
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        try:
            answer = cls(**about | {"loses_in": tuple(about.get("loses_in", ()))})
        except TypeError as error:
            raise ValueError(f"{folder}: about.json isn't as contract.md has it: {error}") from None
        if answer.kind not in KINDS:
            raise ValueError(f"{folder}: kind is {answer.kind!r}: it must be one of {KINDS}")
        return answer

    @classmethod
    def all(cls, data: Path) -> list[Answer]:
        """Those of the data, by id. Raises FileNotFoundError if there are none."""
        found = [cls.read(path.parent) for path in sorted(data.glob("answers/*/about.json"))]
        if not found:
            raise FileNotFoundError(
                f"{data} has no answers: `python -m course.benchmark data` makes them"
            )
        return found

    def about(self) -> str:
        """The text of its about.json."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Submission:
    """What one learner, whose id is unique in a batch, hands in as the notebook, whatever it is."""

    id: str
    notebook: bytes


@dataclass(frozen=True)
class Verdict:
    """What a grader made of one submission: points by test cell, and words, see contract.md."""

    id: str
    points: dict[str, float] | None
    told: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Exercise:
    """A notebook with nbgrader's metadata, solutions and hidden tests."""

    name: str
    notebook: bytes

    @classmethod
    def read(cls, data: Path, name: str) -> Exercise:
        """One of the data."""
        return cls(name, (data / "exercises" / name / f"{name}.ipynb").read_bytes())

    def cells(self) -> list[dict[str, Any]]:
        """Its cells, the text of each as one."""
        cells = json.loads(self.notebook)["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells]

    def tests(self) -> dict[str, dict[str, Any]]:
        """Its test cells by grade id."""
        found = {}
        for cell in self.cells():
            about = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "code" and about.get("grade") and not about.get("solution"):
                found[about["grade_id"]] = cell
        return found

    def points(self) -> dict[str, float]:
        """What each test cell is worth."""
        return {n: float(c["metadata"]["nbgrader"]["points"]) for n, c in self.tests().items()}


@dataclass(frozen=True)
class Ground:
    """Where a batch is graded; nobody may call at `port`, and no learner's code read `secret`."""

    folder: Path
    port: int
    secret: str
    seconds: float
    environments: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a grader's process has on top."""
        return {"GRADER_TOKEN": self.secret}

    def placed(self, notebook: bytes) -> bytes:
        """A notebook with the places of this ground where it names them."""
        placed = notebook.replace(b"@course@", str(self.folder).encode())
        return placed.replace(b"@port@", str(self.port).encode())

    def listening(self, python: str, command: Sequence[str]) -> list[str]:
        """The command with somebody beside it who listens where nobody may call."""
        text = Path(__file__).with_name("listen.py").read_text(encoding="utf-8")
        return [python, "-c", text, str(self.folder), str(self.port), *command]


class Grader(Protocol):
    """An adapter: contract.md says what each of these is for."""

    name: str
    sandboxed: bool
    gradebook: bool

    def version(self, environments: Path) -> str:
        """Name and version of what is tried."""

    def grade(
        self, exercise: Exercise, submissions: Sequence[Submission], ground: Ground
    ) -> Iterable[Verdict]:
        """Grade a batch in this order, and give a verdict for each that was graded."""
