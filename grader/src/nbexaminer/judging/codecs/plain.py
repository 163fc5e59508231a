"""How Python's own values cross, within limits; and what a codec of a library's values is."""

from __future__ import annotations

import array
import base64
import builtins
import functools
import importlib
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

MAX_DEPTH = 100
MAX_ITEMS = 200_000
MAX_NUMBERS = 2_000_000
"""Of those in long lists of nothing else, which cross as arrays."""
LONG = 1_000
FEW = 32
MAX_ARRAYS = 4_096
MAX_DIMENSIONS = 16
MAX_EMPTY_SIZE = 1 << 28
"""Of a dimension of an array without elements, whose bytes limit none."""
MAX_HASHING_SECONDS = 0.3
"""Of making sets and dicts: the hashes in one may all be alike, and then each is compared with
each."""
MAX_DIGITS = 3_500
"""Hexadecimal ones; of more than 4,300 decimal ones Python gives no text."""
MAX_PATTERN = 10_000
"""Characters of a regular expression's."""

Readers = dict[str, Callable[["Reader", Any, int], Any]]


TOO_DEEP = f"a value nested more than {MAX_DEPTH} deep"
TOO_MANY = f"a value of more than {MAX_ITEMS:,} items"
TOO_LONG = f"more than {MAX_NUMBERS:,} numbers in lists"
TOO_MANY_ARRAYS = f"more than {MAX_ARRAYS:,} arrays at once"
TOO_MUCH = (TOO_DEEP, TOO_MANY, TOO_LONG, TOO_MANY_ARRAYS)
"""What a NotSerializable may be about, in words that tell nothing of the value."""


class NotSerializable(TypeError):
    """A value that has no form on the wire, or is too large or too deep."""


class DecodeError(ValueError):
    """Bytes that are not the form of any value."""


class Late:
    """A module that is imported when something in it is first asked for.

    Importing PyTorch takes seconds. What knows of it has to be imported early all the same: a
    learner's process doesn't see the files of this package.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = vars(self)[name] = getattr(importlib.import_module(self._name), name)
        return value


class Codec:
    """What the two sides know of one library: above all, how its values cross.

    library: the module without which no process has such values. But for `readers`, it is asked
        only where that is imported.
    readers: by their tags, what makes values again; of data that is amiss, any exception.
    """

    library: str
    readers: Readers = {}  # noqa: RUF012

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        """The JSON for a value of the library's; NotImplemented for others. Raises
        NotSerializable."""
        return NotImplemented

    def listed(self, values: list[Any], writer: Writer) -> Any:
        """The JSON for a long list of values of one type; NotImplemented for others' types."""
        return NotImplemented

    def seed(self, number: int) -> None:
        """Start the random generator."""


class Writer:
    """One value on its way out.

    codecs: of the libraries that have been imported.
    shared: gives the name of a class that both ends have, or None for others.
    """

    def __init__(
        self,
        codecs: Sequence[Codec],
        foreign: Callable[[Any], Any],
        keep_layout: bool,
        shared: Callable[[type], str | None],
        is_from_answer: bool,
    ) -> None:
        self.is_from_answer = is_from_answer
        self.keep_layout = keep_layout
        self.shared = shared
        self.arrays: list[Any] = []
        self._codecs = codecs
        self._foreign = foreign
        self._items = self._numbers = 0

    def write(self, value: Any, depth: int) -> Any:
        """Its JSON, as one more item at that depth."""
        self._items += 1
        if depth > MAX_DEPTH:
            raise not_serializable(TOO_DEEP)
        if self._items > MAX_ITEMS:
            raise not_serializable(TOO_MANY)
        return self.form(value, depth)

    def form(self, value: Any, depth: int) -> Any:
        """Its JSON, without counting it."""
        if (exact := _EXACT.get(type(value))) is not None:
            return exact(self, value, depth)
        for codec in self._codecs:
            data = codec.write(value, self, depth)
            if data is not NotImplemented:
                return data
        for kinds, form in _FORMS:  # of a class that is made of one of them, the plain value
            if isinstance(value, kinds):
                return form(self, value, depth)
        return self.foreign(value)

    def foreign(self, value: Any) -> Any:
        """The JSON for a value of no known kind. Raises NotSerializable."""
        return {"x": self._foreign(value)}

    def each(self, values: Iterable[Any], depth: int) -> list[Any]:
        """The JSON of what lies one deeper."""
        return [self.write(v, depth + 1) for v in values]

    def listed(self, values: list[Any], depth: int) -> Any:
        """The JSON for a list, which is an array where it is long and of numbers alone."""
        kinds = {*map(type, values)} if len(values) > LONG else ()
        if kinds in ({int}, {float}) and (numbers := _numbers(values)) is not None:
            self._numbers += len(values)
            if self._numbers > MAX_NUMBERS:
                raise not_serializable(TOO_LONG)
            return self.array("L", numbers.typecode, (len(values),), numbers)
        if len(kinds) == 1:
            for codec in self._codecs:
                if (data := codec.listed(values, self)) is not NotImplemented:
                    return data
        return {"l": self.each(values, depth)}

    def array(self, tag: str, dtype: str, shape: Sequence[int], elements: Any) -> Any:
        """The JSON for an array; its elements, in a row in memory, go into the blob."""
        if len(self.arrays) >= MAX_ARRAYS:
            raise not_serializable(TOO_MANY_ARRAYS)
        if _is_odd(shape):
            raise NotSerializable(f"a tensor of shape {tuple(shape)} can't be looked at")
        self.arrays.append(elements)
        return {tag: [dtype, list(shape)]}


