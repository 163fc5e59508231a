"""What crosses between test runner and learner arrives unchanged, and hostile bytes do no harm."""

from __future__ import annotations

import datetime
import json
import math
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nbexaminer.judging.codecs import decode, encode
from nbexaminer.judging.codecs.plain import MAX_ARRAYS, MAX_DEPTH, DecodeError, NotSerializable
from nbexaminer.judging.session import remote_proxy
from nbexaminer.judging.session.remote_proxy import Ended, Lost, Remote, RemoteError, rebuild_error
from nbexaminer.judging.session.verdicts import Outcome
from nbexaminer.judging.session.wire import BadFrame, Channel, Closed, TimedOut, strict_json

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16,
    torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64,
    torch.complex128, torch.float8_e4m3fn,
]  # fmt: skip


def no_foreign(value: Any) -> Any:
    raise NotSerializable(f"{type(value).__name__}")


def refuse(data: Any) -> Any:
    raise DecodeError("foreign")


def there_and_back(value: Any) -> Any:
    data, blob = encode(value, no_foreign)
    return decode(strict_json(json.dumps(data, allow_nan=False).encode()), blob, refuse)


def alike(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and a.shape == b.shape and bytes_of(a) == bytes_of(b)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return alike(list(a.items()), list(b.items()))
    if isinstance(a, float):
        return (a != a and b != b) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, complex):
        return alike(a.real, b.real) and alike(a.imag, b.imag)
    return bool(a == b)


def bytes_of(tensor: torch.Tensor) -> bytes:
    if tensor.numel() == 0:
        return b""
    flat = tensor.reshape(-1).clone(memory_format=torch.contiguous_format)
    return bytes(flat.view(torch.uint8).numpy())


@st.composite
def tensors(draw: Callable[..., Any]) -> torch.Tensor:
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    data = draw(st.randoms(use_true_random=False)).randbytes(math.prod(shape) * 16 + 16)
    flat = torch.frombuffer(bytearray(data), dtype=torch.uint8)
    if dtype == torch.bool:
        return (flat[: math.prod(shape)] > 127).reshape(shape)
    return flat.view(dtype)[: math.prod(shape)].reshape(shape)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
    | st.binary() | st.sampled_from(DTYPES) | st.builds(slice, st.integers(), st.none(), st.none())
)  # fmt: skip
hashables = st.none() | st.booleans() | st.integers() | st.text() | st.binary()
values = st.recursive(
    scalars | tensors(),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple)
    | st.dictionaries(hashables, inner, max_size=4) | st.sets(hashables, max_size=4),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(values)
def test_values_come_back_as_they_were(value: Any) -> None:
    """A right answer would else be taken for a wrong one."""
    assert alike(there_and_back(value), value)


