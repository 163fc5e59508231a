"""What takes seconds says so, to somebody who looks at it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator


def somebody_looks() -> bool:
    """Whether a Jupyter server started this kernel, for somebody who looks at the outputs.

    Scripts, tests and grading are looked at by nobody, nor is a notebook that is run as a whole to
    be stored.
    """
    return "JPY_SESSION_NAME" in os.environ and "NBGRADER_EXECUTION" not in os.environ


@contextlib.contextmanager
def waiting(what: str, usually: str) -> Iterator[None]:
    """Say in a line what is waited for and how long that usually takes; then how long it took.

    Where nobody looks it says nothing, so that it is in no stored output.

        with waiting("Loading SmolLM2 (135 million weights)", usually="5 to 25 seconds"):
            …
    """
    if not somebody_looks():
        yield
        return
    from IPython.display import display  # slow to import, and scripts have no use for it

    began = time.perf_counter()
    line = display({"text/plain": f"{what}: {usually} …"}, raw=True, display_id=True)
    yield
    seconds = time.perf_counter() - began
    line.update({"text/plain": f"{what}: done in {seconds:.0f} s."}, raw=True)
