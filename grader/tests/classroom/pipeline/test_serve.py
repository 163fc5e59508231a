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

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.deadlines import EVERY, opened
from nbexaminer.classroom.gradebook.attempts import FOLDER, Attempt
from nbexaminer.classroom.intake.times import read_timestamp
from nbexaminer.classroom.pipeline import arrivals, belt, desk, folder
from nbexaminer.classroom.pipeline.arrivals import Arrivals, Changed
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.classroom.roster import Learner, write_roster
from nbexaminer.commands.grade import grade
from nbexaminer.errors import GradebookUnavailable, Status
from support.commands import invoked, run_forked
from support.course import EXERCISE, good
from support.handed_in import HandedIn, Inline, hand_in, run_here
from support.serving import Here, Served
from support.waiting import eventually

WRONG = good(f="def f(x): return x")
PARTLY = good(f="def f(x): return 6")
FORGERY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")


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
    assert "refused, since 2 of 2 attempts are used up" in served.said
    counted = [row[1] for row in served.attempts() if row[2] == "1.0"]
    assert counted == ["3.0"] and len(served.attempts()) == 4
    submitted = served.course.root / "submitted" / "ada" / EXERCISE / f"{EXERCISE}.ipynb"
    assert submitted.read_bytes() == good()
    assert served.serve() == 0


@pytest.mark.parametrize("counted", ["best", "last"])
def test_what_was_collected_before_is_an_attempt(served: Served, counted: str) -> None:
    """A damaged file took the place of work that had come by e-mail, which was nowhere any more."""
    served.configure(f"c.MarkingRules.counted = '{counted}'")
    hand_in(served.course.root, "ada", good(), "2026-11-20 09:00:00 UTC")
    (hand_in(served.course.root, "ben", good()) / "timestamp.txt").unlink()
    hand_in(served.course.root, "cleo", good(), "2026-11-20 10:30:00 UTC")
    run_here(served.patch, served.course, Inline())
    with Gradebook(served.course.url) as gradebook:
        gradebook.find_grade("w", EXERCISE, EXERCISE, "ada").manual_score = 2
        gradebook.db.commit()
    served.drop("ada", b"{")
    served.drop("ben", b"{")
    served.drop("cleo", good())  # which is what was collected
    late = served.drop("late", WRONG)
    assert served.serve(Status.LOOK) == 6
    assert served.points() == {"ada": 3.0, "ben": 3.0, "cleo": 3.0, "late": 0.0}
    assert "what was collected before is the first attempt" in served.said
    with Gradebook(served.course.url) as gradebook:
        assert gradebook.find_grade("w", EXERCISE, EXERCISE, "ada").manual_score == 2
        assert gradebook.find_submission(EXERCISE, "ben").timestamp is None, "it is never late"
    assert is_told(served.page(late))
    rows = [row[:3] for row in served.attempts()]
    assert sorted(rows) == [
        ["ada", "0.0", "0.0"], ["ada", "3.0", "1.0"], ["ben", "0.0", "0.0"], ["ben", "3.0", "1.0"],
        ["cleo", "3.0", "1.0"], ["late", "0.0", "1.0"],
    ]  # fmt: skip
    served.drop("ada", WRONG, "2026-11-20 11:00:00", n=1)
    served.serve()
    assert served.points()["ada"] == (3.0 if counted == "best" else 0.0)
    kept = (served.course.root / "attempts" / "ada" / EXERCISE).glob(f"*/{EXERCISE}.ipynb")
    assert good() in {path.read_bytes() for path in kept}


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


def test_the_best_may_be_one_whose_points_wait(served: Served) -> None:
    """A right answer whose points waited was replaced by a wrong one, and nobody was told."""
    served.configure("c.MarkingRules.counted = 'best'")
    own = "class N:\n    def __eq__(self, x): return self.n == x\n"
    served.drop("ada", good(f=f"{own}def f(x): n = N(); n.n = 2 * x; return n"))
    served.serve(Status.LOOK)
    assert {cell for _, cell in served.course.waiting()} == {"f-visible", "f-hidden", "w"}
    served.drop("ada", PARTLY, "2026-11-20 10:40:00", n=1)
    served.serve(Status.LOOK)
    assert served.points() == {"ada": 1.0}
    assert "an earlier attempt no longer counts, of whose tests points waited" in served.said
    assert f"it lies in attempts/ada/{EXERCISE}/2026-11-20-10-30-00-" in served.said
    served.drop("ada", good(), "2026-11-20 10:50:00", n=2)
    served.serve()
    assert served.points() == {"ada": 3.0} and "no longer counts" not in served.said


