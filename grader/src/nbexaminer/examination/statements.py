"""A cell's text as statements: what each defines, what it reads, and of what kind it is."""

import __future__

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbexaminer.examination.names import bound_names, names_used, without_magics

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_COMPOUND = (
    ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.With, ast.Match,
)  # fmt: skip
_DEFERRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement at the top level of a cell.

    binds: names that it defines; not those of `from module import *`.
    keeps: those of them that it may leave as they are, as an `if` does.
    imports: those of them that it imports.
    touches: names of things of which it sets a part, or on which it only calls something.
    reads: names that it, or a function in it when it is called, takes from elsewhere.
    leads_to_imports: whether it changes where imports are looked for.
    is_definition: whether it defines a function or a class.
    is_star: whether it has a `from module import *`.
    defers: whether a function in it may read names later.
    """

    tree: ast.stmt
    binds: frozenset[str]
    keeps: frozenset[str]
    imports: frozenset[str]
    touches: frozenset[str]
    reads: frozenset[str]
    leads_to_imports: bool
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


def names_read(code: str) -> frozenset[str]:
    """Names that a cell takes from elsewhere, also where it then gives them another value."""
    read, bound = set(names_used(code)), set[str]()
    for statement in statements_of(code):
        read |= statement.reads - bound
        bound |= statement.binds - statement.keeps
    return frozenset(read)


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
            binds - _bound_first(tree) if isinstance(tree, _COMPOUND) else frozenset(),
            binds & _imported(tree),
            frozenset(_touched(tree)),
            names_used(text) | _read_and_bound(tree, binds),
            any(map(_is_about_path, _run_in(tree))),
            any(map(_is_star, _run_in(tree))),
            _is_definition(tree),
            any(isinstance(node, _DEFERRING) for node in ast.walk(tree)),
            flags,
        )


def _bound_first(tree: ast.stmt) -> set[str]:
    """Names that a `for` or a `with` defines before it runs what stands in it."""
    match tree:
        case ast.For(target=target):
            targets = [target]
        case ast.With(items=items):
            targets = [item.optional_vars for item in items if item.optional_vars]
        case _:
            targets = []
    nodes = (node for target in targets for node in ast.walk(target))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _read_and_bound(tree: ast.stmt, binds: frozenset[str]) -> frozenset[str]:
    """Names that a statement reads before it binds them: `x += 1`, `x = x + 1`, `class X(X)`."""
    first: list[ast.expr | None] = []
    match tree:
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            first = [value]
        case ast.ClassDef(bases=bases, keywords=keywords, decorator_list=decorators):
            first = [*bases, *(keyword.value for keyword in keywords), *decorators]
        case ast.FunctionDef(args=args, decorator_list=decorators):
            first = [*args.defaults, *args.kw_defaults, *decorators]
    read = {name for value in first if value for name in names_used(ast.unparse(value))}
    added = (node.target for node in _run_in(tree) if isinstance(node, ast.AugAssign))
    return binds & (read | {target.id for target in added if isinstance(target, ast.Name)})


def _touched(tree: ast.stmt) -> Iterator[str]:
    parts: list[ast.expr] = []
    match tree:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            parts = targets
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            parts = [target]
        case ast.Expr(value=ast.Call(func=called)):
            parts = [called]
        case ast.FunctionDef(decorator_list=decorators):
            parts = [d.func if isinstance(d, ast.Call) else d for d in decorators]
    for part in parts:
        if isinstance(part, ast.Attribute | ast.Subscript):
            while isinstance(part, ast.Attribute | ast.Subscript):
                part = part.value
            if isinstance(part, ast.Name):
                yield part.id


def _run_in(tree: ast.AST) -> Iterator[ast.AST]:
    """A statement and what it has in it, but for what stands in functions and classes."""
    yield tree
    if not isinstance(tree, _DEFERRING):
        for inner in ast.iter_child_nodes(tree):
            yield from _run_in(inner)


def _imported(tree: ast.stmt) -> set[str]:
    """Names that it imports, also where it only tries to, or does so in a `with`."""
    kinds = (ast.Import, ast.ImportFrom)
    names = [a for node in _run_in(tree) if isinstance(node, kinds) for a in node.names]
    return {name.asname or name.name.partition(".")[0] for name in names}


def _is_star(tree: ast.AST) -> bool:
    return isinstance(tree, ast.ImportFrom) and tree.names[0].name == "*"


def _is_about_path(tree: ast.AST) -> bool:
    """Whether it is `sys.path.append(...)`, or another such call."""
    match tree:
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
