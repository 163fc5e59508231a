"""What hands do to the explorables of lesson 13, and what Python makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any
from unittest.mock import patch

import pytest
import torch

from explored.case import Case, Numbers, numbers, press
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.generation import generate, generate_cached

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
    told = picture.locator(".told [aria-hidden]")
    left_now, table = told.first.inner_text(), picture.locator("table").bounding_box()
    assert "tokens are left" in left_now
    picture.get_by_role("button", name="Draw 20").click()
    assert told.first.inner_text() == left_now
    named = [int(n) for n in re.findall(r"× (\d+)", told.nth(1).inner_text())]
    single, others = re.findall(r"(\d+)(?: went)? to", told.nth(1).inner_text())
    assert sum(named) == int(single) == 20 - int(others)
    below = picture.locator("table").bounding_box()
    height = below["y"] + below["height"] - picture.bounding_box()["y"]
    assert below["y"] == table["y"] and height < 640, "seen at once on a laptop"
    heat, top_p, top_k = (
        float(it.get_attribute("aria-valuetext")) for it in picture.get_by_role("slider").all()
    )
    left = _drawn_from(OPEN, heat, top_p=top_p, top_k=int(top_k))
    assert numbers(picture)["left"] == int((left > 0).sum())
    assert numbers(picture)["draws"] == 20


def _turn_by_keys(picture: Any) -> None:
    """By keyboard: a temperature of 1.5, top-p 0.95, forty draws."""
    press(picture, "input:checked", "Tab", *["ArrowRight"] * 5, "Tab", "ArrowRight")
    assert picture.get_by_role("slider", name="top-p").get_attribute("aria-valuetext") == "0.95"
    for key in ("Tab", "Tab", "Enter", "Space", "d"):
        picture.page.keyboard.press(key)
    assert numbers(picture)["draws"] == 40
    left = int((_drawn_from(SURE, 1.5, top_p=0.95) > 0).sum())
    assert numbers(picture)["left"] == left < 100
    picture.get_by_role("slider", name="top-k").fill("4")  # 10: of the first shared row two
    assert picture.locator(".like").nth(8).inner_text() == "2 left: t8 t9".replace(" t", " ␣t")


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
    shown = numbers(picture)
    for name, what in (("vector", "keys"), ("score", "scores")):
        cells = picture.locator(f".{name}.first, .{name}.again").count()
        assert cells == shown[f"{what}-now-{way}"]
    known = int(shown["keys-now-without"]) - 1 if way == "with" else 0
    assert picture.locator(".vector.stored").count() == known
    assert picture.locator(".score.done").count() == known * (known + 1) / 2


def _write_on(picture: Any) -> None:
    """By mouse: the third step with a cache, and without; then the last, from which only another
    button leads back."""
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "1 of 4"
    on = picture.get_by_role("button", name="Next token")
    on.dblclick()
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "3 of 4"
    _marks(picture, "with")
    assert picture.locator("svg text", has_text="␣keys").count() == 2
    assert picture.locator(".signs").inner_text() == "␣ is a space, ↵ is a line break"
    picture.get_by_text("off", exact=True).click()
    _marks(picture, "without")
    assert "though only “␣cabinet” is new" in picture.locator(".told").inner_text()
    on.click()
    assert on.is_disabled()


def _write_on_by_keys(picture: Any) -> None:
    """By keyboard: without a cache, the last step, again from the start, the second one."""
    press(picture, "input:checked", "ArrowLeft", "Tab", "End", "Tab", "Enter")  # starts again
    press(picture, "button:has-text('Next')", "Space", "d")
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "2 of 4"
    _marks(picture, "without")


CASES = {
    "nucleus": Case(code=NUCLEUS, mouse=_turn, keys=_turn_by_keys, computed=_cut),
    "cached": Case(CACHED, _write_on, _write_on_by_keys, computed=_counted),
}
