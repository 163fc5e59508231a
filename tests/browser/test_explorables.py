"""Explorables as a reader meets them: what they show is what Python computes, by mouse and by keys.

Each is tried twice in a page that holds nothing else, and once more in JupyterLab, where all of
them are run in one notebook. What the book makes of them is in test_book.py.

A new one takes an entry in `CASES` of a file in tests/explored/.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from common.lab import CHROMIUM, FLAGS, served
from course.authoring.exercises import ROOT
from course.learner.lab import lab_arguments, lab_environment
from explored import CASES
from explored.case import agree, numbers
from helpers.explorables import Explorable
from helpers.plotting import to_html

SHOTS = os.environ.get("SCREENSHOTS")
CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not CI, reason="NOT TESTED: explorables, no Chromium on this machine"
)
UNNAMED = """host => [...host.shadowRoot.querySelectorAll("input, button, select, [role=slider]")]
    .filter(it => !(it.labels?.[0] ?? it).textContent.trim() && !it.getAttribute("aria-label")
        || (it.type === "range" || it.role === "slider") && !it.getAttribute("aria-valuetext"))
    .map(it => it.outerHTML)"""
DARK = "[data-explorable][data-dark]"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>An explorable</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body { margin: 12px auto; max-width: 736px; padding: 0 12px; }</style>
"""


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


@pytest.mark.parametrize("by", ["mouse", "keys"])
@pytest.mark.parametrize("name", CASES)
def test_numbers_on_the_screen_are_what_python_computes(page, pages, name, by):
    """A picture that is moved and wrong teaches what is not so."""
    case = CASES[name]
    picture = _opened(page, pages, name)
    before = agree(picture, case)
    getattr(case, by)(picture)
    assert agree(picture, case) != before, "nothing has moved"


@pytest.mark.parametrize("name", CASES)
def test_it_stands_in_the_still_pictures_place_and_its_controls_speak(page, pages, name):
    """Two of one picture would puzzle; a control without a name is none for who can't see it."""
    picture = _opened(page, pages, name)
    assert picture.locator(".question").inner_text().startswith("Try it: ")
    assert page.locator("img").is_hidden()
    assert picture.evaluate(UNNAMED) == []
    assert picture.locator("svg:not([aria-label]):not([aria-hidden])").count() == 0


@pytest.mark.parametrize("name", CASES)
def test_it_fits_a_screen_and_a_telephone_in_light_and_dark(page, pages, name):
    picture = _opened(page, pages, name)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        picture.and_(page.locator(DARK if scheme == "dark" else f":not({DARK})")).wait_for()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"it scrolls sideways at {width}"
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)


@pytest.fixture
def telephone(browser: Any) -> Iterator[Any]:
    """A tab that fingers touch."""
    context = browser.new_context(
        viewport={"width": 390, "height": 500}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def test_a_finger_moves_it(telephone, pages):
    """On a telephone the page would scroll instead."""
    picture = _opened(telephone, pages, "query")
    before = numbers(picture)
    picture.locator("svg").first.tap(position={"x": 90, "y": 90})
    tapped = agree(picture, CASES["query"])
    assert tapped != before
    box = picture.locator(".grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    scrolled = telephone.evaluate("scrollY")
    _swipe(telephone, (x, y), (x + 70, y + 90))
    assert agree(picture, CASES["query"])["score-1"] < tapped["score-1"] - 1
    assert telephone.evaluate("scrollY") == scrolled


STEPS = """host => [...host.shadowRoot.querySelectorAll(".slider")].map(it => {
    const [less, more] = it.querySelectorAll(".step");
    return [less, it.querySelector("input"), more].map(part => {
        const { left, right, top, bottom } = part.getBoundingClientRect();
        return [left, right, (top + bottom) / 2];
    });
})"""


@pytest.mark.parametrize("name", CASES)
def test_on_a_telephone_sliders_are_alike_with_less_at_their_left_and_more_at_their_right(
    telephone, pages, name
):
    """A plus in the next row is none of this slider, and one of 80 pixels can't be aimed at."""
    found = _opened(telephone, pages, name).evaluate(STEPS)
    for less, slider, more in found:
        assert less[1] <= slider[0] < slider[1] <= more[0]
        assert less[2] == pytest.approx(slider[2], abs=2) and more[2] == less[2]
        assert slider[1] - slider[0] > 150
    assert len({round(slider[1] - slider[0]) for _, slider, _ in found}) <= 1


def test_a_swipe_over_a_number_scrolls_and_points_at_none(telephone, pages):
    """What one read had changed by the time one came to it."""
    picture = _opened(telephone, pages, "dims")
    cell = picture.locator("span.cell").first
    cell.scroll_into_view_if_needed()
    told = picture.locator(".told [aria-hidden]")
    before, box = told.inner_text(), cell.bounding_box()
    _swipe(telephone, (box["x"] + 9, box["y"] + 9), (box["x"] + 9, box["y"] - 50))
    assert told.inner_text() == before
    cell.tap()
    assert told.inner_text() != before
    assert not picture.locator(".keys").is_visible()


def test_a_swipe_over_a_slider_scrolls_and_leaves_its_value(telephone, pages):
    """Who scrolled on with a thumb had changed what they were looking at."""
    picture = _opened(telephone, pages, "rotation")
    before = numbers(picture)
    box = picture.locator("input[type=range]").first.bounding_box()
    x, y = box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2
    _swipe(telephone, (x, y), (x, y - 60))
    telephone.wait_for_function("scrollY > 20")
    assert numbers(picture) == before


def _swipe(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger that touches, moves in ten steps, and lets go."""
    session = page.context.new_cdp_session(page)
    for i in range(12):
        x, y = (a + (b - a) * min(i, 10) / 10 for a, b in zip(start, end, strict=True))
        kind = "touchStart" if i == 0 else "touchEnd" if i == 11 else "touchMove"
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(16)  # as a screen sees it, and not all at once


def test_a_text_that_grows_pushes_nothing_away(page, pages):
    """The button under one's finger would move."""
    picture = _opened(page, pages, "cached")
    page.set_viewport_size({"width": 300, "height": 800})  # so narrow that the text wraps
    on = picture.get_by_role("button", name="Next token")
    again = picture.get_by_role("button", name="Start again")
    places = []
    for button in (on, on, on, again):
        button.click()
        boxes = [picture.locator(it).bounding_box() for it in ("figure", ".told")]
        places.append([box["y"] for box in boxes] + [boxes[0]["height"]])
    assert places == places[:1] * 4


def test_without_a_script_the_still_picture_stands_alone(browser, pages):
    page = browser.new_page(java_script_enabled=False)
    picture = _opened(page, pages, "query")
    assert page.locator("img").is_visible()
    assert picture.inner_text() == "" and picture.bounding_box()["height"] == 0
    page.close()


def test_a_script_that_fails_leaves_the_still_picture(browser, pages, tmp_path):
    text = (pages / "query.html").read_text()
    begins = "function render({ data, el }) {"
    assert begins in text
    (tmp_path / "query.html").write_text(text.replace(begins, f"{begins} nowhere();"))
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
        before = agree(picture, case)
        getattr(case, by)(picture)
        assert agree(picture, case) != before, "nothing has moved"


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
