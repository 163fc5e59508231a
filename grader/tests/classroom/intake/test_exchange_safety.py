"""What `nbexaminer check` says of an exchange, and of one that is not safe."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nbexaminer.__main__ import main
from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.intake import exchange_safety
from nbexaminer.sandbox import self_test
from nbexaminer.sandbox.view import Sandbox
from support.commands import invoked
from support.profile import COURSE_ID, SMALL_COURSE, configured

SUBMISSION = "ada+1-small+2026-11-20 12:30:00 UTC+c2VjcmV0"
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


class Exchange:
    """An exchange and a course folder with the modes of docs/jupyterhub.md."""

    def __init__(self, top: Path) -> None:
        self.top, self.root, self.course = top, top / "exchange", top / "course"
        self.folder = self.root / COURSE_ID
        for folder, mode in (
            (self.root, 0o1777),
            (self.folder, 0o755),
            (self.folder / "outbound", 0o755),
            (self.folder / "feedback", 0o711),
            (self.folder / "inbound", 0o3733),
            (self.folder / "inbound" / SUBMISSION, 0o770),
            (self.course, 0o700),
            (self.course / "source", 0o755),
            (self.course / "submitted", 0o755),
        ):
            folder.mkdir()
            folder.chmod(mode)
        self.page = self.folder / "feedback" / "0a1b.html"
        self.page.write_text("feedback")
        self.set("")

    @property
    def gradebook(self) -> Path:
        return self.course / "gradebook.db"

    def set(self, more: str) -> None:
        configured(self.course, f"c.Exchange.root = {str(self.root)!r}", more)

    def problems(self) -> dict[str, str]:
        """Of the promises that aren't kept, what is said."""
        said = exchange_safety.safety(CourseFolder())
        return {one.promise: one.detail for one in said if not one.kept}


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    # pytest's own folders are closed to others, so that nothing in them would be open.
    top = Path(tempfile.mkdtemp(dir="/tmp"))
    top.chmod(0o755)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(top / "jupyter"))
    try:
        made = Exchange(top)
        monkeypatch.chdir(made.course)
        monkeypatch.setattr(Sandbox, "find", lambda profile: None)
        monkeypatch.setattr(self_test, "tried", lambda *_: iter([]))
        yield made
    finally:
        monkeypatch.chdir(SMALL_COURSE)
        shutil.rmtree(top)


def test_the_documented_exchange_is_safe(exchange: Exchange) -> None:
    """Who followed the docs would be sent after problems that are none."""
    exchange.course.chmod(0o700)
    assert exchange.problems() == {}
    status, said = invoked(main, "check", "--verbose")
    assert status == 0 and said.count("\nyes ") == len(exchange_safety.PROMISES)


def test_no_exchange_is_no_fault(exchange: Exchange) -> None:
    """A class that hands in through a platform would be told that it can't grade."""
    shutil.rmtree(exchange.root)
    status, said = invoked(main, "check")
    assert status == 0 and "\nThere is no exchange, so nothing to check of it" in said


def _open(*where: str, mode: int) -> Callable[[Exchange], object]:
    return lambda exchange: exchange.top.joinpath(*where).chmod(mode)


def _rename_without_secret(exchange: Exchange) -> None:
    inbound = exchange.folder / "inbound"
    (inbound / SUBMISSION).rename(inbound / SUBMISSION.rpartition("+")[0])


def _open_gradebook(exchange: Exchange) -> None:
    exchange.gradebook.touch(0o644)
    (exchange.course / "source").chmod(0o700)
    (exchange.course / "submitted").chmod(0o700)
    exchange.course.chmod(0o711)