class Reader:
    """One value on its way in.

    readers: of all tags.
    shared: gives the class that both ends have by its name, or raises.
    is_for_answer: whether a test sends it to an answer, and not the other way.
    """

    def __init__(
        self,
        readers: Readers,
        blob: bytes,
        foreign: Callable[[Any], Any],
        shared: Callable[[str], type],
        is_for_answer: bool,
    ) -> None:
        self.left = memoryview(blob)
        self.is_for_answer = is_for_answer
        self.foreign = foreign
        self.shared = shared
        self._readers = readers
        self._items = self._arrays = self._numbers = 0
        self._hashing = 0.0

    def read(self, data: Any, depth: int) -> Any:
        """The value that JSON at that depth stands for."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise DecodeError("too deep or too many items")
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if not isinstance(data, dict) or len(data) != 1:
            raise DecodeError("neither a scalar nor one tag")
        ((tag, inner),) = data.items()
        return self._readers[tag](self, inner, depth)

    def each(self, data: Any, depth: int) -> list[Any]:
        """The values that a list of JSON stands for."""
        if not isinstance(data, list):
            raise DecodeError("no list where one belongs")
        return [self.read(item, depth + 1) for item in data]

    def into(self, made: Any, items: Sequence[Any]) -> Any:
        """`made`, a set or dict, with these items or pairs. Raises DecodeError where it takes
        long."""
        add = functools.partial(dict.update, made) if isinstance(made, dict) else made.update
        begin = time.thread_time() - self._hashing
        for start in range(0, len(items), FEW):
            add(items[start : start + FEW])
            self._hashing = time.thread_time() - begin
            if self._hashing > MAX_HASHING_SECONDS:
                raise DecodeError("hashes that are alike")
        return made

    def listed(self, data: Any, depth: int) -> list[Any]:
        """The list of numbers that comes next."""
        kind, _, elements = self.array(data, array.array)
        numbers = array.array(kind.typecode, bytes(elements))
        self._numbers += len(numbers)
        if kind.typecode not in ("q", "d") or self._numbers > MAX_NUMBERS:
            raise DecodeError("no list of numbers, or too many")
        return numbers.tolist()

    def array(self, data: Any, find: Callable[[str], Any]) -> tuple[Any, list[int], bytearray]:
        """Dtype, shape and bytes of the array that comes next.

        find: gives the dtype of a name, with an `itemsize`, or raises.
        """
        name, shape = data
        dtype = find(name)
        check_shape(shape)
        size = math.prod(shape) * dtype.itemsize
        self._arrays += 1
        if size > len(self.left) or self._arrays > MAX_ARRAYS:
            raise DecodeError("an array that is not all there, or one of too many")
        elements, self.left = bytearray(self.left[:size]), self.left[size:]
        return dtype, shape, elements


def check_shape(shape: Any) -> None:
    """Raise DecodeError, or any exception, where no array has that shape."""
    if not all(type(n) is int and n >= 0 for n in shape) or _is_odd(shape):
        raise DecodeError("a shape that no array has")


def _is_odd(shape: Sequence[int]) -> bool:
    return len(shape) > MAX_DIMENSIONS or (0 in shape and max(shape) > MAX_EMPTY_SIZE)


def _int(value: int) -> Any:
    if -(1 << 63) <= value < 1 << 63:
        return value
    text = hex(value)
    if len(text) > MAX_DIGITS:
        raise NotSerializable("an int of more than 4,200 digits can't be looked at")
    return {"i": text}


def not_serializable(what: str) -> NotSerializable:
    """The exception for what no test can have."""
    return NotSerializable(f"{what} can't be looked at")


def _numbers(values: list[Any]) -> Any:
    try:
        return array.array("q" if type(values[0]) is int else "d", values)
    except OverflowError:  # an int beyond 64 bits
        return None


def most(number: int, data: Any) -> Any:
    """What came, where it is no longer than that. Raises DecodeError."""
    if len(data) > number:
        raise DecodeError(f"more than {number}")
    return data


def _pattern(pattern: Any, flags: Any) -> Any:
    return re.compile(most(MAX_PATTERN, pattern), flags & ~re.DEBUG)


_FORMS: tuple[tuple[Any, Callable[[Writer, Any, int], Any]], ...] = (
    ((bool, type(None)), lambda writer, value, depth: value),
    (str, lambda writer, value, depth: str.__str__(value)),
    (int, lambda writer, value, depth: _int(int(value))),
    (float, lambda writer, value, depth:
        float(value) if math.isfinite(value) else {"f": repr(float(value))}),
    (complex, lambda writer, v, depth: {"c": writer.each((v.real, v.imag), depth)}),
    (bytes, lambda writer, value, depth: {"b": base64.b64encode(value).decode()}),
    (bytearray, lambda writer, value, depth: {"B": base64.b64encode(value).decode()}),
    (dict, lambda writer, v, depth: {"d": [writer.each(p, depth) for p in dict.items(v)]}),
    (list, Writer.listed),
    (tuple, lambda writer, value, depth: {"t": writer.each(value, depth)}),
    (set, lambda writer, value, depth: {"s": writer.each(value, depth)}),
    (slice, lambda writer, v, depth: {"e": writer.each((v.start, v.stop, v.step), depth)}),
    (re.Pattern, lambda writer, v, depth:
        {"re": writer.each((v.pattern, v.flags), depth)}
        if len(v.pattern) <= MAX_PATTERN else writer.foreign(v)),
)  # fmt: skip
_TYPES = {
    name: kind
    for name, kind in (vars(builtins) | {"NoneType": type(None)}).items()
    if isinstance(kind, type)
    and kind.__name__ == name
    # Who catches another exception would catch what stops an answer.
    and (issubclass(kind, Exception) or not issubclass(kind, BaseException))
}
"""Python's own, which are on both sides."""


