"""What has been graded already, by content.

The journal of the class command is a table beside nbgrader's in the gradebook, so that one
transaction writes a submission's scores and the entry that says so: after a crash there are both or
neither. Another table has what was judged in each notebook, so that an answer which a human has
graded need not be looked at again while it stays as it is; the stock command writes it too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, String, Table, Text, delete, insert, select

from nbexaminer.database import TABLES
from nbexaminer.message import Message

JOURNAL = Table(
    "grading_journal",
    TABLES,
    Column("submission_id", String(32), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("graded", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("verdicts", Text, nullable=False),
)
GROUNDS = Table(
    "grading_judged",
    TABLES,
    Column("notebook_id", String(32), primary_key=True),
    Column("hashes", Text, nullable=False),
)


@dataclass(frozen=True)
class JournalEntry:
    """How a submission was graded last.

    key: hash of all that its grades depend on.
    graded: hash of the graded notebooks, as they are to stand in the autograded folder.
    reason: why it needs the instructor, or empty.
    verdicts: JSON, a list of one object for each test cell; the same bytes for the same key.
    """

    key: str
    graded: str
    reason: str
    verdicts: str

    def tests(self) -> list[dict[str, Any]]:
        """The verdicts: notebook, cell, outcome, points, max_points and message of each test."""
        tests = json.loads(self.verdicts)
        return [test | {"message": Message.read(test["message"])} for test in tests]


def read(connection: Connection, submission_id: str) -> JournalEntry | None:
    """The entry of a row of nbgrader's table submitted_assignment, or None."""
    row = connection.execute(
        select(JOURNAL).where(JOURNAL.c.submission_id == submission_id)
    ).one_or_none()
    return None if row is None else JournalEntry(row.key, row.graded, row.reason, row.verdicts)


def write(connection: Connection, submission_id: str, entry: JournalEntry) -> None:
    """Replace the entry, in the transaction at hand."""
    connection.execute(delete(JOURNAL).where(JOURNAL.c.submission_id == submission_id))
    values = {"submission_id": submission_id} | vars(entry)
    connection.execute(insert(JOURNAL).values(values))


def grounds_before(connection: Connection, notebook_id: str) -> dict[str, str]:
    """What `fingerprint.grounds` gave for a row of submitted_notebook when it was graded last."""
    found = connection.scalar(select(GROUNDS.c.hashes).where(GROUNDS.c.notebook_id == notebook_id))
    return {} if found is None else dict(json.loads(found))


def write_grounds(connection: Connection, notebook_id: str, hashes: dict[str, str]) -> None:
    """Replace it, in the transaction at hand."""
    connection.execute(delete(GROUNDS).where(GROUNDS.c.notebook_id == notebook_id))
    values = {"notebook_id": notebook_id, "hashes": json.dumps(hashes, sort_keys=True)}
    connection.execute(insert(GROUNDS).values(values))
