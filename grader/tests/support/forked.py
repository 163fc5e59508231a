"""An engine whose processes are children of the test process, where coverage sees their lines.

They are not limited, nor ended by anybody but themselves.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import socket
import time
import traceback
from collections.abc import Iterator
from typing import Any, BinaryIO, Self

import coverage
import torch

from nbexaminer.judging.limits import Limits
from nbexaminer.judging.session.engine import Engine
from nbexaminer.sandbox.limits import EndedBy
from nbexaminer.sandbox.zygote_handle import ExitStatus
from support.profile import PROFILE


class ForkedChild:
    """Like `nbexaminer.sandbox.zygote_handle.Child`."""

    def __init__(self, pid: int, sock: socket.socket) -> None:
        self._pid, self.sock = pid, sock
        self._status: ExitStatus | None = None

    def kill(self) -> None:
        # A process that is killed writes no data of coverage's.
        self.wait(5)

    def wait(self, timeout: float | None = 20) -> ExitStatus:
        end = time.monotonic() + (timeout or 0)
        while self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                signal_number = -code if code < 0 else None
                self._status = ExitStatus(max(code, 0), signal_number, EndedBy.ITSELF, 0.0)
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


class ForkingParent:
    """Like `nbexaminer.sandbox.zygote_handle.ZygoteHandle`."""

    def __init__(self, target: str, limits: Limits) -> None:
        module, _, function = target.partition(":")
        self._target = getattr(importlib.import_module(module), function)
        self._limits = limits

    def start(self) -> None:
        pass

    def await_ready(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def spawn(self, files: BinaryIO | None = None) -> ForkedChild:
        assert files is None, "a child of the test process has no folder of its own"
        ours, theirs = socket.socketpair()
        measured = coverage.Coverage.current()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._run(theirs, measured)
        theirs.close()
        return ForkedChild(pid, ours)

    def _run(self, sock: socket.socket, measured: Any) -> None:
        code = 70
        try:
            if measured is not None:
                measured.stop()
                file = measured.get_option("run:data_file")
                measured = coverage.Coverage(
                    data_file=file, data_suffix=True, source=["nbexaminer"]
                )
                measured.start()
            # As in zygotes: threads of the test process are none in a fork of it, and what
            # waits for them waits for ever.
            torch.set_num_threads(1)
            self._target(sock, self._limits)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            if measured is not None:
                measured.stop()
                measured.save()
            os._exit(code)


@contextlib.contextmanager
def forked_engine(limits: Limits) -> Iterator[Engine]:
    """An engine with both sides forked from this very process."""
    engine = Engine(PROFILE, None, limits)
    for name in (*PROFILE.warm, *PROFILE.warm_answers, *PROFILE.warm_tests):
        importlib.import_module(name)  # once, as zygotes do, and not in each child
    parents: Any = (
        ForkingParent("nbexaminer.judging.session.learner:main", limits),
        ForkingParent("nbexaminer.judging.session.test_runner:main", limits),
    )
    engine._learners, engine._test_runners = parents
    with engine:
        yield engine
