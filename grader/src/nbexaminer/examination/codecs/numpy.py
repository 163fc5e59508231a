"""NumPy: how its arrays and numbers cross, its random generator, and what it does about errors."""

from typing import Any

import numpy as np
import numpy.random  # else it is imported when it is first used: in every child

from nbexaminer.examination.codecs.plain import CantCross, Codec, Reader, Setting, Writer

_NAMES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
_DTYPES = {name: np.dtype(name) for name in _NAMES}


def _read(reader: Reader, data: Any, depth: int) -> np.ndarray:
    dtype, shape, elements = reader.array(data, _DTYPES.__getitem__)
    array: np.ndarray = np.ndarray(shape, dtype, elements)
    # A bool that is neither 0 nor 1 would be neither equal nor unequal to either.
    return np.asarray(array.view("u1") != 0) if dtype.kind == "b" else array


class NumPy(Codec):
    """Arrays cross as plain ones, contiguous; numbers as Python's."""

    library = "numpy"
    readers = {"A": _read}  # noqa: RUF012

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        if isinstance(value, np.generic):
            plain = value.item()
            return NotImplemented if isinstance(plain, np.generic) else writer.form(plain, depth)
        if not isinstance(value, np.ndarray):
            return NotImplemented
        if value.dtype.kind not in "biufc":
            return writer.write(value.tolist(), depth)
        array = np.array(value, value.dtype.newbyteorder("="), order="C", subok=False)
        dtype = array.dtype.str[1:]
        if dtype not in _DTYPES:
            raise CantCross(f"a NumPy array of {value.dtype} can't be looked at")
        return writer.array("A", dtype, array.shape, array)

    def seed(self, number: int) -> None:
        np.random.seed(number % 2**32)

    def settings(self) -> list[Setting]:
        errors: Setting = (np.geterr, lambda errors: np.seterr(**errors))
        return [(np.random.get_state, np.random.set_state), errors]
