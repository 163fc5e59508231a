"""Collect from a platform's zip file: `nbgrader zip_collect`, with the file put where it looks."""

from __future__ import annotations

import datetime
import filecmp
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from nbgrader.apps import ZipCollectApp

from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import Refusal
from nbexaminer.intake.names import printable
from nbexaminer.platforms.download import Download
from nbexaminer.platforms.refusal import check_exercise
from nbexaminer.platforms.report import Report


class _App(ZipCollectApp):
    """nbgrader's own, that tells its caller why it ends."""

    def fail(self, msg: str, *_: object) -> NoReturn:
        raise Refusal(msg)


def collect(
    course: CourseFolder,
    exercise: str,
    archives: Sequence[Path],
    platform: str = "",
    worksheet: Path | None = None,
    force: bool = False,
) -> Report:
    """Put zip files into downloaded/EXERCISE/archive, and take from them what learners handed in.

    platform: its module, if names don't show it; worksheet: a file of its that tells more.
    What lay there before is moved to downloaded/EXERCISE/earlier. Raises Refusal.
    """
    check_exercise(course, exercise)
    for archive in archives:
        if not zipfile.is_zipfile(archive):
            raise Refusal(f"{printable(str(archive))} is no zip file, or not a whole one")
    if len({_name(archive) for archive in archives}) < len(archives):
        raise Refusal("two of the zip files have the same name: rename one")
    app = _App()
    app.initialize([exercise])
    app.force = force
    app.log_level = "CRITICAL"  # the report has what needs somebody
    app.coursedir.db_url = course.db_url
    if platform:
        app.config.Collector.platform = platform
    if worksheet:
        app.config.Collector.worksheet = str(worksheet)
    into = Path(app._format_collect_path(app.archive_directory))
    _replace(into, archives)
    shutil.rmtree(app._format_collect_path(app.extracted_directory), ignore_errors=True)
    app.start()
    collector: Any = app.collector_plugin_inst
    download = getattr(collector, "download", None)
    if not isinstance(download, Download):
        raise Refusal("c.ZipCollectApp.collector_plugin is not the course's: use zip_collect")
    collector.survey()  # where there was no file that nbgrader asks about
    return download.report


def _replace(into: Path, archives: Sequence[Path]) -> None:
    """Have the zip files, and nothing else, in a folder; what was in it is kept beside it."""
    new = into.with_name(f"{into.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for archive in archives:
        shutil.copyfile(archive, new / _name(archive))
    if into.is_dir() and any(into.iterdir()) and not _same_files(into, new):
        now = datetime.datetime.now().astimezone()
        earlier = into.with_name("earlier") / f"{now:%Y-%m-%d-%H-%M-%S-%f}"
        earlier.parent.mkdir(exist_ok=True)
        into.rename(earlier)
    shutil.rmtree(into, ignore_errors=True)
    new.rename(into)


def _name(archive: Path) -> str:
    """A name that no platform gives to a learner's file: a course's title may look like one."""
    return f"{archive.stem.replace('_', '-')}.zip"


def _same_files(one: Path, other: Path) -> bool:
    names = {path.name for path in one.iterdir()}
    _, *others = filecmp.cmpfiles(one, other, names, shallow=False)
    return names == {path.name for path in other.iterdir()} and not any(others)
