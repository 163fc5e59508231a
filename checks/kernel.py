"""A learner's kernel: which answers are older than their cells, and progress that stays true."""

from __future__ import annotations

import ast
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from checks.message import NOT_WRITTEN, TO_DO, WrongAnswer, bold, fact_lines, laid_out
from checks.misspelt import defined, instead_of
from checks.panel import panel
from helpers.waiting import somebody_looks


def shell() -> Any:
    """The shell of a learner's own kernel; None where work is graded, and on a terminal."""
    module = sys.modules.get("IPython.core.interactiveshell")
    graded = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    if graded or module is None or not module.InteractiveShell.initialized():
        return None
    found = module.InteractiveShell.instance()
    return found if hasattr(found, "kernel") else None


def within(seconds: float | None, call: Callable[[], Any]) -> Any:
    """What `call()` gives; in a learner's kernel TimeoutError once it has taken so many seconds.

    A loop that never ends would fill the memory, and no message would come. Where work is graded
    the grader has limits of its own, and Windows has no such signal.
    """
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or shell() is None or not main or not hasattr(signal, "setitimer"):
        return call()

    def stop(*_: object) -> None:
        raise TimeoutError(f"it had not ended after {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def explain_errors(kernel: Any, misspelt: Callable[[str], str]) -> None:
    """Show in one line what needs no traceback, as the messages of tests are shown.

    That is an answer that is not written, a name that a test needs and no cell has defined, and
    what a cell asserts itself. In JupyterLab, what else a test says is drawn below that line.
    What `misspelt` says of a missing name comes first.
    """

    def handle(
        kernel: Any, kind: type[BaseException], error: Any, trace: Any, tb_offset: int | None = None
    ) -> None:
        drawn = isinstance(error, WrongAnswer) and bool(error.facts) and somebody_looks()
        if drawn:
            # What IPython looks for.
            error._render_traceback_ = lambda: [bold(f"✗ {error.opening}")]
        elif text := _in_one_line(error, trace, misspelt):
            error._render_traceback_ = lambda: laid_out(f"✗ {text}")
        kernel.showtraceback((kind, error, trace), tb_offset=tb_offset)
        if drawn:
            _draw(error)

    kernel.set_custom_exc((AssertionError, NameError, NotImplementedError), handle)


def say(wrong: WrongAnswer) -> None:
    """Show a message on an answer as `explain_errors` does, but let the cell go on."""
    drawn = bool(wrong.facts) and somebody_looks()
    print("\n".join(laid_out(f"✗ {wrong.opening}", () if drawn else wrong.facts)))
    if drawn:
        _draw(wrong)


def _draw(wrong: WrongAnswer) -> None:
    """Draw what a message says below its first line."""
    from IPython.display import display

    told = {"text/html": panel(wrong), "text/plain": "\n".join(fact_lines(wrong.facts))}
    display(told, raw=True)


def own_copy(exercise: str) -> Path | None:
    """The folder of the learner's own copy of an exercise, if it runs here, in JupyterLab.

    That is a notebook called as the exercise is.
    """
    own = Path(os.environ.get("JPY_SESSION_NAME", "")).name == f"{exercise}.ipynb"
    folder = Path.cwd()
    there = somebody_looks() and own and (folder / f"{exercise}.ipynb").exists()
    return folder if there else None


def grow_package(exercise: str, names: Collection[str], texts: Mapping[str, str]) -> None:
    """Put answers whose visible tests pass into `work/my_llm`, and say what that can do now.

    Args:
        exercise: the exercise.
        names: its answers that pass.
        texts: the code of answers as it ran last, which may not be saved yet.
    """
    folder = own_copy(exercise)
    if folder is None or not (folder.parent / ".copies.json").exists():
        return  # nobody's work/
    from course.learner.my_llm.update import update_quietly

    for line in update_quietly(folder.parent, {exercise: dict.fromkeys(names, "")}, texts):
        print(line)


def offer_score(exercise: str) -> None:
    """Show a button that grades this notebook with all tests: in JupyterLab, for one's own copy, in
    a course that has its hidden tests."""
    folder = own_copy(exercise)
    if folder is None:
        return
    from course.learner.score import NotebookScore, can_score

    if can_score(exercise):
        from IPython.display import display

        display(NotebookScore(exercise, folder.parent))


def _in_one_line(error: BaseException, trace: TracebackType, misspelt: Callable[[str], str]) -> str:
    """What there is to say of an error; nothing where its traceback tells more."""
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    cells = [frame for frame in frames if is_a_cell(frame.f_code.co_filename)]
    if not cells or frames[-1] is not cells[-1]:
        return ""
    if isinstance(error, NotImplementedError) and not error.args and len(cells) > 1:
        name = cells[-1].f_code.co_qualname.split(".")[0]
        return f"{NOT_WRITTEN.format(name)}: {TO_DO}"
    if len(cells) > 1:
        return ""
    tests = "from checks." in cells[0].f_globals.get("In", [""])[-1]
    if isinstance(error, NameError) and tests:
        if text := misspelt(error.name or ""):
            return text
        return f"no cell that has run defines {error.name}: run those above, from the first one on"
    if isinstance(error, AssertionError) and not hasattr(error, "_render_traceback_"):
        return str(error)
    return ""


@dataclass
class Cells:
    """What a kernel's cells have made of some names, the answers. Elsewhere it knows nothing.

    Args:
        names: the answers.
        kernel: the kernel's shell, if there is one.

    Attributes:
        older: names that mean something older than their latest cell says, and why.
        passed: what names meant when their tests passed.
        anew: names that the cell that ran last has defined anew.
    """

    names: tuple[str, ...]
    kernel: Any = None
    older: dict[str, str] = field(default_factory=dict)
    passed: dict[str, Any] = field(default_factory=dict)
    anew: set[str] = field(default_factory=set)
    _before: dict[str, Any] = field(default_factory=dict)
    _warned: set[str] = field(default_factory=set)
    _homes: dict[str, str | None] = field(default_factory=dict)
    _shown: str = ""

    def __post_init__(self) -> None:
        if self.kernel is not None:
            self.begin()
            self._look_back()

    def begin(self) -> None:
        """A cell is about to run."""
        self._before = self._meant()
        self._warned = set()

    def end(self, result: Any) -> None:
        """A cell has run, with what IPython says of it."""
        error = result.error_before_exec or result.error_in_exec
        now, names = self._meant(), [*defined(result.info.raw_cell or "")]
        cell = result.info.cell_id  # None where nobody said
        self.anew = {n for n in self.names if now.get(n) is not self._before.get(n)}
        for name in self.names:
            if name in self.anew:
                self.older.pop(name, None)
            elif name in names:
                self.older.pop(name, None)
                if error is not None:
                    self.older[name] = _how(name, error)
            elif cell and names and self._homes.get(name) == cell:
                self.older[name] = f"the cell that defined {name} now defines {names[-1]}"
            if name in names:
                self._homes[name] = cell
        missing = error.name if isinstance(error, NameError) else None
        if missing in self.older and not self.misspelt(missing):
            print(f"⚠ {self.older[missing]}")

    def misspelt(self, name: str) -> str:
        """What to say where the latest cells define another name instead of this one."""
        if self.kernel is None or name not in self.names:
            return ""
        ran = [text for text in self.kernel.user_ns.get("In", ()) if "from checks." not in text]
        return instead_of(name, reversed(ran), self.names)

    def texts(self) -> dict[str, str]:
        """Of each name, the code of the cell that defined it last."""
        ran = self.kernel.user_ns.get("In", ()) if self.kernel is not None else ()
        return {n: text for text in ran for n in {*defined(text)} & {*self.names}}

    def note_passed(self, name: str) -> None:
        """The tests of what `name` means now have passed."""
        self.passed[name] = self._meant().get(name)

    def changed(self) -> set[str]:
        """Names whose tests passed, and that mean something else since, or have a newer cell."""
        now = self._meant()
        return {n for n, was in self.passed.items() if n in self.older or now.get(n) is not was}

    def warn(self, name: str) -> None:
        """Say, once in a cell, that an older definition is at hand."""
        if name in self.older and name not in self._warned:
            self._warned.add(name)
            why = self.misspelt(name) or self.older[name]
            print(f"⚠ {why}: this tests the older definition")

    def show(self, text: str, about: str) -> None:
        """Print a text; in a kernel, one that is replaced everywhere as soon as it is another."""
        if type(sys.stdout).__module__ != "ipykernel.iostream":  # no kernel's, or redirected
            print(text)
            return
        self.update(text, about)
        self._shown = text
        _display(text, about, update=False)

    def update(self, text: str, about: str) -> None:
        """Replace what is shown, if anything is."""
        if self._shown and self._shown != text:
            self._shown = text
            _display(text, about, update=True)

    def _meant(self) -> dict[str, Any]:
        names = self.kernel.user_ns if self.kernel is not None else {}
        return {name: names[name] for name in self.names if name in names}

    def _look_back(self) -> None:
        """Find answers whose latest cell can't be read, among those that ran before this."""
        for text in self.kernel.user_ns.get("In", ()):
            try:
                ast.parse(text)
                why: Exception | None = None
            except (SyntaxError, ValueError) as error:
                why = error
            for name in {*defined(text)} & {*self.names}:
                self.older.pop(name, None)
                if why is not None:
                    self.older[name] = _how(name, why)


def _how(name: str, error: BaseException) -> str:
    """That the cell that defines a name ended in an error."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    for frame in traceback.extract_tb(error.__traceback__):
        if line is None and is_a_cell(frame.filename):
            line = frame.lineno
    # From Python 3.13 on, the end of a cell within a statement has a kind without a public name.
    names = (kind.__name__ for kind in type(error).__mro__)
    kind = next(n for n in names if n[0] != "_") + (f", line {line}" if line else "")
    return f"the cell that defines {name} did not run ({kind})"


def is_a_cell(filename: str) -> bool:
    """Whether code of this name stands in a notebook."""
    return "ipykernel" in filename or filename.startswith("<ipython")


def _display(text: str, about: str, update: bool) -> None:
    from IPython.display import display

    display({"text/plain": text}, raw=True, display_id=f"progress in {about}", update=update)
