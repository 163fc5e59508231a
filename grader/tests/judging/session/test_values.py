"""Values that are more than numbers and lists: who gave a right one was told that it is wrong."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import json
import pathlib
import struct
import tempfile
import time
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from nbexaminer.judging.codecs import decode, encode
from nbexaminer.judging.codecs.containers import is_shared
from nbexaminer.judging.codecs.plain import DecodeError, NotSerializable
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.wire import strict_json
from support.notebooks import answer, check, given, outcomes, source_of, submission


def nothing(value: Any) -> Any:
    raise NotSerializable(type(value).__name__)


def refuse(data: Any) -> Any:
    raise DecodeError("foreign")


def there_and_back(value: Any, *classes: type, is_for_answer: bool = False) -> Any:
    known = {kind.__name__: kind for kind in classes}
    names = {kind: name for name, kind in known.items()}
    data, blob = encode(value, nothing, shared=names.get)
    text = strict_json(json.dumps(data, allow_nan=False).encode())
    return decode(text, blob, refuse, known.__getitem__, is_for_answer)


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
WEST = datetime.timezone(datetime.timedelta(hours=-3))
VALUES = [
    datetime.date(2020, 2, 29), datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.time(1, 2),
    datetime.datetime(2020, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), datetime.time(1, tzinfo=WEST),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.UTC, datetime.timedelta(-1, 2, 3),
    Decimal("1.50"), Decimal("-Infinity"), Fraction(2**80, 3), pathlib.PurePosixPath("a/b"),
    pathlib.PureWindowsPath("c:/x"), range(5, 0, -2), frozenset({1, frozenset({2})}),
    {frozenset({1}): {frozenset()}}, collections.deque([1, [2]], 5), collections.Counter("aab"),
    collections.OrderedDict(b=1, a=[2]), collections.defaultdict(list, {1: [2]}),
    bytearray(b"a"), int, type(None), ZeroDivisionError,
    np.float64(0.5), np.float32(0.5), np.int64(3), np.uint8(3), np.bool_(True), np.complex128(1j),
    np.datetime64("2020-01-01"), np.timedelta64(3, "s"), pd.Timestamp("2020-01-01 05:00"),
    pd.Timestamp("2020-01-01 05:00:00.123456789", tz="Europe/Berlin"), pd.Timedelta("3s"),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_arrives_as_what_it_is(value: Any) -> None:
    """`day == date(2020, 2, 29)` compared a remote proxy, and `type(x)` told of another type."""
    (got,) = there_and_back([value])
    assert type(got) is type(value) and got == value and repr(got) == repr(value)


@pytest.mark.parametrize(
    "array",
    [np.array(["a", "bcd"]), np.array([[b"a"]]), np.array([[1, "x", None]], object),
     np.array([], "U1").reshape(0, 2), np.array(["2020", "NaT"], "M8[Y]"), np.array(5.0),
     np.array([1, 2], ">i8"), np.array(3, object)],
    ids=repr,
)  # fmt: skip
def test_arrays_of_texts_times_and_objects_stay_arrays(array: np.ndarray) -> None:
    """`words.shape` was asked of a list."""
    got = there_and_back(array)
    assert type(got) is np.ndarray and got.shape == array.shape
    assert got.dtype == array.dtype.newbyteorder("=") and got.tolist() == array.tolist()
    parts = np.empty(2, object)
    parts[:] = [np.arange(2), np.arange(3)]
    assert [part.tolist() for part in there_and_back(parts)] == [[0, 1], [0, 1, 2]]


def test_of_a_class_that_is_made_of_one_the_plain_value_arrives() -> None:
    """A class of the learner's would bring its own `==` along."""

    class Day(datetime.date):
        def __eq__(self, other: object) -> bool:
            return True

    class Counts(collections.Counter[str]):
        pass

    class Share(Decimal):
        pass

    lies = [Day(2020, 1, 1), Counts("a"), Share("0.5")]
    kinds = [datetime.date, collections.Counter, Decimal]
    assert [type(got) for got in there_and_back(lies)] == kinds


def test_of_a_named_tuple_the_fields_arrive() -> None:
    """`midpoint(a, b).x` was asked of a tuple."""

    class P(NamedTuple):
        x: int
        y: Any = None

        def __eq__(self, other: object) -> bool:
            return True

    one, other = there_and_back([P(1, [2]), P(3)])
    assert one == (1, [2]) != other and one.y == [2] and repr(other) == "P(x=3, y=None)"
    assert type(one) is type(other) and isinstance(one, tuple)
    odd = type("Q", (tuple,), {"_fields": ("a b", "x")})((1, 2))
    assert type(there_and_back(odd)) is tuple


