"""Formulas of the book as MathML, which takes neither a script nor a font from elsewhere."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

from docutils import nodes
from sphinx.util import logging

from nbexaminer.classroom.pages.formulas import formula

_log = logging.getLogger(__name__)
_SUMMARY = re.compile(r"<summary>.*?</summary>")
_DOLLARS = re.compile(r"\$([^$\s][^$]*)\$")
_STIFF = ' stretchy="false"'
_BRACKET = re.compile(rf"<mo{_STIFF}>([()\[\]])</mo>")


def add_formulas(app: Any) -> None:
    """Register the renderer `mathml` with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(f'<span class="math">{_made(node, False)}</span>')
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{_made(node, True)}</div>')
    raise nodes.SkipNode


def _made(node: nodes.Element, display: bool) -> str:
    made = formula(node.astext(), display)
    if 'class="typed"' in made:
        _log.warning("a formula can't be converted: %s", node.astext(), location=node)
    return grown(made)


def in_summaries(text: str) -> str:
    """Markdown whose `<summary>` lines, which MyST takes as they are, hold their formulas."""
    return _SUMMARY.sub(
        lambda m: _DOLLARS.sub(lambda tex: grown(formula(tex[1], False)), m[0]), text
    )


def grown(made: str) -> str:
    """MathML in which brackets that were typed without \\left and \\right grow with a fraction."""
    opened: list[re.Match[str]] = []
    for bracket in _BRACKET.finditer(made):
        if bracket[1] in "([":
            opened.append(bracket)
        elif opened:
            begin = opened.pop()
            inside = made[begin.end() : bracket.start()]
            if "<mfrac" in inside and _is_whole(inside):
                row = made[begin.start() : bracket.end()].replace(_STIFF, "")
                return grown(f"{made[: begin.start()]}<mrow>{row}</mrow>{made[bracket.end() :]}")
    return made


def _is_whole(inside: str) -> bool:
    """Whether each element that begins in it ends there."""
    try:
        fromstring(f"<mrow>{inside}</mrow>")
    except ParseError:
        return False
    return True
