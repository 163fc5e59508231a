"""What gradebook, roster and graded notebooks say of an exercise, and what it comes to."""

import json
import logging
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd
from nbgrader import api
from nbgrader.coursedir import CourseDirectory

from nbexaminer.examination.verdicts import COST_NOTHING, Outcome
from nbexaminer.message import Message
from nbexaminer.notebook.cell import Role, cells_of, unreadable
from nbexaminer.notebook.harmless import safe_line
from nbexaminer.people.roster import Learner
from nbexaminer.similarity.compare import Pair

FEWEST_FOR_CORRELATION = 3
FEWEST_FOR_REMARK = 10
COLUMNS = (
    "assignment", "student_id", "last_name", "first_name", "state", "notebook", "cell", "kind",
    "points", "max_points", "outcome", "misconception", "needs_hand_grading",
)  # fmt: skip
LEARNERS = [
    "student_id", "last_name", "first_name", "section", "state", "score", "reason", "has_notebooks",
]  # fmt: skip
KEY = ["notebook", "cell"]
"""Columns that are unique together within an exercise."""


class State(StrEnum):
    """How far a learner is with an exercise."""

    GRADED = "graded"
    UNREADABLE = "can't be read"
    UNGRADED = "not yet graded"
    MISSING = "not handed in"


