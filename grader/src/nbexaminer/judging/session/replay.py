"""The source's notebook, replayed in the test runner as a kernel would run it.

What is run at each cell was decided before, by `isolation.steps`. Its state is what a kernel has,
and who set it:

    names      what test cells see: the dict of `__main__`
    _set_at    index of the cell that set a name last. Where that is an answer cell, the name is the
               answer process's: a proxy or a copy, had anew by each cell that may read it. Else it
               is the test runner's own, made from the source's text
    _imported  what answers import, which the test runner has imported itself
    _made      what each test set, for when all starts again
    _failed    why a cell did not run to its end

A cell runs with a Frame over `names` in the place of its local names, so that it is noted what it
sets. All starts again where the answer process ended: proxies of the old one are dead, so what is
no test is replayed against the new one, and what tests had set is set again.
"""

import contextlib
import sys
from collections import UserDict
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol

from nbexaminer.judging.codecs.containers import is_shared
from nbexaminer.judging.names.names import bound_names
from nbexaminer.judging.notebook.cell import Role
from nbexaminer.judging.session.remote_proxy import RemoteError
from nbexaminer.judging.session.verdicts import CellToRun

_NOTHING: Any = object()
GIVEN = "<cell>"
"""The file of a replayed cell's code, in a traceback."""
_KINDS = {Role.GIVEN: "locked cell", Role.TEST: "test"}
ENDED = "an answer that it asks ends its process, or never ends"


class Answers(Protocol):
    """The answer process, as far as names are concerned."""

    @property
    def names(self) -> frozenset[str]:
        """What its cells have defined."""

    def fetch(self, name: str) -> Any:
        """What is called so there: a copy or a proxy."""

    def share(self, classes: Sequence[str]) -> None:
        """Have values of these classes of locked cells cross as what they are."""


