"""`llm-basics explain`: what each known mistake of an answer looks like, and what learners hear.

The edit language's debugger: an edit is shown as what it makes of the right answer, and run through
the exercise's own test cells, as `tests/checks/test_edits.py` does with all of them.
"""

from __future__ import annotations

import contextlib
import difflib
import inspect
import io
import itertools
import textwrap
from collections.abc import Iterator

from checks.check import Check
from checks.message import WrongAnswer, laid_out
from checks.mistakes import Edit, Mistake, Rewrite
from course.authoring.in_process import Cells, cells_of

FIRST_FACTS = 3
"""Of a message, below its headline: what was called, what came back, and the problem."""


def explain(exercise: str, name: str, only: str = "") -> Iterator[str]:
    """The right answer as edits see it, then a paragraph for each known mistake.

    Args:
        exercise: such as 1-attention.
        name: an answer of the exercise.
        only: words, in capitals or not, that a mistake's sentence must hold to be shown.

    Raises:
        ValueError: the exercise has no such answer, or no mistake has these words; the message says
            which there are.
    """
    cells = cells_of(exercise)
    checks = cells.exercise.checks
    if name not in checks:
        raise ValueError(f"{name!r} is no answer of {exercise}: it has {', '.join(checks)}")
    known = [(c, m) for c in checks[name] for m in (*c.mistakes, *c.unrefused)]
    shown = [(c, m) for c, m in known if only.lower() in m.message.lower()]
    if not shown:
        sentences = "\n".join(dict.fromkeys(f"  {mistake.message}" for _, mistake in known))
        raise ValueError(f"no known mistake of {name} says {only!r}; these are known:\n{sentences}")
    with contextlib.redirect_stdout(io.StringIO()):  # what the locked cells print
        right = cells.answered()
    numbers = itertools.count(1)
    for check, group in itertools.groupby(shown, key=lambda pair: pair[0]):
        mistakes = [mistake for _, mistake in group]
        if any(isinstance(mistake, Edit) for mistake in mistakes):
            yield f"{name}, as its mistakes edit it:\n\n{_indented(_code(check))}"
        for mistake in mistakes:
            about = _about(check, mistake, cells, right)
            yield f"{next(numbers)}. {mistake.message}\n\n{_indented(about)}"


def _about(check: Check, mistake: Mistake, cells: Cells, right: dict[str, object]) -> str:
    """The code of a mistake, what the tests say of it, and which case of theirs said it."""
    if isinstance(mistake, Edit):
        try:
            code, wrong = _changes(check, mistake.way), check.plain.edited(mistake.way)
        except (ValueError, SyntaxError) as error:
            return f"{mistake.way}\n\nCan't be made: {error}"
    elif isinstance(mistake, Rewrite):
        code, wrong = _source(mistake.wrong), mistake.wrong
    else:
        return "Seen in what comes back, whatever the code."
    said = cells.failures(check.name, right | {check.name: wrong})
    tests = [_failed(*one) for one in said.items()]
    return "\n\n".join([code, *(tests or ["Survives: no test catches it."])])


def _failed(cell: str, error: Exception) -> str:
    """Which test cell failed, of a hidden one in which case, and how its message begins."""
    if not isinstance(error, WrongAnswer):
        return f"{cell}:\n{_indented(f'{type(error).__name__}: {error}')}"
    case = dict(error.facts).get("asked for")
    where = f'{cell}, in the case "{case}"' if case else cell
    lines = "\n".join(laid_out(error.opening, error.facts[:FIRST_FACTS]))
    return f"{where}:\n{_indented(lines)}"


def _code(check: Check, way: str = "") -> str:
    return "\n\n".join(check.plain.code(way))


def _changes(check: Check, way: str) -> str:
    """What an edit makes of the right answer, with a line around each change."""
    right, wrong = _code(check).split("\n"), _code(check, way).split("\n")
    lines = list(difflib.unified_diff(right, wrong, n=1, lineterm=""))[3:]  # without file names
    return "\n".join("  …" if line.startswith("@@") else line for line in lines)


def _source(wrong: object) -> str:
    """The text of an implementation of its own, as far as Python has one."""
    try:
        return textwrap.dedent(inspect.getsource(wrong))  # type: ignore[arg-type]
    except (OSError, TypeError):
        return repr(wrong)


def _indented(text: str) -> str:
    return textwrap.indent(text.rstrip("\n"), "    ")
