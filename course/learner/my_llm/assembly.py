"""The modules of `my_llm`, each made of a cell, with imports of what the cell uses."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions

from course.learner.my_llm.books import Book, BookCell, import_of, modules_of
from course.learner.my_llm.cut import Statement
from course.learner.my_llm.plan import (
    HOMES,
    PACKAGE,
    TEMPLATES,
    asked,
    askers,
    number,
    part_of,
)
from nbexaminer.judging.notebook.cell import Role

THE_COURSE = {"course", "helpers", "checks", "reference", "nbexaminer"}
NUMPY_METHODS = {"numpy", "from_numpy"}
"""What of PyTorch needs NumPy, which PyTorch doesn't bring along."""


class NotTaken(Exception):
    """Why answers can't be modules of their own: `reasons`, a clause for each name."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(str(reasons))
        self.reasons = dict(reasons)


@dataclass(eq=False)
class Module:
    """A module in the making.

    Args:
        book: where its cell stands.
        cell: the cell.
        path: within the package.
        answer: the answer that it holds, or empty.
        roots: what others want of it.
        imports: lines, by the name that each brings.
        late: of `imports`, those that have to stand below, since what they import imports this.
        needs: the paths of modules that it imports from, each with whether that is wanted at once.
        missing: names that nothing defines.
    """

    book: Book
    cell: BookCell
    path: str
    answer: str
    roots: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    needs: dict[str, dict[str, bool]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def kept(self) -> list[Statement]:
        """Its statements, without imports of what the whole module stands under."""
        return self.cell.code.needed(self.roots)


class Assembly:
    """All modules, each from the learner's notebook or from the course's own.

    Args:
        chosen: of each answer that goes in, the notebook that it is taken from.
        books: the notebooks of `chosen`.
    """

    def __init__(self, chosen: Mapping[str, Book]) -> None:
        self._chosen = chosen
        self.modules: dict[str, Module] = {}
        self.templates: set[str] = set()
        for name, book in chosen.items():
            self._want(book, book.answer(name), name)
        while todo := [m for m in self.modules.values() if self._grows(m)]:
            for module in todo:
                self._find_names(module)
        self._put_cycles_below()
        self._refuse()

    def files(self) -> dict[str, str]:
        """The text of each module, by its path within the package."""
        return {path: self._text(module) for path, module in self.modules.items()}

    def in_order(self) -> list[str]:
        """The paths, each after those that it imports from, as far as that can be."""
        order: list[str] = []

        def visit(path: str, above: tuple[str, ...]) -> None:
            if path not in order and path not in above:
                for other in self.modules[path].needs:
                    visit(other, (*above, path))
                order.append(path)

        for path in self.modules:
            visit(path, ())
        return order

    def users(self, paths: set[str]) -> set[str]:
        """The answers that need one of these modules, themselves included."""
        while more := {p for p, m in self.modules.items() if p not in paths and paths & {*m.needs}}:
            paths = paths | more
        return {self.modules[path].answer for path in paths} - {""}

    def distributions(self) -> list[str]:
        """What has to be installed beside PyTorch, since an answer imports it."""
        tops = {
            top
            for module in self.modules.values()
            for statement in self._import_statements(module)
            for top in modules_of(statement)
        }
        if any(self._uses_numpy(module) for module in self.modules.values()):
            tops.add("numpy")
        others = tops - sys.stdlib_module_names - {"torch", "__future__", PACKAGE, ""}
        known = packages_distributions() if others - {"numpy"} else {}
        return sorted({known.get(top, [top])[0] for top in others})

    # --- What a cell uses -------------------------------------------------------------------

    def _want(self, book: Book, cell: BookCell, name: str) -> str:
        """Note that `name` of a cell is wanted; gives the path of the module that has it."""
        answer = cell.name if self._chosen.get(cell.name) is book else ""
        if answer:
            path = f"{part_of(book.exercise, answer)}/{answer}.py"
        else:
            kind = "given" if cell.role is Role.GIVEN else "own" if book.own else "from"
            part = next(iter(HOMES[book.exercise]))
            path = f"{part}/{kind}_{number(book.exercise)}_{cell.place}.py"
        module = self.modules.setdefault(path, Module(book, cell, path, answer))
        module.roots.add(name)
        return path

    def _grows(self, module: Module) -> bool:
        """Whether its statements use names that it doesn't import yet."""
        return any(name not in module.imports for name, _ in self._foreign(module))

    def _foreign(self, module: Module) -> Iterator[tuple[str, bool]]:
        """Names that it has to import, and whether they are looked up at once."""
        kept = module.kept()
        inside = {name for s in kept if not s.is_import for name in s.binds}
        at_once = {name for s in kept for name in s.at_once}
        used = {name for s in kept for name in s.uses} | {
            name for s in kept if s.is_import for name in s.binds
        }
        for name in sorted(used - inside - module.missing - {"*", "__name__", "__file__"}):
            yield name, name in at_once

    def _find_names(self, module: Module) -> None:
        for name, at_once in self._foreign(module):
            if name not in module.imports:
                line = self._line_for(module, name, at_once)
                if line is None:
                    module.missing.add(name)
                else:
                    module.imports[name] = line

    def _line_for(self, module: Module, name: str, at_once: bool) -> str | None:
        """The line that imports `name`; empty for what Python has; None where nothing has it."""
        book, found = module.book, module.book.definer(name, module.cell)
        if name in asked(book.exercise) and name in self._chosen:
            found = None if found is None or found[0].name == name else found
        if found is not None and found[1].is_import:
            return import_of(found[1], name)
        if found is not None and found[0].role is Role.GIVEN and name in TEMPLATES:
            self.templates.add(f"{TEMPLATES[name]}.py")
            return f"from {PACKAGE}.{TEMPLATES[name]} import {name}"
        if found is None or (found[0].role is Role.GIVEN and self._is_there(name)):
            home = self._chosen.get(name)
            if home is not None and (found is not None or name in asked(book.exercise)):
                path = self._want(home, home.answer(name), name)
                return self._import(module, path, name, at_once)
            if hasattr(builtins, name):
                return ""
            star = next(iter(book.stars(module.cell)), None)
            return None if star is None else import_of(star, "*")
        if found[0].name == name and name in asked(book.exercise):
            return None  # an answer that isn't in the package
        return self._import(module, self._want(book, found[0], name), name, at_once)

    def _is_there(self, name: str) -> bool:
        """Whether the package has what an exercise gives: the latest that is asked for, which does
        all that the earlier ones do."""
        latest = next(iter(askers(name)), None)
        return name in self._chosen and self._chosen[name].exercise == latest

    @staticmethod
    def _import(module: Module, path: str, name: str, at_once: bool) -> str:
        module.needs.setdefault(path, {})[name] = at_once
        return f"from {PACKAGE}.{path.removesuffix('.py').replace('/', '.')} import {name}"

    def _put_cycles_below(self) -> None:
        """Where two modules import from each other, what isn't used at once is imported last."""
        for module in self.modules.values():
            for path, names in module.needs.items():
                if module.path in self._all_needs(path):
                    module.late |= {name for name, at_once in names.items() if not at_once}

    def _all_needs(self, path: str) -> set[str]:
        found, todo = set[str](), [path]
        while todo:
            new = {*self.modules[todo.pop()].needs} - found
            found |= new
            todo += new
        return found

    # --- What can't be taken ----------------------------------------------------------------

    def _refuse(self) -> None:
        """Raises NotTaken for answers that would not run where there is no course."""
        reasons: dict[str, str] = {}
        for module in self.modules.values():
            tops = {top for s in self._import_statements(module) for top in modules_of(s)}
            why = ""
            if theirs := tops & THE_COURSE:
                why = f"it imports {', '.join(sorted(theirs))}, which is the course's"
            elif module.missing:
                why = f"it uses {', '.join(sorted(module.missing))}, which isn't there yet"
            if why:
                reasons |= {name: why for name in self.users({module.path})}
        if reasons:
            raise NotTaken(reasons)

    def _import_statements(self, module: Module) -> Iterator[Statement]:
        """The imports that end up in it: at its top, and in what its cell defines."""
        for name, line in module.imports.items():
            if line and not line.startswith(f"from {PACKAGE}."):
                found = module.book.definer(name, module.cell)
                yield from [found[1]] if found else module.book.stars(module.cell)
        for statement in module.kept():
            yield from statement.imports_inside()

    @staticmethod
    def _uses_numpy(module: Module) -> bool:
        return any(NUMPY_METHODS & s.attributes() for s in module.kept())

    # --- Text -------------------------------------------------------------------------------

    def _text(self, module: Module) -> str:
        kept = [s for s in module.kept() if not s.is_import]
        future = [
            s
            for s in module.cell.code.statements
            if s.is_import and modules_of(s) == ["__future__"]
        ]
        lines = [f'"""{self._says(module)}"""', ""]
        lines += [line for s in future for line in (ast.unparse(s.node), "")]
        above = {line for name, line in module.imports.items() if name not in module.late}
        ours = sorted(line for line in above if line.startswith(f"from {PACKAGE}."))
        others = sorted(above - {*ours, ""}, key=lambda line: (line.startswith("from "), line))
        for block in (others, ours):
            lines += [*block, ""] if block else []
        lines += ["", module.cell.code.text_of(kept), ""]
        if below := sorted({module.imports[name] for name in module.late}):
            why = "# Down here, since these import from this module."
            lines += ["", why, *(f"{line}  # noqa: E402" for line in below), ""]
        return "\n".join(lines)

    def _says(self, module: Module) -> str:
        n = number(module.book.exercise)
        if module.cell.role is Role.GIVEN:
            return f"Given in exercise {n}."
        if not module.book.own:
            return f"Not yet yours: the course's answer to exercise {n}."
        if module.answer:
            return f"Yours, from exercise {n}: {module.answer}."
        return f"Yours, from exercise {n}: what other answers of it use."
