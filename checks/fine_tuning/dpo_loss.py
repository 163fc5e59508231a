"""Direct preference optimization: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from checks import seen
from checks.check import all_of
from checks.compare import PlainNumber
from checks.drawn import a_size
from checks.fine_tuning.exercise import EXERCISE
from checks.fine_tuning.reply_loss import NOT_CUT, SEEN_CUT, run_slopes
from checks.onlooking import tensor_of
from checks.seen import MATH_OF_A_TENSOR, SEVERAL_CAME, SINGLE_NUMBERS, comes_back, says
from reference.fine_tuning import dpo_loss


def _dpo(
    chosen: Tensor, rejected: Tensor, chosen_before: Tensor, rejected_before: Tensor, beta: float
) -> Tensor:
    up = chosen - chosen_before
    down = rejected - rejected_before
    margin = up - down
    z = beta * margin
    terms = -F.logsigmoid(z)
    out = terms.mean()
    return out


_MARGIN = "take (chosen - chosen_before) - (rejected - rejected_before)"
_BEFORE = "subtract from each log-probability what the model before gave to the same reply"
_BETA = "multiply the whole margin by beta, inside the sigmoid"
_LOG = "take the logarithm and the sigmoid in one step, F.logsigmoid"
_LOSS = "take -log sigmoid(beta * margin)"
_MEAN = "take the mean over the batch"

check_dpo_loss = EXERCISE.check(
    "dpo_loss",
    reference=dpo_loss,
    text=[_dpo],
    procedure=tensor_of,
    expects="the mean of -log sigmoid(beta * ((chosen - chosen_before) - (rejected - "
    "rejected_before))), a tensor of shape ()",
    wrong={
        _MARGIN: {
            ("margin = down - up", "z = -beta * margin"): "the sign is wrong, so that the rejected "
            "reply is taught (or the models are exchanged, trained and before)",
            "margin = up + down": "the two differences are added",
            "margin = up": "the rejected reply is left out",
            "margin = -down": "the chosen reply is left out",
            "margin = up.abs() - down.abs()": "absolute values are taken",
            "margin = (up - down).abs()": "the absolute value of the margin is taken",
            "up = chosen.exp() - chosen_before.exp(); down = rejected.exp() - "
            "rejected_before.exp()": "probabilities are subtracted, not their logarithms",
            "up = chosen / chosen_before; down = rejected / rejected_before": "log-probabilities "
            "are divided, and a ratio of probabilities is the difference of their logarithms",
        },
        _BEFORE: {
            "margin = chosen - rejected": "the model before is left out",
            "up = chosen": "chosen_before is left out",
            "down = rejected": "rejected_before is left out",
            "up = chosen - rejected_before; down = rejected - chosen_before": "the model "
            "before is added, or its two replies are exchanged",
        },
        _BETA: {
            "z = margin": "beta is ignored",
            "z = margin / beta": "the margin is divided by beta",
            "z = margin; out = beta * terms.mean()": "beta stands in front of the loss, not inside "
            "the sigmoid",
            "margin = beta * up - down": "beta counts for the chosen reply only",
            "margin = up - beta * down": "beta counts for the rejected reply only",
            "up = chosen - beta * chosen_before; down = rejected - beta * rejected_before; z = "
            "margin": "beta counts for the model before only",
            "out = beta * terms.mean()": "beta counts inside the sigmoid and in front of it",
            "out = terms.mean() / beta": "the loss is divided by beta",
            "z = 0.1 * margin": "beta is always 0.1",
        },
        _LOG: {
            (
                "terms = -torch.sigmoid(z).log()",
                "terms = -(1 / (1 + torch.exp(-z))).log()",
                "terms = torch.log(1 + torch.exp(-z))",
                "terms = torch.log1p(torch.exp(-z))",
            ): "exp or sigmoid comes first and its logarithm after, so that large differences give "
            "infinity",
            tuple(
                f"terms = -{kept}.log()"
                for e in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
                for kept in (f"(torch.sigmoid(z) + {e})", f"torch.sigmoid(z).clamp(min={e})")
            ): "the sigmoid is kept above a small number",
            tuple(
                f"z = (beta * margin).clamp(-{most}, {most})" for most in (10, 20, 50, 80, 100)
            ): "large differences are clamped",
        },
        _LOSS: {
            "terms = F.logsigmoid(z)": "the minus sign is missing",
            "terms = -torch.sigmoid(z)": "the logarithm is missing",
            "terms = 1 - torch.sigmoid(z)": "1 - sigmoid comes back, without a logarithm",
            "terms = torch.sigmoid(z)": "the sigmoid itself comes back",
            "terms = -z": "the sigmoid is missing",
            "terms = -F.logsigmoid(z) / np.log(2)": "log2 is taken (bits)",
        },
        _MEAN: {
            "out = terms.sum()": "the sum comes back instead of the mean",
            "out = terms": "the numbers of all pairs come back",
            "out = terms[0]": "only the first pair counts",
            "out = terms[-1]": "only the last pair counts",
            "z = beta * margin.mean()": "the mean is taken of the margins, before the sigmoid",
            "out = terms.mean()[None]": "a dimension of size 1 comes back",
        },
    },
    seen={
        "a plain number comes back, as of item() or float(): return a tensor, through which "
        "training can follow the loss back": comes_back(PlainNumber),
        **SEVERAL_CAME,
        **MATH_OF_A_TENSOR,
        **SINGLE_NUMBERS,
        "a NumPy array comes back: return a tensor": comes_back(np.ndarray),
        "math takes single numbers, and a tensor has several: use torch's own": says("math range"),
        f"large differences give infinity or NaN: {_LOG}": seen.not_finite,
        "the loss is one number, a tensor of shape ()": seen.other_shape,
        "the loss is negative, and -log of a sigmoid never is": lambda got, *_: bool(got < -1e-3),
        f"another number comes back: {_LOSS}, and {_MARGIN}": comes_back(Tensor),
    },
)
"""`check_dpo_loss(dpo_loss, chosen, rejected, chosen_before, rejected_before, beta)`."""

check_dpo_loss_slopes = EXERCISE.check(
    "dpo_loss",
    reference=dpo_loss,
    text=[_dpo],
    procedure=run_slopes(2),
    expects="a loss that PyTorch can follow back to chosen and rejected: their gradients",
    wrong=NOT_CUT
    | {
        "gradients must reach chosen and rejected": {
            "up = chosen.detach() - chosen_before": "none reaches chosen",
            "down = rejected.detach() - rejected_before": "none reaches rejected",
        },
    },
    seen=SEEN_CUT,
)
"""As `check_dpo_loss`, of the gradients that reach `chosen` and `rejected`."""


def _replies(batch: int, spread: float = 3.0) -> list[Tensor]:
    """Log-probabilities of whole replies: chosen, rejected, and both before."""
    before = -10 - 5 * torch.rand(2, batch)
    now = before + spread * torch.randn(2, batch)
    return [*now, *before]


def _pairs(
    *batches: int, beta: float | None = None, check: Any = check_dpo_loss
) -> Callable[[Any], Any]:
    return lambda f: [
        check(f, *_replies(batch), a_size(2, 12) / 10 if beta is None else beta)
        for batch in batches
    ]


def _extreme(f: Any) -> None:
    for size in (1e4, -1e4, 3e3, -3e3):
        zeros = torch.zeros(a_size(2, 4))
        now = size + torch.randn(len(zeros))
        check_dpo_loss(f, now, zeros, zeros, zeros, 1.0)
        check_dpo_loss(f, zeros, now, zeros, zeros, 0.5)
        check_dpo_loss(f, zeros, zeros, now, zeros, 0.1)
        check_dpo_loss(f, zeros, zeros, zeros, now, 1)
    check_dpo_loss(f, torch.tensor([1e4, -1e4, 2.0]), *torch.randn(3, 3), 0.7)


EXERCISE.cases["dpo_loss"] = {
    "-log sigmoid(beta * ((chosen - chosen_before) - (rejected - rejected_before)))": _pairs(
        4, 5, 7
    ),
    "any beta": all_of(*(_pairs(3, beta=beta) for beta in (0.01, 0.1, 0.5, 1, 2.5))),
    "the mean over the batch, also of one pair": _pairs(1, 2, 1, 60),
    "finite for differences of ±1e4": _extreme,
    "a model that hasn't changed yet": lambda f: check_dpo_loss(f, *_replies(4, 0.0), 0.3),
    "differentiable in chosen and rejected": _pairs(1, 4, 6, check=check_dpo_loss_slopes),
}