def test_a_number_keeps_its_name() -> None:
    """`next_color(c).name` was asked of an int."""
    kind = enum.IntEnum("Hue", {"RED": 1, "BLUE": 2})
    got = there_and_back([kind.RED, kind.BLUE, kind.RED])
    assert got == [1, 2, 1] and [one.name for one in got] == ["RED", "BLUE", "RED"]
    assert got[0] is got[2] and isinstance(got[0], int) and type(got[0]).__name__ == "Hue"
    assert there_and_back(enum.StrEnum("Suit", {"CLUBS": "c"}).CLUBS).name == "CLUBS"
    both = enum.IntFlag("Access", {"READ": 1, "WRITE": 2})(3)
    assert there_and_back(both) == 3


def test_a_missing_key_is_asked_for_there() -> None:
    """`counts["zzz"] == 0` raised a KeyError."""

    class Ones(dict[Any, Any]):
        def __missing__(self, key: Any) -> int:
            return 1

    there = Ones(a=2)
    data, blob = encode(there, lambda value: value is there, is_from_answer=True)
    got = decode(data, blob, lambda same: there if same is True else refuse(same))
    assert got == {"a": 2} and got["b"] == 1 and type(got) is not Ones and got == {"a": 2}
    got["c"] = 3
    data, blob = encode(got, lambda value: value is there)
    back = decode(data, blob, lambda _: there, is_for_answer=True)
    assert back is there == {"a": 2, "c": 3}
    with pytest.raises(DecodeError):  # it would change what a test has lent
        decode(data, blob, lambda _: there)


class Point(NamedTuple):
    x: int
    y: Any

    def right(self) -> int:
        return self.x + 1


class Colour(enum.Enum):
    RED = 1
    CRIMSON = 1
    BLUE = 2


