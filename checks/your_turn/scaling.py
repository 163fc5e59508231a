"""What the learner writes in lesson 06."""

from __future__ import annotations

from torch import Tensor

from checks.check import Exercise
from checks.seen import comes_back, other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "06-scaled-dot-product-attention",
    ("typical_size", "favourite_share", "centred"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def typical_size(dots: Tensor) -> Tensor:
    mean_square = dots.square().mean()
    return mean_square.sqrt()


def favourite_share(dots: Tensor) -> Tensor:
    weights = dots.softmax(dim=1)
    largest = weights.amax(dim=1)
    return largest.mean()


def centred(scores: Tensor) -> Tensor:
    means = scores.mean(dim=-1, keepdim=True)
    return scores - means


_PLACES.check(
    "typical_size",
    reference=typical_size,
    expects="the root of the mean square: a single number",
    wrong={
        "square, then take the mean, then the root": {
            "return mean_square": "the root is missing",
            (
                "mean_square = dots.mean().square()",
                "return dots.mean().square()",
            ): "the mean comes before the square, so positive and negative numbers cancel",
            "return dots.mean()": "the square is missing, so positive and negative numbers cancel",
            "return dots.abs().mean()": "that's the mean without signs, a little smaller",
            "mean_square = dots.square().sum()": "the squares are added up, where their mean is "
            "asked for",
            (
                "return dots.std()",
                "return dots.std(correction=0)",
            ): "std measures from the mean of the numbers, not from 0",
            "mean_square = dots.square().mean(-1)": "each row has one of its own: leave out dim",
        }
    },
    seen={
        "a single number is asked for": other_shape,
        "the root of negative numbers is nan: square them first": lambda got, *_, **__: bool(
            got.isnan()
        ),
    },
)
_PLACES.check(
    "favourite_share",
    reference=favourite_share,
    expects="the mean, over all queries, of the largest weight that each gives: a single number",
    wrong={
        "softmax along each row (dim=1), the largest of each row, and the mean of these": {
            "weights = dots.softmax(0)": "the softmax runs down the columns, over the queries",
            "weights = dots": "the softmax is missing",
            "largest = weights.amax(0)": "the largest of each column is taken, which is that of a "
            "key",
            "return weights.amax()": "that is the largest weight of all the queries",
            "return largest": "the mean over the queries is missing",
            "return dots.amax(1).softmax(0).mean()": "the largest of each row comes before the "
            "softmax, which then runs over the queries",
            "weights = dots.exp() / dots.exp().sum(1)": "keepdim=True is missing, so the sums line "
            "up with the columns",
            "weights = dots.exp() / dots.exp().sum(1, True)": "the exponential of a large score is "
            "infinity, and infinity / infinity is NaN: torch.softmax has a way round it, which you "
            "will find in exercise 1",
            "weights = (dots / 2**0.5).softmax(1)": "the dot products are divided, which isn't "
            "asked for here",
            "largest = weights.mean(1)": "the mean of a row is always 1 / n: the largest is "
            "asked for",
            "return largest.sum()": "they are added up, where the mean is asked for",
            "largest = weights.argmax(1).float()": "argmax says where the largest is, and not "
            "how large",
        }
    },
    seen={
        "max along a dim gives two things, values and indices: take the values": says(
            "return_types", "has no attribute 'mean'"
        ),
        "a single number is asked for": other_shape,
    },
)
_PLACES.check(
    "centred",
    reference=centred,
    expects="the scores, less the mean of their own row",
    wrong={
        "the mean of each row, with dim=-1 and keepdim=True, is subtracted from that row": {
            (
                "means = scores.mean(-1)",
                "means = scores.mean(-1)[..., None, :]",
            ): "keepdim=True is missing, so the means line up with the columns",
            "means = scores.mean()": "that's one mean of all the rows together",
            (
                "means = scores.mean(0)",
                "means = scores.mean(0, True)",
                "means = scores.mean(-2, True)",
            ): "these are means of another dimension",
            "return means": "these are the means themselves",
            "return scores + means": "the means are added",
            "return means - scores": "the sign is turned",
            "means = scores.amax(-1, True)": "the largest is subtracted, where the mean is asked "
            "for",
            "return torch.stack([part - part.mean() for part in scores])": "a loop over scores "
            "takes the first dimension, which is that of the texts here, and not that of the rows",
            "means = scores.sum(-1, True)": "sums are subtracted instead of means",
        }
    },
    seen={
        "keepdim=True is missing: without it, the means don't stand beside their rows": says(
            "must match the size"
        ),
        "a tensor is asked for": comes_back(list, tuple),
    },
)

your_turn.also("typical_size", numbers(3, 5) - 1)
your_turn.also("favourite_share", numbers(4, 3))
your_turn.also("favourite_share", 200 * numbers(5, 4))
your_turn.also("centred", numbers(2, 3, 4))
