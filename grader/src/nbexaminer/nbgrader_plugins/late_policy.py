"""Late policies by name, as nbgrader's plugin; `c.AssignLatePenalties.plugin_class`."""

from typing import Any

from nbgrader.plugins import LateSubmissionPlugin

from nbexaminer.settings import Settings, none


class NamedPolicies(LateSubmissionPlugin):
    """The policy that `c.MarkingRules.late_policy` names.

    Where that is 'none', nbgrader's own `c.LateSubmissionPlugin.penalty_method` counts.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rules = Settings(parent=self)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points to take off; None for nothing."""
        if self.rules.late_policy != none.__name__:
            return self.rules.late_penalty(float(score), float(total_seconds_late))
        if self.penalty_method == "none":
            return None
        return super().late_submission_penalty(student_id, score, total_seconds_late)
