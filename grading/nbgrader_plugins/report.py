"""The class report, an nbgrader export plugin: one HTML page that needs no other file, and a table.

    nbgrader export --exporter=grading.nbgrader_plugins.report.ClassReport --to report.html

Scores come from the gradebook, what went wrong from the graded notebooks in autograded/. Where one
of those is missing, the report says so and does without. `--assignment` and `--student` choose.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import seaborn as sns
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins.export import ExportPlugin
from sqlalchemy import func

from grading.examination.engine import NOTE
from grading.examination.verdicts import Outcome
from grading.submission.harmless import safe_cell, safe_line
from helpers.plotting import HATCHES, PALETTE, to_html

MOST_CAUSES = 20
MAX_BINS = 10
FEWEST_FOR_CORRELATION = 3
FEWEST_FOR_REMARK = 10
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

    learners: a row a learner: student_id, last_name, first_name, state, score (points after the
        penalty for lateness, NaN before grading), reason (why it can't be read, or empty) and
        has_notebooks (whether all the graded notebooks are there).
    cells: a row a graded cell: notebook, cell, kind ("test", or "written" where a person grades
        it) and max_points.
    table: a row a learner and cell, with `COLUMNS`.
    verdicts: a row a learner and test cell of a graded notebook, in order: student_id, notebook,
        cell, outcome and misconception.
    """

    name: str
    learners: pd.DataFrame
    cells: pd.DataFrame
    table: pd.DataFrame
    verdicts: pd.DataFrame

    @classmethod
    def joined(
        cls,
        name: str,
        learners: Sequence[tuple[Any, ...]],
        cells: pd.DataFrame,
        grades: pd.DataFrame,
        verdicts: Sequence[tuple[str, ...]],
    ) -> Facts:
        """From the rows of learners and verdicts, the cells and the grades."""
        columns = ["student_id", "last_name", "first_name", "state"]
        columns += ["score", "reason", "has_notebooks"]
        about = pd.DataFrame(learners, columns=columns)
        about = about.astype({"score": float, "has_notebooks": bool})
        said = pd.DataFrame(verdicts, columns=["student_id", *KEY, "outcome", "misconception"])
        table = about.merge(cells, how="cross")
        for more in (grades, said):
            table = table.merge(more, how="left", on=["student_id", *KEY])
        table = table.assign(assignment=name, needs_hand_grading=table.needs_hand_grading.eq(True))
        return cls(name, about, cells, table[list(COLUMNS)], said)

    def who(self, state: State) -> list[str]:
        """Ids of the learners in a state."""
        return self.learners.student_id[self.learners.state == state].tolist()

    def of_readable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those rows that are about submissions that are graded and can be read."""
        return rows[rows.student_id.isin(self.who(State.GRADED))]


@dataclass(frozen=True)
class CellStats:
    """How the class did on one test cell; submissions that can't be read are not counted.

    passed: learners with all its points. n: learners it was examined for.
    difficulty: share of the points earned, 0 (nobody any) to 1; NaN without learners or points.
    discrimination: correlation, over learners, of its points with the points in all other test
        cells; NaN for fewer than 3 learners, or where either is the same for all.
    outcomes: how often it ended in what, where the graded notebooks are there.
    """

    name: str
    points: float
    n: int
    passed: int
    difficulty: float
    discrimination: float
    outcomes: Mapping[str, int]

    @property
    def remark(self) -> str:
        """What an instructor would want to look at, or empty."""
        if not self.n:
            return ""
        if self.passed in (0, self.n):
            return "nobody passes" if not self.passed else "everybody passes"
        if self.n >= FEWEST_FOR_REMARK and self.discrimination < 0:
            return "look at this test: those who do well elsewhere fail it more often"
        return ""


@dataclass(frozen=True)
class ExerciseReport:
    """All that the page says of one exercise. Learners are named by their ids.

    scores: points after the penalty for lateness, of everybody who has been graded.
    ungraded: who has handed in and has not been graded.
    waiting: for each cell that wants a person, its name and who waits for it.
    unreadable: who handed in something that can't be read, and why.
    causes: `(misconception, learners, cells)`, most frequent first.
    unexplained: learners with a failed test and no test that names a misconception.
    without_notebook: who has been graded and has no graded notebook in autograded/.
    """

    name: str
    max_score: float
    scores: list[float]
    missing: list[str]
    ungraded: list[str]
    waiting: list[tuple[str, list[str]]]
    unreadable: dict[str, str]
    cells: list[CellStats]
    causes: list[tuple[str, int, list[str]]]
    unexplained: list[str]
    without_notebook: list[str]

    @property
    def summary(self) -> dict[str, float]:
        """Lowest, quartiles, highest and mean of the scores; empty without scores."""
        if not self.scores:
            return {}
        names = ("lowest", "lower quartile", "median", "upper quartile", "highest")
        scores = pd.Series(self.scores)
        quantiles = scores.quantile([0, 0.25, 0.5, 0.75, 1])
        return dict(zip(names, quantiles, strict=True)) | {"mean": scores.mean()}

    def pictures(self) -> Iterator[Markup]:
        """Of the scores and of the test cells, where there are any."""
        with sns.axes_style("whitegrid"):
            if self.scores and self.max_score:
                yield Markup(_draw_scores(self))
            if any(not math.isnan(cell.difficulty) for cell in self.cells):
                yield Markup(_draw_cells(self.cells))


class ClassReport(ExportPlugin):
    """Writes the page to `--to` (report.html) and the table beside it (report.csv)."""

    def export(self, gradebook: Gradebook) -> None:
        page = Path(self.to or "report.html")
        table = page.with_suffix(".csv")
        if page == table:
            raise NbGraderException(
                f"--to is {self.to!r}: name the HTML page, such as report.html; "
                "the table goes beside it as .csv"
            )
        chosen = {str(student) for student in self.student}
        students = [s for s in gradebook.students if not chosen or s.id in chosen]
        names = {str(name) for name in self.assignment}
        exercises = [
            self._facts(gradebook, assignment, students)
            for assignment in gradebook.assignments
            if not names or assignment.name in names
        ]
        text = render([exercise_report(facts) for facts in exercises], len(students))
        # Ids and names can hold what UTF-8 can't.
        page.write_bytes(text.encode("utf-8", "replace"))
        tables = [facts.table for facts in exercises] or [pd.DataFrame(columns=list(COLUMNS))]
        rows = pd.concat(tables).replace({"needs_hand_grading": {True: "yes", False: "no"}})
        rows.map(safe_cell).to_csv(table, index=False, lineterminator="\r\n")
        self.log.info("The class report is in %s and %s", page, table)

    def _facts(self, gradebook: Gradebook, assignment: Any, students: Sequence[Any]) -> Facts:
        course = cast(Any, self.parent).coursedir
        handed_in = NbGraderAPI(course).get_submitted_students(assignment.name)
        cells, grades = _cells(assignment), _grades(gradebook, assignment)
        penalties = _penalties(gradebook, assignment)
        earned = grades.groupby("student_id").points.sum()
        learners, verdicts = [], []
        for student in students:
            who, score, reason, complete = student.id, math.nan, "", True
            if who in penalties:
                score = max(0.0, earned.get(who, 0.0) - penalties[who])
                folder = course.format_path(course.autograded_directory, who, assignment.name)
                for notebook in cells.notebook.unique():
                    found = self._read(Path(folder) / f"{notebook}.ipynb")
                    if found is None:
                        complete = False
                        continue
                    reason = found[0] or reason
                    verdicts += [(who, notebook, *verdict) for verdict in found[1]]
                state = State.UNREADABLE if reason else State.GRADED
            else:
                state = State.UNGRADED if who in handed_in else State.MISSING
            names = (student.last_name, student.first_name)
            learners.append((who, *names, state.value, score, reason, complete))
        return Facts.joined(assignment.name, learners, cells, grades, verdicts)

    def _read(self, path: Path) -> tuple[str, list[tuple[str, str, str]]] | None:
        """Why the submission can't be read, if so; each test, its outcome and misconception."""
        try:
            notebook = json.loads(path.read_bytes())
            notes = {
                cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"][NOTE]
                for cell in notebook["cells"]
                if NOTE in cell["metadata"]
            }
            verdicts = [
                (name, Outcome(note["outcome"]).value, safe_line(note.get("cause", "")))
                for name, note in notes.items()
            ]
            return safe_line(notebook["metadata"].get(NOTE, {}).get("malformed", "")), verdicts
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            self.log.warning("Left out of the class report: %s: %s", path, error)
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


