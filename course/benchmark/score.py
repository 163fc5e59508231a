"""Counts what a grader made of the answers, and puts graders side by side."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from course.benchmark.contract import ATTACK, EDIT, RIGHT, Answer

_ENOUGH = 1e-9
_OF_RUN = ("version", "python", "machine", "date", "drawn")
_OF_LINE = ("points", "told", "leaked", "classmate", "seconds")


@dataclass
class Score:
    """One grader's counts: of which answers each row is counted, and of which of them it is so."""

    about: Mapping[str, Any]
    of: dict[str, set[str]] = field(default_factory=partial(defaultdict, set))
    got: dict[str, set[str]] = field(default_factory=partial(defaultdict, set))
    left_out: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    seconds: float = 0.0

    def note(self, row: str, answer: Answer, is_so: bool) -> None:
        self.of[row].add(answer.id)
        self.got[row].update({answer.id} if is_so else ())

    def cell(self, row: str, among: set[str] | None = None) -> str:
        """The number in a row, of all or of those answers `among` them."""
        among = self.of[row] if among is None else among
        return f"{len(self.got[row] & among)} of {len(among)}"


ACCEPTED, REJECTED, SAID = "right accepted", "wrong rejected", "message reached the learner"
SCORES, LEAKS = "attacks that score", "attacks that leak"
HOLDS_UP = "attacks that hold up others"
UNGRADED, UNGRADED_ATTACKS = "answers not graded", "attacks not graded"
_GOOD = (ACCEPTED, REJECTED, SAID)
ROWS = (*_GOOD, UNGRADED, SCORES, LEAKS, HOLDS_UP, UNGRADED_ATTACKS)


def counted(
    about: Mapping[str, Any], noted: Iterable[Mapping[str, Any]], answers: Mapping[str, Answer]
) -> Score:
    """The counts of a run; noted: its lines, of which the last one about an answer counts.

    Raises ValueError for a line about an answer that the data don't have, or that lacks something.
    """
    score = Score(about)
    for id, line in {str(line.get("id")): line for line in noted}.items():
        if id not in answers:
            raise ValueError(f"{id} is not among the answers: were the data made anew?")
        score.lines += 1
        if "left_out" in line:
            score.left_out[line["left_out"]] += 1
            continue
        if lacks := [key for key in _OF_LINE if key not in line]:
            raise ValueError(f"the line about {id} has no {lacks[0]!r}: see contract.md")
        score.seconds += line["seconds"]
        count = _count_attack if answers[id].kind == ATTACK else _count_answer
        count(score, answers[id], line)
    return score


def _count_answer(score: Score, answer: Answer, line: Mapping[str, Any]) -> None:
    points = line["points"]
    score.note(UNGRADED, answer, points is None)
    if answer.kind == RIGHT:
        score.note(ACCEPTED, answer, points is not None and _whole(points, answer.points))
        return
    of_its_own = {cell: answer.points[cell] for cell in answer.loses_in}
    rejected = points is not None and not _whole(points, of_its_own)
    score.note(REJECTED, answer, rejected)
    if answer.origin == EDIT:
        said, told = (" ".join(text.split()) for text in (answer.misconception, line["told"]))
        score.note(SAID, answer, rejected and said in told)


def _count_attack(score: Score, answer: Answer, line: Mapping[str, Any]) -> None:
    points, leaked = line["points"], bool(line["leaked"])
    score.note(UNGRADED_ATTACKS, answer, points is None)
    if points is not None:
        too_much = any(p > answer.at_most.get(cell, p) + _ENOUGH for cell, p in points.items())
        score.note(SCORES, answer, too_much)
    if points is not None or leaked:  # the listener may have been called by one without a verdict
        score.note(LEAKS, answer, leaked)
    score.note(HOLDS_UP, answer, not _whole(line["classmate"] or {}, answer.points))


def _whole(points: Mapping[str, float], most: Mapping[str, float]) -> bool:
    return all(points.get(cell, 0.0) >= p - _ENOUGH for cell, p in most.items())


def read(path: Path, data: Path) -> Score:
    """The counts of a run's file. Raises ValueError for one that isn't as contract.md has it."""
    try:
        about, *noted = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if lacks := [key for key in _OF_RUN if key not in about]:
            raise ValueError(f"the first line has no {lacks[0]!r}: see contract.md")
        return counted(about, noted, {answer.id: answer for answer in Answer.all(data)})
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not the file of a run: {error}") from None


def table(scores: Sequence[Score]) -> str:
    """Graders side by side, in Markdown, and on what, when and where each was tried."""
    rows = [["", *(str(score.about["version"]) for score in scores)]]
    rows += [["---", *["---:"] * len(scores)]]
    for row in ROWS:
        rows.append([row, *(score.cell(row) for score in scores)])
        tried = [score.of[row] for score in scores]
        if 0 < len(shared := set.intersection(*tried)) < max(map(len, tried)):
            on_same = [score.cell(row, shared) for score in scores]
            rows.append([f"{row}, of those counted for all", *on_same])
    for reason in sorted({reason for score in scores for reason in score.left_out}):
        rows.append([f"attacks not tried: {reason}", *(str(s.left_out[reason]) for s in scores)])
    rows.append(["minutes in all", *(f"{score.seconds / 60:.1f}" for score in scores)])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", *(f"- {_about(score)}" for score in scores)])


def _about(score: Score) -> str:
    """What was tried, on what, when and where, and whether all of it was."""
    on = "{version}: {drawn}; {data}; Python {python}, {machine}; {date}"
    text = on.format(**{"data": "commit not noted"} | dict(score.about))
    most = score.about.get("answers", score.lines)
    only = f". **Only {score.lines} of {most} answers are in it.**"
    return text + only if score.lines < most else text


def faults(score: Score) -> str:
    """What did not come to what it should, by name."""
    lines = [f"{score.about['version']}:"]
    for row, of in score.of.items():
        good, got = row in _GOOD, score.got[row]
        if ids := sorted(of - got if good else got):
            lines.append(f"  {'not: ' if good else ''}{row}: {', '.join(ids)}")
    return "\n".join(lines)
