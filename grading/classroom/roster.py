"""Who is in the class: a table beside nbgrader's, for what that has no column for.

Names and e-mail addresses stand in nbgrader's own table of students.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nbgrader.api import Gradebook, Student
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
        student = gradebook.db.get(Student, learner.student_id)
        if student is None:
            student = Student(id=learner.student_id)
            gradebook.db.add(student)
        student.first_name, student.last_name = learner.first_name, learner.last_name
        student.email = learner.email
        _write(gradebook.db.connection(), learner)
    gradebook.db.commit()


@dataclass(frozen=True)
class Merged:
    """What becomes of a roster when a class list is read.

    learners: everybody in the list, with what was known before and the list doesn't say.
    new, changed: ids. missing: who is in the gradebook, not excluded, and not in the list.
    doubts: a sentence on each new learner whom the gradebook may have under another id.
    """

    learners: list[Learner]
    new: list[str]
    changed: list[str]
    missing: list[str]
    doubts: list[str]


def merge(known: Sequence[Learner], listed: Iterable[Learner]) -> Merged:
    """Join what the gradebook knows with a class list; small and capital letters are the same."""
    by_id = {learner.student_id.casefold(): learner for learner in known}
    merged = Merged([], [], [], [], [])
    rest = dict(by_id)
    for learner in listed:
        before = rest.pop(learner.student_id.casefold(), None)
        if before is None:
            merged.learners.append(learner)
            merged.new.append(learner.student_id)
            other = match(known, [learner.email, *learner.aliases]).learner
            if other is not None:
                merged.doubts.append(
                    f"{learner.student_id} is new, but looks like {other.student_id}, who is in "
                    "the gradebook: is that the same person? --id chooses another column"
                )
            continue
        joined = Learner(
            before.student_id,
            learner.first_name or before.first_name,
            learner.last_name or before.last_name,
            learner.email or before.email,
            learner.section or before.section,
            before.excluded,
            tuple(dict.fromkeys([*before.aliases, *learner.aliases])),
        )
        merged.learners.append(joined)
        if joined != before:
            merged.changed.append(joined.student_id)
    merged.missing.extend(left.student_id for left in rest.values() if not left.excluded)
    return merged


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
