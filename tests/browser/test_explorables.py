"""Explorables as a reader meets them: what they show is what Python computes, by mouse and by keys.

Each is tried twice in a page that holds nothing else, and once more in JupyterLab, where all of
them are run in one notebook. What the book makes of them is in test_book.py.

A new one takes an entry in `CASES`.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch

from common.lab import CHROMIUM, FLAGS, served
from course.authoring.exercises import ROOT
from course.learner.lab import lab_arguments, lab_environment
from helpers.explorables import Explorable
from helpers.plotting import to_html
from helpers.weights import austen_text
from reference.tokens import encode, train_bpe, vocabulary

SHOTS = os.environ.get("SCREENSHOTS")
CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not CI, reason="NOT TESTED: explorables, no Chromium on this machine"
)
Numbers = Mapping[str, float]
NUMBERS = """host => [...host.shadowRoot.querySelectorAll("[data-name]")].map(
    it => [it.dataset.name, +it.dataset.value, it.textContent])"""
UNNAMED = """host => [...host.shadowRoot.querySelectorAll("input, button, select, [role=slider]")]
    .filter(it => !(it.labels?.[0] ?? it).textContent.trim() && !it.getAttribute("aria-label")
        || (it.type === "range" || it.role === "slider") && !it.getAttribute("aria-valuetext"))
    .map(it => it.outerHTML)"""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>An explorable</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body { margin: 12px auto; max-width: 736px; padding: 0 12px; }</style>
"""


@dataclass(frozen=True)
class Case:
    """An explorable, what hands do to it, and what Python makes of it then.

    Attributes:
        code: a cell that ends with a call of its function.
        mouse, keys: change something, given what holds the picture; not to where it begins.
        computed: from the numbers on the screen, by data-name, what other ones must be.
    """

    code: str
    mouse: Callable[[Any], None]
    keys: Callable[[Any], None]
    computed: Callable[[Numbers], dict[str, float]]


def _drag(picture: Any, what: str, right: float, down: float) -> None:
    box = picture.locator(what).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = picture.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + right, y + down, steps=3)
    mouse.up()


def _press(picture: Any, what: str, *keys: str) -> None:
    picture.locator(what).focus()
    for key in keys:
        picture.page.keyboard.press(key)


NAPKIN = """tokens = ["the", "keys", "cabinet", "are"]
K, V = [[0, 0], [1, 1], [1, 0], [-1, -1]], [[0, 0], [10, 0], [0, 10], [0, 0]]
"""


KEYS = torch.tensor([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [-1.0, -1.0]])
VALUES = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [0.0, 0.0]])


def _attended(shown: Numbers) -> dict[str, float]:
    scores = KEYS @ torch.tensor([shown["q0"], shown["q1"]])
    weights = torch.softmax(scores, dim=0)
    rows = {"score": scores, "power": scores.exp(), "weight": weights, "output": weights @ VALUES}
    found = {f"{name}-{i}": it for name, row in rows.items() for i, it in enumerate(row.tolist())}
    return found | {"sum": scores.exp().sum().item()}


PRODUCTS = {
    2: [[0, 0, 0, 0], [0, -3, -2, 3], [0, -3, -2, 3], [0, 3, 2, -3]],
    1024: [[-3.2, -33, 15, -16.8], [-6.4, 49, -32, 38], [20, 20, 0, -60], [18, -24, 41, -14]],
}
SCORES = f"""from helpers.explorables import explore_scores
products = {PRODUCTS}
explore_scores("Which?", products, V, tokens, ("many", "one"), asks="are", d_k=2)"""


