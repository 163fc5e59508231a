"""The course folder at hand, as nbgrader's own configuration describes it."""

from __future__ import annotations

import glob
import traceback
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp
from sqlalchemy.engine import make_url
from traitlets import TraitError

from nbexaminer.profile import CourseProfile
from nbexaminer.settings import MarkingRules


class CourseFolder:
    """What commands know of the folder that they run in.

    db: URL of the gradebook, instead of the configured one.
    app: nbgrader's, initialised with the configuration: the parent of its converters.
    directory: nbgrader's CourseDirectory; db_url: for SQLAlchemy.
    Raises TraitError where the configuration can't be read, or has what can't be.
    """

    def __init__(self, db: str | None = None) -> None:
        # Without its configuration nbgrader would go on with its own, which has no sandbox.
        self.app = AutogradeApp(log_level="WARN", raise_config_file_errors=True)
        try:
            self.app.initialize([])
        except Exception as error:
            raise TraitError(_unreadable(error)) from None
        self.directory = self.app.coursedir
        url = make_url(db or self.directory.db_url)
        if url.drivername == "postgresql":  # which driver that is depends on SQLAlchemy's version
            url = url.set(drivername="postgresql+psycopg2")
        self.db_url = self.directory.db_url = url.render_as_string(hide_password=False)
        self.rules = MarkingRules(parent=self.app)
        self.profile = CourseProfile(parent=self.app).read(self.root)

    @property
    def root(self) -> Path:
        """The folder."""
        return Path(self.directory.root)

    def exercises(self) -> list[str]:
        """Names of the exercises in source/."""
        source = self.root / self.directory.source_directory
        return sorted({notebook.parent.name for notebook in source.glob("*/*.ipynb")})

    def no_such(self, exercise: str) -> str:
        """What to say of an exercise that source/ doesn't have: those that it has."""
        source = self.directory.source_directory
        if there := ", ".join(self.exercises()):
            return f"there is no exercise {exercise!r} in {source}/; there are: {there}"
        return (
            f"there is no exercise in {self.root / source}: run the command in the course folder, "
            "where nbgrader_config.py lies"
        )

    def sources(self, exercise: str) -> list[Path]:
        """The source notebooks of an exercise."""
        folder = glob.escape(str(self.path(self.directory.source_directory, ".", exercise)))
        return [Path(p) for p in sorted(glob.glob(f"{folder}/{self.directory.notebook_id}.ipynb"))]

    def path(self, step: str, student: str, exercise: str) -> Path:
        """Where nbgrader keeps something; `step` is e.g. `directory.submitted_directory`."""
        return Path(self.directory.format_path(step, student, exercise))

    def gradebook(self) -> Gradebook:
        """nbgrader's gradebook, to be closed."""
        return Gradebook(self.db_url, self.directory.course_id)


def _unreadable(error: Exception) -> str:
    """Which line of the configuration is at fault, and how."""
    where, line = "nbgrader_config.py", None
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).name == "nbgrader_config.py":
            where, line = frame.filename, frame.lineno
    said = str(error)
    if isinstance(error, SyntaxError):
        where, line, said = error.filename or where, error.lineno, error.msg
    at = f", line {line}" if line else ""
    return f"{where}{at}: {type(error).__name__}: {said}; put that right first"
