"""Attacks on the autograder: each gets its verdict, and nobody else notices.

Every file in tests/attacks is one attack, or one honest answer that looks odd. Its docstring says
what it tries, and comments say what must come of it:

    # verdict: failed       how the tests of `softmax` end; `passed, failed` for visible and hidden
    # others: passed        how every other test ends; `passed or timed out` where either may be
    # in: extra             the code is a cell of its own before the answers, which are wrong for
                            `softmax`; else it is the answer `softmax`
    # times: 2              graded twice, the second time to find what the first one left
    # wall: 12              seconds that a cell has, where what an attack leaves behind slows others

`structure-*` files define `submit(notebook) -> bytes`, what is handed in instead of a notebook
whose `softmax` is wrong; `transport-*` files may define `hand_in(folder, notebook)`, which writes
what a learner hands in. An attack that gets somewhere prints BREACH.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import nbformat
import pytest

from course.authoring.exercises import ROOT, source_of
from course.maintenance.classes import MadeUpCourse
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.session.engine import Engine, Examined
from nbexaminer.sandbox.self_test import descendants
from nbexaminer.sandbox.view import Sandbox
from support.attacks import (
    ATTACKS,
    EXERCISE,
    HONEST,
    LIMITS,
    ON_FOLDERS,
    PATIENT,
    POINTS,
    Attack,
    submitted,
)
from support.profile import PROFILE

AREAS = ("files", "network", "resources", "output", "kernel", "tampering", "leakage",
         "structure", "transport")  # fmt: skip
MOST_SECONDS = 25.0
"""For one attack: a cell's time twice, as it is tried in two tests, and some patience."""
Engines = Callable[[Limits], Engine]
ON_NOTEBOOKS = [a for a in ATTACKS if a not in ON_FOLDERS]


# The world around it -------------------------------------------------------------------------


