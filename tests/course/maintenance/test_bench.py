"""The benchmark of the README runs, and compares what it says it compares."""

import re
import subprocess
import sys

from course.authoring.exercises import ROOT


def test_the_benchmark_runs_and_every_score_is_stock_nbgraders() -> None:
    """Figures that nobody can measure again are worth nothing."""
    options = ["--learners=1", "--rounds=1", "--sizes=2", "--jobs=1", "--repeats=1"]
    ran = subprocess.run(
        [sys.executable, "-m", "course.maintenance.bench", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "scores that differ from stock nbgrader's: 0" in ran.stdout
    for way in ("stock nbgrader autograde", "nbgrader autograde here", "llm-basics grade"):
        assert re.search(rf"{way} +│ +[\d.]+ │ +\d+ │ +[\d.]+ │ +[\d.]+", ran.stdout), ran.stdout
    assert re.search(r"│ +2 │ +2 │", ran.stdout), ran.stdout
