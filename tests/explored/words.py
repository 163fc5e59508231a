"""What hands do to the explorable of lesson 04, and what Python makes of it."""

from __future__ import annotations

from typing import Any

import torch

from explored.case import Case, Numbers, numbers

WORDS = ["king", "queen", "dog", "cat", "table", "chair", "desk"]
MADE = """import torch
table = torch.randn(20, 6, generator=torch.Generator().manual_seed(3))
"""
TABLE = torch.randn(20, 6, generator=torch.Generator().manual_seed(3))


def _nearest(shown: Numbers) -> dict[str, float]:
    """The cosines of the word that is chosen, with the others on the map and with all rows."""
    chosen = int(shown["place"]) - 1
    rows = torch.nn.functional.normalize(TABLE, dim=-1)
    cosines = rows @ rows[chosen]
    cosines[chosen] = -torch.inf
    found = {"cosine": cosines[:7], "token": cosines}
    return {
        f"{name}-{i}": round(value, 3)
        for name, all_of_them in found.items()
        for i, value in enumerate(all_of_them.topk(5).values.tolist())
    }


def _point(picture: Any) -> None:
    """By mouse: a word, then the other map, which begins with its first one."""
    picture.get_by_role("button", name="dog, animals").click()
    assert numbers(picture)["place"] == 3
    assert picture.locator(".near").count() == 5
    assert "Nearest to “dog” on the map is" in picture.locator(".told").inner_text()
    picture.get_by_text("mixed", exact=True).click()
    assert numbers(picture)["place"] == 1
    picture.get_by_role("button", name="table, two").click()


def _walk(picture: Any) -> None:
    """By keyboard: to the second word of the second group."""
    picture.get_by_role("button", name="king, people").focus()
    for key in ("ArrowDown", "ArrowRight", "d", "d"):
        picture.page.keyboard.press(key)
    assert numbers(picture)["place"] == 4


CASES = {
    "words": Case(
        code=f"""{MADE}from helpers.explorables import explore_words
words = {WORDS}
sets = {{
    "by meaning": {{"people": words[:2], "animals": words[2:4], "things": words[4:]}},
    "mixed": {{"one": words[:3], "two": words[3:]}},
}}
ids = {{word: i for i, word in enumerate(words)}}
explore_words("Which?", sets, table, ids, lambda ids: f" {{ids.item()}}")""",
        mouse=_point,
        keys=_walk,
        computed=_nearest,
    ),
}
