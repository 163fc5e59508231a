"""What a class sets in class_config.py for marking and for running submissions, checked here.

What lateness costs is a policy: a function here, by whose name an instructor chooses it.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import zoneinfo
from collections.abc import Callable
from typing import Any

from traitlets import Bool, Dict, Enum, Float, Integer, List, TraitError, Unicode, validate
from traitlets.config import Configurable

from nbexaminer.configuration import zone_of
from nbexaminer.errors import Refusal
from nbexaminer.judging.limits import Limits

EXAMPLE_TIME = "2026-11-20 12:00"
Policy = Callable[["LateRules", float, float], float | None]
"""Points that lateness takes off a notebook's score, or None for nothing, by the settings, the
score and the seconds late. The docstring is the instructor's help."""
DAY_SECONDS = 24 * 60 * 60


def none(rules: LateRules, score: float, seconds_late: float) -> None:
    """Nothing."""


def per_day(rules: LateRules, score: float, seconds_late: float) -> float:
    """`late_percent_per_day` of the points earned for each day of 24 hours begun."""
    days = math.ceil(seconds_late / DAY_SECONDS)
    return round(score * min(1.0, days * rules.late_percent_per_day / 100), 6)


def cutoff(rules: LateRules, score: float, seconds_late: float) -> float:
    """All points."""
    return score


def grace(rules: LateRules, score: float, seconds_late: float) -> float | None:
    """Nothing for `late_grace_minutes`; who is later still is `late_after_grace`."""
    if seconds_late <= 60 * rules.late_grace_minutes:
        return None
    return POLICIES[rules.late_after_grace](rules, score, seconds_late)


POLICIES: dict[str, Policy] = {it.__name__: it for it in (none, per_day, cutoff, grace)}


class LateRules(Configurable):
    """The part of `c.MarkingRules` that is about lateness; a policy's settings stand here."""

    late_policy = Unicode(
        none.__name__,
        help="What lateness costs.\n"
        + "\n".join(f"{name!r}: {policy.__doc__}" for name, policy in POLICIES.items()),
    ).tag(config=True)
    late_percent_per_day = Float(
        10.0, help="For each day begun, so many percent of the points earned are taken off."
    ).tag(config=True)
    late_grace_minutes = Float(
        60.0, help="With the policy 'grace': so many minutes late cost nothing."
    ).tag(config=True)
    late_after_grace = Unicode(
        per_day.__name__,
        help="With the policy 'grace', for who is later: 'per_day', counted from the due date, or "
        "'cutoff'.",
    ).tag(config=True)

    @validate("late_policy", "late_percent_per_day", "late_grace_minutes", "late_after_grace")
    def _fitting(self, proposal: dict[str, Any]) -> Any:
        setting, value = proposal["trait"].name, proposal["value"]
        names = [n for n in POLICIES if setting == "late_policy" or n not in ("none", "grace")]
        match setting:
            case "late_percent_per_day":
                fits, asked_for = 0 < value <= 100, "a number above 0, at most 100"
            case "late_grace_minutes":
                fits, asked_for = 0 <= value < math.inf, "a number of minutes, such as 60"
            case _:
                fits, asked_for = value in names, f"one of {', '.join(map(repr, names))}"
        if not fits:
            given = repr(value) if isinstance(value, str) else f"{value:g}"
            raise TraitError(f"c.MarkingRules.{setting} is {given}: give {asked_for}")
        return value

    def late_penalty(self, score: float, seconds_late: float) -> float | None:
        """Points that lateness takes off a notebook's `score`; None where it costs nothing."""
        if seconds_late <= 0:
            return None
        return POLICIES[self.late_policy](self, score, seconds_late)


