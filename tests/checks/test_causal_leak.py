"""Exercise 4's leak test on its own: a learner trusts it to say whether a model sees the future.

The other tests of the exercise compare with a reference; on a model of their own the leak test is
all that learners have.
"""

import math

import numpy as np
import pytest
import torch
from torch import nn

from checks import causal_masking
from checks.causal_masking import check_no_leak
from checks.message import WrongAnswer
from course.authoring.answers import committed_answers
from reference.attention import causal_mask, scaled_dot_product_attention, softmax

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


def _right_answers():
    for answer in committed_answers("4-causal-masking"):
        if (answer.name, answer.kind) == ("scaled_dot_product_attention", "right"):
            defined = dict(CELL)
            exec(compile(answer.code, answer.place, "exec"), defined)
            yield answer.label, defined[answer.name]


def _misconceptions(name):
    """Known wrong answers, with their messages."""
    for check in causal_masking.EXERCISE.checks[name]:
        yield from ((mistake.message, wrong) for mistake, wrong in check.implementations)


def _wrong_masks():
    for message, answer in _misconceptions("causal_mask"):
        mask = answer(N)
        if mask.shape == (N, N) and not torch.equal(mask, causal_mask(N)):
            yield message, mask


WRONG_MASKS = dict(_wrong_masks())
RIGHT_ATTENTION = dict(_right_answers())
WRONG_ATTENTION = dict(_misconceptions("scaled_dot_product_attention"))


def _leak_test(attention, mask=None):
    Q, K, V = torch.randn(3, N, 8, dtype=torch.float64)
    check_no_leak(attention, Q, K, V, causal_mask(N) if mask is None else mask)


@pytest.mark.parametrize("message", WRONG_MASKS)
def test_every_wrong_mask_is_rejected(message):
    """Off by one, inverted, transposed, or hiding more than the future: none passes for causal."""
    with pytest.raises(WrongAnswer, match="leak test"):
        _leak_test(scaled_dot_product_attention, WRONG_MASKS[message])


def test_the_wrong_masks_are_those_that_matter():
    """Without the masks above, the test above would prove nothing."""
    words = ("itself", "ahead", "inverted", "upper", "everything is True", "only the diagonal")
    assert [w for w in words if not any(w in message for message in WRONG_MASKS)] == []


@pytest.mark.parametrize(
    "words",
    [
        "the mask is ignored",
        "the convention is inverted",
        "the mask is transposed",
        "the mask is added to the scores",
        "multiplied by the mask",
        "the weights are masked after the softmax",
    ],
)
def test_attention_that_sees_the_future_is_rejected(words):
    """A right mask is no use where attention applies it wrongly."""
    found = [wrong for message, wrong in WRONG_ATTENTION.items() if words in message]
    assert found
    for wrong in found:
        with pytest.raises(WrongAnswer, match="leaks into the past|not finite"):
            _leak_test(wrong)


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
