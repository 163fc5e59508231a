"""Drop a question of an exercise, and take that back: in source/, where all that grades reads it.

Points that people gave for the question are set aside in a table of ours, and are back when it is
no longer dropped.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy import Column, Connection, Float, String, Table, delete, select
from sqlalchemy.orm import Session

from nbexaminer.classroom.database import TABLES, put
from nbexaminer.errors import Refusal
from nbexaminer.judging.notebook.cell import Cell, Decision, cells_of
from nbexaminer.judging.notebook.written import change_cells

SET_ASIDE = Table(
    "grading_set_aside",
    TABLES,
    Column("grade_id", String(32), primary_key=True),
    Column("manual_score", Float, nullable=False),
)


@dataclass
class Droppable:
    """A cell with points in the source notebook at `path`."""

    path: Path
    cell: Cell

    def decide(self, decision: Decision | None) -> None:
        """Write a decision into the source notebook, or that there is none any more."""

        def change(content: dict[str, Any]) -> None:
            cell = Cell(content)
            if cell.is_graded and cell.name == self.cell.name:
                cell.decide(decision)

        self.cell.decide(decision)
        change_cells(self.path, change)


def droppable(paths: list[Path]) -> list[Droppable]:
    """The cells with points in source notebooks. Raises Refusal for what is no notebook."""
    found = []
    for path in paths:
        try:
            cells = cells_of(json.loads(path.read_text(encoding="utf-8")))
            found += [Droppable(path, cell) for cell in cells if cell.is_graded]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(f"{path} can't be read: {error!r}") from None
    return found


def withdraw_points(connection: Connection, exercise: str, question: Droppable) -> int:
    """Let what people gave for a question not count; for how many learners that was."""
    with Session(connection) as session:
        grades = _grades(session, exercise, question).filter(api.Grade.manual_score.is_not(None))
        given = grades.all()
        for grade in given:
            put(connection, SET_ASIDE, {"grade_id": grade.id, "manual_score": grade.manual_score})
            grade.manual_score, grade.needs_manual_grade = None, False
        session.flush()
    return len(given)


def restore_points(connection: Connection, exercise: str, question: Droppable) -> int:
    """Let it count again, unless somebody has given other points meanwhile; for how many."""
    count = 0
    with Session(connection) as session:
        aside = {row.grade_id: row.manual_score for row in connection.execute(select(SET_ASIDE))}
        for grade in _grades(session, exercise, question):
            if grade.id in aside and grade.manual_score is None:
                grade.manual_score, grade.needs_manual_grade = aside[grade.id], False
                count += 1
            connection.execute(delete(SET_ASIDE).where(SET_ASIDE.c.grade_id == grade.id))
        session.flush()
    return count


def _grades(session: Session, exercise: str, question: Droppable) -> Any:
    """The query for the grades of a question."""
    found = session.query(api.Grade).join(api.Grade.cell).filter_by(name=question.cell.name)
    found = found.join(api.BaseCell.notebook).filter_by(name=question.path.stem)
    return found.join(api.Notebook.assignment).filter_by(name=exercise)
