"""The committed answers, the edits of the references and the attacks, as answers of the data."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import importlib.util
import io
import json
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from checks.mistakes import Edit
from course.authoring.answers import committed_answers
from course.authoring.exercises import source_of
from course.authoring.in_process import cells_of
from course.benchmark import outside
from course.benchmark.contract import ATTACK, EDIT, RIGHT, ROOT, WRONG, Answer, Exercise

ONLY_SHOWN = "not-graded"  # the tag of cells that no points depend on; some train for minutes
_FOR_READERS = re.compile(r"=== BEGIN (MARK SCHEME|SOLUTION) ===.*?=== END \1 ===", re.DOTALL)
Made = tuple[Answer, bytes, str]
"""An answer, what is handed in, and the text of the answer cell, if it is one."""


def exercise(name: str) -> Exercise:
    """An exercise as the data have it, without what is only shown, and what no test judges."""
    notebook = _bare(json.loads(source_of(name).read_text(encoding="utf-8")))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _FOR_READERS.sub("", "".join(cell["source"]))
    return Exercise(name, _dump(notebook))


def made(name: str) -> Iterator[Made]:
    """Every answer to an exercise: right and wrong ones, and attacks if it has some."""
    of = _Sheet(exercise(name))
    yield from _written(of)
    yield from _edits(of)
    if name == _attacks().EXERCISE:
        yield from _attacking(of)


class _Sheet:
    """An exercise with its solutions filled in, to which one answer is changed."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.points = exercise.points()
        self._notebook = _filled(exercise.name)
        self.solutions = {
            _grade_id(cell): "".join(cell["source"])
            for cell in self._notebook["cells"]
            if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution")
        }

    def with_answer(self, name: str, text: str) -> bytes:
        """What a learner hands in who answers one cell so, and the others right."""
        cells = [
            cell | {"source": text} if _grade_id(cell) == name else cell
            for cell in self._notebook["cells"]
        ]
        return _dump(self._notebook | {"cells": cells})

    def answer(self, kind: str, name: str, text: str, origin: str, **more: Any) -> Answer:
        """What the data say of an answer."""
        if kind == WRONG:
            more["loses_in"] = (f"{name}-visible", f"{name}-hidden")
        id = f"{self.exercise.name}.{name}.{text}"
        return Answer(id, self.exercise.name, kind, name, origin, self.points, **more)


def _written(of: _Sheet) -> Iterator[Made]:
    """The answers of tests/answers."""
    for one in committed_answers(of.exercise.name):
        what = one.what if one.kind == WRONG else ""
        about = of.answer(one.kind, one.name, one.label, "written", misconception=what)
        yield about, of.with_answer(one.name, one.code), one.code


def _edits(of: _Sheet) -> Iterator[Made]:
    """The edits of the references that can stand in a notebook as they are."""
    cells = cells_of(of.exercise.name)
    with contextlib.redirect_stdout(io.StringIO()):
        known = {*vars(builtins), *cells.answered()}
    for name, checks in cells.exercise.checks.items():
        for number, check in enumerate(checks):
            found = [mistake for mistake in check.mistakes if isinstance(mistake, Edit)]
            plain = _as_answer(check.plain.code(), check.plain.name, name) if found else ""
            if not plain or _needs(plain) - known or name not in of.solutions:
                continue
            with contextlib.redirect_stdout(io.StringIO()):
                faults = cells.complaints(name, cells.answered(name, plain))
            if faults:
                continue
            for i, mistake in enumerate(found):
                text = _as_answer(check.plain.code(mistake.way), check.plain.name, name)
                if _needs(text) - known:
                    continue
                about = of.answer(
                    WRONG, name, f"edit-{number}-{i:03}", EDIT, misconception=mistake.message
                )
                yield about, of.with_answer(name, text), text


def _as_answer(parts: list[str], called: str, name: str) -> str:
    """Text of a reference under the name that the exercise asks for."""
    text = "\n\n\n".join(parts) + "\n"
    return text if called == name else f"{text}\n\n{name} = {called}\n"


def _needs(text: str) -> set[str]:
    """Names that a text uses without setting them; of inner scopes all are taken together."""
    nodes = list(ast.walk(ast.parse(text)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    given = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    given |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    given |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return {node.id for node in names} - given


def _attacking(of: _Sheet) -> Iterator[Made]:
    """The attacks of grader/tests/attacks that are a notebook, and the odd but honest answers."""
    attacks = _attacks()
    for attack in attacks.ATTACKS:
        if attack in attacks.ON_FOLDERS:
            continue
        tries = attack.path.read_text(encoding="utf-8").split('"""')[1].partition("\n")[0]
        about: dict[str, Any] = {"misconception": tries}
        about["copies"] = int(attack.marks.get("times", "1"))
        if attack.name.startswith("honest-"):
            yield of.answer(RIGHT, "softmax", attack.name, "odd", **about), _handed_in(attack), ""
            continue
        # A grader may well give the right answers beside it their points, whatever the file is.
        own = {cell: how for cell, how in attack.expected.items() if cell.startswith("softmax-")}
        about["at_most"] = {c: of.points[c] * ("passed" in how) for c, how in own.items()}
        about["outside"] = outside.reason(attack.name)
        yield of.answer(ATTACK, "softmax", attack.name, ATTACK, **about), _handed_in(attack), ""


def _handed_in(attack: Any) -> bytes:
    """What its learner hands in; places such as @course@ are still to be filled in."""
    attacks = _attacks()
    if "def submit(" in attack.path.read_text(encoding="utf-8"):
        return bytes(attack.defined({})["submit"](_bare(attacks.notebook_with(attacks.WRONG))))
    code = attack.text({})
    if attack.marks.get("in") == "extra":
        return _dump(_bare(attacks.notebook_with(attacks.WRONG, code)))
    return _dump(_bare(attacks.notebook_with(code)))


def _filled(name: str) -> dict[str, Any]:
    """The learners' version of an exercise with the source's solutions."""
    released = ROOT / "release" / name / f"{name}.ipynb"
    notebook = _bare(json.loads(released.read_text(encoding="utf-8")))
    solutions = {_grade_id(cell): cell["source"] for cell in exercise(name).cells()}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = solutions[_grade_id(cell)]
    return notebook


def _bare(notebook: dict[str, Any]) -> dict[str, Any]:
    cells = notebook["cells"]
    kept = [cell for cell in cells if ONLY_SHOWN not in cell["metadata"].get("tags", ())]
    return notebook | {"cells": kept}


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _dump(notebook: dict[str, Any]) -> bytes:
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _attacks() -> ModuleType:
    return _by_path("grader/tests/support/attacks.py")


@functools.cache
def _by_path(path: str) -> ModuleType:
    """A module of the tests', which are no package, read once."""
    spec = importlib.util.spec_from_file_location(f"benchmark_reads_{path}", ROOT / path)
    assert spec is not None and spec.loader is not None
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
