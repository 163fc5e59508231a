"""A course as judging sees it: what answers and tests may import, and how its tests are run."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from nbexaminer.judging.ways import Way
from nbexaminer.sandbox import view

_EXCUSE = "is not available while graded: use your own answers, or what the exercise gives you"
_ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde"}
"""As nbgrader has it while it grades, for notebooks that ask."""


@dataclass(frozen=True)
class Profile:
    """A course as the grader sees it; without arguments, one that has nothing beside its notebooks.

    The fields are those of `CourseProfile`; `way` is how its tests are run.
    """

    root: Path | None = None
    shown: tuple[str, ...] = ()
    shown_to_tests: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()
    warm_answers: tuple[str, ...] = ()
    warm_tests: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    way: Way = Way.BOTH

    @property
    def parts(self) -> tuple[str, ...]:
        """What is shown to test cells: all that is shown to anybody."""
        return tuple(dict.fromkeys((*self.shown, *self.shown_to_tests)))

    @property
    def own_names(self) -> tuple[str, ...]:
        """Packages of the course, which graded code has from its folder or not at all."""
        return (*self.parts, *self.withheld, *self.hidden)

    def place(self, name: str) -> Path:
        """Where a part of the course lies."""
        assert self.root is not None, f"{name} of a course without a folder"
        return self.root / name

    def found_here(self) -> Profile:
        """The same course on this machine, where it may lie in another folder: that from which its
        packages are imported."""
        if self.root is None or self.root.is_dir():
            return self
        for name in self.parts:
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.origin is not None:
                return dataclasses.replace(self, root=Path(spec.origin).parent.parent)
        return self

    def packages(self, *names: str) -> list[str]:
        """Those of the parts `names` that can be imported."""
        return [name for name in names if (self.place(name) / "__init__.py").exists()]

    def modules(self, name: str) -> Iterator[str]:
        """The dotted names of the modules of a package of the course."""
        folder = self.place(name)
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class SandboxRole(view.SandboxRole):
    """What a sandbox is for when a course is graded."""

    @classmethod
    def learner(cls, profile: Profile) -> Self:
        """Whoever runs answers."""
        secret = (*(n for n in profile.parts if n not in profile.shown), *profile.withheld)
        return cls(
            number=0,
            preload=(
                "IPython.core.interactiveshell", "numpy", *profile.warm, *profile.warm_answers
            ),
            shown=profile.shown,
            withheld=profile.withheld,
            excuse=_EXCUSE,
            unloaded=tuple(dict.fromkeys((*secret, "nbgrader"))),
            covered=True,
            environment=_ENVIRONMENT,
        )  # fmt: skip

    @classmethod
    def test_runner(cls, profile: Profile) -> Self:
        """Who knows what is right, and parses what learners' processes send."""
        preload = (*profile.warm, *profile.warm_tests)
        return cls(1, preload, profile.parts, environment=_ENVIRONMENT)