def _shared(shown: Numbers) -> dict[str, float]:
    """Whatever is chosen, the dot products on the screen are those of one row, and it follows."""
    row = [shown[f"product-{i}"] for i in range(4)]
    (d_k,) = [size for size, rows in PRODUCTS.items() if row in rows]
    scores = torch.tensor([shown[f"score-{i}"] for i in range(4)], dtype=torch.float64)
    products = torch.tensor(row, dtype=torch.float64)
    divisor = 1 if torch.allclose(scores, products) and scores.any() else math.sqrt(d_k)
    scores = products / divisor
    weights = torch.softmax(scores, dim=0)
    rows = {"score": scores, "weight": weights, "power": scores.exp()}
    rows["output"] = weights @ VALUES.double()
    found = {f"{name}-{i}": it for name, row in rows.items() for i, it in enumerate(row.tolist())}
    entropy = torch.special.entr(weights).sum().item()
    return found | {"sum": scores.exp().sum().item(), "entropy": entropy}


def _choose(picture: Any) -> None:
    """By mouse: no division, the largest d_k, the row of "cabinet"."""
    picture.get_by_role("checkbox", name="divide by √2 = 1.41").click()
    slider = picture.get_by_role("slider", name="d_k")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    picture.get_by_text("cabinet", exact=True).first.click()
    assert _numbers(picture)["score-3"] == -60


def _choose_by_keys(picture: Any) -> None:
    """By keyboard: the row before "are", the next d_k, no division."""
    keyboard = picture.page.keyboard
    picture.get_by_role("radio", name="are").focus()
    for key in ("ArrowLeft", "Tab", "ArrowRight", "d", "d", "Tab", "Space"):
        keyboard.press(key)
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "1024"
    assert _numbers(picture)["score-3"] == -60


CASES = {
    "query": Case(
        code=f"""{NAPKIN}from helpers.explorables import explore_query
explore_query("Which?", [2, 1], K, V, tokens, "are", ("noun", "plural"), ("many", "one"))""",
        mouse=lambda picture: _drag(picture, ".handle", -60, -70),
        keys=lambda picture: _press(picture, ".handle", "ArrowUp", "PageUp", "ArrowLeft", "d", "d"),
        computed=_attended,
    ),
    "scores": Case(code=f"{NAPKIN}{SCORES}", mouse=_choose, keys=_choose_by_keys, computed=_shared),
}


LINE = "The keys to the cabinet are on the table."
NOVEL = austen_text()[:20_000] + " Füße aaaa" * 60
MERGES = train_bpe(NOVEL, 150)
OWN = "she has a größere Füße: 日本  naïve_x² aaaa 😀, d"  # ö in two bytes, ß in one piece


def _own_line(picture: Any) -> None:
    """Its tokens after merges few and many are Python's, in letters and in bytes."""
    picture.get_by_role("textbox", name="your line").fill(OWN)
    for k in (0, 1, 30, 149, 150):
        picture.get_by_role("slider", name="merges").fill(str(k))
        tokens = [vocabulary(MERGES)[i] for i in encode(OWN, MERGES[:k])]
        assert picture.locator(".token").all_inner_texts() == list(map(_face, tokens))


def _face(token: bytes) -> str:
    try:
        return token.decode().replace(" ", "␣")
    except UnicodeDecodeError:
        signs = [chr(b).replace(" ", "␣") if b < 128 else str(b) for b in token]
        return " ".join(signs)


def _merge(picture: Any) -> None:
    """By mouse: two merges that change the line, one back, and all of them at the curve's end."""
    lengths = [len(encode(LINE, MERGES[:k])) for k in range(151)]
    first, second, *_ = [k for k in range(1, 151) if lengths[k] < lengths[k - 1]]
    on, back = (picture.get_by_role("button", name=name) for name in ("next", "previous"))
    for press, k in ((on, first), (on, second), (back, first), (back, 0)):
        press.click()
        assert _numbers(picture) == {"merges": k, "tokens": lengths[k], "bytes": 41}
    assert back.get_attribute("aria-disabled") == "true"
    assert picture.locator(".next .token").all_inner_texts()[:2] == [*map(_face, MERGES[first - 1])]
    curve = picture.locator("svg")
    box = curve.bounding_box()
    curve.click(position={"x": box["width"] - 2, "y": box["height"] / 2})
    assert _numbers(picture)["merges"] == 150
    assert on.get_attribute("aria-disabled") == "true"
    _own_line(picture)


