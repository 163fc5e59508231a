"""The course's own model as it runs in a browser, held to the same model in PyTorch."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from common.lab import CHROMIUM, FLAGS
from course.authoring.exercises import ROOT
from reference.generation import sample_next
from reference.models import load_austen

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
    "", " ", "\n", "a\n\n  b\t", "Grüße aus Köln: ä ö ü ß", "naïve\u00a0café", "🙂👩‍👩‍👧 ok", "漢字かな",
    "1,234.50 ½ ² Ⅷ ٣", "don't I'll we've he'd I'M", "\u0085 \ufeff\u2028x", "a\u0000b\u007f\u00ad",
    "“Quoted,” she said—and left…", "\U0001f1e9\U0001f1ea", "e\u0301", "   leading", "trailing   ",
)  # fmt: skip
LOAD = """async () => {
    const at = "/helpers/explorables/austen/";
    const parts = ["model", "sampling", "tokens", "weights"];
    const all = await Promise.all(parts.map((part) => import(`${at}${part}.js`)));
    Object.assign(window, ...all.map((part) => ({ ...part })));
    const file = async (name) => fetch(`/models/austen/${name}`);
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
def page(browser: Any) -> Iterator[Any]:
    """A page in which the model's modules are loaded, with nothing drawn."""
    with _served(ROOT) as server:
        page = browser.new_page(base_url=f"http://127.0.0.1:{server.server_address[1]}")
        page.route("**/bare.html", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto("/bare.html")
        page.evaluate(LOAD)
        yield page
        page.close()
        server.shutdown()


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
    ids = austen.tokenize(" ".join(PROMPTS))[1].tolist()
    difference = page.evaluate(
        """(ids) => {
            const whole = model.forward(ids);
            const caches = model.newCaches();
            const parts = [...model.forward(ids.slice(0, 7), caches)];
            for (const id of ids.slice(7)) parts.push(...model.forward([id], caches));
            return Math.max(...whole.map((row, i) =>
                Math.max(...row.map((logit, j) => Math.abs(logit - parts[i][j])))));
        }""",
        ids,
    )
    assert len(ids) > 100 and difference < 1e-6


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
