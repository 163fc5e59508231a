"""How values cross between the examiner and a learner's process.

A value becomes JSON, and its tensors a safetensors blob beside it. Nothing is pickled and
nothing evaluated, so that whatever bytes arrive, only these kinds of values come out: None,
bool, int, float, complex, str, bytes, list, tuple, dict, set, slice, torch.dtype,
torch.device, plain torch.Tensor, numpy.ndarray, and what the two ends agree on as `foreign`.

JSON scalars stand for themselves. Everything else is an object with one key, its tag:

    {"i": "0x…"}  an int beyond 64 bits     {"f": "nan"}     a float that JSON lacks
    {"l": […]}    list                      {"t": […]}       tuple
    {"s": […]}    set                       {"d": [[k, v]…]} dict
    {"b": "…"}    bytes, base64             {"c": [re, im]}  complex
    {"e": […]}    slice                     {"dtype": "float32"}
    {"T": 0}      the blob's tensor "0"     {"A": 0}         the same, as a NumPy array
    {"Z": …}      a real view of a complex128 tensor or array
    {"P": [{"T": 0}, [1, 0]]}   a tensor to be permuted, so that it lies in memory as it did
    {"x": …}      foreign
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

MAX_DEPTH = 32
MAX_ITEMS = 200_000
MAX_TENSORS = 4_096
MAX_DIMENSIONS = 16
MAX_EMPTY_SIZE = 1 << 28
"""Of a dimension of a tensor without elements, whose bytes limit none."""
MAX_HASHED = 4_000
"""Items of a set or dict: their hashes may all be alike, and then each is compared with each."""
MAX_DIGITS = 3_500
"""Hexadecimal ones; of more than 4,300 decimal ones Python gives no text."""

_DTYPES = {
    str(value).removeprefix("torch."): value
    for value in vars(torch).values()
    if isinstance(value, torch.dtype)
}


class CantCross(TypeError):
    """A value that has no form on the wire, or is too large or too deep."""


class BadValue(ValueError):
    """Bytes that are not the form of any value."""


def encode(
    value: Any, foreign: Callable[[Any], Any], keep_layout: bool = False
) -> tuple[Any, bytes]:
    """The JSON and the blob for `value`.

    foreign: gives the JSON for a value of no known kind, or raises CantCross.
    keep_layout: a transposed or permuted tensor keeps its strides; otherwise it, and always
        one with gaps or repetitions, arrives contiguous.
    """
    writer = _Writer(foreign, keep_layout)
    data = writer.write(value, 0)
    return data, save(writer.tensors) if writer.tensors else b""


def decode(data: Any, blob: bytes, foreign: Callable[[Any], Any]) -> Any:
    """The value of `encode`. Raises BadValue for what `encode` never gives.

    foreign: gives the value for the JSON of its counterpart, or raises BadValue.
    """
    tensors: dict[str, torch.Tensor] = {}
    if blob:
        try:
            tensors = load(blob)
        except (SafetensorError, KeyError, ValueError, RuntimeError, OverflowError) as error:
            raise BadValue(f"not safetensors: {str(error)[:100]}") from None
        if len(tensors) > MAX_TENSORS:
            raise BadValue(f"{len(tensors)} tensors")
    return _Reader(tensors, foreign).read(data, 0)


class _Writer:
    def __init__(self, foreign: Callable[[Any], Any], keep_layout: bool) -> None:
        self.tensors: dict[str, torch.Tensor] = {}
        self._foreign = foreign
        self._keep_layout = keep_layout
        self._items = 0

    def write(self, value: Any, depth: int) -> Any:
        self._items += 1
        if depth > MAX_DEPTH:
            raise CantCross(f"a value nested more than {MAX_DEPTH} deep can't be looked at")
        if self._items > MAX_ITEMS:
            raise CantCross(f"a value of more than {MAX_ITEMS} items can't be looked at")
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            return _int(int(value))
        if isinstance(value, float):
            number = float(value)
            return number if math.isfinite(number) else {"f": repr(number)}
        if isinstance(value, complex):
            return {"c": [self.write(value.real, depth + 1), self.write(value.imag, depth + 1)]}
        if isinstance(value, bytes | bytearray):
            return {"b": base64.b64encode(value).decode()}
        if isinstance(value, dict | set | frozenset) and len(value) > MAX_HASHED:
            kind = type(value).__name__
            raise CantCross(f"a {kind} of more than {MAX_HASHED} items can't be looked at")
        if isinstance(value, dict):
            return {"d": [self._each(pair, depth) for pair in dict.items(value)]}
        if isinstance(value, list):
            return {"l": self._each(value, depth)}
        if isinstance(value, tuple | range):
            return {"t": self._each(value, depth)}
        if isinstance(value, set | frozenset):
            return {"s": self._each(value, depth)}
        if isinstance(value, slice):
            return {"e": self._each((value.start, value.stop, value.step), depth)}
        if isinstance(value, torch.dtype):
            return {"dtype": str(value).removeprefix("torch.")}
        if isinstance(value, torch.device):
            return {"device": str(value)}
        if isinstance(value, torch.Tensor):
            return self._tensor("T", value)
        if isinstance(value, np.ndarray):
            return self._array(value, depth)
        return {"x": self._foreign(value)}

    def _each(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.write(v, depth + 1) for v in values]

    def _array(self, value: np.ndarray, depth: int) -> Any:
        if value.dtype.kind not in "biufc":
            return self.write(value.tolist(), depth)
        try:
            tensor = torch.from_numpy(np.array(value, order="C", subok=False))
        except TypeError:
            raise CantCross(f"a NumPy array of {value.dtype} can't be looked at") from None
        return self._tensor("A", tensor)

    def _tensor(self, tag: str, value: torch.Tensor) -> Any:
        if len(self.tensors) >= MAX_TENSORS:
            raise CantCross(f"more than {MAX_TENSORS} tensors at once can't be looked at")
        with torch._C.DisableTorchFunctionSubclass():
            if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized:
                kind = f"{value.layout} tensor on {value.device}"
                raise CantCross(f"a {kind} can't be looked at: return an ordinary one")
            if _has_odd_shape(value):
                raise CantCross(f"a tensor of shape {tuple(value.shape)} can't be looked at")
            value = value.detach().as_subclass(torch.Tensor).resolve_conj().resolve_neg()
            order = _order_in_memory(value) if self._keep_layout else None
            if order is not None:
                value = value.permute(order)
            if wide := value.dtype == torch.complex128:
                value = torch.view_as_real(value)
            name = str(len(self.tensors))
            self.tensors[name] = value.clone(memory_format=torch.contiguous_format)
        data: Any = {tag: int(name)}
        if wide:
            data = {"Z": data}
        return data if order is None else {"P": [data, _inverse(order)]}


class _Reader:
    def __init__(self, tensors: dict[str, torch.Tensor], foreign: Callable[[Any], Any]) -> None:
        self._tensors = tensors
        self._foreign = foreign
        self._items = 0

    def read(self, data: Any, depth: int) -> Any:
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise BadValue("too deep or too many items")
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if not isinstance(data, dict) or len(data) != 1:
            raise BadValue("neither a scalar nor one tag")
        ((tag, inner),) = data.items()
        read = self._KINDS.get(tag)
        if read is None:
            raise BadValue(f"unknown tag {tag[:20]!r}")
        return read(self, inner, depth)

    def _each(self, data: Any, depth: int) -> list[Any]:
        if not isinstance(data, list):
            raise BadValue("no list where one belongs")
        return [self.read(item, depth + 1) for item in data]

    def _read_int(self, data: Any, depth: int) -> int:
        if not isinstance(data, str) or len(data) > MAX_DIGITS:
            raise BadValue("no int")
        try:
            return int(data, 16)
        except ValueError:
            raise BadValue("no int") from None

    def _read_float(self, data: Any, depth: int) -> float:
        if data not in ("nan", "inf", "-inf"):
            raise BadValue("no float")
        return float(data)

    def _read_complex(self, data: Any, depth: int) -> complex:
        parts = self._each(data, depth)
        if len(parts) != 2 or not all(isinstance(p, float) for p in parts):
            raise BadValue("no complex number")
        return complex(*parts)

    def _read_bytes(self, data: Any, depth: int) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise BadValue("no base64") from None

    def _read_list(self, data: Any, depth: int) -> list[Any]:
        return self._each(data, depth)

    def _read_tuple(self, data: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._each(data, depth))

    def _read_set(self, data: Any, depth: int) -> set[Any]:
        try:
            return set(self._few(data, depth))
        except TypeError:
            raise BadValue("a set of what can't be in one") from None

    def _few(self, data: Any, depth: int) -> list[Any]:
        if isinstance(data, list) and len(data) > MAX_HASHED:
            raise BadValue(f"a set of {len(data)} items")
        return self._each(data, depth)

    def _read_dict(self, data: Any, depth: int) -> dict[Any, Any]:
        if not isinstance(data, list):
            raise BadValue("no dict")
        if len(data) > MAX_HASHED:
            raise BadValue(f"a dict of {len(data)} items")
        pairs = [self._each(pair, depth) for pair in data]
        try:
            return {key: value for key, value in pairs}
        except (TypeError, ValueError):
            raise BadValue("no dict") from None

    def _read_slice(self, data: Any, depth: int) -> slice:
        parts = self._each(data, depth)
        if len(parts) != 3:
            raise BadValue("no slice")
        return slice(*parts)

    def _read_dtype(self, data: Any, depth: int) -> torch.dtype:
        if not isinstance(data, str) or data not in _DTYPES:
            raise BadValue("no dtype")
        return _DTYPES[data]

    def _read_device(self, data: Any, depth: int) -> torch.device:
        if data not in ("cpu", "meta"):
            raise BadValue("no device")
        return torch.device(data)

    def _read_tensor(self, data: Any, depth: int) -> torch.Tensor:
        tensor = self._tensors.get(str(data)) if isinstance(data, int) else None
        if tensor is None:
            raise BadValue("no such tensor")
        if _has_odd_shape(tensor):
            raise BadValue(f"a tensor of {tensor.dim()} dimensions, or one of them too large")
        # A bool that is neither 0 nor 1 would be neither equal nor unequal to either.
        return tensor.view(torch.uint8) != 0 if tensor.dtype == torch.bool else tensor

    def _read_array(self, data: Any, depth: int) -> np.ndarray:
        try:
            return self._read_tensor(data, depth).numpy()
        except TypeError:
            raise BadValue("a dtype that NumPy lacks") from None

    def _read_wide(self, data: Any, depth: int) -> torch.Tensor | np.ndarray:
        real = self.read(data, depth + 1)
        array = isinstance(real, np.ndarray)
        tensor = torch.from_numpy(real) if array else real
        if (
            not isinstance(tensor, torch.Tensor)
            or tensor.dtype != torch.float64
            or tensor.dim() == 0
            or tensor.shape[-1] != 2
        ):
            raise BadValue("no complex tensor")
        wide = torch.complex(tensor[..., 0], tensor[..., 1])
        return wide.numpy() if array else wide

    def _read_permuted(self, data: Any, depth: int) -> torch.Tensor:
        match data:
            case [inner, list(order)] if all(type(place) is int for place in order):
                tensor = self.read(inner, depth + 1)
                if isinstance(tensor, torch.Tensor) and sorted(order) == [*range(tensor.dim())]:
                    return tensor.permute(order)
        raise BadValue("no permuted tensor")

    def _read_foreign(self, data: Any, depth: int) -> Any:
        return self._foreign(data)

    _KINDS: dict[str, Callable[[_Reader, Any, int], Any]] = {  # noqa: RUF012
        "i": _read_int,
        "f": _read_float,
        "c": _read_complex,
        "b": _read_bytes,
        "l": _read_list,
        "t": _read_tuple,
        "s": _read_set,
        "d": _read_dict,
        "e": _read_slice,
        "dtype": _read_dtype,
        "device": _read_device,
        "T": _read_tensor,
        "A": _read_array,
        "Z": _read_wide,
        "P": _read_permuted,
        "x": _read_foreign,
    }


def _has_odd_shape(tensor: torch.Tensor) -> bool:
    empty = tensor.numel() == 0
    return tensor.dim() > MAX_DIMENSIONS or (empty and max(tensor.shape) > MAX_EMPTY_SIZE)


def _order_in_memory(tensor: torch.Tensor) -> list[int] | None:
    """The order of dimensions in which a tensor is contiguous, where that is another than its own.

    None too for one with gaps or repetitions, which is contiguous in no order.
    """
    if tensor.is_contiguous():
        return None
    strides = tensor.stride()
    order = sorted(range(tensor.dim()), key=lambda dim: -strides[dim])
    return order if tensor.permute(order).is_contiguous() else None


def _inverse(order: list[int]) -> list[int]:
    return sorted(range(len(order)), key=order.__getitem__)


def _int(value: int) -> Any:
    if -(1 << 63) <= value < 1 << 63:
        return value
    text = hex(value)
    if len(text) > MAX_DIGITS:
        raise CantCross("an int of more than 4,200 digits can't be looked at")
    return {"i": text}
