"""What a learner wrote in an earlier exercise, to be used in a later one.

Nobody has to have done the earlier exercise: where its answer is missing, or fails the tests that
learners can see, the exercise's own solution stands in, and a line says so.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import linecache
import random
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.core.inputtransformer2 import TransformerManager
from IPython.utils.capture import capture_output

from checks.run import aside
from course.authoring.exercises import ROOT, module_of, source_of
from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook.cell import Cell, Role, cells_of
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import Source, read_source

_DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
_UNWRITTEN = "yours is not written yet"


def own(exercise: str, name: str, root: Path = ROOT) -> Any:
    """The learner's answer `name` of `exercise`, or the solution; prints a line that says which.

    The notebook is looked for beside the folder of the current one, in the current folder, and in
    the `work/` of the course in `root`. The answer runs in a namespace of its own, with what the
    notebook gives and with the other answers, and has to pass its visible test as the course
    has it.

    Raises:
        ValueError: there is no such exercise, or it asks for no such answer.
        LookupError: the answer can't be used, and this copy of the course has no source/.
    """
    solved = source_of(exercise).exists()
    source = course_source(exercise)
    if source is None:
        raise ValueError(f"there is no exercise {exercise!r}")
    answers = [cell.name for cell in source.cells if _is_answer(cell)]
    if name not in answers:
        raise ValueError(f"exercise {exercise} asks for {', '.join(answers)}, and for no {name!r}")
    number = exercise.partition("-")[0]
    with _undisturbed(exercise):
        try:
            value = _learners(source, exercise, name, _notebook_of(exercise, root))
            text = f"yours, from exercise {number}"
        except _Unusable as why:
            if not solved:
                raise LookupError(
                    f"{name}: {why} (exercise {number}), and this copy of the course has no "
                    "solution to take instead"
                ) from None
            value = _definitions(source.notebook, exercise, name)[name]
            text = f"the reference, since {why} (exercise {number})"
    print(f"{name}: {text}")
    return value


def why_not(exercise: str, name: str, path: Path) -> str:
    """Why an answer in the learner's notebook at `path` can't be used: a clause, empty if it can.

    It can where it passes its visible test.
    """
    source = course_source(exercise)
    if source is None:
        return "this copy of the course hasn't got the exercise"
    with _undisturbed(exercise):
        try:
            _learners(source, exercise, name, path)
        except _Unusable as why:
            return str(why)
    return ""


def course_source(exercise: str) -> Source | None:
    """An exercise as this copy of the course has it, if it does: a class may get it without
    solutions and hidden tests."""
    release = ROOT / "release" / exercise / f"{exercise}.ipynb"
    path = next((path for path in (source_of(exercise), release) if path.exists()), None)
    return read_source(path.read_bytes()) if path else None


class _Unusable(Exception):
    """Why the learner's answer is not used; a clause."""


def _is_answer(cell: Cell) -> bool:
    return cell.is_code and cell.role is Role.ANSWER


def _notebook_of(exercise: str, root: Path) -> Path | None:
    """Where the learner's notebook is, if anywhere."""
    file, here = f"{exercise}.ipynb", Path.cwd()
    places = [here.parent / exercise, here, here / exercise, root / "work" / exercise]
    return next((place / file for place in places if (place / file).is_file()), None)


def _learners(source: Source, exercise: str, name: str, path: Path | None) -> Any:
    """The learner's answer, where it passes its visible test. Raises _Unusable."""
    if path is None:
        raise _Unusable("your notebook is missing")
    try:
        notebook = graft(source, read_notebook(path.read_bytes())).notebook
    except (Malformed, OSError) as error:
        raise _Unusable(f"your notebook can't be read: {error}") from None
    cells = {cell.grade_id: cell.source for cell in cells_of(notebook)}
    if cells[name].strip() == source.stubs[name].text.strip():
        raise _Unusable(_UNWRITTEN)
    try:
        names = _definitions(notebook, exercise, name)
    except (Exception, SystemExit) as error:
        raise _Unusable(f"the cell of yours doesn't run: {_in_a_line(error)}") from None
    if name not in names:
        raise _Unusable("the cell of yours doesn't define it")
    try:
        _run(cells[f"{name}-visible"], f"{exercise}, {name}-visible", dict(names))
    except (Exception, SystemExit):
        unwritten = "raise NotImplementedError" in cells[name]
        raise _Unusable(_UNWRITTEN if unwritten else "yours fails its visible tests") from None
    return names[name]


def _in_a_line(error: BaseException) -> str:
    """Its kind, and the first line of its text."""
    return f"{type(error).__name__}: {error}".partition("\n")[0].removesuffix(": ")


def _definitions(notebook: dict[str, Any], exercise: str, name: str) -> dict[str, Any]:
    """What the cells of a notebook define, each name as it was at the answer `name`.

    Only errors in that answer's own cell are raised.
    """
    names = vars(types.ModuleType("__main__"))
    answered = False
    for number, cell in enumerate(cells_of(notebook)):
        if not cell.is_code or cell.role in (Role.TEST, Role.TEXT, Role.SHOWN):
            continue
        this = cell.grade_id == name
        kept = dict(names) if answered else {}
        try:
            code = TransformerManager().transform_cell(cell.source)
            where = f"{exercise}, {cell.grade_id or f'cell {number + 1}'}"
            _run(_only_definitions(code) if cell.role is Role.OPEN else code, where, names)
        except (Exception, SystemExit):
            if this:
                raise
        names.update(kept)  # an answer may call a later one, but no later cell changes what it had
        answered = answered or this
    return names


def _only_definitions(code: str) -> str:
    """A cell of the learner's own without what it shows and tries."""
    body: list[ast.stmt] = []
    for statement in ast.parse(code).body:
        calls = any(isinstance(part, ast.Call) for part in ast.walk(statement))
        if isinstance(statement, _DEFINITIONS) or (
            isinstance(statement, _ASSIGNMENTS) and not calls
        ):
            body.append(statement)
    return ast.unparse(ast.Module(body, []))


def _run(code: str, where: str, names: dict[str, Any]) -> None:
    """Run code so that errors that it raises later show its lines."""
    linecache.cache[where] = (len(code), None, code.splitlines(keepends=True), where)
    exec(compile(code, where, "exec"), names)


@contextlib.contextmanager
def _undisturbed(exercise: str) -> Iterator[None]:
    """Show nothing, and leave random numbers, figures and what the checks know as they were."""
    checked = importlib.import_module(module_of(exercise)).EXERCISE
    figures = plt.get_fignums()
    python, numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]), capture_output(), aside(checked):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        for figure in set(plt.get_fignums()) - set(figures):
            plt.close(figure)
