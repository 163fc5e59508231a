"""An editor, a merge or a hand damages a notebook; no answer in it is lost without a word."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook.graft import Grafted, graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Engine
from support.notebooks import (
    answer,
    check,
    given,
    nbgrader,
    outcomes,
    source_of,
    submission,
    written,
)


def signed(name: str, line: str, body: str) -> Any:
    """An answer of which learners get the first line, which undoes what is defined before it."""
    code = f"{line}\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    return new_code_cell(code, id=name, metadata=nbgrader(name, solution=True))


HIDDEN = "\n### BEGIN HIDDEN TESTS\nassert half(1) == 0.5\n### END HIDDEN TESTS"
SOURCE = source_of(
    new_markdown_cell("# Exercise", id="title"),
    given("given", "LIMIT = 3"),
    new_markdown_cell("Write `half`.", id="about-half"),
    signed("half", "def half(x):", "return x / 2"),
    check("half-test", "assert half(4) == 2" + HIDDEN),
    new_markdown_cell("Write `Counter`, and `count`.", id="about-count"),
    answer("count", "class Counter: n = 0\n\ndef count(x): return len(x)"),
    check("count-test", "assert count('abc') == LIMIT and Counter.n == 0"),
    new_markdown_cell("How much is seven times six?", id="about-product"),
    answer("product", "product = 7 * 6"),
    check("product-test", "assert product == 42"),
    new_markdown_cell("In your own words: why?", id="about-why"),
    written("why", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
)
HALF = "def half(x):\n    return 0.5 * x"
COUNT = "class Counter:\n    n = 0\n\n\ndef count(x):\n    return sum(1 for _ in x)"
ANSWERS = {"half": HALF, "count": COUNT, "product": "product = 42", "why": "I think so."}
"""Right ones, and none in the words of the source."""
Cells = list[dict[str, Any]]
Damage = Callable[[Cells], Cells | None]


def handed_in(damage: Damage, answers: dict[str, str] = ANSWERS) -> bytes:
    """What a learner got and wrote, as it is after the damage."""
    notebook = json.loads(submission(SOURCE, answers))
    cells = notebook["cells"]
    for cell, released in zip(cells, read_source(SOURCE).released, strict=True):
        cell["source"] = answers.get(cell["id"], released)
    notebook["cells"] = damage(cells) or cells
    return json.dumps(notebook).encode()


def grafted(damage: Damage, answers: dict[str, str] = ANSWERS) -> Grafted:
    return graft(read_source(SOURCE), read_notebook(handed_in(damage, answers)))


def stub(name: str) -> str:
    return read_source(SOURCE).stubs[name].text


def at(cells: Cells, name: str) -> int:
    return next(i for i, c in enumerate(cells) if c["id"] == name)


def as_it_is(cells: Cells) -> None:
    """No damage."""


def without_metadata(cells: Cells) -> None:
    """Some editors know no metadata of cells."""
    for cell in cells:
        cell["metadata"] = {}


def without_anything(cells: Cells) -> None:
    """Some write an older format, or give cells ids of their own."""
    for number, cell in enumerate(cells):
        cell["metadata"], cell["id"] = {}, f"new-{number}"


def as_colab_keeps_ids(cells: Cells) -> None:
    """Colab has a cell's id among its metadata, of which something else has left no more."""
    for cell in cells:
        cell["metadata"] = {"id": cell.pop("id"), "outputId": "a1"}


def without_anything_and_noted(cells: Cells) -> Cells:
    """With the learner's own cells between, of which there are two behind each."""
    without_anything(cells)
    mine = [new_code_cell("plot = 1"), new_markdown_cell("A note.")]
    return [c for cell in cells[:-1] for c in (cell, *copy.deepcopy(mine))] + cells[-1:]


def below_the_test(name: str) -> Damage:
    """The stub stays, and the answer stands in a new cell below the test."""

    def damage(cells: Cells) -> Cells:
        place = at(cells, name)
        new = new_code_cell(cells[place]["source"])
        cells[place]["source"] = stub(name)
        return [*cells[: place + 2], new, *cells[place + 2 :]]

    return damage


