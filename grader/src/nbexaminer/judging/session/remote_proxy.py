"""A learner's process, and what is in it, as the test runner sees them.

In a test cell, a name that only the learner's process defines is a remote proxy: it can be
called with plain values, tensors, remote proxies, generators, values of the exercise's own classes,
and functions, modules and other objects that the test lends, its attributes can be read, and it can
be indexed and iterated over. What comes back is a plain value, a plain tensor, or another remote
proxy. Of one that is an answer, `names_used_` has the names that the answer's cell reads, and
`answer_` says which answer it is. `keep_` calls it and leaves there what comes back; `watch_` lists
changes.

A function that is lent can be called, and a module called and put into a mode. Beyond that an
object lends what its class names in `lends`, methods to call and other attributes to read:
`lends = ("new_caches",)`. An object that is no module needs it. A learner who passes something
lent back passes the test's own object. When its test has ended, it can't be used any more.
An exception of the learner's comes as an instance of the built-in exception that it is.
"""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import functools
import math
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from nbexaminer.judging.codecs import containers, decode, encode
from nbexaminer.judging.codecs.plain import TOO_MUCH, DecodeError, NotSerializable
from nbexaminer.judging.codecs.torch import Generators, describe_module, is_generator, is_module
from nbexaminer.judging.session.guard import Guard
from nbexaminer.judging.session.verdicts import Outcome
from nbexaminer.judging.session.wire import BadFrame, Channel, TimedOut

MANY_CALLS = 1_000
"""Where a test makes more, or an answer of what it passes, and it takes too long, the wire may be
why."""
GRACE_SECONDS = 1.0
"""How long after a polite interrupt a learner's process is killed."""
MAX_NESTED_CALLS = 32
MAX_PROXIES = 200_000
MAX_LENT = 10_000
"""Objects that one test cell may lend."""
MAX_TEXT = 8_000
_SAYABLE = (IndexError, RuntimeError, TypeError, ValueError)
"""Exceptions of what a test lent whose text a learner may see."""
TAKEN_BACK = object()
"""What comes back in place of what was lent for a test that has ended."""


class RemoteError(Exception):
    """An exception of the learner's. Instances also have its built-in type.

    where: the line that raised it, in words, or None.
    outcome: ERROR, or OUT_OF_MEMORY where it says so as Python or PyTorch do.
    """

    def __init__(self, message: str, where: str | None, *args: Any) -> None:
        BaseException.__init__(self, *args)
        self.message = message
        self.where = where
        torchs = isinstance(self, RuntimeError) and "can't allocate memory" in message
        full = torchs or isinstance(self, MemoryError)
        self.outcome = Outcome.OUT_OF_MEMORY if full else Outcome.ERROR

    def __str__(self) -> str:
        return self.message


@dataclasses.dataclass(eq=False)
class Ended(BaseException):
    """The learner's code was stopped. Not an Exception, so that no test swallows it."""

    outcome: Outcome
    message: str


@dataclasses.dataclass(eq=False)
class Lost(BaseException):
    """The learner's process can't be talked to any more. Not an Exception, for the same reason."""

    cause: Exception


MAX_ARGS = 20
_PLAIN = (bool, int, float, str, type(None))
MAX_BASES = 200
"""Classes that an exception's class is made of; more are a learner's process's own invention."""
_NOT_REBUILT = ("ExceptionGroup",)  # it holds others, which don't cross
_END_ITERATION = (StopIteration, StopAsyncIteration)
"""By these an answer that something iterates over would end it, and pass as if all were done."""


