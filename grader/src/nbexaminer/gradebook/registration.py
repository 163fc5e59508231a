"""An exercise in the gradebook as it stands in source/, also where work on it is graded already.

nbgrader itself writes it (`GenerateAssignment`). Where submissions are in the gradebook it takes
changed points, but refuses cells that have come or gone: `make_room` lets those in and out first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import api, utils
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import DBAPIError

from nbexaminer.course_folder import CourseFolder
from nbexaminer.database import TABLES, reached
from nbexaminer.errors import GradebookError
from nbexaminer.gradebook import journal
from nbexaminer.gradebook.dropping import SET_ASIDE

NAMED = 10
"""So many learners or cells are named in a message."""

Cells = dict[type[Any], dict[str, dict[str, Any]]]
"""A notebook's cells by nbgrader's tables and their names, with what a new row needs."""
GRADES_DEPEND_ON = (api.GradeCell, api.SolutionCell, api.TaskCell)
"""The fourth, SourceCell, holds texts."""


def register(course: CourseFolder, exercise: str) -> str:
    """Have the gradebook hold an exercise as source/ does.

    Gives a sentence on what was done, or nothing where it did. Points that a person gave stay.
    Raises GradebookError where that can't be, and GradebookUnavailable.
    """
    sources = {path.stem: nbformat.read(path, as_version=4) for path in course.sources(exercise)}
    with reached(course.db_url):
        with course.gradebook() as gradebook:
            said = _difference(gradebook, exercise, sources)
            if said:
                make_room(gradebook, exercise, sources)
        if said:
            _generate(course)
    return said


def _generate(course: CourseFolder) -> None:
    """Let nbgrader write the gradebook, and what learners get into a folder that goes at once."""
    directory = course.directory
    release = directory.release_directory
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        directory.release_directory = folder
        try:
            GenerateAssignment(coursedir=directory, parent=course.app).start()
        except NbGraderException as error:
            if isinstance(error.__context__, DBAPIError):
                raise error.__context__ from None
            raise GradebookError(f"nbgrader doesn't put it into the gradebook: {error}") from None
        finally:
            directory.release_directory = release


def _difference(
    gradebook: api.Gradebook, exercise: str, sources: Mapping[str, NotebookNode]
) -> str:
    """What changes for grades when the gradebook follows the source, or nothing."""
    try:
        known = {n.name: n for n in gradebook.find_assignment(exercise).notebooks}
    except api.MissingEntry:
        known = {}
    wanted = {name: _cells(source) for name, source in sources.items()}
    if not known:
        graded = [worth for cells in wanted.values() for worth in _points(cells).values() if worth]
        return f"{exercise} is now in the gradebook: {sum(graded):g} points in {len(graded)} cells."
    if known.keys() != wanted.keys():
        return f"The gradebook follows source/: its notebooks are now {_shown(wanted)}."
    changes: list[str] = []
    for name, after in wanted.items():
        before = _known_cells(known[name])
        if any(_worth(before[table]) != _worth(after[table]) for table in GRADES_DEPEND_ON):
            changes += _changes(before, after)
    return f"The gradebook follows source/: {' '.join(changes)}" if changes else ""


def _worth(cells: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    return {name: values.get("max_score", 0.0) for name, values in cells.items()}


def _points(cells: Cells) -> dict[str, float]:
    """Of each cell that is answered or graded, 0 for an answer whose tests have the points."""
    points: dict[str, float] = {}
    for table in GRADES_DEPEND_ON:
        for name, worth in _worth(cells[table]).items():
            points[name] = max(points.get(name, 0.0), worth)
    return points


def _changes(cells_before: Cells, cells_after: Cells) -> list[str]:
    """Sentences on a notebook whose graded or answered cells are others than before."""
    before, after = _points(cells_before), _points(cells_after)
    said = [
        f"{name} has {points:g} points instead of {before[name]:g}"
        for name, points in after.items()
        if before.get(name, points) != points
    ]
    for word, names in (("new", after.keys() - before), ("gone", before.keys() - after)):
        if names:
            said.append(f"{word}: {_shown(names)}")
    sentences = [f"{'; '.join(said) or 'some cells are graded in another way'}."]
    lost = cells_before[api.SolutionCell].keys() - cells_after[api.SolutionCell]
    if lost:
        sentences.append(f"Answers handed in as {_shown(lost)} are not read any more.")
    return sentences


def make_room(gradebook: api.Gradebook, exercise: str, sources: Mapping[str, NotebookNode]) -> None:
    """Where work is graded already, add the cells that are new, and remove those that are gone.

    Raises GradebookError, with nothing changed, where points or comments that a person gave would
    go with them, or where a whole notebook has come or gone.
    """
    try:
        assignment = gradebook.find_assignment(exercise)
    except api.MissingEntry:
        return
    if not assignment.submissions:
        return
    known = {notebook.name: notebook for notebook in assignment.notebooks}
    if known.keys() != sources.keys():
        raise GradebookError(
            f"work on {exercise} is graded already, so its notebooks must stay: the gradebook has "
            f"{_shown(known)}, source/{exercise} has {_shown(sources)}"
        )
    changed = {
        known[name]: (_known_cells(known[name]), _cells(source)) for name, source in sources.items()
    }
    gone = [
        cell
        for notebook, (before, after) in changed.items()
        for cell in (*notebook._base_cells, *notebook.source_cells)
        if cell.name in before[type(cell)].keys() - after[type(cell)]
    ]
    _refuse_to_lose(gradebook, gone)
    new = any(
        after[table].keys() - before[table] for before, after in changed.values() for table in after
    )
    if gone or new:  # what was graded with other cells is graded again, whatever becomes of source/
        rows = [submission.id for submission in assignment.submissions]
        forget = delete(journal.JOURNAL).where(journal.JOURNAL.c.submission_id.in_(rows))
        TABLES.create_all(gradebook.engine)
        gradebook.db.connection().execute(forget)
    for cell in gone:
        for table in (api.Grade, api.Comment):
            gradebook.db.query(table).filter(table.cell_id == cell.id).delete()
        gradebook.db.delete(cell)
    for notebook, (before, after) in changed.items():
        for table, cells in after.items():
            for name in cells.keys() - before[table]:
                _add(gradebook, notebook, table(name=name, notebook=notebook, **cells[name]))
    gradebook.db.commit()


def _refuse_to_lose(gradebook: api.Gradebook, gone: list[Any]) -> None:
    """Raise GradebookError where a person has given points or a comment for one of the cells.

    Points that wait for a dropped question to count again are such points.
    """
    TABLES.create_all(gradebook.engine)
    set_aside = api.Grade.id.in_(select(SET_ASIDE.c.grade_id))
    points = or_(api.Grade.manual_score.is_not(None), api.Grade.extra_credit > 0, set_aside)
    given: dict[str, set[str]] = {}
    for cell in gone:
        for table, by_hand in (
            (api.Grade, points),
            (api.Comment, api.Comment.manual_comment.is_not(None)),
        ):
            rows = gradebook.db.query(table).filter(table.cell_id == cell.id, by_hand)
            for row in rows:
                given.setdefault(cell.name, set()).add(row.notebook.assignment.student_id)
    if given:
        said = "; ".join(f"{cell} (of {_shown(names)})" for cell, names in sorted(given.items()))
        raise GradebookError(
            "source/ no longer has cells that you have graded or commented on by hand, and that "
            f"would be lost: {said}. Give each cell its name back, "
            "then run the same command again"
        )


def _add(gradebook: api.Gradebook, notebook: api.Notebook, cell: Any) -> None:
    """Add a cell, and for each submission what nbgrader's `add_submission` makes for a cell."""
    gradebook.db.add(cell)
    gradebook.db.flush()  # gives it its id
    for submitted in notebook.submissions:
        if isinstance(cell, api.GradeCell | api.TaskCell):
            gradebook.db.add(api.Grade(cell_id=cell.id, notebook=submitted))
        if isinstance(cell, api.SolutionCell | api.TaskCell):
            gradebook.db.add(api.Comment(cell_id=cell.id, notebook=submitted))


