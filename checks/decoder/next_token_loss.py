"""The loss of next tokens: what often goes wrong, and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from checks import seen
from checks.check import all_of
from checks.compare import PlainNumber, Raised, as_seen, same
from checks.decoder.exercise import EXERCISE
from checks.seen import SEVERAL_CAME, Predicate, batch_fails, comes_back, other_dtype, raised, says
from reference.training import next_token_loss


def _loss(logits: Tensor, tokens: Tensor) -> Tensor:
    next_token_loss(logits, tokens)  # refuses bad input
    n, V = logits.shape[-2:]  # noqa: RUF059  (edits use them)
    L = logits
    given = L[..., :-1, :]
    following = tokens[..., 1:]
    logs = torch.log_softmax(given, -1)
    index = following[..., None]
    picked = logs.gather(-1, index)[..., 0]
    terms = -picked
    loss = terms.mean()
    return loss


def _run_loss(answer: Any, logits: Tensor, tokens: Tensor) -> Any:
    return as_seen(answer(logits, tokens))


def _compared(*pairs: tuple[slice, Callable[[Tensor], Tensor]]) -> Predicate:
    """The loss of these positions against these tokens, perhaps with another slip or two."""

    def when(got: Any, expected: Tensor, logits: Tensor, tokens: Tensor) -> bool:
        for positions, following in pairs:
            given, against = logits[..., positions, :], following(tokens)[..., None]
            logs = torch.log_softmax(given, -1).gather(-1, against)
            several = (logs, logs.exp(), logs / math.log(2), given.gather(-1, against))
            sums = [sign * t.sum() for t in several for sign in (1, -1)]
            counts = (1, against.numel(), tokens.numel(), len(tokens), tokens.shape[-1])
            if any(same(got, value / count) for value in sums for count in counts):
                return True
        return False

    return when


def _of_leading_dimensions(got: Any, expected: Tensor, logits: Tensor, tokens: Tensor) -> bool:
    """An error that speaks of dimensions or of places in them, or a shape that no mean over
    predictions has."""
    if isinstance(got, Raised):
        return "IndexError" in got.kinds or batch_fails(3)(got, expected, logits)
    shape = tokens[..., 1:].shape
    means = [shape[i:j] for i in range(len(shape) + 1) for j in range(i, len(shape) + 1)]
    return isinstance(got, Tensor) and got.numel() > 1 and got.shape not in means


_SHIFT = "compare position i with the token at i + 1, logits[..., :-1, :] against tokens[..., 1:]"
_FROM_THE_END = "count from the end, logits[..., :-1, :] and tokens[..., 1:]"
_LOG_SOFTMAX = "take the logarithm and the softmax in one step, torch.log_softmax"

_check_loss = EXERCISE.check(
    "next_token_loss",
    arguments=("logits", "tokens"),
    reference=next_token_loss,
    text=[_loss],
    procedure=_run_loss,
    expects="the mean of -ln p, a tensor of shape (): p is the probability that position i gives "
    "to the token at i + 1, for all positions but the last, which has no successor",
    wrong={
        _SHIFT: {
            (
                "given = L; following = tokens",
                "given = L[..., 1:, :]",
                "following = tokens[..., :-1]",
            ): "each position is compared with its own token (no shift)",
            "given = L[..., 1:, :]; following = tokens[..., :-1]": "the shift goes the wrong way "
            "(position i + 1 is compared with the token at i)",
            (
                "given = L; following = tokens.roll(-1, -1)",
                "given = L; following = tokens.flatten().roll(-1).view_as(tokens)",
                "given = L.roll(1, -2); following = tokens",
            ): "the last position is compared too, with a first token (roll)",
            (
                "given = L; following = tokens.roll(1, -1)",
                "given = L.roll(-1, -2); following = tokens",
            ): "the shift goes the wrong way round (roll)",
            "given = L; following = F.pad(tokens[..., 1:], (0, 1))": "the last position is "
            "compared with a token 0 that is put after the last (padding)",
            "given = F.pad(L[..., :-1, :], (0, 0, 1, 0)); following = tokens": "the first token is "
            "compared too, with a made-up prediction (padding)",
            "given = L[..., :-2, :]; following = tokens[..., 2:]": "the shift is by two",
            "given = L.flatten(0, -2)[:-1]; following = tokens.flatten()[1:]": "the batch is "
            "flattened before the shift, so that a sequence's last position is compared with the "
            "next sequence's first token",
            "given = L[:-1]; following = tokens[1:]": "the shift runs over the first dimension, "
            "the batch",
        },
        f"any number of leading dimensions may come, {_FROM_THE_END}": {
            "given = L[:, :-1]; following = tokens[:, 1:]": "one batch dimension is taken for "
            "granted",
            "given = L[:-1]; following = tokens[1:]; loss = F.cross_entropy(given, following)": "a "
            "single sequence, without a batch, is taken for granted",
        },
        "take torch.log_softmax(logits, dim=-1), along the vocabulary": {
            "logs = torch.log_softmax(given.softmax(-1), -1)": "the softmax is applied twice "
            "(F.cross_entropy and log_softmax take logits)",
            "logs = given": "the softmax is missing",
            "logs = given.log()": "the softmax is missing, and the logarithm of logits is taken",
            (
                "logs = torch.log_softmax(given, -2)",
                "logs = torch.log_softmax(L, -2)[..., :-1, :]",
            ): "the softmax runs over the positions (dim -2)",
            "logs = torch.log_softmax(given, 0)": "the softmax runs over the first dimension",
            (
                "logs = torch.log_softmax(given, 1)",
                "logs = torch.log_softmax(L, 1)[..., :-1, :]",
            ): "the softmax runs over dimension 1, which with a batch is the positions",
            "logs = torch.log_softmax(given, 0 if given.dim() == 3 else 1)": "the softmax is not "
            "told its dim",
            "logs = torch.log_softmax(given.flatten(), 0).view_as(given)": "the softmax runs over "
            "all logits together",
            "logs = F.logsigmoid(given)": "a sigmoid replaces the softmax",
            "logs = torch.log_softmax(given.mT.reshape(given.shape), -1)": "positions and "
            "vocabulary are transposed and then reshaped, which mixes them",
            "logs = (given.exp() / given.sum(-1, True)).log()": "exp is divided by the sum of the "
            "logits",
        },
        "F.cross_entropy wants the classes in dimension 1: flatten to (rows, vocab_size) and "
        "(rows,)": {
            (
                "loss = F.cross_entropy(given, following)",
                "given = L[:, :-1]; following = tokens[:, 1:]; loss = F.cross_entropy(given, "
                "following)",
            ): "the positions are taken for the classes",
        },
        f"logits of 1e4 are too large for that: {_LOG_SOFTMAX}": {
            (
                "logs = given.softmax(-1).log()",
                "logs = (given.exp() / given.exp().sum(-1, True)).log()",
                "logs = given - given.exp().sum(-1, True).log()",
                "logs = given.double().softmax(-1).log().to(given.dtype)",
                "logs = given.softmax(-1).log().nan_to_num()",
                "m = (given - given.max()).exp(); logs = (m / m.sum(-1, True)).log()",
            ): "exp or softmax comes first and its logarithm after, but exp(1e4) is infinity, and "
            "p becomes 0",
            "m = given - given.max(); logs = m - m.exp().sum(-1, True).log()": "the largest of all "
            "logits is subtracted, not each position's own",
        },
        f"-ln p must keep its value for the smallest p: {_LOG_SOFTMAX}": {
            **{
                (
                    f"logs = (given.softmax(-1) + {e}).log()",
                    f"logs = given.softmax(-1).clamp({e}).log()",
                ): f"{e:g} is added to p, or p is clamped"
                for e in (1e-9, 1e-8, 1e-10, 1e-12, 1e-6, 1e-7, 1e-5, 1e-15, 1e-20, 1e-30)
            },
            (
                "logs = torch.log_softmax(given, -1).clamp(-100)",
                "logs = torch.log_softmax(given.clamp(-100, 100), -1)",
            ): "ln p or the logits are clamped",
        },
        "take the mean of -ln p in nats, with torch.log or torch.log_softmax": {
            "terms = picked": "the minus sign is missing",
            "terms = -picked.exp()": "the logarithm is missing (the mean of -p)",
            "terms = picked.exp()": "the logarithm is missing (the mean of p)",
            "terms = 1 - picked.exp()": "the logarithm is missing (the mean of 1 - p)",
            "terms = -picked / math.log(2)": "log2 is taken (bits)",
            "terms = -picked / math.log(10)": "log10 is taken",
            "loss = -picked.exp().mean().log()": "the logarithm is taken of the mean of p",
            "loss = terms.mean().exp()": "the perplexity comes back, exp of the loss",
            "loss = terms.exp().mean()": "exp of -ln p is averaged (1 / p)",
            "loss = 2 ** terms.mean()": "2 to the power of the loss comes back",
            "terms = picked ** 2": "the logarithm is squared",
            "loss = terms.mean() / math.log(V)": "the loss is divided by ln vocab_size",
            "terms = -torch.log1p(-picked.exp())": "ln(1 - p) is taken",
            "terms = -picked * picked.exp()": "each -ln p is weighted by p",
        },
        "take the probability of the token that really comes next": {
            "picked = logs.amax(-1)": "the largest probability is taken",
            "terms = -(logs.exp() * logs).sum(-1)": "the entropy of the predictions comes back",
            "terms = -logs.mean(-1)": "the mean over the vocabulary is taken",
            "terms = -logs.sum(-1)": "the sum over the vocabulary is taken",
            "terms = (given.argmax(-1) == following).to(given.dtype)": "the share of right "
            "predictions comes back (accuracy)",
            "terms = (given.argmax(-1) != following).to(given.dtype)": "the share of wrong "
            "predictions comes back",
            "terms = -logs[following]": "tokens are taken for positions, as in log_p[tokens]",
            "picked = logs[..., following]": "every position is compared with every token, as in "
            "logs[..., tokens], and gather pairs them",
            "terms = -picked - torch.log1p(-logs.exp()).sum(-1) + torch.log1p(-picked.exp())": "a "
            "binary cross-entropy is taken",
            "terms = (logs.exp() - F.one_hot(following, V)).square().mean(-1)": "squares of the "
            "differences to a one-hot vector are averaged",
            tuple(
                f"terms = -{1 - s} * picked - {s} * logs.mean(-1)" for s in (0.1, 0.05, 0.2)
            ): "labels are smoothed",
        },
        "count every prediction that has a successor once, mean() over all of them": {
            "loss = terms.sum()": "the sum comes back instead of the mean",
            "loss = terms.sum() / V": "the sum is divided by vocab_size",
            "loss = terms.mean() / V": "the mean runs over the vocabulary too",
            (
                "loss = terms.sum() / tokens.numel()",
                "loss = terms.sum() / n",
            ): "the sum is divided by the number of tokens, one more than there are predictions",
            "loss = terms.sum(-1).mean()": "the sums of the sequences are averaged",
            "loss = terms.mean(-1).sum()": "the means of the sequences are added",
            "loss = terms.sum() / len(tokens)": "the sum is divided by len(tokens)",
            "loss = terms[..., -1].mean()": "only the last prediction counts",
            "loss = terms[..., 0].mean()": "only the first prediction counts",
            "loss = terms[..., 1:].mean()": "the first prediction is left out",
            "loss = terms[..., :-1].mean()": "the last prediction is left out",
            ("loss = terms.reshape(-1, n - 1)[0].mean()", "loss = terms[0].mean()"): "only the "
            "first sequence counts",
            "loss = terms.reshape(-1, n - 1)[-1].mean()": "only the last sequence counts",
            "loss = terms[following != 0].mean()": "token 0 is left out, as if it were padding",
            "loss = terms.median()": "the median is taken",
            "loss = terms.max()": "the largest is taken",
        },
        "average over all dimensions: mean() without dim": {
            "loss = terms": "the numbers of all predictions come back (reduction='none')",
            "loss = terms.mean(-1)": "a number for each sequence comes back",
            "loss = terms.mean(0)": "the mean runs over the first dimension only",
            "loss = terms.mean()[None]": "a dimension of size 1 comes back",
        },
        "keep the dtype of the logits": {
            "return loss.float()": "the loss is converted to float32",
            "return loss.double()": "the loss is converted to float64",
        },
    },
    seen={
        "a plain number comes back, as of item() or float(): return a tensor, through which "
        "training can follow the loss back": comes_back(PlainNumber),
        **SEVERAL_CAME,
        "a NumPy array comes back: return a tensor": comes_back(np.ndarray),
        "n = 2 is refused, and there is a prediction that has a "
        "successor": lambda got, expected, logits, tokens: (
            "ValueError" in got.kinds and tokens.shape[-1] == 2
        ),
        "predictions and tokens differ in number: leave out the last position's logits and the "
        "first token": says("to match target batch_size", "to match input batch_size"),
        "F.cross_entropy and F.nll_loss want the classes in dimension 1: flatten logits to (rows, "
        "vocab_size) and tokens to (rows,)": says("Expected target size", "only batches of"),
        "a sliced tensor has gaps in memory, on which view fails: use reshape or flatten": says(
            "view size is not compatible"
        ),
        "tokens are converted, and ids are whole numbers (int64): leave them as they are": says(
            "target dtype", "type Long", "dtype int64"
        ),
        "gather wants an index with as many dimensions as the logits": says(
            "Index tensor must have the same number of dim"
        ),
        "gather runs along the positions: it is to pick from the vocabulary, dim=-1": raised(
            "RuntimeError", says="is out of bounds for dimension"
        ),
        f"any number of leading dimensions may come, none included: {_FROM_THE_END}": (
            _of_leading_dimensions
        ),
        "tokens are refused that have a prediction: only n < 2 is to be, where n = "
        "tokens.shape[-1], which is not the batch": raised("ValueError"),
        "the loss has another dtype than the logits: keep that of the logits": other_dtype(),
        "the loss is one number, a tensor of shape (), whatever leading dimensions there are: "
        "average over all dimensions": lambda got, *_: isinstance(got, Tensor) and got.dim() > 0,
        f"each position is compared with its own token (no shift): {_SHIFT}": _compared(
            (slice(None), lambda tokens: tokens),
            (slice(1, None), lambda tokens: tokens[..., 1:]),
            (slice(None, -1), lambda tokens: tokens[..., :-1]),
        ),
        f"the shift goes the wrong way: {_SHIFT}": _compared(
            (slice(1, None), lambda tokens: tokens[..., :-1]),
            (slice(None), lambda tokens: tokens.roll(1, -1)),
        ),
        f"the last position is compared with the first token (roll): {_SHIFT}": _compared(
            (slice(None), lambda tokens: tokens.roll(-1, -1)),
        ),
        f"large logits give NaN or infinity: {_LOG_SOFTMAX}": seen.not_finite,
        "the loss is negative, and -ln p never is: see the sign, and whether a softmax comes "
        "before the logarithm": lambda got, *_: bool(got < -1e-3),
        f"large logits give another loss, so something is cut off or overflows: {_LOG_SOFTMAX}, "
        "and change nothing": lambda got, _, x, *__: got.dim() == 0 and bool(x.abs().max() > 100),
        "close, but not exact: add nothing to p, and take the mean of -ln p in "
        "nats": seen.nearly_right,
        "another number than the mean of -ln p over all predictions that have a successor: see "
        "whether softmax and gather run along the vocabulary, dim=-1": comes_back(Tensor),
    },
)

TOO_SHORT = (
    *("token", "position", "sequence", "length", "logits", "short", "few", "two", "2", "1", "n "),
)
"""Words of which a message on too few tokens must hold one."""


def check_next_token_loss(answer: Any, logits: Tensor, tokens: Tensor) -> Any:
    """Compare the loss of `logits` `(..., n, vocab_size)` on `tokens` `(..., n)`.

    To 1e-2 where logits are large: in float32 two of 10,000 can't be nearer than 1e-3.
    """
    large = bool((logits.abs() > 100).any())
    return _check_loss(answer, logits, tokens, tolerance=1e-2 if large else None)


def check_too_short(answer: Any, *shape: int, vocab_size: int = 5) -> None:
    """Check that tokens of `shape` `(..., n)`, `n` below 2, are refused."""
    _check_loss.raises(
        answer,
        ValueError,
        torch.randn(*shape, vocab_size),
        torch.randint(vocab_size, shape),
        says=TOO_SHORT,
        why="a prediction needs a token that comes next, so n must be at least 2",
    )


def _losses(*shapes: tuple[int, ...], dtype: Any = None) -> Callable[[Any], Any]:
    """A case of logits of shapes (..., n, vocab_size)."""
    return lambda f: [
        check_next_token_loss(f, 1.5 * torch.randn(s, dtype=dtype), torch.randint(s[-1], s[:-1]))
        for s in shapes
    ]


def _large(f: Any) -> None:
    shape, signs = (3, 5, 6), torch.tensor([1e4, -1e4])
    rows = signs.repeat(8)[:15].view(3, 5, 1)
    for logits in (
        signs[torch.randint(2, shape)],
        1e4 * torch.randn(shape).clamp(-1, 1),
        rows + 3 * torch.randn(shape),
        -rows[0] + 3 * torch.randn(shape[1:]),
    ):
        check_next_token_loss(f, logits, torch.randint(6, logits.shape[:-1]))


def _layouts(f: Any) -> None:
    tokens = torch.randint(7, (5, 2)).mT
    for logits in (torch.randn(2, 7, 5).mT, torch.randn(5, 2, 7).transpose(0, 1)):
        check_next_token_loss(f, logits, tokens)
    check_next_token_loss(f, torch.randn(2, 5, 14)[..., ::2], torch.randint(7, (2, 10))[:, ::2])


EXERCISE.cases["next_token_loss"] = {
    "logits (..., n, vocab_size) and tokens (..., n), any leading dimensions": _losses(
        (3, 5, 6), (7, 4), (2, 3, 4, 9), (1, 6, 5), (2, 1, 2, 3, 4)
    ),
    "two positions": _losses((2, 5), (3, 2, 5), (2, 2, 2, 4)),
    "sizes that are alike": _losses((4, 4, 4), (3, 5, 4), (5, 6, 5), (4, 3)),
    "many positions, and a large vocabulary": _losses((2, 90, 30), (2, 4, 3000)),
    "a vocabulary of one token": _losses((2, 3, 1), (4, 1)),
    "finite for logits of ±1e4": _large,
    "logits and tokens in any memory layout": _layouts,
    "the dtype of the logits": _losses((2, 4, 5), (6, 3), dtype=torch.float64),
    "ValueError for n < 2": all_of(
        lambda f: check_too_short(f, 1),
        lambda f: check_too_short(f, 3, 1),
        lambda f: check_too_short(f, 0),
        lambda f: check_too_short(f, 2, 3, 1),
    ),
}
