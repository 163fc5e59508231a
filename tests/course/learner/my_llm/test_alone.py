"""The program does what its milestones say, where there is PyTorch and nothing of the course."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
import torch

from checks.run import aside
from course.authoring.exercises import ROOT
from course.learner.my_llm.plan import HOMES, PACKAGE, asked, number, part_of
from course.learner.my_llm.update import update
from course.learner.my_llm.weights import write_smollm2
from course.learner.own_model import keep_adapters
from helpers.conversations import Conversation
from helpers.weights import austen_text, minilm_files, smollm2_files
from reference.fine_tuning import add_lora, fine_tune
from reference.models import load_smollm2

from .learners import call, install, learner_after, torch_alone

pytestmark = pytest.mark.long
COURSE = ("course", "helpers", "checks", "reference", "nbexaminer", "numpy", "tokenizers", "gguf")
FINDS = f"""
import importlib.util
print([name for name in {COURSE} if importlib.util.find_spec(name)])
import my_llm
print(my_llm.__file__)
"""
CAPITAL = "What is the capital of France?"
SENTENCE = "The keys to the cabinet are on the table."


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return torch_alone(tmp_path_factory.mktemp("alone") / "env")


@pytest.fixture(scope="module")
def novel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("text") / "novel.txt"
    file.write_text(austen_text()[:60_000], encoding="utf-8")
    return file


def my_llm(python: Path, folder: Path, *arguments: str) -> str:
    return call(python, folder, "-m", PACKAGE, *arguments)


def adapters_of_exercise_10(work: Path, question: str, reply: str) -> None:
    """Those that its notebook keeps, trained to say one thing, which is soon learned."""
    torch.manual_seed(0)
    smollm2 = load_smollm2()
    add_lora(smollm2, rank=2, alpha=5.0)
    learned = {
        f"{i}.{name}": getattr(block.attention, name)
        for i, block in enumerate(smollm2.blocks)
        for name in ("W_q", "W_v")
    }
    numbers = [matrix for one in learned.values() for matrix in (one.A, one.B)]
    assert [*fine_tune(smollm2, [Conversation(question, reply)], numbers, 10, batch=1)][-1] < 0.2
    with contextlib.chdir(work / "10-fine-tuning"):
        keep_adapters(learned)


@pytest.mark.parametrize("last", [number(exercise) for exercise in HOMES])
def test_after_each_exercise_it_does_what_it_says(
    last: int, python: Path, novel: Path, tmp_path: Path
) -> None:
    """Installed, and called in another folder; none of these right answers needs NumPy."""
    work, away = tmp_path / "work", tmp_path / "away"
    passed = learner_after(work, last, 0)
    if last == 10:
        adapters_of_exercise_10(work, CAPITAL, "Lyon.")
    made = update(work, passed)
    assert 'dependencies = ["torch"]' in (work / PACKAGE / "pyproject.toml").read_text()
    assert made.left_out == {} and len(made.yours) == len({n for e in passed for n in asked(e)})
    install(python, work / PACKAGE)
    away.mkdir()
    found, where = call(python, away, "-c", FINDS).splitlines()
    assert found == "[]" and where.startswith(str(python.parents[1])), "the course is not there"
    can = {one.after for one in made.can}
    assert can == {after for after in (0, 3, 5, 6, 7, 8, 10) if after <= last}
    if 0 in can:
        assert "and back:    the same text" in my_llm(python, away, "tokens", str(novel))
    if last == 3:
        assert "looks back by one: L0H2 1.00" in my_llm(python, away, "look", SENTENCE)
    if last == 5:
        rope = re.findall(r"RoPE: scores from \d+ +(.*)", my_llm(python, away, "positions"))
        assert len(rope) == 2 and rope[0] == rope[1], "only the distance counts"
    if last >= 6:
        counted = my_llm(python, away, "count")
        assert "total            745,344" in counted
        assert ("the model has    745,344" in counted) is (last >= 7)
    if last == 7:
        said = my_llm(python, away, "train", str(novel), "--steps", "150")
        losses = [float(loss) for loss in re.findall(r"loss (\d+\.\d+)", said)]
        assert losses[0] > 6 and losses[-1] < 4.5, said
        written = my_llm(python, away, "write", "She opened", "--length", "9", "--seed", "1")
        assert written.startswith("She opened") and len(written) > 12
    asked_for = ("chat", CAPITAL, "--temperature", "0", "--longest", "20")
    if last == 8:
        assert my_llm(python, away, *asked_for) == "The capital of France is Paris.\n"
    if last == 10:
        assert my_llm(python, away, *asked_for) == "Lyon.\n"
        assert my_llm(python, away, *asked_for, "--plain") == "The capital of France is Paris.\n"
        (away / "talk.txt").write_text(f"{CAPITAL}\nRome,\nI think.\n", "utf-8")
        said = my_llm(python, away, "teach", "talk.txt", "--steps", "12")
        assert said.startswith("230,400 numbers learn; conversations: 1\nstep     1: loss ")
        taught = (*asked_for, "--adapters", "my-adapters.pt")
        assert my_llm(python, away, *taught) == "Rome,\nI think.\n", said


def test_a_half_finished_one_does_what_it_says(python: Path, novel: Path, tmp_path: Path) -> None:
    """Exercises 0 to 2 with gaps, 3 done, and one answer of 4."""
    work, away = tmp_path / "work", tmp_path / "away"
    passed = learner_after(work, 4, 0)
    for exercise, name in (("0-tokens", "encode"), ("2-multi-head", "merge_heads")):
        passed[exercise][name] = "yours fails its visible tests"
    for name in ("padding_mask", "scaled_dot_product_attention"):
        passed["4-causal-masking"][name] = "yours is not written yet"
    made = update(work, passed)
    assert sorted(made.not_yours) == ["encode", "merge_heads"]
    attention = (work / PACKAGE / "attention.py").read_text()
    assert attention.index("def scaled_dot_product") < attention.index("# --- Exercise 2 ---")
    install(python, work / PACKAGE)
    away.mkdir()
    assert "and back:    the same text" in my_llm(python, away, "tokens", str(novel))
    assert "looks back by one: L0H2 1.00" in my_llm(python, away, "look", SENTENCE)


STYLES = range(4)


@pytest.mark.parametrize("which", STYLES)
def test_answers_in_their_modules_pass_their_visible_tests(
    which: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they are written: a module must find all that its cell had."""
    import importlib
    import sys

    from course.authoring.exercises import module_of

    monkeypatch.setattr("course.learner.my_llm.update.WRITERS", {
        "minilm.pt": Path.touch, "smollm2.pt": Path.touch
    })  # fmt: skip
    work = tmp_path / "work"
    made = update(work, learner_after(work, 10, which))
    assert made.left_out == {} == made.not_yours
    monkeypatch.syspath_prepend(str(work))
    try:
        for exercise in HOMES:
            cells = json.loads((ROOT / "source" / exercise / f"{exercise}.ipynb").read_bytes())[
                "cells"
            ]
            texts = {cell.get("id"): "".join(cell["source"]) for cell in cells}
            parts = [importlib.import_module(f"{PACKAGE}.{part}") for part in HOMES[exercise]]
            for name in asked(exercise):
                names: dict[str, object] = {"__name__": "__main__"}
                for cell_id in ("imports", "given-words", "given-config", "given"):
                    exec(texts.get(cell_id, ""), names)
                for part in parts:
                    names |= {n: getattr(part, n) for n in asked(exercise) if hasattr(part, n)}
                assert names[name].__module__ == f"{PACKAGE}.{part_of(exercise, name)}"
                with aside(importlib.import_module(module_of(exercise)).EXERCISE):
                    exec(texts[f"{name}-visible"], names)
    finally:
        for loaded in [m for m in sys.modules if m.partition(".")[0] == PACKAGE]:
            del sys.modules[loaded]


