"""`nbgrader autograde` and the formgrader's button send what was handed in down the conveyor."""

from typing import Any, cast

from nbconvert.exporters import Exporter
from nbgrader.converters.base import NbGraderException
from traitlets import TraitError

from nbexaminer.conveyor.belt import Conveyor
from nbexaminer.conveyor.folder import ClassFolder
from nbexaminer.conveyor.submitted import SubmittedFolder
from nbexaminer.conveyor.workers import here
from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import Refusal


class SubmissionReader(Exporter):
    """Grades instead of nbgrader's converter; `c.Autograde.exporter_class`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._converter = cast(Any, self.parent)  # the Autograde that uses it
        # What nbgrader calls next, and when it has returned nothing more is written.
        self._converter.convert_notebooks = self._convert

    def _convert(self) -> None:
        """Grade what was asked for, in this process. Raises NbGraderException."""
        converter, exercise = self._converter, self._converter.coursedir.assignment_id
        try:
            folder = ClassFolder(CourseFolder.of(converter), exercise, converter)
            with folder.locked(), folder.gradebook() as gradebook:
                submitted = SubmittedFolder(folder, gradebook, converter.force)
                Conveyor(submitted, folder.trial(), ready=self._tell).run(here)
        except (Refusal, TraitError) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        summary = submitted.summary
        for learner in summary.excluded:
            self.log.warning("Not graded: %s: you have excluded this learner", learner)
        for learner, remark in summary.remarks:
            self.log.warning("%s: %s", learner, remark)
        for learner, became, reason in summary.needs_you:
            self.log.error("%s: %s: %s", became.capitalize(), learner, reason)
        self.log.info("%s; unchanged %s", summary, summary.unchanged)

    def _tell(self, told: tuple[str, ...]) -> None:
        """What the trial found that the instructor has to know."""
        for text in told:
            self.log.warning("%s", text)
