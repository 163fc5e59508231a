"""What has been handed in to a folder, as soon as nobody writes to it any more.

The folder is nbgrader's drop box, or any other. Learners may write to it and change things.
"""

from __future__ import annotations

import datetime
import os
import stat
import time
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbexaminer.errors import Malformed
from nbexaminer.intake.drop_box import check_account, copy_dropped, read_dropped, take_dropped
from nbexaminer.intake.files import (
    MAX_BYTES,
    copy_file,
    copy_folder,
    open_file,
    open_folder,
    read_file,
    walk,
)
from nbexaminer.intake.names import check_learner, printable
from nbexaminer.intake.taking import SECRET, left_out
from nbexaminer.intake.times import check_year

SETTLED = 1.0
"""Seconds for which what was handed in has to stay as it is."""
UNFINISHED = 10.0
"""The same, where a notebook doesn't end as a notebook does."""
MAX_SECRET_BYTES = 1_000
_SUFFIX = ".ipynb"


@dataclass(frozen=True)
class Arrival:
    """Something that was handed in.

    learner: whose.
    name: what nothing else that is handed in is called.
    place: the parts of its path below the watched folder.
    handed_in: in UTC, without a zone.
    noticed: when it was seen first, on the monotonic clock.
    is_dropped: it bears a name of the form LEARNER+EXERCISE+TIME.
    state: what changes with every change of what lies in a learner's own folder.
    """

    learner: str
    name: str
    place: tuple[str, ...]
    handed_in: datetime.datetime
    noticed: float
    is_dropped: bool
    state: Hashable = None


class Changed(Exception):
    """What was noticed is no longer there; what there is instead is an arrival of its own."""


@dataclass
class _Unsettled:
    state: Hashable
    since: float
    noticed: float
    asked: bool = field(default=True)


class Arrivals:
    """Watches a folder.

    top: the folder.
    exercise: only what is handed in for it is looked at.
    known: names of what has been dealt with before.
    drop_box: it is nbgrader's, in which only folders named LEARNER+EXERCISE+TIME+SECRET count.
    check_owner: whether these have to belong to the learner's account, or to the grader's own.
    """

    def __init__(
        self,
        top: Path,
        exercise: str,
        known: Collection[str] = (),
        drop_box: bool = True,
        check_owner: bool = True,
    ) -> None:
        self.top = top
        self._exercise = exercise
        self._done = set(known)
        self._drop_box = drop_box
        self._check_owner = check_owner
        self._unsettled: dict[str, _Unsettled] = {}
        self._odd: list[tuple[str, str]] = []

    @property
    def settling(self) -> bool:
        """Whether something was still being written to, or had just been, at the last look."""
        return bool(self._unsettled)

    def odd(self) -> list[tuple[str, str]]:
        """Names of what can't be anybody's work, printable, and why; each is given once."""
        odd, self._odd = self._odd, []
        return odd

    def look(self) -> list[Arrival]:
        """What is new and whole, the earliest first; each is given once. Raises OSError."""
        for unsettled in self._unsettled.values():
            unsettled.asked = False
        found = [arrival for name in os.listdir(self.top) for arrival in self._look_at(name)]
        self._unsettled = {k: v for k, v in self._unsettled.items() if v.asked}
        return sorted(found, key=lambda arrival: (arrival.handed_in, arrival.name))

    def _look_at(self, name: str) -> Iterator[Arrival]:
        if name in self._done or name.startswith("."):
            return
        try:
            if "+" in name:
                yield from self._dropped(name)
            elif not self._drop_box:
                yield from self._in_folder(name)
        except Malformed as error:
            self._refuse(name, error)

    def _refuse(self, name: str, reason: object) -> None:
        self._done.add(name)
        self._odd.append((printable(name), str(reason)))

    def _dropped(self, name: str) -> Iterator[Arrival]:
        if f"+{self._exercise}+" not in name:
            return
        dropped = read_dropped(name.removesuffix(_SUFFIX))
        if name.removesuffix(_SUFFIX).rsplit("+", 3)[1] != self._exercise:
            return
        where = (name,)
        state, whole = _state_of(self.top, where)
        if (noticed := self._settled(name, where, state, whole)) is not None:
            yield Arrival(dropped.learner, name, where, dropped.handed_in, noticed, True)

    def _in_folder(self, learner: str) -> Iterator[Arrival]:
        """What lies in a learner's own folder; few calls, since all are looked at every time."""
        folder = os.path.join(self.top, learner)
        for where in ((learner, self._exercise + _SUFFIX), (learner, self._exercise)):
            newest = _newest(os.path.join(folder, where[1]))
            if newest is None:
                continue
            handed_in = _time_of(newest)
            name = f"{learner}/{where[1]}+{handed_in or newest}"
            if name in self._done:
                continue
            check_learner(learner)
            state, _ = _state_of(self.top, where)
            if (noticed := self._settled(name, where, state, False)) is not None:
                handed_in = handed_in or datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
                yield Arrival(learner, name, where, handed_in, noticed, False, state)

    def _settled(
        self, name: str, where: tuple[str, ...], state: Hashable, whole: bool
    ) -> float | None:
        """When it was noticed, where it has stayed the same for long enough."""
        now = time.monotonic()
        known = self._unsettled.get(name)
        if known is None:
            known = self._unsettled[name] = _Unsettled(state, now, now)
        elif known.state != state:
            known.state, known.since = state, now
        known.asked = True
        rest = now - known.since
        if not whole and rest < SETTLED:
            return None
        if not whole and rest < UNFINISHED and not _ends(self.top, where):
            return None
        del self._unsettled[name]
        self._done.add(name)
        return known.noticed

    def copy(self, arrival: Arrival, to: Path) -> list[str]:
        """Copy it into an empty folder; gives remarks on what stays there.

        to: a folder that nobody else can change.
        Raises Malformed, and Changed where a learner has written to it since it was noticed.
        """
        remarks = self._copy(arrival, to)
        if arrival.state is not None and _state_of(self.top, arrival.place)[0] != arrival.state:
            raise Changed
        return remarks

    def _copy(self, arrival: Arrival, to: Path) -> list[str]:
        *above, last = arrival.place
        try:
            with open_folder(self.top, *above) as folder:
                mode = os.stat(last, dir_fd=folder, follow_symlinks=False).st_mode
                if stat.S_ISREG(mode) and not self._drop_box:
                    copy_file(last, to / (self._exercise + _SUFFIX), MAX_BYTES, folder)
                    return []
            if arrival.is_dropped:
                take_dropped(self.top, last, self._check_owner)
                return copy_dropped(self.top, last, to, self._check_owner)
            with open_folder(self.top, *arrival.place) as folder:
                left = copy_folder(folder, to)
        except OSError as error:
            raise Malformed(f"it can't be copied: {error.strerror}") from None
        return left_out("copied", "it is no ordinary file", left)

    def secret(self, arrival: Arrival) -> str:
        """By which the learner fetches feedback, even where the rest can't be read; or empty."""
        try:
            with open_folder(self.top, *arrival.place) as folder:
                if arrival.is_dropped and self._check_owner:
                    check_account(arrival.learner, folder)
                return read_file(SECRET, MAX_SECRET_BYTES, folder).decode(errors="replace")
        except (Malformed, OSError):
            return ""