def _merge_by_keys(picture: Any) -> None:
    """By keyboard: a letter at the end of the line, then a merge, then the next that helps."""
    picture.get_by_role("textbox", name="your line").focus()
    for key in ("End", "d", "d", "Tab", "ArrowRight", "Tab", "Tab", "Enter"):
        picture.page.keyboard.press(key)
    assert picture.get_by_role("textbox").input_value() == f"{LINE}dd"
    assert _numbers(picture)["merges"] > 1


def _merged(shown: Numbers) -> dict[str, float]:
    line = {len(it.encode()): it for it in (LINE, f"{LINE}dd", OWN)}[int(shown["bytes"])]
    return {"tokens": len(encode(line, MERGES[: int(shown["merges"])]))}


CASES["merges"] = Case(
    code=f"""from helpers.explorables import explore_merges
from helpers.weights import austen_text
from reference.tokens import train_bpe
merges = train_bpe(austen_text()[:20_000] + " Füße aaaa" * 60, 150)
explore_merges("Which?", {LINE!r}, merges)""",
    mouse=_merge,
    keys=_merge_by_keys,
    computed=_merged,
)


X = [[0, 0, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]]


def _as_pytorch_says(picture: Any) -> None:
    """The code on the screen, run by PyTorch, gives the shape and the list beside it."""
    code = picture.locator(".code").inner_text()
    result = eval(code, {"x": torch.tensor(X, dtype=torch.float32)})
    assert picture.locator(".shape").inner_text() == str(tuple(result.shape)), code
    held = eval(picture.locator(".list").inner_text())
    torch.testing.assert_close(torch.tensor(held), result, atol=0.0051, rtol=0)
    shown = [it for name, it in _numbers(picture).items() if name.startswith("result")]
    assert shown == pytest.approx(result.flatten().tolist())


def _add(picture: Any) -> None:
    """By mouse: all settings, and a number of the last result."""
    for what in ("mean", "sum"):
        picture.get_by_text(what, exact=True).first.click()
        for dim in ("0", "both", "1"):
            picture.locator(".radios").get_by_text(dim, exact=True).click()
            for _ in range(2):
                picture.get_by_role("checkbox", name="keepdim").click()
                _as_pytorch_says(picture)
    picture.get_by_role("checkbox", name="keepdim").click()
    picture.locator("button.cell").nth(3).hover()
    assert picture.locator("span.cell.on").all_inner_texts() == ["0", "0", "1"]
    assert "are: 0 + 0 + 1 = 1." in picture.locator(".told").inner_text()


def _add_by_keys(picture: Any) -> None:
    """By keyboard: the mean over dim 0, kept, and the number after the one in the middle."""
    keyboard = picture.page.keyboard
    picture.get_by_role("radio", name="sum").focus()
    for key in ("ArrowRight", "Tab", "ArrowLeft", "Tab", "Space", "Tab", "ArrowRight", "d", "d"):
        keyboard.press(key)
    assert picture.locator(".code").inner_text() == "x.mean(dim=0, keepdim=True)"
    _as_pytorch_says(picture)
    assert picture.locator("span.cell.on").all_inner_texts() == ["0", "0", "0", "1"]
    assert "verb: (0 + 0 + 0 + 1) / 4 = 0.25." in picture.locator(".told").inner_text()


def _summed(shown: Numbers) -> dict[str, float]:
    """From the table on the screen, whatever is chosen: the number of results says which."""
    x = torch.tensor([[shown[f"x-{i}-{j}"] for j in range(3)] for i in range(4)])
    names = [name for name in shown if name.startswith("result")]
    dim = {4: 1, 3: 0, 1: (0, 1)}[len(names)]
    results = (x.sum(dim=dim), x.mean(dim=dim))
    (it,) = [it for it in results if abs(it.sum() - sum(shown[name] for name in names)) < 1e-4]
    return dict(zip(names, it.flatten().tolist(), strict=True))


