"""An exercise in the gradebook as it stands in source/, also where work on it is graded already.

nbgrader itself writes it (`GenerateAssignment`). Where submissions are in the gradebook it takes
changed points, but refuses cells that have come or gone: `make_room` lets those in and out first.
"""

import tempfile
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import api, utils
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import DBAPIError

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.database import TABLES, reached
from nbexaminer.classroom.gradebook.dropping import SET_ASIDE
from nbexaminer.classroom.gradebook.writer import JOURNAL
from nbexaminer.classroom.intake.names import listed
from nbexaminer.errors import GradebookError

NAMED = 10
"""So many learners or cells are named in a message."""

Cells = dict[tuple[type[Any], str], Any]
"""A notebook's cells as rows of nbgrader's tables, by table and name."""


def register(course: CourseFolder, exercise: str) -> str:
    """Have the gradebook hold an exercise as source/ does.

    Gives a sentence on what was done, or nothing where it did. Points that a person gave stay.
    Raises GradebookError where that can't be, and GradebookUnavailable.
    """
    sources = {path.stem: nbformat.read(path, as_version=4) for path in course.sources(exercise)}
    with reached(course.db_url):
        with course.gradebook() as gradebook:
            _refuse_a_part(course, gradebook, exercise, sources)
            text = _difference(gradebook, exercise, sources)
            if text:
                make_room(gradebook, exercise, sources)
        if text:
            _generate(course)
    return text


def _refuse_a_part(
    course: CourseFolder, gradebook: api.Gradebook, exercise: str, sources: Collection[str]
) -> None:
    """Raise GradebookError where only some of an exercise's notebooks are asked for."""
    pattern, assignment = course.directory.notebook_id, _assignment(gradebook, exercise)
    known = {notebook.name for notebook in assignment.notebooks} if assignment else set()
    folder = course.path(course.directory.source_directory, ".", exercise)
    there = known or {path.stem for path in folder.glob("*.ipynb")}
    if pattern != "*" and there - set(sources):
        raise GradebookError(
            f"--notebook (c.CourseDirectory.notebook_id) is {pattern!r}, and {exercise} has "
            f"{_shown(there)}: an exercise's notebooks are graded together, so leave that out"
        )


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


def _assignment(gradebook: api.Gradebook, exercise: str) -> Any:
    return gradebook.db.query(api.Assignment).filter_by(name=exercise).one_or_none()


def _difference(
    gradebook: api.Gradebook, exercise: str, sources: Mapping[str, NotebookNode]
) -> str:
    """What changes for grades when the gradebook follows the source, or nothing."""
    assignment = _assignment(gradebook, exercise)
    known = {n.name: _known_cells(n) for n in assignment.notebooks} if assignment else {}
    wanted = {name: _cells(source) for name, source in sources.items()}
    if not known:
        graded = [worth for cells in wanted.values() for worth in _points(cells).values() if worth]
        return f"{exercise} is now in the gradebook: {sum(graded):g} points in {len(graded)} cells."
    if known.keys() != wanted.keys():
        return f"The gradebook follows source/: its notebooks are now {_shown(wanted)}."
    changed = [n for n, cells in wanted.items() if _worth(known[n]) != _worth(cells)]
    lines = [sentence for n in changed for sentence in _changes(known[n], wanted[n])]
    return f"The gradebook follows source/: {' '.join(lines)}" if lines else ""


def _worth(cells: Cells) -> dict[tuple[type[Any], str], float]:
    """What grades depend on; SourceCell holds texts."""
    graded = {key: cell for key, cell in cells.items() if key[0] is not api.SourceCell}
    return {key: getattr(cell, "max_score", 0.0) for key, cell in graded.items()}


def _points(cells: Cells) -> dict[str, float]:
    """Of each cell that is answered or graded, 0 for an answer whose tests have the points."""
    points: dict[str, float] = {}
    for (_, name), worth in _worth(cells).items():
        points[name] = max(points.get(name, 0.0), worth)
    return points


def _changes(cells_before: Cells, cells_after: Cells) -> list[str]:
    """Sentences on a notebook whose graded or answered cells are others than before."""
    before, after = _points(cells_before), _points(cells_after)
    lines = [
        f"{name} has {points:g} points instead of {before[name]:g}"
        for name, points in after.items()
        if before.get(name, points) != points
    ]
    for word, names in (("new", after.keys() - before), ("gone", before.keys() - after)):
        if names:
            lines.append(f"{word}: {_shown(names)}")
    sentences = [f"{'; '.join(lines) or 'some cells are graded in another way'}."]
    gone = cells_before.keys() - cells_after
    if lost := {name for table, name in gone if table is api.SolutionCell}:
        sentences.append(f"Answers handed in as {_shown(lost)} are not read any more.")
    return sentences


