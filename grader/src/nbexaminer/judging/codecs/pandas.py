"""pandas: a DataFrame, a Series, an index or an array crosses as arrays and plain values.

Up to `MAX_CELLS` of them. What is larger, or holds anything else, such as lists, is taken for a
value of no kind that is known here. A single time and a value that is missing cross, too.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nbexaminer.judging.codecs.plain import Codec, DecodeError, Late, Writer

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Late("pandas")

MAX_CELLS = 100_000
MAX_BYTES = 8 << 20
_AS_ARRAY = re.compile(
    r"bool|u?int(8|16|32|64)|float(32|64)|complex(64|128)|(datetime|timedelta)64\[(s|ms|us|ns)\]"
)
_AS_LIST = re.compile("object|str|string|boolean|U?Int(8|16|32|64)|Float(32|64)")
"""Dtypes of columns that cross as an array, and value by value."""
_ZONE = re.compile(r"(?!dateutil/)[\w+:/-]{1,64}")
"""Names behind `dateutil/` may be paths of files, which pandas would have read."""
_FREQUENCY = re.compile(r"[\w-]{1,16}")
_UNIT = re.compile("s|ms|us|ns")


class _Odd(Exception):
    """Something that has no form of its own here."""


class Pandas(Codec):
    """What arrives is of pandas' own classes, where a class of a learner's was."""

    library = "pandas"
    readers = {"pandas": lambda reader, data, depth: _whole(*reader.each(data, depth))}  # noqa: RUF012

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        if value is pd.NaT or value is pd.NA:
            return {"pandas": ["missing", str(value)]}
        if isinstance(value, pd.Timestamp | pd.Timedelta):
            with contextlib.suppress(_Odd):
                return {
                    "pandas": ["scalar", writer.write(_column_parts(pd.Series([value])), depth)]
                }
        if isinstance(value, pd.api.extensions.ExtensionArray):
            held = self.write(pd.Series(value), writer, depth)
            return held if held is NotImplemented else {"pandas": ["array", held]}
        if not isinstance(value, pd.DataFrame | pd.Series | pd.Index):
            return NotImplemented
        if max(value.size, len(value)) <= MAX_CELLS:
            with contextlib.suppress(_Odd):
                if np.sum(value.memory_usage(deep=True)) <= MAX_BYTES:
                    return {"pandas": writer.each(_parts(value), depth)}
        return NotImplemented


def _parts(value: Any) -> list[Any]:
    """Lists, arrays and plain values of which `_whole` makes the same again. Raises _Odd."""
    if isinstance(value, pd.Index):
        return ["index", _index_parts(value)]
    if isinstance(value, pd.Series):
        return ["series", _index_parts(value.index), _name(value.name), _column_parts(value)]
    columns = [_column_parts(value.iloc[:, place]) for place in range(value.shape[1])]
    return ["frame", _index_parts(value.index), _index_parts(value.columns), columns]


def _index_parts(index: pd.Index) -> list[Any]:
    names = [_name(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return [names, index.start, index.stop, index.step]
    levels = [index.get_level_values(place) for place in range(index.nlevels)]
    return [names, [_column_parts(level) for level in levels], getattr(index, "freqstr", None)]


def _column_parts(values: pd.Series | pd.Index) -> list[Any]:
    dtype = str(values.dtype)
    if _AS_ARRAY.fullmatch(dtype):
        return [dtype, values.to_numpy().view("i8" if "[" in dtype else dtype)]
    if isinstance(values.dtype, pd.CategoricalDtype):
        held = pd.Series(values).array
        return ["category", held.codes.astype("i8"), _column_parts(held.categories), held.ordered]
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return ["zone", *_zone(values.dtype), pd.Series(values).array.asi8]
    if isinstance(values.dtype, pd.PeriodDtype):
        return ["period", str(dtype)[len("period[") : -1], pd.Series(values).array.asi8]
    if isinstance(values.dtype, pd.IntervalDtype):
        held = pd.Series(values).array
        return ["interval", _column_parts(held.left), _column_parts(held.right), held.closed]
    if not _AS_LIST.fullmatch(dtype):
        raise _Odd
    missing = values.isna() if dtype != "object" else [False] * len(values)
    listed = zip(values.tolist(), missing, strict=True)
    return [dtype, [None if gone else _plain(value) for value, gone in listed]]


def _zone(dtype: Any) -> tuple[str, str]:
    """Unit and name of a time zone, where that name means it."""
    unit, name = dtype.unit, str(dtype.tz)
    with contextlib.suppress(Exception):  # pandas takes any name for one that there may be
        if _ZONE.fullmatch(name) and pd.DatetimeTZDtype(unit, name) == dtype:
            return unit, name
    raise _Odd


def _name(value: Any) -> Any:
    """The name of a column or an index."""
    return tuple(map(_plain, value)) if type(value) is tuple else _plain(value)


def _plain(value: Any) -> Any:
    """A value whose hash is not of its maker's choice, as that of a large int is."""
    if value is None or type(value) in (bool, str, float, datetime.date):
        return value
    if type(value) is int and abs(value) < 1 << 63:
        return value
    raise _Odd


