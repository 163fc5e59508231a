"""What a click below an answer shows, in a learner's own kernel: hidden tests, and a solution.

`course/learner/jupyter/labextensions/` draws the buttons and calls these by name.
"""

from __future__ import annotations

import importlib
from html import escape
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, Markdown
from IPython.utils.capture import capture_output

from checks.message import WrongAnswer
from checks.panel import panel
from checks.run import aside
from course.authoring.exercises import ROOT, module_of, source_of
from course.learner.points import cli
from nbexaminer.judging.notebook.reader import SubmittedCell, read_notebook

NO_TESTS = "✓ The visible tests pass. The hidden ones are not in this copy of the course."
NO_SOLUTION = "This copy of the course has no solutions: ask whoever gave it to you."


def hidden_tests(exercise: str, name: str) -> HTML:
    """What the hidden tests say of an answer as the kernel has it, whose visible tests pass.

    Nothing is graded or kept: `llm-basics score` does that, with the saved notebook.
    """
    path = source_of(exercise)
    if not path.exists():
        return HTML(NO_TESTS)
    names = dict(InteractiveShell.instance().user_ns)
    checked = importlib.import_module(module_of(exercise)).EXERCISE
    code = compile(_cell(path, f"{name}-hidden").source, f"{exercise}, hidden tests", "exec")
    facts = ""
    try:
        with aside(checked), capture_output():
            exec(code, names)
        said = f"✓ {name}: the visible and the hidden tests pass."
        command = f"<code>{escape(cli('score', exercise))}</code>"
        facts = f"<p>To have it counted, save the notebook and grade it: {command}</p>"
    except WrongAnswer as wrong:
        said = f"The visible tests pass. ✗ Hidden tests: {wrong.opening}"
        facts = panel(wrong) if wrong.facts else ""
    except Exception as error:
        said = f"The visible tests pass. ✗ Hidden tests: {type(error).__name__}: {error}"
    return HTML(f"<p>{escape(said)}</p>{facts}")


def solution(exercise: str, name: str) -> Markdown:
    """The course's own answer, read now."""
    path = ROOT / "solutions" / f"{exercise}.ipynb"
    if not path.exists():
        return Markdown(NO_SOLUTION)
    cell = _cell(path, name)
    return Markdown(f"```python\n{cell.source}\n```" if cell.kind == "code" else cell.source)


def _cell(path: Path, name: str) -> SubmittedCell:
    """The cell of a notebook that has this grade id."""
    return next(cell for cell in read_notebook(path.read_bytes()) if cell.grade_id == name)
