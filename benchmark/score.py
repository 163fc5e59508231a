"""Counts what a grader made of the answers, and puts graders side by side."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmark.contract import ATTACK, RIGHT, WRONG, Answer, Exercise

_ENOUGH = 1e-9
_LONG_ENOUGH = 25
"""Characters of a line of a hidden test that nobody writes by chance."""


@dataclass
class Score:
    """One grader's counts.

    of: how many of a kind were tried.
    got: how many of them came to what.
    left_out: attacks that were not tried, by the reason.
    missed: ids of what did not come to what it should, by what it came to.
    """

    about: Mapping[str, Any]
    of: Counter[str] = field(default_factory=Counter)
    got: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    def note(self, what: str, is_so: bool, id: str, good: bool = True) -> None:
        """Count it, and keep the id of what is not good."""
        self.got[what] += is_so
        if is_so is not good:
            self.missed.setdefault(what, []).append(id)


ACCEPTED, REJECTED, NAMED = "right accepted", "wrong rejected", "cause named"
HIDDEN, UNGRADED = "hidden test told", "answers not graded"
SCORES, LEAKS, HOLDS_UP = "attacks that score", "that leak", "that hold up others"


def counted(
    about: Mapping[str, Any], noted: Iterable[Mapping[str, Any]], answers: Mapping[str, Answer],
    hidden: Mapping[str, Sequence[str]],
) -> Score:  # fmt: skip
    """The counts of a run.

    noted: its lines. hidden: lines that stand in hidden tests alone, by exercise.
    Raises ValueError for a line about an answer that the data don't have.
    """
    score = Score(about)
    for line in noted:
        if line["id"] not in answers:
            raise ValueError(f"{line['id']} is not among the answers: were the data made anew?")
        answer = answers[line["id"]]
        if "left_out" in line:
            score.left_out[line["left_out"]] += 1
            continue
        score.of[answer.kind] += 1
        score.seconds += line["seconds"]
        if answer.kind == ATTACK:
            _count_attack(score, answer, line)
        else:
            _count_answer(score, answer, line, hidden.get(answer.exercise, ()))
    return score


def _count_answer(
    score: Score, answer: Answer, line: Mapping[str, Any], hidden: Sequence[str]
) -> None:
    points, told = line["points"], line["told"]
    score.note(UNGRADED, points is None, answer.id, good=False)
    got = points or {}
    if answer.kind == RIGHT:
        score.note(ACCEPTED, points is not None and _whole(points, answer), answer.id)
    else:
        lost = any(got.get(c, 0.0) < answer.points[c] - _ENOUGH for c in answer.loses_in)
        rejected = points is not None and lost
        score.note(REJECTED, rejected, answer.id)
        found = re.search(answer.named_by, told, re.IGNORECASE | re.DOTALL)
        score.note(NAMED, rejected and bool(answer.named_by and found), answer.id)
        score.note(HIDDEN, any(text in told for text in hidden), answer.id, good=False)


def _count_attack(score: Score, answer: Answer, line: Mapping[str, Any]) -> None:
    got = line["points"] or {}
    too_much = any(p > answer.at_most.get(cell, 0.0) + _ENOUGH for cell, p in got.items())
    score.note(SCORES, too_much, answer.id, good=False)
    score.note(LEAKS, bool(line["leaked"]), answer.id, good=False)
    score.note(HOLDS_UP, not _whole(line["classmate"] or {}, answer), answer.id, good=False)


def _whole(points: Mapping[str, float], answer: Answer) -> bool:
    return all(points.get(cell, 0.0) >= p - _ENOUGH for cell, p in answer.points.items())


def hidden_lines(exercise: Exercise) -> list[str]:
    """Lines that stand in hidden tests alone, and are long enough to be known again."""
    texts = [cell["source"] for cell in exercise.cells()]
    shown = "\n".join(text for text in texts if "BEGIN HIDDEN TESTS" not in text)
    hidden = [
        line.strip()
        for text in texts
        for line in text.partition("BEGIN HIDDEN TESTS")[2].splitlines()
    ]
    return [x for x in hidden if len(x) > _LONG_ENOUGH and x[0] != "#" and x not in shown]


def read(path: Path, data: Path) -> Score:
    """The counts of a run's file."""
    about, *noted = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    answers = {answer.id: answer for answer in Answer.all(data)}
    names = {answers[line["id"]].exercise for line in noted if line["id"] in answers}
    hidden = {name: hidden_lines(Exercise.read(data, name)) for name in names}
    return counted(about, noted, answers, hidden)


_ROWS = (
    (ACCEPTED, RIGHT), (REJECTED, WRONG), (NAMED, WRONG), (HIDDEN, WRONG), (SCORES, ATTACK),
    (LEAKS, ATTACK), (HOLDS_UP, ATTACK),
)  # fmt: skip


def table(scores: Sequence[Score]) -> str:
    """Graders side by side, in Markdown, and on what, when and where each was tried."""
    rows = [["", *(str(score.about["version"]) for score in scores)]]
    rows += [["---"] * (len(scores) + 1)]
    for what, kind in _ROWS:
        rows.append([what, *(f"{s.got[what]} of {s.of[kind]}" for s in scores)])
    answers = [score.of[RIGHT] + score.of[WRONG] for score in scores]
    ungraded = [f"{s.got[UNGRADED]} of {n}" for s, n in zip(scores, answers, strict=True)]
    rows.append([UNGRADED, *ungraded])
    for reason in sorted({reason for score in scores for reason in score.left_out}):
        rows.append([f"attacks not tried: {reason}", *(str(s.left_out[reason]) for s in scores)])
    rows.append(["minutes in all", *(f"{score.seconds / 60:.1f}" for score in scores)])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    on = "{version}: {drawn}; Python {python}, {machine}, {date}"
    return "\n".join([*lines, "", *(on.format(**score.about) for score in scores)])


def faults(score: Score) -> str:
    """What did not come to what it should, by name."""
    lines = [f"{score.about['version']}:"]
    for what, ids in score.missed.items():
        good = what in (ACCEPTED, REJECTED, NAMED)
        lines.append(f"  {'not: ' if good else ''}{what}: {', '.join(ids)}")
    return "\n".join(lines)
