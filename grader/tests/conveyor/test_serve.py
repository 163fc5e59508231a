"""`nbexaminer serve`: feedback at once, each attempt graded once, whatever happens."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from nbexaminer.conveyor import arrivals, belt, desk, folder
from nbexaminer.conveyor.arrivals import Arrivals, Changed
from nbexaminer.conveyor.folder import ClassFolder
from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import GradebookUnavailable, Status
from support.commands import run_forked
from support.course import EXERCISE, good
from support.handed_in import HandedIn, Inline, run_here
from support.serving import Served
from support.waiting import eventually

WRONG = good(f="def f(x): return x")
PARTLY = good(f="def f(x): return 6")


@pytest.fixture
def served(course: HandedIn, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A class in which nobody has handed in yet, with an exchange of its own."""
    shutil.rmtree(course.root / "submitted")
    served = Served(course, monkeypatch)
    served.configure("c.Exchange.root = str(Path(__file__).resolve().parent / 'exchange')")
    for name in ("inbound", "feedback"):
        (served.exchange / name).mkdir(parents=True)
    return served


def is_told(page: str) -> bool:
    """Whether the visible test's message stands in a page, beside the test's own code."""
    return page.count("f(3) should be 6") > 1


def test_feedback_comes_at_once_and_everything_else_goes_on_from_there(served: Served) -> None:
    """Learners who hand in at night learn what is wrong; and no other command grades it anew."""
    first, second = (served.drop("ada", n, n=i) for i, n in enumerate((WRONG, good())))
    ben, bad = served.drop("ben", WRONG), served.drop("bea", b"{")
    late = served.drop("late", good(), "2026-11-21 10:00:00")
    assert served.serve(Status.LOOK) == 5
    assert is_told(served.page(first)) and is_told(served.page(ben))
    assert not is_told(served.page(second))
    assert "not JSON" in served.page(bad)
    pages = "".join(map(served.page, (first, second, ben, bad, late)))
    assert "quagga" not in pages and "okapi" not in pages, "hidden tests and mark schemes"
    assert served.points() == {"ada": 3.0, "ben": 0.0, "bea": 0.0, "late": 3.0}
    rows = {(who, score, counts) for who, score, counts, _, released in served.attempts()}
    assert rows == {
        ("ada", "0.0", "0.0"), ("ada", "3.0", "1.0"), ("ben", "0.0", "1.0"),
        ("bea", "0.0", "1.0"), ("late", "0.0", "1.0"),
    }  # fmt: skip
    kept = sorted((served.course.root / "attempts" / "ada" / EXERCISE).glob(f"*/{EXERCISE}.ipynb"))
    assert {path.read_bytes() for path in kept} == {WRONG, good()}
    assert "ada: attempt 2: 3 of 6 points, the rest is to be graded by hand" in served.said
    assert served.serve() == 0, "what has been graded is not graded again"
    summary = run_here(served.patch, served.course, Inline())
    assert (summary.graded, summary.unchanged) == (0, 4)


def test_the_best_counts_and_attempts_run_out(served: Served) -> None:
    """A learner who tries something out would lose points, or try until the tests are guessed."""
    served.configure("c.MarkingRules.attempts = 2\nc.MarkingRules.counted = 'best'")
    times = [f"2026-11-19 12:0{i}:00" for i in range(4)]
    notebooks = (b"{", good(), WRONG, PARTLY)
    secrets = [served.drop("ada", n, t) for n, t in zip(notebooks, times, strict=True)]
    assert served.serve(Status.LOOK) == 3
    assert served.points() == {"ada": 3.0}
    assert is_told(served.page(secrets[2])), "the worse one has its own page"
    assert "You can hand in this exercise 2 times, and have done so" in served.page(secrets[3])
    assert "refused and kept, since 2 of 2 attempts are used up" in served.said
    counted = [row[1] for row in served.attempts() if row[2] == "1.0"]
    assert counted == ["3.0"] and len(served.attempts()) == 4
    submitted = served.course.root / "submitted" / "ada" / EXERCISE / f"{EXERCISE}.ipynb"
    assert submitted.read_bytes() == good()
    assert served.serve() == 0


def test_the_best_is_judged_by_what_it_is_worth_now(served: Served) -> None:
    """An extension gave a late attempt its points back, and a worse one took its place."""
    served.configure(
        "c.MarkingRules.counted = 'best'\nc.MarkingRules.late_policy = 'cutoff'\n"
        "c.LateSubmissionPlugin.penalty_method = 'none'"
    )
    served.drop("late", good(), "2026-11-21 10:00:00")
    served.serve()
    with Gradebook(served.course.url) as gradebook:
        gradebook.find_submission(EXERCISE, "late").extension = datetime.timedelta(days=2)
        gradebook.db.commit()
    served.drop("late", PARTLY, "2026-11-21 11:00:00", n=1)
    served.serve()
    assert served.points() == {"late": 3.0}


PUBLISH = folder.publish


class Killed(BaseException):
    pass


def _killed(*_: object, **__: object) -> None:
    raise Killed


