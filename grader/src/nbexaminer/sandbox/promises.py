"""Does the sandbox keep its promises on this machine? The command `check` prints it.

Each of `probes.PROMISES` is tried from the inside, by a child like those that run learners' code,
or like examiners. Nothing outside the sandbox is changed, and no address outside this machine gets
more than an attempt to connect.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from nbexaminer.sandbox.parent import ExitStatus, WarmParent
from nbexaminer.sandbox.probes import LIMITS, PROMISES, Promise
from nbexaminer.sandbox.view import Occupant, Sandbox

TARGET = "nbexaminer.sandbox.probes:answer"
"""For a WarmParent: children that run one of the `probes` a request."""


class Tried(NamedTuple):
    """A promise, in words, and whether it is kept. detail: what was seen where not, else ""."""

    promise: str
    kept: bool
    detail: str


class Inside:
    """A child that runs probes."""

    def __init__(self, parent: WarmParent) -> None:
        self.parent = parent
        self.occupant, self.profile = parent.occupant, parent.profile
        self.child = parent.spawn()
        self._replies = self.child.sock.makefile("rb")

    def another(self) -> Inside:
        """A child of the same parent."""
        return Inside(self.parent)

    def ask(self, name: str, **arguments: Any) -> Any:
        """What the probe returns. Raises AssertionError or RuntimeError where it raised, EOFError
        where the child ended."""
        with contextlib.suppress(BrokenPipeError):
            self.child.sock.sendall(json.dumps([name, arguments]).encode() + b"\n")
        try:
            line = self._replies.readline()
        except ConnectionResetError:
            line = b""
        if not line:
            raise EOFError(f"the child ended in {name}: {self.child.wait(10)}")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(f"{name}: {reply['error']}")
        if "broken" in reply:
            raise AssertionError(reply["broken"])
        return reply["value"]

    def end_of(self, name: str, **arguments: Any) -> ExitStatus:
        """How the child ends in a probe that it isn't to survive. Raises AssertionError."""
        with contextlib.suppress(EOFError):
            raise AssertionError(f"it went on, and said {self.ask(name, **arguments)!r}")
        return self.child.wait(10)

    def keep(self, promise: Promise) -> None:
        """Try it. Raises AssertionError where it isn't kept, else as `ask` does, or OSError."""
        name = promise.probe.__name__
        if promise.ended_by is not None:
            ended = self.end_of(name)
            assert ended.ended_by is promise.ended_by, f"it ended otherwise: {ended}"
        elif promise.probe.__code__.co_argcount:
            promise.probe(self)
        else:
            self.ask(name)

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *error: object) -> None:
        self._replies.close()
        self.child.__exit__(*error)


def tried(sandbox: Sandbox) -> Iterator[Tried]:
    """Every promise, one after the other as they are tried. Raises SandboxUnavailable."""
    profile = sandbox.profile
    rooms = [
        (WarmParent(TARGET, occupant, profile, sandbox, LIMITS), words)
        for occupant, words in (
            (Occupant.learner(profile), attrgetter("of_learners")),
            (Occupant.examiner(profile), attrgetter("of_examiners")),
        )
    ]
    with contextlib.ExitStack() as stack:
        for parent, _ in rooms:  # at the same time: each imports for seconds
            parent.start()
            stack.push(parent)
        for parent, words in rooms:
            parent.await_ready()
            for promise in filter(words, PROMISES):
                yield Tried(words(promise), *_kept(promise, parent))


def _kept(promise: Promise, parent: WarmParent) -> tuple[bool, str]:
    try:
        with Inside(parent) as inside:
            inside.keep(promise)
    except (AssertionError, RuntimeError, EOFError, OSError) as error:
        return False, str(error) or type(error).__name__
    return True, ""
