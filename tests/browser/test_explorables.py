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
from itertools import accumulate
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import pytest
import torch

from common.lab import CHROMIUM, FLAGS, served
from course.authoring.exercises import ROOT
from course.learner.lab import lab_arguments, lab_environment
from helpers.explorables import Explorable
from helpers.plotting import to_html
from helpers.weights import austen_text
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.generation import generate, generate_cached
from reference.models import load_minilm
from reference.positions import apply_rope
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


SENTENCE = "The keys to the cabinet are on the table."
HEADS = f"""from helpers.explorables import explore_heads
from reference.models import load_minilm
explore_heads("Which?", load_minilm(), {SENTENCE!r}, layer=3, head=1)"""


def _looked_at(shown: Numbers) -> dict[str, float]:
    """Whole percents of one row of one head; of the rest where [CLS] and [SEP] are left out."""
    model = load_minilm()
    layer, head, query = (int(shown[name]) for name in ("layer", "head", "query"))
    row = model(model.tokenize(SENTENCE)[1]).attentions[layer][head, query]
    keys = [key for key in range(len(row)) if f"key-{key}" in shown]
    assert keys in (list(range(12)), list(range(1, 11)))
    percents = (100 * row[keys] / row[keys].sum()).round().tolist()
    return {f"key-{key}": percent for key, percent in zip(keys, percents, strict=True)}


def _look(picture: Any) -> None:
    """By mouse: the small map of L4H5, no [CLS], over "table" and over a cell of the map."""
    picture.get_by_title("layer 4, head 5").click()
    picture.get_by_role("checkbox").click()
    picture.locator("label", has_text="table").hover()
    assert _numbers(picture)["query"] == 9
    picture.locator('rect[data-row="5"][data-key="5"]').hover()
    shown = _numbers(picture)
    assert (shown["layer"], shown["head"], shown["query"], shown["key-5"]) == (4, 5, 5, 36)
    assert picture.locator(".to .here").inner_text().split() == ["cabinet", "36", "%"]


def _look_by_keys(picture: Any) -> None:
    """By keyboard: layer 2, head 3, no [SEP], the word before."""
    for name, key in (("layer", "ArrowLeft"), ("head", "ArrowRight"), ("head", "ArrowRight")):
        _press(picture, f'label:has-text("{name}") input[type=range]', key)
    for key in ("Tab", "Space", "Tab", "ArrowUp", "d", "d"):
        picture.page.keyboard.press(key)
    shown = _numbers(picture)
    assert (shown["layer"], shown["head"], shown["query"]) == (2, 3, 5) and "key-0" not in shown


PLACES = """from helpers.explorables import explore_places
explore_places("Which?", ["the", "keys", "cabinet", "are"], d_model=4, asks=(2, 3))"""


def _placed(shown: Numbers) -> dict[str, float]:
    """PyTorch's own index of a number in each form, and its place in memory."""

    def put(name: str, form: torch.Tensor) -> None:
        (place,) = (form == number).nonzero().tolist()
        found.update({f"{name}-{i}": float(value) for i, value in enumerate(place)})
        bytes_before = form[tuple(place)].data_ptr() - form.untyped_storage().data_ptr()
        found[f"{name}-place"] = bytes_before / form.element_size()

    x, found = torch.arange(16).reshape(4, 4), {}
    number = x[int(shown["x-0"]), int(shown["x-1"])]
    put("x", x)
    cut = x.reshape(4, 2, 2)
    heads = cut.permute(1, 0, 2) if "cut-0" in shown else x.reshape(2, 4, 2)
    put("heads", heads)
    front = heads.permute(1, 0, 2)
    put("back", (front if "front-0" in shown else heads).reshape(4, 4))
    if "cut-0" in shown:
        put("cut", cut)
    if "front-0" in shown:
        put("front", front)
        del found["front-place"]  # not shown
    assert found.keys() == shown.keys()
    return found


def _place(picture: Any) -> None:
    """By mouse: the way there straight, a number of the table, and one of a head."""
    picture.get_by_role("radio", name="reshape straight").first.check(force=True)
    picture.get_by_text("cabinet 1").first.hover()
    picture.get_by_text("cabinet 3").nth(2).click()
    assert _numbers(picture)["heads-0"] == 1
    assert "takes it for a number of “keys”" in picture.locator(".told span").first.inner_text()
    assert picture.locator(".strange").count() > 0


