"""Drop a question of an exercise, and take that back: in source/, where all that grades reads it.

Points that people gave for the question are set aside in a table of ours, and are back when it is
no longer dropped.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy import Column, Connection, Float, String, Table, delete, insert, select, update

from nbexaminer.database import TABLES
from nbexaminer.errors import Refusal
from nbexaminer.notebook.cell import Cell, Decision

SET_ASIDE = Table(
    "grading_set_aside",
    TABLES,
    Column("grade_id", String(32), primary_key=True),
    Column("manual_score", Float, nullable=False),
)
_GRADE: Table = api.Grade.__table__


@dataclass
class Droppable:
    """A cell with points in a source notebook.

    path, content: of the notebook's file.
    """

    path: Path
    content: dict[str, Any]
    cell: Cell

    @property
    def notebook(self) -> str:
        """The notebook's name."""
        return self.path.stem

    def decide(self, decision: Decision | None) -> None:
        """Write a decision into the source notebook, or that there is none any more."""
        self.cell.decide(decision)
        text = json.dumps(self.content, indent=1, ensure_ascii=False)  # as nbformat writes it
        end = "\n" if self.path.read_bytes().endswith(b"\n") else ""
        part = self.path.with_name(f".{self.path.name}.part")
        part.write_text(text + end, encoding="utf-8")
        shutil.copymode(self.path, part)  # a second instructor's account may write it, too
        part.replace(self.path)


def droppable(paths: list[Path]) -> list[Droppable]:
    """The cells with points in source notebooks. Raises Refusal for what is no notebook."""
    found = []
    for path in paths:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            cells = [Cell(cell) for cell in content["cells"]]
            found += [Droppable(path, content, cell) for cell in cells if cell.is_graded]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(f"{path} can't be read: {error!r}") from None
    return found


def withdraw_points(connection: Connection, exercise: str, question: Droppable) -> int:
    """Let what people gave for a question not count; for how many learners that was."""
    given = [(row.id, row.manual_score) for row in _grades(connection, exercise, question)]
    given = [(grade, score) for grade, score in given if score is not None]
    for grade, score in given:
        connection.execute(delete(SET_ASIDE).where(SET_ASIDE.c.grade_id == grade))
        connection.execute(insert(SET_ASIDE).values(grade_id=grade, manual_score=score))
        _write(connection, grade, None)
    return len(given)


def restore_points(connection: Connection, exercise: str, question: Droppable) -> int:
    """Let it count again, unless somebody has given other points meanwhile; for how many."""
    aside = {row.grade_id: row.manual_score for row in connection.execute(select(SET_ASIDE))}
    count = 0
    for row in _grades(connection, exercise, question):
        if row.id not in aside:
            continue
        if row.manual_score is None:
            _write(connection, row.id, aside[row.id])
            count += 1
        connection.execute(delete(SET_ASIDE).where(SET_ASIDE.c.grade_id == row.id))
    return count


def _write(connection: Connection, grade: str, score: float | None) -> None:
    changed = update(_GRADE).where(_GRADE.c.id == grade)
    connection.execute(changed.values(manual_score=score, needs_manual_grade=False))


def _grades(connection: Connection, exercise: str, question: Droppable) -> list[Any]:
    """The rows of a question's grades: id and manual_score."""
    cell, notebook, assignment = (
        model.__table__ for model in (api.BaseCell, api.Notebook, api.Assignment)
    )
    found = (
        select(_GRADE.c.id, _GRADE.c.manual_score)
        .join(cell, cell.c.id == _GRADE.c.cell_id)
        .join(notebook, notebook.c.id == cell.c.notebook_id)
        .join(assignment, assignment.c.id == notebook.c.assignment_id)
        .where(assignment.c.name == exercise)
        .where(notebook.c.name == question.notebook)
        .where(cell.c.name == question.cell.name)
    )
    return list(connection.execute(found))
