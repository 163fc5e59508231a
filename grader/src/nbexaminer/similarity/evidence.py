"""Two texts side by side on a page, escaped, with what is alike marked."""

from __future__ import annotations

import itertools

from markupsafe import Markup, escape

from nbexaminer.notebook.harmless import safe_line
from nbexaminer.similarity.compare import Side
from nbexaminer.similarity.tokens import MOST_CHARACTERS


def marked(side: Side) -> Markup:
    """The text with <mark> around what is alike; nothing else in it is a tag."""
    places = [0, *itertools.chain.from_iterable(side.marks), MOST_CHARACTERS]
    parts: list[Markup] = []
    for start, end in itertools.pairwise(places):
        text = escape("\n".join(map(safe_line, side.text[start:end].split("\n"))))
        parts.append(Markup("<mark>{}</mark>").format(text) if len(parts) % 2 else text)
    return Markup("").join(parts)
