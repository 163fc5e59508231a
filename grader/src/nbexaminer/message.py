"""How a message on an answer reads: the cause first, then what was called and what came back."""

from __future__ import annotations

import re
import textwrap

WIDTH = 83
"""Columns of a line: nbgrader's Validate has 90, of which it indents by 4 and cuts off 3."""
NOT_WRITTEN = "{} is not written yet: replace the raise with your code"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_HANGING = 13
_LABEL = re.compile(r" {2}[a-z][a-z ]{0,8}: +| *")


def laid_out(text: str) -> list[str]:
    """The lines of a message as a notebook, a page and a terminal show them.

    The first line is bold, by codes that all of these know. Long lines are wrapped, and go on below
    where their text began.
    """
    cause, facts = wrapped(text)
    return [f"{_BOLD}{line}{_PLAIN}" for line in cause] + facts


def wrapped(text: str, width: int = WIDTH) -> tuple[list[str], list[str]]:
    """The lines of a message, those of its headline apart, none longer than `width`."""
    headline, *facts = text.split("\n")
    return (
        _wrapped(headline, width, "  "),
        [line for fact in facts for line in _wrapped(fact, width)],
    )


def _wrapped(line: str, width: int, hanging: str | None = None) -> list[str]:
    label = _LABEL.match(line)
    begin = line[: label.end()][:_HANGING] if label and hanging is None else ""
    return textwrap.wrap(
        line[len(begin) :],
        width,
        initial_indent=begin,
        subsequent_indent=" " * len(begin) if hanging is None else hanging,
        break_on_hyphens=False,
        replace_whitespace=False,
    ) or [""]
