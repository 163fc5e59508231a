"""The learner's side of grading: runs cells like a notebook, and answers the test runner's calls.

`main` is what a zygote runs in each child. Whatever is in this process belongs to the
learner: nothing that it says is believed, and nothing that it must not know is ever sent here.
Importing this module makes the IPython shell, so that children find it ready.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import contextvars
import dataclasses
import functools
import io
import itertools
import os
import random
import re
import signal
import socket
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets import Type
from traitlets.config import Config

from nbexaminer.judging import codecs
from nbexaminer.judging.codecs import decode, encode, figures
from nbexaminer.judging.codecs.plain import TOO_MANY, DecodeError, NotSerializable, not_serializable
from nbexaminer.judging.codecs.torch import borrow, counterpart
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.session.wire import Channel, WireError

MAX_HANDLES = 200_000
MAX_MESSAGE = 2_000
MAX_TRACEBACK = 50_000
MAX_NAMES = 5_000
INTERRUPTS_APART = 0.5
"""Seconds in which a second interrupt is passed over."""
SHOWN_TYPES = ("text/plain", "image/png", "image/jpeg")
MAX_SCORE_TEXT = 100
"""Characters of what a cell's last line shows that are kept however much it has printed: it may be
a score."""


class Outputs:
    """The outputs of the running cell, in nbformat's form, up to a number of characters."""

    def __init__(self) -> None:
        self.start(-1)

    def start(self, budget: int) -> None:
        self.list: list[dict[str, Any]] = []
        self._left = budget

    def stream(self, name: str, text: str) -> None:
        if not (text := self._spend(text)):
            return
        last = self.list[-1] if self.list else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["parts"].append(text)
        else:
            self.list.append({"output_type": "stream", "name": name, "parts": [text]})

    def data(self, output_type: str, bundle: dict[str, Any]) -> None:
        data = {}
        for mime in SHOWN_TYPES:
            if isinstance(content := bundle.get(mime), str):
                if mime != "text/plain" and len(content) > self._left:
                    continue
                data[mime] = self._spend(content)
        text = bundle.get("text/plain")
        is_first = all(output["output_type"] != "execute_result" for output in self.list)
        if is_first and output_type == "execute_result" and isinstance(text, str):
            data |= {"text/plain": text} if len(text) <= MAX_SCORE_TEXT else {}
        if data:
            self.list.append({"output_type": output_type, "data": data})

    def error(self, name: str, message: str, lines: list[str]) -> None:
        findings = {"ename": name[:200], "evalue": message[:MAX_MESSAGE]}
        kept = "\n".join(lines)[:MAX_TRACEBACK].split("\n")
        self.list.append({"output_type": "error", **findings, "traceback": kept})

    def _spend(self, text: str) -> str:
        if self._left < 0:
            return ""
        if len(text) > self._left:
            text = text[: self._left] + "\n… more output than is kept: the rest is cut off\n"
        self._left -= len(text)
        return text

    def take(self) -> list[dict[str, Any]]:
        for output in self.list:
            if "parts" in output:
                output["text"] = "".join(output.pop("parts"))
        taken, self.list, self._left = self.list, [], -1
        return taken


class _Stream(io.TextIOBase):
    """What stands for a kernel's stream, with what that has."""

    encoding, errors, echo = "utf-8", "strict", None

    def __init__(self, name: str) -> None:
        self.name = f"<{name}>"
        self._name = name

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        OUTPUTS.stream(self._name, text)
        return len(text)


class _DisplayHook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        OUTPUTS.data("execute_result", format_dict)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _DisplayPublisher(DisplayPublisher):
    def publish(self, data: Any, *_: Any, **__: Any) -> None:
        OUTPUTS.data("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        OUTPUTS.list.clear()


class Shell(InteractiveShell):
    """A notebook's shell without a kernel around it."""

    # The other way wants a terminal, of which the sandbox has none.
    system = InteractiveShell.system_raw

    displayhook_class = Type(_DisplayHook)
    display_pub_class = Type(_DisplayPublisher)

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        OUTPUTS.error(etype.__name__, _text(evalue), [str(line) for line in stb])

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def ask_exit(self) -> None:
        """What `exit()` does: a kernel goes on, too, until its cell has ended."""

    def should_run_async(self, raw_cell: str, **kwargs: Any) -> bool:
        """Whether a cell runs in an event loop: each does, as in a kernel, unless one runs."""
        if asyncio._get_running_loop() is None:
            return True
        return bool(super().should_run_async(raw_cell, **kwargs))


OUTPUTS = Outputs()
# No history: it would need a database and a thread, and a zygote must have neither.
SHELL = Shell.instance(
    config=Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}),
    user_module=types.ModuleType("__main__"),
    profile_dir=ProfileDir(),
    colors="nocolor",
    banner1="",
)
figures.show_in(SHELL)
for _name in ("autosave", "clear", "connect_info", "man", "qtconsole", "store"):
    # A kernel has these, and where nobody sits at the notebook they do nothing.
    register: Any = SHELL.register_magic_function
    register(lambda line="": None, "line", _name)
