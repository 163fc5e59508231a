"""What may be taken from a submitted folder, and why the rest may not.

The one policy, for `nbgrader autograde` and the class command alike. What one
learner hands in is that learner's trouble: it ends in a `Malformed` or in a remark, never in the
end of a class's run.
"""

from __future__ import annotations

import contextlib
import datetime
import fnmatch
import glob
import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbexaminer.errors import Malformed, Missing, TooMuch
from nbexaminer.intake.files import MAX_BYTES, open_folder, read_file, walk
from nbexaminer.intake.names import check_learner, printable
from nbexaminer.intake.times import TIMESTAMP, read_timestamp

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

MAX_NAMES_SHOWN = 20
MAX_OWN_BYTES = 1_000
SECRET = "submission_secret.txt"
"""By it a learner fetches the feedback of what the exchange collected."""
_OWN = (TIMESTAMP, SECRET)
_GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([^"\\]{1,200})"')


@dataclass(frozen=True)
class Expected:
    """What an exercise expects to be handed in. From `expected_of`.

    notebooks: for each, the grade ids of its answers, by which it is known under another name.
    files: patterns of what may lie beside them, as `fnmatch` reads them.
    """

    notebooks: Mapping[str, Collection[str]]
    files: Collection[str] = ()

    def has(self, place: str) -> bool:
        """Whether a file may lie there."""
        return any(fnmatch.fnmatchcase(place, pattern) for pattern in self.files)


@dataclass(frozen=True)
class Intake:
    """What may be taken from one submitted folder. From `take`.

    handed_in: when, in UTC, or None where the folder doesn't say.
    notebooks: those to be graded, and the file of each in the folder, or None where there is none.
    files: ordinary files that are copied, by their places in the folder.
    remarks: phrases for an instructor: what is left out, or taken for something else.
    there: what lies there, where a notebook is missing.
    """

    learner: str
    top: Path
    folder: Path
    handed_in: datetime.datetime | None
    notebooks: Mapping[str, str | None]
    files: Mapping[str, Path]
    remarks: Sequence[str]
    there: str

    def read(self, notebook: str) -> bytes:
        """The file's bytes. Raises Malformed, which says what is there instead."""
        name = self.notebooks[notebook]
        if name is None:
            raise Missing(f"{notebook}.ipynb is missing; {self.there}")
        with open_folder(self.top, *self.folder.relative_to(self.top).parts) as folder:
            return read_file(name, folder=folder)


def top_of(course: CourseDirectory) -> Path:
    """The folder below which learners' names are parts of the paths."""
    return Path(os.path.dirname(_around_learner(course)[0]))


def _around_learner(course: CourseDirectory) -> tuple[str, str]:
    here = course.format_path(course.submitted_directory, "\0", course.assignment_id)
    before, _, behind = here.partition("\0")
    return before, behind


def expected_of(
    course: CourseDirectory, answers: Mapping[str, Collection[str]], patterns: Iterable[str]
) -> Expected:
    """What an exercise expects: its notebooks, what its source has beside them, and `patterns`.

    answers: for each notebook the grade ids of its answers.
    """
    from nbgrader.utils import find_all_files  # slow to import

    source = course.format_path(course.source_directory, ".", course.assignment_id)
    beside = find_all_files(source, [*course.ignore, "*.ipynb"])
    names = [glob.escape(os.path.relpath(path, source)) for path in beside]
    return Expected(answers, (*names, *patterns))


def submitted_folders(course: CourseDirectory) -> list[tuple[str, Path]]:
    """Each learner and what lies where the submission's folder should, good or bad.

    course: says where that is, for which exercise, and which learners are wanted.
    """
    before, behind = _around_learner(course)
    excluded = course.student_id_exclude.split(",")
    pattern = glob.escape(before) + course.student_id + glob.escape(behind)
    found = {path[len(before) : len(path) - len(behind)]: Path(path) for path in glob.glob(pattern)}
    return sorted((name, folder) for name, folder in found.items() if name not in excluded)


def take(learner: str, folder: Path, expected: Expected, top: Path) -> Intake:
    """What may be taken from a submitted folder. Raises Malformed where that is nothing.

    learner, folder: as `submitted_folders` gave them.
    top: as `top_of` gives it; from there on no link is followed.
    """
    check_learner(learner)
    with open_folder(top, *folder.relative_to(top).parts) as descriptor:
        try:
            handed_in = read_timestamp(descriptor)
            notebooks, places, remarks, there = _look_into(descriptor, expected)
        except OSError as error:
            raise Malformed(f"the folder can't be looked into: {error.strerror}") from None
    files = {place: folder / place for place in places}
    return Intake(learner, top, folder, handed_in, notebooks, files, remarks, there)


def _look_into(
    folder: int, expected: Expected
) -> tuple[dict[str, str | None], list[str], list[str], str]:
    """The notebooks, the places of the files, the remarks and what is there, as of `Intake`."""
    named: dict[str, str | None] = {name: f"{name}.ipynb" for name in expected.notebooks}
    try:
        modes = {e.place: e.state.st_mode for e in walk(folder)}
    except TooMuch as reason:
        remarks = [f"nothing beside the notebooks is copied, since {reason}"]
        return named, _nbgraders_own(folder), remarks, ""
    ordinary = sorted(place for place, mode in modes.items() if stat.S_ISREG(mode))
    notebooks = [n for n in ordinary if n.endswith(".ipynb")]
    others = [n for n in notebooks if os.sep not in n and n not in named.values()]
    found, remarks = _found_under_other_names(folder, expected, modes, others)
    files = [n for n in ordinary if n not in notebooks]
    own = _nbgraders_own(folder)
    kept = own + [n for n in files if n not in _OWN and expected.has(n)]
    strange = [n for n, mode in modes.items() if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)]
    # A notebook that is asked for and is a link gets its reason when it is read.
    strange = sorted(n for n in strange if n not in named.values())
    unasked = [n for n in others if n not in found.values()]
    unexpected = [n for n in files if n not in kept]
    remarks += left_out("copied", "it is no ordinary file", strange)
    remarks += left_out("graded", "no notebook of that name is asked for", unasked)
    remarks += left_out("copied", "the exercise expects no such file", unexpected)
    there = _shown([n for n in ordinary if n not in _OWN])
    said = f"the folder holds {there}" if there else "the folder is empty"
    return named | found, kept, remarks, said


def _nbgraders_own(folder: int) -> list[str]:
    """Those files of its own that nbgrader can read as text, as it does when it goes on."""
    own = []
    for name in _OWN:
        with contextlib.suppress(Malformed):
            if read_file(name, MAX_OWN_BYTES, folder).isascii():
                own.append(name)
    return own


def _found_under_other_names(
    folder: int, expected: Expected, there: Collection[str], others: Sequence[str]
) -> tuple[dict[str, str | None], list[str]]:
    """For each notebook that is missing, the only one with most of its answers, or None."""
    missing = {n: set(i) for n, i in expected.notebooks.items() if f"{n}.ipynb" not in there}
    found: dict[str, str | None] = {}
    remarks = []
    ids = {name: _grade_ids(folder, name) for name in others} if missing else {}
    for name, wanted in missing.items():
        fit = [other for other in others if len(wanted & ids[other]) * 2 > len(wanted)]
        found[name] = fit[0] if len(fit) == 1 else None
        if len(fit) == 1:
            remarks.append(f"{printable(fit[0])} is taken for {name}.ipynb, which is missing")
    return found, remarks


def _grade_ids(folder: int, name: str) -> set[str]:
    """Grade ids that stand in a notebook, found as text: this process parses no submission."""
    try:
        data = read_file(name, MAX_BYTES, folder)
    except Malformed:
        return set()
    return {found.decode(errors="replace") for found in _GRADE_ID.findall(data)}


def left_out(what: str, why: str, names: Sequence[str]) -> list[str]:
    """A phrase for an instructor on what is not graded or copied; none where there are no names."""
    return [f"not {what}, since {why}: {_shown(names)}"] if names else []


def _shown(names: Sequence[str]) -> str:
    shown = ", ".join(map(printable, names[:MAX_NAMES_SHOWN]))
    more = len(names) - MAX_NAMES_SHOWN
    return shown + (f" and {more} more" if more > 0 else "")
