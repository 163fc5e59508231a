"""What the learner writes in lesson 12."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import (
    MATH_OF_A_TENSOR,
    NOT_CALLED,
    comes_back,
    not_finite,
    other_shape,
    says,
)
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "12-decoder", ("silu", "step_down", "adam_step", "clip_factors"), limit_seconds=10
)
your_turn = YourTurn(_PLACES)


def silu(z: Tensor) -> Tensor:
    share = torch.sigmoid(z)
    return z * share


def step_down(point: Tensor, slopes: Tensor, rate: float) -> Tensor:
    step = rate * slopes
    return point - step


def adam_step(point: Tensor, mean: Tensor, square: Tensor, rate: float) -> Tensor:
    usual_size = square.sqrt()
    step = rate * mean / usual_size
    return point - step


def clip_factors(norms: Tensor, max_norm: float) -> Tensor:
    factors = max_norm / norms
    return factors.clamp(max=1)


def _of_the_valley(got: Any, *_: Any, **__: Any) -> bool:
    """It has met the lesson's own numbers, which are float64, as the arguments here aren't."""
    return (isinstance(got, Tensor) and got.dtype == torch.float64) or says("Double")(got)


_PLACES.check(
    "silu",
    reference=silu,
    expects="each number times its own sigmoid, in the shape of z",
    wrong={
        "each number is multiplied by its own sigmoid": {
            "return share": "that's the sigmoid alone: z itself is missing",
            "share = torch.sigmoid(-z)": "a sign is wrong in the sigmoid: it shuts out large "
            "numbers, and lets negative ones through",
            "share = 1 + torch.exp(-z)": "the sigmoid is 1 divided by this",
            "return torch.relu(z)": "that's the ReLU, without the soft bend",
            "share = torch.tanh(z)": "tanh goes from -1 to 1, and the sigmoid from 0 to 1",
            "share = torch.softmax(z, dim=-1)": "softmax shares out a 1 among all the numbers, and "
            "the sigmoid looks at each by itself",
            "return z + share": "the two are added, where a product is asked for",
            "return z": "that's z alone: its sigmoid is missing",
        }
    },
    seen={
        "a single number comes back: * multiplies number by number, @ adds up": other_shape,
        "a tensor has several numbers, where one is asked for: torch.exp takes each": says(
            "only one element tensors"
        ),
        **NOT_CALLED,
    },
)
_PLACES.check(
    "step_down",
    reference=step_down,
    expects="the point less rate times the slopes",
    wrong={
        "from each number of the point, rate times its slope is subtracted": {
            "return point + step": "that's a step up the slope",
            "step = slopes": "the rate is missing",
            ("return step", "return -step"): "that's the step alone: the point is missing",
            "step = rate": "the slopes are missing, so all numbers move alike",
            "step = rate * point": "the point takes the place of the slopes",
            "step = slopes / rate": "the slopes are divided by the rate",
            "step = rate / slopes": "the rate is divided by the slopes",
            "return step - point": "the two are the wrong way round: the step is taken from the "
            "point",
            "step = rate * slopes.abs()": "the signs of the slopes are gone",
            "step = rate * slopes.sum()": "the slopes are added up: each number has its own",
        }
    },
    seen={
        "another shape comes back: the point has two numbers": other_shape,
        "start and valley stand outside of the function: take point and slopes": _of_the_valley,
        "@ is for two tensors: a number times a tensor is *": says("for @"),
    },
)
_PLACES.check(
    "adam_step",
    reference=adam_step,
    expects="the point less rate times the mean gradient, divided by the root of the mean square",
    wrong={
        "rate times the mean, divided by the root of the mean of the squares, is subtracted": {
            "usual_size = square": "the root is missing",
            "usual_size = square.square()": "square is squared already: its root is asked for",
            "usual_size = 1": "nothing is divided, so steep directions move farther: that's "
            "momentum alone",
            "return point + step": "that's a step up the slope",
            "step = mean / usual_size": "the rate is missing",
            ("return step", "return -step"): "that's the step alone: the point is missing",
            (
                "return mean / usual_size",
                "return -mean / usual_size",
            ): "that's the fraction alone: the rate and the point are missing",
            "step = rate * usual_size / mean": "the fraction is upside down",
            "usual_size = mean.square().sqrt()": "the mean is divided by its own size, where the "
            "mean of the squares is asked for",
            (
                "usual_size = square.mean().sqrt()",
                "usual_size = square.sqrt().mean()",
            ): "the parameters share a mean, where each has its own: square is a mean already",
            "step = rate / usual_size": "the mean of the gradients is missing",
            "return point - rate * mean * usual_size": "it is multiplied by the root, where a "
            "division is asked for",
            "return (point - rate * mean) / usual_size": "the whole point is divided: only the "
            "step is",
        }
    },
    seen={
        "the root of a negative number is nan: the root is taken of square, not of mean": (
            not_finite
        ),
        "another shape comes back: the point has two numbers": other_shape,
        "start and valley stand outside of the function: take point, mean and square": (
            _of_the_valley
        ),
        "slopes are no argument of this function: mean is the mean of the recent ones": says(
            "'dict'"
        ),
        **MATH_OF_A_TENSOR,
        **NOT_CALLED,
    },
)
_PLACES.check(
    "clip_factors",
    reference=clip_factors,
    expects="max_norm divided by each norm, but never more than 1",
    wrong={
        "max_norm divided by each norm, and 1 where that would be more": {
            "return factors": "short gradients are made longer: no factor may be above 1",
            (
                "factors = norms / max_norm",
                "return norms / max_norm",
                "return (norms / max_norm).clamp(min=1)",
            ): "the fraction is upside down",
            "return factors.clamp(min=1)": "short gradients are made longer, and long ones stay as "
            "they are: that's the wrong way round (clamp(max=1) lowers what is above 1)",
            "return factors.clamp(max=max_norm)": "factors go up to max_norm, where 1 is the most: "
            "clamp the fraction, at 1",
            "return factors.clamp(min=max_norm)": "no factor is below max_norm, where 1 is the "
            "most: clamp the fraction, with max=1",
            (
                "return torch.where(factors < 1, factors, 0)",
                "return torch.where(factors < 1, factors, norms)",
            ): "a short gradient stays as it is: its factor is 1",
            (
                "return norms.clamp(max=max_norm)",
                "return norms.clamp(min=max_norm)",
                "return norms * factors.clamp(max=1)",
            ): "these are norms, and not the factors",
            "factors = 1 / norms": "max_norm is missing",
            (
                "factors = torch.full_like(norms, max_norm) / norms.amax()",
                "factors = torch.full_like(norms, max_norm) / norms.norm()",
            ): "all the batches share a factor, where each has its own",
        }
    },
    seen={
        "Python's min, max and if ask for single numbers, and there are several norms: "
        ".clamp(max=1) takes each": says("Boolean value of Tensor"),
        "the 1 is read as a dim: .clamp(max=1) takes each": says("Dimension out of range"),
        "another shape comes back: a factor for each norm is asked for": other_shape,
        "a tensor is asked for": comes_back(float, int, list, tuple),
        **NOT_CALLED,
    },
)

your_turn.also("silu", numbers(2, 3))
your_turn.also("step_down", numbers(2), numbers(2, seed=2), 0.3)
your_turn.also("adam_step", numbers(2), numbers(2, seed=1), numbers(2, seed=2).square(), 0.3)
your_turn.also("clip_factors", torch.tensor([3.0, 0.7, 9.0, 1.2]), 1.5)
