"""The course folder at hand, as nbgrader's own configuration describes it."""

from __future__ import annotations

import contextlib
import glob
import os
import traceback
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from traitlets import TraitError
from traitlets.config import Config, LoggingConfigurable

from nbexaminer.cli import cli
from nbexaminer.configuration import CLASS_FILE, CLASS_LINES, FILE, TWO_LINES, is_passed_over
from nbexaminer.errors import Busy, Refusal
from nbexaminer.profile import CourseProfile
from nbexaminer.settings import Settings


class CourseFolder:
    """What commands know of the folder that they run in.

    db: URL of the gradebook, instead of the configured one.
    unsafe: run learners' code without a sandbox, whatever is configured.
    app: nbgrader's, initialised with the configuration: the parent of its converters.
    directory: nbgrader's CourseDirectory; db_url: for SQLAlchemy.
    Raises TraitError where the configuration can't be read, or has what can't be.
    """

    def __init__(self, db: str | None = None, unsafe: bool = False) -> None:
        # Without its configuration nbgrader would go on with its own, which has no sandbox.
        app = AutogradeApp(log_level="WARN", raise_config_file_errors=True)
        try:
            app.initialize([])
        except SystemExit as error:  # from `load_class_settings`
            raise TraitError(f"{error.code}; put that right first") from None
        except Exception as error:
            raise TraitError(_unreadable(error)) from None
        self._read(app, app.coursedir, db)
        self.settings.unsafe_no_sandbox = unsafe or self.settings.unsafe_no_sandbox

    @classmethod
    def of(cls, converter: BaseConverter) -> CourseFolder:
        """The one in which a converter of nbgrader's is at work."""
        course = cls.__new__(cls)
        course._read(converter, converter.coursedir, None)
        return course

    def _read(self, app: LoggingConfigurable, directory: CourseDirectory, db: str | None) -> None:
        self.app, self.directory = app, directory
        url = make_url(db or directory.db_url)
        if url.drivername == "postgresql":  # which driver that is depends on SQLAlchemy's version
            url = url.set(drivername="postgresql+psycopg2")
        self.db_url = directory.db_url = url.render_as_string(hide_password=False)
        _refuse_unknown(app.config)
        self.settings = Settings(parent=app)
        self.profile = CourseProfile(parent=app).read(self.root)

    @property
    def root(self) -> Path:
        """The folder."""
        return Path(self.directory.root)

    def passed_over(self) -> list[str]:
        """What its configuration leaves out, each in a sentence with the lines that mend it.

        A folder without one has nothing to leave out.
        """
        found = []
        chosen = Autograde(coursedir=self.directory, parent=self.app).exporter_class
        is_ours = any(kind.__module__.startswith("nbexaminer.") for kind in chosen.__mro__)
        if (self.root / FILE).is_file() and not is_ours:
            found.append(
                f"{FILE} doesn't load nbexaminer: `nbgrader autograde` and the formgrader would "
                "run learners' code under your account, without a sandbox. Put these two lines at "
                f"its top:\n{TWO_LINES}"
            )
        if is_passed_over(self.root):
            found.append(
                f"{CLASS_FILE} is there, but {FILE} doesn't read it, so its settings don't count. "
                f"Add at the end of {FILE}:\n{CLASS_LINES}"
            )
        return found

    def exercises(self) -> list[str]:
        """Names of the exercises in source/."""
        source = self.root / self.directory.source_directory
        return sorted({notebook.parent.name for notebook in source.glob("*/*.ipynb")})

    def check_exercise(self, exercise: str | None = None) -> None:
        """Raises Refusal unless source/ has the exercise, or any if none is named."""
        there = self.exercises()
        if not there or exercise not in (None, *there):
            raise Refusal(self.no_such(exercise or ""))

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


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Nobody else grades in the course folder `root` meanwhile. Raises Busy.

    The lock is gone when the process that holds it is, however it ended.
    """
    import fcntl  # Windows has none, and no sandbox either

    descriptor = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"another run is grading in {root}: `{cli('grade')}` or `serve`, "
                "`nbgrader autograde` or the formgrader; wait until it has finished, or end it"
            ) from None
        yield
    finally:
        os.close(descriptor)


def _refuse_unknown(config: Config) -> None:
    """Raise TraitError for a setting of ours that there is not: traitlets would pass it over."""
    sections = dict.fromkeys(Settings.section_names(), Settings) | {"CourseProfile": CourseProfile}
    for section, kind in sections.items():
        known = kind.class_trait_names(config=True)
        for name in config.get(section, {}):
            if name not in known:
                near = get_close_matches(name, known, 1)
                meant = f"did you mean {near[0]!r}? There are " if near else "there are "
                text = f"c.{section}.{name} is no setting: {meant}{', '.join(sorted(known))}"
                raise TraitError(text)


def _unreadable(error: Exception) -> str:
    """Which line of the configuration is at fault, and how."""
    where, line = "nbgrader_config.py", None
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).name == "nbgrader_config.py":
            where, line = frame.filename, frame.lineno
    text = str(error)
    if isinstance(error, SyntaxError):
        where, line, text = error.filename or where, error.lineno, error.msg
    at = f", line {line}" if line else ""
    return f"{where}{at}: {type(error).__name__}: {text}; put that right first"
