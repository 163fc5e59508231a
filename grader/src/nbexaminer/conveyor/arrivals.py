"""For `serve`: what has been handed in to a folder, as soon as nobody writes to it any more.

The folder is nbgrader's drop box, or any other. Learners may write to it and change things.
"""

import datetime
import os
import stat
import time
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbexaminer.errors import Malformed
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
from nbexaminer.intake.taking import SECRET, check_account, left_out, read_dropped, take_dropped
from nbexaminer.intake.times import check_year

SETTLED = 1.0
"""Seconds for which what was handed in has to stay as it is."""
UNFINISHED = 10.0
"""The same, where a notebook doesn't end as a notebook does."""
MAX_SECRET_BYTES = 1_000
_SUFFIX = ".ipynb"
_Unsettled = tuple[Hashable, float, float]
"""Its state, since when it has been so, and when it was noticed, on the monotonic clock."""


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


class Arrivals:
    """Watches a folder.

    top: the folder.
    exercise: only what is handed in for it is looked at.
    drop_box: it is nbgrader's, in which only folders named LEARNER+EXERCISE+TIME+SECRET count.
    check_owner: whether these have to belong to the learner's account, or to the grader's own.
    done: names of what has been dealt with.
    odd: of the last look, names of what can't be anybody's work, printable, and why.
    """

    def __init__(
        self, top: Path, exercise: str, drop_box: bool = True, check_owner: bool = True
    ) -> None:
        self.top = top
        self._exercise = exercise
        self.done: set[str] = set()
        self._drop_box = drop_box
        self._check_owner = check_owner
        self.odd: list[tuple[str, str]] = []
        self._before: dict[str, _Unsettled] = {}
        self._unsettled: dict[str, _Unsettled] = {}

    @property
    def settling(self) -> bool:
        """Whether something was still being written to, or had just been, at the last look."""
        return bool(self._unsettled)

    def look(self) -> list[Arrival]:
        """What is new and whole, the earliest first; each is given once. Raises OSError."""
        names = os.listdir(self.top)
        self._before, self._unsettled, self.odd = self._unsettled, {}, []
        found = [arrival for name in names for arrival in self._look_at(name)]
        return sorted(found, key=lambda arrival: (arrival.handed_in, arrival.name))

    def _look_at(self, name: str) -> Iterator[Arrival]:
        if name in self.done or name.startswith("."):
            return
        try:
            if f"+{self._exercise}+" in name:
                stem = name.removesuffix(_SUFFIX)
                dropped = read_dropped(stem)
                if stem.rsplit("+", 3)[1] == self._exercise:
                    yield from self._settled(dropped.learner, name, (name,), dropped.handed_in)
            elif "+" not in name and not self._drop_box:
                yield from self._in_folder(name)
        except Malformed as error:
            self.done.add(name)
            self.odd.append((printable(name), str(error)))

    def _in_folder(self, learner: str) -> Iterator[Arrival]:
        """What lies in a learner's own folder; few calls, since all are looked at every time."""
        folder = os.path.join(self.top, learner)
        for last in (self._exercise + _SUFFIX, self._exercise):
            newest = _newest(os.path.join(folder, last))
            if newest is None:
                continue
            handed_in = _time_of(newest)
            name = f"{learner}/{last}+{handed_in or newest}"
            if name not in self.done:
                check_learner(learner)
                handed_in = handed_in or datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
                yield from self._settled(learner, name, (learner, last), handed_in)

    def _settled(
        self, learner: str, name: str, place: tuple[str, ...], handed_in: datetime.datetime
    ) -> Iterator[Arrival]:
        """The arrival, where it has stayed the same for long enough."""
        is_dropped = place == (name,)
        state, whole = _state_of(self.top, place)
        now = time.monotonic()
        before, since, noticed = self._before.get(name, (state, now, now))
        if before != state:
            since = now
        rest = now - since
        whole = is_dropped and whole
        if whole or rest >= UNFINISHED or (rest >= SETTLED and _ends(self.top, place)):
            self.done.add(name)
            kept = None if is_dropped else state
            yield Arrival(learner, name, place, handed_in, noticed, is_dropped, kept)
        else:
            self._unsettled[name] = state, since, noticed

    def copy(self, arrival: Arrival, to: Path) -> list[str]:
        """Copy it into an empty folder; gives remarks on what stays there.

        to: a folder that nobody else can change.
        Raises Malformed, and Changed where a learner has written to it since it was noticed.
        """
        *above, last = arrival.place
        left: list[str] = []
        try:
            with open_folder(self.top, *above) as folder:
                mode = os.stat(last, dir_fd=folder, follow_symlinks=False).st_mode
                is_file = stat.S_ISREG(mode) and not self._drop_box
                if is_file:
                    copy_file(last, to / (self._exercise + _SUFFIX), MAX_BYTES, folder)
            if arrival.is_dropped and not is_file:
                return [*take_dropped(self.top, last, self._check_owner, to).remarks]
            if not is_file:
                with open_folder(self.top, *arrival.place) as folder:
                    left = copy_folder(folder, to)
        except OSError as error:
            raise Malformed(f"it can't be copied: {error.strerror}") from None
        if arrival.state is not None and _state_of(self.top, arrival.place)[0] != arrival.state:
            raise Changed
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
