"""What the gradebook, the roster and the graded notebooks say of one exercise."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
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
from nbgrader.coursedir import CourseDirectory

from nbexaminer.examination.verdicts import Outcome
from nbexaminer.message import Message
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
    course: CourseDirectory,
    log: logging.Logger,
) -> Facts:
    """The facts of an assignment in the gradebook."""

    def folder(step: str, who: str) -> Path:
        return Path(course.format_path(step, who, assignment.name))

    cells, answers = _cells(assignment)
    grades, penalties = _grades(gradebook, assignment), _penalties(gradebook, assignment)
    earned = grades.groupby("student_id").points.sum()
    rows, found = [], []
    works: dict[str, dict[str, str]] = {}
    for learner in learners:
        who, score, reason, complete = learner.student_id, math.nan, "", True
        handed_in = folder(course.submitted_directory, who).is_dir()
        state = State.UNGRADED if handed_in else State.MISSING
        if who in penalties:
            score = max(0.0, earned.get(who, 0.0) - penalties[who])
            place = folder(course.autograded_directory, who)
            for notebook in cells.notebook.unique():
                graded = read_graded(place / f"{notebook}.ipynb", log)
                if graded is None:
                    complete = False
                    continue
                refused, verdicts, texts = graded
                reason = refused or reason
                found += [(who, notebook, *verdict) for verdict in verdicts]
                if not refused:
                    kept = {cell: text for cell, text in texts.items() if cell in answers}
                    works[who] = works.get(who, {}) | kept
            state = State.UNREADABLE if reason else State.GRADED
        names = (learner.last_name, learner.first_name, learner.section)
        rows.append((who, *names, state.value, score, reason, complete))
    columns = ["student_id", "last_name", "first_name", "section", "state"]
    about = pd.DataFrame(rows, columns=[*columns, "score", "reason", "has_notebooks"])
    about = about.astype({"score": float, "has_notebooks": bool})
    said = pd.DataFrame(found, columns=["student_id", *KEY, "outcome", "misconception"])
    table = about.merge(cells, how="cross").assign(assignment=assignment.name)
    for more in (grades, said):
        table = table.merge(more, how="left", on=["student_id", *KEY])
    table = table.assign(needs_hand_grading=table.needs_hand_grading.eq(True))
    waits = about.student_id.isin(table.student_id[table.needs_hand_grading])
    about = about.assign(counted=about.score.notna() & ~waits)
    return Facts(assignment.name, about, cells, answers, table[list(COLUMNS)], said, works)


def read_graded(
    path: Path, log: logging.Logger
) -> tuple[str, list[tuple[str, str, str]], dict[str, str]] | None:
    """What a graded notebook says: why the submission can't be read, or nothing; of each test cell
    the outcome and misconception; and the text in each answer cell.

    None, and a warning, where the notebook itself can't be read.
    """
    try:
        notebook = json.loads(path.read_bytes())
        verdicts, answers = [], {}
        for cell in notebook["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            if note := cell["metadata"].get(NOTE):
                # Before messages were data, the cause stood beside them.
                cause = Message.read(note.get("message")).cause or safe_line(note.get("cause", ""))
                verdicts.append((about["grade_id"], Outcome(note["outcome"]).value, cause))
            if about.get("solution"):
                answers[about["grade_id"]] = "".join(cell["source"])
        reason = safe_line(notebook["metadata"].get(NOTE, {}).get("malformed", ""))
        return reason, verdicts, answers
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("Left out of the class report: %s: %s", path, error)
        return None


def _cells(assignment: Any) -> tuple[pd.DataFrame, dict[str, bool]]:
    """`Facts.cells` and `Facts.answers` of an assignment."""
    rows: list[tuple[str, str, str, float]] = []
    answers: dict[str, bool] = {}
    for notebook in sorted(assignment.notebooks, key=lambda n: n.name):
        written = {cell.name for cell in notebook.grade_cells if cell.cell_type == "markdown"}
        here = {cell.name: cell.name in written for cell in notebook.solution_cells}
        for cell in [*notebook.grade_cells, *notebook.task_cells]:
            test = cell.cell_type == "code" and cell.name not in here
            kind = "test" if test else "written"
            rows.append((notebook.name, cell.name, kind, float(cell.max_score)))
        answers |= here
    cells = pd.DataFrame(rows, columns=[*KEY, "kind", "max_points"])
    return cells.astype({"max_points": float}), answers


def _grades(gradebook: Gradebook, assignment: Any) -> pd.DataFrame:
    """A row a learner and graded cell, with its points and whether a person must grade it."""
    who, where, cell = SubmittedAssignment.student_id, Notebook.name, BaseCell.name
    found = (
        gradebook.db.query(who, where, cell, Grade.score, Grade.needs_manual_grade)
        .select_from(Grade)
        .join(Grade.notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedNotebook.notebook)
        .join(Grade.cell)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )
    columns = ["student_id", *KEY, "points", "needs_hand_grading"]
    return pd.DataFrame(found, columns=columns).astype({"points": float})


def _penalties(gradebook: Gradebook, assignment: Any) -> dict[str, float]:
    """Points taken off for lateness, of each learner who has been graded."""
    found = gradebook.db.query(
        SubmittedAssignment.student_id, SubmittedAssignment.late_submission_penalty
    ).filter(SubmittedAssignment.assignment_id == assignment.id)
    return {who: penalty or 0.0 for who, penalty in found}
