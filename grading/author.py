"""Make release/ and solutions/ from source/, and say what is wrong with a source notebook.

python -m grading.author release [--into DIR] [EXERCISE ...]
python -m grading.author solutions [--into DIR] [EXERCISE ...]
python -m grading.author check [EXERCISE ...]
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import click
import nbformat
from nbclient import NotebookClient
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

ROOT = Path(__file__).resolve().parent.parent
SOLUTION_MARKS = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN_MARKS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
SCHEME_MARKS = ("BEGIN MARK SCHEME", "END MARK SCHEME")
FIRST_CELL = (
    "import math",
    "import torch",
    "from torch import nn",
    "import torch.nn.functional as F",
    "import numpy as np",
    "import matplotlib.pyplot as plt",
)


def exercises(root: Path = ROOT) -> list[str]:
    """The names of the exercises in source/, in order."""
    return sorted(p.parent.name for p in root.glob("source/*/*.ipynb") if p.stem == p.parent.name)


def source_of(exercise: str, root: Path = ROOT) -> Path:
    """The path of an exercise's source notebook."""
    return root / "source" / exercise / f"{exercise}.ipynb"


def release(exercise: str, into: Path) -> Path:
    """Let nbgrader generate the learners' version of `exercise` into the folder `into`.

    The gradebook is left alone; `nbgrader generate_assignment` is for the instructor's own.

    Raises:
        RuntimeError: nbgrader refused the source notebook; its log says why.
    """
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", exercise]
    command += ["--force", "--no-db", f"--CourseDirectory.release_directory={into}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"nbgrader does not generate {exercise}:\n{ran.stderr}")
    return into / exercise / f"{exercise}.ipynb"


def solution(exercise: str, into: Path) -> Path:
    """Solve and execute `exercise` into the folder `into`; hidden tests and schemes are left out.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell of the solution fails.
    """
    notebook = nbformat.read(source_of(exercise), as_version=4)
    resources: dict[str, object] = {}
    notebook, _ = ClearOutputPreprocessor().preprocess(notebook, resources)
    notebook, _ = ClearHiddenTests().preprocess(notebook, resources)
    notebook, _ = ClearMarkScheme(enforce_metadata=False).preprocess(notebook, resources)
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        cell.source = "\n".join(
            line for line in lines if not any(mark in line for mark in SOLUTION_MARKS)
        )
    into.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(source_of(exercise).parent)}},
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
    )
    made = into / f"{exercise}.ipynb"
    made.write_text(nbformat.writes(notebook), encoding="utf-8")
    return made


def faults(path: Path) -> list[str]:
    """What is wrong with a source notebook, a line each; empty where all is well."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError) as error:
        return [f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}"]
    said: list[str] = []
    ids = Counter(c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata)
    said += [
        f"grade_id {i!r} stands {n} times: each must be unique" for i, n in ids.items() if n > 1
    ]
    for number, cell in enumerate(notebook.cells):
        where = (
            f"cell {number} ({cell.metadata.get('nbgrader', {}).get('grade_id', 'no grade_id')})"
        )
        said += [f"{where}: {fault}" for fault in _cell_faults(cell)]
    code = [c for c in notebook.cells if c.cell_type == "code"]
    first = code[0] if code else None
    lines = [line for line in (first.source if first else "").split("\n") if line.strip()]
    if first is None or sorted(lines) != sorted(FIRST_CELL):
        said.append(f"the first code cell must import exactly: {'; '.join(FIRST_CELL)}")
    elif not first.metadata.get("nbgrader", {}).get("locked"):
        said.append("the first code cell must be locked")
    return said + _points_faults(path, notebook)


def _cell_faults(cell: NotebookNode) -> list[str]:
    said = []
    meta = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
        said.append("holds outputs: clear them, source/ is stored without")
    for begin, end in (SOLUTION_MARKS, HIDDEN_MARKS, SCHEME_MARKS):
        if cell.source.count(begin) != cell.source.count(end):
            said.append(f"{begin} without {end}, or the other way round")
    if HIDDEN_MARKS[0] in cell.source and not (meta.get("grade") and cell.cell_type == "code"):
        said.append("a hidden-test region outside a test cell would reach learners' grades unseen")
    if SOLUTION_MARKS[0] in cell.source and not meta.get("solution"):
        said.append("a solution region outside an answer cell is not cleared")
    if meta.get("solution") and SOLUTION_MARKS[0] not in cell.source:
        said.append(f"an answer cell needs a region {SOLUTION_MARKS[0]} … {SOLUTION_MARKS[1]}")
    if SCHEME_MARKS[0] in cell.source and not (meta.get("locked") and cell.cell_type == "markdown"):
        said.append("a mark scheme belongs into a locked markdown cell")
    if meta.get("grade") and not meta.get("points", 0) > 0:
        said.append(f"a graded cell is worth {meta.get('points', 0)} points: give it at least 1")
    if meta.get("grade") and not meta.get("solution") and not meta.get("locked"):
        said.append("a test cell must be locked")
    return said


def _points_faults(path: Path, notebook: NotebookNode) -> list[str]:
    """The points that learners are shown must be those that nbgrader counts."""
    name = path.stem
    module = f"checks.{name.split('-', 1)[-1].replace('-', '_')}"
    try:
        exercise = importlib.import_module(module).EXERCISE
    except ModuleNotFoundError:
        return [f"there is no module {module} with the exercise's checks"]
    points = {
        c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    }
    wanted = {f"{n}-visible": p for n, p in exercise.visible.items()}
    wanted |= {f"{n}-hidden": p for n, p in exercise.hidden.items()}
    said = [
        f"cell {i!r} has {points.get(i, 'no')} points, but {module} says {p}"
        for i, p in wanted.items()
        if points.get(i) != p
    ]
    written = sum(p for i, p in points.items() if i not in wanted)
    if written != exercise.written:
        said.append(f"written answers have {written} points, but {module} says {exercise.written}")
    answers = {
        c.metadata.nbgrader.grade_id
        for c in notebook.cells
        if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")
    }
    if answers != set(exercise.visible):
        said.append(f"answer cells {sorted(answers)} are not those of {module}")
    return said


@click.group(help=__doc__)
def main() -> None:
    """Command line of the module."""


@main.command("release")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "release")
@click.argument("names", nargs=-1)
def release_command(into: Path, names: tuple[str, ...]) -> None:
    """Generate the learners' versions."""
    for exercise in names or exercises():
        shutil.rmtree(into / exercise, ignore_errors=True)
        click.echo(release(exercise, into.resolve()))


@main.command("solutions")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "solutions")
@click.argument("names", nargs=-1)
def solutions_command(into: Path, names: tuple[str, ...]) -> None:
    """Solve and execute the exercises."""
    for exercise in names or exercises():
        click.echo(solution(exercise, into.resolve()))


@main.command("check")
@click.argument("names", nargs=-1)
def check_command(names: tuple[str, ...]) -> None:
    """Say what is wrong with the source notebooks; exit status 1 where anything is."""
    found = [(e, f) for e in names or exercises() for f in faults(source_of(e))]
    for exercise, fault in found:
        click.echo(f"{exercise}: {fault}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
