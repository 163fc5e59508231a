"""Grading one submission: what each kind of answer and each kind of accident ends in."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from unittest.mock import Mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.utils import determine_grade

from course.authoring.exercises import ROOT
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.profile import Profile
from nbexaminer.judging.session import test_runner
from nbexaminer.judging.session.engine import NOT_RUN, Engine, _lost
from nbexaminer.judging.session.verdicts import Outcome, Plan
from nbexaminer.judging.session.wire import Channel, Closed
from nbexaminer.judging.ways import Way, set_way
from nbexaminer.sandbox.limits import EndedBy
from nbexaminer.sandbox.self_test import descendants
from nbexaminer.sandbox.view import Sandbox
from nbexaminer.sandbox.zygote_handle import ExitStatus
from support.notebooks import (
    IMPORTS,
    LIMITS,
    WITH_TORCH,
    answer,
    check,
    not_graded,
    outcomes,
    outputs_of,
    run,
    source_of,
    submission,
    text_of,
    written,
)
from support.profile import SMALL
from support.waiting import eventually

# What is run ---------------------------------------------------------------------------------


def test_cells_that_only_show_something_are_not_run(engine: Engine) -> None:
    """Grading would load big models; a cell of the learner's that uses one costs no points."""
    source = source_of(
        not_graded("big-model", "model = 1 / 0", locked=True),
        not_graded("picture", "CALLS = 1"),
        answer("f", "def f(): return 'CALLS' in globals()"),
        check("t", "assert f() is False\nassert 'model' not in globals()"),
        check("t-hidden", "### BEGIN HIDDEN TESTS\nassert f() is False\n### END HIDDEN TESTS"),
    )
    mine = nbformat.reads(source.decode(), as_version=4)
    mine.cells.insert(2, new_code_cell("print(model.forward(1))"))
    mine.cells[3].source = "CALLS = 'mine'"
    graded = engine.grade(source, nbformat.writes(mine).encode())
    assert outcomes(graded) == ["passed", "passed"], graded.verdicts
    for name, text in (("big-model", "model = 1 / 0"), ("picture", "CALLS = 'mine'")):
        cell = next(c for c in graded.notebook["cells"] if c["id"] == name)
        assert cell["source"] == text and cell["execution_count"] is None
        assert text_of(graded, name).count(NOT_RUN.strip()) == 1
    assert "NameError" in text_of(graded, "extra-0")


def test_a_cell_and_a_call_are_interrupted_politely(engine: Engine) -> None:
    """What the learner had defined before must survive a cell that took too long."""
    answers = {
        "a": "def a(): return 1",
        "f": "def f():\n    while True: pass\nimport time\ntime.sleep(99)",
    }
    graded = run(engine, answers, "assert a() == 1", "f()", "assert a() == 1")
    assert outcomes(graded) == ["passed", "timed out", "passed"], graded.verdicts
    said = "took longer than [258] seconds"
    assert re.search(said, str(graded.verdicts[1].message))
    assert re.search(said, text_of(graded, "t1"))


# Notebook semantics -------------------------------------------------------------------------


