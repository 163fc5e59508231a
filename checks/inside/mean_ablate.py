"""Switch heads off by their means: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.drawn import a_size
from checks.inside.exercise import EXERCISE
from checks.onlooking import onlooker
from checks.seen import (
    SINGLE_NUMBERS,
    comes_back,
    not_finite,
    other_dtype,
    other_shape,
    raised,
    says,
)
from reference.inside import mean_ablate


def _ablate(heads: Tensor, which: list[int]) -> Tensor:
    mean_ablate(heads, which)  # refuses bad input
    h = heads
    chosen = which
    dims = (0, 2)
    mean = h.mean(dims, keepdim=True)
    means = mean.expand(h.shape)
    out = h.clone()
    for head in chosen:
        out[:, head] = means[:, head]
    return out


def _refused(got: Any, *_: Any) -> bool:
    """A ValueError of the answer's own, which speaks of heads; PyTorch and NumPy have others."""
    message = got.message.lower()
    return raised("ValueError")(got) and any(word in message for word in ("which", "head", "ind"))


_MEAN = "take each head's own mean over batch and positions (dims 0 and 2), a vector (d_head,)"
_CHOSEN = "replace each head whose index is in which, along dim 1, and no other"
_REST = "all other heads bring what they brought"
_WHOLE = "give a new tensor of the shape and dtype of heads, (batch, n_heads, n, d_head)"

