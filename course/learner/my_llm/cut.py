"""What of a cell goes into a module: definitions, imports, and the values that these use.

The text stays as it was written. Left out is what a cell only tries or shows: prints, calls,
asserts, magics, and values that no definition looks at.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a cell.

    Args:
        node: what Python reads.
        binds: the names that it defines or changes.
        uses: the global names that it or what it defines may look up.
        at_once: those of `uses` that it looks up when it runs: decorators, base classes, defaults.
    """

    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]
    at_once: frozenset[str]

    @property
    def lines(self) -> range:
        """Its lines, decorators included, counted from 1."""
        decorators = getattr(self.node, "decorator_list", [])
        first = min([self.node.lineno, *(one.lineno for one in decorators)])
        return range(first, (self.node.end_lineno or first) + 1)

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    def imports_inside(self) -> Iterator[Statement]:
        """Imports within what it defines."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield Statement(node, frozenset(_bound(node)), frozenset(), frozenset())

    def attributes(self) -> set[str]:
        """Names of all attributes that its code looks up."""
        return {node.attr for node in ast.walk(self.node) if isinstance(node, ast.Attribute)}


class CellCode:
    """A cell's code. Raises SyntaxError where it is none."""

    def __init__(self, text: str) -> None:
        text = re.sub(r"\A\s*%%.*\n", "", text)  # what %%time and the like measure is code
        self.text = TransformerManager().transform_cell(text)
        self.statements = [_statement(node) for node in ast.parse(self.text).body]

    def definer(self, name: str) -> Statement | None:
        """The last statement that defines `name`, if one does."""
        found = (s for s in reversed(self.statements) if name in s.binds and _can_be_taken(s))
        return next(found, None)

    def needed(self, roots: Iterable[str]) -> list[Statement]:
        """What `roots` need of this cell, themselves included, in its order."""
        names, kept = set(roots), set[int]()
        while True:
            new = {
                i
                for i, statement in enumerate(self.statements)
                if i not in kept and names & statement.binds and _can_be_taken(statement)
            }
            if not new:
                return [self.statements[i] for i in sorted(kept)]
            kept |= new
            names.update(*(self.statements[i].uses for i in new))

    def text_of(self, kept: Iterable[Statement]) -> str:
        """The lines of these statements, as they were written, with the comments among them."""
        wanted = {line for statement in kept for line in statement.lines}
        dropped = {line for s in self.statements for line in s.lines} - wanted
        lines = self.text.splitlines()
        for line in sorted(dropped):  # a comment right above goes along
            above = line - 1
            while above and lines[above - 1].startswith("#"):
                dropped.add(above)
                above -= 1
        text = "\n".join(line for i, line in enumerate(lines, 1) if i not in dropped)
        return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")


def _can_be_taken(statement: Statement) -> bool:
    return not isinstance(statement.node, ast.Expr) and "get_ipython" not in statement.uses


def _statement(node: ast.stmt) -> Statement:
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    at_once = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    later = set[str]()
    for scope, runs_at_once in _scopes(table, True):
        found = {s.get_name() for s in scope.get_symbols() if s.is_global()}
        later |= found
        if runs_at_once:
            at_once |= found
    return Statement(node, frozenset(_bound(node)), frozenset(at_once | later), frozenset(at_once))


def _scopes(
    table: symtable.SymbolTable, at_once: bool
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """The scopes within, and whether each runs when the statement does: bodies of classes do."""
    for child in table.get_children():
        runs = at_once and child.get_type() == "class"
        yield child, runs
        yield from _scopes(child, runs)


def _bound(node: ast.stmt) -> Iterator[str]:
    """Names that a statement defines, or whose value it changes: `table[i] = …` changes table."""
    todo: list[ast.AST] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store):
            changed: ast.expr = part
            while isinstance(changed, ast.Attribute | ast.Subscript):
                changed = changed.value
            if isinstance(changed, ast.Name):
                yield changed.id
        if not isinstance(part, _SCOPES):
            todo += ast.iter_child_nodes(part)
