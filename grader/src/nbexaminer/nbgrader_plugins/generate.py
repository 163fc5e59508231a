"""`nbgrader generate_assignment`, safe where work is graded already, and with the due date.

nbgrader removes release/ before it finds out that it can't go on. Here it is asked first.
"""

from typing import Any, cast

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Assignment, Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import select

from nbexaminer.classroom.database import reached
from nbexaminer.classroom.gradebook.registration import make_room
from nbexaminer.errors import GradebookError, GradebookUnavailable
from nbexaminer.judging.notebook.source import DUE
from nbexaminer.settings import Settings


class SourceReader(NotebookExporter):
    """Reads source notebooks as nbgrader does; `c.GenerateAssignment.exporter_class`.

    Cells that have come or gone are let into the gradebook and out of it first.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.converter = cast(Any, self.parent)  # the GenerateAssignment that uses it
        # What nbgrader calls next, and when it has returned nothing more is written.
        self.converter.convert_notebooks = self._convert

    def _convert(self) -> None:
        course = self.converter.coursedir
        try:
            sources = _sources(self.converter)
            # One notebook by its name says nothing of the others.
            if not self.converter.no_database and course.notebook_id == "*":
                with reached(course.db_url), Gradebook(course.db_url, course.course_id) as rows:
                    for exercise, notebooks in sources.items():
                        make_room(rows, exercise, notebooks)
        except (GradebookError, GradebookUnavailable) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        type(self.converter).convert_notebooks(self.converter)


def _sources(converter: Any) -> dict[str, dict[str, NotebookNode]]:
    """What is about to be converted: the source notebooks by exercise and name.

    Raises GradebookError for one that can't be read.
    """
    found: dict[str, dict[str, NotebookNode]] = {}
    for paths in converter.assignments.values():
        for path in paths:
            about = converter.init_single_notebook_resources(path)["nbgrader"]
            try:
                source = nbformat.read(path, as_version=4)
            except Exception as error:  # nbformat has many
                raise GradebookError(f"{path} can't be read: {error}") from None
            found.setdefault(about["assignment"], {})[about["notebook"]] = source
    return found


class ShowDueDate(NbGraderPreprocessor):
    """Write when the exercise is due below its title, where the gradebook has a due date.

    It goes into the first text that grading doesn't manage, which is taken from the source again
    when a submission is graded. With `--no-db`, where the course makes release/ by itself, nothing
    is written. One of `c.GenerateAssignment.preprocessors`: after SaveCells, before the last
    ComputeChecksums.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        if cast(Any, self.parent).parent.no_database:
            return nb, resources
        with Gradebook(about["db_url"]) as gradebook:
            found = select(Assignment.duedate).where(Assignment.name == about["assignment"])
            due = gradebook.db.scalar(found)
        if due is None:
            return nb, resources
        line = f"{DUE} {Settings(parent=self).shown(due)}"
        plain = [c for c in nb.cells if c.cell_type == "markdown" and "nbgrader" not in c.metadata]
        if not plain:
            cell = new_markdown_cell(line, id="due-date")
            if (nb.nbformat, nb.nbformat_minor) < (4, 5):  # where cells have no ids yet
                del cell["id"]
            nb.cells.insert(0, cell)
            return nb, resources
        title, _, text = plain[0].source.partition("\n")
        parts = [title, line, text.strip("\n")]
        if not title.startswith("#"):
            parts = [line, plain[0].source]
        plain[0].source = "\n\n".join(filter(None, parts))
        return nb, resources