def rebuild_error(description: Any) -> RemoteError:
    """The exception that a learner's process describes. Raises DecodeError."""
    match description:
        case {"name": str(name), "bases": list(bases), "message": str(text), "where": where} if (
            len(bases) <= MAX_BASES
        ):
            kinds = [getattr(builtins, b, None) for b in bases if type(b) is str]
            fits = [k for k in kinds if isinstance(k, type) and issubclass(k, Exception)]
            fits = [k for k in fits if k.__name__ not in _NOT_REBUILT]
            name = name if name.isidentifier() and len(name) <= 100 else "Exception"
            several = [k for k in fits if not any(issubclass(o, k) for o in fits if o is not k)]
            try:  # of all that it is, as far as these go together
                kind = type(name, (RemoteError, *several), {})
            except TypeError:
                kind = type(name, (RemoteError, fits[0] if fits else Exception), {})
            args = description.get("args")
            is_plain = isinstance(args, list) and all(isinstance(a, _PLAIN) for a in args)
            passed = args[:MAX_ARGS] if is_plain else [text[:MAX_TEXT]]
            place = where[:300] if isinstance(where, str) else None
            return kind(text[:MAX_TEXT], place, *passed)
    raise DecodeError("no exception")


class RemoteProxy:
    """Something in the learner's process, to be called and looked at from this one."""

    __slots__ = ("__label", "__number", "__remote", "__weakref__", "answer_", "names_used_")

    answer_: str
    """Its name and the cell that defines it, in words; empty where nobody asked by name."""
    names_used_: frozenset[str]
    """Names that the text of the cell defining it reads; none where nobody asked by name."""

    def __init__(self, remote: Remote, number: int, label: str) -> None:
        set_here = functools.partial(object.__setattr__, self)
        set_here("_RemoteProxy__remote", remote)
        set_here("_RemoteProxy__number", number)
        set_here("_RemoteProxy__label", label)
        set_here("answer_", "")
        set_here("names_used_", frozenset())

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if not self.answer_:  # it came back from an answer, which chose what it is
            self.__remote.by_word = True
        return self.__remote.request("call", (args, kwargs), on=self.__number)

    def keep_(self, /, *args: Any, **kwargs: Any) -> Any:
        """As a call, but what comes back stays there: a function that gives a copy of it, as it is
        by then."""
        return self.__remote.request("keep", (args, kwargs), on=self.__number)

    def watch_(self) -> list[Any]:
        """A list that from now on gets arguments that calls change there. The process itself tells
        of them: by a lie it hides changes of copies that only it has, or makes its test fail."""
        changed = self.__remote.changed = []
        return changed

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__doc__":
            raise AttributeError(name)
        self.__remote.by_word = True
        return self.__remote.request("get", on=self.__number, name=name)

    def __setattr__(self, name: str, value: object) -> None:
        self.__remote.limit = f"sets {name!r} of an object of an answer's"
        raise TypeError(
            f"a test can't set {name!r} in a learner's process: "
            "pass it as an argument, or use load_state_dict"
        )

    def __delattr__(self, name: str) -> None:
        self.__remote.limit = f"deletes {name!r} of an object of an answer's"
        raise TypeError(f"a test can't delete {name!r} in a learner's process")

    def __setitem__(self, key: Any, value: object) -> None:
        self.__remote.limit = "sets an item of an object of an answer's"
        raise TypeError("a test can't set an item in a learner's process: pass it as an argument")

    def __delitem__(self, key: Any) -> None:
        self.__remote.limit = "deletes an item of an object of an answer's"
        raise TypeError("a test can't delete an item in a learner's process")

    def __getitem__(self, key: Any) -> Any:
        self.__remote.by_word = True
        return self.__remote.request("item", key, on=self.__number)

    def __len__(self) -> int:
        self.__remote.by_word = True
        return _as(int, self.__remote.request("length", on=self.__number))

    def __iter__(self) -> Iterator[Any]:
        if not isinstance(self, Iterating):  # which gives each thing once
            self.__remote.by_word = True
        got = self.__remote.request("list", on=self.__number)
        return got if isinstance(got, Iterating) else iter(_as(list, got))

    def __bool__(self) -> bool:
        self.__remote.by_word = True
        return _as(bool, self.__remote.request("bool", on=self.__number))

    def __contains__(self, value: Any) -> bool:
        self.__remote.by_word = True
        return _as(bool, self.__remote.request("contains", value, on=self.__number))

    def __eq__(self, other: object) -> bool:
        if self is other or other is None:
            return self is other
        if isinstance(other, RemoteProxy):
            self.__remote.by_word = True
            return _as(bool, self.__remote.request("equal", other, on=self.__number))
        # Whoever is compared with it would learn what is right.
        self.__remote.limit = "compares an object of an answer's with something else"
        return False

    __hash__ = object.__hash__

    def __copy__(self) -> RemoteProxy:
        self.__remote.limit = "copies an object of an answer's"
        return self

    def __deepcopy__(self, memo: Any) -> RemoteProxy:
        return self.__copy__()

    def __repr__(self) -> str:
        return self.__text("repr")

    def __str__(self) -> str:
        return self.__text("str")

    def __format__(self, form: str) -> str:
        return self.__text("format", form)

    def __text(self, do: str, form: str = "") -> str:
        if self.__remote.is_over:
            return f"<{self.__label}>"
        self.__remote.by_word = True
        return _as(str, self.__remote.request(do, form, on=self.__number))

    def __getattribute__(self, name: str) -> Any:
        if name in _SPECIAL and not (name == "__iter__" and isinstance(self, Iterating)):
            # Each object here seems to have it.
            remote = object.__getattribute__(self, "_RemoteProxy__remote")
            remote.limit = f"looks for {name} of an object of an answer's"
        elif name == "__doc__":
            return self.__getattr__(name)
        return object.__getattribute__(self, name)


