"""What an exercise's source folder holds beside its notebooks, for graded code to find.

That is what learners get with the notebook, as `nbgrader generate_assignment` copies it, but for
hidden files.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbexaminer.errors import CannotGrade
from nbexaminer.files import files_beside
from nbexaminer.sandbox.files import pack

MOST_FILES = 5_000
_PAGE = 4096
"""What a file takes up in a folder in memory is a multiple of it."""


def read_source_files(folder: Path, ignored: Sequence[str], scratch_bytes: float) -> bytes:
    """The files beside the notebooks of a source folder, as `pack` gives them.

    ignored: `c.CourseDirectory.ignore`.
    scratch_bytes: the size of the folder that they are put in, of which they get half.
    Raises CannotGrade for too many or too large ones, and for one that can't be read.
    """
    most = int(scratch_bytes) // 2
    files = dict(_files(folder, ignored))
    taken = {place: -(-path.stat().st_size // _PAGE) * _PAGE for place, path in files.items()}
    if len(files) > MOST_FILES:
        raise CannotGrade(
            f"{folder} holds {len(files)} files beside its notebooks: at most {MOST_FILES} are "
            "taken into the sandbox, so put them into an archive, or have them ignored by "
            "c.CourseDirectory.ignore"
        )
    if sum(taken.values()) > most:
        largest = max(taken, key=lambda place: taken[place])
        raise CannotGrade(
            f"the files beside the notebooks in {folder} have {sum(taken.values()) / 1e6:.1f} MB, "
            f"{largest} alone {taken[largest] / 1e6:.1f}: at most {most / 1e6:.1f} MB are taken "
            "into the sandbox, so make them smaller, or double c.SubmissionReader.limits = "
            f'{{"scratch_bytes": {int(scratch_bytes)}}}'
        )
    try:
        return pack({place: path.read_bytes() for place, path in files.items()})
    except OSError as error:
        raise CannotGrade(f"{error.filename} can't be read: {error.strerror}") from None


def _files(folder: Path, ignored: Sequence[str]) -> Iterator[tuple[str, Path]]:
    top = folder.resolve()
    for path in files_beside(folder, [*ignored, ".*", "__pycache__"]):
        real = path.resolve()
        # A link may lead to another file of the folder, and not out of it, nor to a notebook.
        if real.is_file() and real.is_relative_to(top) and real.suffix != ".ipynb":
            yield str(path.relative_to(folder)), path


def stamps(folder: Path) -> list[tuple[str, int, int]]:
    """When each file of a source folder was last changed, and its size: cheap to ask often."""
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        for path in (os.path.join(here, name) for name in names if not name.startswith(".")):
            if os.path.isfile(path):
                state = os.stat(path)
                found.append((path, state.st_mtime_ns, state.st_size))
    return sorted(found)
