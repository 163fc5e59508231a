"""No text makes a class wait for the page that shows it."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from nbconvert.filters import Highlight2HTML, ansi2html, strip_files_prefix
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from nbexaminer.classroom.pages import in_time
from nbexaminer.classroom.pages.markup import coloured, markdown, terminal
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.notebook.reader import MAX_SOURCE
from nbexaminer.judging.notebook.sanitize import (
    MAX_SHOWN_CODE,
    MAX_SHOWN_TEXT,
    safe_markdown,
    safe_outputs,
    showable_code,
)

TIMES = 20
"""How much longer than ordinary text of its length any other may take."""
MOST_PRINTED = Limits().output_bytes
TEXT = (
    "Because *each* score is `divided` by **the root**, see [this](https://x/y).\n\n- one $a_i$\n"
    "- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
)
CODE = "def f(x, y=1):\n    '''Say.'''\n    return [x * y for _ in range(3)]  # so\n\n"
PRINTED = "epoch 1: \x1b[32mloss 0.25\x1b[0m\n" + "epoch 2: loss <0.20>\n" * 500

TEXTS = [
    "`", "~", "` ", "`a", "[", "]", "![", "[a](", "[a][", "[![", "[a](<", '[a](b "', "[a](((",
    "![a](attachment:", "\\\\[", "\\\\(", "\\begin{a}", "\\begin{a}\\end{b}", "\\label ", "\\",
    "\\*", "$", "$$ ", "$a ", "$\\frac{", "$a$ ", "*", "*a ", "**a*", "_", "*_`", "~~a ", "<",
    "<a ", '<a b="', "<!--", "<?", "<![CDATA[", "<b><i>", "<ul><li>", "<p></ul>", "<a@a.", "&",
    "&#", "&lt;", ">", ">\n", "> a\n", "- ", "- a\n", "- a\n\n  b\n", "1. a\n", "  - a\n",
    "[a]: b\n", "[a]:", "[a]:\n", "a\n: b\n", "|", "|a|\n", "|a|b|\n|-|-|\n", "# a\n", " #",
    "a\n=\n", "- - ", "---\n", "```\n", "``` a\n", "``` mermaid\n", "~~~ `\n", "```python\n'''\n",
    "\t", "\t\n", "  \n", " ", "\n", "    a\n", "a  ", "a", "https://a.b/(", "a\u0301\u0302",
    "\U0001f600", "\u2060", "\u00a0", "(", '"', "x\x1b[1m",
]  # fmt: skip
CODES = [
    "\n", "\t\n", "  \n", "    \n", "'''\n", '"""a\n', "'a\\\n", "f'{a!r:{\n", "[({\n", "a.", "*",
    "%a\n", "!a\n", "`",
]  # fmt: skip
OUTPUTS = [
    "\x1b[1m", "\x1b[1ma", "\x1b[", "\x1b[\n", "\x1b", "\x1b]a", "\x1b[1;31m<" + "a" * 195,
    "\x1b[" + "0;" * 100, "<", "a\n", "\u0301",
]  # fmt: skip
CODES_AT_ONCE = ["\x1b[" + "38;5;" * 209_000 + "m", "\x1b\x1b[" + "0;" * 500_000 + "m"]


def seconds(do: Callable[[Any], Any], of: Any) -> float:
    """Computing time."""
    begin = time.process_time()
    do(of)
    return time.process_time() - begin