def at_the_end(cells: Cells) -> Cells:
    """All code in one cell at the end, and a helper of it behind that; the stubs are deleted."""
    names = ("half", "count", "product")
    code = "\n\n".join(cells[at(cells, name)]["source"] for name in names)
    code = code.replace("0.5 * x", "factor() * x")
    kept = [cell for cell in cells if cell["id"] not in names]
    return [*kept, new_code_cell(code), new_code_cell("def factor():\n    return 0.5")]


def all_in_one(cells: Cells) -> Cells:
    """The stubs are left, and all code stands in one new cell."""
    names = ("half", "count", "product")
    code = "\n\n".join(cells[at(cells, name)]["source"] for name in names)
    for name in names:
        cells[at(cells, name)]["source"] = stub(name)
    return [cells[0], new_code_cell(code), *cells[1:]]


def merged_with_the_next(cells: Cells) -> Cells:
    """Two cells merged by hand have the first one's metadata."""
    half, count = at(cells, "half"), at(cells, "count")
    cells[half]["source"] += "\n\n" + cells[count]["source"]
    return cells[:count] + cells[count + 1 :]


def merged_with_its_test(cells: Cells) -> Cells:
    """Then the answer holds the test that can be seen."""
    half = at(cells, "half")
    cells[half]["source"] += "\n\n" + cells[half + 1]["source"]
    return cells[: half + 1] + cells[half + 2 :]


def split(cells: Cells) -> Cells:
    """JupyterLab gives both halves the metadata."""
    half = at(cells, "half")
    first, second = cells[half], copy.deepcopy(cells[half])
    first["source"], second["source"] = first["source"].split("\n")
    second["id"] = "second"
    return [*cells[: half + 1], second, *cells[half + 1 :]]


def with_a_copy_of_the_stub(cells: Cells) -> Cells:
    """It is the last cell with this grade id."""
    kept = copy.deepcopy(cells[at(cells, "half")])
    return [*cells, kept | {"id": "kept", "source": stub("half")}]


def retyped(cells: Cells) -> None:
    """A key too many makes raw text of code, and code of text, and the metadata is gone."""
    for name in ("half", "why"):
        cell = cells[at(cells, name)]
        cell["cell_type"] = "raw" if cell["cell_type"] == "code" else "code"
        cell["metadata"] = {}


def typed_into_test_and_question(cells: Cells) -> Cells:
    """Where nothing is locked, nothing keeps one from it."""
    test, half = cells[at(cells, "half-test")], cells[at(cells, "half")]
    test["source"] = half["source"] + "\n\n" + test["source"]
    half["source"] = stub("half")
    cells[at(cells, "about-why")]["source"] += "\n\nI think so."
    return [cell for cell in cells if cell["id"] != "why"]


def written_below(cells: Cells) -> Cells:
    """In two new cells, below the one that says YOUR ANSWER HERE."""
    cells[at(cells, "why")]["source"] = stub("why")
    return [*cells, new_markdown_cell("I think"), new_markdown_cell("so.")]


def with_a_stub_below(name: str) -> Damage:
    """A copy of what was handed out is kept for reference, and would undo the answer."""

    def damage(cells: Cells) -> Cells:
        place = at(cells, name)
        kept = copy.deepcopy(cells[place]) | {"id": "kept", "source": stub(name)}
        return [*cells[: place + 1], kept, *cells[place + 1 :]]

    return damage


def bare_half(cells: Cells) -> Cells:
    """Other editors leave the second half without metadata."""
    half = at(cells, "half")
    first, second = cells[half]["source"].split("\n")
    cells[half]["source"] = first
    return [*cells[: half + 1], new_code_cell(second), *cells[half + 1 :]]


def swapped(cells: Cells) -> None:
    """Each answer stands in the other's cell."""
    half, count = cells[at(cells, "half")], cells[at(cells, "count")]
    half["source"], count["source"] = count["source"], half["source"]


def fenced(cells: Cells) -> None:
    """Who makes text of an answer fences it, so that it looks like code."""
    half = cells[at(cells, "half")]
    half |= {"cell_type": "markdown", "source": f"My answer:\n```python\n{half['source']}\n```"}


