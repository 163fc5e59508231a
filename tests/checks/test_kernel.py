"""What a learner sees in a kernel: true progress, what waits, and what is older than its cell.

Were it otherwise, a ■ would stand for an answer that has been changed since, or a check would judge
what the cell above no longer says.
"""

import copy
import re
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from checks import kernel
from checks.kernel import Cells
from course.authoring.exercises import ROOT

GIVEN = "import math\nimport torch"
RIGHT = "def softmax(x, dim=-1):\n    return torch.softmax(x, dim)"
WRONG = "def softmax(x, dim=-1):\n    return torch.exp(x) / torch.exp(x).sum()"
UNREADABLE = "def softmax(x, dim=-1):\n    e = torch.exp(x)\n    return e / (e.sum("
STUB = "def softmax(x, dim=-1):\n    raise NotImplementedError()"
TEST = (
    "from checks.attention import check_softmax, passed\n"
    "check_softmax(softmax, torch.tensor([[0.5, 1.0], [2.0, 3.0]]))\npassed('softmax')"
)
OTHER = "def project_qkv(x, W_q, W_k, W_v):\n    return x @ W_q, x @ W_k, x @ W_v"
OTHER_TEST = (
    "from checks.attention import check_project_qkv, passed\n"
    "check_project_qkv(project_qkv, *(torch.ones(2, 2) for _ in range(4)))\npassed('project_qkv')"
)
WAITING = "from checks.attention import waiting\nwaiting('softmax')"


def _text(output: Any) -> str:
    if output.output_type == "error":
        return "\n".join(output.traceback)
    return str(output.get("text") or output.get("data", {}).get("text/plain", ""))


