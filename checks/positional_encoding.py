"""Exercise 5-positional-encoding: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from checks.check import Exercise
from checks.compare import Raised, same
from checks.mistakes import Text
from checks.seen import Predicate, other_dtype, raised, same_shape, transposed_shape
from reference import positions as positional_encoding

EXERCISE = Exercise(
    "5-positional-encoding",
    {"sinusoidal_encoding": (1, 3), "apply_rope": (2, 5), "alibi_bias": (1, 3)},
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests

LOOSE = 2e-3
"""Angles of thousands of radians differ by as much in float32 from one formula to the next."""


def _angles(p: Tensor, d: int, base: float) -> Tensor:
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


def _wrong_angles(d: str, also: str, way: str) -> dict[str, Any]:
    """What goes wrong with angles of size `d`; with the frequencies, also together with `way`."""
    right = f"pair i, features 2i and 2i + 1, has the frequency base**(-2i/{d})"
    both = {f"{other}; {way}": said for other, said in FREQUENCIES.items()}
    return {right: FREQUENCIES, f"{right}; moreover, {also}": both, ANGLE.format(d): ANGLES | LARGE}


def _roughly(d: str, text: Callable[..., Tensor]) -> dict[str, Predicate]:
    """The edits that make angles large, seen with a wide tolerance."""

    def gives(wrong: Callable[..., Tensor]) -> Predicate:
        return lambda got, right, *args, **kwargs: (
            not same(value := wrong(*args, **kwargs), right, 20 * LOOSE) and same(got, value, LOOSE)
        )

    plain = Text(_angles, text)
    return {f"{said}: {ANGLE.format(d)}": gives(plain.edited(way)) for way, said in LARGE.items()}


def _shaped(wrong: Callable[..., list[Any]]) -> Predicate:
    """A tensor of a wrong shape that is one of these, given the right one's sizes."""
    return lambda got, right, *_, **__: (
        got.shape != right.shape and tuple(got.shape) in wrong(*right.shape)
    )


def _there(well: bool, where: Callable[[Tensor], Tensor], near: float | None = None) -> Predicate:
    """In a tensor of the right shape, right or wrong numbers where `where` looks."""
    return lambda got, right, *_, **__: (
        same_shape(got, right) and same(where(got), where(right), near) is well
    )


