"""What lateness costs, and times as an instructor writes them."""

from __future__ import annotations

import datetime

import pytest
from traitlets import TraitError
from traitlets.config import Config

from nbexaminer.errors import Refusal
from nbexaminer.nbgrader_plugins.late_policy import NamedPolicies
from nbexaminer.settings import Settings

MINUTE, HOUR, DAY = 60, 3600, 86400
BERLIN = Settings(timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("rules", "late", "penalty"),
    [
        ({}, 9 * DAY, None),
        ({"late_policy": "per_day"}, 1, 1.0),
        ({"late_policy": "per_day"}, DAY, 1.0),
        ({"late_policy": "per_day"}, DAY + 1, 2.0),
        ({"late_policy": "per_day", "late_percent_per_day": 25}, 9 * DAY, 10.0),
        ({"late_policy": "cutoff"}, 1, 10.0),
        ({"late_policy": "grace"}, HOUR, None),
        ({"late_policy": "grace"}, HOUR + 1, 1.0),
        ({"late_policy": "grace", "late_grace_minutes": 1500}, 1501 * MINUTE, 2.0),
        ({"late_policy": "grace", "late_after_grace": "cutoff"}, HOUR + 1, 10.0),
    ],
)
def test_policies(rules: dict[str, object], late: float, penalty: float | None) -> None:
    """An instructor who names a policy must get this one, of 10 points, to the second."""
    config = Config({"MarkingRules": rules})
    assert NamedPolicies(config=config).late_submission_penalty("ada", 10.0, late) == penalty


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"late_policy": "perday"}, "give one of 'none', 'per_day', 'cutoff', 'grace'"),
        ({"late_after_grace": "none"}, "give one of 'per_day', 'cutoff'"),
        ({"late_percent_per_day": 0}, "above 0, at most 100"),
        ({"late_percent_per_day": 110}, "above 0, at most 100"),
        ({"late_grace_minutes": -5}, "give a number of minutes, such as 60"),
    ],
)
def test_a_wrong_rule_is_refused_with_those_there_are(rules: dict[str, object], said: str) -> None:
    """A misspelt policy that cost nobody anything would be noticed at the end of the semester."""
    with pytest.raises(TraitError, match=said) as refused:
        Settings(config=Config({"MarkingRules": rules}))
    assert f"c.MarkingRules.{next(iter(rules))} is " in str(refused.value)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            {"cell_wall_second": 60.0},
            "has 'cell_wall_second': there are cell_cpu_seconds, c",
        ),
        ({"cell_wall_seconds": "60"}, "has cell_wall_seconds = '60': give a number"),
        ([60], "expected a dict"),
    ],
)
def test_a_wrong_limit_is_refused(limits: object, said: str) -> None:
    """A misspelt one ended grading with a traceback, or counted for nothing."""
    with pytest.raises(TraitError, match=said):
        Settings(config=Config({"SubmissionReader": {"limits": limits}}))


def test_nbgraders_own_method_goes_on_working() -> None:
    """A course that has set it keeps its penalties, until it names a policy of ours."""
    config = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})
    assert NamedPolicies(config=config).late_submission_penalty("ada", 10.0, 5.0) == 10.0
    config.MarkingRules.late_policy = "per_day"
    assert NamedPolicies(config=config).late_submission_penalty("ada", 10.0, 5.0) == 1.0


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-20 12:00", "2026-11-20 11:00"),
        ("2026-07-20T12:00", "2026-07-20 10:00"),
        ("2026-07-20 12:00+00:00", "2026-07-20 12:00"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),
    ],
)
def test_times_are_the_courses(text: str, utc: str) -> None:
    """A due date an hour off costs those who rely on it."""
    assert BERLIN.read(text) == datetime.datetime.fromisoformat(utc)


@pytest.mark.parametrize("text", ["2026-11-20", "tomorrow", "2026-13-01 12:00", "2026-03-29 02:30"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """Neither midnight nor a guess: which of both ends of the day would it be?"""
    with pytest.raises(Refusal, match=f"'{text}'"):
        BERLIN.read(text)


def test_two_days_later_is_as_late_in_the_day() -> None:
    """At the end of summer time 48 hours would end at 11 o'clock."""
    before = BERLIN.read("2026-10-24 12:00")
    assert BERLIN.later(before, datetime.timedelta(2, 3600)) == BERLIN.read("2026-10-26 13:00")
