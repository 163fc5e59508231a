"""Angles of positions, which sines and rotations take: the ways to get them wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.compare import same
from checks.mistakes import Text
from checks.seen import Predicate

LOOSE = 2e-3
"""Angles of thousands of radians differ by as much in float32 from one formula to the next."""


def angles(p: Tensor, d: int, base: float) -> Tensor:
    i = torch.arange(d // 2, dtype=torch.float64)
    e = -2 * i / d
    f = base**e
    p = p[:, None].double()
    angle = p * f
    return angle


FREQUENCIES = {
    "e = -i / d": "the exponent has i instead of 2i, the 2 is missing",
    "e = -4 * i / d": "the exponent counts the 2 twice (4i)",
    "e = -i / max(d / 2 - 1, 1)": "the exponent is divided by the size - 2, as in tensor2tensor",
    "e = -2 * i / (d - 1)": "the exponent is divided by the size - 1",
    "e = -2 * (i + 1) / d": "pairs are counted from 1, not from 0",
    "e = -(2 * i + 1) / d": "the exponent takes the odd feature's index (2i + 1)",
    "e = -2 * i": "the division by the size is missing in the exponent",
    "e = -2 * i // d": "the exponent is rounded to a whole number (//)",
    "e = -2 * i.flip(0) / d": "the frequencies are in reverse order (slowest first)",
    "e = 0 * i": "all pairs have the same frequency (1)",
    "f = torch.exp(e)": "the logarithm of base is missing in exp(… * log(base))",
    "f = torch.exp(e * math.log10(base))": "the logarithm is decimal (log10, not math.log)",
    "f = 1 / (base * 2 * i / d)": "base is multiplied by the exponent, not raised to it (**)",
}
ANGLES: dict[str | tuple[str, ...], str] = {
    "angle = p * f * math.pi / 180": "the angles are converted between degrees and radians",
    "angle = 0 * p + f": "the position is missing, so that each row has the same angles",
    "angle = p + f": "the positions are added to the frequencies, not multiplied by them",
    "angle = p.flip(0) * f": "the positions run backwards",
    "angle = p / len(p) * f": "the positions are divided by their number",
    "angle = p / max(len(p) - 1, 1) * f": "the positions are divided by the last one",
    "angle = 2 * p * f": "the angle is doubled (a factor 2, or applied twice)",
    "angle = p * f / 2": "the angle is halved",
    "angle = (p + 1) * f": "positions are counted from 1, not from 0",
    ("e = -2 * i / 512", "e = -2 * i / 128", "e = -2 * i / 64"): "the size is hard-coded",
    "f = 10000.0 ** e": "base is ignored (it is always 10000)",
}
LARGE = {
    "angle = p * f * 180 / math.pi": "the angles are converted between degrees and radians",
    "angle = 2 * math.pi * p * f": "the angles have a factor 2π",
    "angle = math.pi * p * f": "the angles have a factor π",
    "f = base ** -e": "the sign of the exponent is flipped, or * stands where / belongs",
}
ANGLE = "the angle is position * base**(-2i/{}), in radians as sin and cos take it"


def wrong_angles(d: str, also: str, way: str) -> dict[str, Any]:
    """What goes wrong with angles of size `d`; with the frequencies, also together with `way`."""
    right = f"pair i, features 2i and 2i + 1, has the frequency base**(-2i/{d})"
    both = {f"{other}; {way}": text for other, text in FREQUENCIES.items()}
    return {right: FREQUENCIES, f"{right}; moreover, {also}": both, ANGLE.format(d): ANGLES | LARGE}


def roughly(d: str, text: Callable[..., Tensor]) -> dict[str, Predicate]:
    """The edits that make angles large, seen with a wide tolerance."""

    def gives(wrong: Callable[..., Tensor]) -> Predicate:
        return lambda got, right, *args, **kwargs: (
            not same(value := wrong(*args, **kwargs), right, 20 * LOOSE) and same(got, value, LOOSE)
        )

    plain = Text(angles, text)
    return {
        f"{sentence}: {ANGLE.format(d)}": gives(plain.edited(way))
        for way, sentence in LARGE.items()
    }
