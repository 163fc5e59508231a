"""What hands do to the explorables of lesson 03, and what Python makes of it."""

from __future__ import annotations

import math
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
    shown = agree(picture, CASES["descent"])
    assert shown["rate"] == 30 and shown["loss"] > 5 and shown["tried-30"] == 1
    assert "threw the ball out of the picture" in picture.locator(".told").inner_text()
    slider.click(position={"x": 3, "y": box["height"] / 2})
    press("Ten steps")
    assert "only crept" in picture.locator(".told").inner_text()
    assert agree(picture, CASES["descent"])["steps"] == 10
    press("Back to the start")
    assert numbers(picture)["logit"] == -1
    drag(picture, ".handle", 60, 0)


def _descend_by_keys(picture: Any) -> None:
    """By keyboard: nine steps, and the start a tenth further."""
    picture.get_by_role("slider", name="learning rate").focus()
    for key in ("ArrowRight", "Tab", *["Enter"] * 4, "Tab", "Enter"):
        picture.page.keyboard.press(key)
    shown = agree(picture, CASES["descent"])
    assert shown["rate"] == 2 and shown["steps"] == 14 and shown["arrived-2"] == 5
    assert (
        "at the bottom, with a loss of 1.386. It took 5 steps"
        in picture.locator(".told").inner_text()
    )
    press(picture, ".handle", "ArrowLeft", "d", "d")


CASES = {
    "descent": Case(
        code="""from helpers.explorables import explore_descent
words, rates = ["the", "keys", "are", "on", "table"], [0.1, 1, 2, 6, 30]
start = {"rates": rates, "rate": 1, "start": -1, "reach": (-4, 8)}
explore_descent("How?", [0] * 5, [0, 0.5, 0, 0, 0.5], words, "keys", {"1": [2, 1]}, **start)""",
        mouse=_descend,
        keys=_descend_by_keys,
        computed=_descended,
    ),
}
