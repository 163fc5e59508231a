"""What explorables bring into a notebook: little, and in step with their scripts."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import pytest
import torch

from course.authoring.exercises import ROOT
from helpers.explorables import (
    Explorable,
    explore_cached,
    explore_descent,
    explore_dims,
    explore_heads,
    explore_merges,
    explore_nucleus,
    explore_places,
    explore_query,
    explore_rotation,
    explore_scores,
    explore_shapes,
    explore_words,
    explore_write_on,
    output,
)
from helpers.explorables.__main__ import renew
from helpers.explorables.output import HERE, MARK, renewed
from helpers.plotting import common, plot_weights
from reference.counting import CONFIGS
from reference.models import load_minilm

KEYS, VALUES, TOKENS = [[0, 0], [1, 1]], [[0, 0], [10, 0]], ["the", "keys"]
AXES = ("noun", "plural"), ("many", "one")
FOLDED = "<details><summary>What you can find</summary>"


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def _query(question="Which?", query=(2, 1), keys=KEYS, values=VALUES):
    return explore_query(question, query, keys, values, TOKENS, "are", *AXES)


def _given(name="query", question="Which?", **data) -> Explorable:
    return Explorable(name, question, data, plot_weights([0.5, 0.5], TOKENS))


def _scores(products=None, **start):
    start = {"asks": "keys", "d_k": 2} | start
    products = products or {2: [[0, 0], [0, 2]], 64: [[9, -9], [1, 2]]}
    return explore_scores("Which?", products, VALUES, TOKENS, AXES[1], **start)


def _descent(**start):
    start = {"moves": "keys", "rate": 1, "start": -1} | start
    runs, kept = {"rate 1": [2, 1.5, 1.4]}, {"rates": (0.5, 1, 30), "reach": (-4, 8)}
    return explore_descent("How far?", [0, 0], [0.5, 0.5], TOKENS, runs=runs, **kept, **start)


def _rotation(query=(1, 0), **places):
    places = {"query_at": 3, "key_at": 1} | places
    return explore_rotation("Where else?", query, (0.64, 0.48), d_head=8, **places)


def _heads(text, **start):
    return explore_heads("Which?", load_minilm(), text, **start)


MADE = {
    "query": _query,
    "scores": _scores,
    "write_on": lambda: explore_write_on("How low?", "The keys"),
    "heads": lambda: _heads("a dog ran"),
    "places": lambda: explore_places("Which?", TOKENS, d_model=4),
    "cached": lambda: explore_cached(
        "Which?", ["The", " keys", " are"], 1, CONFIGS["SmolLM2 135M"]
    ),
    "nucleus": lambda: explore_nucleus(
        "Which?", {"a": [1 / 32] * 32}, lambda ids: f" {ids.item()}"
    ),
    "descent": _descent,
    "rotation": _rotation,
}


def _merges(line="aaa", merges=((b"a", b"a"), (b"aa", b"a"))):
    return explore_merges("Which?", line, merges)


def _dims(x=((0, 1, 2), (3, 4, 5)), rows=("the", "keys")):
    return explore_dims("Which?", x, rows, ["noun", "plural", "verb"])


def _shapes(shapes=((2, 3), (3,)), a=(2, 3), b=(3,)):
    return explore_shapes("Which?", shapes, a, b)


def _words(words="abcdefg"):
    sets = {"by meaning": {"one": words[:3], "two": words[3:]}}
    table = torch.eye(9) + torch.arange(81).reshape(9, 9) / 200
    ids = {word: i for i, word in enumerate("abcdefg")}
    return explore_words("Which?", sets, table, ids, lambda ids: f" {ids.item()}")


MADE |= {"merges": _merges, "dims": _dims, "shapes": _shapes, "words": _words}


def _stored() -> list:
    """The explorables of all notebooks: the lesson, its cell and the cell behind."""
    found = []
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for cell, behind in pairwise(cells):
            pages = [o.get("data", {}).get("text/html", "") for o in cell.get("outputs", [])]
            if any(page.startswith(MARK) for page in pages):
                found.append(pytest.param(cell, behind, id=f"{path.stem}-{cell.id}"))
    return found


STORED = _stored()


@pytest.mark.parametrize("name", MADE)
def test_first_comes_the_still_picture_and_then_what_moves(name, monkeypatch):
    """GitHub, the PDF and a notebook that nobody trusts show the first alone."""
    shown = []
    for place in (common, output):
        monkeypatch.setattr(place, "display", lambda data, **kwargs: shown.append(data))
    MADE[name]()._ipython_display_()
    still, moving = shown
    assert len(still["image/png"]) > 1000
    alt = still["text/plain"]
    assert alt and f'"alt":{json.dumps(alt, ensure_ascii=False)}' in moving["text/html"]
    assert moving["text/html"].startswith(MARK) and "image/png" not in moving
    assert plt.get_fignums() == [], "a figure was left open, so a notebook would draw it again"


@pytest.mark.parametrize("name", MADE)
def test_it_is_the_same_each_time_and_asks_for_nothing_from_elsewhere(name):
    html = MADE[name]().html
    assert html == MADE[name]().html == renewed(html)
    assert set(re.findall(r"https?://[\w.]+", html)) <= {"http://www.w3.org"}  # the name of SVG
    assert not re.search(r"^(?:import|export) |\bimport\(|innerHTML|url\(", html, re.M)
    assert ("fetch(" in html) == (name == "write_on")  # the model: test_austen.py says from where


def test_a_page_brings_of_what_all_share_only_what_it_uses():
    """Else each new picture would make all stored ones larger, up to what a notebook may hold."""
    query, scores = _query().html, _scores().html
    only = (("draggable", query, scores), ("radios", scores, query), ("arrow", query, scores))
    for function, user, other in only:
        assert f"function {function}(" in user and f"function {function}(" not in other
    assert all("function start(" in page and "function shade(" in page for page in (query, scores))


def test_nothing_in_the_data_ends_the_script():
    html = _given(question="Is </script> safe?", words=["</script><b>", "<!--"]).html
    assert html.count("</script>") == 1 and "<!--" not in html and "<b>" not in html
    assert renewed(html) == html


@pytest.mark.parametrize(("cell", "behind"), STORED)
def test_what_a_lesson_has_stored_is_small_and_in_step(cell, behind):
    """`python -m helpers.explorables` brings stored outputs into step."""
    alone = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=cell.outputs)])
    assert len(nbformat.writes(alone).encode()) <= 60_000
    (page,) = [o.data["text/html"] for o in cell.outputs if o.data["text/html"].startswith(MARK)]
    assert page == renewed(page)


@pytest.mark.parametrize(("cell", "behind"), STORED)
def test_what_one_can_find_stands_folded_right_behind(cell, behind):
    assert behind.cell_type == "markdown" and behind.source.startswith(FOLDED)


def test_stored_scripts_are_renewed_and_their_data_stay(tmp_path):
    path = tmp_path / "a.ipynb"
    html = _query().html
    cell = nbformat.v4.new_code_cell("explore_query(…)")
    old = html.replace("function render", "function earlier")
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": old})]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    assert renew(path)
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].data["text/html"] == html
    assert not renew(path)


@pytest.mark.parametrize("module", sorted(HERE.rglob("*.js")), ids=lambda path: path.stem)
def test_a_module_is_short_enough_to_be_read(module: Path):
    lines = module.read_text().splitlines()
    assert len(lines) <= (350 if module.stem == "common" else 250) and max(map(len, lines)) <= 110
    wanted = re.findall(r"""\bfrom ["'](.*)["']""", "\n".join(lines))
    assert all((module.parent / path).is_file() for path in wanted), "from elsewhere"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: _query("Turn it."), "question is 'Turn it.': it must end with a question mark"),
        (lambda: _query(query=(0, 0)), "query is .* not both 0"),
        (lambda: _query(values=[[0, 0], [-1, 0]]), "values begin at -1"),
        (lambda: _scores({2: [[0, 0]]}), "products.2. has shape .1, 2.: .* the 2 tokens"),
        (lambda: _scores(asks="cat"), "asks is 'cat' .* one of .'the', 'keys'. and of .2, 64."),
        (lambda: _scores(d_k=4), "d_k is 4: they must be one of"),
        (lambda: renewed("<p>else</p>"), "stored is '<p>else</p>'"),
        (lambda: _given("nowhere"), "nowhere.js"),
        (lambda: explore_write_on("How low?", ""), "prompt is empty"),
        (
            lambda: explore_nucleus("Which?", {"a": [1.0], "b": [0.5] * 2}, str),
            "over .1, 2. tokens: they must be over the same ones, more than 20",
        ),
        (
            lambda: explore_cached("Which?", ["The"], 1, CONFIGS["SmolLM2 135M"]),
            "n_new 0: both must",
        ),
        (lambda: explore_write_on("How low?", "Emma", 0), "temperature is 0: it must be above 0"),
        (lambda: _descent(moves="are"), "moves is 'are': its goal is 0, and must be between"),
        (lambda: _descent(rate=2), "rate is 2 .* must be one of .0.5, 1, 30., and within"),
        (lambda: _descent(start=9), "start is 9: .* within .-4, 8."),
        (lambda: _rotation((0, 0)), "query is .0.0, 0.0.: it must be two numbers, not both 0"),
        (lambda: _rotation((1, 0, 0)), "query is .1.0, 0.0, 0.0.: it must be two numbers"),
        (lambda: _rotation(key_at=41), "query_at, key_at are 3, 41: they must be 0 to 40"),
        (lambda: _merges(line=""), "line is '', with 2 merges"),
        (lambda: _merges(merges=[]), "line is 'aaa', with 0 merges"),
        (lambda: _merges(merges=[(b"aa", b"a")]), r"merges\[0\] is .* no merge .* makes b'aa'"),
        (lambda: _dims(x=[[0, 1, 0.5]], rows=["the"]), "x holds 0.5: its numbers must be whole"),
        (lambda: _dims(rows=["the"]), "rows is 1 strings: .* one for each row of x"),
        (lambda: _shapes(shapes=[(2, 3, 4)]), r"shapes holds \(2, 3, 4\): .* one or two sizes"),
        (lambda: _shapes(b=(2,)), r"b is \(2,\): it must be one of"),
        (lambda: _words("abcd"), "'by meaning' has 4 words, .* more than 5, all of them in ids"),
        (lambda: _words("abcdefz"), "no id for .'z'."),
        (lambda: _heads("word " * 23), "text has 25 tokens, .* at most 24 can be read"),
        (lambda: _heads(""), "text has 2 tokens, .* one at least must be a word"),
        (lambda: _heads("a dog", layer=6), "layer is 6: it must be 0 to 5"),
        (lambda: _heads("a dog", head=-1), "head is -1: it must be 0 to 11"),
        (lambda: explore_places("Which?", "abcdefg", 4), "tokens are 7: at most 6 can be told"),
        (lambda: explore_places("Which?", TOKENS, 4, asks=(0, 4)), "asks is .0, 4.: .* of .2, 4."),
        (lambda: explore_places("Which?", TOKENS, 4, n_heads=3), "must divide d_model = 4"),
    ],
)
def test_errors_name_the_argument_the_value_and_what_would_be_right(call, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        call()
