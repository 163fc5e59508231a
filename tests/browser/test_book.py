"""The book as a reader meets it: built once, served as files, and opened in a browser."""

from __future__ import annotations

import functools
import html
import http.server
import importlib.util
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from posixpath import join, normpath
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
from matplotlib.axes import Axes
from playwright.sync_api import Page, Route, expect, sync_playwright

from common.axe import faults, needs_axe
from common.questions import questions
from course.book.__main__ import ROOT, build
from course.book.address import Address
from course.book.notebook import for_readers
from helpers.plotting import common, plot_heads

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
MISSING = (
    "no Chromium on this machine" if CHROMIUM is None
    else "pip install --group book" if not importlib.util.find_spec("furo")
    else ""
)  # fmt: skip
pytestmark = [
    pytest.mark.skipif(
        bool(MISSING) and not os.environ.get("CI"), reason=f"NOT TESTED: the book, {MISSING}"
    ),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),  # between MyST and Sphinx
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
SHOTS = os.environ.get("SCREENSHOTS")
LESSON = "notebooks/06-scaled-dot-product-attention.html"
KEPT = "notebooks/05-queries-keys-values.html"
ASKED = questions(json.loads((ROOT / LESSON).with_suffix(".ipynb").read_text())["cells"])[0]
"""Its first question."""
LOOK = """() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    const scrolled = ["html", ".content"].map(it => document.querySelector(it));
    return {
        wide: scrolled.map(it => it.scrollWidth - it.clientWidth),
        broken: [...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src),
        waiting: /Loading widget/.test(document.body.innerText),
        ground: getComputedStyle(document.body).backgroundColor,
    };
}"""

STILLS = """[...document.querySelectorAll("script[type=module]")]
    .map(it => it.textContent.match(/^const GIVEN = (.*);$/m)).filter(it => it)
    .map(it => JSON.parse(it[1]).alt)"""


