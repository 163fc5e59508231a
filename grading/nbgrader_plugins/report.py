"""The class report, an nbgrader export plugin: one HTML page that needs no other file, and a table.

    nbgrader export --exporter=grading.nbgrader_plugins.report.ClassReport --to report.html

Scores come from the gradebook, what went wrong from the graded notebooks in autograded/. Where one
of those is missing, the report says so and does without. `--assignment` and `--student` choose.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import seaborn as sns
from jinja2 import Environment
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

from grading.examination.engine import NOTE
from grading.examination.verdicts import Outcome
from grading.submission.harmless import safe_cell, safe_line
from helpers.plotting import HATCHES, PALETTE, to_html

MOST_CAUSES = 20
MAX_BINS = 10
FEWEST_FOR_CORRELATION = 3
FEWEST_FOR_REMARK = 10
_CAUSE = re.compile(r"^\s*likely cause: (.+)$", re.MULTILINE)

Key = tuple[str, str]
"""The notebook's name and the cell's grade id, unique within an exercise."""


@dataclass(frozen=True)
class CellStats:
    """How the class did on one test cell; submissions that can't be read are not counted.

    passed: learners with all its points. n: learners it was examined for.
    difficulty: share of the points earned, 0 (nobody any) to 1; None without learners or points.
    discrimination: correlation, over learners, of its points with the points in all other test
        cells; None for fewer than 3 learners, or where either is the same for all.
    outcomes: how often it ended in what, where the graded notebooks are there.
    """

    key: Key
    points: float
    n: int
    passed: int
    difficulty: float | None
    discrimination: float | None
    outcomes: Mapping[str, int]

    @property
    def remark(self) -> str:
        """What an instructor would want to look at, or empty."""
        if not self.n:
            return ""
        if self.passed in (0, self.n):
            return "nobody passes" if not self.passed else "everybody passes"
        if self.n >= FEWEST_FOR_REMARK and (self.discrimination or 0.0) < 0:
            return "look at this test: those who do well elsewhere fail it more often"
        return ""


@dataclass
class ExerciseReport:
    """All that the page says of one exercise. Learners are named by their ids.

    scores: points after the penalty for lateness, of everybody who has been graded.
    ungraded: who has handed in and has not been graded.
    waiting: for each cell that wants a person, who waits for it.
    unreadable: who handed in something that can't be read, and why.
    causes: `(misconception, learners, cells)`, most frequent first.
    unexplained: learners with a failed test and no test that names a misconception.
    without_notebook: who has been graded and has no graded notebook in autograded/.
    """

    name: str
    max_score: float
    scores: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    ungraded: list[str] = field(default_factory=list)
    waiting: dict[Key, list[str]] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    cells: list[CellStats] = field(default_factory=list)
    causes: list[tuple[str, int, list[str]]] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    without_notebook: list[str] = field(default_factory=list)
    pictures: list[Markup] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, float]:
        """Lowest, quartiles, highest and mean of the scores; empty without scores."""
        if not self.scores:
            return {}
        values = list(self.scores.values())
        names = ("lowest", "lower quartile", "median", "upper quartile", "highest")
        quantiles = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
        return dict(zip(names, quantiles.tolist(), strict=True)) | {"mean": float(np.mean(values))}


class ClassReport(ExportPlugin):
    """Writes the page to `--to` (report.html) and the table beside it (report.csv)."""

    COLUMNS = (
        "assignment", "student_id", "last_name", "first_name", "state", "notebook", "cell", "kind",
        "points", "max_points", "outcome", "misconception", "needs_hand_grading",
    )  # fmt: skip

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
        reports, rows = [], []
        for assignment in gradebook.assignments:
            if not names or assignment.name in names:
                report, more = self._exercise(gradebook, assignment, students)
                reports.append(report)
                rows += more
        _write(page, render(reports, len(students)))
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.COLUMNS)
            writer.writerows([safe_cell(value) for value in row] for row in rows)
        self.log.info("The class report is in %s and %s", page, table)

    def _exercise(
        self, gradebook: Gradebook, assignment: Any, students: Sequence[Any]
    ) -> tuple[ExerciseReport, list[list[Any]]]:
        course = cast(Any, self.parent).coursedir
        cells = _cells(assignment)
        report = ExerciseReport(assignment.name, sum(points for points, _ in cells.values()))
        grades, penalties = _grades(gradebook, assignment)
        handed_in = NbGraderAPI(course).get_submitted_students(assignment.name)
        notebooks = sorted({notebook for notebook, _ in cells})
        said: dict[str, dict[Key, tuple[str, str]]] = {}
        rows = []
        for student in students:
            who = student.id
            about = [assignment.name, who, student.last_name, student.first_name]
            if who not in penalties:
                state = "not yet graded" if who in handed_in else "not handed in"
                (report.ungraded if who in handed_in else report.missing).append(who)
            else:
                state = "graded"
                earned = sum(points for points, _ in grades[who].values())
                report.scores[who] = max(0.0, earned - penalties[who])
                said[who] = {}
                for notebook in notebooks:
                    folder = course.format_path(course.autograded_directory, who, assignment.name)
                    found = self._read(Path(folder) / f"{notebook}.ipynb")
                    if found is None:
                        if who not in report.without_notebook:
                            report.without_notebook.append(who)
                        continue
                    reason, verdicts = found
                    said[who] |= {(notebook, cell): verdict for cell, verdict in verdicts.items()}
                    if reason:
                        report.unreadable[who], state = reason, "can't be read"
            for key, (most, kind) in cells.items():
                points, wants = grades[who].get(key, (None, False))
                if wants and who not in report.unreadable:
                    report.waiting.setdefault(key, []).append(who)
                outcome, cause = said.get(who, {}).get(key, ("", ""))
                row = [*about, state, *key, kind, points, most, outcome, cause]
                rows.append([*row, "yes" if wants else "no"])
        tests = {key: most for key, (most, kind) in cells.items() if kind == "test"}
        readable = [who for who in report.scores if who not in report.unreadable]
        report.cells = _statistics(tests, readable, grades, said)
        _misconceptions(report, readable, said)
        report.pictures = [Markup(picture) for picture in _pictures(report)]
        return report, rows

    def _read(self, path: Path) -> tuple[str, dict[str, tuple[str, str]]] | None:
        """Why the submission can't be read, if so, and each test's outcome and misconception."""
        try:
            notebook = json.loads(path.read_bytes())
            notes = {
                cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"][NOTE]
                for cell in notebook["cells"]
                if NOTE in cell["metadata"]
            }
            verdicts = {
                name: (str(Outcome(note["outcome"])), _cause(note["message"]))
                for name, note in notes.items()
            }
            return safe_line(notebook["metadata"].get(NOTE, {}).get("malformed", "")), verdicts
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            self.log.warning("Left out of the class report: %s: %s", path, error)
            return None


def _cause(message: str) -> str:
    # The check writes it last; what stands before it can quote the learner.
    found = _CAUSE.findall(message)
    return safe_line(found[-1].strip()) if found else ""


def _cells(assignment: Any) -> dict[Key, tuple[float, str]]:
    """Each graded cell's points, and "test", or "written" where a person grades it."""
    cells = {}
    for notebook in sorted(assignment.notebooks, key=lambda n: n.name):
        answers = {cell.name for cell in notebook.solution_cells}
        for cell in [*notebook.grade_cells, *notebook.task_cells]:
            test = cell.cell_type == "code" and cell.name not in answers
            kind = "test" if test else "written"
            cells[notebook.name, cell.name] = (float(cell.max_score), kind)
    return cells


