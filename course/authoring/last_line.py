"""What a test cell's text ends in: nbgrader takes a number there for partial credit."""

import ast

PARTIAL_CREDIT = (
    "ends in a value, and nbgrader takes a number there for partial credit: end it with an assert, "
    "and give partial credit by several cells"
)
"""What is wrong with a test cell that `ends_in_a_number`."""
_GIVE_NUMBERS = {"abs", "float", "int", "len", "max", "min", "pow", "round", "sum"}
"""Python's own functions that give numbers."""


def ends_in_a_number(code: str) -> bool:
    """Whether a test cell's last line is a value that may be a number, as far as its text says.

    nbgrader takes such a number for partial credit. Of calls only those of Python's own functions
    that give numbers count: what others give is not to be seen.
    """
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    last = statements[-1] if statements else None
    return isinstance(last, ast.Expr) and _may_be_a_number(last.value)


def _may_be_a_number(value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return type(value.value) in (int, float)
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.BinOp() | ast.NamedExpr():
            return True
        case ast.UnaryOp():
            return not isinstance(value.op, ast.Not)
        case ast.IfExp():
            return _may_be_a_number(value.body) or _may_be_a_number(value.orelse)
        case ast.Call(func=ast.Name(id=name)):
            return name in _GIVE_NUMBERS
    return False
