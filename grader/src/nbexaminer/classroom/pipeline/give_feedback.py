"""Feedback on one attempt: nbgrader's own pages, and where the learner gets them from.

Workers make pages: an exporter that is kept takes a fifth of the time of one that is made anew.
"""

from __future__ import annotations

import functools
import glob
import html
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nbconvert.writers.files import FilesWriter
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import notebook_hash

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.gradebook.shown import Shown
from nbexaminer.errors import Refusal
from nbexaminer.files import replacing

GRADES = "nbexaminer.nbgrader_plugins.feedback.Grades"
REFUSED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto; line-height: 1.5">
<h1>{title}</h1>
<p><strong>This submission was not graded.</strong></p>
<p>{reason}</p>
<p>Handed in: {handed_in}</p>
</body></html>
"""


@functools.lru_cache(maxsize=1)
def _pages(_: str) -> GenerateFeedback:
    """Of the folder at hand, whose configuration nbgrader reads; with one exporter for all."""
    course = CourseFolder()
    course.app.log.setLevel("CRITICAL")  # each late learner and each replaced page are a warning
    pages = GenerateFeedback(coursedir=course.directory, parent=course.app)
    pages.force = True
    pages.writer = FilesWriter(parent=pages, config=pages.config)
    pages.exporter = pages.exporter_class(parent=pages, config=pages.config)
    for preprocessor in pages.preprocessors:
        pages.exporter.register_preprocessor(preprocessor)
    return pages


def warm_up() -> None:
    """Have this process import and configure what making a page takes; run in the course folder."""
    _pages(os.getcwd())


class Apart(NamedTuple):
    """Of an attempt that doesn't count: its graded notebooks, what their pages show of it, by
    notebook, and the folder in which the pages stay."""

    notebooks: dict[str, bytes]
    shown: dict[str, Shown]
    to: Path


def make_pages(exercise: str, student: str, db: str, apart: Apart | None = None) -> list[Path]:
    """Make a learner's pages, from what is in the gradebook and the autograded folder unless the
    attempt doesn't count.

    Gives their files, none where nbgrader is set to leave one out.
    db: URL of the gradebook.
    """
    pages = _pages(os.getcwd())
    course = pages.coursedir
    course.db_url, course.assignment_id, course.student_id = db, exercise, student
    if apart is None:
        return _converted(pages, exercise, student, {})
    root = course.root
    with tempfile.TemporaryDirectory(prefix="feedback-") as course.root:
        try:
            graded = Path(pages._format_source(exercise, student))
            graded.mkdir(parents=True)
            for name, data in apart.notebooks.items():
                (graded / f"{name}.ipynb").write_bytes(data)
            made = _converted(pages, exercise, student, apart.shown)
            return [put_page(page, apart.to / page.name) for page in made]
        finally:
            course.root = root


def _converted(
    pages: GenerateFeedback, exercise: str, student: str, shown: dict[str, Shown]
) -> list[Path]:
    """What `convert_notebooks` does, but an error comes out as it is."""
    folder = glob.escape(pages._format_source(exercise, student))
    pages.notebooks = sorted(glob.glob(f"{folder}/{pages.coursedir.notebook_id}.ipynb"))
    if not pages.init_destination(exercise, student):
        return []
    pages.run_pre_convert_hook()
    pages.init_assignment(exercise, student)
    for notebook in pages.notebooks:
        about = pages.init_single_notebook_resources(notebook)
        if shown:
            about["nbgrader"]["shown"] = shown[Path(notebook).stem]
        page, about = pages.exporter.from_filename(notebook, resources=about)
        if "shown" in about["nbgrader"]:  # the page shows the points of the attempt that counts
            raise Refusal(f"no page without {GRADES} in c.GenerateFeedback.preprocessors")
        pages.write_single_notebook(page, about)
    pages.set_permissions(exercise, student)
    pages.run_post_convert_hook()
    made = Path(pages._format_dest(exercise, student))
    return [made / f"{Path(notebook).stem}.html" for notebook in pages.notebooks]


def write_refusal(folder: Path, names: Iterable[str], reason: str, handed_in: str) -> list[Path]:
    """For each notebook that is asked for, a page that says why the attempt was not graded."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [folder / f"{name}.html" for name in names]
    for page in pages:
        about = {"title": page.stem, "reason": reason, "handed_in": handed_in}
        page.write_text(REFUSED.format(**{k: html.escape(v) for k, v in about.items()}))
        page.chmod(0o644)  # the learner fetches it, whatever this account's umask is
    return pages


@dataclass(frozen=True)
class Exchange:
    """nbgrader's exchange, as it is configured.

    inbound: its drop box; check_owner: whether submissions have to be of their learner's account.
    feedback: where learners fetch feedback from.
    """

    inbound: Path
    check_owner: bool
    feedback: Path

    @classmethod
    def of(cls, course: CourseFolder) -> Exchange | None:
        """The course's, or None where it has none in a folder; what is missing there is made."""
        factory = ExchangeFactory(config=course.app.config)
        about: dict[str, Any] = {"coursedir": course.directory, "parent": course.app}
        collect, release = factory.Collect(**about), factory.ReleaseFeedback(**about)
        course_id = course.directory.course_id
        inbound = Path(getattr(collect, "root", "")) / course_id / "inbound"
        if not course_id or not inbound.is_dir() or not hasattr(release, "init_dest"):
            return None
        release.init_dest()
        return cls(inbound, bool(getattr(collect, "check_owner", True)), Path(release.dest_path))

    def release(self, pages: Iterable[Path], secret: str) -> None:
        """Put pages where the learner who handed in with this secret fetches them."""
        for page in pages:
            name = notebook_hash(secret=secret, notebook_id=page.stem)
            put_page(page, self.feedback / f"{name}.html")


def put_page(page: Path, place: Path) -> Path:
    """Copy a page to a place, where it then is as a whole or not at all; gives the place."""
    with replacing(place) as part:
        shutil.copy(page, part)
    return place
