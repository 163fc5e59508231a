"""The examiner's side of grading: runs test cells against stand-ins for a learner's answers.

`main` is what a warm parent runs in each child, for one submission. It gets the cells from
the grader, passes the learner's on to a process that runs `grading.learner`, runs the tests
itself, and tells the grader how each cell ended.

In a test cell, a name that only the learner's process defines is a stand-in: it can be
called with plain values, tensors, stand-ins, generators, dataclasses of the exercise, and
functions and modules of the test's own, its attributes can be read, and it can be indexed
and iterated over. What comes back is a plain value, a plain tensor, or another stand-in.
An exception of the learner's comes as an instance of the built-in exception that it is.
Each test cell starts from what the locked cells define; names don't last beyond it.
"""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import importlib
import io
import math
import random
import re
import secrets
import socket
import symtable
import sys
import time
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from grading.codec import BadValue, CantCross, decode, encode
from grading.feedback import safe_outputs, size_of_output
from grading.limits import Limits
from grading.verdicts import Outcome
from grading.wire import BadFrame, Channel, Closed, TimedOut

GRACE_SECONDS = 1.0
"""How long after a polite interrupt a learner's process is killed."""
NOTHING = ""
"""Run behind every cell of a learner's, so that one that breaks the connection is found at once
and left out of the next process, and not the cell or test behind it."""
MAX_NESTED_CALLS = 32
MAX_STAND_INS = 200_000
MAX_TEXT = 8_000
MAX_RESTARTS = 8
MAX_ERROR_OUTPUT = 100_000
"""Characters of a traceback beyond what a cell may print."""


class RemoteError(Exception):
    """An exception of the learner's. Instances also have its built-in type.

    where: the line that raised it, in words, or None.
    """

    where: str | None

    def __init__(self, message: str, where: str | None = None) -> None:
        BaseException.__init__(self, message)
        self.message = message
        self.where = where

    def __str__(self) -> str:
        return self.message


class Ended(BaseException):
    """The learner's code was stopped. Not an Exception, so that no test swallows it."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message


class Lost(BaseException):
    """The learner's process can't be talked to any more. Not an Exception, for the same reason."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(cause)
        self.cause = cause


# Their constructors need more than a message, or they mean something to the interpreter.
_NOT_REBUILT = ("ExceptionGroup", "StopIteration", "StopAsyncIteration")


def rebuild_error(description: Any) -> RemoteError:
    """The exception that a learner's process describes. Raises BadValue."""
    match description:
        case {"name": str(name), "bases": list(bases), "message": str(text), "where": where}:
            pass
        case _:
            raise BadValue("no exception")
    kinds = [getattr(builtins, b, None) for b in bases if isinstance(b, str)]
    fits = (
        k
        for k in kinds
        if isinstance(k, type) and issubclass(k, Exception) and k.__name__ not in _NOT_REBUILT
    )
    name = name if name.isidentifier() and len(name) <= 100 else "Exception"
    kind = type(name, (RemoteError, next(fits, Exception)), {})
    where = where[:300] if isinstance(where, str) else None
    return kind(text[:MAX_TEXT], where)


