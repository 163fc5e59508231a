"""The modules of `my_llm`, each made of cells, with imports of what these use."""

from __future__ import annotations

import ast
import builtins
import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions

from course.learner.my_llm.cells import Book, BookCell, definer, star_import
from course.learner.my_llm.plan import IMPORT, PACKAGE, TEMPLATES, asked, askers, number, part_of
from nbexaminer.judging.names.statements import Statement
from nbexaminer.judging.notebook.cell import Role

THE_COURSE = {"course", "helpers", "checks", "reference", "nbexaminer"}
NUMPY_METHODS = {"numpy", "from_numpy"}
"""What of PyTorch needs NumPy, which PyTorch doesn't bring along."""


class NotTaken(Exception):
    """Why answers can't go in: `reasons`, a clause for each name."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(str(reasons))
        self.reasons = dict(reasons)


@dataclass(eq=False)
class Unit:
    """What of a cell goes in.

    part: the part of the program where it belongs.
    roots: names of the cell that are wanted.
    outside: of each name that it doesn't define itself, the unit that does, or the line that
        imports it, empty for what Python has; None where nothing does.
    module: where it stands.
    """

    cell: BookCell
    part: str
    roots: set[str] = field(default_factory=set)
    outside: dict[str, Unit | str | None] = field(default_factory=dict)
    module: str = ""

    def kept(self) -> list[Statement]:
        """Its statements; imports of them stand at the top of its module."""
        needed = self.cell.needed(self.roots)
        return [s for s in needed if not isinstance(s.tree, ast.Import | ast.ImportFrom)]

    def asks_for(self) -> set[str]:
        """Names that it doesn't define itself."""
        kept = self.kept()
        used = self.roots.union(*(s.reads | s.builtins for s in kept))
        return used.difference({"__name__", "__file__"}, *(s.binds for s in kept))

    def defines(self) -> dict[str, object]:
        """Of each name that it defines, the code that does."""
        found: dict[str, tuple[str, ...]] = {}
        for statement in self.kept():
            for name in statement.binds:
                found[name] = (*found.get(name, ()), ast.unparse(statement.tree))
        return dict(found)

    def meanings(self) -> dict[str, object]:
        """Of each name in it what it stands for: code, or the line that imports it."""
        return self.defines() | {
            name: at.defines().get(name) or at.outside.get(name) if isinstance(at, Unit) else at
            for name, at in self.outside.items()
        }

    def lines(self) -> list[str]:
        """The lines that import something from outside of the program."""
        return [at for at in self.outside.values() if isinstance(at, str) and at]

    def nodes(self) -> Iterator[ast.AST]:
        """All its code, the imports too."""
        for tree in (ast.parse("\n".join(self.lines())), *(s.tree for s in self.kept())):
            yield from ast.walk(tree)

    @property
    def heading(self) -> str:
        """What stands above it: whose it is."""
        n = number(self.cell.exercise)
        if self.cell.role is Role.GIVEN:
            return f"# --- Given in exercise {n} ---"
        if not self.cell.own:
            return f"# --- Not yet yours: the course's answer to exercise {n} ---"
        return f"# --- Exercise {n} ---"