del _name, register
CONTEXT = contextvars.copy_context()
"""In which cells run, one after the other, and what is called: of decimals' precision, say."""


def _in_loop(cell: Coroutine[Any, Any, Any]) -> Any:
    loop = get_asyncio_loop()
    return loop.run_until_complete(loop.create_task(cell, context=CONTEXT))


def _at_once(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


SHELL.loop_runner = _in_loop


class Lent:
    """An object of the test's own: it gives what the test lends of it, by calling back."""

    def __init__(self, server: Server, data: dict[str, Any]) -> None:
        vars(self)["_lent"] = server, data["back"], data["methods"], data["values"]

    def __getattr__(self, name: str) -> Any:
        server, number, methods, values = vars(self).get("_lent", (None, None, (), ()))
        if name in values:
            return server.call_back(number, name=name, do="get")
        if name in methods:
            return lambda *args, **kwargs: server.call_back(number, args, kwargs, name=name)
        raise AttributeError(f"what the test passed has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name!r} of what the test passed can't be set")


@dataclasses.dataclass(frozen=True)
class _Instance:
    """An object that a test made: it goes by handle, also where its class is a kind of dict."""

    itself: Any


class Server:
    """Runs cells and answers calls, one at a time, as the test runner asks."""

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self._channel = channel
        self._limits = limits
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._generators: dict[int, Any] = {}
        self._borrowed: dict[int, Any] = {}
        self._borrowed_numbers: dict[int, int] = {}
        self._classes: dict[str, type] = {}
        self._shared: dict[str, type] = {}
        self._request: list[int] = []
        self._seeded = False
        self._interrupted = 0.0
        self._turn = threading.RLock()
        """Whose thread of the answer's may use the channel."""

    def answer(self, message: dict[str, Any], blob: bytes) -> None:
        """Do what the test runner asks, and tell it what came of that."""
        self._request.append(message["id"])
        outermost = len(self._request) == 1
        try:
            if outermost:
                self._alarm(message["seconds"], self._limits.cell_cpu_seconds)
            reply = self._run(message) if message["do"] == "run" else {}
            given = self._read(message["value"], blob)
            in_it = CONTEXT.run if outermost else _at_once  # nobody can enter it twice
            value = None if reply else in_it(self._value, message, given)
            data, out = self._encoded_for_test(value)
            if message.get("watch"):
                reply["changed"] = self._changed(given, message["value"], blob)
        except (WireError, SystemError):
            raise
        except BaseException as error:
            reply, data, out = {"error": _describe(error)}, None, b""
        finally:
            if outermost:
                self._alarm(0.0, 0.0)
        reply |= {"id": message["id"], "do": "reply", "value": data}
        with self._turn:  # another thread may still be calling back
            self._request.pop()
            try:
                self._channel.send(reply, out)
            except ValueError as error:
                why = _describe(NotSerializable(f"what came back is too large: {error}"))
                reply = {"id": message["id"], "do": "reply", "value": None, "error": why}
                self._channel.send(reply)

    def _alarm(self, wall: float, cpu: float) -> None:
        """Ask for a KeyboardInterrupt, after which this process lives on; the test runner kills."""
        for number, timer, seconds in (
            (signal.SIGALRM, signal.ITIMER_REAL, wall),
            (signal.SIGPROF, signal.ITIMER_PROF, cpu),
        ):
            if seconds:  # a learner's code may have set another one
                signal.signal(number, self._interrupt)
            signal.setitimer(timer, seconds)

    def _interrupt(self, number: int, frame: Any) -> None:
        now = time.monotonic()
        # The other timer may ring while the first one's interrupt is being dealt with.
        if now - self._interrupted > INTERRUPTS_APART:
            self._interrupted = now
            raise KeyboardInterrupt("out of time")

    def _run(self, message: dict[str, Any]) -> dict[str, Any]:
        """Run a cell. The reply has its outputs, the error's name, and the names now defined."""
        if not self._seeded:
            # So that a regrade draws the same random numbers.
            self._seeded = True
            random.seed(message["seed"])
            codecs.seed(message["seed"])
            sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
            builtins.input = _no_input
            if os.getcwd() not in sys.path:  # for modules that cells write
                sys.path.append(os.getcwd())
        OUTPUTS.start(self._limits.output_bytes)
        try:
            result = SHELL.run_cell(message["code"], store_history=True, silent=False)
            error = result.error_before_exec or result.error_in_exec
        except Exception as raised:  # from the shell itself: code too long or too deep to compile
            error = raised
            name = type(raised).__name__
            OUTPUTS.error(name, _text(raised), [f"{name}: {raised}"])
        if message["given"]:
            for name, value in SHELL.user_ns.items():
                if isinstance(value, type) and dataclasses.is_dataclass(value):
                    self._classes.setdefault(name, value)
        failed = None if error is None else _describe(error)
        return {"outputs": OUTPUTS.take(), "failed": failed, "names": _names()}

    def _value(self, message: dict[str, Any], given: Any) -> Any:
        """What comes of a request that runs no cell.

        given: the value that came with it.
        """
        on: Any = self._objects[message["on"]] if "on" in message else None
        match message["do"]:
            case "fetch":
                value = SHELL.user_ns[message["name"]]
                return _Instance(value) if isinstance(value, type) else value
            case "cell_over":
                return figures.cell_over()
            case "share":
                for name in message["classes"]:
                    if isinstance(kind := SHELL.user_ns.get(name), type):
                        self._shared.setdefault(name, kind)
                return None
            case "get":
                return getattr(on, message["name"])
            case "item":
                return on[given]
            case "bool":
                return bool(on)
            case "contains":
                return given in on
            case "equal":
                return bool(on == given)
            case "repr":
                return repr(on)
            case "str":
                return str(on)
            case "format":
                return format(on, given)
            case "length":
                return len(on)
            case "list":
                values = iter(on)
                return on if values is on else _few([*itertools.islice(values, MAX_HANDLES + 1)])
            case "next":
                try:
                    return [next(on)]
                except StopIteration:
                    return []
        args, kwargs = given
        value = on(*args, **kwargs)
        if message["do"] == "keep":
            return lambda: value
        # Of a class of a library's, such as `Counter` under another name, the value counts.
        if isinstance(on, type) and isinstance(value, on) and on.__module__ == "__main__":
            return _Instance(value)
        return value

    def _changed(self, given: Any, data: Any, blob: bytes) -> list[Any]:
        """What of a call's arguments is no longer as it came, by place and by name: but for the
        learner's own objects."""
        if self._form(given) == (repr(data), blob):
            return []
        came = decode(data, blob, self._own, self._shared.__getitem__, is_for_answer=True)
        now, then = ({**dict(enumerate(args)), **kwargs} for args, kwargs in (given, came))
        return [
            key
            for key, value in now.items()
            if id(value) not in self._numbers and self._form(value) != self._form(then[key])
        ]

    def _own(self, data: Any) -> Any:
        return self._objects[data["h"]] if "h" in data else object()

    def _form(self, value: Any) -> tuple[str, bytes] | None:
        """What is another where the value is; None for what can't cross."""
        with contextlib.suppress(Exception):
            form, blob = encode(value, lambda _: None, True, self._shared_name)
            return repr(form), blob
        return None

    def _lend(self, value: Any) -> dict[str, Any]:
        if isinstance(value, _Instance):
            value = value.itself
        if id(value) in self._borrowed_numbers:
            return {"lent": self._borrowed_numbers[id(value)]}
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._objects) >= MAX_HANDLES:
                raise NotSerializable("too many objects at once")
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        name = getattr(value, "__name__", None)
        kind = type(value).__name__
        label = name if isinstance(name, str) and callable(value) else f"{kind} object"
        label = f"module {name}" if isinstance(value, types.ModuleType) else label
        data = {"h": number, "label": label[:100]}
        return data | ({"iterator": True} if isinstance(value, Iterator) else {})

    def _encoded_for_test(self, value: Any) -> tuple[Any, bytes]:
        return encode(value, self._lend, shared=self._shared_name, is_from_answer=True)

    def _read(self, data: Any, blob: bytes) -> Any:
        return decode(data, blob, self._foreign, self._shared.__getitem__, is_for_answer=True)

    def _shared_name(self, kind: type) -> str | None:
        name = kind.__name__
        return name if self._shared.get(name) is kind else None

    def _foreign(self, data: Any) -> Any:
        if "h" in data:
            return self._objects[data["h"]]
        if "generator" in data:
            return counterpart(data, self._generators)
        if "dataclass" in data:
            fields = {name: self._read(value, b"") for name, value in data["fields"].items()}
            name = data["dataclass"]  # perhaps of a cell that isn't locked
            return (self._classes.get(name) or SHELL.user_ns[name])(**fields)
        return self._borrow(data)

    def _borrow(self, data: dict[str, Any]) -> Any:
        number = data["back"]
        borrowed = self._borrowed.get(number)
        if borrowed is None:
            borrowed = Lent(self, data)
            if data["module"]:
                borrowed = borrow(borrowed, data, functools.partial(self.call_back, number))
            elif data["called"]:

                def borrowed(*args: Any, **kwargs: Any) -> Any:
                    return self.call_back(number, args, kwargs)

            self._borrowed[number] = borrowed
            self._borrowed_numbers[id(borrowed)] = number
        elif data["module"]:
            vars(borrowed)["training"] = data["training"]  # not to be passed back
        return borrowed

    def call_back(
        self, number: int, args: Any = (), kwargs: Any = None, name: str | None = None,
        do: str = "call",
    ) -> Any:  # fmt: skip
        """Ask the test's process for what it lent, and answer its questions meanwhile. Threads
        of an answer's take turns; one that is late, when nothing is asked any more, can't."""
        with self._turn:
            if not self._request:
                raise RuntimeError("what a test passed was called after the answer had returned")
            data, blob = self._encoded_for_test((args, kwargs or {}))
            asked = {"on": number, "what": do, "name": name, "value": data}
            self._channel.send({"id": self._request[-1], "do": "back", **asked}, blob)
            while True:
                message, blob = self._channel.receive()
                if message["do"] != "returned":
                    self.answer(message, blob)
                elif "error" in message:
                    raise _raised_there(message)
                else:
                    return self._read(message["value"], blob)


