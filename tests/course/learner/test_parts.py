"""What a click below an answer shows; tests/browser/test_lab.py clicks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from course.authoring.exercises import ROOT, exercises
from course.learner import parts
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.source import read_source

EXERCISE = "1-attention"


@pytest.mark.parametrize("exercise", exercises())
def test_every_answer_has_a_solution(exercise: str) -> None:
    """A button would lead to an error, or to the stub."""
    released = read_source((ROOT / "release" / exercise / f"{exercise}.ipynb").read_bytes())
    for cell in cells_of(released.notebook):
        if cell.role is Role.ANSWER:
            told = str(parts.solution(exercise, cell.name).data)
            assert told.startswith("```python\n") is cell.is_code
            assert "NotImplementedError()" not in told and "YOUR " not in told


def _softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    return torch.softmax(x, dim)


def _said(monkeypatch: pytest.MonkeyPatch, **names: object) -> str:
    """What the hidden tests of softmax say where a kernel has these names."""
    shell = SimpleNamespace(instance=lambda: SimpleNamespace(user_ns=names))
    monkeypatch.setattr(parts, "InteractiveShell", shell)
    return str(parts.hidden_tests(EXERCISE, "softmax").data)


def test_hidden_tests_judge_what_the_kernel_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "✓ softmax: the visible and the hidden" in _said(monkeypatch, softmax=_softmax)
    wrong = _said(monkeypatch, softmax=lambda x, dim=-1: x.exp() / x.exp().sum(dim, keepdim=True))
    assert "✗ Hidden tests: softmax: exp overflows" in wrong and "checks-panel" in wrong
    assert "NameError: name &#x27;softmax&#x27; is not defined" in _said(monkeypatch)


def test_a_class_is_told_what_it_has_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It has neither hidden tests nor solutions, and would be shown an error."""
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    monkeypatch.setattr(parts, "source_of", lambda exercise: tmp_path / exercise)
    assert _said(monkeypatch, softmax=torch.softmax) == parts.NO_TESTS
    assert str(parts.solution(EXERCISE, "softmax").data) == parts.NO_SOLUTION
