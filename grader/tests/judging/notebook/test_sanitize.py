"""What a learner wrote does nothing to whoever looks at it."""

from __future__ import annotations

import html
import itertools
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from nbexaminer.judging.notebook.sanitize import safe_markdown
from nbexaminer.lms.sheet import safe_cell

FRAGMENTS = [
    "<", ">", "img", " src=x", " onerror=alert(1)", "script", "/", "svg", "!--", "a", " ", "\n",
    "\n\n", "[", "]", "(", ")", "!", ":", "javascript:alert(1)", "jav&#x61;script:alert(1)",
    "attachment:p.png", "http://evil/", "https://ok/", "`", "```", "~~~", "mermaid", "$", "$$", '"',
    "'", "\\", "\\href{javascript:alert(1)}{x}", "&lt;", "&#60;", "b", "|", "-", "    ", "\t",
    "<b>", "</b>", "<br>", "data:text/html,<script>alert(1)</script>", "=", "#", "*", "\u2060",
]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_no_markdown_becomes_active(text: str) -> None:
    """However the renderer parses it, a learner's text must stay text."""
    safe = safe_markdown(text, {"p.png"})
    assert safe_markdown(safe, {"p.png"}) == safe
    page = markdown2html_mistune(safe).replace("attachment:p.png", "")
    for tag in BeautifulSoup(page, "html.parser").find_all(True):
        assert tag.name not in ("script", "svg", "iframe", "style", "object", "link", "meta")
        assert tag.name != "img" or not tag.get("src"), (safe, page)
        assert not [a for a in tag.attrs if a.startswith("on")], (safe, page)
        link = str(tag.get("href", "")).strip().lower()
        assert not link or link.startswith(("http://", "https://", "#")), (safe, page)


@pytest.mark.parametrize(
    "formula",
    [
        r"$\frac{QK^\top}{\sqrt{d_k}} \cdot \text{softmax}$",
        r"$\operatorname{softmax}(x)_i \tag{1}$ \\(\mathbf{W}_q \in \mathbb{R}\\)",
        r"$$\begin{aligned} a &= b \\ c &\ne d \end{aligned}$$",
        r"$$\begin{cases} 0 & i \ge j \newline -\infty \end{cases}$$ $\color{red}{x}$",
        r"$\left\lfloor x \right\rfloor \le \epsilon \Leftarrow \nabla \delta \underbrace{x}_{y}$",
        r"λ &lambda; &#955; &#x3bb; &amp; &lt; &#39; 5 &#8804; 6 & 7 C:\users\letters\newline",
    ],
)
def test_an_honest_formula_stays_as_it_is(formula: str) -> None:
    """An answer about attention is half formulas."""
    assert safe_markdown(formula) == formula


ACTIVE = """
    def gdef edef xdef let futurelet global newcommand renewcommand providecommand
    newenvironment renewenvironment DeclareMathOperator DeclarePairedDelimiter
    DeclarePairedDelimiterXPP Newextarrow newtagform renewtagform usetagform mathtoolsset
    definecolor begingroup endgroup require href url style class cssId htmlId unicode mmlToken
    setOptions csname ce pu label
"""


@pytest.mark.parametrize("name", re.findall(r"\w+", ACTIVE))
def test_no_formula_defines_anything(name: str) -> None:
    """One learner's cell would change what the page's own formulas and the mark scheme say."""
    first, rest = name[0], name[1:]
    begins = ("\\", "x\\", "\\\\", "\\\x00", "&#92;", "&#0092", "&#x5c;", "&#X5C", "&bsol;")
    names = (name, f"{first}\x00{rest}", f"&#{ord(first)};{rest}", f"&#x{ord(first):X}{rest}")
    ends = (r"\sum{0}", "{a}{b}", "1{b}", "_x", "é", r" \n{a}", "[1]{x}")
    for begin, spelled, end in itertools.product(begins, names, ends):
        safe = safe_markdown(f"${begin}{spelled}{end}$")
        for page in (html.unescape(safe), html.unescape(markdown2html_mistune(safe))):
            seen = page.replace("\x00", "")
            assert not re.search(rf"\\{name}(?![A-Za-z])(?!\s*{{\u2060)", seen), (safe, seen)


def test_labels_of_a_learner_are_the_learners() -> None:
    """Two equations of one name are an error in the later one, which is the course's."""
    text = safe_markdown(r"\begin{equation}\label{eq:a} x \end{equation} see \eqref {eq:a}")
    assert r"\label{eq:a}" not in text
    assert text.replace("\u2060", "") == (
        r"\begin{equation}\label{eq:a} x \end{equation} see \eqref {eq:a}"
    )
    labels = re.findall(r"\\(?:label|eqref) ?{([^}]*)}", text)
    assert labels == ["\u2060eq:a"] * 2  # they still go together


def test_a_pasted_picture_is_shown_a_few_times_or_said_to_be_left_out() -> None:
    """A page holds a copy for every time: 8 MB a thousand times would be a page of 8 GB."""
    text = safe_markdown("![a](attachment:p.png) " * 800 + "![](attachment:q.png)", {"p.png"},
                         {"q.png": "a picture of 9 × 9 pixels is not shown"})  # fmt: skip
    assert text.count("attachment:") == 3
    assert text.endswith("(the same picture again) (a picture of 9 × 9 pixels is not shown)")


# As a spreadsheet may take them: one that separates by ; has other cells than the file.
SPLIT = re.compile(r"[;|\t]")
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "＝1", "＋1", "－1", "＠A"]
BEFORE = ["", " ", "\t", "\r", '"', "x;", "x; ", 'x;"', "x;'\"", "x|", "x\t", ";;\t"]


@pytest.mark.parametrize("begin", FORMULAS)
@pytest.mark.parametrize("before", BEFORE)
def test_no_part_of_a_cell_is_a_formula(before: str, begin: str) -> None:
    """A learner's name would run a program in a spreadsheet that separates by semicolons."""
    cell = safe_cell(before + begin)
    assert isinstance(cell, str)
    written = cell.replace('"', '""')  # the quotes around the whole end where another separates
    for part in (*SPLIT.split(cell), *SPLIT.split(written)):
        assert not part.strip(' "').startswith(COMPUTED), cell


@pytest.mark.parametrize(
    "value", [None, 3, -1.5, "Ada", "Müller-Lüdenscheidt", "ada+ml@example.org", "a - b", "A;B"]
)
def test_what_is_no_formula_stays(value: object) -> None:
    """A table for instructors would have names and points that nobody can use."""
    assert safe_cell(value) == value
