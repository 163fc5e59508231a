"""Of a cell goes into the program what its definitions need, as it was written."""

from __future__ import annotations

import pytest

from course.learner.my_llm.cells import BookCell
from nbexaminer.judging.names.statements import python_of
from nbexaminer.judging.notebook.cell import Role

HELPER = '''\
# How far down.
SHIFT = 1
x = torch.randn(3)  # a try


def lowered(x):
    return x - SHIFT   # my own spacing


def softmax(x, dim=-1):
    """Mine."""
    return lowered(x).softmax(dim)


# Does it work?
print(softmax(x))
assert softmax(x).sum() > 0'''
KEPT = '''\
# How far down.
SHIFT = 1


def lowered(x):
    return x - SHIFT   # my own spacing


def softmax(x, dim=-1):
    """Mine."""
    return lowered(x).softmax(dim)'''


def cut(text: str, *roots: str) -> str:
    cell = BookCell("1-attention", True, 0, Role.ANSWER, "softmax", python_of(text) or "")
    return cell.text_of(cell.needed(roots))


def test_what_a_cell_tries_is_left_out_and_the_rest_is_as_it_was() -> None:
    """Somebody's print would greet whoever imports the program."""
    assert cut(HELPER, "softmax") == KEPT


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mine = lambda x: x\nsoftmax = mine", "mine = lambda x: x\nsoftmax = mine"),
        ("%%time\ndef softmax(x): return x", "def softmax(x): return x"),
        ("%autosave 9\n!ls\ndef softmax(x): return x\nsoftmax?", "def softmax(x): return x"),
        ("t = {}\nfor i in 'ab':\n    t[i] = 1\nu = 2\ndef softmax(x): return t",
         "t = {}\nfor i in 'ab':\n    t[i] = 1\ndef softmax(x): return t"),
        ("def known(f): return f\n@known\ndef softmax(x): return x",
         "def known(f): return f\n@known\ndef softmax(x): return x"),
        ("class A: pass\nclass softmax(A):\n    b = A\nclass C(A): pass",
         "class A: pass\nclass softmax(A):\n    b = A"),
        ("t = []\nt.append(1)\nprint(t)\ndef softmax(x): return t",
         "t = []\nt.append(1)\ndef softmax(x): return t"),
        ("if True:\n    def softmax(x): return x\nelse:\n    softmax = None",
         "if True:\n    def softmax(x): return x\nelse:\n    softmax = None"),
        ("def softmax(x): return x\nsoftmax.name = 'mine'\nsoftmax(1)",
         "def softmax(x): return x\nsoftmax.name = 'mine'"),
    ],
    ids=["alias", "cell magic", "magics", "table", "decorator", "base", "list", "if", "attribute"],
)  # fmt: skip
def test_what_a_definition_needs_comes_along(text: str, kept: str) -> None:
    assert cut(text, "softmax") == kept


def test_names_that_only_live_in_a_function_bring_nothing_along() -> None:
    """`x` is everybody's name: each experiment would come along."""
    assert cut("x = 1\ny = 2\ndef f(x):\n    return [y for y in x]", "f") == (
        "def f(x):\n    return [y for y in x]"
    )