CASES["dims"] = Case(
    code=f"""from helpers.explorables import explore_dims
x, words = {X}, ["the", "keys", "cabinet", "are"]
explore_dims("Which?", x, words, ["noun", "plural", "verb"])""",
    mouse=_add,
    keys=_add_by_keys,
    computed=_summed,
)


SHAPES = [(4, 3), (4, 1), (1, 3), (4,), (3,), (2, 4)]  # the last fits the first in neither place


def _combined(picture: Any) -> None:
    """The shape and the numbers of the sum, or PyTorch's own message."""
    chosen = [eval(it) for it in picture.evaluate(CHOSEN)]
    a, b = (torch.arange(1, 1 + math.prod(it)).reshape(it) for it in chosen)
    try:
        total = 10 * a + b
    except RuntimeError as error:
        assert picture.locator(".message").inner_text() == str(error)
        dim = str(error)[-1]
        assert f"Dimension {dim} is at fault" in picture.locator(".told").inner_text()
        return
    assert picture.locator(".result").inner_text() == str(tuple(total.shape))
    shown = [it for name, it in _numbers(picture).items() if name.startswith("sum")]
    assert shown == total.flatten().tolist(), chosen


CHOSEN = """host => [...host.shadowRoot.querySelectorAll("input:checked")].map(it => it.value)"""


def _combine(picture: Any) -> None:
    """By mouse: every pair of shapes, and then a sum of the last one that fits."""
    groups = [picture.get_by_role("group", name=f"shape of {name}") for name in "ab"]
    refused = 0
    for a in SHAPES:
        groups[0].get_by_text(str(a), exact=True).click()
        for b in SHAPES:
            groups[1].get_by_text(str(b), exact=True).click()
            _combined(picture)
            refused += picture.locator(".message").count()
    assert refused == 14
    for group, shape in zip(groups, ("(4, 1)", "(3,)"), strict=True):
        group.get_by_text(shape, exact=True).click()
    picture.locator("button.cell").nth(5).hover()
    assert picture.locator("button.on").inner_text() == "23"
    told = picture.locator(".told").inner_text()
    assert "23 = 20 + 3: a[1, 0] and b[2]. a is repeated along dimension 1. b is" in told


def _combine_by_keys(picture: Any) -> None:
    """By keyboard: two columns beside each other, and their last sum."""
    keyboard = picture.page.keyboard
    picture.get_by_role("radio", name="(4, 3)").first.focus()
    for key in ("ArrowRight", "Tab", "Tab", "ArrowDown", "ArrowDown", "ArrowDown", "d", "d"):
        keyboard.press(key)
    _combined(picture)
    assert picture.locator("button.on").inner_text() == "44"
    assert "a[3, 0] and b[3, 0]." in picture.locator(".told").inner_text()


def _combined_again(shown: Numbers) -> dict[str, float]:
    """From the numbers of a and b that are on the screen, the copies left out."""
    tensors = []
    for letter in "ab":
        its = {name: it for name, it in shown.items() if name.startswith(f"{letter}-")}
        rows, columns = (1 + max(int(name.split("-")[i]) for name in its) for i in (1, 2))
        tensors.append(torch.tensor(list(its.values())).reshape(rows, columns))
    names = [name for name in shown if name.startswith("sum")]
    return dict(zip(names, (tensors[0] + tensors[1]).flatten().tolist(), strict=True))


CASES["shapes"] = Case(
    code=f"""from helpers.explorables import explore_shapes
explore_shapes("Which?", {SHAPES}, (4, 3), (4, 1))""",
    mouse=_combine,
    keys=_combine_by_keys,
    computed=_combined_again,
)


