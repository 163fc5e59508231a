"""Training changes what it should, shows how it goes, and leaves the rest as it was."""

import base64
import copy
import math
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import helpers.plotting.training as shown
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.models import load_austen
from reference.training import (
    WRITE_AFTER,
    History,
    bits_per_character,
    initialise,
    next_token_loss,
    schedule,
    train,
    training_step,
    watch,
)

VOCABULARY = 11
CONFIG = ModelConfig(VOCABULARY, d_model=16, n_layers=2, n_heads=2, d_ff=24, gated=True)
COUNTING = torch.arange(400) % VOCABULARY  # each token is followed by the next number
SMALL = {"batch": 4, "context": 8}


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.delenv("TRAINING_STEPS", raising=False)
    torch.manual_seed(0)


def new_model():
    model = DecoderLM(CONFIG)
    initialise(model)
    return model


class Bigrams(nn.Module):
    """Anything that gives logits for tokens can be trained."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(VOCABULARY, VOCABULARY))

    def forward(self, tokens):
        return self.table[tokens]


# The loss and the start


def test_next_token_loss_is_the_mean_of_minus_ln_p():
    """Off by a position, it is as smooth a loss, of another task."""
    logits, tokens = torch.randn(3, 5, VOCABULARY), torch.randint(VOCABULARY, (3, 5))
    p = logits.softmax(dim=-1)
    by_hand = [-p[b, i, tokens[b, i + 1]].log() for b in range(3) for i in range(4)]
    torch.testing.assert_close(next_token_loss(logits, tokens), torch.stack(by_hand).mean())
    one = next_token_loss(logits[0], tokens[0])
    torch.testing.assert_close(one, torch.stack(by_hand[:4]).mean())
    certain = 1e4 * F.one_hot(tokens, VOCABULARY).float()
    assert next_token_loss(certain, tokens).isfinite()


def test_next_token_loss_refuses_what_has_no_successor():
    with pytest.raises(ValueError, match="tokens has n = 1; there must be two"):
        next_token_loss(torch.zeros(2, 1, 5), torch.zeros(2, 1, dtype=torch.long))
    with pytest.raises(ValueError, match=r"logits has shape \(2, 3, 5\); it must be that of"):
        next_token_loss(torch.zeros(2, 3, 5), torch.zeros(2, 4, dtype=torch.long))


def test_a_model_starts_by_guessing():
    """Bolder, the first steps only take back what nobody has said."""
    model = DecoderLM(ModelConfig(1024, d_model=64, n_layers=3, n_heads=2, d_ff=96, gated=True))
    norm = model.norm.weight.clone()
    initialise(model)
    tokens = torch.randint(1024, (4, 32))
    assert next_token_loss(model(tokens), tokens).item() == pytest.approx(math.log(1024), abs=0.06)
    block = model.blocks[0]
    assert block.attention.W_q.weight.std().item() == pytest.approx(0.02, rel=0.1)
    for adds in (block.attention.W_o, block.feed_forward.W_down):
        assert adds.weight.std().item() == pytest.approx(0.02 / math.sqrt(6), rel=0.1)
    assert torch.equal(model.norm.weight, norm)


# A step


def plain(model, rate=0.1):
    """The optimizer whose step can be checked by hand."""
    return torch.optim.SGD(model.parameters(), lr=rate)


def test_a_step_follows_the_gradient():
    """Summed instead of averaged, or taken twice, it is a step of another length."""
    model, tokens = new_model(), torch.randint(VOCABULARY, (3, 7))
    by_hand = copy.deepcopy(model)
    loss = next_token_loss(by_hand(tokens), tokens)
    loss.backward()
    given = training_step(model, plain(model), tokens, max_norm=math.inf)
    assert isinstance(given, float) and given == pytest.approx(loss.item(), rel=1e-6)
    for new, old in zip(model.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(new.data, old.data - 0.1 * old.grad)


@pytest.mark.parametrize("max_norm", [1.0, 0.02])
def test_the_norm_of_all_gradients_together_is_cut(max_norm):
    """Cut matrix by matrix, a step would no longer follow the gradient."""
    model, tokens = new_model(), torch.randint(VOCABULARY, (3, 7))
    with torch.no_grad():
        model.output.weight.mul_(100)  # gradients of a norm of 5
    by_hand = copy.deepcopy(model)
    next_token_loss(by_hand(tokens), tokens).backward()
    norm = torch.cat([weight.grad.flatten() for weight in by_hand.parameters()]).norm()
    assert norm > 2
    training_step(model, plain(model), tokens, max_norm)
    for new, old in zip(model.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(new.data, old.data - 0.1 * max_norm / norm * old.grad)


def test_gradients_of_earlier_steps_do_not_count():
    """Nor do those of weights that the optimizer doesn't have: they would count in the norm."""
    model, tokens = new_model(), torch.randint(VOCABULARY, (3, 7))
    fresh = copy.deepcopy(model)
    for weight in model.parameters():
        weight.grad = torch.full_like(weight, 7.0)
    losses = [training_step(model, plain(model.blocks), tokens) for _ in range(2)]
    assert losses == [training_step(fresh, plain(fresh.blocks), tokens) for _ in range(2)]
    torch.testing.assert_close(model.state_dict(), fresh.state_dict())