class StandIn:
    """Something in the learner's process, to be called and looked at from this one."""

    __slots__ = ("__learner", "__number", "__weakref__")

    def __init__(self, learner: Learner, number: int, label: str) -> None:
        object.__setattr__(self, "_StandIn__learner", learner)
        object.__setattr__(self, "_StandIn__number", number)
        learner.labels[number] = label

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.__learner.request("call", (args, kwargs), on=self.__number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__learner.request("get", None, on=self.__number, name=name)

    def __setattr__(self, name: str, value: object) -> None:
        raise TypeError(
            f"a test can't set {name!r} in a learner's process: "
            "pass it as an argument, or use load_state_dict"
        )

    def __getitem__(self, key: Any) -> Any:
        return self.__learner.request("item", key, on=self.__number)

    def __len__(self) -> int:
        return _as(int, self.__learner.request("length", None, on=self.__number))

    def __iter__(self) -> Iterator[Any]:
        return iter(_as(list, self.__learner.request("list", None, on=self.__number)))

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{self.__learner.labels[self.__number]}>"


def _as(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, but {type(value).__name__} came back")
    return value


def number_of(stand_in: StandIn) -> int:
    """Its number in the learner's process."""
    number: int = object.__getattribute__(stand_in, "_StandIn__number")
    return number


class Learner:
    """One learner's process, seen from the examiner."""

    def __init__(self, channel: Channel, given: dict[str, Any], seed: int) -> None:
        self._channel = channel
        self._given = given
        self._seed = seed
        self.deadline = math.inf
        self.names: frozenset[str] = frozenset()
        self.labels: dict[int, str] = {}
        self.out_of_memory = False
        self._stand_ins: dict[int, StandIn] = {}
        self._lent: list[Any] = []
        self._generators: weakref.WeakKeyDictionary[torch.Generator, tuple[int, Any]] = (
            weakref.WeakKeyDictionary()
        )
        self._generator_count = 0
        self._depth = 0

    def request(self, do: str, value: Any = None, **fields: Any) -> Any:
        """Ask the learner's process and wait. Raises RemoteError, CantCross, Ended, Lost."""
        data, blob = encode(value, self._lend)
        reply, got = self._exchange({"do": do, "value": data, **fields}, blob)
        if "error" in reply:
            raise got
        return got

    def run(self, code: str, given: bool) -> dict[str, Any]:
        """Run a cell; the reply as it came. Raises Ended, Lost."""
        request = {"do": "run", "value": None, "code": code, "given": given, "seed": self._seed}
        reply, _ = self._exchange(request, b"")
        names = reply.get("names")
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise Lost(BadValue("no names"))
        self.names = frozenset(names)
        return reply

    def _exchange(self, message: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], Any]:
        """The reply, and the value or the exception in it."""
        # Not to be guessed, so that an answer sent ahead of its question fits none.
        message["id"] = secrets.randbits(53)
        called_back = False
        try:
            message["seconds"] = self.deadline - time.monotonic()
            if message["seconds"] <= 0:
                raise TimedOut("no time left")
            kill_at = self.deadline + GRACE_SECONDS
            self._channel.send(message, blob, kill_at)
            while True:
                reply, blob = self._channel.receive(kill_at)
                if reply.get("id") != message["id"]:
                    raise BadFrame("an answer to another question")
                if reply.get("do") == "reply":
                    break
                if reply.get("do") != "back":
                    raise BadFrame("neither an answer nor a call")
                called_back = True
                self._serve(reply, blob)
            if "error" not in reply:
                return reply, decode(reply.get("value"), blob, self._receive)
            error = self._error(reply["error"])
            if isinstance(error, Ended) and called_back:
                # It may have been interrupted in the middle of a frame.
                raise TimedOut("interrupted during a call")
        except Exception as cause:
            raise Lost(cause) from None
        if isinstance(error, Ended):
            raise error
        return reply, error

    def _error(self, description: Any) -> BaseException:
        error = rebuild_error(description)
        if "KeyboardInterrupt" in description["bases"]:
            return Ended(Outcome.TIMED_OUT, "")
        if runs_out_of_memory(error):
            self.out_of_memory = True
        return error

    def _serve(self, call: dict[str, Any], blob: bytes) -> None:
        """Answer a call of the learner's to a function or module that a test lent it."""
        if self._depth >= MAX_NESTED_CALLS:
            raise BadFrame("calls nested too deeply")
        self._depth += 1
        try:
            lent, (args, kwargs) = self._lent_by(call), self._arguments(call, blob)
            try:
                if call.get("what") == "train":
                    result = lent.train(*args) and None
                else:
                    result = lent(*args, **kwargs)
                data, out = encode(result, self._lend)
                answer: dict[str, Any] = {"do": "returned", "value": data}
            except Exception as error:  # Lost and Ended are none
                said = f": {error}" if isinstance(error, _SAYABLE) else ""
                text = f"what the test passed raised {type(error).__name__}{said}"
                answer, out = {"do": "returned", "error": text[:MAX_TEXT]}, b""
            self._channel.send(answer, out, self.deadline + GRACE_SECONDS)
        finally:
            self._depth -= 1

    def _lent_by(self, call: dict[str, Any]) -> Any:
        on, what = call.get("on"), call.get("what")
        if type(on) is not int or not 0 <= on < len(self._lent) or what not in ("call", "train"):
            raise BadFrame("a call of what was not lent")
        lent = self._lent[on]
        if what == "train" and not isinstance(lent, nn.Module):
            raise BadFrame("a function has no mode")
        return lent

    def _arguments(self, call: dict[str, Any], blob: bytes) -> tuple[tuple[Any, ...], Any]:
        match decode(call.get("value"), blob, self._receive):
            case (tuple() as args, dict() as kwargs) if all(isinstance(k, str) for k in kwargs):
                return args, kwargs
        raise BadValue("no arguments")

    def _receive(self, data: Any) -> StandIn:
        match data:
            case {"h": int(number), "label": str(label)} if 0 <= number < 1 << 31:
                pass
            case _:
                raise BadValue("no handle")
        if number not in self._stand_ins:
            if len(self._stand_ins) >= MAX_STAND_INS:
                raise BadValue("too many handles")
            label = "".join(c for c in label[:100] if c.isprintable())
            self._stand_ins[number] = StandIn(self, number, label)
        return self._stand_ins[number]

    def _lend(self, value: Any) -> dict[str, Any]:
        if isinstance(value, StandIn):
            number = number_of(value)
            if self._stand_ins.get(number) is not value:
                raise CantCross("a stand-in of a process that has ended")
            return {"h": number}
        if isinstance(value, torch.Generator):
            return self._lend_generator(value)
        kind = type(value)
        if dataclasses.is_dataclass(kind) and self._given.get(kind.__name__) is kind:
            return {"dataclass": kind.__name__, "fields": self._fields(value)}
        if callable(value):
            if not any(value is lent for lent in self._lent):
                self._lent.append(value)
            module = isinstance(value, nn.Module)
            return {
                "back": next(i for i, lent in enumerate(self._lent) if lent is value),
                "module": module,
                "training": module and value.training,
                "weights": module and any(True for _ in value.parameters()),
            }
        raise CantCross(
            f"a test can't pass a {kind.__name__} to a learner's answer: pass numbers, strings, "
            "tensors, lists, tuples, dicts, a torch.Generator, a dataclass from a locked cell, a "
            "function, a module, or what the learner's code returned"
        )

    def _fields(self, value: Any) -> dict[str, Any]:
        fields = {}
        for field in dataclasses.fields(value):
            if field.init:
                fields[field.name], blob = encode(getattr(value, field.name), self._lend)
                if blob:
                    raise CantCross(f"the field {field.name} of a dataclass can't be a tensor")
        return fields

    def _lend_generator(self, value: torch.Generator) -> dict[str, Any]:
        """The same one keeps one counterpart, which is told of a new state but never asked."""
        state = value.get_state()
        number, known = self._generators.get(value, (None, None))
        if number is None:
            number = self._generator_count
            self._generator_count += 1
        fresh = known is None or not torch.equal(state, known)
        # Move on, so that seeding it again, with the same seed too, is seen next time.
        torch.rand((), generator=value)
        self._generators[value] = (number, value.get_state())
        return {
            "generator": number,
            "state": bytes(state.numpy()).hex() if fresh else None,
        }


_SAYABLE = (IndexError, RuntimeError, TypeError, ValueError)


def runs_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that there is no memory left, as Python or PyTorch say it."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


@dataclasses.dataclass
class Stop:
    """Why a learner's cell did not run to its end, and the names that it would have defined."""

    outcome: Outcome
    message: str
    names: frozenset[str]


class Examination:
    """One submission's cells, run in order.

    Args:
        grader: where cells and processes come from, and results go to.
        plan: `cells`, each with `kind` ("learner", "given", which is run on both sides, or
            "test"), `code`, `hidden` and `seed`; `first`, the index of the first cell whose
            result is wanted; `skip`, indices not to run again; `seed` of the learner's own
            random numbers; `seconds`, what is left for the whole notebook.
    """

    def __init__(self, grader: Channel, plan: dict[str, Any], limits: Limits) -> None:
        self._grader = grader
        self._limits = limits
        self._cells: list[dict[str, Any]] = plan["cells"]
        self._first: int = plan["first"]
        self._seed: int = plan["seed"]
        self._skip: set[int] = set(plan["skip"])
        self._end = time.monotonic() + plan["seconds"]
        self._main = types.ModuleType("__main__")
        sys.modules["__main__"] = self._main
        self._learner: Learner | None = None
        self._stops: list[Stop] = []
        self._restarts = 0
        self._output_left = limits.notebook_output_bytes

    def run(self) -> None:
        """Run every cell and report on those from the first wanted one on."""
        for index, cell in enumerate(self._cells):
            wanted = index >= self._first
            if not wanted:
                if cell["kind"] == "given":
                    self._run_given(cell)
                continue
            outputs: Any = []
            outcome, message = None, ""
            try:
                if cell["kind"] == "test":
                    outputs, outcome, message = self._test(index, cell)
                else:
                    if cell["kind"] == "given":
                        self._run_given(cell)
                    outputs = self._run_learners(index, cell)
            except Ended as ended:
                outcome, message = ended.outcome, ended.message
            self._report(index, outputs, outcome, message)
        self._grader.send({"do": "done"})

    def _report(self, index: int, outputs: Any, outcome: Outcome | None, message: str) -> None:
        said = {"do": "cell", "index": index, "outcome": outcome, "message": message}
        most = min(self._limits.output_bytes + MAX_ERROR_OUTPUT, self._output_left)
        kept = safe_outputs(outputs, most)
        self._output_left = max(0, self._output_left - sum(map(size_of_output, kept)))
        try:
            self._grader.send(said | {"outputs": kept})
        except ValueError:  # characters that take many bytes
            self._grader.send(said | {"outputs": safe_outputs(outputs, MAX_ERROR_OUTPUT)})

    def _run_given(self, cell: dict[str, Any]) -> None:
        seed_all(cell["seed"])
        # Magics concern the notebook's own process.
        code = re.sub(r"(?m)^[ \t]*[%!].*$", "", cell["code"])
        quiet = io.StringIO()
        try:
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                exec(compile(code, "<given>", "exec"), self._main.__dict__)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            self._grader.send({"do": "broken", "cell": cell["id"], "message": said})
            raise

    def _run_learners(self, index: int, cell: dict[str, Any]) -> Any:
        """Run a cell in the learner's process; its outputs as they came."""
        learner = self._ready(index)
        try:
            with self._watched(learner):
                reply = learner.run(cell["code"], cell["kind"] == "given")
                learner.run(NOTHING, False)
        except Ended as ended:
            self._skip.add(index)
            self._stop(cell, ended.outcome, ended.message)
            raise
        if reply.get("failed") is not None:
            self._note_failure(cell, reply["failed"])
        return reply.get("outputs")

    def _note_failure(self, cell: dict[str, Any], description: Any) -> None:
        try:
            error = rebuild_error(description)
        except BadValue:
            return
        outcome = Outcome.ERROR
        if "KeyboardInterrupt" in description["bases"]:
            outcome, said = Outcome.TIMED_OUT, f"took longer than {self._cell_limit()}"
        else:
            if runs_out_of_memory(error):
                outcome = Outcome.OUT_OF_MEMORY
            said = f"raised {type(error).__name__}: {error}"
        self._stop(cell, outcome, said)

    def _stop(self, cell: dict[str, Any], outcome: Outcome, message: str) -> None:
        # An answer cell is called after what it defines, which its text may no longer show.
        names = bound_names(cell["code"]) | {cell["id"]}
        self._stops.append(Stop(outcome, message, names))

    def _ready(self, index: int) -> Learner:
        """A learner's process in which the cells before `index` ran."""
        if self._learner is not None:
            return self._learner
        if self._restarts > MAX_RESTARTS:
            raise Ended(
                Outcome.NOT_RUN, f"not run: the notebook ended its process {MAX_RESTARTS} times"
            )
        self._restarts += 1
        self._grader.send({"do": "spawn"})
        _, fds, _, _ = socket.recv_fds(self._grader.sock, 1, 1)
        channel = Channel(socket.socket(fileno=fds[0]), self._limits.message_bytes)
        learner = self._learner = Learner(channel, self._main.__dict__, self._seed)
        for before, cell in enumerate(self._cells[:index]):
            if cell["kind"] == "test" or before in self._skip:
                continue
            self._grader.send({"do": "alive"})
            try:
                with self._watched(learner):
                    learner.run(cell["code"], cell["kind"] == "given")
                    learner.run(NOTHING, False)
            except Ended as ended:
                self._skip.add(before)
                self._stop(cell, ended.outcome, ended.message)
                return self._ready(index)
        return learner

    @contextlib.contextmanager
    def _watched(self, learner: Learner) -> Iterator[None]:
        """Give the learner's process the time of one cell, and turn its end into Ended."""
        now = time.monotonic()
        if now >= self._end:
            raise Ended(
                Outcome.NOT_RUN,
                f"not run: the notebook took longer than {_seconds(self._whole_limit())}",
            )
        learner.deadline = min(now + self._limits.cell_wall_seconds, self._end)
        try:
            yield
        except Ended as ended:
            if ended.outcome is Outcome.TIMED_OUT and not ended.message:
                ended.message = f"took longer than {self._cell_limit()}"
            raise
        except Lost as lost:
            self._learner = None
            raise self._how_it_ended(lost.cause) from None

    def _how_it_ended(self, error: Exception) -> Ended:
        self._grader.send({"do": "end", "closed": isinstance(error, Closed)})
        status, _ = self._grader.receive()
        if status["limit"] == "memory":
            return Ended(Outcome.OUT_OF_MEMORY, f"used more memory than {self._memory_limit()}")
        if status["limit"] in ("cpu", "wall"):
            whole = f"took more computing time than the whole notebook has ({self._cpu_limit()})"
            return Ended(Outcome.TIMED_OUT, whole)
        if isinstance(error, TimedOut):
            return Ended(
                Outcome.TIMED_OUT,
                f"took longer than {self._cell_limit()} and could not be interrupted",
            )
        if isinstance(error, Closed):
            return Ended(Outcome.CRASHED, f"ended its process ({status['said']})")
        return Ended(Outcome.CRASHED, f"wrote to the grader's own connection ({error})")

    def _cell_limit(self) -> str:
        computing = f"or {self._limits.cell_cpu_seconds:g} of computing time"
        return f"{_seconds(self._limits.cell_wall_seconds)} ({computing})"

    def _whole_limit(self) -> float:
        return self._limits.notebook_wall_seconds

    def _cpu_limit(self) -> str:
        return _seconds(self._limits.notebook_cpu_seconds)

    def _memory_limit(self) -> str:
        return f"{self._limits.memory_bytes / (1 << 30):.3g} GiB"

    def _test(self, index: int, cell: dict[str, Any]) -> tuple[list[Any], Outcome, str]:
        """Outputs, outcome and message of a test cell."""
        printed = _Printed()
        outcome, message = self._judge(index, cell, printed)
        text = printed.getvalue()
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        return outputs, outcome, message[:MAX_TEXT]

    def _judge(self, index: int, cell: dict[str, Any], printed: io.StringIO) -> tuple[Outcome, str]:
        learner: Learner | None = None
        names: dict[str, Any] = {}
        try:
            code = compile(cell["code"], "<test>", "exec")
            learner = self._ready(index)
            learner.out_of_memory = False
            namespace = dict(self._main.__dict__)
            with self._watched(learner):
                for name in sorted(free_names(cell["code"]) - namespace.keys() & learner.names):
                    names[name] = learner.request("fetch", None, name=name)
                namespace |= names
                seed_all(cell["seed"])
                with (
                    contextlib.redirect_stdout(printed),
                    contextlib.redirect_stderr(io.StringIO()),
                ):
                    exec(code, namespace)
        except Ended as ended:
            label = _label(names)
            told = ended.message
            return ended.outcome, told if told.startswith("not run") else f"{label} {told}"
        except RemoteError as error:
            outcome, message = Outcome.ERROR, _uncaught(error, names)
        except AssertionError as error:
            said = str(error) or "the answer is not what the test expects"
            outcome, message = Outcome.FAILED, said
        except NameError as error:
            if error.name is None or error.name in names:
                outcome, message = _odd(error, cell["hidden"])
            else:
                outcome, message = self._missing(error.name)
        except Exception as error:
            outcome, message = _odd(error, cell["hidden"])
        else:
            return Outcome.PASSED, ""
        if learner is not None and learner.out_of_memory:
            outcome = Outcome.OUT_OF_MEMORY
        return outcome, message

    def _missing(self, name: str) -> tuple[Outcome, str]:
        for stop in reversed(self._stops):
            if name in stop.names:
                return (
                    stop.outcome,
                    f"{name} is not defined: the cell that defines it {stop.message}",
                )
        return Outcome.ERROR, f"{name} is not defined: no cell before this one defines it"


def _label(names: dict[str, Any]) -> str:
    called = [n for n, v in names.items() if isinstance(v, StandIn)]
    return " or ".join(called) if 0 < len(called) <= 3 else "the answer"


def _uncaught(error: RemoteError, names: dict[str, Any]) -> str:
    said = f"{_label(names)} raised {type(error).__name__}"
    if error.message:
        said += f": {error.message}"
    return said + (f"\n  raised in: {error.where}" if error.where else "")


def _odd(error: Exception, hidden: bool) -> tuple[Outcome, str]:
    said = "" if hidden else f": {error}"
    return (
        Outcome.ERROR,
        f"the test could not use what came back ({type(error).__name__}{said})",
    )


def _seconds(value: float) -> str:
    return f"{value:g} seconds"


class _Printed(io.StringIO):
    """What a test prints, up to a length."""

    def write(self, text: str) -> int:
        left = MAX_TEXT - self.tell()
        return super().write(text[: max(0, left)])


def free_names(code: str) -> set[str]:
    """Names that a cell reads and neither it nor Python defines."""
    top = symtable.symtable(code, "<cell>", "exec")
    bound = _bound(top)
    read: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                read.add(symbol.get_name())
    return read - bound - set(dir(builtins))


def bound_names(code: str) -> frozenset[str]:
    """Names that a learner's cell would define, as far as its text says."""
    try:
        return frozenset(_bound(symtable.symtable(code, "<cell>", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(re.findall(r"(?m)^(?:async\s+)?(?:def|class)\s+(\w+)", code)) | frozenset(
            re.findall(r"(?m)^(\w+)\s*=", code)
        )


def _bound(table: symtable.SymbolTable) -> set[str]:
    return {
        s.get_name()
        for s in table.get_symbols()
        if s.is_assigned() or s.is_imported() or s.is_namespace()
    }


def seed_all(seed: int) -> None:
    """Start every random generator that a test may use."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    core = importlib.import_module("checks.core")
    set_seed: Callable[[int], None] | None = getattr(core, "set_seed", None)
    if set_seed is not None:
        set_seed(seed)


def main(sock: socket.socket, limits: Limits) -> None:
    """Examine one submission for the grader at `sock`."""
    grader = Channel(sock)
    plan, _ = grader.receive()
    Examination(grader, plan, limits).run()
