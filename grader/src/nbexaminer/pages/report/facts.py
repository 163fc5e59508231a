"""What the gradebook, the roster and the graded notebooks say of one exercise."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd
from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func

from nbexaminer.examination.verdicts import Outcome
from nbexaminer.notebook.cell import NOTE
from nbexaminer.notebook.harmless import safe_line
from nbexaminer.people.roster import Learner

COLUMNS = (
    "assignment", "student_id", "last_name", "first_name", "state", "notebook", "cell", "kind",
    "points", "max_points", "outcome", "misconception", "needs_hand_grading",
)  # fmt: skip
KEY = ["notebook", "cell"]
"""Columns that are unique together within an exercise."""


class State(StrEnum):
    """How far a learner is with an exercise."""

    GRADED = "graded"
    UNREADABLE = "can't be read"
    UNGRADED = "not yet graded"
    MISSING = "not handed in"


@dataclass(frozen=True)
class Graded:
    """What a graded notebook says.

    reason: why the submission can't be read, or empty.
    verdicts: each test cell, its outcome and misconception.
    answers: the text in each answer cell.
    """

    reason: str
    verdicts: list[tuple[str, str, str]]
    answers: dict[str, str]


@dataclass(frozen=True)
class Facts:
    """What is known of one exercise.

    learners: a row a learner: student_id, last_name, first_name, section, state, score (points
        after the penalty for lateness, NaN before grading), reason (why it can't be read, or
        empty), has_notebooks (whether all the graded notebooks are there) and counted (whether
        the score is final: nothing waits for a person).
    cells: a row a graded cell: notebook, cell, kind ("test", or "written" where a person grades
        it) and max_points.
    answers: name of each answer cell, and whether it holds prose.
    table: a row a learner and cell, with `COLUMNS`.
    verdicts: a row a learner and test cell of a graded notebook, in order: student_id, notebook,
        cell, outcome and misconception.
    works: for each learner whose submission could be read, the text in each answer cell.
    """

    name: str
    learners: pd.DataFrame
    cells: pd.DataFrame
    answers: Mapping[str, bool]
    table: pd.DataFrame
    verdicts: pd.DataFrame
    works: Mapping[str, Mapping[str, str]] = field(repr=False)

    def who(self, state: State) -> list[str]:
        """Ids of the learners in a state."""
        return self.learners.student_id[self.learners.state == state].tolist()

    @property
    def is_begun(self) -> bool:
        """Whether anybody has handed in."""
        return bool((self.learners.state != State.MISSING).any())

    def of_readable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those rows that are about submissions that are graded and can be read."""
        return rows[rows.student_id.isin(self.who(State.GRADED))]


def gather(
    gradebook: Gradebook,
    assignment: Any,
    learners: Sequence[Learner],
    handed_in: Collection[str],
    folder_of: Callable[[str], Path],
    log: logging.Logger,
) -> Facts:
    """The facts of an assignment in the gradebook.

    handed_in: ids of those who have something in submitted/.
    folder_of: where a learner's graded notebooks are, if anywhere.
    """
    cells, answers = _cells(assignment), _answers(assignment)
    grades, penalties = _grades(gradebook, assignment), _penalties(gradebook, assignment)
    earned = grades.groupby("student_id").points.sum()
    rows, verdicts = [], []
    works: dict[str, dict[str, str]] = {}
    for learner in learners:
        who, score, reason, complete = learner.student_id, math.nan, "", True
        state = State.UNGRADED if who in handed_in else State.MISSING
        if who in penalties:
            score = max(0.0, earned.get(who, 0.0) - penalties[who])
            folder = folder_of(who)
            read = {n: read_graded(folder / f"{n}.ipynb", log) for n in cells.notebook.unique()}
            for notebook, graded in read.items():
                if graded is None:
                    complete = False
                    continue
                reason = graded.reason or reason
                verdicts += [(who, notebook, *verdict) for verdict in graded.verdicts]
                if not graded.reason:
                    kept = {c: text for c, text in graded.answers.items() if c in answers}
                    works[who] = works.get(who, {}) | kept
            state = State.UNREADABLE if reason else State.GRADED
        names = (learner.last_name, learner.first_name, learner.section)
        rows.append((who, *names, state.value, score, reason, complete))
    return _joined(assignment.name, rows, cells, answers, grades, verdicts, works)