def _grades(
    gradebook: Gradebook, assignment: Any
) -> tuple[dict[str, dict[Key, tuple[float, bool]]], dict[str, float]]:
    """By learner: each cell's points and whether a person must grade it; and the penalty."""
    db = gradebook.db
    mine = SubmittedAssignment.assignment_id == assignment.id
    grades: dict[str, dict[Key, tuple[float, bool]]] = defaultdict(dict)
    for who, notebook, cell, score, wants in (
        db.query(
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
        .filter(mine)
    ):
        grades[who][notebook, cell] = (float(score), bool(wants))
    penalties: dict[str, float] = defaultdict(float)
    for who, penalty in (
        db.query(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .select_from(SubmittedAssignment)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(mine)
    ):
        penalties[who] += penalty or 0.0
    return grades, dict(penalties)


def _statistics(
    tests: Mapping[Key, float],
    learners: Sequence[str],
    grades: Mapping[str, Mapping[Key, tuple[float, bool]]],
    said: Mapping[str, Mapping[Key, tuple[str, str]]],
) -> list[CellStats]:
    # The graded notebooks know the order of the cells, the gradebook doesn't.
    order = {key: place for verdicts in said.values() for place, key in enumerate(verdicts)}
    keys = sorted(tests, key=lambda key: (key[0], order.get(key, len(order)), key[1]))
    earned = np.array([[grades[who].get(key, (0.0, False))[0] for key in keys] for who in learners])
    stats = []
    for column, key in enumerate(keys):
        most, outcomes = tests[key], Counter[str]()
        for who in learners:
            if key in said[who]:
                outcomes[said[who][key][0]] += 1
        if learners:
            points = earned[:, column]
            passed = int((points >= most).sum())
            difficulty = float(points.mean() / most) if most else None
            discrimination = _correlation(points, earned.sum(axis=1) - points)
        else:
            passed, difficulty, discrimination = 0, None, None
        stats.append(
            CellStats(key, most, len(learners), passed, difficulty, discrimination, outcomes)
        )
    return stats


def _correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    if len(x) < FEWEST_FOR_CORRELATION or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    # A rounding error must not make a 0 negative.
    return round(float(np.corrcoef(x, y)[0, 1]), 9) + 0.0


def _misconceptions(
    report: ExerciseReport,
    learners: Sequence[str],
    said: Mapping[str, Mapping[Key, tuple[str, str]]],
) -> None:
    who_had: dict[str, set[str]] = defaultdict(set)
    where: dict[str, dict[str, None]] = defaultdict(dict)
    for who in learners:
        for (_, cell), (_, cause) in said[who].items():
            if cause:
                who_had[cause].add(who)
                where[cause][cell] = None
        verdicts = said[who].values()
        if any(outcome != Outcome.PASSED for outcome, _ in verdicts) and not any(
            cause for _, cause in verdicts
        ):
            report.unexplained.append(who)
    report.causes = [
        (cause, len(names), list(where[cause]))
        for cause, names in sorted(who_had.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _pictures(report: ExerciseReport) -> Iterator[str]:
    with sns.axes_style("whitegrid"):
        if report.scores and report.max_score:
            yield _draw_scores(report)
        if any(cell.difficulty is not None for cell in report.cells):
            yield _draw_cells(report.cells)


def _draw_scores(report: ExerciseReport) -> str:
    scores = np.array(list(report.scores.values()))
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
    shares = [cell.difficulty or 0.0 for cell in cells]
    bars = left.barh(rows, shares, color=PALETTE[0], alpha=0.5, hatch=HATCHES[1], edgecolor="black")
    left.bar_label(bars, [f"{c.passed} of {c.n}" for c in cells], padding=3)
    left.set_yticks(rows, [cell.key[1] for cell in cells])
    left.set(xlim=(0, 1.25), xticks=[0, 0.5, 1], xlabel="share of points earned", ylim=(-0.6, None))
    left.set_title("Short bars: difficult tests\n(beside them, how many passed)")
    left.invert_yaxis()
    for row, cell in zip(rows, cells, strict=True):
        value = cell.discrimination
        if value is None:
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
        f"{c.key[1]}: {c.passed} of {c.n} pass, discrimination {_number(c.discrimination)}"
        for c in cells
    ]
    return to_html(figure, "For each test cell, how hard it is and how it discriminates. "
                   + "; ".join(said) + ".")  # fmt: skip


def _count(n: int) -> str:
    return f"{n} learner" if n == 1 else f"{n} learners"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"


def _write(path: Path, text: str) -> None:
    # Ids and names can hold what UTF-8 can't.
    path.write_bytes(text.encode("utf-8", "replace"))


def render(reports: Sequence[ExerciseReport], n_students: int) -> str:
    """The page. Everything in it is escaped; it runs no script and loads nothing."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"count": _count, "number": _number}
    return environment.from_string(_PAGE).render(
        reports=reports, n_students=n_students, most_causes=MOST_CAUSES
    )


_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Class report</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { border-top: 2px solid #111; padding-top: 1rem; margin-top: 3rem; }
img { max-width: 100%; height: auto; display: block; margin: 1rem 0; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding-bottom: .3rem; }
th, td { border: 1px solid #767676; padding: .2rem .6rem; text-align: left; vertical-align: top;
         overflow-wrap: anywhere; }
th { background: #eee; }
td.n { text-align: right; white-space: nowrap; }
th[scope=col] { overflow-wrap: normal; }
.table { overflow-x: auto; }
.names { columns: 12rem; overflow-wrap: anywhere; }
</style>
</head>
<body>
{% macro names(learners) %}
<ul class="names">
{% for who in learners %}
<li>{{ who }}</li>
{% endfor %}
</ul>
{% endmacro %}
<h1>Class report</h1>
<p>{{ n_students | count }} in the gradebook.
{% if not n_students %}There is nobody to report on yet.{% endif %}</p>
{% if not reports %}
<p>There is no exercise in the gradebook yet.</p>
{% elif reports | length > 1 %}
<nav aria-label="Exercises"><ul>
{% for report in reports %}
<li><a href="#exercise-{{ loop.index }}">{{ report.name }}</a></li>
{% endfor %}
</ul></nav>
{% endif %}
{% for report in reports %}
<section id="exercise-{{ loop.index }}">
<h2>{{ report.name }}</h2>
<p>{{ report.scores | length }} graded,
{{ report.ungraded | length }} handed in and not yet graded,
{{ report.missing | length }} not handed in,
{{ report.unreadable | length }} that can't be read.</p>
{% if report.without_notebook %}
<p>Without a graded notebook in autograded/, so that their outcomes and misconceptions are not
known: {{ report.without_notebook | length | count }}. Their points, from the gradebook, are
counted.</p>
{% endif %}

<h3>Scores</h3>
{% if report.scores %}
<div class="table"><table>
<caption>Points after lateness, of {{ "%g" | format(report.max_score) }}</caption>
<tr>{% for name in report.summary %}<th scope="col">{{ name }}</th>{% endfor %}</tr>
<tr>{% for value in report.summary.values() %}
<td class="n">{{ "%.2f" | format(value) }}</td>{% endfor %}</tr>
</table></div>
{% else %}
<p>Nobody has been graded.</p>
{% endif %}
{% for picture in report.pictures %}
{{ picture }}
{% endfor %}

<h3>Test cells</h3>
{% if report.cells %}
<p>Share: of the cell's points that were earned; 0 is hardest. Discrimination: the correlation,
over learners, of the cell's points with those in the other test cells. Near 0, the test says
little about what learners can do elsewhere. It is undefined for fewer than three learners, or
where all have the same points. Submissions that can't be read are not counted.</p>
<div class="table"><table>
<caption>How the class did on each test cell</caption>
<tr><th scope="col">test cell</th><th scope="col">points</th><th scope="col">passed</th>
<th scope="col">share</th><th scope="col">discrimination</th><th scope="col">outcomes</th>
<th scope="col">remark</th></tr>
{% for cell in report.cells %}
<tr><th scope="row">{{ cell.key[1] }}</th><td class="n">{{ "%g" | format(cell.points) }}</td>
<td class="n">{{ cell.passed }} of {{ cell.n }}</td>
<td class="n">{{ cell.difficulty | number }}</td>
<td class="n">{{ cell.discrimination | number }}</td>
<td>{% for outcome, n in cell.outcomes.items() %}{{ n }} {{ outcome }}
{{- ", " if not loop.last }}{% endfor %}</td>
<td>{{ cell.remark }}</td></tr>
{% endfor %}
</table></div>
{% else %}
<p>This exercise has no test cells in the gradebook.</p>
{% endif %}

<h3>Misconceptions</h3>
{% if report.causes %}
<div class="table"><table>
<caption>What the tests name as the likely cause{% if report.causes | length > most_causes %}:
the {{ most_causes }} most common of {{ report.causes | length }}{% endif %}</caption>
<tr><th scope="col">learners</th><th scope="col">misconception</th>
<th scope="col">seen in</th></tr>
{% for cause, n, cells in report.causes[:most_causes] %}
<tr><td class="n">{{ n }}</td><td>{{ cause | truncate(400) }}</td>
<td>{{ cells | join(", ") }}</td></tr>
{% endfor %}
</table></div>
{% else %}
<p>No test named one.</p>
{% endif %}
{% if report.unexplained %}
<details><summary>{{ report.unexplained | length | count }} failed tests, none of which names a
cause</summary>{{ names(report.unexplained) }}</details>
{% endif %}

<h3>To do</h3>
{% for key, learners in report.waiting.items() %}
<details open><summary>{{ key[1] }}: {{ learners | length | count }} to grade by hand</summary>
{{ names(learners) }}</details>
{% endfor %}
{% if report.unreadable %}
<div class="table"><table>
<caption>Can't be read: ask for another file, or grade by hand</caption>
<tr><th scope="col">learner</th><th scope="col">reason</th></tr>
{% for who, reason in report.unreadable.items() %}
<tr><th scope="row">{{ who }}</th><td>{{ reason }}</td></tr>
{% endfor %}
</table></div>
{% endif %}
{% if report.ungraded %}
<details open><summary>Handed in, not yet graded: {{ report.ungraded | length | count }}</summary>
{{ names(report.ungraded) }}</details>
{% endif %}
{% if report.missing %}
<details open><summary>Not handed in: {{ report.missing | length | count }}</summary>
{{ names(report.missing) }}</details>
{% endif %}
{% if not (report.waiting or report.unreadable or report.ungraded or report.missing) %}
<p>Nothing: everybody has handed in and is graded.</p>
{% endif %}
</section>
{% endfor %}
</body>
</html>
"""
