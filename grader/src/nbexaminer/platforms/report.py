"""What came of collecting from a platform's download, and how lists of any length are shown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbexaminer.platforms.platform import Platform

SHOWN = 50
"""Names or lines of one kind; the rest is counted."""


@dataclass
class Report:
    """What came of collecting.

    platform: whose download it was, or None for an expression of the instructor's.
    collected: learners, with when they handed in, in UTC, or None where the platform doesn't say.
    unchanged: learners whose work was there already, the same.
    refused: files that stay behind, with the reason.
    older: how many files of earlier attempts stay behind.
    late: learners whose work the platform calls late without saying when it came.
    """

    platform: type[Platform] | None = None
    collected: dict[str, datetime.datetime | None] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    older: int = 0
    late: list[str] = field(default_factory=list)


def listed(names: Sequence[str]) -> str:
    """Names for a message, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def first_lines(lines: Sequence[str], what: str = "") -> list[str]:
    """Lines that are shown, the last of them how many more there are, and of what."""
    more = [f"and {len(lines) - SHOWN} more {what}".rstrip()] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]