def _explorable(code: str) -> Explorable:
    *before, last = code.splitlines()
    known: dict[str, Any] = {}
    exec("\n".join(before), known)
    made = eval(last, known)
    assert isinstance(made, Explorable)
    return made


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bare page for each."""
    folder = tmp_path_factory.mktemp("explorables")
    for name, case in CASES.items():
        made = _explorable(case.code)
        (folder / f"{name}.html").write_text(f"{PAGE}{to_html(made.still)}\n{made.html}")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI has to look at the explorables, and lacks Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab whose page must not complain, nor ask for anything from elsewhere."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("request", lambda it: complaints.append(it.url) if it.url.startswith("http") else None)
    yield page
    page.close()
    assert complaints == []


def _opened(page: Any, folder: Path, name: str) -> Any:
    page.goto((folder / f"{name}.html").as_uri())
    return page.locator("[data-explorable]")


def _numbers(picture: Any) -> Numbers:
    """What is on the screen: each number is its rounded value, and stands there once."""
    found: dict[str, float] = {}
    for name, value, text in picture.evaluate(NUMBERS):
        assert name not in found, name
        assert math.isfinite(value), f"{name} is {value}"
        plain = text.replace("−", "-")
        if raised := re.fullmatch(r"(-?[\d.]+) · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain):
            power = int("".join("-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".index(sign)] for sign in raised[2]))
            assert float(raised[1]) * 10.0**power == pytest.approx(value, rel=0.05), text
        else:
            digits = len(plain.partition(".")[2])
            assert abs(float(plain) - value) <= 0.5001 * 10**-digits, f"{name}: {text} is {value}"
        found[name] = float(value)
    return found


def _agree(picture: Any, case: Case) -> Numbers:
    shown = _numbers(picture)
    computed = case.computed(shown)
    assert computed, "nothing is compared"
    assert {name: shown[name] for name in computed} == pytest.approx(computed, rel=1e-4, abs=1e-4)
    return shown


@pytest.mark.parametrize("by", ["mouse", "keys"])
@pytest.mark.parametrize("name", CASES)
def test_numbers_on_the_screen_are_what_python_computes(page, pages, name, by):
    """A picture that is moved and wrong teaches what is not so."""
    case = CASES[name]
    picture = _opened(page, pages, name)
    before = _agree(picture, case)
    getattr(case, by)(picture)
    assert _agree(picture, case) != before, "nothing has moved"


@pytest.mark.parametrize("name", CASES)
def test_it_stands_in_the_still_pictures_place_and_its_controls_speak(page, pages, name):
    """Two of one picture would puzzle; a control without a name is none for who can't see it."""
    picture = _opened(page, pages, name)
    assert picture.locator(".question").inner_text().startswith("Try it: ")
    assert page.locator("img").is_hidden()
    assert picture.evaluate(UNNAMED) == []
    assert picture.locator("svg:not([aria-label]):not([aria-hidden])").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CASES)
def test_it_fits_a_screen_and_a_telephone_in_light_and_dark(page, pages, name, scheme):
    page.emulate_media(color_scheme=scheme)
    picture = _opened(page, pages, name)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"it scrolls sideways at {width}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
    assert (picture.get_attribute("data-dark") is not None) == (scheme == "dark")


def test_a_finger_moves_it(browser, pages):
    """On a telephone the page would scroll instead."""
    telephone = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = telephone.new_page()
    picture = _opened(page, pages, "query")
    before = _numbers(picture)
    picture.locator("svg").first.tap(position={"x": 90, "y": 90})
    assert _agree(picture, CASES["query"]) != before
    assert picture.locator(".handle").evaluate("it => getComputedStyle(it).touchAction") == "none"
    telephone.close()