ANY_SHAPE: dict[str, Predicate] = {
    "no tensor comes back, or not only one tensor, such as a NumPy array, a list or a tuple: "
    "one tensor is asked for": lambda got, *_, **__: not isinstance(got, Tensor | Raised),
    "there is an extra dimension of size 1, such as one for a batch, which is not asked for: "
    "squeeze it away": _shaped(lambda *b: [(*b[:i], 1, *b[i:]) for i in range(len(b) + 1)]),
    "a dimension is squeezed away or flattened: keep it": lambda got, right, *_, **__: (
        got.dim() < right.dim() and got.numel() == right.numel()
    ),
}
PAIRS_SHAPE: dict[str, Predicate] = {
    "only half of the features come back": _shaped(lambda *b: [(*b[:-1], b[-1] // 2)]),
    "pairs stand in a dimension of their own: flatten it, so that the features of a pair are "
    "neighbours": _shaped(lambda *b: [(*b[:-1], b[-1] // 2, 2), (*b[:-1], 2, b[-1] // 2)]),
    **ANY_SHAPE,
}
FLOAT32 = {
    "it is in float64: .float() gives float32": other_dtype(torch.float64),
    "it is in half precision: compute in float32": other_dtype(torch.float16, torch.bfloat16),
    "it has whole numbers: .float() gives float32": other_dtype(torch.int64, torch.int32),
}


def _calls(check: Callable[..., Any], *calls: Sequence[Any], **options: Any) -> Any:
    """A hidden case: the calls of an answer."""
    return lambda answer: [check(answer, *call, **options) for call in calls]


# --- sinusoidal_encoding -------------------------------------------------------------------


def _encoding(n: int, d: int, base: float = 10000.0) -> Tensor:
    positional_encoding.sinusoidal_encoding(0, d)  # refuses an odd d
    t = _angles(torch.arange(n), d, base)
    sin = t.sin()
    cos = t.cos()
    pair = sin, cos
    table = torch.stack(pair, -1).flatten(-2)
    return table.float()


INTERLEAVED = "sin belongs in features 0, 2, 4 … and cos in 1, 3, 5 …, interleaved"

check_sinusoidal_encoding = EXERCISE.check(
    "sinusoidal_encoding",
    reference=positional_encoding.sinusoidal_encoding,
    text=[_angles, _encoding],
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
        **_wrong_angles("d_model", INTERLEAVED, "table = torch.cat(pair, -1)"),
        "sines and cosines stay as they are": {
            "return (table * d ** 0.5).float()": "they are scaled by the square root of d_model",
            "return (table / d ** 0.5).float()": "they are divided by the square root of d_model",
            "return F.normalize(table, dim=-1).float()": "the rows are normalised to length 1",
        },
    },
    seen={
        **_roughly("d_model", _encoding),
        "one position is missing or too many": _shaped(lambda n, d: [(n + 1, d), (n - 1, d)]),
        "there are twice as many features as d_model": _shaped(lambda n, d: [(n, 2 * d)]),
        "the table is transposed": transposed_shape,
        **PAIRS_SHAPE,
        **FLOAT32,
        "the values are good to two digits only, as in half precision: "
        "compute in float32": lambda got, right, *_, **__: same(got, right, 2e-2),
        "values lie outside -1 to 1: every feature is a sine or a cosine, "
        "nothing else": lambda got, *_, **__: bool((got.abs() > 1 + 1e-4).any()),
        "position 0 is wrong: its sines are 0, its cosines 1": _there(False, lambda y: y[:1]),
        "the first pair of features is right, the others are not: look at the frequencies, "
        "base**(-2i/d_model) for pair i": _there(True, lambda y: y[..., :2]),
    },
)

calls = partial(_calls, check_sinusoidal_encoding)
refuses = partial(_calls, check_sinusoidal_encoding.raises, why="sin and cos come in pairs")
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
}


# --- apply_rope ----------------------------------------------------------------------------


def _rotated(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    y = x  # laid out as (..., n, d_head)
    n = y.shape[-2]
    d = y.shape[-1]
    rows = torch.arange(n)
    p = rows if positions is None else positions
    t = _angles(p, d, base)
    c = t.cos().to(x)
    s = t.sin().to(x)
    a, b = y[..., 0::2], y[..., 1::2]
    even = a * c - b * s
    odd = a * s + b * c
    out = torch.stack((even, odd), -1).flatten(-2)
    return out


HALVES, CAT = "a, b = y.chunk(2, -1)", "out = torch.cat((even, odd), -1)"
SPLIT = f"{HALVES}; {CAT}"
WIDE = "k = torch.arange(d) // 2; out = x * c[:, k] + torch.cat((-b, a), -1) * s[:, k]"
TWICE = "out = x * c.repeat(1, 2) + torch.stack((-b, a), -1).flatten(-2) * s.repeat(1, 2)"
BACK = "s = -t.sin().to(x)"
OWN = "u = (t * base ** (-1 / d)).to(x); odd = a * u.sin() + b * u.cos()"
NEIGHBOURS = "here the layout is interleaved, pairs are neighbours (2i, 2i + 1)"
TURN = "(a, b) becomes (a cos - b sin, a sin + b cos)"

check_apply_rope = EXERCISE.check(
    "apply_rope",
    reference=positional_encoding.apply_rope,
    text=[_angles, _rotated],
    expects="x with each pair of features (2i, 2i + 1) rotated by the angle "
    f"position * base**(-2i/d_head): {TURN}, in the shape and dtype of x; positions count from 0 "
    "unless given",
    wrong={
        "each pair turns by its own angle and keeps its norm": {
            "out[..., 2:] = x[..., 2:]; return out": "only the first pair is rotated",
            "out[..., d // 2:] = x[..., d // 2:]; return out": "only the first half is rotated",
            "return x": "x comes back unchanged",
            "even = s; odd = c; return x + out": "the sinusoidal encoding is added to x",
            "even = s; odd = c; return x * out": "x is multiplied by the sinusoidal encoding",
            "return out + x": "x is added to its rotation (a residual)",
            "return out / d ** 0.5": "it is divided by the square root of d_head",
            "return out * d ** 0.5": "it is multiplied by the square root of d_head",
            "return F.normalize(out, dim=-1)": "the rows are normalised to length 1",
            "return out.reshape(-1, n, d)[0]": "only the first sequence of the batch comes back",
        },
        NEIGHBOURS: {
            SPLIT: "the layout is half-split (i with i + d_head/2, as in Llama's rotate_half)",
            f"{SPLIT}; {BACK}": "the layout is half-split, and the direction of rotation reversed",
            CAT: "the rotated features are concatenated (put them back interleaved)",
            f"{CAT}; {BACK}": "they are concatenated, and the direction of rotation reversed",
            HALVES: "two layouts are mixed (x is split into halves, but put back interleaved)",
            f"{HALVES}; {WIDE}": "two layouts are mixed (x in halves, but the angles interleaved)",
            TWICE: "two layouts are mixed (x interleaved, but the angles in halves, as by cat)",
        },
        TURN: {
            BACK: "the direction of rotation is reversed (the sign of the sine is flipped)",
            "c, s = s, c; even = a * c - b * s": "sin and cos are swapped",
            "even = a * s + b * c; odd = b * s - a * c": "sin and cos are swapped",
            "odd = even * s + b * c": "even features are overwritten while still needed",
            "even = a * c - (a * s + b * c) * s": "odd features are overwritten while still needed",
            "even = a * c + b * s": "the minus sign is missing, so that the norm is not kept",
            "odd = b * c - a * s": "there is one minus sign too many, so that the norm is not kept",
            "odd = -a * s - b * c": "a sign is wrong, so that pairs are mirrored, not rotated",
            "even = a * c + b * s; odd = a * s - b * c": "pairs are mirrored, not rotated",
            "(even, odd) -> (odd, even)": "the two features of each pair have changed places",
            "a, b = y[..., 1::2], y[..., 0::2]": "a and b change places before the rotation",
            "even = a * (c + s); odd = b * (c + s)": "each feature is multiplied by cos + sin",
            "even = a * c; odd = b * s": "the features of a pair are not mixed (a cos, b sin)",
            "even = a * c; odd = b * c": "only the cosine is used (x * cos)",
            "odd = b": "only the even features change",
            "even = a": "only the odd features change",
            OWN: "feature j has its own angle (exponent -j/d_head), though a pair shares one",
        },
        "row k stands at positions[k], by default at k": {
            "p = rows": "positions are ignored",
            "rows = torch.arange(1, n + 1)": "positions are counted from 1 where none are given",
            "t = _angles(p - p[0], d, base)": "positions are shifted so that they start at 0",
            "t = _angles(p + rows, d, base)": "positions are added to 0 to n - 1 as an offset",
            "t = _angles(p[0] + rows, d, base)": "only the first position is used, as an offset",
            "t = _angles(p[:1], d, base)": "only the first position is used, for all rows",
            "t = _angles(p.long(), d, base)": "positions are cut to whole numbers (long)",
            "t = _angles(p.sort().values, d, base)": "positions are sorted",
        },
        "the sequence is the last dimension but one, x.shape[-2]; positions start again in each": {
            "n = x.shape[-3]; t = _angles(p, d, base)[:, None]": "positions run along x.shape[-3]",
            "y = x.transpose(0, -2); return out.transpose(0, -2)": "positions run along x.shape[0]",
            "y = x.flatten(0, -2); return out.view_as(x)": "positions run on through the batch",
        },
        **_wrong_angles("d_head", f"pairs are no halves (half-split): {NEIGHBOURS}", SPLIT),
    },
    seen={
        **_roughly("d_head", _rotated),
        "the result is complex: use view_as_real": lambda got, *_, **__: got.dtype.is_complex,
        "it is in another dtype: the result keeps the dtype of x (.to(x.dtype))": other_dtype(),
        **PAIRS_SHAPE,
        "view fails on x's memory layout: use reshape": raised(says="view size is not compatible"),
        "positions are misread or not handled: row k is at positions[k]; these may be any n "
        "numbers, whole or not, such as torch.tensor([7]) for the eighth token alone": (
            lambda *_, positions=None, **__: positions is not None
        ),
        "x with leading dimensions does not come out right: it may have any number of them, also "
        "none, and positions run along the last but one": lambda _, __, x, **___: x.dim() != 2,
        "the norm of the rows is not kept, so this is no rotation: that turns each pair and "
        "stretches none": _there(False, lambda y: y.norm(dim=-1), 1e-2),
        "the first row is changed, though its position is 0": _there(False, lambda y: y[:1]),
        "the first pair of features is right, the others are not: look at the frequencies, "
        "base**(-2i/d_head) for pair i": _there(True, lambda y: y[..., :2]),
    },
)


def _rope(*shapes: tuple[int, ...], at: Sequence[float] = (), **options: Any) -> Any:
    """A hidden case: `x` of these shapes, and rows at these positions where they are given."""
    dtype = options.pop("dtype", torch.float32)
    if at:
        options["positions"] = torch.tensor(at)
    # A quarter, since float16 has three digits only.
    return lambda f: [check_apply_rope(f, torch.randn(s).to(dtype) / 4, **options) for s in shapes]


EXERCISE.cases["apply_rope"] = {
    "x of shape (n, d_head), without a batch": _rope((5, 8), (16, 12)),
    "a single position, or a single pair of features": _rope((5, 2), (1, 8), (1, 2)),
    "any number of leading dimensions": _rope((3, 5, 8), (1, 5, 8), (2, 3, 5, 8), (3, 1, 2, 4, 8)),
    # With as many heads as positions, positions along the wrong dimension would run.
    "sizes that are alike": _rope((4, 4, 4, 4), (5, 5, 6)),
    "many features": _rope((2, 3, 7, 64)),
    "base**(-2i/d_head) with the given base": _rope((5, 8), (2, 5, 6), base=50.0),
    "a large base": _rope((5, 8), (2, 5, 6), base=1e6),
    "the dtype of x": _rope((5, 8), (2, 3, 4), dtype=torch.float64),
    "the dtype of x, with positions": _rope((3, 8), at=(3, 1, 2), dtype=torch.float64),
    "half precision, the dtype of x": _rope((3, 4), dtype=torch.float16, tolerance=1e-2),
    "and so with positions": _rope((2, 3, 4), at=(2, 0, 1), dtype=torch.float16, tolerance=1e-2),
    # As split_heads leaves it: the features of a row stay together.
    "x in any memory layout": lambda f: check_apply_rope(f, torch.randn(2, 5, 3, 8).movedim(1, 2)),
    "rows at the positions that are given": _rope((4, 8), (2, 3, 4, 8), at=(11, 0, 2, 2)),
    "one row, at the position that is given": _rope((2, 3, 1, 8), (1, 8), at=(7,)),
    "one row at position 0": _rope((1, 8), at=(0,)),
    "rows that go on at position 6": _rope((3, 8), at=(6, 7, 8)),
    "positions and base": _rope((2, 4, 8), at=(0, 5, 1, 3), base=100.0),
    "positions, whole numbers or not": _rope((3, 8), (2, 3, 8), at=(0.5, 3, 2.25)),
    # A float32 angle is good to one part in 10 million: the larger, the coarser the rotation.
    "many positions": _rope((200, 16), tolerance=1e-3),
    "far positions": _rope((2, 3, 16), at=(1000, 4, 1003), tolerance=5e-3),
}


# --- alibi_bias ----------------------------------------------------------------------------


def _bias(H: int, n: int) -> Tensor:
    h = torch.arange(1.0, H + 1)
    e = -8 * h / H
    m = 2.0**e
    i, j = torch.arange(n)[:, None], torch.arange(n)
    D = i - j
    d = D.abs()
    bias = -m[:, None, None] * d
    return bias


check_alibi_bias = EXERCISE.check(
    "alibi_bias",
    reference=positional_encoding.alibi_bias,
    text=[_bias],
    expects="a float32 tensor of shape (n_heads, n, n) with -m_h * abs(i - j), where "
    "m_h = 2**(-8*h/n_heads) and h runs from 1 to n_heads",
    wrong={
        "the bias is a penalty, -m_h * abs(i - j), h from 1": {
            "return -bias": "the sign is flipped",
            "e = -8 * (h - 1) / H; return -bias": "the sign is flipped, slopes from h = 0",
            "return bias.exp()": "an exponential is taken",
            "return bias.softmax(-1)": "a softmax is taken",
            "return bias / 2": "it is halved",
            "bias = -(m[:, None, None] + d)": "the slopes are added to the distance",
        },
        "2**(-8*h/n_heads) from h = 1": {
            "e = -8 * (h - 1) / H": "the slopes are counted from h = 0",
            "e = -8 * (h + 1) / H": "the slopes are counted from h = 2 (one too far)",
            "e = -h": "the slope formula is 2**-h, which holds for 8 heads only",
            "e = -h / H": "the 8 is missing in the slope formula",
            "e = -8 * h": "the division by n_heads is missing in the slope formula",
            "m = 2.0 ** -e": "the sign of the slope's exponent is flipped (or * and / are swapped)",
            "e = -8 / h": "the slope formula is 2**(-8/h)",
            ("e = -8 * H / h", "e = -H * h / 8"): "the exponent is upside down",
            "m = torch.exp(e)": "the base of the slope is e (exp)",
            "m = 10.0 ** e": "the base of the slope is 10",
            "m = 1 / h": "the slope is 1/h, not a geometric sequence",
            "m = h / H": "the slope is h/n_heads, not a geometric sequence",
            ("m = h", "m = 8 * h / H"): "the power of 2 is missing",
            "m = torch.linspace(2 ** (-8 / H), 2**-8, H)": "the slopes are spaced evenly",
            "e = -torch.linspace(1, 8, H)": "the exponents are spread evenly from -1 to -8",
            "e = -torch.linspace(0, 8, H)": "the exponents are spread evenly from 0 to -8",
            "e = -8 * h.flip(0) / H": "the slopes are in reverse order (the smallest first)",
            "e = -4 * h / H": "the exponent has 4 in place of 8",
            "e = -16 * h / H": "the exponent has 16 in place of 8",
            ("e = -8 * h // H", "e = -(8 * h // H)"): "the exponent is rounded to a whole number",
            "e = -8 * h / (H + 1)": "the exponent is divided by n_heads + 1",
            ("e = 0 * h - 8 / H", "e = 0 * h - 8"): "all heads have the same slope",
            "m = h ** 0": "the slopes are missing, by which each head multiplies the distance",
            "e = -8 * h / n": "the slopes depend on n, the number of positions, not of heads",
        },
        "it is abs(i - j), on both sides": {
            ("d = D", "d = -D"): "abs is missing, so that keys on one side are rewarded",
            "d = D ** 2": "the distance is squared, though the penalty is linear",
            "d = D.abs().sqrt()": "the root of the distance is taken",
            "d = D.abs().log1p()": "the logarithm of the distance is taken",
            "d = D.abs() + 1": "one is added to the distance, which is 0 on the diagonal",
            ("d = D.abs() - 1", "d = (D.abs() - 1).clamp(0)"): "one is taken off the distance",
            "d = i + j": "the sum i + j is taken",
            "d = D.abs() / n": "the distance is divided by the number of positions",
            "d = D.abs() / max(n - 1, 1)": "the distance is divided by the longest one",
            "d = j + 0 * i": "the distance is j alone, counted from the first key",
            "d = i + 0 * j": "the distance is i alone, the same for each key",
            "d = 0 * i - j": "it rises with j alone (as in BLOOM, where softmax evens that out)",
            "d = n - 1 - j + 0 * i": "the distance is taken from the last query only",
        },
        "it is symmetric and masked separately": {
            "return bias.masked_fill(j > i, -math.inf)": "the causal mask is built in (-inf)",
            "return bias.masked_fill(j > i, -1e9)": "the causal mask is built in (-1e9)",
            "return bias.tril()": "the causal mask is built in (upper triangle is 0, as by tril)",
            "return bias.triu()": "the lower triangle is set to 0 (triu)",
            "return bias.masked_fill(j < i, -math.inf)": "the lower triangle is masked with -inf",
        },
    },
    seen={
        "the heads stand in the last dimension": _shaped(lambda h, n, _: [(n, n, h)]),
        "the heads stand in the middle": _shaped(lambda h, n, _: [(n, h, n)]),
        "the bias has one row for all queries": _shaped(lambda h, n, _: [(h, 1, n), (h, n)]),
        "one matrix comes back, without the heads": _shaped(lambda h, n, _: [(n, n), (1, n, n)]),
        "the slopes alone come back": _shaped(lambda h, *_: [(h,), (h, 1, 1)]),
        "there are more or fewer heads than n_heads, which may be any power of two: is the number "
        "hard-coded?": lambda got, right, *_: got.dim() == 3 and len(got) != len(right),
        "there are more or fewer positions than n, which may be any number: is it hard-coded, "
        "or one off?": lambda got, right, *_: got.dim() == 3 and got.shape != right.shape,
        **ANY_SHAPE,
        **FLOAT32,
        "the bias is masked (-inf or huge numbers): masking is done separately, and later keys get "
        "-m_h * abs(i - j) too": lambda got, *_: bool((got < -1e4).any()),
        "the diagonal (distance 0) is not 0": lambda got, *_: bool(got.diagonal(0, 1, 2).any()),
        "the bias is positive somewhere: it is a penalty": lambda got, *_: bool((got > 0).any()),
        "the distance is cut off at some length: it grows on, abs(i - j)": lambda got, right, *_: (
            same(got[:, 0, :2], right[:, 0, :2]) and bool((got >= right - 1e-6).all())
        ),
        "the bias is not symmetric: earlier and later keys at the same distance get the same, "
        "-m_h * abs(i - j)": lambda got, *_: not same(got, got.mT),
        "the distances are right but not the slopes: with n_heads heads, "
        "m_h = 2**(-8*h/n_heads), h from 1": _there(True, lambda b: b / b[:, :1, 1:2], 1e-3),
    },
)

calls = partial(_calls, check_alibi_bias)
EXERCISE.cases["alibi_bias"] = {
    "a tensor of shape (n_heads, n, n)": calls((4, 7), (2, 6), (8, 5)),
    "a single head or position": calls((1, 4), (8, 1), (1, 1)),
    "as many heads as positions": calls((4, 4), (2, 2), (8, 8)),
    "more than 8 heads": calls((16, 3), (32, 10), (128, 2)),
    "-m_h * abs(i - j) for far keys too": calls((8, 60)),
}
