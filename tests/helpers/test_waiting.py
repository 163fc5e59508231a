"""Whoever waits knows what for; a stored output knows nothing of it."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from course.authoring.exercises import ROOT

CODE = """
import helpers.weights, reference.models as models, torch
helpers.weights.smollm2_files = models.smollm2_files = lambda: 1 / 0
try:
    models.smollm2_state()
except ZeroDivisionError:
    print("loaded")
"""
WAIT = """
from helpers.waiting import waiting
with waiting("Loading it", usually="5 seconds"):
    print("loading")
"""


def _outputs(code: str) -> list[str]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    at = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, kernel_name="python3", resources=at).execute()
    return [o.get("text") or o["data"]["text/plain"] for o in notebook.cells[0].outputs]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"JPY_SESSION_NAME": "work/00.ipynb"}, True),
        ({}, False),
        ({"JPY_SESSION_NAME": "work/00.ipynb", "NBGRADER_EXECUTION": "autograde"}, False),
    ],
    ids=["JupyterLab", "stored", "graded"],
)
def test_loading_says_what_is_waited_for_where_somebody_looks(monkeypatch, environment, told):
    """SmolLM2 took 24 seconds on a busy machine, without a word; nbval would miss one stored."""
    for name in ("JPY_SESSION_NAME", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    line = "Loading SmolLM2 (135 million weights, 540 MB): 5 to 25 seconds …"
    assert _outputs(CODE) == ([line] if told else []) + ["loaded\n"]
    *said, printed = _outputs(WAIT)
    assert printed == "loading\n" and len(said) == told
    assert not told or re.fullmatch(r"Loading it: done in \d+ s\.", said[0])