def of_length(unit: str, length: int, lines: bool = False) -> str:
    row = unit * (1_900 // len(unit)) + "\n" if lines and "\n" not in unit else unit
    return (row * (length // len(row) + 1))[:length]


@functools.cache
def bound(do: Callable[[str], Any], text: str, length: int) -> float:
    """What it may take, by what ordinary text of the same length does."""
    return TIMES * max(0.01, *(seconds(do, of_length(text, length)) for _ in range(2)))


def is_quick(do: Callable[[str], Any], of: str, most: float) -> bool:
    """Whether it stays below, once in three times: others may be at work on the machine."""
    return any(seconds(do, of) < most for _ in range(3))


def graded(text: str) -> str:
    return safe_markdown(text, {"p.png"})


def of_formgrader(text: str) -> str:
    """What the formgrader makes of a text."""
    return str(strip_files_prefix(markdown2html_mistune(text)))


code_of_formgrader = Highlight2HTML(pygments_lexer="ipython3")


@pytest.mark.long
@pytest.mark.parametrize("unit", TEXTS, ids=repr)
def test_no_text_takes_longer_than_text(unit: str) -> None:
    """20,000 backticks, or formulas that only begin, took seconds, and in each of 200 cells."""
    assert is_quick(graded, of_length(unit, MAX_SOURCE), bound(graded, TEXT, MAX_SOURCE))
    shown = graded(of_length(unit, MAX_SHOWN_TEXT))
    for do in (markdown, of_formgrader):
        assert is_quick(do, shown, bound(do, TEXT, MAX_SHOWN_TEXT)), do


@pytest.mark.long
@pytest.mark.parametrize("unit", CODES, ids=repr)
def test_no_code_takes_longer_than_code(unit: str) -> None:
    """Blank lines took 4 seconds in a page and 40 in the formgrader."""
    shown = showable_code(of_length(unit, MAX_SHOWN_CODE, lines=True), MAX_SHOWN_CODE)
    for do in (coloured, code_of_formgrader):
        assert is_quick(do, shown, bound(do, CODE, MAX_SHOWN_CODE)), do


@pytest.mark.long
@pytest.mark.parametrize("unit", [*OUTPUTS, *CODES_AT_ONCE], ids=lambda unit: repr(unit[:12]))
def test_no_output_takes_longer_than_output(unit: str) -> None:
    """One colour code of a megabyte took 14 seconds, and many in a traceback more."""
    text = of_length(unit, MOST_PRINTED)
    stream = {"output_type": "stream", "name": "stdout", "text": text}
    lines = [text[start : start + 5_200] for start in range(0, len(text), 5_200)]
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": lines}
    for output, do in [(o, d) for o in (stream, error) for d in (terminal, ansi2html)]:
        (first, *_) = safe_outputs([output], MOST_PRINTED + 10_000)
        shown = "\n".join(first.get("traceback", [first.get("text", "")]))
        assert is_quick(do, shown, bound(do, PRINTED, MOST_PRINTED)), do


def test_blanks_codes_and_formulas_that_people_write_stay() -> None:
    """Bounds are for what nobody means."""
    text = "\\\\[ a \\\\] \\begin{cases} b \\end{cases}\n\n" * 90
    assert safe_markdown(text) == text
    code = f"x = 1{chr(10) * 300}    \n\ny = 2"
    assert showable_code(code, 10_000) == code
    printed = {
        "output_type": "stream",
        "name": "stdout",
        "text": "\x1b[1;38;2;255;0;0;48;5;9mx\x1b[0m",
    }
    assert safe_outputs([printed], 1_000) == [printed]


hanging = functools.partial(re.match, "(a*)*b", "a" * 60)
"""What takes years, in one call."""


def test_what_takes_too_long_is_done_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits behind it would wait for years."""
    monkeypatch.setattr(in_time, "MAX_SECONDS", 0.1)
    assert in_time.in_time(hanging, lambda: "otherwise") == "otherwise"

    def stubborn() -> None:
        while True:
            try:
                hanging()
            except BaseException as error:
                passed_over.append(error)
                if len(passed_over) > 2:
                    raise

    passed_over: list[BaseException] = []
    assert in_time.in_time(stubborn, lambda: "otherwise") == "otherwise"
    assert in_time.in_time(lambda: "made", hanging) == "made"
    begin = time.process_time()
    while time.process_time() < begin + 0.3:
        pass  # nothing is left behind that would end this


@pytest.mark.long
def test_a_worker_is_told_of_the_time() -> None:
    """It makes the pages of a class, and would be lost to it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        made = pool.submit(in_time.in_time, hanging, functools.partial(str, "otherwise"))
        assert made.result(timeout=300) == "otherwise"


def test_a_library_that_passes_over_the_signal_makes_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it was interrupted in may be left undone, such as taking an attribute away."""
    monkeypatch.setattr(in_time, "MAX_SECONDS", 0.05)

    def make() -> str:
        try:
            while True:
                pass
        except in_time.TooLong:
            return "half done"

    assert in_time.in_time(make, lambda: "plain") == "plain"
