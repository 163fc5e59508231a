"""An exercise's own test cells, run on an answer in this process: fast, and without a sandbox."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
import linecache
import types
from collections.abc import Iterator
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import torch

from checks.check import Exercise
from checks.message import WrongAnswer
from checks.run import aside
from course.authoring.exercises import module_of, source_of
from nbexaminer.judging.notebook.cell import Cell, Role


class Cells:
    """The cells of an exercise's source notebook.

    solutions: by grade id, in the notebook's order.
    """

    def __init__(self, exercise: str) -> None:
        matplotlib.use("Agg")
        notebook = json.loads(source_of(exercise).read_text(encoding="utf-8"))
        self.given: list[str] = []
        self.solutions: dict[str, str] = {}
        self.tests: dict[str, str] = {}
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code" or Cell(cell).role is Role.SHOWN:
                continue
            if "nbgrader" not in cell["metadata"]:
                continue
            about, text = cell["metadata"]["nbgrader"], "".join(cell["source"])
            if about["grade"]:
                self.tests[about["grade_id"]] = text
            elif Cell(cell).is_awaited:
                self.solutions[about["grade_id"]] = text
            elif not about["solution"]:
                self.given.append(text)
        self._module = module_of(exercise)

    @functools.cached_property
    def exercise(self) -> Exercise:
        """The points, checks and hidden cases."""
        exercise: Exercise = importlib.import_module(self._module).EXERCISE
        return exercise

    @functools.cached_property
    def _given(self) -> dict[str, Any]:
        return self._run(self.given, {})

    def _run(self, cells: list[str], start: dict[str, Any]) -> dict[str, Any]:
        module = types.ModuleType("__main__")
        vars(module).update(start)
        for text in cells:
            # A name that the checks take for a cell of the learner's, each its own.
            name = f"<ipython-input-{hash(text)}>"
            linecache.cache[name] = len(text), None, text.splitlines(True), name
            exec(compile(text, name, "exec"), vars(module))
        return vars(module)

    def answered(self, name: str = "", answer: str = "") -> dict[str, Any]:
        """What the notebook defines with the solutions, `name` answered by `answer` instead."""
        cells = [answer if n == name else text for n, text in self.solutions.items()]
        return self._run(cells, self._given)

    def complaints(self, name: str, defined: dict[str, Any]) -> list[str]:
        """What the visible and the hidden test of `name` say of what is defined."""
        with aside(self.exercise):
            return list(self._complaints(name, defined))

    def _complaints(self, name: str, defined: dict[str, Any]) -> Iterator[str]:
        for _, error in self._failures(name, defined):
            wrong = isinstance(error, WrongAnswer)
            yield str(error) if wrong else f"{type(error).__name__}: {error}"

    def failures(self, name: str, defined: dict[str, Any]) -> dict[str, Exception]:
        """What the visible and the hidden test of `name` raise, by their grade ids."""
        with aside(self.exercise):
            return dict(self._failures(name, defined))

    def _failures(self, name: str, defined: dict[str, Any]) -> Iterator[tuple[str, Exception]]:
        for cell in (f"{name}-visible", f"{name}-hidden"):
            torch.default_generator.manual_seed(len(cell))
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                try:
                    exec(compile(self.tests[cell], f"<{cell}>", "exec"), dict(defined))
                except Exception as error:
                    yield cell, error
                finally:
                    plt.close("all")


@functools.cache
def cells_of(exercise: str) -> Cells:
    """The cells, read once."""
    return Cells(exercise)
