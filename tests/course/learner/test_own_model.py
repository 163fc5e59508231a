"""A learner's own model is there tomorrow, and their own tokenizer reads whole novels."""

import pytest
import torch

from course.learner import own_model
from course.learner.own_model import (
    ADAPTER_FILE,
    FILE,
    OwnTokenizer,
    bring_back,
    bring_back_adapters,
    keep,
    keep_adapters,
)
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.fine_tuning import LoRALinear
from reference.tokens import encode
from reference.training import History, train


def new_model(vocab_size: int = 11, seed: int = 0) -> DecoderLM:
    torch.manual_seed(seed)
    return DecoderLM(ModelConfig(vocab_size, d_model=8, n_layers=1, n_heads=2, d_ff=8, gated=True))


@pytest.fixture
def trained(tmp_path, monkeypatch, capsys):
    """A model in a folder of a learner's, and how its training went."""
    monkeypatch.chdir(tmp_path)
    model = new_model()
    history = train(model, torch.arange(99) % 11, n_steps=3, batch=2, context=8)
    keep(model, history)
    assert capsys.readouterr().out.endswith(f"Your model is kept: {FILE}, beside this notebook\n")
    return model, history


def test_a_model_comes_back_after_a_restart(trained, capsys):
    """Two minutes of training are for nothing otherwise."""
    model, history = trained
    restarted = new_model(seed=1)
    assert bring_back(restarted) == history
    torch.testing.assert_close(restarted.state_dict(), model.state_dict(), atol=0, rtol=0)
    assert capsys.readouterr().out.startswith("Your model is back. History of 3 steps: loss 2.")


def test_a_short_training_does_not_replace_a_long_one(trained, capsys):
    """Whoever tries something with three steps, or runs all cells again, would lose their model."""
    _, history = trained
    ids = torch.arange(99) % 11
    short = new_model(seed=2)
    keep(short, train(short, ids, n_steps=2, batch=2, context=8))
    assert (
        f"{FILE} holds a model of 3 steps, so this one of 2 isn't kept." in capsys.readouterr().out
    )
    assert bring_back(new_model(seed=1)) == history
    other = new_model(vocab_size=12)
    keep(other, train(other, ids, n_steps=2, batch=2, context=8))
    assert len(bring_back(new_model(vocab_size=12)).steps) == 2, "of another shape"


def test_nothing_but_the_model_is_left_beside_the_notebook(trained, tmp_path):
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_what_can_not_be_used_stays_and_is_said(trained, tmp_path, capsys):
    """Who has changed the tokenizer since would get an error of PyTorch's, or another's words."""
    other = new_model(vocab_size=12)
    before = {name: weight.clone() for name, weight in other.state_dict().items()}
    assert bring_back(other).steps == []
    said = capsys.readouterr().out
    assert "has another shape (embedding.weight is (11, 8), here (12, 8))" in said
    torch.testing.assert_close(dict(other.state_dict()), before, atol=0, rtol=0)
    (tmp_path / FILE).write_bytes(b"half a fi")
    assert bring_back(other).steps == []
    assert f"{FILE} can't be read (" in capsys.readouterr().out
    (tmp_path / FILE).unlink()
    assert bring_back(other).steps == []
    assert capsys.readouterr().out == "No model is kept yet: train one in the cell above.\n"


def test_a_folder_that_is_read_only_loses_no_training(tmp_path, monkeypatch, capsys):
    """An error behind two minutes of training would look like the training's."""
    monkeypatch.setattr(own_model, "_place", lambda: tmp_path / "a file" / FILE)
    (tmp_path / "a file").write_text("")
    keep(new_model(), History())
    assert "Your model can't be kept, and lasts until" in capsys.readouterr().out


def test_running_an_exercise_leaves_the_course_as_it_is(tmp_path, monkeypatch, capsys):
    """A file in release/ would come to every learner, and stand in the way of an update."""
    for folder, beside in (("release/7-decoder", False), ("work/7-decoder", True)):
        here = tmp_path / folder
        here.mkdir(parents=True)
        monkeypatch.chdir(here)
        monkeypatch.setattr(own_model, "ROOT", tmp_path)
        monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "elsewhere"))
        keep(new_model(), History())
        assert (here / FILE).exists() is beside
        assert ("temporary folder" in capsys.readouterr().out) is not beside


def test_ones_own_tokenizer_is_called_as_the_courses(capsys):
    """A learner who has written one trains with it; here the solution stands in."""
    text = "the keys to the cabinet are on the table.\nthé " * 40
    tokenizer = OwnTokenizer(text, n_merges=20)
    assert tokenizer.get_vocab_size() == 256 + len(tokenizer.merges)
    ids = tokenizer.encode(text).ids
    assert ids == encode(text, tokenizer.merges) and max(ids) < tokenizer.get_vocab_size()
    assert tokenizer.decode(ids) == text
    assert "encode: " in capsys.readouterr().out


def test_another_exercise_finds_the_model(trained, tmp_path, monkeypatch, capsys):
    """Exercise 9 looks inside the model that exercise 7 trained."""
    model, history = trained
    (tmp_path / "7-decoder").mkdir()
    (tmp_path / FILE).rename(tmp_path / "7-decoder" / FILE)
    (tmp_path / "9-inside").mkdir()
    monkeypatch.chdir(tmp_path / "9-inside")
    restarted = new_model(seed=1)
    assert bring_back(restarted, trained_in="7-decoder") == history
    torch.testing.assert_close(restarted.state_dict(), model.state_dict(), atol=0, rtol=0)
    capsys.readouterr()
    assert bring_back(restarted, trained_in="6-parameters").steps == []
    said = "No model is kept yet: train one in exercise 6-parameters.\n"
    assert capsys.readouterr().out == said


def adapters_of(rank: int, *names: str) -> dict[str, LoRALinear]:
    return {name: LoRALinear(torch.nn.Linear(6, 5), rank, 1.0) for name in names}


def test_adapters_come_back_after_a_restart(tmp_path, monkeypatch, capsys):
    """Each to its own layer, or a model would say something else than it did."""
    monkeypatch.chdir(tmp_path)
    kept, restarted = adapters_of(2, "0.W_q", "0.W_v"), adapters_of(2, "0.W_v", "0.W_q")
    for adapter in kept.values():
        torch.nn.init.normal_(adapter.B)
    keep_adapters(kept)
    assert bring_back_adapters(restarted)
    for name, adapter in kept.items():
        assert torch.equal(restarted[name].A, adapter.A)
        assert torch.equal(restarted[name].B, adapter.B)
    assert [path.name for path in tmp_path.iterdir()] == [ADAPTER_FILE]
    said = capsys.readouterr().out
    assert said.endswith(f"Your adapters are back: {ADAPTER_FILE}, beside this notebook\n")


def test_adapters_of_another_rank_or_none_change_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    others = adapters_of(3, "0.W_q")
    before = others["0.W_q"].A.detach().clone()
    assert not bring_back_adapters(others)
    keep_adapters(adapters_of(2, "0.W_q"))
    assert not bring_back_adapters(others)
    (tmp_path / ADAPTER_FILE).write_bytes(b"cut off")
    assert not bring_back_adapters(others)
    assert torch.equal(others["0.W_q"].A, before)
    said = capsys.readouterr().out
    assert all(words in said for words in ("No adapters", "of other layers or ranks", "can't be"))