def _type(writer: Writer, value: type, depth: int) -> Any:
    name = value.__name__
    return {"type": name} if _TYPES.get(name) is value else writer.foreign(value)


_EXACT = {type: _type} | {
    kind: form
    for kinds, form in _FORMS
    for kind in (kinds if isinstance(kinds, tuple) else (kinds,))
}
READERS: Readers = {
    "i": lambda reader, data, depth: int(most(MAX_DIGITS, data), 16),
    "f": lambda reader, data, depth: float(data),
    "c": lambda reader, data, depth: complex(*reader.each(data, depth)),
    "b": lambda reader, data, depth: base64.b64decode(data, validate=True),
    "B": lambda reader, data, depth: bytearray(base64.b64decode(data, validate=True)),
    "d": lambda reader, data, depth: reader.into({}, [reader.each(p, depth) for p in data]),
    "l": Reader.each,
    "L": Reader.listed,
    "t": lambda reader, data, depth: tuple(reader.each(data, depth)),
    "s": lambda reader, data, depth: reader.into(set(), reader.each(data, depth)),
    "type": lambda reader, data, depth: _TYPES[data],
    "e": lambda reader, data, depth: slice(*reader.each(data, depth)),
    "re": lambda reader, data, depth: _pattern(*reader.each(data, depth)),
    "x": lambda reader, data, depth: reader.foreign(data),
}
"""By the tags of Python's own values, and of what the two ends agree on."""
