"""Which names a cell's text defines, and which it reads; nothing is run."""

import ast
import builtins
import difflib
import functools
import re
import symtable
from collections.abc import Collection

NEAR = 0.8
"""How alike two names are, of 1, of which one is taken for a misspelling of the other."""
_DEFINED = r"(?m)^(?:async\s+)?(?:def|class)\s+(\w{1,100})\b"
_MAGIC = re.compile(r"(?m)^[ \t]*(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$")
_RUN = re.compile(r"(?m)^%run[ \t]+(?:-i[ \t]+)?(['\"]?)([\w./-]+\.py)\1[ \t]*$")
_TIME = re.compile(r"(?m)^([ \t]*)%time[ \t]+(?=\S)")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[ \t]*(.*)\n?")
_AROUND_PYTHON = {"capture", "prun", "time", "timeit"}
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_BUILTINS = frozenset(dir(builtins))
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def without_magics(code: str) -> str:
    """A cell as Python alone: without what only a notebook understands, but for what runs or writes
    Python: `%run`, `%time`, `%%writefile`."""
    if found := _CELL_MAGIC.match(code):
        magic, rest = found.groups()
        code = code[found.end() :]
        if magic == "writefile" and rest:
            *append, name = rest.split()
            mode = "a" if append else "w"
            return f"with open({name!r}, {mode!r}) as _file:\n    _ = _file.write({code!r})"
        if magic not in _AROUND_PYTHON:
            return ""
    code = _RUN.sub(r'exec(open("\2").read())', _TIME.sub(r"\1", code))
    return _MAGIC.sub("", code)


@functools.cache  # of one submission: a smaller one forgets what is asked next
def names_used(code: str) -> frozenset[str]:
    """Names that a cell reads and neither it nor Python defines; none of what is no Python."""
    return _names_read(code) - _BUILTINS


def builtins_used(code: str) -> frozenset[str]:
    """Names of Python's own that a cell reads and doesn't define."""
    return _names_read(code) & _BUILTINS


def _names_read(code: str) -> frozenset[str]:
    try:
        top = _table(code)
    except _UNREADABLE:
        return frozenset()
    _, unread, _ = _of_comprehensions(code)
    read = {s.get_name() for s in top.get_symbols() if s.is_referenced()} - unread
    tables = top.get_children()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        # Of a function that is called `top`, symtable says that all its names are global.
        names = (s for s in table.get_symbols() if s.is_referenced() and s.is_global())
        read |= {s.get_name() for s in names if s.is_declared_global() or not s.is_local()}
    return frozenset(read - _bound(top, code))


@functools.cache
def bound_names(code: str) -> frozenset[str]:
    """Names that a learner's cell would define, as far as its text says."""
    try:
        return frozenset(_bound(_table(code), code))
    except _UNREADABLE:
        return frozenset(re.findall(_DEFINED, code) + re.findall(r"(?m)^(\w+)\s*=", code))


def named_instead(name: str, code: str, known: Collection[str], is_its_own: bool) -> str:
    """A name that a learner's cell defines and that was meant to be `name`, or nothing.

    known: names that mean something else.
    is_its_own: whether the cell is the one for that answer: what it defines is meant, however it
        is called. In another it must look alike, and the cell not call `name`, as a helper does.
    """
    defined = [n for n in re.findall(_DEFINED, without_magics(code)) if n not in known]
    if not is_its_own:
        called = re.search(rf"(?<![.\w]){re.escape(name)}\s*\(", code)
        defined = [] if called else [n for n in defined if _alike(n, name)]
    return defined[-1] if defined else ""


def _alike(one: str, other: str) -> bool:
    plain, right = (name.replace("_", "").casefold() for name in (one, other))
    ratio = difflib.SequenceMatcher(None, plain, right).ratio()
    return plain.removeprefix("my") == right or ratio >= NEAR


def _table(code: str) -> symtable.SymbolTable:
    try:
        return symtable.symtable(code, "<cell>", "exec")
    except SyntaxError:
        return symtable.symtable(without_magics(code), "<cell>", "exec")


def _bound(table: symtable.SymbolTable, code: str) -> set[str]:
    symbols = table.get_symbols()
    bound = (s for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace())
    passing, _, kept = _of_comprehensions(code)
    return {symbol.get_name() for symbol in bound} - passing | kept


@functools.cache
def _of_comprehensions(code: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names that last only in comprehensions, which from Python 3.12 on count as the cell's own;
    those of them that nothing outside reads; and those that `:=` in one defines outside of it."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        tree = ast.parse(without_magics(code))
    passing, kept, stored, loaded = set[str](), set[str](), set[str](), set[str]()
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, inside = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.comprehension(target=target):
                passing |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
                waiting += [(part, True) for part in (node.iter, *node.ifs)]
                continue
            case ast.NamedExpr(target=ast.Name(id=name)) if inside:
                kept.add(name)
            case ast.Name(id=name) if not inside:
                (stored if isinstance(node.ctx, ast.Store) else loaded).add(name)
        inside = inside or isinstance(node, _COMPREHENSIONS)
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)]
    return frozenset(passing - stored), frozenset(passing - stored - loaded), frozenset(kept)