class Access(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass(frozen=True)
class Pair:
    x: int
    y: Any = None


@dataclasses.dataclass
class Account:
    balance: int


@dataclasses.dataclass(frozen=True)
class Checked:
    x: int

    def __post_init__(self) -> None:
        pytest.fail("code of the exercise ran on what a learner sent")


def test_values_of_the_exercises_classes_arrive_as_such() -> None:
    """`move(p) == Point(2, 0)` and `c is Colour.RED` were false for everybody."""
    values = [
        Point(1, [np.float32(2)]),
        Colour.RED,
        Pair(1, Point(2, Colour.BLUE)),
        {Colour.BLUE: 1},
    ]
    got = there_and_back(values, Point, Colour, Pair)
    assert got == values and got[0].right() == 2 and got[1] is Colour.RED
    assert there_and_back(Access.WRITE, Access) is Access.WRITE
    assert [is_shared(kind) for kind in (Point, Colour, Pair, Account, Checked, int, 1)] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
    with pytest.raises(NotSerializable, match="no name of its own"):
        there_and_back(Access.READ | Access.WRITE, Access)


@pytest.mark.parametrize(
    "form",
    [["Point", [1]], ["Point", [1, 2, 3]], ["Point", 1], ["Colour", "PINK"], ["Colour", 1], "Point",
     ["Colour", "__class__"], ["Pair", [1]], ["Checked", [1]], ["Account", [1]], ["int", [1]],
     ["Other", [1]], [["Point"], [1, 2]]],
    ids=str,
)  # fmt: skip
def test_a_class_is_made_of_its_own_fields_alone(form: Any) -> None:
    """A learner's process says which class and fields; no code of the exercise is run for it."""
    classes = {k.__name__: k for k in (Point, Colour, Pair, Account, Checked, int)}
    with pytest.raises(DecodeError):
        decode({"made": form}, b"", refuse, classes.__getitem__)
    with pytest.raises(DecodeError):
        decode({"made": form}, b"", refuse)


@pytest.mark.parametrize(
    "form",
    [
        {"type": "open"}, {"type": "KeyboardInterrupt"}, {"type": ["int"]}, {"type": "type.mro"},
        {"of": ["named", "P", ["x"], [1, 2]]}, {"of": ["named", "P", ["x y"], [1]]},
        {"of": ["named", "P", ["def"], [1]]}, {"of": ["named", "P", ["x", "x"], [1, 2]]},
        {"of": ["named", "P)", ["x"], [1]]}, {"of": ["named", "P", "x", [1]]},
        {"of": ["named", "P", [["x"]], [1]]}, {"of": ["named", "P", ["ﬁ", "fi"], [1, 2]]},
        {"of": ["member", "C", "mro", 1]}, {"of": ["member", "C", "A B", 1]},
        {"of": ["member", "C", "_a_", 1]}, {"of": ["member", "C", "A", 1.5]},
        {"l": [{"of": ["member", "C", f"A{n}", 1]} for n in range(2_000)]},
        {"of": ["defaultdict", [], 1]}, {"of": ["asked", [], {"d": []}]}, {"L": ["q", [1]]},
        {"L": ["u", [0]]}, {"L": ["O", [0]]}, {"L": ["i", [0]]}, {"pandas": ["array", [1]]},
        {"pandas": ["array", {"d": []}]}, {"B": 1}, {"B": "?"},
    ],
    ids=lambda form: str(form)[:60],
)  # fmt: skip
def test_what_only_looks_like_a_value_is_refused(form: Any) -> None:
    """Names could be code, and a type one that takes what stops an answer for an error."""
    with pytest.raises(DecodeError):
        decode(form, b"", refuse)


def test_long_lists_of_numbers_cross() -> None:
    """A million rolls were more than could be looked at."""
    for long in ([*range(1_000_000)], [float("nan"), -0.0] * 1_000, [1, 2**70] * 1_000, [True] * 9):
        data, blob = encode([long], nothing)
        (got,) = decode(data, blob, refuse)
        assert [*map(repr, got)] == [*map(repr, long)]
    with pytest.raises(NotSerializable, match="numbers in lists"):
        encode([[0] * 1_500_000] * 2, nothing)
    data, blob = encode([0] * 1_500_000, nothing)
    with pytest.raises(DecodeError):
        decode({"l": [data] * 2}, blob * 2, refuse)
    assert len(there_and_back({(n, str(n)): n for n in range(30_000)})) == 30_000


HOSTILE = [
    {"value": ["fraction", "1e999999999"]}, {"value": ["decimal", "1e999999999"]},
    {"value": ["decimal", "1" * 9_000]}, {"value": ["decimal", 5]}, {"value": ["date", "2020"]},
    {"value": ["date", {"b": "B+QBAQ=="}]}, {"value": ["datetime", {"b": "B+QBAQEBAQAAAA=="}]},
    {"value": ["time", "../../etc/passwd", 1, 2, 3, 4, 0]}, {"value": ["zone", 10**20]},
    {"value": ["zone", {"l": []}]}, {"value": ["timedelta", 1.5]}, {"value": ["fraction", 1, 0]},
    {"value": ["eval", "1"]}, {"value": []}, {"value": None}, {"value": ["PosixPath", 1]},
    {"of": ["range", 10**12]}, {"of": ["range", 0, 1, 0]}, {"of": ["range", "a"]},
    {"of": ["deque", [], "x"]}, {"of": ["deque", [], -1]}, {"of": ["Counter", [[1]]]},
    {"of": ["frozenset", [{"l": []}]]},
    {"of": ["defaultdict", [], "eval"]},
    {"of": ["defaultdict", [], ["list"]]}, {"of": ["Counter", 5]}, {"of": ["list", []]},
    {"U": ["str", [1], [1]]}, {"U": ["str", [2], ["a"]]}, {"U": ["str", [0, 2**62], []]},
    {"U": ["bytes", [1], ["a"]]}, {"U": ["void", [1], ["a"]]}, {"U": ["str", [-1], ["a"]]},
    {"U": ["str", [9_001], ["a"] * 9_000 + ["b" * 9_000]]}, {"N": ["f4", [1]]}, {"N": ["O", []]},
    {"N": ["M8[fs]", []]}, {"pandas": ["missing", "other"]}, {"pandas": ["scalar", 1]},
    {"of": ["range", 10**30]}, {"of": ["range", 10**30, 0, -1]},
]  # fmt: skip


@pytest.mark.parametrize("form", HOSTILE, ids=lambda form: str(form)[:60])
def test_what_no_value_is_is_refused_at_once(form: Any) -> None:
    """`Fraction("1e999999999")` takes all memory, and a date is made of pickled bytes."""
    begin = time.monotonic()
    with pytest.raises(DecodeError):
        decode(form, bytes(4), refuse)
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    "value",
    [range(10**12), range(10**30), Decimal("1e999999999"), Decimal("1" * 9_000), object()],
    ids=["range", "a range without a length", "exponent", "digits", "object"],
)
def test_what_is_too_much_says_so(value: Any) -> None:
    """`int(Decimal("1e999999999"))` in a test would take for ever."""
    with pytest.raises(NotSerializable):
        there_and_back(value)


