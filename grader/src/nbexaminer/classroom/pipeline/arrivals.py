"""For `serve`: what has been handed in to a folder, as soon as nobody writes to it any more.

The folder is nbgrader's drop box, or any other. Learners may write to it and change things.
"""

import contextlib
import datetime
import heapq
import itertools
import os
import stat
import time
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nbexaminer.classroom.intake.files import (
    MAX_FILES,
    copy_file,
    copy_folder,
    open_file,
    open_folder,
    read_file,
    walk,
)
from nbexaminer.classroom.intake.names import check_learner, is_learner, printable
from nbexaminer.classroom.intake.taking import (
    SECRET,
    check_account,
    left_out,
    read_dropped,
    split_dropped,
    take_dropped,
)
from nbexaminer.classroom.intake.times import (
    TIMESTAMP,
    check_year,
    read_timestamp,
    utc_now,
    write_timestamp,
)
from nbexaminer.errors import Malformed, Missing
from nbexaminer.files import MAX_BYTES

SETTLED = 1.0
"""Seconds for which what was handed in has to stay as it is."""
UNFINISHED = 10.0
"""The same, where a notebook doesn't end as a notebook does."""
MOST = 5
"""So many of an account's new submissions are looked into at one look; the others wait."""
MOST_NAMED = 5
"""So many of what lies in a learner's own folder, and is named like no exercise, get a line."""
MAX_SECRET_BYTES = 1_000
CLOCKS_DIFFER = datetime.timedelta(minutes=1)
"""So much nobody has to be told."""
EXPECTED = (
    "it is named like no exercise: expected is LEARNER/{0}.ipynb, LEARNER/{0}/ with the notebook "
    "in it, or LEARNER+{0}+TIME"
)
YET_TO_COME = "the time {}, {} UTC, is yet to come: {:%Y-%m-%d %H:%M:%S} UTC counts"
_SUFFIX = ".ipynb"
_Unsettled = tuple[Hashable, float, float]
"""Its state, since when it has been so, and since when it waits, on the monotonic clock."""


@dataclass(frozen=True)
class Arrival:
    """Something that was handed in.

    learner: whose.
    account: whose turn it takes.
    name: what nothing else that is handed in is called.
    place: the parts of its path below the watched folder.
    handed_in: in UTC, without a zone.
    since: when it was not there yet, at the last look before, or when watching began, on the
        monotonic clock. A file's own time may be by another clock.
    is_dropped: it bears a name of the form LEARNER+EXERCISE+TIME.
    state: what changes with every change of what lies in a learner's own folder.
    remarks: on the time.
    """

    learner: str
    account: Hashable
    name: str
    place: tuple[str, ...]
    handed_in: datetime.datetime
    since: float
    is_dropped: bool
    state: Hashable = None
    remarks: tuple[str, ...] = ()


class Changed(Exception):
    """What was noticed is no longer there; what there is instead is an arrival of its own."""