def fenced_in_a_new_text(cells: Cells) -> Cells:
    """And some write it so in the first place."""
    fenced(cells)
    mine = new_markdown_cell(cells[at(cells, "half")]["source"])
    return [mine, *(cell for cell in cells if cell["id"] != "half")]


def words_in_another_text(cells: Cells) -> None:
    """Under a heading that is not the question's."""
    cells[at(cells, "title")]["source"] += "\n\nI think so."
    cells[at(cells, "why")]["source"] = stub("why")


def formatted(cells: Cells) -> None:
    """A formatter has been at work, too, so that no code is as it was."""
    without_anything(cells)
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["source"] = "# formatted\n" + cell["source"].replace("'", '"')


DAMAGES: list[tuple[Damage, str]] = [
    (as_it_is, ""),
    (without_metadata, "found by its cell's id"),
    (without_anything, "found by its place"),
    (as_colab_keeps_ids, "found by its cell's id"),
    (without_anything_and_noted, "found by its place"),
    (below_the_test("half"), "another cell, which defines half"),
    (below_the_test("product"), "another cell, which defines product"),
    (at_the_end, "another cell, which defines half"),
    (all_in_one, "another cell, which defines product"),
    (merged_with_the_next, "another cell, which defines Counter, count"),
    (merged_with_its_test, ""),
    (split, "put together from 2 cells"),
    (with_a_copy_of_the_stub, ""),
    (retyped, "found by its cell's id"),
    (typed_into_test_and_question, "text that was added to other cells"),
    (words_in_another_text, "text that was added to other cells"),
    (with_a_stub_below("half"), ""),
    (with_a_stub_below("product"), ""),
    (bare_half, "put together from 2 cells"),
    (swapped, "another cell, which defines half"),
    (fenced, ""),
    (fenced_in_a_new_text, "a cell that is no code"),
    (written_below, "a new cell beside the one that was meant for it"),
    (formatted, "found by its place"),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGES)
def test_no_damage_costs_points(damage: Damage, told: str, engine: Engine) -> None:
    """Right answers got 0 points, and their writer read that nothing was written."""
    graded = engine.grade(SOURCE, handed_in(damage))
    assert outcomes(graded) == ["passed"] * 3, [v.message for v in graded.verdicts]
    (why,) = [c["source"] for c in graded.notebook["cells"] if c["id"] == "why"]
    assert "I think" in why and "so." in why
    assert stub("why") not in [cell["source"] for cell in graded.notebook["cells"]]
    remarks = " ".join(remark.text for remark in graded.remarks)
    assert told in remarks and bool(told) == bool(remarks)
    assert not any(remark.waits for remark in graded.remarks)


def test_what_is_as_it_should_be_needs_no_remark() -> None:
    """Remarks that everybody gets, nobody reads."""
    assert grafted(as_it_is, {})[2:] == ({}, {})


def test_a_note_that_begins_with_blanks_is_no_half_of_an_answer() -> None:
    """A list below an answer was taken for its second half, and was no Python."""

    def damage(cells: Cells) -> Cells:
        half = at(cells, "half")
        return [*cells[: half + 1], new_markdown_cell("  - it halves"), *cells[half + 1 :]]

    found = grafted(damage)
    assert found.remarks == {} and HALF in [cell["source"] for cell in found.notebook["cells"]]


@pytest.mark.parametrize("place", ["title", "new"])
def test_the_due_date_is_no_answer(place: str) -> None:
    """It is in what learners get and not in the source, and was taken for a written answer."""
    due = "**Due:** Friday 20 November 2026, 12:00"

    def damage(cells: Cells) -> Cells:
        if place == "new":
            return [new_markdown_cell(due, id="due-date"), *cells]
        cells[at(cells, "title")]["source"] += f"\n\n{due}"
        return cells

    assert grafted(damage, {})[2:] == ({}, {})


def test_what_nbgrader_puts_around_is_no_answer() -> None:
    """A header is in each released notebook, and was taken for a written answer."""
    header = new_markdown_cell("Before you turn this in, restart the kernel.")
    source = read_source(SOURCE, "{}", frozenset([header["source"]]))
    for cells in (lambda cells: [header, *cells], lambda cells: [*cells, header]):
        assert graft(source, read_notebook(handed_in(cells, {})))[2:] == ({}, {})


