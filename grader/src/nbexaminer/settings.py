"""The rules of a class that nbgrader has no setting for, from class_config.py."""

from __future__ import annotations

import dataclasses
import datetime
import math
import zoneinfo
from enum import StrEnum

from traitlets import Bool, Dict, Enum, Float, Integer, List, TraitError, Unicode, validate
from traitlets.config import Configurable

from nbexaminer.errors import Refusal
from nbexaminer.sandbox.limits import Limits

DAY_SECONDS = 24 * 60 * 60
EXAMPLE_TIME = "2026-11-20 12:00"


class LatePolicy(StrEnum):
    """What lateness costs: a share of the points that a learner has earned in a notebook."""

    NONE = "none"
    """Nothing."""
    PER_DAY = "per_day"
    """`late_percent_per_day` for each day of 24 hours begun."""
    CUTOFF = "cutoff"
    """All of them."""
    GRACE = "grace"
    """Nothing for `late_grace_minutes`; who is later still is `late_after_grace`."""


AFTER_GRACE = (LatePolicy.PER_DAY, LatePolicy.CUTOFF)


class Settings(Configurable):
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
        help="Other limits than those of nbexaminer.sandbox.limits.Limits, for instance "
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
    late_policy = Unicode(
        LatePolicy.NONE.value,
        help="What lateness costs: 'none', 'per_day', 'cutoff' or 'grace'.",
    ).tag(config=True)
    late_percent_per_day = Float(
        10.0, help="For each day begun, so many percent of the points earned are taken off."
    ).tag(config=True)
    late_grace_minutes = Float(
        60.0, help="With the policy 'grace': so many minutes late cost nothing."
    ).tag(config=True)
    late_after_grace = Unicode(
        LatePolicy.PER_DAY.value,
        help="With the policy 'grace', for who is later: 'per_day', counted from the due date, or "
        "'cutoff'.",
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

    @validate("limits")
    def _known_limits(self, proposal: dict[str, dict[str, float]]) -> dict[str, float]:
        there_are = {field.name for field in dataclasses.fields(Limits)}
        for name, value in proposal["value"].items():
            if name not in there_are:
                names = ", ".join(sorted(there_are))
                raise TraitError(f"c.SubmissionReader.limits has {name!r}: there are {names}")
            if type(value) not in (int, float) or not value >= 0:
                raise TraitError(f"c.SubmissionReader.limits has {name} = {value!r}: give a number")
        return proposal["value"]

    @validate("timezone")
    def _known_zone(self, proposal: dict[str, str]) -> str:
        name = proposal["value"]
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise TraitError(
                f"c.MarkingRules.timezone is {name!r}: give a name such as 'Europe/Berlin'"
            ) from None
        return name

    @validate("late_policy")
    def _known_policy(self, proposal: dict[str, str]) -> str:
        return _one_of("late_policy", proposal["value"], tuple(LatePolicy))

    @validate("late_after_grace")
    def _known_after_grace(self, proposal: dict[str, str]) -> str:
        return _one_of("late_after_grace", proposal["value"], AFTER_GRACE)

    @validate("late_percent_per_day")
    def _some_percent(self, proposal: dict[str, float]) -> float:
        percent = proposal["value"]
        if not 0 < percent <= 100:
            raise TraitError(
                f"c.MarkingRules.late_percent_per_day is {percent:g}: give a number above 0, at "
                "most 100"
            )
        return percent

    @validate("late_grace_minutes")
    def _some_minutes(self, proposal: dict[str, float]) -> float:
        minutes = proposal["value"]
        if not 0 <= minutes < math.inf:
            raise TraitError(
                f"c.MarkingRules.late_grace_minutes is {minutes:g}: give a number of minutes, such "
                "as 60"
            )
        return minutes

    def late_penalty(self, score: float, seconds_late: float) -> float | None:
        """Points that lateness takes off a notebook's `score`; None where it costs nothing."""
        policy = LatePolicy(self.late_policy)
        if policy is LatePolicy.GRACE:
            within = seconds_late <= 60 * self.late_grace_minutes
            policy = LatePolicy.NONE if within else LatePolicy(self.late_after_grace)
        if policy is LatePolicy.NONE or seconds_late <= 0:
            return None
        if policy is LatePolicy.CUTOFF:
            return score
        days = math.ceil(seconds_late / DAY_SECONDS)
        return round(score * min(1.0, days * self.late_percent_per_day / 100), 6)

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


def _one_of(setting: str, name: str, there_are: tuple[LatePolicy, ...]) -> str:
    if name not in set(there_are):
        names = ", ".join(repr(policy.value) for policy in there_are)
        raise TraitError(f"c.MarkingRules.{setting} is {name!r}: give one of {names}")
    return name