check_mean_ablate = EXERCISE.check(
    "mean_ablate",
    reference=mean_ablate,
    text=[_ablate],
    expects="a new tensor of the shape and dtype of heads: each head in which brings its own mean "
    "over batch and positions, the same vector everywhere, all others what they brought",
    wrong={
        _MEAN: {
            (
                "dims = 2",
                "dims = (2,)",
            ): "the mean runs over positions alone, so that each text has its own",
            "dims = 0": "the mean runs over the batch alone, so that each position has its own",
            "dims = (0, 2, 3)": "the mean runs over the features too, so that a single number is "
            "left",
            "dims = (2, 3)": "the mean runs over positions and features, for each text",
            "dims = 3": "the mean runs over the features alone",
            "dims = 1": "the mean runs over the heads",
            "dims = (0, 1, 2)": "the mean runs over all heads too",
            "dims = (1, 2)": "the mean runs over heads and positions",
            "dims = (0, 1)": "the mean runs over batch and heads",
            "dims = (0, 1, 2, 3)": "a mean of all numbers is taken",
            "mean = h[:, which].mean((0, 1, 2), keepdim=True)": "the heads in which share one mean",
            (
                "mean = h[:, [i for i in range(h.shape[1]) if i not in which] or [0]].mean((0, 1, "
                "2), keepdim=True)",
                "means = h[:, [i for i in range(h.shape[1]) if i not in which] or [0]].mean(1, "
                "keepdim=True).expand(h.shape)",
            ): "the mean of the other heads is taken",
            "out[:, head] = means[:, head] -> out[:, head] = h[:, head].mean((0, 2))": "the mean "
            "runs over batch and features (heads[:, head] has three dimensions: its positions are "
            "dim 1)",
            "mean = h.sum(dims, keepdim=True)": "the sum is taken, not the mean",
            "mean = h.transpose(1, 2).flatten(0, 1).median(0).values[None, :, None]": "the "
            "median is taken",
            "mean = h.reshape(h.shape[1], -1, h.shape[-1]).mean(1)[None, :, None]": "a reshape "
            "mixes heads and texts (heads are dim 1)",
            "mean = torch.zeros_like(h[:1, :, :1])": "0 is put in their place (zero ablation)",
            "means = h[:1, :, :1].expand(h.shape)": "the vector of the first text's first position "
            "is put everywhere",
            "means = h.roll(1, 0)": "the heads of another text are put in their place (resampling)",
            "means = h.flip(0)": "the heads of the texts in reverse order are put in their place",
            "mean = h[:1].mean((0, 2), keepdim=True)": "only the first text goes into the mean",
            "mean = h[:, :, :1].mean(0, True)": "only the first position goes into the mean",
            "mean = h[:, :, -1:].mean(0, True)": "only the last position goes into the mean",
            "means = h - mean": "the mean is subtracted from what they bring",
            "means = h + mean": "the mean is added to what they bring",
            "means = 0.5 * (h + mean)": "the mean is mixed with what they bring",
        },
        _CHOSEN: {
            "chosen = [i for i in range(h.shape[1]) if i not in which]": "all heads but those in "
            "which are replaced",
            ("chosen = range(h.shape[1])", "out = means.clone()"): "all heads are replaced, "
            "whatever which holds",
            "chosen = which[:1]": "only the first in which is replaced (as where a return inside "
            "the loop ends it)",
            "chosen = which[-1:]": "only the last in which is replaced",
            "chosen = ()": "nothing is replaced",
            "chosen = range(len(which))": "the first heads are replaced, as many as which holds",
            "chosen = [i - 1 for i in which]": "the head before each in which is replaced (off by "
            "one)",
            "chosen = which or range(h.shape[1])": "an empty which replaces all heads",
            "chosen = range(min(which), max(which) + 1) if which else ()": "all heads from the "
            "first to the last in which are replaced",
            (
                "out[:, head] = means[:, head] -> out[head] = means[head]",
                "out[:, head] = means[:, head] -> out[head] = h.mean((0, 2))[head]",
            ): "the index is used along the batch (dim 0)",
            (
                "out[:, head] = means[:, head] -> out[:, :, head] = means[:, :, head]",
                "out[:, head] = means[:, head] -> out[:, :, head] = h[:, :, head].mean((0, 1))",
            ): "the index is used along the positions (dim 2)",
            "out[:, head] = means[:, head] -> out[..., head] = means[..., head]": "the index is "
            "used along the features (the last dim)",
            "out[:, head] = means[:, head] -> out[:1, head] = means[:1, head]": "only the first "
            "text's heads are replaced",
            "out[:, head] = means[:, head] -> out[:, head, -1] = means[:, head, -1]": "heads are "
            "replaced at the last position only",
            "out[:, head] = means[:, head] -> out[:, head, 0] = means[:, head, 0]": "heads are "
            "replaced at the first position only",
        },
        _REST: {
            "out = torch.zeros_like(h)": "the other heads become 0",
        },
        _WHOLE: {
            "return out[:, which]": "only the heads in which come back",
            "return out.transpose(1, 2)": "positions come before heads",
            "return out.transpose(1, 2).flatten(-2)": "the heads are merged",
            "return mean": "only the means come back",
            "return out.float()": "the result is converted to float32",
            "return out.double()": "the result is converted to float64",
            "return out.sum(1)": "the heads are added up",
        },
    },
    seen={
        "which may be empty, and an empty list has neither min nor max": says("empty sequence"),
        "a head that exists is refused: ValueError is for indices below 0 and from n_heads on, "
        "where n_heads is heads.shape[1]": _refused,
        "view asks for heads that lie in one piece, and after split_heads they don't: use reshape, "
        "or count dims instead": says("view size is not compatible"),
        "the result is not finite: take the mean over batch and positions of a head that there "
        "is": not_finite,
        "the result has another dtype than heads": other_dtype(),
        "the shape is not that of heads, (batch, n_heads, n, d_head)": other_shape,
        "two shapes don't fit: the mean of heads[:, head] is (d_head,), that of all heads (1, "
        "n_heads, 1, d_head) with keepdim=True, and a mask of heads is (n_heads, 1, 1)": says(
            "must match", "shape mismatch", "expand"
        ),
        **SINGLE_NUMBERS,
        "a list comes back: make one tensor of the heads": comes_back(list, tuple),
    },
)
"""`check_mean_ablate(mean_ablate, heads, which)`, `heads` `(batch, n_heads, n, d_head)`."""

_SAME = "give a new tensor in any case (heads.clone()), so that who changes one keeps the other"

