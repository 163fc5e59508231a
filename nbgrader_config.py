"""The course's nbgrader configuration; nbgrader's commands read it when run from this folder."""

from pathlib import Path

import helpers
from nbexaminer.configuration import FOLDER, load_class_settings

c = get_config()  # type: ignore[name-defined]  # noqa: F821
COURSE = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "llm-basics"
c.CourseDirectory.root = str(COURSE)
c.Exchange.root = str(COURSE / "exchange")

# What the grader can't know of the course: see grader/README.md.
c.CourseProfile.command = "llm-basics"
c.CourseProfile.root = str(Path(helpers.__file__).resolve().parent.parent)
c.CourseProfile.shown = ["helpers"]
c.CourseProfile.shown_to_tests = ["checks", "reference"]
c.CourseProfile.withheld = ["reference"]
c.CourseProfile.hidden = ["course"]
c.CourseProfile.tests = "apart"  # they only call and compare, and watch what answers change
c.CourseProfile.warm = ["torch", "safetensors.torch", "matplotlib.pyplot"]
c.CourseProfile.warm_answers = ["helpers.plotting"]
c.CourseProfile.warm_tests = ["checks.compiled"]

load_subconfig("nbgrader_config.py", path=FOLDER)  # type: ignore[name-defined]  # noqa: F821
# Your own settings stand in class_config.py beside this file: see docs/instructors.md.
load_class_settings(load_subconfig, COURSE)  # type: ignore[name-defined]  # noqa: F821
