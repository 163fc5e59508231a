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
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import psutil

from course.benchmark.contract import (
    ATTACK,
    KINDS,
    Answer,
    Exercise,
    Grader,
    Ground,
    Submission,
    Verdict,
)

CANARY = "BREACH"  # what an attack prints that got where it must not get
BATCH = 40
SECONDS = {False: 90.0, True: 120.0}  # that a submission may take; True: in an attack's batch
CLASSMATE = "z-honest"
Line = dict[str, Any]  # what came of one answer, as contract.md has it
NO_GRADEBOOK = "it aims at a gradebook, and there is none"


def draw(
    data: Path, number: int | None, attacks: int | None, seed: int, only: Sequence[str] = ()
) -> list[Answer]:
    """So many right answers, wrong ones, and attacks, drawn by the seed, or all; or these only.

    Raises ValueError for one that there isn't.
    """
    found: list[Answer] = []
    chance = random.Random(seed)
    answers = {answer.id: answer for answer in Answer.all(data)}
    if unknown := set(only) - set(answers):
        raise ValueError(f"{min(unknown)} is not among the answers: give a folder of data/answers")
    for kind in KINDS if not only else ():
        of_kind = [answer for answer in answers.values() if answer.kind == kind]
        wanted = attacks if kind == ATTACK else number
        most = len(of_kind) if wanted is None else min(wanted, len(of_kind))
        found += sorted(chance.sample(of_kind, most), key=lambda a: a.id)
    return found + [answers[id] for id in only]


class Trial:
    """One grader on some answers of the data; batches are graded in folders of `work`."""

    def __init__(self, grader: Grader, data: Path, work: Path, environments: Path) -> None:
        self.grader, self._data, self._work, self._environments = grader, data, work, environments

    def about(self, drawn: str, number: int) -> dict[str, Any]:
        """What the table says of a run: of whom, on what, when; so many answers, drawn how."""
        memory = round(psutil.virtual_memory().total / 2**30)
        return {
            "version": self.grader.version(self._environments),
            "python": platform.python_version(),
            "machine": f"{psutil.cpu_count()} cores, {memory} GB, {platform.system()}",
            "date": date.today().isoformat(),
            "drawn": drawn,
            "answers": number,
            "data": json.loads((self._data / "manifest.json").read_text())["version"],
        }

    def run(self, answers: Sequence[Answer]) -> Iterator[Line]:
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
        if answer.id.endswith("-gradebook") and not self.grader.gradebook:
            return NO_GRADEBOOK
        return "" if self.grader.sandboxed else answer.outside

    def _batch(self, name: str, answers: list[Answer]) -> Iterator[Line]:
        """Answers of one exercise in one batch; an attack has one for itself and a classmate."""
        exercise = Exercise.read(self._data, name)
        ids = {f"{i:02}-{copy}": a for i, a in enumerate(answers) for copy in range(a.copies)}
        attacked = answers[0].kind == ATTACK
        with self._ground(60 + SECONDS[attacked] * (len(ids) + attacked)) as ground:
            there = self._data / "answers"
            texts = {i: (there / a.id / "answer.ipynb").read_bytes() for i, a in ids.items()}
            if attacked:
                right = min(there.glob(f"{name}.*.right-*"))
                texts[CLASSMATE] = (right / "answer.ipynb").read_bytes()
            handed_in = [Submission(i, ground.placed(text)) for i, text in texts.items()]
            start, error = time.monotonic(), ""
            verdicts: dict[str, Verdict] = {}
            try:
                verdicts = {v.id: v for v in self.grader.grade(exercise, handed_in, ground)}
            except Exception as failed:  # whatever a grader's adapter comes to is its result
                error = f"{type(failed).__name__}: {failed}"
            seconds = (time.monotonic() - start) / len(answers)
            reached = ground.folder / "reached"
            called = reached.read_text().split() if reached.exists() else []
            classmate = verdicts.get(CLASSMATE)
            for answer in answers:
                own = [verdicts[i] for i, a in ids.items() if a is answer and i in verdicts]
                yield {
                    "id": answer.id,
                    "points": _most([v.points for v in own if v.points is not None]),
                    "told": "\n".join(dict.fromkeys(v.told for v in own)),
                    "leaked": list(dict.fromkeys([*called, *_leaked(own, ground.secret)])),
                    "classmate": classmate.points if classmate else None,
                    "error": error, "seconds": round(seconds, 2),
                }  # fmt: skip

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


def _most(points: Sequence[dict[str, float]]) -> dict[str, float] | None:
    """The most that any of several copies got, by test cell; None where none was graded."""
    most = {cell: max(one.get(cell, 0.0) for one in points) for one in points for cell in one}
    return most if points else None


def _leaked(verdicts: Iterable[Verdict], secret: str) -> Iterator[str]:
    for verdict in verdicts:
        lines = [line for line in verdict.shown.splitlines() if CANARY in line]
        yield from (line[:200] for line in lines[:3])
        if secret in verdict.shown:
            yield "a secret of the grader's environment"


def write(
    path: Path, about: dict[str, Any], trial: Trial, answers: Sequence[Answer]
) -> Iterator[Line]:
    """Run a trial into a file of JSON lines; what is noted already stays. Gives what is noted.

    Raises ValueError for a file of another version, other data or another sample.
    """
    kept: set[str] = set()
    if path.exists():
        before, *noted = map(json.loads, path.read_text().splitlines())
        for was, now in ((before.get(key), about[key]) for key in ("version", "data", "drawn")):
            if was != now:
                raise ValueError(f"{path} is of {was}, not of {now}: name a new folder by --into")
        kept = {line["id"] for line in noted}
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(about) + "\n")
    left = [answer for answer in answers if answer.id not in kept]
    with path.open("a") as file:
        for answer in left:
            if reason := trial.left_out(answer):
                file.write(json.dumps({"id": answer.id, "left_out": reason}) + "\n")
        for line in trial.run(left):
            file.write(json.dumps(line) + "\n")
            file.flush()
            yield line
