"""Hidden tests: what they ask is not told, and they judge what stood there."""

from __future__ import annotations

import json
import re

import pytest
import torch
from traitlets.config import Config

from checks.attention import EXERCISE, hidden_tests
from checks.compare import describe, difference, discreetly
from checks.message import WrongAnswer
from nbexaminer.judging.message import UNEXPECTED
from nbexaminer.judging.notebook.source import delimiters_of, read_source
from nbexaminer.judging.session.engine import Engine, Examined
from support.notebooks import (
    WITH_TORCH,
    answer,
    check,
    given,
    outcomes,
    source_of,
    submission,
    text_of,
)


@pytest.fixture(scope="module")
def engine(each_engine: Engine) -> Engine:
    return each_engine


SECRET = 73_856_093
"""What the hidden test asks with."""
HIDDEN = f"""### BEGIN HIDDEN TESTS
assert a({SECRET}) == 1, 'a is not 1'
### END HIDDEN TESTS"""
TELLS = "seen = []\ndef a(x):\n    seen.append(x)\n"
WAYS: dict[str, dict[str, str]] = {
    "the text of an exception": {
        "a": TELLS + "    if x > 9: raise ValueError(f'it is {x}')\n    return 1"
    },
    "the name of an exception": {
        "a": TELLS + "    if x > 9: raise type(f'It{x}', (ValueError,), {})()\n    return 1"
    },
    "the source line of a forged file": {
        "a": TELLS + "    name = '<ipython-input-x>'\n"
        "    import linecache\n"
        "    linecache.cache[name] = 5, None, [f'# it is {x}\\n'], name\n"
        "    exec(compile('1 / 0', name, 'exec'))"
    },
    "a later cell": {"a": TELLS + "    return 1", "later": "print(seen)"},
    "a picture of a later cell": {
        "a": TELLS + "    return 1",
        "later": "class Shown:\n    def __repr__(self): return str(seen)\nShown()",
    },
    "a later visible test": {
        "a": TELLS + "    return 1",
        "b": "def b(): raise ValueError(str(seen))",
    },
    "a thread": {
        "a": "import threading, time\n" + TELLS + "    return 1\n"
        "def say():\n    while True:\n        time.sleep(0.01)\n        print(seen)\n"
        "threading.Thread(target=say, daemon=True).start()",
        "later": "import time\ntime.sleep(0.2)",
    },
    "how a process ends": {
        "a": f"import os\ndef a(x):\n    if x == {SECRET}: os._exit(73)\n    return 1"
    },
    "bytes on the connection": {
        "a": TELLS + "    if x > 9:\n        import os, time\n"
        "        os.write(3, x.to_bytes(8, 'little') + bytes(8))\n        time.sleep(9)\n"
        "    return 1"
    },
}  # fmt: skip


def graded(engine: Engine, answers: dict[str, str]) -> Examined:
    source = source_of(
        answer("a"),
        check("a-visible", "assert a(3) == 1, 'a is not 1'"),
        check("a-hidden", HIDDEN),
        answer("b"),
        check("b-visible", "assert b() == 2, f'b() is {b()}'"),
        answer("later"),
        imports=WITH_TORCH,
    )
    return engine.grade(source, submission(source, answers))


@pytest.mark.parametrize("way", WAYS)
def test_what_a_hidden_test_asks_is_not_told(engine: Engine, way: str) -> None:
    """A learner could else read the hidden tests' inputs in the feedback, and answer by heart."""
    done = graded(engine, {"b": "def b(): return 2"} | WAYS[way])
    told = json.dumps(done.notebook) + str(done.verdicts)
    told = told.replace(f"a({SECRET}) == 1", "").replace(f"x == {SECRET}", "")
    assert str(SECRET) not in told
    if "process" in way:
        assert "73" not in str(done.verdicts[1].message)


def test_a_bare_assert_is_shown_where_learners_can_read_it(engine: Engine) -> None:
    """They would guess which of five lines failed; a hidden one would be given away."""
    helper = "### BEGIN HIDDEN TESTS\ndef same(x): assert x == 7\n### END HIDDEN TESTS"
    tests = {
        "shown": "assert a(1) == 1\nif True:\n    assert (a(2)\n      == 3)",
        "helper": helper,
        "by-helper": "same(a(2))",
        "two": "assert a(1); assert a(2) == 3",
        "a-hidden": HIDDEN.replace(str(SECRET), "2").replace(", 'a is not 1'", ""),
        "hidden": f"assert a(2) == 3\n{HIDDEN}",
    }
    data = source_of(answer("a"), *(check(name, code) for name, code in tests.items()))
    done = engine.grade(data, submission(data, {"a": "def a(x): return x"}))
    facts = {v.cell: v.message.facts for v in done.verdicts if v.message.headline == UNEXPECTED}
    nothing = dict.fromkeys(("by-helper", "two", "a-hidden", "hidden"), ())
    assert facts == nothing | {"shown": (("in the test", "assert a(2) == 3"),)}


def test_a_course_may_mark_hidden_tests_its_own_way(engine: Engine) -> None:
    """With other delimiters nbgrader hides the test, but all that it asks would be told."""
    marked = HIDDEN.replace("BEGIN HIDDEN TESTS", "FROM HERE").replace(
        "END HIDDEN TESTS", "TO HERE"
    )
    settings = {"begin_test_delimeter": "FROM HERE", "end_test_delimeter": "TO HERE"}
    data = source_of(answer("a"), check("a-hidden", marked))
    answers = {"a": "def a(x): raise ValueError(f'it is {x}')"}
    delimiters = delimiters_of(Config({"ClearHiddenTests": settings}))
    done = engine.grade(read_source(data, delimiters), submission(data, answers))
    assert str(done.verdicts[0].message) == "a raised ValueError\n  raised in: line 1 of the cell"
    assert str(SECRET) in str(engine.grade(data, submission(data, answers)).verdicts)