def _time_of(nanoseconds: int) -> datetime.datetime | None:
    """A file's time, in UTC, or None for one at which nobody hands in."""
    try:
        when = datetime.datetime.fromtimestamp(nanoseconds / 1e9, datetime.UTC)
        return check_year(when.replace(tzinfo=None))
    except (Malformed, ValueError, OverflowError, OSError):
        return None


def _newest(path: str) -> int | None:
    """When a notebook, or one in a folder, was last written, in nanoseconds; None for neither."""
    try:
        state = os.stat(path, follow_symlinks=False)
        if stat.S_ISREG(state.st_mode):
            return state.st_mtime_ns
        if not stat.S_ISDIR(state.st_mode):
            return None
        with os.scandir(path) as entries:
            times = (
                entry.stat(follow_symlinks=False).st_mtime_ns
                for entry in entries
                if entry.name.endswith(_SUFFIX)
            )
            return max(times, default=None)
    except OSError:
        return None


def _state_of(top: Path, where: tuple[str, ...]) -> tuple[Hashable, bool]:
    """What changes with every change, and whether `nbgrader submit` has come to its end.

    That writes the secret last but for the permissions: everybody may read all files, and then
    write to the folder.
    """
    *above, last = where
    try:
        with open_folder(top, *above) as folder:
            state = os.stat(last, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISDIR(state.st_mode):
            return (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns), False
        with open_folder(top, *where) as folder:
            mode = os.fstat(folder).st_mode
            found = [(e.place, e.state) for e in walk(folder)]
    except (Malformed, OSError) as error:  # copying it says so, if it stays like that
        return str(error), False
    files = [state for _, state in found if stat.S_ISREG(state.st_mode)]
    secret = any(place == SECRET and state.st_size for place, state in found)
    readable = all(state.st_mode & stat.S_IROTH for state in files)
    whole = secret and readable and bool(mode & stat.S_IWOTH)
    states = sorted((p, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for p, s in found)
    return (mode, *states), whole


def _ends(top: Path, where: tuple[str, ...]) -> bool:
    """Whether all notebooks end as such files do, in a brace."""
    *above, last = where
    try:
        with open_folder(top, *above) as folder:
            if stat.S_ISREG(os.stat(last, dir_fd=folder, follow_symlinks=False).st_mode):
                return _ends_in_brace(last, folder)
        with open_folder(top, *where) as folder:
            names = [e.name for e in walk(folder) if e.place == e.name and e.name.endswith(_SUFFIX)]
            return all(_ends_in_brace(name, folder) for name in names)
    except (Malformed, OSError):
        return True


def _ends_in_brace(name: str, folder: int) -> bool:
    with open_file(name, MAX_BYTES, folder) as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 100))
        return file.read().rstrip().endswith(b"}")
