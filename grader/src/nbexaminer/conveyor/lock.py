"""One at a time: who grades in a course folder, be it the class command or nbgrader's own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from nbexaminer.errors import Busy
from nbexaminer.typed import typed


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Nobody else grades in the course folder `root` meanwhile. Raises Busy.

    The lock is gone when the process that holds it is, however it ended.
    """
    import fcntl  # Windows has none, and no sandbox either

    descriptor = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"another run is grading in {root}: `{typed('grade')}` or `serve`, "
                "`nbgrader autograde` or the formgrader; wait until it has finished, or end it"
            ) from None
        yield
    finally:
        os.close(descriptor)
