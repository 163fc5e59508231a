"""Formulas of the book as MathML, which takes neither a script nor a font from elsewhere."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util import logging

from nbexaminer.pages.formulas import formula

_log = logging.getLogger(__name__)


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
    return made