def test_a_missing_cell_is_said_to_be_missing() -> None:
    """Feedback said that it was left as it was handed out."""
    lost = grafted(lambda cells: [c for c in cells if c["id"] not in ("half", "why")])
    missing = "missing: its cell is not in what was handed in"
    assert lost.remarks == {"half": missing, "why": missing} and lost.doubts == {}


def several(cells: Cells) -> Cells:
    """The answer's cell is gone, and two others define what it should."""
    kept = [c for c in cells if c["id"] != "half"]
    return [new_code_cell(HALF), *kept, new_code_cell("def half(x):\n    return x // 2")]


def renamed(cells: Cells) -> Cells:
    """Its cell is gone, and of two new ones in its place none defines what it should."""
    place = at(cells, "half")
    new = [new_code_cell("def halve(x):\n    return x / 2"), new_code_cell("halve(2)")]
    return [*cells[:place], *new, *cells[place + 1 :]]


def in_a_text(cells: Cells) -> Cells:
    """The code stands in a text, between other words."""
    kept = [c for c in cells if c["id"] != "half"]
    return [*kept, new_markdown_cell(f"My answer:\n\n{HALF}\n\nIt works.")]


def right_at_the_end(cells: Cells) -> Cells:
    """A first attempt was left where it was."""
    half = cells[at(cells, "half")]
    half["source"] = "def half(x):\n    pass"
    return [*cells, new_code_cell(HALF)]


def conflict(cells: Cells) -> Cells:
    """As git's tools for notebooks leave it where two versions differ."""
    half = at(cells, "half")
    mine, theirs = cells[half], copy.deepcopy(cells[half]) | {"id": "theirs"}
    theirs["source"] = "def half(x):\n    return x"
    marks = [new_markdown_cell(f"{mark} local") for mark in ("<<<<<<<", "=======", ">>>>>>>")]
    both = [marks[0], mine, marks[1], theirs, marks[2]]
    return [*cells[:half], *both, *cells[half + 1 :]]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (several, "taken from the last of several cells that define half"),
        (renamed, "not in its own cell, and perhaps in another one"),
        (right_at_the_end, "taken from its own cell, but another one defines it, too"),
        (in_a_text, "taken from a cell that is no code"),
        (conflict, "there in several versions, or with the marks of a conflict in git"),
    ],
)
def test_where_it_is_not_clear_a_person_looks(damage: Damage, told: str, engine: Engine) -> None:
    """A wrong guess would take points away, and nobody would hear of it."""
    graded = engine.grade(SOURCE, handed_in(damage))
    assert outcomes(graded)[0] != "passed" and outcomes(graded)[1:] == ["passed"] * 2
    (remark,) = graded.remarks
    assert (remark.answer, remark.text, remark.waits) == ("half", told, True)
    assert graded.waiting == {"half-test"}


def test_nobody_looks_where_the_guess_was_right(engine: Engine) -> None:
    """An instructor's time is for what isn't known."""
    graded = engine.grade(SOURCE, handed_in(lambda cells: several(cells)[::-1]))
    assert outcomes(graded) == ["passed"] * 3 and graded.waiting == frozenset()
    assert not graded.remarks[0].waits


def test_an_answer_in_words_that_may_be_elsewhere_waits() -> None:
    """It got 0 points without anybody reading it, since its own cell was untouched."""
    note = new_markdown_cell("I think so.")
    found = grafted(lambda cells: [note, *cells], ANSWERS | {"why": stub("why")})
    assert found.remarks == {"why": "not in its own cell, and perhaps in another one"}
    assert found.doubts == {"why": "why"}
    assert "I think so." in [c["source"] for c in found.notebook["cells"]]


