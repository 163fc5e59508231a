"""What hands do to the explorables of lesson 01, and what Python makes of it."""

from __future__ import annotations

from typing import Any

from explored.case import Case, Numbers, numbers
from helpers.weights import austen_text
from reference.tokens import encode, train_bpe, vocabulary

LINE = "The keys to the cabinet are on the table."
NOVEL = austen_text()[:20_000] + " Füße aaaa" * 60
MERGES = train_bpe(NOVEL, 150)
OWN = "she has a größere Füße: 日本  naïve_x² aaaa 😀, d"  # ö in two bytes, ß in one piece


def _own_line(picture: Any) -> None:
    """Its tokens after merges few and many are Python's, in letters and in bytes."""
    picture.get_by_role("textbox", name="your line").fill(OWN)
    slider = picture.get_by_role("slider", name="merges")
    lengths = [len(encode(OWN, MERGES[:k])) for k in range(151)]
    changes = [k for k in range(1, 151) if lengths[k] < lengths[k - 1]]
    for i, k in enumerate(sorted({0, *changes, 150})):
        slider.fill(str(i))
        assert slider.get_attribute("aria-valuetext") == f"{k} of 150"
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
        assert numbers(picture) == {"merges": k, "tokens": lengths[k], "bytes": 41}
    assert back.get_attribute("aria-disabled") == "true"
    assert picture.locator(".next .token").all_inner_texts()[:2] == [*map(_face, MERGES[first - 1])]
    curve = picture.locator("svg")
    box = curve.bounding_box()
    curve.click(position={"x": box["width"] - 2, "y": box["height"] / 2})
    assert numbers(picture)["merges"] == 150
    assert on.get_attribute("aria-disabled") == "true"
    _own_line(picture)
    _goal(picture)


def _goal(picture: Any) -> None:
    """What becomes of all words and marks in the end is said from the first on, also when the line
    has fewer words than are asked for; and at the end of what a line holds it says so."""
    line = picture.get_by_role("textbox", name="your line")
    goal, caption = (picture.locator(it) for it in (".goal", ".caption"))
    line.fill("Qzq was  of")
    picture.get_by_role("slider").fill("0")
    assert numbers(picture)["merges"] == 0
    assert goal.inner_text().startswith("After all 150: 1 of 3 words are a single token.")
    each = "After all 150{} one token for each of {}"
    for text, said in {
        "Qzq of,": "After all 150: 1 of 2 words and 1 of 1 punctuation mark are a single token.",
        "a a,": each.format(":", "2 words and 1 punctuation mark, but it has fewer than 3 words."),
        "a a a,": each.format(" ✓", "3 words and 1 punctuation mark."),
        "a a a ": each.format(" ✓", "3 words. (Spaces by themselves count too: 1 token.)"),
    }.items():
        line.fill(text)
        assert goal.inner_text() == said
    picture.get_by_role("button", name="all 150 merges").click()
    assert numbers(picture)["merges"] == 150
    line.fill("a")
    assert caption.inner_text() == "After 150 merges: 1 token for 1 byte"
    assert picture.get_by_text("still 1 token.").count()
    assert not picture.get_by_text("at most 120").is_visible()
    line.fill("a " * 60)
    assert picture.get_by_text("at most 120").is_visible()
    line.press("End")
    line.press("Enter")
    line.fill(LINE)


def _merge_by_keys(picture: Any) -> None:
    """By keyboard: a letter at the end of the line, then a merge, then the next that helps."""
    picture.get_by_role("textbox", name="your line").focus()
    for key in ("End", "d", "d", "Tab", "ArrowRight", "Tab", "Tab", "Enter"):
        picture.page.keyboard.press(key)
    assert picture.get_by_role("textbox").input_value() == f"{LINE}dd"
    assert numbers(picture)["merges"] > 1


def _merged(shown: Numbers) -> dict[str, float]:
    line = {len(it.encode()): it for it in (LINE, f"{LINE}dd", OWN)}[int(shown["bytes"])]
    return {"tokens": len(encode(line, MERGES[: int(shown["merges"])]))}


CASES = {
    "merges": Case(
        code=f"""from helpers.explorables import explore_merges
from helpers.weights import austen_text
from reference.tokens import train_bpe
merges = train_bpe(austen_text()[:20_000] + " Füße aaaa" * 60, 150)
explore_merges("Which?", {LINE!r}, merges, 3)""",
        mouse=_merge,
        keys=_merge_by_keys,
        computed=_merged,
    ),
}
