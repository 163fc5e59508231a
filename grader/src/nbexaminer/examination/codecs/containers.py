"""Containers of Python's library, each as it is, and values of the exercise's own classes.

The latter are those of a class that a locked cell defines, which both ends have: named tuples,
members of an enumeration, and frozen dataclasses that are no more than their fields. They are put
together again without any code of the class; what a learner's process says is only data.
"""

import collections
import dataclasses
import enum
from typing import Any

from nbexaminer.examination.codecs.plain import (
    MAX_HASHED,
    MAX_ITEMS,
    BadValue,
    CantCross,
    Codec,
    Reader,
    Writer,
    hashed,
    most,
)

_FACTORIES = {
    kind.__name__: kind
    for kind in (bool, bytes, dict, float, frozenset, int, list, set, str, tuple)
}
"""What a defaultdict may make of a key that it lacks; any other one stays behind."""


def _read(reader: Reader, data: Any, depth: int) -> Any:
    kind, *parts = data
    match kind, parts:
        case "range", [*limits]:
            return _short(range(*limits))
        case "frozenset", [items]:
            return frozenset(reader.each(most(MAX_HASHED, items), depth))
        case "deque", [items, limit]:
            return collections.deque(reader.each(items, depth), limit)
        case "OrderedDict", [pairs]:
            return collections.OrderedDict(_pairs(reader, pairs, depth))
        case "Counter", [pairs]:
            counted: collections.Counter[Any] = collections.Counter()
            dict.update(counted, _pairs(reader, pairs, depth))
            return counted
        case "defaultdict", [pairs, name]:
            factory = None if name is None else _FACTORIES[name]
            return collections.defaultdict(factory, _pairs(reader, pairs, depth))
    raise BadValue("no container")


def _pairs(reader: Reader, data: Any, depth: int) -> list[Any]:
    return [tuple(reader.each(pair, depth)) for pair in most(MAX_HASHED, data)]


def _short(value: range) -> range:
    if _is_long(value):
        raise BadValue("a range that nobody could list")
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
            return [writer.each(pair, depth) for pair in dict.items(hashed(value))]

        match value:
            case range():
                if _is_long(value):
                    raise CantCross(f"a range of more than {MAX_ITEMS} items can't be looked at")
                return {"of": ["range", value.start, value.stop, value.step]}
            case frozenset():
                return {"of": ["frozenset", writer.each(hashed(value), depth)]}
            case collections.deque():
                return {"of": ["deque", writer.each(value, depth), value.maxlen]}
            case collections.OrderedDict():
                return {"of": ["OrderedDict", pairs()]}
            case collections.Counter():
                return {"of": ["Counter", pairs()]}
            case collections.defaultdict():
                made = value.default_factory
                name = next((name for name, kind in _FACTORIES.items() if kind is made), None)
                return {"of": ["defaultdict", pairs(), name]}
        return NotImplemented


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
            raise CantCross(f"{value!r}, which has no name of its own, can't be looked at")
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
            raise BadValue("a named tuple of another length")
        return tuple.__new__(kind, fields)
    if not is_frozen(kind):
        raise BadValue("a class whose values are lent")
    made = object.__new__(kind)
    for field, value in zip(dataclasses.fields(kind), fields, strict=True):
        object.__setattr__(made, field.name, value)
    return made
