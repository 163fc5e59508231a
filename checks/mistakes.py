"""Misconceptions: what often goes wrong in an answer, as edits of the right one.

An `Edit` replaces lines of the reference, a `Rewrite` is an implementation of its own. Where one
of them gives what the learner's answer gave, its message is said. A `Seen` looks at what came
back instead, for what no single implementation stands for.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import math
import re
import sys
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

_AT_HAND = {"math": math, "np": np, "torch": torch, "F": F, "nn": nn}
"""Names that an edit may use, as in an exercise's first cell."""


class Text:
    """The source of a reference, to be edited: tidied up, so that an edit needs little text.

    Docstrings, annotations, comments and refusals of bad input (`if …: raise …`) are left out,
    and every statement stands on one line, as `ast.unparse` writes it.

    Args:
        parts: functions and classes. The last one is the reference, the others are what it
            calls and an edit may change too. What their modules know is at hand, that of the
            later ones first.
    """

    def __init__(self, *parts: Any) -> None:
        self.name: str = parts[-1].__name__
        self.parts = tuple(_tidied(part) for part in parts)
        self._modules = [sys.modules[part.__module__] for part in parts]

    def edited(self, way: str = "", given: Mapping[str, Any] | None = None) -> Any:
        """The reference with an edit made (see `code`), with these in place of what it calls."""
        namespace = dict(_AT_HAND)
        for module in self._modules:
            namespace |= vars(module)
        for part in self.code(way):
            exec(_compiled(part, f"<an edit of {self.name}>"), namespace)
        namespace |= given or {}
        return namespace[self.name]

    def code(self, way: str = "") -> list[str]:
        """The text of each part, with an edit made.

        Args:
            way: one step or several, `"k = 0; v = 0"`. Each is a new line for the one that begins
                alike (that sets the same name, or returns, or loops over the same name), or
                `"old -> new"`: other text for text that stands once. A step that begins like no
                line is a new line in front of the next one's.

        Raises ValueError where it is not clear which line or text is meant.
        """
        parts = [part.split("\n") for part in self.parts]
        before = ""
        for step in filter(None, way.split("; ")):
            old, arrow, new = step.partition(" ->")
            if arrow:
                lines, i = _only(parts, step, partial(_count, old))
                lines[i] = lines[i].replace(old, new.removeprefix(" "))
            elif any(_begins_alike(step, line) for line in itertools.chain(*parts)):
                lines, i = _only(parts, step, partial(_begins_alike, step))
                lines[i] = _indent(lines[i]) + before + step
                before = ""
            else:
                before += f"{step}; "
        if before:
            raise ValueError(f"{before!r} begins like no line of\n{_shown(parts)}")
        return ["\n".join(lines) for lines in parts]


def _only(parts: list[list[str]], step: str, count: Callable[[str], int]) -> tuple[list[str], int]:
    """The line that a step is about, of the last part that has one: its part, and its place."""
    for lines in reversed(parts):
        found = [i for i, line in enumerate(lines) for _ in range(count(line))]
        if len(found) > 1:
            raise ValueError(f"{step!r} may mean {len(found)} places in\n{_shown([lines])}")
        if found:
            return lines, found[0]
    raise ValueError(f"{step!r} means no place in\n{_shown(parts)}")


def _count(text: str, line: str) -> int:
    return line.count(text)


def _begins_alike(step: str, line: str) -> bool:
    return _begin(line) == _begin(step)


@functools.cache
def _begin(line: str) -> str:
    """What tells a line from the others: the names that it sets, or its first word."""
    loop = re.match(r"\s*(for .*? in|return)\b", line)
    return loop[1] if loop else line.partition(" = ")[0].strip()


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shown(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(lines) for lines in parts)


@functools.lru_cache
def _compiled(part: str, name: str) -> types.CodeType:
    """A part compiled once, as most edits leave all parts but one as they are."""
    return compile(part, name, "exec")


def _tidied(part: Any) -> str:
    tree = ast.parse(textwrap.dedent(inspect.getsource(part)))
    return ast.unparse(_Tidy().visit(tree))


class _Tidy(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        node.returns = None
        return self._block(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._block(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return node
        plain = ast.Assign(targets=[node.target], value=node.value)
        return ast.copy_location(plain, node)

    def _block(self, node: Any) -> ast.AST:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:]
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return ast.fix_missing_locations(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        self.generic_visit(node)
        return _without_refusals(node)

    def visit_For(self, node: ast.For) -> ast.AST | None:
        self.generic_visit(node)
        return node if node.body else None


def _without_refusals(node: ast.If) -> ast.AST | None:
    """An `if` that does nothing but raise goes."""
    if all(isinstance(statement, ast.Raise) for statement in node.body) and not node.orelse:
        return None
    return node


class Mistake:
    """A misconception; `message` says what was done, and what is right."""

    def __init__(self, message: str) -> None:
        self.message = message


class Edit(Mistake):
    """The reference with some of its text replaced.

    Args:
        message: what the learner should hear.
        way: the lines that replace others (see `Text.code`).
    """

    def __init__(self, message: str, way: str) -> None:
        super().__init__(message)
        self.way = way


class Rewrite(Mistake):
    """An implementation of its own, for what is no edit of the reference."""

    def __init__(self, message: str, wrong: Any) -> None:
        super().__init__(message)
        self.wrong = wrong


class Seen(Mistake):
    """What can be seen of the result; the message is true whenever `when` is.

    Args:
        message: what is seen, and what is right; no guess at what was thought.
        when: called as `when(got, expected, *args, **kwargs)`; `got` may be a `Raised`.
    """

    def __init__(self, message: str, when: Callable[..., bool]) -> None:
        super().__init__(message)
        self.when = when


Wrong = Mapping[str, Mapping[str | tuple[str, ...], str]]
"""Edits as a table. For what is right, which every message ends with: ways to get it wrong (or
several that come to the same), and what the learner should hear of them."""


def edits(wrong: Wrong) -> Iterator[Edit]:
    """The edits of a table."""
    for right, group in wrong.items():
        for ways, text in group.items():
            for way in [ways] if isinstance(ways, str) else ways:
                yield Edit(f"{text}: {right}" if right else text, way)
