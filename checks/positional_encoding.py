"""Exercise 5-positional-encoding: points, references and known misconceptions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.core import Exercise, Mistake, Raised, same
from helpers import positional_encoding

EXERCISE = Exercise("5-positional-encoding")
passed = EXERCISE.passed

# Angles of thousands of radians differ in float32 from one right or wrong formula to the next.
LOOSE = 2e-3

Exponent = Callable[[Tensor, int], Tensor]


def _roughly(wrong: Callable[..., Any]) -> Callable[..., bool]:
    """A `when` that holds `got` against `wrong` with a wide tolerance."""

    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        value = wrong(*args, **kwargs)
        return not same(value, expected, 20 * LOOSE) and same(got, value, LOOSE)

    return when


def _other_dtype(dtype: torch.dtype) -> Callable[..., bool]:
    def when(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
        return (
            isinstance(got, Tensor)
            and got.shape == expected.shape
            and got.dtype == dtype != expected.dtype
        )

    return when


def _extra_dimension(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        isinstance(got, Tensor)
        and got.dim() > expected.dim()
        and got.numel() == expected.numel()
        and 1 in got.shape
    )


def _lost_dimension(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        isinstance(got, Tensor) and got.dim() < expected.dim() and got.numel() == expected.numel()
    )


def _transposed(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        isinstance(got, Tensor)
        and got.dim() == expected.dim()
        and got.shape != expected.shape
        and got.mT.shape == expected.shape
    )


def _not_a_tensor(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return not isinstance(got, Tensor | Raised)


def _interleave(even: Tensor, odd: Tensor) -> Tensor:
    return torch.stack((even, odd), dim=-1).flatten(-2)


def _side_by_side(first: Tensor, second: Tensor) -> Tensor:
    return torch.cat((first, second), dim=-1)


def _standard(i: Tensor, d: int) -> Tensor:
    return -2 * i / d


# Exponents of the base for pair i of d features, that are mistaken for -2i/d in sinusoids and in
# RoPE alike.
WRONG_EXPONENTS: tuple[tuple[str, Exponent], ...] = (
    (
        "the exponent is i instead of 2i: pair i belongs to features 2i and 2i + 1, and its "
        "frequency is base**(-2i/{d}), from 1 down to nearly 1/base. Here the 2 is missing",
        lambda i, d: -i / d,
    ),
    (
        "the exponent counts the 2 twice (4i instead of 2i): pair i has the frequency "
        "base**(-2i/{d}); where i already steps by two (arange(0, d, 2)), it is 2i itself",
        lambda i, d: -4 * i / d,
    ),
    (
        "the exponent is divided by {d}/2 - 1, so that the slowest frequency is just 1/base (as in "
        "tensor2tensor): divide 2i by {d}, base**(-2i/{d})",
        lambda i, d: -i / max(d / 2 - 1, 1),
    ),
    (
        "the exponent is divided by {d} - 1 or {d} - 2: divide 2i by {d}, base**(-2i/{d})",
        lambda i, d: -2 * i / (d - 1),
    ),
    (
        "pairs are counted from 1 (i = 1 … {d}/2): i starts at 0, so that the first frequency is 1",
        lambda i, d: -2 * (i + 1) / d,
    ),
    (
        "the exponent takes the odd feature's index (2i + 1): both features of a pair have the "
        "frequency base**(-2i/{d})",
        lambda i, d: -(2 * i + 1) / d,
    ),
    (
        "the division by {d} is missing in the exponent: base**(-2i/{d})",
        lambda i, d: -2 * i,
    ),
    (
        "the frequencies are in reverse order (slowest first): pair 0 has frequency 1, the last "
        "nearly 1/base",
        lambda i, d: -2 * i.flip(0) / d,
    ),
    (
        "all pairs have the same frequency (1): it falls from pair to pair, base**(-2i/{d})",
        lambda i, d: 0 * i,
    ),
    (
        "the size is hard-coded in the exponent (512): divide 2i by {d}",
        lambda i, d: -2 * i / 512,
    ),
    (
        "the size is hard-coded in the exponent (64): divide 2i by {d}",
        lambda i, d: -2 * i / 64,
    ),
    (
        "the size is hard-coded in the exponent (128): divide 2i by {d}",
        lambda i, d: -2 * i / 128,
    ),
)
SIGN_OF_EXPONENT = (
    "the sign of the exponent is flipped, or the angle multiplied by base**(2i/{d}) where it "
    "should be divided by it: frequencies fall from pair to pair, base**(-2i/{d})"
)


# --- sinusoidal_encoding -------------------------------------------------------------------


def _sinusoids(
    *,
    exponent: Exponent = _standard,
    position: Callable[[Tensor], Tensor] = lambda p: p,
    angle: Callable[[Tensor], Tensor] = lambda a: a,
    even: Callable[[Tensor], Tensor] = torch.sin,
    odd: Callable[[Tensor], Tensor] = torch.cos,
    join: Callable[[Tensor, Tensor], Tensor] = _interleave,
) -> Callable[..., Tensor]:
    """The encoding with one piece exchanged."""

    def wrong(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
        p = torch.arange(n_positions, dtype=torch.float64)
        i = torch.arange(d_model // 2, dtype=torch.float64)
        angles = angle(position(p)[:, None] * base ** exponent(i, d_model))
        return join(even(angles), odd(angles)).float()

    return wrong


def _each_feature_its_own(exponent: Exponent) -> Callable[..., Tensor]:
    """Features `j` with the frequency `base**exponent(j, d_model)`, not pair by pair."""

    def wrong(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
        p = torch.arange(n_positions, dtype=torch.float64)
        j = torch.arange(d_model, dtype=torch.float64)
        angles = p[:, None] * base ** exponent(j, d_model)
        return torch.where(j % 2 == 0, angles.sin(), angles.cos()).float()

    return wrong


def _then(change: Callable[[Tensor, int, int], Tensor]) -> Callable[..., Tensor]:
    def wrong(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
        right = positional_encoding.sinusoidal_encoding(n_positions, d_model, base)
        return change(right, n_positions, d_model)

    return wrong


def _without_logarithm(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
    p = torch.arange(n_positions, dtype=torch.float64)
    i = torch.arange(d_model // 2, dtype=torch.float64)
    angles = p[:, None] * torch.exp(-2 * i / d_model)
    return _interleave(angles.sin(), angles.cos()).float()


def _decimal_logarithm(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
    p = torch.arange(n_positions, dtype=torch.float64)
    i = torch.arange(d_model // 2, dtype=torch.float64)
    angles = p[:, None] * torch.exp(-2 * i / d_model * math.log10(base))
    return _interleave(angles.sin(), angles.cos()).float()


def _precedence(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
    p = torch.arange(n_positions, dtype=torch.float64)
    i = torch.arange(d_model // 2, dtype=torch.float64)
    angles = p[:, None] / base**2 * i / d_model
    return _interleave(angles.sin(), angles.cos()).float()


def _linear_frequencies(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
    p = torch.arange(n_positions, dtype=torch.float64)
    i = torch.arange(d_model // 2, dtype=torch.float64)
    angles = p[:, None] / (base * 2 * i / d_model)
    return _interleave(angles.sin(), angles.cos()).nan_to_num().float()


def _beyond_one(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and bool((got.abs() > 1 + 1e-4).any())
    )


def _coarse(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return same(got, expected, 2e-2)


check_sinusoidal_encoding = EXERCISE.check(
    "sinusoidal_encoding",
    visible=1,
    hidden=3,
    arguments=("n_positions", "d_model", "base"),
    reference=positional_encoding.sinusoidal_encoding,
    expects="a float32 tensor of shape (n_positions, d_model): at position p, feature 2i is "
    "sin(p / base**(2i/d_model)) and feature 2i + 1 is cos of the same angle; positions and i "
    "count from 0",
    mistakes=(
        Mistake(
            "base is ignored: it is always 10000",
            lambda n_positions, d_model, base=10000.0: positional_encoding.sinusoidal_encoding(
                n_positions, d_model
            ),
        ),
        Mistake(
            "sin and cos are swapped: sin belongs in the even features, cos in the odd ones",
            _sinusoids(even=torch.cos, odd=torch.sin),
        ),
        Mistake(
            "the sines and cosines are concatenated (all sines, then all cosines): they are "
            "interleaved, sin in features 0, 2, 4 … and cos in 1, 3, 5 …",
            _sinusoids(join=_side_by_side),
        ),
        Mistake(
            "the cosines and sines are concatenated (all cosines, then all sines): they are "
            "interleaved, sin in features 0, 2, 4 … and cos in 1, 3, 5 …",
            _sinusoids(even=torch.cos, odd=torch.sin, join=_side_by_side),
        ),
        Mistake(
            "positions are counted from 1: the first position is 0, where every sin is 0 and every "
            "cos is 1",
            _sinusoids(position=lambda p: p + 1),
        ),
        Mistake(
            "each feature has its own frequency (exponent j/d_model for feature j): sin and cos of "
            "a pair have the same frequency, features 2i and 2i + 1 both base**(-2i/d_model)",
            _each_feature_its_own(lambda j, d: -j / d),
        ),
        Mistake(
            "each feature has its own frequency (exponent 2j/d_model for feature j): i counts "
            "pairs, so features 2i and 2i + 1 have the same frequency, base**(-2i/d_model)",
            _each_feature_its_own(lambda j, d: -2 * j / d),
        ),
        Mistake(
            "the odd features have another frequency than the even ones (2i + 2, or i counted from "
            "1): sin and cos of a pair have the same frequency, base**(-2i/d_model)",
            _each_feature_its_own(lambda j, d: -2 * ((j + 1) // 2) / d),
        ),
        *(
            Mistake(message.format(d="d_model"), _sinusoids(exponent=exponent))
            for message, exponent in WRONG_EXPONENTS
        ),
        *(
            Mistake(
                message.format(d="d_model")
                + "; and the sines and cosines are interleaved, not concatenated",
                _sinusoids(exponent=exponent, join=_side_by_side),
            )
            for message, exponent in WRONG_EXPONENTS
        ),
        Mistake(
            SIGN_OF_EXPONENT.format(d="d_model"),
            when=_roughly(_sinusoids(exponent=lambda i, d: 2 * i / d)),
        ),
        Mistake(
            "the logarithm of base is missing: base**(-2i/d_model) is "
            "exp(-2i/d_model * log(base)), and base must not be ignored",
            _without_logarithm,
        ),
        Mistake(
            "the logarithm is decimal (log10) but the exponential natural: use math.log, or write "
            "base**(-2i/d_model)",
            _decimal_logarithm,
        ),
        Mistake(
            "parentheses are missing: position / base**2 * i / d_model is not "
            "position / base**(2i/d_model)",
            _precedence,
        ),
        Mistake(
            "the base is multiplied by 2i/d_model where it should be raised to that power (**)",
            _linear_frequencies,
        ),
        Mistake(
            "every feature is a sine: cos belongs in the odd features",
            _sinusoids(odd=torch.sin),
        ),
        Mistake(
            "every feature is a cosine: sin belongs in the even features",
            _sinusoids(even=torch.cos),
        ),
        Mistake(
            "the odd features are left at 0: they hold the cosines",
            _sinusoids(odd=torch.zeros_like),
        ),
        Mistake(
            "the even features are left at 0: they hold the sines",
            _sinusoids(even=torch.zeros_like),
        ),
        Mistake(
            "the angles come back without sin and cos: take the sine for the even features, the "
            "cosine for the odd ones",
            _sinusoids(even=lambda a: a, odd=lambda a: a),
        ),
        Mistake(
            "sin and cos are taken of the sine and cosine, or of the wrong thing: the cosine is of "
            "the angle itself",
            _sinusoids(odd=lambda a: a.sin().cos()),
        ),
        Mistake(
            "the sign of the sine (of the angle) is flipped: sin(position * frequency)",
            _sinusoids(even=lambda a: -a.sin()),
        ),
        Mistake(
            "the sign of the cosine is flipped: cos(position * frequency)",
            _sinusoids(odd=lambda a: -a.cos()),
        ),
        Mistake(
            "the angles are converted between degrees and radians: sin and cos take radians, and "
            "position * frequency is in radians already",
            _sinusoids(angle=torch.deg2rad),
        ),
        Mistake(
            "the angles are converted between degrees and radians: sin and cos take radians, and "
            "position * frequency is in radians already",
            when=_roughly(_sinusoids(angle=torch.rad2deg)),
        ),
        Mistake(
            "the angles have a factor 2π: the angle is position * base**(-2i/d_model)",
            when=_roughly(_sinusoids(angle=lambda a: 2 * math.pi * a)),
        ),
        Mistake(
            "the angles have a factor π: the angle is position * base**(-2i/d_model)",
            when=_roughly(_sinusoids(angle=lambda a: math.pi * a)),
        ),
        Mistake(
            "the angles are rounded down to whole numbers: don't use integer division (//) or an "
            "integer dtype",
            _sinusoids(angle=torch.floor),
        ),
        Mistake(
            "the position is missing: each row is the same; multiply the frequencies by the "
            "position",
            _sinusoids(position=torch.ones_like),
        ),
        Mistake(
            "the positions are added to the frequencies: multiply them",
            lambda n_positions, d_model, base=10000.0: _interleave(
                *(
                    f(
                        torch.arange(n_positions)[:, None]
                        + base ** (-torch.arange(0, d_model, 2) / d_model)
                    )
                    for f in (torch.sin, torch.cos)
                )
            ),
        ),
        Mistake(
            "the positions are divided by their number: the angle takes the position as it is",
            _sinusoids(position=lambda p: p / len(p)),
        ),
        Mistake(
            "the positions are divided by the last one: the angle takes the position as it is",
            _sinusoids(position=lambda p: p / max(len(p) - 1, 1)),
        ),
        Mistake(
            "the positions run backwards: row p is position p",
            _sinusoids(position=lambda p: p.flip(0)),
        ),
        Mistake(
            "the encoding is scaled by the square root of d_model: sines and cosines stay as they "
            "are (it is the token embeddings that the paper scales)",
            _then(lambda right, n, d: right * math.sqrt(d)),
        ),
        Mistake(
            "the encoding is scaled by the square root of d_model: sines and cosines stay as they "
            "are (it is the token embeddings that the paper scales)",
            _then(lambda right, n, d: right / math.sqrt(d)),
        ),
        Mistake(
            "the rows are normalised to length 1: sines and cosines stay as they are",
            _then(lambda right, n, d: torch.nn.functional.normalize(right, dim=-1)),
        ),
        Mistake(
            "the values are rounded to whole numbers: make the table in float32, not in an integer "
            "dtype",
            when=lambda got, expected, *args, **kwargs: not got.dtype.is_floating_point,
        ),
        Mistake(
            "one position is missing or too many: rows are positions 0 to n_positions - 1",
            when=lambda got, expected, n, *args, **kwargs: (
                got.shape in ((n + 1, expected.shape[1]), (n - 1, expected.shape[1]))
            ),
        ),
        Mistake(
            "the sines and cosines are each made for all d_model features, so that there are twice "
            "as many: a pair (2i, 2i + 1) shares one frequency",
            when=lambda got, expected, *args, **kwargs: (
                got.shape == (expected.shape[0], 2 * expected.shape[1])
            ),
        ),
        Mistake(
            "only half of the features are there: each of the d_model/2 frequencies gives a sine "
            "and a cosine",
            when=lambda got, expected, *args, **kwargs: (
                got.shape == (expected.shape[0], expected.shape[1] // 2)
            ),
        ),
        Mistake(
            "the table is transposed: rows are positions, columns are features, "
            "(n_positions, d_model)",
            when=_transposed,
        ),
        Mistake(
            "the sin and cos of a pair stand in a dimension of their own: flatten them into the "
            "features, (n_positions, d_model)",
            when=lambda got, expected, *args, **kwargs: (
                got.dim() == 3
                and got.numel() == expected.numel()
                and 2 in got.shape[1:]
                and 1 not in got.shape
            ),
        ),
        Mistake(
            "there is an extra (batch) dimension: the shape is (n_positions, d_model)",
            when=_extra_dimension,
        ),
        Mistake(
            "a dimension of size 1 is squeezed away: the shape is (n_positions, d_model)",
            when=_lost_dimension,
        ),
        Mistake(
            "the table is in float64: made from numbers alone, it is float32 (.float())",
            when=_other_dtype(torch.float64),
        ),
        Mistake(
            "the table is in half precision: made from numbers alone, it is float32",
            when=lambda got, *args, **kwargs: got.dtype in (torch.float16, torch.bfloat16),
        ),
        Mistake(
            "the table is computed in half precision: its values are good to two digits only",
            when=_coarse,
        ),
        Mistake(
            "the result is no tensor: torch.from_numpy or torch.tensor makes one",
            when=_not_a_tensor,
        ),
        Mistake(
            "values lie outside -1 to 1: every feature is a sine or a cosine and nothing else is "
            "added",
            when=_beyond_one,
        ),
        Mistake(
            "position 0 is wrong: its angle is 0 for every frequency, so its sines are 0 and its "
            "cosines 1",
            when=lambda got, expected, *args, **kwargs: not same(got[:1], expected[:1]),
        ),
        Mistake(
            "the first two features are right, the others are not: look at the frequencies, "
            "base**(-2i/d_model) for pair i",
            when=lambda got, expected, *args, **kwargs: (
                same(got[:, :2], expected[:, :2]) and expected.shape[1] > 2
            ),
        ),
    ),
)


# --- apply_rope ----------------------------------------------------------------------------

Parts = tuple[Tensor, Tensor]


def _neighbours(x: Tensor) -> Parts:
    return x[..., 0::2], x[..., 1::2]


def _halves(x: Tensor) -> Parts:
    first, second = x.chunk(2, dim=-1)
    return first, second


def _turn(even: Tensor, odd: Tensor, cos: Tensor, sin: Tensor) -> Parts:
    return even * cos - odd * sin, even * sin + odd * cos


def _turn_back(even: Tensor, odd: Tensor, cos: Tensor, sin: Tensor) -> Parts:
    return even * cos + odd * sin, odd * cos - even * sin


def _in_place(even: Tensor, odd: Tensor, cos: Tensor, sin: Tensor) -> Parts:
    turned = even * cos - odd * sin
    return turned, turned * sin + odd * cos


def _rotated(
    *,
    exponent: Exponent = _standard,
    position: Callable[[Tensor], Tensor] = lambda p: p,
    angle: Callable[[Tensor], Tensor] = lambda a: a,
    split: Callable[[Tensor], Parts] = _neighbours,
    turn: Callable[[Tensor, Tensor, Tensor, Tensor], Parts] = _turn,
    join: Callable[[Tensor, Tensor], Tensor] = _interleave,
) -> Callable[..., Tensor]:
    """The rotation with one piece exchanged."""

    def wrong(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
        n, d_head = x.shape[-2:]
        p = (torch.arange(n) if positions is None else positions).double()
        i = torch.arange(d_head // 2, dtype=torch.float64)
        angles = angle(position(p)[:, None] * base ** exponent(i, d_head))
        return join(*turn(*split(x.double()), angles.cos(), angles.sin())).to(x.dtype)

    return wrong


def _by_feature(
    angles_of: Callable[[Tensor], Tensor],
    swap: Callable[[Tensor], Tensor],
    exponent: Exponent = _standard,
) -> Callable[..., Tensor]:
    """`x * cos + swap(x) * sin` with the angles of the pairs spread over features."""

    def wrong(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
        n, d_head = x.shape[-2:]
        p = (torch.arange(n) if positions is None else positions).double()
        i = torch.arange(d_head // 2, dtype=torch.float64)
        angles = angles_of(p[:, None] * base ** exponent(i, d_head))
        wide = x.double()
        return (wide * angles.cos() + swap(wide) * angles.sin()).to(x.dtype)

    return wrong


def _rotate_half(x: Tensor) -> Tensor:
    first, second = _halves(x)
    return _side_by_side(-second, first)


def _rotate_neighbours(x: Tensor) -> Tensor:
    even, odd = _neighbours(x)
    return _interleave(-odd, even)


def _twice(angles: Tensor) -> Tensor:
    return _side_by_side(angles, angles)


def _each_twice(angles: Tensor) -> Tensor:
    return angles.repeat_interleave(2, dim=-1)


def _own_frequencies(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    n, d_head = x.shape[-2:]
    p = (torch.arange(n) if positions is None else positions).double()
    j = torch.arange(d_head, dtype=torch.float64)
    angles = p[:, None] * base ** (-j / d_head)
    wide = x.double()
    return (wide * angles.cos() + _rotate_neighbours(wide) * angles.sin()).to(x.dtype)


def _rope_then(change: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def wrong(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
        return change(positional_encoding.apply_rope(x, positions, base), x)

    return wrong


def _with_encoding(combine: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def wrong(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
        n, d_head = x.shape[-2:]
        p = (torch.arange(n) if positions is None else positions).double()
        angles = p[:, None] * base ** (-torch.arange(0, d_head, 2, dtype=torch.float64) / d_head)
        return combine(x, _interleave(angles.sin(), angles.cos()).to(x.dtype))

    return wrong


def _along(dim: int) -> Callable[..., Tensor]:
    """Positions counted along another dimension than the last but one."""

    def wrong(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
        swapped = x.transpose(dim, -2)
        return positional_encoding.apply_rope(swapped, positions, base).transpose(dim, -2)

    return wrong


def _flattened(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    flat = x.reshape(-1, x.shape[-1])
    return positional_encoding.apply_rope(flat, None, base).reshape(x.shape)


def _first_pair_only(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    right = positional_encoding.apply_rope(x, positions, base)
    return torch.cat((right[..., :2], x[..., 2:]), dim=-1)


def _first_half_only(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    right = positional_encoding.apply_rope(x, positions, base)
    half = x.shape[-1] // 2
    return torch.cat((right[..., :half], x[..., half:]), dim=-1)


def _norm_lost(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and not same(got.double().norm(dim=-1), expected.double().norm(dim=-1), 1e-2)
    )


def _batch_lost(got: Any, expected: Tensor, x: Tensor, *args: Any, **kwargs: Any) -> bool:
    return x.dim() != 2


def _positions_refused(
    got: Any, expected: Tensor, x: Tensor, positions: Tensor | None = None, base: float = 0.0
) -> bool:
    return positions is not None and isinstance(got, Raised)


def _positions_misread(
    got: Any, expected: Tensor, x: Tensor, positions: Tensor | None = None, base: float = 0.0
) -> bool:
    return positions is not None


HALF_SPLIT = (
    "the pairs are split into halves (half-split layout, feature i with i + d_head/2, as in "
    "Hugging Face's Llama and rotate_half): here the layout is interleaved, pairs are neighbours "
    "(2i, 2i + 1)"
)
DIRECTION = (
    "the direction of rotation is reversed (the sign of the angle or of the sine is flipped): "
    "(a, b) becomes (a cos - b sin, a sin + b cos)"
)
NOT_PUT_BACK = (
    "the rotated features are concatenated (all even ones, then all odd ones): put them back "
    "interleaved, to features 2i and 2i + 1"
)
CONVERTED = "the result keeps the dtype of x: convert back with .to(x.dtype). It was converted to "
BATCH = (
    "the leading dimensions are not handled: x may have any number of them, also none, and "
    "positions run along the last but one, x.shape[-2]"
)

check_apply_rope = EXERCISE.check(
    "apply_rope",
    visible=2,
    hidden=5,
    arguments=("x", "positions", "base"),
    reference=positional_encoding.apply_rope,
    expects="x with each pair of features (2i, 2i + 1) rotated by the angle "
    "position * base**(-2i/d_head): (a, b) becomes (a cos - b sin, a sin + b cos), in the shape "
    "and dtype of x; positions count from 0 unless given",
    mistakes=(
        Mistake("only the first pair is rotated: each pair is, by its own angle", _first_pair_only),
        Mistake(
            "only the first half of the features is rotated: each pair is, by its own angle",
            _first_half_only,
        ),
        Mistake(
            "x comes back unchanged: each pair is rotated by position * base**(-2i/d_head)",
            lambda x, positions=None, base=10000.0: x,
        ),
        Mistake(HALF_SPLIT, _rotated(split=_halves, join=_side_by_side)),
        Mistake(
            HALF_SPLIT + "; and the direction of rotation is reversed",
            _rotated(split=_halves, join=_side_by_side, turn=_turn_back),
        ),
        Mistake(
            "two layouts are mixed: the angles are interleaved, but x is split into halves "
            "(half-split, rotate_half); pair the neighbours (2i, 2i + 1) in both",
            _by_feature(_each_twice, _rotate_half),
        ),
        Mistake(
            "two layouts are mixed: pairs of x are interleaved, but the angles are laid out for "
            "the half-split layout (cat): repeat each angle for the neighbours 2i and 2i + 1",
            _by_feature(_twice, _rotate_neighbours),
        ),
        Mistake(
            "two layouts are mixed: x is split into halves (half-split) and put back interleaved; "
            "pair the neighbours (2i, 2i + 1)",
            _rotated(split=_halves),
        ),
        Mistake(NOT_PUT_BACK, _rotated(join=_side_by_side)),
        Mistake(DIRECTION, _rotated(turn=_turn_back)),
        Mistake(
            NOT_PUT_BACK + "; and the direction of rotation is reversed",
            _rotated(join=_side_by_side, turn=_turn_back),
        ),
        Mistake(
            "sin and cos are swapped: (a, b) becomes (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: _turn(a, b, sin, cos)),
        ),
        Mistake(
            "sin and cos are swapped: (a, b) becomes (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: _turn_back(a, b, sin, cos)),
        ),
        Mistake(
            "the even features are overwritten before the odd ones are computed from them: keep "
            "the old values (clone, or new tensors), or the norm is lost",
            _rotated(turn=_in_place),
        ),
        Mistake(
            "the odd features are overwritten before the even ones are computed from them: keep "
            "the old values (clone, or new tensors), or the norm is lost",
            _rotated(
                turn=lambda a, b, cos, sin: (
                    a * cos - (a * sin + b * cos) * sin,
                    a * sin + b * cos,
                )
            ),
        ),
        Mistake(
            "the minus sign is missing, so this is no rotation and the norm is not kept: (a, b) "
            "becomes (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos + b * sin, a * sin + b * cos)),
        ),
        Mistake(
            "there is one minus sign too many, so this is no rotation and the norm is not kept: "
            "(a, b) becomes (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos - b * sin, b * cos - a * sin)),
        ),
        Mistake(
            "a sign is wrong, so that pairs are mirrored rather than rotated: (a, b) becomes "
            "(a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos - b * sin, -a * sin - b * cos)),
        ),
        Mistake(
            "a sign is wrong, so that pairs are mirrored rather than rotated: (a, b) becomes "
            "(a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos + b * sin, a * sin - b * cos)),
        ),
        Mistake(
            "the two features of each pair have changed places: the first is a cos - b sin, the "
            "second a sin + b cos",
            _rotated(turn=lambda a, b, cos, sin: _turn(a, b, cos, sin)[::-1]),
        ),
        Mistake(
            "the two features of each pair have changed places before the rotation, or its "
            "direction is reversed: (a, b) becomes (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: _turn(b, a, cos, sin)),
        ),
        Mistake(
            "each feature is multiplied by cos + sin of its angle alone: a rotation mixes the two "
            "features of a pair, (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * (cos + sin), b * (cos + sin))),
        ),
        Mistake(
            "the features of a pair are not mixed (a cos, b sin): a rotation gives "
            "(a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos, b * sin)),
        ),
        Mistake(
            "only the cosine is used (x * cos): a rotation gives (a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos, b * cos)),
        ),
        Mistake(
            "only the even features change: both features of a pair are rotated, "
            "(a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a * cos - b * sin, b)),
        ),
        Mistake(
            "only the odd features change: both features of a pair are rotated, "
            "(a cos - b sin, a sin + b cos)",
            _rotated(turn=lambda a, b, cos, sin: (a, a * sin + b * cos)),
        ),
        Mistake(
            "the sinusoidal encoding is added to x: RoPE rotates x and adds nothing",
            _with_encoding(lambda x, table: x + table),
        ),
        Mistake(
            "x is multiplied by the sinusoidal encoding: RoPE rotates pairs of features, "
            "(a cos - b sin, a sin + b cos)",
            _with_encoding(lambda x, table: x * table),
        ),
        Mistake(
            "positions are ignored: where they are given, the angles are positions * frequency; 0 "
            "to n - 1 is only the default",
            lambda x, positions=None, base=10000.0: positional_encoding.apply_rope(x, None, base),
        ),
        Mistake(
            "base is ignored: it is always 10000",
            lambda x, positions=None, base=10000.0: positional_encoding.apply_rope(x, positions),
        ),
        Mistake(
            "positions are counted from 1: unless given they are 0 to n - 1, so that the first row "
            "is not rotated at all",
            lambda x, positions=None, base=10000.0: positional_encoding.apply_rope(
                x, torch.arange(1, x.shape[-2] + 1) if positions is None else positions, base
            ),
        ),
        Mistake(
            "one is added to the positions (positions counted from 1): take them as they are",
            _rotated(position=lambda p: p + 1),
        ),
        Mistake(
            "positions are shifted so that they start at 0: take them as they are (a token "
            "generated later stands at its own position, such as 7)",
            _rotated(position=lambda p: p - p[0]),
        ),
        Mistake(
            "positions are added to 0 to n - 1 as an offset: they are the positions themselves",
            _rotated(position=lambda p: p + torch.arange(len(p))),
        ),
        Mistake(
            "only the first position is used, as an offset or for all rows: each row has its own",
            _rotated(position=lambda p: p[0] + torch.arange(len(p))),
        ),
        Mistake(
            "only the first position is used, for all rows: each row has its own",
            _rotated(position=lambda p: p[:1].expand(len(p))),
        ),
        Mistake(
            "only the number of the positions, or the largest, is used: each row has its own",
            _rotated(position=lambda p: torch.arange(len(p))),
        ),
        Mistake(
            "positions are cut to whole numbers (long): they may be any numbers",
            _rotated(position=lambda p: p.trunc()),
        ),
        Mistake(
            "positions are sorted: row k stands at positions[k], in whatever order",
            _rotated(position=lambda p: p.sort().values),
        ),
        Mistake(
            "the positions run backwards: row k stands at positions[k]",
            _rotated(position=lambda p: p.flip(0)),
        ),
        Mistake(
            "the positions are divided by their number: the angle takes the position as it is",
            _rotated(position=lambda p: p / len(p)),
        ),
        Mistake(
            "the position is missing in the angle: each row is rotated by the same angles; "
            "multiply the frequencies by the position",
            _rotated(position=torch.ones_like),
        ),
        Mistake(
            "each feature has its own angle (exponent j/d_head for feature j): both features of a "
            "pair are rotated by the same angle, base**(-2i/d_head) times the position",
            _own_frequencies,
        ),
        Mistake(
            "the logarithm of base is missing: base**(-2i/d_head) is exp(-2i/d_head * log(base)), "
            "and base must not be ignored",
            lambda x, positions=None, base=10000.0: positional_encoding.apply_rope(
                x, positions, math.e
            ),
        ),
        *(
            Mistake(message.format(d="d_head"), _rotated(exponent=exponent))
            for message, exponent in WRONG_EXPONENTS
        ),
        *(
            Mistake(
                HALF_SPLIT + "; moreover, " + message.format(d="d_head"),
                _rotated(exponent=exponent, split=_halves, join=_side_by_side),
            )
            for message, exponent in WRONG_EXPONENTS
        ),
        Mistake(
            SIGN_OF_EXPONENT.format(d="d_head"),
            when=_roughly(_rotated(exponent=lambda i, d: 2 * i / d)),
        ),
        Mistake(
            "the angle is doubled (rotated twice, or a factor 2): it is position * frequency",
            _rotated(angle=lambda a: 2 * a),
        ),
        Mistake("the angle is halved: it is position * frequency", _rotated(angle=lambda a: a / 2)),
        Mistake(
            "the angle is converted between degrees and radians: cos and sin take radians, and "
            "position * frequency is in radians already",
            _rotated(angle=torch.deg2rad),
        ),
        Mistake(
            "the angle has a factor 2π: it is position * base**(-2i/d_head)",
            when=_roughly(_rotated(angle=lambda a: 2 * math.pi * a)),
        ),
        Mistake(
            "the angle has a factor π: it is position * base**(-2i/d_head)",
            when=_roughly(_rotated(angle=lambda a: math.pi * a)),
        ),
        Mistake(
            "x is added to its rotation (a residual): the rotation alone comes back",
            _rope_then(lambda right, x: right + x),
        ),
        Mistake(
            "the result is scaled by the square root of d_head, so the norm is not kept: a "
            "rotation changes no lengths",
            _rope_then(lambda right, x: right / math.sqrt(x.shape[-1])),
        ),
        Mistake(
            "the result is scaled by the square root of d_head, so the norm is not kept: a "
            "rotation changes no lengths",
            _rope_then(lambda right, x: right * math.sqrt(x.shape[-1])),
        ),
        Mistake(
            "the rows are normalised to length 1: a rotation keeps the norm of x",
            _rope_then(lambda right, x: torch.nn.functional.normalize(right, dim=-1)),
        ),
        Mistake(
            "positions are counted along the wrong dimension (heads or batch instead of the "
            "sequence): they run along the last but one, x.shape[-2]",
            _along(-3),
        ),
        Mistake(
            "positions are counted along the wrong dimension (the first, the batch, instead of the "
            "sequence): they run along the last but one, x.shape[-2]",
            _along(0),
        ),
        Mistake(
            "positions are counted on through the batch (the leading dimensions are flattened): "
            "each sequence starts at 0 again",
            _flattened,
        ),
        Mistake(
            "only the first sequence of the batch comes back: keep all leading dimensions of x",
            _rope_then(lambda right, x: right.reshape(-1, *right.shape[-2:])[0]),
        ),
        Mistake(CONVERTED + "float32", when=_other_dtype(torch.float32)),
        Mistake(CONVERTED + "float64", when=_other_dtype(torch.float64)),
        Mistake(CONVERTED + "float16", when=_other_dtype(torch.float16)),
        Mistake(CONVERTED + "bfloat16", when=_other_dtype(torch.bfloat16)),
        Mistake(
            "the result is complex: view_as_real turns complex numbers into pairs of reals",
            when=lambda got, *args, **kwargs: got.dtype.is_complex,
        ),
        Mistake(
            "only one tensor should come back, of the shape of x: the rotated x",
            when=_not_a_tensor,
        ),
        Mistake(
            "only half of the features come back: both features of each pair are needed, put back "
            "to 2i and 2i + 1",
            when=lambda got, expected, *args, **kwargs: 2 * got.shape[-1] == expected.shape[-1],
        ),
        Mistake(
            "the pairs stand in a dimension of their own: flatten it into the features, (..., n, "
            "d_head)",
            when=lambda got, expected, *args, **kwargs: (
                got.shape == (*expected.shape[:-1], expected.shape[-1] // 2, 2)
            ),
        ),
        Mistake(
            "there is an extra (batch) dimension: the shape is that of x",
            when=_extra_dimension,
        ),
        Mistake(
            "a dimension of size 1 is squeezed away: the shape is that of x",
            when=_lost_dimension,
        ),
        Mistake(
            "positions are not handled: they may be any tensor of n numbers, whole or not, such as "
            "torch.tensor([7]) for the eighth token alone",
            when=_positions_refused,
        ),
        Mistake(BATCH, when=_batch_lost),
        Mistake(
            "positions are misread: where they are given, row k is rotated by "
            "positions[k] * base**(-2i/d_head)",
            when=_positions_misread,
        ),
        Mistake(
            "the norm of the rows is not kept, so this is no rotation: (a, b) becomes "
            "(a cos - b sin, a sin + b cos)",
            when=_norm_lost,
        ),
        Mistake(
            "the first row is changed, though its position is 0: the angle is position * "
            "frequency, and a rotation by 0 changes nothing",
            when=lambda got, expected, x, *args, **kwargs: (
                not same(got[..., :1, :], expected[..., :1, :])
            ),
        ),
        Mistake(
            "the first pair is right, the others are not: look at the frequencies, "
            "base**(-2i/d_head) for pair i",
            when=lambda got, expected, *args, **kwargs: same(got[..., :2], expected[..., :2]),
        ),
    ),
)


# --- alibi_bias ----------------------------------------------------------------------------


def _distance(n: int) -> Tensor:
    p = torch.arange(n, dtype=torch.float64)
    return (p[:, None] - p).abs()


def _behind(n: int) -> Tensor:
    """`i - j`, signed."""
    p = torch.arange(n, dtype=torch.float64)
    return p[:, None] - p


def _slopes(n_heads: int) -> Tensor:
    return 2.0 ** (-8 * torch.arange(1, n_heads + 1, dtype=torch.float64) / n_heads)


def _bias(
    slopes: Callable[[int], Tensor] = _slopes,
    distance: Callable[[int], Tensor] = _distance,
    sign: float = -1.0,
) -> Callable[[int, int], Tensor]:
    return lambda n_heads, n: (sign * slopes(n_heads)[:, None, None] * distance(n)).float()


def _slope(formula: Callable[[Tensor, int], Tensor]) -> Callable[[int, int], Tensor]:
    """The bias with the slope `formula(h, n_heads)`, `h` from 1."""
    return _bias(lambda n_heads: formula(torch.arange(1.0, n_heads + 1).double(), n_heads))


def _masked(fill: float, mask: Callable[[Tensor], Tensor]) -> Callable[[int, int], Tensor]:
    def wrong(n_heads: int, n: int) -> Tensor:
        right = positional_encoding.alibi_bias(n_heads, n)
        return right.masked_fill(mask(torch.ones(n, n, dtype=torch.bool)), fill)

    return wrong


def _alibi_then(change: Callable[[Tensor], Tensor]) -> Callable[[int, int], Tensor]:
    return lambda n_heads, n: change(positional_encoding.alibi_bias(n_heads, n))


def _off_diagonal(got: Any, expected: Tensor, *args: Any) -> bool:
    return bool((got.diagonal(dim1=-2, dim2=-1) != 0).any())


CAUSAL = (
    "the causal mask is built in: ALiBi's bias here is symmetric, -m_h * abs(i - j) for later keys "
    "(the upper triangle) too; masking is done separately. Now the upper triangle is "
)
ABSOLUTE = (
    "abs is missing: the distance is abs(i - j), never negative, and the bias is symmetric; "
    "-m_h * (i - j) rewards keys on one side"
)

check_alibi_bias = EXERCISE.check(
    "alibi_bias",
    visible=1,
    hidden=3,
    arguments=("n_heads", "n"),
    reference=positional_encoding.alibi_bias,
    expects="a float32 tensor of shape (n_heads, n, n) with -m_h * abs(i - j), where "
    "m_h = 2**(-8*h/n_heads) and h runs from 1 to n_heads",
    mistakes=(
        Mistake(
            "the sign is flipped: the bias is a penalty, negative and more so with distance: "
            "-m_h * abs(i - j)",
            _bias(sign=1.0),
        ),
        Mistake(
            "the slopes are counted from h = 0: h runs from 1 to n_heads, so that the first slope "
            "is 2**(-8/n_heads) and the last 2**-8",
            _slope(lambda h, n: 2 ** (-8 * (h - 1) / n)),
        ),
        Mistake(
            "the slopes are counted from h = 2 (one too far): h runs from 1 to n_heads",
            _slope(lambda h, n: 2 ** (-8 * (h + 1) / n)),
        ),
        Mistake(
            "the sign is flipped and the slopes are counted from h = 0: -m_h * abs(i - j), h from "
            "1 to n_heads",
            _bias(lambda n: 2 ** (-8 * torch.arange(n).double() / n), sign=1.0),
        ),
        Mistake(ABSOLUTE, _bias(distance=_behind)),
        Mistake(ABSOLUTE, _bias(distance=_behind, sign=1.0)),
        Mistake(CAUSAL + "-inf", _masked(-math.inf, lambda ones: ones.triu(1))),
        Mistake(CAUSAL + "0 (tril, or a clamp)", _masked(0.0, lambda ones: ones.triu(1))),
        Mistake(CAUSAL + "-1e9", _masked(-1e9, lambda ones: ones.triu(1))),
        Mistake(
            "the lower triangle is set to 0 (triu): the bias is symmetric, -m_h * abs(i - j) for "
            "earlier keys too",
            _masked(0.0, lambda ones: ones.tril(-1)),
        ),
        Mistake(
            "the lower triangle is masked with -inf: the bias is symmetric, and masking is done "
            "separately",
            _masked(-math.inf, lambda ones: ones.tril(-1)),
        ),
        Mistake(
            "the slope formula is 2**-h: that holds for 8 heads only; the slope is "
            "2**(-8*h/n_heads), so that it always ends at 2**-8",
            _slope(lambda h, n: 2**-h),
        ),
        Mistake(
            "the 8 is missing in the slope formula: 2**(-8*h/n_heads)",
            _slope(lambda h, n: 2 ** (-h / n)),
        ),
        Mistake(
            "the division by n_heads is missing in the slope formula: 2**(-8*h/n_heads)",
            _slope(lambda h, n: 2 ** (-8 * h)),
        ),
        Mistake(
            "the sign of the slope's exponent is flipped: 2**(-8*h/n_heads), below 1",
            _slope(lambda h, n: 2 ** (8 * h / n)),
        ),
        Mistake(
            "the slope formula is 2**(-8/h): the exponent is -8*h/n_heads",
            _slope(lambda h, n: 2 ** (-8 / h)),
        ),
        Mistake(
            "the slope's exponent is upside down (n_heads/h): it is -8*h/n_heads",
            _slope(lambda h, n: 2 ** (-8 * n / h)),
        ),
        Mistake(
            "the slope's exponent is upside down (n_heads*h/8): it is -8*h/n_heads",
            _slope(lambda h, n: 2 ** (-n * h / 8)),
        ),
        Mistake(
            "the base of the slope is e (exp): it is 2, 2**(-8*h/n_heads)",
            _slope(lambda h, n: torch.exp(-8 * h / n)),
        ),
        Mistake(
            "the base of the slope is 10: it is 2, 2**(-8*h/n_heads)",
            _slope(lambda h, n: 10 ** (-8 * h / n)),
        ),
        Mistake(
            "the slope is 1/h: it is 2**(-8*h/n_heads), a geometric sequence",
            _slope(lambda h, n: 1 / h),
        ),
        Mistake(
            "the slope is h/n_heads: it is 2**(-8*h/n_heads), a geometric sequence",
            _slope(lambda h, n: h / n),
        ),
        Mistake(
            "the slope is 8*h/n_heads, the power of 2 is missing: it is 2**(-8*h/n_heads)",
            _slope(lambda h, n: 8 * h / n),
        ),
        Mistake(
            "the slope is h, the power of 2 is missing: it is 2**(-8*h/n_heads)",
            _slope(lambda h, n: h),
        ),
        Mistake(
            "the slopes are spaced evenly (linspace or a linear formula): they are a geometric "
            "sequence, 2**(-8*h/n_heads)",
            _bias(lambda n: torch.linspace(2 ** (-8 / n), 2**-8, n).double()),
        ),
        Mistake(
            "the slopes' exponents are spread evenly from -1 to -8: they are "
            "-8*h/n_heads for h = 1 … n_heads",
            _bias(lambda n: 2 ** -torch.linspace(1, 8, n).double()),
        ),
        Mistake(
            "the slopes' exponents run from 0 to -8: they are -8*h/n_heads for h = 1 … n_heads",
            _bias(lambda n: 2 ** -torch.linspace(0, 8, n).double()),
        ),
        Mistake(
            "the slopes are in reverse order: head 1 (the first) has the steepest slope, "
            "2**(-8/n_heads), the last one 2**-8",
            _bias(lambda n: _slopes(n).flip(0)),
        ),
        Mistake(
            "the exponent has 4 or 16 in place of 8: 2**(-8*h/n_heads)",
            _slope(lambda h, n: 2 ** (-4 * h / n)),
        ),
        Mistake(
            "the exponent has 4 or 16 in place of 8: 2**(-8*h/n_heads)",
            _slope(lambda h, n: 2 ** (-16 * h / n)),
        ),
        Mistake(
            "the exponent is rounded to a whole number (//): -8*h/n_heads is an ordinary division",
            _slope(lambda h, n: 2 ** torch.floor(-8 * h / n)),
        ),
        Mistake(
            "the exponent is rounded to a whole number (//): -8*h/n_heads is an ordinary division",
            _slope(lambda h, n: 2 ** -torch.floor(8 * h / n)),
        ),
        Mistake(
            "the exponent is divided by n_heads + 1: 2**(-8*h/n_heads)",
            _slope(lambda h, n: 2 ** (-8 * h / (n + 1))),
        ),
        Mistake(
            "all heads have the same slope: it depends on the head, 2**(-8*h/n_heads)",
            _bias(lambda n: _slopes(n)[:1].expand(n)),
        ),
        Mistake(
            "all heads have the same slope, 2**-8: it depends on the head, 2**(-8*h/n_heads)",
            _bias(lambda n: _slopes(n)[-1:].expand(n)),
        ),
        Mistake(
            "the slopes are missing: each head multiplies the distance by its own slope, "
            "2**(-8*h/n_heads)",
            _bias(lambda n: torch.ones(n).double()),
        ),
        Mistake(
            "the slopes depend on n, the number of positions: m_h = 2**(-8*h/n_heads) takes the "
            "number of heads",
            lambda n_heads, n: (
                -(2.0 ** (-8 * torch.arange(1, n_heads + 1) / n))[:, None, None] * _distance(n)
            ).float(),
        ),
        Mistake(
            "the distance is squared: ALiBi's penalty is linear, -m_h * abs(i - j)",
            _bias(distance=lambda n: _distance(n) ** 2),
        ),
        Mistake(
            "the root of the distance is taken: ALiBi's penalty is linear, -m_h * abs(i - j)",
            _bias(distance=lambda n: _distance(n).sqrt()),
        ),
        Mistake(
            "the logarithm of the distance is taken: ALiBi's penalty is linear, -m_h * abs(i - j)",
            _bias(distance=lambda n: _distance(n).log1p()),
        ),
        Mistake(
            "one is added to the distance: a token is at distance 0 from itself, so the diagonal "
            "is 0",
            _bias(distance=lambda n: _distance(n) + 1),
        ),
        Mistake(
            "one is taken off the distance: it is abs(i - j), 1 for neighbours",
            _bias(distance=lambda n: _distance(n) - 1),
        ),
        Mistake(
            "one is taken off the distance: it is abs(i - j), 1 for neighbours",
            _bias(distance=lambda n: (_distance(n) - 1).clamp(min=0)),
        ),
        Mistake(
            "the sum i + j is taken: the distance is abs(i - j)",
            _bias(distance=lambda n: torch.arange(n).double()[:, None] + torch.arange(n)),
        ),
        Mistake(
            "the distance is divided by the number of positions: it is abs(i - j) as it is",
            _bias(distance=lambda n: _distance(n) / n),
        ),
        Mistake(
            "the distance is divided by the number of positions: it is abs(i - j) as it is",
            _bias(distance=lambda n: _distance(n) / max(n - 1, 1)),
        ),
        Mistake(
            "the distance is counted from the first key only (j), or is the same for each query: "
            "it is abs(i - j)",
            _bias(distance=lambda n: torch.arange(n).double().expand(n, n)),
        ),
        Mistake(
            "the bias rises with j alone (m_h * j, as in Hugging Face's BLOOM, where softmax makes "
            "that the same): here it is -m_h * abs(i - j), with a row for each query",
            _bias(distance=lambda n: torch.arange(n).double().expand(n, n), sign=1.0),
        ),
        Mistake(
            "the distance is taken from the last query only: it is abs(i - j) for each query i",
            _bias(distance=lambda n: (n - 1 - torch.arange(n)).double().expand(n, n)),
        ),
        Mistake(
            "the distance is the same for each key (i alone): it is abs(i - j)",
            _bias(distance=lambda n: torch.arange(n).double()[:, None].expand(n, n)),
        ),
        Mistake(
            "a softmax is applied: the bias is added to the scores before their softmax",
            _alibi_then(lambda right: right.softmax(-1)),
        ),
        Mistake(
            "an exponential is applied: the bias itself is asked for, it is added to the scores",
            _alibi_then(torch.exp),
        ),
        Mistake(
            "the bias is halved: it is -m_h * abs(i - j) as it stands",
            _alibi_then(lambda right: right / 2),
        ),
        Mistake(
            "the slopes are added to the distance: the bias is their product",
            lambda n_heads, n: -(_slopes(n_heads)[:, None, None] + _distance(n)).float(),
        ),
        Mistake(
            "the distance is divided by the slope: the bias is their product, -m_h * abs(i - j)",
            _slope(lambda h, n: 1 / 2 ** (-8 * h / n)),
        ),
        Mistake(
            "the heads stand in the last dimension: the shape is (n_heads, n, n)",
            when=lambda got, expected, n_heads, n: got.shape == (n, n, n_heads) != expected.shape,
        ),
        Mistake(
            "the heads stand in the middle: the shape is (n_heads, n, n)",
            when=lambda got, expected, n_heads, n: got.shape == (n, n_heads, n) != expected.shape,
        ),
        Mistake(
            "the heads stand in the last dimension: the shape is (n_heads, n, n)",
            _alibi_then(lambda right: right.permute(1, 2, 0)),
        ),
        Mistake(
            "the bias has one row for all queries, (n_heads, 1, n): it is -m_h * abs(i - j), with "
            "a row for each query",
            when=lambda got, expected, n_heads, n: (
                got.shape in ((n_heads, 1, n), (n_heads, n)) and got.shape != expected.shape
            ),
        ),
        Mistake(
            "one matrix comes back, without the heads: each head has its own, (n_heads, n, n)",
            when=lambda got, expected, n_heads, n: (
                got.shape in ((n, n), (1, n, n)) and got.shape != expected.shape
            ),
        ),
        Mistake(
            "the slopes alone come back: multiply them by -abs(i - j), (n_heads, n, n)",
            when=lambda got, expected, n_heads, n: (
                got.numel() == n_heads and got.shape != expected.shape
            ),
        ),
        Mistake(
            "the number of heads is hard-coded: there are n_heads of them",
            when=lambda got, expected, n_heads, n: (
                got.dim() == 3 and len(got) != n_heads and got.shape[1:] == expected.shape[1:]
            ),
        ),
        Mistake(
            "the number of positions is wrong (hard-coded, or one off): there are n rows and "
            "columns",
            when=lambda got, expected, n_heads, n: (
                got.dim() == 3 and len(got) == n_heads and got.shape != expected.shape
            ),
        ),
        Mistake(
            "there is an extra (batch) dimension: the shape is (n_heads, n, n)",
            when=_extra_dimension,
        ),
        Mistake(
            "a dimension of size 1 is squeezed away: the shape is (n_heads, n, n)",
            when=_lost_dimension,
        ),
        Mistake(
            "the bias is in float64: made from numbers alone, it is float32 (.float())",
            when=_other_dtype(torch.float64),
        ),
        Mistake(
            "the bias is made of whole numbers: slopes are fractions, so it must be float32",
            when=lambda got, *args: not got.dtype.is_floating_point,
        ),
        Mistake(
            "the bias is in half precision: made from numbers alone, it is float32",
            when=lambda got, *args: got.dtype in (torch.float16, torch.bfloat16),
        ),
        Mistake(
            "the result is no tensor: one tensor of shape (n_heads, n, n) is asked for",
            when=_not_a_tensor,
        ),
        Mistake(
            "the bias is masked: masking is done separately, and later keys (the upper triangle) "
            "get -m_h * abs(i - j) like earlier ones",
            when=lambda got, *args: bool((got < -1e4).any()),
        ),
        Mistake(
            "the diagonal is not 0: a token is at distance 0 from itself",
            when=_off_diagonal,
        ),
        Mistake(
            "the bias is positive somewhere: it is a penalty, -m_h * abs(i - j)",
            when=lambda got, *args: bool((got > 0).any()),
        ),
        Mistake(
            "the distance is cut off at some length: it grows on, abs(i - j)",
            when=lambda got, expected, *args: (
                same(got[:, :1, :2], expected[:, :1, :2]) and bool((got >= expected - 1e-6).all())
            ),
        ),
        Mistake(
            "the bias is not symmetric: earlier and later keys at the same distance get the same, "
            "-m_h * abs(i - j)",
            when=lambda got, *args: not same(got, got.mT),
        ),
        Mistake(
            "the distances are right but not the slopes: m_h = 2**(-8*h/n_heads) for h = 1 … "
            "n_heads",
            when=lambda got, expected, n_heads, n: same(
                got / got[:, :1, 1:2], _distance(n).float().expand_as(got), 1e-3
            ),
        ),
    ),
)
