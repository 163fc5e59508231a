"""The files that an exercise gives out beside its notebooks, as nbgrader copies them."""

import fnmatch
import os
from collections.abc import Iterator, Sequence
from pathlib import Path


def files_beside(folder: Path, ignored: Sequence[str]) -> Iterator[Path]:
    """The files of a source folder and its subfolders; no notebooks, and no folder behind a link.

    nbgrader's own search takes the folder's name for a pattern: in `week [1]` it leaves out
    nothing, so that solutions would be among what is given out.

    ignored: `c.CourseDirectory.ignore`, for the names of files and folders.
    """

    def is_left_out(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in (*ignored, "*.ipynb"))

    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_left_out(name)]
        yield from (Path(here, name) for name in names if not is_left_out(name))
