"""What lateness costs: each policy is one function here, by whose name an instructor chooses it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from traitlets import Float, TraitError, Unicode, validate
from traitlets.config import Configurable

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
