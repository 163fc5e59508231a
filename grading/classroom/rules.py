"""The rules of a class that nbgrader has no setting for, from nbgrader_config.py."""

from __future__ import annotations

import datetime
import zoneinfo

from traitlets import Enum, Integer, TraitError, Unicode, validate
from traitlets.config import Configurable


class MarkingRules(Configurable):
    """Set as `c.MarkingRules.timezone = "Europe/Berlin"` in nbgrader_config.py."""

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

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The course's time zone."""
        return zoneinfo.ZoneInfo(self.timezone)

    def shown(self, utc: datetime.datetime) -> str:
        """A time of the gradebook (UTC, without a zone) as people read it, the zone with it."""
        here = utc.replace(tzinfo=datetime.UTC).astimezone(self.zone)
        return f"{here:%A} {here.day} {here:%B %Y, %H:%M} ({self.timezone})"
