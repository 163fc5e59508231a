"""What a learner could win who knows how names are found, and how scores are read."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from nbexaminer.examination.engine import Engine
from support.notebooks import answer, check, given, outcomes, source_of, submission


@pytest.fixture(scope="module")
def engine(patient_engine: Engine) -> Engine:
    return patient_engine


def loose(name: str, code: str) -> Any:
    """A cell of the source's that learners can change, and that isn't graded."""
    return new_code_cell(code, id=name)


def graded(engine: Engine, cells: list[Any], answers: dict[str, str]) -> Any:
    source = source_of(*cells, imports="import math")
    return engine.grade(source, submission(source, answers))


LIAR = """\
class Liar:
    def __getattr__(self, name): return lambda *_: 21
    def __getitem__(self, name): return self
    def __call__(self, *_): return 21
liar = Liar()
z = 0
"""
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
Z = answer("z", "z = [0] * 21")
TAKEN: dict[str, tuple[list[Any], str]] = {
    "in a deque": (
        [loose("o", "fs = [len]"), Z, check("t", "assert fs[0](z) == 21")],
        "import collections\nfs = collections.deque([liar])",
    ),
    "in an array": (
        [loose("o", "fs = [len]"), Z, check("t", "assert fs[0](z) == 21")],
        "import numpy\nfs = numpy.array([liar, 0], dtype=object)",
    ),
    "in a frozenset": (
        [loose("o", "fs = {len}"), Z, check("t", "assert [*fs][0](z) == 21")],
        "fs = frozenset([liar])",
    ),
    "deep": (
        [loose("o", "fs = [[[[[[[[[[len]]]]]]]]]]"), Z,
         check("t", "assert fs[0][0][0][0][0][0][0][0][0][0](z) == 21")],
        "fs = [[[[[[[[[[liar]]]]]]]]]]",
    ),
    "a list for an object": (
        [loose("o", "class J:\n    def count(self, x): return len(x)\njudge = J()"), Z,
         check("t", "assert judge.count(z) == 21")],
        "judge = [0] * 21",
    ),
    "a test that fails first": (
        [Z, check("t", "assert len(z) == 21\ndef judge(x): return len(x)"),
         check("u", "assert judge(z) == 21")],
        "judge = liar",
    ),
    "a value of a test that fails first": (
        [answer("n", "n = 0"), Z, check("t", "n = len(z)\nassert n == 21\nn = [*z]"),
         check("u", "assert n == [0] * 21")],
        "n = [0] * 21",
    ),
    "a test that another helper reads": (
        [Z, given("g", "def judged(x): return judge(x)"),
         check("t", "assert len(z) == 21\ndef judge(x): return len(x)\nassert judged(z)"),
         check("u", "assert judge(z) == 21")],
        "judge = liar",
    ),
    "a hidden test runs later": (
        [Z, given("g", "def judged(x): return judge(x)"),
         check("t", HIDDEN.format("def judge(x): return len(x)")),
         check("u", "assert judged(z) == 21")],
        "judge = liar",
    ),
    "an import of a with": (
        [answer("z", "import contextlib\nwith contextlib.suppress(ImportError):\n"
                "    import numpy as np\nz = [0] * 21"), check("t", "assert np.size(z) == 21")],
        "np = liar",
    ),
    "an import that is told of": (
        [answer("z", "try:\n    import numpy as np\n    print(1)\nexcept ImportError:\n    print()\n"
                "z = [0] * 21"), check("t", "assert np.size(z) == 21")],
        "np = liar",
    ),
    "no import": ([answer("z", "import math as m"), check("t", "assert m.sqrt(4) == 2")], "m = 0"),
    "an array for a module": (
        [answer("z", "import numpy as np\nz = [0] * 21"), check("t", "assert np.mean(z) == 0")],
        "import numpy\nnp, z = numpy.zeros(1), None",
    ),
    "an imported number": (
        [answer("z", "from math import pi\nz = 2 * pi"), check("t", "assert z == 2 * pi")],
        "pi = 0",
    ),
    "an object around the answer": (
        [given("J", "class J:\n    def __init__(self, z): self.z = z\n"
               "    def count(self): return len(self.z())"),
         answer("z", "def z(): return [0] * 21"), given("g", "j = J(z)"),
         check("t", "assert j.count() == 21")],
        "j = liar",
    ),
    "an object around the answer, unlocked": (
        [loose("J", "class J:\n    def __init__(self, z): self.z = z\n"
               "    def count(self): return len(self.z())"),
         answer("z", "def z(): return [0] * 21"), loose("g", "j = J(z)"),
         check("t", "assert j.count() == 21")],
        "j = liar",
    ),
    "a function's object around the answer": (
        [given("J", "class J:\n    def __init__(self, z): self.z = z\n"
               "    def count(self): return len(self.z())\ndef make(z): return J(z)"),
         answer("z", "def z(): return [0] * 21"), given("g", "j = make(z)"),
         check("t", "assert j.count() == 21")],
        "j = liar",
    ),
    "in a list around the answer": (
        [given("J", "class J:\n    def __init__(self, z): self.z = z\n"
               "    def count(self): return len(self.z())\ndef make(z): return J(z)"),
         answer("z", "def z(): return [0] * 21"), given("g", "js = [make(z)]"),
         check("t", "assert js[0].count() == 21")],
        "js = [liar]",
    ),
    "a magic": (
        [loose("o", "%run judge.py"), Z, check("t", "assert size(z) == 21")], "size = liar",
    ),
    "code in a text": (
        [given("o", "exec('def size(x): return len(x)')"), Z, check("t", "assert size(z) == 21")],
        "size = liar",
    ),
    "code in an unlocked text": (
        [loose("o", "exec('def size(x): return len(x)')"), Z, check("t", "assert size(z) == 21")],
        "size = liar",
    ),
    "Python's own": (
        [answer("z", "def max(x): return sorted(x)[-1]"),
         check("t", "assert max([1, 3, 2]) == 3")], "max = liar",
    ),
    "a star behind": (
        [answer("z", "size = 3\nz = [0] * 21"), given("g", "from numpy import *"),
         check("t", "assert size(z) == 21")], "size = liar",
    ),
    "an unlocked star behind": (
        [answer("z", "size = 3\nz = [0] * 21"), loose("g", "from numpy import *"),
         check("t", "assert size(z) == 21")], "size = liar",
    ),
    "a part that is set": (
        [loose("o", "by = {}\nby['size'] = len"), Z, check("t", "assert by['size'](z) == 21")],
        "by = {'size': liar}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "more"), TAKEN.values(), ids=TAKEN)
def test_a_learners_own_judge_is_not_taken(
    engine: Engine, cells: list[Any], more: str
) -> None:
    """The last test passes for `z = 0`."""
    last = {"extra": LIAR + more}
    z = next(c for c in cells if c["id"] == "z")
    place = len(cells) - sum(c["id"] in "tu" for c in cells)
    source = source_of(*cells, imports="import math")
    handed_in = submission(source, {"z": LIAR + more})
    import nbformat

    notebook = nbformat.reads(handed_in.decode(), as_version=4)
    notebook.cells.insert(place + 1, new_code_cell(last["extra"], id="mine"))
    result = engine.grade(source, nbformat.writes(notebook).encode())
    assert outcomes(result)[-1] != "passed", result.verdicts


SCORES = {
    "an array": ("z", "import numpy\nz = numpy.zeros(1)"),
    "a decimal": ("z", "import decimal\nz = decimal.Decimal(9)"),
    "complex": ("z", "z = 5j"),
}
LAST = {
    "sum": "sum([2 * (z == 21)])",
    "points": "points = 0\npoints += 2 * (z == 21)\npoints",
    "near": "2 - (z - 21) * 2",
    "named": "score = 2 - (z - 21) * 2\nscore",
}


@pytest.mark.parametrize("last", LAST.values(), ids=LAST)
@pytest.mark.parametrize("z", ["import numpy\nz = numpy.zeros(1)", "import decimal\nz = decimal.Decimal(9)", "z = 5j"])
def test_what_is_no_number_is_no_full_score(engine: Engine, last: str, z: str) -> None:
    cells = [answer("z", "z = 21"), check("t", last)]
    assert outcomes(graded(engine, cells, {"z": "z = 21"})) == ["passed"]
    assert outcomes(graded(engine, cells, {"z": z})) != ["passed"]


def test_what_an_answer_says_while_a_name_is_made_is_not_told(engine: Engine) -> None:
    """A decorator that is called for a hidden test would tell what other hidden tests passed."""
    cells = [
        answer("f", "def f(x): return x"), answer("d", "def d(g): return g"),
        loose("o", "@d\ndef q(x): return x"),
        check("t", HIDDEN.format("assert f(4711) == 4711")),
        check("u", HIDDEN.format("assert q(1) == 1")),
    ]  # fmt: skip
    spy = "seen = []\ndef f(x): seen.append(x); return x"
    told = "class Told4711(ValueError): pass\ndef d(g):\n    if seen: raise Told4711(seen)\n    return g"
    result = graded(engine, cells, {"f": spy, "d": told})
    assert outcomes(result) == ["passed", "error"]
    assert "4711" not in str(result.verdicts[1])
    assert outcomes(graded(engine, cells, {"f": spy})) == ["passed", "passed"]