LAYOUTS = {
    "transposed": torch.randn(2, 8, 5).mT,
    "permuted": torch.randn(2, 3, 4, 5).permute(3, 1, 0, 2),
    "beside a size of one": torch.randn(2, 1, 8, 5).mT,
    "complex": torch.randn(3, 4, dtype=torch.complex128).T,
    "conjugated": torch.randn(3, 4, dtype=torch.complex64).mH,
    "bool": (torch.randn(3, 4) > 0).T,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_transposed_tensor_stays_one_where_asked(name: str) -> None:
    """An answer that stumbles over one in JupyterLab would else be told that it is right."""
    tensor = LAYOUTS[name]
    data, blob = encode({"x": [tensor]}, no_foreign, keep_layout=True)
    (got,) = decode(strict_json(json.dumps(data).encode()), blob, refuse)["x"]
    assert alike(got, tensor.resolve_conj()) and got.stride() == tensor.stride()
    assert not got.is_contiguous() and there_and_back(tensor).is_contiguous()


@pytest.mark.parametrize(
    "tensor",
    [torch.ones(3, 4), torch.ones(1, 4).T, torch.ones(0, 4).T, torch.ones(4)[::2],
     torch.ones(1, 4).expand(3, 4), torch.ones(6).unfold(0, 3, 1), torch.tensor(1.0),
     torch.ones(1, 2)[:, 0]],
    ids=["contiguous", "vector", "empty", "gaps", "repetitions", "overlaps", "scalar",
         "one of a column"],
)  # fmt: skip
def test_any_other_layout_crosses_as_ever(tensor: torch.Tensor) -> None:
    """A form of its own has only what can be put back."""
    data, blob = encode(tensor, no_foreign, keep_layout=True)
    assert (data, blob) == encode(tensor, no_foreign)
    assert alike(decode(data, blob, refuse), tensor)


ONES = {"T": ["float32", [2, 3]]}
ITS_BYTES = np.ones(6, "f4").tobytes()


@pytest.mark.parametrize(
    "data",
    [
        {"P": None}, {"P": []}, {"P": [ONES]}, {"P": [ONES, [0, 1], 2]},
        {"P": [ONES, [0]]}, {"P": [ONES, [0, 0]]}, {"P": [ONES, [1, 2]]},
        {"P": [ONES, [-1, 0]]}, {"P": [ONES, [True, False]]}, {"P": [ONES, [0.0, 1]]},
        {"P": [ONES, [0, 1, 2]]}, {"P": [ONES, ["0", "1"]]}, {"P": [ONES, 10**99]},
        {"P": [{"A": ["f4", [2, 3]]}, [1, 0]]}, {"P": [{"l": []}, []]}, {"P": [{"T": 1}, [1, 0]]},
    ],
)  # fmt: skip
def test_a_wrong_order_of_dimensions_is_refused(data: Any) -> None:
    """It comes from a learner's process as well as from a test."""
    with pytest.raises(DecodeError):
        decode(data, ITS_BYTES, refuse)
    endless: Any = ONES
    for _ in range(MAX_DEPTH + 2):
        endless = {"P": [endless, [1, 0]]}
    with pytest.raises(DecodeError, match="deep"):
        decode(endless, ITS_BYTES, refuse)


@pytest.mark.parametrize("dtype", ["bool", "u1", "i2", "i8", "f2", "f4", "f8", "c8", "c16"])
def test_arrays_come_back_as_they_were(dtype: str) -> None:
    """The same for NumPy, in any layout."""
    array = np.arange(12).astype(dtype).reshape(3, 4)
    for view in (array, array.T, array[::2, 1:], array[:0], array[1, 2:3], np.array(array[1, 1])):
        assert alike(there_and_back(view), np.ascontiguousarray(view).reshape(view.shape))


FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3], "share": [0.5, math.nan, 2], "word": ["x", None, "z"],
        "true": [True, False, True], "mixed": pd.Series(["x", 1, None], dtype=object),
        "day": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
        "took": pd.to_timedelta([1, 2, 3], unit="s"), "gaps": pd.array([1, None, 3], "Int64"),
        "text": pd.array(["a", None, "b"], "string"), "maybe": pd.array([True, None, False]),
    }
)  # fmt: skip
FRAMES = {
    "all dtypes": FRAME,
    "text as index": FRAME.set_index("word"),
    "two levels": FRAME.set_index(["n", "word"]),
    "grouped": FRAME.groupby("true")[["n"]].agg(["sum", "mean"]),
    "described": FRAME[["n", "share"]].describe(),
    "no columns": FRAME[[]],
    "no rows": FRAME[:0],
    "nothing": pd.DataFrame(),
    "the same rows and columns twice": pd.concat([FRAME[["n"]], FRAME[["n"]]], axis=1).loc[[2, 2]],
}
SERIES = {
    "named": FRAME["word"],
    "counted": FRAME["word"].value_counts(),
    "complex": pd.Series([1 + 2j]),
    "days": pd.Series(range(4), index=pd.date_range("2020", periods=4, freq="D"), name=3),
    "grouped": FRAME.groupby(["true", "word"]).size(),
    "categories": pd.Series(["low", None, "high"], dtype="category"),
    "in order": pd.Series(pd.Categorical(["low"], ["low", "high"], ordered=True)),
    "bins": pd.cut(pd.Series([1, 5, 9]), 3).value_counts(),
    "UTC": pd.Series(pd.to_datetime(["2020-01-01", None], utc=True)),
    "a time zone": pd.Series([1], index=pd.DatetimeIndex(["2020-06-01"], tz="Europe/Berlin")),
    "a fixed distance": pd.Series(pd.to_datetime(["2020-01-01T00:00:00+01:00"])),
    "months": pd.Series(range(3), index=pd.period_range("2020", periods=3, freq="M")),
    "dates": pd.Series([datetime.date(2020, 1, 1), None]),
    "a name of two levels": pd.Series([1], name=("a", "b")),
}


@pytest.mark.parametrize("name", FRAMES)
def test_data_frames_come_back_as_they_were(name: str) -> None:
    """A right answer would be told that a dtype, an index or a name is wrong."""
    pd.testing.assert_frame_equal(there_and_back(FRAMES[name]), FRAMES[name])


