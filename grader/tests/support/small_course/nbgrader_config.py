"""A course of notebooks alone, whose engine starts in a fraction of the time that PyTorch takes."""

from pathlib import Path

from nbexaminer.configuration import FOLDER, load_class_settings

c = get_config()  # type: ignore[name-defined]  # noqa: F821
COURSE = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "small"
# Wherever a test has its folder: engines are shared among folders of one course.
c.CourseProfile.root = str(COURSE)

load_subconfig("nbgrader_config.py", path=FOLDER)  # type: ignore[name-defined]  # noqa: F821
load_class_settings(load_subconfig, COURSE)  # type: ignore[name-defined]  # noqa: F821
