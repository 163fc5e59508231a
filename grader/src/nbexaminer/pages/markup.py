"""Text, code and terminal output as HTML that does nothing and loads nothing."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from typing import Any

from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from nbexaminer.notebook.pictures import PICTURES
from nbexaminer.pages.formulas import environment, formula

# Without attributes. The first ones are the course's own, for hints.
_TAGS = "details|summary|br|sub|sup|pre|kbd|p|ul|ol|li|hr|b|i|em|strong|code"
_FOREIGN = re.compile(rf"<(?!/?(?:{_TAGS})\s*/?>)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ESCAPES = re.compile(r"\x1b(?!\[[0-9;]*m)(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?)?")
_COLOURED = HtmlFormatter(nowrap=True)
_PYTHON = ("python", "python3", "py", "ipython3")


class _Renderer(IPythonRenderer):
    """Of links it keeps those to the web, of pictures those that were pasted into the cell."""

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split()[:1]
        text = coloured(code) if language and language[0] in _PYTHON else html.escape(code)
        return f"<pre><code>{text}</code></pre>\n"

    def block_html(self, html: str) -> str:
        return self.inline_html(html) + "\n"

    def inline_html(self, html: str) -> str:
        return _FOREIGN.sub("&lt;", html)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        level = min(level + 1, 6)
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not re.match(r"https?://", url, re.IGNORECASE):
            return text  # a place in the course's folder, which the page is not in
        return f'<a href="{html.escape(url)}" rel="noreferrer">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        alt = html.escape(text) or "pasted picture"
        data = self.attachments.get(url.removeprefix("attachment:"), {})
        for kind in PICTURES:
            if kind in data:
                return picture(kind, data[kind], alt)
        return f"({alt})"

    def block_math(self, body: str) -> str:
        return formula(body, True)

    def inline_math(self, body: str) -> str:
        return formula(body, False)

    def latex_environment(self, name: str, body: str) -> str:
        return environment(name, body)


def markdown(text: str, attachments: Mapping[str, Any] | None = None) -> str:
    """HTML of a text cell or a comment."""
    renderer = _Renderer(escape=False, attachments=dict(attachments or {}))
    return MarkdownWithMath(renderer=renderer).render(text)


def coloured(code: str) -> str:
    """HTML of Python code, for a pre element."""
    return str(highlight(code, PythonLexer(stripnl=False, ensurenl=False), _COLOURED))


given_markdown = functools.lru_cache(maxsize=512)(markdown)
"""The same for what stands in every learner's page: the course's own."""
given_code = functools.lru_cache(maxsize=512)(coloured)


def terminal(text: str) -> str:
    """HTML of what code has printed, with its colours, for a pre element."""
    return _CONTROL.sub("", str(ansi2html(_ESCAPES.sub("", text))))


def picture(kind: str, data: str | list[str], alt: str) -> str:
    """An img element. kind: of `PICTURES`; data: base64; alt: HTML."""
    encoded = html.escape("".join("".join(data).split()))
    return f'<img src="data:{kind};base64,{encoded}" alt="{alt}">'
