"""The loss on replies alone: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from checks import seen
from checks.check import all_of
from checks.compare import PlainNumber, Raised
from checks.drawn import a_size
from checks.fine_tuning.exercise import EXERCISE
from checks.onlooking import onlooker, tensor_of
from checks.seen import SEVERAL_CAME, Predicate, comes_back, raised, says
from reference.fine_tuning import reply_loss

CUT = "the gradient is cut off: return the tensor itself, without item(), detach(), NumPy or "
CUT += "torch.no_grad()"


def _loss(logits: Tensor, tokens: Tensor, is_reply: Tensor) -> Tensor:
    reply_loss(logits, tokens, is_reply)  # refuses bad input
    n, V = logits.shape[-2:]  # noqa: RUF059  (edits use them)
    given = logits[..., :-1, :]
    following = tokens[..., 1:]
    logs = torch.log_softmax(given, -1)
    terms = -logs.gather(-1, following[..., None])[..., 0]
    counts = is_reply[..., 1:]
    kept = terms[counts]
    out = kept.mean()
    return out


_TARGET = "a prediction counts where its target is part of a reply, the token at i + 1: is_reply["
_TARGET += "..., 1:]"
_SHIFT = "compare position i with the token at i + 1, logits[..., :-1, :] against tokens[..., 1:]"
_MEAN = "take one mean over all predictions that count, of all sequences together"
_LOG = "take the logarithm and the softmax in one step, torch.log_softmax or F.cross_entropy"
_NATS = "the terms are -ln p of the token that comes next, in nats"

check_reply_loss = EXERCISE.check(
    "reply_loss",
    arguments=("logits", "tokens", "is_reply"),
    reference=reply_loss,
    text=[_loss],
    procedure=tensor_of,
    expects="the mean of -ln p, a tensor of shape (): p is the probability that position i gives "
    "to the token at i + 1, for those i where is_reply is True at i + 1",
    wrong={
        _TARGET: {
            "counts = is_reply[..., :-1]": "is_reply is read at the position that predicts, so the "
            "first token of a reply is left out, and what follows the reply counts",
            "counts = is_reply[..., 1:] & is_reply[..., :-1]": "the first token of a reply is left "
            "out",
            "counts = is_reply[..., 1:] | is_reply[..., :-1]": "the prediction of the token after "
            "a reply counts, too",
            "counts = ~is_reply[..., 1:]": "the predictions outside of replies count",
            "counts = torch.ones_like(following, dtype=torch.bool)": "all predictions count",
            "counts = is_reply[..., 1:].cummax(-1).values": "everything from the first reply on "
            "counts",
            "counts = F.pad(is_reply[..., 2:], (0, 1))": "is_reply is shifted twice",
        },
        _SHIFT: {
            "given = logits; following = tokens; counts = is_reply": "each position is compared "
            "with its own token (no shift)",
            "given = logits[..., 1:, :]; following = tokens[..., :-1]": "the shift goes the wrong "
            "way",
            "given = logits[..., 1:, :]; following = tokens[..., :-1]; counts = is_reply[..., "
            ":-1]": "the shift goes the wrong way, of is_reply as well",
            "given = logits; following = tokens.roll(-1, -1); counts = is_reply.roll(-1, -1)": (
                "the last position is compared with the first token (roll)"
            ),
            "given = logits[..., :-2, :]; following = tokens[..., 2:]; counts = is_reply[..., "
            "2:]": "the shift is by two",
        },
        _MEAN: {
            "out = kept.sum()": "the sum comes back instead of the mean",
            "out = kept.sum() / terms.numel()": "the sum is divided by the number of all "
            "predictions (or the other terms are set to 0, and still counted)",
            "out = kept.sum() / tokens.numel()": "the sum is divided by the number of all tokens",
            "out = kept.sum() / is_reply.sum()": "the sum is divided by the number of all tokens "
            "of replies, also one at position 0, which nothing predicts",
            "out = kept.sum() / (n - 1)": "the sum is divided by n - 1",
            "out = kept.sum() / V": "the sum is divided by vocab_size",
            "out = kept.sum() / len(tokens)": "the sum is divided by len(tokens)",
            "rows = zip(terms.reshape(-1, n - 1), counts.reshape(-1, n - 1)); out = torch.stack([t["
            "c].mean() for t, c in rows if c.any()]).mean()": "each sequence gets a mean of its "
            "own, and these are averaged, so that short replies weigh more",
            "rows = zip(terms.reshape(-1, n - 1), counts.reshape(-1, n - 1)); out = torch.stack([t["
            "c].sum() for t, c in rows]).mean()": "the sums of the sequences are averaged",
            "rows = zip(terms.reshape(-1, n - 1), counts.reshape(-1, n - 1)); out = [t[c].mean() "
            "for t, c in rows if c.any()][-1]": "only the last sequence with a reply counts",
            "rows = zip(terms.reshape(-1, n - 1), counts.reshape(-1, n - 1)); out = [t[c].mean() "
            "for t, c in rows if c.any()][0]": "only the first sequence with a reply counts",
            "out = kept.max()": "the largest is taken",
            "out = kept[-1]": "only the last prediction counts",
            "out = kept": "the numbers of all predictions come back",
        },
        _LOG: {
            (
                "logs = given.softmax(-1).log()",
                "logs = (given.exp() / given.exp().sum(-1, True)).log()",
                "logs = given.softmax(-1).log().nan_to_num()",
            ): "exp or softmax comes first and its logarithm after, which is infinite where p is 0",
            tuple(
                f"logs = given.softmax(-1).{kept}.log()"
                for e in (1e-8, 1e-9, 1e-10, 1e-12)
                for kept in (f"add({e})", f"clamp(min={e})")
            ): "p is kept above a small number",
            "logs = torch.log_softmax(given.clamp(-100, 100), -1)": "the logits are clamped",
        },
        _NATS: {
            "logs = given": "the softmax is missing",
            "logs = torch.log_softmax(given.softmax(-1), -1)": "the softmax is applied twice",
            "logs = torch.log_softmax(given, -2)": "the softmax runs over the positions",
            "return -out": "the minus sign is missing",
            "return out / math.log(2)": "log2 is taken (bits)",
            "return out.exp()": "the perplexity comes back, exp of the loss",
            "terms = -logs.amax(-1)": "the largest probability is taken, not that of the token "
            "that comes next",
            "terms = -logs.mean(-1)": "the mean over the vocabulary is taken",
        },
        "any number of leading dimensions may come: count from the end, [..., 1:]": {
            "given = logits[:, :-1]; following = tokens[:, 1:]; counts = is_reply[:, 1:]": "one "
            "batch dimension is taken for granted",
        },
    },
    seen={
        "a plain number comes back, as of item() or float(): return a tensor, through which "
        "training can follow the loss back": comes_back(PlainNumber),
        **SEVERAL_CAME,
        "a NumPy array comes back: return a tensor": comes_back(np.ndarray),
        "there is a reply, and ValueError comes: it is for is_reply[..., 1:] without a single "
        "True": raised("ValueError"),
        "the loss is one number, a tensor of shape (), whatever leading dimensions there are": (
            seen.other_shape
        ),
        "is_reply marks the tokens, n in each sequence, and there are n - 1 predictions: shift it "
        "as the tokens, is_reply[..., 1:]": says("The shape of the mask", "boolean index did not"),
        "a sliced tensor has gaps in memory, on which view fails: use reshape or flatten": says(
            "view size is not compatible"
        ),
        "booleans are no numbers, and can be neither subtracted nor negated by -: index with "
        "them, or use ~": says("bool"),
        f"another loss than that of the replies comes back, or none: {_MEAN}": lambda got, *_: (
            isinstance(got, Raised) or bool(got.isnan())
        ),
        f"large logits give infinity, or another loss: {_LOG}": lambda got, _, x, *__: bool(
            x.abs().max() > 100
        ),
        f"another number comes back: {_TARGET}, and {_MEAN}": comes_back(Tensor),
    },
)
"""`check_reply_loss(reply_loss, logits, tokens, is_reply)`."""


def run_slopes(n_of: int) -> Callable[..., Any]:
    """Gives the gradients of the first so many arguments."""
    return lambda answer, *args: onlooker(answer).slopes(answer, n_of, *args)


NOT_CUT = {
    "gradients must reach the first arguments: return the tensor itself, without item(), detach(), "
    "NumPy or torch.no_grad()": {
        ("return out.detach()", "return torch.tensor(out.item())"): "PyTorch can't follow the "
        "result back",
    }
}
SEEN_CUT: dict[str, Predicate] = {
    CUT: comes_back(str),
    "the gradient is another one": comes_back(list),
}

check_reply_loss_slopes = EXERCISE.check(
    "reply_loss",
    arguments=("logits", "tokens", "is_reply"),
    reference=reply_loss,
    text=[_loss],
    procedure=run_slopes(1),
    expects="a loss that PyTorch can follow back to logits: its gradient",
    wrong=NOT_CUT,
    seen=SEEN_CUT,
)
"""As `check_reply_loss`, of the gradient that reaches `logits`."""

_SAYS = ("reply", "replies", "target", "token", "predict")


def check_no_reply(answer: Any, is_reply: Tensor, vocab_size: int = 5) -> None:
    """Check that an `is_reply` `(..., n)` without a target is refused."""
    check_reply_loss.raises(
        answer,
        ValueError,
        torch.randn(*is_reply.shape, vocab_size),
        torch.randint(vocab_size, is_reply.shape),
        is_reply,
        says=_SAYS,
        why="no target is part of a reply, so there is nothing to average",
    )


def a_reply(*shape: int) -> Tensor:
    """A mask `(..., n)`, in each sequence of two runs of its own or none, but one at least."""
    n = shape[-1]
    mask = torch.rand(shape) < 0.5
    flat = mask.view(-1, n)
    flat[int(torch.randint(len(flat), ())), int(torch.randint(1, n, ()))] = True
    return mask


def _some(*shape: int, check: Any = check_reply_loss, size: float = 1.5) -> Callable[[Any], Any]:
    """A case of logits (..., n, vocab_size)."""
    return lambda f: check(
        f, size * torch.randn(shape), torch.randint(shape[-1], shape[:-1]), a_reply(*shape[:-1])
    )


def _marked(f: Any) -> None:
    """Replies at either end, of one token, in one text only, everywhere."""
    n = a_size(5, 8)
    for first, last in ((0, 2), (n - 1, n), (1, 2), (0, n), (2, 4), (n - 3, n)):
        mask = torch.zeros(3, n, dtype=torch.bool)
        mask[1, first:last] = True
        check_reply_loss(f, torch.randn(3, n, 6), torch.randint(6, (3, n)), mask)
        check_reply_loss(f, torch.randn(n, 6), torch.randint(6, (n,)), mask[1])


def _large(f: Any) -> None:
    signs = torch.tensor([1e4, -1e4])
    for logits in (signs[torch.randint(2, (3, 5, 6))], 1e4 * torch.randn(3, 5, 6).clamp(-1, 1)):
        check_reply_loss(f, logits, torch.randint(6, (3, 5)), a_reply(3, 5), tolerance=1e-2)


def _layouts(f: Any) -> None:
    tokens, mask = torch.randint(7, (5, 2)).mT, a_reply(5, 2).mT.contiguous()
    mask[0, 3] = True
    check_reply_loss(f, torch.randn(2, 7, 5).mT, tokens, mask.mT.contiguous().mT)


def _refuses(f: Any) -> None:
    n = a_size(3, 6)
    for shape in ((n,), (2, n), (2, 3, n), (1,), (3, 1)):
        mask = torch.zeros(shape, dtype=torch.bool)
        check_no_reply(f, mask)
        mask[..., 0] = True  # nothing predicts it
        check_no_reply(f, mask)


EXERCISE.cases["reply_loss"] = {
    "the mean over those predictions whose target is part of a reply": all_of(
        _some(3, 6, 7), _some(4, 9, 5), _some(2, 12, 8)
    ),
    "replies anywhere, of any length": _marked,
    "logits (..., n, vocab_size), any leading dimensions": all_of(
        _some(7, 4), _some(2, 3, 5, 6), _some(2, 1, 2, 4, 5), _some(1, 6, 5)
    ),
    "sizes that are alike, two positions": all_of(
        _some(4, 4, 4), _some(3, 3, 5, 5), _some(2, 4), _some(2, 2, 2)
    ),
    "many positions, and a large vocabulary": all_of(_some(2, 90, 30), _some(2, 5, 2000)),
    "finite for logits of ±1e4": _large,
    "any memory layout": _layouts,
    "differentiable in logits": all_of(
        _some(3, 5, 6, check=check_reply_loss_slopes),
        _some(6, 4, check=check_reply_loss_slopes),
        _some(2, 2, 4, 3, check=check_reply_loss_slopes),
    ),
    "ValueError where no target is part of a reply": _refuses,
}
