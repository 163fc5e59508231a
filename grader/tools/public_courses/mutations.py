"""Wrong and odd answers, made of a source's own ones as learners would, by chance but seeded."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

Change = tuple[str, Callable[[], Any]]
"""What is different, in words, and what makes it so in the tree."""
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
    "globals().setdefault('_first', {})",
    "[globals().setdefault('_all', []).append({}), _all[0]][1]",
    "globals().setdefault('_all', []) + [{}]",
)
FIRST = (
    "hasattr({0}, 'sort') and {0}.sort()", "hasattr({0}, 'append') and {0}.append(0)",
    "hasattr({0}, 'clear') and {0}.clear()", "hasattr({0}, 'fill') and {0}.fill(0)",
    "hasattr({0}, 'pop') and {0}.pop()", "raise ValueError('not yet')", "return {0}", "print({0})",
    "{0} = {0} + {0}", "{0} += {0}", "global answer; answer = {0}",
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
        words, change = chance.choice([*KINDS[kind](tree, names)])
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


def _all(tree: ast.AST, *kinds: type[ast.AST]) -> list[Any]:
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _arguments(tree: ast.AST) -> Iterator[tuple[Any, ast.arg]]:
    for function in _all(tree, ast.FunctionDef):
        yield from ((function, given) for given in function.args.args)


def _short(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0][:60]


def _wrapped(nodes: Iterable[Any], texts: Sequence[str]) -> Iterator[Change]:
    """Each node's value in another form."""
    for node in nodes:
        for text in texts if node.value else ():
            value = ast.parse(text.format(ast.unparse(node.value)), mode="eval").body
            yield f"{text} for `{_short(node)}`", partial(setattr, node, "value", value)


def _statements(tree: ast.Module, is_returned: bool) -> Iterator[Change]:
    """Each statement left out, or each `return` of a value."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            found = getattr(node, field, None)
            body: list[Any] = found if isinstance(found, list) else []
            for place, one in enumerate(body):
                if is_returned and isinstance(one, ast.Return) and one.value:
                    words, left = f"no return in `{_short(one)}`", ast.Expr(one.value)
                    yield words, partial(body.__setitem__, place, left)
                elif not (is_returned or isinstance(one, ast.FunctionDef | ast.ClassDef)):
                    yield f"without `{_short(one)}`", partial(body.__setitem__, place, ast.Pass())


def _numbers(tree: ast.Module) -> Iterator[Change]:
    for node in _all(tree, ast.Constant):
        if type(node.value) in (int, float):
            for value in (node.value + 1, node.value - 1):
                yield f"{value} for {node.value}", partial(setattr, node, "value", value)


def _operators(tree: ast.Module) -> Iterator[Change]:
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            first = value[0] if field == "ops" else value
            if (other := SWAPPED.get(type(first))) is not None:
                new = [other(), *value[1:]] if field == "ops" else other()
                yield f"{other.__name__} in `{_short(node)}`", partial(setattr, node, field, new)


def _swapped(tree: ast.Module) -> Iterator[Change]:
    for node in _all(tree, ast.Call):
        if len(node.args) > 1:
            swapped = [node.args[1], node.args[0], *node.args[2:]]
            yield f"swapped in `{_short(node)}`", partial(setattr, node, "args", swapped)


def _at_first(tree: ast.Module) -> Iterator[Change]:
    for function, given in _arguments(tree):
        for text in (one.format(given.arg) for one in FIRST):
            added = partial(function.body.__setitem__, slice(0, 0), ast.parse(text).body)
            yield f"`{text}` in {function.name}", added


def _renamed(tree: ast.Module) -> Iterator[Change]:
    for _, given in _arguments(tree):
        yield f"{given.arg} renamed", partial(setattr, given, "arg", f"{given.arg}_")


def _shadowed(tree: ast.Module, names: Sequence[str]) -> Iterator[Change]:
    for name in names:
        for text in ("0", "[1, 2]", "None", "lambda *a, **k: True"):
            added = ast.parse(f"{name} = {text}").body[0]
            yield f"{name} = {text}", partial(tree.body.append, added)


def _negated(tree: ast.Module) -> Iterator[Change]:
    for node in _all(tree, ast.If, ast.IfExp):
        negated = ast.UnaryOp(ast.Not(), node.test)
        yield f"not `{_short(node.test)}`", partial(setattr, node, "test", negated)


KINDS: dict[str, Callable[[ast.Module, Sequence[str]], Iterator[Change]]] = {
    "constant": lambda tree, _: _wrapped(_all(tree, ast.Return), CONSTANTS),
    "another form": lambda tree, _: _wrapped(_all(tree, ast.Return), AROUND),
    "remembered": lambda tree, _: _wrapped(_all(tree, ast.Return), REMEMBERED),
    "value": lambda tree, _: _wrapped(_all(tree, ast.Assign), (*CONSTANTS, *AROUND, "({}) + 1")),
    "no return": lambda tree, _: _statements(tree, True),
    "left out": lambda tree, _: _statements(tree, False),
    "off by one": lambda tree, _: _numbers(tree),
    "operator": lambda tree, _: _operators(tree),
    "condition": lambda tree, _: _negated(tree),
    "swapped": lambda tree, _: _swapped(tree),
    "argument": lambda tree, _: _at_first(tree),
    "renamed": lambda tree, _: _renamed(tree),
    "shadowed": _shadowed,
}
