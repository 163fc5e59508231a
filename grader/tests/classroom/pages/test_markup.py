"""Text that somebody wrote is a page's text, and nothing else of the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from nbexaminer.classroom.pages.markup import markdown
from nbexaminer.judging.notebook.sanitize import safe_markdown

PICTURE = {"p.png": {"image/png": "iVBORw0KGgo="}}
TAGS = """
    a b blockquote br code dd del details div dl dt em h2 h3 h4 h5 h6 hr i img input kbd li ol p pre
    span strong sub summary sup table tbody td th thead tr ul wbr
"""
MATH = """
    math menclose merror mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle
    msub msubsup msup mtable mtd mtext mtr munder munderover
"""
VOID = ("br", "hr", "img", "input", "wbr")
VALUES = {
    "href": r"https?:.*",
    "src": "data:image/png;base64,iVBORw0KGgo=",
    "class": r"formula|part|typed|task-list-item(-checkbox)?|[a-z][a-z0-9]{0,2}|",
    "style": r"text-align:(left|center|right)",
    "rel": "noreferrer",
    "start": r"\d+",
    "type": "checkbox",
    "disabled": "",
    "checked": "",
    "alt": ".*",
}
"""Of attributes: what the page's own text has there."""
COLOURS = ("mathcolor", "mathbackground")
OF_MATH = r"[a-z-]+|-?\d|[+-]?[0-3]?(\.\d{1,4})?(em|ex|px)?"

FRAGMENTS = [
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "&", "&lt;", "&#60;", "&#x3c;",
    ";", "\"", "'", "=", " ", "\n", "\n\n", "\t", "    ", "\u0000", "\f", "\u2060", "\u2028", "x",
    "1", "<script>", "</script>", "<style>", "</style>", "<img src=x onerror=alert(1)>",
    "<svg onload=a>", "<svg>", "<math>", "</math>", "<mtext>", "<mglyph>",
    "<annotation-xml encoding=text/html>", "<table>", "</table>", "<form action=javascript:a>",
    "<iframe srcdoc=x>", "<base href=//e>", "<title>", "<textarea>", "<noscript>", "<plaintext>",
    "<xmp>", "<template>", "<select>", "<p id=x>", "<a href=javascript:a>", "<b onclick=a>", "<b>",
    "</b>", "<br>", "<pre>", "</pre>", "</div>", "<details>", "</details>", "<summary>", "<code>",
    "<p>", "<li>", "<p/onclick=a>", "<B\n>", "[", "]", "(", ")", "!", "[a](", "![a](", "[a]: ",
    "javascript:a", "JaVaScRiPt&colon;a", "data:text/html,<b>",
    "data:image/svg+xml;base64,PHN2Zz4=", "vbscript:a", "//evil/", "https://ok/",
    "http://o k\"onclick=a", "attachment:p.png", "attachment:q", "../a.md", "#a", "`", "```",
    "```python\n", "~~~", "mermaid", "|", "\n|-|:-:|\n", "- [x] ", "1. ", "7) ", "> ", "# ", "*",
    "_", "~~", "\n: ", "\\", "$", "$$", "\\\\(", "\\\\)", "\\begin{matrix}", "\\end{matrix}",
    "\\frac{a}{b}", "{", "}", "^", "\\href{javascript:a}{x}", "\\style{color:red}{x}",
    "\\class{a}{x}", "\\text{<img src=x>}", "\\color{red}", "\\rule{9em}{9em}", "\\hspace{-99em}",
    "\\raise{99em}x", "\\tag{<i>}", "\\mbox{</math>}", "\\unicode{x3c}", "\\genfrac",
    "\\mathbf{<}", "\\colorbox{url(//e)}{x}", "\\operatorname{<b>}",
]  # fmt: skip


