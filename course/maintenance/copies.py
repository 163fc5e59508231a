"""Copies of an answer, disguised as far as a few minutes allow, to try what similarity finds."""

from __future__ import annotations

import ast


def renamed(code: str) -> str:
    """The same code with other names of variables, other layout and comments, no docstrings."""
    tree = ast.parse(code)
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_stored(n)]
    new = {name: f"my_{number}" for number, name in enumerate(dict.fromkeys(names))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
    lines = ast.unparse(tree).split("\n")
    return "\n".join(f"{x}  # step {i}" if i % 3 == 1 else x for i, x in enumerate(lines))


def reordered(code: str) -> str:
    """The same code with neighbouring assignments swapped where neither needs the other."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body, at = node.body, 0
            while at < len(body) - 1:
                if _independent(body[at], body[at + 1]):
                    body[at], body[at + 1] = body[at + 1], body[at]
                    at += 1
                at += 1
    return ast.unparse(tree)


def _independent(first: ast.stmt, second: ast.stmt) -> bool:
    if not (isinstance(first, ast.Assign) and isinstance(second, ast.Assign)):
        return False
    return not (_stored(first) & _named(second) or _stored(second) & _named(first))


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _stored(node: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_stored(n)}


def _named(node: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