class Arrivals:
    """Watches a folder.

    top: the folder.
    exercise: only what is handed in for it is looked at.
    drop_box: it is nbgrader's, in which only folders named LEARNER+EXERCISE+TIME+SECRET count.
    check_owner: whether these have to belong to the learner's account, or to the grader's own.
    exercises: of the course; elsewhere than in a drop box, what is named like none of them is odd.
    done: names of what has been dealt with.
    odd: of the last look, names of what can't be anybody's work, printable, and why.
    """

    def __init__(
        self,
        top: Path,
        exercise: str,
        drop_box: bool = True,
        check_owner: bool = True,
        exercises: Collection[str] = (),
    ) -> None:
        self.top = top
        self._exercise = exercise
        self.done: set[str] = set()
        self._drop_box = drop_box
        self._check_owner = check_owner
        self._others = {*exercises} - {exercise}
        self.odd: list[tuple[str, str]] = []
        self._before: dict[str, _Unsettled] = {}
        self._unsettled: dict[str, _Unsettled] = {}
        self._looked: float | None = None
        self._new: dict[str, tuple[Hashable, float]] = {}
        self.settling = False

    def look(self) -> list[Arrival]:
        """What is new and whole, the earliest first; each is given once. Raises OSError."""
        now = time.monotonic()
        names = os.listdir(self.top)
        since, self._looked = now if self._looked is None else self._looked, now
        self._before, self._unsettled, self.odd = self._unsettled, {}, []
        of: defaultdict[Hashable, list[str]] = defaultdict(list)
        known, self._new = self._new, {}
        for name in filter(self._is_wanted, names):
            again = known.get(name) if self._is_dropped(name) else None
            self._new[name] = again or (self._account(name), since)
            of[self._new[name][0]].append(name)
        looked_at = (name for queue in of.values() for name in self._first(queue))
        found = [arrival for name in looked_at for arrival in self._look_at(name)]
        self.settling = bool(self._unsettled) or any(len(queue) > MOST for queue in of.values())
        return sorted(found, key=lambda arrival: (arrival.handed_in, arrival.name))

    def _first(self, names: Iterable[str]) -> list[str]:
        """Of one account's, a folder of its own, what hasn't settled, and then the earliest."""
        return heapq.nsmallest(
            MOST, names, lambda n: (self._is_dropped(n), n not in self._before, n)
        )

    def _is_wanted(self, name: str) -> bool:
        """Whether it may be new, and for the exercise."""
        if name in self.done or name.startswith("."):
            return False
        return self._is_dropped(name) or (not self._drop_box and f"+{self._exercise}+" not in name)

    def _is_dropped(self, name: str) -> bool:
        """Whether it is named as nbgrader names what is dropped for the exercise."""
        named = f"+{self._exercise}+" in name
        return named and split_dropped(name.removesuffix(_SUFFIX))[1:2] == [self._exercise]

    def _account(self, name: str) -> Hashable:
        """Whose turn it takes: of who has made it where that is checked, since a name can lie."""
        if self._check_owner:
            with contextlib.suppress(OSError):
                owner = os.lstat(os.path.join(self.top, name)).st_uid
                if owner != os.geteuid():
                    return owner
        return split_dropped(name)[0] if self._is_dropped(name) else name

    def _look_at(self, name: str) -> Iterator[Arrival]:
        try:
            if self._is_dropped(name):
                dropped = read_dropped(name.removesuffix(_SUFFIX))
                yield from self._settled(dropped.learner, name, (name,), dropped.handed_in)
            elif "+" in name and not is_learner(name):
                self._pass_over(name)
            else:
                yield from self._in_folder(name)
        except Malformed as error:
            self.done.add(name)
            self.odd.append((printable(name), str(error)))

    def _in_folder(self, learner: str) -> Iterator[Arrival]:
        """What lies in a learner's own folder; few calls, since all are looked at every time."""
        folder = os.path.join(self.top, learner)
        found = False
        for last in (self._exercise + _SUFFIX, self._exercise):
            newest = _newest(os.path.join(folder, last))
            if newest is None:
                continue
            found = True
            told = _time_of(newest)
            name = f"{learner}/{last}+{told or newest}"
            if name not in self.done:
                check_learner(learner)
                now = utc_now()
                is_ahead = told is not None and told - now > CLOCKS_DIFFER
                remarks = (YET_TO_COME.format("of its file", told, now),) if is_ahead else ()
                for arrival in self._settled(learner, name, (learner, last), min(told or now, now)):
                    yield replace(arrival, remarks=remarks)
        with contextlib.suppress(OSError):  # of a folder that can't be looked into
            for entry in () if found else _names_in(folder) if os.path.isdir(folder) else [""]:
                self._pass_over(os.path.join(learner, entry).rstrip(os.sep))

    def _pass_over(self, place: str) -> None:
        """Take note of a notebook, or a folder with one, that is named like no exercise; once."""
        path, last = os.path.join(self.top, place), os.path.basename(place)
        # Other than pathlib's, this is false of a link that no system can follow.
        is_one = last.endswith(_SUFFIX) or os.path.isdir(path)
        exercise = split_dropped(last.removesuffix(_SUFFIX))[:2][-1]
        is_known = exercise in self._others or last.startswith(".") or place in self.done
        if is_one and not is_known and _newest(path) is not None:
            self.done.add(place)
            self.odd.append((printable(place), EXPECTED.format(self._exercise)))

    def _settled(
        self, learner: str, name: str, place: tuple[str, ...], handed_in: datetime.datetime
    ) -> Iterator[Arrival]:
        """The arrival, where it has stayed the same for long enough."""
        is_dropped = place == (name,)
        state, whole = _state_of(self.top, place)
        account, since = self._new[place[0]]
        now = time.monotonic()
        before, same, since = self._before.get(name, (state, now, since))
        if before != state:
            same = now
        rest = now - same
        whole = is_dropped and whole
        if whole or rest >= UNFINISHED or (rest >= SETTLED and _ends(self.top, place)):
            self.done.add(name)
            kept = None if is_dropped else state
            yield Arrival(learner, account, name, place, handed_in, since, is_dropped, kept)
        else:
            self._unsettled[name] = state, same, since

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
        remarks = [*arrival.remarks, *_not_yet_to_come(to)]
        return [*remarks, *left_out("copied", "it is no ordinary file", left)]

    def check(self, arrival: Arrival) -> None:
        """Raises Malformed for what another's account has made, where that is checked."""
        if self._check_owner and arrival.is_dropped:
            with open_folder(self.top, *arrival.place) as folder:
                check_account(arrival.learner, folder)

    def secret(self, arrival: Arrival) -> str:
        """By which the learner fetches feedback from the exchange; empty where there is none.

        Raises Malformed where it is not to be fetched.
        """
        if not self._drop_box:
            return ""
        try:
            with open_folder(self.top, *arrival.place) as folder:
                if self._check_owner:
                    check_account(arrival.learner, folder)
                return read_file(SECRET, MAX_SECRET_BYTES, folder).decode(errors="replace")
        except Missing:
            return ""


