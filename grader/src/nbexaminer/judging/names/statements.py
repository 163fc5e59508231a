"""A cell's text as statements: what each defines, reads and changes; nothing is run."""

import ast
import functools
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from nbexaminer.judging.names.names import bound_names, builtins_used, names_used, without_magics

_NOT_SEEN = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_DEFERRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_RUNNING = {"__import__", "compile", "eval", "exec", "import_module", "sympify"}
_METHODS_RUNNING = {"query", "write", "write_text", "writelines"}
_LOADING = {"load", "loads", "read_pickle", "unsafe_load"}
_UNSAFE = {
    "cloudpickle",
    "dill",
    "joblib",
    "load",
    "loads",
    "marshal",
    "pd",
    "pickle",
    "torch",
    "yaml",
}
_COMPOUND = (ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.With, ast.Match)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement at the top level of a cell.

    binds: names that it defines or deletes; not those of `from module import *`.
    imports: those of them that it imports.
    reads: names that it, or a function in it when it is called, takes from elsewhere.
    builtins: those of Python's own that it reads.
    changes: names of things of which it sets or deletes a part, or on which it only calls a method.
    sets: those of them of which it sets or deletes a part.
    deletes: those of its names that it deletes.
    globals: names that a function in it sets for all.
    runs: names in what it has run as code, as `eval` and `pickle.loads` do.
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
    sets: frozenset[str]
    deletes: frozenset[str]
    globals: frozenset[str]
    runs: frozenset[str]
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
    """The first name in `a.b[0].c()`, or nothing."""
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else ""


def _read(tree: ast.stmt) -> Statement:
    text, run = ast.unparse(tree), [*run_in(tree)]
    binds, sets = bound_names(text), frozenset(map(root_of, _set_in(run)))
    deleted = (n.id for n in run if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del))
    shared = (n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names)
    return Statement(
        tree,
        binds,
        binds & imported_in(run),
        names_used(text) | _read_and_bound(tree, binds),
        builtins_used(text),
        (sets | frozenset(map(root_of, _told(tree, run)))) - {""},
        sets,
        frozenset(deleted),
        frozenset(shared),
        frozenset(_run_as_code(tree)),
        tuple(_called(run)),
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


def _run_as_code(tree: ast.stmt) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name) as by):
                is_method = isinstance(by, ast.Attribute) and name in _METHODS_RUNNING
                is_loading = name in _LOADING and root_of(by) in _UNSAFE
                if name in _RUNNING or is_method or is_loading:
                    yield from (n for _, passed in _called([node]) for n in passed)


def _set_in(run: list[ast.AST]) -> Iterator[ast.AST]:
    """What a part is set or deleted of."""
    for node in run:
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield node
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield node


def _told(tree: ast.AST, run: list[ast.AST]) -> Iterator[ast.AST]:
    """What a method is called on for its effect alone."""
    for node in run:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() as called)):
                yield called
    for by in getattr(tree, "decorator_list", ()):
        by = by.func if isinstance(by, ast.Call) else by
        if isinstance(by, ast.Attribute):
            yield by


def _called(run: list[ast.AST]) -> Iterator[tuple[str, frozenset[str]]]:
    for node in run:
        if isinstance(node, ast.Call):
            passed = [*node.args, *(keyword.value for keyword in node.keywords)]
            names = (inner for value in passed for inner in ast.walk(value))
            passed_on = {inner.id for inner in names if isinstance(inner, ast.Name)}
            yield root_of(node.func), frozenset(passed_on)


def imported_in(run: list[ast.AST]) -> set[str]:
    """Names that it imports, also where it only tries to, or does so in a `with`."""
    kinds = (ast.Import, ast.ImportFrom)
    names = [a for node in run if isinstance(node, kinds) for a in node.names]
    return {name.asname or name.name.partition(".")[0] for name in names}


def _is_definition(tree: ast.stmt) -> bool:
    match tree:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(value=ast.Lambda()):
            return True
    return False


def is_quiet(text: str) -> bool:
    """Whether a semicolon at its end keeps IPython from showing the last value."""
    if ";" not in text:
        return False
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    seen = [token.string for token in tokens if token.type not in _NOT_SEEN]
    return seen[-1:] == [";"]
