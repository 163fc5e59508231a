"""What a maintainer would lose: an answer that the reader skips, cuts short or mixes up with the
next proves nothing, and nobody would notice."""

import ast
import itertools
import re

import pytest

from course.authoring.answers import codes, committed_answers, read_answers
from course.authoring.exercises import exercises

TEXT = '''# --- right: times two
import math

def double(x):
    """Twice x.

    # -- not a section
    """
    return 2 * x  # --- nor this


# --- wrong: three times
# names: three, (not|never) two
# It is 3 that is wrong.
def double(x):
    return 3 * x
'''
HEAD, NAMES, BODY = "# --- wrong: a list\n", "# names: a list\n", "double = list\n"


@pytest.fixture
def written(tmp_path):
    """Reads a text as the answers to double in 9-mine."""

    def read(text):
        path = tmp_path / "9-mine" / "double.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return read_answers(path)

    return read


def test_each_section_is_an_answer(written):
    right, wrong = written(TEXT)
    assert (right.exercise, right.name, right.kind, right.cause) == (
        "9-mine",
        "double",
        "right",
        "",
    )
    assert right.code.startswith("import math\n") and right.code.endswith("nor this\n")
    assert (right.what, right.label, right.line) == ("times two", "right-times-two", 1)
    assert (wrong.what, wrong.label, wrong.line) == ("three times", "wrong-three-times", 12)
    assert (wrong.kind, wrong.cause) == ("wrong", "three, (not|never) two")
    assert wrong.code == "# It is 3 that is wrong.\ndef double(x):\n    return 3 * x\n"
    assert wrong.place.endswith("/9-mine/double.py:12")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "a section begins with '# --- right: …'"),
        (f"\nimport math\n{TEXT}", 2, "a section begins with '# --- right: …'"),
        (f"{TEXT}# --- worng: a list\n{NAMES}{BODY}", 17, "a section says neither right nor wrong"),
        (f"{TEXT}# -- wrong: a list\n{NAMES}{BODY}", 17, "a section says neither right nor wrong"),
        (f"{TEXT}#--- wrong: a list\n{NAMES}{BODY}", 17, "a section says neither right nor wrong"),
        (f"{TEXT}# --- right: \n{BODY}", 17, "a right answer doesn't say what it is"),
        (HEAD + BODY, 1, "a wrong answer lacks its line '# names: …'"),
        (HEAD + "# names:\n" + BODY, 1, "a wrong answer lacks its line '# names: …'"),
        (f"# --- right: a list\n{NAMES}{BODY}", 2, "a right answer names a cause"),
        (f"{HEAD}# names: (a list\n{BODY}", 2, "'# names:' is no regular expression: missing )"),
        (f"{TEXT}{HEAD}{NAMES}\n\n", 17, "a section has no code"),
        (
            f"{TEXT}{HEAD}{NAMES}{BODY}\n{HEAD}{NAMES}{BODY}",
            21,
            "a second wrong-a-list, after line",
        ),
    ],
)
def test_what_is_no_section_is_named_with_its_line(written, text, line, said):
    with pytest.raises(ValueError, match=rf"/9-mine/double\.py:{line}: {re.escape(said)}"):
        written(text)


@pytest.mark.parametrize("exercise", exercises())
def test_no_line_is_left_out_and_no_answer_cut_in_two(exercise):
    """A line of a text that looks like a section's head would do that."""
    answers = list(committed_answers(exercise))
    read = [a.code.count("\n") + len(_heads(a)) for a in answers]
    blank_between = 2 * sum(a.path == b.path for a, b in itertools.pairwise(answers))
    files = {answer.path for answer in answers}
    assert sum(read) + blank_between == sum(path.read_text().count("\n") for path in files)
    for answer in answers:
        ast.parse(answer.code, answer.place)
    right, wrong = (itertools.chain(*codes(exercise, kind).values()) for kind in ("right", "wrong"))
    assert sorted([*right, *wrong]) == sorted(answer.code for answer in answers)


def _heads(answer):
    """The lines above an answer's code."""
    return [answer.what, answer.cause] if answer.cause else [answer.what]
