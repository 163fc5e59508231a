"""Whoever reads and grafts what was handed in is in no sandbox: nobody may keep it there for long.

Answers are missing, and four million characters of a learner's own stand in every form that once
took a minute, or could.
"""

from __future__ import annotations

import gc
import itertools
import json
import string
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook.graft import Grafted, graft
from nbexaminer.judging.notebook.places import MAX_ANSWERS
from nbexaminer.judging.notebook.reader import MAX_CELLS, MAX_SOURCE, MAX_SOURCES, read_notebook
from nbexaminer.judging.notebook.source import read_source
from support.notebooks import answer, check, source_of, written

SECONDS = 4.0
"""Of computing time. The worst of these takes 1.7 on one machine, where eight took 10 to 36."""
MANY = range(40)
NAMES = [f"{letter}{n}" for n in MANY for letter in "fgh"]
SOURCE = read_source(
    source_of(
        *(
            cell
            for n in MANY
            for cell in (
                answer(f"a{n}", f"def f{n}(x): return x\ndef g{n}(x): return x\nh{n} = 1"),
                check(f"t{n}", f"assert f{n}(1) + g{n}(1) + h{n} == 3"),
                new_markdown_cell(f"Text {n}", id=f"m{n}"),
                written(f"w{n}", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
            )
        )
    )
)
Cells = list[dict[str, Any]]


def released() -> Cells:
    texts = zip(SOURCE.notebook["cells"], SOURCE.released, strict=True)
    return [cell | {"source": text} for cell, text in texts]


def those(kinds: str, text: Callable[[str], str] = str) -> Cells:
    """Cells as they are handed out, whose ids begin so, with this text of their grade ids."""
    return [
        cell | {"source": cell["source"] if text is str else text(cell["id"])}
        for cell in released()
        if cell["id"][0] in kinds
    ]


def filled(unit: str, size: int = MAX_SOURCE - 1_000) -> str:
    return unit * (size // len(unit))


def code(*texts: str) -> Cells:
    return [dict(new_code_cell(text)) for text in texts]


def prose(*texts: str) -> Cells:
    return [dict(new_markdown_cell(text)) for text in texts]


DEFINING = "".join(f"def {name}(x): return x\n" for name in NAMES)
WORDS = ["".join(word) for word in itertools.product(string.ascii_letters, repeat=3)]
DENSE = "".join(f"{word}=\n" for word in WORDS)[: MAX_SOURCE - 1_000]
WIDE = [[f"{chr(0x4E00 + n)}{chr(c)}" for c in range(0x4E00, 0x9000)] for n in range(28)]
"""Names that are new in each cell."""
PADDED = DENSE[:90_000]


def needing(what: str) -> Cells:
    return code(*(f"def f{n}(x): return {what}" for n in MANY))


def pictures(data: bytes, count: int) -> Cells:
    pasted = {"p": {"image/jpeg": b64encode(data).decode()}}
    return [cell | {"attachments": pasted} for cell in prose(*["x"] * count)]


SHAPES: dict[str, Callable[[], Cells]] = {
    "a few huge cells": lambda: those("tmw") + code(*[filled("ab ")] * 7),
    "many cells": lambda: those("tmw") + code(*[filled("ab1 = 1\n", 2_000)] * 1_800),
    "every name in each of many": lambda: (
        those("tm") + code(*(f"{DEFINING}{n}" for n in range(900)))
    ),
    "all in one cell": lambda: those("tm") + code(*[filled(DEFINING)] * 7),
    "all between fences": lambda: those("tm") + prose(*[f"```\n{filled(DEFINING)}"] * 7),
    "fences": lambda: those("tm") + prose(*[DEFINING + filled("```\n", 480_000)] * 7),
    "helpers of all": lambda: (
        those("tm") + code(*(f"u{n} = 1\n{filled('ab ', 490_000)}" for n in range(7)))
        + needing("+".join(f"u{n}" for n in range(7)))
    ),
    "a chain of helpers": lambda: (
        those("tm") + code(*(f"u{n} = 1\n{filled(f'u{n + 1} ', 2_000)}" for n in range(1_700)))
        + needing("u0")
    ),
    "names": lambda: those("tm") + code(*[DENSE] * 7) + needing(WORDS[0]),
    "names that differ": lambda: (
        those("tm")
        + code(*("".join(f"{w}=\n" for k in WIDE[n::7] for w in k) for n in range(7)))
        + needing(" ".join(names[0] for names in WIDE))
    ),
    "names beside each answer": lambda: (
        those("tm") + code(*(f"def f{n}(x): aaa\n{PADDED}" for n in MANY))
    ),
    "torn cells": lambda: (
        those("tm") + code(*(f" x\n{filled('y', 1_800)}\ndef f{n % 40}(x): {n}"
                             for n in range(1_800)))
    ),
    "defined again": lambda: (
        those("atmw", lambda i: f"def f{i[1:]}(x): pass")
        + code(*(filled(f"def f{n % 40}(x): pass\n", 2_000) for n in range(1_700)))
    ),
    "lines": lambda: those("atmw", lambda i: f"def f{i[1:]}(x): pass") + code(*[filled("a\n")] * 7),
    "unclear answers": lambda: (
        those("a", lambda i: f"def f{i[1:]}(x): pass\n{filled('f1 g2 h3 ', 90_000)}") + those("tm")
        + code(*(f"def f{n}(x): 1" for n in MANY))
    ),
    "copies": lambda: (
        [cell | {"source": f"def f0(x): {n}\n" + filled("#\n", 1_900)}
         for cell in those("a")[:1] for n in range(1_800)] + those("tm")
    ),
    "loops": lambda: (
        those("a", lambda i: f"{filled('for ', 90_000)} f{i[1:]} g{i[1:]} h{i[1:]}")
        + those("tm") + code(*(f"def f{n}(x): 1" for n in MANY))
    ),
    "mentions": lambda: (
        those("a", lambda i: filled(f"f{i[1:]} g{i[1:]} ", 90_000))
        + those("tm") + code(*(f"def f{n}(x): 1" for n in MANY))
    ),
    "lines that mention": lambda: (
        those("a", lambda i: "".join(f"f{i[1:]} {n:x}\n" for n in range(9_000)))
        + those("tm") + code(*(f"def f{n}(x): 1" for n in MANY))
    ),
    "words that were added": lambda: (
        those("a") + [cell | {"source": cell["source"] + "\n"
                      + "".join(f"{n:x}\n" for n in range(16_000))} for cell in those("m")]
    ),
    "remarks": lambda: those("atm") + code(*[filled("#\n")] * 7),
    "blanks": lambda: those("tm") + code(*[filled(" ")] * 4, *[filled(" \n")] * 3),
    "brackets": lambda: those("tm") + code(*[filled("(")] * 3, *[filled("x:")] * 4),
    "asynchronous blanks": lambda: those("tm") + code(*["async" + filled(" ")] * 7),
    "tags": lambda: prose(*[filled("<a", 2_000)] * 1_800) + released(),
    "labels": lambda: prose(*[filled("\\label ", 2_000)] * 1_800) + released(),
    "fill bytes": lambda: released() + pictures(b"\xff\xd8" + b"\xff" * 45_000, 300),
}  # fmt: skip


def handed_in(cells: Cells) -> bytes:
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False).encode()


def grafted(data: bytes) -> Grafted | None:
    """None where it is refused in one sentence, as anything that can't be read is."""
    try:
        return graft(SOURCE, read_notebook(data))
    except Malformed as malformed:
        assert str(malformed).startswith(f"its answers have more than {MAX_ANSWERS} characters")
        return None


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_takes_long_to_graft(shape: str) -> None:
    """Forty missing answers were each looked for in everything, again and again."""
    data = handed_in(SHAPES[shape]())
    gc.collect()
    begin = time.process_time()
    grafted(data)
    assert time.process_time() - begin < SECONDS


def test_the_shapes_are_as_large_as_may_be() -> None:
    """Larger ones are refused before anything is looked for in them."""
    for shape in ("a few huge cells", "many cells", "torn cells", "loops", "names", "tags"):
        cells = SHAPES[shape]()
        size = sum(len(cell["source"]) for cell in cells)
        assert 0.75 * MAX_SOURCES < size <= MAX_SOURCES and len(cells) <= MAX_CELLS


def test_a_cell_that_several_answers_need_counts_for_each() -> None:
    """Forty answers with four million characters of helpers each: 160 MB to send to nobody."""
    helper = f"u = 1\n{filled('# ', 190_000)}\n"
    assert grafted(handed_in(those("tm") + code(helper) + needing("u"))) is not None
    helpers = code(helper, f"v = u\n{filled('# ', 190_000)}\n")
    assert grafted(handed_in(those("tm") + helpers + needing("v"))) is None


def test_all_answers_in_one_cell_are_found_for_each() -> None:
    """Where there is no hurry, nothing is refused."""
    found = grafted(handed_in(those("tm") + code(DEFINING + filled("# x\n", 100_000))))
    assert found is not None and len(found.remarks) == 2 * len(MANY)
    code_of = {cell["id"]: cell["source"] for cell in found.notebook["cells"]}
    assert all(code_of[f"a{n}"].startswith(DEFINING) for n in MANY)


def test_nothing_of_a_submission_is_kept() -> None:
    """A worker grades a whole class. What it kept of each learner's text would add up."""
    data = handed_in(those("tm") + code(*[DENSE[:200_000]] * 3, *[filled("ab ")] * 5))
    grafted(data)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(3):
            grafted(data + b" ")
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000