def label_of(value: RemoteProxy) -> str:
    """What a process calls an object of its own."""
    return str(object.__getattribute__(value, "_RemoteProxy__label"))


class Iterating(RemoteProxy):
    """An iterator there, which goes on when it is asked."""

    __slots__ = ()

    __len__: Any = None  # of no iterator of Python's: who asks whether it has one is told so

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def __next__(self) -> Any:
        for value in _as(
            list, self._RemoteProxy__remote.request("next", on=self._RemoteProxy__number)
        ):
            return value
        raise StopIteration


def _limited(name: str) -> Callable[..., Any]:
    def operate(self: RemoteProxy, *_: Any) -> Any:
        remote: Remote = object.__getattribute__(self, "_RemoteProxy__remote")
        remote.limit = f"uses {name} on an object of an answer's"
        return NotImplemented

    return operate


_OPERATORS = {
    f"__{name}__"
    for name in (
    "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "mod", "pow",
    "matmul", "rmatmul", "and", "or", "xor", "lt", "le", "gt", "ge", "iadd", "neg", "pos", "abs",
    "invert", "int", "float", "complex", "index", "round", "trunc", "floor", "ceil", "rpow", "rmod",
    "rfloordiv", "divmod", "rdivmod", "lshift", "rshift", "rand", "ror", "rxor",
    )
}  # fmt: skip
_OF_CONTAINERS = {
    f"__{name}__"
    for name in ("bool", "call", "contains", "delitem", "eq", "getitem", "iter", "len", "setitem")
}
_SPECIAL = _OPERATORS | _OF_CONTAINERS
for _name in _OPERATORS:
    setattr(RemoteProxy, _name, _limited(_name))
del _name


def in_words(error: Exception) -> str:
    """What can't cross, in words that are no answer's own."""
    return next((w for w in TOO_MUCH if str(error).startswith(w)), "what can't cross")


