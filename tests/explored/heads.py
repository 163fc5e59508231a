"""What hands do to the explorables of lessons 07 and 08, and what Python makes of it."""

from __future__ import annotations

from typing import Any

import torch

from explored.case import Case, Numbers, numbers, press
from reference.models import load_minilm

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
    found = {f"key-{key}": percent for key, percent in zip(keys, percents, strict=True)}
    words = model(model.tokenize(SENTENCE)[1]).attentions[layer][head, 1:-1, keys]
    words = words / words.sum(dim=1, keepdim=True)
    near = {"own": 0, "before": -1, "after": 1}
    skipped = 1 - keys[0]  # a column of [CLS] in front, or none
    for name, offset in near.items():
        pairs = [(i, i + offset) for i in range(10) if 0 <= i + offset < 10]
        mean = sum(words[i, j + skipped].item() for i, j in pairs) / len(pairs)
        found[name] = round(100 * mean)
    return found


def _look(picture: Any) -> None:
    """By mouse: the small map of L4H5, no [CLS], over "table" and over a cell of the map."""
    picture.get_by_title("layer 4, head 5").click()
    picture.get_by_role("checkbox").click()
    picture.get_by_text("table", exact=True).first.click()
    assert numbers(picture)["query"] == 9
    assert picture.get_by_role("radio", name="[SEP]").is_disabled()
    its = picture.locator('rect[data-row="5"][data-key="5"]')
    its.hover()
    assert (numbers(picture)["query"], numbers(picture)["cell"]) == (9, 36), "the word was stolen"
    its.click()
    shown = numbers(picture)
    assert (shown["layer"], shown["head"], shown["query"], shown["key-5"]) == (4, 5, 5, 36)
    assert shown["cell"] == 36 and picture.locator(".cell.own").count() == 12
    assert picture.locator(".to .here").inner_text().split() == ["cabinet", "36", "%"]
    assert picture.locator(".pointed").inner_text() == "“cabinet” gets 36 % from “cabinet”"
    picture.locator("canvas").nth(33).hover()
    assert picture.get_by_text("All heads, by layer: layer 2, head 9").is_visible()
    picture.locator(".to > div").nth(3).hover()
    picture.locator(".to > div").nth(7).click()
    shown = numbers(picture)
    assert shown["query"] == 5 and shown["cell"] == shown["key-7"]
    widths = picture.locator("path").evaluate_all(
        "all => all.map(it => getComputedStyle(it).strokeWidth)"
    )
    assert max(widths) == widths[5] == "5.18px", "the line to itself tells its share"
    assert picture.locator(".band.thin").is_visible()
    told = picture.locator(".told span").first.inner_text()
    assert "Of the rest, it gives 36\xa0% to itself" in told
    left = picture.locator(".to").bounding_box()["x"]
    picture.get_by_role("checkbox").click()
    assert picture.locator(".to").bounding_box()["x"] == left, "the list has moved"
    picture.get_by_role("checkbox").click()


def _look_by_keys(picture: Any) -> None:
    """By keyboard: layer 2, head 3, no [SEP], the word before."""
    for name, key in (("layer", "ArrowLeft"), ("head", "ArrowRight"), ("head", "ArrowRight")):
        press(picture, f'label:has-text("{name}") input[type=range]', key)
    for key in ("Tab", "Space", "Tab", "ArrowUp", "d", "d"):
        picture.page.keyboard.press(key)
    shown = numbers(picture)
    assert (shown["layer"], shown["head"], shown["query"]) == (2, 3, 5) and "key-0" not in shown


PLACES = """from helpers.explorables import explore_places
explore_places("Which?", ["the", "keys", "cabinet", "are"], d_model=4, asks=(2, 3))"""


def _placed(shown: Numbers) -> dict[str, float]:
    """PyTorch's own index of a number in each form, its place in memory, and how many stand where
    they should."""

    def put(name: str, form: torch.Tensor, where: str = "") -> None:
        (place,) = (form == number).nonzero().tolist()
        found.update({f"{name}-{i}": float(value) for i, value in enumerate(place)})
        bytes_before = form[tuple(place)].data_ptr() - form.untyped_storage().data_ptr()
        found[f"{where or name}-place"] = bytes_before / form.element_size()

    x, found = torch.arange(16).reshape(4, 4), {}
    number = x[int(shown["x-0"]), int(shown["x-1"])]
    put("x", x)
    cut = x.reshape(4, 2, 2)
    heads = cut.permute(1, 0, 2) if "cut-0" in shown else x.reshape(2, 4, 2)
    put("heads", heads)
    merged = ("cut-0" in shown) != ("copy-place" in shown)
    back = (heads.permute(1, 0, 2) if merged else heads).reshape(4, 4)
    put("back", back, "copy" if back.data_ptr() != x.data_ptr() else "back")
    if "cut-0" in shown:
        put("cut", cut)
    strange = heads // 4 != torch.arange(4)[:, None]
    found |= {"home": float((back == x).sum()), "strange": float(strange.sum())}
    assert found.keys() == shown.keys()
    return found


def _place(picture: Any) -> None:
    """By mouse: the way there straight, a number of the table, and one of a head."""
    high = picture.bounding_box()["height"]
    picture.get_by_role("radio", name="into heads: one reshape").check(force=True)
    assert picture.bounding_box()["height"] == high, "what is below has moved"
    picture.get_by_text("cabinet 1").first.hover()
    assert numbers(picture)["x-1"] == 3, "only a click chooses"
    picture.get_by_text("cabinet 3").nth(2).click()
    assert numbers(picture)["heads-0"] == 1
    assert "takes it for a number of “keys”" in picture.locator(".told span").first.inner_text()
    assert picture.locator(".strange").count() > 0


def _place_by_keys(picture: Any) -> None:
    """By keyboard: a column back and a row up in the table, and the straight way back."""
    press(picture, "label:has(.chosen) input", "ArrowLeft", "ArrowUp", "d", "d")
    shown = numbers(picture)
    assert (shown["x-0"], shown["x-1"]) == (1, 2)
    picture.get_by_role("radio", name="back: two steps").focus()
    picture.page.keyboard.press("ArrowRight")
    assert "copy-place" in numbers(picture)


CASES = {
    "places": Case(code=PLACES, mouse=_place, keys=_place_by_keys, computed=_placed),
    "heads": Case(code=HEADS, mouse=_look, keys=_look_by_keys, computed=_looked_at),
}
