"""What gradebook, roster and graded notebooks say of an exercise, and what it comes to."""

import json
import logging
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import correlation, fmean, median, quantiles
from typing import Any, NamedTuple, Self

from nbgrader import api
from nbgrader.coursedir import CourseDirectory

from nbexaminer.classroom.roster import Learner
from nbexaminer.classroom.similarity.compare import Pair
from nbexaminer.judging.message import Message
from nbexaminer.judging.notebook.cell import Role, cells_of, unreadable
from nbexaminer.judging.notebook.sanitize import safe_line
from nbexaminer.judging.session.verdicts import COST_NOTHING, Outcome

FEWEST_FOR_CORRELATION = 3
FEWEST_FOR_REMARK = 10
COLUMNS = (
    "assignment", "student_id", "last_name", "first_name", "state", "notebook", "cell", "kind",
    "points", "max_points", "outcome", "misconception", "needs_hand_grading",
)  # fmt: skip
Key = tuple[str, str]
"""Notebook and cell, which are unique together within an exercise."""


class State(StrEnum):
    """How far a learner is with an exercise."""

    GRADED = "graded"
    UNREADABLE = "can't be read"
    UNGRADED = "not yet graded"
    MISSING = "not handed in"


class GradedCell(NamedTuple):
    """A cell that gives points; kind: "test", or "written" where a person grades it."""

    key: Key
    kind: str
    most: float


class Grade(NamedTuple):
    """Of a learner's cell; waits: a person must grade it."""

    points: float | None = None
    waits: bool = False


class Verdict(NamedTuple):
    """Of a learner's test cell; beside: it ran beside the answers."""

    outcome: str
    misconception: str
    beside: bool

    @classmethod
    def read(cls, note: Mapping[str, Any]) -> Self:
        """What a cell's note says. Raises what reading another thing raises."""
        # Before messages were data, the cause stood beside them.
        cause = Message.read(note.get("message")).cause or safe_line(note.get("cause", ""))
        return cls(Outcome(note["outcome"]).value, cause, note.get("beside") is True)


@dataclass
class Work:
    """How a learner is with the exercise.

    score: points after the penalty for lateness, or None before grading.
    reason: why it can't be read, or empty.
    has_notebooks: all the graded notebooks are there.
    verdicts: of the test cells in these, in order; answers: the text in each answer cell, where the
        submission could be read.
    """

    learner: Learner
    state: State
    score: float | None = None
    reason: str = ""
    has_notebooks: bool = True
    grades: Mapping[Key, Grade] = field(default_factory=dict)
    verdicts: dict[Key, Verdict] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """The learner's id."""
        return self.learner.student_id

    @property
    def final(self) -> float | None:
        """The score, if nothing waits for a person."""
        return None if any(grade.waits for grade in self.grades.values()) else self.score

    @property
    def fails_unexplained(self) -> bool:
        """Whether a test fails, and none names a misconception."""
        ends = self.verdicts.values()
        failed = {end.outcome for end in ends}.difference(COST_NOTHING)
        return bool(failed) and not any(end.misconception for end in ends)

    def grade(self, key: Key) -> Grade:
        """That of a cell."""
        return self.grades.get(key, Grade())

    def earned(self, cells: Sequence[GradedCell]) -> float:
        """Points for cells, without those that a person is still to give."""
        grades = [self.grade(cell.key) for cell in cells]
        return sum(grade.points or 0.0 for grade in grades if not grade.waits)


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of one exercise: its graded cells, the name of each answer cell and whether it
    holds prose, and everybody's work."""

    name: str
    cells: Sequence[GradedCell]
    answers: Mapping[str, bool]
    works: Sequence[Work]

    def who(self, state: State) -> list[str]:
        """Ids of the learners in a state."""
        return [work.who for work in self.works if work.state is state]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """For each learner whose submission could be read, the text in each answer cell."""
        return {work.who: work.answers for work in self.works if work.answers}

    @property
    def readable(self) -> list[Work]:
        """What is graded and can be read."""
        return [work for work in self.works if work.state is State.GRADED]

    def table(self) -> Iterator[list[Any]]:
        """A row a learner and cell, with `COLUMNS`."""
        for work in self.works:
            learner = work.learner
            about = [self.name, learner.student_id, learner.last_name, learner.first_name]
            for cell in self.cells:
                grade = work.grade(cell.key)
                said = work.verdicts.get(cell.key, (None, None))[:2]
                of_cell = (*cell.key, cell.kind, grade.points, cell.most, *said)
                yield [*about, work.state, *of_cell, "yes" if grade.waits else "no"]


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
    works = []
    for learner in learners:
        who = learner.student_id
        handed_in = folder(course.submitted_directory, who).is_dir()
        work = Work(learner, State.UNGRADED if handed_in else State.MISSING, grades=grades[who])
        works.append(work)
        if who not in penalties:
            continue
        earned = sum(grade.points or 0.0 for grade in work.grades.values())
        work.score = max(0.0, earned - penalties[who])
        for notebook in dict.fromkeys(cell.key[0] for cell in cells):
            path = folder(course.autograded_directory, who) / f"{notebook}.ipynb"
            graded = read_graded(path, log)
            if graded is None:
                work.has_notebooks = False
                continue
            refused, verdicts, texts = graded
            work.reason = refused or work.reason
            work.verdicts |= {(notebook, cell): verdict for cell, verdict in verdicts.items()}
            if not refused:
                work.answers |= {cell: text for cell, text in texts.items() if cell in answers}
        work.state = State.UNREADABLE if work.reason else State.GRADED
    return Facts(assignment.name, cells, answers, works)