def test_without_a_script_the_still_picture_stands_alone(browser, pages):
    page = browser.new_page(java_script_enabled=False)
    picture = _opened(page, pages, "query")
    assert page.locator("img").is_visible()
    assert picture.inner_text() == "" and picture.bounding_box()["height"] == 0
    page.close()


def test_a_script_that_fails_leaves_the_still_picture(browser, pages, tmp_path):
    text = (pages / "query.html").read_text()
    begins = "function render({ data, el }) {\n"
    assert begins in text
    (tmp_path / "query.html").write_text(text.replace(begins, f"{begins}nowhere();\n"))
    page = browser.new_page()
    _opened(page, tmp_path, "query")
    page.wait_for_timeout(100)
    assert page.locator("img").is_visible()
    page.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Any]:
    """Opens a notebook of all explorables in JupyterLab: `fresh`, without outputs, or `untrusted`,
    with those of somebody else."""
    root = tmp_path_factory.mktemp("explorables-lab")
    (root / "work").mkdir()
    code = nbformat.v4.new_code_cell
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cells = [code(case.code) for case in CASES.values()]
    fresh = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(fresh, root / "work" / "fresh.ipynb")
    for cell, case in zip(cells, CASES.values(), strict=True):
        made = _explorable(case.code)
        shown = (to_html(made.still), made.html)
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": it}) for it in shown]
    nbformat.write(fresh, root / "work" / "untrusted.ipynb")
    environment = {**lab_environment(os.environ), "PYTHONPATH": str(ROOT)}
    arguments = [*lab_arguments(root), "--LabApp.expose_app_in_browser=True"]
    home = tmp_path_factory.mktemp("home")
    settings = {"notebook-extension/tracker": {"windowingMode": "none"}}
    with served(root, home, settings, environment, arguments) as url:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(30_000)

        def opened(name: str) -> Any:
            page.goto(f"{url}/lab/workspaces/{name}/tree/{name}.ipynb")  # alone there
            page.wait_for_function("window.jupyterapp")
            page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
            page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready.then(() => true)")
            return page

        yield opened
        page.close()


def _drawn(page: Any) -> None:
    """All of them are drawn, and no still picture is to be seen."""
    page.locator("[data-explorable] .question").nth(len(CASES) - 1).wait_for()
    assert page.locator("[data-explorable] .question").count() == len(CASES)
    assert not any(image.is_visible() for image in page.locator(".jp-OutputArea img").all())


def _moved(page: Any, by: str) -> None:
    """Each is moved by hand, and its numbers follow."""
    for i, case in enumerate(CASES.values()):
        picture = page.locator("[data-explorable]").nth(i)
        before = _agree(picture, case)
        getattr(case, by)(picture)
        assert _agree(picture, case) != before, "nothing has moved"


def test_in_jupyterlab_fresh_saved_and_reopened(lab):
    """Whoever opens the lesson tomorrow has no kernel yet, and JupyterLab takes no keys from it."""
    page = lab("fresh")
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)")
    _drawn(page)
    _moved(page, "mouse")
    page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => true)")
    page = lab("fresh")
    _drawn(page)
    _moved(page, "keys")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == len(CASES), "d, d were JupyterLab's"
    command = "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    page.evaluate(f"{command}.then(() => true)")
    page.locator("[data-explorable][data-dark]").nth(len(CASES) - 1).wait_for(state="attached")
    if SHOTS:
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        page.screenshot(path=Path(SHOTS) / "lab-dark.png")


def test_in_a_notebook_that_is_not_trusted_the_still_pictures_stand(lab):
    """JupyterLab runs nobody else's scripts, and nothing may look broken for it."""
    page = lab("untrusted")
    page.locator(".jp-OutputArea img").nth(len(CASES) - 1).wait_for()
    assert page.locator("[data-explorable] .question").count() == 0
    outputs = page.locator(".jp-OutputArea-output")
    assert [it.inner_text().strip() for it in outputs.all()] == [""] * outputs.count()
