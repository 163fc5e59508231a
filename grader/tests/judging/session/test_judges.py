"""What a learner could win who knows how names are found, and how scores are read."""

from __future__ import annotations

import copy
import re
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from nbexaminer.judging.session.engine import Engine
from support.notebooks import answer, check, given, outcomes, source_of, submission


@pytest.fixture(scope="module")
def engine(patient_engine: Engine) -> Engine:
    return patient_engine


def loose(name: str, code: str) -> Any:
    """A cell of the source's that learners can change, and that isn't graded."""
    return new_code_cell(code, id=name)


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
        [answer("z", "try:\n    import numpy as np\n    print()\nexcept ImportError:\n    0\n"
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
    "a function's object around the answer": (
        [given("J", "class J:\n    def __init__(self, z): self.z = z\n"
               "    def count(self): return len(self.z())\ndef make(z): return J(z)"),
         answer("z", "def z(): return [0] * 21"), given("g", "j = make(z)"),
         check("t", "assert j.count() == 21")],
        "j = liar",
    ),
    "a magic": (
        [loose("o", "%run judge.py"), Z, check("t", "assert size(z) == 21")],
        "size = liar",
    ),
    "code in a text": (
        [given("o", "exec('def long(x): return len(x)')"), Z, check("t", "assert long(z) == 21")],
        "long = liar",
    ),
    "Python's own": (
        [answer("z", "def max(x): return sorted(x)[-1]"), check("t", "assert max([1, 3]) == 3")],
        "max = liar",
    ),
    "a star behind": (
        [answer("z", "length_hint = 3\nz = [0] * 21"), given("g", "from operator import *"),
         check("t", "assert length_hint(z) == 21")],
        "length_hint = liar",
    ),
    "an unlocked star behind": (
        [answer("z", "fsum = 3\nz = [1] * 21"), loose("g", "from math import *"),
         check("t", "assert fsum(z) == 21")],
        "fsum = liar",
    ),
    "a part that is set": (
        [loose("o", "by = {}\nby['size'] = len"), Z, check("t", "assert by['size'](z) == 21")],
        "by = {'size': liar}",
    ),
}  # fmt: skip
"""What stands in a source, whose last test is won by `z = 0` and these lines, or was."""

BESIDE = {"a magic"}
"""What can't be run apart, as the trial says: a file is missing here."""
OWN = re.compile(r"\b(z|fs|judged?|n|js?|J|make|by|liar|Liar|np|m)\b")


def last_outcomes(engine: Engine, lies: bool) -> dict[str, str]:
    """How the last test of each ends, all in one notebook, in which each has names of its own."""
    asked, handed_in, last = [], [], {}
    for number, (name, (cells, more)) in enumerate(TAKEN.items()):
        for cell in cells:
            cell = copy.deepcopy(cell)
            cell.source = OWN.sub(rf"\g<1>{number}", cell.source)
            cell.id = f"{cell.id}{number}"
            about = cell.metadata.get("nbgrader", {})
            about |= {"grade_id": cell.id} if about else {}
            asked.append(cell)
            if about.get("points"):
                if name not in last and lies:  # in the place that is the last before the tests
                    code = OWN.sub(rf"\g<1>{number}", LIAR + more)
                    handed_in.append(new_code_cell(code, id=f"mine{number}"))
                last[name] = cell.id
            cell = copy.deepcopy(cell)
            if about.get("solution") and lies:
                cell.source = OWN.sub(rf"\g<1>{number}", LIAR + more)
            handed_in.append(cell)
    source = source_of(*asked, imports="import math")
    notebook = nbformat.reads(source.decode(), as_version=4)
    notebook.cells[1:] = handed_in
    result = engine.grade(source, nbformat.writes(notebook).encode())
    found = {verdict.cell: str(verdict.outcome) for verdict in result.verdicts}
    return {name: found[cell] for name, cell in last.items()}


def test_nothing_that_a_learner_calls_so_is_taken(engine: Engine) -> None:
    """The last test of each passed for `z = 0`."""
    lies = last_outcomes(engine, lies=True)
    assert [name for name, outcome in lies.items() if outcome == "passed"] == []
    right = last_outcomes(engine, lies=False)
    assert {name for name, outcome in right.items() if outcome != "passed"} == BESIDE


LAST = (
    "sum([2 * (z == 21)])", "points = 0\npoints += 2 * (z == 21)\npoints",
    "2 - (z - 21) * 2", "score = 2 - (z - 21) * 2\nscore", "grade(z)",
    "by['z'] = grade(z)\nby['z']",
    "z == 21", "[z]", "'so ' + 'it is'", "import numpy as np\nnp.all(z == 21)", "repr(z)", "by",
)  # fmt: skip
ODD = ("import numpy\nz = numpy.zeros(1)", "import decimal\nz = decimal.Decimal(9)", "z = 5j")


def test_what_is_no_number_is_no_full_score(engine: Engine) -> None:
    """`z = np.zeros(1)` got all of the points where the last line is `2 * (z == 21)`."""
    tests = [check(f"t{number}", last) for number, last in enumerate(LAST)]
    helpers = "def grade(z): return 2 - 2 * (z - 21)\nby = {}"
    cells = [given("g", helpers), answer("z", "z = 21"), *tests]
    source = source_of(*cells, imports="import math")
    assert {*outcomes(engine.grade(source, source))} == {"passed"}
    for z in ODD:
        ended = outcomes(engine.grade(source, submission(source, {"z": z})))
        assert "passed" not in ended[:6], z
        assert ended[6:] == ["passed"] * 6


def test_a_score_that_the_source_gives_counts(engine: Engine) -> None:
    """`rubric.score(z)` was taken for a question to an answer, which is no score: all points."""
    rubric = "class Rubric:\n    def score(self, z): return 2 * (z == 21)\nrubric = Rubric()"
    cells = [
        loose("o", rubric), loose("p", "by = {21: 2}"), answer("z", "z = 21"),
        check("t", "rubric.score(z)"), check("u", "by.get(z, 0)"),
    ]  # fmt: skip
    source = source_of(*cells, imports="import math")
    assert {*outcomes(engine.grade(source, source))} == {"passed"}
    assert {*outcomes(engine.grade(source, submission(source, {"z": "z = 0"})))} == {"failed"}


def test_what_an_answer_says_while_a_name_is_made_is_not_told(engine: Engine) -> None:
    """A decorator that is called for a hidden test would tell what other hidden tests passed."""
    cells = [
        answer("f", "def f(x): return x"), answer("d", "def d(g): return g"),
        loose("o", "@d\ndef q(x): return x"),
        check("t", HIDDEN.format("assert f(4711) == 4711")),
        check("u", HIDDEN.format("assert q(1) == 1")),
    ]  # fmt: skip
    spy = "seen = []\ndef f(x): seen.append(x); return x"
    told = f"{spy}\ndef d(g):\n    class Told(ValueError): pass\n    Told.__name__ += str(*seen)\n"
    told += "    if seen: raise Told(seen)\n    return g"
    source = source_of(*cells, imports="import math")
    result = engine.grade(source, submission(source, {"f": spy, "d": told.removeprefix(spy)}))
    assert outcomes(result) == ["passed", "passed"]
    assert "4711" not in str(result.verdicts[1])


RIGHT = {
    "dotted": "import xml.etree.ElementTree\nimport xml.sax",
    "dotted behind": "import xml.dom.minidom",
    "repeated": "def g(x): return x\nif False:\n    def g(x): return 0",
    "summed": "s = 0\nfor i in range(3): s += i",
    "each calls the other": (
        "def ev(n): return n == 0 or od(n - 1)\ndef od(n): return n != 0 and ev(n - 1)"
    ),
    "walrus": "xs = [(last := i) for i in range(3)]",
    "with": "import io\nwith io.StringIO('ab') as fh:\n    txt = fh.read()",
    "global": "def setup():\n    global conf\n    conf = 3\nsetup()",
    "decorated": (
        "def deco(g):\n    def h(x): return g(x)\n    return h\n@deco\ndef q(x): return x"
    ),
    "registered": (
        "import functools\n@functools.singledispatch\ndef ar(x): return 0\n"
        "@ar.register\ndef _(x: int): return 1"
    ),
    "parts": "by = {}\nby['s'] = len\nclass A: pass\nA.k = 3\nfs = []\nfs.append(len)",
    "bases": "class P:\n    k = 1\nclass P(P):\n    j = 2",
    "Python's own": "def sum(x): return 7",
    "path": "import sys\nsys.path.append('lib')\nimport json",
    "named tuple": "from collections import namedtuple\nT = namedtuple('T', 'x')\ntop = T(3)",
    "unpacked": "k, h = (lambda x: x), len",
}
LOCKED = "d, e, w = s * 2, last + 1, txt + 'c'\nclass N:\n    def n(self, x): return json.dumps(x)"
TESTS = (
    "assert xml.etree.ElementTree and xml.sax and xml.dom.minidom and f(0) == 1",
    "assert g(f(1)) == 2 and ev(f(1)) and q(f(1)) == 2 and k(f(1)) == 2 and h([f(1)]) == 1",
    "assert (s, d, e, w, last, conf) == (3, 6, 3, 'abc', 2, 3)",
    "assert ar(f(1)) == 1 and by['s']([1]) == 1 and A.k == 3 and fs[0]([1]) == 1",
    "assert P.k == 1 and P.j == 2 and top.x == 3 and sum([f(1)]) == 7 and json.loads('1') == 1",
    "n = N()\ntotal = 0\nassert f(1) == 2\ntotal += 1",
    "for i in range(2):\n    total += f(i)\nassert total == 4 and n.n(total) == '4'",
    "y = sorted(y)\nassert y == [1, 2]",
    "assert y == [1, 2] and f(1) == 2",
)


def test_names_are_those_of_the_notebook_run_from_top_to_bottom(engine: Engine) -> None:
    """Right answers failed apart, so that these tests had to run beside them."""
    cells = [loose(f"o{number}", code) for number, code in enumerate(RIGHT.values())]
    cells += [
        given("locked", LOCKED),
        answer("f", "def f(x): return x + 1"),
        answer("y", "y = [2, 1]"),
    ]
    tests = [check(f"t{number}", code) for number, code in enumerate(TESTS)]
    source = source_of(*cells, *tests, imports="import math")
    result = engine.grade(source, source)
    assert {*outcomes(result)} == {"passed"}, [str(v.message) for v in result.verdicts]
