"""Penalties for lateness as they should be now, for whatever is about to show scores.

They change with the due date, an extension, the policy, and points given by hand.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Configurable

from nbexaminer.gradebook.writer import ClassGradebook, Penalty


def penalty_of(parent: Configurable) -> Penalty:
    """The penalty that is configured; parent: nbgrader's app or converter."""
    late = AssignLatePenalties(parent=parent)
    late.init_plugin()
    found: Penalty = late.plugin_inst.late_submission_penalty
    return found


def bring_up_to_date(gradebook: Gradebook, exercises: Iterable[str], parent: Configurable) -> None:
    """Write the penalties of the exercises that the gradebook has. Raises GradebookUnavailable."""
    url = gradebook.engine.url.render_as_string(hide_password=False)
    there_are = {assignment.name for assignment in gradebook.assignments}
    gradebook.db.rollback()
    for exercise in there_are & {*exercises}:
        with ClassGradebook(
            url, gradebook.course_id, exercise, False, penalty_of(parent)
        ) as written:
            written.update_penalties()
