"""Whom a platform means: learners of the gradebook, found by what platforms call them."""

from __future__ import annotations

import contextlib
import datetime
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import select
from sqlalchemy.engine import make_url

from nbexaminer.people.roster import ROSTER, Learner, Match, match, read_roster


class People:
    """The class, prepared so that looking somebody up takes no time."""

    def __init__(self, learners: Sequence[Learner]) -> None:
        self.learners = learners
        self._called: dict[str, list[Learner]] = defaultdict(list)
        self._letters: dict[str, list[Learner]] = defaultdict(list)
        for learner in learners:
            for name in {learner.student_id, learner.email, *learner.aliases} - {""}:
                self._called[name.casefold()].append(learner)
            self._letters["".join(sorted(_plain(learner.name)))].append(learner)

    def find(self, identifiers: Iterable[str], name: str) -> Match:
        """The learner, as `roster.match` decides.

        name: platforms drop spaces, hyphens and apostrophes from it; it fits without them too.
        """
        identifiers = [text.strip() for text in identifiers]
        fits = {
            learner.student_id: learner
            for text in identifiers
            for learner in self._called.get(text.casefold(), ())
        }
        plain = _plain(name)
        alike = self._letters.get("".join(sorted(plain)), []) if plain else []
        near = [*({learner.student_id: learner for learner in alike} | fits).values()]
        found = match(near, identifiers, name)
        if found.learner is None and not fits:
            same = [learner for learner in alike if is_called(learner, name)]
            if len(same) == 1:
                return Match(same[0])
            if same:
                ids = " and ".join(learner.student_id for learner in same)
                return Match(None, f"the name {name!r} fits {ids}")
        return found


@dataclass(frozen=True)
class Class:
    """What the gradebook knows of a class and an exercise.

    has_roster: somebody has read one, so that others are strangers; due: in UTC.
    """

    people: People
    has_roster: bool = False
    due: datetime.datetime | None = None

    @classmethod
    def read(cls, db_url: str, course_id: str, exercise: str) -> Class:
        """As the gradebook has it; nobody where there is none yet."""
        url = make_url(db_url)
        if url.drivername == "sqlite" and not Path(url.database or "").exists():
            return Class(People([]))
        with Gradebook(db_url, course_id) as gradebook:
            due = None
            with contextlib.suppress(MissingEntry):
                due = gradebook.find_assignment(exercise).duedate
            people = People(read_roster(gradebook))
            return Class(people, gradebook.db.scalar(select(ROSTER.c.student_id)) is not None, due)


def is_called(learner: Learner, name: str) -> bool:
    """Whether a name is the learner's, without spaces or with, the last name first or not."""
    first, last = _plain(learner.first_name), _plain(learner.last_name)
    return _plain(name) in (first + last, last + first)


def _plain(name: str) -> str:
    """The letters and digits of a name, without accents or case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())
