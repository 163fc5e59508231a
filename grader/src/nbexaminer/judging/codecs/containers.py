"""Containers of Python's library, each as it is, and values of the exercise's own classes.

The latter are those of a class that a locked cell defines, which both ends have: named tuples,
members of an enumeration, and frozen dataclasses that are no more than their fields. They are put
together again without any code of the class; what a learner's process says is only data. Of other
classes of named tuples, of numbers with names and of dicts, what Python's own classes have arrives.
"""

import collections
import contextlib
import dataclasses
import enum
import functools
import keyword
from collections.abc import Callable
from typing import Any

from nbexaminer.judging.codecs.plain import (
    MAX_ITEMS,
    Codec,
    DecodeError,
    NotSerializable,
    Reader,
    Writer,
    most,
)

_VIEWS = {
    type(getattr(kind(), name)()): name
    for kind in (dict, collections.OrderedDict)
    for name in ("keys", "values", "items")
}
ON_FIELD: list[Callable[[], None]] = [lambda: None]
"""What is told that a field of a named tuple is asked for by its name, which an answer chose."""
MAX_FIELDS = 100
MAX_MADE = 1_000
"""Classes of named tuples and members of enumerations that are made in a process: each takes a
while."""


def _read(reader: Reader, data: Any, depth: int) -> Any:
    kind, *parts = data
    match kind, parts:
        case "range", [*limits]:
            return _short(range(*limits))
        case "frozenset", [items]:
            return frozenset(reader.into(set(), reader.each(items, depth)))
        case "deque", [items, limit]:
            return collections.deque(reader.each(items, depth), limit)
        case "OrderedDict", [pairs]:
            return collections.OrderedDict(_dict(reader, pairs, depth))
        case "Counter", [pairs]:
            return reader.into(collections.Counter(), [*_dict(reader, pairs, depth).items()])
        case "defaultdict", [pairs, made_by]:
            factory = reader.read(made_by, depth + 1)
            return collections.defaultdict(factory, _dict(reader, pairs, depth))
        case "asking", [pairs, there]:
            asking = Asking(_dict(reader, pairs, depth))
            asking.there = reader.read(there, depth + 1)
            return asking
        case "asked", [pairs, there] if reader.is_for_answer:
            asked = reader.read(there, depth + 1)
            dict.clear(asked)
            return reader.into(asked, [*_dict(reader, pairs, depth).items()])
        case "view", [("keys" | "values" | "items") as name, pairs]:
            return getattr(_dict(reader, pairs, depth), name)()
        case "named", [name, [*fields], values]:
            return _named(name, *most(MAX_FIELDS, fields))._make(reader.each(values, depth))
        case "member", [kind, name, number]:
            return _member(kind, name, reader.read(number, depth + 1))
    raise DecodeError("no container")


class Asking(dict[Any, Any]):
    """A copy of a dict whose class says what a missing key gives: that is asked there."""

    there: Any

    def __missing__(self, key: Any) -> Any:
        value = self.there[key]
        if key in self.there:
            self[key] = value
        return value


def _dict(reader: Reader, data: Any, depth: int) -> dict[Any, Any]:
    made: dict[Any, Any] = reader.into({}, [reader.each(pair, depth) for pair in data])
    return made


@functools.cache
def _named(name: str, *fields: str) -> Any:
    """A class of named tuples. It is made by `eval` of these names, so they can be nothing else."""
    _check(name, *fields)
    made = collections.namedtuple(name, fields)  # type: ignore[misc]
    for index, field in enumerate(fields):
        setattr(made, field, property(functools.partial(_field, index)))
    return made


def _field(index: int, value: tuple[Any, ...]) -> Any:
    ON_FIELD[0]()
    return value[index]


@functools.cache
def _member(kind: str, name: str, value: int | str) -> Any:
    """A member of an IntEnum or a StrEnum, of which no other is known."""
    _check(kind, name)
    return {int: enum.IntEnum, str: enum.StrEnum}[type(value)](kind, {name: value})[name]


def _check(*names: str) -> None:
    made = _named.cache_info().misses + _member.cache_info().misses
    if made > MAX_MADE or not all(map(_is_name, names)):
        raise DecodeError("no names, or too many")


def _is_name(name: Any) -> bool:
    # Others than ASCII may be two that are one to Python.
    return type(name) is str and name.isascii() and name.isidentifier() and len(name) <= 100


def _short(value: range) -> range:
    if _is_long(value):
        raise DecodeError("a range that nobody could list")
    return value


def _is_long(value: range) -> bool:
    # Of one that is longer than any list, `len` gives an error.
    return len(value[: MAX_ITEMS + 1]) > MAX_ITEMS


