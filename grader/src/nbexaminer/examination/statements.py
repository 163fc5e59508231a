"""A cell's text as statements: what each defines, what it reads, and of what kind it is."""

import __future__

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbexaminer.examination.names import bound_names, names_used, without_magics

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_DEFERRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement at the top level of a cell.

    binds: names that it defines; not those of `from module import *`.
    reads: names that it, or a function in it when it is called, takes from elsewhere.
    is_import: whether it imports, or changes where imports are looked for.
    is_definition: whether it defines a function or a class.
    is_star: whether it is `from module import *`.
    defers: whether a function in it may read names later.
    """

    tree: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    is_import: bool
    is_star: bool
    is_definition: bool
    defers: bool
    flags: int

    def run(self, namespace: dict[str, Any]) -> None:
        """Run it there. Raises what it raises."""
        module = ast.Module([self.tree], [])
        code = compile(module, "<given>", "exec", flags=self.flags, dont_inherit=True)
        exec(code, namespace)


@functools.cache  # of one submission, and of its source
def statements_of(code: str) -> tuple[Statement, ...]:
    """The statements of a cell; none of a text that isn't Python, also without magics."""
    for text in (code, without_magics(code)):
        try:
            trees = ast.parse(text).body
        except UNREADABLE:
            continue
        return tuple(_read(trees))
    return ()


def is_python(code: str) -> bool:
    """Whether a cell is Python, but for magics."""
    return bool(statements_of(code)) or not without_magics(code).strip()


def _read(trees: list[ast.stmt]) -> Iterator[Statement]:
    flags = 0
    for tree in trees:
        if isinstance(tree, ast.ImportFrom) and tree.module == "__future__":
            for feature in tree.names:
                flags |= getattr(__future__, feature.name).compiler_flag
        text = ast.unparse(tree)
        binds = bound_names(text)
        yield Statement(
            tree,
            binds,
            names_used(text) | _read_and_bound(tree, binds),
            _is_import(tree),
            isinstance(tree, ast.ImportFrom) and tree.names[0].name == "*",
            _is_definition(tree),
            any(isinstance(node, _DEFERRING) for node in ast.walk(tree)),
            flags,
        )


def _read_and_bound(tree: ast.stmt, binds: frozenset[str]) -> frozenset[str]:
    """Names that a statement reads before it binds them: `x += 1`, `x = x + 1`, `x = f(x)`."""
    match tree:
        case ast.AugAssign(target=ast.Name(id=name)):
            return frozenset((name,))
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return names_used(ast.unparse(value)) & binds
    return frozenset()


def _is_import(tree: ast.stmt) -> bool:
    """Whether a statement imports; one that tries to is one, too, and `sys.path.append(...)`."""
    match tree:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
            other = [s for handler in handlers for s in handler.body] + orelse + last
            plain = (ast.Pass, ast.Import, ast.ImportFrom, ast.Assign)
            return all(map(_is_import, body)) and all(isinstance(s, plain) for s in other)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=path))):
            return ast.unparse(path) == "sys.path"
    return False


def _is_definition(tree: ast.stmt) -> bool:
    match tree:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(value=ast.Lambda()):
            return True
    return False