def read_graded(
    path: Path, log: logging.Logger
) -> tuple[str, dict[str, Verdict], dict[str, str]] | None:
    """What a graded notebook says: why the submission can't be read, or nothing; of each test cell
    the verdict; and the text in each answer cell.

    None, and a warning, where the notebook itself can't be read.
    """
    try:
        notebook = json.loads(path.read_bytes())
        cells = cells_of(notebook)
        answers = {c.name: "".join(c.content["source"]) for c in cells if c.role is Role.ANSWER}
        verdicts = {c.name: Verdict.read(note) for c in cells if (note := c.note)}
        return safe_line(unreadable(notebook)), verdicts, answers
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("Left out of the class report: %s: %s", path, error)
        return None


def _cells(assignment: Any) -> tuple[list[GradedCell], dict[str, bool]]:
    """`Facts.cells` and `Facts.answers` of an assignment."""
    cells: list[GradedCell] = []
    answers: dict[str, bool] = {}
    for notebook in sorted(assignment.notebooks, key=lambda n: n.name):
        written = {cell.name for cell in notebook.grade_cells if cell.cell_type == "markdown"}
        here = {cell.name: cell.name in written for cell in notebook.solution_cells}
        for cell in [*notebook.grade_cells, *notebook.task_cells]:
            test = cell.cell_type == "code" and cell.name not in here
            kind = "test" if test else "written"
            cells.append(GradedCell((notebook.name, cell.name), kind, float(cell.max_score)))
        answers |= here
    return cells, answers


def _grades(gradebook: api.Gradebook, assignment: Any) -> Mapping[str, dict[Key, Grade]]:
    """Everybody's, by id."""
    of = api.SubmittedAssignment
    key = (of.student_id, api.Notebook.name, api.BaseCell.name)
    found = gradebook.db.query(*key, api.Grade.score, api.Grade.needs_manual_grade)
    found = found.select_from(api.Grade).join(api.Grade.cell).join(api.Grade.notebook)
    found = found.join(api.SubmittedNotebook.notebook).join(api.SubmittedNotebook.assignment)
    grades: dict[str, dict[Key, Grade]] = defaultdict(dict)
    for who, notebook, cell, points, waits in found.filter(of.assignment_id == assignment.id):
        known = None if points is None else float(points)
        grades[who][notebook, cell] = Grade(known, bool(waits))
    return grades


def exercise_report(facts: Facts, pairs: list[Pair] | None) -> dict[str, Any]:
    """What the page says of an exercise, by the template's names; learners are named by their ids.

    pairs: learners whose answers are alike; None where that was not looked at.
    """
    works, tests = facts.works, [cell for cell in facts.cells if cell.kind == "test"]
    scores = _final(works)
    cells = _statistics(facts, tests)
    missed = [cell for cell in cells if cell.difficulty < 1]
    unreadable = [work for work in works if work.state is State.UNREADABLE]
    others = [work for work in works if work.state is not State.UNREADABLE]
    waiting = [
        (cell.key[1], [work.who for work in others if work.grade(cell.key).waits])
        for cell in facts.cells
    ]
    return {
        "name": facts.name,
        "learners": [work.who for work in works],
        "max_score": sum(cell.most for cell in facts.cells),
        "max_test_score": sum(cell.most for cell in tests),
        "scores": scores,
        "summary": _summary(scores),
        "test_scores": [work.earned(tests) for work in facts.readable],
        "graded": [work.who for work in works if work.score is not None],
        "missing": facts.who(State.MISSING),
        "ungraded": facts.who(State.UNGRADED),
        # For each cell that wants a person, its name and who waits for it.
        "waiting": [(cell, who) for cell, who in waiting if who],
        "unreadable": {work.who: work.reason for work in unreadable if work.final is None},
        "cells": cells,
        "hardest": min(missed, key=lambda cell: cell.difficulty, default=None),
        "causes": _misconceptions(facts),
        "unexplained": [work.who for work in facts.readable if work.fails_unexplained],
        "without_notebook": [work.who for work in works if not work.has_notebooks],
        "sections": _sections(works),
        "pairs": pairs,
    }