TEX = [
    "\\", "{", "}", "^", "_", "$", "&", "<", ">", '"', "'", "#", "%", "x", "1", " ", "\n", "\u2060",
    "\\frac", "\\left(", "\\right)", "\\sqrt", "\\text{", "\\href{javascript:alert(1)}", "\\style{",
    "\\class{", "\\cssId{", "\\unicode{x3c}", "<script>alert(1)</script>", "&#x3c;img src=x>",
    "\\newcommand{\\y}{\\y\\y}", "\\def\\z{z}", "\\color{red\" onload=\"x}", "\\begin{matrix}",
    "\\end{matrix}", "\\hspace{99em}", "\\rule{9em}{9em}", "\\operatorname{<b>}", "\\mbox{", "\\\\",
    "\\overset", "\\limits", "\\over", "\\substack", "\\tag{<i>}", "\\genfrac", "\\middle|",
]  # fmt: skip


class Foreign(HTMLParser):
    """What stands in a page that its own text never has, and tags that are left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_math = tag in MATH.split()
        if not is_math and tag not in TAGS.split():
            self.found.append(tag)
        for name, value in attrs:
            of_math = None if name in VALUES else ".*" if name in COLOURS else OF_MATH
            known = of_math if is_math else VALUES.get(name)
            if known is None or not re.fullmatch(known, value or "", re.DOTALL | re.IGNORECASE):
                self.found.append((tag, name, value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] == [tag]:
            self.open.pop()
        else:
            self.found.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    handle_decl = unknown_decl = handle_pi = handle_comment


def assert_own(text: str) -> None:
    """Only what a page's own text has, and all of it closed."""
    for written in (text, safe_markdown(text, PICTURE)):
        page = markdown(written, PICTURE)
        read = Foreign(page)
        assert read.found == [], (written, page)
        assert read.open == [], (written, page)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=16).map("".join))
def test_a_text_brings_nothing_of_its_own_into_a_page(text: str) -> None:
    """A learner's tag, link or script would act with the rights of whoever reads the page."""
    assert_own(text)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(TEX), max_size=12).map("".join))
def test_no_formula_becomes_active(tex: str) -> None:
    """latex2mathml writes a learner's text into the page as it is, tags and links included."""
    assert_own(f"a ${tex}$ b\n\n$$\n{tex}\n$$")


@pytest.mark.parametrize(
    "text",
    [
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=a>'>",
        "<svg></p><style><a id='</style><img src=1 onerror=a>'>",
        "<b>not closed\n\n<details><summary>nor this",
        "</div></div></article></body></html>",
        "[a](data:text/html;base64,PHN2Zz4=) [b](javascript://x%0aa) <https://ok/'onclick=a>",
        "![a](data:image/svg+xml;base64,PHN2Zz4=) ![b](http://evil/x.png)",
        r"$\style{position:fixed}{x}$ $\class{banner}{x}$ $\href{javascript:a}{x}$",
        r"$\hspace{-99em}x$ $\raise{99em}x$ $\rule{99em}{99em}$",
    ],
)
def test_what_others_were_caught_with_stays_out(text: str) -> None:
    """Cleaning that parses otherwise than a browser has let these through elsewhere."""
    assert_own(text)


def test_what_a_learner_may_write_looks_as_it_was_meant() -> None:
    """Answers are prose with headings, tables, code, formulas, links and pasted pictures."""
    page = markdown(
        "# T\n\n[l](https://x/?a=1&b=2 't') [m](../a.md) List<int> ~~x~~ H<sub>2</sub>O\n\n"
        "| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n- [x] done\n\n3. c\n\n```python\ndef f(): pass\n```\n\n"
        "$\\frac{a}{b}$ ![p](attachment:p.png)\n\n"
        "<details><summary>Hint</summary>\n\n*b*\n\n</details>",
        PICTURE,
    )
    soup = BeautifulSoup(page, "html.parser")
    assert [a.get("href") for a in soup("a")] == ["https://x/?a=1&b=2", None]
    assert soup.h2.text == "T" and soup.sub.text == "2" and "List<int>" in soup.p.text
    assert [cell.get("style") for cell in soup("td")] == ["text-align:center", "text-align:right"]
    assert (
        soup.input.has_attr("checked") and soup.ol["start"] == "3" and soup.find("del").text == "x"
    )
    assert soup.code.find(class_="k").text == "def" and soup.mfrac and soup.details.em.text == "b"
    assert soup.img["src"] == "data:image/png;base64,iVBORw0KGgo="
