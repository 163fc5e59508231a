"""A page that takes too long is made of its notebook's plain form, which takes no time.

Texts are bounded where they come in, in `judging/notebook/sanitize.py`. But many together take
long, too, and nobody knows all that a library's patterns can be led to.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from nbconvert.filters import strip_ansi
from nbformat.v4 import new_output

from nbexaminer.judging.notebook.cell import Cell, Role, cells_of
from nbexaminer.judging.notebook.sanitize import MAX_SHOWN_TEXT, as_typed

MAX_SECONDS = 5.0
"""Computing time of a page, of which an ordinary one takes a fiftieth."""
MAX_OWN = 50_000
"""Characters of a plain page that are in cells of the learner's own, some for each of them."""
AS_TYPED = "Shown as it was typed: this notebook's page takes too long to make."
_AGAIN = 0.1
"""Seconds between two signals, should a library pass over the first one."""
_EACH = 100
_PLAIN = {"magics_language": "text"}
"""Metadata of a cell whose code isn't coloured; nbconvert knows them."""
T = TypeVar("T")


class TooLong(BaseException):
    """The time is over: nothing on the way catches it."""


def in_time(make: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """What `make` gives, or else `otherwise` where that would take more than `MAX_SECONDS`.

    Only a process's first thread is told of the time, and none on Windows: elsewhere `make` has
    all it takes.
    """
    going, over = True, False

    def stop(*_: object) -> None:
        nonlocal over
        if going:
            over = True
            raise TooLong

    is_told = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not is_told:
        return make()
    # It stays: a signal that is on its way would end a process that had no handler any more.
    signal.signal(signal.SIGPROF, stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS, _AGAIN)
            made = make()
        finally:
            going = False
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TooLong:
        going = False
        signal.setitimer(signal.ITIMER_PROF, 0)
    # A library may have passed over it, and left something undone.
    return otherwise() if over else made


def is_plain(cell: Cell) -> bool:
    """Whether its code is not to be coloured."""
    return cell.metadata.items() >= _PLAIN.items()


def plain(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with what the learner wrote and what was printed as mere text, and of that the
    beginning; cells of the learner's own only as far as there is room."""
    left, kept = MAX_OWN, []
    for cell in cells_of(notebook):
        most = left if cell.is_own else MAX_SHOWN_TEXT
        if most <= 0:
            continue
        kept.append(cell.content)
        if cell.is_own or cell.role in (Role.ANSWER, Role.OPEN, Role.SHOWN):
            _make_plain(cell, most)
        outputs = cell.content.get("outputs", [])
        outputs[:] = _plain_outputs(outputs, most)
        if cell.is_own:
            left -= _EACH + len(cell.source) + sum(len(o.get("text", "")) for o in outputs)
    notebook["cells"] = kept
    return notebook


def _make_plain(cell: Cell, most: int) -> None:
    if cell.is_code:
        cell.metadata.update(_PLAIN)
        cell.source = f"# {AS_TYPED}\n{cell.source[:most]}"
    else:
        cell.source = as_typed(f"({AS_TYPED})\n\n{cell.source[:most]}")


def _plain_outputs(outputs: list[Any], most: int) -> Iterator[Any]:
    """One with all that was printed, and the last error."""
    texts = (o.get("text") or o.get("data", {}).get("text/plain") or "" for o in outputs)
    if printed := strip_ansi("".join(map("".join, texts))[:most]):
        yield new_output("stream", name="stdout", text=printed)
    for error in [output for output in outputs if output["output_type"] == "error"][-1:]:
        error["traceback"] = [strip_ansi("\n".join(error["traceback"])[:most])]
        yield error
