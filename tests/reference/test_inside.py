"""Exercise 9 and lesson 15 measure with these: a slip here would be a wrong claim."""

import pytest
import torch
from torch import nn

from reference.inside import induction_score, logit_lens, mean_ablate, rank_of


def test_the_induction_score_begins_with_the_second_round():
    """The entry of the last query of the first round lies on the same diagonal."""
    weights = torch.zeros(2, 6, 6)
    weights[0, [3, 4, 5], [1, 2, 3]] = torch.tensor([0.7, 0.5, 0.6])
    weights[:, 2, 0] = 1.0
    torch.testing.assert_close(induction_score(weights, 3), torch.tensor([0.6, 0.0]))


@pytest.mark.parametrize("period", [0, -1, 6, 9])
def test_a_period_that_does_not_fit_is_refused(period):
    with pytest.raises(ValueError, match=f"period is {period}"):
        induction_score(torch.ones(6, 6), period)


def test_a_head_that_is_switched_off_brings_its_mean_everywhere():
    heads = torch.randn(2, 3, 4, 5)
    before = heads.clone()
    ablated = mean_ablate(heads, [2, 2])
    mean = sum(heads[b, 2, i] for b in range(2) for i in range(4)) / 8
    torch.testing.assert_close(ablated[:, 2], mean.expand(2, 4, 5))
    assert torch.equal(ablated[:, :2], heads[:, :2])
    assert torch.equal(heads, before)


def test_no_head_switched_off_is_a_copy():
    heads = torch.randn(1, 2, 3, 4)
    copy = mean_ablate(heads, [])
    heads.zero_()
    assert copy.abs().sum() > 0


@pytest.mark.parametrize("wrong", [3, -1])
def test_a_head_that_there_is_not_is_refused(wrong):
    with pytest.raises(ValueError, match=f"which holds {wrong}"):
        mean_ablate(torch.ones(1, 3, 2, 2), [0, wrong])


def test_equals_do_not_count_for_a_rank():
    ranks = rank_of(torch.tensor([2.0, 5.0, 5.0, 1.0]).expand(4, 4), torch.arange(4))
    assert ranks.tolist() == [2, 0, 0, 3]
    assert ranks.dtype == torch.int64


def test_the_lens_reads_every_level_and_keeps_no_gradients():
    norm, unembed = nn.LayerNorm(6), nn.Linear(6, 9)
    states = torch.randn(4, 2, 3, 6)
    logits = logit_lens(states, norm, unembed)
    assert logits.shape == (4, 2, 3, 9)
    assert not logits.requires_grad
    assert torch.is_grad_enabled()
    torch.testing.assert_close(logits[1], unembed(norm(states[1])).detach())
