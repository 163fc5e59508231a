"""What a class sets in class_config.py for marking and for running submissions, checked here."""

import dataclasses
import datetime
import math
import zoneinfo

from traitlets import Bool, Dict, Enum, Integer, List, TraitError, Unicode, validate

from nbexaminer.configuration import zone_of
from nbexaminer.errors import Refusal
from nbexaminer.late_policies import LateRules
from nbexaminer.limits import Limits

EXAMPLE_TIME = "2026-11-20 12:00"


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
        help="Other limits than those of nbexaminer.limits.Limits, for instance "
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
