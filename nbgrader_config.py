"""The course's nbgrader configuration; nbgrader's commands read it when run from this folder."""

import os
import sys
from pathlib import Path

# nbgrader starts `alembic` by its name, also where .venv is not activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "llm-basics"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Exchange.root = str(Path(__file__).resolve().parent / "exchange")

# A question's mark scheme stands in its locked cell, above the answer.
c.ClearMarkScheme.enforce_metadata = False

# Grading: the learner's answers set into the source notebook, run in a sandbox, examined from
# outside. `nbgrader validate`, which learners use, is left as it is.
c.Autograde.exporter_class = "grading.nbgrader_plugins.autograde.SubmissionReader"
c.Autograde.sanitize_preprocessors = ["grading.nbgrader_plugins.autograde.Graft"]
c.Autograde.autograde_preprocessors = [
    "grading.nbgrader_plugins.autograde.Examine",
    "grading.nbgrader_plugins.autograde.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grading.nbgrader_plugins.feedback.HideTests",
    "grading.nbgrader_plugins.feedback.HideMarkScheme",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.ExportApp.plugin_class = "grading.nbgrader_plugins.export.SafeCsvExport"
c.ExchangeFactory.collect = "grading.nbgrader_plugins.exchange.Collect"
c.ExchangeFactory.release_feedback = "grading.nbgrader_plugins.exchange.ReleaseFeedback"

# What `nbgrader zip_collect` makes of the file names in a learning platform's download, such as
# 1-attention_ada_attempt_2026-11-20-16-30-10_1-attention.ipynb (Blackboard's form).
c.FileNameCollectorPlugin.named_regexp = (
    r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>.+)"
)
