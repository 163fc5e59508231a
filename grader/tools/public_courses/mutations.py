"""Wrong and odd answers, made of a source's own ones as learners would, by chance but seeded."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

Change = tuple[str, str, Callable[[], Any]]
"""Its kind, what is different, in words, and what makes it so in the tree."""
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.FloorDiv: ast.Div, ast.Pow: ast.Mult, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip
CONSTANTS = ("None", "0", "1", "True", "[]", "''")
AROUND = (
    "({})[::-1]", "str({})", "list({})", "tuple({})", "[{}]", "iter({})", "float({})", "-({})",
    "({}, 1)", "print({})", "round({}, 1)", "int({})", "(one for one in {})", "sorted({})",
    "lambda: {}", "__import__('numpy').array({})",
)  # fmt: skip
REMEMBERED = (
    "globals().setdefault('_first', {})", "globals().setdefault('_all', []) + [{}]",
    "[globals().setdefault('_all', []).append({}), _all[0]][1]",
)  # fmt: skip
RETURNED = {"constant": CONSTANTS, "another form": AROUND, "remembered": REMEMBERED}
FIRST = (
    "hasattr({0}, 'sort') and {0}.sort()", "hasattr({0}, 'append') and {0}.append(0)",
    "hasattr({0}, 'clear') and {0}.clear()", "hasattr({0}, 'fill') and {0}.fill(0)",
    "hasattr({0}, 'pop') and {0}.pop()", "raise ValueError('not yet')", "return {0}", "print({0})",
    "{0} = {0} + {0}", "{0} += {0}", "global answer; answer = {0}",
)  # fmt: skip
ANOTHER = ("0", "[1, 2]", "None", "lambda *a, **k: True")
KINDS = (
    *RETURNED, "value", "no return", "left out", "off by one", "operator", "condition", "swapped",
    "argument", "renamed", "shadowed",
)  # fmt: skip


class Mutant(NamedTuple):
    """A cell's place in the notebook, its new text, the kind of change, and the change in words."""

    place: int
    text: str
    kind: str
    words: str


def mutants(
    answers: Mapping[int, str], stubs: Mapping[int, str], others: Sequence[str], seed: str
) -> Iterator[Mutant]:
    """The first of them are of many kinds.

    answers: the source's answers in code, by their places. stubs: the same as learners get them.
    others: the texts of the other cells of code, whose names an answer may change.
    """
    chance, names = random.Random(seed), _names("\n".join(others))
    tries = [(place, kind) for place in answers for kind in KINDS]
    chance.shuffle(tries)
    place = chance.choice([*stubs])
    yield Mutant(place, stubs[place], "stub", "as it is handed out")
    seen, used = {*stubs.values()}, dict.fromkeys(KINDS, 0)
    for most_of_a_kind in range(1, 9):
        for place, kind in tries:
            if used[kind] < most_of_a_kind:
                mutant = _mutant(place, kind, answers[place], names, chance)
                if mutant and mutant.text not in seen:
                    seen.add(mutant.text)
                    used[kind] += 1
                    yield mutant


def _mutant(
    place: int, kind: str, text: str, names: Sequence[str], chance: random.Random
) -> Mutant | None:
    try:
        tree = ast.parse(text)
        before = ast.unparse(tree)
        changes = [change for change in _changes(tree, names) if change[0] == kind]
        _, words, change = chance.choice(changes)
        change()
        after = ast.unparse(ast.fix_missing_locations(tree))
        compile(after, "answer", "exec")
    except (SyntaxError, ValueError, IndexError):  # a magic, or a change that can't be
        return None
    return Mutant(place, after, kind, words) if after != before else None


def _names(text: str) -> list[str]:
    """What an answer can give another meaning: names that other cells set, or Python's own."""
    own = re.findall(r"(?m)^(\w+) *= |^def (\w+)|import (?:\w+ as )?(\w+)$", text)
    of_python = {w for w in re.findall(r"\w+", text) if hasattr(builtins, w) and w.islower()}
    return sorted({name for found in own for name in found if name} | of_python)


def _changes(tree: ast.Module, names: Sequence[str]) -> Iterator[Change]:
    """All that can be."""
    for node in ast.walk(tree):
        told = ast.unparse(node).partition("\n")[0][:60]
        match node:
            case ast.Return(value=ast.expr()):
                for kind, texts in RETURNED.items():
                    yield from _wrapped(kind, node, texts, told)
            case ast.Assign():
                yield from _wrapped("value", node, (*CONSTANTS, *AROUND, "({}) + 1"), told)
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                for other in (number + 1, number - 1):
                    change = partial(setattr, node, "value", other)
                    yield "off by one", f"{other} for {number}", change
            case ast.If() | ast.IfExp():
                change = partial(setattr, node, "test", ast.UnaryOp(ast.Not(), node.test))
                yield "condition", f"not `{ast.unparse(node.test)[:60]}`", change
            case ast.Call(args=[first, second, *rest]):
                change = partial(setattr, node, "args", [second, first, *rest])
                yield "swapped", f"swapped in `{told}`", change
            case ast.FunctionDef():
                yield from _arguments(node)
        for field, value in ast.iter_fields(node):
            old = value[0] if field == "ops" else value
            if (operator := SWAPPED.get(type(old))) is not None:
                new = [operator(), *value[1:]] if field == "ops" else operator()
                change = partial(setattr, node, field, new)
                yield "operator", f"{operator.__name__} in `{told}`", change
            if field in ("body", "orelse", "finalbody") and isinstance(value, list):
                yield from _statements(value)
    for name in names:
        for text in ANOTHER:
            added = ast.parse(f"{name} = {text}").body[0]
            yield "shadowed", f"{name} = {text}", partial(tree.body.append, added)


def _wrapped(kind: str, node: Any, texts: Sequence[str], told: str) -> Iterator[Change]:
    for text in texts:
        value = ast.parse(text.format(ast.unparse(node.value)), mode="eval").body
        yield kind, f"{text} for `{told}`", partial(setattr, node, "value", value)


def _arguments(function: ast.FunctionDef) -> Iterator[Change]:
    for given in function.args.args:
        yield "renamed", f"{given.arg} renamed", partial(setattr, given, "arg", f"{given.arg}_")
        for text in (one.format(given.arg) for one in FIRST):
            added = partial(function.body.__setitem__, slice(0, 0), ast.parse(text).body)
            yield "argument", f"`{text}` in {function.name}", added


def _statements(body: list[ast.stmt]) -> Iterator[Change]:
    for place, one in enumerate(body):
        told = ast.unparse(one).partition("\n")[0][:60]
        if isinstance(one, ast.Return) and one.value:
            left = partial(body.__setitem__, place, ast.Expr(one.value))
            yield "no return", f"no return in `{told}`", left
        if not isinstance(one, ast.FunctionDef | ast.ClassDef):
            yield "left out", f"without `{told}`", partial(body.__setitem__, place, ast.Pass())
