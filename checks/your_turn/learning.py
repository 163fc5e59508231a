"""What the learner writes in lesson 03."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, raised, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise("03-learning", ("mean_loss", "slopes_by_formula", "take_step"), limit_seconds=10)
your_turn = YourTurn(_PLACES)


def mean_loss(p: Tensor) -> Tensor:
    losses = -p.log()
    return losses.mean()


def slopes_by_formula(logits: Tensor, came: Tensor) -> Tensor:
    p = F.softmax(logits, dim=-1)
    one_hot = F.one_hot(came, len(logits))
    return p - one_hot


def take_step(logits: Any, now: Tensor, following: Tensor, rate: float) -> float:
    loss = F.cross_entropy(logits[now], following)
    loss.backward()
    with torch.no_grad():
        logits -= rate * logits.grad
        logits.grad.zero_()
    return loss.item()


def _two_steps(answer: Any, logits: Tensor, *args: Any) -> Tensor:
    """The logits after two steps: a single one doesn't tell whether slopes are set to zero."""
    logits = logits.clone().requires_grad_()
    for _ in range(2):
        answer(logits, *args)
    return logits.detach()


_PLACES.check(
    "mean_loss",
    reference=mean_loss,
    expects="the mean of -ln p, a single number",
    wrong={
        "the loss of a word is -ln p, and then comes the mean": {
            "losses = p.log()": "the minus is missing",
            "losses = -p.mean().log()": "the mean comes before the logarithm",
            "return losses.sum()": "these are added up, where the mean is asked for",
            "return losses": "the mean is missing",
            ("losses = -p.log10()", "losses = -p.log2()"): "the logarithm has another base than e",
            "losses = -p": "the logarithm is missing",
            "losses = -p * p.log()": "each loss is weighted by p",
        }
    },
    seen={
        "a tensor has its own log, for all its numbers: p.log() or torch.log(p)": says(
            "only one element tensors", "cannot be converted to Scalar"
        ),
        "one number is asked for": other_shape,
    },
)
_PLACES.check(
    "slopes_by_formula",
    reference=slopes_by_formula,
    expects="a slope for each logit: softmax of the logits, minus the one-hot vector",
    wrong={
        "the slopes are p minus one-hot, with p the softmax of the logits": {
            "return one_hot - p": "the sign is the other way round",
            "return logits - one_hot": "the softmax is missing",
            "return F.softmax(logits - one_hot, -1)": "one-hot is subtracted before the softmax",
            ("return p", "one_hot = 0"): "nothing is subtracted",
            "return p + one_hot": "one-hot is added",
            "return p - 1": "1 is subtracted everywhere, and not only from the word that came",
            "return p.log() - one_hot": "that's the logarithm of p",
        }
    },
    seen={
        "the one-hot vector is as long as the logits: F.one_hot(came, 5)": says(
            "must match the size", "Class values must be smaller"
        ),
        "another shape comes back: a slope for each of the five logits": other_shape,
    },
)
_PLACES.check(
    "take_step",
    reference=take_step,
    procedure=_two_steps,
    expects="after two steps, these logits have moved by rate times their slopes, each time anew",
    wrong={
        "backward(), then subtract rate * logits.grad in place, then set the slopes to zero": {
            "logits -= rate -> logits += rate": "logits move up the slope",
            "logits.grad.zero_() -> pass": "the slopes are never set to zero, so the second step "
            "follows those of the first one, too",
            "logits.grad.zero_() -> logits.zero_()": "the logits are set to zero, where their "
            "slopes are to be: logits.grad.zero_()",
            "rate * logits.grad -> 0 * logits.grad": "the logits stay where they were: the slopes "
            "are zeroed before they're used, or logits = … makes a new tensor where -= moves this "
            "one",
            "rate * logits.grad -> logits.grad": "the learning rate is missing",
            "logits -= rate * logits.grad -> logits.sub_(logits.grad / rate)": "the slopes are "
            "divided by the rate",
        }
    },
    seen={
        "PyTorch is taking notes, and refuses to change a parameter meanwhile: move logits inside "
        "with torch.no_grad()": says("a leaf Variable that requires grad"),
        "logits = … makes a new tensor, which has no slopes: -= moves this one": raised(
            says="has no attribute 'zero_'"
        ),
        "there are no slopes yet: loss.backward() finds them": raised(says="NoneType"),
        "loss is a tensor that has kept its record: call backward() once in a step": says(
            "backward through the graph a second time"
        ),
    },
)

your_turn.also("mean_loss", torch.tensor([0.3, 0.9, 0.05]))
your_turn.also("slopes_by_formula", numbers(5), torch.tensor(4))
your_turn.also("take_step", numbers(5, 5), torch.tensor([0, 3, 3]), torch.tensor([2, 1, 4]), 0.3)
