"""Whose a file of a download is: by a platform's form, or by an expression of the instructor's."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nbexaminer.errors import Malformed
from nbexaminer.intake.names import check_learner
from nbexaminer.intake.taking import SECRET
from nbexaminer.intake.times import TIMESTAMP, check_year, parse_timestamp
from nbexaminer.people.roster import Learner
from nbexaminer.platforms.known import PLATFORMS, recognise
from nbexaminer.platforms.people import Class, is_called
from nbexaminer.platforms.platform import Named, Platform
from nbexaminer.typed import typed

EXPRESSION = "c.FileNameCollectorPlugin.named_regexp"
BY_HAND = "copy the right file into submitted/<learner>/<exercise>/ yourself"
_ADD = "add them to the roster with what the platform calls them: {}"
_SIX_NUMBERS = "%Y-%m-%d-%H-%M-%S"


class Upload(NamedTuple):
    """Whose a file is, when in UTC it was handed in if the platform says so, and its own name."""

    learner: str
    handed_in: datetime.datetime | None
    name: str


@dataclass
class Whose:
    """Reads paths in a download.

    zone: of the times in them; expression: regular expression for another platform, or empty.
    platform: the one that named the files, once it is known; wrapper: a folder around all of them.
    """

    exercise: str
    zone: datetime.tzinfo
    known: Class
    expression: str = ""
    platform: Platform | None = None
    wrapper: str = ""

    def recognise(self, places: Sequence[str], given: str = "", unwrap: bool = False) -> None:
        """Find out which platform named the files, unless it is given. Raises Malformed.

        unwrap: look into a folder that somebody put around the whole download.
        """
        if given:
            self.platform = PLATFORMS[given](self.exercise, self.zone)
        else:
            self.platform = recognise(places, self.exercise, self.zone)
        tops = {place.partition("/")[0] for place in places}
        if unwrap and self.platform is None and len(tops) == 1 and not self._is_form(*tops):
            self.wrapper = f"{tops.pop()}/"
            places = [place.removeprefix(self.wrapper) for place in places]
            self.platform = recognise(places, self.exercise, self.zone)
        if self.platform is not None:
            self.platform.survey(places)

    def _is_form(self, folder: str) -> bool:
        """Whether a folder's name tells whose it is, so that all names in it are a learner's."""
        names = (folder, f"{folder}/x")
        return any(recognise([name], self.exercise, self.zone) is not None for name in names)

    def named(self, place: str) -> Named | None:
        """What the platform says of a file, or None. Raises Malformed."""
        if self.platform is None:
            return None
        return self.platform.read(place.removeprefix(self.wrapper))

    def read(self, place: str) -> tuple[Upload, Named | None] | None:
        """Whose a file is, and what the platform says, or None where its path says nothing.

        Raises Malformed where what it says can't be.
        """
        if self.expression:
            upload = self._by_expression(place)
            return upload and (upload, None)
        named = self.named(place)
        if named is None or not named.own:
            return None
        when = named.handed_in
        if named.late and self.known.due is not None:  # by how much, nobody knows
            when = self.known.due + datetime.timedelta(seconds=1)
        return Upload(self._learner(named), when, _checked_name(named.own)), named

    def _learner(self, named: Named) -> str:
        """Whom the platform means. Raises Malformed where nobody, or more than one, fits."""
        assert self.platform is not None
        found = self.known.people.find(named.identifiers, named.name)
        if found.learner is not None:
            self._check_rivals(named, found.learner)
            return _checked_learner(found.learner.student_id)
        if self.platform.gives_ids and not self.known.has_roster:
            return _checked_learner(named.identity)
        advice = (
            _ADD.format(typed("roster"))
            if named.identifiers
            else f"put that right on the roster, or {BY_HAND}"
        )
        raise Malformed(named.advice or f"{found.reason}; {advice}")

    def _check_rivals(self, named: Named, learner: Learner) -> None:
        """Raises Malformed where a learner may have put numbers into a name, to be another."""
        others = {self.known.people.find((rival,), "").learner for rival in named.rivals}
        if others - {None, learner} or (others and not is_called(learner, named.name)):
            raise Malformed(f"its numbers could mean {learner.student_id} or another; {BY_HAND}")

    def _by_expression(self, place: str) -> Upload | None:
        match = re.match(self.expression, place)
        if match is None:
            return None
        groups = match.groupdict()
        learner, name, text = (groups.get(k) for k in ("student_id", "file_id", "timestamp"))
        if learner is None or name is None:
            raise Malformed(f"{EXPRESSION} finds no group student_id or no file_id in its path")
        when = self._time(text) if text else None
        return Upload(_checked_learner(learner), when, _checked_name(name))

    def unread(self) -> str:
        """Why `read` gives None."""
        if self.expression:
            return f"{EXPRESSION} doesn't match its path"
        another = f"for another platform set {EXPRESSION}"
        if self.platform is None:
            known = ", ".join(kind.title for kind in PLATFORMS.values())
            return f"its name is of none of the forms of {known}; {another}"
        return f"its name is not of {self.platform.title}'s form, {self.platform.form}; {another}"

    def _time(self, text: str) -> datetime.datetime:
        """A time that an expression found, in UTC. Raises Malformed."""
        if not re.fullmatch(r"\d{4}(-\d\d){5}", text):
            return parse_timestamp(text)
        try:
            when = datetime.datetime.strptime(text, _SIX_NUMBERS)
        except ValueError:
            raise Malformed(f"{text} is no date and time") from None
        here = check_year(when).replace(tzinfo=self.zone)
        return here.astimezone(datetime.UTC).replace(tzinfo=None)


def _checked_learner(learner: str) -> str:
    check_learner(learner)
    return learner


def _checked_name(name: str) -> str:
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise Malformed("its own name would put it elsewhere")
    if name in (TIMESTAMP, SECRET):
        raise Malformed(f"{name} is a name that nbgrader itself gives, and not for learners")
    return name