SIX_PAGES = (
    "index.html", "notebooks/00-start-here.html", "notebooks/05-queries-keys-values.html",
    "release/1-attention/1-attention.html", "docs/learners.html", "search.html?q=attention",
)  # fmt: skip
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"
ONCE = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll("article pre span")) {
        if (seen.has(word.className)) word.replaceWith(...word.childNodes);
        seen.add(word.className);
    }
}"""
"""Leaves code one word of each colour: a scan takes most of its time for thousands of them."""
SMALL = """() => [...document.querySelectorAll("a, button, input, summary, label")].filter(it => {
    const { width, height } = it.getBoundingClientRect();
    const inText = it.tagName === "A" && it.closest("p, li, td, h1, h2, h3, footer") &&
        !it.closest(".launchers");
    const named = it.tagName === "INPUT" && it.closest("label");
    return width > 1 && height > 1 && Math.min(width, height) < 44 && !inText && !named;
}).map(it => `${it.outerHTML.slice(0, 80)} ${it.offsetWidth} x ${it.offsetHeight}`)"""
"""What a finger misses: less than 44 pixels high or wide, but for links in a text."""
OUTSIDE = """() => [...document.querySelectorAll("article *")].filter(it => {
    const { right, width } = it.getBoundingClientRect();
    return width > 0 && right > innerWidth + 1 &&
        !it.closest("pre, .table-wrapper, .picture, .formula, math");
}).map(it => `${it.tagName}.${it.className} ends at ${it.getBoundingClientRect().right}`)"""
"""What sticks out of the page and isn't in something that scrolls by itself."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("book"))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="module")
def tab(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A tab, and what it complained of: requests that leave the machine, and errors."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(base_url=address, color_scheme="light")

        def asked(request: Any) -> None:
            if not request.url.startswith((address, "data:")):
                complaints.append(f"asks for {request.url}")

        page.on("request", asked)

        def failed(request: Any) -> None:
            # What the search still asks for when its page is left is nobody's loss.
            if request.failure != "net::ERR_ABORTED":
                complaints.append(f"does not get {request.url}")

        page.on("requestfailed", failed)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        yield page, complaints
        browser.close()


@pytest.fixture
def phone(tab: tuple[Page, list[str]], address: str) -> Iterator[Page]:
    """A new reader's telephone: 390 pixels wide, and touched."""
    assert tab[0].context.browser is not None
    context = tab[0].context.browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert not faults


class _Read(HTMLParser):
    """Ids, links, what is loaded, headings and pictures of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.no_alt: list[str] = []
        self.language: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.update(given.get("id", "").split())
        if tag == "html":
            self.language = given.get("lang")
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload"):
            self.loads.append(given["href"])
        elif "src" in given:
            self.loads.append(given["src"])
        if tag == "img" and not given.get("alt"):
            self.no_alt.append(given["src"][:80])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, _Read]:
    return {p.relative_to(site).as_posix(): _Read(p.read_text()) for p in site.rglob("*.html")}


def test_the_book_holds_all_lessons_exercises_and_docs(pages):
    sections = [path.split("/")[0] for path in pages]
    assert sections.count("notebooks") >= 12
    assert sections.count("release") >= 8
    assert sections.count("docs") >= 6
    assert sections.count("grader") >= 6


def test_no_link_leads_nowhere(site, pages):
    wrong = []
    for path, page in pages.items():
        for link in page.links + page.loads:
            target, anchor = urldefrag(link.partition("?v=")[0])
            if re.match("[a-z]+:", target):
                if link in page.loads and not link.startswith("data:"):
                    wrong.append(f"{path} loads {link}")
                continue
            meant = normpath(join(path, "..", unquote(target))) if target else path
            there = (site / meant).is_file()
            if not there or (anchor and meant in pages and anchor not in pages[meant].ids | {""}):
                wrong.append(f"{path}: {link}")
    assert not wrong


def test_a_page_is_one_that_a_screen_reader_can_read(pages):
    for path, page in pages.items():
        assert page.language == "en", path
        assert not page.no_alt, path
        if path != "search.html":
            assert page.headings[0] == 1 and page.headings.count(1) == 1, path
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), path


def test_every_page_opens_on_a_screen_and_on_a_telephone(tab, pages):
    """Nothing comes from elsewhere, nothing is broken, and no page scrolls sideways."""
    page, complaints = tab
    complaints.clear()
    for path in sorted(pages):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(path)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            seen = page.evaluate(LOOK)
            assert max(seen["wide"]) <= 0, f"{path} scrolls sideways at {width}: {seen['wide']}"
            assert not seen["broken"] and not seen["waiting"], path
            if SHOTS:
                name = path.replace("/", "-").removesuffix(".html")
                page.screenshot(path=Path(SHOTS) / f"book-{name}-{width}.png", full_page=True)
        assert not complaints, f"{path}: {complaints}"


def test_search_finds_a_lesson(tab):
    page, complaints = tab
    complaints.clear()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("index.html")
    page.get_by_role("textbox", name="Search").fill("induction")
    page.get_by_role("textbox", name="Search").press("Enter")
    found = page.locator("#search-results a", has_text="14 Induction")
    expect(found.first).to_be_visible()
    page.locator("#search-results li p.context").first.wait_for()  # quoted, since there is a server
    assert not complaints


def test_an_answer_is_folded_until_it_is_asked_for(tab):
    page, complaints = tab
    complaints.clear()
    page.goto(LESSON)
    measured = page.get_by_text(f"Measured: {ASKED.measured}").first
    expect(page.locator(".prediction").first).to_be_visible()
    expect(measured).to_be_hidden()
    page.locator("details.answer > summary").first.click()
    expect(measured).to_be_visible()
    page.locator("details.answer > summary").first.click()
    expect(measured).to_be_hidden()

    page.get_by_role("button", name="Show all answers").click()
    expect(measured).to_be_visible()
    page.goto(LESSON.replace("06-scaled-dot-product-attention", "05-queries-keys-values"))
    assert page.locator("details.answer:not([open])").count() == 0
    page.get_by_role("button", name="Fold all answers").click()
    assert page.locator("details.answer[open]").count() == 0
    assert not complaints


def test_a_question_is_answered_by_keyboard(tab):
    """A reader without a kernel would only be asked; without a mouse, not even that."""
    page, complaints = tab
    complaints.clear()
    page.goto(LESSON)
    group = page.get_by_role("group", name=re.compile("^Predict: ")).first
    choices = group.get_by_role("radio")
    assert [it.get_attribute("value") for it in choices.all()] == list(ASKED.options)
    choices.first.focus()
    page.keyboard.press("ArrowDown")
    expect(choices.nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    fold = page.locator("details.answer").first
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator("summary").first).to_be_focused()
    expect(fold.locator(".predicted")).to_have_text(f"You predicted: {ASKED.options[1]}")
    said = page.locator(".prediction").first.get_by_role("status")
    expect(said).to_contain_text(f"Noted: {ASKED.options[1]}.")
    expect(choices.first).to_be_disabled()
    assert page.locator("details.answer[open]").count() == 1, "those of other questions stay"
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "book-question.png")
    assert not complaints


def test_numbers_are_typed_and_the_last_of_two_opens_what_came_out(tab):
    """The first answer would else show that of the second question."""
    page, _ = tab

    def two_numbers(route: Route) -> None:
        answer = route.fetch()
        asked = '<div class="prediction"><p><b>Predict:</b> How many?</p><p>A number.</p></div>'
        before, _, rest = answer.text().partition('<div class="prediction">')
        body = before + asked * 2 + rest.partition("</div>")[2]
        route.fulfill(response=answer, body=body)

    page.route(f"**/{LESSON}", two_numbers)
    page.goto(LESSON)
    fields = page.get_by_role("group", name="Predict: How many?").get_by_label("Your number")
    fold = page.locator("details.answer").first
    fields.first.fill("0.7")
    fields.first.press("Enter")
    expect(fields.nth(1)).to_be_focused()
    expect(fold).not_to_have_attribute("open", "")
    fields.nth(1).fill("8")
    fields.nth(1).press("Enter")
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator(".predicted")).to_have_text(["You predicted: 0.7", "You predicted: 8"])
    page.unroute(f"**/{LESSON}")


def test_explorables_move_in_the_book_and_their_still_pictures_make_way(tab, site):
    """There is no kernel behind a page; and two of one picture would puzzle."""
    page, complaints = tab
    complaints.clear()
    marks = {path: path.read_text().count("<div data-explorable=") for path in site.rglob("*.html")}
    assert any(marks.values())
    for path in (path for path, n in marks.items() if n):
        page.goto(path.relative_to(site).as_posix())
        pictures = page.locator("[data-explorable]")
        assert pictures.locator(".question").count() == marks[path], path
        for alt in page.evaluate(STILLS):
            assert page.get_by_alt_text(alt, exact=True).is_hidden(), path
    assert not complaints


def test_the_way_to_the_top_lies_over_no_explorable(tab):
    """It covered the question, or the line that says what is seen."""
    page = tab[0]
    page.goto("notebooks/08-what-heads-do.html")
    page.locator("[data-explorable] .question").wait_for()
    up = page.locator(".back-to-top")
    for below, seen in ((300, True), (-20, False), (-300, False)):
        top = "document.querySelector('[data-explorable]').getBoundingClientRect().top"
        page.evaluate(f"scrollBy({{top: {top} - {below} + 200, behavior: 'instant'}})")
        page.wait_for_timeout(100)
        page.evaluate("scrollBy({top: -200, behavior: 'instant'})")  # who goes up is offered it
        expect(up).to_be_visible(visible=seen)


def test_without_a_script_a_question_is_a_list(tab, address):
    page = tab[0].context.browser.new_page(java_script_enabled=False)
    page.goto(address + LESSON)
    question = page.locator(".prediction").first
    assert question.locator("li").all_inner_texts() == list(ASKED.options)
    assert question.locator("input, button").count() == 0
    page.close()


def test_the_first_page_writes_on_with_the_reader(tab):
    """The book's best answer to "how does it work?" would be a picture."""
    page, complaints = tab
    complaints.clear()
    page.goto("index.html")
    expect(page.get_by_role("img", name=re.compile("What could follow"))).to_be_hidden()
    page.get_by_role("textbox", name="Your words").fill("I am very")
    page.get_by_role("textbox", name="Your words").press("Enter")
    expect(page.locator(".token")).to_have_count(1)
    page.get_by_role("button", name="Write on").click()
    expect(page.locator(".token").nth(4)).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status").filter(has_text="It wrote")).to_have_count(1)
    assert not complaints


def test_the_model_is_shown_whole_and_as_it_is(site):
    """A reader would check something else than what has just written for them."""
    text = (site / "course/book/whole-model.html").read_text()
    blocks = re.findall(r'<div class="highlight"><pre>(.*?)</pre>', text, re.S)
    shown = [re.sub(r'<span class="linenos">.*?</span>|<[^>]+>', "", block) for block in blocks]
    lines = [line for block in shown for line in html.unescape(block).splitlines() if line]
    folder = ROOT / "helpers" / "explorables" / "austen"
    files = [
        (folder / f"{name}.js").read_text() for name in ("model", "weights", "tokens", "sampling")
    ]
    assert lines == [line for file in files for line in file.splitlines() if line]
    assert f"The whole model, {len(files[0].splitlines())} lines</h1>" in re.sub(
        "<a.*?</a>", "", text
    )
    assert max(map(len, lines)) <= 90, "cut off on a screen"


@pytest.mark.parametrize("number", range(6))
def test_a_lesson_can_be_read_and_tapped_on_a_telephone(phone, pages, number):
    """Radios were 13 pixels wide, buttons 32 high, letters in pictures 6."""
    path = next(it for it in sorted(pages) if it.startswith(f"notebooks/0{number}"))
    phone.goto(path)
    phone.evaluate(UNFOLD)
    assert max(phone.evaluate(LOOK)["wide"]) <= 0
    assert phone.evaluate(OUTSIDE) == []
    assert phone.evaluate(SMALL) == []
    picture = phone.locator(".picture:has(img)").first
    if picture.count() and (size := picture.locator("~ .size")).is_visible():
        if size.inner_text() == "Larger":
            size.tap()
        drawn, stored = picture.locator("img").evaluate("it => [it.width, it.naturalWidth]")
        assert drawn >= 0.7 * stored, "its letters are too small to read"
        size.tap()
        assert picture.evaluate("it => it.scrollWidth <= it.clientWidth")
    if SHOTS:
        phone.screenshot(path=Path(SHOTS) / f"phone-{number}.png")


def test_a_place_and_ticks_are_kept_and_forgotten(phone):
    """Who came back after a week had to remember where they had been."""
    phone.goto(KEPT)
    check = phone.locator("#check-yourself > details")
    for number, name in ((0, "Got it"), (1, "Not yet")):
        check.nth(number).locator("summary").tap()
        button = check.nth(number).get_by_role("button", name=name)
        button.tap()
        expect(button).to_have_attribute("aria-pressed", "true")
    expect(check.first.locator("summary")).to_contain_text("✓ got it")
    phone.get_by_role("checkbox", name="I'm done with this lesson").tap()
    phone.locator("#every-token-asks").evaluate("it => it.scrollIntoView({ behavior: 'instant' })")
    side = phone.locator(".sidebar-drawer")
    expect(side.locator(".progress")).to_contain_text("4. Every token asks")
    phone.locator(".nav-overlay-icon").tap()
    expect(side.locator(".tick")).to_have_count(1)
    assert phone.evaluate(SMALL) == []

    phone.goto("index.html")
    told = phone.locator("article .progress")
    expect(told).to_contain_text("You stopped at 05 Queries, keys, values: 4. Every token asks")
    expect(told).to_contain_text("Done: 1 of 17 lessons and 0 of 11 exercises.")
    expect(told).to_contain_text("1 got, 1 not yet.")
    expect(told).to_contain_text("Come back to: 05 Queries, keys, values")
    if SHOTS:
        phone.screenshot(path=Path(SHOTS) / "phone-first-page.png")
    told.get_by_role("link", name="05 Queries, keys, values: 4.").tap()
    expect(phone.locator("#every-token-asks")).to_be_in_viewport()
    expect(check.nth(1).locator("summary")).to_contain_text("not yet")

    phone.goto("index.html")
    told.get_by_role("button", name="Forget my place and ticks").tap()
    expect(told).to_be_empty()
    assert phone.evaluate("localStorage.getItem('llm-basics')") is None


def test_two_tabs_keep_both_readers_ticks(phone):
    """What the second tab keeps would overwrite what the first has kept since."""
    other = phone.context.new_page()
    for tab, number in ((phone, "01-tokens"), (other, "02-tensors")):
        tab.goto(f"notebooks/{number}.html")
    for tab in (phone, other):
        tab.get_by_role("checkbox", name="I'm done").check()
    done = json.loads(other.evaluate("localStorage.getItem('llm-basics')"))["done"]
    assert list(done) == ["notebooks/01-tokens.html", "notebooks/02-tensors.html"]


def test_a_browser_that_stores_nothing_still_shows_the_book(phone):
    phone.add_init_script(
        "Object.defineProperty(window, 'localStorage', { configurable: true,"
        " get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    phone.goto(KEPT)
    phone.get_by_role("checkbox", name="I'm done").tap()
    expect(phone.get_by_text("Your browser stores nothing")).to_be_visible()
    phone.locator(".theme-toggle-header button").tap()
    assert phone.evaluate("document.body.dataset.theme") == "dark"
    assert phone.locator(".prediction fieldset").count() > 0


def test_code_is_copied_as_it_stands(phone, address):
    """On a telephone one would have to select it by hand, line by line."""
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    phone.goto(KEPT)
    phone.locator(".cell_input .copy").first.tap()
    expect(phone.locator(".cell_input .copy").first).to_have_text("Copied")
    cells = json.loads((ROOT / KEPT).with_suffix(".ipynb").read_text())["cells"]
    code = [it for it in cells if it["cell_type"] == "code"][1]  # the first is for Colab alone
    assert phone.evaluate("navigator.clipboard.readText()") == "".join(code["source"])
    assert phone.locator(".cell_output .copy").count() == 0


def test_a_heat_map_says_the_number_that_one_points_at(phone):
    """Without a kernel a reader sees a colour, and of a large map no number at all."""
    weights = [[[0.9, 0.1], [0.25, 0.75]], [[0.5, 0.5], [0.125, 0.875]]]
    phone.route(f"**/{KEPT}", lambda route: _with_picture(route, plot_heads(weights, ["a", "<b>"])))
    phone.goto(KEPT)
    drawn = phone.locator("#still")  # the lesson has heat maps of its own
    frame, says = drawn.locator(".heat-map"), drawn.locator(".cell-says")
    frame.scroll_into_view_if_needed()
    maps = json.loads(drawn.locator("script.maps").text_content())
    area = frame.bounding_box()
    seen = []
    for it in maps:
        left, top, right, bottom = it["box"]
        for i, j in ((0, 1), (1, 0)):
            x = area["x"] + area["width"] * (left + (j + 0.5) / 2 * (right - left))
            y = area["y"] + area["height"] * (top + (i + 0.5) / 2 * (bottom - top))
            (phone.touchscreen.tap if i else phone.mouse.move)(x, y)
            seen.append(says.inner_text())
    assert seen == [
        "head 0, query “a”, key “<b>”: 0.1", "head 0, query “<b>”, key “a”: 0.25",
        "head 1, query “a”, key “<b>”: 0.5", "head 1, query “<b>”, key “a”: 0.125",
    ]  # fmt: skip
    mark = drawn.locator(".cell-mark").bounding_box()
    assert mark["x"] < x < mark["x"] + mark["width"] and mark["y"] < y < mark["y"] + mark["height"]
    frame.focus()
    for key, number in {"ArrowUp": "0.5", "ArrowRight": "0.5", "ArrowDown": "0.875"}.items():
        phone.keyboard.press(key)
        expect(says.locator("b")).to_have_text(number)
    for _ in range(2):  # beyond the edge stands the other head
        phone.keyboard.press("ArrowLeft")
    expect(says).to_have_text("head 0, query “<b>”, key “<b>”: 0.75")


def test_a_still_picture_that_something_moving_replaces_leaves_nothing_behind(phone):
    """Its buttons and the place of its numbers would stand below an explorable, for nothing."""
    hides = '<script type="module">document.querySelector("#still img").style.display = "none"'
    ax = plot_heads([[[0.9, 0.1], [0.25, 0.75]]], ["a", "b"])
    phone.route(f"**/{KEPT}", lambda route: _with_picture(route, ax, f"{hides}</script>"))
    phone.goto(KEPT)
    expect(phone.locator(".self-check").first).to_be_attached()  # the scripts have run
    assert phone.locator("#still").locator(".size, .cell-says, .heat-map").count() == 0


def _with_picture(route: Route, ax: Axes, behind: str = "") -> None:
    """The page, with a picture as the book shows it above its others."""
    said: list[tuple[dict[str, str], dict[str, Any]]] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(common, "display", lambda data, **more: said.append((data, more)))
        common.show(ax)
    ((data, more),) = said
    outputs = [{"output_type": "display_data", "data": data, "metadata": more["metadata"]}]
    cell = {"cell_type": "code", "metadata": {}, "source": "", "outputs": outputs}
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    made = for_readers({"cells": [title, cell], "metadata": {}}, [])["cells"][1]["outputs"]
    picture = f'<img alt="" src="data:image/png;base64,{made[0]["data"]["image/png"]}">'
    answer = route.fetch()
    shown = f"{picture}{made[1]['data']['text/html']}{behind}"
    shown = f'<div class="cell_output" id="still">{shown}</div>'
    route.fulfill(response=answer, body=answer.text().replace("</h1>", f"</h1>{shown}", 1))


def test_nothing_moves_for_who_wants_no_motion(phone):
    phone.emulate_media(reduced_motion="reduce")
    phone.goto(KEPT)
    moves = """() => [...document.querySelectorAll("*")].filter(it => {
        const { scrollBehavior, transitionDuration, animationName } = getComputedStyle(it);
        const slow = scrollBehavior === "smooth" || parseFloat(transitionDuration) > 0;
        return slow || animationName !== "none";
    }).length"""
    assert phone.evaluate(moves) == 0
    phone.emulate_media(reduced_motion="no-preference")
    assert phone.evaluate(moves) > 0, "the theme moves, or this test sees nothing"


def test_brackets_are_as_tall_as_the_fraction_between_them(phone):
    phone.goto(LESSON)
    heights = phone.locator(
        ".math mrow:has(> mfrac) > mo:is(:first-child, :last-child)"
    ).evaluate_all(
        "all => all.map(it => [it, it.parentElement.querySelector('mfrac')]"
        ".map(it => it.getBoundingClientRect().height))"
    )
    assert heights and all(bracket >= fraction for bracket, fraction in heights)


@needs_axe
@pytest.mark.parametrize("path", SIX_PAGES, ids=lambda path: path.split("/")[-1].split(".")[0])
def test_a_scan_finds_no_page_that_keeps_people_out(phone, path):
    """Headings of the side bar had no level, and code that scrolls couldn't be reached by keys."""
    phone.goto(path)
    phone.evaluate(UNFOLD)
    phone.evaluate(ONCE)
    for tick in phone.locator(".self-check button, label.done input").all()[:4]:
        tick.click()  # what they show has to be seen, too
    assert faults(phone) == []
    phone.emulate_media(color_scheme="dark")
    phone.set_viewport_size({"width": 1280, "height": 800})
    # Explorables hear of it an event later.
    phone.wait_for_function("!document.querySelector('[data-explorable]:not([data-dark])')")
    assert faults(phone) == []


def test_a_reader_chooses_light_or_dark(tab):
    page, complaints = tab
    complaints.clear()
    page.goto("docs/glossary.html")
    button = page.locator(".theme-toggle-content button.theme-toggle")
    seen = {}
    for _ in range(3):
        button.click()
        seen[page.evaluate("document.body.dataset.theme")] = page.evaluate(LOOK)["ground"]
    assert set(seen) == {"auto", "light", "dark"}
    assert seen["auto"] == seen["light"] != seen["dark"]
    assert not complaints


def test_links_open_the_notebook_elsewhere(tab):
    page, _ = tab
    page.goto(LESSON)
    notebook = "06-scaled-dot-product-attention.ipynb"
    links = Address.configured(ROOT).launchers(f"notebooks/{notebook}")
    assert page.locator(".launchers a").count() == len(links)
    for name, to in links:
        assert page.get_by_role("link", name=name).first.get_attribute("href") == to


def test_the_pdf_has_pages_answers_and_a_table_of_contents(tab, site, tmp_path):
    from pypdf import PdfReader

    from course.book.printing import print_pages

    browser = tab[0].context.browser
    print_pages(browser, site, [LESSON], tmp_path / "book.pdf")
    reader = PdfReader(tmp_path / "book.pdf")
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert "LLM basics" in texts[0]
    assert re.search(r"06 Scaled dot-product attention ?3\b", texts[1])
    whole = " ".join(texts)
    assert f"Measured: {ASKED.measured}" in whole
    assert all(option in whole for option in ASKED.options)
    assert "Commit" not in whole, "a button on paper"
    assert reader.outline
