"""What the learner writes in lesson 10."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "10-positional-encoding", ("steps_up", "turned", "with_penalty"), limit_seconds=10
)
your_turn = YourTurn(_PLACES)


def steps_up(row: Tensor) -> Tensor:
    following = row[1:]
    before = row[:-1]
    return (following > before).sum()


def turned(pair: Tensor, position: float) -> Tensor:
    c, s = math.cos(position), math.sin(position)
    matrix = torch.tensor([[c, -s], [s, c]])
    return matrix @ pair


def with_penalty(scores: Tensor, m: float, distance: Tensor) -> Tensor:
    penalty = m * distance
    return (scores - penalty).softmax(dim=0)


_PLACES.check(
    "steps_up",
    reference=steps_up,
    expects="how many numbers of the row are larger than the one right before them: one number",
    wrong={
        "compare row[1:] with row[:-1], and count": {
            "return (following < before).sum()": "the steps down are counted",
            "return (following >= before).sum()": "a step that keeps the number is counted too",
            "return following > before": "the count is missing: sum() counts True",
            "return (following - before).sum()": "the steps are added up, and not counted",
            (
                "before = row[0]",
                "return (following > following[0]).sum()",
            ): "all are compared with one number",
            "return (following - before).clamp(min=0).sum()": "how far it goes up is added up, "
            "where steps are counted",
        }
    },
    seen={
        "the two are not of the same length: the first number has none before it, and the last "
        "has none after it": says("must match"),
        "mean() can't average True and False, and a count is asked for: sum()": says(
            "could not infer output dtype", "Got: Bool"
        ),
        "one number is asked for": other_shape,
    },
)
_PLACES.check(
    "turned",
    reference=turned,
    expects="the pair as an arrow that is as long as before, turned by the angle: (2,)",
    wrong={
        "the rows of the matrix are (c, -s) and (s, c), and it stands on the left: matrix @ pair": {
            (
                "matrix = torch.tensor([[c, s], [-s, c]])",
                "return pair @ matrix",
            ): "it turns the other way",
            "matrix = torch.tensor([[c, s], [s, c]])": "a minus is missing",
            "matrix = torch.tensor([[c, -s], [-s, c]])": "there's a minus too many",
            (
                "matrix = torch.tensor([[s, -c], [c, s]])",
                "matrix = torch.tensor([[s, c], [c, -s]])",
            ): "sine and cosine have changed places",
            "return matrix * pair": "* multiplies number by number, and @ is the matrix product",
            "return torch.stack([pair[0] * c - pair[1] * s, (pair[0] * c - pair[1] * s) * s + "
            "pair[1] * c])": "the second number is computed from a first one that has changed "
            "already: both need the old pair",
            "return matrix": "that's the matrix, which hasn't met the pair",
        }
    },
    seen={
        "lists in a list are no matrix yet: torch.tensor makes one of them": says("'list' and"),
        "a matrix has rows: [[…, …], […, …]]": says("size mismatch", "inconsistent", "1D tensors"),
        "another shape comes back: (2,) is asked for": other_shape,
    },
)
_PLACES.check(
    "with_penalty",
    reference=with_penalty,
    expects="a weight for each key, (n,): the softmax of the scores less m times the distance",
    wrong={
        "subtract m * distance from the scores, and then take the softmax": {
            "return (scores + penalty).softmax(dim=0)": "the penalty is added, so that keys far "
            "away get more",
            "return scores.softmax(dim=0) - penalty": "the softmax comes before the penalty",
            "return scores - penalty": "the softmax is missing",
            (
                "return scores.softmax(dim=0)",
                "penalty = m",
            ): "no penalty grows with the distance, and what all keys lose alike changes nothing",
            "return scores.softmax(dim=0) * (-penalty).exp()": "the penalty comes after the "
            "softmax, so the weights don't add up to 1",
            "return (-penalty).softmax(dim=0)": "the scores are missing",
            "penalty = distance": "the slope m is missing",
            (
                "penalty = distance / m",
                "penalty = m / distance",
            ): "m and the distance are multiplied",
            "return (scores - penalty).softmax(dim=0) * distance": "the distance is used twice",
            "return (scores * -penalty).softmax(dim=0)": "it is multiplied, where something is "
            "taken off",
        }
    },
    seen={"another shape comes back: a weight for each key is asked for": other_shape},
)

your_turn.also("steps_up", torch.tensor([5, 1, 4, 4, 6, 2, 9, 11, 10, 12, 3]))
your_turn.also("steps_up", torch.tensor([1, 3, 2]))
your_turn.also("turned", numbers(2), 2.5)
your_turn.also("with_penalty", numbers(5), 0.7, torch.tensor([4, 3, 2, 1, 0]))