OLD_BEST = good(f="def f(x): return 2 * x if x < 5 else 0")
NEW_BEST = good(f="def f(x): return 2 * x if x > 1 else 0")
AS_GOOD = good(f="def f(x): return x + x if x > 1 else 1")
BEFORE = {
    "ada": (OLD_BEST, NEW_BEST, WRONG),
    "ben": (good(), PARTLY),
    "cleo": (NEW_BEST, OLD_BEST, AS_GOOD),
}
"""Attempts of three learners before the hidden test changed: `ada`'s second is the best from then
on, `ben`'s first before and after, and of `cleo`'s two equal ones the newer."""


@pytest.fixture
def changed(served: Served) -> Served:
    """The best of each learner's attempts counts, and the source has changed since they came in."""
    served.configure("c.MarkingRules.counted = 'best'\nc.MarkingRules.attempts = 4")
    for learner, notebooks in BEFORE.items():
        for minute, notebook in enumerate(notebooks):
            served.drop(learner, notebook, f"2026-11-19 12:0{minute}:00")
    served.serve()
    assert [submitted(served, who) for who in BEFORE] == [OLD_BEST, good(), OLD_BEST]
    assert set(served.points().values()) == {3.0}
    served.course.edit_source("assert f(1) == 2, 'f(1) should be 2'", "assert f(5) == 10")
    return served


def submitted(served: Served, learner: str) -> bytes:
    folder = served.course.root / "submitted" / learner / EXERCISE
    return (folder / f"{EXERCISE}.ipynb").read_bytes()


def worth(served: Served, learner: str) -> list[tuple[str, str]]:
    """Score and whether it counts of each of a learner's attempts, in any order."""
    return sorted((row[1], row[2]) for row in served.attempts() if row[0] == learner)


@pytest.mark.parametrize("is_graded", [True, False], ids=["graded before", "served at once"])
def test_a_changed_source_may_have_another_best(changed: Served, is_graded: bool) -> None:
    """The hidden test was wrong, and the attempt that it was wrong about went on not counting."""
    served = changed
    if is_graded:
        run_here(served.patch, served.course, Inline())
        assert served.points() == {"ada": 1.0, "ben": 3.0, "cleo": 1.0}
    assert served.serve() == 8
    assert served.points() == {"ada": 3.0, "ben": 3.0, "cleo": 3.0}
    assert [submitted(served, who) for who in BEFORE] == [NEW_BEST, good(), AS_GOOD]
    assert worth(served, "ada") == [("0.0", "0.0"), ("1.0", "0.0"), ("3.0", "1.0")]
    assert worth(served, "ben") == [("1.0", "0.0"), ("3.0", "1.0")]
    assert worth(served, "cleo") == [("1.0", "0.0"), ("3.0", "0.0"), ("3.0", "1.0")]
    assert "ada: attempt of Thursday 19 November 2026, 12:01 (UTC), graded again: 3" in served.said
    assert served.serve() == 0, "what grades has graded all of them"
    assert run_here(served.patch, served.course, Inline()).unchanged == 3
    served.drop("ada", OLD_BEST, "2026-11-19 13:00:00")
    served.drop("ada", good(), "2026-11-19 13:01:00")
    assert served.serve() == 1 and "refused, since 4 of 4" in served.said
    assert submitted(served, "ada") == NEW_BEST


def test_pages_of_attempts_are_those_of_the_changed_source(changed: Served) -> None:
    """A learner's page had the points of the earlier test, and the gradebook others."""
    old, new = (f"secret-ada-2026-11-19 12:0{minute}:00-0" for minute in range(2))
    before = [changed.page(secret) for secret in (old, new)]
    changed.serve()
    after = [changed.page(secret) for secret in (old, new)]
    assert all(a != b for a, b in zip(before, after, strict=True))


