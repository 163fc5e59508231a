"""Names that cells define, and which of them was meant for the one that a test looks for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator

INSTEAD = "your cell defines {}; the test looks for {}"
NEAR, NEAR_VALUE = 0.8, 0.9
"""How alike a function's name is, of 1, that is taken for a misspelling; and that of a value."""
_DEFINED = re.compile(r"(?m)^(?:(?:async +)?def|class) +(\w+)|^(\w+)(?: *:[^=\n]*)? *=(?!=)")


def defined(text: str) -> Iterator[str]:
    """Names that a cell would define, also where it can't be read."""
    for function, value in _DEFINED.findall(text):
        yield function or value


def instead_of(name: str, cells: Iterable[str], known: Collection[str]) -> str:
    """What is to be said where a cell defines a name like `name` instead of it, or nothing.

    Args:
        cells: texts, the latest first. Those behind the first that defines `name` don't count.
        known: names that mean something else.
    """
    called = re.compile(rf"(?<![.\w]){re.escape(name)}\s*\(")
    for text in cells:
        names = {*defined(text)}
        if name in names:
            return ""
        near = sorted(other for other in names - {*known} if _alike(other, name, text))
        if near and not called.search(text):  # a helper beside it, or what it gave
            return INSTEAD.format(near[0], name)
    return ""


def _alike(one: str, other: str, text: str) -> bool:
    plain, right = (name.replace("_", "").casefold() for name in (one, other))
    if plain.removeprefix("my") == right:
        return True
    is_function = re.search(rf"(?m)^(?:async +)?(?:def|class) +{one}\b", text)
    ratio = difflib.SequenceMatcher(None, plain, right).ratio()
    return ratio >= (NEAR if is_function else NEAR_VALUE)
