"""An answer's text is data where tests are: never run there, and never the name of any file."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nbexaminer.judging.profile import Profile
from nbexaminer.judging.session.engine import Engine, Examined
from nbexaminer.judging.session.guard import Guard
from nbexaminer.sandbox.view import Sandbox
from support.replay import read

SECRET = "17423"
FORMULA = """\
# ==== formula
# %% l | locked
def value(formula, x): return eval(formula, {"x": x})
# %% double | answer
double = "2 * x"
# %% t | test 2
assert value(double, 4) == 8, f"not {value(double, 4)}"
# %% h | hidden 2
assert value(double, 17423) == 34846
# == attack: reads hidden tests | stock t=0 h=0
# %% double
double = r'''exec("import gc\\nfor o in gc.get_objects():\\n if type(o) is dict and "
"o.get('hidden'): raise AssertionError('LEAK ' + o['code'])")'''
"""
FILE = """\
# ==== file
# %% l | locked
with open("data.csv", "w") as file: file.write("a,b")
def text_of(name):
    with open(name) as file: return file.read()
# %% name | answer
name = "data.csv"
# %% t | test 2
assert text_of(name).startswith("a,b"), f"not the right file: {text_of(name)!r}"
# == attack: a reference that only tests may see | stock t=0
# %% name
name = "FOLDER/checks/__init__.py"
# == attack: what the process was started with | stock t=0
# %% name
name = "/proc/self/environ"
# == attack: by another way there | stock t=0
# %% name
name = "../../proc/self/../self/environ"
"""
KIND = """\
# ==== kind
# %% share | answer
def share(xs): return sum(x > 0 for x in xs) / len(xs)
# %% h | hidden 1
points = share([17, 4, 23])
points
# == attack: a named tuple whose name tells what it was asked | stock h=1
# %% share
from collections import namedtuple
def share(xs): return namedtuple("asked_" + "".join(map(str, xs)), "a")(1)
"""
OWN_CODE = """\
# ==== own-code
# What tests make of their own, the first answer having been asked.
# %% f | answer
def f(x): return [x, "two"]
# %% t | test 2
from collections import namedtuple
from dataclasses import dataclass
assert f(1)[1] == "two"
Point = namedtuple("Point", "x y")
@dataclass(order=True, frozen=True)
class Pair:
    x: int
    y: str
assert Pair(*f(1)) == Pair(1, "two") and Point(*f(2)).y == "two"
import ast, timeit, doctest
assert ast.literal_eval(repr(f(3))) == [3, "two"]
assert timeit.timeit("1 + 1", number=1) < 60
assert eval("a + 1", {"a": f(4)[0]}) == 5
# %% h | hidden 2
@dataclass
class Other:
    z: int = 3
assert Other(f(3)[0]) == Other()
# == honest: in words of its own | stock t=2 h=2
# %% f
def f(number): return list((number, "tw" + "o"))
# == wrong: another text | stock t=0 h=2
# %% f
def f(x): return [x, "exec"]
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("a") / "course"
    (root / "checks").mkdir(parents=True)
    (root / "checks" / "__init__.py").write_text(f"def reference(x): return x + {SECRET}\n")
    return root


@pytest.fixture(scope="module")
def with_checks(course: Path) -> Iterator[Engine]:
    profile = Profile(root=course, shown_to_tests=("checks",))
    with Engine(profile, Sandbox.find(profile, [])) as engine:
        yield engine


def _graded(engine: Engine, text: str, folder: Path) -> list[Examined]:
    file = folder / "replay.py"
    file.write_text(text)
    (replay,) = read(file)
    return [engine.grade(replay.source, replay.handed_in(s.parts)) for s in replay.submissions]


