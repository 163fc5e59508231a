"""Never more points than stock nbgrader gives, but for what it gives to attacks; never fewer for
an honest answer, unless a person is asked to look.

What stock gives was measured in kernels, and stands in the files of tests/replay.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nbexaminer.judging.notebook.source import Source, read_source
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.trial import try_ways
from nbexaminer.judging.session.verdicts import Outcome
from nbexaminer.judging.ways import set_way
from support.replay import Points, Replay, in_words, read

SAMPLE = (
    "fill-list-in-a-loop", "fn-cases-in-a-list", "score-of-a-locked-cell", "import-open-emptied",
    "catch-everything", "exec-in-an-open-cell", "state-given-data-changed-by-a-wrong-answer",
    "score-many-digits", "state-open-constants", "hidden-sees-what-was-there",
)  # fmt: skip
"""Some of each kind, which `make test` tries too."""


def tried(engine: Engine, source: bytes) -> tuple[Source, dict[str, str]]:
    """A source as `try --write` leaves it, and why the solution fails a test, where it does."""
    found = {test.cell: test for test in try_ways(engine, read_source(source))}
    notebook = json.loads(source)
    for cell in notebook["cells"]:
        test = found.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if test is not None and test.is_to_change:
            set_way(cell, test.way)
    fails = {name: test.why for name, test in found.items() if not test.passes}
    return read_source(json.dumps(notebook).encode()), fails


def differences(engine: Engine, replay: Replay) -> list[str]:
    """What is given other than the file says."""
    source, fails = tried(engine, replay.source)
    found = [f"the trial: {name}: {why}" for name, why in fails.items()]
    wanted: list[tuple[str, Points, frozenset[str], bytes]] = []
    if all(sub.kind != "honest" for sub in replay.submissions):
        wanted.append(("the solution", replay.full, frozenset(), replay.handed_in()))
    for sub in replay.submissions:
        asked = {**sub.stock, **sub.ours}
        less = {n for n, points in sub.ours.items() if (points or 0) < (sub.stock[n] or 0)}
        if sub.kind == "honest" and not less <= sub.waits:
            found.append(f"{sub.words}: an honest learner loses points, and nobody looks")
        words = f"{sub.kind}: {sub.words}"
        wanted.append((words, asked, sub.waits, replay.handed_in(sub.parts)))
    for words, asked, waits, handed_in in wanted:
        examined = engine.grade(source, handed_in)
        given = {verdict.cell: verdict.points for verdict in examined.verdicts}
        if not _equal(given, asked):
            why = [f"{v.cell} {v.outcome}: {v.message}" for v in examined.verdicts]
            found.append(f"{words}: {in_words(asked)} -> {in_words(given)} ({'; '.join(why)})")
        waiting = examined.waiting & replay.full.keys()
        found += [f"{words}: nobody looks at {name}" for name in waits - waiting]
        found += [f"{words}: {name} waits" for name in waiting - waits]
        passed = [v for v in examined.verdicts if v.outcome is Outcome.PASSED]
        found += [f"{words}: {v.cell} passed: {v.message}" for v in passed if v.message.headline]
    return found


def _equal(given: Mapping[str, float], asked: Points) -> bool:
    """Whether points are those; a score has two decimals, since more could tell hidden inputs, and
    is never rounded up."""
    wanted = {n: math.floor((points or 0) * 100 + 1e-6) / 100 for n, points in asked.items()}
    return given == pytest.approx(wanted, abs=1e-9)


def _marked(replay: Replay) -> Any:
    marks = () if replay.name in SAMPLE else pytest.mark.long
    return pytest.param(replay, id=replay.name, marks=marks)


@pytest.mark.parametrize("replay", [*map(_marked, read())])
def test_never_more_than_stock(replay: Replay, request: pytest.FixtureRequest) -> None:
    draws = replay.path.stem == "figures"
    engine = request.getfixturevalue("drawing_engine" if draws else "patient_engine")
    found = differences(engine, replay)
    assert not found, "\n".join(["", *found])


GOOD = """\
# ==== square
# A square.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# == attack: says so | stock t=2 | ours t=0: it says so
# %% + f
f = 9
"""


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"{GOOD}\n{GOOD.replace('square', 'another')}")
    replay, other = read(path)
    assert (replay.name, other.name) == ("square", "another")
    assert replay.source == other.source
    (attack,) = replay.submissions
    assert (replay.full, attack.stock, attack.ours) == ({"t": 2}, {"t": 2}, {"t": 0})
    handed_in = json.loads(replay.handed_in(attack.parts))
    texts = ["".join(cell["source"]) for cell in handed_in["cells"]]
    assert texts == ["def f(x): return x * x", "f = 9", "assert f(3) == 9"]
    assert read_source(replay.source).stubs["f"].text.endswith("NotImplementedError()")


BROKEN = {
    "a kind that there isn't": ("| answer", "| sealed", "line 3"),
    "a cell twice": ("t | test 2", "f | test 2", "line 5: there are two cells f"),
    "no test": ("| test 2", "| locked", "it has no test"),
    "another word for wrong": ("== attack", "== bad", "line 7: bad: there are honest"),
    "a test without points": ("stock t=2", "stock u=2", "gives for each test"),
    "no reason": (": it says so", "", "line 7"),
    "no difference": ("ours t=0", "ours t=2", "line 7: ours has only what isn't as"),
    "no name": ("==== square", "A square", "line 3: it has no name"),
    "another source without its name": ("%% + f", "%% f | answer", "line 8: is this another"),
    "no submission": ("# %% + f\n", "", "square: no submission"),
    "a cell that isn't there": ("+ f", "+ g", "line 8: the source has no cell g"),
}


@pytest.mark.parametrize(("good", "bad", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named(tmp_path: Path, good: str, bad: str, said: str) -> None:
    """A figure that is not compared would go on being wrong."""
    path = tmp_path / "broken.py"
    path.write_text(GOOD.replace(good, bad))
    with pytest.raises(ValueError, match=rf"broken\.py.*{said}"):
        read(path)
