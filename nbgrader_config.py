"""The course's nbgrader configuration; nbgrader's commands read it when run from this folder."""

import os
import sys
from pathlib import Path

from nbexaminer.nbgrader_plugins.formgrader import plug_in

# nbgrader starts `alembic` by its name, also where .venv is not activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "llm-basics"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Exchange.root = str(Path(__file__).resolve().parent / "exchange")

# nbgrader's own, and the due date in the notebook that learners get.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbexaminer.nbgrader_plugins.due_date.ShowDueDate",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# A question's mark scheme stands in its locked cell, above the answer.
c.ClearMarkScheme.enforce_metadata = False

# A clone has release/: the exercise goes into the gradebook all the same.
c.GenerateAssignment.force = True
c.GenerateAssignment.exporter_class = "nbexaminer.nbgrader_plugins.generate.SourceReader"

# Grading: the learner's answers set into the source notebook, run in a sandbox, examined from
# outside. `nbgrader validate`, which learners use, is left as it is.
c.Autograde.exporter_class = "nbexaminer.nbgrader_plugins.autograde.SubmissionReader"
c.Autograde.sanitize_preprocessors = ["nbexaminer.nbgrader_plugins.autograde.Graft"]
c.Autograde.autograde_preprocessors = [
    "nbexaminer.nbgrader_plugins.autograde.Examine",
    "nbexaminer.nbgrader_plugins.autograde.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# What lateness costs: c.MarkingRules.late_policy (see docs/semester.md).
c.AssignLatePenalties.plugin_class = "nbexaminer.nbgrader_plugins.late_policy.NamedPolicies"
# A page follows what was graded by hand since it was made.
c.GenerateFeedback.force = True
c.GenerateFeedback.exporter_class = "nbexaminer.nbgrader_plugins.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "nbexaminer.nbgrader_plugins.feedback.Grades",
    "nbexaminer.nbgrader_plugins.comments.WholeComments",
    "nbexaminer.nbgrader_plugins.feedback.HideTests",
    "nbexaminer.nbgrader_plugins.feedback.HideMarkScheme",
]
c.ExportApp.plugin_class = "nbexaminer.nbgrader_plugins.export.SafeCsvExport"
c.ExchangeFactory.collect = "nbexaminer.nbgrader_plugins.exchange.Collect"
c.ExchangeFactory.list = "nbexaminer.nbgrader_plugins.exchange.List"
c.ExchangeFactory.release_feedback = "nbexaminer.nbgrader_plugins.exchange.ReleaseFeedback"

# The names in a learning platform's download say whose each file is: in the form of Canvas, Moodle,
# Blackboard or Brightspace, or as c.FileNameCollectorPlugin.named_regexp reads another's.
c.ZipCollectApp.extractor_plugin = "nbexaminer.nbgrader_plugins.zip_collect.Extractor"
c.ZipCollectApp.collector_plugin = "nbexaminer.nbgrader_plugins.zip_collect.Collector"

# Your own settings stand in class_config.py beside this file: see docs/instructors.md. With a
# mistake in them nothing may go on: nbgrader would, without all of this, so without the sandbox.
if Path(c.CourseDirectory.root, "class_config.py").exists():
    try:
        load_subconfig("class_config.py", path=c.CourseDirectory.root)  # type: ignore[name-defined]  # noqa: F821
    except Exception as error:
        raise SystemExit(f"class_config.py: {type(error).__name__}: {error}") from None

# The formgrader passes over names and time stamps that nobody can have.
plug_in()