def exercise_report(facts: Facts) -> ExerciseReport:
    """What the page says of an exercise."""
    learners, table = facts.learners, facts.table
    unreadable = learners[learners.state == State.UNREADABLE]
    waiting = table[table.needs_hand_grading & (table.state != State.UNREADABLE)]
    verdicts = facts.of_readable(facts.verdicts)
    failed = verdicts.student_id[verdicts.outcome != Outcome.PASSED].unique()
    explained = set(verdicts.student_id[verdicts.misconception != ""])
    return ExerciseReport(
        name=facts.name,
        max_score=float(facts.cells.max_points.sum()),
        scores=learners.score.dropna().tolist(),
        missing=facts.who(State.MISSING),
        ungraded=facts.who(State.UNGRADED),
        waiting=[
            (cell, rows.student_id.tolist()) for (_, cell), rows in waiting.groupby(KEY, sort=False)
        ],
        unreadable=dict(zip(unreadable.student_id, unreadable.reason, strict=True)),
        cells=_statistics(facts),
        causes=_misconceptions(verdicts),
        unexplained=[who for who in failed if who not in explained],
        without_notebook=learners.student_id[~learners.has_notebooks].tolist(),
    )


def _statistics(facts: Facts) -> list[CellStats]:
    verdicts = facts.verdicts
    # The graded notebooks know the order of the cells, the gradebook doesn't.
    place = verdicts.groupby("student_id").cumcount().rename("place")
    places = verdicts.join(place).groupby(KEY).place.last()
    tests = facts.cells[facts.cells.kind == "test"].join(places, on=KEY)
    most = tests.sort_values(["notebook", "place", "cell"]).set_index(KEY).max_points
    rows = facts.of_readable(facts.table)
    earned = rows.pivot(index="student_id", columns=KEY, values="points")
    earned = earned.reindex(columns=most.index).astype(float).fillna(0.0)
    others = earned.rsub(earned.sum(axis=1), axis=0)
    differ = (earned.nunique() > 1) & (others.nunique() > 1)
    if len(earned) < FEWEST_FOR_CORRELATION:
        differ[:] = False
    discrimination = earned.corrwith(others).where(differ)
    outcomes = {
        key: Counter(of_cell) for key, of_cell in facts.of_readable(verdicts).groupby(KEY).outcome
    }
    return [
        CellStats(
            name=key[1],
            points=most[key],
            n=len(earned),
            passed=int((earned[key] >= most[key]).sum()),
            difficulty=earned[key].mean() / most[key] if most[key] else math.nan,
            # A rounding error must not make a 0 negative.
            discrimination=round(discrimination[key], 9) + 0.0,
            outcomes=outcomes.get(key, {}),
        )
        for key in most.index
    ]


