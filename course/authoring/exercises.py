"""Which exercises there are in source/, what belongs to one, and the marks in its notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[2]
SOLUTION_MARKS = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN_MARKS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
SCHEME_MARKS = ("BEGIN MARK SCHEME", "END MARK SCHEME")


def exercises(root: Path = ROOT) -> list[str]:
    """The names of the exercises in source/, in order."""
    return sorted(p.parent.name for p in root.glob("source/*/*.ipynb") if p.stem == p.parent.name)


def exercise_of(text: str, known: Sequence[str]) -> str:
    """The one of `known` that is meant by `text`: its name, its number, or how it alone begins.

    Raises ValueError, which says which there are.
    """
    exact = [name for name in known if text in (name, name.partition("-")[0])]
    found = exact or [name for name in known if text and name.startswith(text)]
    if len(found) == 1:
        return found[0]
    may_be = "may be any" if found else "is none"
    raise ValueError(f"{text!r} {may_be} of {', '.join(found or known)}")


class ExerciseName(click.ParamType):  # type: ignore[type-arg]  # takes some from 8.3 on
    """One of these exercises on the command line, as `exercise_of` understands it."""

    name = "exercise"

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        try:
            return exercise_of(value, self._known)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def source_of(exercise: str, root: Path = ROOT) -> Path:
    """The path of an exercise's source notebook."""
    return root / "source" / exercise / f"{exercise}.ipynb"


def module_of(exercise: str) -> str:
    """The module with an exercise's checks, such as checks.multi_head for 2-multi-head."""
    return f"checks.{exercise.split('-', 1)[-1].replace('-', '_')}"
