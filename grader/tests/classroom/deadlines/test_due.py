"""Due dates, extensions, and penalties that follow them without grading again."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from nbexaminer.__main__ import main
from nbexaminer.classroom import deadlines
from nbexaminer.classroom.database import put
from nbexaminer.commands.grade import grade
from support.commands import invoked
from support.course import EXERCISE
from support.handed_in import HandedIn, Inline, run_here

PER_DAY = (
    "c.LateSubmissionPlugin.penalty_method = 'none'\nc.MarkingRules.late_policy = 'per_day'\n"
    "c.MarkingRules.timezone = 'Europe/Berlin'\n"
)


@pytest.fixture
def graded(undisturbed: HandedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandedIn:
    """A class that is graded; `late` handed in 22 hours after the due date and has 3 points."""
    shutil.copytree(undisturbed.root, tmp_path / "course", symlinks=True)
    monkeypatch.chdir(tmp_path / "course")
    return HandedIn(tmp_path / "course")


@pytest.fixture
def here(course: HandedIn, monkeypatch: pytest.MonkeyPatch) -> HandedIn:
    """A class that has handed in and isn't graded."""
    monkeypatch.chdir(course.root)
    return course


def say(*command: str, status: int = 0) -> str:
    """What a command of the grader says here."""
    ran = CliRunner().invoke(main, command)
    assert ran.exit_code == status, ran.output + repr(ran.exception)
    return ran.output


def configure(course: HandedIn, lines: str) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(lines)


def rerun() -> str:
    return invoked(grade, EXERCISE)[1]


def penalties(course: HandedIn) -> dict[str, str]:
    return {row[0]: row[2] for row in course.rows()[2] if row[2] != "None"}


def test_penalties_follow_without_grading_again(graded: HandedIn) -> None:
    """A due date moved after grading, an extension, a policy and hand-given points changed none."""
    files = graded.files()
    assert penalties(graded) == {"late": "3.0"}
    configure(graded, PER_DAY)
    assert "changed without grading again: 1" in rerun()
    assert penalties(graded) == {"late": "0.3"}
    graded.grade_by_hand("late", 2.0)
    rerun()
    assert penalties(graded) == {"late": "0.5"}
    say("due", EXERCISE, "2026-11-18 13:00")
    rerun()
    assert penalties(graded) == {"late": "1.5"}
    say("due", EXERCISE, "2026-10-31 13:00")
    assert "changed without grading again: 5" in rerun()
    assert penalties(graded)["ada"] == "0.3"
    say("extend", "ada", EXERCISE, "--hours=12")
    assert "changed without grading again: 1" in rerun()
    assert "ada" not in penalties(graded)
    say("extend", "ada", EXERCISE, "--remove")
    rerun()
    assert penalties(graded)["ada"] == "0.3"
    say("due", EXERCISE, "--remove")
    rerun()
    assert penalties(graded) == {}
    assert "penalties for lateness" not in rerun()
    assert graded.files() == files, "nobody was graded again"


def test_an_extension_before_anything_is_handed_in(
    here: HandedIn, monkeypatch: pytest.MonkeyPatch, undisturbed: HandedIn
) -> None:
    """nbgrader keeps it with the submission, so that there was nowhere to write it."""
    said = say("extend", "late", EXERCISE, "--days=1")
    assert "late is now due Saturday 21 November 2026, 12:00 (UTC), 1 day later." in said
    for learner in ("ada", "ben", "cleo", "dan", "eve", "fay", "blank", "bad-json", "bad-missing"):
        shutil.rmtree(here.root / "submitted" / learner)
    shutil.copytree(here.root, here.root.parent / "stock", symlinks=True)
    run_here(monkeypatch, here, Inline())
    assert penalties(here) == {}
    stock = HandedIn(here.root.parent / "stock")
    stock.nbgrader("autograde", EXERCISE, status=1)  # bad-time's is not graded
    assert penalties(stock) == {}