def _misconceptions(verdicts: pd.DataFrame) -> list[tuple[str, int, list[str]]]:
    named = verdicts[verdicts.misconception != ""].groupby("misconception")
    learners = named.student_id.nunique().sort_values(ascending=False, kind="stable")
    cells = named.cell.unique()
    return [(cause, n, list(cells[cause])) for cause, n in learners.items()]


def _draw_scores(report: ExerciseReport) -> str:
    scores = np.array(report.scores)
    top = max(report.max_score, float(scores.max()))
    edges = np.linspace(0, top, min(MAX_BINS, max(1, round(top))) + 1)
    counts, _ = np.histogram(scores, edges)
    figure = Figure(figsize=(7.5, 3.2), layout="constrained")
    ax = figure.subplots()
    sns.histplot(
        x=scores,
        bins=edges,
        color=PALETTE[0],
        hatch=HATCHES[1],
        alpha=0.5,
        edgecolor="black",
        ax=ax,
    )
    ax.bar_label(cast(BarContainer, ax.containers[0]), labels=[str(n) if n else "" for n in counts])
    median = float(np.median(scores))
    ax.axvline(median, color="black", linestyle="--")
    ax.set_title(f"Scores of {_count(len(scores))}; dashed: the median, {median:.3g}")
    ax.set(xlabel=f"score (of {report.max_score:g})", ylabel="learners", xlim=(0, top))
    ax.set_ylim(0, 1.15 * counts.max())
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(visible=False, axis="x")
    bars = [
        f"{n} from {low:.3g} to {high:.3g}"
        for n, low, high in zip(counts, edges, edges[1:], strict=False)
        if n
    ]
    alt = f"Histogram of {_count(len(scores))} by score, of {report.max_score:g} points: "
    return to_html(figure, f"{alt}{', '.join(bars)}. The median is {median:.3g}.")


