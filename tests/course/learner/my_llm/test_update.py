"""work/my_llm holds a learner's own answers, runs without the course, and loses no word."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from checks import kernel
from course.learner.my_llm import update as module
from course.learner.my_llm.commands import my_llm
from course.learner.my_llm.plan import PACKAGE, asked, every_name
from course.learner.my_llm.record import read_record, told
from course.learner.my_llm.update import Updated, update
from course.learner.overview import write_page

from .learners import learner_after, right_answers, write_notebook

TOKENS, ATTENTION, HEADS, DECODER = "0-tokens", "1-attention", "2-multi-head", "7-decoder"
FIRST_FAILURE = module.first_failure
SOFTMAX = "def softmax(x, dim=-1):\n    return (x - total(x)).softmax(dim)"
TOTAL = "def total(x): return x.amax()"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder. Trained weights aren't copied, nor modules tried: that takes seconds."""
    monkeypatch.setattr(module, "WRITERS", dict.fromkeys(module.WRITERS, Path.touch))
    monkeypatch.setattr(module, "first_failure", lambda *_: None)
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def all_of(*exercises: str) -> dict[str, dict[str, str]]:
    return {exercise: dict.fromkeys(asked(exercise), "") for exercise in exercises}


def text(work: Path, path: str) -> str:
    return (work / PACKAGE / path).read_text(encoding="utf-8")


def says(made: Updated) -> list[int]:
    return [one.after for one in made.can]


Learner = Callable[..., Updated]


@pytest.fixture
def attention(work: Path) -> Learner:
    """The package of a learner with exercise 1: right answers, but for those given."""

    def made(*extra: str, **answers: str) -> Updated:
        write_notebook(work, ATTENTION, right_answers(ATTENTION, 0) | answers, *extra)
        return update(work, all_of(ATTENTION))

    return made


@pytest.mark.parametrize(
    ("last", "can"),
    [(0, [0]), (2, [0]), (3, [0, 3]), (8, [0, 3, 5, 6, 7, 8]), (10, [0, 3, 5, 6, 7, 8, 10])],
)
def test_it_grows_by_milestones(work: Path, last: int, can: list[int]) -> None:
    made = update(work, learner_after(work, last, 0))
    assert says(made) == can and made.new == made.can
    assert made.not_yours == {} == made.left_out and made.by_hand == []
    commands = {path.stem for path in (work / PACKAGE / "commands").glob("[!_]*.py")}
    assert {call.split()[0] for one in made.can for call in one.calls} == commands
    assert (made.coming.after if made.coming else None) == {0: 3, 2: 3, 3: 5, 8: 10, 10: None}[last]
    assert f"{len(made.yours)} of {len(every_name())} answers are yours" in told(work)
    again = update(work)
    assert not again.changed and says(again) == can and again.new == []


def test_an_answer_is_as_it_was_written(attention: Learner, work: Path) -> None:
    mine = "# Odd, but mine.\ndef softmax(x, dim = - 1):\n  return x.softmax( dim )"
    attention(softmax=f"{mine}\nprint(softmax(torch.ones(2)))")
    assert f"\n\n\n{mine}\n\n\n" in text(work, "attention.py")
    assert text(work, "attention.py").startswith(
        '"""Attention, from exercise 1."""\n\nimport torch\n'
    )


def test_a_cell_brings_what_its_answer_uses(attention: Learner, work: Path) -> None:
    """A helper of another cell, a constant, a decorator, a name imported under another one."""
    mine = "from math import exp as e_to\nHALF: float = 0.5\n@kept\ndef softmax(x, dim=-1):\n" \
           "    return e_to(HALF) * (x - total(x)).softmax(dim)"  # fmt: skip
    attention(f"def kept(f): return f\n{TOTAL}", softmax=mine)
    made = text(work, "attention.py")
    assert (
        "\nfrom math import exp as e_to\n\nimport torch\n" in made
        and "\nHALF: float = 0.5\n" in made
    )
    assert made.index("def kept(f)") < made.index("@kept") and TOTAL in made


def test_an_answer_may_stand_in_a_cell_above(attention: Learner, work: Path) -> None:
    above = "def softmax(x, dim=-1): return x.softmax(dim)"
    made = attention(above, softmax="# see above")
    assert "softmax" in made.yours and above in text(work, "attention.py")