def _killed_at_the_last_move(staged: Path, place: Path) -> None:
    if "autograded" in str(place):
        raise Killed
    PUBLISH(staged, place)


MOMENTS: dict[str, tuple[Any, str, Any, int]] = {
    "copying": (Arrivals, "copy", _killed, 1),
    "kept": (ClassFolder, "read", _killed, 1),
    "graded": (desk.ClassGradebook, "record", _killed, 1),
    "committed": (folder, "publish", _killed_at_the_last_move, 0),
    "feedback": (desk.Exchange, "release", _killed, 0),
    "released": (desk.attempts, "mark_released", _killed, 0),
}
"""What a kill interrupts, and how often what was under way is graded afterwards."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_each_step(moment: str, served: Served) -> None:
    """A kill in the middle would leave a learner without a grade, or with two."""
    served.drop("ada", WRONG)
    served.serve()
    secret = served.drop("ada", good(), "2026-11-20 10:31:00")
    *what, do, graded = MOMENTS[moment]
    with served.patch.context() as crash:
        crash.setattr(*what, do)
        with pytest.raises(Killed):
            served.serve()
    assert served.serve() == graded
    rows = [["ada", "0.0", "0.0", "", "1.0"], ["ada", "3.0", "1.0", "", "1.0"]]
    assert served.attempts() == rows
    page = served.page(secret)
    assert page and not is_told(page)
    assert served.points() == {"ada": 3.0}
    for step in ("submitted", "autograded"):
        assert os.listdir(served.course.root / step / "ada") == [EXERCISE], "nothing half done"
    assert run_here(served.patch, served.course, Inline()).graded == 0


def test_killed_while_an_attempt_that_does_not_count_is_fed_back(served: Served) -> None:
    """Its page is made from a gradebook apart, which is gone after a kill."""
    served.configure("c.MarkingRules.counted = 'best'")
    served.drop("ada", good())
    served.serve()
    secret = served.drop("ada", WRONG, "2026-11-20 10:31:00")
    with served.patch.context() as crash:
        crash.setattr(desk.Exchange, "release", _killed)
        with pytest.raises(Killed):
            served.serve()
    served.serve()
    assert [row[1:3] for row in served.attempts()] == [["0.0", "0.0"], ["3.0", "1.0"]]
    assert is_told(served.page(secret)) and served.points() == {"ada": 3.0}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_one_learners_trouble_is_nobody_elses(served: Served) -> None:
    """Whoever hands in something odd at night would end it for all until the morning."""
    served.drop("mallory", good())
    forged = served.exchange / "inbound" / f"ada+{EXERCISE}+2026-11-20 10:30:00 UTC+forged"
    shutil.copytree(
        served.exchange / "inbound" / os.listdir(served.exchange / "inbound")[0], forged
    )
    (forged / "submission_secret.txt").write_text("forged")
    shutil.chown(forged, "nobody")
    odd_time = served.drop("ben", good(), n=7)
    place = served.exchange / "inbound" / f"ben+{EXERCISE}+2026-11-20 10:30:00 UTC+7"
    (place / "timestamp.txt").write_text("soon")
    (served.exchange / "inbound" / f"<b>+{EXERCISE}+2026-11-20 10:30:00 UTC+x").mkdir()
    (served.exchange / "inbound" / f"cleo+{EXERCISE}+2026-11-20 10:30:00 UTC+x").symlink_to("/etc")
    broken = served.drop("dan", good(w="breaks the pages"))
    making = desk.make_pages

    def make(exercise: str, student: str, *where: Any) -> Any:
        if student == "dan":
            raise ValueError("no page for dan")
        return making(exercise, student, *where)

    with served.patch.context() as patch:
        patch.setattr(desk, "make_pages", make)
        assert served.serve(Status.LOOK) == 2
    assert served.points() == {"mallory": 3.0, "dan": 3.0}
    assert "timestamp.txt" in served.page(odd_time) and "was not graded" in served.page(odd_time)
    assert not served.page("forged") and not served.page(broken)
    for words in ("ada: not graded: it belongs to nobody", "cleo: not graded: it is a link",
                  "<b>+", "no page for dan"):  # fmt: skip
        assert words in served.said, served.said
    assert served.serve(Status.LOOK) == 0
    assert served.page(broken), "what it still lacked"


def test_any_folder_can_be_watched(served: Served, tmp_path: Path) -> None:
    """A class without nbgrader's exchange: a share, a synchronised folder, a platform's export."""
    inbox, outbox = tmp_path / "inbox", tmp_path / "outbox"
    outbox.mkdir()
    for learner, name in (("ada", f"{EXERCISE}.ipynb"), ("ben", f"{EXERCISE}/{EXERCISE}.ipynb")):
        (inbox / learner / name).parent.mkdir(parents=True)
        (inbox / learner / name).write_bytes(WRONG)
    (inbox / f"cleo+{EXERCISE}+2026-11-20 10:30:00 UTC.ipynb").write_bytes(good())
    (inbox / "linker").mkdir()
    (inbox / "linker" / f"{EXERCISE}.ipynb").symlink_to(inbox / "ada" / f"{EXERCISE}.ipynb")
    assert served.serve(inbox=inbox, outbox=outbox) == 3
    assert served.points() == {"ada": 0.0, "ben": 0.0, "cleo": 3.0}
    assert len(list(outbox.glob(f"*/{EXERCISE}/*/{EXERCISE}.html"))) == 3
    feedback = served.course.root / "feedback" / "ada" / EXERCISE / f"{EXERCISE}.html"
    assert is_told(feedback.read_text())
    os.utime(inbox / "ada" / f"{EXERCISE}.ipynb", (1e9, 1e9))
    (inbox / "ben" / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(good())
    assert served.serve(inbox=inbox) == 1, "ada's was only touched"
    assert served.points() == {"ada": 0.0, "ben": 3.0, "cleo": 3.0}


def test_what_is_still_being_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a notebook can't be read, and would use up an attempt, or give no points."""
    clock = [0.0]
    monkeypatch.setattr(arrivals.time, "monotonic", lambda: clock[0])
    watched = Arrivals(tmp_path, EXERCISE, drop_box=False, check_owner=False)
    place = tmp_path / "ada" / f"{EXERCISE}.ipynb"
    place.parent.mkdir()

    def after(seconds: float) -> list[str]:
        clock[0] += seconds
        return [arrival.learner for arrival in watched.look()]

    place.write_bytes(good()[:1000])
    os.utime(place, (1e9, 1e9))
    assert after(0) == [] and watched.settling
    assert after(2) == [], "it doesn't end as notebooks do"
    place.write_bytes(good())
    os.utime(place, (1e9, 1e9))
    assert after(2) == [], "it has just changed"
    assert after(2) == ["ada"] and after(2) == [] and not watched.settling
    place.write_bytes(b"{")
    assert after(0) == after(5) == [] and after(6) == ["ada"], "it stays like that"