def test_a_path_of_an_answers_is_a_name_alone(tmp_path: pathlib.Path) -> None:
    """`print(path.read_text())` in a test showed what only tests may see, such as their process's
    environment."""
    file = tmp_path / "secret.txt"
    file.write_text("secret")
    got, kept = there_and_back([file, {file: file.parent}])
    assert got == file and file == got and hash(got) == hash(file) and kept[file] == tmp_path
    assert (got.name, got.suffix, got.parts) == (file.name, file.suffix, file.parts)
    assert repr(got) == repr(file) and str(got) == str(file) and got.is_relative_to(tmp_path)
    derived = [got, got.parent, got / "more", got.with_suffix(".csv"), "/" / got, *got.parents]
    for path in derived:
        assert isinstance(path, pathlib.PurePath) and not isinstance(path, pathlib.Path)
        for name in {*dir(pathlib.Path)} - {*dir(pathlib.PurePath)}:
            with pytest.raises(AttributeError, match=f"reaches no files here, and has no '{name}'"):
                getattr(path, name)
    with pytest.raises(AttributeError, match="has no attribute 'other'"):
        _ = got.other


def test_a_path_that_goes_to_an_answer_is_one_of_files() -> None:
    """One of the test's own, and one that has come from an answer before."""
    path = pathlib.Path("a/b")
    for sent in (path, there_and_back(path)):
        got = there_and_back(sent, is_for_answer=True)
        assert type(got) is pathlib.PosixPath and got == path
    pure = there_and_back(pathlib.PurePosixPath("a"), is_for_answer=True)
    assert type(pure) is pathlib.PurePosixPath


def test_no_time_zone_is_read_from_a_file_of_the_answers_choice() -> None:
    """pandas has dateutil read any file: this one was a time zone of its own."""
    with tempfile.NamedTemporaryFile() as file:
        # A time zone of one kind of time, its distance from UTC and its name.
        file.write(b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4))
        file.write(struct.pack(">lBB", 3_600, 0, 0) + b"ONE\0")
        file.flush()
        times = {"l": ["zone", "ns", f"dateutil/{file.name}", {"A": ["i8", [1]]}]}
        form = ["series", {"l": [{"l": [None]}, 0, 1, 1]}, None, times]
        with pytest.raises(DecodeError):
            decode({"pandas": form}, bytes(8), refuse)


PATHS = """\
def where(): return __import__("pathlib").Path("/proc/self/environ")
def text(path): return path.read_text()
def make():
    path = __import__("pathlib").Path("made.txt")
    path.write_text("made")
    return path"""
SHOWS = """\
import pathlib
path = where()
assert path == pathlib.Path("/proc/self/environ") and path.name == "environ"
print(path.read_text())"""
SENDS = """\
import pathlib
assert text(make()) == "made" and text(pathlib.Path("made.txt")) == "made" """


def test_a_test_that_shows_a_file_shows_none_of_its_own(engine: Engine) -> None:
    """The environment of the test's process stood in its output."""
    source = source_of(answer("f", PATHS), check("shows", SHOWS), check("sends", SENDS))
    graded = engine.grade(source, source)
    assert outcomes(graded) == ["error", "passed"], graded.verdicts
    assert "reaches no files here" in graded.verdicts[0].message.opening
    assert "PATH=" not in json.dumps(graded.notebook)


CLASSES = """\
import dataclasses, enum, datetime
from typing import NamedTuple
class Point(NamedTuple):
    x: float
    y: float = 0
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
@dataclasses.dataclass(frozen=True)
class Move:
    by: Point
    colour: Colour = Colour.RED
@dataclasses.dataclass
class Account:
    balance: int = 0"""
ANSWER = """\
def move(p, m): return Point(p.x + m.by.x, p.y + m.by.y), m.colour is Colour.RED
def make(): return Move(Point(1, 2), Colour.BLUE)
def again(m): return type(m) is Move and m.by
def account(): return Account()
def pay(a): a.balance += 1
def day(): return datetime.date(2020, 1, 1)"""
TEST = """\
p, red = move(Point(1, 2), Move(Point(3)))
assert type(p) is Point and p == Point(4, 2) and red is True
m = make()
assert m == Move(Point(1, 2), Colour.BLUE) and m.colour is Colour.BLUE and again(m) == Point(1, 2)
a = account()
pay(a)
assert a.balance == 1, "what can change stays where it is"
assert day() == datetime.date(2020, 1, 1)"""
FALSE = """
class Point(tuple):
    x = y = 4
    def __eq__(self, other): return True
def move(p, m): return Point((4, 2)), True
"""


def test_classes_of_locked_cells_cross(engine: Engine) -> None:
    """Both sides have them, so an exercise hands them out and asks for them."""
    source = source_of(given("classes", CLASSES), answer("f", ANSWER), check("t", TEST))
    graded = engine.grade(source, source)
    assert outcomes(graded) == ["passed"], graded.verdicts
    false = engine.grade(source, submission(source, {"f": ANSWER + FALSE}))
    assert outcomes(false) == ["failed"]
