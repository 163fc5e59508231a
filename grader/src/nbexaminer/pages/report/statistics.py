"""What the facts of an exercise come to: numbers, groups, and what to do next."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from nbexaminer.examination.verdicts import COST_NOTHING
from nbexaminer.pages.report.facts import KEY, Facts, State
from nbexaminer.similarity.compare import Pair
from nbexaminer.typed import typed

FEWEST_FOR_CORRELATION = 3
FEWEST_FOR_REMARK = 10


@dataclass(frozen=True)
class CellStats:
    """How the class did on one test cell.

    Submissions that can't be read are not counted, nor who waits for a person's points for it.

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
        if not self.points:
            return "gives no points"
        if not self.n:
            return ""
        if self.passed in (0, self.n):
            return "nobody passes" if not self.passed else "everybody passes"
        if self.n >= FEWEST_FOR_REMARK and self.discrimination < 0:
            return "look at this test: those who do well elsewhere fail it more often"
        return ""


@dataclass(frozen=True)
class Misconception:
    """What tests name as the likely cause, who has it, and in which test cells."""

    cause: str
    learners: list[str]
    cells: list[str]


@dataclass(frozen=True)
class Section:
    """One section of the class; median of the scores that count, NaN without any."""

    name: str
    learners: int
    handed_in: int
    counted: int
    median: float


@dataclass(frozen=True)
class ExerciseReport:
    """All that the page says of one exercise. Learners are named by their ids.

    scores: points after the penalty for lateness, of everybody for whom they are final.
    test_scores: points in the tests alone, of everybody whose submission is graded and readable.
    ungraded: who has handed in and has not been graded.
    waiting: for each cell that wants a person, its name and who waits for it.
    unreadable: who handed in something that can't be read, and why.
    causes: misconceptions by the answer that they are about; in both the most frequent first.
    unexplained: learners with a failed test and no test that names a misconception.
    without_notebook: who has been graded and has no graded notebook in autograded/.
    pairs: learners whose answers are alike; None where that was not looked at.
    """

    name: str
    learners: list[str]
    max_score: float
    max_test_score: float
    scores: list[float]
    test_scores: list[float]
    graded: list[str]
    missing: list[str]
    ungraded: list[str]
    waiting: list[tuple[str, list[str]]]
    unreadable: dict[str, str]
    cells: list[CellStats]
    causes: list[tuple[str, list[Misconception]]]
    unexplained: list[str]
    without_notebook: list[str]
    sections: list[Section]
    pairs: list[Pair] | None = None

    @property
    def summary(self) -> dict[str, float]:
        """Lowest, quartiles, highest and mean of the scores; empty without scores."""
        if not self.scores:
            return {}
        names = ("lowest", "lower quartile", "median", "upper quartile", "highest")
        scores = pd.Series(self.scores)
        quantiles = scores.quantile([0, 0.25, 0.5, 0.75, 1])
        return dict(zip(names, quantiles, strict=True)) | {"mean": scores.mean()}

    @cached_property
    def wait_for_a_person(self) -> list[str]:
        """Who waits for points for any cell, once each."""
        return list(dict.fromkeys(who for _, learners in self.waiting for who in learners))

    @property
    def hardest(self) -> CellStats | None:
        """The test cell with the smallest share of its points earned, if anybody misses any."""
        cells = [cell for cell in self.cells if cell.difficulty < 1]
        return min(cells, key=lambda cell: cell.difficulty, default=None)

    @property
    def most_common(self) -> Misconception | None:
        """The misconception that most learners have."""
        found = [m for _, misconceptions in self.causes for m in misconceptions]
        return max(found, key=lambda m: len(m.learners), default=None)

    @property
    def next_steps(self) -> list[tuple[str, list[str]]]:
        """What is to be done, and the commands for it."""
        exercise, steps = shlex.quote(self.name), []
        grade = typed(f"grade {exercise}")
        if self.ungraded:
            steps.append((f"Grade what has come in ({len(self.ungraded)}).", [grade]))
        if self.unreadable:
            steps.append(
                (
                    f"Ask for another file where one can't be read ({len(self.unreadable)}), "
                    f"put it into submitted/, and grade again.",
                    [grade],
                )
            )
        if self.waiting:
            text = f"Grade by hand ({len(self.wait_for_a_person)}): menu Nbgrader, Formgrader, "
            steps.append((text + "Manual Grading.", ["jupyter lab"]))
        if self.graded:
            back = [f"nbgrader {step}_feedback {exercise}" for step in ("generate", "release")]
            text = (
                "Then hand back feedback" if steps else "Everything is graded: hand back feedback"
            )
            steps.append((f"{text}, and export the grades.",
                          [*back, "nbgrader export --to grades.csv"]))  # fmt: skip
        return steps


