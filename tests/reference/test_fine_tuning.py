"""Lesson 16 and exercise 10 train by these: a slip here would be a wrong claim."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers.conversations import dates
from reference.fine_tuning import (
    LoRALinear,
    add_lora,
    dpo_loss,
    remove_lora,
    reply_loss,
    shuffled,
)


@pytest.mark.parametrize("bias", [True, False])
def test_an_adapter_changes_nothing_before_a_step_and_merges_after(bias):
    linear = nn.Linear(5, 3, bias)
    adapted, x = LoRALinear(linear, 2, 4.0), torch.randn(2, 4, 5)
    assert torch.equal(adapted(x), linear(x))
    nn.init.normal_(adapted.B)
    wanted = linear(x) + 2.0 * x @ adapted.A.T @ adapted.B.T
    torch.testing.assert_close(adapted(x), wanted)
    torch.testing.assert_close(adapted.merged()(x), wanted)
    adapted(x).sum().backward()
    assert linear.weight.grad is None
    assert all(each.grad is not None for each in (adapted.A, adapted.B))


@pytest.mark.parametrize("rank", [0, 4])
def test_a_rank_that_does_not_fit_is_refused(rank):
    with pytest.raises(ValueError, match=f"rank is {rank}"):
        LoRALinear(nn.Linear(5, 3), rank, 1.0)


def test_only_tokens_of_replies_count():
    logits, tokens = torch.randn(2, 4, 7), torch.randint(7, (2, 4))
    is_reply = torch.tensor([[False, False, True, True], [True, False, False, True]])
    terms = [F.cross_entropy(logits[b, i - 1], tokens[b, i]) for b, i in ((0, 2), (0, 3), (1, 3))]
    torch.testing.assert_close(reply_loss(logits, tokens, is_reply), sum(terms) / 3)
    with pytest.raises(ValueError, match="is_reply"):
        reply_loss(logits, tokens, torch.tensor([True, False, False, False]).expand(2, 4))


def test_dpo_compares_what_two_replies_have_gained():
    before = torch.tensor([-18.0, -20.0]), torch.tensor([-1.0, -3.0])
    assert dpo_loss(*before, *before, 0.1).item() == pytest.approx(math.log(2))
    loss = dpo_loss(before[0] + 10, before[1], *before, 0.1)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-1)))
    assert dpo_loss(before[0] - 1e4, before[1], *before, 1.0).item() == pytest.approx(1e4)


def test_adapters_come_and_go():
    model = nn.ModuleDict({"attention": nn.ModuleDict({"W_q": nn.Linear(4, 4)})})
    linear = model["attention"]["W_q"]
    for _ in range(2):
        learning = add_lora(model, 1)
    assert [each.shape for each in learning] == [(1, 4), (4, 1)]
    assert [each for each in model.parameters() if each.requires_grad] == learning
    remove_lora(model)
    assert model["attention"]["W_q"] is linear
    with pytest.raises(ValueError, match="names is"):
        add_lora(model, 1, names=["W_x"])


def test_shuffled_replies_are_those_of_others():
    conversations = dates(20, seed=3)
    mixed = shuffled(conversations)
    assert sorted(c.reply for c in mixed) == sorted(c.reply for c in conversations)
    assert [c.question for c in mixed] == [c.question for c in conversations]
    assert all(a.reply != b.reply for a, b in zip(mixed, conversations, strict=True))


def test_fresh_dates_are_none_that_training_shows():
    trained = {c.reply for seed in range(5) for c in dates(200, seed)}
    assert not trained & {c.reply for c in dates(200, 99, fresh=True)}