@pytest.mark.parametrize("name", SERIES)
def test_series_and_indexes_come_back_as_they_were(name: str) -> None:
    """The same for one column, and for what names its rows."""
    pd.testing.assert_series_equal(there_and_back(SERIES[name]), SERIES[name])
    pd.testing.assert_index_equal(there_and_back(SERIES[name].index), SERIES[name].index)


def test_a_frame_of_a_learners_own_class_arrives_as_a_plain_one() -> None:
    """A subclass with methods of the learner's own must not reach a test."""

    class Liar(pd.DataFrame):
        def equals(self, other: object) -> bool:
            return True

    assert type(there_and_back(Liar({"a": [1]}))) is pd.DataFrame


@pytest.mark.parametrize(
    "value",
    [pd.Series(range(100_001)), pd.DataFrame(index=range(10**9)), pd.Series(["x" * 9_000_000]),
     pd.Series([[1]]), pd.Series([2**70]), pd.Series([1j], dtype=object), FRAME.dtypes,
     pd.Series([(1,)], dtype="category"), pd.Series([1], name=("a", 2**70))],
    ids=["rows", "empty rows", "text", "lists", "large ints", "complex objects", "objects",
         "categories", "names"],
)  # fmt: skip
def test_what_else_pandas_has_stays_where_it_is(value: Any) -> None:
    """It would arrive as something else, or fill the test runner's memory."""
    data, blob = encode(value, lambda found: {"kept": found is value})
    assert (data, blob) == ({"x": {"kept": True}}, b"")


L1, RANGE = {"l": [1]}, {"l": [{"l": [None]}, 0, 1, 1]}
HOSTILE_FRAMES = [
    None, [], ["index"], ["index", None], ["frame", RANGE], ["other", RANGE], ["eval", RANGE, 1],
    ["index", {"l": [{"l": [None]}, 0, 10**12, 1]}], ["index", {"l": [{"l": [None]}, 0, 9, 0]}],
    ["index", {"l": [{"l": [None]}, "0", 1, 1]}], ["index", {"l": [{"l": []}, {"l": []}, None]}],
    ["series", RANGE, "a", {"l": ["int64", L1]}], ["series", RANGE, "a", {"l": ["category", L1]}],
    ["series", RANGE, L1, {"l": ["object", L1]}], ["series", RANGE, "a", {"l": ["object", 5]}],
    ["series", RANGE, "a", {"l": ["object", {"l": [1, 2]}]}],
    ["series", RANGE, "a", {"l": ["object", {"l": [{"i": "0x" + "f" * 40}]}]}],
    ["series", RANGE, "a", {"l": ["Int8", {"l": [999]}]}],
    ["frame", RANGE, RANGE, {"l": [{"l": ["object", {"l": [1, 2]}]}]}],
    ["frame", RANGE, RANGE, {"l": []}],
]  # fmt: skip


@pytest.mark.parametrize("form", HOSTILE_FRAMES, ids=str)
def test_hostile_data_frames_are_refused(form: Any) -> None:
    """Indexes of any length, and what pandas would take for something else."""
    with pytest.raises(DecodeError):
        decode({"pandas": form}, b"", refuse)


def test_an_array_that_is_no_column_is_refused() -> None:
    """Its bytes would be read as what they are not."""
    for dtype, array in (("int64", ["f8", [1]]), ("datetime64[ns]", ["f8", [1]]),
                         ("int64", ["i8", [1, 1]]), ("object", ["i8", [1, 1]])):  # fmt: skip
        with pytest.raises(DecodeError):
            column = {"l": [dtype, {"A": array}]}
            decode({"pandas": ["series", RANGE, "a", column]}, bytes(8), refuse)


def test_what_is_almost_plain_becomes_plain() -> None:
    """A subclass with methods of the learner's own must not reach a test."""

    class Liar(torch.Tensor):
        def __eq__(self, other: object) -> bool:
            return True

        @classmethod
        def __torch_function__(cls, *args: Any, **kwargs: Any) -> Any:
            raise RuntimeError("asked")

    class Text(str):
        pass

    class Number(int):
        pass

    for odd in (torch.ones(2).as_subclass(Liar), nn.Parameter(torch.ones(2))):
        assert type(there_and_back(odd)) is torch.Tensor
    masked = np.ma.masked_array([1.0, 2.0], mask=[0, 1])
    assert type(there_and_back(masked)) is np.ndarray
    plain = there_and_back([Text("a"), Number(3), np.str_("b")])
    assert plain == ["a", 3, "b"] and [type(p) for p in plain] == [str, int, str]
    assert there_and_back(torch.Size([2, 3])) == (2, 3)