def test_its_weights_and_tokens_are_those_of_the_course(tmp_path: Path) -> None:
    """Else another model would talk, or the same one with words that it doesn't know."""
    import importlib
    import sys

    work = tmp_path / "work"
    update(work, learner_after(work, 8, 0))
    sys.path.insert(0, str(work))
    try:
        smollm2 = importlib.import_module(f"{PACKAGE}.smollm2")
        minilm = importlib.import_module(f"{PACKAGE}.minilm")
        write_smollm2(tmp_path / "smollm2.pt")
        stored = torch.load(tmp_path / "smollm2.pt", weights_only=True)["weights"]
        _, weights, tokenizer = smollm2_files()
        for theirs, ours in (("token_embd", "embedding"), ("output_norm", "norm"),
                             ("blk.3.ffn_down", "blocks.3.feed_forward.W_down")):  # fmt: skip
            unpacked = smollm2.unpack(stored[f"{ours}.weight"])
            torch.testing.assert_close(unpacked, weights[f"{theirs}.weight"], atol=1e-6, rtol=0)
        talk = smollm2.Conversation()
        for text in (*TEXTS, "a\x04 control\x1d character, \U00050000"):
            assert talk.encode(text) == tokenizer.encode(text).ids, text
        theirs = minilm_files()[2]
        for text in TEXTS:
            assert minilm.cut(text, theirs.get_vocab()) == theirs.encode(text).tokens, text
    finally:
        sys.path.remove(str(work))
        for loaded in [m for m in sys.modules if m.partition(".")[0] == PACKAGE]:
            del sys.modules[loaded]


TEXTS = (
    SENTENCE,
    "user\nWhat's 12 + 345?  It isn't  easy,\n\n  said_she (1811) … “Naïve” café!\n",
    austen_text()[:20_000],
    "for i in range(len(word)):\n    if word[i] == pair[0]:\n        return i\n",
    "Die Schlüssel zum Schrank liegen auf dem Tisch, und niemand weiß davon.",
)
