"""The due date in the notebook that learners get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import read_source
from support.course import EXERCISE, Course, source
from support.profile import COURSE_ID

LINE = "**Due:** Friday 20 November 2026, 12:00 (Europe/Berlin)"


def test_learners_read_it_and_grading_does_not(tmp_path: Path) -> None:
    """Below the title, only where there is one, and never in what is made without a gradebook."""
    course = Course.make(tmp_path)
    folder = tmp_path / "source" / EXERCISE
    text = nbformat.reads(source().decode(), as_version=4)
    text.cells.insert(0, new_markdown_cell("# Small\n\nWrite f.", id="title"))
    (folder / f"{EXERCISE}.ipynb").write_text(nbformat.writes(text))
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        file.write("c.MarkingRules.timezone = 'Europe/Berlin'\n")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        gradebook.add_assignment(EXERCISE, duedate="2026-11-20 11:00", course_id=COURSE_ID)
    course.nbgrader("generate_assignment", EXERCISE, "--no-db")
    without = _released(tmp_path)
    assert LINE not in nbformat.writes(without)
    course.nbgrader("generate_assignment", EXERCISE, "--force")
    released = _released(tmp_path)
    assert released.cells[0].source == f"# Small\n\n{LINE}\n\nWrite f."
    assert released.cells[1:] == without.cells[1:], "nbgrader validate compares their checksums"
    instructors = read_source((folder / f"{EXERCISE}.ipynb").read_bytes())
    both = [
        graft(instructors, read_notebook(nbformat.writes(r).encode())).notebook
        for r in (released, without)
    ]
    assert both[0] == both[1], "it is graded like one without"


def _released(root: Path) -> Any:
    return nbformat.read(root / "release" / EXERCISE / f"{EXERCISE}.ipynb", as_version=4)