def test_killed_while_attempts_are_graded_again(changed: Served) -> None:
    """The next run would take the one that counted for the best, or grade all of them once more."""
    graded = iter(range(10))
    decide = desk.Desk._decide

    def killed(*arguments: Any) -> None:
        if next(graded) == 4:
            raise Killed
        decide(*arguments)

    with changed.patch.context() as crash:
        crash.setattr(desk.Desk, "_decide", killed)
        with pytest.raises(Killed):
            changed.serve()
    assert changed.serve() == 4
    assert changed.points() == {"ada": 3.0, "ben": 3.0, "cleo": 3.0}


def test_what_the_instructor_has_put_in_its_place_stays(changed: Served) -> None:
    """Work that had come by e-mail would be gone, since it is among no attempts."""
    place = changed.course.root / "submitted" / "ada" / EXERCISE / f"{EXERCISE}.ipynb"
    place.write_bytes(PARTLY)
    shutil.rmtree(changed.course.root / "submitted" / "ben")
    run_here(changed.patch, changed.course, Inline())
    assert changed.serve() == 3, "cleo's"
    assert submitted(changed, "ada") == PARTLY and not place.parents[2].joinpath("ben").exists()


def test_an_excluded_learners_attempts_are_left_alone(changed: Served) -> None:
    """They would be graded at each start."""
    with Gradebook(changed.course.url) as gradebook:
        write_roster(gradebook, [Learner(who, excluded=who == "ada") for who in BEFORE])
    assert changed.serve() == 5


def test_with_the_last_one_no_other_is_graded_again(served: Served) -> None:
    """Nothing would come of it."""
    served.drop("ada", NEW_BEST)
    served.drop("ada", OLD_BEST, "2026-11-20 10:31:00")
    served.serve()
    served.course.edit_source("assert f(1) == 2, 'f(1) should be 2'", "assert f(5) == 10")
    assert served.serve() == 0 and submitted(served, "ada") == OLD_BEST


def test_grading_says_that_attempts_are_yet_to_be_compared(changed: Served) -> None:
    """Whoever only grades again would think that the best one counts."""
    changed.patch.setattr(ClassFolder, "local_pool", lambda *_: Here().opened())
    ended, said = invoked(grade, EXERCISE)
    assert ended == 0 and f"`nbexaminer serve {EXERCISE}` grades them again" in said
    ended, said = invoked(grade, EXERCISE)
    assert ended == 0 and "better ones" not in said, "nothing was graded now"


def test_more_time_for_a_section_and_for_every_exercise(served: Served) -> None:
    """A learner's page said that the attempt was late, and the better one did not count."""
    served.configure("c.MarkingRules.late_policy = 'cutoff'")
    with Gradebook(served.course.url) as gradebook:
        write_roster(gradebook, [Learner("ada", section="B"), Learner("ben"), Learner("cleo")])
    served.patch.chdir(served.course.root)
    with opened(CourseFolder()) as dates:
        dates.set_due(EXERCISE, datetime.datetime(2026, 11, 21, 12), "B")
        dates.extend("ben", EVERY, datetime.timedelta(days=1), None)
    for who in ("ada", "ben", "cleo"):
        served.drop(who, good(), "2026-11-21 10:00:00")
    served.serve()
    assert [row[:2] for row in served.attempts()] == [
        ["ada", "3.0"],
        ["ben", "3.0"],
        ["cleo", "0.0"],
    ]


def test_a_due_date_that_moves_while_serving_counts(served: Served) -> None:
    """What an attempt is worth went by the date of when serving began; its page by the new one."""
    served.configure("c.MarkingRules.late_policy = 'cutoff'")
    served.drop("ada", good(), "2026-11-21 10:00:00")
    copy = Arrivals.copy

    def meanwhile(*arguments: Any) -> list[str]:
        with Gradebook(served.course.url) as gradebook:
            gradebook.update_or_create_assignment(EXERCISE, duedate="2026-11-22 12:00")
        return copy(*arguments)

    served.patch.setattr(Arrivals, "copy", meanwhile)
    served.serve()
    assert [row[1] for row in served.attempts()] == ["3.0"]


