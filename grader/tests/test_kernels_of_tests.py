"""A kernel of a test that listened on a port might find it taken: CI would fail now and then."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from support.commands import run_forked

HOW = "import ipykernel\nprint(ipykernel.get_connection_info(unpack=True)['transport'])"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook that prints how its kernel is reached."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cells = [nbformat.v4.new_code_cell(HOW)]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path = tmp_path / "how.ipynb"
    nbformat.write(made, path)
    return path


def test_a_kernel_of_a_command_listens_on_no_port(notebook: Path) -> None:
    command = ("nbconvert", "--execute", "--to", "markdown", "--stdout", str(notebook))
    ran = run_forked(*command, cwd=notebook.parent)
    assert "\n    ipc\n" in ran.stdout, ran.stderr


def test_a_kernel_of_the_tests_own_process_listens_on_no_port(notebook: Path) -> None:
    made = NotebookClient(nbformat.read(notebook, as_version=4), kernel_name="python3").execute()
    assert made.cells[0].outputs[0].text == "ipc\n"
