"""Collecting from a learning platform's download, of whose names learners wrote a part."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nbexaminer.errors import Malformed
from nbexaminer.lms.whose import Upload, Whose
from support.course import EXERCISE, Course
from support.platforms import zipped

FILE = f"{EXERCISE}.ipynb"


def named(learner: str, time: str = "2026-11-20-16-30-10", file: str = FILE) -> str:
    """A name in a download of Blackboard's."""
    return f"{EXERCISE}_{learner}_attempt_{time}_{file}"


LATER = "x_ada_attempt_2026-12-01-00-00-00_"
STOLEN = named("ada", "2026-12-01-00-00-00")
MEMBERS = {
    named("ada"): b"ada's",
    named("mallory", file=LATER + FILE): b"mallory's",
    named("nina", file="mine.zip"): zipped({STOLEN: b"nina's"}),
    f"x_y_attempt_99999999_{FILE}": b"no date",
    named("timeless", "2026-13-40-99-99-99"): b"no time",
    named("ancient", "0001-01-01-00-00-00"): b"year 1",
    named("bomber"): b"[" * (25 << 20),
    named("dense"): b"[" * (5 << 20),
    named("<img onerror=1>"): b"no name",
    named("esc\x1b[2J"): b"no name",
    named("-force"): b"no name",
    named("climber", file="../../climber.ipynb"): b"climber's",
    named("broken"): b"#" * 1000 + b"broken's",
    named("twice", "2026-11-20-16-30-10", f"Attempt (1)-{FILE}"): b"older",
    named("twice", "2026-11-20-16-30-59"): b"newer",
    named("again", "2026-11-20-16-30-00"): b"newer",
    named("again", "2026-11-20-16-29-20"): b"older",
    named("o_neil", "2026-11-20-16-30-00"): b"with an underscore",
    named("o_neil", "2026-11-20-16-30-00", "more.ipynb"): b"beside it",
    named("ada", file="readme.txt"): b"no notebook",
}


@dataclass
class Collected(Course):
    log: str

    def submitted(self) -> dict[str, str]:
        top = self.root / "submitted"
        return {p.relative_to(top).as_posix(): p.read_text() for p in top.rglob("*.*")}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """What `nbgrader zip_collect` makes of a download with all that."""
    course = Course.make(tmp_path_factory.mktemp("zip"))
    course.nbgrader("generate_assignment", EXERCISE)
    archives = course.root / "downloaded" / EXERCISE / "archive"
    archives.mkdir(parents=True)
    data = bytearray(zipped(MEMBERS))
    data[data.index(named("broken").encode()) + len(named("broken")) + 4] ^= 0xFF
    (archives / "platform.zip").write_bytes(data)
    (archives / "cut.zip").write_bytes(data[: len(data) // 2])
    (archives / named("nina", file="unpacked by hand.zip")).write_bytes(zipped({STOLEN: b"nina's"}))
    (archives / named("loose")).write_bytes(b"loose")
    return Collected(course.root, course.nbgrader("zip_collect", EXERCISE))


STOCK = """
import sys
import nbexaminer.lms.class_list
import nbexaminer.lms.give_back
from nbgrader.apps import ZipCollectApp
app = ZipCollectApp()
app.initialize(["ps1"])
app.start()
ours = [name.split(".")[1:] for name in sys.modules if name.startswith("nbexaminer.")]
print(*{".".join(name[: 1 + (name[0] == "classroom")]) for name in ours})
"""


def test_stock_nbgrader_collects_with_two_lines(tmp_path: Path) -> None:
    """Who grades otherwise would have to take up the rest, which needs a sandbox."""
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nplugins = "nbexaminer.lms.collect."\n'
        'c.ZipCollectApp.extractor_plugin = plugins + "Extractor"\n'
        'c.ZipCollectApp.collector_plugin = plugins + "Collector"\n'
    )
    archive = tmp_path / "downloaded" / "ps1" / "archive" / "got.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(zipped({"ps1_ada_attempt_2026-11-20-16-30-10_ps1.ipynb": b"ada's"}))
    alembic = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [sys.executable, "-c", STOCK],
        cwd=tmp_path, env=os.environ | {"PATH": alembic}, capture_output=True, text=True,
    )  # fmt: skip
    collected = tmp_path / "submitted" / "ada" / "ps1" / "ps1.ipynb"
    assert collected.read_text() == "ada's", ran.stderr
    below = {"configuration", "errors", "files", "cli", "classroom"}
    of_a_classroom = {f"classroom.{name}" for name in ("database", "intake", "roster", "uploads")}
    assert {*ran.stdout.split()} == {"lms", *below, *of_a_classroom}


def test_the_platform_says_whose_a_file_is(collected: Collected) -> None:
    """By the name of a file, or of one in an archive, a learner could replace another's work."""
    notebooks = {
        place: text for place, text in collected.submitted().items() if place.endswith(".ipynb")
    }
    assert notebooks == {
        f"ada/{EXERCISE}/{FILE}": "ada's",
        f"mallory/{EXERCISE}/{LATER}{FILE}": "mallory's",
        f"twice/{EXERCISE}/{FILE}": "newer",
        f"again/{EXERCISE}/{FILE}": "newer",
        f"o_neil/{EXERCISE}/{FILE}": "with an underscore",
        f"o_neil/{EXERCISE}/more.ipynb": "beside it",
        f"loose/{EXERCISE}/{FILE}": "loose",
    }
    assert not list(collected.root.rglob("climber*"))