def test_no_page_has_the_points_of_another_attempt(served: Served) -> None:
    """A course's own steps read the gradebook, which has those of the attempt that counts."""
    served.configure(
        "c.MarkingRules.counted = 'best'\n"
        "c.GenerateFeedback.preprocessors = ['nbgrader.preprocessors.GetGrades']"
    )
    served.drop("ada", good())
    secret = served.drop("ada", WRONG, "2026-11-20 10:31:00")
    served.serve(Status.LOOK)
    assert "no page without nbexaminer.nbgrader_plugins.feedback.Grades" in served.said
    assert not served.page(secret) and served.points() == {"ada": 3.0}


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
    """What its page is made from is gone after a kill."""
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


@FORGERY
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


def test_an_empty_time_stamp_makes_nobody_early(served: Served, tmp_path: Path) -> None:
    """Grading again found no time of handing in, and gave the points back that lateness cost."""
    inbox = tmp_path / "inbox"
    (inbox / "ben" / EXERCISE).mkdir(parents=True)
    (inbox / "ben" / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(good())
    name = f"late+{EXERCISE}+2026-11-21 10:00:00 UTC+0"
    served.drop("late", good(), "2026-11-21 10:00:00")
    (served.exchange / "inbound" / name).rename(inbox / name)
    for place in (inbox / name, inbox / "ben" / EXERCISE):
        (place / "timestamp.txt").write_text("")
    os.utime(inbox / "ben" / EXERCISE / f"{EXERCISE}.ipynb", (1795255200, 1795255200))
    served.serve(inbox=inbox)
    for who in ("late", "ben"):
        when = read_timestamp(served.course.root / "submitted" / who / EXERCISE)
        assert when == datetime.datetime(2026, 11, 21, 10), who
    assert [row[:3] for row in served.attempts()] == [[w, "0.0", "1.0"] for w in ("ben", "late")]


def test_any_folder_can_be_watched(served: Served, tmp_path: Path) -> None:
    """A class without nbgrader's exchange: a share, a synchronised folder, a platform's export."""
    inbox, outbox = tmp_path / "inbox", tmp_path / "outbox"
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


def test_a_file_of_tomorrow_was_handed_in_today(served: Served, tmp_path: Path) -> None:
    """A clock that was wrong had a learner late, for all points and without a word."""
    served.configure("c.MarkingRules.late_policy = 'cutoff'")
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    with Gradebook(served.course.url) as gradebook:
        later = now + datetime.timedelta(hours=1)
        gradebook.update_or_create_assignment(EXERCISE, duedate=f"{later}")
    place = tmp_path / "inbox" / "ada" / f"{EXERCISE}.ipynb"
    place.parent.mkdir(parents=True)
    place.write_bytes(good())
    os.utime(place, (2_500_000_000, 2_500_000_000))
    served.serve(inbox=tmp_path / "inbox")
    assert [row[1] for row in served.attempts()] == ["3.0"]
    assert "ada: the time of its file, 2049-03-22 04:26:40 UTC, is yet to come" in served.said
    when = read_timestamp(served.course.root / "submitted" / "ada" / EXERCISE)
    assert when is not None and now <= when < later
    assert served.serve(inbox=tmp_path / "inbox") == 0, "it is the same file"


def test_what_is_named_like_no_exercise_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`1-smal.ipynb` was passed over without a line, and its learner waited for feedback."""
    monkeypatch.setattr(arrivals, "SETTLED", 0.0)
    odd = ("ada/1-smal.ipynb", "ben/small 1/x.ipynb", "cleo+1-smal+2026-11-20 10:30:00 UTC.ipynb",
           f"{EXERCISE}.ipynb", "dan+my work/x.ipynb")  # fmt: skip
    fine = ("ada/2-other.ipynb", "eve/2.1-other/x.ipynb", "fay+2-other+2026-11-20 10:30:00.ipynb",
            "2-other.ipynb", "ada/notes.txt", "readme.txt", "gil/data/d.csv", "gil/.1-small.ipynb",
            "gil/.ipynb_checkpoints/x.ipynb",
            f"hal+ml@uni.edu/{EXERCISE}.ipynb", "hal+ml@uni.edu/Untitled.ipynb")  # fmt: skip
    for name in (*odd, *fine):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(good())
    (tmp_path / "ivy").mkdir(mode=0)
    others = (EXERCISE, "2-other", "2.1-other")
    watched = Arrivals(tmp_path, EXERCISE, drop_box=False, check_owner=False, exercises=others)
    assert [arrival.learner for arrival in watched.look()] == ["hal+ml@uni.edu"]
    assert sorted(name for name, _ in watched.odd) == sorted(
        name.removesuffix("/x.ipynb") for name in odd
    )
    for _, reason in watched.odd:
        assert "expected is LEARNER/1-small.ipynb, LEARNER/1-small/ with the notebook" in reason
    (tmp_path / "ada" / f"{EXERCISE}.ipynb").write_bytes(good())
    assert [arrival.learner for arrival in watched.look()] == ["ada"] and watched.odd == []


def test_who_is_not_on_the_roster_is_said(served: Served) -> None:
    """A second account of a learner's gets grades that nobody looks for."""
    served.drop("ada", good())
    served.serve()
    assert "not on the roster" not in served.said, "there is none"
    with Gradebook(served.course.url) as gradebook:
        write_roster(gradebook, [Learner("ada")])
    for who in ("ada", "adda"):
        served.drop(who, good(), n=1)
    served.serve()
    assert served.said.count("not on the roster") == 1
    assert "adda: is not on the roster, and is graded all the same" in served.said
    served.drop("adda", good(), n=2)
    served.serve()
    assert "not on the roster" not in served.said, "it is known by now"
    assert served.points() == {"ada": 3.0, "adda": 3.0}


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


def test_what_is_small_where_it_was_handed_in_stays_small(served: Served) -> None:
    """1.3 MB of holes and links became 2.5 GB, and others waited until they were copied."""
    served.drop("mallory", good())
    (folder,) = (served.exchange / "inbound").iterdir()
    with (folder / "holes").open("wb") as file:
        for place in (0, 30 << 20):
            file.seek(place)
            file.write(b"data")
        file.truncate(60 << 20)
    (folder / "empty").touch()
    (folder / "many").write_bytes(os.urandom(1 << 20))
    for number in range(20):
        os.link(folder / "many", folder / f"many-{number}")
    served.serve(Status.FINE)
    (kept,) = (served.course.root / "attempts" / "mallory" / EXERCISE).glob("*[!k]")
    submitted = served.course.root / "submitted" / "mallory" / EXERCISE
    for name in ("holes", "empty", "many", "many-7"):
        for copied in (kept, submitted):
            assert (copied / name).read_bytes() == (folder / name).read_bytes(), name
    sizes = {s.st_ino: s.st_blocks * 512 for s in (path.stat() for path in kept.iterdir())}
    assert sum(sizes.values()) < 3 << 20
    assert (submitted / "holes").stat().st_blocks * 512 < 1 << 20


def test_of_an_attempt_too_many_only_the_secret_is_copied(served: Served) -> None:
    """A learner would fill the disk, and keep others waiting, with what isn't graded anyway."""
    served.configure("c.MarkingRules.attempts = 1")
    served.drop("ada", good())
    served.serve()
    secret = served.drop("ada", WRONG, "2026-11-20 10:31:00")
    assert served.serve() == 0
    assert "have done so" in served.page(secret)
    kept = sorted((served.course.root / "attempts" / "ada" / EXERCISE).glob("*[!k]"))
    assert [sorted(os.listdir(folder)) for folder in kept[1:]] == [["submission_secret.txt"]]
    secret = served.drop("ada", WRONG, "2026-11-20 10:32:00")
    with served.patch.context() as crash:
        crash.setattr(desk.Exchange, "release", _killed)
        with pytest.raises(Killed):
            served.serve()
    served.serve()
    assert "have done so" in served.page(secret), "after a kill, too"


def test_in_an_own_folder_an_attempt_too_many_is_not_copied(served: Served, tmp_path: Path) -> None:
    """Whoever overwrites a file again and again would fill the disk."""
    served.configure("c.MarkingRules.attempts = 1")
    place = tmp_path / "inbox" / "ada" / f"{EXERCISE}.ipynb"
    place.parent.mkdir(parents=True)
    inbox = place.parent.parent
    for notebook, time, said in (
        (good(), 1.0e9, "attempt 1 of 1"),
        (good(), 1.1e9, "refused 0"),
        (WRONG, 1.2e9, "refused, since"),
    ):
        place.write_bytes(notebook)
        os.utime(place, (time, time))
        served.serve(inbox=inbox)
        assert said in served.said
    notebooks = [*(served.course.root / "attempts").rglob("*.ipynb")]
    assert [path.read_bytes() for path in notebooks] == [good()]


def test_an_attempt_of_which_one_notebook_can_be_read_is_used(served: Served) -> None:
    """Who left the other one out could try for ever, and learn the points each time."""
    served.configure("c.MarkingRules.attempts = 1")
    source = served.course.root / "source" / EXERCISE
    shutil.copy(source / f"{EXERCISE}.ipynb", source / "second.ipynb")
    served.drop("ada", good())
    secret = served.drop("ada", good(), "2026-11-20 10:31:00")
    served.drop("bea", b"{")
    served.drop("bea", good(), "2026-11-20 10:31:00")
    assert served.serve(Status.LOOK) == 3
    assert "have done so" in served.page(secret)
    assert "bea: can't be read: 1-small: " in served.said and served.points()["bea"] == 3.0


@FORGERY
def test_nobody_is_refused_in_anothers_name(served: Served) -> None:
    """Whoever names a folder after a classmate would have refusals written down as theirs."""
    served.configure("c.MarkingRules.attempts = 1")
    served.drop("ada", good())
    served.serve()
    secret = served.drop("ada", WRONG, "2026-11-20 10:31:00")
    (forged,) = (served.exchange / "inbound").glob("*10:31*")
    shutil.chown(forged, "nobody")
    served.serve(Status.LOOK)
    assert len(served.attempts()) == 1 and not served.page(secret)
    assert "it belongs to nobody" in served.said


def test_a_learners_attempts_do_not_fill_the_disk(served: Served) -> None:
    """What can't be read uses up no attempt, and a link to a file costs its owner nothing."""
    served.drop("mallory", b"{")
    secret = served.drop("mallory", b"{", "2026-11-20 10:31:00")
    served.drop("ada", good())
    for handed_in in (served.exchange / "inbound").glob("mallory*"):
        (handed_in / "much").write_bytes(os.urandom(100_000))
    served.patch.setattr(desk, "MAX_KEPT", 50_000)
    assert served.serve(Status.LOOK) == 2
    assert "takes up more than" in served.page(secret) and served.points()["ada"] == 3.0
    secret = served.drop("mallory", good(), "2026-11-20 10:32:00")
    assert served.serve(Status.LOOK) == 0 and "takes up more than" in served.page(secret)


def test_once_does_not_wait_for_who_never_stops_writing(served: Served, tmp_path: Path) -> None:
    """One learner's script would keep it from ending, and the next run from beginning."""
    place = tmp_path / "inbox" / "mallory" / f"{EXERCISE}.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text("{")
    served.patch.setattr(desk, "WRITING", 0.0)
    assert served.serve(inbox=place.parent.parent) == 0
    assert "mallory" not in served.said


def test_what_is_waited_for_is_what_a_learner_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 25 s her line said 1.1 s: it was noticed when others had had their turn."""
    clock = [100.0]
    monkeypatch.setattr(arrivals.time, "monotonic", lambda: clock[0])
    watched = Arrivals(tmp_path, EXERCISE, check_owner=False)

    def handed_in(learner: str, seconds: float) -> float:
        clock[0] += seconds
        _drop(tmp_path, learner)
        (arrival,) = watched.look()
        return arrival.since

    assert handed_in("early", 0) == 100, "what is there already waits since serving began"
    assert handed_in("ada", 25) == 100, "it may have come just after the last look"
    assert handed_in("ben", 1) == 125


def _drop(inbound: Path, learner: str, number: int = 0) -> Path:
    """A whole submission, without a notebook."""
    folder = inbound / f"{learner}+{EXERCISE}+2026-11-20 10:{number:02}:00 UTC+x"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "submission_secret.txt").write_text(f"{learner}-{number}")
    folder.chmod(0o777)
    return folder


def test_many_of_one_account_are_looked_into_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking into thousands that are still written to took seconds, and then there was none for
    minutes."""
    clock, looked_into = [0.0], []
    state_of = arrivals._state_of
    monkeypatch.setattr(arrivals.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(
        arrivals, "_state_of", lambda top, place: looked_into.append(place) or state_of(top, place)
    )
    watched = Arrivals(tmp_path, EXERCISE, check_owner=False)
    assert watched.look() == [] and not watched.settling
    for number in range(12):
        _drop(tmp_path, "mallory", number)
    _drop(tmp_path, "ada")
    for number in range(20, 30):
        (_drop(tmp_path, "writing", number) / f"{EXERCISE}.ipynb").write_text("{")
        (_drop(tmp_path, "writing", number) / "submission_secret.txt").unlink()
    found = []
    for look in range(22):
        clock[0] += 1
        looked_into.clear()
        found += [(look, a.learner, a.place[0][-11:-9], a.since) for a in watched.look()]
        assert len(looked_into) <= 11 and (watched.settling or look == 21)
    mallorys = [(number // 5, "mallory", f"{number:02}", 0) for number in range(12)]
    assert [one for one in found if one[1] == "mallory"] == mallorys
    assert (0, "ada", "00", 0) in found and watched.look() == []
    assert [one[2] for one in found if one[1] == "writing"] == [str(n) for n in range(20, 30)]


@pytest.mark.parametrize("name", ["mallory", pytest.param("m-{}", marks=FORGERY)])
def test_a_learners_next_one_comes_after_everybody_elses(name: str, served: Served) -> None:
    """3,000 broken submissions of one learner had all others wait for 14 s; and so they would
    under the names of a whole class."""
    served.patch.setattr(desk, "LOOKING", float("inf"))
    served.patch.setattr(desk, "PAUSE", 0.0)
    served.patch.setattr(belt, "PAUSE", 0.0)
    inbound = served.exchange / "inbound"
    for number in range(4):
        folder = _drop(inbound, name.format(number), number)
        (folder / "timestamp.txt").write_text("soon")
        if name != "mallory":
            shutil.chown(folder, "nobody")
    served.drop("ada", good())
    copy, come = Arrivals.copy, iter(("ben", "cleo"))
    order = []

    def one_more(watched: Any, arrival: Any, to: Path) -> Any:
        order.append(arrival.learner[0])
        if order[-1] == "m" and (learner := next(come, "")):
            served.drop(learner, good())
        return copy(watched, arrival, to)

    with served.patch.context() as patch:
        patch.setattr(Arrivals, "copy", one_more)
        served.serve(Status.LOOK)
    assert " ".join(order) == "m a b m c m m"


def test_a_gradebook_in_use_is_waited_for(served: Served) -> None:
    """Somebody who works in the formgrader at night would end it for all."""
    served.drop("ada", good())
    record, calls = desk.ClassGradebook.record, []

    def busy(self: Any, *arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) < 4:
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
    ran = run_forked("nbexaminer", "serve", EXERCISE, "--once", "--outbox=new", cwd=root)
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


def test_a_link_to_nowhere_holds_nobody_up(served: Served, tmp_path: Path) -> None:
    """One that no system can follow would end every look at the folder, for everybody."""
    inbox = tmp_path / "inbox"
    (inbox / "ada").mkdir(parents=True)
    (inbox / "ada" / f"{EXERCISE}.ipynb").write_bytes(good())
    (inbox / "+link+").symlink_to("a" * 300)
    assert served.serve(inbox=inbox) == 1


def test_a_folder_full_of_other_notebooks_gets_a_few_lines(served: Served, tmp_path: Path) -> None:
    """Thousands would bury what the instructor has to see, and take seconds at each look."""
    inbox = tmp_path / "inbox"
    (inbox / "eve").mkdir(parents=True)
    for number in range(1000):
        (inbox / "eve" / f"{number}.ipynb").touch()
    served.serve(Status.LOOK, inbox=inbox)
    assert served.said.count("named like no exercise") == arrivals.MOST_NAMED


@FORGERY
def test_nobody_uses_up_anothers_attempts(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a name leads to an attempt's folder, its account counts all the same."""
    monkeypatch.setattr(Attempt, "folder", lambda self, root: root / FOLDER / self.student / "now")
    served.drop("ada", WRONG)
    served.serve()
    served.drop("ada", WRONG, n=1)
    folder = next((served.exchange / "inbound").glob("ada+*+1"))
    os.chown(folder, 54321, -1)
    served.serve(Status.LOOK)
    assert "belongs to an account without a name" in served.said
    assert len(served.attempts()) == 1


@FORGERY
def test_what_was_collected_is_no_attempt_for_anothers_folder(served: Served) -> None:
    """Named after a classmate, it had what that one handed in graded once more, and used up."""
    served.configure("c.MarkingRules.attempts = 2")
    served.drop("ada", WRONG)
    hand_in(served.course.root, "ada", WRONG, "2026-11-20 10:30:00 UTC")
    served.drop("ada", PARTLY, "2026-11-20 10:00:00", n=1)
    os.chown(next((served.exchange / "inbound").glob("ada+*+1")), 54321, -1)
    served.serve(Status.LOOK)
    assert "what was collected before" not in served.said and len(served.attempts()) == 1
    secret = served.drop("ada", good(), "2026-11-21 10:30:00")
    served.serve(Status.LOOK)
    assert "attempt 2 of 2" in served.said and "have done so" not in served.page(secret)


@FORGERY
def test_what_was_collected_is_an_attempt_whoever_bears_its_time(served: Served) -> None:
    """A classmate's folder of the same time would pass for it, and it would be gone."""
    hand_in(served.course.root, "ada", good(), "2026-11-20 10:30:00 UTC")
    served.drop("ada", WRONG, n=1)
    os.chown(next((served.exchange / "inbound").iterdir()), 54321, -1)
    served.drop("ada", WRONG, "2026-11-20 11:00:00")
    served.serve(Status.LOOK)
    assert "ada: what was collected before is the first attempt" in served.said
    assert len(served.attempts()) == 2


def test_an_attempt_is_used_whatever_it_is_worth(served: Served) -> None:
    """A time stamp of 2099 left no points of it, and so as many attempts as one liked."""
    served.configure("c.MarkingRules.attempts = 1")
    served.configure("c.LateSubmissionPlugin.penalty_method = 'zero'")
    source = served.course.root / "source" / EXERCISE
    shutil.copy(source / f"{EXERCISE}.ipynb", source / "second.ipynb")
    with Gradebook(served.course.url) as gradebook:
        gradebook.update_or_create_assignment(EXERCISE, duedate="2020-01-01")
    for learner, notebook in (("ada", good()), ("ben", WRONG)):
        served.drop(learner, notebook)
        secret = served.drop(learner, good(), "2026-11-20 10:31:00")
        served.serve(Status.LOOK)
        assert "have done so" in served.page(secret), "its pages told how it did"
    assert [row[1] for row in served.attempts()].count("0.0") == 2


def test_a_time_stamp_of_tomorrow_was_handed_in_today(served: Served, tmp_path: Path) -> None:
    """As a file's time is; a learner could be as late as they liked."""
    folder = tmp_path / "inbox" / "ada" / EXERCISE
    folder.mkdir(parents=True)
    (folder / f"{EXERCISE}.ipynb").write_bytes(good())
    (folder / "timestamp.txt").write_text("2099-06-01 00:00:00 UTC")
    served.serve(inbox=tmp_path / "inbox")
    when = read_timestamp(served.course.root / "submitted" / "ada" / EXERCISE)
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert when is not None and abs(now - when) < datetime.timedelta(minutes=5)
    assert "ada: the time in its timestamp.txt, 2099-06-01 00:00:00 UTC, is yet" in served.said
    assert served.serve(inbox=tmp_path / "inbox") == 0
