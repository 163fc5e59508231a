"""Text, code and terminal output as HTML that does nothing and loads nothing."""

import functools
import html
import re
from collections.abc import Mapping
from typing import Any

import nh3
from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from nbexaminer.classroom.pages.formulas import formula
from nbexaminer.judging.notebook.pictures import PICTURES
from nbexaminer.judging.notebook.sanitize import PLAIN_TAGS

# Without attributes. The first ones are the course's own, for hints.
_TYPED = f"details|summary|{PLAIN_TAGS}|b|i|em|strong|code"
_FOREIGN = re.compile(rf"<(?!/?(?:{_TYPED})\s*/?>)", re.IGNORECASE)
# What mistune, Pygments and latex2mathml make besides, and with which attributes.
_MADE = """
    a blockquote dd del div dl dt h2 h3 h4 h5 h6 img input span table tbody td th thead tr wbr
    math menclose merror mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle
    msub msubsup msup mtable mtd mtext mtr munder munderover
"""
_LENGTHS = {"width", "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize",
            "linethickness"}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "td": {"style"}, "th": {"style"},
    "div": {"class"}, "span": {"class"}, "li": {"class"},
    "input": {"class", "type", "disabled", "checked"},
    "*": {"accent", "columnalign", "display", "displaystyle", "fence", "form", "largeop",
          "mathbackground", "mathcolor", "mathvariant", "movablelimits", "scriptlevel",
          "stretchy", *_LENGTHS},
}  # fmt: skip


def _kept(tag: str, name: str, value: str) -> str | None:
    """An attribute's value, or None where it would cover what stands elsewhere, or is no link."""
    if name in _LENGTHS and not re.fullmatch(r"[+-]?[0-3]?(\.\d{1,4})?(em|ex|px)?", value):
        return None
    return None if name == "href" and value[:5].lower() == "data:" else value


_CLEANER = nh3.Cleaner(
    tags={*_TYPED.split("|"), *_MADE.split()},
    clean_content_tags=set(),
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    url_schemes={"http", "https", "data"},
    url_relative="deny",
    link_rel="noreferrer",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ESCAPES = re.compile(r"\x1b(?!\[[0-9;]*m)(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?)?")
_COLOURED = HtmlFormatter(nowrap=True)
_PYTHON = ("python", "python3", "py", "ipython3")


class _Renderer(IPythonRenderer):
    """Of pictures it keeps those that were pasted into the cell."""

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
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return formula(tex, True, tex)


def markdown(text: str, attachments: Mapping[str, Any] | None = None) -> str:
    """HTML of a text cell or a comment: whole elements, and no other than are listed here."""
    renderer = _Renderer(escape=False, attachments=dict(attachments or {}))
    return _CLEANER.clean(MarkdownWithMath(renderer=renderer).render(text))


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
