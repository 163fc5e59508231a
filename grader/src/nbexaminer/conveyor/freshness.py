"""Whether what grades is still what was read when serving began; cheap to ask often."""

from __future__ import annotations

import os
from pathlib import Path

from nbexaminer.conveyor.fingerprint import code_that_grades, version_now
from nbexaminer.conveyor.folder import ClassFolder


class Freshness:
    """The source notebooks of a class and the code that grades them."""

    def __init__(self, folder: ClassFolder) -> None:
        task = folder.trial()
        step = folder.course.directory.source_directory
        place = folder.course.path(step, ".", folder.exercise)
        self._known = {
            place / f"{handed.name}.ipynb": (handed.source.data, version)
            for handed, version in zip(task.notebooks, task.versions, strict=True)
        }
        self._profile = folder.course.profile
        code = (
            code_that_grades(source, self._profile).values() for source, _ in self._known.values()
        )
        self._files = sorted(set(self._known).union(*code))
        self._stamps: list[tuple[int, int]] = []

    def is_outdated(self) -> bool:
        """Whether something has changed; only what was written to is read again."""
        try:
            stamps = [_stamp(path) for path in self._files]
            if stamps == self._stamps:
                return False
            self._stamps = stamps
            if any(path.read_bytes() != data for path, (data, _) in self._known.items()):
                return True
            return any(
                version_now(data, self._profile) != version
                for data, version in self._known.values()
            )
        except FileNotFoundError:
            return True


def _stamp(path: Path) -> tuple[int, int]:
    state = os.stat(path)
    return state.st_mtime_ns, state.st_size
