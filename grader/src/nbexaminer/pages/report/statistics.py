"""What the facts of an exercise come to: numbers and groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nbexaminer.examination.verdicts import COST_NOTHING
from nbexaminer.pages.report.facts import KEY, Facts, State
from nbexaminer.similarity.compare import Pair

FEWEST_FOR_CORRELATION = 3
FEWEST_FOR_REMARK = 10


@dataclass(frozen=True)
class ExerciseReport:
    """All that the page says of one exercise. Learners are named by their ids.

    scores: points after the penalty for lateness, of everybody for whom they are final.
    test_scores: points in the tests alone, of everybody whose submission is graded and readable.
    ungraded: who has handed in and has not been graded.
    waiting: for each cell that wants a person, its name and who waits for it.
    unreadable: who handed in something that can't be read, and why.
    cells: how the class did, a row a test cell: cell, points, n (learners it was examined for),
        passed (those with all its points), difficulty (share of the points earned, 0 to 1),
        discrimination (correlation, over learners, of its points with those in all other test
        cells), outcomes (how often it ended in what) and remark (what an instructor would want to
        look at). NaN is undefined: without learners or points, and a correlation of fewer than 3
        learners or where either is the same for all. Submissions that can't be read are not
        counted, nor who waits for a person's points for it.
    causes: misconceptions, a row each, by the answer that they are about: misconception, learners,
        cells; of both the most frequent first.
    unexplained: learners with a failed test and no test that names a misconception.
    without_notebook: who has been graded and has no graded notebook in autograded/.
    sections: of the class, a row each: section, learners, handed_in, counted, and the median of the
        scores that count.
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
    cells: pd.DataFrame
    causes: list[tuple[str, pd.DataFrame]]
    unexplained: list[str]
    without_notebook: list[str]
    sections: pd.DataFrame
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

    @property
    def hardest(self) -> Any:
        """The test cell with the smallest share of its points earned, if anybody misses any."""
        missed = self.cells[self.cells.difficulty < 1]
        return None if missed.empty else missed.loc[missed.difficulty.idxmin()]


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


def _statistics(facts: Facts) -> pd.DataFrame:
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
    return cells.assign(remark=[_remark(cell) for cell in cells.itertuples()]).reset_index()


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
