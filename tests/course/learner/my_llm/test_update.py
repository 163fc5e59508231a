"""work/my_llm holds a learner's own answers, runs without the course, and loses no word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from checks import kernel
from course.learner.my_llm import place
from course.learner.my_llm import update as module
from course.learner.my_llm.commands import my_llm
from course.learner.my_llm.plan import MILESTONES, PACKAGE, asked, every_name
from course.learner.my_llm.state import read_state, told
from course.learner.my_llm.update import Updated, update
from course.learner.overview import write_page

from .learners import learner_after, right_answers, write_notebook

TOKENS, ATTENTION, HEADS, DECODER = "0-tokens", "1-attention", "2-multi-head", "7-decoder"
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
    ("last", "can"), [(0, [0]), (2, [0]), (3, [0, 3]), (8, [0, 3, 5, 6, 7, 8])]
)
def test_it_grows_by_milestones(work: Path, last: int, can: list[int]) -> None:
    made = update(work, learner_after(work, last, 0))
    assert says(made) == can and made.new == made.can
    assert made.not_yours == {} == made.left_out and made.by_hand == []
    commands = {path.stem for path in (work / PACKAGE / "commands").glob("[!_]*.py")}
    assert {call.split()[0] for one in made.can for call in one.calls} == commands
    assert (made.coming.after if made.coming else None) == {0: 3, 2: 3, 3: 5, 8: None}[last]
    assert f"{len(made.yours)} of {len(every_name())} answers are yours" in told(work)
    again = update(work)
    assert not again.changed and says(again) == can and again.new == []


def test_an_answer_is_as_it_was_written_with_a_header(attention: Learner, work: Path) -> None:
    mine = "# Odd, but mine.\ndef softmax(x, dim = - 1):\n  return x.softmax( dim )"
    attention(softmax=f"{mine}\nprint(softmax(torch.ones(2)))")
    assert text(work, "attention/softmax.py") == (
        f'"""Yours, from exercise 1: softmax."""\n\n\n{mine}\n'
    )


def test_a_helper_in_a_cell_of_its_own_comes_along(attention: Learner, work: Path) -> None:
    attention(TOTAL, softmax=SOFTMAX)
    (helper,) = (work / PACKAGE / "attention").glob("own_1_*.py")
    assert TOTAL in helper.read_text()
    assert f"from my_llm.attention.{helper.stem} import total" in text(work, "attention/softmax.py")


def test_helpers_of_one_name_in_two_cells_do_not_meet(attention: Learner, work: Path) -> None:
    """In one module the second would take the place of the first."""
    one = "def total(x): return 1\ndef softmax(x, dim=-1): return total(x)"
    two = "def total(x): return 2\ndef project_qkv(x, *W): return total(x)"
    attention(softmax=one, project_qkv=two)
    assert "return 1" in text(work, "attention/softmax.py")
    assert "return 2" in text(work, "attention/project_qkv.py")


def test_an_answer_calls_the_learners_other_ones(work: Path) -> None:
    """Not the one that its exercise gives, as soon as theirs is there; the mask comes with 4."""
    passed = learner_after(work, 2, 4)
    plain = "def merge_heads(x):\n    return split_heads(x, 1)"
    given = "class MultiHeadAttention(nn.Module):\n    def forward(self, x, mask):\n        " \
            "return softmax(scaled_dot_product_attention(x, x, x, mask)[0])"  # fmt: skip
    write_notebook(work, HEADS, {"merge_heads": plain, "MultiHeadAttention": given})
    update(
        work, passed | {HEADS: {"merge_heads": "", "MultiHeadAttention": "", "split_heads": "no"}}
    )
    heads = text(work, "attention/MultiHeadAttention.py")
    assert "from my_llm.attention.softmax import softmax" in heads
    assert "from my_llm.attention.given_2_" in heads, "exercise 1's attention takes no mask"
    assert not (work / PACKAGE / "attention/merge_heads.py").exists(), "split_heads isn't there yet"
    update(work, learner_after(work, 4, 4))
    heads = text(work, "attention/MultiHeadAttention.py")
    assert "scaled_dot_product_attention import scaled_dot_product_attention" in heads
    assert "exercise 4" in text(work, "attention/scaled_dot_product_attention.py")
    assert not list((work / PACKAGE).glob("attention/given_*"))


def test_a_class_that_inherits_finds_its_base(work: Path) -> None:
    passed = learner_after(work, 7, 0)
    base = "class Norm(nn.Module):\n    def __init__(self, d_model):\n        super().__init__()"
    mine = right_answers(DECODER, 0) | {"RMSNorm": "class RMSNorm(Norm):\n    pass"}
    write_notebook(work, DECODER, mine, base)
    update(work, passed)
    (norm,) = (work / PACKAGE / "decoder").glob("own_7_*.py")
    assert f"from my_llm.decoder.{norm.stem} import Norm" in text(work, "decoder/RMSNorm.py")


def test_answers_that_call_each_other_can_be_imported(
    attention: Learner, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would wait for the other."""
    monkeypatch.setattr(module, "first_failure", place.first_failure)
    made = attention(
        softmax="def half(x): return x / 2\ndef softmax(x, dim=-1): return twice(x)",
        project_qkv="def twice(x): return 2 * x\ndef project_qkv(x, *W): return half(x)",
    )
    assert made.left_out == {} and "# Down here" in text(work, "attention/softmax.py")


