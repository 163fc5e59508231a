"""Make solutions/ from source/."""

from __future__ import annotations

import copy
import posixpath
import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbconvert.preprocessors import ClearOutputPreprocessor, CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

from course.authoring.exercises import SOLUTION_MARKS, source_of


def solved(exercise: str) -> NotebookNode:
    """`exercise` with its solutions, without hidden tests, mark schemes and outputs."""
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
        if cell.cell_type == "markdown":
            cell.source = _links_from_solutions(cell.source, exercise)
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
    )
    return notebook


def solution(exercise: str, into: Path) -> Path:
    """Solve and execute `exercise` into the folder `into`.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell of the solution fails.
    """
    notebook = solved(exercise)
    into.mkdir(parents=True, exist_ok=True)
    shown: dict[int, Any] = {}

    def keep(cell: NotebookNode, cell_index: int, **_: Any) -> None:
        # As it was then: what a cell shows of the progress changes with later cells.
        shown[cell_index] = copy.deepcopy(cell.outputs)

    client = NotebookClient(
        notebook,
        timeout=1200,  # a cell of exercise 7 trains
        force_raise_errors=True,  # in test cells too, which are tagged raises-exception
        kernel_name="python3",
        record_timing=False,
        on_cell_executed=keep,
        resources={"metadata": {"path": str(source_of(exercise).parent)}},
    )
    client.execute()
    for index, outputs in shown.items():
        notebook.cells[index].outputs = outputs
    # What a cell prints comes in as many pieces as the kernel happens to send.
    notebook, _ = CoalesceStreamsPreprocessor().preprocess(notebook, {})
    notebook.metadata = solved(exercise).metadata  # without what the kernel said of itself
    made = into / f"{exercise}.ipynb"
    made.write_text(nbformat.writes(notebook), encoding="utf-8")
    return made


def _links_from_solutions(text: str, exercise: str) -> str:
    """A solution lies a folder higher than its exercise, and not beside it or the others."""

    def moved(link: re.Match[str]) -> str:
        target = posixpath.join("release", exercise, link[1])
        return f"]({posixpath.relpath(target, 'solutions')}"

    return re.sub(r"\]\((?![a-z]+:)([^)#\s]+)", moved, text)