def test_an_extension_without_a_due_date_waits(here: HandedIn) -> None:
    """nbgrader fails on an extension of no date, and the instructor must know that it waits."""
    say("due", EXERCISE, "--remove")
    said = say("extend", "ada", EXERCISE, "--days=2")
    assert "no due date yet: set it with\n  nbexaminer due 1-small" in said
    assert "ada: 2 days, counted from the due date once it is set" in say("due", EXERCISE)
    said = say("extend", "ada", EXERCISE, "--until=2026-11-22 18:00", status=2)
    assert "1-small has no due date that could be extended" in said
    assert "until Sunday 22 November 2026, 12:00 (UTC), 2 days later" in say(
        "due", EXERCISE, "2026-11-20 12:00"
    )


def test_extensions_survive_the_loss_of_the_due_date(graded: HandedIn) -> None:
    """Else `nbgrader autograde` ends in a TypeError for whoever has one."""
    say("extend", "late", EXERCISE, "--days=2")
    say("due", EXERCISE, "--remove")
    with Gradebook(graded.url) as gradebook:
        assert gradebook.find_submission(EXERCISE, "late").total_seconds_late == 0
    say("due", EXERCISE, "2026-11-20 12:00")
    rerun()
    assert penalties(graded) == {}
    with Gradebook(graded.url) as gradebook:  # as the formgrader does
        gradebook.find_assignment(EXERCISE).duedate = None
        gradebook.db.commit()
    rerun()
    with Gradebook(graded.url) as gradebook:
        assert gradebook.find_submission(EXERCISE, "late").total_seconds_late == 0


def test_a_sections_own_date(graded: HandedIn) -> None:
    """A group that meets two days later needed an extension for each of its learners."""
    (graded.root / "class.csv").write_text("id,section\nada,A\nben,B\nlate,B\n")
    say("roster", "class.csv")
    said = say("due", EXERCISE, "2026-11-22 12:00", "--section=B")
    assert "1-small is due Sunday 22 November 2026, 12:00 (UTC) for section B." in said
    assert "  section B: Sunday 22 November 2026, 12:00 (UTC)\n" in say("due", EXERCISE)
    rerun()
    assert penalties(graded) == {}
    assert say("extend") == "Nobody has an extension there.\n", "it is not the learner's own"
    say("due", EXERCISE, "2026-10-30 12:00")
    say("due", EXERCISE, "2026-10-31 12:00", "--section=B")
    rerun()
    assert penalties(graded)["ben"] == "3.0", "earlier than it was handed in"
    said = say("extend", "ben", EXERCISE, "--until=2026-10-31 11:00", status=2)
    assert "not later than 1-small is due for ben: Saturday 31 October 2026, 12:00 (UTC)" in said
    say("extend", "ben", EXERCISE, "--days=2")
    rerun()
    assert "ben: until Monday 2 November 2026, 12:00 (UTC), 3 days later" in say("extend")
    assert "ben" not in penalties(graded), "the learner's own, counted from the section's date"
    said = say("extend", "ben", EXERCISE, "--remove")
    assert "it is due Saturday 31 October 2026, 12:00 (UTC)" in said
    rerun()
    assert penalties(graded)["ben"] == "3.0", "the section's date holds again"
    say("due", EXERCISE, "2026-11-20 12:00")
    said = say("due", EXERCISE, "--section=B", "--remove")
    assert f"{EXERCISE} has no date of its own for section B." in said
    rerun()
    assert penalties(graded) == {"late": "3.0"}
    refused = {
        ("due", EXERCISE, "2026-11-22 12:00", "--section=C"): "no section 'C': there are A, B",
        ("due", EXERCISE, "2026-11-22 12:00", "--section="): "no section ''",
    }
    for command, said in refused.items():
        assert said in say(*command, status=2)
    say("due", EXERCISE, "--remove")
    said = say("due", EXERCISE, "2026-11-22 12:00", "--section=B", status=2)
    assert "1-small has no due date yet: first set the one for all the others" in said