@pytest.mark.parametrize(
    "value",
    [object(), torch.eye(2).to_sparse(), torch.ones(2, device="meta"), 10**9000,
     [None] * 300_000, [torch.zeros(1)] * 5_000],
    ids=["object", "sparse", "meta", "digits", "items", "tensors"],
)  # fmt: skip
def test_what_cannot_cross_says_so(value: Any) -> None:
    """Rather than hang or fill the memory."""
    with pytest.raises(NotSerializable):
        encode(value, no_foreign)


@pytest.mark.parametrize("kind", ["s", "d"])
def test_items_whose_hashes_are_alike_are_refused(kind: str) -> None:
    """Each would be compared with each: 60,000 of them took minutes, and later tests' time."""
    numbers = [{"i": hex(k * (2**61 - 1))} for k in range(5, 60_000)]
    data = {kind: [[n, 1] for n in numbers] if kind == "d" else numbers}
    begin = time.thread_time()
    with pytest.raises(DecodeError, match="alike"):
        decode(data, b"", refuse)
    assert time.thread_time() - begin < 2


def test_every_int_that_crosses_can_be_told() -> None:
    """A message with one of more than 4,300 digits would end the test, not fail it."""
    with pytest.raises(NotSerializable):
        encode(1 << 16_000, no_foreign)
    assert len(str(there_and_back(1 << 13_900))) > 4_000


def test_depth_is_limited_both_ways() -> None:
    """Endless nesting would end the test runner with a recursion error, or worse."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotSerializable, match="deep"):
        encode(endless, no_foreign)
    data: Any = None
    for _ in range(MAX_DEPTH + 2):
        data = {"l": [data]}
    with pytest.raises(DecodeError):
        decode(data, b"", refuse)


OWN = ("value", "of", "made")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["nan", "inf", "float32", "0x1f", "cpu", "AAAA", "f4", "index", "object"])
    | st.sampled_from(["date", "time", "decimal", "zone", "PosixPath", "range", "deque", "Counter"])
    | st.just(ONES),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([*"ifcbltsdeTAPxNU", "dtype", "device", "pandas", "other", *OWN]),
        inner,
        max_size=2,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(json_values, st.binary(max_size=64) | st.just(b"") | st.just(ITS_BYTES))
def test_hostile_json_is_refused_or_plain(data: Any, blob: bytes) -> None:
    """A learner's process may send anything at all."""
    try:
        value = decode(data, blob, refuse)
    except DecodeError:
        return
    encode(value, no_foreign)


@pytest.mark.parametrize("tag", ["T", "A"])
@pytest.mark.parametrize(
    "form",
    [
        0, None, [], ["float32"], ["float32", [1], 0], ["float32", 1], ["float32", None],
        ["float32", [2]], ["float32", [-1]], ["float32", [-1, -1]], ["float32", [True]],
        ["float32", [1.0]], ["float32", ["1"]], ["float32", [[1]]], ["float32", [2**62, 4]],
        ["float32", [2**62, 0]], ["float32", [0, 2**40]], ["float32", [0] * 40],
        ["float32", [2**64]], ["PICKLE", [4]], ["object", [1]], ["O", [1]], ["quint8", [4]],
        ["bits8", [4]], [None, [1]], [["float32"], [1]],
    ],
    ids=str,
)  # fmt: skip
def test_hostile_tensors_are_refused(tag: str, form: Any) -> None:
    """Shapes and types that don't fit would let it read the test runner's memory."""
    if tag == "A" and isinstance(form, list) and form[:1] == ["float32"]:
        form = ["f4", *form[1:]]
    with pytest.raises(DecodeError):
        decode({tag: form}, bytes(4), refuse)


def test_bytes_that_belong_to_no_tensor_are_refused() -> None:
    """What one end sends and the other doesn't see would be a way past every limit."""
    for data, blob in ((None, b"0"), (ONES, ITS_BYTES + b"0"), ({"l": [ONES, ONES]}, ITS_BYTES)):
        with pytest.raises(DecodeError):
            decode(data, blob, refuse)


def test_there_are_only_so_many_tensors() -> None:
    """Each takes more memory than its bytes, of which it may have none."""
    with pytest.raises(DecodeError):
        decode({"l": [{"T": ["float32", [0]]}] * (MAX_ARRAYS + 1)}, b"", refuse)


