"""NumPy: how its arrays and numbers cross, its random generator, and what it does about errors."""

import re
from typing import Any

import numpy as np
import numpy.random  # else it is imported when it is first used: in every child

from nbexaminer.judging.codecs.plain import (
    MAX_ITEMS,
    Codec,
    DecodeError,
    NotSerializable,
    Reader,
    Writer,
    check_shape,
    most,
)

MAX_TEXT_BYTES = 64 << 20
"""Of an array of texts, in which the longest one says how much each takes."""
MAX_LISTED = 100_000
_NAMES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
_DTYPES = {name: np.dtype(name) for name in _NAMES}
_TIMES = re.compile(r"[mM]8\[(Y|M|W|D|h|m|s|ms|us|ns)\]")
_LISTED: dict[str, Any] = {"str": np.str_, "bytes": np.bytes_, "object": np.object_}
"""Arrays that cross as lists."""


def _dtype(name: str) -> Any:
    return np.dtype(name) if _TIMES.fullmatch(name) else _DTYPES[name]


def _read(reader: Reader, data: Any, depth: int) -> np.ndarray:
    dtype, shape, elements = reader.array(data, _dtype)
    array: np.ndarray = np.ndarray(shape, dtype, elements)
    # A bool that is neither 0 nor 1 would be neither equal nor unequal to either.
    return np.asarray(array.view("u1") != 0) if dtype.kind == "b" else array


def _read_number(reader: Reader, data: Any, depth: int) -> Any:
    number = _read(reader, data, depth)
    if number.shape:
        raise DecodeError("no number")
    return number[()]


def _read_listed(reader: Reader, data: Any, depth: int) -> np.ndarray:
    name, shape, items = data
    check_shape(shape)
    values = reader.each(most(MAX_LISTED, items), depth)
    kind = {"str": str, "bytes": bytes, "object": object}[name]
    if not all(isinstance(value, kind) for value in values):
        raise DecodeError("no array of texts")
    if kind is not object:
        longest = max(map(len, values), default=0)
        if 4 * longest * len(values) > MAX_TEXT_BYTES:
            raise DecodeError("an array of texts that is too large")
        return np.array(values, _LISTED[name]).reshape(shape)
    array = np.empty(len(values), _LISTED[name])
    for place, value in enumerate(values):  # all at once, arrays among them would be spread out
        array[place] = value
    return array.reshape(shape)


class NumPy(Codec):
    """Arrays cross as plain ones, contiguous, and numbers as NumPy's."""

    library = "numpy"
    readers = {  # noqa: RUF012
        "A": _read,
        "N": _read_number,
        "NL": lambda reader, data, depth: [*most(MAX_ITEMS, _read(reader, data, depth))],
        "U": _read_listed,
    }

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        if isinstance(value, np.generic):
            if _name(value.dtype):
                return self._array("N", np.asarray(value, value.dtype), writer)
            plain = value.item()
            return NotImplemented if isinstance(plain, np.generic) else writer.form(plain, depth)
        if not isinstance(value, np.ndarray):
            return NotImplemented
        if value.dtype.kind in "biufcmM":
            return self._array("A", value, writer)
        name = {"U": "str", "S": "bytes", "O": "object"}.get(value.dtype.kind)
        if name is None or value.size > MAX_LISTED or (name != "object" and _is_large(value)):
            return writer.write(value.tolist(), depth)
        return {"U": [name, list(value.shape), writer.each(value.reshape(-1).tolist(), depth)]}

    def listed(self, values: list[Any], writer: Writer) -> Any:
        if not isinstance(values[0], np.generic) or len(values) > MAX_ITEMS:
            return NotImplemented
        array = np.asarray(values)
        is_plain = array.dtype.type is type(values[0]) and array.ndim == 1 and _name(array.dtype)
        return self._array("NL", array, writer) if is_plain else NotImplemented

    def _array(self, tag: str, value: np.ndarray, writer: Writer) -> Any:
        array = np.array(value, value.dtype.newbyteorder("="), order="C", subok=False)
        name = _name(array.dtype)
        if not name:
            raise NotSerializable(f"a NumPy array of {value.dtype} can't be looked at")
        return writer.array(tag, name, array.shape, array.view("i8") if name[0] in "mM" else array)

    def seed(self, number: int) -> None:
        np.random.seed(number % 2**32)


def _name(dtype: Any) -> str:
    """How a dtype of numbers or times is called here; empty for others."""
    name = str(dtype.newbyteorder("=").str[1:])
    return name if name in _DTYPES or _TIMES.fullmatch(name) else ""


def _is_large(texts: np.ndarray) -> bool:
    return max(texts.nbytes, 4 * texts.itemsize * texts.size) > MAX_TEXT_BYTES