def _joined(
    name: str,
    rows: Sequence[tuple[Any, ...]],
    cells: pd.DataFrame,
    answers: Mapping[str, bool],
    grades: pd.DataFrame,
    verdicts: Sequence[tuple[str, ...]],
    works: Mapping[str, Mapping[str, str]],
) -> Facts:
    columns = ["student_id", "last_name", "first_name", "section", "state"]
    columns += ["score", "reason", "has_notebooks"]
    learners = pd.DataFrame(rows, columns=columns)
    learners = learners.astype({"score": float, "has_notebooks": bool})
    said = pd.DataFrame(verdicts, columns=["student_id", *KEY, "outcome", "misconception"])
    table = learners.merge(cells, how="cross")
    for more in (grades, said):
        table = table.merge(more, how="left", on=["student_id", *KEY])
    table = table.assign(assignment=name, needs_hand_grading=table.needs_hand_grading.eq(True))
    waits = learners.student_id.isin(table.student_id[table.needs_hand_grading])
    learners = learners.assign(counted=learners.score.notna() & ~waits)
    return Facts(name, learners, cells, answers, table[list(COLUMNS)], said, works)


def read_graded(path: Path, log: logging.Logger) -> Graded | None:
    """What a graded notebook says; None, and a warning, where it can't be read."""
    try:
        notebook = json.loads(path.read_bytes())
        verdicts, answers = [], {}
        for cell in notebook["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            if note := cell["metadata"].get(NOTE):
                outcome, cause = Outcome(note["outcome"]).value, safe_line(note.get("cause", ""))
                verdicts.append((about["grade_id"], outcome, cause))
            if about.get("solution"):
                answers[about["grade_id"]] = "".join(cell["source"])
        reason = safe_line(notebook["metadata"].get(NOTE, {}).get("malformed", ""))
        return Graded(reason, verdicts, answers)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("Left out of the class report: %s: %s", path, error)
        return None


def _cells(assignment: Any) -> pd.DataFrame:
    """`Facts.cells` of an assignment."""
    rows = []
    for notebook in sorted(assignment.notebooks, key=lambda n: n.name):
        answers = {cell.name for cell in notebook.solution_cells}
        for cell in [*notebook.grade_cells, *notebook.task_cells]:
            test = cell.cell_type == "code" and cell.name not in answers
            kind = "test" if test else "written"
            rows.append((notebook.name, cell.name, kind, float(cell.max_score)))
    return pd.DataFrame(rows, columns=[*KEY, "kind", "max_points"]).astype({"max_points": float})


def _answers(assignment: Any) -> dict[str, bool]:
    """`Facts.answers` of an assignment."""
    written = {
        cell.name
        for notebook in assignment.notebooks
        for cell in notebook.grade_cells
        if cell.cell_type == "markdown"
    }
    return {
        cell.name: cell.name in written
        for notebook in sorted(assignment.notebooks, key=lambda n: n.name)
        for cell in notebook.solution_cells
    }


def _grades(gradebook: Gradebook, assignment: Any) -> pd.DataFrame:
    """A row a learner and graded cell, with its points and whether a person must grade it."""
    found = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            Grade.score,
            Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )
    columns = ["student_id", *KEY, "points", "needs_hand_grading"]
    return pd.DataFrame(found, columns=columns).astype({"points": float})


def _penalties(gradebook: Gradebook, assignment: Any) -> dict[str, float]:
    """Points taken off for lateness, of each learner who has been graded."""
    found = (
        gradebook.db.query(
            SubmittedAssignment.student_id, func.sum(SubmittedNotebook.late_submission_penalty)
        )
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .group_by(SubmittedAssignment.student_id)
    )
    return {who: penalty or 0.0 for who, penalty in found}