class Settings(LateRules):
    """What a class sets in class_config.py: how it is marked, such as
    `c.MarkingRules.timezone = "Europe/Berlin"`, and how submissions are read and run, such as
    `c.SubmissionReader.limits = {"cell_wall_seconds": 240.0}`.

    Raises TraitError for a name or value that there is not; it says which there are.
    """

    @classmethod
    def section_names(cls) -> list[str]:
        """Under which names they stand in a configuration."""
        return ["MarkingRules", "SubmissionReader"]

    unsafe_no_sandbox = Bool(
        False, help="Run learners' code without a sandbox. It can then do whatever you can."
    ).tag(config=True)
    limits = Dict(
        help="Other limits than those of nbexaminer.judging.limits.Limits, for instance "
        "{'cell_wall_seconds': 60.0}."
    ).tag(config=True)
    expected_files = List(
        Unicode(),
        help="Patterns of files that learners may hand in beside the notebooks and get back, for "
        "instance ['*.csv']. What the source has beside them may be handed in anyway.",
    ).tag(config=True)

    timezone = Unicode(
        "UTC", help="The course's time zone, in which times are read and shown: 'Europe/Berlin'."
    ).tag(config=True)
    attempts = Integer(
        0, min=0, help="How often a learner may hand in an exercise to `serve`; 0: no limit."
    ).tag(config=True)
    counted = Enum(
        ["last", "best"],
        "last",
        help="Which attempt counts: the last one, or the one with the most points of the tests, "
        "what being late costs taken off; of equal ones the newer.",
    ).tag(config=True)
    untried = List(
        Unicode(),
        help="Assignments whose source has no solution, or one that needn't pass: it isn't tried "
        "before their submissions are graded. A broken test can then cost everybody points.",
    ).tag(config=True)

    @validate("limits")
    def _known_limits(self, proposal: dict[str, dict[str, float]]) -> dict[str, float]:
        kinds = {field.name: field.type for field in dataclasses.fields(Limits) if field.init}
        known: dict[str, float] = {}
        for name, value in proposal["value"].items():
            if name not in kinds:
                names = ", ".join(sorted(kinds))
                raise TraitError(f"c.SubmissionReader.limits has {name!r}: there are {names}")
            kind, number = ("a whole number", int) if kinds[name] is int else ("a number", float)
            usable = type(value) in (int, float) and math.isfinite(value) and value >= 0
            if not usable or number(value) != value:
                raise TraitError(f"c.SubmissionReader.limits has {name} = {value!r}: give {kind}")
            known[name] = number(value)
        return known

    @validate("timezone")
    def _known_zone(self, proposal: dict[str, str]) -> str:
        return zone_of(proposal["value"], "c.MarkingRules.timezone").key

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The course's time zone."""
        return zoneinfo.ZoneInfo(self.timezone)

    def shown(self, utc: datetime.datetime) -> str:
        """A time of the gradebook (UTC, without a zone) as people read it, the zone with it."""
        here = utc.replace(tzinfo=datetime.UTC).astimezone(self.zone)
        return f"{here:%A} {here.day} {here:%B %Y, %H:%M} ({self.timezone})"

    def read(self, text: str) -> datetime.datetime:
        """A date and time as people write it, in the course's time zone, as the gradebook has it.

        Raises Refusal for anything else, and for a time that the clocks leave out.
        """
        try:
            here = datetime.datetime.fromisoformat(text.strip())
        except ValueError:
            here = None
        if here is None or len(text.strip()) <= len("2026-11-20"):
            raise Refusal(
                f'{text!r} is no date and time: write it as "{EXAMPLE_TIME}" ({self.timezone})'
            )
        if here.tzinfo is None:
            utc = here.replace(tzinfo=self.zone).astimezone(datetime.UTC)
            if utc.astimezone(self.zone).replace(tzinfo=None) != here:
                raise Refusal(f"{text!r}: there is no such time in {self.timezone}")
        else:
            utc = here.astimezone(datetime.UTC)
        return utc.replace(tzinfo=None)

    def later(self, utc: datetime.datetime, ahead: datetime.timedelta) -> datetime.datetime:
        """A time of the gradebook so much later by the clock on the wall: after 2 days it is as
        late in the day as before, also where summer time ends between."""
        here = utc.replace(tzinfo=datetime.UTC).astimezone(self.zone).replace(tzinfo=None)
        days = datetime.timedelta(days=ahead.days)
        moved = (here + days).replace(tzinfo=self.zone).astimezone(datetime.UTC)
        return (moved + (ahead - days)).replace(tzinfo=None)
