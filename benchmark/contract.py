"""What the data say of an answer, what a grader gets, and what it gives back: see contract.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent
RIGHT, WRONG, ATTACK = KINDS = ("right", "wrong", "attack")
EDIT = "edit"
"""The origin of a wrong answer whose misconception is in the words that the course says of it."""


@dataclass(frozen=True)
class Answer:
    """One answer of the data, as its about.json has it.

    id: `exercise.name.text`, also the name of its folder.
    kind: right, wrong or attack.
    name: of the answer cell that it is about; the others are right, but may call this one.
    origin: where it comes from: written, edit, odd or attack.
    points: what each test cell is worth; a right answer must get all of them.
    at_most: what an attack may get in the test cells of its wrong answer.
    loses_in: the test cells of which a wrong answer must not pass all.
    misconception: of an edit what the course says of it, of a written one a label, of an attack
        what it tries.
    copies: how many learners hand it in, one after the other.
    outside: why an attack is not tried on a grader that has no sandbox of its own, or empty.
    """

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
        """That of a folder of the data.

        Raises ValueError for one that isn't as the contract has it.
        """
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
            raise FileNotFoundError(f"{data} has no answers: `python -m benchmark data` makes them")
        return found

    def about(self) -> str:
        """The text of its about.json."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Submission:
    """What one learner hands in.

    id: the learner's, unique in a batch.
    notebook: whatever was handed in as the notebook.
    """

    id: str
    notebook: bytes


@dataclass(frozen=True)
class Verdict:
    """What a grader made of one submission.

    id: that of the submission.
    points: by test cell, or None where it was not graded.
    told: what the learner reads of tests that were not passed; empty where learners read nothing.
    shown: everything that comes back, to whomever, but for tracebacks, which quote code.
    """

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
    """Where a batch is graded.

    folder: an empty folder for the grader, which is also where learners' code looks for it.
    port: where nobody may call on this machine.
    secret: what no learner's code may read; a variable of the environment has it.
    seconds: after which a command is ended; what is not graded then is not graded.
    environments: the folder with the graders' own Python environments.
    """

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
    """An adapter.

    name: in tables and on the command line.
    sandboxed: whether it keeps learners' code from the machine itself. If not, it has to run in
        `benchmark.sandbox`, and attacks that would harm the machine are not tried.
    gradebook: whether it keeps one in its folder. If not, attacks on one are not tried.
    without: what it should have around it and here has not, such as Docker, or empty.
    """

    name: str
    sandboxed: bool
    gradebook: bool
    without: str

    def version(self, environments: Path) -> str:
        """Name and version of what is tried."""

    def grade(
        self, exercise: Exercise, submissions: Sequence[Submission], ground: Ground
    ) -> Iterable[Verdict]:
        """Grade a batch in this order, and give a verdict for each that was graded.

        What is missing counts as not graded; an exception as if all were missing.
        """