def _no_input(prompt: object = "", *_: object, **__: object) -> str:
    """What a kernel does whose notebook nobody sits at. Raises StdinNotImplementedError."""
    raise StdinNotImplementedError("input was called, and there is nobody to type anything")


def _names() -> list[str]:
    """What the learner's cells have defined."""
    names = [n for n in SHELL.user_ns if n not in SHELL.user_ns_hidden and not n.startswith("_")]
    return names[:MAX_NAMES]


def _few(items: list[Any]) -> list[Any]:
    if len(items) > MAX_HANDLES:
        raise not_serializable(TOO_MANY)
    return items


def _raised_there(message: dict[str, Any]) -> Exception:
    """What a function that a test lent has raised, as one of Python's own classes."""
    try:
        kind: Any = getattr(builtins, message["kind"])
        raised = kind(message["error"])
    except Exception:  # of a class that takes more than a text
        raised = None
    return raised if isinstance(raised, Exception) else RuntimeError(message["error"])


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:
        return ""


def _describe(error: BaseException) -> dict[str, Any]:
    """What the test runner is told of an exception: words only."""
    bases = [c.__name__ for c in type(error).__mro__ if c.__module__ == "builtins"]
    own, deeper, trace = "", "", traceback.extract_tb(error.__traceback__)
    for at in (cells := [f for f in trace if f.filename.startswith("<ipython-input")]):
        if at.filename == cells[0].filename:  # the answer's, which comes first
            own, deeper = f"line {at.lineno} of the cell, in {at.name}: {at.line or ''}"[:200], ""
        else:
            deeper = f"\nin {at.name}, which your answer calls: {at.line or ''}"[:100]
    name, text, where = type(error).__name__[:100], _text(error), own + deeper or None
    with contextlib.suppress(Exception):
        text = f"{text}{_meant(error)}"[:MAX_MESSAGE]
    told = {"name": name, "bases": bases[:10], "message": text, "where": where}
    # Each exactly of its type: another may be anything.
    if all(type(arg) in (bool, int, float, str, type(None)) for arg in error.args):
        args = [arg[:MAX_MESSAGE] if isinstance(arg, str) else arg for arg in error.args[:20]]
        told |= {"args": args} if len(repr(args)) <= 10 * MAX_MESSAGE else {}
    return told


def _meant(error: BaseException) -> str:
    """What Python takes a misspelt name to be meant for, as its own traceback says it."""
    if not isinstance(error, NameError | AttributeError):
        return ""
    with contextlib.redirect_stderr(io.StringIO()) as shown:
        sys.__excepthook__(type(error), error, error.__traceback__)
    meant = re.search(r"Did you [^\n\x1b]+\?(?=\s*(\x1b\S*m)*\s*\Z)", shown.getvalue())
    return f". {meant[0].strip()}" if meant else ""


def main(sock: socket.socket, limits: Limits) -> None:
    """Serve one test runner at `sock`; returns when it hangs up."""
    channel = Channel(sock, limits.message_bytes)
    server = Server(channel, limits)
    with contextlib.suppress(WireError, DecodeError):
        while True:
            server.answer(*channel.receive())