check_mean_ablate_new = EXERCISE.check(
    "mean_ablate",
    reference=mean_ablate,
    text=[_ablate],
    procedure=lambda answer, heads, which: onlooker(answer).overwrite(answer, heads, which),
    expects="a new tensor, which stays as it is where heads is overwritten afterwards",
    wrong={
        _SAME: {
            "out = h.clone() if which else h": "heads itself comes back where which is empty",
        },
    },
    seen={
        f"heads is overwritten afterwards, and the result changes with it: {_SAME}": not_finite,
    },
)
"""`check_mean_ablate_new(mean_ablate, heads, which)`: after the call, `heads` is overwritten."""


def _heads(*shape: int) -> Tensor:
    """Heads each of which brings something else on average, as split_heads gives them."""
    batch, n_heads, n, d_head = shape
    own = torch.randn(n_heads, d_head)
    return (torch.randn(batch, n, n_heads, d_head) + own).transpose(1, 2)


def _some(n_heads: int, least: int = 1, most: int | None = None) -> list[int]:
    """So many of the heads, not in order."""
    count = a_size(least, n_heads - 1 if most is None else most)
    return [int(head) for head in torch.randperm(n_heads)[:count]]


def _ablated(*shapes: tuple[int, int, int, int]) -> Callable[[Any], Any]:
    return lambda f: [check_mean_ablate(f, _heads(*shape), _some(shape[1])) for shape in shapes]


def _which(f: Any) -> None:
    n_heads = a_size(4, 6)
    for which in ([0], [n_heads - 1], [2, 0], [*range(n_heads)], [1, 3]):
        check_mean_ablate(f, _heads(3, n_heads, 4, 2), which)


def _twice(f: Any) -> None:
    first, second = _some(4, 2, 2)
    check_mean_ablate(f, _heads(2, 4, 3, 2), [first, second, first])


def _kinds(f: Any) -> None:
    check_mean_ablate(f, _heads(3, 4, 5, 2).double(), _some(4))
    check_mean_ablate(f, _heads(2, 3, 4, 2).half(), _some(3))
    check_mean_ablate(f, torch.randn(2, 4, 3, 5), _some(4))
    check_mean_ablate(f, torch.randn(5, 3, 4, 2).permute(3, 2, 0, 1), _some(4))


def _refuses(f: Any) -> None:
    n_heads = a_size(3, 5)
    good = a_size(0, n_heads - 1)
    for wrong in (n_heads, -1, n_heads + 4, -n_heads):
        for which in ([wrong], [good, wrong], [wrong, good]):
            check_mean_ablate.raises(
                f,
                ValueError,
                _heads(2, n_heads, 3, 4),
                which,
                says=("which", "head", "index", "indices", str(wrong)),
                why="which must hold heads from 0 to n_heads - 1",
            )


EXERCISE.cases["mean_ablate"] = {
    "its own mean over batch and positions, the same vector everywhere": _ablated(
        (3, 4, 5, 2), (2, 5, 7, 3), (4, 3, 2, 6)
    ),
    "each head whose index is in which": _which,
    "which holds a head twice": _twice,
    "[] changes nothing": lambda f: [
        check_mean_ablate(f, _heads(*shape), []) for shape in ((2, 3, 4, 2), (1, 1, 3, 5))
    ],
    "a single text, position or feature, sizes that are alike": _ablated(
        (1, 3, 5, 2), (3, 3, 1, 4), (2, 4, 3, 1), (4, 4, 4, 4), (1, 2, 1, 1)
    ),
    "a single head": lambda f: check_mean_ablate(f, _heads(2, 1, 4, 3), [0]),
    "heads of any dtype, in any memory layout": _kinds,
    "a new tensor, for [] too": lambda f: [
        check_mean_ablate_new(f, _heads(2, 3, 4, 2), which) for which in ([], _some(3), [0, 1, 2])
    ],
    "ValueError for an index that there isn't, negative ones included": _refuses,
}