def test_cells_run_like_in_a_notebook(engine: Engine) -> None:
    """An answer with a magic, an await or a picture would lose its points otherwise."""
    graded = run(
        engine,
        "%matplotlib inline\nimport asyncio\nawait asyncio.sleep(0)\n%time 1 + 1\n"
        "print('hello')\nplt.plot([1, 2])\nimport warnings; warnings.warn('careful')\n"
        "def f(): return __name__\nf()",
        "assert f() == '__main__'",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts
    kinds = {k for o in outputs_of(graded, "f") for k in o.get("data", {})}
    assert kinds == {"text/plain", "image/png"}
    assert "hello" in text_of(graded, "f") and "careful" in text_of(graded, "f")


KILLERS = {
    "exit": ("import os\nos._exit(0)", "crashed"),
    "sigkill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "crashed"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "crashed"),
    "loop": ("while True: pass", "timed out"),
    "stubborn loop": (
        "import time\nwhile True:\n    try:\n        while True: time.sleep(0.01)\n"
        "    except BaseException: pass",
        "timed out",
    ),
    "sleep": ("import time\ntime.sleep(1000)", "timed out"),
    "memory": ("x = []\nwhile True: x.append(bytes(1 << 27))", "out of memory"),
    "tensor": ("torch.zeros(1 << 40)", "out of memory"),
    "system exit": ("raise SystemExit(0)", "error"),
    "closed connection": ("import os\nos.close(3)", "crashed"),
    "noise on the connection": (
        "import os\nos.write(3, b'\\xff' * 64)\nimport time\ntime.sleep(9)",
        "crashed",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", KILLERS)
def test_a_cell_that_ends_its_process_costs_only_its_tests(engine: Engine, name: str) -> None:
    """What came before and after must be graded as if the cell had been left out."""
    code, outcome = KILLERS[name]
    answers = {"a": "print('once')\ndef a(): return 1", "f": f"{code}\ndef f(): return 1",
               "b": "def b(): return a() + 1"}  # fmt: skip
    graded = run(
        engine, answers, "assert a() == 1", "assert f() == 1", "assert b() == 2", "assert a() == 1"
    )
    assert outcomes(graded) == ["passed", outcome, "passed", "passed"], graded.verdicts
    assert outputs_of(graded, "a") == [
        {"name": "stdout", "output_type": "stream", "text": "once\n"}
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", KILLERS)
def test_a_call_that_ends_its_process_costs_only_its_test(engine: Engine, name: str) -> None:
    """The same inside a function that a test calls."""
    code, outcome = KILLERS[name]
    body = "\n    ".join(code.split("\n"))
    answers = {"a": "def a(): return 1", "f": f"def f():\n    {body}"}
    graded = run(engine, answers, "f()", "assert a() == 1")
    assert outcomes(graded) == [outcome, "passed"], graded.verdicts
    assert str(graded.verdicts[0].message)


def test_a_test_cannot_swallow_the_end(engine: Engine) -> None:
    """A check that catches every Exception would else go on with a dead process and pass."""
    graded = run(
        engine,
        "import os\ndef f(): os._exit(1)",
        "try:\n    f()\nexcept Exception:\n    pass",
    )
    assert outcomes(graded) == ["crashed"]


@pytest.mark.long
def test_an_endless_loop_takes_its_time_once(engine: Engine) -> None:
    """Each test that called it took all the time of a cell: four minutes for one answer."""
    waits = "import time\ndef f():\n    while True: time.sleep(0.01)"
    answers = {"f": waits, "g": "def g(): return f()",
               "h": "def h(): return 1"}  # fmt: skip
    hidden = "### BEGIN HIDDEN TESTS\nf()\n### END HIDDEN TESTS"
    graded = run(engine, answers, "f()", "f()", "g()", "assert h() == 1", hidden)
    assert outcomes(graded) == [*["timed out"] * 3, "passed", "timed out"]
    assert "took longer than 5 seconds" in str(graded.verdicts[0].message)
    for again in (1, 2, 4):
        said = str(graded.verdicts[again].message)
        assert "took longer than 2 seconds, all it has since its cell, or a test of it" in said


def test_what_does_not_run_does_not_choose_the_random_numbers(engine: Engine) -> None:
    """Eight submissions that differed in the kinds of their cells alone read a hidden number."""
    source = source_of(answer("f", "f = 1"), check("t", "import random\nprint(random.random())"))
    printed = []
    for kind in ("code", "markdown", "none"):
        notebook = json.loads(submission(source, {"f": "f = 1"}))
        extra = {"cell_type": kind, "metadata": {}, "source": "f = 2"}
        if kind == "code":
            extra |= {"outputs": [], "execution_count": None}
        notebook["cells"] += [extra] * (kind != "none")
        graded = engine.grade(source, json.dumps(notebook).encode())
        printed.append(text_of(graded, "t"))
    with_code, with_text, without = printed
    assert with_code != with_text == without


def test_time_for_the_whole_notebook_is_limited() -> None:
    """Many slow cells would else hold up the class."""
    limits = Limits(notebook_wall_seconds=3.0, cell_wall_seconds=2.0)
    slow = "import time\ntime.sleep(1.5)\n"
    with Engine(SMALL, Sandbox.find(SMALL), limits) as engine:  # no other has so little time
        start = time.monotonic()
        graded = run(
            engine,
            {"a": slow + "def a(): return 1", "b": slow, "c": slow, "d": "def d(): return 1"},
            "assert a() == 1", "d()", imports=IMPORTS,
        )  # fmt: skip
        assert time.monotonic() - start < 20
        assert outcomes(graded)[1] == "not run"
        assert graded.verdicts[1].points == 0
        # A test runner that takes all of that time still tells how each cell ended. Beside the
        # answers a test has the time of a cell.
        tests = "f()\nimport time\ntime.sleep(3.5)", "f()"
        graded = run(engine, "def f(): return 1", *tests, imports=IMPORTS)
        assert outcomes(graded) == ["timed out", "not run"], graded.verdicts


def test_output_floods_are_cut(engine: Engine) -> None:
    """Megabytes of output would else fill gradebook and feedback."""
    graded = run(engine, "for i in range(300_000): print('x' * 100)\ndef f(): return 1", "f();")
    assert outcomes(graded) == ["passed"]
    assert len(json.dumps(graded.notebook)) < 250_000
    assert "cut off" in text_of(graded, "f")


def test_nothing_of_the_test_is_in_the_learners_process(engine: Engine) -> None:
    """Expected values, seeds and test text must stay on the test runner's side."""
    spy = (
        "import gc, sys\n"
        "def f(x):\n"
        "    wanted = [''.join(['ze', 'bra']), ''.join(['quag', 'ga'])]\n"
        "    seen = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple))]\n"
        "    words = {w for o in seen for w in (o.values() if type(o) is dict else o)\n"
        "             if type(w) is str}\n"
        "    words |= {k for o in seen if type(o) is dict for k in o if type(k) is str}\n"
        "    secret = ('checks', 'nbgrader', 'nbexaminer.judging.session.test_runner')\n"
        "    return [w for w in words if w not in wanted and any(s in w for s in wanted)] + [\n"
        "        m for m in sys.modules if m.startswith(secret)]"
    )
    test = "zebra_expected = 'quagga'\nseen = f(1)\nassert seen == [], seen"
    graded = run(engine, spy, test)
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_the_message_points_at_the_answer_that_is_called(engine: Engine) -> None:
    """A learner would else look for a mistake in an answer that is right."""
    answers = {
        "softmax": "%matplotlib inline\ndef softmax(x, dim=-1):\n    return x",
        "beside": "def of_scores(scores):\n    return softmax(scores, -1)",
        "scaled_dot_product_attention": (
            "def _weights(q, k):\n    return softmax(q @ k.mT / math.sqrt(q.shape[-1]))\n"
            "def scaled_dot_product_attention(q, k, v):\n"
            "    w = _weights(q, k)\n    return w @ v, w"
        ),
        "project_qkv": "def project_qkv(x, *w): return x, x, x  # softmax",
    }
    graded = run(
        engine,
        answers,
        "from checks.attention import check_softmax\ncheck_softmax(softmax, torch.rand(2, 3))",
        "from checks.attention import check_scaled_dot_product_attention as check\n"
        "check(scaled_dot_product_attention, *torch.rand(3, 4, 5))",
        "from checks.attention import check_project_qkv\n"
        "check_project_qkv(project_qkv, torch.rand(2, 3), *torch.rand(3, 3, 3))",
    )
    assert outcomes(graded) == ["failed"] * 3, graded.verdicts
    said = "your softmax, which this answer calls, fails its own tests"
    assert [said in str(v.message) for v in graded.verdicts] == [False, True, False], (
        graded.verdicts
    )


# Submissions that are none, and sources that are wrong --------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff{}", "not UTF-8"),
        (b'{"nbformat": 3, "worksheets": []}', "format is '3'"),
        (b'{"nbformat": 4}', "no list of cells"),
    ],
)
def test_what_cannot_be_read_is_malformed(engine: Engine, data: bytes, reason: str) -> None:
    """The instructor needs the reason, and the batch must go on."""
    source = source_of(answer("f"), check("t", "f()"), written("w", "Why?"))
    graded = engine.grade(source, data)
    assert outcomes(graded) == ["malformed"] and reason in graded.reason
    assert graded.verdicts[0].points == 0
    notebook = nbformat.from_dict(graded.notebook)
    nbformat.validate(notebook)
    cell = next(c for c in notebook.cells if c.id == "t")
    assert determine_grade(cell) == (0, 2)


def test_written_answers_stay_for_the_hand(engine: Engine) -> None:
    """A hand-graded answer must be neither scored nor lost, and an empty one be seen as such."""
    source = source_of(written("w", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"))
    graded = engine.grade(source, submission(source, {"w": "I think <script>alert(1)</script>"}))
    cell = next(c for c in graded.notebook["cells"] if c["id"] == "w")
    assert "I think" in cell["source"] and "<script" not in cell["source"]
    assert graded.verdicts == ()


def kill_at_work(pid: int, idle: set[int]) -> None:
    """Kill a zygote, and whatever it started, as soon as it has more than its `idle` ones."""
    eventually(lambda: bool(set(descendants(pid)) - idle))
    for each in [pid, *descendants(pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


@pytest.mark.long
def test_the_death_of_a_zygote_costs_nobody_anything() -> None:
    """The machine's own shortage of memory must not show up as a learner's crash."""
    slow = "import time\ntime.sleep(1)\ndef f(): return 1"
    with Engine(SMALL, Sandbox.find(SMALL), LIMITS) as engine:  # nobody else's has to die
        for zygote in (engine._learners, engine._test_runners):
            assert outcomes(run(engine, slow, "assert f() == 1", imports=IMPORTS)) == ["passed"]
            process = zygote._process
            assert process is not None
            killer = threading.Thread(
                target=kill_at_work, args=[process.pid, set(descendants(process.pid))]
            )
            killer.start()
            assert outcomes(run(engine, slow, "assert f() == 1", imports=IMPORTS)) == ["passed"]
            killer.join()
            assert zygote._process is not process, "it was not killed in time"


def test_what_the_examiner_chokes_on_costs_only_its_test(engine: Engine) -> None:
    """An answer that makes the test's own process hang, grow or die must not stop the rest."""
    choke = "### BEGIN HIDDEN TESTS\nimport os, time\nif f() == 'exit': os._exit(3)\n"
    choke += "if f() == 'memory':\n    x = []\n    while True: x.append(bytearray(1 << 27))"
    choke += "\n### END HIDDEN TESTS"
    for word, outcome in [("exit", "crashed"), ("memory", "error"), ("fine", "passed")]:
        answers = {"a": "def a(): return 1", "f": f"def f(): return '{word}'",
                   "b": "def b(): return a()"}  # fmt: skip
        graded = run(engine, answers, choke, "assert a() == 1", "assert b() == 1")
        assert outcomes(graded) == [outcome, "passed", "passed"], graded.verdicts


def test_what_the_examiner_starts_counts_as_its_own(engine: Engine) -> None:
    """Memory that no single process has too much of would else be the whole machine's."""
    greedy = (
        "import os, time\nf()\nfor _ in range(4):\n    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (500 << 20)\n        break\ntime.sleep(60)"
    )
    graded = run(engine, "def f(): return 1", greedy, "assert f() == 1")
    assert outcomes(graded) == ["out of memory", "passed"], graded.verdicts


@pytest.mark.parametrize(
    ("ended_by", "outcome"),
    [
        (EndedBy.CPU, Outcome.TIMED_OUT),
        (EndedBy.WALL, Outcome.TIMED_OUT),
        (EndedBy.MEMORY, Outcome.OUT_OF_MEMORY),
        (EndedBy.ITSELF, Outcome.CRASHED),
    ],
)
def test_the_limit_that_an_examiner_passed_is_named(ended_by: EndedBy, outcome: Outcome) -> None:
    """An instructor would else look for a crash where a test took too long."""
    child = Mock(wait=lambda _: ExitStatus(None, signal.SIGKILL, ended_by, 1.0))
    assert _lost(child, Closed("gone")).outcome is outcome


TAKEN_OVER = """\
### BEGIN HIDDEN TESTS
import os, socket
import checks.attention

f()
tries = [(os.listdir, {source!r}), (open, {config!r}), (open, {gradebook!r})]
tries += [(lambda path: open(path, "r+").close(), checks.attention.__file__)]
tries += [(socket.create_connection, ("127.0.0.1", {port})), (lambda pid: os.kill(pid, 0), {pid})]
reached = []
for attempt, place in tries:
    try:
        attempt(place)
    except OSError:
        continue
    reached.append(place)
reached += [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) > 2]
assert reached == [], reached
### END HIDDEN TESTS
"""


def test_an_examiner_that_was_taken_over_reaches_nothing(engine: Engine, tmp_path: Path) -> None:
    """It parses what learners send: a hole there would else open the gradebook to them."""
    gradebook = tmp_path / "gradebook.db"
    gradebook.write_text("everybody's points")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and str(folder) != "/":
            os.chmod(folder, folder.stat().st_mode | 0o055)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        code = TAKEN_OVER.format(
            source=str(ROOT / "source"),
            config=str(ROOT / "nbgrader_config.py"),
            gradebook=str(gradebook),
            port=listener.getsockname()[1],
            pid=os.getpid(),
        )
        isolated = check("t", code)
        set_way(isolated, Way.APART)  # by its text it would look around, and so run beside
        source = source_of(answer("f", "def f(): return 1"), isolated, imports=WITH_TORCH)
        graded = engine.grade(source, source)
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_output_that_takes_many_bytes_on_the_way_is_cut() -> None:
    """An instructor may allow more output than a frame carries where characters take 12 bytes."""
    limits = Limits(output_bytes=3 << 20)
    flood = [{"output_type": "stream", "name": "stdout", "text": "\N{GRINNING FACE}" * (2 << 20)}]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        plan = Plan(
            cells=[],
            known=[],
            lost=[],
            seed=0,
            skip=[],
            seconds=1,
            hidden_seconds=1,
            again_seconds=1,
            told=False,
            trusted=[],
        )
        main = sys.modules["__main__"]
        session = test_runner.TestSession(Channel(ours), plan, limits)
        sys.modules["__main__"] = main
        sender = threading.Thread(target=session._report, args=(None, flood))
        sender.start()
        said, _ = Channel(theirs).receive(time.monotonic() + 20)
        sender.join()
    assert said["outcome"] is None
    assert "\N{GRINNING FACE}" in said["outputs"][0]["text"]


def test_a_cell_that_poisons_the_connection_is_left_out(engine: Engine) -> None:
    """The cells and tests behind it would else be blamed, in every new process again."""
    poison = (
        "import gc, os\n"
        "server = next(o for o in gc.get_objects() if type(o).__name__ == 'Server')\n"
        "send = server._channel.send\n"
        "def behind(*a):\n    send(*a)\n    os.write(3, b'?' * 64)\n"
        "server._channel.send = behind\ndef f(): return 1"
    )
    answers = {"a": "def a(): return 1", "f": poison, "b": "def b(): return a() + 1"}
    graded = run(engine, answers, "assert a() == 1", "assert f() == 1", "assert b() == 2")
    assert outcomes(graded) == ["passed", "crashed", "passed"], graded.verdicts
    assert "connection" in str(graded.verdicts[1].message)


def test_libraries_that_no_profile_names_are_there_all_the_same() -> None:
    """A course that says nothing of itself would lose its pictures, or its tensors."""
    bare = Profile()
    # Not imported beforehand, PyTorch for GPUs counts with all that it maps.
    seconds = {"cell_wall_seconds": 30, "cell_cpu_seconds": 20}  # a busy machine imports slowly
    limits = dataclasses.replace(LIMITS, **seconds, memory_bytes=16 << 30)
    with Engine(bare, Sandbox.find(bare), limits) as e:
        draws = "plt.plot([1])\ndef f(x): return torch.ones(2) * x"
        graded = run(e, draws, "assert f(3).tolist() == [3, 3] and len(f(1)) == 2")
    assert outcomes(graded) == ["passed"], graded.verdicts
    assert any("image/png" in output.get("data", {}) for output in outputs_of(graded, "f"))
