"""The benchmark of the README runs, and compares what it says it compares."""

import re
import subprocess
import sys

from course.authoring.exercises import ROOT


def test_the_benchmark_runs_and_all_write_the_same_tokens() -> None:
    """Figures that nobody can measure again are worth nothing."""
    options = [
        "--nanogpt-steps=3",
        "--course-steps=2",
        "--learners-steps=1",
        "--new=4",
        "--rounds=1",
    ]
    options += ["--text=100000", "--held-out=500"]
    ran = subprocess.run(
        [sys.executable, "-m", "course.maintenance.bench_learning", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(
        r"\| nanoGPT's .*\| 8\d\d,\d{3} \| 3 \| 2,304 \| [\d.]+ \| [\d.]+ \|", ran.stdout
    )
    assert re.search(r"\| this course's `train` .*\| 2 \| 2,048 \| [\d.]+ \| [\d.]+ \|", ran.stdout)
    own = r"\| a learner's own, from exercise 7 \| 865,152 \| 1 \| 1,024 \| [\d.]+ \| [\d.]+ \|"
    assert re.search(own, ran.stdout)
    for writer in ("Hugging Face `generate`", "this course's `generate_cached`", "a learner's own"):
        assert re.search(rf"\| {writer}.* \| [\d.]+ \| [\d.]+ \| [\d.]+ \|", ran.stdout), ran.stdout
