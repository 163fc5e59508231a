"""The committed answers, right and wrong ones, which prove that the tests bite.

A file, tests/answers/<exercise>/<name>.py, holds all answers to one name. Each is a section below a
line that says what it is:

    # --- right: row by row
    def softmax(x, dim=-1):
        …


    # --- wrong: rounded
    # names: rounded to 3 decimals
    def softmax(x, dim=-1):
        …

So it defines a name many times over, and nothing imports it as a whole. The line `# names:` has a
regular expression that the cause in a test's message must match; a learner doesn't hand it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.authoring.exercises import ROOT

ANSWERS = ROOT / "tests" / "answers"
_BEGINS = re.compile(r"#\s*--")
"""More than a section's head, so that a misspelt one doesn't pass for a comment of the code."""
_HEAD = re.compile(r"# --- (right|wrong): *(.*)")
_NAMES = re.compile(r"# names: *(.*)")


@dataclass(frozen=True)
class CommittedAnswer:
    """One answer to one name of an exercise.

    Attributes:
        exercise: such as 1-attention.
        name: the contract's name.
        kind: "right" or "wrong".
        what: what tells it from the others, in a few words.
        cause: regular expression for the cause that a message must name; empty for a right one.
        code: what a learner would write into the cell.
        path: its file.
        line: where its section begins, counted from 1.
    """

    exercise: str
    name: str
    kind: str
    what: str
    cause: str
    code: str
    path: Path
    line: int

    @property
    def label(self) -> str:
        """A short name without spaces, such as wrong-row-by-row."""
        return f"{self.kind}-{self.what.replace(' ', '-')}"

    @property
    def place(self) -> str:
        """File and line, as an editor opens them."""
        return _place(self.path, self.line)


def committed_answers(exercise: str) -> Iterator[CommittedAnswer]:
    """Each committed answer to an exercise, name by name, in the order of the files.

    Raises ValueError for a file that can't be read, see `read_answers`.
    """
    for path in sorted((ANSWERS / exercise).glob("*.py")):
        yield from read_answers(path)


def codes(exercise: str, kind: str) -> dict[str, list[str]]:
    """For each name of an exercise the code of all its right, or wrong, answers."""
    found: dict[str, list[str]] = {}
    for answer in committed_answers(exercise):
        if answer.kind == kind:
            found.setdefault(answer.name, []).append(answer.code)
    return found


def read_answers(path: Path) -> list[CommittedAnswer]:
    """The answers in one file, whose name and folder say what they answer.

    Raises:
        ValueError: a section isn't as described above; the message begins with file and line.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    heads = [i for i, line in enumerate(lines) if _BEGINS.match(line)]
    before = lines[: heads[0]] if heads else lines
    stray = [i for i, line in enumerate(before) if line.strip()]
    if stray or not heads:
        raise _fault(path, stray[0] if stray else 0, "a section begins with '# --- right: …'")
    answers: list[CommittedAnswer] = []
    first: dict[str, int] = {}
    for head, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        answer = _section(path, lines[:end], head)
        if answer.label in first:
            raise _fault(path, head, f"a second {answer.label}, after line {first[answer.label]}")
        first[answer.label] = answer.line
        answers.append(answer)
    return answers


def _section(path: Path, lines: list[str], head: int) -> CommittedAnswer:
    """The answer whose head is at the index `head` of the lines, the last of which it ends with."""
    says = _HEAD.fullmatch(lines[head].rstrip())
    if says is None:
        raise _fault(path, head, "a section says neither right nor wrong")
    kind, what = says.groups()
    if not what:
        raise _fault(path, head, f"a {kind} answer doesn't say what it is")
    body = lines[head + 1 :]
    names = _NAMES.fullmatch(body[0].rstrip()) if body else None
    cause = names[1] if names else ""
    if kind == "wrong" and not cause:
        raise _fault(path, head, "a wrong answer lacks its line '# names: …'")
    if kind == "right" and names:
        raise _fault(path, head + 1, "a right answer names a cause")
    try:
        re.compile(cause)
    except re.error as error:
        raise _fault(path, head + 1, f"'# names:' is no regular expression: {error}") from None
    code = "\n".join(body[1:] if names else body).strip("\n")
    if not code:
        raise _fault(path, head, "a section has no code")
    name, exercise = path.stem, path.parent.name
    return CommittedAnswer(exercise, name, kind, what, cause, f"{code}\n", path, head + 1)


def _fault(path: Path, index: int, what: str) -> ValueError:
    return ValueError(f"{_place(path, index + 1)}: {what}")


def _place(path: Path, line: int) -> str:
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{shown}:{line}"
