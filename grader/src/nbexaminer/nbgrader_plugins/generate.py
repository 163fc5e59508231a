"""What makes `nbgrader generate_assignment` safe where work is graded already.

nbgrader removes release/ before it finds out that it can't go on. Here it is asked first.
"""

from __future__ import annotations

from typing import Any, cast

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException

from nbexaminer.database import reached
from nbexaminer.errors import GradebookError, GradebookUnavailable
from nbexaminer.gradebook.registration import make_room


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
        try:
            sources = _sources(self.converter)
            # One notebook by its name says nothing of the others.
            if not self.converter.no_database and self.converter.coursedir.notebook_id == "*":
                self._make_room(sources)
        except (GradebookError, GradebookUnavailable) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        type(self.converter).convert_notebooks(self.converter)

    def _make_room(self, sources: dict[str, dict[str, NotebookNode]]) -> None:
        course = self.converter.coursedir
        with reached(course.db_url), Gradebook(course.db_url, course.course_id) as gradebook:
            for exercise, notebooks in sources.items():
                make_room(gradebook, exercise, notebooks)


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
