"""The course's own model as it runs in a browser, held to the same model in PyTorch."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
import torch

from checks.your_turn.writing import share_invented
from common.lab import CHROMIUM, FLAGS
from course.authoring.exercises import ROOT
from helpers.explorables import explore_write_on
from helpers.plotting import to_html
from helpers.weights import austen_text
from reference.generation import sample_next
from reference.models import load_austen
from reference.writing import repeated, words

CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not CI, reason="NOT TESTED: the model in a page, no Chromium"
)
SHOTS = os.environ.get("SCREENSHOTS")
PROMPTS = (
    "It is a truth universally acknowledged", "The keys to the cabinet are on the table.", "Emma",
    " and", "“Oh!” cried Mr. Bennet,", "I am very", "She was", "CHAPTER XII", "2 + 2 =", "x",
    "Anne Elliot, with all her claims of birth, beauty, and mind,", "He had no", "\n\n", "?",
    "The the the the the the the the the", "naïve Café Straße", "Miss Dashwood's", "  two  spaces ",
    "Everybody at all addicted to letter-writing, without having much to say, must feel", "🙂",
)  # fmt: skip
"""Twenty beginnings, some of which the model has never seen the like of."""
ODD = (
    "\ufeffa mark first", "", " ", "\n", "a\n\n  b\t", "Grüße aus Köln: ä ö ü ß", "naïve\u00a0café",
    "🙂👩‍👩‍👧 ok",
    "漢字かな", "1,234.50 ½ ² Ⅷ ٣", "don't I'll we've he'd I'M", "\u0085 \ufeff\u2028x",
    "a\u0000b\u007f\u00ad", "“Quoted,” she said—and left…", "\U0001f1e9\U0001f1ea",
    "e\u0301", "   leading", "trailing   ",
)  # fmt: skip
LOAD = """async () => {
    const at = "/helpers/explorables/austen/";
    const parts = ["model", "sampling", "tokens", "weights"];
    const all = await Promise.all(parts.map((part) => import(`${at}${part}.js`)));
    Object.assign(window, ...all.map((part) => ({ ...part })));
    const file = async (name) => fetch(`/helpers/models/austen/${name}`);
    const config = await (await file("config.json")).json();
    const buffer = await (await file("model.safetensors")).arrayBuffer();
    window.tokenizer = new Tokenizer(await (await file("tokenizer.json")).json());
    window.model = new DecoderLM(config, readWeights(buffer));
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI has to run the model in a page, and lacks Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _served(folder: Path) -> http.server.ThreadingHTTPServer:
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the course's folder is served."""
    with _served(ROOT) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page in which the model's modules are loaded, with nothing drawn."""
    page = browser.new_page(base_url=address)
    page.route("**/bare.html", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto("/bare.html")
    page.evaluate(LOAD)
    yield page
    page.close()


@pytest.fixture(scope="module")
def austen() -> Any:
    return load_austen()


def test_the_page_cuts_a_text_into_the_same_tokens(page, austen):
    """With other tokens the model would read another text, and nobody would see why it stammers."""
    texts = [*PROMPTS, *ODD]
    ours = page.evaluate("(texts) => texts.map((text) => tokenizer.encode(text))", texts)
    assert ours == [austen.tokenizer.encode(text).ids for text in texts]
    back = page.evaluate("(all) => all.map((ids) => tokenizer.decode(ids))", ours)
    assert back == texts
    alone = page.evaluate("Array.from({ length: 1024 }, (_, id) => tokenizer.decode([id]))")
    assert alone == [austen.tokenizer.decode([id_]) for id_ in range(1024)]  # parts of characters


def test_the_page_computes_what_pytorch_computes(page, austen):
    """A wrong pair in RoPE or a forgotten norm still writes English of a kind."""
    worst = 0.0
    for prompt in PROMPTS:
        ids = austen.tokenize(prompt)[1]
        ours = page.evaluate(
            "(ids) => model.forward(ids).map((row) => Array.from(row))", ids.tolist()
        )
        worst = max(worst, (torch.tensor(ours) - austen(ids)).abs().max().item())
    print(f"largest difference of a logit: {worst:.1e}")
    assert worst < 1e-2


def test_a_cache_changes_no_logit(page, austen):
    """The book's text would go another way than the model that it claims to show."""
    ids = austen.tokenize(" ".join(PROMPTS))[1]
    difference, last = page.evaluate(
        """(ids) => {
            const caches = model.newCaches();
            const parts = [...model.forward(ids.slice(0, 7), caches)];
            for (const id of ids.slice(7)) parts.push(...model.forward([id], caches));
            const differ = (row, i) => row.map((logit, j) => Math.abs(logit - parts[i][j]));
            const largest = model.forward(ids).map((row, i) => Math.max(...differ(row, i)));
            return [Math.max(...largest), Array.from(parts.at(-1))];
        }""",
        ids.tolist(),
    )
    assert len(ids) > 100 and difference < 1e-6
    assert (torch.tensor(last) - austen(ids)[-1]).abs().max() < 1e-2


def test_a_draw_is_fair_and_can_be_repeated(page, austen):
    """A slider that isn't the course's temperature would teach a wrong one."""
    logits = austen(austen.tokenize("I am very")[1])[-1]
    for temperature, top_k in ((0.0, 1024), (0.3, 1024), (1.0, 1024), (1.5, 5), (1e-6, 1024)):
        at = [logits.tolist(), temperature, top_k]
        ours = page.evaluate(
            """([logits, temperature, top_k]) => {
                const shares = probabilities(Float32Array.from(logits), temperature, top_k);
                const random = generator(7);
                const drawn = Array.from({ length: 4000 }, () => sample(shares, random));
                const again = generator(7);
                const same = drawn.every((id) => id === sample(shares, again));
                return [Array.from(shares), drawn, same];
            }""",
            at,
        )
        scaled = logits - logits.max()
        if temperature == 0:
            expected = torch.zeros(1024).scatter(0, logits.argmax(), 1.0)
        else:
            kept = logits >= logits.topk(top_k).values[-1]
            expected = (scaled / temperature).masked_fill(~kept, -torch.inf).softmax(dim=-1)
        torch.testing.assert_close(torch.tensor(ours[0]).float(), expected, atol=1e-6, rtol=1e-4)
        assert ours[2]
        counts = torch.bincount(torch.tensor(ours[1]), minlength=1024) / 4000
        assert (counts - expected).abs().max() < 0.04
    assert sample_next(logits, 0.0) == logits.argmax()


def test_the_page_writes_as_fast_as_one_reads(page):
    """At two tokens a second nobody waits for the end of a sentence.

    Asked for is twenty a second on a machine whose cores others use too; alone it writes many times
    as many.
    """
    rate = page.evaluate(
        """() => {
            const write = (n) => {
                const caches = model.newCaches();
                let next = tokenizer.encode("It is a truth universally acknowledged");
                const random = generator(1);
                const start = performance.now();
                for (let i = 0; i < n; i++) {
                    const logits = model.forward(next, caches).at(-1);
                    next = [sample(probabilities(logits, 0.8, 40), random)];
                }
                return (1000 * n) / (performance.now() - start);
            };
            write(5);
            return write(100);
        }"""
    )
    print(f"{rate:.0f} tokens a second")
    assert rate >= 20


def test_what_the_picture_lets_one_find_is_so(page):
    """The answer below it would be a claim. Cold texts go in circles, hot ones make words up."""
    write = """([prompts, temperature]) => {
        const random = generator(3);
        return prompts.map((prompt) => {
            const ids = tokenizer.encode(prompt);
            const caches = model.newCaches();
            let next = ids;
            for (let i = 0; i < 60; i++) {
                const logits = model.forward(next, caches).at(-1);
                next = [sample(probabilities(logits, temperature), random)];
                ids.push(next[0]);
            }
            return tokenizer.decode(ids);
        });
    }"""
    known = set(words(austen_text()))
    begun = ["She was", "I am very", "He had no", "Emma", "The keys"]
    repeats, inventions = {}, {}
    for t in (0, 0.4, 1, 2):
        spoken = [words(text)[1:-1] for text in page.evaluate(write, [begun, t])]
        repeats[t] = mean(map(repeated, spoken))
        inventions[t] = mean(share_invented(each, known) for each in spoken)
    assert repeats[0] > 0.2 > 0.1 > repeats[0.4] and repeats[1] < 0.02
    assert inventions[0] < 0.02 < inventions[1] < 0.15 < inventions[2]


def test_it_sees_where_a_text_goes_in_circles(page):
    """A reader who counts by eye gives up; marked are words of runs that stood there before."""
    text = "She was very glad. “She was, very” GLAD she was very happy; don't go"
    found = page.evaluate(
        """async (text) => (await import("/helpers/explorables/austen/circles.js")).circles(text)
            .map(({ from, to, again }) => [text.slice(from, to), !!again])""",
        text,
    )
    assert [it for it, _ in found][-2:] == ["don't", "go"]
    assert [again for _, again in found] == [4 <= i < 11 for i in range(14)]


HTML = "text/html; charset=utf-8"
QUESTION = "How low can it go?"
PROMPT = "The keys to the cabinet"


class _Picture:
    """The picture in a page, and what the page has asked for."""

    def __init__(self, browser: Any, address: str, head: str, **settings: Any) -> None:
        explorable = explore_write_on(QUESTION, PROMPT)
        body = f"<!doctype html>{head}<body>{to_html(explorable.still)}{explorable.html}"
        self.asked: list[str] = []
        self.page = browser.new_page(base_url=address, **settings)
        self.page.set_default_timeout(10_000)
        self.page.route("**/page.html", lambda route: route.fulfill(body=body, content_type=HTML))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto("/page.html")
        self.button = lambda name: self.page.get_by_role("button", name=name, exact=True)
        self.slider = self.page.get_by_role("slider", name="Temperature")
        self.words = self.page.get_by_role("textbox", name="Your words")

    def said(self, text: str) -> str:
        """Waits until the status begins with `text`, and gives all of it."""
        status = self.page.get_by_role("status").filter(has_text=text)
        status.wait_for(state="attached")
        return str(status.inner_text())

    @property
    def text(self) -> str:
        return self.page.locator(".written").text_content()

    def bars(self) -> dict[str, float]:
        bars = self.page.get_by_role("group", name="The likeliest").get_by_role("button").all()
        return {b.get_attribute("data-name"): float(b.get_attribute("data-value")) for b in bars}


BOOK = '<html lang="en" data-content_root="./">'


@pytest.fixture()
def picture(browser: Any, address: str, request: Any) -> Iterator[_Picture]:
    picture = _Picture(browser, address, BOOK, **getattr(request, "param", {}))
    yield picture
    picture.page.close()


def _likeliest(austen: Any, text: str, temperature: float) -> dict[str, float]:
    best = (austen(austen.tokenize(text)[1])[-1] / temperature).softmax(dim=-1).topk(8)
    return {austen.decode(i[None]): p.item() for p, i in zip(*best, strict=True)}


def _agree(ours: dict[str, float], expected: dict[str, float]) -> None:
    assert list(ours) == list(expected)
    assert list(ours.values()) == pytest.approx(list(expected.values()), abs=2e-4)


@pytest.mark.parametrize("picture", [{"reduced_motion": "reduce"}], indirect=True)
def test_by_keyboard_a_reader_writes_on(picture, austen):
    """Who has no mouse would only read that there is something to try; and where things are to keep
    still, the text comes as a whole."""
    page, press = picture.page, picture.page.keyboard.press
    _agree(picture.bars(), _likeliest(austen, PROMPT, 0.8))
    assert not [url for url in picture.asked if "austen" in url], "loaded before it is asked for"

    picture.words.focus()
    press("Control+A")
    page.keyboard.type("I am very")
    page.get_by_role("button", name="“ gl”").wait_for()
    _agree(picture.bars(), _likeliest(austen, "I am very", 0.8))
    press("Tab")
    for _ in range(3):
        press("ArrowLeft")
    assert picture.slider.get_attribute("aria-valuetext") == "0.5"
    _agree(picture.bars(), _likeliest(austen, "I am very", 0.5))

    press("Home")
    names = list(_likeliest(austen, "I am very", 1))
    _agree(picture.bars(), dict.fromkeys(names, 0.0) | {" gl": 1.0})  # the others keep their order
    picture.words.focus()
    press("Enter")
    picture.said("It drew")
    assert picture.text == "I am very gl"
    press("Tab")
    press("Tab")
    press("Tab")
    page.evaluate(
        """() => {
            window.drawn = 0;
            const shadow = document.querySelector("[data-explorable]").shadowRoot;
            const watch = new MutationObserver(() => window.drawn++);
            watch.observe(shadow.querySelector(".written"), { childList: true });
        }"""
    )
    press("Enter")
    picture.said("It wrote 60 tokens.")
    assert picture.text == austen.complete("I am very", 61, temperature=0)
    assert page.evaluate("drawn") <= 3
    press("Tab")
    press("Enter")
    assert picture.text == "I am very"
    assert picture.words.evaluate("it => it === it.getRootNode().activeElement")


def test_by_mouse_a_reader_chooses_stops_and_begins_again(picture, austen):
    """A text that can't be stopped is one that nobody reads."""
    from playwright.sync_api import expect

    page = picture.page
    bars = page.get_by_role("group", name="The likeliest").get_by_role("button")
    bars.nth(1).click()
    picture.said("You chose “␣of”.")
    assert picture.text == f"{PROMPT} of"
    _agree(picture.bars(), _likeliest(austen, f"{PROMPT} of", 0.8))
    picture.button("Next token").click()
    page.locator(".token").nth(1).wait_for()

    picture.button("Write on").click()
    page.locator(".token").nth(5).wait_for()
    picture.button("Stop").click()
    said = picture.said("It wrote")
    written = page.locator(".token").count()
    assert 6 <= written < 60
    assert said.startswith(f"It wrote {written - 2} tokens.")

    picture.button("Start again").click()
    assert picture.text == PROMPT
    picture.words.fill("")
    picture.said("Type a word or two first.")
    assert not page.get_by_role("group", name="The likeliest").is_visible()
    picture.words.fill("The end. " * 90)
    picture.said("That's 256 tokens.")
    for button in (picture.button("Next token"), picture.button("Write on"), bars.first):
        assert button.get_attribute("aria-disabled") == "true"
    picture.words.fill("The end.")
    expect(picture.button("Next token")).to_have_attribute("aria-disabled", "false")


def test_what_is_said_is_about_the_words_that_stand_there(picture):
    """A chance of 100 % of a token that is gone would be taken for one of the new words."""
    page = picture.page
    seen = page.locator(".told [aria-hidden]")
    picture.button("Next token").click()
    page.get_by_text("It drew").first.wait_for()
    picture.words.fill("I am very")
    assert seen.inner_text() == ""
    picture.button("Write on").click()
    page.locator(".token").nth(3).wait_for()
    picture.words.fill("Emma")  # while it writes
    page.wait_for_timeout(300)
    assert seen.inner_text() == ""
    picture.button("Write on").click()
    page.locator(".token").nth(3).wait_for()
    picture.button("Start again").click()
    page.wait_for_timeout(300)
    assert "It wrote" not in seen.inner_text()


def _write_twice_more(picture):
    for _ in range(2):
        picture.button("Write on").click()  # it is called Stop meanwhile


def test_at_zero_it_goes_in_circles_and_the_reader_sees_where(picture):
    page = picture.page
    assert page.locator(".again").count() == 0
    picture.slider.fill("0")
    picture.button("Write on").click()
    said = picture.said("It wrote 60 tokens.")
    assert said.endswith("21 of its 37 words go round again.")  # as lesson 00 says
    assert page.locator(".again").count() > 20
    _write_twice_more(picture)
    picture.said("102 of its 116 words go round again.")
    page.reload()
    picture.slider.fill("0.4")
    picture.button("Write on").click()
    assert picture.said("It wrote 60 tokens.").endswith("No word goes round again yet.")
    _write_twice_more(picture)
    picture.said("4 of its 104 words go round again.")
    page.reload()
    picture.slider.fill("1")
    picture.button("Write on").click()
    assert picture.said("It wrote 60 tokens.").endswith("No word goes round again yet.")
    assert "discunded" in picture.text and "beenking" in picture.text


def test_the_first_draws_are_ordinary(picture):
    """A first draw of one in a thousand, where the bars promise a half, looks like a fault."""
    shares = []
    for i in range(3):
        picture.button("Next token").click()
        picture.page.locator(".token").nth(i).wait_for()
        picture.page.get_by_text("It drew").first.wait_for()
        said = picture.page.locator(".told [aria-hidden]").inner_text()
        shares.append(float(said.split("chance of ")[1].split(" ")[0]))
    assert shares[0] > 30 and min(shares) > 2


@pytest.mark.parametrize("picture", [{"viewport": {"width": 390, "height": 800}}], indirect=True)
def test_bars_stay_where_they_are_while_it_writes(picture):
    """Who aims at one would press another."""
    page, first = picture.page, picture.page.locator(".next > *").first
    before = first.bounding_box()["y"]
    picture.slider.fill("1.4")
    picture.button("Write on").click()
    picture.said("It wrote 60 tokens.")
    picture.button("Write on").click()
    picture.said("It wrote 60 tokens.")
    assert first.bounding_box()["y"] == before
    below = "it => it.scrollHeight - it.scrollTop - it.clientHeight"
    assert page.locator(".written").evaluate(below) <= 1, "the end can't be seen"


LAB = '<script id="jupyter-config-data" type="application/json">{"baseUrl": "/user/jane/"}</script>'


def test_in_a_notebook_the_files_come_from_its_own_server(browser, address):
    """Behind a JupyterHub, and in a JupyterLab that was started in the course's folder."""
    picture = _Picture(browser, address, LAB)
    at = f"{address}/user/jane"
    files = f"{at}/files/helpers/models/austen/*"
    picture.page.route(
        files, lambda route: route.continue_(url=route.request.url.replace("/user/jane/files", ""))
    )
    picture.button("Next token").click()
    picture.page.locator(".token").wait_for()
    of_model = [url for url in picture.asked if url.endswith(".safetensors")]
    assert of_model == [
        f"{at}/{it}/austen/model.safetensors" for it in ("static", "files/helpers/models")
    ]
    picture.page.unroute(files)
    picture.page.close()


def test_where_the_files_are_not_the_reader_is_told(browser, address):
    """A button that does nothing, or a picture that has vanished, is all that one would see."""
    missing = _Picture(browser, address, LAB)
    missing.button("Next token").click()
    missing.page.get_by_role("status").get_by_text(
        "The model can't be loaded: its files"
    ).wait_for()
    missing.page.close()
    elsewhere = _Picture(browser, address, "")
    elsewhere.page.get_by_text("Here the picture stands still").wait_for()
    elsewhere.page.get_by_role("group", name="The likeliest").get_by_text("␣of").wait_for()
    assert elsewhere.page.locator("button, input").count() == 0
    assert elsewhere.asked == [f"{address}/page.html"]
    elsewhere.page.close()