def test_what_can_not_run_without_the_course_is_not_taken(
    attention: Learner, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is, and the page says why."""
    made = attention(
        softmax="from helpers import plotting\ndef softmax(x, dim=-1): return plotting"
    )
    assert made.left_out == {"softmax": "it imports helpers, which is the course's (exercise 1)"}
    assert "`softmax` isn't in here: it imports helpers" in text(work, "README.md")
    made = attention(softmax="def softmax(x, dim=-1): return nowhere(x)")
    assert made.left_out["softmax"] == "it uses nowhere, which isn't there yet (exercise 1)"
    monkeypatch.setattr(module, "first_failure", place.first_failure)
    made = attention(softmax="HALF = 1 / 0\ndef softmax(x, dim=-1): return HALF")
    why = "importing it fails: ZeroDivisionError: division by zero (exercise 1)"
    assert made.left_out == {"softmax": why} and "project_qkv" in made.yours
    made = attention(softmax="import os\nENDED = os._exit(1)\ndef softmax(x, dim=-1): return ENDED")
    assert made.left_out == {"softmax": "Python ended while it was imported (exercise 1)"}


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
    assert text(work, "tokens/encode.py").startswith('"""Not yet yours: the course\'s answer')
    assert "`encode` is not yet yours: yours fails its visible tests." in text(work, "README.md")
    assert not (work / PACKAGE / "attention/softmax.py").exists()
    whole = update(work, passed, complete=True)
    assert "softmax" in whole.not_yours and len(whole.can) == len(MILESTONES)
    assert len(update(work).can) == len(MILESTONES), "the next test that passes takes nothing away"
    assert says(update(work, complete=False)) == says(made)


def test_without_solutions_what_is_missing_is_missing(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that gets no solutions must not find them here."""
    monkeypatch.setattr(module, "solved_book", lambda exercise: None)
    passed = learner_after(work, 1, 0)
    passed[TOKENS]["encode"] = "yours is not written yet"
    made = update(work, passed, complete=True)
    assert made.not_yours == {} and says(made) == [] and "decode" in made.yours


def test_what_was_changed_by_hand_stays_and_is_said(attention: Learner, work: Path) -> None:
    attention(softmax="def softmax(x, dim=-1): return 1")
    mine = work / PACKAGE / "attention/softmax.py"
    mine.write_text("def softmax(x, dim=-1): return 'by hand'\n")
    (work / PACKAGE / "my-model.pt").write_text("trained")
    (work / PACKAGE / "notes").mkdir()
    (work / PACKAGE / "notes" / "one.md").write_text("mine")
    for _ in range(2):
        made = attention(softmax="def softmax(x, dim=-1): return 2")
        assert made.by_hand == ["attention/softmax.py"]
        assert "by hand" in mine.read_text() and "changed by hand" in text(work, "README.md")
    assert (work / PACKAGE / "my-model.pt").exists() and (work / PACKAGE / "notes/one.md").exists()
    mine.unlink()
    made = attention(softmax="def softmax(x, dim=-1): return 2")
    assert made.by_hand == [] and "return 2" in mine.read_text()


def test_what_is_no_longer_needed_goes_unless_it_was_changed(
    attention: Learner, work: Path
) -> None:
    attention(TOTAL, softmax=SOFTMAX)
    (helper,) = (work / PACKAGE / "attention").glob("own_1_*.py")
    attention(softmax="def softmax(x, dim=-1): return 1")
    assert not helper.exists()


def test_an_interrupted_making_leaves_the_package_as_it_was(
    attention: Learner, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attention()
    before = {p: p.read_text() for p in (work / PACKAGE).rglob("*.py")}

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("write_files", "put"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(module, step, stopped)
            attention(softmax="def softmax(x, dim=-1): return 1")
        assert {p: p.read_text() for p in (work / PACKAGE).rglob("*.py")} == before
        assert not (work / place.PART).exists()
    (work / PACKAGE).rename(work / place.OLD)  # ended between two renames
    place.recover(work)
    assert {p: p.read_text() for p in (work / PACKAGE).rglob("*.py")} == before


def test_two_at_once_do_not_meet(attention: Learner, work: Path) -> None:
    (work / place.PART).mkdir()
    with pytest.raises(place.Busy):
        attention()
    (said,) = module.update_quietly(work, all_of(ATTENTION))
    assert said == "my_llm is being made by another notebook or command right now"


def test_the_command_runs_visible_tests_and_says_what_is_new(work: Path) -> None:
    """Without anybody having graded anything; the next time only what has changed."""
    wrong = {"decode": "def decode(ids, merges): return ''"}
    write_notebook(work, TOKENS, right_answers(TOKENS, 0) | wrong)
    said = CliRunner().invoke(my_llm, ["--work", str(work)]).output
    assert said.startswith("work/my_llm: 4 of 37 answers are yours.\n") and "New" not in said
    assert read_state(work).seen[TOKENS][1]["decode"] == "yours fails its visible tests"
    write_notebook(work, TOKENS, right_answers(TOKENS, 0))
    said = CliRunner().invoke(my_llm, ["--work", str(work)]).output
    assert "New: it reads and writes tokens: python -m my_llm tokens FILE" in said
    (work / "0-tokens").rename(work / "away")
    assert "is not there yet" in CliRunner().invoke(my_llm, ["--work", str(work / "no")]).output


def test_the_page_of_progress_says_how_far_it_is(work: Path) -> None:
    write_page(work)
    assert "Your program" not in (work / "progress.md").read_text()
    update(work, learner_after(work, 0, 0))
    write_page(work)
    assert (
        "**Your program**, [my_llm](my_llm/README.md): 5 of 37 answers are yours. It reads and "
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
    assert "Yours" in text(work, "tokens/encode.py")


def test_what_is_given_is_what_the_exercises_give() -> None:
    """An answer would meet another `split_words` than the one that it was tested with."""
    from course.authoring.exercises import source_of
    from course.learner.my_llm.update import FILES

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
