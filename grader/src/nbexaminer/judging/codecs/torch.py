"""PyTorch: how tensors cross, how modules and generators are lent, and what holds for a process."""

from __future__ import annotations

import importlib
import sys
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nbexaminer.judging.codecs import plain
from nbexaminer.judging.codecs.plain import DecodeError, NotSerializable, Reader, Writer

if TYPE_CHECKING:
    import torch
else:
    torch = plain.Late("torch")

_NUMBERS = {
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    "float16", "bfloat16", "float32", "float64", "complex32", "complex64", "complex128",
    "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz",
}  # fmt: skip
"""Dtypes of the tensors that cross: not those of quantized ones, nor parts of a byte."""


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _dtype(name: str) -> torch.dtype:
    dtype = vars(importlib.import_module("torch"))[name]
    if not isinstance(dtype, torch.dtype):
        raise DecodeError("no dtype")
    return dtype


def _read_tensor(reader: Reader, data: Any, depth: int) -> torch.Tensor:
    if data[0] not in _NUMBERS:
        raise DecodeError("no dtype of numbers")
    dtype, shape, elements = reader.array(data, _dtype)
    flat = torch.frombuffer(elements or bytearray(1), dtype=torch.uint8)[: len(elements)]
    # A bool that is neither 0 nor 1 would be neither equal nor unequal to either.
    return (flat != 0 if dtype == torch.bool else flat.view(dtype)).reshape(shape)


def _read_permuted(reader: Reader, data: Any, depth: int) -> torch.Tensor:
    inner, order = data
    tensor: torch.Tensor = reader.read(inner, depth + 1)
    if {*map(type, order)} - {int} or sorted(order) != [*range(tensor.dim())]:
        raise DecodeError("no permuted tensor")
    return tensor.permute(order)


class PyTorch(plain.Codec):
    """Tensors cross as plain ones on the CPU, without gradients."""

    library = "torch"
    readers = {  # noqa: RUF012
        "T": _read_tensor,
        "P": _read_permuted,
        "dtype": lambda reader, data, depth: _dtype(data),
        "device": lambda reader, data, depth: torch.device({"cpu": "cpu", "meta": "meta"}[data]),
    }

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        if isinstance(value, torch.dtype):
            return {"dtype": _name(value)}
        if isinstance(value, torch.device):
            return {"device": str(value)}
        if isinstance(value, torch.Tensor):
            with torch._C.DisableTorchFunctionSubclass():
                return _write_tensor(value, writer)
        return NotImplemented

    def seed(self, number: int) -> None:
        # `torch.manual_seed` keeps the whole stack for every kind of device, used or not.
        torch.default_generator.manual_seed(number)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(number)


def _write_tensor(value: torch.Tensor, writer: Writer) -> Any:
    if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized:
        kind = f"a {value.layout} tensor on {value.device}"
        raise NotSerializable(f"{kind} can't be looked at: return an ordinary one")
    dtype = _name(value.dtype)
    if dtype not in _NUMBERS:
        raise NotSerializable(f"a tensor of {dtype} can't be looked at")
    value = value.detach().as_subclass(torch.Tensor).resolve_conj().resolve_neg()
    order = _order_in_memory(value) if writer.keep_layout else None
    if order is not None:
        value = value.permute(order)
    # A single number may keep any stride, which contiguous() leaves and view() refuses.
    flat = value.contiguous().reshape(-1).as_strided((value.numel(),), (1,)).view(torch.uint8)
    data = writer.array("T", dtype, value.shape, flat.numpy())
    return data if order is None else {"P": [data, sorted(order, key=order.__getitem__)]}


def _order_in_memory(tensor: torch.Tensor) -> list[int] | None:
    """The order of dimensions in which a tensor is contiguous, where that is another than its own.

    None too for one with gaps or repetitions, which is contiguous in no order.
    """
    if tensor.is_contiguous():
        return None
    strides = tensor.stride()
    order = sorted(range(tensor.dim()), key=lambda dim: -strides[dim])
    return order if tensor.permute(order).is_contiguous() else None


def is_module(value: Any) -> bool:
    """Whether it is a PyTorch module."""
    return bool(sys.modules.get("torch")) and isinstance(value, torch.nn.Module)


def is_generator(value: Any) -> bool:
    """Whether it is a PyTorch generator."""
    return bool(sys.modules.get("torch")) and isinstance(value, torch.Generator)


class Generators:
    """A test's. Each keeps one counterpart, which is told of a new state but never asked."""

    def __init__(self) -> None:
        self._known = weakref.WeakKeyDictionary[Any, tuple[int, bytes]]()
        self._count = 0

    def lend(self, value: torch.Generator) -> dict[str, Any]:
        """What `counterpart` makes its own of."""
        number, known = self._known.get(value, (self._count, b""))
        self._count = max(self._count, number + 1)
        state = _state(value)
        # Move on, so that seeding it again, with the same seed too, is seen next time.
        torch.rand((), generator=value)
        self._known[value] = number, _state(value)
        return {"generator": number, "state": state.hex() if state != known else None}


def _state(generator: torch.Generator) -> bytes:
    return generator.get_state().numpy().tobytes()


def counterpart(lent: dict[str, Any], known: dict[int, torch.Generator]) -> torch.Generator:
    """The learner's generator for one of the test's; `known` ones go on where they are."""
    generator = known.setdefault(lent["generator"], torch.Generator())
    if lent["state"] is not None:
        state = bytearray.fromhex(lent["state"])
        generator.set_state(torch.frombuffer(state, dtype=torch.uint8))
    return generator


def describe_module(value: Any) -> dict[str, Any]:
    """What `borrow` has to know of a module that a test lends, or of what is none."""
    module = is_module(value)
    return {
        "module": module,
        "training": module and value.training,
        "weights": module and any(True for _ in value.parameters()),
    }


def borrow(lent: Any, data: dict[str, Any], call_back: Callable[..., Any]) -> torch.nn.Module:
    """A module for one of the test's: calling it calls back, and its mode is passed on.

    lent: gives the other things that the test lends of it.
    data: with what `describe_module` says.
    """

    class Borrowed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            super().train(data["training"])
            if data["weights"]:
                # So that `next(model.parameters()).device` works.
                self.placeholder = torch.nn.Parameter(torch.zeros(()))
            vars(self)["_lent"] = True  # from here on its mode is passed on

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return call_back(args, kwargs)

        def __getattr__(self, name: str) -> Any:
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(lent, name)

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            # Module.train sets it too, and so may a learner who keeps the mode of every module.
            if name == "training" and "_lent" in vars(self):
                call_back((bool(value),), do="train")

    return Borrowed()