def exercise_report(facts: Facts, pairs: list[Pair] | None = None) -> ExerciseReport:
    """What the page says of an exercise."""
    learners, table = facts.learners, facts.table
    unreadable = learners[(learners.state == State.UNREADABLE) & ~learners.counted]
    waiting = table[table.needs_hand_grading & (table.state != State.UNREADABLE)]
    verdicts = facts.of_readable(facts.verdicts)
    failed = verdicts.student_id[~verdicts.outcome.isin(COST_NOTHING)].unique()
    explained = set(verdicts.student_id[verdicts.misconception != ""])
    tests = facts.cells[facts.cells.kind == "test"]
    return ExerciseReport(
        name=facts.name,
        learners=learners.student_id.tolist(),
        max_score=float(facts.cells.max_points.sum()),
        max_test_score=float(tests.max_points.sum()),
        scores=learners.score[learners.counted].tolist(),
        test_scores=_earned(facts).sum(axis=1).tolist(),
        graded=learners.student_id[learners.score.notna()].tolist(),
        missing=facts.who(State.MISSING),
        ungraded=facts.who(State.UNGRADED),
        waiting=[
            (cell, rows.student_id.tolist()) for (_, cell), rows in waiting.groupby(KEY, sort=False)
        ],
        unreadable=dict(zip(unreadable.student_id, unreadable.reason, strict=True)),
        cells=_statistics(facts),
        causes=_misconceptions(verdicts, list(facts.answers)),
        unexplained=[who for who in failed if who not in explained],
        without_notebook=learners.student_id[~learners.has_notebooks].tolist(),
        sections=_sections(learners),
        pairs=pairs,
    )


def _earned(facts: Facts) -> pd.DataFrame:
    """Points a learner (row) and test cell; NaN where a person is still to give them."""
    rows = facts.of_readable(facts.table[facts.table.kind == "test"])
    points = rows.points.where(~rows.needs_hand_grading)
    earned = rows.assign(points=points).pivot(index="student_id", columns=KEY, values="points")
    return earned.astype(float)


def _statistics(facts: Facts) -> list[CellStats]:
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
    outcomes = {
        key: Counter(of_cell) for key, of_cell in facts.of_readable(verdicts).groupby(KEY).outcome
    }
    return [
        CellStats(
            name=key[1],
            points=most[key],
            n=int(earned[key].count()),
            passed=int((earned[key] >= most[key]).sum()),
            difficulty=earned[key].mean() / most[key] if most[key] else math.nan,
            # A rounding error must not make a 0 negative.
            discrimination=round(discrimination[key], 9) + 0.0,
            outcomes=outcomes.get(key, {}),
        )
        for key in most.index
    ]


def _misconceptions(
    verdicts: pd.DataFrame, answers: Sequence[str]
) -> list[tuple[str, list[Misconception]]]:
    groups: dict[str, list[Misconception]] = {}
    named = verdicts[verdicts.misconception != ""]
    named = named.assign(about=[_about(cell, answers) for cell in named.cell])
    for (about, cause), rows in named.groupby(["about", "misconception"], sort=False):
        found = Misconception(cause, list(rows.student_id.unique()), list(rows.cell.unique()))
        groups.setdefault(about, []).append(found)
    for group in groups.values():
        group.sort(key=lambda m: -len(m.learners))
    return sorted(groups.items(), key=lambda item: -len(item[1][0].learners))


def _about(cell: str, answers: Sequence[str]) -> str:
    """The answer that a test cell is about, by its name; the cell's own name where none fits."""
    fitting = [name for name in answers if cell == name or cell.startswith(f"{name}-")]
    return max(fitting, key=len, default=cell)


def _sections(learners: pd.DataFrame) -> list[Section]:
    if not learners.section.any():
        return []
    return [
        Section(
            name,
            len(rows),
            int((rows.state != State.MISSING).sum()),
            int(rows.counted.sum()),
            float(rows.score[rows.counted].median()),
        )
        for name, rows in learners.groupby("section")
    ]