def test_what_is_overwritten_before_it_is_taken_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the due date it would count with the time of before."""
    monkeypatch.setattr(arrivals, "SETTLED", 0.0)
    watched = Arrivals(tmp_path / "inbox", EXERCISE, drop_box=False, check_owner=False)
    place = tmp_path / "inbox" / "ada" / f"{EXERCISE}.ipynb"
    place.parent.mkdir(parents=True)
    place.write_bytes(good())
    (arrival,) = watched.look()
    place.write_bytes(WRONG)
    with pytest.raises(Changed):
        watched.copy(arrival, tmp_path)
    os.utime(place, (0, 0))
    (again,) = watched.look()
    assert again.handed_in.year > 1970, "when it came, since nobody hands in in 1970"


def test_a_gradebook_in_use_is_waited_for(served: Served) -> None:
    """Somebody who works in the formgrader at night would end it for all."""
    served.drop("ada", good())
    record, calls = desk.ClassGradebook.record, []

    def busy(self: Any, *arguments: Any) -> None:
        calls.append(arguments)
        if len(arguments) > 4 and len(calls) < 4:
            raise GradebookUnavailable("it is in use")
        record(self, *arguments)

    served.patch.setattr(desk.ClassGradebook, "record", busy)
    served.patch.setattr(belt, "BUSY_SECONDS", 0.0)
    served.serve()
    assert served.said.count("waiting: it is in use") == 1 and served.points() == {"ada": 3.0}


def test_what_grades_may_not_change_meanwhile(served: Served) -> None:
    """Half of a class would be graded by other tests than the other half."""
    served.patch.chdir(served.course.root)
    fresh = ClassFolder(CourseFolder(), EXERCISE)
    assert not fresh.is_outdated() and not fresh.is_outdated()
    with served.patch.context() as patch:
        patch.setattr(ClassFolder, "is_outdated", lambda _: True)
        served.serve(Status.CANNOT)
    assert "has changed" in served.said and "nbexaminer grade" in served.said
    served.course.edit_source("f(1) should be 2", "f(1) has to be 2")
    assert fresh.is_outdated()


def test_no_drop_box(served: Served) -> None:
    """Who has not released the exercise has to learn what to do."""
    shutil.rmtree(served.exchange)
    served.serve(Status.CANNOT)
    assert "release_assignment" in served.said and "--inbox" in served.said


def test_as_a_command_with_nbgraders_own_around_it(served: Served) -> None:
    """Killed and started anew with two learners at once, as in a night with a power cut."""
    root = served.course.root
    command = [sys.executable, "-u", "-m", "nbexaminer", "serve", EXERCISE, "--jobs=1"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while "ready" not in process.stdout.readline():
        assert process.poll() is None
    assert "another run is grading" in served.course.grade(status=Status.CANNOT)
    secrets = [served.drop(who, good()) for who in ("ada", "ben")]
    assert eventually(lambda: any(map(served.page, secrets)), 60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ran = run_forked("nbexaminer", "serve", EXERCISE, "--once", "--jobs=1", cwd=root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert all(map(served.page, secrets))
    assert served.attempts() == [[who, "3.0", "1.0", "", "1.0"] for who in ("ada", "ben")]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while "ready" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "Ended. graded 0" in out
