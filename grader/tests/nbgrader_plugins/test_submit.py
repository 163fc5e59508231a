"""Whom a submission in the exchange is open to; tests/browser/test_hub.py tries accounts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from nbgrader.exchange.default import ExchangeSubmit

from nbexaminer.nbgrader_plugins.submit import Submit

STRANGER = 64_321
"""A group that nobody is in."""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to any group")
@pytest.mark.parametrize(
    "group, mode, after",
    [
        (STRANGER, 0o3733, 0o770),  # as the docs make it
        (STRANGER, 0o1733, 0o777),  # its group is not handed on: the instructor could not read it
        (0, 0o3733, 0o777),  # the learner's own group
    ],
)
def test_only_a_group_that_the_learner_is_not_in_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int, mode: int, after: int
) -> None:
    """Closed to the wrong group, a submission could not be collected."""
    shutil.chown(tmp_path, group=group)
    tmp_path.chmod(mode)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine").chmod(0o777)
    monkeypatch.setattr(ExchangeSubmit, "copy_files", lambda self: None)
    submit = Submit()
    submit.inbound_path, submit.assignment_filename = str(tmp_path), "mine"
    submit.copy_files()
    assert (tmp_path / "mine").stat().st_mode & 0o777 == after
