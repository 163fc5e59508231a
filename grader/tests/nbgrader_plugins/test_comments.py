"""Comments that can be used again."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbexaminer.errors import Refusal
from nbexaminer.nbgrader_plugins.feedback import read_comments, whole

TEXTS = {"scale": "Divide.", "two-words": "Both."}


@pytest.mark.parametrize(
    ("typed", "shown", "unknown"),
    [
        ("#scale", "Divide.", []),
        ("Well done! #scale, #two-words.", "Well done! Divide., Both..", []),
        ("# Heading, C#scale, &#39; #1 and a/#scale", None, []),
        ("#scal and #scale-2", "#scal and #scale-2", ["#scal", "#scale-2"]),
        ("", "", []),
    ],
)
def test_names_become_texts(typed: str, shown: str | None, unknown: list[str]) -> None:
    """A grader's own words, headings and issue numbers stay as they are."""
    assert whole(typed, TEXTS) == (typed if shown is None else shown, unknown)


def test_those_of_the_exercise_go_first(tmp_path: Path) -> None:
    """One name may mean one thing in general and another in an exercise."""
    path = tmp_path / "comments.toml"
    assert read_comments(path, "1-small") == {}
    path.write_text('a = "general"\nb = "general"\n[1-small]\na = "own"\n[2-other]\nb = "other"\n')
    assert read_comments(path, "1-small") == {"a": "own", "b": "general"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = general", "comments.toml: Invalid value"),
        ("a = 3", 'comments.toml: a is 3: write a text, a = "..."'),
        ('1-small = "x"', "comments.toml: 1-small is an exercise: write [1-small] above it"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, content: str, said: str) -> None:
    """Learners would read the names that were meant for texts."""
    path = tmp_path / "comments.toml"
    path.write_text(content)
    with pytest.raises(Refusal) as refused:
        read_comments(path, "1-small")
    assert str(refused.value).startswith(said)