def test_no_file_tells_what_a_hidden_test_asked(patient_engine: Engine) -> None:
    """Nor when the asking ends the process, and a new one runs the cells again."""
    writes = "import os\ndef a(x):\n    open('/tmp/seen', 'a').write(str(x))\n    os._exit(1)"
    reads = "import os\nprint(os.path.exists('/tmp/seen') and open('/tmp/seen').read())"
    done = graded(patient_engine, {"a": writes, "later": reads})
    assert "False" in text_of(done, "later")


def test_a_hidden_test_tells_which_line_raised(engine: Engine) -> None:
    """A slip in a branch that only it takes would be hard to find."""
    slip = "def a(x):\n    if x > 9:\n        return nonesuch\n    return 1"
    done = graded(engine, {"a": slip})
    assert outcomes(done)[:2] == ["passed", "error"]
    message = str(done.verdicts[1].message)
    assert message == "a raised NameError\n  raised in: line 3 of the cell"


def test_the_line_told_is_one_of_the_answers_own_cell(engine: Engine) -> None:
    """A learner would look for the line of a given cell among those of the answer."""
    called = given("called", "\n" * 6 + "def called(x):\n    return x / 0")
    tests = check("a-visible", "a(3)\nassert True"), check("a-hidden", HIDDEN)
    source = source_of(called, answer("a"), *tests, imports=WITH_TORCH)
    done = engine.grade(
        source, submission(source, {"a": "# mine\n\ndef a(x):\n    return called(x)"})
    )
    seen, hidden = (str(verdict.message) for verdict in done.verdicts)
    assert "line 4 of the cell, in a: return called(x)" in seen
    assert "in called, which your answer calls: return x / 0" in seen
    assert hidden == "a raised ZeroDivisionError\n  raised in: line 4 of the cell"


def test_a_hidden_test_judges_what_stood_there(engine: Engine) -> None:
    """Though it comes last: a learner who goes on and uses a name again would else lose points."""
    done = graded(
        engine,
        {
            "a": "one = 1\ndef a(x): return one",
            "b": "def b(): return 2",
            "later": "one, a = 2, None\ntorch.set_default_dtype(torch.float64)\nprint('shown')",
        },
    )
    assert outcomes(done) == ["passed"] * 3, done.verdicts
    assert "shown" in text_of(done, "later")
    late = graded(engine, {"a": "def a(x): return 2 if x > 9 else 1", "later": "a = lambda x: 1"})
    assert outcomes(late)[:2] == ["passed", "failed"], late.verdicts


def test_settings_of_later_cells_cost_no_hidden_test(engine: Engine) -> None:
    """Some make warnings errors, draw pictures upside down, or compute on no device."""
    answers = {
        "a": "import os, warnings\nhere = os.getcwd()\n"
        "def a(x):\n    warnings.warn('careful')\n"
        "    same = os.getcwd() == here and plt.rcParams['image.origin'] == 'upper'\n"
        "    np.divide(1, np.zeros(1))\n"
        "    return int(same and torch.ones(1).dtype == torch.float32 and float(torch.ones(1)))",
        "b": "def b(): return 2",
        "later": "warnings.simplefilter('error')\nplt.rcParams['image.origin'] = 'lower'\n"
        "torch.set_default_device('meta')\ntorch.set_default_dtype(torch.float64)\n"
        "np.seterr(all='raise')\nos.chdir('/')",
    }
    assert outcomes(graded(engine, answers)) == ["passed"] * 3


def test_a_name_used_again_for_something_large_costs_no_memory(apart_engine: Engine) -> None:
    """What stood where a hidden test stands would else be kept, beside what comes after it."""
    large = "big = torch.ones(220_000_000)\n"
    answers = {
        "a": f"{large}def a(x): return 1",
        "b": f"del big\n{large}def b(): return 2",
    }
    assert outcomes(graded(apart_engine, answers)) == ["passed"] * 3


def test_a_later_cell_that_ends_its_process_costs_no_hidden_test(engine: Engine) -> None:
    """What came before must be graded as if the cell had been left out."""
    done = graded(
        engine,
        {"a": "def a(x): return 1", "b": "def b(): return 2", "later": "import os\nos._exit(1)"},
    )
    assert outcomes(done) == ["passed"] * 3, done.verdicts


def test_a_hidden_check_tells_kinds_and_no_values() -> None:
    """An answer may hand back what it was asked with."""
    secret = []

    def softmax(x, dim=-1):  # type: ignore[no-untyped-def]
        secret.append(x)
        return x * 0 + 0.73856

    with pytest.raises(WrongAnswer) as said:
        hidden_tests("softmax", softmax)
    told = str(said.value)
    assert "0.73856" not in told and "0.7386" not in told
    assert "softmax(x = float32 tensor of shape" in told and "asked for" in told
    assert not re.search(r"\d\.\d", told), "what it asked with and what came back are no integers"
    with discreetly():
        large = describe(torch.zeros(40, 60)), difference(torch.zeros(40, 60), torch.zeros(2))
    assert large == ("float32 tensor", "the result should have shape (2,), but has another one")
    with pytest.raises(WrongAnswer, match="0.73"):  # and a visible one tells them
        EXERCISE.checks["softmax"][0](softmax, secret[-1][:1])
