"""How values cross between the test runner and a learner's process.

A value becomes JSON, and what its arrays hold a blob beside it. Nothing is pickled, and nothing
evaluated but the names of a tuple's fields, so that whatever bytes arrive, only these kinds of
values come out: None, bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set,
slice, Python's own types, what `CODECS` rebuild of their libraries' values, values of classes that
are `shared`, and what the two ends agree on as `foreign`.

JSON scalars stand for themselves. Everything else is an object with one key, its tag:

    {"i": "0x…"}  an int beyond 64 bits     {"f": "nan"}     a float that JSON lacks
    {"l": […]}    list                      {"t": […]}       tuple
    {"s": […]}    set                       {"d": [[k, v]…]} dict
    {"b": "…"}    bytes, base64             {"B": "…"}       bytearray
    {"c": [re, im]}  complex                {"e": […]}       slice
    {"x": …}      foreign                   {"type": "int"}  a type of Python's own
    {"L": ["q", [9]]}           a long list of ints or floats, whose bytes are in the blob
    {"value": ["date", …]}      a date, a decimal, a path …, as `values.py` takes it apart
    {"of": ["deque", […], 3]}   a container of Python's library, as `containers.py` does
    {"made": ["Point", […]]}    a value of a class that both ends have, by its name
    {"A": ["f4", [2, 3]]}       a NumPy array, whose bytes are the next ones in the blob
    {"N": ["f4", []]}           the same, as a NumPy number
    {"U": ["str", [3], […]]}    a NumPy array of texts, bytes or objects
    {"T": ["float32", [2, 3]]}  the same, as a tensor
    {"P": [{"T": …}, [1, 0]]}   a tensor to be permuted, so that it lies in memory as it did
    {"dtype": "float32"}        and {"device": "cpu"}, of PyTorch
    {"pandas": ["index", …]}    an index, "series" or "frame", as `pandas.py` takes it apart
"""

import sys
from collections.abc import Callable
from typing import Any

from nbexaminer.judging.codecs.containers import Containers
from nbexaminer.judging.codecs.numpy import NumPy
from nbexaminer.judging.codecs.pandas import Pandas
from nbexaminer.judging.codecs.plain import (
    READERS,
    Codec,
    DecodeError,
    NotSerializable,
    Reader,
    Writer,
)
from nbexaminer.judging.codecs.torch import PyTorch
from nbexaminer.judging.codecs.values import Values

CODECS: tuple[Codec, ...] = (PyTorch(), NumPy(), Containers(), Pandas(), Values())
"""All libraries that are known here. None is imported to see whether it is there."""
_READERS = READERS | {tag: read for codec in CODECS for tag, read in codec.readers.items()}


def loaded() -> list[Codec]:
    """The codecs of what this process has imported: it can have values of no other library."""
    return [codec for codec in CODECS if sys.modules.get(codec.library) is not None]


def _not_shared(kind: type) -> None:
    return None


def _no_class(name: str) -> type:
    raise DecodeError("a class that is not shared")


def encode(
    value: Any,
    foreign: Callable[[Any], Any],
    keep_layout: bool = False,
    shared: Callable[[type], str | None] = _not_shared,
    is_from_answer: bool = False,
) -> tuple[Any, bytes]:
    """The JSON and the blob for `value`. Raises NotSerializable.

    foreign: gives the JSON for a value of no known kind, or raises NotSerializable.
    keep_layout: a transposed or permuted tensor keeps its strides; otherwise it, and always
        one with gaps or repetitions, arrives contiguous.
    shared: gives the name of a class that both ends have, or None for others.
    is_from_answer: whether a test gets it, which may then ask the answers' process for more.
    """
    writer = Writer(loaded(), foreign, keep_layout, shared, is_from_answer)
    data = writer.write(value, 0)
    return data, b"".join(writer.arrays)


def have_same_form(one: Any, other: Any) -> bool | None:
    """Whether two values cross alike; None where one of them is no plain value."""
    if type(one) is type(other) is set:  # whose order may be another
        return bool(one == other)
    try:
        return encode(one, no_foreign) == encode(other, no_foreign)
    except NotSerializable:
        return None


def no_foreign(value: Any) -> Any:
    """Lets nothing cross but plain values. Raises NotSerializable."""
    raise NotSerializable("what is no plain value isn't compared")


def decode(
    data: Any,
    blob: bytes,
    foreign: Callable[[Any], Any],
    shared: Callable[[str], type] = _no_class,
    is_for_answer: bool = False,
) -> Any:
    """The value of `encode`. Raises DecodeError for what `encode` never gives.

    foreign: gives the value for the JSON of its counterpart, or raises DecodeError.
    shared: gives the class that both ends have by its name, or raises.
    is_for_answer: whether a test sends it to an answer, where a path is one of files. What comes
        from an answer reaches none.
    """
    reader = Reader(_READERS, blob, foreign, shared, is_for_answer)
    try:
        value = reader.read(data, 0)
    except (DecodeError, MemoryError):
        raise
    except Exception as error:
        raise DecodeError(f"{type(error).__name__}: {str(error)[:100]}") from None
    if reader.left:
        raise DecodeError(f"{len(reader.left)} bytes that nothing is made of")
    return value


def seed(number: int) -> None:
    """Start the random generators of all that is imported."""
    for codec in loaded():
        codec.seed(number)
