"""How well the tests tell answers apart: every committed answer through the real pipeline.

It is `llm-basics accuracy`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import click
import nbformat
from rich.console import Console
from rich.table import Table

from course.authoring.answers import CommittedAnswer, committed_answers
from course.authoring.exercises import ROOT, ExerciseName, exercises, source_of
from course.maintenance.classes import fill_in
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.verdicts import Outcome, Verdict
from nbexaminer.profile import profile_of
from nbexaminer.sandbox.view import Sandbox


@dataclass(frozen=True)
class Judged:
    """What grading said of one committed answer.

    messages: those of the tests that it did not pass.
    causes: those that they name; one of them must match the answer's own, or else a message.
    """

    answer: CommittedAnswer
    messages: tuple[str, ...]
    causes: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether a message names the cause; its other words say what was asked for, too."""
        said = "\n".join(self.causes or self.messages)
        wanted = self.answer.cause
        found = re.search(wanted, said, re.IGNORECASE | re.DOTALL)
        return bool(self.messages and wanted and found)

    @property
    def misnamed(self) -> bool:
        """Whether the messages name a cause, and another one."""
        return not self.named and bool(self.causes)


class JudgedExercise:
    """An exercise whose answers can be judged one by one, the others being right."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._source = nbformat.read(source_of(name), as_version=4)
        self._released = nbformat.read(ROOT / "release" / name / f"{name}.ipynb", as_version=4)
        self._solutions = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in self._source.cells
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        }

    def judge(self, engine: Engine, answer: CommittedAnswer) -> Judged:
        """Grade one answer.

        A right one must leave its own tests content, and those of answers that call it; of a wrong
        one its own are asked.
        """
        name, right = answer.name, answer.kind == "right"
        called_by = [n for n, text in self._solutions.items() if right and name in text]
        asked = [f"{n}-{which}" for n in (name, *called_by) for which in ("visible", "hidden")]
        missed = self._missed(engine, {name: answer.code}, asked)
        sentence, causes = (
            tuple(str(v.message) for v in missed),
            tuple(v.message.cause for v in missed if v.message.cause),
        )
        return Judged(answer, sentence, causes)

    def judge_together(self, engine: Engine, answers: Iterable[CommittedAnswer]) -> list[str]:
        """Grade several right answers, one of a name, as one learner's; what failed tests say."""
        handed_in = {answer.name: answer.code for answer in answers}
        return [f"{v.cell}: {v.message}" for v in self._missed(engine, handed_in)]

    def _missed(
        self, engine: Engine, answers: Mapping[str, str], asked: Sequence[str] | None = None
    ) -> list[Verdict]:
        """What is not passed of the tests asked, or of all; the other answers are right."""
        source = self._source.copy()
        cells = _graded(source)
        source.cells = [c for c in cells if not _is_test(c) or asked is None or _id(c) in asked]
        submitted = fill_in(self._copy(), {**self._solutions, **answers})
        graded = engine.grade(nbformat.writes(source).encode(), nbformat.writes(submitted).encode())
        return [v for v in graded.verdicts if v.outcome is not Outcome.PASSED]

    def _copy(self) -> nbformat.NotebookNode:
        notebook = nbformat.from_dict(self._released)
        notebook.cells = _graded(notebook)
        return notebook


def _graded(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Its cells without playgrounds, which only draw."""
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


def _id(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _is_test(cell: nbformat.NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade") and not about.get("solution"))


def judged(engine: Engine, names: Sequence[str]) -> Iterator[Judged]:
    """Every committed answer to these exercises, on as many threads as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for exercise in map(JudgedExercise, names):
            answers = committed_answers(exercise.name)
            yield from threads.map(lambda a, e=exercise: e.judge(engine, a), answers)


def summary(answers: Sequence[Judged]) -> str:
    """The table's last line."""
    right = [a for a in answers if a.answer.kind == "right"]
    wrong = [a for a in answers if a.answer.kind == "wrong"]
    return (
        f"{sum(not a.messages for a in right)} of {len(right)} right answers accepted; "
        f"of {len(wrong)} wrong ones {sum(bool(a.messages) for a in wrong)} rejected, "
        f"{sum(a.named for a in wrong)} with their cause named, "
        f"{sum(a.misnamed for a in wrong)} with another one"
    )


def _table(answers: Sequence[Judged]) -> Table:
    table = Table(
        "answer", "right", "accepted", "wrong", "rejected", "cause named", "another cause"
    )
    for exercise, name in dict.fromkeys((a.answer.exercise, a.answer.name) for a in answers):
        own = [a for a in answers if (a.answer.exercise, a.answer.name) == (exercise, name)]
        right = [a for a in own if a.answer.kind == "right"]
        wrong = [a for a in own if a.answer.kind == "wrong"]
        accepted, rejected = (
            sum(not a.messages for a in right),
            sum(bool(a.messages) for a in wrong),
        )
        named, misnamed = sum(a.named for a in wrong), sum(a.misnamed for a in wrong)
        counts = (len(right), accepted, len(wrong), rejected, named, misnamed)
        table.add_row(f"{exercise} {name}", *map(str, counts))
    return table


@click.command()
@click.argument("names", nargs=-1, type=ExerciseName(exercises()))
def main(names: tuple[str, ...]) -> None:
    """Show how well the tests tell the committed answers apart, of all exercises or those named.

    A table, what is not as it should be, and the line that the README quotes.
    """
    console = Console(highlight=False)
    profile = profile_of(ROOT)
    with Engine(profile, Sandbox.find(profile, [ROOT])) as engine:
        answers = list(judged(engine, names or exercises()))
    console.print(_table(answers))
    for one in answers:
        if one.messages if one.answer.kind == "right" else not one.named:
            about = f"{one.answer.place} ({one.answer.label})"
            console.print(about, *one.messages, sep="\n", markup=False)
    click.echo(summary(answers))


if __name__ == "__main__":
    main()