def _draw_cells(cells: Sequence[CellStats]) -> str:
    figure = Figure(figsize=(9, 1.2 + 0.36 * len(cells)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    rows = range(len(cells))
    shares = np.nan_to_num([cell.difficulty for cell in cells])
    bars = left.barh(rows, shares, color=PALETTE[0], alpha=0.5, hatch=HATCHES[1], edgecolor="black")
    left.bar_label(bars, [f"{c.passed} of {c.n}" for c in cells], padding=3)
    left.set_yticks(rows, [cell.name for cell in cells])
    left.set(xlim=(0, 1.25), xticks=[0, 0.5, 1], xlabel="share of points earned", ylim=(-0.6, None))
    left.set_title("Short bars: difficult tests\n(beside them, how many passed)")
    left.invert_yaxis()
    for row, cell in zip(rows, cells, strict=True):
        value = cell.discrimination
        if math.isnan(value):
            right.text(0.03, row, "undefined", va="center", style="italic")
            continue
        right.plot([0, value], [row, row], color="black", linewidth=1)
        right.plot(value, row, marker="o" if value >= 0 else "X", color=PALETTE[1], mec="black")
        side = 1 if value >= 0 else -1
        right.annotate(
            f"{value:.2f}", (value, row), (8 * side, 0), textcoords="offset points",
            va="center", ha="left" if value >= 0 else "right",
        )  # fmt: skip
    right.axvline(0, color="black", linewidth=1)
    right.set(xlim=(-1.35, 1.35), xticks=[-1, 0, 1], xlabel="correlation with the other tests")
    right.set_title("Crosses, left of 0: failed more\nby those who do well elsewhere")
    for ax in (left, right):
        ax.grid(visible=False, axis="y")
    said = [
        f"{c.name}: {c.passed} of {c.n} pass, discrimination {_number(c.discrimination)}"
        for c in cells
    ]
    return to_html(figure, "For each test cell, how hard it is and how it discriminates. "
                   + "; ".join(said) + ".")  # fmt: skip


def _count(n: int) -> str:
    return f"{n} learner" if n == 1 else f"{n} learners"


def _number(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.2f}"


def render(reports: Sequence[ExerciseReport], n_students: int) -> str:
    """The page. Everything in it is escaped; it runs no script and loads nothing."""
    templates = PackageLoader("grading.nbgrader_plugins", ".")
    environment = Environment(
        loader=templates, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"count": _count, "number": _number}
    page = environment.get_template("report.html.j2")
    return page.render(reports=reports, n_students=n_students, most_causes=MOST_CAUSES)
