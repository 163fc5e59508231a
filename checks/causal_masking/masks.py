"""What can be seen of any mask."""

from __future__ import annotations

import torch

from checks.seen import Predicate, comes_back, other_dtype, other_shape


def seen_of_a_mask(shape: str, rule: str) -> dict[str, Predicate]:
    """What can be seen of a mask of this shape that is True where `rule` holds."""
    return {
        "an additive mask comes back, with very low numbers: give booleans, True where a query "
        "may attend": lambda got, *_: bool(got.dtype.is_floating_point and (got < -100).any()),
        "the convention is inverted: give booleans (dtype torch.bool), True where a query may "
        "attend": lambda got, right, *_: torch.equal(got == 0, right),
        "the mask is not boolean: give dtype torch.bool instead of numbers": other_dtype(),
        "a list comes back: make a boolean torch tensor of it": comes_back(list, tuple),
        f"the shape is not {shape}": other_shape,
        "some keys are True that should not be (the future, or padding): "
        f"True only where {rule}": lambda got, right, *_: bool((got & ~right).any()),
        "some keys are masked that should not be (beyond a window, or a column that is left out): "
        f"True wherever {rule}": lambda got, right, *_: bool((right & ~got).any()),
    }
