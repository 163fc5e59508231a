"""What hands do to the explorables of lesson 10, and what Python makes of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from explored.case import Case, Numbers, agree, numbers
from reference.positions import apply_rope


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
    found |= {"distance": places[0] - places[1], "now": places[0] - places[1]}
    found |= {"now-score": query @ key}
    if "other" in shown:
        far = int(shown["other"])
        query, key = apply_rope(heads, torch.tensor([max(far, 0), max(-far, 0)]))
        found["other-score"] = query @ key
    return {name: float(value) for name, value in found.items()}


def _rotate(picture: Any) -> None:
    """By mouse: both move on by as much, which the score doesn't notice, then another pair."""
    before = numbers(picture)
    slider = picture.get_by_role("slider", name="both together")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    moved = agree(picture, CASES["rotation"])
    assert (moved["query-at"], moved["key-at"]) == (40, 38)
    assert moved["score"] == pytest.approx(before["score"])
    assert moved["query-0"] != pytest.approx(before["query-0"], abs=0.1)
    told = picture.locator(".told")
    assert "2 before the query: angle 77.7°, score 0.170, as at\xa03 and\xa01." in told.inner_text()
    tall = told.bounding_box()["height"]
    for name, place in (("key at", 0), ("query at", 15)):
        picture.get_by_role("slider", name=name).fill(str(place))
        assert told.bounding_box()["height"] == tall, "the charts below have moved"
        assert slider.is_disabled() == ("No room for both" in told.inner_text()) == (place == 0)
    assert picture.locator(".wave").count() == 0, "a line where nobody was"
    picture.locator(".tried").nth(0).click()
    assert agree(picture, CASES["rotation"])["other"] == 2
    picture.get_by_text("1: 5.73°", exact=True).click()
    assert agree(picture, CASES["rotation"])["score"] != pytest.approx(before["score"], abs=0.1)


def _rotate_by_keys(picture: Any) -> None:
    """By keyboard: the key goes past the query, then both go on, with the slowest pair."""
    keyboard = picture.page.keyboard
    picture.get_by_role("slider", name="key at").focus()
    for key in (*["ArrowRight"] * 4, "Tab", "ArrowRight", "d", "d"):
        keyboard.press(key)
    assert "The key stands 2 after the query:" in picture.locator(".told").inner_text()
    shown = agree(picture, CASES["rotation"])
    assert (shown["query-at"], shown["key-at"]) == (4, 6)
    assert picture.get_by_role("slider", name="both").get_attribute("aria-valuetext") == "4 and 6"
    for key in ("Tab", "ArrowLeft"):
        keyboard.press(key)
    assert numbers(picture)["pair"] == 3
    assert (picture.locator(".tried").count(), picture.locator(".wave").count()) == (5, 4)
    for key in ("Tab", "ArrowRight", "ArrowRight", "d"):
        keyboard.press(key)
    assert agree(picture, CASES["rotation"])["other"] == 0


CASES = {
    "rotation": Case(
        code="""from helpers.explorables import explore_rotation
places = {"query_at": 3, "key_at": 1}
explore_rotation("Where else?", (1, 0), (0.64, 0.48), d_head=8, **places)""",
        mouse=_rotate,
        keys=_rotate_by_keys,
        computed=_rotated,
    ),
}