@pytest.mark.parametrize("data", [{"T": ["bool", [2]]}, {"A": ["b1", [2]]}], ids=["T", "A"])
def test_a_bool_is_true_or_false(data: Any) -> None:
    """A third kind of bool would compare as neither right nor wrong."""
    got = decode(data, b"\2\0", refuse)
    assert got.tolist() == [True, False] and bytes_of(torch.as_tensor(got)) == b"\1\0"


# Frames -------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, Channel]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield theirs, Channel(ours, blob_bytes=1 << 16)


def soon() -> float:
    return time.monotonic() + 0.3


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xff" * 16, BadFrame),
        (b"\0" * 7 + b"\1" + b"\0" * 8, BadFrame),
        ((2).to_bytes(8, "little") + (1 << 20).to_bytes(8, "little") + b"{}", BadFrame),
        ((2).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"[]", BadFrame),
        ((3).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"NaN", BadFrame),
        ((2).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"\xff\xff", BadFrame),
        ((9000).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"9" * 9000, BadFrame),
        ((90000).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"[" * 90000, BadFrame),
        ((9).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"{}", TimedOut),
        (b"\1", TimedOut),
    ],
)
def test_hostile_frames_are_refused(pair: Any, data: bytes, error: type[Exception]) -> None:
    """Before anything of the announced length is allocated, and within the time given."""
    theirs, channel = pair
    writer = threading.Thread(target=theirs.sendall, args=(data,))
    writer.start()
    start = time.monotonic()
    with pytest.raises(error):
        channel.receive(soon())
    assert time.monotonic() - start < 2
    channel.sock.close()
    theirs.close()
    writer.join()


def test_a_drip_of_bytes_does_not_extend_the_deadline(pair: Any) -> None:
    """One byte every so often would else hold the grader for ever."""
    theirs, channel = pair
    stop = threading.Event()

    def drip() -> None:
        theirs.sendall((1 << 20).to_bytes(8, "little") + bytes(8))
        while not stop.wait(0.05):
            theirs.sendall(b" ")

    writer = threading.Thread(target=drip)
    writer.start()
    with pytest.raises(TimedOut):
        channel.receive(soon())
    stop.set()
    writer.join()


def test_sending_to_who_does_not_read_ends_in_time(pair: Any) -> None:
    """A learner's process that stops reading must not stop the test runner."""
    _, channel = pair
    with pytest.raises(TimedOut):
        for _ in range(1000):
            channel.send({}, b"x" * 60_000, soon())


def test_a_closed_end_is_seen(pair: Any) -> None:
    """A process that ended has to be told from one that is slow."""
    theirs, channel = pair
    theirs.close()
    with pytest.raises(Closed):
        channel.receive(soon())


# What a learner's process may answer --------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def foreseen_ids() -> Iterator[None]:
    """Questions have ids that nobody can guess; here every one is 1."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote_proxy.secrets, "randbits", lambda bits: 1)
        yield


def ask(replies: list[tuple[Any, bytes]], value: Any = None) -> tuple[Any, Remote]:
    """What `Remote.request` gives, or the exception in which it ends, for these answers."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        remote = Remote(Channel(ours), {}, 0)
        remote.deadline = time.monotonic() + 0.2

        def answer() -> None:
            channel = Channel(theirs)
            channel.receive()
            for message, blob in replies:
                channel.send(message, blob)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            return remote.request("call", value, on=0), remote
        except BaseException as error:
            return error, remote
        finally:
            thread.join()


GOOD = {"do": "reply", "id": 1, "value": None}


@pytest.mark.parametrize(
    "replies",
    [
        [({"do": "reply", "id": 2, "value": None}, b"")],
        [({"do": "reply", "value": None}, b"")],
        [({"do": "more", "id": 1}, b"")],
        [({"do": "reply", "id": 1}, b"\0" * 99)],
        [({**GOOD, "value": {"x": {"back": 0}}}, b"")],
        [({**GOOD, "value": {"x": {"h": -1, "label": "a"}}}, b"")],
        [({**GOOD, "value": {"x": {"h": 10**30, "label": "a"}}}, b"")],
        [({**GOOD, "value": {"x": {"h": 1}}}, b"")],
        [({**GOOD, "error": None}, b"")],
        [({**GOOD, "error": {"name": 1, "bases": [], "message": "", "where": None}}, b"")],
        [({"do": "back", "id": 1, "on": 0, "what": "call", "value": None}, b"")],
        [({"do": "back", "id": 1, "on": -1, "what": "call", "value": {"t": []}}, b"")],
        [({"do": "back", "id": 1, "on": 0, "what": "__class__", "value": {"t": []}}, b"")],
        [],
    ],
)
def test_dishonest_answers_end_the_exchange(replies: list[tuple[Any, bytes]]) -> None:
    """None of them may be taken for a value, or leave the test runner waiting."""
    got, _ = ask(replies)
    assert isinstance(got, Lost), got


