"""What an author of misconceptions would lose: an edit that does something else than was meant, or
that no test catches, looks like any other in the table."""

import dataclasses

import pytest
from click.testing import CliRunner

from checks.mistakes import Edit, Rewrite
from course.__main__ import main
from course.authoring.explain import explain
from course.authoring.in_process import cells_of


def _halves(x, dim=-1):
    return x.softmax(dim) / 2


KNOWN = {
    "half comes back": Rewrite("half comes back", _halves),
    "no test can tell": Edit("no test can tell", "top = 1 * x.amax(dim, True)"),
    "the sum is forgotten": Edit("the sum is forgotten", "total = 1; return e"),
    "means no place": Edit("means no place", "maximum -> minimum"),
    "is no Python": Edit("is no Python", "return e /"),
}


@pytest.fixture
def shown(monkeypatch):
    """What is said of each of these mistakes of a softmax."""
    known = cells_of("1-attention").exercise.checks
    (check,) = known["softmax"]
    changed = dataclasses.replace(check, mistakes=[*KNOWN.values()])
    monkeypatch.setitem(known, "softmax", [changed])
    _, *paragraphs = explain("1-attention", "softmax")
    return dict(zip(KNOWN, paragraphs, strict=True))


def test_a_mistake_is_its_code_the_case_that_it_loses_and_the_message():
    ran = CliRunner().invoke(main, ["explain", "1", "softmax", "--only", "divided by its LARGEST"])
    assert ran.exit_code == 0, ran.output
    right, mistake = ran.output.split("\n\n1. ")
    assert right.startswith("softmax, as its mistakes edit it:\n\n    def softmax(x, dim=-1):\n")
    assert "\n2. " not in mistake, "the others are left out"


def test_which_test_fails_and_what_it_says(shown):
    lines = [line.strip() for line in shown["the sum is forgotten"].split("\n")]
    assert "-    return e / total" in lines and "+    return e" in lines
    hidden = next(line for line in lines if line.startswith("softmax-hidden"))
    assert hidden == 'softmax-hidden, in the case "x of any shape":'
    assert lines.index("softmax-visible:") < lines.index(hidden)
    assert sum("softmax: the normalisation is missing:" in line for line in lines) == 2
    assert sum(line.startswith("came back: float32 tensor of shape") for line in lines) == 2


def test_an_implementation_of_its_own_is_shown_as_it_is_written(shown):
    assert (
        "def _halves(x, dim=-1):\n        return x.softmax(dim) / 2\n" in shown["half comes back"]
    )
    assert "softmax-visible:" in shown["half comes back"]


def test_what_is_wrong_with_an_edit_is_said_where_it_would_be_shown(shown):
    """The others are explained all the same."""
    assert shown["no test can tell"].endswith("Survives: no test catches it.")
    assert "Can't be made: 'maximum -> minimum' means no place in" in shown["means no place"]
    assert "return e /\n\n    Can't be made: " in shown["is no Python"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["11-nothing", "softmax"], "'11-nothing' is none of 0-tokens, 1-attention"),
        (["1", "sofmax"], "it has project_qkv, softmax, scaled_dot_product_attention"),
        (["1", "softmax", "--only", "zebra"], "says 'zebra'; these are known:\n  exp overflows"),
    ],
)
def test_what_there_is_is_named_where_something_is_misspelt(words, said):
    ran = CliRunner().invoke(main, ["explain", *words])
    assert ran.exit_code != 0 and said in ran.output and "Traceback" not in ran.output


@pytest.mark.parametrize("exercise", ["0-tokens", "6-parameters"])
def test_what_is_known_of_each_answer_can_be_told(exercise):
    """Of each kind of mistake one: there are several checks of an answer, and numbers for one."""
    for name, checks in cells_of(exercise).exercise.checks.items():
        kinds = {type(m): m.message for check in checks for m in check.mistakes}
        for message in kinds.values():
            assert message in "\n".join(explain(exercise, name, message)), name