class Assembly:
    """All modules that hold answers.

    Args:
        chosen: of each answer that goes in, the cell that it is taken from.
        book: gives the notebook of an exercise, the learner's own or the course's.

    Raises:
        NotTaken: some answers would not run where there is no course.
    """

    def __init__(self, chosen: Mapping[str, BookCell], book: Callable[[str, bool], Book]) -> None:
        self._chosen, self._book = chosen, book
        self._units: dict[BookCell, Unit] = {}
        for name, cell in chosen.items():
            self._want(cell, name, part_of(cell.exercise, name))
        while todo := [
            (u, n) for u in self._units.values() for n in u.asks_for() - u.outside.keys()
        ]:
            for unit, name in todo:
                unit.outside[name] = self._find(unit, name)
        self._refuse()
        self.modules = self._placed()

    def where(self, name: str) -> str:
        """The module of an answer."""
        return self._units[self._chosen[name]].module

    def templates(self) -> set[str]:
        """Those of the templates from which the modules import."""
        lines = "\n".join(line for unit in self._units.values() for line in unit.lines())
        return {f"{module}.py" for module, _ in IMPORT.findall(lines)}

    def files(self) -> dict[str, str]:
        """The text of each module, by its path."""
        return {f"{name}.py": _text(name, units) for name, units in self.modules.items()}

    def directed(self, template: str) -> str:
        """A template that imports each answer from where it is."""

        def lines(found: re.Match[str]) -> str:
            at = defaultdict(list)
            for name in found[2].split(", "):
                at[self.where(name) if name in self._chosen else found[1]].append(name)
            return "\n".join(f"from {PACKAGE}.{m} import {', '.join(at[m])}" for m in sorted(at))

        return IMPORT.sub(lines, template)

    def at_fault(self, module: str, line: str) -> set[str]:
        """The answers that need what stands in this line of a module; in doubt, all of it."""
        units = self.modules[module]
        return self._users([u for u in units if line and line in _code(u)] or units)

    def distributions(self) -> list[str]:
        """What has to be installed beside PyTorch, since an answer imports it."""
        nodes = [node for unit in self._units.values() for node in unit.nodes()]
        tops = {top for node in nodes for top in _imported(node)}
        tops |= {"numpy" for n in nodes if isinstance(n, ast.Attribute) and n.attr in NUMPY_METHODS}
        others = tops - sys.stdlib_module_names - {"torch", PACKAGE}
        known = packages_distributions() if others else {}
        return sorted({known.get(top, [top])[0] for top in others})

    # --- What a cell uses -------------------------------------------------------------------

    def _want(self, cell: BookCell, name: str, part: str) -> Unit:
        unit = self._units.setdefault(cell, Unit(cell, part))
        unit.roots.add(name)
        return unit

    def _find(self, unit: Unit, name: str) -> Unit | str | None:
        """What `Unit.outside` is to say of a name."""
        cell, exercise = unit.cell, unit.cell.exercise
        book = self._book(exercise, cell.own)
        found = definer(book, name, cell)
        if found is cell:
            return cell.import_of(name)
        given = found is not None and found.role is Role.GIVEN
        if name in asked(exercise) or (given and self._is_better(name)):
            mine = self._chosen.get(name)
            return self._want(mine, name, part_of(mine.exercise, name)) if mine else None
        if found is None:
            return "" if hasattr(builtins, name) else star_import(book, cell) or None
        if given and name in TEMPLATES:
            return f"from {PACKAGE}.{TEMPLATES[name]} import {name}"
        return found.import_of(name) or self._want(found, name, unit.part)

    def _is_better(self, name: str) -> bool:
        """Whether the program has what an exercise gives: the latest that is asked for, which does
        all that the earlier ones do."""
        return name in self._chosen and [self._chosen[name].exercise] == askers(name)[:1]

    def _users(self, units: Iterable[Unit]) -> set[str]:
        """The answers that need one of these, themselves included."""
        found = {*units}
        while more := {
            u for u in self._units.values() if u not in found and found & {*u.outside.values()}
        }:
            found |= more
        return {u.cell.answer for u in found if u.cell in self._chosen.values()}

    def _refuse(self) -> None:
        reasons: dict[str, str] = {}
        for unit in self._units.values():
            missing = sorted(name for name, at in unit.outside.items() if at is None)
            tops = {top for node in unit.nodes() for top in _imported(node)}
            why = f"it uses {', '.join(missing)}, which isn't there yet" if missing else ""
            if theirs := sorted(tops & THE_COURSE):
                why = f"it imports {', '.join(theirs)}, which is the course's"
            if why:
                reasons |= dict.fromkeys(self._users([unit]), why)
        if reasons:
            raise NotTaken(reasons)

    def _placed(self) -> dict[str, list[Unit]]:
        """Each unit in the module of its part, or beside it where a name means something else."""
        modules: dict[str, list[Unit]] = {}
        named = defaultdict[str, dict[str, object]](dict)
        for unit in sorted(
            self._units.values(), key=lambda u: (number(u.cell.exercise), u.cell.place)
        ):
            mine = unit.meanings()
            tried = itertools.chain([unit.part], (f"{unit.part}_{i}" for i in itertools.count(2)))
            unit.module = next(
                m for m in tried if all(named[m].get(n, what) == what for n, what in mine.items())
            )
            named[unit.module] |= mine
            modules.setdefault(unit.module, []).append(unit)
        return modules


def _code(unit: Unit) -> list[str]:
    """The lines that come from it, as they stand in its module."""
    return unit.lines() + unit.cell.text_of(unit.kept()).splitlines()


def _imported(node: ast.AST) -> Iterator[str]:
    """The top names of the modules that it imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module.partition(".")[0]


def _text(name: str, units: list[Unit]) -> str:
    """A module: its imports, and its units one after another, each statement once."""
    ours = defaultdict[str, set[str]](set)
    for unit in units:
        for wanted, at in unit.outside.items():
            if isinstance(at, Unit) and at.module != name:
                ours[at.module].add(wanted)
    above = {line for unit in units for line in unit.lines()}
    inside = {line for line in above if line.startswith(f"from {PACKAGE}.")}
    inside |= {f"from {PACKAGE}.{m} import {', '.join(sorted(ours[m]))}" for m in ours}
    others = sorted(above - inside, key=lambda line: (line.startswith("from "), line))
    own = [line for line in others if re.split(r"[ .]", line)[1] in sys.stdlib_module_names]
    blocks = (own, [line for line in others if line not in own], sorted(inside))
    numbers = sorted({number(unit.cell.exercise) for unit in units})
    text = f'"""{name.capitalize().replace("_", " ")}, from {_exercises(numbers)}."""'
    text = "\n\n".join([text, *("\n".join(block) for block in blocks if block)])
    heading, done = "", set[str]()
    for unit in units:
        new = [s for s in unit.kept() if ast.unparse(s.tree) not in done]
        done |= {ast.unparse(s.tree) for s in new}
        if new:
            above_it = f"{unit.heading}\n\n\n" if unit.heading != heading else ""
            heading = unit.heading
            text += f"\n\n\n{above_it}{unit.cell.text_of(new)}"
    return f"{text}\n"


def _exercises(numbers: list[int]) -> str:
    *first, last = map(str, numbers)
    return f"exercises {', '.join(first)} and {last}" if first else f"exercise {last}"