def make_room(gradebook: api.Gradebook, exercise: str, sources: Mapping[str, NotebookNode]) -> None:
    """Where work is graded already, add the cells that are new, and remove those that are gone.

    Raises GradebookError, with nothing changed, where points or comments that a person gave would
    go with them, or where a whole notebook has come or gone.
    """
    assignment = _assignment(gradebook, exercise)
    if assignment is None or not assignment.submissions:
        return
    known = {notebook.name: notebook for notebook in assignment.notebooks}
    if known.keys() != sources.keys():
        raise GradebookError(
            f"work on {exercise} is graded already, so its notebooks must stay: the gradebook has "
            f"{_shown(known)}, source/{exercise} has {_shown(sources)}"
        )
    gone: list[Any] = []
    new: list[tuple[api.Notebook, Any]] = []
    for name, source in sources.items():
        before, after = _known_cells(known[name]), _cells(source)
        gone += [cell for key, cell in before.items() if key not in after]
        new += [(known[name], cell) for key, cell in after.items() if key not in before]
    _refuse_to_lose(gradebook, gone)
    if gone or new:  # what was graded with other cells is graded again, whatever becomes of source/
        rows = [submission.id for submission in assignment.submissions]
        gradebook.db.execute(delete(JOURNAL).where(JOURNAL.c.submission_id.in_(rows)))
    for cell in gone:
        for table in (api.Grade, api.Comment):
            gradebook.db.query(table).filter_by(cell_id=cell.id).delete()
        gradebook.db.delete(cell)
    for notebook, cell in new:
        cell.notebook = notebook
        gradebook.db.add(cell)
        gradebook.db.flush()  # gives it its id
        for submitted in notebook.submissions:  # as nbgrader's `add_submission` does
            if isinstance(cell, api.GradeCell | api.TaskCell):
                gradebook.db.add(api.Grade(cell_id=cell.id, notebook=submitted))
            if isinstance(cell, api.SolutionCell | api.TaskCell):
                gradebook.db.add(api.Comment(cell_id=cell.id, notebook=submitted))
    gradebook.db.commit()


def _refuse_to_lose(gradebook: api.Gradebook, gone: list[Any]) -> None:
    """Raise GradebookError where a person has given points or a comment for one of the cells.

    Points that wait for a dropped question to count again are such points.
    """
    TABLES.create_all(gradebook.engine)
    set_aside = api.Grade.id.in_(select(SET_ASIDE.c.grade_id))
    by_hand = {
        api.Grade: or_(api.Grade.manual_score.is_not(None), api.Grade.extra_credit > 0, set_aside),
        api.Comment: api.Comment.manual_comment.is_not(None),
    }
    lost: dict[str, set[str]] = defaultdict(set)
    for cell in gone:
        for table, given in by_hand.items():
            for row in gradebook.db.query(table).filter(table.cell_id == cell.id, given):
                lost[cell.name].add(row.notebook.assignment.student_id)
    if lost:
        text = "; ".join(f"{cell} (of {_shown(names)})" for cell, names in sorted(lost.items()))
        raise GradebookError(
            "source/ no longer has cells that you have graded or commented on by hand, and that "
            f"would be lost: {text}. Give each cell its name back, "
            "then run the same command again"
        )


def _cells(source: NotebookNode) -> Cells:
    """Those of a source notebook, as nbgrader's SaveCells saves them."""
    found: Cells = {}
    for cell in source.cells:
        graded, answer, task = utils.is_grade(cell), utils.is_solution(cell), utils.is_task(cell)
        if not (graded or answer or task or utils.is_locked(cell)):
            continue
        about = cell.metadata.nbgrader
        kind = {"name": about.grade_id, "cell_type": cell.cell_type}
        worth = kind | {"max_score": float(about.get("points", 0.0))}
        found[api.SourceCell, about.grade_id] = api.SourceCell(**kind)
        if graded:
            found[api.GradeCell, about.grade_id] = api.GradeCell(**worth)
        if answer:
            found[api.SolutionCell, about.grade_id] = api.SolutionCell(name=about.grade_id)
        if task:
            found[api.TaskCell, about.grade_id] = api.TaskCell(**worth)
    return found


def _known_cells(notebook: api.Notebook) -> Cells:
    """Those that the gradebook has."""
    return {(type(c), c.name): c for c in (*notebook._base_cells, *notebook.source_cells)}


def _shown(names: Collection[str]) -> str:
    return listed(sorted(names), NAMED)