def test_a_step_is_made_in_training_mode_and_skips_what_has_no_gradient():
    """A learner may freeze the embedding, and a layer may not be used at all."""
    model = nn.Sequential(nn.Embedding(VOCABULARY, 6), nn.Dropout(0.5), nn.Linear(6, VOCABULARY))
    model.register_parameter("extra", nn.Parameter(torch.ones(2)))
    model[0].weight.requires_grad_(False)
    before = copy.deepcopy(model.state_dict())
    tokens = torch.randint(VOCABULARY, (3, 7))
    torch.manual_seed(1)
    with_dropout = next_token_loss(model.train()(tokens), tokens).item()
    torch.manual_seed(1)
    assert training_step(model.eval(), plain(model), tokens) == pytest.approx(with_dropout)
    assert torch.equal(model[0].weight, before["0.weight"])
    assert torch.equal(model.extra, before["extra"])
    assert not torch.equal(model[2].weight, before["2.weight"])


def test_a_step_refuses_what_the_loss_refuses():
    model = new_model()
    with pytest.raises(ValueError, match="tokens has n = 1; there must be two"):
        training_step(model, plain(model), torch.zeros(2, 1, dtype=torch.long))


# The loop


def test_a_model_learns_to_count(capsys):
    model = new_model()
    history = train(model, COUNTING, n_steps=120, **SMALL)
    assert history.steps == list(range(1, 121)) and len(history.losses) == 120
    assert history.losses[0] == pytest.approx(math.log(VOCABULARY), abs=0.1)
    assert history.losses[-1] < 0.3
    assert history.seconds > 0 and history.texts == []
    assert repr(history).startswith("History of 120 steps: loss 2.")
    tokens = torch.tensor([[3, 4, 5, 6, 7]])
    assert model(tokens).argmax(dim=-1).tolist() == [[4, 5, 6, 7, 8]]


def test_half_of_the_fall_is_found():
    """A lesson's question is judged by it."""
    fast = History(losses=[7.0] + [4.0] * 30 + [3.0] * 69)
    assert fast.half_way() == 0.05  # the middle of the first ten
    slow = History(losses=[7.0] * 60 + [3.0] * 40)
    assert slow.half_way() == 0.6
    assert History(losses=[3.0, 4.0]).half_way() == 1.0
    assert History(losses=[3.0]).half_way() == 0.0
    with pytest.raises(ValueError, match="there are no losses"):
        History().half_way()


def test_any_module_and_any_step_will_do():
    """Learners train their own, by a step of their own."""
    asked = []

    def own_step(model, optimizer, tokens):
        asked.append((tokens.shape, optimizer.param_groups[0]["lr"]))
        logits = model(tokens)
        loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    history = train(Bigrams(), COUNTING, own_step, n_steps=60, learning_rate=0.1, **SMALL)
    assert [shape for shape, _ in asked] == [(4, 8)] * 60
    assert [rate for _, rate in asked] == pytest.approx([0.1 * schedule(i, 60) for i in range(60)])
    assert history.losses[-1] < history.losses[0] - 0.5


def test_the_seed_decides():
    """Otherwise no figure in a lesson could be said."""
    losses = []
    for seed in (0, 0, 1):
        torch.manual_seed(0)
        losses.append(train(new_model(), COUNTING, n_steps=5, seed=seed, **SMALL).losses)
    assert losses[0] == losses[1] != losses[2]


def test_windows_come_from_the_whole_text():
    """The last window was left out once, and so was the last token."""
    starts = set()

    def note(model, optimizer, tokens):
        starts.update(tokens[:, 0].tolist())
        assert (tokens[:, 1:] - tokens[:, :-1] == 1).all()
        return training_step(model, optimizer, tokens)

    train(Bigrams(), torch.arange(VOCABULARY), note, n_steps=40, batch=8, context=5)
    assert starts == set(range(VOCABULARY - 4))


