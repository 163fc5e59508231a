"""Grade in one process, as a notebook runs: for machines that can't fork one, such as Windows.

`grade` starts the process; run as a program, this file is it. Its points are an instructor's as
long as the code is honest: answers and tests are not kept apart here.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from nbexaminer.errors import Malformed
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.message import NO_MESSAGE, Message
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook
from nbexaminer.judging.notebook.source import Source
from nbexaminer.judging.session.engine import Examined, as_unreadable
from nbexaminer.judging.session.verdicts import Outcome, Remark, Verdict

COURSE = Path(__file__).resolve().parents[2]


def grade(source: Source, submitted: bytes, limits: Limits = Limits()) -> Examined:  # noqa: B008
    """Grade a notebook by the source's tests; the whole of it has the time of one cell."""
    try:
        notebook, _, remarks, _ = graft(source, read_notebook(submitted))
    except Malformed as malformed:
        return as_unreadable(source, str(malformed))
    cells = [
        {"id": cell.grade_id, "test": cell.role is Role.TEST, "code": cell.source}
        for cell in cells_of(notebook)
        if cell.is_code and cell.role is not Role.SHOWN
    ]
    lines, why = _run(cells, limits.cell_wall_seconds)
    told = {cell: (Outcome(outcome), message) for cell, outcome, message in map(json.loads, lines)}
    verdicts: list[Verdict] = []
    for cell in cells_of(notebook):
        if cell.role is Role.TEST:
            outcome, data = told.get(cell.name, (Outcome.NOT_RUN, f"not run: {why}"))
            verdicts.append(Verdict.of(cell.name, outcome, cell.points, Message.read(data)))
    said = tuple(Remark(answer, text, waits=False) for answer, text in remarks.items())
    return Examined(notebook, tuple(verdicts), remarks=said)


def _run(cells: list[dict[str, Any]], seconds: float) -> tuple[list[str], str]:
    """A line for each test that came to its end, and why others did not."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as text,
        tempfile.TemporaryDirectory() as at,
    ):
        command = [sys.executable, "-P", "-c", _MAIN.format(path=str(COURSE))]
        try:
            subprocess.run(
                command, input=json.dumps(cells).encode(), stdout=text, cwd=at,
                stderr=subprocess.DEVNULL, timeout=seconds,
            )  # fmt: skip
            why = "the notebook ended its process"
        except subprocess.TimeoutExpired:
            why = f"the notebook took longer than {seconds:g} seconds"
        text.seek(0)
        return text.read().splitlines(), why


_MAIN = """
import sys
sys.path.insert(0, {path!r})
from course.learner import one_process
one_process.main()
"""


def main() -> None:
    """Run the cells that stdin names, and write a line for each test to stdout."""
    import matplotlib
    import matplotlib.pyplot as plt
    import torch
    from IPython.core.inputtransformer2 import TransformerManager

    matplotlib.use("Agg")
    cells = json.loads(sys.stdin.buffer.read())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(cells):
        code = cell["code"] if cell["test"] else TransformerManager().transform_cell(cell["code"])
        torch.manual_seed(number)
        outcome, message = _ended(number, code, dict(names) if cell["test"] else names)
        plt.close("all")
        if cell["test"]:
            print(json.dumps([cell["id"], outcome, message.as_data()]), file=out, flush=True)


def _ended(number: int, code: str, names: dict[str, Any]) -> tuple[Outcome, Message]:
    """How a cell ended, and what is told of it."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(code, f"<ipython-cell-{number}>", "exec"), names)
    except AssertionError as error:
        return Outcome.FAILED, Message.of(error)
    except (Exception, SystemExit) as error:
        return Outcome.ERROR, Message(f"{type(error).__name__}: {error}")
    return Outcome.PASSED, NO_MESSAGE
