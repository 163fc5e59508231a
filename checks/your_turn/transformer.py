"""What the learner writes in lesson 04."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "04-transformer",
    ("cosine", "layer_norm", "feed_forward", "next_probabilities"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def cosine(a: Tensor, b: Tensor) -> Tensor:
    product = a @ b
    lengths = a.norm() * b.norm()
    return product / lengths


def layer_norm(v: Tensor, weight: float = 1.0, bias: float = 0.0, eps: float = 1e-12) -> Tensor:
    distance = v - v.mean(dim=-1, keepdim=True)
    mean_square = (distance**2).mean(dim=-1, keepdim=True)
    return distance / (mean_square + eps).sqrt() * weight + bias


def feed_forward(v: Tensor, W_1: Tensor, W_2: Tensor) -> Tensor:
    longer = v @ W_1
    bent = F.relu(longer)
    return bent @ W_2


def next_probabilities(logits: Tensor) -> Tensor:
    last = logits[-1]
    return F.softmax(last, dim=-1)


_PLACES.check(
    "cosine",
    reference=cosine,
    expects="the sum of the products, divided by both lengths: one number from -1 to 1",
    wrong={
        "the sum of the products is divided by both lengths": {
            "return product": "it is divided by nothing",
            "return product / a.norm() * b.norm()": "/ a.norm() * b.norm() divides by the first "
            "length and multiplies by the second: brackets are missing",
            ("lengths = a.norm()", "lengths = b.norm()"): "it is divided by one of the lengths",
            "product = a * b": "the products aren't added up",
            (
                "lengths = (a * b).norm()",
                "lengths = a.norm() + b.norm()",
            ): "it is divided by something else",
            (
                "lengths = len(a)",
                "lengths = len(a) * len(b)",
            ): "len() says how many numbers there are: a.norm() is a vector's length",
            ("lengths = (a @ a) * (b @ b)",): "the lengths are squared",
        }
    },
    seen={"one number is asked for": other_shape},
)
_PLACES.check(
    "layer_norm",
    reference=layer_norm,
    expects="for each row its distances from its mean, divided by their typical size",
    wrong={
        "distances from each row's mean, and the mean of their squares, both with dim=-1 and "
        "keepdim=True": {
            (
                "distance = v",
                "distance = v; mean_square = (v ** 2).mean(-1, True)",
            ): "the mean isn't subtracted",
            "mean_square = (v ** 2).mean(-1, True)": "the numbers themselves are squared, and not "
            "their distances from the mean",
            "mean_square = (distance ** 2).sum(-1, True)": "the squares are added up, where their "
            "mean is asked for",
            (
                "mean_square = v.var(-1, keepdim=True)",
                "mean_square = (distance ** 2).sum(-1, True) / (v.shape[-1] - 1)",
                "return distance / v.std(-1, keepdim=True)",
            ): "var and std divide by n - 1, where this is a plain mean, over n: correction=0 says "
            "so",
            (
                "mean_square = distance.mean(-1, True)",
                "mean_square = distance.abs().mean(-1, True)",
            ): "the square is missing",
            "mean_square = (distance ** 2).mean(-1, True).sqrt()": "the root is taken twice: the "
            "return line has it",
            (
                "distance = v - v.mean(0)",
                "distance = v - v.mean(0); mean_square = (distance ** 2).mean(0)",
                "distance = v - v.mean(0, True); mean_square = (distance ** 2).mean(0, True)",
            ): "dim=0 goes down the columns, so rows get mixed",
            (
                "distance = v - v.mean()",
                "distance = v - v.mean(); mean_square = (distance ** 2).mean()",
                "mean_square = (distance ** 2).mean()",
            ): "without dim, the mean is that of all the rows together",
        }
    },
    seen={
        "keepdim=True is missing: without it, the means don't stand beside their rows": says(
            "must match the size"
        ),
    },
)
_PLACES.check(
    "feed_forward",
    reference=feed_forward,
    expects="(1, 2) for (1, -2): the first matrix, then ReLU, then the second matrix",
    wrong={
        "first v @ W_1, then F.relu, then @ W_2": {
            "bent = longer": "the bend is missing, so that everything cancels",
            "return F.relu(longer @ W_2)": "the bend comes last",
            "longer = F.relu(v) @ W_1": "the bend comes first",
            "return bent": "the second matrix is missing",
            "bent = F.gelu(longer)": "that's the smooth bend of MiniLM: the napkin has ReLU",
        }
    },
    seen={
        "the shapes don't fit: v is (2,), W_1 (2, 4), which makes it longer, and W_2 (4, 2)": says(
            "cannot be multiplied", "size mismatch", "must match"
        ),
    },
)
_PLACES.check(
    "next_probabilities",
    reference=next_probabilities,
    expects="a probability for each token of the vocabulary, after the last token of the text",
    wrong={
        "the last row of the logits, through the softmax over the vocabulary": {
            (
                "last = logits[0]",
                "last = logits[1]",
            ): "that's what comes after the first token, and not after the last one",
            "last = logits": "these are the predictions after every token: the last row alone is "
            "asked for",
            "return last": "the softmax is missing",
            "return F.softmax(logits, 0)[-1]": "dim=0 runs over the tokens of the text",
            "return F.log_softmax(last, -1)": "these are logarithms of probabilities",
            "last = logits[:, -1]": "this is the last column, of one token of the vocabulary",
        }
    },
    seen={"another shape comes back: (vocab_size,) is asked for": other_shape},
)

your_turn.also("cosine", numbers(5), numbers(5, seed=1))
your_turn.also("layer_norm", 3 * numbers(4, 5) + 1)
your_turn.also("layer_norm", numbers(2, 3, 4))
your_turn.also("feed_forward", numbers(3), numbers(3, 5, seed=1), numbers(5, 3, seed=2))
your_turn.also("next_probabilities", numbers(3, 5))
