"""nbgrader's collect, list and release_feedback, which no learner's odd folder ends or misleads;
and what zip_collect needs to know of the course."""

import datetime
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.exchange.default import ExchangeCollect, ExchangeList, ExchangeReleaseFeedback

from nbexaminer.classroom.deadlines import all_ahead
from nbexaminer.classroom.intake.names import printable
from nbexaminer.classroom.intake.taking import SECRET, read_dropped, split_dropped, take_dropped
from nbexaminer.classroom.intake.times import TIMESTAMP, read_timestamp
from nbexaminer.errors import Malformed
from nbexaminer.lms import collect
from nbexaminer.settings import Settings


class Collect(ExchangeCollect):
    """nbgrader's own, but it takes nothing that is not its learner's, and follows no link.

    The drop box is open to all learners, and nbgrader would copy what a link in it leads to: the
    instructor's files, which then come back to the learner with the feedback.
    """

    src_records: list[dict[str, Any]]
    inbound_path: str

    def _path_to_record(self, path: str) -> dict[str, Any]:
        name = os.path.basename(path)
        try:
            dropped = take_dropped(Path(self.inbound_path), name, self.check_owner)
        except Malformed as error:
            self._refuse(name, error)
            return {"username": None, "filename": name, "timestamp": datetime.datetime.min}
        return {"username": dropped.learner, "filename": name, "timestamp": dropped.handed_in}

    def _refuse(self, name: str, reason: object) -> None:
        self.log.error("Not collected: %s: %s", printable(name), reason)

    def init_src(self) -> None:
        """Find what was handed in."""
        super().init_src()
        self.src_records = [r for r in self.src_records if r["username"] is not None]

    def copy_files(self) -> None:
        """Copy each learner's submission, unless it is there already."""
        course, exercise = self.coursedir, self.coursedir.assignment_id
        self.log.info("Processing %d submissions of %s", len(self.src_records), exercise)
        for record in self.src_records:
            learner = record["username"]
            place = Path(course.format_path(course.submitted_directory, learner, exercise))
            if self._is_wanted(place, record["timestamp"]):
                try:
                    self._collect(learner, record["filename"], place)
                except Malformed as error:
                    self._refuse(record["filename"], error)
            else:
                newer = "no newer one" if self.update else "use --update to update"
                self.log.info("Collected already, %s: %s", newer, learner)

    def _is_wanted(self, place: Path, handed_in: datetime.datetime) -> bool:
        """Whether a submission is to take the place of what is there, as nbgrader decides."""
        if not place.is_dir():
            return True
        try:
            there = read_timestamp(place)
        except Malformed as error:
            self.log.warning("%s: %s", place, error)
            there = None
        if self.update and (there is None or handed_in > there):
            return True
        return bool(self.before_duedate and there != handed_in)

    def _collect(self, learner: str, name: str, place: Path) -> None:
        """Copy what is ordinary in a submission, by way of a folder that no learner can change.

        Raises Malformed.
        """
        with tempfile.TemporaryDirectory(prefix="collect-") as own:
            taken = Path(own) / "taken"
            taken.mkdir()
            inbound = Path(self.inbound_path)
            for remark in take_dropped(inbound, name, self.check_owner, taken).remarks:
                self.log.error("%s: %s", printable(name), remark)
            self.log.info("Collecting submission: %s", learner)
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_dir():
                shutil.rmtree(place)
            try:
                self.do_copy(str(taken), str(place))
            except (OSError, RuntimeError) as error:  # it is larger than nbgrader is set to take
                raise Malformed(str(error)) from None


class List(ExchangeList):
    """nbgrader's own, but of the drop box it lists only what can be somebody's.

    It would print any name as it is, or end at one that it did not give.
    """

    assignments: list[str]

    def init_dest(self) -> None:
        """Find what there is to be listed."""
        super().init_dest()
        for path in [*self.assignments] if self.inbound else []:
            name = os.path.basename(path)
            try:
                read_dropped(name)
            except Malformed as error:
                self.log.error("Not listed: %s: %s", printable(name), error)
                self.assignments.remove(path)

    def parse_assignment(self, assignment: str) -> dict[str, Any]:
        """What its path says; by nbgrader's own, a learner's name would end at the first +."""
        info: dict[str, Any] = super().parse_assignment(assignment)
        if self.inbound:
            learner, exercise, time = split_dropped(os.path.basename(assignment))
            info |= {"student_id": learner, "assignment_id": exercise, "timestamp": time}
        return info


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's own, but a submission that came another way does not end it.

    A learner can fetch feedback only for what the exchange collected, since the secret that names
    the file came with it. The pages of the others stay in feedback/, and a warning says whose.
    """

    def copy_files(self) -> None:
        """Release what can be fetched."""
        coursedir, exercise = self.coursedir, self.coursedir.assignment_id
        folders = Path(coursedir.format_path(coursedir.feedback_directory, "*", exercise))
        root = Path(coursedir.root) / coursedir.feedback_directory
        others = sorted(
            folder.parent.name
            for folder in root.glob(str(folders.relative_to(root)))
            if not all((folder / name).exists() for name in (SECRET, TIMESTAMP))
        )
        if others:
            self.log.warning(
                "Not handed in through the exchange, so give their feedback back the way their "
                "work came (the pages are in %s): %s",
                root,
                ", ".join(others),
            )
            excluded = filter(None, [coursedir.student_id_exclude, *others])
            coursedir.student_id_exclude = ",".join(excluded)
        super().copy_files()


class Collector(collect.Collector):
    """By the course's time zone and due dates; `c.ZipCollectApp.collector_plugin`."""

    def zone(self) -> datetime.tzinfo:
        """That of `c.MarkingRules.timezone`."""
        return Settings(parent=self.parent).zone

    def ahead(self, gradebook: Gradebook) -> dict[str, datetime.timedelta]:
        """Those, too, who follow a section's date, or have handed nothing in yet."""
        return all_ahead(gradebook.db.connection(), self.course.assignment_id)
