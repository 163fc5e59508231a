"""What hands do to the explorables of lesson 03, and what Python makes of it."""

from __future__ import annotations

import math
import re
from typing import Any

import torch

from explored.case import Case, Numbers, agree, drag, numbers, press


def _descended(shown: Numbers) -> dict[str, float]:
    """The ball's place and slope by autograd, where the next step goes, and how many it takes."""
    goal = torch.tensor([0, 0.5, 0, 0, 0.5], dtype=torch.float64)

    def loss_and_slope(logit: float) -> tuple[float, float, float]:
        row = torch.tensor([0, logit, 0, 0, 0], dtype=torch.float64, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(row, goal)
        loss.backward()
        return row.softmax(dim=0)[1].item(), loss.item(), row.grad[1].item()

    lowest = loss_and_slope(math.log(4))[1]
    enough = round(lowest, 3) + 0.005

    def descended(rate: float, logit: float, at_most: int) -> tuple[int, float]:
        for step in range(at_most + 1):
            _, loss, slope = loss_and_slope(logit)
            if step == at_most or round(loss, 3) < enough + 1e-9:
                return step, loss
            logit -= rate * slope
        raise AssertionError

    rate, logit = shown["rate"], shown["logit"]
    p, loss, slope = loss_and_slope(logit)
    found = {"p": p, "loss": loss, "slope": slope, "step": rate * slope}
    found["next-logit"] = logit - rate * slope
    found["next-p"], found["next-loss"], _ = loss_and_slope(found["next-logit"])
    found |= {"lowest": lowest, "enough": enough}
    for name, count in shown.items():
        what, _, run = name.partition("-")
        if what in ("arrived", "tried"):
            rate, start = (float(it) for it in run.split("@"))
            found[name], last = descended(rate, start, int(count))
            if what == "tried":
                found[f"loss-{run}"] = last
    return found


def _said(picture: Any) -> str:
    return picture.locator(".told").inner_text()


def _descend(picture: Any) -> None:
    """By mouse: over the edge, to the bottom, and from elsewhere; what was tried stays."""
    press = lambda name: picture.get_by_role("button", name=name).click()  # noqa: E731
    slider = picture.get_by_role("slider", name="learning rate")
    note, listed = picture.locator(".note"), picture.locator(".tally")
    assert note.inner_html() == "next step 0.42 ▸"
    assert picture.get_by_role("button", name="Clear").is_disabled()
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    assert note.inner_html() == "next: 11.47, loss 5.74 ▸"
    press("One step")
    shown = agree(picture, CASES["descent"])
    assert shown["rate"] == 30 and shown["loss"] > 5 and shown["tried-30@-1"] == 1
    home = picture.get_by_role("button", name="Start at")
    assert home.get_attribute("aria-disabled") == "true", "it is where the ball began"
    assert "threw the ball out of the picture" in _said(picture)
    assert "30: is out of the picture, 5.737 after 1 step" in listed.inner_text()
    assert note.inner_html() == "11.47, loss 5.74 ▸"
    assert picture.locator(".run text").all_text_contents() == ["30: ▲ 5.7"]
    press("Until it settles")
    assert re.search(r"The loss is (\S+) and (?!\1)\S+ in turn", _said(picture)), "not alike"
    slider.click(position={"x": 3, "y": box["height"] / 2})
    assert "back at its start" in _said(picture)
    assert note.inner_html() == "next step 0.04 ▸"
    press("Ten steps")
    assert "only crept" in _said(picture)
    shown = agree(picture, CASES["descent"])
    assert shown["steps"] == 10 and shown["tried-30@-1"] > 1
    assert "0.1: creeps, 1.815 after 10" in listed.inner_text()
    press("Until it settles")
    shown = agree(picture, CASES["descent"])
    assert shown["steps"] == shown["arrived-0.1@-1"] == 107
    ticks = picture.locator("svg[role=img] .grid text").all_text_contents()
    assert ticks[4] == "120", "this run needs a longer axis, and none a longer one"
    press("Back to its start")
    assert numbers(picture)["logit"] == -1 and numbers(picture)["arrived-0.1@-1"] == 107
    drag(picture, ".handle", 60, 0)
    shown = agree(picture, CASES["descent"])
    assert home.get_attribute("aria-disabled") == "false"
    assert shown["logit"] > 0 and shown["arrived-0.1@-1"] == 107
    press("Ten steps")
    press("Start at −1")
    assert agree(picture, CASES["descent"])["logit"] == -1 and listed.locator("p").count() == 2
    press("Clear")
    assert not any("@" in name for name in numbers(picture))
    press("One step")


def _descend_by_keys(picture: Any) -> None:
    """By keyboard: fourteen steps, other rates passed by, and the start a tenth further."""
    picture.get_by_role("slider", name="learning rate").focus()
    for key in ("ArrowRight", "Tab", *["Enter"] * 4, "Tab", "Enter"):
        picture.page.keyboard.press(key)
    shown = agree(picture, CASES["descent"])
    assert shown["rate"] == 2 and shown["steps"] == 14 and shown["arrived-2@-1"] == 5
    assert "up to 0.005 above it counts as the bottom. It took 5 steps" in _said(picture)
    slider = 'input[type="range"]'
    press(picture, slider, "ArrowRight", "ArrowRight", "Tab", "Tab", "Tab", "Enter")
    shown = agree(picture, CASES["descent"])
    assert shown["rate"] == 9 and "only jumps between the same two places" in _said(picture)
    assert "9: jumps between two places, 1.567" in picture.locator(".tally").inner_text()
    press(picture, slider, "ArrowLeft", "ArrowLeft")
    shown = agree(picture, CASES["descent"])
    assert shown["rate"] == 2 and shown["steps"] == 0 and shown["arrived-2@-1"] == 5
    assert "The list keeps what you tried with 2" in _said(picture)
    press(picture, ".handle", "ArrowLeft", "d", "d")
    assert numbers(picture)["arrived-2@-1"] == 5 and numbers(picture)["logit"] == -1.1


CASES = {
    "descent": Case(
        code="""from helpers.explorables import explore_descent
words, rates = ["the", "keys", "are", "on", "table"], [0.1, 1, 2, 6, 9, 30]
start = {"rates": rates, "rate": 1, "start": -1, "reach": (-4, 8)}
explore_descent("How?", [0] * 5, [0, 0.5, 0, 0, 0.5], words, "keys", {"1": [2, 1]}, **start)""",
        mouse=_descend,
        keys=_descend_by_keys,
        computed=_descended,
    ),
}
