"""What keeps learners from each other's work in the exchange; for the command `check`.

It goes by what the kernel goes by on an ordinary file system: owner, group and mode of each folder.
Access lists (`getfacl`) are not looked at.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect, ExchangeSubmit
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.sandbox.self_test import Tried

ENTER, WRITE, READ = 0o1, 0o2, 0o4
EVERYBODY = "everybody"
CLOSE = "chown it to you, and chmod go-w it"
SHOWN = 5
"""Names, of many that are at fault alike."""


@dataclass(frozen=True)
class Place:
    """The exchange and the course folder, and whose they are.

    folder: the course's in the exchange.
    own: accounts that may own and change all of it.
    learners: accounts that are known to be learners'.
    """

    course: CourseFolder
    root: Path
    folder: Path
    own: frozenset[int]
    learners: frozenset[str]

    def may(self, path: Path, bits: int) -> str:
        """Who besides its owner may do one of these things to a file or folder, or empty."""
        mode, group = path.stat().st_mode, path.stat().st_gid
        if mode & bits:
            return EVERYBODY
        learners = self.learners & members(group) if mode & (bits << 3) else set()
        return ", ".join(sorted(learners))

    def changed(self, paths: Iterable[Path], cure: str) -> Iterator[str]:
        """Which of these, as far as they are there, others than the instructor may change."""
        for path in _there(paths):
            owner = path.stat().st_uid
            who = self.may(path, WRITE) or ("" if owner in self.own else name_of(owner))
            if who:
                yield f"{path} can be changed by {who}: {cure.format(path)}"


def exchange_root(course: CourseFolder) -> Path:
    """The exchange that is configured, whether it is there or not."""
    return Path(ExchangeCollect(coursedir=course.directory, parent=course.app).root)


def safety(course: CourseFolder) -> Iterator[Tried]:
    """Every promise, and how to put right what isn't kept; none without an exchange."""
    root = exchange_root(course)
    if not root.is_dir():
        return
    own = frozenset({0, os.geteuid(), course.root.stat().st_uid})
    folder = root / course.directory.course_id
    place = Place(course, root, folder, own, frozenset(_learners(course, folder, own)))
    for words, problems in PROMISES:
        found = list(dict.fromkeys(problems(place)))
        shown = found[:SHOWN] + ([f"and {len(found) - SHOWN} more"] if found[SHOWN:] else [])
        yield Tried(words, not found, "\n".join(shown))


def members(group: int) -> set[str]:
    """Names of the accounts in a group."""
    import grp
    import pwd  # Windows has neither, and no exchange

    try:
        named = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        named = set()
    return named | {account.pw_name for account in pwd.getpwall() if account.pw_gid == group}


def name_of(account: int) -> str:
    """The name of an account, or its number."""
    import pwd

    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return f"account {account}"


def _learners(course: CourseFolder, folder: Path, own: frozenset[int]) -> Iterator[str]:
    """Who is in the gradebook, or has handed in."""
    url = make_url(course.db_url)
    if not url.drivername.startswith("sqlite") or Path(url.database or "").is_file():
        engine = create_engine(url)  # nbgrader's own class would write, and complete what is there
        with engine.connect() as connection:
            if inspect(connection).has_table("student"):
                yield from connection.scalars(text("SELECT id FROM student"))
        engine.dispose()
    yield from map(name_of, {path.lstat().st_uid for path in _inside(folder / "inbound")} - own)