def test_the_learning_rate_rises_then_falls_to_nothing():
    rates = [schedule(step, 40, 0.25) for step in range(40)]
    assert rates[:3] == pytest.approx([0.1, 0.2, 0.3]) and rates[9] == rates[10] == 1
    assert rates[10:] == sorted(rates[10:], reverse=True) and 0 < rates[-1] < 0.01
    for n_steps in (1, 2, 3):
        assert all(0 < schedule(step, n_steps) <= 1 for step in range(n_steps))


def test_only_matrices_decay_and_only_what_may_change_does():
    model = nn.Sequential(nn.Embedding(VOCABULARY, 6), nn.LayerNorm(6), nn.Linear(6, VOCABULARY))
    model[2].weight.requires_grad_(False)
    before = copy.deepcopy(model.state_dict())

    def flat(model, optimizer, tokens):
        return training_step(model, optimizer, tokens, max_norm=0)  # what changes, decay changed

    train(model, COUNTING, flat, n_steps=4, weight_decay=0.5, **SMALL)
    after = model.state_dict()
    assert after["0.weight"].norm() < before["0.weight"].norm()
    for name in ("1.weight", "1.bias", "2.weight", "2.bias"):
        torch.testing.assert_close(after[name], before[name], atol=0, rtol=0)


# What it leaves behind


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("end", [None, KeyboardInterrupt, ZeroDivisionError])
def test_the_model_is_left_in_its_mode_without_gradients(training, end):
    """Gradients kept take as much memory as the model, and the next backward pass adds to them."""
    model = new_model().train(training)
    calls = []

    def step(model, optimizer, tokens):
        calls.append(model.training)
        if end is not None and len(calls) == 4:
            raise end
        return training_step(model, optimizer, tokens)

    def go():
        return train(model, COUNTING, step, n_steps=6, write=lambda: "…", **SMALL)

    if end is ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            go()
    else:
        go()
    assert all(calls) and len(calls) == (6 if end is None else 4)
    assert model.training is training
    assert all(module.training is training for module in model.modules())
    assert all(weight.grad is None for weight in model.parameters())


# Interrupting


@pytest.mark.parametrize("where", ["step", "write"])
def test_interrupting_keeps_what_was_learned(where, capsys):
    """A learner who stops after a minute wants that minute's model, and no traceback."""
    model, seen = new_model(), []

    def step(model, optimizer, tokens):
        seen.append(copy.deepcopy(model.state_dict()))
        if len(seen) == 13 and where == "step":
            raise KeyboardInterrupt
        return training_step(model, optimizer, tokens)

    def write():
        if len(seen) == 12 and where == "write":
            seen.append(copy.deepcopy(model.state_dict()))
            raise KeyboardInterrupt
        return "…"

    history = train(model, COUNTING, step, n_steps=24, write=write, **SMALL)
    assert isinstance(history, History) and history.steps == list(range(1, 13))
    torch.testing.assert_close(model.state_dict(), seen[-1], atol=0, rtol=0)
    assert not torch.equal(model.embedding.weight, seen[0]["embedding.weight"])
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Interrupted after 12 of 24 steps: what was learned is kept."
    assert sum("Interrupted" in line for line in said) == 1
    assert history.texts[-1] == (12, "…"), "what the model writes now"


def test_interrupting_at_once_is_fine(capsys):
    def never():
        raise KeyboardInterrupt

    model = new_model()
    before = copy.deepcopy(model.state_dict())
    history = train(model, COUNTING, n_steps=5, write=never, **SMALL)
    assert history.steps == [] and repr(history) == "History of 0 steps"
    torch.testing.assert_close(model.state_dict(), before, atol=0, rtol=0)
    assert "Interrupted after 0 of 5 steps" in capsys.readouterr().out


# Texts


def test_it_writes_before_during_and_after():
    """In the mode for writing, and with the weights of that moment."""
    model = new_model()
    modes, first_weights = [], []

    def write():
        modes.append(model.training)
        first_weights.append(model.embedding.weight[0, 0].item())
        return f"text {len(modes)}"

    history = train(model, COUNTING, n_steps=20, write=write, **SMALL)
    assert [step for step, _ in history.texts] == [round(20 * part) for part in WRITE_AFTER]
    assert history.texts[0] == (0, "text 1") and history.texts[-1] == (20, "text 3")
    assert modes == [False] * 3
    assert first_weights[-1] == model.embedding.weight[0, 0].item()
    assert len(set(first_weights)) == 3