def _as(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, but {type(value).__name__} came back")
    return value


class Remote:
    """A learner's process, seen from the test runner.

    given: classes of locked cells, which are on both sides.
    tellable: how many lines an answer has, where that an exception came from one of them is all
        that may be told of its place; None where the whole place may be.
    stopped: what stopped the learner's code, or that the process is lost, since this was None last:
        a test may catch it, and it counts all the same.
    """

    def __init__(self, channel: Channel, given: Mapping[str, type], seed: int) -> None:
        self._channel = channel
        self._given = given
        self._seed = seed
        self.deadline = math.inf
        self.names: frozenset[str] = frozenset()
        self.out_of_memory = False
        self.tellable: int | None = None
        self._proxies: dict[int, RemoteProxy] = {}
        self._lent: dict[int, Any] = {}
        self._lent_numbers: dict[int, int] = {}
        self._lent_count = 0
        self._kept: set[int] = set()
        self.is_testing = False
        """Whether what is lent is a test's, and not a given cell's, which learners have."""
        self._generators = Generators()
        self._shared: set[str] = set()
        self._depth = 0
        self.changed: list[Any] | None = None
        self.n_calls = 0
        """Of the answers by the test, and of what it has passed by them, since it began."""
        self.by_word = False
        """Whether the test has taken an object's word for what it holds or equals."""
        self.is_discreet = False
        """Whether no object says more of itself than what it is."""
        self.limit = ""
        """What a test did that a proxy can't show as a kernel does, in words: it may not pass."""
        self.stopped: Ended | Lost | None = None
        self.is_over = False
        """Whether another process has taken its place."""
        self.guard: Guard | None = None
        """What keeps the values that come from being run."""

    def request(self, do: str, value: Any = None, **fields: Any) -> Any:
        """Ask the learner's process and wait. Raises RemoteError, NotSerializable, Ended, Lost."""
        try:
            data, blob = self._written(value)
        except NotSerializable as error:
            self.limit = self.limit or f"passes {in_words(error)} to an answer"
            raise
        asked = {"do": do, "value": data, **fields}
        is_watched = do in ("call", "keep") and self.changed is not None
        reply, got = self._exchange(asked | ({"watch": True} if is_watched else {}), blob)
        if "error" in reply:
            if type(got).__name__ == NotSerializable.__name__:
                self.limit = f"gets {in_words(got)} from an answer"
            raise got
        told = reply.get("changed")
        if is_watched and self.changed is not None and isinstance(told, list):
            args, kwargs = value
            passed = {**dict(enumerate(args)), **kwargs}
            self.changed += [passed[key] for key in told]
        return got

    @property
    def is_busy(self) -> bool:
        """Whether the wire may be why a test takes too long."""
        return self.n_calls > MANY_CALLS

    def begin(self, is_test: bool) -> None:
        """Note from here on what one cell does. A test can use nothing that others have lent: a
        right answer that one lends, such as a cache, would else answer another."""
        self.is_testing = is_test
        containers.ON_FIELD[0] = self._take_word
        if self.guard is not None:
            self.guard.tell = self._refuse
        self.out_of_memory = self.by_word = False
        self.limit, self.n_calls, self.changed = "", 0, None
        if is_test:
            self._lent = {n: value for n, value in self._lent.items() if n in self._kept}
            self._lent_numbers = {id(value): n for n, value in self._lent.items()}

    def _take_word(self) -> None:
        self.by_word = True

    def _refuse(self, what: str) -> None:
        self.limit = self.limit or what

    def fetch(self, name: str) -> Any:
        """What the learner calls `name`. Raises RemoteError, Ended, Lost."""
        value = self.request("fetch", name=name)
        if isinstance(value, RemoteProxy) and not value.answer_:
            object.__setattr__(value, "answer_", name)
        return value

    def tell(self, value: Any, answer: str, names_used: frozenset[str]) -> None:
        """Have a remote proxy tell which answer it is, and what the text of its cell reads; its
        process isn't asked."""
        if isinstance(value, RemoteProxy):
            object.__setattr__(value, "answer_", answer)
            object.__setattr__(value, "names_used_", names_used)

    def share(self, classes: Sequence[str]) -> None:
        """Have values of these classes of locked cells cross as they are. Raises Ended, Lost."""
        if classes:
            self.request("share", classes=[*classes])
            self._shared.update(classes)

    def run(self, code: str, given: bool) -> tuple[Any, RemoteError | Ended | None]:
        """Run a cell; its outputs as they came, and in what it ended. Raises Ended, Lost."""
        asked = {"given": given, "seed": self._seed}
        reply, _ = self._exchange({"do": "run", "value": None, "code": code, **asked}, b"")
        self._note_names(reply.get("names"))
        error = None
        if reply.get("failed") is not None:
            with contextlib.suppress(DecodeError):
                error = self._error(reply["failed"])
        return reply.get("outputs"), error

    def _note_names(self, names: Any) -> None:
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise Lost(DecodeError("no names"))
        self.names = frozenset(names)

    def _exchange(self, message: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], Any]:
        """The reply, and the value or the exception in it."""
        if self.is_over:
            text = "not run: it reads what was made before an answer ended its process"
            raise Ended(Outcome.NOT_RUN, text)
        if self.stopped is not None:
            raise self.stopped
        # Not to be guessed, so that an answer sent ahead of its question fits none.
        message, called_back = message | {"id": secrets.randbits(53)}, False
        self.n_calls += 1
        try:
            message["seconds"] = self.deadline - time.monotonic()
            if message["seconds"] <= 0:
                raise TimedOut("no time left")
            kill_at = self.deadline + GRACE_SECONDS
            self._channel.send(message, blob, kill_at)
            while True:
                reply, blob = self._channel.receive(kill_at)
                if self.guard is not None:
                    self.guard.is_on = True
                if reply.get("id") != message["id"]:
                    raise BadFrame("an answer to another question")
                if reply.get("do") == "reply":
                    break
                if reply.get("do") != "back":
                    raise BadFrame("neither an answer nor a call")
                called_back = True
                self._serve(reply, blob)
            if "error" not in reply:
                return reply, self._rebuilt(reply.get("value"), blob)
            error = self._error(reply["error"])
            if isinstance(error, Ended) and called_back:
                # It may have been interrupted in the middle of a frame.
                raise TimedOut("interrupted during a call")
        except Exception as cause:
            self.stopped = Lost(cause)
            raise self.stopped from None
        if isinstance(error, Ended):
            self.stopped = error
            raise error
        self.by_word |= isinstance(error, _END_ITERATION)
        return reply, error

    def _error(self, description: Any) -> RemoteError | Ended:
        error = rebuild_error(description)
        if error.where is not None and self.tellable is not None:
            # Its text and the function's name can be made up.
            line = re.match(r"line (\d{1,4}) ", error.where)
            told = line is not None and int(line[1]) <= self.tellable
            error.where = f"line {line[1]} of the cell" if line and told else None
        if "KeyboardInterrupt" in description["bases"]:
            return Ended(Outcome.TIMED_OUT, "")
        self.out_of_memory |= error.outcome is Outcome.OUT_OF_MEMORY
        return error

    def _serve(self, call: dict[str, Any], blob: bytes) -> None:
        """Answer a call of the learner's to what a test lent it."""
        if self._depth >= MAX_NESTED_CALLS:
            what = f"calls an answer that calls it, {MAX_NESTED_CALLS} deep"
            self.limit = self.limit or what
            refusal = {"do": "returned", "error": f"the test {what}", "kind": "RecursionError"}
            self._channel.send(refusal, b"", self.deadline + GRACE_SECONDS)
            return
        self._depth += 1
        self.n_calls += 1
        try:
            ask = self._asked(call)
            match self._rebuilt(call.get("value"), blob):
                case (tuple() as args, dict() as kwargs) if all(isinstance(k, str) for k in kwargs):
                    pass
                case _:
                    raise DecodeError("no arguments")
            try:
                data, out = self._written(ask(*args, **kwargs))
                answer: dict[str, Any] = {"do": "returned", "value": data}
            except Exception as error:  # Lost and Ended are none
                sentence = f": {error}" if isinstance(error, _SAYABLE) else ""
                text = f"what the test passed raised {type(error).__name__}{sentence}"
                kind = RuntimeError if isinstance(error, NotSerializable) else type(error)
                name = next(k.__name__ for k in kind.__mro__ if k.__module__ == "builtins")
                answer, out = {"do": "returned", "error": text[:MAX_TEXT], "kind": name}, b""
            self._channel.send(answer, out, self.deadline + GRACE_SECONDS)
        finally:
            self._depth -= 1

    def _asked(self, call: dict[str, Any]) -> Callable[..., Any]:
        """What a call asks for, where it may. Raises BadFrame."""
        on, what, name = call.get("on"), call.get("what"), call.get("name")
        if type(on) is not int or not 0 <= on < self._lent_count:
            raise BadFrame("a call of what was not lent")
        if on not in self._lent:
            return _raise_taken_back
        lent = self._lent[on]
        methods, values = _lends(lent)
        match what, name:
            case "call", None if _is_called(lent):
                return cast(Callable[..., Any], lent)
            case "call", str() if name in methods:
                return cast(Callable[..., Any], getattr(lent, name))
            case "get", str() if name in values:
                return lambda: getattr(lent, name)
            case "train", None if is_module(lent):
                return lambda mode: lent.train(mode) and None
        raise BadFrame("a call of what was not lent")

    def _written(self, value: Any) -> tuple[Any, bytes]:
        return encode(value, self._lend, keep_layout=True, shared=self._shared_name)

    def _rebuilt(self, data: Any, blob: bytes) -> Any:
        return decode(data, blob, self._receive, self._shared_class)

    def _shared_class(self, name: str) -> type:
        if name not in self._shared:
            raise DecodeError("a class that is not shared")
        return self._given[name]

    def _shared_name(self, kind: type) -> str | None:
        name = kind.__name__
        return name if name in self._shared and self._given.get(name) is kind else None

    def _receive(self, data: Any) -> Any:
        match data:
            case {"lent": int(number)} if type(number) is int and 0 <= number < self._lent_count:
                return self._lent.get(number, TAKEN_BACK)
            case {"h": int(number), "label": str(label)} if 0 <= number < 1 << 31:
                if number not in self._proxies:
                    if len(self._proxies) >= MAX_PROXIES:
                        raise DecodeError("too many handles")
                    label = "".join(c for c in label[:100] if c.isprintable())
                    kind = Iterating if data.get("iterator") is True else RemoteProxy
                    self._proxies[number] = kind(self, number, label)
                return self._proxies[number]
        raise DecodeError("no handle")

    def _lend(self, value: Any) -> dict[str, Any]:
        kind = type(value)
        if isinstance(value, RemoteProxy):
            number = object.__getattribute__(value, "_RemoteProxy__number")
            if self._proxies.get(number) is not value:
                raise NotSerializable("a remote proxy of a process that has ended")
            return {"h": number}
        if is_generator(value):
            return self._generators.lend(value)
        if dataclasses.is_dataclass(kind) and self._given.get(kind.__name__) is kind:
            return {"dataclass": kind.__name__, "fields": self._fields(value)}
        if not (_is_called(value) or hasattr(kind, "lends")):
            self.limit = f"passes a {kind.__name__} to an answer"
            raise NotSerializable(
                f"a test can't pass a {kind.__name__} to a learner's answer: pass numbers, "
                "strings, tensors, lists, tuples, dicts, a torch.Generator, a dataclass from a "
                "locked cell, a function, a module, what says in its class what it `lends`, or "
                "what the learner's code returned; else this needs tests run beside (in the "
                "learner's process)"
            )
        # The same object keeps one number, so that asking for it again costs no memory.
        number = self._lent_numbers.get(id(value))
        if number is None:
            if len(self._lent) >= MAX_LENT:
                raise NotSerializable("too many objects at once")
            number = self._lent_numbers[id(value)] = self._lent_count
            self._lent[number] = value
            self._lent_count += 1
            if not self.is_testing:
                self._kept.add(number)
        methods, values = _lends(value)
        lent = {"back": number, "called": _is_called(value), "methods": methods, "values": values}
        return lent | describe_module(value)

    def _fields(self, value: Any) -> dict[str, Any]:
        fields = {}
        for name in (field.name for field in dataclasses.fields(value) if field.init):
            fields[name], blob = encode(getattr(value, name), self._lend)
            if blob:
                raise NotSerializable(f"the field {name} of a dataclass can't be a tensor")
        return fields


def _is_called(value: Any) -> bool:
    return is_module(value) or (callable(value) and not hasattr(type(value), "lends"))


def _lends(value: Any) -> tuple[list[str], list[str]]:
    """The methods and the other attributes that an object's class lends."""
    kind = type(value)
    names = getattr(kind, "lends", ())
    methods = [name for name in names if callable(getattr(kind, name, None))]
    return methods, [name for name in names if name not in methods]


def _raise_taken_back(*_: Any, **__: Any) -> None:
    raise RuntimeError("it was lent for a test that has ended")
