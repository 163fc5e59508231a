"""An explorable, what hands do to it, and what then has to stand on the screen."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

Numbers = Mapping[str, float]
NUMBERS = """host => [...host.shadowRoot.querySelectorAll("[data-name]")].map(
    it => [it.dataset.name, +it.dataset.value, it.textContent])"""


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


def drag(picture: Any, what: str, right: float, down: float) -> None:
    picture.locator(what).scroll_into_view_if_needed()
    box = picture.locator(what).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = picture.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + right, y + down, steps=3)
    mouse.up()


def press(picture: Any, what: str, *keys: str) -> None:
    picture.locator(what).focus()
    for key in keys:
        picture.page.keyboard.press(key)


def depth(picture: Any, part: Any) -> float:
    """How far a part stands below the picture's top, wherever the page has been scrolled to."""
    return float(part.bounding_box()["y"] - picture.bounding_box()["y"])


def numbers(picture: Any) -> Numbers:
    """What is on the screen: each number is its rounded value, and stands there once."""
    found: dict[str, float] = {}
    for name, value, text in picture.evaluate(NUMBERS):
        assert name not in found, name
        assert math.isfinite(value), f"{name} is {value}"
        plain = text.replace("−", "-").replace(",", "")
        if raised := re.fullmatch(r"(-?[\d.]+) · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain):
            power = int("".join("-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".index(sign)] for sign in raised[2]))
            assert float(raised[1]) * 10.0**power == pytest.approx(value, rel=0.05), text
        else:
            digits = len(plain.partition(".")[2])
            assert abs(float(plain) - value) <= 0.5001 * 10**-digits, f"{name}: {text} is {value}"
        found[name] = float(value)
    return found


def agree(picture: Any, case: Case) -> Numbers:
    shown = numbers(picture)
    computed = case.computed(shown)
    assert computed, "nothing is compared"
    assert {name: shown[name] for name in computed} == pytest.approx(computed, rel=1e-4, abs=1e-4)
    return shown
