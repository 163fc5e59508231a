"""A cell's text as statements: what each defines, reads and changes; nothing is run."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from nbexaminer.examination.names import bound_names, builtins_used, names_used, without_magics

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_DEFERRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPOUND = (ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.With, ast.Match)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement at the top level of a cell.

    binds: names that it defines or deletes; not those of `from module import *`.
    imports: those of them that it imports.
    reads: names that it, or a function in it when it is called, takes from elsewhere.
    builtins: those of Python's own that it reads.
    changes: names of things of which it sets or deletes a part, or on which it only calls a method.
    globals: names that a function in it sets for all.
    calls: what it calls, by the first name in it, and the names in what is passed.
    is_definition: whether it defines functions or classes and nothing else.
    defers: whether a function in it may read names later.
    may_skip: whether what it binds may stay as it is, as by an `if`.
    """

    tree: ast.stmt
    binds: frozenset[str]
    imports: frozenset[str]
    reads: frozenset[str]
    builtins: frozenset[str]
    changes: frozenset[str]
    globals: frozenset[str]
    calls: tuple[tuple[str, frozenset[str]], ...]
    is_definition: bool
    defers: bool
    may_skip: bool


@functools.lru_cache(maxsize=4096)  # of sources alone, which a class has a few of
def statements_of(code: str) -> tuple[Statement, ...]:
    """The statements of a cell; none of a text that isn't Python, also without magics."""
    text = python_of(code)
    return () if text is None else tuple(map(_read, ast.parse(text).body))


def python_of(code: str) -> str | None:
    """A cell's text, without magics where there are any; None where it is no Python then."""
    for text in (code, without_magics(code)):
        try:
            ast.parse(text)
        except UNREADABLE:
            continue
        return text
    return None


def run_in(tree: ast.AST) -> Iterator[ast.AST]:
    """A statement and what it has in it, but for what stands in functions and classes."""
    yield tree
    if not isinstance(tree, _DEFERRING):
        for inner in ast.iter_child_nodes(tree):
            yield from run_in(inner)


def root_of(value: ast.AST) -> str:
    """The first name in `a.b[0].c`, or nothing."""
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Starred):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def _read(tree: ast.stmt) -> Statement:
    text = ast.unparse(tree)
    binds = bound_names(text)
    return Statement(
        tree,
        binds,
        binds & _imported(tree),
        names_used(text) | _read_and_bound(tree, binds),
        builtins_used(text),
        frozenset(_changed(tree)) - {""},
        frozenset(n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names),
        tuple(_called(tree)),
        _is_definition(tree),
        any(isinstance(node, _DEFERRING) for node in ast.walk(tree)),
        isinstance(tree, _COMPOUND),
    )


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
        case _ if isinstance(tree, _COMPOUND):  # which may read what it has not bound yet
            names = (node for node in run_in(tree) if isinstance(node, ast.Name))
            return binds & {name.id for name in names if isinstance(name.ctx, ast.Load)}
    read = {name for value in first if value for name in names_used(ast.unparse(value))}
    added = (node.target for node in run_in(tree) if isinstance(node, ast.AugAssign))
    return binds & (read | {target.id for target in added if isinstance(target, ast.Name)})


def _changed(tree: ast.stmt) -> Iterator[str]:
    """Names of which a part is set or deleted, or that are only there for a method's effect."""
    for node in run_in(tree):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield root_of(node)
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield root_of(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as called)):
                yield root_of(called)
    for decorator in getattr(tree, "decorator_list", ()):
        by = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield root_of(by) if isinstance(by, ast.Attribute) else ""


def _called(tree: ast.stmt) -> Iterator[tuple[str, frozenset[str]]]:
    for node in run_in(tree):
        if isinstance(node, ast.Call):
            passed = [*node.args, *(keyword.value for keyword in node.keywords)]
            names = (inner for value in passed for inner in ast.walk(value))
            passed_on = {inner.id for inner in names if isinstance(inner, ast.Name)}
            yield root_of(node.func), frozenset(passed_on)


def _imported(tree: ast.stmt) -> set[str]:
    """Names that it imports, also where it only tries to, or does so in a `with`."""
    kinds = (ast.Import, ast.ImportFrom)
    names = [a for node in run_in(tree) if isinstance(node, kinds) for a in node.names]
    return {name.asname or name.name.partition(".")[0] for name in names}


def _is_definition(tree: ast.stmt) -> bool:
    match tree:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(value=ast.Lambda()):
            return True
    return False