def _place_by_keys(picture: Any) -> None:
    """By keyboard: a column back and a row up in the table, and the straight way back."""
    _press(picture, "label:has(.chosen) input", "ArrowLeft", "ArrowUp", "d", "d")
    shown = _numbers(picture)
    assert (shown["x-0"], shown["x-1"]) == (1, 2)
    picture.get_by_role("radio", name="tokens first").focus()
    picture.page.keyboard.press("ArrowRight")
    assert "front-0" not in _numbers(picture)


NUCLEUS = """import torch
from helpers.explorables import explore_nucleus
sure = (-1.2 * torch.arange(300.0) ** 0.5).softmax(dim=-1)
given = {"sure": sure, "open": (-0.9 * torch.arange(300.0) ** 0.3).softmax(dim=-1)}
explore_nucleus("Which?", given, lambda ids: f" t{ids.item()}")"""
SURE = (-1.2 * torch.arange(300.0) ** 0.5).softmax(dim=-1)
OPEN = (-0.9 * torch.arange(300.0) ** 0.3).softmax(dim=-1)
ROWS = [*((i, i + 1) for i in range(8)), (8, 20), (20, 100), (100, 300)]
CUTS = [
    *({"top_p": p} for p in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)),
    *({"top_k": k} for k in (1, 2, 3, 5, 10, 20, 50, 100)),
]


class _Gives:
    """A model that gives the logits of one distribution after every text."""

    training = False

    def __init__(self, p: torch.Tensor) -> None:
        self.logits = p.log()

    def train(self, mode: bool = True) -> None: ...

    def eval(self) -> None: ...

    def new_caches(self) -> list[Any]:
        return []

    def __call__(self, tokens: torch.Tensor, caches: list[Any]) -> torch.Tensor:
        return self.logits[None]


def _drawn_from(p: torch.Tensor, temperature: float, **cuts: Any) -> torch.Tensor:
    """The probabilities from which `generate_cached` draws."""
    if temperature == 0:
        return (torch.arange(len(p)) == p.argmax()).double()
    with patch("torch.multinomial", wraps=torch.multinomial) as draws:
        generate_cached(_Gives(p), torch.tensor([0]), 1, temperature, **cuts)
    return draws.call_args.args[0][0].double()


def _by_row(p: torch.Tensor) -> list[float]:
    return [p[start:end].sum().item() for start, end in ROWS]


def _random(seed: int) -> Iterator[float]:
    """Tommy Ettinger's mulberry32."""
    while True:
        seed = (seed + 0x6D2B79F5) % 2**32
        t = (seed ^ seed >> 15) * (1 | seed) % 2**32
        t ^= (t + (t ^ t >> 7) * (61 | t)) % 2**32
        yield (t ^ t >> 14) / 2**32