def _time_of(nanoseconds: int) -> datetime.datetime | None:
    """A file's time, in UTC, or None for one at which nobody hands in."""
    try:
        when = datetime.datetime.fromtimestamp(nanoseconds / 1e9, datetime.UTC)
        return check_year(when.replace(tzinfo=None))
    except (Malformed, ValueError, OverflowError, OSError):
        return None


def _not_yet_to_come(folder: Path) -> list[str]:
    """Have a copy that says a time yet to come say that it was handed in now; gives a remark."""
    now = utc_now()
    with contextlib.suppress(Malformed):  # grading it says so
        told = read_timestamp(folder)
        if told is not None and told > now:
            write_timestamp(folder, now)
            if told - now > CLOCKS_DIFFER:
                return [YET_TO_COME.format(f"in its {TIMESTAMP}", told, now)]
    return []


def _names_in(folder: str) -> list[str]:
    """Of what lies in it, the first few notebooks, and the first few others."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in itertools.islice(entries, MAX_FILES))
    notebooks = [name for name in names if name.endswith(_SUFFIX)]
    others = [name for name in names if not name.endswith(_SUFFIX)]
    return notebooks[:MOST_NAMED] + others[:MOST_NAMED]


def _newest(path: str) -> int | None:
    """When a notebook, or one in a folder, was last written, in nanoseconds; None for neither.

    Of a folder that holds too much to be taken not all are looked at.
    """
    try:
        state = os.stat(path, follow_symlinks=False)
        if stat.S_ISREG(state.st_mode):
            return state.st_mtime_ns
        if not stat.S_ISDIR(state.st_mode):
            return None
        with os.scandir(path) as entries:
            times = (
                entry.stat(follow_symlinks=False).st_mtime_ns
                for entry in itertools.islice(entries, MAX_FILES + 1)
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
