"""Plugs this package into nbgrader. A course's own nbgrader_config.py loads it:

    from nbexaminer.configuration import FOLDER
    load_subconfig("nbgrader_config.py", path=FOLDER)

What that file sets itself stays as it is, if it stands below; the class's settings come last.
"""

import os
import sys
from pathlib import Path

from nbexaminer.nbgrader_plugins.formgrader import plug_in

# nbgrader starts `alembic` by its name, also where .venv is not activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

c = get_config()  # type: ignore[name-defined]  # noqa: F821

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
    "nbexaminer.nbgrader_plugins.generate.ShowDueDate",
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
# What lateness costs: c.MarkingRules.late_policy.
c.AssignLatePenalties.plugin_class = "nbexaminer.nbgrader_plugins.late_policy.NamedPolicies"
# A page follows what was graded by hand since it was made.
c.GenerateFeedback.force = True
c.GenerateFeedback.exporter_class = "nbexaminer.nbgrader_plugins.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "nbexaminer.nbgrader_plugins.feedback.Grades",
    "nbexaminer.nbgrader_plugins.feedback.WholeComments",
    "nbexaminer.nbgrader_plugins.feedback.HideTests",
    "nbexaminer.nbgrader_plugins.feedback.HideMarkScheme",
]
c.ExportApp.plugin_class = "nbexaminer.nbgrader_plugins.export.SafeCsvExport"
c.ExchangeFactory.collect = "nbexaminer.nbgrader_plugins.exchange.Collect"
c.ExchangeFactory.list = "nbexaminer.nbgrader_plugins.exchange.List"
c.ExchangeFactory.release_feedback = "nbexaminer.nbgrader_plugins.exchange.ReleaseFeedback"

# The names in a learning platform's download say whose each file is: in the form of one that is
# known, or as c.FileNameCollectorPlugin.named_regexp reads another's.
c.ZipCollectApp.extractor_plugin = "nbexaminer.lms.collect.Extractor"
c.ZipCollectApp.collector_plugin = "nbexaminer.nbgrader_plugins.exchange.Collector"

# The formgrader passes over names and time stamps that nobody can have.
plug_in()
