"""Gives a grader its batches, and notes what it made of each answer."""

from __future__ import annotations

import contextlib
import json
import platform
import random
import secrets
import shutil
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import psutil

from benchmark.contract import (
    ATTACK,
    CANARY,
    KINDS,
    Answer,
    Exercise,
    Grader,
    Ground,
    Submission,
    Verdict,
    read_answers,
    read_exercise,
)

BATCH = 40
SECONDS = {False: 90.0, True: 120.0}
"""What a command may take for each submission of a batch: of answers, and of an attack's."""
CLASSMATE = "z-honest"


@dataclass(frozen=True)
class Noted:
    """What came of one answer.

    points: by test cell, None where it was not graded; of several copies the most.
    leaked: what shows that something was read or reached that must not be.
    classmate: what an honest learner got who was graded in the same batch after an attack.
    error: why the grader gave no verdict, if it said so.
    """

    id: str
    points: dict[str, float] | None
    told: str = ""
    leaked: tuple[str, ...] = ()
    classmate: dict[str, float] | None = None
    error: str = ""


def draw(data: Path, number: int | None, attacks: int | None, seed: int) -> list[Answer]:
    """So many right answers, as many wrong ones, and so many attacks, drawn by the seed, or all."""
    found: list[Answer] = []
    chance = random.Random(seed)
    answers = list(read_answers(data))
    for kind in KINDS:
        of_kind = [answer for answer in answers if answer.kind == kind]
        wanted = attacks if kind == ATTACK else number
        most = len(of_kind) if wanted is None else min(wanted, len(of_kind))
        found += sorted(chance.sample(of_kind, most), key=lambda a: a.id)
    return found


class Trial:
    """One grader on some answers of the data.

    work: a folder that is used for the batches, and removed.
    """

    def __init__(self, grader: Grader, data: Path, work: Path, environments: Path) -> None:
        self.grader, self._data, self._work, self._environments = grader, data, work, environments

    def about(self, drawn: str) -> dict[str, str]:
        """What the table says of a run: of whom, on what, when; `drawn` says how they were."""
        memory = round(psutil.virtual_memory().total / 2**30)
        return {
            "grader": self.grader.name,
            "version": self.grader.version(self._environments),
            "python": platform.python_version(),
            "machine": f"{psutil.cpu_count()} cores, {memory} GB, {platform.system()}",
            "date": date.today().isoformat(),
            "drawn": drawn,
        }

    def run(self, answers: Sequence[Answer]) -> Iterator[tuple[Noted, float]]:
        """What came of each, in some order, with its share of the seconds that its batch took."""
        plain = sorted((a for a in answers if a.kind != ATTACK), key=lambda a: a.id)
        for name, group in groupby(plain, key=lambda a: a.exercise):
            of_exercise = list(group)
            for start in range(0, len(of_exercise), BATCH):
                yield from self._batch(name, of_exercise[start : start + BATCH])
        for attack in answers:
            if attack.kind == ATTACK and not self.left_out(attack):
                yield from self._batch(attack.exercise, [attack])

    def left_out(self, answer: Answer) -> str:
        """Why an answer is not tried on this grader, or nothing."""
        return "" if self.grader.sandboxed else answer.outside

    def _batch(self, name: str, answers: list[Answer]) -> Iterator[tuple[Noted, float]]:
        """Answers of one exercise in one batch; an attack has one for itself and a classmate."""
        exercise = read_exercise(self._data, name)
        ids = {f"{i:02}-{copy}": a for i, a in enumerate(answers) for copy in range(a.copies)}
        attacked = answers[0].kind == ATTACK
        number = len(ids) + attacked
        with self._ground(60 + SECONDS[attacked] * number) as ground:
            handed_in = [Submission(i, ground.placed(self._notebook(a))) for i, a in ids.items()]
            if attacked:
                handed_in.append(Submission(CLASSMATE, self._honest(exercise)))
            start = time.monotonic()
            error = ""
            verdicts: dict[str, Verdict] = {}
            try:
                verdicts = {v.id: v for v in self.grader.grade(exercise, handed_in, ground)}
            except Exception as failed:  # whatever a grader's adapter comes to is its result
                error = f"{type(failed).__name__}: {failed}"
            seconds = (time.monotonic() - start) / len(answers)
            reached = ground.folder / "reached"
            called = reached.read_text().split() if reached.exists() else []
            for answer in answers:
                own = [verdicts[i] for i, a in ids.items() if a is answer and i in verdicts]
                of_classmate = verdicts.get(CLASSMATE)
                yield (
                    Noted(
                        answer.id,
                        _most([v.points for v in own]),
                        "\n".join(dict.fromkeys(v.told for v in own)),
                        tuple(dict.fromkeys([*called, *_leaked(own, ground.secret)])),
                        of_classmate.points if of_classmate else None,
                        error,
                    ),
                    seconds,
                )

    def _notebook(self, answer: Answer) -> bytes:
        return (self._data / "answers" / answer.id / "answer.ipynb").read_bytes()

    def _honest(self, exercise: Exercise) -> bytes:
        """A classmate's: the first of the right answers to the exercise."""
        paths = self._data.glob(f"answers/{exercise.name}.*.right-*/answer.ipynb")
        return min(paths).read_bytes()

    @contextlib.contextmanager
    def _ground(self, seconds: float) -> Iterator[Ground]:
        place = self._work / secrets.token_hex(4)
        (place / "course").mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        try:
            secret = secrets.token_hex(16)
            yield Ground(
                (place / "course").resolve(), port, secret, seconds, self._environments.resolve()
            )
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _most(points: Sequence[dict[str, float] | None]) -> dict[str, float] | None:
    """The most that any of several copies got, by test cell."""
    graded = [one for one in points if one is not None]
    if not graded:
        return None
    return {cell: max(one.get(cell, 0.0) for one in graded) for cell in graded[0]}


def _leaked(verdicts: Iterable[Verdict], secret: str) -> Iterator[str]:
    for verdict in verdicts:
        lines = [line for line in verdict.shown.splitlines() if CANARY in line]
        yield from (line[:200] for line in lines[:3])
        if secret in verdict.shown:
            yield "a secret of the grader's environment"


def write(path: Path, about: dict[str, str], trial: Trial,
          answers: Sequence[Answer]) -> Iterator[Noted]:  # fmt: skip
    """Run a trial into a file of JSON lines; what is noted already stays. Gives what is noted."""
    kept: set[str] = set()
    if path.exists():
        kept = {json.loads(line)["id"] for line in path.read_text().splitlines()[1:]}
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(about) + "\n")
    left = [answer for answer in answers if answer.id not in kept]
    with path.open("a") as file:
        for answer in left:
            if reason := trial.left_out(answer):
                file.write(json.dumps({"id": answer.id, "left_out": reason}) + "\n")
        for noted, seconds in trial.run(left):
            file.write(json.dumps(asdict(noted) | {"seconds": round(seconds, 2)}) + "\n")
            file.flush()
            yield noted