# The cap, and what is refused


def test_training_steps_caps_and_says_so(monkeypatch, capsys):
    """CI would train for minutes; a learner who has set it by mistake would wonder."""
    monkeypatch.setenv("TRAINING_STEPS", "3")
    history = train(new_model(), COUNTING, n_steps=500, write=lambda: "…", **SMALL)
    assert history.steps == [1, 2, 3] and history.texts[-1][0] == 3
    assert "TRAINING_STEPS is 3: 3 steps instead of 500" in capsys.readouterr().out
    assert train(new_model(), COUNTING, n_steps=2, **SMALL).steps == [1, 2]
    assert "TRAINING_STEPS" not in capsys.readouterr().out


def test_a_training_of_its_own_batches_is_watched_and_capped(monkeypatch, capsys):
    """Exercise 10 trains on conversations; CI would wait for each of its steps."""
    model, taken = new_model(), []

    def losses():
        for loss in (3.0, 2.0, 1.0):
            taken.append(loss)
            yield loss

    history = watch(model.eval(), losses(), n_steps=3, write=lambda: f"{len(taken)} taken")
    assert history.losses == taken == [3.0, 2.0, 1.0]
    assert [text for _, text in history.texts] == ["0 taken", "2 taken", "3 taken"]
    assert not model.training
    monkeypatch.setenv("TRAINING_STEPS", "2")
    assert watch(model, losses(), n_steps=3).losses == [3.0, 2.0]
    assert "TRAINING_STEPS is 2: 2 steps instead of 3" in capsys.readouterr().out
    with pytest.raises(ValueError, match="the loss is nan after 1 steps"):
        watch(model, iter((1.0, math.nan)), n_steps=2)


def test_what_cant_be_trained_is_refused():
    with pytest.raises(ValueError, match="ids has 7 tokens; a window alone takes context = 8"):
        train(new_model(), COUNTING[:7], n_steps=1, context=8)
    with pytest.raises(ValueError, match="model has no weights that may change"):
        train(new_model().requires_grad_(False), COUNTING, n_steps=1, **SMALL)
    broken = new_model()
    with torch.no_grad():
        broken.output.weight[0, 0] = math.nan
    with pytest.raises(ValueError, match="the loss is nan after 0 steps"):
        train(broken, COUNTING, n_steps=1, **SMALL)
    with pytest.raises(TypeError, match="step gave a NoneType: it must give the loss before"):
        train(new_model(), COUNTING, lambda *_: None, n_steps=1, **SMALL)


# Bits a character


class Letters:
    """A token a letter."""

    def encode(self, text):
        return SimpleNamespace(ids=[ord(letter) - ord("a") for letter in text])


class Uniform(nn.Module):
    def forward(self, tokens):
        return torch.zeros(*tokens.shape, 16)


@pytest.mark.parametrize("n", [2, 7, 8, 9, 11, 12, 13, 40, 600])
@pytest.mark.parametrize("context", [8, 9])
def test_every_token_but_the_first_is_predicted_once(n, context):
    """One left out or counted twice at a window's edge changes the second digit."""
    text = "".join("abcdefghijkl"[i % 12] for i in range(n))
    bits = bits_per_character(Uniform(), Letters(), text, context)
    assert bits == pytest.approx(4 * (n - 1) / n, rel=1e-5)


def test_bits_are_those_of_the_plain_sum():
    """And agree with helpers/models/austen/README.md, where the whole held-out text takes 1.471."""
    austen = load_austen().train()
    text = "She had been forced into prudence in her youth, she learned romance as she grew older."
    ids = torch.tensor(austen.tokenizer.encode(text).ids)
    nats = F.cross_entropy(austen(ids)[:-1], ids[1:], reduction="sum").item()
    expected = nats / math.log(2) / len(text)
    assert bits_per_character(austen, austen.tokenizer, text) == pytest.approx(expected, rel=1e-5)
    assert austen.training
    # Less context costs a little, never much.
    halves = bits_per_character(austen, austen.tokenizer, text, context=16)
    assert expected * 0.95 < halves < expected * 1.3
    with pytest.raises(ValueError, match="text has 1 tokens; there must be two"):
        bits_per_character(austen, austen.tokenizer, "a")


