"""What the learner writes in lesson 02."""

from __future__ import annotations

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import comes_back, other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise("02-tensors", ("row_means", "shared", "picked"), limit_seconds=10)
your_turn = YourTurn(_PLACES)


def row_means(table: Tensor) -> Tensor:
    return table.mean(dim=1, keepdim=True)


def shared(texts: Tensor) -> Tensor:
    turned = texts.transpose(-2, -1)
    return texts @ turned


def picked(p: Tensor, came: Tensor) -> Tensor:
    rows = torch.arange(len(p))
    return p[rows, came]


_PLACES.check(
    "row_means",
    reference=row_means,
    expects="a mean for each row, (n, 1): table.mean with a dim, and keepdim=True",
    wrong={
        "dim=1 goes along each row, and keepdim=True keeps it, with size 1": {
            ("return table.mean(1)", "return table.mean(1)[None]"): "keepdim=True is missing",
            (
                "return table.mean(0)",
                "return table.mean(0, keepdim=True)",
                "return table.mean(0)[:, None]",
            ): "dim=0 goes down the columns",
            ("return table.mean()", "return table.mean().reshape(1, 1)"): "that's a single mean, "
            "of all the numbers",
            (
                "return table.sum(1, keepdim=True)",
                "return table.sum(1)",
            ): "these are sums, which mean would divide by how many numbers went in",
        }
    },
    seen={"another shape comes back: (n, 1) is asked for, a mean for each row": other_shape},
)
_PLACES.check(
    "shared",
    reference=shared,
    expects="for each text a table of words by words, (..., n, n): texts @ texts, with the last "
    "two dimensions of the second one swapped",
    wrong={
        "transpose(-2, -1) swaps the last two dimensions, and leaves those in front": {
            # What .T does, without PyTorch's warning, which would come whatever the learner wrote.
            "turned = texts.permute(*reversed(range(texts.dim())))": ".T reverses all the "
            "dimensions, that of the batch too",
            (
                "turned = texts.reshape(texts.mT.shape)",
                "turned = texts.reshape(texts.shape[0], texts.shape[2], texts.shape[1])",
            ): "reshape gives the right shape, with numbers of different words mixed in a column",
            "turned = texts.transpose(0, 1)": "this swaps the texts with the words",
            "turned = texts": "nothing is swapped",
        },
        "each word meets each word by texts @ turned, with the words first": {
            (
                "return turned @ texts",
                "return texts.mT @ texts",
            ): "the factors are swapped, so that features meet features",
            "return texts * texts": "* multiplies number by number, and @ is the matrix product",
        },
    },
    seen={
        "the inner sizes of the two factors don't fit: (..., n, 3) @ (..., 3, n), so swap the last "
        "two dimensions of the second one": says(
            "must match", "cannot be multiplied", "Expected size", "Expected batch"
        ),
    },
)
_PLACES.check(
    "picked",
    reference=picked,
    expects="one number from each row, (n,): p[i, came[i]] for each i",
    wrong={
        "row i gives number came[i] and no other": {
            ("return p[:, came]", "return p.index_select(1, came)"): "a colon takes all of these "
            "columns from every row: put torch.arange(len(p)) in its place",
            (
                "return p.gather(-1, came[:, None])",
                "return p[rows, came][:, None]",
            ): "a column came out: [:, 0] takes its numbers",
            (
                "return p.gather(0, came[None])[0]",
                "return p.gather(0, came[None])",
                "return p.gather(0, came[:, None])[:, 0]",
            ): "dim 0 picks along the columns: -1 is along each row",
            "return p[came]": "these are whole rows: p[rows, columns] takes two lists",
            (
                "return p.amax(-1)",
                "return p.max(-1).values",
            ): "that is the most likely word of each row, which needn't be the one that came",
        }
    },
    seen={
        "gather wants as many dimensions in its indices as p has: came[:, None] is a column": says(
            "same number of dimensions"
        ),
        "a list comes back: index the tensor, and a tensor comes out": comes_back(list, tuple),
        "another shape comes back: one number for each row is asked for": other_shape,
    },
)

your_turn.also("row_means", numbers(3, 5))
your_turn.also("shared", numbers(3, 4, 2))
your_turn.also("picked", numbers(4, 5).softmax(dim=-1), torch.tensor([4, 0, 2, 0]))
