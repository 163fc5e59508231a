"""Who is in the class: a table beside nbgrader's, for what that has no column for.

Names and e-mail addresses stand in nbgrader's own table of students.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nbgrader.api import Gradebook, Student
from sqlalchemy import Boolean, Column, Connection, String, Table, Text, delete, insert, select

from nbexaminer.classroom.database import TABLES

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
        more = (row.section, row.excluded, tuple(json.loads(row.aliases))) if row else ()
        names = (s.first_name or "", s.last_name or "", s.email or "")
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
        gradebook.db.execute(delete(ROSTER).where(ROSTER.c.student_id == learner.student_id))
        row = insert(ROSTER).values(student_id=learner.student_id, section=learner.section)
        more = {"excluded": learner.excluded, "aliases": json.dumps(learner.aliases)}
        gradebook.db.execute(row.values(more))
    gradebook.db.commit()


@dataclass(frozen=True)
class Merged:
    """What becomes of a roster when a class list is read.

    learners: everybody in the list, with what was known before and the list doesn't say.
    new, changed: ids. missing: who is in the gradebook, not excluded, and not in the list.
    remarks: a sentence on each whom list and gradebook call otherwise, or seem to.
    """

    learners: list[Learner] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def merge(known: Sequence[Learner], listed: Iterable[Learner]) -> Merged:
    """Join what the gradebook knows with a class list.

    Who has another id in the list, and an e-mail address or a platform's id that the gradebook
    knows, keeps the gradebook's. Small and capital letters are the same.
    """
    merged = Merged()
    people = People(known)
    by_id = {learner.student_id.casefold(): learner for learner in known}
    joined: set[str] = set()
    for learner in listed:
        name = learner.student_id
        before = by_id.get(name.casefold()) or _under_another_id(people, learner, merged.remarks)
        if before is None:
            merged.learners.append(learner)
            merged.new.append(name)
        elif before.student_id in joined:
            text = f"{name} and another row are both {before.student_id}: only the other counts"
            merged.remarks.append(text)
        else:
            joined.add(before.student_id)
            ids = (*before.aliases, name, *learner.aliases)
            aliases = dict.fromkeys(x for x in ids if x not in (before.student_id, before.email))
            ours = {"student_id": before.student_id, "aliases": tuple(aliases)}
            both = replace(before, **{k: v for k, v in vars(learner).items() if v} | ours)
            merged.learners.append(both)
            if both != before:
                merged.changed.append(both.student_id)
    left = (x for x in known if x.student_id not in joined and not x.excluded)
    merged.missing.extend(learner.student_id for learner in left)
    return merged


def _under_another_id(people: People, learner: Learner, remarks: list[str]) -> Learner | None:
    """Whom of the gradebook a learner with a new id is; a remark says so, or what is doubtful."""
    other, _ = people.find([learner.email, *learner.aliases])
    if other is None:
        return None
    name, theirs = learner.student_id, other.student_id
    same = learner.email and learner.email.casefold() == other.email.casefold()
    if same or not other.name or sorted(words(learner.name)) == sorted(words(other.name)):
        remarks.append(f"{name} is {theirs} in the gradebook, and stays so")
        return other
    remarks.append(
        f"{name} ({learner.name}) is new, but an id of theirs is one of {theirs}'s "
        f"({other.name}): are the files of the same class?"
    )
    return None


def excluded_ids(connection: Connection) -> set[str]:
    """Ids of the learners who are excluded; the tables must be there."""
    return set(connection.scalars(select(ROSTER.c.student_id).where(ROSTER.c.excluded)))


def strangers(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Of these learners, who is on no roster; nobody where there is none."""
    excluded = {row.student_id: row.excluded for row in connection.execute(select(ROSTER))}
    return [] if all(excluded.values()) else sorted({*ids} - excluded.keys())


class People:
    """The class, prepared so that looking somebody up takes no time."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        self._called: dict[str, list[Learner]] = defaultdict(list)
        self._named: dict[tuple[str, ...], list[Learner]] = defaultdict(list)
        self._run_together: dict[str, list[Learner]] = defaultdict(list)
        for learner in learners:
            names = (learner.student_id, learner.email, *learner.aliases)
            for name in {name.casefold() for name in names if name}:
                self._called[name].append(learner)
            self._named[tuple(sorted(words(learner.name)))].append(learner)
            for name in _run_together(learner):
                self._run_together[name].append(learner)

    def find(self, identifiers: Iterable[str], name: str = "") -> tuple[Learner | None, str]:
        """The learner whom a platform calls so, or None, and why.

        identifiers: ids, logins and e-mail addresses, surest first; the first that anybody has
            decides.
        name: first and last name in any order and spelling of case, maybe without the spaces,
            hyphens and apostrophes that platforms drop; used where no identifier fits, and only
            where exactly one learner has it.
        """
        wanted = [i.strip().casefold() for i in identifiers if i.strip()]
        tried = [(self._called.get(identifier, []), repr(identifier)) for identifier in wanted]
        if parts := words(name):
            found = self._named.get(tuple(sorted(parts)), [])
            if len(found) != 1:
                found = self._run_together.get("".join(parts), found)
            tried.append((found, f"the name {name!r}"))
        for found, text in tried:
            if len(found) == 1:
                return found[0], ""
            if found:
                return None, f"{text} fits {' and '.join(x.student_id for x in found)}"
        text = " or ".join(text for _, text in tried)
        return None, f"nobody in the gradebook has {text or 'no name'}"


def is_called(learner: Learner, name: str) -> bool:
    """Whether a name is the learner's, without spaces or with, the last name first or not."""
    return "".join(words(name)) in _run_together(learner)


def _run_together(learner: Learner) -> set[str]:
    first, last = ("".join(words(name)) for name in (learner.first_name, learner.last_name))
    return {first + last, last + first}


def words(name: str) -> list[str]:
    """The words of a name, without accents or case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return letters.split()