# What is shown


class Shown(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words += data


@pytest.fixture
def notebook(monkeypatch):
    """What a notebook would show: the outputs, each with what it was replaced by."""
    outputs = []

    class Handle:
        def __init__(self, output):
            self.output = output

        def update(self, data, raw):
            self.output.append(data)

    def display(data, raw, display_id):
        outputs.append([data])
        return Handle(outputs[-1])

    monkeypatch.setattr(shown, "get_ipython", lambda: type("Shell", (), {"kernel": True})())
    monkeypatch.setattr(shown, "display", display)
    return outputs


def test_a_notebook_keeps_one_finished_picture_with_words(notebook, capsys):
    """Readers of a stored lesson see the end of it, and who can't see it reads it."""
    texts = iter(["<b>noise", "a", "It is\n\na truth"])
    train(new_model(), COUNTING, n_steps=40, write=lambda: next(texts), **SMALL)
    (output,) = notebook
    end = Shown(output[-1]["text/html"])
    (image,) = [attributes for tag, attributes in end.tags if tag == "img"]
    assert "40 steps" in image["alt"] and f"{math.log(VOCABULARY):.2f} for guessing" in image["alt"]
    assert "step 40 of 40" in end.words and "left" not in end.words
    assert "<b>noise" in end.words and "It is ¶ a truth" in end.words
    assert "b" in [tag for tag, _ in end.tags] and len(output[-1]["text/html"]) < 120_000
    plain = output[-1]["text/plain"]
    assert plain.startswith("step 40 of 40, loss ") and "Before the first step: <b>noise" in plain
    assert capsys.readouterr().out == ""


def test_a_notebook_is_drawn_seldom(notebook):
    """Drawing 1,000 times would take longer than training."""
    train(new_model(), COUNTING, n_steps=60, write=lambda: "…", **SMALL)
    assert 4 <= len(notebook[0]) <= 9


def test_a_notebook_shows_the_bar_and_the_time_left(notebook, monkeypatch):
    monkeypatch.setattr(shown, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(shown, "SHARE", math.inf)
    train(new_model(), COUNTING, n_steps=8, **SMALL)
    (output,) = notebook
    bars = [
        float(attributes["value"])
        for frame in output
        for tag, attributes in Shown(frame["text/html"]).tags
        if tag == "progress"
    ]
    assert bars == [step / 8 for step in range(1, 9)] + [1.0]
    assert "step 3 of 8" in output[2]["text/html"] and "s left" in output[2]["text/html"]


def test_the_loss_in_words_is_that_of_the_last_steps(notebook):
    """Of twelve steps the mean would be one of the first ones, too."""
    watch(new_model(), iter((3.0, 2.0, 1.0)), n_steps=3)
    assert "step 3 of 3, loss 1.00," in notebook[0][-1]["text/plain"]
    watch(new_model(), iter([4.0] * 80 + [2.0, 1.0] * 10), n_steps=1000)
    assert "step 100 of 1,000, loss 1.50," in notebook[1][-1]["text/plain"]


def test_a_notebook_shows_all_of_it_in_half_a_window(notebook):
    """What grows is pushed out of sight, and a reader looks at code for two minutes."""
    train(new_model(), COUNTING, n_steps=8, write=lambda: "a\n" * 30, **SMALL)
    for frame in notebook[0]:
        shown_as = Shown(frame["text/html"])
        pictures = [a["src"].partition(",")[2] for tag, a in shown_as.tags if tag == "img"]
        heights = [int.from_bytes(base64.b64decode(png)[20:24], "big") for png in pictures]
        assert sum(heights) <= 215 and len(heights) <= 1
        paragraphs = [a["style"] for tag, a in shown_as.tags if tag == "p"]
        assert len(paragraphs) <= 4 and all("margin: 0 0 4px" in style for style in paragraphs)
        assert {tag for tag, _ in shown_as.tags} <= {"div", "p", "b", "img", "progress"}
        assert "pre-wrap" not in frame["text/html"]


@pytest.mark.parametrize("terminal", [True, False])
def test_elsewhere_it_does_not_flood(terminal, monkeypatch, capsys):
    """A log of a thousand bars hides what it says."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    train(new_model(), COUNTING, n_steps=60, write=lambda: "words", **SMALL)
    said = capsys.readouterr().out
    assert said.count("\n") == 4 and ("\r" in said) is terminal
    assert "step 60 of 60, loss" in said and "Before the first step: words" in said