@dataclass(frozen=True, eq=False)
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
        cell, outcome, misconception and whether it ran beside the answers.
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

    def of_readable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those rows that are about submissions that are graded and can be read."""
        return rows[rows.student_id.isin(self.who(State.GRADED))]


def gather(
    gradebook: api.Gradebook,
    assignment: Any,
    learners: Sequence[Learner],
    course: CourseDirectory,
    log: logging.Logger,
) -> Facts:
    """The facts of an assignment in the gradebook."""

    def folder(step: str, who: str) -> Path:
        return Path(course.format_path(step, who, assignment.name))

    cells, answers = _cells(assignment)
    grades, of = _grades(gradebook, assignment), api.SubmittedAssignment
    lost = gradebook.db.query(of.student_id, of.late_submission_penalty)
    penalties = dict(lost.filter(of.assignment_id == assignment.id).all())
    earned = grades.groupby("student_id").points.sum()
    rows, found = [], []
    works: dict[str, dict[str, str]] = defaultdict(dict)
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
                refused, tests, texts = graded
                reason = refused or reason
                found += [(who, notebook, *verdict) for verdict in tests]
                if not refused:
                    works[who] |= {cell: text for cell, text in texts.items() if cell in answers}
            state = State.UNREADABLE if reason else State.GRADED
        findings = {
            "state": state.value,
            "score": score,
            "reason": reason,
            "has_notebooks": complete,
        }
        rows.append(vars(learner) | findings)
    about = pd.DataFrame(rows, columns=LEARNERS).astype({"score": float, "has_notebooks": bool})
    columns = ["student_id", *KEY, "outcome", "misconception", "beside"]
    verdicts = pd.DataFrame(found, columns=columns)
    table = about.merge(cells, how="cross").assign(assignment=assignment.name)
    for more in (grades, verdicts):
        table = table.merge(more, how="left", on=["student_id", *KEY])
    table = table.assign(needs_hand_grading=table.needs_hand_grading.eq(True))
    waits = about.student_id.isin(table.student_id[table.needs_hand_grading])
    about = about.assign(counted=about.score.notna() & ~waits)
    return Facts(assignment.name, about, cells, answers, table[list(COLUMNS)], verdicts, works)


def read_graded(
    path: Path, log: logging.Logger
) -> tuple[str, list[tuple[str, str, str, bool]], dict[str, str]] | None:
    """What a graded notebook says: why the submission can't be read, or nothing; of each test cell
    the outcome, the misconception, and whether it ran beside the answers; and the text in each
    answer cell.

    None, and a warning, where the notebook itself can't be read.
    """
    try:
        notebook = json.loads(path.read_bytes())
        cells = cells_of(notebook)
        answers = {c.name: "".join(c.content["source"]) for c in cells if c.role is Role.ANSWER}
        notes = [(cell.name, cell.note) for cell in cells if cell.note]
        verdicts = [
            (name, Outcome(note["outcome"]).value, _cause(note), note.get("beside") is True)
            for name, note in notes
        ]
        return safe_line(unreadable(notebook)), verdicts, answers
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


def _grades(gradebook: api.Gradebook, assignment: Any) -> pd.DataFrame:
    """A row a learner and graded cell, with its points and whether a person must grade it."""
    key = (api.SubmittedAssignment.student_id, api.Notebook.name, api.BaseCell.name)
    found = gradebook.db.query(*key, api.Grade.score, api.Grade.needs_manual_grade)
    found = found.select_from(api.Grade).join(api.Grade.cell).join(api.Grade.notebook)
    found = found.join(api.SubmittedNotebook.notebook).join(api.SubmittedNotebook.assignment)
    found = found.filter(api.SubmittedAssignment.assignment_id == assignment.id)
    columns = ["student_id", *KEY, "points", "needs_hand_grading"]
    return pd.DataFrame(found, columns=columns).astype({"points": float})


def exercise_report(facts: Facts, pairs: list[Pair] | None) -> dict[str, Any]:
    """What the page says of an exercise, by the template's names; learners are named by their ids.

    pairs: learners whose answers are alike; None where that was not looked at.
    """
    learners, table = facts.learners, facts.table
    unreadable = learners[(learners.state == State.UNREADABLE) & ~learners.counted]
    waiting = table[table.needs_hand_grading & (table.state != State.UNREADABLE)]
    verdicts = facts.of_readable(facts.verdicts)
    failed = verdicts.student_id[~verdicts.outcome.isin(COST_NOTHING)].unique()
    explained = set(verdicts.student_id[verdicts.misconception != ""])
    scores, cells = learners.score[learners.counted], _statistics(facts)
    missed = cells[cells.difficulty < 1]
    names = ("lowest", "lower quartile", "median", "upper quartile", "highest")
    quantiles = zip(names, scores.quantile([0, 0.25, 0.5, 0.75, 1]), strict=True)
    return {
        "name": facts.name,
        "learners": learners.student_id.tolist(),
        "max_score": float(facts.cells.max_points.sum()),
        "max_test_score": float(facts.cells.max_points[facts.cells.kind == "test"].sum()),
        "scores": scores.tolist(),
        "summary": {} if scores.empty else dict(quantiles) | {"mean": scores.mean()},
        "test_scores": _earned(facts).sum(axis=1).tolist(),
        "graded": learners.student_id[learners.score.notna()].tolist(),
        "missing": facts.who(State.MISSING),
        "ungraded": facts.who(State.UNGRADED),
        # For each cell that wants a person, its name and who waits for it.
        "waiting": [
            (cell, rows.student_id.tolist()) for (_, cell), rows in waiting.groupby(KEY, sort=False)
        ],
        "unreadable": dict(zip(unreadable.student_id, unreadable.reason, strict=True)),
        "cells": cells,
        "hardest": None if missed.empty else missed.loc[missed.difficulty.idxmin()],
        "causes": _misconceptions(verdicts, list(facts.answers)),
        # Who failed a test, and no test names a misconception.
        "unexplained": [who for who in failed if who not in explained],
        "without_notebook": learners.student_id[~learners.has_notebooks].tolist(),
        "sections": _sections(learners),
        "pairs": pairs,
    }


def _earned(facts: Facts) -> pd.DataFrame:
    """Points a learner (row) and test cell; NaN where a person is still to give them."""
    rows = facts.of_readable(facts.table[facts.table.kind == "test"])
    points = rows.points.where(~rows.needs_hand_grading)
    earned = rows.assign(points=points).pivot(index="student_id", columns=KEY, values="points")
    return earned.astype(float)


def _statistics(facts: Facts) -> pd.DataFrame:
    """How the class did, a row a test cell.

    n: learners it was examined for, without those whose submission can't be read and who wait for a
    person's points for it; passed: those with all its points; difficulty: share of the points
    earned, 0 to 1; discrimination: correlation, over learners, of its points with those in all
    other test cells; outcomes: how often it ended in what; remark: what an instructor would want to
    look at. NaN is undefined: without learners or points, and a correlation of fewer than 3
    learners or where either is the same for all.
    """
    verdicts = facts.verdicts
    # The graded notebooks know the order of the cells, the gradebook doesn't.
    place = verdicts.groupby("student_id").cumcount().rename("place")
    places = verdicts.join(place).groupby(KEY).place.last()
    tests = facts.cells[facts.cells.kind == "test"].join(places, on=KEY)
    most = tests.sort_values(["notebook", "place", "cell"]).set_index(KEY).max_points
    earned = _earned(facts).reindex(columns=most.index)
    others = earned.fillna(0.0).rsub(earned.sum(axis=1), axis=0).where(earned.notna())
    differ = (earned.nunique() > 1) & (others.nunique() > 1)
    differ &= earned.count() >= FEWEST_FOR_CORRELATION
    discrimination = earned.loc[:, differ].corrwith(others.loc[:, differ]).reindex(most.index)
    outcomes = facts.of_readable(verdicts).groupby(KEY).outcome.agg(Counter)
    cells = pd.DataFrame({
        "points": most,
        "n": earned.count(),
        "passed": earned.ge(most).sum(),
        "difficulty": earned.mean() / most.where(most != 0),
        # A rounding error must not make a 0 negative.
        "discrimination": discrimination.round(9) + 0.0,
        "outcomes": [outcomes.get(key, {}) for key in most.index],
    })  # fmt: skip
    beside = verdicts.groupby(KEY).beside.any()
    cells["beside"] = [bool(beside.get(key, False)) for key in cells.index]
    return cells.assign(remark=[_remarks(cell) for cell in cells.itertuples()]).reset_index()


def _remarks(cell: Any) -> str:
    forgeable = "runs beside the answers, where its verdict can be forged"
    return "; ".join(text for text in (_remark(cell), forgeable * cell.beside) if text)


def _remark(cell: Any) -> str:
    if not cell.points:
        return "gives no points"
    if not cell.n:
        return ""
    if cell.passed in (0, cell.n):
        return "nobody passes" if not cell.passed else "everybody passes"
    if cell.n >= FEWEST_FOR_REMARK and cell.discrimination < 0:
        return "look at this test: those who do well elsewhere fail it more often"
    return ""


def _misconceptions(
    verdicts: pd.DataFrame, answers: Sequence[str]
) -> list[tuple[str, pd.DataFrame]]:
    """By the answer that they are about, a row each: misconception, learners, cells; of both the
    most frequent first."""
    named = verdicts[verdicts.misconception != ""]
    named = named.assign(about=[_about(cell, answers) for cell in named.cell])
    found = named.groupby(["about", "misconception"], sort=False, as_index=False).agg(
        learners=("student_id", "unique"), cells=("cell", "unique")
    )
    found = found.sort_values("learners", key=lambda who: -who.map(len), kind="stable")
    return list(found.groupby("about", sort=False))


def _about(cell: str, answers: Sequence[str]) -> str:
    """The answer that a test cell is about, by its name; the cell's own name where none fits."""
    fitting = [name for name in answers if cell == name or cell.startswith(f"{name}-")]
    return max(fitting, key=len, default=cell)


def _sections(learners: pd.DataFrame) -> pd.DataFrame:
    rows = learners if learners.section.any() else learners[:0]
    counted, handed_in = rows.score.where(rows.counted), rows.state != State.MISSING
    return (
        rows.assign(score=counted, handed_in=handed_in)
        .groupby("section", as_index=False)
        .agg(
            learners=("student_id", "size"), handed_in=("handed_in", "sum"),
            counted=("counted", "sum"), median=("score", "median"),
        )
    )  # fmt: skip


def _cause(note: Mapping[str, Any]) -> str:
    # Before messages were data, the cause stood beside them.
    return Message.read(note.get("message")).cause or safe_line(note.get("cause", ""))
