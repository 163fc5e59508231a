"""Examiner and learner as children of the test process, where coverage sees their lines.

The tests are those of test_engine that no process has to be killed for.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
import signal
import socket
import time
import traceback
from collections.abc import Iterator
from typing import Any, Self

import coverage
import pytest

from grading.examination.engine import Engine
from grading.sandbox.parent import ExitStatus
from support.notebooks import LIMITS as ORDINARY
from support.notebooks import outcomes, run
from support.shared_tests import (  # noqa: F401
    test_a_broken_locked_cell_is_the_instructors_fault,
    test_a_failing_test_says_only_its_message,
    test_a_generator_goes_on_where_it_was,
    test_a_learners_number_is_no_partial_score,
    test_a_lie_earns_nothing,
    test_a_name_of_the_tests_is_no_name_of_the_learners,
    test_a_regrade_is_the_same_to_the_bit_and_others_get_other_inputs,
    test_a_test_lends_functions_and_modules,
    test_an_answer_that_fails_to_define_is_explained,
    test_axes_work_by_handle,
    test_dataclasses_of_locked_cells_cross,
    test_exceptions_become_errors,
    test_modules_work_by_handle,
    test_printing_in_a_test_costs_nothing,
    test_unlookable_answers_are_errors,
    test_values_cross,
)

# Code that is measured is slower.
LIMITS = dataclasses.replace(ORDINARY, cell_wall_seconds=8.0, cell_cpu_seconds=8.0)


class LocalChild:
    def __init__(self, pid: int, sock: socket.socket) -> None:
        self._pid, self.sock = pid, sock
        self._status: ExitStatus | None = None

    def kill(self) -> None:
        self.wait(5)

    def wait(self, timeout: float | None = 20) -> ExitStatus:
        end = time.monotonic() + (timeout or 0)
        while self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self._status = ExitStatus(max(code, 0), -code if code < 0 else None, "", 0.0, 0)
            elif time.monotonic() > end:
                os.kill(self._pid, signal.SIGKILL)
                end += 5
            else:
                time.sleep(0.005)
        return self._status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()
        self.wait()


class LocalParent:
    """Forks its children from this very process."""

    def __init__(self, target: str) -> None:
        module, _, function = target.partition(":")
        self._target = getattr(importlib.import_module(module), function)

    def start(self) -> None:
        pass

    def await_ready(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def spawn(self) -> LocalChild:
        ours, theirs = socket.socketpair()
        measured = coverage.Coverage.current()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._run(theirs, measured)
        theirs.close()
        return LocalChild(pid, ours)

    def _run(self, sock: socket.socket, measured: Any) -> None:
        code = 70
        try:
            if measured is not None:
                measured.stop()
                file = measured.get_option("run:data_file")
                measured = coverage.Coverage(data_file=file, data_suffix=True, source=["grading"])
                measured.start()
            self._target(sock, LIMITS)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            if measured is not None:
                measured.stop()
                measured.save()
            os._exit(code)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(None, LIMITS)
    parents: Any = (
        LocalParent("grading.examination.learner:main"),
        LocalParent("grading.examination.examiner:main"),
    )
    engine._learners, engine._examiners = parents
    with engine:
        yield engine


def test_a_cell_and_a_call_are_interrupted_politely(engine: Engine) -> None:
    """What the learner had defined before must survive a cell that took too long."""
    answers = {"a": "def a(): return 1", "f": "def f():\n    while True: pass\nwhile True: pass"}
    graded = run(engine, answers, "assert a() == 1", "f()", "assert a() == 1")
    assert outcomes(graded) == ["passed", "timed out", "passed"], graded.verdicts
    assert "took longer than 8 seconds" in graded.verdicts[1].message
    assert "took longer than 8 seconds" in graded.notebook.decode()


def test_a_process_that_ends_is_replaced_and_the_rest_replayed(engine: Engine) -> None:
    """The next test must find what was defined before."""
    answers = {"a": "import os\ndef a(): return 1", "f": "def f(): os._exit(3)", "b": "os._exit(4)"}
    graded = run(engine, answers, "f()", "assert a() == 1", "f()", "assert a() == 1")
    assert outcomes(graded) == ["crashed", "passed", "crashed", "passed"], graded.verdicts
    assert "exit code 3" in graded.verdicts[0].message


def test_a_notebook_that_keeps_ending_its_process_is_given_up(engine: Engine) -> None:
    """Each restart costs time, which the rest of the class is waiting for."""
    answers = {"f": "import os\ndef f(): os._exit(3)"}
    graded = run(engine, answers, *["f()"] * 12)
    assert outcomes(graded) == ["crashed"] * 9 + ["not run"] * 3
