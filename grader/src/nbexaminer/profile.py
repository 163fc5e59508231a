"""What a course says of itself, so that the grader need not know it: `c.CourseProfile`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from traitlets import Enum, List, TraitError, Unicode
from traitlets.config import Configurable

from nbexaminer.cli import OWN_NAME, set_program_name
from nbexaminer.configuration import read_configuration
from nbexaminer.judging.profile import Profile
from nbexaminer.judging.ways import Way


def _names(about: str) -> List[str]:
    return List(Unicode(), help=about).tag(config=True)


class CourseProfile(Configurable):
    """Set as `c.CourseProfile.shown = ["helpers"]` in nbgrader_config.py.

    Raises TraitError for a part of the course that isn't there.
    """

    command = Unicode(
        OWN_NAME, help="The name under which people run this package's commands."
    ).tag(config=True)
    root = Unicode(help="The folder in which the parts lie; the course folder unless set.").tag(
        config=True
    )
    shown = _names("Folders of the course that answers and tests may read and import.")
    shown_to_tests = _names("What test cells may import besides, such as what is right.")
    withheld = _names("Packages that an answer is told not to import: use your own instead.")
    warm = _names("Modules that nearly all notebooks import: imported once for all submissions.")
    warm_answers = _names("The same, for answers alone.")
    warm_tests = _names("The same, for test cells alone.")
    hidden = _names("Packages of the course that graded code can't import where installed.")
    tests = Enum(
        [str(way) for way in Way],
        str(Way.BOTH),
        help="Where test cells run of which neither cell nor notebook says it: apart from the "
        "answers, beside them in the learner's process, whose code can then forge a verdict, or "
        "both, where the lower of both verdicts counts.",
    ).tag(config=True)

    def read(self, course: Path) -> Profile:
        """The profile of the course in the folder `course`."""
        root = Path(self.root).resolve() if self.root else course.resolve()
        set_program_name(self.command)
        fields = {field.name for field in dataclasses.fields(Profile)} - {"root", "way"}
        names = {name: tuple(getattr(self, name)) for name in fields}
        profile = Profile(root, way=Way(self.tests), **names)
        for setting in ("shown", "shown_to_tests"):
            for name in getattr(profile, setting):
                if Path(name).name != name or not (root / name).is_dir():
                    text = f"has {name!r}: give the name of a folder in {root}"
                    raise TraitError(f"c.CourseProfile.{setting} {text}")
        return profile


def profile_of(course: Path) -> Profile:
    """The profile of the course in a folder, from its nbgrader_config.py. Raises TraitError.

    A folder without that file has nothing beside its notebooks.
    """
    return CourseProfile(config=read_configuration(course)).read(course)
