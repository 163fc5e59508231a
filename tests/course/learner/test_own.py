"""A later exercise runs what the learner wrote before, or says in a line why it does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
import torch

from checks.attention import EXERCISE
from checks.run import run_of
from course.authoring.exercises import ROOT
from course.learner import own as module
from support.notebooks import submission

ATTENTION = "scaled_dot_product_attention"
MINE = """\
def scaled_dot_product_attention(Q, K, V):
    weights = softmax(Q @ K.transpose(-2, -1) / Q.shape[-1] ** 0.5)
    return weights @ V, weights
mine = True"""
SOFTMAX = """\
def softmax(x, dim=-1):
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / total(e, dim)"""
TOTAL = "def total(e, dim): return e.sum(dim, keepdim=True)"
HELD_BACK = f"raise RuntimeError('a try of mine')\n{TOTAL}"


def released(exercise: str = "1-attention") -> bytes:
    return (ROOT / "release" / exercise / f"{exercise}.ipynb").read_bytes()


def notebook(*extra: str, **answers: str) -> bytes:
    """A learner's notebook with answers, and cells of their own at its end."""
    made = json.loads(submission(released(), answers))
    made["cells"] += [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in extra
    ]
    return json.dumps(made).encode()


Own = Callable[..., tuple[Any, str]]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Own:
    """`own` in exercise 3 of a learner whose exercise 1 is `made`; what it gives and prints."""
    here = tmp_path / "work" / "3-attention-patterns"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)

    def ask(made: bytes | None, name: str = ATTENTION) -> tuple[Any, str]:
        if made is not None:
            (here.parent / "1-attention").mkdir(exist_ok=True)
            (here.parent / "1-attention" / "1-attention.ipynb").write_bytes(made)
        value = module.own("1-attention", name, root=tmp_path)
        return value, capsys.readouterr().out

    return ask


def is_mine(value: Any) -> bool:
    return "mine" in getattr(value, "__globals__", {})


def test_a_right_answer_runs_with_the_answers_that_it_calls(own: Own) -> None:
    """Also with a helper in a cell of its own, and one that stands further down."""
    value, said = own(notebook(HELD_BACK, softmax=SOFTMAX, **{ATTENTION: MINE}))
    assert said == "scaled_dot_product_attention: yours, from exercise 1\n"
    assert is_mine(value)
    output, weights = value(torch.ones(2, 4), torch.ones(3, 4), torch.ones(3, 5))
    assert output.shape == (2, 5) and torch.allclose(weights, torch.full((2, 3), 1 / 3))


WHY = {
    "missing": (None, "your notebook is missing"),
    "as released": (released(), "yours is not written yet"),
    "half written": (
        notebook(
            **{ATTENTION: f"def {ATTENTION}(Q, K, V):\n    raise NotImplementedError  # soon"}
        ),
        "yours is not written yet",
    ),
    "wrong": (
        notebook(**{ATTENTION: f"def {ATTENTION}(Q, K, V): return V, V"}),
        "yours fails its visible tests",
    ),
    "an error in the cell": (
        notebook(**{ATTENTION: "maths.pi"}),
        "the cell of yours doesn't run: NameError: name 'maths' is not defined",
    ),
    "a slip": (
        notebook(**{ATTENTION: "def scaled_dot"}),
        "the cell of yours doesn't run: SyntaxError: ",
    ),
    "another name": (
        notebook(**{ATTENTION: "def attention(Q, K, V): return V, V"}),
        "the cell of yours doesn't define it",
    ),
    "it exits": (notebook(**{ATTENTION: "exit(1)"}), "the cell of yours doesn't run: "),
    "cut off": (released()[:1000], "your notebook can't be read: it is not JSON"),
    "no notebook": (b"[]", "your notebook can't be read: it is JSON, but not a notebook"),
}


@pytest.mark.parametrize("name", WHY)
def test_what_can_not_be_used_is_replaced_and_the_reason_told(own: Own, name: str) -> None:
    """Nobody is stopped by an earlier exercise, and nobody takes the reference for their own."""
    made, why = WHY[name]
    value, said = own(made)
    assert said.startswith(f"{ATTENTION}: the reference, since {why}"), said
    assert said.count("\n") == 1 and said.endswith(" (exercise 1)\n")
    assert not is_mine(value)
    output, _ = value(torch.ones(2, 4), torch.ones(3, 4), torch.ones(3, 5))
    assert output.shape == (2, 5)


