"""The graded notebook is the source's; only the learner's answers and extra cells are theirs."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from hypothesis import example, reject, settings
from hypothesis import given as given_values
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from nbexaminer.errors import Malformed, SourceError
from nbexaminer.judging.notebook.cell import Cell, Role
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import read_source
from support.notebooks import answer, check, given, not_graded, source_of, submission, written

SOURCE = source_of(
    new_markdown_cell("# Title", id="title"),
    given("given", "CONSTANT = 3"),
    answer("f", "def f(): return 1"),
    new_code_cell("f()  # try it", id="play"),
    check("f-test", "assert f() == 1", 2),
    answer("g", "def g(): return 2"),
    check("g-test", "assert g() == 2", 3),
    written("w", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
)
ANSWERS = {"f": "def f(): return 10", "g": "def g(): return 20", "w": "I see."}
MINE = submission(SOURCE, ANSWERS)


def grafted(submitted: bytes) -> dict[str, Any]:
    notebook = graft(read_source(SOURCE), read_notebook(submitted)).notebook
    nbformat.validate(nbformat.from_dict(notebook))
    assert len({c["id"] for c in notebook["cells"]}) == len(notebook["cells"])
    return notebook


def changed(change: Callable[[list[Any]], Any]) -> bytes:
    notebook = json.loads(MINE)
    notebook["cells"] = change(notebook["cells"]) or notebook["cells"]
    return json.dumps(notebook).encode()


def at(cells: list[Any], name: str) -> int:
    return next(i for i, c in enumerate(cells) if c["id"] == name)


def texts(notebook: dict[str, Any]) -> list[str]:
    return ["".join(c["source"]) for c in notebook["cells"]]


HONEST = grafted(MINE)


def test_an_ungraded_answer_is_set_in_and_not_missed() -> None:
    """nbgrader would write "No response." below a task that nobody has to do."""
    source = source_of(answer("f", "f = 1"), answer("try-f", "mine = f"))
    for answers in ({}, {"try-f": "mine = 2"}):
        handed_in = read_notebook(submission(source, {"f": "f = 3"} | answers))
        cell = graft(read_source(source), handed_in).notebook["cells"][-1]
        assert "mine = f" not in cell["source"] or not answers
        assert "checksum" not in cell["metadata"]["nbgrader"]
    assert cell["source"] == "mine = 2"


def test_answers_stand_in_the_source() -> None:
    """What the learner wrote is what is graded."""
    source = json.loads(SOURCE)
    assert [c["id"] for c in HONEST["cells"]] == [c["id"] for c in source["cells"]]
    for cell, original in zip(HONEST["cells"], source["cells"], strict=True):
        wanted = ANSWERS.get(cell["id"], "".join(original["source"]))
        assert cell["source"] == wanted


def edit(name: str, **values: Any) -> Callable[[list[Any]], Any]:
    return lambda cells: cells[at(cells, name)].update(values)


def delete(*names: str) -> Callable[[list[Any]], Any]:
    return lambda cells: [c for c in cells if c["id"] not in names]


def tamper_metadata(cells: list[Any]) -> None:
    for cell in cells:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        nbgrader = cell["metadata"].get("nbgrader", {})
        nbgrader |= {"points": 100, "grade": False, "locked": False, "solution": True}


def retype(cells: list[Any]) -> None:
    for cell in cells:
        cell["cell_type"] = "markdown" if cell["cell_type"] == "code" else "code"


def lose_ids(cells: list[Any]) -> None:
    for cell in cells:
        del cell["id"]


def test_the_notebooks_own_metadata_is_the_sources() -> None:
    """A kernel of the learner's choice, or a note that it was graded, must not get in."""
    notebook = json.loads(MINE)
    notebook["metadata"] = {"kernelspec": {"name": "mine"}, "grading": {"malformed": "no"}}
    assert grafted(json.dumps(notebook).encode()) == HONEST


def test_without_ids() -> None:
    """Tools that write older notebooks drop the cells' ids."""
    assert texts(grafted(changed(lose_ids))) == texts(HONEST)