def test_helpers_of_one_name_in_two_cells_do_not_meet(work: Path) -> None:
    """In one module the second would take the place of the first; what lies between finds both."""
    passed = learner_after(work, 3, 0)
    one = "def total(x): return 1\ndef softmax(x, dim=-1): return total(x)"
    two = "def total(x): return 2\ndef split_heads(x, n): return total(x)"
    write_notebook(work, ATTENTION, right_answers(ATTENTION, 0) | {"softmax": one})
    write_notebook(work, HEADS, right_answers(HEADS, 0) | {"split_heads": two})
    update(work, passed)
    assert one in text(work, "attention.py") and two in text(work, "attention_2.py")
    assert "from my_llm.attention_2 import split_heads\n" in text(work, "minilm.py")
    assert "| [`attention_2.py`](attention_2.py) | `split_heads`" in text(work, "README.md")
    write_notebook(work, HEADS, right_answers(HEADS, 0))
    update(work, passed)
    assert "def split_heads" in text(work, "attention.py")


def test_an_answer_calls_the_learners_other_ones(work: Path) -> None:
    """Not the one that its exercise gives, as soon as theirs is there; the mask comes with 4."""
    passed = learner_after(work, 2, 4)
    plain = "def merge_heads(x):\n    return x[0]"
    given = "class MultiHeadAttention(nn.Module):\n    def forward(self, x, mask):\n        " \
            "return merge_heads(scaled_dot_product_attention(x, x, x, mask)[0])"  # fmt: skip
    write_notebook(work, HEADS, {"merge_heads": plain, "MultiHeadAttention": given})
    update(work, passed)
    assert given in text(work, "attention_2.py"), "exercise 1's attention takes no mask"
    assert "# --- Given in exercise 2 ---" in text(work, "attention_2.py")
    assert "from my_llm.attention import merge_heads" in text(work, "attention_2.py")
    calling = "def merge_heads(x):\n    return split_heads(x, 1)"
    write_notebook(work, HEADS, {"merge_heads": calling})
    made = update(work, passed | {HEADS: {"merge_heads": ""}})
    why = "it uses split_heads, which isn't there yet (exercise 2)"
    assert made.left_out["merge_heads"] == why
    update(work, learner_after(work, 4, 4))
    assert "Given" not in text(work, "attention.py")
    assert not (work / PACKAGE / "attention_2.py").exists()


def test_a_class_that_inherits_finds_its_base(work: Path) -> None:
    passed = learner_after(work, 7, 0)
    base = "class Norm(nn.Module):\n    def __init__(self, d_model):\n        super().__init__()"
    mine = right_answers(DECODER, 0) | {"RMSNorm": "class RMSNorm(Norm):\n    pass"}
    write_notebook(work, DECODER, mine, base)
    update(work, passed)
    made = text(work, "decoder.py")
    assert made.index(base) < made.index("class RMSNorm(Norm)")


