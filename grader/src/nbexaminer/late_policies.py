"""What lateness costs: each policy is one function here, by whose name an instructor chooses it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

from traitlets import Float, TraitError, Unicode, validate
from traitlets.config import Configurable

Policy = Callable[["LateRules", float, float], float | None]
"""Points that lateness takes off a notebook's score, or None for nothing, by the settings, the
score and the seconds late. The docstring is the instructor's help."""
POLICIES: dict[str, Policy] = {}
DAY_SECONDS = 24 * 60 * 60


def policy(function: Policy) -> Policy:
    """Let instructors choose it by its name."""
    POLICIES[function.__name__] = function
    return function


@policy
def none(rules: LateRules, score: float, seconds_late: float) -> None:
    """Nothing."""


@policy
def per_day(rules: LateRules, score: float, seconds_late: float) -> float:
    """`late_percent_per_day` of the points earned for each day of 24 hours begun."""
    days = math.ceil(seconds_late / DAY_SECONDS)
    return round(score * min(1.0, days * rules.late_percent_per_day / 100), 6)


@policy
def cutoff(rules: LateRules, score: float, seconds_late: float) -> float:
    """All points."""
    return score


@policy
def grace(rules: LateRules, score: float, seconds_late: float) -> float | None:
    """Nothing for `late_grace_minutes`; who is later still is `late_after_grace`."""
    if seconds_late <= 60 * rules.late_grace_minutes:
        return None
    return POLICIES[rules.late_after_grace](rules, score, seconds_late)


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

    @validate("late_policy")
    def _known_policy(self, proposal: dict[str, str]) -> str:
        return _one_of("late_policy", proposal["value"], POLICIES)

    @validate("late_after_grace")
    def _known_after_grace(self, proposal: dict[str, str]) -> str:
        there_are = [name for name, it in POLICIES.items() if it not in (none, grace)]
        return _one_of("late_after_grace", proposal["value"], there_are)

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
        if seconds_late <= 0:
            return None
        return POLICIES[self.late_policy](self, score, seconds_late)


def _one_of(setting: str, name: str, there_are: Collection[str]) -> str:
    if name not in there_are:
        names = ", ".join(map(repr, there_are))
        raise TraitError(f"c.MarkingRules.{setting} is {name!r}: give one of {names}")
    return name
