"""What hands do to the explorables of lesson 02, and what Python makes of it."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from explored.case import Case, Numbers, depth, numbers

X = [[0, 0, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]]


def _as_pytorch_says(picture: Any) -> None:
    """The code on the screen, run by PyTorch, gives the shape and the list beside it."""
    code = picture.locator(".code").inner_text()
    result = eval(code, {"x": torch.tensor(X, dtype=torch.float32)})
    assert picture.locator(".shape").inner_text() == str(tuple(result.shape)), code
    held = eval(picture.locator(".list").inner_text())
    torch.testing.assert_close(torch.tensor(held), result, atol=0.0051, rtol=0)
    shown = [it for name, it in numbers(picture).items() if name.startswith("result")]
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
    table = picture.locator("table")
    top = depth(picture, table)
    picture.get_by_role("checkbox", name="keepdim").click()
    assert depth(picture, table) == top
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
    shown = [it for name, it in numbers(picture).items() if name.startswith("sum")]
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


CASES = {
    "dims": Case(
        code=f"""from helpers.explorables import explore_dims
x, words = {X}, ["the", "keys", "cabinet", "are"]
explore_dims("Which?", x, words, ["noun", "plural", "verb"])""",
        mouse=_add,
        keys=_add_by_keys,
        computed=_summed,
    ),
    "shapes": Case(
        code=f"""from helpers.explorables import explore_shapes
explore_shapes("Which?", {SHAPES}, (4, 3), (4, 1))""",
        mouse=_combine,
        keys=_combine_by_keys,
        computed=_combined_again,
    ),
}