def _run(*codes: str) -> list[list[str]]:
    """For each cell what all cells so far show once it has run, later changes included."""
    cells = [nbformat.v4.new_code_cell(code) for code in (GIVEN, *codes)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    seen = []

    def look(cell_index: int, **_: Any) -> None:
        cells = copy.deepcopy(notebook.cells[1 : cell_index + 1])
        seen.append(["\n".join(map(_text, cell.outputs)) for cell in cells])

    client = NotebookClient(
        notebook,
        allow_errors=True,
        on_cell_executed=look,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()
    return seen[1:]


def _done(text: str) -> set[str]:
    return set(re.findall(r"■ (\w+)", text))


def test_every_bar_is_true_whenever_something_changes():
    after = _run(RIGHT, TEST, OTHER, OTHER_TEST, RIGHT, TEST, WRONG, TEST)
    both = {"softmax", "project_qkv"}
    assert [_done(cell) for cell in after[1]] == [set(), {"softmax"}]
    assert [_done(after[3][i]) for i in (1, 3)] == [both, both]
    assert [_done(after[4][i]) for i in (1, 3)] == [{"project_qkv"}] * 2, "defined anew, not tested"
    assert [_done(after[5][i]) for i in (1, 3, 5)] == [both] * 3
    assert [_done(after[6][i]) for i in (1, 3, 5)] == [{"project_qkv"}] * 3
    assert [_done(after[7][i]) for i in (1, 3, 5)] == [{"project_qkv"}] * 3
    assert "the sum runs over all elements" in after[7][7]


def test_a_failing_test_takes_its_answer_off_every_bar():
    after = _run(RIGHT, TEST, TEST.replace("softmax(softmax", "softmax(torch.sigmoid"))
    assert _done(after[1][1]) == {"softmax"}
    assert _done(after[2][1]) == set()


@pytest.mark.parametrize("test", [TEST, TEST.replace("[2.0, 3.0]", "[2.0, math.nan]")])
def test_an_older_definition_is_told(test):
    """A learner would look for the mistake in the text above, which is not what was tested."""
    after = _run(RIGHT, TEST, UNREADABLE, test, RIGHT, TEST)
    told = "the cell that defines softmax did not run (SyntaxError, line 3): this tests the older"
    assert _done(after[2][1]) == set(), "handed in like this it would get no points"
    assert after[3][3].count(told) == 1
    assert _done(after[3][3]) == set()
    assert "⚠" not in after[5][5] and _done(after[5][5]) == {"softmax"}


def test_an_older_definition_is_told_by_the_first_test_too():
    after = _run(RIGHT, UNREADABLE, TEST, "raise ValueError\n" + RIGHT, TEST)
    assert "did not run (SyntaxError, line 3)" in after[2][2]
    assert "did not run (ValueError, line 1)" in after[4][4]


def test_a_name_that_no_cell_could_define_is_explained():
    after = _run(UNREADABLE, TEST)
    assert "⚠ the cell that defines softmax did not run (SyntaxError, line 3)" in after[1][1]


def test_what_is_not_written_takes_one_line():
    said = _run(STUB, TEST)[1][1]
    assert said == "\x1b[1m✗ softmax is not written yet: replace the raise with your code\x1b[0m"


def test_a_test_that_runs_before_its_answer_takes_one_line():
    """Who restarts the kernel and runs a test would get a traceback through the course's cell."""
    bold = "\x1b[1m✗ no cell that has run defines {}: run those above, from the first one on\x1b[0m"
    assert _run(TEST)[0][0] == bold.format("softmax")
    own = "print(softmax_)"
    assert "Traceback" in _run(RIGHT, TEST, own)[2][2], "a slip in a cell of one's own has its line"


MISSPELT = RIGHT.replace("softmax(x", "sofmtax(x")
SAID = "\x1b[1m✗ your cell defines sofmtax; the test looks for softmax\x1b[0m"


@pytest.mark.parametrize(
    "before",
    [[], [STUB], [UNREADABLE], [STUB, UNREADABLE]],
    ids=["restarted", "stub", "SyntaxError", "both"],
)
def test_a_misspelt_name_is_told(before):
    """Told that it is not written yet, a learner would look for an answer that stands there."""
    said = _run(*before, MISSPELT, TEST)[-1][-1]
    assert said.endswith(SAID), said
    assert "SyntaxError" not in said


@pytest.mark.parametrize("name", ["Softmax", "soft_max", "my_softmax", "softmx"])
def test_a_name_is_misspelt_in_many_ways(name):
    said = _run(STUB, RIGHT.replace("softmax(x", f"{name}(x"), TEST)[-1][-1]
    assert f"your cell defines {name}; the test looks for softmax" in said


def test_a_name_that_only_looks_like_it_is_not_blamed():
    """A helper, another answer, or what came before the answer was written is no misspelling."""
    helper = "def softmaxes(x):\n    return softmax(x)"
    for cells in ([STUB, helper], [MISSPELT, STUB], [STUB, "softmax_of = 2"]):
        said = _run(*cells, TEST)[-1][-1]
        assert "softmax is not written yet: replace the raise" in said, said


def test_a_cell_that_defines_another_name_now_is_told(capsys):
    """The older definition would go on passing, and be worth nothing when handed in."""
    kernel = SimpleNamespace(user_ns={"softmax": len, "In": [RIGHT]})
    cells = Cells(("softmax",), kernel)
    for text in (RIGHT, RIGHT.replace("softmax(x", "weights_of(x"), TEST):
        info = SimpleNamespace(raw_cell=text, cell_id="test" if text is TEST else "answer")
        cells.begin()
        cells.end(SimpleNamespace(info=info, error_before_exec=None, error_in_exec=None))
    cells.warn("softmax")
    assert capsys.readouterr().out == (
        "⚠ the cell that defined softmax now defines weights_of: this tests the older definition\n"
    )


CALLS = "def scaled_dot_product_attention(Q, K, V):\n    w = softmax(Q @ K.mT)\n    return w @ V, w"
CALLS_TEST = (
    "from checks.attention import check_scaled_dot_product_attention\n"
    "check_scaled_dot_product_attention(scaled_dot_product_attention, *torch.randn(3, 2, 2))"
)


def test_after_a_restart_what_an_answer_calls_is_told_with_its_cell():
    """The answer is right; what is missing is a cell that has not run yet."""
    words = " ".join(re.sub(r"\x1b\[\d*m", "", _run(CALLS, CALLS_TEST)[-1][-1]).split())
    assert words.startswith(
        "✗ scaled_dot_product_attention calls softmax, which no cell that has run defines: run the "
        "cell in which you define softmax, then this one again"
    )
    imported = CALLS.replace("softmax(", "F.softmax(")
    words = " ".join(re.sub(r"\x1b\[\d*m", "", _run(imported, CALLS_TEST)[-1][-1]).split())
    assert "uses F, which no cell that has run defines: run the first code cell" in words
    said = _run(MISSPELT, CALLS, CALLS_TEST)[-1][-1]
    assert "your cell defines sofmtax; the test looks for softmax" in said


def test_python_says_which_name_was_meant():
    """W_K for W_k: it stands in every traceback of Python's, and took it away."""
    answer = OTHER.replace("x @ W_k", "x @ W_K")
    said = _run(answer, OTHER_TEST)[-1][-1]
    assert "Did you mean: 'W_k'?" in said


CALLER = (
    "def scaled_dot_product_attention(Q, K, V):\n"
    "    weights = softmax(Q @ K.transpose(-2, -1))\n    return weights @ V, weights"
)
CALLER_TEST = (
    "from checks.attention import check_scaled_dot_product_attention, passed\n"
    "check_scaled_dot_product_attention(scaled_dot_product_attention, "
    "*torch.randn(3, 5, 4))\npassed('scaled_dot_product_attention')"
)


def test_an_answer_that_was_mended_is_not_blamed_for_what_it_was():
    """Its tests needn't have run again: what failed before says nothing of the new code."""
    blamed = "which this answer calls"
    *_, before, _mended, after = _run(WRONG, TEST, CALLER, CALLER_TEST, RIGHT, CALLER_TEST)
    assert blamed in before[3]
    assert after[5] and blamed not in after[5]


def test_a_task_that_is_not_graded_answers_as_shortly():
    """Its cell asserts by itself, and a traceback would hide what it says."""
    stub = "def fetch(x):\n    raise NotImplementedError()"
    tries = "x = 2\nassert fetch(x) == 1, f'fetch gives {fetch(x)}, which is not 1'"
    after = _run(RIGHT, TEST, stub, tries, "def fetch(x):\n    return x", tries)
    assert (
        after[3][3] == "\x1b[1m✗ fetch is not written yet: replace the raise with your code\x1b[0m"
    )
    assert after[5][5] == "\x1b[1m✗ fetch gives 2, which is not 1\x1b[0m"
    deep = "def inner(x):\n    assert x, 'no'\ninner(0)"
    assert "Traceback" in _run(RIGHT, TEST, deep)[2][2]


def test_what_hidden_tests_decide_on_is_said_before_an_answer_is_done_too():
    said = _run(RIGHT, UNREADABLE, TEST)[2][2]
    assert "pass for 0 of 3 answers. Hidden tests decide on more points." in said


def test_a_message_has_its_cause_first_and_bold_and_long_numbers_last():
    lines = _run(WRONG, TEST)[1][1].split("\n")
    assert lines[0].startswith("\x1b[1m✗ softmax: the sum runs over all elements instead of along")
    labels = [line.split(":")[0].strip() for line in lines if re.match(r"  [a-z]", line)]
    assert labels == ["called", "came back", "problem", "expected", "numbers"]
    plain = [re.sub(r"\x1b\[\d*m", "", line) for line in lines]
    assert max(map(len, plain)) <= 83
    assert not any("[[" in line for line in plain[: labels.index("numbers")])
    assert plain[-1].startswith(" " * 13 + "came back = [[")


@pytest.mark.parametrize("validated", [False, True])
def test_in_jupyterlab_one_line_says_what_is_wrong_and_a_panel_shows_it(
    monkeypatch: pytest.MonkeyPatch, validated: bool
) -> None:
    """Said twice, a learner reads it twice; where no panel is drawn, the text has to be whole."""
    monkeypatch.setenv("JPY_SESSION_NAME", "work/1-attention.ipynb")
    if validated:
        monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    cells = [nbformat.v4.new_code_cell(code) for code in (GIVEN, WRONG, TEST)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    resources = {"metadata": {"path": str(ROOT)}}
    NotebookClient(
        notebook, allow_errors=True, kernel_name="python3", resources=resources
    ).execute()
    error, *panel = notebook.cells[-1].outputs
    headline = "\x1b[1m✗ softmax: the sum runs over all elements instead of along dim: "
    assert error.traceback[0].startswith(headline)
    assert (len(error.traceback) > 5, len(panel)) == ((True, 0) if validated else (False, 1))
    for shown in panel:
        assert len(error.traceback) == 1
        assert shown.data["text/plain"].startswith("  called:    softmax(x = float32 tensor")
        assert "<mark>" in shown.data["text/html"]


def test_a_hidden_test_says_that_it_waits():
    said = _run(WAITING)[0][0]
    assert said == "○ softmax: hidden tests decide too: `make score EXERCISE=1-attention`\n"


def test_a_call_that_never_ends_is_stopped_in_a_learners_kernel(monkeypatch):
    """It would fill the memory until the kernel dies, and nobody would have said why."""

    def run():
        while True:
            pass

    monkeypatch.setattr(kernel, "shell", lambda: object())
    with pytest.raises(TimeoutError, match=r"after 0\.05 seconds"):
        kernel.within(0.05, run)
    assert kernel.within(0.05, lambda: 7) == kernel.within(None, lambda: 7) == 7
    monkeypatch.setattr(kernel, "shell", lambda: None)
    assert kernel.within(0.0001, lambda: sum(range(100_000))) > 0
