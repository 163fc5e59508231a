"""A box in which one talks with a model, and the same line by line where there is no box.

Both take a function that answers: ``reply(text)`` yields pieces of text, each as soon as it is
there. What was said before is for ``reply`` to remember.

    chat(reply)
    talk(reply)
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget
from IPython.core.error import StdinNotImplementedError

Reply = Callable[[str], Iterable[str]]

_HERE = Path(__file__).parent
_NO_BOX = "A box to type into stands here while the notebook runs."


class Chat(AnyWidget):
    """A log of turns and a field to type into. From `chat`.

    Between two pieces of an answer the kernel hears what else is asked of it, such as to stop.

    Attributes:
        name: what the model is called.
        turns: what was said so far, a dict each with `who` ("you", "model" or "error"), `text`,
            and of an error `details`.
    """

    _esm = _HERE / "control.js"
    _css = _HERE / "control.css"
    name = traitlets.Unicode().tag(sync=True)
    turns: traitlets.List[dict[str, str]] = traitlets.List().tag(sync=True)

    def __init__(self, reply: Reply, name: str) -> None:
        super().__init__(name=name)
        self._reply = reply
        self._writing = self._stopped = False
        self._loop = _loop_of_this_thread()
        self.on_msg(self._hear)

    def _hear(self, _widget: object, said: dict[str, Any], _buffers: object) -> None:
        # Some front ends are heard in a thread of their own, which may interrupt; the answer is
        # made where cells run, so that the learner's code is never in two places at once.
        if "stop" in said:
            self._stopped = True
        elif self._loop is None:
            asyncio.run(self._answer(said["said"]))
        else:
            self._loop.call_soon_threadsafe(self._begin, said["said"])

    def _begin(self, text: str) -> None:
        self._task = asyncio.ensure_future(self._answer(text))

    async def _answer(self, text: str) -> None:
        if self._writing:
            self.send({"busy": text})
            return
        self._writing, self._stopped = True, False
        turns = [*self.turns, {"who": "you", "text": text}]
        self.send({"began": text})
        came = ""
        fault = None
        try:
            with contextlib.closing(_pieces(self._reply, text)) as pieces:
                while not self._stopped and (piece := _next(pieces)) is not None:
                    came += piece
                    self.send({"piece": piece})
                    await asyncio.sleep(0)
        except (Exception, KeyboardInterrupt) as error:
            fault = {"who": "error", "text": in_one_line(error), "details": in_full(error)}
        finally:
            self._writing = False
        if came or not fault:
            turns.append({"who": "model", "text": came})
        self.turns = [*turns, fault] if fault else turns
        self.send({"ended": "stopped" if self._stopped else "failed" if fault else "done"})

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        # Where no kernel runs (a printed page, GitHub), it says what would be here.
        bundle: tuple[dict[str, Any], dict[str, Any]] = super()._repr_mimebundle_(**kwargs)  # type: ignore[assignment]
        data, metadata = bundle
        data["text/html"] = f"<p>{_NO_BOX}</p>"
        data["text/plain"] = f"{_NO_BOX} In a terminal, call talk(reply)."
        return data, metadata


def chat(reply: Reply, name: str = "SmolLM2") -> Chat:
    """A box to type into, in which `reply` answers. End a cell with it.

    Args:
        reply: called with what was typed; yields the pieces of the answer.
        name: what the model is called.
    """
    return Chat(reply, name)


def talk(reply: Reply, name: str = "SmolLM2") -> None:
    """Talk line by line, where there is no box, until an empty line is typed.

    Args:
        reply: called with what was typed; yields the pieces of the answer.
        name: what the model is called.
    """
    print("An empty line ends the conversation.")
    try:
        while text := input("You: ").strip():
            print(f"{name}: ", end="", flush=True)
            for piece in _pieces(reply, text):
                print(piece, end="", flush=True)
            print()
    except (EOFError, StdinNotImplementedError):
        print("Nobody can type here.")


def in_one_line(error: BaseException) -> str:
    """What went wrong, for whoever has written the code."""
    if isinstance(error, KeyboardInterrupt):
        return "The kernel was interrupted."
    steps = traceback.extract_tb(error.__traceback__)
    names = [step.name for step in steps if step.filename != __file__]
    if names and isinstance(error, NotImplementedError) and not str(error):
        return f"{names[-1]} is not written yet."
    what = f"{type(error).__name__} in {names[-1]}" if names else type(error).__name__
    return f"{what}: {error}".partition("\n")[0].removesuffix(": ")


def in_full(error: BaseException) -> str:
    """The traceback, without the lines of this module."""
    steps = error.__traceback__
    while steps and steps.tb_frame.f_code.co_filename == __file__:
        steps = steps.tb_next
    return "".join(traceback.format_exception(type(error), error, steps))


def _pieces(reply: Reply, text: str) -> Generator[str, None, None]:
    """What `reply` yields. Raises `TypeError` where that is no text."""
    answer = reply(text)
    if not isinstance(answer, Iterable):
        raise TypeError(f"reply gives {answer!r}: it must yield pieces of text")
    for piece in answer:
        if not isinstance(piece, str):
            raise TypeError(f"reply yields {piece!r}: it must yield pieces of text")
        yield piece


def _next(pieces: Generator[str, None, None]) -> str | None:
    """The next piece, `None` at the end. The kernel may be interrupted while it is made.

    Outside of cells a kernel hears no interruption; then an endless loop would be without end.
    """
    if threading.current_thread() is not threading.main_thread():
        return next(pieces, None)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return next(pieces, None)
    finally:
        signal.signal(signal.SIGINT, before)


def _loop_of_this_thread() -> asyncio.AbstractEventLoop | None:
    """That in which cells run; `None` where none does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
