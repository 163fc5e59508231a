"""A class's course folder, in which the tests run commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.platforms import make_class


@pytest.fixture(scope="session")
def made_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("platforms")
    make_class(root)
    return root


@pytest.fixture
def here(made_class: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is the working directory."""
    root = tmp_path / "course"
    shutil.copytree(made_class, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(made_class), str(root)))
    monkeypatch.chdir(root)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(root / "jupyter"))
    return root