def test_what_can_not_run_without_the_course_is_not_taken(
    attention: Learner, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is, and the page says why."""
    made = attention(
        softmax="from helpers import plotting\ndef softmax(x, dim=-1): return plotting"
    )
    assert made.left_out == {"softmax": "it imports helpers, which is the course's (exercise 1)"}
    assert "Not in here: `softmax`, since it imports helpers" in text(work, "README.md")
    made = attention(softmax="def softmax(x, dim=-1): return nowhere(x)")
    assert made.left_out["softmax"] == "it uses nowhere, which isn't there yet (exercise 1)"
    monkeypatch.setattr(module, "first_failure", FIRST_FAILURE)
    made = attention(softmax="HALF = 1 / 0\ndef softmax(x, dim=-1): return HALF")
    why = "importing it fails: ZeroDivisionError: division by zero (exercise 1)"
    assert made.left_out == {"softmax": why} and "project_qkv" in made.yours


def test_numpy_is_asked_for_where_an_answer_needs_it(attention: Learner, work: Path) -> None:
    attention(softmax="def softmax(x, dim=-1): return x.softmax(dim)")
    assert 'dependencies = ["torch"]' in text(work, "pyproject.toml")
    attention(softmax="def softmax(x, dim=-1): return torch.tensor(np.exp(x))")
    assert 'dependencies = ["torch", "numpy"]' in text(work, "pyproject.toml")
    assert "nothing but PyTorch and numpy, which your own code imports" in text(work, "README.md")


def test_ours_stand_in_only_where_the_learner_has_gone_past(work: Path) -> None:
    """The answer to the question at hand would lie in the next folder."""
    passed = learner_after(work, 1, 0)
    passed[TOKENS]["encode"] = passed[ATTENTION]["softmax"] = "yours fails its visible tests"
    made = update(work, passed)
    assert [*made.not_yours] == ["encode"] and "softmax" not in made.yours
    assert "# --- Not yet yours: the course's answer to exercise 0 ---" in text(work, "tokens.py")
    assert "- Not yet yours: `encode`, since yours fails its visible tests." in text(
        work, "README.md"
    )
    assert "def softmax" not in text(work, "attention.py")


def test_an_answer_that_passes_no_more_is_said(work: Path) -> None:
    """It would go without a word, and what the program does with it."""
    passed = learner_after(work, 1, 0)
    update(work, passed)
    passed[TOKENS]["encode"] = passed[ATTENTION]["softmax"] = "yours fails its visible tests"
    made = update(work, passed)
    assert made.lines()[1:] == [
        "Your encode isn't in it: yours fails its visible tests (exercise 0)",
        "Your softmax isn't in it: yours fails its visible tests (exercise 1)",
    ]
    assert [*made.not_yours] == ["encode"], "in the exercise before, ours takes its place"
    assert update(work, passed).left_out == {}, "it is said once"


def test_without_solutions_what_is_missing_is_missing(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that gets no solutions must not find them here."""
    monkeypatch.setattr(module, "solved_book", lambda exercise: ())
    passed = learner_after(work, 1, 0)
    passed[TOKENS]["encode"] = "yours is not written yet"
    made = update(work, passed)
    assert made.not_yours == {} and says(made) == [] and "decode" in made.yours


def test_what_was_changed_by_hand_stays_and_is_said(attention: Learner, work: Path) -> None:
    attention(softmax="def softmax(x, dim=-1): return 1")
    mine, new = (work / PACKAGE / f"attention.py{end}" for end in ("", ".new"))
    mine.write_text("def softmax(x, dim=-1): return 'by hand'\n")
    (work / PACKAGE / "my-model.pt").write_text("trained")
    for i in range(2):
        made = attention(softmax=f"def softmax(x, dim=-1): return 2 + {i}")
        assert made.by_hand == ["attention.py"] and "by hand" in mine.read_text()
        assert f"return 2 + {i}" in new.read_text()
    assert "attention.py stays as you've changed it; what it would be is attention.py.new." in (
        made.lines()
    )
    assert (work / PACKAGE / "my-model.pt").exists()
    new.write_text("both, by hand")
    attention(softmax="def softmax(x, dim=-1): return 4")
    assert new.read_text() == "both, by hand"
    mine.unlink(), new.unlink()
    made = attention(softmax="def softmax(x, dim=-1): return 4")
    assert made.by_hand == [] and "return 4" in mine.read_text() and not new.exists()


def test_a_learners_file_is_not_written_over(attention: Learner, work: Path) -> None:
    """One that lay there before an exercise brought one of its name."""
    (work / PACKAGE).mkdir()
    (work / PACKAGE / "attention.py").write_text("mine")
    assert attention().by_hand == ["attention.py"]
    assert text(work, "attention.py") == "mine"


def test_an_interrupted_making_is_made_up_for(
    attention: Learner, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written by then must not be taken for the learner's."""
    attention(softmax="def softmax(x, dim=-1): return 1")

    def stopped(self: Path, target: Path) -> Path:
        if target.name == "pyproject.toml":
            raise KeyboardInterrupt
        return Path(os.replace(self, target) or target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", stopped)
        attention(softmax="def softmax(x, dim=-1): return 2")
    assert not (work / module.STAGE).exists() and "return 2" in text(work, "attention.py")
    made = attention(softmax="def softmax(x, dim=-1): return 3")
    assert made.by_hand == [] and "return 3" in text(work, "attention.py")
    assert not [*(work / PACKAGE).rglob("*.new")]


def test_two_at_once_do_not_meet(attention: Learner, work: Path) -> None:
    (work / module.STAGE).mkdir()
    with pytest.raises(module.Busy):
        attention()
    (said,) = module.update_quietly(work, all_of(ATTENTION))
    assert said == "my_llm is being made by another notebook or command right now"


def test_the_command_runs_visible_tests_and_says_what_is_new(work: Path) -> None:
    """Without anybody having graded anything; the next time only what has changed."""
    wrong = {"decode": "def decode(ids, merges): return ''"}
    write_notebook(work, TOKENS, right_answers(TOKENS, 0) | wrong)
    said = CliRunner().invoke(my_llm, ["--work", str(work)]).output
    assert said.startswith("work/my_llm: 4 of 40 answers are yours.\n") and "New" not in said
    assert read_record(work).seen[TOKENS][1]["decode"] == "yours fails its visible tests"
    write_notebook(work, TOKENS, right_answers(TOKENS, 0))
    said = CliRunner().invoke(my_llm, ["--work", str(work)]).output
    assert "New: it reads and writes tokens. Try it, in work/: python -m my_llm tokens FILE" in said
    (work / "0-tokens").rename(work / "away")
    assert "is not there yet" in CliRunner().invoke(my_llm, ["--work", str(work / "no")]).output


def test_a_folder_that_can_not_be_written_costs_one_line(work: Path) -> None:
    """Tests and grading go on; the command says what is wrong."""
    write_notebook(work, TOKENS, right_answers(TOKENS, 0))
    (work / PACKAGE).touch()
    (said,) = module.update_quietly(work, all_of(TOKENS))
    assert said.startswith("work/my_llm stays as it was: FileExistsError")
    result = CliRunner().invoke(my_llm, ["--work", str(work)])
    assert result.exit_code == 1 and result.output.startswith("Error: [Errno 17] File exists")


def test_in_a_hub_it_is_made_where_one_is(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, the course and the notebooks don't lie together."""
    write_notebook(work, TOKENS, {})
    (work / ".copies.json").write_text("{}")
    monkeypatch.chdir(work)
    assert CliRunner().invoke(my_llm).exit_code == 0
    assert "Nothing yet." in text(work, "README.md")


def test_the_page_of_progress_says_how_far_it_is(work: Path) -> None:
    write_page(work)
    assert "Your program" not in (work / "progress.md").read_text()
    update(work, learner_after(work, 0, 0))
    write_page(work)
    assert (
        "**Your program**, [my_llm](my_llm/README.md): 5 of 40 answers are yours. It reads and "
        "writes tokens. Exercise 3 is next: then it shows where the heads"
    ) in (work / "progress.md").read_text()


def test_a_notebook_whose_tests_have_passed_makes_it_grow(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what has run, which may not be saved; nowhere but in a learner's own work/."""
    write_notebook(work, TOKENS, {})
    monkeypatch.setattr(kernel, "own_copy", lambda exercise: work / exercise)
    kernel.grow_package(TOKENS, asked(TOKENS), right_answers(TOKENS, 0))
    assert capsys.readouterr().out == "" and not (work / PACKAGE).exists()
    (work / ".copies.json").write_text("{}")
    kernel.grow_package(TOKENS, asked(TOKENS), right_answers(TOKENS, 0))
    assert "New: it reads and writes tokens" in capsys.readouterr().out
    assert "def encode" in text(work, "tokens.py")


def test_what_is_given_is_what_the_exercises_give() -> None:
    """An answer would meet another `split_words` than the one that it was tested with."""
    from course.authoring.exercises import source_of
    from course.learner.my_llm.plan import FILES

    for exercise, grade_id, file in (
        (TOKENS, "given-words", "words.py"),
        (DECODER, "given", "config.py"),
    ):
        cells = json.loads(source_of(exercise).read_bytes())["cells"]
        given = next("".join(c["source"]) for c in cells if c.get("id") == grade_id)
        ours = (FILES / file).read_text(encoding="utf-8")
        for definition in ours.split("\n\n\n")[1:]:
            if not definition.startswith("def small"):
                body = definition.strip().partition('"""\n')[2]
                assert body and body in given, definition
