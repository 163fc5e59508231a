"""What exercise 10 or `teach` has trained goes into the program's model, or is refused."""

from __future__ import annotations

import importlib
import math
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import NamedTuple

import pytest
import torch
from safetensors.torch import save_file

from course.learner.my_llm import update as module
from course.learner.my_llm.plan import ADAPTERS, PACKAGE
from course.learner.my_llm.update import update
from course.learner.own_model import keep_adapters
from reference.fine_tuning import LoRALinear

from .learners import learner_after

KEPT = Path("10-fine-tuning") / "my-adapters.safetensors"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder. Trained weights aren't copied, nor modules tried: that takes seconds."""
    monkeypatch.setattr(module, "WRITERS", dict.fromkeys(module.WRITERS, Path.touch))
    monkeypatch.setattr(module, "first_failure", lambda *_: None)
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / ".copies.json").write_text("{}")
    return folder


@pytest.fixture(params=(0, 1, 3))
def program(
    work: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The program of a learner, who writes in one of several ways; it can be imported."""
    made = update(work, learner_after(work, 10, request.param))
    assert made.left_out == {} == made.not_yours
    monkeypatch.syspath_prepend(str(work))
    yield work
    for loaded in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[loaded]


def part(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{name}")


def small_model() -> torch.nn.Module:
    """SmolLM2 with two blocks, which has learned nothing."""
    torch.manual_seed(0)
    sizes = part("config").ModelConfig(
        vocab_size=30, d_model=16, n_layers=2, n_heads=4, d_ff=20, n_kv_heads=2
    )
    model: torch.nn.Module = part("smollm2").SmolLM2(sizes, 10_000.0, 1e-5)
    return model.requires_grad_(False)


def test_adapters_learn_are_kept_and_come_back(program: Path, tmp_path: Path) -> None:
    """Through the attention that its learner wrote for talking; and the model is what it was."""
    adapters, model = part("adapters"), small_model()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    ids = torch.randint(30, (5, 9))
    plain = model.logits(ids)
    made = adapters.new_adapters(model)
    assert [*made] == ["0.W_q", "0.W_v", "1.W_q", "1.W_v"]
    assert torch.equal(model.logits(ids), plain)
    losses = [*adapters.train(model, made, ids, ids % 2 == 0, 30)]
    assert losses[-1] < losses[0] - 0.01
    for name, weight in before.items():
        now = dict(model.named_parameters())
        moved = name.replace(".weight", ".linear.weight")
        assert torch.equal(now[name] if name in now else now[moved], weight), name
    adapters.keep(made, tmp_path / "kept.pt")
    fresh = small_model()
    assert adapters.put_in(fresh, tmp_path / "kept.pt") == 4
    taught = model.logits(ids)
    torch.testing.assert_close(fresh.logits(ids), taught, atol=1e-5, rtol=1e-4)
    assert (taught - plain).abs().max() > 0.01
    last = fresh(ids[:, :4], fresh.new_caches())
    torch.testing.assert_close(last, taught[:, 3:4], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("program", [2], indirect=True)
def test_attention_without_gradients_is_named(program: Path) -> None:
    """A way through NumPy is a right answer to exercise 2, and talks as well as any other."""
    adapters, model = part("adapters"), small_model()
    made, ids = adapters.new_adapters(model), torch.randint(30, (5, 9))
    with pytest.raises(SystemExit, match=r"adapters of 0\.W_q, 0\.W_v, .* goes through NumPy"):
        next(adapters.train(model, made, ids, ids % 2 == 0, 3))


REFUSED = {
    "another layer": ({"7.W_q": (2, 16, 16)}, "a layer 7.W_q, which this model doesn't have: its "
                      "layers are 0.W_q, 0.W_k, 0.W_v, 0.W_o, "),
    "no layer": ({"W_q": (2, 16, 16)}, "a layer W_q, which this model doesn't have"),
    "another model": ({"0.W_q": (2, 12, 16)}, "of 0.W_q, A is (2, 12) and B (16, 2); right would "
                      "be (rank, 16) and (16, rank), with a rank from 1 to 16"),
    "too large a rank": ({"0.W_v": (9, 16, 8)}, "right would be (rank, 16) and (8, rank), with a "
                         "rank from 1 to 8"),
    "no rank": ({"0.W_v": (0, 16, 8)}, "with a rank from 1 to 8"),
    "none": ({}, "holds no adapters that can be read: `teach` makes such a file"),
}  # fmt: skip


@pytest.mark.parametrize("program", [0], indirect=True)
@pytest.mark.parametrize(("sizes", "says"), REFUSED.values(), ids=REFUSED)
def test_adapters_that_do_not_fit_are_refused(
    program: Path, tmp_path: Path, sizes: dict[str, tuple[int, int, int]], says: str
) -> None:
    """By a message of their file, and not by PyTorch's own, which names neither."""
    path = tmp_path / "theirs.pt"
    torch.save(
        {
            name: {"A": torch.ones(rank, d_in), "B": torch.ones(d_out, rank), "alpha": 2.0}
            for name, (rank, d_in, d_out) in sizes.items()
        },
        path,
    )
    with pytest.raises(OSError) as refused:
        part("adapters").put_in(small_model(), path)
    assert str(refused.value).startswith(str(path)) and says in str(refused.value)


@pytest.mark.parametrize("program", [0], indirect=True)
def test_matrices_of_two_ranks_and_what_is_no_file_of_adapters_are_refused(
    program: Path, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    path, put_in = tmp_path / "theirs.pt", part("adapters").put_in
    torch.save({"1.W_q": {"A": torch.ones(2, 16), "B": torch.ones(16, 3), "alpha": 4.0}}, path)
    with pytest.raises(OSError, match=r"A is \(2, 16\) and B \(16, 3\)"):
        put_in(small_model(), path)
    whole = path.read_bytes()
    theirs = tmp_path / "my-adapters.safetensors"
    save_file({"0.W_q.A": torch.ones(2, 16)}, theirs)
    with pytest.raises(OSError, match=r"safetensors holds no adapters that can be read"):
        put_in(small_model(), theirs)
    odd = [b"", whole[:-200], whole[:50], b"a text"]
    torch.save({"merges": [("a", "b")], "weights": {"embedding": torch.ones(2)}}, path)
    for content in [*odd, path.read_bytes()]:
        path.write_bytes(content)
        with pytest.raises(OSError, match=r"theirs\.pt holds no adapters that can be read"):
            put_in(small_model(), path)
    for odd_one in ({"B": torch.full((16, 2), math.nan)}, {"alpha": math.inf}):
        fine = {"A": torch.ones(2, 16), "B": torch.ones(16, 2), "alpha": 4.0}
        torch.save({"1.W_q": fine | odd_one}, path)
        with pytest.raises(
            OSError, match=r"something in 1\.W_q is no finite number: train it anew"
        ):
            put_in(small_model(), path)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pt"):
        put_in(small_model(), tmp_path / "nowhere.pt")
    assert recwarn.list == [], "PyTorch itself can read safetensors, and warns later"


UNREADABLE = (
    (b"Who?\nMe.\n\nWhen?\n\nNow.", "line 4, 'When?', has no reply: write it on the line below"),
    (b"Who?\n \n", "line 1, 'Who?', has no reply"),
    ("Who?\nMe.\n\nWhén?\nNow.".encode("latin-1"), "line 4, isn't UTF-8"),
    ("Who?\nMe.".encode("utf-16"), "line 1, isn't UTF-8"),
    (b"\n\n", "line 1: there are no conversations in it"),
)


@pytest.mark.parametrize("program", [0], indirect=True)
def test_a_file_of_conversations_is_read_or_refused(program: Path, tmp_path: Path) -> None:
    """A line alone would be learned as a question to which nothing is said."""
    read, path = part("adapters").read_conversations, tmp_path / "talk.txt"
    path.write_bytes("\ufeffWho?\r\nMe,\r\n  and you.\r\n \r\n\r\nWhén?\r\nNow.\r\n".encode())
    assert read(path) == [(1, "Who?", "Me,\n  and you."), (6, "Whén?", "Now.")]
    for content, says in UNREADABLE:
        path.write_bytes(content)
        with pytest.raises(OSError) as refused:
            read(path)
        assert f"{path}, {says}" in str(refused.value)


class Talk:
    """A conversation with the small model: a token for each letter."""

    end = 29

    def __init__(self) -> None:
        self.model = small_model()

    def encode(self, text: str) -> list[int]:
        return [ord(letter) % 29 for letter in text]

    prompt = encode

    def reply(self, text: str, temperature: float) -> str:
        return f"{text}!"


class Teaching(NamedTuple):
    """What `teach` learns by: at which step it goes wrong is set, and the adapters are noted."""

    run: Callable[..., None]
    wrong: dict[int, Callable[[torch.Tensor], torch.Tensor]]
    seen: list[dict[str, torch.Tensor]]


def infinite_slope(loss: torch.Tensor) -> torch.Tensor:
    loss.register_hook(lambda slope: slope / 0)
    return loss


def interrupted(loss: torch.Tensor) -> torch.Tensor:
    raise KeyboardInterrupt


@pytest.fixture
def teaching(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Teaching:
    teach, adapters = part("commands.teach"), part("adapters")
    made = Teaching(teach.run, {}, [])
    talk, loss_of = Talk(), adapters.reply_loss

    def reply_loss(*of: torch.Tensor) -> torch.Tensor:
        learned = {n: m for n, m in talk.model.named_parameters() if m.requires_grad}
        made.seen.append({name: matrix.detach().clone() for name, matrix in learned.items()})
        return made.wrong.get(len(made.seen), lambda loss: loss)(loss_of(*of))

    def conversation() -> Talk:
        talk.model = small_model()
        return talk

    monkeypatch.setattr(teach, "Conversation", conversation)
    monkeypatch.setattr(adapters, "reply_loss", reply_loss)
    monkeypatch.chdir(tmp_path)
    Path("talk.txt").write_text("Who?\nMe.\n\nWhen?\nNow.\n")
    return made


def options(**changed: object) -> SimpleNamespace:
    given = {"file": Path("talk.txt"), "adapters": Path("mine.pt"), "steps": 6, "seed": 0}
    return SimpleNamespace(**(given | changed))


WRONG = {
    "a loss": (lambda loss: loss * math.nan, 2, "in step 4 the loss is no finite number"),
    "an infinite one": (lambda loss: loss / 0, 2, "in step 4 the loss is no finite number"),
    "a slope": (infinite_slope, 3, "in step 4 a slope of the loss is no finite number"),
    "an interrupt": (interrupted, 3, "you interrupted it"),
}


@pytest.mark.parametrize("program", [0], indirect=True)
@pytest.mark.parametrize(("wrong", "n_kept", "why"), WRONG.values(), ids=WRONG)
def test_what_was_learned_before_it_went_wrong_is_kept(
    teaching: Teaching,
    capsys: pytest.CaptureFixture[str],
    wrong: Callable[[torch.Tensor], torch.Tensor],
    n_kept: int,
    why: str,
) -> None:
    """By adapters of NaN the program would never talk again."""
    teaching.wrong[4] = wrong
    teaching.run(options())
    said = capsys.readouterr().out
    assert f"\nStopped: {why}. What it learned in {n_kept} steps is kept.\n" in said
    assert "Kept in mine.pt. Talk with it: python -m my_llm chat --adapters mine.pt" in said
    assert said.endswith("You: Who?\nSmolLM2: Who?!\n")
    kept, right = torch.load("mine.pt", weights_only=True), teaching.seen[n_kept]
    for name, matrix in right.items():
        i, layer, letter = name.replace("blocks.", "").replace("attention.", "").split(".")
        assert torch.equal(kept[f"{i}.{layer}"][letter], matrix) and matrix.isfinite().all()
    assert not torch.equal(right["blocks.0.attention.W_q.B"], teaching.seen[n_kept - 1]
                           ["blocks.0.attention.W_q.B"])  # fmt: skip


@pytest.mark.parametrize("program", [0], indirect=True)
def test_it_warms_up_and_learns_the_same_each_time(teaching: Teaching) -> None:
    """By a full first step one of fourteen seeds never learned a single conversation."""
    teaching.run(options(steps=12))
    teaching.run(options(steps=12, adapters=Path("again.pt")))
    teaching.run(options(steps=12, adapters=Path("another.pt"), seed=1))
    rate = part("adapters").RATE
    first = {n: B.abs().max().item() for n, B in teaching.seen[1].items() if n.endswith(".B")}
    assert first == pytest.approx(dict.fromkeys(first, rate / 3), rel=0.01)
    names = ("mine.pt", "again.pt", "another.pt")
    mine, again, another = (torch.load(name, weights_only=True)["0.W_q"]["A"] for name in names)
    assert torch.equal(mine, again) and not torch.equal(mine, another)


@pytest.mark.parametrize("program", [0], indirect=True)
def test_what_learned_nothing_or_has_no_place_is_not_kept(teaching: Teaching) -> None:
    """Nor does it take the place of adapters that are there, or learn for a folder that isn't."""
    teaching.wrong[1] = lambda loss: loss * math.nan
    with pytest.raises(SystemExit, match=r"^Nothing was learned, so nothing is kept: in step 1 "):
        teaching.run(options())
    with pytest.raises(SystemExit, match=r"^Nothing was learned, so nothing is kept$"):
        teaching.run(options(steps=0))
    n_seen = len(teaching.seen)
    with pytest.raises(FileNotFoundError, match=r"there is no folder nowhere"):
        teaching.run(options(adapters=Path("nowhere") / "mine.pt"))
    assert not Path("mine.pt").exists()
    Path("mine.pt").write_bytes(b"theirs")
    with pytest.raises(FileExistsError, match=r"mine\.pt is there: delete it"):
        teaching.run(options())
    assert Path("mine.pt").read_bytes() == b"theirs" and len(teaching.seen) == n_seen


@pytest.mark.parametrize("program", [0], indirect=True)
def test_a_batch_too_large_for_memory_is_learned_in_parts(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same result; and a single conversation that is too long is refused by its line."""
    adapters = part("adapters")
    ids = torch.randint(30, (5, 9))
    is_reply = torch.arange(9) > torch.tensor([[1], [5], [2], [7], [0]])
    losses = []
    for at_once in (400, 30, 1):
        monkeypatch.setattr(adapters, "AT_ONCE", at_once)
        model = small_model()
        made = adapters.new_adapters(model)
        losses.append([*adapters.train(model, made, ids, is_reply, 4)])
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)
    assert losses[2] == pytest.approx(losses[0], abs=1e-5)
    monkeypatch.setattr(adapters, "LONGEST", 8)
    found = [(1, "Who", "Me."), (4, "When?", "Now.")]
    with pytest.raises(OSError, match=r"^talk\.txt, line 4: the conversation is 10 tokens long"):
        adapters.in_tokens(Talk(), found, Path("talk.txt"))


def trained(alpha: float) -> dict[str, LoRALinear]:
    adapters = {
        name: LoRALinear(torch.nn.Linear(6, d_out), 2, alpha)
        for name, d_out in (("0.W_q", 6), ("0.W_v", 3))
    }
    for adapter in adapters.values():
        torch.nn.init.normal_(adapter.B, std=0.01)
    return adapters


def test_what_the_notebook_keeps_comes_to_the_program(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At once, or when the program has come so far; and each time that it's trained anew."""
    passed, ours = learner_after(work, 10, 0), work / PACKAGE / ADAPTERS
    monkeypatch.chdir(work / KEPT.parent)
    first, second = trained(alpha=5.0), trained(alpha=0.5)
    keep_adapters(first)
    assert "my_llm" not in capsys.readouterr().out and not ours.exists()
    update(work, {**passed, KEPT.parent.name: {}})
    assert not ours.exists(), "the program has no LoRALinear yet"
    made = update(work, passed)
    assert made.left_out == {} and not update(work, passed).changed
    there = torch.load(ours, weights_only=True)
    assert [*there] == ["0.W_q", "0.W_v"]
    for name, adapter in first.items():
        assert torch.equal(there[name]["A"], adapter.A) and there[name]["alpha"] == 5.0
        assert torch.equal(there[name]["B"], adapter.B)
    keep_adapters(second)
    said = capsys.readouterr().out
    assert "my_llm talks with them now. Try it, in work/: python -m my_llm chat\n" in said
    assert torch.load(ours, weights_only=True)["0.W_q"]["alpha"] == 0.5
    assert [path.name for path in ours.parent.iterdir() if "adapters" in path.name] == [ours.name]


def test_older_adapters_count_twice_the_rank_and_broken_ones_are_said(work: Path) -> None:
    """In files of an earlier version of the course alpha isn't named: exercise 10 has this one."""
    passed, ours = learner_after(work, 10, 0), work / PACKAGE / ADAPTERS
    update(work, passed)
    save_file({"3.W_q.A": torch.ones(4, 6), "3.W_q.B": torch.ones(5, 4)}, work / KEPT)
    assert update(work, passed).changed
    assert torch.load(ours, weights_only=True)["3.W_q"]["alpha"] == 8.0
    whole = ours.read_bytes()
    for content in (b"cut off", b""):
        (work / KEPT).write_bytes(content)
        later = ours.stat().st_mtime + 5
        os.utime(work / KEPT, (later, later))
        (said,) = update(work, passed).left_out.values()
        assert said.startswith("my-adapters.safetensors can't be read (")
        assert said.endswith("keep them again in exercise 10") and ours.read_bytes() == whole
    save_file({"embedding": torch.ones(2)}, work / KEPT)
    os.utime(work / KEPT, (later, later))
    made = update(work, passed)
    assert "it holds no adapters" in made.left_out["my-adapters.pt"]