UNSAFE: dict[str, tuple[Callable[[Exchange], object], str, str]] = {
    "the exchange can be renamed": (_open(mode=0o777), "_ways", "chmod go-w"),
    "the course can be replaced": (_open("exchange", mode=0o777), "_top", "chmod +t"),
    "the course's folder can be changed": (
        _open("exchange", COURSE_ID, mode=0o777), "_top", "can be changed by everybody"
    ),
    "releases can be changed": (
        _open("exchange", COURSE_ID, "outbound", mode=0o777), "_released", "chmod go-w"
    ),
    "submissions can be listed": (
        _open("exchange", COURSE_ID, "inbound", mode=0o3777), "_listed", "chmod 3733"
    ),
    "feedback can be listed": (
        _open("exchange", COURSE_ID, "feedback", mode=0o755), "_listed", "chmod 711"
    ),
    "submissions can be removed": (
        _open("exchange", COURSE_ID, "inbound", mode=0o2733), "_removed", "chmod 3733"
    ),
    "names without a secret": (_rename_without_secret, "_guessed", "add_random_string = True"),
    "the secret is switched off": (
        lambda e: e.set("c.ExchangeSubmit.add_random_string = False"), "_guessed", "take that line"
    ),
    "feedback can be changed": (
        lambda e: e.page.chmod(0o666), "_feedback", "0a1b.html can be changed by everybody"
    ),
    "owners don't matter": (
        lambda e: e.set("c.ExchangeCollect.check_owner = False"), "_owners", "take that line out"
    ),
    "the source can be read": (_open("course", mode=0o755), "_course", "source can be read by"),
    "the gradebook can be read": (_open_gradebook, "_course", "gradebook.db can be read by"),
    "the course folder can be changed": (
        _open("course", mode=0o702), "_course", "can be changed by everybody: chmod go-w"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_unsafe_is_said_with_its_cure(exchange: Exchange, name: str) -> None:
    """An instructor would learn of it from a learner who has others' work."""
    undo, promise, said = UNSAFE[name]
    undo(exchange)
    words = {function.__name__: words for words, function in exchange_safety.PROMISES}
    assert list(exchange.problems()) == [words[promise]]
    assert said in exchange.problems()[words[promise]]
    status, text = invoked(main, "check")
    assert status == 1 and f"\nNO  {words[promise]}\n" in text and said in text
    assert text.startswith(f"Do not grade here: 1 of {len(words)} promises of the exchange ")


def test_an_exchange_in_the_course_folder_stays_open(exchange: Exchange) -> None:
    """Learners could not hand in any more, had the instructor done what `check` said."""
    exchange.root = exchange.root.rename(exchange.course / "exchange")
    exchange.folder = exchange.root / COURSE_ID
    exchange.course.chmod(0o755)
    for name in (".git", "downloaded"):  # solutions, and submissions as they came
        (exchange.course / name).mkdir(mode=0o755)
    exchange.set("")
    while problems := exchange.problems():
        (said,) = problems.values()
        for line in said.splitlines():
            command, mode, path = line.partition(": ")[2].split()
            assert (command, mode) == ("chmod", "go-rwx"), line
            Path(path).chmod(Path(path).stat().st_mode & 0o700)
    assert exchange.course.stat().st_mode & 0o777 == 0o755
    for name in (".git", "downloaded"):
        assert (exchange.course / name).stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_a_learners_group_counts_as_learners(exchange: Exchange) -> None:
    """Whoever shares a group with learners lets them in without opening a door to everybody."""
    inbound = exchange.folder / "inbound"
    shutil.chown(exchange.course, group="nogroup")
    exchange.course.chmod(0o750)
    assert exchange.problems() == {}  # nobody there is known to be a learner
    shutil.chown(inbound / SUBMISSION, "nobody")
    (said,) = exchange.problems().values()
    assert "source can be read by nobody" in said
    shutil.chown(exchange.course, group="root")
    with contextlib.closing(sqlite3.connect(exchange.gradebook)) as gradebook, gradebook:
        gradebook.execute("CREATE TABLE student (id)")
        gradebook.execute("INSERT INTO student VALUES ('daemon')")
    shutil.chown(inbound, group="daemon")
    inbound.chmod(0o3770)
    (said,) = exchange.problems().values()
    assert "inbound can be listed by daemon" in said


@AS_ROOT
@pytest.mark.parametrize(
    "name, promise",
    [
        ("exchange", "_top"),
        ("exchange/small", "_top"),
        ("exchange/small/outbound", "_released"),
        ("exchange/small/inbound", "_removed"),
        ("exchange/small/feedback/0a1b.html", "_feedback"),
        ("", "_ways"),
    ],
)
def test_what_another_account_owns_is_not_safe(exchange: Exchange, name: str, promise: str) -> None:
    """Who makes the course's folder first can read everything that is handed in."""
    shutil.chown(exchange.top / name, "nobody")
    words = {function.__name__: words for words, function in exchange_safety.PROMISES}
    assert list(exchange.problems()) == [words[promise]]
    assert "nobody" in exchange.problems()[words[promise]]
