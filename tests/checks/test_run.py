"""What changes while checks are called is in the run: they stay as they are, import does nothing.

Otherwise learners would be told of another notebook's failures, and no kernel be free of hooks.
"""

import dataclasses
import subprocess
import sys

import pytest
import torch

from checks.attention import EXERCISE, check_softmax
from checks.message import WrongAnswer
from checks.run import Run, aside, run_of
from course.authoring.exercises import ROOT

IMPORTS = """
import importlib, os, pkgutil, random, sys, warnings
import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.kernel = object()  # as a learner's own has
plt.switch_backend("Agg")  # which has a hook of its own

import checks
import checks.kernel
assert checks.kernel.shell() is shell

def state():
    hooks = {name: list(of) for name, of in shell.events.callbacks.items()}
    numbers = random.getstate(), str(np.random.get_state()), torch.get_rng_state().tolist()
    shown = plt.get_fignums(), dict(plt.rcParams), list(warnings.filters), sys.excepthook
    names = set(shell.user_ns), dict(os.environ), torch.get_num_threads(), torch.get_default_dtype()
    return hooks, shell.custom_exceptions, numbers, shown, names

before = state()
for module in pkgutil.walk_packages(checks.__path__, "checks."):
    importlib.import_module(module.name)
assert state() == before
assert checks.run._runs == {}
from checks.attention import check_softmax
assert state() == before
from checks.attention import passed
assert len(shell.events.callbacks["post_run_cell"]) == 1 + len(before[0]["post_run_cell"])
assert NameError in shell.custom_exceptions
"""


def wrong(x, dim=-1):
    return x.exp() / x.exp().sum()


def _fail(answer=wrong):
    with pytest.raises(WrongAnswer) as raised:
        check_softmax(answer, torch.tensor([[0.5, 1.0], [2.0, 3.0]]))
    return str(raised.value)


def test_importing_the_checks_does_nothing_and_asking_for_the_run_begins_it():
    """A lesson, the book and grading import them too, with no learner's test to tell of."""
    ran = subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_neither_an_exercise_nor_a_check_can_be_changed():
    (check,) = EXERCISE.checks["softmax"]
    for one in (EXERCISE, check):
        for field in dataclasses.fields(one):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(one, field.name, None)
    before = [dict(vars(one)) for one in (EXERCISE, check)]
    with aside(EXERCISE):
        _fail()
    compiled = {"implementations", "plain"}  # kept once made, whoever asks first
    after = [{k: v for k, v in vars(one).items() if k not in compiled} for one in (EXERCISE, check)]
    assert after == [{k: v for k, v in of.items() if k not in compiled} for of in before]


def test_what_is_run_aside_leaves_nothing():
    """An earlier exercise's failure would be blamed for what goes wrong in this one."""
    with aside(EXERCISE):
        _fail()
        outer = run_of(EXERCISE)
        with pytest.raises(RuntimeError), aside(EXERCISE):
            _fail()
            run_of(EXERCISE).done.add("project_qkv")
            raise RuntimeError
        assert run_of(EXERCISE) is outer
        assert (outer.done, {*outer.failed}) == (set(), {"softmax"})
    with aside(EXERCISE):
        assert not run_of(EXERCISE).failed


def test_a_cause_that_earlier_calls_rule_out_is_not_told_and_a_new_answer_starts_anew():
    """Learners would go on being told of what their answer did before they changed it."""
    (check,), run = EXERCISE.checks["softmax"], Run(EXERCISE)
    calls = run.calls(check, wrong)
    calls.append("a call")
    assert list(run.calls(check, wrong)) == ["a call"]
    (other,) = EXERCISE.checks["project_qkv"]
    assert not run.calls(other, wrong)
    assert not run.calls(check, lambda x: x)
    assert not run.calls(check, wrong)


def test_what_the_checks_of_an_exercise_lack_is_said():
    with pytest.raises(ImportError, match="cannot import name 'pased' from 'checks.attention'"):
        from checks.attention import pased  # noqa: F401