def _cut(shown: Numbers) -> dict[str, float]:
    """The shares before the cuts tell the beginning and the temperature; which cut, how many are
    left; and what is left, what twenty draws give."""
    before = [shown[f"before-{i}"] for i in range(len(ROWS))]
    whole = [_drawn_from(p, tenths / 10) for p in (SURE, OPEN) for tenths in range(21)]
    (at,) = [i for i, p in enumerate(whole) if _by_row(p) == pytest.approx(before, abs=2e-5)]
    kept = [_drawn_from((SURE, OPEN)[at // 21], at % 21 / 10, **cut) for cut in CUTS]
    left = [int((p > 0).sum()) for p in kept]
    chosen = next(
        i for i, n in enumerate(left) if shown["left"] in (n, round(n, -1 if n > 99 else 0))
    )
    after = [shown[f"after-{i}"] for i in range(len(ROWS))]
    ends, random, drawn = list(accumulate(after)), _random(1), [0] * len(ROWS)
    for _ in range(int(shown["draws"])):
        luck = next(random)
        drawn[next(i for i, end in enumerate(ends) if luck < end)] += 1
    together = whole[at][: left[chosen]].sum().item()
    found = {f"after-{i}": share for i, share in enumerate(_by_row(kept[chosen]))}
    return found | {f"draws-{i}": n for i, n in enumerate(drawn)} | {"together": together}


def _turn(picture: Any) -> None:
    """By mouse: the other beginning, a high temperature, fewer tokens by top-k, twenty draws."""
    picture.get_by_text("open", exact=True).click()
    for name, part in (("temperature", 0.8), ("top-k", 0.5)):
        slider = picture.get_by_role("slider", name=name)
        box = slider.bounding_box()
        slider.click(position={"x": box["width"] * part, "y": box["height"] / 2})
    picture.get_by_role("button", name="Draw 20").click()
    heat, top_p, top_k = (
        float(it.get_attribute("aria-valuetext")) for it in picture.get_by_role("slider").all()
    )
    left = _drawn_from(OPEN, heat, top_p=top_p, top_k=int(top_k))
    assert _numbers(picture)["left"] == int((left > 0).sum())
    assert _numbers(picture)["draws"] == 20


def _turn_by_keys(picture: Any) -> None:
    """By keyboard: a temperature of 1.5, top-p 0.95, forty draws."""
    _press(picture, "input:checked", "Tab", *["ArrowRight"] * 5, "Tab", "ArrowRight")
    assert picture.get_by_role("slider", name="top-p").get_attribute("aria-valuetext") == "0.95"
    for key in ("Tab", "Tab", "Enter", "Space", "d"):
        picture.page.keyboard.press(key)
    assert _numbers(picture)["draws"] == 40
    left = int((_drawn_from(SURE, 1.5, top_p=0.95) > 0).sum())
    assert _numbers(picture)["left"] == left < 100


CACHED = """from reference.counting import ModelConfig
from helpers.explorables import explore_cached
config = ModelConfig(vocab_size=9, d_model=12, n_layers=2, n_heads=6, d_ff=4, n_kv_heads=2)
explore_cached("Which?", ["The", " keys", " to", " the", " cabinet", " are", "\\n"], 3, config)"""
SMALL = ModelConfig(vocab_size=9, d_model=12, n_layers=2, n_heads=6, d_ff=4, n_kv_heads=2)


def _work(write: Callable[..., torch.Tensor], n_new: int) -> tuple[int, int]:
    """How many keys and values a model makes, and how many scores its masks let through, while
    it writes after three tokens."""
    model, vectors, scores = DecoderLM(SMALL), [], []
    for block in model.blocks:
        for layer in (block.attention.W_k, block.attention.W_v):
            layer.register_forward_hook(lambda _layer, _x, y: vectors.append(y.numel() // 2))

    def attend(Q: Any, K: Any, V: Any, mask: Any, is_causal: bool, **how: Any) -> torch.Tensor:
        seen = torch.ones(Q.shape[-2], K.shape[-2], dtype=torch.bool)
        seen = seen.tril() if is_causal else seen if mask is None else mask
        scores.append(Q.shape[-3] * int(seen.sum()))
        return attention(Q, K, V, mask, is_causal=is_causal, **how)

    attention = torch.nn.functional.scaled_dot_product_attention
    with patch("torch.nn.functional.scaled_dot_product_attention", attend):
        write(model, torch.tensor([[0, 1, 2]]), n_new, temperature=0)
    return sum(vectors), sum(scores)


def _counted(shown: Numbers) -> dict[str, float]:
    """The length of the text gives the step, whose work is what it adds to that of those before."""
    found, step = {}, int(shown["keys-now-without"]) - 2
    for way, write in (("without", generate), ("with", generate_cached)):
        before, after = _work(write, step - 1), _work(write, step)
        for i, (what, each) in enumerate((("keys", 2 * 2 * 2), ("scores", 2 * 6))):
            for span, n in (("now", after[i] - before[i]), ("sum", after[i])):
                found |= {f"all-{what}-{span}-{way}": n, f"{what}-{span}-{way}": n / each}
    return found


def _marks(picture: Any, way: str) -> None:
    """The cells marked as computed are as many as the numbers say, and something is kept."""
    shown = _numbers(picture)
    for name, what in (("vector", "keys"), ("score", "scores")):
        cells = picture.locator(f".{name}.first, .{name}.again").count()
        assert cells == shown[f"{what}-now-{way}"]
    known = int(shown["keys-now-without"]) - 1 if way == "with" else 0
    assert picture.locator(".vector.stored").count() == known
    assert picture.locator(".score.done").count() == known * (known + 1) / 2


def _write_on(picture: Any) -> None:
    """By mouse: the second step, without a cache and with."""
    picture.get_by_role("button", name="Next token").click()
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "2 of 4"
    _marks(picture, "without")
    picture.get_by_text("on", exact=True).click()
    _marks(picture, "with")


def _write_on_by_keys(picture: Any) -> None:
    """By keyboard: with a cache, the last step, again from the start, the third one."""
    _press(picture, "input:checked", "ArrowRight", "Tab", "End", "Tab", "Enter", "Space", "Enter")
    picture.page.keyboard.press("d")
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "3 of 4"
    _marks(picture, "with")


def _descended(shown: Numbers) -> dict[str, float]:
    """The ball's place and slope by autograd, where the next step goes, and how many it takes."""
    goal = torch.tensor([0, 0.5, 0, 0, 0.5], dtype=torch.float64)

    def loss_and_slope(logit: float) -> tuple[float, float, float]:
        row = torch.tensor([0, logit, 0, 0, 0], dtype=torch.float64, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(row, goal)
        loss.backward()
        return row.softmax(dim=0)[1].item(), loss.item(), row.grad[1].item()

    def steps_to_the_bottom(rate: float, at_most: int) -> int:
        logit, lowest = -1.0, loss_and_slope(math.log(4))[1]
        for step in range(at_most):
            _, loss, slope = loss_and_slope(logit)
            if loss - lowest < 0.005:
                return step
            logit -= rate * slope
        return at_most

    rate, logit = shown["rate"], shown["logit"]
    p, loss, slope = loss_and_slope(logit)
    found = {"p": p, "loss": loss, "slope": slope, "step": rate * slope}
    found["next-logit"] = logit - rate * slope
    found["next-p"], found["next-loss"], _ = loss_and_slope(found["next-logit"])
    for name, count in shown.items():
        if name.startswith(("arrived-", "tried-")):
            found[name] = steps_to_the_bottom(float(name.partition("-")[2]), int(count))
    return found


def _descend(picture: Any) -> None:
    """By mouse: over the edge, to the bottom, and from elsewhere."""
    press = lambda name: picture.get_by_role("button", name=name).click()  # noqa: E731
    slider = picture.get_by_role("slider", name="learning rate")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    press("One step")
    shown = _agree(picture, CASES["descent"])
    assert shown["rate"] == 30 and shown["loss"] > 5 and shown["tried-30"] == 1
    assert "threw the ball out of the picture" in picture.locator(".told").inner_text()
    slider.click(position={"x": 3, "y": box["height"] / 2})
    press("Ten steps")
    assert "only crept" in picture.locator(".told").inner_text()
    assert _agree(picture, CASES["descent"])["steps"] == 10
    press("Back to the start")
    assert _numbers(picture)["logit"] == -1
    _drag(picture, ".handle", 60, 0)


def _descend_by_keys(picture: Any) -> None:
    """By keyboard: nine steps, and the start a tenth further."""
    picture.get_by_role("slider", name="learning rate").focus()
    for key in ("ArrowRight", "Tab", *["Enter"] * 4, "Tab", "Enter"):
        picture.page.keyboard.press(key)
    shown = _agree(picture, CASES["descent"])
    assert shown["rate"] == 2 and shown["steps"] == 14 and shown["arrived-2"] == 5
    assert (
        "at the bottom, with a loss of 1.386. It took 5 steps"
        in picture.locator(".told").inner_text()
    )
    _press(picture, ".handle", "ArrowLeft", "d", "d")


def _rotated(shown: Numbers) -> dict[str, float]:
    """The pair on the screen as `apply_rope` turns it in a head with 8 features, and its score."""
    i, places = int(shown["pair"]), torch.tensor([shown["query-at"], shown["key-at"]])
    pairs = torch.tensor([[1, 0], [0.64, 0.48]], dtype=torch.float64)
    heads = torch.nn.functional.pad(pairs, (2 * i, 6 - 2 * i))
    query, key = apply_rope(heads, places)
    a, b = query[2 * i : 2 * i + 2], key[2 * i : 2 * i + 2]
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=0).clamp(-1, 1)
    turns = (places * 10000 ** (-2 * i / 8)).rad2deg().tolist()
    found = {"query-0": a[0], "query-1": a[1], "key-0": b[0], "key-1": b[1], "score": query @ key}
    found |= {"angle": cosine.acos().rad2deg()}
    found |= {"query-turn": turns[0], "key-turn": turns[1], "further": abs(turns[0] - turns[1])}
    found |= {"distance": places[0] - places[1]}
    return {name: float(value) for name, value in found.items()}


def _rotate(picture: Any) -> None:
    """By mouse: both move on by as much, which the score doesn't notice, then another pair."""
    before = _numbers(picture)
    slider = picture.get_by_role("slider", name="both together")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    moved = _agree(picture, CASES["rotation"])
    assert (moved["query-at"], moved["key-at"]) == (40, 38)
    assert moved["score"] == pytest.approx(before["score"])
    assert moved["query-0"] != pytest.approx(before["query-0"], abs=0.1)
    assert "the score 0.170, as at\xa03 and\xa01." in picture.locator(".told").inner_text()
    picture.get_by_text("1: 5.73°", exact=True).click()
    assert _agree(picture, CASES["rotation"])["score"] != pytest.approx(before["score"], abs=0.1)


def _rotate_by_keys(picture: Any) -> None:
    """By keyboard: the key goes past the query, then both go on, with the slowest pair."""
    keyboard = picture.page.keyboard
    picture.get_by_role("slider", name="key at").focus()
    for key in (*["ArrowRight"] * 4, "Tab", "ArrowRight", "d", "d"):
        keyboard.press(key)
    assert "The key is 2 ahead of the query." in picture.locator(".told").inner_text()
    shown = _agree(picture, CASES["rotation"])
    assert (shown["query-at"], shown["key-at"]) == (4, 6)
    assert picture.get_by_role("slider", name="both").get_attribute("aria-valuetext") == "4 and 6"
    for key in ("Tab", "ArrowLeft"):
        keyboard.press(key)
    assert _numbers(picture)["pair"] == 3
    assert picture.locator("figure").last.locator(".tried").count() == 5


CASES = {
    "query": Case(
        code=f"""{NAPKIN}from helpers.explorables import explore_query
explore_query("Which?", [2, 1], K, V, tokens, "are", ("noun", "plural"), ("many", "one"))""",
        mouse=lambda picture: _drag(picture, ".handle", -60, -70),
        keys=lambda picture: _press(picture, ".handle", "ArrowUp", "PageUp", "ArrowLeft", "d", "d"),
        computed=_attended,
    ),
    "scores": Case(code=f"{NAPKIN}{SCORES}", mouse=_choose, keys=_choose_by_keys, computed=_shared),
    "places": Case(code=PLACES, mouse=_place, keys=_place_by_keys, computed=_placed),
    "heads": Case(code=HEADS, mouse=_look, keys=_look_by_keys, computed=_looked_at),
    "nucleus": Case(code=NUCLEUS, mouse=_turn, keys=_turn_by_keys, computed=_cut),
    "cached": Case(CACHED, _write_on, _write_on_by_keys, computed=_counted),
    "descent": Case(
        code="""from helpers.explorables import explore_descent
words, rates = ["the", "keys", "are", "on", "table"], [0.1, 1, 2, 6, 30]
start = {"rates": rates, "rate": 1, "start": -1, "reach": (-4, 8)}
explore_descent("How?", [0] * 5, [0, 0.5, 0, 0, 0.5], words, "keys", {"1": [2, 1]}, **start)""",
        mouse=_descend,
        keys=_descend_by_keys,
        computed=_descended,
    ),
    "rotation": Case(
        code="""from helpers.explorables import explore_rotation
places = {"query_at": 3, "key_at": 1}
explore_rotation("Where else?", (1, 0), (0.64, 0.48), d_head=8, **places)""",
        mouse=_rotate,
        keys=_rotate_by_keys,
        computed=_rotated,
    ),
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