class World:
    """A course folder with secrets in it, and listeners that nobody may reach."""

    def __init__(self, root: Path) -> None:
        self.token = secrets.token_hex(16)
        self.course = MadeUpCourse.make(root / "course", EXERCISE)
        folder = self.course.root
        other = folder / "submitted" / "honest" / EXERCISE
        other.mkdir(parents=True)
        (other / f"{EXERCISE}.ipynb").write_text(self.token)
        (folder / "gradebook.db").write_text(self.token)
        (folder / "source" / "secret.txt").write_text(self.token)
        self.listeners = [socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        self.listeners += [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
        self.listeners[0].bind(("127.0.0.1", 0))
        self.port = self.listeners[0].getsockname()[1]
        self.listeners[1].bind(("127.0.0.1", self.port))
        here = Path.cwd()
        try:
            os.chdir(folder)  # a socket's whole path may be too long for its address
            self.listeners[2].bind("socket")
        finally:
            os.chdir(here)
        self.listeners[3].bind(f"\0attacked-{self.port}")
        for listener in self.listeners:
            listener.setblocking(False)
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        self.places = {"course": str(folder), "port": str(self.port)}
        self.before = self.snapshot()

    def connections(self) -> list[str]:
        """What reached a listener since the last call."""
        found = []
        for listener in self.listeners:
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()
                else:
                    listener.recv(100)
                found.append(str(listener))
        return found

    def snapshot(self) -> dict[str, tuple[int, int, int]]:
        """Size, mode and time of change of every file that an attack may want to change."""
        places = [self.course.root, *(ROOT / n for n in ("checks", "grader", "source"))]
        places += [Path(json.__file__).parent.parent / "sitecustomize.py", Path(nbformat.__file__)]
        places += [Path(nbformat.__file__).parent.parent]
        home = Path.home()
        places += [home / n for n in (".ipython/profile_default/startup", ".bashrc", ".local/lib")]
        seen = {}
        for place in places:
            for path in (place, *place.rglob("*")):
                if "__pycache__" not in path.parts and path.name != ".git":
                    with contextlib.suppress(FileNotFoundError):
                        state = path.lstat()
                        # A folder's own time changes with the bytecode beside it.
                        time_ns = 0 if path.is_dir() else state.st_mtime_ns
                        size = 0 if path.is_dir() else state.st_size
                        seen[str(path)] = (size, state.st_mode, time_ns)
        return seen

    def traces(self) -> list[str]:
        """Files that an attack left anywhere a process of the grader's user may write."""
        folders = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", str(Path.home()), str(Path.cwd()))
        return [str(p) for f in folders for p in Path(f).glob("*attacked*")]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def engines(world: World) -> Iterator[Engines]:
    """An engine of some patience, started when it is first asked for."""
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_TOKEN", world.token)
        sandbox = Sandbox.find(PROFILE, [world.course.root])
        yield cache(lambda limits: stack.enter_context(Engine(PROFILE, sandbox, limits)))


@pytest.fixture(scope="module")
def engine(engines: Engines) -> Engine:
    """The one that most attacks are graded by."""
    return engines(PATIENT)


@pytest.fixture(scope="module")
def source() -> bytes:
    return source_of(EXERCISE).read_bytes()


@pytest.fixture(scope="module")
def undisturbed(engine: Engine, source: bytes) -> Examined:
    graded = engine.grade(source, HONEST)
    assert {v.cell: v.points for v in graded.verdicts} == POINTS
    return graded


def processes(engine: Engine) -> int:
    return len(descendants(engine._learners.pid)) + len(descendants(engine._test_runners.pid))


def outputs(graded: Examined) -> str:
    cells = graded.notebook["cells"]
    return json.dumps([c.get("outputs", []) for c in cells], ensure_ascii=False)


def text_of(graded: Examined) -> str:
    return json.dumps(graded.notebook, ensure_ascii=False)


def assert_verdicts(attack: Attack, graded: Examined) -> None:
    got = {v.cell: str(v.outcome) for v in graded.verdicts}
    messages = {v.cell: str(v.message) for v in graded.verdicts}
    assert got.keys() == attack.expected.keys()
    assert all(got[cell] in attack.expected[cell].split(" or ") for cell in got), messages
    points = {cell: POINTS[cell] if got[cell] == "passed" else 0.0 for cell in got}
    assert {v.cell: v.points for v in graded.verdicts} == points


# The tests -----------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ON_NOTEBOOKS, ids=lambda a: a.name)
def test_an_attack_gets_its_verdict_and_disturbs_nobody(
    attack: Attack, engines: Engines, world: World, source: bytes, undisturbed: Examined
) -> None:
    """A point that it should not have, or a classmate's lost one, is what graders are blamed for.

    An honest submission is graded at the same time, and another one afterwards.
    """
    engine = engines(attack.limits)
    before = processes(engine)
    data = submitted(attack, world.places)
    start = time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        honest = beside.submit(engine.grade, source, HONEST)
        for _ in range(int(attack.marks.get("times", "1"))):
            graded = engine.grade(source, data)
            assert_verdicts(attack, graded)
            assert "BREACH" not in outputs(graded), outputs(graded)
            assert world.token not in text_of(graded)
    seconds = time.monotonic() - start
    assert honest.result() == undisturbed, "an honest submission was disturbed meanwhile"
    assert seconds < MOST_SECONDS, f"took {seconds:.1f} s"
    size = len(text_of(graded).encode())
    assert size < 1_000_000, "the graded notebook grows with what was handed in"
    nbformat.validate(nbformat.from_dict(graded.notebook))
    for _ in range(100):
        if processes(engine) == before:
            break
        time.sleep(0.02)
    assert processes(engine) == before, "something lives on"
    assert world.connections() == []
    assert world.traces() == []


def test_the_next_submission_is_graded_as_if_nothing_had_been(
    engines: Engines, world: World, source: bytes, undisturbed: Examined
) -> None:
    """After all of them: the same bytes for an honest learner, and no file touched."""
    for limits in {attack.limits for attack in ON_NOTEBOOKS}:
        assert engines(limits).grade(source, HONEST) == undisturbed
    after = world.snapshot()
    changed = {p for p in world.before.keys() | after.keys() if world.before.get(p) != after.get(p)}
    assert changed == set()


def test_there_are_attacks_in_every_area() -> None:
    """An area without attacks is one whose hole would be found by a learner."""
    names = [a.name for a in ATTACKS]
    assert sum(not n.startswith("honest-") for n in names) >= 70
    assert sum(n.startswith("honest-") for n in names) >= 8
    for area in AREAS:
        assert sum(n.startswith(f"{area}-") for n in names) >= 4, area
    for attack in ATTACKS:
        assert attack.path.read_text().startswith('"""'), f"{attack.name} doesn't say what it tries"
        assert "verdict" in attack.marks, f"{attack.name} doesn't say what it must get"


def test_the_alarms_above_go_off_without_a_sandbox(world: World, source: bytes) -> None:
    """They prove nothing if they can't. And without a sandbox too, a wrong answer earns nothing."""
    with Engine(PROFILE, None, LIMITS) as unsafe:
        for name in ("files-read-gradebook", "network-tcp", "network-unix-socket"):
            attack = next(a for a in ATTACKS if a.name == name)
            graded = unsafe.grade(source, submitted(attack, world.places))
            assert_verdicts(attack, graded)
            assert "BREACH" in outputs(graded), name
            assert bool(world.connections()) == name.startswith("network"), name
            assert (world.token in text_of(graded)) == name.startswith("files"), name
