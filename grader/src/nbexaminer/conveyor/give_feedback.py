"""Feedback on one attempt: nbgrader's own pages, and where the learner gets them from.

Workers make pages: an exporter that is kept takes a fifth of the time of one that is made anew.
"""

from __future__ import annotations

import functools
import glob
import html
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.writers import FilesWriter
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import notebook_hash

from nbexaminer.course_folder import CourseFolder

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


def make_pages(exercise: str, student: str, db: str, apart: Path | None = None) -> list[Path]:
    """Make a learner's pages from what is in the gradebook and the autograded folder.

    Gives their files, none where nbgrader is set to leave one out.
    db: URL of the gradebook.
    apart: another folder with another gradebook than the course's, or None.
    """
    pages = _pages(os.getcwd())
    course = pages.coursedir
    root = course.root
    try:
        course.db_url, course.root = db, str(apart or root)
        course.assignment_id, course.student_id = exercise, student
        return _converted(pages, exercise, student)
    finally:
        course.root = root


def _converted(pages: GenerateFeedback, exercise: str, student: str) -> list[Path]:
    """What `convert_notebooks` does, but an error comes out as it is."""
    folder = glob.escape(pages._format_source(exercise, student))
    pages.notebooks = sorted(glob.glob(f"{folder}/{pages.coursedir.notebook_id}.ipynb"))
    if not pages.init_destination(exercise, student):
        return []
    pages.run_pre_convert_hook()
    pages.init_assignment(exercise, student)
    for notebook in pages.notebooks:
        pages.convert_single_notebook(notebook)
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
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    shutil.copy(page, part)
    part.replace(place)
    return place
