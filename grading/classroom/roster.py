"""Who is in the class: a table beside nbgrader's, for what that has no column for.

Names and e-mail addresses stand in nbgrader's own table of students.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nbgrader.api import Gradebook
from sqlalchemy import Boolean, Column, Connection, String, Table, Text, delete, insert, select

from grading.classroom.journal import TABLES

ROSTER = Table(
    "grading_roster",
    TABLES,
    Column("student_id", String(128), primary_key=True),
    Column("section", Text, nullable=False),
    Column("excluded", Boolean, nullable=False),
    Column("aliases", Text, nullable=False),
)


@dataclass(frozen=True)
class Learner:
    """One row of the roster.

    excluded: not graded, reported or exported.
    aliases: what learning platforms call the learner, such as Canvas's ID and login.
    """

    student_id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    excluded: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def read_roster(gradebook: Gradebook) -> list[Learner]:
    """Everybody whom the gradebook knows, by id; who is on no roster has an empty section."""
    TABLES.create_all(gradebook.engine)
    rows = {row.student_id: row for row in gradebook.db.execute(select(ROSTER))}
    learners = []
    for s in gradebook.students:
        row = rows.get(s.id)
        names = (s.first_name or "", s.last_name or "", s.email or "")
        more = (row.section, row.excluded, tuple(json.loads(row.aliases))) if row else ()
        learners.append(Learner(s.id, *names, *more))
    return sorted(learners, key=lambda learner: learner.student_id)


def write_roster(gradebook: Gradebook, learners: Iterable[Learner]) -> None:
    """Add learners, or replace what is known of them, all or none."""
    TABLES.create_all(gradebook.engine)
    for learner in learners:
        gradebook.update_or_create_student(
            learner.student_id,
            first_name=learner.first_name,
            last_name=learner.last_name,
            email=learner.email,
        )
        _write(gradebook.db.connection(), learner)
    gradebook.db.commit()


def _write(connection: Connection, learner: Learner) -> None:
    connection.execute(delete(ROSTER).where(ROSTER.c.student_id == learner.student_id))
    connection.execute(
        insert(ROSTER).values(
            student_id=learner.student_id,
            section=learner.section,
            excluded=learner.excluded,
            aliases=json.dumps(learner.aliases),
        )
    )


def excluded_ids(connection: Connection) -> set[str]:
    """Ids of the learners who are excluded; the tables must be there."""
    return set(connection.scalars(select(ROSTER.c.student_id).where(ROSTER.c.excluded)))


@dataclass(frozen=True)
class Match:
    """Whom a platform's row or file is about; without a learner, reason says why."""

    learner: Learner | None
    reason: str = ""


def match(learners: Sequence[Learner], identifiers: Iterable[str], name: str = "") -> Match:
    """The learner whom a platform calls so.

    identifiers: ids, logins and e-mail addresses, surest first; the first that anybody has decides.
    name: first and last name in any order and spelling of case; used where no identifier fits, and
        only where exactly one learner has it.
    """
    wanted = [i.strip().casefold() for i in identifiers if i.strip()]
    for identifier in wanted:
        found = [learner for learner in learners if identifier in _called(learner)]
        if len(found) == 1:
            return Match(found[0])
        if found:
            return Match(None, f"{identifier!r} fits {_ids(found)}")
    parts = _parts(name)
    found = [learner for learner in learners if parts and parts == _parts(learner.name)]
    if len(found) == 1:
        return Match(found[0])
    if found:
        return Match(None, f"the name {name!r} fits {_ids(found)}")
    said = " or ".join([*(repr(i) for i in wanted), *([f"the name {name!r}"] if parts else [])])
    return Match(None, f"nobody in the gradebook has {said or 'no name'}")


def _called(learner: Learner) -> set[str]:
    names = (learner.student_id, learner.email, *learner.aliases)
    return {name.casefold() for name in names if name}


def _parts(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return sorted(letters.split())


def _ids(found: Sequence[Learner]) -> str:
    return " and ".join(learner.student_id for learner in found)