class Containers(Codec):
    """What Python's library has of containers beside the plain ones."""

    library = "collections"
    readers = {  # noqa: RUF012
        "of": _read,
        "made": lambda reader, data, depth: _made(reader, data, depth),
    }

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        shared = writer.shared(type(value))
        if shared is not None:
            return {"made": [shared, _fields(value, writer, depth)]}

        def pairs() -> list[Any]:
            return [writer.each(pair, depth) for pair in dict.items(value)]

        if view := _VIEWS.get(type(value)):
            items = {"keys": zip(value, value, strict=True), "values": enumerate(value)}.get(
                view, value
            )
            return {"of": ["view", view, [writer.each(item, depth) for item in items]]}
        match value:
            case range():
                if _is_long(value):
                    raise NotSerializable(
                        f"a range of more than {MAX_ITEMS} items can't be looked at"
                    )
                return {"of": ["range", value.start, value.stop, value.step]}
            case frozenset():
                return {"of": ["frozenset", writer.each(value, depth)]}
            case collections.deque():
                return {"of": ["deque", writer.each(value, depth), value.maxlen]}
            case tuple() if fields := _fields_of(type(value)):
                return {"of": ["named", type(value).__name__, fields, writer.each(value, depth)]}
            case enum.Enum() if isinstance(value, int | str) and (parts := _member_parts(value)):
                return {"of": ["member", *parts]}
            case Asking() if not writer.is_from_answer:
                return {"of": ["asked", pairs(), writer.foreign(value.there)]}
            case dict() if writer.is_from_answer and _asks(type(value)):
                return {"of": ["asking", pairs(), writer.foreign(value)]}
            case collections.OrderedDict():
                return {"of": ["OrderedDict", pairs()]}
            case collections.Counter():
                return {"of": ["Counter", pairs()]}
            case collections.defaultdict():
                made_by = writer.write(value.default_factory, depth + 1)
                return {"of": ["defaultdict", pairs(), made_by]}
        return NotImplemented


def _fields_of(kind: type) -> list[str]:
    """The fields of a class of named tuples; none where only their values can cross."""
    fields = getattr(kind, "_fields", None)
    names = [kind.__name__, *fields] if type(fields) is tuple and len(fields) <= MAX_FIELDS else []
    is_right = all(_is_name(n) and not (n.startswith("_") or keyword.iskeyword(n)) for n in names)
    return names[1:] if is_right and len({*names[1:]}) == len(names[1:]) else []


def _member_parts(value: Any) -> list[Any]:
    """What `_member` makes of it again; nothing where only the number or text can cross."""
    parts = [type(value).__name__, value.name, value.value]
    with contextlib.suppress(Exception):
        is_whole = type(value.value) is not int or abs(value.value) < 1 << 63
        return parts if is_whole and _member(*parts) == value else []
    return []


def _asks(kind: type) -> bool:
    """Whether a class of dicts says itself what a missing key gives."""
    missing = getattr(kind, "__missing__", None)
    python = (None, collections.Counter.__missing__, collections.defaultdict.__missing__)
    return missing not in python


def is_shared(kind: object) -> bool:
    """Whether values of a class that both ends have may cross: as one of its enumeration's members,
    or as the fields that they are."""
    if not isinstance(kind, type):
        return False
    if issubclass(kind, enum.Enum):
        return True
    if issubclass(kind, tuple):
        return isinstance(getattr(kind, "_fields", None), tuple)
    return is_frozen(kind)


def is_frozen(kind: type) -> bool:
    """Whether it is a dataclass whose instances are their fields, and stay as they are made."""
    about = vars(kind).get("__dataclass_params__")
    if about is None or not about.frozen or hasattr(kind, "__post_init__"):
        return False
    return all(field.init for field in dataclasses.fields(kind))


def _fields(value: Any, writer: Writer, depth: int) -> Any:
    """A member's name, or the fields of a named tuple or a dataclass."""
    if isinstance(value, enum.Enum):
        if type(value).__members__.get(value.name or "") is not value:
            raise NotSerializable(f"{value!r}, which has no name of its own, can't be looked at")
        return value.name
    if isinstance(value, tuple):
        return writer.each(value, depth)
    return writer.each((getattr(value, f.name) for f in dataclasses.fields(value)), depth)


def _made(reader: Reader, form: Any, depth: int) -> Any:
    name, data = form
    kind: Any = reader.shared(name)
    if issubclass(kind, enum.Enum):
        return kind.__members__[data]
    fields = reader.each(data, depth)
    if issubclass(kind, tuple):
        if len(fields) != len(kind._fields):
            raise DecodeError("a named tuple of another length")
        return tuple.__new__(kind, fields)
    if not is_frozen(kind):
        raise DecodeError("a class whose values are lent")
    made = object.__new__(kind)
    for field, value in zip(dataclasses.fields(kind), fields, strict=True):
        object.__setattr__(made, field.name, value)
    return made
