"""Exercise 4's leak test on its own: a learner trusts it to say whether a model sees the future.

The other tests of the exercise compare with a reference; on a model of their own the leak test is
all that learners have.
"""

import math

import numpy as np
import pytest
import torch
from torch import nn

from checks.causal_masking import check_no_leak
from checks.core import WrongAnswer
from helpers.attention import causal_mask, scaled_dot_product_attention, softmax
from tools.classes import committed_answers

N = 6
# What the exercise's locked cells give.
CELL = {
    "math": math,
    "torch": torch,
    "nn": nn,
    "F": nn.functional,
    "np": np,
    "softmax": softmax,
}


def _answers(name, kind):
    """What the committed answers define, by their slugs."""
    for committed, which, path in committed_answers("4-causal-masking"):
        if (committed, which) == (name, kind):
            defined = dict(CELL)
            exec(compile(path.read_text(), path.name, "exec"), defined)
            yield path.stem.removeprefix(f"{kind}-"), defined[name]


def _wrong_masks():
    for slug, answer in _answers("causal_mask", "wrong"):
        mask = answer(N)
        is_mask = isinstance(mask, torch.Tensor) and mask.dtype == torch.bool
        if is_mask and mask.shape == (N, N) and not torch.equal(mask, causal_mask(N)):
            yield slug, mask


WRONG_MASKS = dict(_wrong_masks())
RIGHT_ATTENTION = dict(_answers("scaled_dot_product_attention", "right"))
WRONG_ATTENTION = dict(_answers("scaled_dot_product_attention", "wrong"))


def _leak_test(attention, mask=None):
    Q, K, V = torch.randn(3, N, 8, dtype=torch.float64)
    check_no_leak(attention, Q, K, V, causal_mask(N) if mask is None else mask)


@pytest.mark.parametrize("slug", WRONG_MASKS)
def test_every_wrong_mask_is_rejected(slug):
    """Off by one, inverted, transposed, or hiding more than the future: none passes for causal."""
    with pytest.raises(WrongAnswer, match="leak test"):
        _leak_test(scaled_dot_product_attention, WRONG_MASKS[slug])


def test_the_wrong_masks_are_those_that_matter():
    """Without the masks above, the test above would prove nothing."""
    assert {"strict", "one-ahead", "inverted", "upper", "all-true", "diagonal-only"} <= {
        *WRONG_MASKS
    }


@pytest.mark.parametrize(
    "slug",
    ["mask-ignored", "inverted", "transposed", "added", "multiplied", "after-softmax"],
)
def test_attention_that_sees_the_future_is_rejected(slug):
    """A right mask is no use where attention applies it wrongly."""
    with pytest.raises(WrongAnswer, match="leaks into the past|not finite"):
        _leak_test(WRONG_ATTENTION[slug])


def test_nothing_is_said_about_nan():
    """No comparison with NaN says that an output moved: NaN must not pass for no leak."""
    with pytest.raises(WrongAnswer, match="not finite"):
        _leak_test(lambda Q, K, V, mask: (V * math.nan, Q @ K.mT))


@pytest.mark.parametrize("slug", RIGHT_ATTENTION)
def test_honest_attention_passes(slug):
    """A learner would look for a leak that is not there."""
    for n in (1, 2, N):
        Q, K, V = torch.randn(3, n, 8, dtype=torch.float64)
        check_no_leak(RIGHT_ATTENTION[slug], Q, K, V, causal_mask(n))
