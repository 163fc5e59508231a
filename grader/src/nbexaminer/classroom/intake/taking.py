"""What may be taken from a submitted folder or the exchange's drop box, and why the rest may not.

The one policy, for `nbgrader autograde` and the class command alike. What one
learner hands in is that learner's trouble: it ends in a `Malformed` or in a remark, never in the
end of a class's run.
"""

from __future__ import annotations

import datetime
import fnmatch
import glob
import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nbexaminer.classroom.intake.files import copy_folder, open_folder, read_file, walk
from nbexaminer.classroom.intake.names import check_learner, listed, printable
from nbexaminer.classroom.intake.times import (
    TIMESTAMP,
    parse_timestamp,
    read_timestamp,
    write_timestamp,
)
from nbexaminer.errors import Malformed, TooMuch
from nbexaminer.files import MAX_BYTES, files_beside

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

WRITING = datetime.timedelta(minutes=10)
"""What handing in may take."""
MAX_NAMES_SHOWN = 20
MAX_OWN_BYTES = 1_000
SECRET = "submission_secret.txt"
"""By it a learner fetches the feedback of what the exchange collected."""
_OWN = (TIMESTAMP, SECRET)
_ENDS_IN_TIME = re.compile(r"\+\d{4}-\d\d-\d\d [\d:.]+(?: \w+)?$")
MAX_LOOKED_INTO = 10
"""Notebooks of other names."""
_ID = re.compile(rb'"(?:grade_)?id"\s*:\s*"([^"\\]{1,200})"')


@dataclass(frozen=True)
class Expected:
    """What an exercise expects to be handed in. From `expected_of`.

    notebooks: for each, the grade ids of its answers, by which it is known under another name.
    files: patterns of what may lie beside them, as `fnmatch` reads them.
    """

    notebooks: Mapping[str, Collection[str]]
    files: Collection[str] = ()


@dataclass
class Intake:
    """What may be taken from one submitted folder. From `take`.

    handed_in: when, in UTC, or None where the folder doesn't say.
    notebooks: the bytes of those to be graded, or why there are none.
    files: places in the folder of ordinary files that are copied.
    beside: for a notebook the name of another one that has its answers, too, and is not graded.
    remarks: phrases for an instructor: what is left out, or taken for something else.
    """

    handed_in: datetime.datetime | None
    notebooks: dict[str, bytes | str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


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
    source = course.format_path(course.source_directory, ".", course.assignment_id)
    beside = files_beside(Path(source), course.ignore)
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
            taken = Intake(read_timestamp(descriptor))
            _look_into(descriptor, expected, taken)
        except OSError as error:
            raise Malformed(f"the folder can't be looked into: {error.strerror}") from None
    return taken


def _look_into(folder: int, expected: Expected, taken: Intake) -> None:
    """Find out what is taken of it."""
    named = {name: f"{name}.ipynb" for name in expected.notebooks}
    # Of its own files nbgrader has to read what is there as text, when it goes on.
    own = {name: _read(folder, name, MAX_OWN_BYTES) for name in _OWN}
    taken.files = [name for name, it in own.items() if isinstance(it, bytes) and it.isascii()]
    try:
        modes = {e.place: e.state.st_mode for e in walk(folder)}
    except TooMuch as reason:
        taken.remarks.append(f"nothing beside the notebooks is copied, since {reason}")
        taken.notebooks = {name: _read(folder, place) for name, place in named.items()}
        return
    ordinary = sorted(place for place, mode in modes.items() if stat.S_ISREG(mode))
    notebooks = [n for n in ordinary if n.endswith(".ipynb")]
    others = [n for n in notebooks if os.sep not in n and n not in named.values()]
    missing = [name for name, place in named.items() if place not in modes]
    copies = _copies(folder, expected.notebooks, others)
    found = {name: copies[name][0] for name in missing if len(copies[name]) == 1}
    if len(missing) == len(others) == 1:
        found[missing[0]] = others[0]
    taken.beside = {
        name: printable(copies[name][0]) for name in named if name not in missing and copies[name]
    }
    for name, place in found.items():
        taken.remarks.append(f"{printable(place)} is taken for {name}.ipynb, which is missing")
    files = [n for n in ordinary if n not in notebooks]
    taken.files += [
        place
        for place in files
        if place not in _OWN and any(fnmatch.fnmatchcase(place, like) for like in expected.files)
    ]
    strange = [n for n, mode in modes.items() if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)]
    # A notebook that is asked for and is a link gets its reason when it is read.
    strange = sorted(n for n in strange if n not in named.values())
    if TIMESTAMP in taken.files and taken.handed_in is None:
        taken.remarks.append(f"{TIMESTAMP} is empty, so nobody knows when it was handed in")
    unasked = [n for n in others if n not in found.values()]
    unexpected = [n for n in files if n not in taken.files]
    taken.remarks += left_out("copied", "it is no ordinary file", strange)
    taken.remarks += left_out("graded", "no notebook of that name is asked for", unasked)
    taken.remarks += left_out("copied", "the exercise expects no such file", unexpected)
    there = _shown([n for n in ordinary if n not in _OWN])
    text = f"the folder holds {there}" if there else "the folder is empty"
    for name, place in (named | found).items():
        nowhere = name in missing and name not in found
        taken.notebooks[name] = f"{place} is missing; {text}" if nowhere else _read(folder, place)


