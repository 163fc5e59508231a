"""The sinusoidal encoding: what often goes wrong, and hidden cases."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from checks.compare import same
from checks.drawn import a_size
from checks.positional_encoding.angles import angles, roughly, wrong_angles
from checks.positional_encoding.exercise import EXERCISE
from checks.positional_encoding.seen_of_positions import (
    FLOAT32,
    PAIRS_SHAPE,
    case_of,
    shaped,
    there,
)
from checks.seen import raised, transposed_shape
from reference import positions as positional_encoding


def _encoding(n: int, d: int, base: float = 10000.0) -> Tensor:
    positional_encoding.sinusoidal_encoding(0, d)  # refuses an odd d
    t = angles(torch.arange(n), d, base)
    sin = t.sin()
    cos = t.cos()
    pair = sin, cos
    table = torch.stack(pair, -1).flatten(-2)
    return table.float()


INTERLEAVED = "sin belongs in features 0, 2, 4 … and cos in 1, 3, 5 …, interleaved"

check_sinusoidal_encoding = EXERCISE.check(
    "sinusoidal_encoding",
    reference=positional_encoding.sinusoidal_encoding,
    text=[angles, _encoding],
    expects="a float32 tensor of shape (n_positions, d_model): at position p, feature 2i is "
    "sin(p / base**(2i/d_model)) and feature 2i + 1 is cos of the same angle; positions and i "
    "count from 0",
    wrong={
        "sin goes to even features, cos to odd ones": {
            "pair = cos, sin": "sin and cos are swapped",
            "pair = sin, sin": "every feature is a sine",
            "pair = cos, cos": "every feature is a cosine",
            "pair = sin, 0 * cos": "the odd features are left at 0",
            "pair = 0 * sin, cos": "the even features are left at 0",
            "pair = t, t": "the angles come back without sin and cos",
            "cos = sin.cos()": "the cosine is taken of the sine, not of the angle itself",
            "sin = -t.sin()": "the sign of the sine (or of the angle) is flipped",
            "cos = -t.cos()": "the sign of the cosine is flipped",
        },
        "both features of pair i have the angle p / base**(2i/d_model)": {
            "cos = (t * base ** (-1 / d)).cos()": "feature j has its own frequency (-j/d_model)",
            "e = -4 * i / d; cos = (t * base ** (-2 / d)).cos()": "feature j has its own frequency",
            "cos = (t * base ** (-2 / d)).cos()": "cos has another frequency than sin (2i + 2)",
            "angle = (p * f).floor()": "the angles are rounded down (by // or an integer dtype)",
            "angle = p / base ** 2 * i / d": "parentheses are missing (p / base**2 * i / d_model)",
        },
        INTERLEAVED: {
            "table = torch.cat(pair, -1)": "the sines and cosines are concatenated",
            "table = torch.cat((cos, sin), -1)": "the cosines and sines are concatenated",
        },
        **wrong_angles("d_model", INTERLEAVED, "table = torch.cat(pair, -1)"),
        "sines and cosines stay as they are": {
            "return (table * d ** 0.5).float()": "they are scaled by the square root of d_model",
            "return (table / d ** 0.5).float()": "they are divided by the square root of d_model",
            "return F.normalize(table, dim=-1).float()": "the rows are normalised to length 1",
        },
    },
    seen={
        "an even d_model is refused: raise ValueError where d_model % 2 is 1, and for no other": (
            lambda got, *_, **__: (
                raised("ValueError")(got) and ": raise " in got.where and "d_model" in got.message
            )
        ),
        **roughly("d_model", _encoding),
        "one position is missing or too many": shaped(lambda n, d: [(n + 1, d), (n - 1, d)]),
        "there are twice as many features as d_model": shaped(lambda n, d: [(n, 2 * d)]),
        "the table is transposed": transposed_shape,
        **PAIRS_SHAPE,
        **FLOAT32,
        "the values are good to two digits only, as in half precision: "
        "compute in float32": lambda got, right, *_, **__: same(got, right, 2e-2),
        "values lie outside -1 to 1: every feature is a sine or a cosine, "
        "nothing else": lambda got, *_, **__: bool((got.abs() > 1 + 1e-4).any()),
        "position 0 is wrong: its sines are 0, its cosines 1": there(False, lambda y: y[:1]),
        "the first pair of features is right, the others are not: look at the frequencies, "
        "base**(-2i/d_model) for pair i": there(True, lambda y: y[..., :2]),
    },
)

calls = partial(case_of, check_sinusoidal_encoding)
refuses = partial(case_of, check_sinusoidal_encoding.raises, why="sin and cos come in pairs")
EXERCISE.cases["sinusoidal_encoding"] = {
    "a tensor of shape (n_positions, d_model)": calls((5, 8), (12, 10), (30, 16)),
    "a single position, or a single pair of features": calls((1, 6), (3, 2), (1, 2)),
    "as many positions as features": calls((6, 6)),
    "many features": calls((20, 128), (2, 512)),
    "base**(2i/d_model) with the given base": calls((7, 12, 50.0), (9, 4, 1e6), (6, 8, 500.0)),
    # A float32 angle is good to one part in 10 million: the larger, the coarser its sine.
    "many positions": calls((120, 24), tolerance=2e-4),
    "thousands of positions": calls((2000, 32), tolerance=4e-3),
    "ValueError for an odd d_model": refuses((ValueError, 4, 5), says=("d_model", "5")),
    "ValueError for a d_model of 1": refuses((ValueError, 4, 1), says=("d_model", "1")),
    "ValueError for a d_model of 33": refuses((ValueError, 4, 33), says=("d_model", "33")),
    "any sizes": lambda f: [
        calls((a_size(4, 24), 2 * a_size(2, 20), *base))(f)
        for base in ((), (), (float(a_size(20, 900)),), (float(a_size(20, 900)),))
    ],
}