def test_another_notebook_is_no_submission_of_nothing(engine: Engine) -> None:
    """The notebook of another exercise got 0 points as if nothing had been written."""
    other = source_of(answer("other", "other = 1"), check("other-test", "assert other"))
    more = source_of(
        new_markdown_cell("# Another", id="title"),
        answer("other", "other = 1"),
        check("other-test", "assert other"),
        written("why", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
    ).replace(b'"why"', b'"other-why"')
    for notebook in (other, more):
        with pytest.raises(Malformed, match="is it the notebook of another one"):
            graft(read_source(SOURCE), read_notebook(notebook))
        assert engine.grade(SOURCE, notebook).reason


def test_of_several_copies_it_is_said_which_one_counts(engine: Engine) -> None:
    """The last one, as it would in the running notebook. It may be an experiment that was copied to
    the end: a right answer got 0 points, and nobody looked."""

    def damage(cells: Cells) -> Cells:
        half = copy.deepcopy(cells[at(cells, "half")])
        return [*cells, half | {"id": "again", "source": "def half(x): return x"}]

    assert grafted(damage).remarks == {"half": "the last of 2 copies that differ"}
    assert engine.grade(SOURCE, handed_in(damage)).waiting == {"half-test"}


def parted(name: str, *parts: str) -> Damage:
    """JupyterLab splits a cell at the cursor, and gives each part the metadata."""

    def damage(cells: Cells) -> Cells:
        place = at(cells, name)
        parted = [cells[place] | {"id": f"{name}-{n}", "source": t} for n, t in enumerate(parts)]
        return [*cells[:place], *parted, *cells[place + 1 :]]

    return damage


@pytest.mark.parametrize("mine", ["product = 41", "product = 6\nproduct *= 7"])
def test_a_value_may_be_set_right_behind_its_test(mine: str, engine: Engine) -> None:
    """It was overlooked, as a function was not: 0 points, and nobody looked."""
    right = new_code_cell("product = 42")
    answers = ANSWERS | {"product": mine}
    graded = engine.grade(SOURCE, handed_in(lambda cells: cells.append(right), answers))
    assert graded.waiting == (set() if "*=" in mine else {"product-test"})


def test_what_changes_an_answer_in_place_is_written(engine: Engine) -> None:
    """It was said to be missing here, and perhaps in the other notebook."""
    source = source_of(answer("a", "a = [2, 1]"), answer("b", "a = sorted(a)"), check("t", "a[1]"))
    cells = submission(source, {"a": "a = [1, 2]", "b": "a.sort()"})
    assert engine.grade(source, cells, "ps1-Copy1.ipynb").remarks == ()


def test_a_cell_without_anything_that_sets_its_name_oddly_waits(engine: Engine) -> None:
    """What was handed out stands behind it, and would undo it."""

    def damage(cells: Cells) -> None:
        cells[at(cells, "half")] |= {"metadata": {}, "id": "x", "source": "half, _ = abs, 0"}

    graded = engine.grade(SOURCE, handed_in(damage))
    assert graded.waiting == {"half-test"}
    assert graded.remarks[0].text == "not in its own cell, and perhaps in another one"


PARTS = {
    "a helper first": (
        "half",
        "def by(x, n):\n    return x / n",
        "def half(x):\n    return by(x, 2)",
    ),
    "a helper last": (
        "half",
        "def half(x):\n    return by(x, 2)",
        "def by(x, n):\n    return x / n",
    ),
    "an import": ("half", "import operator", "def half(x):\n    return operator.truediv(x, 2)"),
    "a constant": ("product", "six = 6", "product = 7 * six"),
    "a try": ("half", HALF, "half(3)"),
    "each of its names": ("count", "class Counter:\n    n = 0", "def count(x):\n    return len(x)"),
    "three in the middle": ("half", "def half(x):\n    if x:", "        x = x / 2", "    return x"),
    "in a bracket": ("product", "product = sum([", "42,\n])"),
    "a constant, a try": ("product", "six = 6", "product = 7 * six", "print(product)"),
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_all_parts_of_a_cell_that_was_split_count(parts: tuple[str, ...], engine: Engine) -> None:
    """What did not define the name that was asked for was left out, and was what the rest needs."""
    graded = engine.grade(SOURCE, handed_in(parted(*parts)))
    assert outcomes(graded) == ["passed"] * 3, [v.message for v in graded.verdicts]
    assert [remark.answer for remark in graded.remarks] == [parts[0]]
    assert not graded.waiting


def test_a_part_of_what_was_handed_out_counts_too(engine: Engine) -> None:
    """An import in the stub that was split off seemed to be a copy of what was handed out."""
    stub = "import operator\ndef f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"
    f = new_code_cell(stub, id="f", metadata=nbgrader("f", solution=True))
    source = source_of(f, check("t", "assert f(1) == 0"))
    notebook = json.loads(source)
    parts = ("import operator", "def f(x):\n    return operator.sub(x, 1)")
    notebook["cells"][1:2] = [notebook["cells"][1] | {"source": part} for part in parts]
    assert outcomes(engine.grade(source, json.dumps(notebook).encode())) == ["passed"]


@pytest.mark.parametrize("parts", [("half", "by = 3", "def half(x):\n    return x / by")])
def test_a_person_looks_where_what_was_split_fails(parts: tuple[str, ...], engine: Engine) -> None:
    """It may have been put together in another way than its writer meant."""
    assert engine.grade(SOURCE, handed_in(parted(*parts))).waiting == {"half-test"}


def test_a_person_looks_where_what_a_learner_wrote_gives_way(engine: Engine) -> None:
    """An answer that sets its name in a way that can't be seen was replaced, and got 0 points."""
    setting = new_code_cell("def setting(x):\n    global product\n    product = x")
    wrong = new_code_cell("product = 1")
    for own in ("setting(42)", "setting(41)"):
        answers = ANSWERS | {"product": own}
        graded = engine.grade(SOURCE, handed_in(lambda c: [setting, *c, wrong], answers))
        assert outcomes(graded)[2] == "passed" or graded.waiting == {"product-test"}


def test_an_open_cell_that_is_gone_undoes_nothing(engine: Engine) -> None:
    """A learner deleted it, or split it where no ids are kept, and defined anew what it held."""
    f = answer("f", "def f(x): return x")
    helper = new_code_cell("def helper(x):\n    pass", id="open")
    source = source_of(f, helper, check("t", "assert f(1) == 1"))
    cells = json.loads(submission(source, {"f": "def f(x): return helper(x)"}))["cells"]
    imports, mine, _, test = cells
    new, other = new_code_cell("k = 1"), new_code_cell("def helper(x):\n    return x")
    both = mine | {"source": f"def f(x): return helper(x)\n{other['source']}"}
    for kept in ([other, mine], [mine, new, other], [mine, other, new], [both]):
        handed = {"nbformat": 4, "metadata": {}, "cells": [imports, *kept, test]}
        graded = engine.grade(source, json.dumps(handed).encode())
        assert outcomes(graded) == ["passed"]
        assert helper["source"] not in [cell["source"] for cell in graded.notebook["cells"]]


@pytest.mark.parametrize("released", ["def helper(x):\n    pass", "# Your own helpers."])
def test_an_open_cell_without_any_id_is_known_by_its_place(released: str, engine: Engine) -> None:
    """In a notebook of an older format what it held ran behind what the learner had made of it,
    and undid that."""
    cells = [
        new_code_cell(released),
        answer("f", "def f(x): return x"),
        check("t", "assert f(1) == 1"),
    ]
    notebook = json.loads(source_of(new_markdown_cell("Helpers, as you like"), *cells))
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]
    source = json.dumps(notebook).encode()
    notebook["cells"][2]["source"] = "def helper(x):\n    return x"
    notebook["cells"][3]["source"] = "def f(x): return 1 // helper(x)"
    for more in ([], [new_code_cell("")], [new_markdown_cell("Mine")]):
        mine = notebook | {"cells": notebook["cells"][:2] + more + notebook["cells"][2:]}
        graded = engine.grade(source, json.dumps(mine).encode())
        assert outcomes(graded) == ["passed"]
        assert sum("helper(x):" in cell["source"] for cell in graded.notebook["cells"]) == 1


def test_tests_that_need_a_doubtful_answer_wait_too() -> None:
    """An answer that calls it fails with it, and its points were final."""

    def damage(cells: Cells) -> Cells:
        cells[at(cells, "count")]["source"] += "\nhalf(2)"
        return several(cells)

    assert grafted(damage).doubts == dict.fromkeys(("half-test", "count-test"), "half")


@pytest.mark.parametrize(
    "mine",
    ["# I think so, since the one goes with the other.", '"I think so, as one goes with it"'],
)
def test_an_answer_in_words_may_stand_in_code(mine: str) -> None:
    """Nobody read it, and it got 0 points."""
    found = grafted(lambda cells: [*cells, new_code_cell(mine)], ANSWERS | {"why": stub("why")})
    assert found.doubts == {"why": "why"}


def test_what_is_not_written_may_be_in_the_notebook_beside(engine: Engine) -> None:
    """An untouched `ps1.ipynb` beside `ps1-Copy1.ipynb` with all the work got 0 points."""
    graded = engine.grade(SOURCE, handed_in(as_it_is, {"half": HALF}), "ps1-Copy1.ipynb")
    assert outcomes(graded)[0] == "passed"
    assert graded.waiting == {"count-test", "product-test", "why"}
    assert "perhaps in ps1-Copy1.ipynb, which was not graded" in graded.remarks[0].text


@pytest.mark.parametrize(
    "own",
    ["product, rest = 42, 0", "if LIMIT:\n    product = 42", "for product in [42]: pass"],
)
def test_an_answer_that_begins_no_line_is_not_exchanged_for_another(
    engine: Engine, own: str
) -> None:
    """A right answer would give way to a cell in which its learner played, and be gone."""
    playing = new_code_cell("product = 99", id="playing")
    for damage in (
        lambda cells: cells.append(playing),
        lambda cells: cells[at(cells, "given")].update(source="LIMIT = 3\nproduct = 99"),
    ):
        data = handed_in(damage, ANSWERS | {"product": own})
        graded = engine.grade(SOURCE, data)
        assert own in [cell["source"] for cell in graded.notebook["cells"]]
        assert not graded.waiting
        assert outcomes(graded) == ["passed"] * 3
    wrong = handed_in(lambda cells: cells.append(playing), ANSWERS | {"product": "product, _ = 1"})
    assert engine.grade(SOURCE, wrong).waiting == {"product-test"}
    reads = handed_in(lambda cells: cells.append(playing), ANSWERS | {"product": "print(product)"})
    assert engine.grade(SOURCE, reads).waiting == {"product-test"}
    assert grafted(as_it_is, ANSWERS | {"product": "print(product)"}).doubts == {}


def test_a_remark_tells_no_names_that_the_learner_has_not_written() -> None:
    """It would give away what the solution calls its parts, and what hidden tests read."""
    secret = "\n### BEGIN HIDDEN TESTS\nassert zebra == 3\n### END HIDDEN TESTS"
    source = read_source(
        source_of(answer("f", "zebra = 3\ndef f(x): return zebra"), check("t", "f(1)" + secret))
    )
    notebook = json.loads(source.data)
    notebook["cells"][1]["source"] = ""
    notebook["cells"].append(new_code_cell("def f(x): return 3"))
    (remark,) = graft(source, read_notebook(json.dumps(notebook).encode())).remarks.values()
    assert "defines f" in remark and "zebra" not in remark


def test_a_remark_tells_no_names_that_only_hidden_tests_have() -> None:
    """Who tried names would have learned which of them hidden tests read."""
    secret = "\n### BEGIN HIDDEN TESTS\nassert hidden_helper(1) == 7\n### END HIDDEN TESTS"
    solution = "def g(x): return x\ndef hidden_helper(x): return 7"
    source = read_source(source_of(answer("g", solution), check("t", "assert g(1) == 1" + secret)))
    notebook = json.loads(source.data)
    notebook["cells"][1]["source"] = source.stubs["g"].text
    tries = "\n".join(f"def {name}(x): return 0" for name in ("helper", "hidden_helper"))
    for more, told in (
        ([tries], {"taken from another cell"}),
        ([tries, tries + "\n"], {"taken from another cell"}),
        (["x = 1\n" + tries, tries], {"taken from the last of several cells that define it"}),
    ):
        mine = notebook | {"cells": [*notebook["cells"], *map(new_code_cell, more)]}
        remarks = graft(source, read_notebook(json.dumps(mine).encode())).remarks
        assert {*remarks.values()} == told