CHANGES = {
    "edited test": edit("f-test", source="pass"),
    "emptied test": edit("f-test", source=""),
    "deleted tests": delete("f-test", "g-test"),
    "deleted given": delete("given", "imports"),
    "edited given": edit("given", source="CONSTANT = 4"),
    "edited title": edit("title", source="# Mine"),
    "deleted title": delete("title"),
    "deleted playground": delete("play"),
    "metadata": tamper_metadata,
    "types": retype,
    "order": lambda cells: cells[::-1],
    "outputs": lambda cells: [c | {"outputs": [{"output_type": "stream", "name": "stdout",
                                                "text": "x"}]} for c in cells],
    "doubled tests": lambda cells: cells + [c | {"id": "z"} for c in cells if c["id"] == "f-test"],
    "emptied copy of a test before it": lambda cells: [
        cells[at(cells, "f-test")] | {"source": "", "id": "z"}, *cells],
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_not_the_learners_stays_as_it_was(name: str) -> None:
    """Tampering with tests, points, types or order must not change what is graded."""
    assert grafted(changed(CHANGES[name])) == HONEST


@settings(max_examples=200, deadline=None)
@given_values(st.integers())
def test_any_order_of_the_cells_is_the_same_notebook(seed: int) -> None:
    """Cells that were moved go back to their places."""
    cells = json.loads(MINE)
    random.Random(seed).shuffle(cells["cells"])
    assert grafted(json.dumps(cells).encode()) == HONEST


def test_a_missing_answer_is_the_stub_and_never_the_solution() -> None:
    """Deleting an answer cell must not hand in the instructor's own answer."""
    notebook = grafted(changed(delete("f", "w")))
    text = "\n".join(texts(notebook))
    assert "def f(): return 1" not in text and "because" not in text
    assert "NotImplementedError" in text and "YOUR ANSWER HERE" in text


def extra(text: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": text, "metadata": {}, "outputs": []} | more


def test_extra_cells_stay_behind_the_cell_they_followed() -> None:
    """A helper function in a cell of its own is part of an answer."""

    def add(cells: list[Any]) -> list[Any]:
        new = [extra("first")]
        for cell in cells:
            new += [cell, extra(f"after {cell['id']}", metadata={"tags": ["x"]}, id="same")]
        return new

    notebook = grafted(changed(add))
    got = texts(notebook)
    assert got[0] == "first"
    for i, cell in enumerate(notebook["cells"]):
        if "nbgrader" in cell["metadata"]:
            assert got[i + 1] == f"after {cell['metadata']['nbgrader']['grade_id']}"
    extras = [c for c in notebook["cells"] if c["id"].startswith("extra")]
    assert len(extras) == 10 and all(c["metadata"] == {} for c in extras)


def test_the_last_copy_of_an_answer_counts_and_the_others_stay() -> None:
    """As in the running notebook, where the last definition holds."""

    def double(cells: list[Any]) -> list[Any]:
        f = at(cells, "f")
        again = copy.deepcopy(cells[f]) | {"source": "def f(): return 11", "id": "again"}
        return [*cells[: f + 1], again, *cells[f + 1 :]]

    got = texts(grafted(changed(double)))
    assert got.index("def f(): return 10") == got.index("def f(): return 11") - 1


def test_edited_playgrounds_and_raw_cells() -> None:
    """A learner's demo is theirs to change; a raw cell must not reach a page as it is."""

    def change(cells: list[Any]) -> list[Any]:
        cells[at(cells, "play")]["source"] = "f() + 1"
        return [*cells, {"cell_type": "raw", "source": "<script>1</script>", "metadata": {}}]

    notebook = grafted(changed(change))
    assert "f() + 1" in texts(notebook)
    assert notebook["cells"][-1]["cell_type"] == "markdown"
    assert "<script>" not in notebook["cells"][-1]["source"]


ids = st.sampled_from(["title", "f", "g", "f-test", "w", "play", "imports", "new", None])
some_cells = st.lists(
    st.builds(
        lambda kind, text, name, grade: {
            "cell_type": kind, "source": text, "id": name or "x",
            "metadata": {"nbgrader": {"grade_id": grade}} if grade else {},
        },
        st.sampled_from(["code", "markdown", "raw"]),
        st.sampled_from(["", "def f(): pass", "f()  # try it", "# Title", "<script>", "![a](b)"]),
        ids, ids,
    ),
    max_size=12,
)  # fmt: skip


def _in_another_order() -> list[Any]:
    """Two cells that define an answer, the last of which runs above the first: the source's cells
    before them are exchanged."""
    title = new_markdown_cell("# Title", id="title")
    f = new_code_cell("", id="f", metadata={"nbgrader": {"grade_id": "f"}})
    again = [new_code_cell("def f(): pass", id=name) for name in ("below", "above")]
    return [f, again[0], title, again[1]]


@settings(max_examples=400, deadline=None)
@example(_in_another_order())
@given_values(some_cells)
def test_any_cells_give_the_sources_tests_and_grafting_twice_changes_nothing(cells: Any) -> None:
    """nbgrader's two steps both see the notebook; they must agree, whatever was handed in."""
    try:
        once = grafted(json.dumps({"nbformat": 4, "cells": cells}).encode())
    except Malformed:
        reject()
    original = [c for c in HONEST["cells"] if Cell(c).role in (Role.TEST, Role.GIVEN)]
    assert [c for c in once["cells"] if Cell(c).role in (Role.TEST, Role.GIVEN)] == original
    assert grafted(json.dumps(once).encode()) == once


def test_cells_that_only_show_something() -> None:
    """They stay the learner's where they may be changed; no tag of the learner's makes one."""
    source = source_of(
        not_graded("locked-show", "big_model()", locked=True),
        not_graded("show", "draw()"),
        check("f-test", "assert f() == 1"),
    )
    mine = json.loads(source)
    for cell in mine["cells"]:
        cell["metadata"]["tags"] = ["not-graded"] * (cell["id"] not in ("show", "locked-show"))
        cell["source"] = "mine()"
    mine["cells"].append(extra("more()", metadata={"tags": ["not-graded"]}))
    notebook = graft(read_source(source), read_notebook(json.dumps(mine).encode())).notebook
    assert [(cell["source"], Cell(cell).role) for cell in notebook["cells"][1:]] == [
        ("big_model()", Role.SHOWN),
        ("mine()", Role.SHOWN),
        ("assert f() == 1", Role.TEST),
        ("more()", Role.OPEN),
    ]
    assert Cell(notebook["cells"][0]).role is Role.GIVEN


def test_no_test_or_answer_is_left_out() -> None:
    """A slip in the source must not take a test away."""
    tagged = [answer("f", "def f(): return 1"), check("f-test", "assert f() == 1")]
    for cell in tagged:
        cell["metadata"]["tags"] = ["not-graded"]
    assert [Cell(cell).role for cell in tagged] == [Role.ANSWER, Role.TEST]


def test_a_source_with_a_doubled_id_is_refused() -> None:
    """Nobody could say which of the two is graded."""
    with pytest.raises(SourceError, match="two cells 'f'"):
        read_source(source_of(answer("f"), answer("f")))
    with pytest.raises(SourceError):
        read_source(b"{}")