def _read(folder: int, place: str, most: int = MAX_BYTES) -> bytes | str:
    """A file's bytes, or why there are none."""
    try:
        return read_file(place, most, folder)
    except Malformed as error:
        return str(error)


def _copies(
    folder: int, expected: Mapping[str, Collection[str]], others: Sequence[str]
) -> dict[str, list[str]]:
    """For each notebook, given with the ids of its answers, others in the folder that have most of
    these; found as text, since this process parses no submission."""
    texts = [(name, _read(folder, name)) for name in others[:MAX_LOOKED_INTO]]
    ids = {name: {*_ID.findall(text)} for name, text in texts if isinstance(text, bytes)}
    copies = {}
    for name, answers in expected.items():
        wanted = {answer.encode() for answer in answers}
        copies[name] = [other for other in ids if len(wanted & ids[other]) * 2 > len(wanted)]
    return copies


def left_out(what: str, why: str, names: Sequence[str]) -> list[str]:
    """A phrase for an instructor on what is not graded or copied; none where there are no names."""
    return [f"not {what}, since {why}: {_shown(names)}"] if names else []


def _shown(names: Sequence[str]) -> str:
    return listed([*map(printable, names)], MAX_NAMES_SHOWN)


class Dropped(NamedTuple):
    """Whose an entry of the exchange's drop box is, and when, in UTC, it was handed in.

    That is never earlier than its name says. Every learner may put and change things there, and
    their side gives that name. What it can't choose is when a file was last written; but that
    changes for everybody where the drop box is copied, and so it is only told. remarks: on times,
    and on what is not copied.
    """

    learner: str
    handed_in: datetime.datetime
    remarks: Sequence[str] = ()


def read_dropped(name: str) -> Dropped:
    """Whose an entry of the drop box is by its name. Raises Malformed."""
    parts = split_dropped(name)
    if len(parts) < 3:
        raise Malformed("its name is not of nbgrader's form, LEARNER+EXERCISE+TIME+SECRET")
    check_learner(parts[0])
    if not name.isprintable():
        raise Malformed("its name has characters that can't be printed")
    return Dropped(parts[0], parse_timestamp(parts[2]))


def split_dropped(name: str) -> list[str]:
    """Learner, exercise and time in the name of an entry of the drop box, as far as they are there.
    A learner's name may have a +, and nbgrader's secret, which comes last, may be missing."""
    parts = name.rsplit("+", 3)
    if len(parts) == 4 and _ENDS_IN_TIME.search(name):
        parts = name.rsplit("+", 2)
    return parts[:3]


def take_dropped(
    inbound: Path, name: str, check_owner: bool = True, to: Path | None = None
) -> Dropped:
    """Whose an entry of the drop box is. Raises Malformed where it is not to be collected.

    check_owner: whether its account has to be the learner's, or the grader's own.
    to: where to copy it, a folder that nobody else can change; its time stamp is put right there.
    """
    dropped = read_dropped(name)
    with open_folder(inbound, name) as folder:
        if check_owner:
            check_account(dropped.learner, folder)
        try:
            told = read_timestamp(folder)
            handed_in = max(dropped.handed_in, told or dropped.handed_in)
            states = [os.fstat(folder), *(entry.state for entry in walk(folder))]
            left = copy_folder(folder, to) if to else []
            if to and told != handed_in:
                write_timestamp(to, handed_in)
        except OSError as error:
            failed = "it can't be copied" if to else "the folder can't be looked into"
            raise Malformed(f"{failed}: {error.strerror}") from None
    remarks = left_out("copied", "it is no ordinary file", left)
    if told and told < handed_in:
        remarks.append(f"its {TIMESTAMP} says {told} UTC, but {handed_in} UTC counts, by its name")
    written = int(max(state.st_ctime for state in states))
    last = datetime.datetime.fromtimestamp(written, datetime.UTC).replace(tzinfo=None)
    if last - handed_in >= WRITING:
        remarks.append(
            f"it says that it was handed in at {handed_in} UTC, which counts, but was still "
            f"written to at {last} UTC"
        )
    return Dropped(dropped.learner, handed_in, remarks)


def check_account(learner: str, folder: int) -> None:
    """Raises Malformed for a folder, given by its descriptor, of another's.

    One of the grader's own account nobody else can have made.
    """
    import pwd  # Windows has none, and no exchange either

    owner = os.fstat(folder).st_uid
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"an account without a name, {owner}"
    if learner != name and owner != os.geteuid():
        raise Malformed(
            f"it belongs to {printable(name)}, not to {learner}; where accounts are not named "
            "as learners are, set c.ExchangeCollect.check_owner = False"
        )
