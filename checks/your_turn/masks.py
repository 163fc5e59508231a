"""What the learner writes in lesson 09."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "09-causal-masking",
    ("p_of_next", "weights_up_to", "moved_by", "mean_of_real"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def p_of_next(logits: Tensor, ids: Tensor) -> Tensor:
    p = logits[:-1].softmax(dim=-1)
    came = ids[1:, None]
    return p.gather(-1, came)[:, 0]


def weights_up_to(i: int, Q: Tensor, K: Tensor) -> Tensor:
    keys = K[: i + 1]
    scores = keys @ Q[i] / math.sqrt(2)
    return scores.softmax(dim=0)


def moved_by(before: Tensor, after: Tensor) -> Tensor:
    difference = after - before
    length = before.norm(dim=-1)
    return difference.norm(dim=-1) / length


def mean_of_real(x: Tensor, counted: Tensor) -> Tensor:
    weight = counted.mT.float()
    total = (x * weight).sum(dim=1)
    return total / weight.sum(dim=1)


_PLACES.check(
    "p_of_next",
    reference=p_of_next,
    expects="a probability for each token but the first, (n - 1,): from the row before it",
    wrong={
        "row i of the logits answers for token i + 1: all rows but the last, and all tokens but "
        "the first": {
            (
                "came = ids[:-1, None]",
                "return logits.softmax(-1).gather(-1, ids[:, None])[:, 0]",
            ): "nothing is shifted, so each row is asked for the token that was just read",
            "p = logits[1:].softmax(-1)": "the rows are shifted along with the tokens, so each is "
            "asked for the token that was just read",
            "p = logits[:-1]": "the softmax is missing",
            (
                "p = logits[:-1].softmax(0)",
                "p = logits.softmax(0)[:-1]",
            ): "dim=0 runs over the positions, and the probabilities of one position add up to 1",
            "return p.gather(-1, came)": "gather gives a column: [:, 0] takes its numbers",
            "return p[:, ids[1:]]": "a colon takes all the rows for each token, where each token "
            "has a row of its own",
            "return p.amax(-1)": "these are the largest probabilities, whatever came",
            "return p.gather(-1, came)[:, 0].log()": "these are logarithms already",
        }
    },
    seen={
        "gather needs a column: ids[1:, None]": says("same number of dimensions"),
        "each row is asked for a token, so gather goes along the rows: gather(-1, …)": says(
            "out of bounds for dimension 0"
        ),
        "there is a row too many: the last one has no token after it": says(
            "shape mismatch", "Size does not match", "must match"
        ),
        "another shape comes back: (n - 1,) is asked for": other_shape,
    },
)
_PLACES.check(
    "weights_up_to",
    reference=weights_up_to,
    expects="a weight for each of the keys 0 to i: (i + 1,), and they add up to 1",
    wrong={
        "the keys up to i, K[: i + 1], times the query, divided by √2, through the softmax": {
            "keys = K[:i]": "the token's own key is missing: a slice ends before its end",
            "return (K @ Q[i] / math.sqrt(2)).softmax(0)": "these are the weights of all keys, the "
            "later ones included",
            "return (K @ Q[i] / math.sqrt(2)).softmax(0)[: i + 1]": "the softmax comes before the "
            "cut, so what's left doesn't add up to 1",
            "scores = keys @ Q[i]": "the division by √2 is missing",
            "return scores": "the softmax is missing",
            (
                "scores = keys @ Q[0] / math.sqrt(2)",
                "scores = keys @ Q[-1] / math.sqrt(2)",
                "scores = keys @ Q[i + 1] / math.sqrt(2)",
            ): "that's the query of another token",
            "scores = Q[i] @ keys / math.sqrt(2)": "that mixes the keys' features: the dot "
            "product with each key is K @ Q[i]",
            "scores = Q[: i + 1] @ K[i] / math.sqrt(2)": "queries and keys have changed places: "
            "it is one query, and all the keys up to its own",
            "scores = keys @ Q[i] / 2": "it is divided by 2, where √2 is asked for",
            "scores = keys @ Q[i] / math.sqrt(i + 1)": "it is divided by the root of how many keys "
            "there are, where the numbers of a query count",
            "keys = K[i:]": "these are the keys from i on, so the future",
        }
    },
    seen={
        "the sizes don't fit: one query is (2,), which is Q[i], and keys are (i + 1, 2)": says(
            "size mismatch", "cannot be multiplied", "must match", "inconsistent"
        ),
        "another shape comes back: (i + 1,) is asked for": other_shape,
    },
)
_PLACES.check(
    "moved_by",
    reference=moved_by,
    expects="a number for each row: the length of its change, divided by its length before",
    wrong={
        "the length of each row's change, divided by the row's length before, both with dim=-1": {
            "return difference.norm(dim=-1)": "it isn't divided by the length before",
            "length = after.norm(dim=-1)": "it is divided by the length after the change",
            "return (after.norm(dim=-1) - length) / length": "lengths are compared, and a row can "
            "turn without getting longer",
            (
                "return difference.norm() / before.norm()",
                "return difference.norm() / length",
                "return difference.norm(dim=-1) / before.norm()",
            ): "without dim, norm() takes all rows together",
            (
                "return difference.norm(dim=0) / before.norm(dim=0)",
            ): "dim=0 goes down the columns, where each row is an output",
            "return difference.abs().sum(dim=-1) / length": "the numbers are added up, and that is "
            "no length",
            "return after.norm(dim=-1) / length": "that's how much longer each row is, and it can "
            "turn without getting longer",
            "return (difference / before).norm(dim=-1)": "each number is divided by its own, where "
            "lengths are",
            "return difference.square().sum(-1) / before.square().sum(-1)": "these are squares: "
            "the root is missing",
            "return difference.norm(dim=-1) / length.mean()": "it is divided by a mean length",
        }
    },
    seen={"another shape comes back: a number for each row is asked for": other_shape},
)
_PLACES.check(
    "mean_of_real",
    reference=mean_of_real,
    expects="for each sentence the mean of the outputs that count, (batch, d)",
    wrong={
        "multiply by the weights, add up over the positions, divide by how many count": {
            "return x.mean(dim=1)": "padding is in the mean",
            "return (x * weight).mean(dim=1)": "it is divided by all the positions, where "
            "padding doesn't count",
            "return total": "the sum isn't divided by how many there are",
            "return x.sum(dim=1) / weight.sum(dim=1)": "padding is in the sum",
            "return total / weight.sum()": "it is divided by the tokens of the whole batch",
            "return total / len(weight)": "it is divided by the number of sentences",
            "weight = 1 - counted.mT.float()": "what counts is left out, and padding is kept",
            "total = (x * weight).sum(dim=0)": "dim=0 adds up over the sentences",
        }
    },
    seen={
        "the shapes don't fit: x is (batch, n, d), and weight is (batch, n, 1)": says(
            "must match the size", "batch2"
        ),
        "another shape comes back: (batch, d) is asked for": other_shape,
    },
)

your_turn.also("p_of_next", numbers(5, 6), torch.tensor([1, 5, 0, 2, 2]))
your_turn.also("weights_up_to", 2, numbers(5, 2), numbers(5, 2, seed=1))
your_turn.also("moved_by", numbers(4, 3), 2 * numbers(4, 3, seed=1))
_REAL = torch.tensor([[1, 1, 1, 0, 0], [0, 1, 1, 1, 1], [1, 0, 0, 0, 0]]).bool()
your_turn.also("mean_of_real", numbers(3, 5, 4), _REAL[:, None])