def test_more_time_for_every_exercise(graded: HandedIn) -> None:
    """More time for a whole term needed an extension for each exercise, and for each new one."""
    said = say("extend", "late", "--all", "--days=1")
    assert "late now has 1 day more for every exercise" in said
    assert "every exercise  late: 1 day more for every exercise\n" in say("extend")
    assert "  late: 1 day more for every exercise\n" in say("due", EXERCISE)
    rerun()
    assert penalties(graded) == {}
    say("extend", "late", EXERCISE, "--hours=1")
    rerun()
    assert penalties(graded) == {"late": "3.0"}, "the one for this exercise goes first"
    say("extend", "late", EXERCISE, "--remove")
    (graded.root / "class.csv").write_text("id,section\nlate,B\n")
    say("roster", "class.csv")
    say("due", EXERCISE, "2026-11-20 11:00", "--section=B")
    rerun()
    assert penalties(graded) == {}, "23 hours late, and a day more than the section"
    say("due", EXERCISE, "--remove")
    with Gradebook(graded.url) as gradebook:
        assert gradebook.find_submission(EXERCISE, "late").total_seconds_late == 0
    assert say("extend").startswith("every exercise  late")
    say("due", EXERCISE, "2026-11-20 12:00")
    assert "late has no extension for every exercise any more" in say(
        "extend", "late", "--all", "--remove"
    )
    rerun()
    assert penalties(graded) == {"late": "3.0"}
    assert "With --all say how much" in say("extend", "late", "--all", "--until=1", status=2)
    assert "late has no extension for every exercise" in say(
        "extend", "late", "--all", "--remove", status=2
    )
    assert "or --all for every exercise" in say("extend", "late", "--days=1", status=2)


def test_what_stands_in_nbgraders_column(graded: HandedIn) -> None:
    """There an earlier version wrote what followed from a section's date: nobody's own extension.
    What a script grants by nbgrader's API is one."""
    (graded.root / "class.csv").write_text("id,section\nlate,B\n")
    say("roster", "class.csv")
    say("due", EXERCISE, "2026-11-22 12:00", "--section=B")
    two_days = datetime.timedelta(days=2)
    with Gradebook(graded.url) as gradebook:
        gradebook.find_submission(EXERCISE, "late").extension = two_days
        row = {"student_id": "late", "assignment": EXERCISE, "extension": two_days}
        put(gradebook.db.connection(), deadlines._DERIVED, row)
        gradebook.grant_extension(EXERCISE, "ada", hours=1)
    assert say("extend").startswith(f"{EXERCISE}  ada: until") and "late:" not in say("extend")
    rerun()
    assert penalties(graded) == {}
    say("due", EXERCISE, "--section=B", "--remove")
    rerun()
    assert penalties(graded) == {"late": "3.0"}
    say("extend", "ada", EXERCISE, "--remove")
    assert say("extend") == "Nobody has an extension there.\n"


def test_the_list_and_what_is_refused(graded: HandedIn) -> None:
    """One wrong word must not extend somebody else's time, or nobody's."""
    configure(graded, PER_DAY)
    assert say("extend") == "Nobody has an extension there.\n"
    say("extend", "ada", EXERCISE, "--days=1")
    said = say("extend", "ada", EXERCISE, "--until=2026-11-22 18:00")
    assert "due Sunday 22 November 2026, 18:00 (Europe/Berlin), 2 days 5 hours later" in said
    assert "(before: 1 day later)" in said
    listed = "1-small  ada: until Sunday 22 November 2026, 18:00 (Europe/Berlin), 2 days 5 hours"
    for command in (
        ("extend",),
        ("extend", "ada"),
        ("extend", EXERCISE),
        ("extend", "ada", EXERCISE),
    ):
        assert listed in say(*command)
    refused = {
        ("extend", "adda", EXERCISE, "--days=1"): "no learner 'adda': did you mean ada",
        ("extend", "zzz", EXERCISE, "--days=1"): "no learner 'zzz': there are ada, bad-json",
        ("extend", "ada", "1-smal", "--days=1"): "no exercise '1-smal': did you mean 1-small?",
        ("extend", "ada", EXERCISE, "--until=2026-11-20 13:00"): "not later than 1-small is due",
        ("extend", "ben", EXERCISE, "--remove"): "ben has no extension for 1-small",
        ("due", "2-small", "2026-11-20 12:00"): "no exercise '2-small': did you mean 1-small?",
        ("due", EXERCISE, "20.11.2026"): "'20.11.2026' is no date and time: write it as",
    }
    for command, said in refused.items():
        assert said in say(*command, status=2)
    assert listed in say("extend"), "nothing of that changed anything"
    configure(graded, "c.MarkingRules.timezone = 'Berlin'\n")
    assert "c.MarkingRules.timezone is 'Berlin'" in say("extend", status=2)
    assert "c.MarkingRules.timezone is 'Berlin': give a name" in rerun()
