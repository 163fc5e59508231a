"""Anything may be handed in; what is read of it is small, plain, and said to be a notebook."""

from __future__ import annotations

import base64
import importlib
import json
import time
import warnings
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from nbexaminer import startup
from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook import reader
from nbexaminer.judging.notebook.reader import SubmittedCell, read_notebook

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)
LARGE = base64.b64encode(base64.b64decode(PIXEL) + bytes(3_000_000)).decode()


def file_of(cells: Any, **top: Any) -> bytes:
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | top
    ).encode()


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} | more


def test_only_what_grading_needs_is_read() -> None:
    """Metadata and outputs are the learner's to write, and must not count."""
    cell = code(
        ["a = 1\r\n", "b"], id="x-1",
        metadata={"nbgrader": {"grade_id": "f", "points": 99}, "tags": ["skip-execution"]},
        outputs=[{"output_type": "execute_result", "data": {"text/plain": "99"}}],
    )  # fmt: skip
    assert read_notebook(file_of([cell])) == [SubmittedCell("code", "a = 1\nb", "f", "x-1")]


def test_oddly_written_honest_notebooks_are_read() -> None:
    """Editors differ: byte order marks, line ends, missing keys, NaN in an output."""
    plain = read_notebook(file_of([code("x")]))
    assert read_notebook(b"\xef\xbb\xbf" + file_of([code("x")])) == plain
    assert read_notebook(file_of([code("x")]).decode().encode("utf-16")) == plain
    assert read_notebook(file_of([{"cell_type": "code", "source": "x"}])) == plain
    assert read_notebook(file_of([code("x", outputs=[float("nan")])])) == plain
    assert read_notebook(file_of([code("x", id=7, metadata=[1])])) == plain
    assert read_notebook(file_of([code("x\r")]))[0].source == "x\n"
    assert read_notebook(file_of([code("'\ud800'")]))[0].source == "'?'"
    assert read_notebook(file_of([])) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "not JSON: .* line 1"),
        (b"\x80\x81", "not UTF-8 text"),
        (b"\xff\xfe\x00\xd8", "not UTF-8 text"),
        (b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n>>>>>>> mine\n]}', "a conflict .* in line 2"),
        (b"PK\x03\x04 a zip file", "not JSON"),
        (b"[]", "not a notebook"),
        (b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"[" + b"[]," * 1_100_000 + b"0]", "too many parts"),
        (b"9" * 100_000, "number too long"),
        (b"{}", "format is 'None'"),
        (file_of([], nbformat=3), "format is '3'"),
        (file_of([], nbformat=True), "format is 'True'"),
        (file_of([], nbformat="4" * 999), "format is '4444"),
        (file_of(None), "no list of cells"),
        (file_of({}), "no list of cells"),
        (file_of([code("")] * 2_001), "2001 cells"),
        (file_of([code("x" * 500_001)]), "500001 characters"),
        (file_of([code("x" * 499_999)] * 9), "4000000 characters together"),
        (file_of([7]), "cell 1 is not an object"),
        (file_of([code("x"), {"source": "x"}]), "cell 2 has an unknown type"),
        (file_of([code("x", cell_type="heading")]), "unknown type"),
        (file_of([code(7)]), "no text"),
        (file_of([code(["a", 7])]), "no text"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    """The instructor has to tell the learner what to hand in again."""
    with pytest.raises(Malformed, match=reason):
        read_notebook(data)


def test_hostile_files_cost_little() -> None:
    """Reading one bad file must not take the memory or the time of the whole class."""
    resource = pytest.importorskip("resource", reason="Windows tells no peak of memory")
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data in (b"[" * (20 << 20), b"[[]," * (5 << 20), b'"' + b"\\u0041" * (3 << 20) + b'"',
                 b'{"nbformat":4,"cells":' + b"[0," * 300_000, b" " * (21 << 20)):  # fmt: skip
        with pytest.raises(Malformed):
            read_notebook(data)
    assert time.process_time() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000


def test_pasted_pictures_are_kept_and_nothing_else_pasted() -> None:
    """A written answer may be a photograph; it may not be a page of HTML."""
    pasted = {
        "ok.png": {"image/png": PIXEL},
        "lines.png": {"image/png": [PIXEL[:20] + "\n", PIXEL[20:]]},
        "page.html": {"text/html": "PHNjcmlwdD4="},
        "vector.svg": {"image/svg+xml": "PHN2Zz4="},
        "no.png": {"image/png": '"><script>'},
        'x"><b>.png': {"image/png": PIXEL},
        "odd": 7,
    }
    cell = {"cell_type": "markdown", "source": "", "attachments": pasted}
    read = read_notebook(file_of([cell]))[0]
    assert read.attachments == {"ok.png": {"image/png": PIXEL}, "lines.png": {"image/png": PIXEL}}
    assert read.left_out == {"no.png": "a picture that is no PNG is not shown"}
    assert read_notebook(file_of([code("", attachments=pasted)]))[0].attachments == {}
    cell["attachments"] = {f"{i}.png": {"image/png": LARGE} for i in range(3)}
    with pytest.raises(Malformed, match="pictures"):
        read_notebook(file_of([cell]))


def test_a_photograph_in_the_text_is_attached() -> None:
    """Colab pastes it there, and the whole notebook was set aside for its length."""
    text = f"The tree:\n![tree](data:image/png;base64,{PIXEL})\n" + "x" * (500_000 - len(PIXEL))
    read = read_notebook(file_of([{"cell_type": "markdown", "source": text}]))[0]
    assert read.source.startswith("The tree:\n![tree](attachment:pasted-0.png)\nxxx")
    assert read.attachments == {"pasted-0.png": {"image/png": PIXEL}}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["nbformat", "cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "id",
             "attachments", "image/png", "a.png"]
        ) | st.text(max_size=5),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip
almost_cell = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]), "source": anything},
    optional={"metadata": anything, "id": anything, "attachments": anything, "outputs": anything},
)
almost = st.fixed_dictionaries(
    {
        "nbformat": st.sampled_from([4, 4, 4, 3]),
        "cells": st.lists(almost_cell | anything, max_size=5),
    }
)


def check_read(data: bytes) -> None:
    try:
        cells = read_notebook(data)
    except Malformed as malformed:
        assert len(str(malformed)) < 300 and str(malformed).isprintable()
        return
    for cell in cells:
        assert cell.kind in reader.CELL_TYPES and "\r" not in cell.source
        cell.source.encode()
        assert cell.grade_id is None or isinstance(cell.grade_id, str)


@settings(max_examples=500, deadline=None)
@given(almost | anything)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """Whatever is wrong with one submission must come out as a reason, not as a crash."""
    check_read(json.dumps(value).encode())


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200), st.data())
def test_any_bytes_are_read_or_refused(noise: bytes, data: st.DataObject) -> None:
    """The same for damaged files."""
    check_read(noise)
    whole = bytearray(file_of([code("x = 1", id="a"), {"cell_type": "markdown", "source": ["t"]}]))
    place = data.draw(st.integers(0, len(whole)))
    whole[place : place + data.draw(st.integers(0, 9))] = noise[:9]
    check_read(bytes(whole))


def test_cells_without_ids_are_no_riddle_on_the_terminal() -> None:
    """nbformat gives them ids, and warns among the lines of `grade` that it won't for ever."""
    notebook = new_notebook(cells=[new_code_cell("1")], nbformat_minor=5)
    del notebook.cells[0]["id"]
    text = json.dumps(notebook)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        nbformat.reads(text, as_version=4)
        importlib.reload(startup)
        nbformat.reads(text, as_version=4)
    assert [str(one.message)[:15] for one in told] == ["Cell is missing"]
