"""What a course's nbgrader_config.py needs of this package, and how others read that file."""

import zoneinfo
from collections.abc import Callable
from pathlib import Path

from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

FOLDER = str(Path(__file__).resolve().parent)
"""Where the file lies that plugs this package into nbgrader."""
FILE = "nbgrader_config.py"
CLASS_FILE = "class_config.py"
TWO_LINES = f"""\
  from nbexaminer.configuration import FOLDER
  load_subconfig("{FILE}", path=FOLDER)"""
"""What plugs it in, for a message."""
CLASS_LINES = """\
  from pathlib import Path
  from nbexaminer.configuration import load_class_settings
  load_class_settings(load_subconfig, Path(__file__).parent)"""
"""What has `CLASS_FILE` read."""
_reads_class_settings: set[Path] = set()


def load_class_settings(load_subconfig: Callable[..., None], course: Path) -> None:
    """Load the class's own settings from `CLASS_FILE` in the folder `course`, if it has one.

    With a mistake in them nothing may go on: nbgrader would, without all of this, so without the
    sandbox.
    """
    _reads_class_settings.add(course.resolve())
    if not (course / CLASS_FILE).exists():
        return
    try:
        load_subconfig(CLASS_FILE, path=str(course))
    except Exception as error:
        raise SystemExit(f"{CLASS_FILE}: {type(error).__name__}: {error}") from None


def is_passed_over(course: Path) -> bool:
    """Whether a folder has a `CLASS_FILE` that its configuration, read before, doesn't load."""
    return (course / CLASS_FILE).is_file() and course.resolve() not in _reads_class_settings


class _CourseOnly(PyFileConfigLoader):
    """Reads a course's configuration without that of this package, which imports nbgrader."""

    def load_subconfig(self, fname: str, path: str | None = None) -> None:
        if path != FOLDER:
            super().load_subconfig(fname, path)


def read_configuration(course: Path) -> Config:
    """What a course configures itself; nothing where its folder has no configuration."""
    try:
        return Config(_CourseOnly(FILE, str(course)).load_config())
    except ConfigFileNotFound:
        return Config()


def zone_of(name: str, setting: str) -> zoneinfo.ZoneInfo:
    """The time zone of that name. Raises TraitError, which names the setting, if there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        text = f"{setting} is {name!r}: give a name such as 'Europe/Berlin'"
        raise TraitError(text) from None
