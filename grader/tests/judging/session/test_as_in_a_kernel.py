"""What learners' cells find as in a kernel: they ran there, and what is otherwise costs points."""

from __future__ import annotations

import json

import pytest
from nbformat.v4 import new_code_cell

from nbexaminer.judging.session.engine import Engine
from support.notebooks import answer, check, outcomes, source_of, submission

RIGHT = "def f(x): return x + 1"
TESTS = answer("f", RIGHT), check("t", "assert f(1) == 2")
ALIKE = {
    "a task of an earlier cell": (
        "import asyncio\nasync def one(): return 1\ntask = asyncio.create_task(one())",
        "got = await task\ndef f(x): return x + got",
    ),
    "a module that a cell writes": (
        "with open('own.py', 'w') as file: _ = file.write('ONE = 1')",
        "from own import ONE\ndef f(x): return x + ONE",
    ),
    "a loop that runs": (
        "import asyncio",
        "asyncio.get_running_loop()\ndef f(x): return x + 1",
    ),
    "a cell that runs another": (
        "get_ipython().run_cell('one = 1').raise_error()",
        "def f(x): return x + one",
    ),
}


@pytest.mark.parametrize("cells", ALIKE.values(), ids=ALIKE)
def test_what_runs_in_a_kernel_runs_here(patient_engine: Engine, cells: tuple[str, str]) -> None:
    """A right answer would get nothing."""
    source = source_of(new_code_cell("pass", id="open"), *TESTS)
    handed_in = submission(source, {"f": cells[1]})
    handed_in = handed_in.replace(b'"pass"', json.dumps(cells[0]).encode())
    graded = patient_engine.grade(source, handed_in)
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_what_fails_in_a_kernel_fails_here(patient_engine: Engine) -> None:
    """Beginners call `asyncio.run`, which no notebook lets them."""
    wrong = "import asyncio\nasync def g(x): return x + 1\ndef f(x): return asyncio.run(g(x))"
    source = source_of(*TESTS)
    graded = patient_engine.grade(source, submission(source, {"f": wrong}))
    assert outcomes(graded) == ["error"]
    assert "cannot be called from a running event loop" in str(graded.verdicts[0].message)
