"""What hands do to the explorables of lessons 05 and 06, and what Python makes of it."""

from __future__ import annotations

import math
from typing import Any

import torch

from explored.case import Case, Numbers, depth, drag, numbers, press

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
    top, second, *_ = scores.sort(descending=True).values.tolist()
    return found | {"sum": scores.exp().sum().item(), "entropy": entropy, "lead": top - second}


def _choose(picture: Any) -> None:
    """By mouse: no division, the largest d_k, the row of "cabinet"; rows stay where they are, and
    the scale of bars says which it is."""
    row, edge = picture.locator("tbody tr").first, picture.locator("th.wide")
    before, scale = depth(picture, row), edge.inner_text()
    picture.get_by_role("checkbox", name="divide by √2 = 1.41").click()
    slider = picture.get_by_role("slider", name="d_k")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    picture.get_by_text("cabinet", exact=True).first.click()
    assert numbers(picture)["score-3"] == -60
    assert depth(picture, row) == before, "the rows have jumped"
    assert (scale, edge.inner_text()) == ("−3 to 3", "−20 to 20")
    assert "gives 0.500 each" in picture.locator(".told").inner_text()
    picture.get_by_text("the", exact=True).first.click()
    assert (
        "all but a trace to “cabinet”. The best score leads"
        in picture.locator(".told").inner_text()
    )
    picture.get_by_text("cabinet", exact=True).first.click()


def _choose_by_keys(picture: Any) -> None:
    """By keyboard: the row before "are", the next d_k, no division."""
    keyboard = picture.page.keyboard
    picture.get_by_role("radio", name="are").focus()
    for key in ("ArrowLeft", "Tab", "ArrowRight", "d", "d", "Tab", "Space"):
        keyboard.press(key)
    assert picture.get_by_role("slider").get_attribute("aria-valuetext") == "1024"
    assert numbers(picture)["score-3"] == -60


def _turn_by_keys(picture: Any) -> None:
    """The right arrow key turns clockwise, as hands of a clock on their way right."""
    press(picture, ".handle", "ArrowRight")
    assert numbers(picture)["q1"] < 1
    press(picture, ".handle", "ArrowUp", "PageUp", "ArrowLeft", "d", "d")
    assert "“keys” wins, with 0.84. Out" in picture.locator(".told").inner_text()


CASES = {
    "query": Case(
        code=f"""{NAPKIN}from helpers.explorables import explore_query
explore_query("Which?", [2, 1], K, V, tokens, "are", ("noun", "plural"), ("many", "one"))""",
        mouse=lambda picture: drag(picture, ".handle", -60, -70),
        keys=_turn_by_keys,
        computed=_attended,
    ),
    "scores": Case(code=f"{NAPKIN}{SCORES}", mouse=_choose, keys=_choose_by_keys, computed=_shared),
}
