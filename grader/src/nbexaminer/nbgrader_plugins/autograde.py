"""`nbgrader autograde` and the formgrader's button send what was handed in down the conveyor."""

from typing import Any, cast

from nbconvert.exporters import Exporter
from nbgrader.converters.base import NbGraderException
from traitlets import TraitError
from traitlets.config import Config

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.pipeline.belt import Conveyor
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.classroom.pipeline.submitted import SubmittedFolder
from nbexaminer.classroom.pipeline.summary import Disposition
from nbexaminer.classroom.pipeline.workers import here
from nbexaminer.errors import Refusal

HOOKS = ("pre_convert_hook", "post_convert_hook")
STEPS = ("sanitize_preprocessors", "autograde_preprocessors", "preprocessors")
NOT_USED = {
    "BaseConverter": HOOKS,
    "Autograde": HOOKS + STEPS,
    **dict.fromkeys(
        (
            "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "IgnorePattern",
            "ClearMetadataPreprocessor", "LimitOutput", "SaveAutoGrades",
        )
    ),
}  # fmt: skip
"""Settings of nbgrader's own way to grade, by their sections; all of a section for None."""
EXECUTE_USED = ("timeout", "enabled")


class SubmissionReader(Exporter):
    """Grades instead of nbgrader's converter; `c.Autograde.exporter_class`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._converter = cast(Any, self.parent)  # the Autograde that uses it
        # What nbgrader calls next, and when it has returned nothing more is written.
        self._converter.convert_notebooks = self._convert

    def _convert(self) -> None:
        """Grade what was asked for, in this process.

        Raises NbGraderException where that can't be, and in the end where some was not graded.
        """
        converter, exercise = self._converter, self._converter.coursedir.assignment_id
        if unused := not_used(converter.config):
            text = "without effect, since submissions are graded by nbexaminer"
            self.log.warning("%s: %s", text, ", ".join(unused))
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
        missed = [who for who, became, _ in summary.needs_you if became is Disposition.NOT_GRADED]
        if missed:
            raise NbGraderException(f"not graded: {', '.join(missed)}")

    def _tell(self, told: tuple[str, ...]) -> None:
        """What the trial found that the instructor has to know."""
        for text in told:
            self.log.warning("%s", text)


def not_used(config: Config) -> list[str]:
    """The settings of nbgrader's own way to grade that a course has, and that change nothing."""
    found = [
        f"c.{section}.{name}"
        for section, names in NOT_USED.items()
        for name in config.get(section, {})
        if names is None or name in names
    ]
    found += [f"c.Execute.{n}" for n in config.get("Execute", {}) if n not in EXECUTE_USED]
    return sorted(found)
