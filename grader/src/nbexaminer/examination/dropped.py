"""Questions that were dropped: their tests are not run, and nobody grades their answers.

What was decided stands in the metadata of the source's cell, so that whatever grades follows it:
`"dropped": {"outcome": "dropped" or "accepted", "points": what the cell was worth}`.
"""

from __future__ import annotations

from typing import Any

from nbexaminer.examination.verdicts import Outcome

KEY = "dropped"
DECISIONS = (Outcome.DROPPED, Outcome.ACCEPTED)


def decision(cell: dict[str, Any]) -> Outcome | None:
    """What was decided about a graded cell of the source's, or None for one that counts."""
    about = cell.get("metadata", {}).get(KEY, {})
    outcome = about.get("outcome") if isinstance(about, dict) else None
    return Outcome(outcome) if outcome in DECISIONS else None


def points_before(cell: dict[str, Any]) -> float:
    """What a graded cell of the source's was worth before it was dropped, or is worth."""
    if decision(cell) is None:
        return float(cell["metadata"]["nbgrader"]["points"])
    return float(cell["metadata"][KEY]["points"])


def said_of(cell: dict[str, Any]) -> str:
    """What learners read about a dropped question; empty for one that counts."""
    match decision(cell):
        case Outcome.DROPPED:
            return "This question was dropped: nobody earns or loses points with it."
        case Outcome.ACCEPTED:
            points = points_before(cell)
            what = "its point" if points == 1 else f"its {points:g} points"
            return f"This question was dropped: everybody who handed in gets {what}."
        case _:
            return ""