class Frame(UserDict[str, Any]):
    """The names of a cell while it runs, which notes what it sets or deletes: that two values are
    the same does not tell who has set them."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.data = names
        self.before = dict(names)
        """What there was when the cell began."""
        self._touched: set[str] = set()

    def __setitem__(self, name: str, value: Any) -> None:
        self._touched.add(name)
        self.data[name] = value

    def __delitem__(self, name: str) -> None:
        self._touched.add(name)
        del self.data[name]

    def changed(self) -> set[str]:
        """What it has set or deleted; by `global` in a function, where that is another value."""
        others = {n for n, v in self.data.items() if self.before.get(n, _NOTHING) is not v}
        return self._touched | others | (self.before.keys() - self.data.keys())


class Replay:
    """The names of one submission, as the test runner has them.

    Args:
        cells: all that are run.
    """

    def __init__(self, cells: Sequence[CellToRun]) -> None:
        self._cells, self._main = cells, ModuleType("__main__")
        self.names = self._main.__dict__
        self.names["display"] = _display  # which a notebook has without any import
        self._clean = dict(self.names)
        self._made: dict[int, dict[str, Any]] = {}
        self.classes: dict[str, type] = {}
        """Those of the source's cells, which both processes have unless a learner changes them."""
        self.is_discreet = False
        """Whether nothing may be said that an answer could have put into words."""
        self.start()

    def start(self) -> None:
        """Begin before the first cell, with what tests have set kept for when it comes to them."""
        self.names.clear()
        self.names.update(self._clean)
        self._set_at: dict[str, int] = {}
        self._imported: dict[str, Any] = {}
        self._failed: dict[int, str] = {}
        self.by_word: set[str] = set()
        """Names that hold what was made of an object's word."""

    def answer(self, index: int) -> None:
        """Take note of what an answer cell defines, and make what it imports."""
        cell, imported = self._cells[index], self._imports_of(index)
        self._imported.update(imported)
        free = [name for name in cell["may_define"] if name not in self.names]
        defines = (*cell["defines"], *free)
        self._set_at.update(dict.fromkeys((*imported, *defines), index))
        for name in defines:
            self._imported.pop(name, None)

    def imports(self, index: int) -> None:
        """Make what an in-process test imports, for tests behind it."""
        self.names.update(self._imports_of(index))

    def run(self, index: int, answers: Answers) -> None:
        """Replay a cell that is no answer and no test. What it raises ends it, as in a kernel, and
        so does an answer that never ends, or ends its process. Raises Ended, Lost."""
        frame = self.prepare(index, answers)
        try:
            code = compile(self._cells[index]["replay"], GIVEN, "exec", dont_inherit=True)
            exec(code, self.names, frame)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            self._failed[index] = self._in_words(error)
        except BaseException:  # Ended, Lost
            self.give_up(index)
            raise
        finally:
            changed = self._note(index, frame)
        new = {n: v for n, v in changed.items() if isinstance(v, type) and v.__name__ == n}
        self.classes.update(new)
        if self._cells[index]["role"] == Role.GIVEN:
            answers.share([name for name, kind in new.items() if is_shared(kind)])

    def give_up(self, index: int, why: str = ENDED) -> None:
        """Take note that the cell there can't be run to its end: what it makes is missing."""
        self._failed[index] = why
        for name in self._cells[index]["makes"]:
            self.names.pop(name, None)

    def prepare(self, index: int, answers: Answers) -> Frame:
        """Have what a cell may read of answers as it is now, and take note of what it sets."""
        sys.modules["__main__"] = self._main
        for name in self._cells[index]["answers"]:
            if self._is_answer(name):
                self.names.pop(name, None)
                if name in answers.names:
                    is_imported = name in self._imported
                    value = self._imported[name] if is_imported else answers.fetch(name)
                    self.names[name] = value
        return Frame(self.names)

    def keep(self, index: int, frame: Frame) -> None:
        """Keep what the test there has set, however it ended."""
        self._made[index] = self._note(index, frame)

    def again(self, index: int) -> None:
        """Have what the test there has set before all started again, if it was run."""
        self._set(index, self._made.get(index, {}))

    def why_missing(self, name: str, index: int) -> str:
        """Why a name isn't there for the test at `index`, where a cell that would set it fails."""
        for before in reversed(range(index)):
            cell = self._cells[before]
            defines = name in bound_names(cell["replay"])
            makes = name in cell["makes"] and not self._is_answer(name)
            if cell["role"] == Role.ANSWER or not (defines or makes):
                continue
            if why := self._failed.get(before):
                kind, does = _KINDS.get(cell["role"], "cell"), "defines" if defines else "changes"
                return f"the {kind} {cell['id']!r}, which {does} {name}, fails: {why}"
        return ""

    def _in_words(self, error: BaseException) -> str:
        kind, text = type(error), str(error)
        if self.is_discreet:  # an answer that was called may have chosen both
            kind, text = kind.__bases__[-1] if isinstance(error, RemoteError) else kind, ""
        return f"{kind.__name__}: {text}".removesuffix(": ")

    def _imports_of(self, index: int) -> dict[str, Any]:
        made = dict(self._clean)
        for code in self._cells[index]["imports"]:
            with contextlib.suppress(Exception):
                exec(code, made)
        return {name: value for name, value in made.items() if name not in self._clean}

    def _is_answer(self, name: str) -> bool:
        index = self._set_at.get(name, -1)
        return index >= 0 and self._cells[index]["role"] == Role.ANSWER

    def _note(self, index: int, frame: Frame) -> dict[str, Any]:
        """Take note of what the cell at `index` has set; `_NOTHING` stands for what it deleted."""
        changed = {name: self.names.get(name, _NOTHING) for name in frame.changed()}
        self._set_at.update(dict.fromkeys(changed, index))
        return changed

    def _set(self, index: int, names: Mapping[str, Any]) -> None:
        """Have these names of a cell, but for those that a later one has set."""
        for name, value in names.items():
            if self._set_at.get(name, -1) <= index:
                self._set_at[name] = index
                if value is _NOTHING:
                    self.names.pop(name, None)
                else:
                    self.names[name] = value


def _display(*objects: Any, **_options: Any) -> None:
    """What is shown is printed; that of a cell that is replayed goes nowhere."""
    print(*map(repr, objects), sep="\n")
