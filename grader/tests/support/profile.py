"""Two courses as the grader sees them: the one on this lot, and one of notebooks alone."""

from __future__ import annotations

from pathlib import Path

from course.authoring.exercises import ROOT
from nbexaminer.profile import profile_of

PROFILE = profile_of(ROOT)
"""The course's profile: it shows and hides packages, and has PyTorch imported."""
SMALL_COURSE = Path(__file__).parent / "small_course"
COURSE_ID = "small"
SMALL = profile_of(SMALL_COURSE)
"""Whatever needs no PyTorch is tested with it, since that is imported anew for each engine."""


def configured(root: Path, *lines: str) -> None:
    """Make `root` a course folder that is configured as the small course."""
    text = f"c = get_config()\nload_subconfig('nbgrader_config.py', path={str(SMALL_COURSE)!r})\n"
    text += f"c.CourseDirectory.root = {str(root)!r}\n"
    (root / "nbgrader_config.py").write_text(text + "".join(f"{line}\n" for line in lines))
