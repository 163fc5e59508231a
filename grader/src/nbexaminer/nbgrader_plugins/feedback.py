"""What `nbgrader generate_feedback` makes of a graded notebook: a page of its own.

Hidden tests and mark schemes are left out. Comments can be used again, from `comments.toml` in the
course folder: a grader writes `#scale` into the box below an answer; the gradebook keeps that, and
the page shows the text of the name. At the top of the file stand general texts, in a table of an
exercise's name those of this exercise, which go first:

    units = "State the units, please."
    [1-attention]
    scale = "The scores have to be divided by $\\sqrt{d}$."
"""

import re
import tomllib
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import FilenameExtension
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    GetGrades,
    NbGraderPreprocessor,
)
from nbgrader.utils import is_locked
from traitlets import Bool

from nbexaminer.classroom.database import TABLES
from nbexaminer.classroom.gradebook.shown import Shown, read_shown
from nbexaminer.classroom.gradebook.writer import bring_up_to_date
from nbexaminer.classroom.pages.feedback.page import HIDDEN, rendered
from nbexaminer.classroom.pages.in_time import in_time, plain
from nbexaminer.errors import Refusal
from nbexaminer.judging.notebook.cell import Cell, Role, cells_of, unreadable
from nbexaminer.settings import Settings

_Converted = tuple[NotebookNode, Any]
"""A notebook or cell, and what nbconvert hands on with it."""
COMMENTS = "comments.toml"
_NAME = re.compile(r"(?<![\w#&/])#([^\W\d]\w*(?:-\w+)*)")


class Grades(GetGrades):
    """nbgrader's own, but reads what it needs at once; first of `c.GenerateFeedback.preprocessors`.

    It also finds who handed in, when, until when that was possible, and what is still to be graded.
    """

    _open: tuple[str, Gradebook] | None = None
    _close: Callable[[], Any] | None = None

    def preprocess(self, nb: NotebookNode, resources: Any) -> _Converted:
        about = resources["nbgrader"]
        # `serve` knows what the gradebook would hold of an attempt that doesn't count.
        shown = about.pop("shown", None) or self._read(about)
        self._grades, self._comments = shown.grades, shown.comments
        about |= vars(shown)
        return super(GetGrades, self).preprocess(nb, resources)

    def _read(self, about: dict[str, Any]) -> Shown:
        session = self._gradebook(about["db_url"]).db()
        try:
            return read_shown(session, about["assignment"], about["notebook"], about["student"])
        finally:
            session.rollback()  # what changes meanwhile is read anew, and nobody is locked out

    def _gradebook(self, url: str) -> Gradebook:
        """The gradebook, open for all pages of one command: to open it takes longer than a page."""
        if self._open is None or self._open[0] != url:
            if self._close is not None:
                self._close()
            self._open = url, Gradebook(url)
            TABLES.create_all(self._open[1].engine)
            self._close = weakref.finalize(self, self._open[1].close)
        return self._open[1]

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        about = Cell(cell).nbgrader
        about["comment"] = self._comments.get(about["grade_id"])

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        about = Cell(cell).nbgrader
        # The exercise may have lost a cell since the notebook was graded.
        score, most, waits = self._grades.get(about["grade_id"], (0.0, 0.0, False))
        about |= {"score": score, "points": most, "waiting": waits}


def read_comments(path: Path, exercise: str) -> dict[str, str]:
    """The texts for an exercise by their names; none where there is no file.

    Raises Refusal.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise Refusal(f"{path.name}: {error}") from None
    own = content.pop(exercise, {})
    if not isinstance(own, dict):
        raise Refusal(f"{path.name}: {exercise} is an exercise: write [{exercise}] above it")
    general = {name: text for name, text in content.items() if not isinstance(text, dict)}
    texts = general | own
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Refusal(f'{path.name}: {name} is {text!r}: write a text, {name} = "..."')
    return texts


def whole(comment: str, texts: Mapping[str, str]) -> tuple[str, list[str]]:
    """A comment with the texts instead of their names, and the names that there are not."""
    unknown = [f"#{name}" for name in _NAME.findall(comment) if name not in texts]
    return _NAME.sub(lambda found: texts.get(found[1], found[0]).strip(), comment), unknown


class WholeComments(NbGraderPreprocessor):
    """Show whole texts in the feedback, and what was decided about a dropped question.

    One of `c.GenerateFeedback.preprocessors`, after GetGrades.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> _Converted:
        about, exporter = resources["nbgrader"], cast(Any, self.parent)
        path = Path(exporter.parent.coursedir.root) / COMMENTS
        try:
            texts = read_comments(path, about["assignment"])
        except Refusal as error:
            raise NbGraderException(str(error)) from None
        there_are = ", ".join(f"#{name}" for name in sorted(texts)) or "none yet"
        for cell in cells_of(nb):
            if not (cell.role is Role.ANSWER or cell.is_task):
                continue
            comment, unknown = whole(cell.nbgrader.get("comment") or "", texts)
            for name in unknown:
                self.log.warning(
                    "%s: the comment on %s has %s, which stays as it is: %s has %s",
                    about["student"], cell.name, name, COMMENTS, there_are,
                )  # fmt: skip
            decided = "" if unreadable(nb) else cell.decided
            cell.nbgrader["comment"] = "\n\n".join(part for part in (decided, comment) if part)
        return nb, resources


class HideTests(ClearHiddenTests):
    """Leave hidden tests out of the feedback; one of `c.GenerateFeedback.preprocessors`."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> _Converted:
        if Cell(cell).is_graded and Cell(cell).role is not Role.ANSWER:
            before = cell.source
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            if cell.source != before:
                cell.source = f"{cell.source.strip()}\n{HIDDEN}".strip()
        return cell, resources


class HideMarkScheme(ClearMarkScheme):
    """Leave mark schemes out of the feedback; one of `c.GenerateFeedback.preprocessors`."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> _Converted:
        # What a learner wrote is no mark scheme, whatever words are in it.
        if is_locked(cell) or Cell(cell).is_task:
            return super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


class FeedbackPage(Exporter):
    """Writes one page, with all that it needs in it; `c.GenerateFeedback.exporter_class`."""

    output_mimetype = "text/html"
    file_extension = FilenameExtension(".html")
    optimistic_validation = Bool(True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        converter = cast(Any, self.parent)  # nbgrader's, which makes one exporter a command
        course = getattr(converter, "coursedir", None)
        if course is not None and course.assignment_id:
            with Gradebook(course.db_url, course.course_id) as gradebook:
                bring_up_to_date(gradebook, [course.assignment_id], converter)

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page, and nbconvert's resources."""
        convert = super().from_notebook_node

        def page(of: Any) -> tuple[Any, dict[str, Any]]:
            made, about = convert(of, resources, **kw)
            return rendered(made, about["nbgrader"], Settings(parent=self)), about

        return in_time(lambda: page(nb), lambda: page(plain(nb)))
