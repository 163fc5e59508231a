"""Two texts side by side on a page, escaped, with what is alike marked."""

from __future__ import annotations

from markupsafe import Markup, escape

from nbexaminer.notebook.harmless import safe_line
from nbexaminer.similarity.compare import Side
from nbexaminer.similarity.tokens import MOST_CHARACTERS


def marked(side: Side) -> Markup:
    """The text with <mark> around what is alike; nothing else in it is a tag."""
    parts, at = [], 0
    for start, end in side.marks:
        parts += [escape(_shown(side.text[at:start])), Markup("<mark>"),
                  escape(_shown(side.text[start:end])), Markup("</mark>")]  # fmt: skip
        at = end
    return Markup("").join([*parts, escape(_shown(side.text[at:MOST_CHARACTERS]))])


def _shown(text: str) -> str:
    return "\n".join(map(safe_line, text.split("\n")))
