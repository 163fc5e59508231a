"""A learner's own points, hidden tests included.

The notebooks in `work/` are graded as an instructor's `llm-basics grade` does it, with the
same sandbox and the same messages, but without a class, a gradebook or folders to know. Nothing
is written but a record of the last points, `work/.score.json`. `course.learner.score` shows them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from course.authoring.exercises import ROOT, source_of
from course.learner import one_process
from nbexaminer.errors import Malformed, SandboxUnavailable, SourceError
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.message import INSTEAD, Message
from nbexaminer.judging.notebook.cell import cells_of
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import Source, read_source
from nbexaminer.judging.session.engine import Engine, Examined
from nbexaminer.judging.session.verdicts import in_words
from nbexaminer.profile import profile_of
from nbexaminer.sandbox.view import Sandbox
from nbexaminer.sandbox.zygote_handle import ZygoteDied

WORK = ROOT / "work"
RECORD = ".score.json"
NO_SANDBOX = "No sandbox can be had here, so your code ran as it does in your notebook."
Grader = Callable[[Source, bytes], Examined]


@dataclass(frozen=True)
class Result:
    """Of one test cell: what it earned of its points, and what a learner is told."""

    hidden: bool
    earned: float
    points: float
    message: Message


@dataclass(frozen=True)
class Answer:
    """One answer that tests decide on. `written`: whether it is more than the stub."""

    name: str
    written: bool
    results: tuple[Result, ...]

    @property
    def earned(self) -> float:
        return sum(one.earned for one in self.results)

    @property
    def points(self) -> float:
        return sum(one.points for one in self.results)


@dataclass(frozen=True)
class Question:
    """A written question, for a reader to judge."""

    name: str
    written: bool
    points: float


@dataclass(frozen=True)
class ExerciseScore:
    """The points of one exercise.

    version: of the notebook that was graded, from `version_of`.
    when: the time of grading, in ISO format.
    remarks: what is to be said of answers that were not found as usual, or empty.
    """

    exercise: str
    version: str
    when: str
    answers: tuple[Answer, ...]
    questions: tuple[Question, ...]
    remarks: str = ""

    def points(self, hidden: bool) -> tuple[float, float]:
        """What the visible or the hidden tests gave, and of how much."""
        every = [one for answer in self.answers for one in answer.results]
        results = [one for one in every if one.hidden is hidden]
        return sum(one.earned for one in results), sum(one.points for one in results)

    def unwritten(self) -> list[str]:
        """Answers and questions that are still as they came."""
        parts: list[Answer | Question] = [*self.answers, *self.questions]
        return [part.name for part in parts if not part.written]


class NotScored(Exception):
    """A notebook is missing or can't be graded; the message says which, why and what to do."""


def path_of(exercise: str, work: Path = WORK) -> Path:
    """Where a learner's notebook is."""
    return work / exercise / f"{exercise}.ipynb"


def version_of(data: bytes) -> str:
    """A hash of what a notebook's cells say; outputs don't count. Raises Malformed."""
    told = [(cell.kind, cell.grade_id, cell.source) for cell in read_notebook(data)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def read_own(exercise: str, work: Path = WORK) -> bytes:
    """The learner's notebook. Raises NotScored where there is none or it can't be read."""
    path = path_of(exercise, work)
    shown = f"{work.name}/{exercise}/{exercise}.ipynb"
    if not path.exists():
        raise NotScored(f"{shown} is not there: `llm-basics lab` makes it")
    try:
        data = path.read_bytes()
        version_of(data)
    except (Malformed, OSError) as error:
        raise NotScored(
            f"{shown} can't be read: {error}. Open it in JupyterLab; if that fails, take the "
            "last version from the folder .ipynb_checkpoints beside it, or rename it and have "
            "`llm-basics lab` make a new one"
        ) from None
    return data


def grade_own(exercise: str, grader: Grader, work: Path = WORK, keep: bool = True) -> ExerciseScore:
    """Grade the learner's notebook, and `keep` the result in the record. Raises NotScored."""
    data = read_own(exercise, work)
    source = read_source(source_of(exercise).read_bytes())
    try:
        graded = grader(source, data)
    except (SourceError, ZygoteDied) as error:
        raise NotScored(f"{exercise} can't be graded here: {error}") from None
    verdicts = {verdict.cell: verdict for verdict in graded.verdicts}
    answers, questions = [], []
    for cell in cells_of(graded.notebook):
        if not cell.is_awaited:
            continue
        name = cell.name
        written = cell.source.strip() != source.stubs[name].text.strip()
        if not cell.is_code:
            questions.append(Question(name, written, cell.points))
            continue
        results = tuple(
            Result(which == "hidden", verdict.points, verdict.max_points, verdict.message)
            for which in ("visible", "hidden")
            if (verdict := verdicts.get(f"{name}-{which}")) is not None
        )
        misspelt = re.compile(INSTEAD.format(r"\w+", name))
        elsewhere = any(misspelt.fullmatch(result.message.headline) for result in results)
        answers.append(Answer(name, written or elsewhere, results))
    when = datetime.datetime.now().isoformat(timespec="seconds")
    version, remarks = version_of(data), in_words(graded.remarks)
    made = ExerciseScore(exercise, version, when, tuple(answers), tuple(questions), remarks)
    if keep:
        record = read_record(work) | {exercise: made}
        text = json.dumps({name: dataclasses.asdict(one) for name, one in record.items()}, indent=1)
        (work / RECORD).write_text(text, encoding="utf-8")
    return made


def read_record(work: Path = WORK) -> dict[str, ExerciseScore]:
    """The last scores, by exercise; none where the record is missing or damaged."""
    try:
        record = json.loads((work / RECORD).read_text(encoding="utf-8"))
        return {name: _score(fields) for name, fields in record.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _result(fields: dict[str, Any]) -> Result:
    return Result(**fields | {"message": Message.read(fields["message"])})


def _score(fields: dict[str, Any]) -> ExerciseScore:
    answers = tuple(
        Answer(a["name"], a["written"], tuple(map(_result, a["results"])))
        for a in fields["answers"]
    )
    questions = tuple(Question(**question) for question in fields["questions"])
    return ExerciseScore(**fields | {"answers": answers, "questions": questions})


@contextlib.contextmanager
def own_grader(limits: Limits = Limits()) -> Iterator[tuple[Grader, str]]:  # noqa: B008
    """How to grade on this machine, and what there is to say about it. Raises NotScored.

    It is the learner's own code on the learner's own machine, so a sandbox is no must.
    """
    if not hasattr(os, "fork"):
        yield partial(one_process.grade, limits=limits), NO_SANDBOX
        return
    profile = profile_of(ROOT)
    with contextlib.ExitStack() as stack:
        remark = ""
        try:
            try:
                engine = stack.enter_context(Engine(profile, Sandbox.find(profile, [ROOT]), limits))
            except SandboxUnavailable:
                remark = NO_SANDBOX
                engine = stack.enter_context(Engine(profile, None, limits))
        except ZygoteDied as error:
            raise NotScored(f"grading can't start: {error}") from None
        yield engine.grade, remark


def cli(command: str, exercise: str) -> str:
    """How to call a command of the course: by make, if that started JupyterLab or this command."""
    if "MAKELEVEL" in os.environ:
        return f"make {command} EXERCISE={exercise}"
    return f"llm-basics {command} {exercise}"
