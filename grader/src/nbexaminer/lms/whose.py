"""Whose a file of a download is: by a platform's form, or by an expression of the instructor's."""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Assignment, Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import select
from sqlalchemy.engine import make_url

from nbexaminer.classroom.intake.names import check_learner
from nbexaminer.classroom.intake.taking import SECRET
from nbexaminer.classroom.intake.times import TIMESTAMP, parse_timestamp, six_numbers
from nbexaminer.classroom.roster import ROSTER, People, is_called, read_roster
from nbexaminer.classroom.uploads import LEAST_LATE
from nbexaminer.cli import cli
from nbexaminer.errors import Malformed
from nbexaminer.lms.known import PLATFORMS, TITLES
from nbexaminer.lms.platform import Named, Platform

EXPRESSION = "c.FileNameCollectorPlugin.named_regexp"
BY_HAND = "copy the right file into submitted/<learner>/<exercise>/ yourself"


class Upload(NamedTuple):
    """A file that somebody handed in.

    handed_in: in UTC, if it is known; name: the learner's own; named: what its path says.
    """

    learner: str
    handed_in: datetime.datetime | None
    name: str
    named: Named


@dataclass
class Whose:
    """Reads paths in a download.

    zone: of the times in them; expression: regular expression for another platform, or empty.
    given: the module of the platform that named the files, if they don't show it.
    people: the class; has_roster: somebody has read one, so that others are strangers.
    due: when the exercise is, in UTC; ahead: how much later for some learners.
    platform: the one that named the files, once it is known; wrapper: a folder around them all.
    """

    exercise: str
    zone: datetime.tzinfo
    expression: str = ""
    given: str = ""
    people: People = field(default_factory=lambda: People([]))
    has_roster: bool = False
    due: datetime.datetime | None = None
    ahead: dict[str, datetime.timedelta] = field(default_factory=dict)
    platform: Platform | None = None
    wrapper: str = ""

    def read_gradebook(
        self,
        course: CourseDirectory,
        ahead: Callable[[Gradebook], dict[str, datetime.timedelta]],
    ) -> None:
        """Take what the gradebook knows into account; nothing where there is none yet."""
        url = make_url(course.db_url)
        if url.drivername == "sqlite" and not Path(url.database or "").exists():
            return
        with Gradebook(course.db_url, course.course_id) as gradebook:
            self.people = People(read_roster(gradebook))
            self.has_roster = gradebook.db.scalar(select(ROSTER.c.student_id)) is not None
            due = select(Assignment.duedate).where(Assignment.name == self.exercise)
            self.due = gradebook.db.scalar(due)
            if self.due is not None:
                self.ahead = ahead(gradebook)

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

    def _is_of(self, kind: type[Platform], place: str) -> bool:
        return kind(self.exercise, self.zone).has_form(place)

    def is_form(self, top: str) -> bool:
        """Whether the name of a file or folder, with all that is in it, tells whose that is."""
        if self.expression:
            return re.match(self.expression, top) is not None
        names = (top, f"{top}/x")
        return any(platform.has_form(name) for platform in self._candidates() for name in names)

    def named(self, place: str) -> Named | None:
        """What the platform says of a file, or None. Raises Malformed."""
        if self.expression:
            return self._by_expression(place).named
        if self.platform is None:
            return None
        return self.platform.read(place.removeprefix(self.wrapper))

    def read(self, place: str) -> Upload:
        """Whose a file is. Raises Malformed where its path doesn't say, or what can't be."""
        if self.expression:
            return self._by_expression(place)
        named = self.named(place)
        if named is None or not named.own:
            of = f"of none of the forms of {TITLES}"
            if self.platform is not None:
                of = f"not of {self.platform.title}'s form, {self.platform.form}"
            raise Malformed(f"its name is {of}; for another platform set {EXPRESSION}")
        learner, when = self._learner(named), named.handed_in
        if when is None and named.late and self.due is not None:
            when = self.due + self.ahead.get(learner, datetime.timedelta()) + LEAST_LATE
        return _checked(Upload(learner, when, named.own, named))

    def _learner(self, named: Named) -> str:
        """Whom the platform means. Raises Malformed where nobody, or more than one, fits."""
        learner, reason = self.people.find(named.identifiers, named.name)
        if learner is not None:
            # A learner may have put numbers into a name, to be another.
            others = {self.people.find((rival,))[0] for rival in named.rivals}
            if others - {None, learner} or (others and not is_called(learner, named.name)):
                text = f"its numbers could mean {learner.student_id} or another"
                raise Malformed(f"{text}; {BY_HAND}")
            other = learner.email.casefold()
            told = {one.casefold() for one in named.identifiers if "@" in one}
            if (
                other
                and told
                and other not in told
                and self.people.find(named.identifiers)[0] is None
            ):
                text = f"is called like {learner.student_id}, who has another e-mail address"
                raise Malformed(f"{text}; {BY_HAND}")
            return learner.student_id
        if self.platform and self.platform.gives_ids and not self.has_roster:
            return named.identity
        advice = f"put that right on the roster, or {BY_HAND}"
        if named.identifiers and self.platform:
            advice = f"add them to the roster with what the platform calls them: {cli('roster')}"
        raise Malformed(named.advice or f"{reason}; {advice}")

    def _by_expression(self, place: str) -> Upload:
        match = re.match(self.expression, place)
        if match is None:
            made = [name for name, kind in PLATFORMS.items() if self._is_of(kind, place)]
            other = (
                f"; --platform {made[0]} takes it as {PLATFORMS[made[0]].title}'s" if made else ""
            )
            raise Malformed(f"{EXPRESSION} doesn't match its path{other}")
        groups = {key: text or "" for key, text in match.groupdict().items()}
        learner, own, text = (groups.get(k, "") for k in ("student_id", "file_id", "timestamp"))
        email, first, last = (groups.get(k, "") for k in ("email", "first_name", "last_name"))
        name = f"{first} {last}".strip()
        if not own or not (learner or email or name):
            raise Malformed(
                f"{EXPRESSION} finds no group student_id, email, first_name or last_name, or no "
                "file_id in its path"
            )
        learner = learner or self._learner(Named("", (email,), name, own, ""))
        when = None
        if text:
            is_six = re.fullmatch(r"\d{4}(-\d\d){5}", text)
            when = six_numbers(text, self.zone) if is_six else parse_timestamp(text)
        return _checked(Upload(learner, when, own, Named(learner, (), "", own, "")))


def _checked(upload: Upload) -> Upload:
    """The same. Raises Malformed for names that can't be."""
    check_learner(upload.learner)
    if any(part in ("", ".", "..") for part in upload.name.split("/")):
        raise Malformed("its own name would put it elsewhere")
    if upload.name in (TIMESTAMP, SECRET):
        raise Malformed(f"{upload.name} is a name that nbgrader itself gives, and not for learners")
    return upload
