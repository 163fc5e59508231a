"""A cell of the source's notebook, or of one that was made from it, as grading sees it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NOT_GRADED = "not-graded"
"""The tag in the source that makes a cell one that is only shown."""
UNGRADED = "try-"
"""How the grade id of an answer begins that has neither points nor tests: nobody misses it."""
EXTRA = "extra-"
"""How the id of a cell begins that a learner has added."""
NOTE = "grading"
"""The key under which notebook and cell metadata say how grading went."""
_DECISION = "dropped"
"""The key under which a source's cell has what the instructor decided about it."""


class Role(StrEnum):
    """What grading does with a cell."""

    TEST = "test"
    """Code with points and no answer: the test runner runs it."""
    ANSWER = "answer"
    """The learner's text, code or prose."""
    GIVEN = "given"
    """Locked code that is no test: run by learner and test runner both."""
    OPEN = "open"
    """Code of the source's that a learner may change and that is not graded."""
    SHOWN = "shown"
    """Code of the source's that only shows something, locked or not: nobody runs it."""
    TEXT = "text"
    """Text of the source's."""


class Decision(StrEnum):
    """What an instructor can decide about a question: its tests are not run any more, and nobody
    grades its answers. It stands in the source's cell, so that whatever grades follows it."""

    DROPPED = "dropped"
    """It is worth 0 points now."""
    ACCEPTED = "accepted"
    """Everybody who handed in gets its points."""


@dataclass(eq=False, slots=True)
class Cell:
    """A view of a cell: what is set here is set in `content`.

    content: in the notebook format's form, with its source as one text.
    """

    content: dict[str, Any]

    @property
    def is_code(self) -> bool:
        """Whether it is code."""
        return bool(self.content["cell_type"] == "code")

    @property
    def source(self) -> str:
        """Its text."""
        return str(self.content["source"])

    @source.setter
    def source(self, text: str) -> None:
        self.content["source"] = text

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata."""
        found: dict[str, Any] = self.content.setdefault("metadata", {})
        return found

    @property
    def nbgrader(self) -> dict[str, Any]:
        """What nbgrader has noted about it."""
        found: dict[str, Any] = self.metadata.get("nbgrader") or {}
        return found

    @property
    def is_locked(self) -> bool:
        """Whether learners can't change it."""
        return bool(self.nbgrader.get("locked"))

    @property
    def is_own(self) -> bool:
        """Whether a learner has added it, as `graft` marks it."""
        return str(self.content.get("id", "")).startswith(EXTRA) and not self.nbgrader

    @property
    def is_task(self) -> bool:
        """Whether it is a task: a question with its answer beside it, which a person grades."""
        return bool(self.nbgrader.get("task"))

    @property
    def is_graded(self) -> bool:
        """Whether it has points: a test or an answer that a person grades."""
        return bool(self.nbgrader.get("grade"))

    @property
    def grade_id(self) -> str | None:
        """nbgrader's id, or None for a cell that it doesn't manage."""
        managed = any(self.nbgrader.get(k) for k in ("grade", "solution", "locked", "task"))
        return self.nbgrader.get("grade_id") if managed else None

    @property
    def name(self) -> str:
        """The grade id of a cell that has one."""
        return str(self.nbgrader["grade_id"])

    @property
    def role(self) -> Role:
        """What grading does with it."""
        if self.nbgrader.get("solution"):
            return Role.ANSWER
        if not self.is_code:
            return Role.TEXT
        if self.is_graded:
            return Role.TEST
        if NOT_GRADED in self.metadata.get("tags", ()):
            return Role.SHOWN
        return Role.GIVEN if self.is_locked else Role.OPEN

    @property
    def is_awaited(self) -> bool:
        """Whether it is an answer that learners have to give."""
        return self.role is Role.ANSWER and not str(self.grade_id).startswith(UNGRADED)

    @property
    def points(self) -> float:
        """What it is worth now."""
        return float(self.nbgrader.get("points") or 0.0)

    @property
    def worth(self) -> float:
        """What it was worth before the question was dropped, or is worth."""
        return self.points if self.decision is None else float(self.metadata[_DECISION]["points"])

    @property
    def decision(self) -> Decision | None:
        """What was decided about it, or None where it counts."""
        about = self.metadata.get(_DECISION, {})
        outcome = about.get("outcome") if isinstance(about, dict) else None
        return next((d for d in Decision if d == outcome), None)

    def decide(self, decision: Decision | None) -> None:
        """Note a decision, or that there is none any more."""
        worth = self.metadata.pop(_DECISION, {"points": self.nbgrader["points"]})["points"]
        self.nbgrader["points"] = 0 if decision is Decision.DROPPED else worth
        if decision is not None:
            self.metadata[_DECISION] = {"outcome": str(decision), "points": worth}

    @property
    def decided(self) -> str:
        """What learners read about a dropped question; empty for one that counts."""
        match self.decision:
            case Decision.DROPPED:
                return "This question was dropped: nobody earns or loses points with it."
            case Decision.ACCEPTED:
                what = "its point" if self.worth == 1 else f"its {self.worth:g} points"
                return f"This question was dropped: everybody who handed in gets {what}."
            case _:
                return ""

    @property
    def note(self) -> dict[str, Any]:
        """How its test went: `outcome` and `message`; empty where none was run."""
        return dict(self.metadata.get(NOTE) or {})

    @note.setter
    def note(self, note: dict[str, Any]) -> None:
        self.metadata[NOTE] = note


def cells_of(notebook: dict[str, Any]) -> list[Cell]:
    """The cells of a notebook in the notebook format's form."""
    return [Cell(content) for content in notebook["cells"]]


def unreadable(notebook: dict[str, Any]) -> str:
    """Why the submission that a graded notebook stands for could not be read, or empty."""
    return str(notebook["metadata"].get(NOTE, {}).get("malformed", ""))
