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
from playwright.sync_api import Page, Route, expect, sync_playwright

from common.questions import questions
from course.book.__main__ import ROOT, build
from course.book.address import Address

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
    at = Address.configured(ROOT).repository.removeprefix("https://github.com/")
    for name, to in {
        "Open in Colab": f"https://colab.research.google.com/github/{at}/blob/main/notebooks/{notebook}",
        "Open in JupyterLab": f"https://mybinder.org/v2/gh/{at}/main?urlpath=lab/tree/work/{notebook}",
    }.items():
        assert page.get_by_role("link", name=name).get_attribute("href") == to


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