@pytest.mark.parametrize("text", [FORMULA, FILE, KIND], ids=["formula", "file", "kind"])
def test_nothing_of_a_test_comes_out(text: str, with_checks: Engine, tmp_path: Path) -> None:
    """Learners would read hidden tests, references and the grader's own settings."""
    for examined in _graded(with_checks, text.replace("FOLDER", "/course"), tmp_path):
        said = " ".join(str(verdict.message) for verdict in examined.verdicts)
        assert SECRET not in said and "LEAK" not in said and "PATH=" not in said, said
        assert not any(verdict.points for verdict in examined.verdicts)


def test_what_tests_make_of_their_own_is_run(with_checks: Engine, tmp_path: Path) -> None:
    """A class, a template or a text of the source's would cost everybody the points."""
    honest, wrong = _graded(with_checks, OWN_CODE, tmp_path)
    assert [v.points for v in honest.verdicts] == [2, 2], honest.verdicts
    assert not honest.waiting and not wrong.waiting
    assert [v.points for v in wrong.verdicts] == [0, 2], wrong.verdicts


def test_what_the_solution_needs_is_trusted_at_once(
    with_checks: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each submission of a class would be run twice."""
    _graded(with_checks, OWN_CODE, tmp_path)
    run, trusted = Engine._results, []

    def noted(self: Engine, *given: Any) -> Any:
        trusted.append(given[-1])
        return run(self, *given)

    monkeypatch.setattr(Engine, "_results", noted)
    honest, wrong = _graded(with_checks, OWN_CODE, tmp_path)
    assert len(trusted) == 2 and all(trusted)
    assert [v.points for v in (*honest.verdicts, *wrong.verdicts)] == [2, 2, 0, 2]


@pytest.mark.parametrize(
    "code", ["x.__class__", "getattr(x, 'y')", "other(x)", "'other'", "lambda: other"]
)
def test_words_of_nobodys_are_found(code: str) -> None:
    """One that is overlooked reaches whatever there is."""
    guard = Guard(["def f(x, y): return getattr(x, y).__class__"], ())
    assert guard.needs(compile(code, "<string>", "eval")) and guard.needs(code)
    assert guard.needs(ast.parse(code))


def test_words_of_the_sources_are_its_own() -> None:
    """Each other right formula would wait."""
    guard = Guard(["2 * x + np.sin(y)"], ["abs"])
    formula = "[np.sin(x) if x else abs(y) for x in y]"
    assert not guard.needs(compile(formula, "<string>", "eval")) | guard.needs(formula)


TWO_THREADS = """\
import ast
import threading

from nbexaminer.judging.session.guard import NotSerializable, Guard

guard, other = Guard(["one"], ()), 1
long = ast.parse("one, " * 50_000, mode="eval")
guard.install()
guard.is_on = True
slow = threading.Thread(target=compile, args=(long, "<string>", "eval"))
slow.start()
tried = 0
while slow.is_alive():
    try:
        eval("other")
    except NotSerializable:
        tried += 1
    else:
        raise SystemExit("it ran")
print(tried > 0)
"""


def test_two_threads_are_looked_at_apart() -> None:
    """A text would run in one of them while another one's is looked at."""
    command = [sys.executable, "-c", TWO_THREADS]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stdout == "True\n", ran.stderr


def test_a_syntax_tree_of_the_solutions_is_known_again() -> None:
    """Its text had the tree's address in it, so each honest answer waited."""
    one, same = ast.parse("getattr(a, 'b')"), ast.parse("getattr(a, 'b')")
    found = Guard([], None).needs(one)
    assert found and not Guard([], found).needs(same)


LIBRARY = """\
import ctypes
import os

from nbexaminer.judging.session.guard import NotSerializable, Guard

guard = Guard([], ())
guard.install()
guard.is_on = True
try:
    ctypes.CDLL(os.path.abspath("x.so"))
except NotSerializable:
    print("refused")
"""


def test_a_library_that_was_written_here_is_not_loaded(tmp_path: Path) -> None:
    """Machine code, whose bytes an answer may have given, would run where tests are."""
    (tmp_path / "x.so").write_bytes(b"")
    command = [sys.executable, "-c", LIBRARY]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.stdout == "refused\n", ran.stderr