def test_a_remote_proxy_says_which_names_its_cell_reads() -> None:
    """From the text that the test runner has: the learner's process is neither asked nor told."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        remote = Remote(Channel(ours), {}, 0)
        remote.deadline = time.monotonic() + 5
        there = Channel(theirs)
        there.send({**GOOD, "value": {"x": {"h": 3, "label": "f", "names_used_": ["faked"]}}})
        there.send({**GOOD, "value": {"x": {"h": 4, "label": "another"}}})
        f = remote.fetch("f")
        remote.tell(f, "f of cell 1", frozenset({"softmax"}))
        other = f(f)
        assert f.names_used_ == {"softmax"} and type(f.names_used_) is frozenset
        assert other.names_used_ == frozenset()
        with pytest.raises(TypeError):
            f.names_used_ = frozenset()
        sent = [there.receive()[0] for _ in range(2)]
        assert sent[0].keys() == {"do", "id", "name", "seconds", "value"}
        assert "softmax" not in json.dumps(sent) and "names_used" not in json.dumps(sent)


def test_a_function_that_was_lent_is_called_only_as_lent() -> None:
    """The learner's process may call what the test passed, and nothing else."""
    called: list[Any] = []

    def lent(*args: Any) -> None:
        called.append(args)

    back = {"do": "back", "id": 1, "on": 0, "what": "call",
            "value": {"t": [{"t": [7]}, {"d": []}]}}  # fmt: skip
    got, _ = ask([(back, b""), (GOOD, b"")], lent)
    assert got is None and called == [(7,)]
    got, _ = ask([({**back, "what": "train"}, b"")], lent)
    assert isinstance(got, Lost) and len(called) == 1


@pytest.mark.parametrize("name", dir(remote_proxy.builtins))
def test_every_built_in_exception_can_be_rebuilt(name: str) -> None:
    """A test that says `except ValueError` has to see a ValueError."""
    kind = getattr(remote_proxy.builtins, name)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return
    bases = [c.__name__ for c in kind.__mro__]
    error = rebuild_error({"name": name, "bases": bases, "message": "why", "where": None})
    assert str(error) == "why" and isinstance(error, RemoteError)
    assert type(error).__name__ == name
    if issubclass(kind, Exception) and name not in remote_proxy._NOT_REBUILT:
        assert isinstance(error, kind)


def test_an_exception_cannot_pose_as_something_else() -> None:
    """Only its words and a built-in type arrive."""
    for name, bases in [
        ("__import__", ["eval"]), ("a b", ["object"]), ("X", ["SystemExit", "BaseException"]),
        ("Y", ["RemoteError"]), ("Z", [["ValueError"]]), ("W" * 500, ["ExceptionGroup"]),
    ]:  # fmt: skip
        error = rebuild_error({"name": name, "bases": bases, "message": "m" * 99_999, "where": 3})
        assert isinstance(error, Exception) and len(str(error)) <= remote_proxy.MAX_TEXT
        assert not isinstance(error, ExceptionGroup) and error.where is None


def test_an_interrupt_is_the_end_of_the_test() -> None:
    """A timed-out call must not look like an ordinary exception."""
    bases = ["KeyboardInterrupt", "BaseException", "object"]
    error = {"name": "KeyboardInterrupt", "bases": bases, "message": "", "where": None}
    got, _ = ask([({**GOOD, "error": error}, b"")])
    assert isinstance(got, Ended) and got.outcome is Outcome.TIMED_OUT


@settings(max_examples=150, deadline=None)
@given(st.integers())
def test_random_bytes_from_a_learner_never_pass(seed: int) -> None:
    """The test runner's own process must survive whatever arrives."""
    rng = random.Random(seed)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        remote = Remote(Channel(ours), {}, 0)
        remote.deadline = time.monotonic() + 1
        text = json.dumps({"do": "reply", "id": 1, "value": {"l": [1, {"T": 0}]}}).encode()
        data = bytearray(len(text).to_bytes(8, "little") + bytes(8) + text)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        try:
            value = remote.request("call", None, on=0)
        except (Lost, RemoteError, Ended):
            return
        encode(value, refuse)  # plain, if the damage left a value