def _cells(source: NotebookNode) -> Cells:
    """Those of a source notebook, as nbgrader's SaveCells saves them."""
    found: Cells = {t: {} for t in (api.GradeCell, api.SolutionCell, api.TaskCell, api.SourceCell)}
    for cell in source.cells:
        graded, answer, task = utils.is_grade(cell), utils.is_solution(cell), utils.is_task(cell)
        if not (graded or answer or task or utils.is_locked(cell)):
            continue
        about, kind = cell.metadata.nbgrader, {"cell_type": cell.cell_type}
        worth = kind | {"max_score": float(about.get("points", 0.0))}
        found[api.SourceCell][about.grade_id] = kind
        if graded:
            found[api.GradeCell][about.grade_id] = worth
        if answer:
            found[api.SolutionCell][about.grade_id] = {}
        if task:
            found[api.TaskCell][about.grade_id] = worth
    return found


def _known_cells(notebook: api.Notebook) -> Cells:
    """Those that the gradebook has."""
    return {
        api.GradeCell: {c.name: {"max_score": c.max_score} for c in notebook.grade_cells},
        api.SolutionCell: {c.name: {} for c in notebook.solution_cells},
        api.TaskCell: {c.name: {"max_score": c.max_score} for c in notebook.task_cells},
        api.SourceCell: {c.name: {} for c in notebook.source_cells},
    }


def _shown(names: Any) -> str:
    names = sorted(names)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
