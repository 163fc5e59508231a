"""What the learner writes in lesson 07."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "07-multi-head-attention", ("part_of", "contribution", "without_head"), limit_seconds=10
)
your_turn = YourTurn(_PLACES)


def part_of(t: Tensor, h: int, d_head: int) -> Tensor:
    begin = h * d_head
    end = begin + d_head
    return t[:, begin:end]


def contribution(heads: Tensor, W_o: Tensor, h: int) -> Tensor:
    d_head = heads.shape[-1]
    begin = h * d_head
    rows = W_o[begin : begin + d_head]
    return heads[h] @ rows


def without_head(contributions: Sequence[Tensor], b_o: Tensor, h: int) -> Tensor:
    brought = torch.stack(tuple(contributions))
    own = brought[h]
    return brought.sum(dim=0) - own + b_o


_PLACES.check(
    "part_of",
    reference=part_of,
    expects="the head's own columns, for all positions: (n, d_head)",
    wrong={
        "head h has columns h * d_head to (h + 1) * d_head": {
            "return t[begin:end]": "these are rows, so positions",
            "end = begin + d_head - 1": "one is missing: a slice ends before its end",
            "begin = h": "the columns begin at h, where h heads of d_head columns come before",
            (
                "begin = (h + 1) * d_head",
                "begin = (h - 1) * d_head",
            ): "that's another head: they are counted from 0",
            "return t[:, 0:2]": "these are always the first two columns, where they depend on h "
            "and d_head",
            (
                "return t.reshape(-1, t.shape[0], d_head)[h]",
                "return t.reshape(t.shape[1] // d_head, t.shape[0], d_head)[h]",
            ): "reshape reads line by line, so positions get mixed",
            "return t[:, h::d_head]": "every other column is taken, and not those side by side",
        }
    },
    seen={"another shape comes back: (n, d_head) is asked for": other_shape},
)
_PLACES.check(
    "contribution",
    reference=contribution,
    expects="what the head brings, (n, d_model): its output times its own rows of W_o",
    wrong={
        "heads[h], which is (n, d_head), meets rows h * d_head to (h + 1) * d_head of W_o": {
            "rows = W_o[:d_head]": "these are the rows of head 0",
            "return heads @ rows": "all the heads meet these rows, where head h alone does",
            "begin = h": "the rows begin at h, where h heads of d_head rows come before",
            "rows = W_o[:, begin:begin + d_head].T": "these are columns of W_o, turned",
            "return heads[0] @ rows": "that's the output of head 0",
            "return heads[h]": "W_o is missing",
            "return torch.cat(tuple(heads), -1) @ W_o": "that's what all the heads bring together",
        }
    },
    seen={
        "the inner sizes don't fit: (n, d_head) @ (d_head, d_model) takes the head's own rows of "
        "W_o, and here d_head is heads.shape[-1]": says("cannot be multiplied", "must match"),
        "another shape comes back: (n, d_model) is asked for": other_shape,
    },
)
_PLACES.check(
    "without_head",
    reference=without_head,
    expects="what all the other heads bring, added up, and the bias",
    wrong={
        "add up what the other heads bring, and the bias": {
            "return brought.sum(0) - own": "the bias is missing",
            "return brought.sum(0) + b_o": "the head is still in it",
            ("return own + b_o", "return own"): "that's what this head brings by itself",
            "return brought.mean(0) - own + b_o": "a mean is taken instead of the sum",
            "return (brought.sum(0) - own) / (len(brought) - 1) + b_o": "a mean is taken instead "
            "of the sum",
            (
                "return brought.sum(0) - own - b_o",
                "return brought.sum(0) + own + b_o",
            ): "a sign is turned",
            "return brought.sum(0) - own + (len(brought) - 1) * b_o": "the bias is added for each "
            "head, where the layer has one",
            "return brought[:h].sum(0) + b_o": "the heads after it are missing, too",
            "own = brought[h - 1]": "that's another head: they are counted from 0",
        }
    },
    seen={
        "+= can't make the bias longer: write total = total + …": says("broadcast shape"),
        "another shape comes back: (n, d_model) is asked for": other_shape,
    },
)

your_turn.also("part_of", numbers(5, 12), 2, 3)
your_turn.also("contribution", numbers(3, 5, 4), numbers(12, 7, seed=1), 2)
your_turn.also("without_head", [*numbers(4, 3, 5)], numbers(5, seed=1), 2)
