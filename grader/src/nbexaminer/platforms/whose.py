"""Whose a file of a download is: by a platform's form, or by an expression of the instructor's."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import select
from sqlalchemy.engine import make_url

from nbexaminer.errors import Malformed
from nbexaminer.intake.names import check_learner
from nbexaminer.intake.taking import SECRET
from nbexaminer.intake.times import TIMESTAMP, parse_timestamp, six_numbers
from nbexaminer.people.roster import ROSTER, Learner, People, is_called, read_roster
from nbexaminer.platforms.known import PLATFORMS, titles
from nbexaminer.platforms.platform import Named, Platform
from nbexaminer.typed import typed

EXPRESSION = "c.FileNameCollectorPlugin.named_regexp"
BY_HAND = "copy the right file into submitted/<learner>/<exercise>/ yourself"
_ADD = "add them to the roster with what the platform calls them: {}"


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
            return NOBODY
        with Gradebook(db_url, course_id) as gradebook:
            due = None
            with contextlib.suppress(MissingEntry):
                due = gradebook.find_assignment(exercise).duedate
            people = People(read_roster(gradebook))
            return Class(people, gradebook.db.scalar(select(ROSTER.c.student_id)) is not None, due)


NOBODY = Class(People([]))


class Upload(NamedTuple):
    """A file that somebody handed in.

    handed_in: in UTC, if it is known; name: the learner's own; named: what the platform says.
    """

    learner: str
    handed_in: datetime.datetime | None
    name: str
    named: Named | None = None


@dataclass
class Whose:
    """Reads paths in a download.

    zone: of the times in them; expression: regular expression for another platform, or empty.
    given: the module of the platform that named the files, if they don't show it.
    platform: this one, once it is known; wrapper: a folder around all files.
    """

    exercise: str
    zone: datetime.tzinfo
    expression: str = ""
    given: str = ""
    known: Class = NOBODY
    platform: Platform | None = None
    wrapper: str = ""

    def recognise(self, places: Sequence[str]) -> None:
        """Find out which platform named the files, also where somebody put them into a folder.

        Learners choose the end of a name, but not all learners' of a class: most names decide.
        Raises Malformed where two platforms could have named them.
        """
        if self.expression:
            return
        self.platform = self._most_likely(places)
        tops = {place.partition("/")[0] for place in places}
        if self.platform is None and len(tops) == 1 and not self.is_form(*tops):
            self.wrapper = f"{tops.pop()}/"
            places = [place.removeprefix(self.wrapper) for place in places]
            self.platform = self._most_likely(places)
        if self.platform is not None:
            self.platform.survey(places)

    def _candidates(self) -> list[Platform]:
        kinds = [PLATFORMS[self.given]] if self.given else PLATFORMS.values()
        return [kind(self.exercise, self.zone) for kind in kinds]

    def _most_likely(self, places: Sequence[str]) -> Platform | None:
        candidates = self._candidates()
        if self.given:
            return candidates[0]
        counted = [(sum(map(platform.has_form, places)), platform) for platform in candidates]
        counted.sort(key=lambda pair: -pair[0])
        (most, first), (next_most, second) = counted[:2]
        if most == next_most != 0:
            raise Malformed(
                f"the names could be {first.title}'s or {second.title}'s: say which, with "
                "--platform, or in nbgrader_config.py with c.Collector.platform"
            )
        return first if most else None

    def is_form(self, top: str) -> bool:
        """Whether the name of a file or folder, with all that is in it, tells whose that is."""
        if self.expression:
            return re.match(self.expression, top) is not None
        names = (top, f"{top}/x")
        return any(platform.has_form(name) for platform in self._candidates() for name in names)

    def named(self, place: str) -> Named | None:
        """What the platform says of a file, or None. Raises Malformed."""
        if self.platform is None:
            return None
        return self.platform.read(place.removeprefix(self.wrapper))

    def read(self, place: str) -> Upload:
        """Whose a file is. Raises Malformed where its path doesn't say, or what can't be."""
        if self.expression:
            return self._by_expression(place)
        named = self.named(place)
        if named is None or not named.own:
            raise Malformed(self._unread())
        when = named.handed_in
        if named.late and self.known.due is not None:  # by how much, nobody knows
            when = self.known.due + datetime.timedelta(seconds=1)
        return _checked(Upload(self._learner(named), when, named.own, named))

    def _learner(self, named: Named) -> str:
        """Whom the platform means. Raises Malformed where nobody, or more than one, fits."""
        assert self.platform is not None
        found = self.known.people.find(named.identifiers, named.name)
        if found.learner is not None:
            self._check_rivals(named, found.learner)
            return found.learner.student_id
        if self.platform.gives_ids and not self.known.has_roster:
            return named.identity
        advice = (
            _ADD.format(typed("roster"))
            if named.identifiers
            else f"put that right on the roster, or {BY_HAND}"
        )
        raise Malformed(named.advice or f"{found.reason}; {advice}")

    def _check_rivals(self, named: Named, learner: Learner) -> None:
        """Raises Malformed where a learner may have put numbers into a name, to be another."""
        others = {self.known.people.find((rival,)).learner for rival in named.rivals}
        if others - {None, learner} or (others and not is_called(learner, named.name)):
            raise Malformed(f"its numbers could mean {learner.student_id} or another; {BY_HAND}")

    def _by_expression(self, place: str) -> Upload:
        match = re.match(self.expression, place)
        if match is None:
            raise Malformed(f"{EXPRESSION} doesn't match its path")
        groups = match.groupdict()
        learner, name, text = (groups.get(k) for k in ("student_id", "file_id", "timestamp"))
        if learner is None or name is None:
            raise Malformed(f"{EXPRESSION} finds no group student_id or no file_id in its path")
        when = None
        if text:
            is_six = re.fullmatch(r"\d{4}(-\d\d){5}", text)
            when = six_numbers(text, self.zone) if is_six else parse_timestamp(text)
        return _checked(Upload(learner, when, name))

    def _unread(self) -> str:
        another = f"for another platform set {EXPRESSION}"
        if self.platform is None:
            return f"its name is of none of the forms of {titles()}; {another}"
        return f"its name is not of {self.platform.title}'s form, {self.platform.form}; {another}"


def _checked(upload: Upload) -> Upload:
    """The same. Raises Malformed for names that can't be."""
    check_learner(upload.learner)
    if any(part in ("", ".", "..") for part in upload.name.split("/")):
        raise Malformed("its own name would put it elsewhere")
    if upload.name in (TIMESTAMP, SECRET):
        raise Malformed(f"{upload.name} is a name that nbgrader itself gives, and not for learners")
    return upload
