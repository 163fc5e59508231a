"""What is kept of a graded notebook: its file, points, comments and verdicts."""

from __future__ import annotations

from dataclasses import dataclass

from nbexaminer.examination.verdicts import Verdict


@dataclass(frozen=True)
class GradedNotebook:
    """One graded notebook.

    data: its file, as nbgrader writes it.
    scores: points by grade id, None where a human has to give them.
    comments: nbgrader's automatic comment on each answer cell, or None.
    grounds: hash of what each graded cell's points are for.
    reason: why the submitted notebook could not be read, or empty.
    """

    name: str
    data: bytes
    scores: dict[str, float | None]
    comments: dict[str, str | None]
    verdicts: tuple[Verdict, ...]
    grounds: dict[str, str]
    reason: str = ""