def _inside(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it is not there, or not to be listed."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _there(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.exists()]


def _ways(place: Place) -> Iterator[str]:
    root = place.course.root.resolve()
    above = {*place.root.resolve().parents, *root.parents}
    free = (folder for folder in above if not folder.stat().st_mode & stat.S_ISVTX)
    yield from place.changed(free, "chmod go-w {}, or chown it to root")


def _top(place: Place) -> Iterator[str]:
    state = place.root.stat()
    if state.st_uid not in place.own:
        yield f"{place.root} belongs to {name_of(state.st_uid)}: chown root {place.root}"
    if place.may(place.root, WRITE) and not state.st_mode & stat.S_ISVTX:
        yield f"whoever may write to {place.root} may replace what is in it: chmod +t {place.root}"
    yield from place.changed([place.folder], "chown it to you, and chmod 755 it")


def _released(place: Place) -> Iterator[str]:
    outbound = place.folder / "outbound"
    yield from place.changed([outbound, *outbound.rglob("*")], CLOSE)


def _listed(place: Place) -> Iterator[str]:
    for name, mode in (("inbound", "3733"), ("feedback", "711")):
        folder = place.folder / name
        if folder.exists() and (who := place.may(folder, READ)):
            yield f"{folder} can be listed by {who}: chmod {mode} {folder}"


def _removed(place: Place) -> Iterator[str]:
    inbound = place.folder / "inbound"
    if inbound.exists():
        state = inbound.stat()
        if not state.st_mode & stat.S_ISVTX:
            yield f"who knows a submission's name may remove it: chmod 3733 {inbound}"
        if state.st_uid not in place.own:
            yield f"{inbound} belongs to {name_of(state.st_uid)}: chown it to you"


def _guessed(place: Place) -> Iterator[str]:
    if not ExchangeSubmit(parent=place.course.app).add_random_string:
        yield "c.ExchangeSubmit.add_random_string is False: take that line out of the configuration"
    for path in _inside(place.folder / "inbound"):
        if path.name.count("+") == 2:
            yield (
                f"{path.name!r} has no random part: set c.ExchangeSubmit.add_random_string = True "
                "in learners' configuration"
            )


def _feedback(place: Place) -> Iterator[str]:
    folder = place.folder / "feedback"
    yield from place.changed([folder, *_inside(folder)], CLOSE)


def _owners(place: Place) -> Iterator[str]:
    collect = ExchangeCollect(coursedir=place.course.directory, parent=place.course.app)
    if not collect.check_owner:
        yield (
            "c.ExchangeCollect.check_owner is False, so anybody can hand in for anybody: take that "
            "line out, and name learners' accounts as the gradebook does"
        )


def _course(place: Place) -> Iterator[str]:
    course, directory = place.course, place.course.directory
    root = course.root.resolve()
    way = [place.may(folder, ENTER) for folder in (root, *root.parents)]
    if all(way):
        few = next((who for who in way if who != EVERYBODY), "")
        names = [directory.source_directory, "solutions", directory.submitted_directory]
        names += [directory.autograded_directory, directory.feedback_directory, "attempts"]
        names += ["downloaded", ".git"]
        database = make_url(course.db_url).database
        sqlite = [database] if course.db_url.startswith("sqlite") and database else []
        for path in _there(root / name for name in [*names, *sqlite]):
            bits = ENTER | READ if path.is_dir() else READ
            if who := place.may(path, bits):
                yield f"{path} can be read by {few or who}: {_shut(place, path)}"
    yield from place.changed([root], "chmod go-w {}")


def _shut(place: Place, path: Path) -> str:
    """How to keep learners out of a path of the course folder, but not out of the exchange."""
    root = place.course.root.resolve()
    return f"chmod go-rwx {path}" if place.root.is_relative_to(root) else f"chmod 700 {root}"


PROMISES: tuple[tuple[str, Callable[[Place], Iterator[str]]], ...] = (
    ("No learner can move the exchange or the course folder away.", _ways),
    ("No learner can put another folder in the place of the course's in the exchange.", _top),
    ("Only you can change what is released to the exchange.", _released),
    ("Only you can list what was handed in, and whose feedback there is.", _listed),
    ("No learner can remove or rename another's submission.", _removed),
    ("No learner can guess the name of another's submission.", _guessed),
    ("No learner can change another's feedback.", _feedback),
    ("What is handed in under another's name is not collected.", _owners),
    (
        "No learner can read source/, submissions, grades or feedback in your course folder.",
        _course,
    ),
)
