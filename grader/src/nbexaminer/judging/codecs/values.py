"""Values of Python's library: dates and times, decimals, fractions and paths, each as it is.

Of a class that a learner has made of one of them, the plain value arrives. And of a path that comes
from an answer only the name: a test that shows what `path.read_text()` gives would show whatever
file the answer names, of those that only tests may see, too.
"""

import datetime
import decimal
import fractions
import pathlib
import zoneinfo
from collections.abc import Callable
from typing import Any

from nbexaminer.judging.codecs.plain import (
    Codec,
    DecodeError,
    NotSerializable,
    Reader,
    Writer,
    most,
)

MAX_DECIMAL = 4_200
"""Digits of a decimal, and its largest exponent: `int` of one that is larger takes for ever."""
_CLOCK = ("hour", "minute", "second", "microsecond", "fold")
_DAY = ("year", "month", "day")


class AnswersPath(pathlib.PurePosixPath):
    """A path that an answer gave, in a test. Sent back to an answer, it is one of files again."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if hasattr(pathlib.Path, name):
            raise AttributeError(
                f"a path that comes from an answer reaches no files here, and has no {name!r}: "
                "have the answer return what it finds there"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


# Messages tell learners of what they gave.
AnswersPath.__name__ = AnswersPath.__qualname__ = pathlib.PosixPath.__name__
_PATHS: dict[str, type[pathlib.PurePath]] = {
    kind.__name__: kind
    for kind in (
        pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath,
    )
}  # fmt: skip


def _parts(value: Any) -> list[Any] | None:
    """Plain values of which `_WHOLE` makes the same again, behind its name; None for others."""
    match value:
        case datetime.datetime():
            clock = [getattr(value, name) for name in (*_DAY, *_CLOCK)]
            return ["datetime", _zone(value.tzinfo), *clock]
        case datetime.date():
            return ["date", *(getattr(value, name) for name in _DAY)]
        case datetime.time():
            return ["time", _zone(value.tzinfo), *(getattr(value, name) for name in _CLOCK)]
        case datetime.timedelta():
            return ["timedelta", value.days, value.seconds, value.microseconds]
        case datetime.tzinfo():
            return ["zone", _zone(value)]
        case decimal.Decimal():
            return ["decimal", str(_small(value, NotSerializable))]
        case fractions.Fraction():
            return ["fraction", value.numerator, value.denominator]
        case AnswersPath():
            return [pathlib.PosixPath.__name__, str(value)]
        case pathlib.PurePath():
            kind = next(name for name, kind in _PATHS.items() if isinstance(value, kind))
            return [kind, str(value)]
    return None


def _zone(zone: datetime.tzinfo | None) -> Any:
    """A time zone: None, its name, or its distance from UTC in microseconds."""
    if zone is None:
        return None
    if isinstance(zone, zoneinfo.ZoneInfo) and isinstance(zone.key, str):
        return zone.key
    if isinstance(zone, datetime.timezone):
        return zone.utcoffset(None) // datetime.timedelta(microseconds=1)
    raise NotSerializable(f"a time zone of {type(zone).__name__} can't be looked at")


def _read_zone(zone: Any) -> datetime.tzinfo | None:
    if zone is None:
        return None
    if isinstance(zone, str):
        return zoneinfo.ZoneInfo(zone)
    (far,) = _ints((zone,))
    return datetime.timezone(datetime.timedelta(microseconds=far)) if far else datetime.UTC


def _small(value: decimal.Decimal, error: type[Exception]) -> decimal.Decimal:
    digits, exponent = value.as_tuple()[1:]
    if len(digits) > MAX_DECIMAL or (isinstance(exponent, int) and abs(exponent) > MAX_DECIMAL):
        raise error(f"a Decimal of more than {MAX_DECIMAL} digits can't be looked at")
    return value


def _ints(parts: tuple[Any, ...]) -> tuple[int, ...]:
    """Whole numbers alone: of texts and bytes, dates and fractions would make something, too."""
    if not all(type(part) is int for part in parts):
        raise DecodeError("no whole numbers")
    return parts


def _datetime(zone: Any, *parts: Any) -> datetime.datetime:
    year, month, day, *clock = _ints(parts)
    return datetime.datetime.combine(datetime.date(year, month, day), _time(zone, *clock))


def _time(zone: Any, *parts: Any) -> datetime.time:
    hour, minute, second, microsecond, fold = _ints(parts)
    return datetime.time(hour, minute, second, microsecond, _read_zone(zone), fold=fold)


_WHOLE: dict[str, Callable[..., Any]] = {
    "datetime": _datetime,
    "date": lambda *parts: datetime.date(*_ints(parts)),
    "time": _time,
    "timedelta": lambda *parts: datetime.timedelta(*_ints(parts)),
    "zone": _read_zone,
    "decimal": lambda text: _small(decimal.Decimal(most(MAX_DECIMAL + 20, text)), DecodeError),
    "fraction": lambda *parts: fractions.Fraction(*_ints(parts)),
    **_PATHS,
}


def _read(reader: Reader, data: Any, depth: int) -> Any:
    name, *parts = reader.each(data, depth)
    if name == pathlib.PosixPath.__name__ and not reader.is_for_answer:
        return AnswersPath(*parts)
    return _WHOLE[name](*parts)


class Values(Codec):
    """What Python's library has of single values."""

    library = "datetime"
    readers = {"value": _read}  # noqa: RUF012

    def write(self, value: Any, writer: Writer, depth: int) -> Any:
        parts = _parts(value)
        return NotImplemented if parts is None else {"value": writer.each(parts, depth)}