def _whole(kind: str, index_parts: Any, *parts: Any) -> Any:
    """What `_parts` takes apart."""
    if kind == "missing":
        return {"NaT": pd.NaT, "<NA>": pd.NA}[index_parts]
    if kind == "array":
        if isinstance(index_parts, pd.Series):
            return index_parts.array
        raise DecodeError("no array")
    if kind == "scalar":
        (single,) = _column(*index_parts)
        return single
    index = _index(*index_parts)
    if len(index) > MAX_CELLS:
        raise DecodeError("too many rows")
    match kind, parts:
        case "index", ():
            return index
        case "series", (name, values):
            return _column(*values).set_axis(index).rename(_name(name))
        case "frame", (names, values):
            columns = [_column(*column).set_axis(index) for column in values]
            frame = pd.DataFrame(dict(enumerate(columns)), index=index)
            return frame.set_axis(_index(*names), axis=1)
    raise DecodeError("nothing of pandas")


def _index(names: Any, *parts: Any) -> pd.Index:
    names = [_name(name) for name in names]
    if len(parts) == 3:
        return pd.RangeIndex(*parts, name=names[0])
    levels, freq = [_column(*level) for level in parts[0]], parts[1]
    if len(levels) != 1:
        return pd.MultiIndex.from_arrays(levels, names=names)
    index = pd.Index(levels[0], name=names[0])
    return index if freq is None else type(index)(index, freq=freq)


def _column(dtype: str, values: Any, *more: Any) -> pd.Series:
    match dtype, more:
        case "category", (categories, bool() as ordered):
            kinds = pd.Index(_column(*categories))
            return pd.Series(pd.Categorical.from_codes(_whole_numbers(values), kinds, ordered))
        case "zone", (str() as zone, times) if _UNIT.fullmatch(values) and _ZONE.fullmatch(zone):
            held = pd.Series(_whole_numbers(times).view(f"M8[{values}]"))
            return held.dt.tz_localize("UTC").dt.tz_convert(zone)
        case "period", (times,) if _FREQUENCY.fullmatch(values):
            kind = pd.PeriodDtype(values)
            return pd.Series(pd.arrays.PeriodArray(_whole_numbers(times), dtype=kind))
        case "interval", (right, str() as closed):
            sides = _column(*values), _column(*right)
            return pd.Series(pd.arrays.IntervalArray.from_arrays(*sides, closed=closed))
    if isinstance(values, np.ndarray) and _AS_ARRAY.fullmatch(dtype):
        if values.ndim == 1 and values.dtype == ("i8" if "[" in dtype else dtype):
            return pd.Series(values.view(dtype))
    elif _AS_LIST.fullmatch(dtype):
        return pd.Series([_plain(value) for value in values], dtype=dtype)
    raise DecodeError("no column")


def _whole_numbers(values: Any) -> np.ndarray:
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype == "i8":
        return values
    raise DecodeError("no whole numbers")