def test_other_answers_may_be_broken(own: Own) -> None:
    """One that raises, or that is no Python any more, must not cost a right one."""
    for broken in ("def softmax(", "1 / 0"):
        value, said = own(notebook(softmax=broken, project_qkv=PROJECT), "project_qkv")
        assert said == "project_qkv: yours, from exercise 1\n"
        assert is_mine(value)


PROJECT = "def project_qkv(x, W_q, W_k, W_v): return x @ W_q, x @ W_k, x @ W_v\nmine = 1"


def test_later_cells_change_nothing(own: Own) -> None:
    """A try at the end of the notebook that goes wrong is no longer the answer."""
    later = "def project_qkv(*_): return None\ndef helper(): return 0"
    value, said = own(notebook(later, project_qkv=PROJECT), "project_qkv")
    assert "yours" in said
    assert value(*[torch.eye(2)] * 4)[0].shape == (2, 2)


def test_the_notebook_goes_on_as_if_nothing_had_run(own: Own) -> None:
    """Points, figures, random numbers and output are the current exercise's."""
    run = run_of(EXERCISE)
    run.done, run.failed = {"softmax"}, {"project_qkv": None}
    before = plt.get_fignums()
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    noisy = f"{PROJECT}\nprint('noise')\nplt.figure()\ntorch.manual_seed(3)"
    try:
        _, said = own(notebook(project_qkv=noisy), "project_qkv")
        assert said == "project_qkv: yours, from exercise 1\n"
        assert run_of(EXERCISE) is run
        assert (run.done, run.failed) == ({"softmax"}, {"project_qkv": None})
    finally:
        run.done, run.failed = set(), {}
    assert plt.get_fignums() == before
    assert torch.equal(torch.rand(2), expected)


def test_its_errors_show_its_lines(own: Own) -> None:
    """A mistake that only a later exercise finds is looked for in the earlier notebook."""
    import traceback

    value, _ = own(notebook(project_qkv=PROJECT), "project_qkv")
    with pytest.raises(RuntimeError) as raised:
        value(torch.ones(2, 3), *[torch.ones(2, 2)] * 3)
    frame = traceback.extract_tb(raised.tb)[-1]
    assert frame.filename == "1-attention, project_qkv"
    assert "return x @ W_q" in str(frame.line)


@pytest.mark.parametrize("place", ["source/3-attention-patterns", "solutions"])
def test_in_the_course_itself_the_answers_are_the_solutions(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, place: str
) -> None:
    """Stored outputs are the same wherever a solved notebook is run; classes work as well."""
    monkeypatch.chdir(ROOT / place)
    attention = module.own("2-multi-head", "MultiHeadAttention")(8, 2)
    assert capsys.readouterr().out == "MultiHeadAttention: yours, from exercise 2\n"
    assert attention(torch.ones(3, 8))[0].shape == (3, 8)


@pytest.mark.parametrize("place", ["notebooks", "work"])
def test_from_a_lesson_the_exercises_in_work_are_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, place: str
) -> None:
    """Lessons lie in another folder than exercises, in the repository and in work/."""
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "release" / "1-attention", tmp_path / "work" / "1-attention")
    (tmp_path / "work/1-attention/1-attention.ipynb").write_bytes(notebook(project_qkv=PROJECT))
    monkeypatch.chdir(tmp_path / place)
    module.own("1-attention", "project_qkv", root=tmp_path)
    assert capsys.readouterr().out == "project_qkv: yours, from exercise 1\n"


def test_a_copy_without_source_runs_what_is_the_learners_own(
    own: Own, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class may get the course without solutions; what it wrote has to run all the same."""
    monkeypatch.setattr(module, "source_of", lambda exercise: tmp_path / "source" / exercise)
    made = notebook(TOTAL, softmax=SOFTMAX, scaled_dot_product_attention=MINE)
    value, said = own(made)
    assert is_mine(value) and "yours, from exercise 1" in said
    with pytest.raises(LookupError, match=r"softmax: yours is not written yet \(exercise 1\), and"):
        own(notebook(), "softmax")


def test_a_wrong_name_lists_the_right_ones() -> None:
    """Whoever writes a notebook must hear of a slip there."""
    with pytest.raises(ValueError, match="asks for project_qkv, softmax, .* no 'sofmax'"):
        module.own("1-attention", "sofmax")
    with pytest.raises(ValueError, match="no exercise '1-atention'"):
        module.own("1-atention", "softmax")