def _final(works: Sequence[Work]) -> list[float]:
    return [work.final for work in works if work.final is not None]


def _summary(scores: Sequence[float]) -> dict[str, float]:
    if not scores:
        return {}
    middle = quantiles(scores if len(scores) > 1 else [*scores] * 2, method="inclusive")
    names = ("lowest", "lower quartile", "median", "upper quartile", "highest", "mean")
    found = (min(scores), *middle, max(scores), fmean(scores))
    return dict(zip(names, found, strict=True))


@dataclass(frozen=True)
class TestCell:
    """How the class did on a test cell.

    n: learners it was examined for, without those whose submission can't be read and who wait for a
    person's points for it; passed: those with all its points; difficulty: share of the points
    earned, 0 to 1; discrimination: correlation, over learners, of its points with those in all
    other test cells; outcomes: how often it ended in what; beside: it ran beside the answers. NaN
    is undefined: without learners or points, and a correlation of fewer than 3 learners or where
    either is the same for all.
    """

    cell: str
    points: float
    n: int
    passed: int
    difficulty: float
    discrimination: float
    outcomes: Mapping[str, int]
    beside: bool

    @property
    def remark(self) -> str:
        """What an instructor would want to look at."""
        forgeable = "runs beside the answers, where its verdict can be forged"
        return "; ".join(text for text in (self._remark(), forgeable * self.beside) if text)

    def _remark(self) -> str:
        if not self.points:
            return "gives no points"
        if not self.n:
            return ""
        if self.passed in (0, self.n):
            return "nobody passes" if not self.passed else "everybody passes"
        if self.n >= FEWEST_FOR_REMARK and self.discrimination < 0:
            return "look at this test: those who do well elsewhere fail it more often"
        return ""


def _statistics(facts: Facts, tests: Sequence[GradedCell]) -> list[TestCell]:
    """Of the test cells, in the order that the graded notebooks know, and the gradebook doesn't."""
    place = {key: n for work in facts.works for n, key in enumerate(work.verdicts)}
    found = []
    for cell in sorted(tests, key=lambda t: (t.key[0], place.get(t.key, math.inf), t.key)):
        key, _, most = cell
        given = [w for w in facts.readable if w.grade(key) != Grade() and not w.grade(key).waits]
        mine = [work.earned([cell]) for work in given]
        # Sums of decimal fractions must not differ by an error, nor that make a 0 negative.
        others = [round(work.earned(tests) - n, 9) for work, n in zip(given, mine, strict=True)]
        told = math.nan
        if len(given) >= FEWEST_FOR_CORRELATION and len({*mine}) > 1 < len({*others}):
            told = round(correlation(mine, others), 9) + 0.0
        found.append(TestCell(
            key[1], most, len(given), sum(n >= most for n in mine),
            fmean(mine) / most if mine and most else math.nan, told,
            Counter(w.verdicts[key].outcome for w in facts.readable if key in w.verdicts),
            any(w.verdicts[key].beside for w in facts.works if key in w.verdicts),
        ))  # fmt: skip
    return found


def _misconceptions(facts: Facts) -> list[tuple[str, list[dict[str, Any]]]]:
    """By the answer that they are about, each with learners and cells; of both the most frequent
    first."""
    found: dict[Key, list[dict[str, None]]] = defaultdict(lambda: [{}, {}])
    for work in facts.readable:
        for (_, cell), verdict in work.verdicts.items():
            if verdict.misconception:
                learners, cells = found[_about(cell, facts.answers), verdict.misconception]
                learners[work.who] = cells[cell] = None
    by_answer: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (about, text), (learners, cells) in sorted(found.items(), key=lambda it: -len(it[1][0])):
        by_answer[about].append({"misconception": text, "learners": [*learners], "cells": [*cells]})
    return [*by_answer.items()]


def _about(cell: str, answers: Mapping[str, bool]) -> str:
    """The answer that a test cell is about, by its name; the cell's own name where none fits."""
    fitting = [name for name in answers if cell == name or cell.startswith(f"{name}-")]
    return max(fitting, key=len, default=cell)


def _sections(works: Sequence[Work]) -> list[dict[str, Any]]:
    """A row a section, if there are any."""
    there = sorted({work.learner.section for work in works})
    rows = []
    for section in there if any(there) else ():
        members = [work for work in works if work.learner.section == section]
        scores = _final(members)
        rows.append({
            "section": section,
            "learners": len(members),
            "handed_in": sum(work.state is not State.MISSING for work in members),
            "counted": len(scores),
            "median": median(scores) if scores else math.nan,
        })  # fmt: skip
    return rows