def test_what_cannot_be_collected_is_named_and_the_rest_collected(collected: Collected) -> None:
    """One name with an odd date left a class uncollected; a 1 MB archive filled the disk."""
    assert "Traceback" not in collected.log and "\x1b[2J" not in collected.log
    said = {
        line.split("Not collected: ")[1] for line in collected.log.split("\n") if "Not c" in line
    }
    for words in (
        f"{named('nina', file='mine.zip')}: archives that learners hand in",
        f"{named('nina', file='unpacked by hand.zip')}: archives that learners hand in",
        f"x_y_attempt_99999999_{FILE}: its name is not of Blackboard's form",
        f"{named('timeless', '2026-13-40-99-99-99')}: 2026-13-40-99-99-99 is no date and time",
        f"{named('ancient', '0001-01-01-00-00-00')}: the year 1 is not between 2000 and 2099",
        f"{named('bomber')}: it is more than 100 times as large as in the archive",
        f"{named('dense')}: it is more than 100 times as large as in the archive",
        f"{named('<img onerror=1>')}: no learner can be called",
        f"{EXERCISE}_esc\\x1b[2J_attempt_2026-11-20-16-30-10_{FILE}: its name leads to another",
        f"{named('-force')}: no learner can be called",
        f"{named('climber', file='../../climber.ipynb')}: its name leads to another folder",
        f"{named('broken')}: it can't be unpacked: ",
        f"{named('twice', file=f'Attempt (1)-{FILE}')}: there is a newer attempt",
        "cut.zip: File is not a zip file",
    ):
        assert any(line.startswith(words) for line in said), words
    extracted = collected.root / "downloaded" / EXERCISE / "extracted"
    assert sum(p.stat().st_size for p in extracted.rglob("*") if p.is_file()) < 10_000


def upload(place: str, *others: str, zone: str = "UTC", expression: str = "") -> Upload:
    """What a path in a download of Blackboard's, with other files in it, says."""
    whose = Whose(EXERCISE, ZoneInfo(zone), expression)
    whose.recognise([place, *others])
    return whose.read(place)


@pytest.mark.parametrize("seconds", [0, 23, 24, 59])
def test_the_last_of_six_numbers_is_the_seconds(seconds: int) -> None:
    """It was taken for a time zone: hours late for some, and from 24 on the command ended."""
    place = named("ada", f"2026-11-20-16-30-{seconds:02}")
    when = datetime.datetime(2026, 11, 20, 16, 30, seconds)
    assert upload(place)[:3] == ("ada", when, FILE)
    earlier = when - datetime.timedelta(hours=1)
    assert upload(place, zone="Europe/Berlin")[:3] == ("ada", earlier, FILE)


@pytest.mark.parametrize(
    ("place", "learner"),
    [
        (named("ada"), "ada"),
        (named("o_neil"), "o_neil"),
        (named("ada.l-b@uni.edu"), "ada.l-b@uni.edu"),
        (f"Week_1 of 3_ada_attempt_2026-11-20-16-30-10_{LATER}{FILE}", "ada"),
        (named("attempt"), "attempt"),
        (f"folder/{named('ada')}", None),
        (f"{named('mallory')}/{named('ada')}", None),
        (f"ada_{FILE}", None),
    ],
)
def test_the_first_date_is_the_platforms(place: str, learner: str | None) -> None:
    """What comes after it is the learner's own file name."""
    if learner is None:
        with pytest.raises(Malformed, match="form"):
            upload(place, "readme.txt")
    else:
        assert upload(place).learner == learner


LEARNERS = ["van_ada", "ada", "ada_b", "o_neil"]


def test_learners_with_underscores_are_read_under_any_title() -> None:
    """One's work would be taken for that of another whose name is the end of the first one's."""
    names = [named(who).replace(EXERCISE, "Week_1", 1) for who in LEARNERS]
    assert [upload(name, *names).learner for name in names] == LEARNERS


def test_another_platform_is_read_by_its_expression() -> None:
    """The folder that Moodle makes names the learner, and a folder in it doesn't."""
    moodles = r"[^/]*_(?P<student_id>[\w.@-]+)_assignsubmission_file/(?P<file_id>.+)"
    moodle = "Ada Lovelace_ada_assignsubmission_file/"
    assert upload(f"{moodle}{FILE}", expression=moodles)[:3] == ("ada", None, FILE)
    nested = f"x_bob_assignsubmission_file/{FILE}"
    assert upload(moodle + nested, expression=moodles)[:3] == ("ada", None, nested)
    with pytest.raises(Malformed, match="put it elsewhere"):
        upload(f"{moodle}../../{FILE}", expression=moodles)
    with pytest.raises(Malformed, match="no group student_id"):
        upload(f"ada_{FILE}", expression=r"(?P<learner>\w+)_.*")
