"""Exercise 5-positional-encoding: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from checks.check import Exercise
from checks.compare import Raised, same
from checks.mistakes import Edit, Mistake, Seen, Text, instead_of
from checks.seen import Predicate, other_dtype, raised, same_shape, transposed_shape
from helpers import positional_encoding

EXERCISE = Exercise("5-positional-encoding")
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests

Wrong = dict[str | tuple[str, ...], str]

LOOSE = 2e-3
"""Angles of thousands of radians differ by as much in float32 from one formula to the next."""

FREQUENCIES: Wrong = {
    "base ** (-i / d)": "the exponent is i instead of 2i, the 2 is missing",
    "base ** (-4 * i / d)": "the exponent counts the 2 twice (4i instead of 2i)",
    "base ** (-i / max(d / 2 - 1, 1))": "the exponent is divided by {d} - 2 (as in tensor2tensor)",
    "base ** (-2 * i / (d - 1))": "the exponent is divided by {d} - 1",
    "base ** (-2 * (i + 1) / d)": "pairs are counted from 1 (i = 1 … {d}/2) instead of 0",
    "base ** (-(2 * i + 1) / d)": "the exponent takes the odd feature's index (2i + 1)",
    "base ** (-2 * i)": "the division by {d} is missing in the exponent",
    "base ** (-2 * i // d)": "the exponent is rounded to a whole number (//)",
    "base ** (-2 * i.flip(0) / d)": "the frequencies are in reverse order (slowest first)",
    "base ** (0 * i)": "all pairs have the same frequency (1)",
    "base ** (-2 * i / 512)": "the size is hard-coded in the exponent (512 instead of {d})",
    "base ** (-2 * i / 128)": "the size is hard-coded in the exponent (128 instead of {d})",
    "base ** (-2 * i / 64)": "the size is hard-coded in the exponent (64 instead of {d})",
    "torch.exp(-2 * i / d)": "the logarithm of base is missing in exp(-2i/{d} * log(base))",
    "torch.exp(-2 * i / d * math.log10(base))": "the logarithm is decimal (log10, not math.log)",
    "1 / (base * 2 * i / d)": "the base is multiplied by 2i/{d}, not raised to that power (**)",
}
"""What may stand in sinusoids and in RoPE alike instead of `base ** (-2 * i / d)`."""
ANGLES: Wrong = {
    "math.pi / 180 * p *": "the angles are converted between degrees and radians",
    "0 * p +": "the position is missing, so that each row has the same angles",
    "p +": "the positions are added to the frequencies, not multiplied by them",
    "p.flip(0) *": "the positions run backwards",
    "p / len(p) *": "the positions are divided by their number",
    "p / max(len(p) - 1, 1) *": "the positions are divided by the last one",
    "2 * p *": "the angle is doubled (a factor 2, or applied twice)",
    "p / 2 *": "the angle is halved",
}
"""What may stand in both instead of `p *`."""
LARGE_ANGLES = {
    "180 / math.pi * p *": "the angles are converted between degrees and radians",
    "2 * math.pi * p *": "the angles have a factor 2π",
    "math.pi * p *": "the angles have a factor π",
}


def _wrong_frequencies(d: str, also: str = "", *changes: str) -> Iterator[Edit]:
    """Edits of the frequencies, and of what stands in `changes` with them."""
    right = f"pair i, features 2i and 2i + 1, has the frequency base**(-2i/{d})"
    for edit in instead_of("base ** (-2 * i / d)", right=right, wrong=FREQUENCIES):
        yield Edit(edit.message.replace("{d}", d) + also, *edit.changes, *changes)


def _wrong_angles(d: str, text: Callable[..., Tensor]) -> Iterator[Mistake]:
    right = f"the angle is position * base**(-2i/{d}), in radians as sin and cos take it"
    yield from instead_of("p *", right=right, wrong=ANGLES)
    for new, message in LARGE_ANGLES.items():
        yield from _roughly(f"{message}: {right}", text, "p *", new)
    yield Edit(f"base is ignored (it is always 10000): {right}", "base **", "10000.0 **")
    wrong = f"the sign of the exponent is flipped, or the angle multiplied by base**(2i/{d})"
    yield from _roughly(f"{wrong}: {right}", text, "(-2 *", "(2 *")


def _roughly(message: str, text: Callable[..., Tensor], *changes: str) -> Iterator[Mistake]:
    """An edit that makes angles large, and the same seen with a wide tolerance."""
    wrong = Text(text).edited(*changes)

    def when(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
        value = wrong(*args, **kwargs)
        return not same(value, expected, 20 * LOOSE) and same(got, value, LOOSE)

    yield Edit(message, *changes)
    yield Seen(message, when)


def _shaped(*shapes: Callable[..., Sequence[int]]) -> Predicate:
    """A tensor of a wrong shape that is one of these, given the right one's sizes."""

    def when(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
        wrong = (tuple(shape(*expected.shape)) for shape in shapes)
        return got.shape != expected.shape and tuple(got.shape) in wrong

    return when


def _there(right: bool, *where: Any) -> Predicate:
    """In a tensor of the right shape, right or wrong numbers at this place."""

    def when(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
        return same_shape(got, expected) and same(got[where], expected[where]) is right

    return when


def _extra_dimension(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    alike = got.numel() == expected.numel()
    return alike and got.dim() > expected.dim() and 1 in got.shape


def _lost_dimension(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return got.dim() < expected.dim() and got.numel() == expected.numel()


def _seen(predicates: Mapping[Predicate, str], right: str = "") -> Iterator[Seen]:
    """What is seen, each message ending with what is right."""
    for when, message in predicates.items():
        yield Seen(f"{message}: {right}" if right else message, when)


ANY_SHAPE: dict[Predicate, str] = {
    lambda got, *a, **k: (
        not isinstance(got, Tensor | Raised)
    ): "no tensor comes back, or not only one tensor",
    _extra_dimension: "there is an extra (batch) dimension",
    _lost_dimension: "a dimension is squeezed away or flattened",
}
DTYPES: dict[Predicate, str] = {
    other_dtype(torch.float64): "it is in float64",
    other_dtype(torch.float16, torch.bfloat16): "it is in half precision",
    other_dtype(torch.int64, torch.int32, torch.int16, torch.int8): "it is made of whole numbers",
}
FLOAT32 = "made from numbers alone, the result is float32 (.float())"


def _sizes(check: Any, *sizes: tuple[int, int]) -> Callable[[Any], Any]:
    """A hidden case: the answer is called with these sizes."""
    return lambda answer: [check(answer, *size) for size in sizes]


# --- sinusoidal_encoding -------------------------------------------------------------------


def _pairs(d: int) -> int:
    if d % 2 != 0:
        raise ValueError(f"d_model is {d}")
    return d // 2


def _encoding(n: int, d: int, base: float = 10000.0) -> Tensor:
    p = torch.arange(n, dtype=torch.float64)[:, None]
    i = torch.arange(_pairs(d), dtype=torch.float64)
    frequencies = base ** (-2 * i / d)
    angles = p * frequencies
    sin, cos = (angles.sin(), angles.cos())
    table = torch.stack((sin, cos), -1).flatten(-2)
    return table.float()


FEATURES: Wrong = {
    "(cos, sin)": "sin and cos are swapped",
    "(sin, sin)": "every feature is a sine",
    "(cos, cos)": "every feature is a cosine",
    "(sin, 0 * cos)": "the odd features are left at 0",
    "(0 * sin, cos)": "the even features are left at 0",
    "(angles, angles)": "the angles come back without sin and cos",
    "(sin, sin.cos())": "the cosine is taken of the sine, not of the angle itself",
    "(-sin, cos)": "the sign of the sine (of the angle) is flipped",
    "(sin, -cos)": "the sign of the cosine is flipped",
}
OWN_FREQUENCIES: Wrong = {
    "(sin, (angles * base ** (-1 / d)).cos())": "each feature has its own frequency (exponent "
    "j/d_model for feature j)",
    "((angles * frequencies).sin(), (angles * frequencies * base ** (-2 / d)).cos())": "each "
    "feature has its own frequency (exponent 2j/d_model for feature j), though i counts pairs",
    "(sin, (angles * base ** (-2 / d)).cos())": "the odd features have another frequency than the "
    "even ones (2i + 2, or i counted from 1)",
}
INTERLEAVED = "sin belongs in features 0, 2, 4 … and cos in 1, 3, 5 …, interleaved"
STACKED, CAT_TABLE = "torch.stack((sin, cos), -1).flatten(-2)", "torch.cat((sin, cos), -1)"
CONCATENATED: Wrong = {
    CAT_TABLE: "the sines and cosines are concatenated (all sines first)",
    "torch.cat((cos, sin), -1)": "the cosines and sines are concatenated (all cosines first)",
}
COUNTED: Wrong = {
    "(p + 1) * frequencies": "positions are counted from 1",
    "(p * frequencies).floor()": "the angles are rounded down (by // or an integer dtype)",
    "p / base ** 2 * i / d": "parentheses are missing (position / base**2 * i / d_model)",
}
SCALED: Wrong = {
    ("return (table * math.sqrt(d))", "return (table / math.sqrt(d))"): "the encoding is scaled by "
    "the square root of d_model (the paper scales the token embeddings)",
    "return F.normalize(table, dim=-1)": "the rows are normalised to length 1",
}
ENCODING_SHAPES: dict[Predicate, str] = {
    _shaped(lambda n, d: (n + 1, d), lambda n, d: (n - 1, d)): "one position is missing or too "
    "many (they run from 0 to n_positions - 1)",
    _shaped(lambda n, d: (n, 2 * d)): "there are twice as many features as d_model",
    _shaped(lambda n, d: (n, d // 2)): "only half of the features are there",
    transposed_shape: "the table is transposed",
    _shaped(lambda n, d: (n, d // 2, 2), lambda n, d: (n, 2, d // 2)): "the sin and cos of a pair "
    "stand in a dimension of their own (flatten it)",
    **ANY_SHAPE,
}
ENCODING_NUMBERS: dict[Predicate, str] = {
    lambda got, expected, *a, **k: same(got, expected, 2e-2): "the values are good to two digits "
    "only, as in half precision: compute in float32",
    lambda got, *a, **k: bool((got.abs() > 1 + 1e-4).any()): "values lie outside -1 to 1: every "
    "feature is a sine or a cosine, nothing else",
    _there(False, slice(1)): "position 0 is wrong: its angle is 0 for every frequency, so its "
    "sines are 0 and its cosines 1",
    _there(True, ..., slice(2)): "the first two features are right, the others are not: look at "
    "the frequencies, base**(-2i/d_model) for pair i",
}

check_sinusoidal_encoding = EXERCISE.check(
    "sinusoidal_encoding",
    visible=1,
    hidden=3,
    arguments=("n_positions", "d_model", "base"),
    reference=positional_encoding.sinusoidal_encoding,
    text=[_encoding],
    expects="a float32 tensor of shape (n_positions, d_model): at position p, feature 2i is "
    "sin(p / base**(2i/d_model)) and feature 2i + 1 is cos of the same angle; positions and i "
    "count from 0",
    mistakes=(
        *instead_of(
            "(sin, cos)", right="sin goes to even features, cos to odd ones", wrong=FEATURES
        ),
        *instead_of("(sin, cos)", right="a pair has one frequency", wrong=OWN_FREQUENCIES),
        *instead_of(STACKED, right=INTERLEAVED, wrong=CONCATENATED),
        *_wrong_frequencies("d_model"),
        *_wrong_frequencies("d_model", f"; moreover, {INTERLEAVED}", STACKED, CAT_TABLE),
        *instead_of("p * frequencies", right="p / base**(2i/d_model), p from 0", wrong=COUNTED),
        *_wrong_angles("d_model", _encoding),
        *instead_of("return table", right="sines and cosines stay as they are", wrong=SCALED),
        *_seen(ENCODING_SHAPES, "the shape is (n_positions, d_model)"),
        *_seen(DTYPES, FLOAT32),
        *_seen(ENCODING_NUMBERS),
    ),
)


def _refuses(f: Any, *sizes: int) -> None:
    for d in sizes:
        why = f"d_model is {d}, which is odd: sin and cos come in pairs"
        says = ("d_model", str(d))
        check_sinusoidal_encoding.raises(f, ValueError, 4, d, says=says, why=why)


EXERCISE.contract(
    "sinusoidal_encoding",
    {
        "a tensor of shape (n_positions, d_model)": _sizes(
            check_sinusoidal_encoding, (5, 8), (12, 10), (30, 16)
        ),
        "a single position, or a single pair of features": _sizes(
            check_sinusoidal_encoding, (1, 6), (3, 2), (1, 2)
        ),
        "as many positions as features": _sizes(check_sinusoidal_encoding, (6, 6)),
        "many features": _sizes(check_sinusoidal_encoding, (20, 128), (2, 512)),
        "the angle position / base**(2i/d_model), with the base that is given": lambda f: [
            check_sinusoidal_encoding(f, 7, 12, base=50.0),
            check_sinusoidal_encoding(f, 9, 4, base=1e6),
            check_sinusoidal_encoding(f, 6, 8, 500.0),
        ],
        # A float32 angle is good to one part in 10 million: the larger, the coarser its sine.
        "many positions": lambda f: [
            check_sinusoidal_encoding(f, 120, 24, tolerance=2e-4),
            check_sinusoidal_encoding(f, 2000, 32, tolerance=4e-3),
        ],
        "ValueError for an odd d_model": lambda f: _refuses(f, 5, 1, 33),
    },
)


# --- apply_rope ----------------------------------------------------------------------------


def _rotated(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    n, d = x.shape[-2:]
    p = torch.arange(n) if positions is None else positions
    p = p.double()[:, None]
    i = torch.arange(d // 2, dtype=torch.float64)
    frequencies = base ** (-2 * i / d)
    angles = p * frequencies
    c, s = (angles.cos(), angles.sin())
    wide = x.double()
    a, b = (wide[..., 0::2], wide[..., 1::2])
    turned = (a * c - b * s, a * s + b * c)
    out = torch.stack(turned, -1).flatten(-2)
    return out.to(x.dtype)


BACK = ("(a * c - b * s, a * s + b * c)", "(a * c + b * s, b * c - a * s)")
CAT = ("torch.stack(turned, -1).flatten(-2)", "torch.cat(turned, -1)")
CHUNK = ("(wide[..., 0::2], wide[..., 1::2])", "wide.chunk(2, -1)")
TURN = "(a, b) becomes (a cos - b sin, a sin + b cos)"
HALF_SPLIT = (
    "the pairs are split into halves (half-split layout, feature i with i + d_head/2, as in "
    "Hugging Face's Llama and rotate_half): here the layout is interleaved, pairs are neighbours "
    "(2i, 2i + 1)"
)
NOT_PUT_BACK = (
    "the rotated features are concatenated (all even ones, then all odd ones): put them back "
    "interleaved, to features 2i and 2i + 1"
)
MIXED: Wrong = {
    "wide * c.repeat_interleave(2, -1) + s.repeat_interleave(2, -1) * "
    "torch.cat((-wide[..., d // 2:], wide[..., :d // 2]), -1)": "two layouts are mixed (the angles "
    "are interleaved, but x is split into halves, half-split or rotate_half)",
    "wide * torch.cat((c, c), -1) + torch.cat((s, s), -1) * "
    "torch.stack((-b, a), -1).flatten(-2)": "two layouts are mixed (pairs of x are interleaved, "
    "but the angles are laid out for the half-split layout, cat)",
}
ROTATIONS: Wrong = {
    BACK[1]: "the direction of rotation is reversed (the sign of the angle or sine is flipped)",
    ("(a * s - b * c, a * c + b * s)", "(a * s + b * c, b * s - a * c)"): "sin and cos are swapped",
    "(a * c - b * s, (a * c - b * s) * s + b * c)": "the even features are overwritten before the "
    "odd ones are computed from them, so that the norm is lost (keep the old values)",
    "(a * c - (a * s + b * c) * s, a * s + b * c)": "the odd features are overwritten before the "
    "even ones are computed from them, so that the norm is lost (keep the old values)",
    "(a * c + b * s, a * s + b * c)": "the minus sign is missing, so that the norm is not kept",
    "(a * c - b * s, b * c - a * s)": "there is one minus sign too many, so that the norm is not "
    "kept",
    ("(a * c - b * s, -a * s - b * c)", "(a * c + b * s, a * s - b * c)"): "a sign is wrong, so "
    "that pairs are mirrored rather than rotated",
    "(a * s + b * c, a * c - b * s)": "the two features of each pair have changed places",
    "(b * c - a * s, b * s + a * c)": "the two features of each pair have changed places before "
    "the rotation, or its direction is reversed",
    "(a * (c + s), b * (c + s))": "each feature is multiplied by cos + sin of its angle alone, "
    "though a rotation mixes the two features of a pair",
    "(a * c, b * s)": "the features of a pair are not mixed (a cos, b sin)",
    "(a * c, b * c)": "only the cosine is used (x * cos)",
    "(a * c - b * s, b)": "only the even features change",
    "(a, a * s + b * c)": "only the odd features change",
    "(a * c - b * s, a * (angles * base ** (-1 / d)).sin() + "
    "b * (angles * base ** (-1 / d)).cos())": "each feature has its own angle (exponent j/d_head "
    "for feature j), though both of a pair turn by the same one",
}
POSITIONS: Wrong = {
    "torch.arange(n)[:, None] *": "positions are ignored",
    "(p + (positions is None)) *": "positions are counted from 1 where none are given",
    "(p + 1) *": "one is added to the positions (positions counted from 1)",
    "(p - p[0]) *": "positions are shifted so that they start at 0",
    "(p + torch.arange(n)[:, None]) *": "positions are added to 0 to n - 1 as an offset",
    "(p[0] + torch.arange(n)[:, None]) *": "only the first position is used, as an offset",
    "p[:1].expand(n, 1) *": "only the first position is used, for all rows",
    "p.trunc() *": "positions are cut to whole numbers (long)",
    "p.sort(0).values *": "positions are sorted",
}
ENCODING = "torch.stack((s, c), -1).flatten(-2)"
RESULTS: Wrong = {
    "return torch.cat((out[..., :2], x[..., 2:]), -1)": "only the first pair is rotated",
    "return torch.cat((out[..., :d // 2], x[..., d // 2:]), -1)": "only the first half of the "
    "features is rotated",
    "return x": "x comes back unchanged",
    f"return (x + {ENCODING})": "the sinusoidal encoding is added to x",
    f"return (x * {ENCODING})": "x is multiplied by the sinusoidal encoding",
    "return (out + x)": "x is added to its rotation (a residual)",
    ("return (out / math.sqrt(d))", "return (out * math.sqrt(d))"): "the result is scaled by the "
    "square root of d_head, so the norm is not kept",
    "return F.normalize(out, dim=-1)": "the rows are normalised to length 1, so the norm of x is "
    "not kept",
    "return out.reshape(-1, n, d)[0]": "only the first sequence of the batch comes back",
}


def _wrong_dimension() -> Iterator[Edit]:
    right = "positions run along the last but one, x.shape[-2], and start again in each sequence"
    wrong = "positions are counted along the wrong dimension"
    yield Edit(
        f"{wrong} (heads or batch instead of the sequence): {right}",
        *("n, d = x.shape[-2:]", "n, d = (x.shape[-3], x.shape[-1])"),
        *("p * frequencies", "(p * frequencies)[:, None]"),
    )
    yield Edit(
        f"{wrong} (the first, the batch, instead of the sequence): {right}",
        *("n, d = x.shape[-2:]", "n, d = (x.shape[0], x.shape[-1])"),
        *("p * frequencies", "(p * frequencies).reshape(n, *[1] * (x.dim() - 2), d // 2)"),
    )
    yield Edit(
        f"positions are counted on through the batch (leading dimensions are flattened): {right}",
        *("n, d = x.shape[-2:]", "n, d = (x.numel() // x.shape[-1], x.shape[-1])"),
        *("x.double()", "x.double().reshape(n, d)", "out.to", "out.reshape(x.shape).to"),
    )


def _positions_given(got: Any, expected: Tensor, x: Tensor, *args: Any, **kwargs: Any) -> bool:
    return bool(args) or kwargs.get("positions") is not None


def _positions_fail(got: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, Raised) and _positions_given(got, *args, **kwargs)


def _norm_lost(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    norm, right = got.double().norm(dim=-1), expected.double().norm(dim=-1)
    return same_shape(got, expected) and not same(norm, right, 1e-2)


ROTATED_SHAPES: dict[Predicate, str] = {
    _shaped(lambda *b: (*b[:-1], b[-1] // 2)): "only half of the features come back",
    _shaped(lambda *b: (*b[:-1], b[-1] // 2, 2)): "the pairs stand in a dimension of their own "
    "(flatten it)",
    **ANY_SHAPE,
}
ROTATED_NUMBERS: dict[Predicate, str] = {
    lambda got, *a, **k: got.dtype.is_complex: "the result is complex: view_as_real turns complex "
    "numbers into pairs of reals",
    raised(says="view size is not compatible"): "view fails on x as it lies in memory: use reshape",
    _positions_fail: "with positions there is an error, so positions are not handled: they may be "
    "any tensor of n numbers, whole or not, such as torch.tensor([7]) for the eighth token alone",
    lambda got, expected, x, *a, **k: x.dim() != 2: "x with leading dimensions does not come out "
    "right: it may have any number of them, also none, and positions run along the last but one",
    _positions_given: "rows at given positions do not come out right, so positions are misread: "
    "row k is rotated by positions[k] * base**(-2i/d_head)",
    _norm_lost: f"the norm of the rows is not kept, so this is no rotation: {TURN}",
    _there(False, ..., slice(1), slice(None)): "the first row is changed, though its position is "
    "0: a rotation by the angle position * frequency = 0 changes nothing",
    _there(True, ..., slice(2)): "the first pair is right, the others are not: look at the "
    "frequencies, base**(-2i/d_head) for pair i",
}

check_apply_rope = EXERCISE.check(
    "apply_rope",
    visible=2,
    hidden=5,
    arguments=("x", "positions", "base"),
    reference=positional_encoding.apply_rope,
    text=[_rotated],
    expects="x with each pair of features (2i, 2i + 1) rotated by the angle "
    "position * base**(-2i/d_head): (a, b) becomes (a cos - b sin, a sin + b cos), in the shape "
    "and dtype of x; positions count from 0 unless given",
    mistakes=(
        *instead_of("return out", right="each pair turns by its own angle", wrong=RESULTS),
        Edit(HALF_SPLIT, *CHUNK, *CAT),
        Edit(f"{HALF_SPLIT}; and the direction of rotation is reversed", *CHUNK, *CAT, *BACK),
        Edit(NOT_PUT_BACK, *CAT),
        Edit(f"{NOT_PUT_BACK}; and the direction of rotation is reversed", *CAT, *BACK),
        Edit(
            "two layouts are mixed (x is split into halves, half-split, and put back interleaved): "
            "pair the neighbours (2i, 2i + 1)",
            *CHUNK,
        ),
        *instead_of(CAT[0], right="pair the neighbours (2i, 2i + 1) in both", wrong=MIXED),
        *instead_of(BACK[0], right=TURN, wrong=ROTATIONS),
        *instead_of("p *", right="row k stands at positions[k], by default at k", wrong=POSITIONS),
        *_wrong_frequencies("d_head"),
        *_wrong_frequencies("d_head", f"; moreover, {HALF_SPLIT}", *CHUNK, *CAT),
        *_wrong_dimension(),
        *_wrong_angles("d_head", _rotated),
        *(
            Seen(f"the result keeps the dtype of x (.to(x.dtype)); it is {dtype}", wrong)
            for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16)
            for wrong in [other_dtype(dtype)]
        ),
        *_seen(ROTATED_SHAPES, "one tensor of the shape of x is asked for"),
        *_seen(ROTATED_NUMBERS),
    ),
)


def _rope(f: Any, *shape: int, at: Sequence[float] = (), half: bool = False, **options: Any) -> Any:
    """One call, with `x` of this shape and rows at these positions where they are given."""
    x = torch.randn(*shape, dtype=torch.float64)
    if half:  # small numbers, since it has three digits
        x, options["tolerance"] = x.clamp(-1, 1) / 2, 1e-2
    if at:
        options["positions"] = torch.tensor(at)
    dtype = options.pop("dtype", torch.float16 if half else torch.float32)
    return check_apply_rope(f, x.to(dtype), **options)


EXERCISE.contract(
    "apply_rope",
    {
        "x of shape (n, d_head), without a batch": lambda f: [_rope(f, 5, 8), _rope(f, 16, 12)],
        "a single position, or a single pair of features": lambda f: [
            _rope(f, *shape) for shape in ((5, 2), (1, 8), (1, 2))
        ],
        "any number of leading dimensions": lambda f: [
            _rope(f, *shape) for shape in ((3, 5, 8), (1, 5, 8), (2, 3, 5, 8), (3, 1, 2, 4, 8))
        ],
        # With as many heads as positions, positions along the wrong dimension would run.
        "sizes that are alike": lambda f: [_rope(f, 4, 4, 4, 4), _rope(f, 5, 5, 6)],
        "many features": lambda f: _rope(f, 2, 3, 7, 64),
        "the angle positions * base**(-2i/d_head), with the base that is given": lambda f: [
            _rope(f, 5, 8, base=50.0),
            _rope(f, 2, 5, 6, base=1e6),
        ],
        "the dtype of x": lambda f: [
            _rope(f, 5, 8, dtype=torch.float64),
            _rope(f, 3, 8, at=(3, 1, 2), dtype=torch.float64),
            _rope(f, 3, 4, half=True),
            _rope(f, 2, 3, 4, at=(2, 0, 1), half=True),
        ],
        # As split_heads leaves it: the features of a row stay together.
        "x in any memory layout": lambda f: check_apply_rope(
            f, torch.randn(2, 5, 3, 8).transpose(1, 2)
        ),
        "rows at the positions that are given": lambda f: [
            _rope(f, 4, 8, at=(5, 0, 11, 3)),
            _rope(f, 2, 3, 4, 8, at=(9, 2, 2, 6)),
            _rope(f, 2, 3, 1, 8, at=(7,)),
            _rope(f, 1, 8, at=(0,)),
            _rope(f, 3, 8, at=(6, 7, 8)),
            _rope(f, 2, 4, 8, at=(0, 5, 1, 3), base=100.0),
        ],
        "positions, whole numbers or not": lambda f: [
            _rope(f, 3, 8, at=(0.5, 3.0, 2.25)),
            _rope(f, 2, 1, 8, at=(1.75,)),
        ],
        # A float32 angle is good to one part in 10 million: the larger, the coarser the rotation.
        "many positions, and far ones": lambda f: [
            _rope(f, 200, 16, tolerance=1e-3),
            _rope(f, 2, 3, 16, at=(1000, 4, 1003), tolerance=5e-3),
        ],
    },
)


# --- alibi_bias ----------------------------------------------------------------------------


def _bias(n_heads: int, n: int) -> Tensor:
    h = torch.arange(1, n_heads + 1, dtype=torch.float64)
    slopes = 2.0 ** (-8 * h / n_heads)
    i, j = (torch.arange(n)[:, None], torch.arange(n).double())
    distance = (i - j).abs()
    bias = -slopes[:, None, None] * distance
    return bias.float()


SLOPES: Wrong = {
    "2.0 ** (-8 * (h - 1) / n_heads)": "the slopes are counted from h = 0",
    "2.0 ** (-8 * (h + 1) / n_heads)": "the slopes are counted from h = 2 (one too far)",
    "2.0 ** (-h)": "the slope formula is 2**-h, which holds for 8 heads only",
    "2.0 ** (-h / n_heads)": "the 8 is missing in the slope formula",
    "2.0 ** (-8 * h)": "the division by n_heads is missing in the slope formula",
    "2.0 ** (8 * h / n_heads)": "the sign of the slope's exponent is flipped (or the distance is "
    "divided by the slope)",
    "2.0 ** (-8 / h)": "the slope formula is 2**(-8/h)",
    "2.0 ** (-8 * n_heads / h)": "the slope's exponent is upside down (n_heads/h)",
    "2.0 ** (-n_heads * h / 8)": "the slope's exponent is upside down (n_heads*h/8)",
    "torch.exp(-8 * h / n_heads)": "the base of the slope is e (exp) instead of 2",
    "10.0 ** (-8 * h / n_heads)": "the base of the slope is 10 instead of 2",
    "1 / h": "the slope is 1/h, not a geometric sequence",
    "h / n_heads": "the slope is h/n_heads, not a geometric sequence",
    "8 * h / n_heads": "the slope is 8*h/n_heads, the power of 2 is missing",
    "h": "the slope is h, the power of 2 is missing",
    "torch.linspace(2 ** (-8 / n_heads), 2 ** -8, n_heads)": "the slopes are spaced evenly",
    "2.0 ** -torch.linspace(1, 8, n_heads)": "the exponents are spread evenly from -1 to -8",
    "2.0 ** -torch.linspace(0, 8, n_heads)": "the exponents are spread evenly from 0 to -8",
    "2.0 ** (-8 * h.flip(0) / n_heads)": "the slopes are in reverse order (the smallest first)",
    "2.0 ** (-4 * h / n_heads)": "the exponent has 4 in place of 8",
    "2.0 ** (-16 * h / n_heads)": "the exponent has 16 in place of 8",
    "2.0 ** (-8 * h // n_heads)": "the exponent is rounded to a whole number (//)",
    "2.0 ** -(8 * h // n_heads)": "the exponent is rounded to a whole number (//)",
    "2.0 ** (-8 * h / (n_heads + 1))": "the exponent is divided by n_heads + 1",
    "2.0 ** (0 * h - 8 / n_heads)": "all heads have the same slope (the first)",
    "2.0 ** (-8 + 0 * h)": "all heads have the same slope (2**-8)",
    "h ** 0": "the slopes are missing, by which each head multiplies the distance",
    "2.0 ** (-8 * h / n)": "the slopes depend on n, the number of positions, not of heads",
}
DISTANCES: Wrong = {
    ("i - j", "j - i"): "abs is missing, so that keys on one side are rewarded",
    "(i - j) ** 2": "the distance is squared, though the penalty is linear",
    "(i - j).abs().sqrt()": "the root of the distance is taken, though the penalty is linear",
    "(i - j).abs().log1p()": "the logarithm of the distance is taken, though the penalty is linear",
    "(i - j).abs() + 1": "one is added to the distance, which is 0 on the diagonal",
    ("(i - j).abs() - 1", "((i - j).abs() - 1).clamp(min=0)"): "one is taken off the distance, "
    "which is 1 for neighbours",
    "i + j": "the sum i + j is taken",
    ("(i - j).abs() / n", "(i - j).abs() / max(n - 1, 1)"): "the distance is divided by the number "
    "of positions",
    "j + 0 * i": "the distance is counted from the first key only (j), or is the same for each "
    "query",
    "0 * i - j": "the bias rises with j alone (m_h * j, as in Hugging Face's BLOOM, where softmax "
    "makes that the same)",
    "n - 1 - j + 0 * i": "the distance is taken from the last query only",
    "i + 0 * j": "the distance is the same for each key (i alone)",
}
MASKED: Wrong = {
    "return bias.masked_fill(j > i, -math.inf)": "the causal mask is built in (the upper triangle "
    "is -inf)",
    "return bias.masked_fill(j > i, -1e9)": "the causal mask is built in (the upper triangle is "
    "-1e9)",
    "return bias.tril()": "the causal mask is built in (the upper triangle is 0, tril or a clamp)",
    "return bias.triu()": "the lower triangle is set to 0 (triu)",
    "return bias.masked_fill(j < i, -math.inf)": "the lower triangle is masked with -inf",
}
CHANGED: Wrong = {
    "return bias.softmax(-1)": "a softmax is applied",
    "return bias.exp()": "an exponential is applied",
    "return (bias / 2)": "the bias is halved",
    "return -(slopes[:, None, None] + distance)": "the slopes are added to the distance",
}


def _cut_off(got: Any, expected: Tensor, *args: Any) -> bool:
    near = _there(True, slice(None), slice(1), slice(2))
    return near(got, expected) and bool((got >= expected - 1e-6).all())


def _only_slopes_wrong(got: Any, expected: Tensor, n_heads: int, n: int) -> bool:
    return same(got / got[:, :1, 1:2], expected / expected[:, :1, 1:2], 1e-3)


BIAS_SHAPES: dict[Predicate, str] = {
    _shaped(lambda h, n, _: (n, n, h)): "the heads stand in the last dimension",
    _shaped(lambda h, n, _: (n, h, n)): "the heads stand in the middle",
    _shaped(lambda h, n, _: (h, 1, n), lambda h, n, _: (h, n)): "the bias has one row for all "
    "queries",
    _shaped(lambda h, n, _: (n, n), lambda h, n, _: (1, n, n)): "one matrix comes back, without "
    "the heads",
    _shaped(lambda h, *_: (h,), lambda h, *_: (h, 1, 1)): "the slopes alone come back",
    lambda got, expected, n_heads, n: got.dim() == 3 and len(got) != n_heads: "there are other "
    "than n_heads heads (a number that is hard-coded?)",
    lambda got, expected, n_heads, n: got.dim() == 3 and got.shape != expected.shape: "the number "
    "of positions is wrong (hard-coded, or one off)",
    **ANY_SHAPE,
}
BIAS_NUMBERS: dict[Predicate, str] = {
    lambda got, *args: bool((got < -1e4).any()): "the bias is masked (-inf or huge numbers): "
    "masking is done separately, and later keys (the upper triangle) get -m_h * abs(i - j) too",
    lambda got, *args: bool(got.diagonal(dim1=-2, dim2=-1).any()): "the diagonal is not 0: a token "
    "is at distance 0 from itself",
    lambda got, *args: bool((got > 0).any()): "the bias is positive somewhere: it is a penalty, "
    "-m_h * abs(i - j)",
    _cut_off: "the distance is cut off at some length: it grows on, abs(i - j)",
    lambda got, *args: not same(got, got.mT): "the bias is not symmetric: earlier and later keys "
    "at the same distance get the same, -m_h * abs(i - j)",
    _only_slopes_wrong: "the distances are right but not the slopes: m_h = 2**(-8*h/n_heads) for "
    "h = 1 … n_heads",
}

check_alibi_bias = EXERCISE.check(
    "alibi_bias",
    visible=1,
    hidden=3,
    arguments=("n_heads", "n"),
    reference=positional_encoding.alibi_bias,
    text=[_bias],
    expects="a float32 tensor of shape (n_heads, n, n) with -m_h * abs(i - j), where "
    "m_h = 2**(-8*h/n_heads) and h runs from 1 to n_heads",
    mistakes=(
        Edit("the sign is flipped: the bias is a penalty, -m_h * abs(i - j)", "-slopes", "slopes"),
        Edit(
            "the sign is flipped and the slopes are counted from h = 0: -m_h * abs(i - j), h from "
            "1 to n_heads",
            *("-slopes", "slopes", "-8 * h", "-8 * (h - 1)"),
        ),
        *instead_of(
            "2.0 ** (-8 * h / n_heads)", right="2**(-8*h/n_heads) from h = 1", wrong=SLOPES
        ),
        *instead_of("(i - j).abs()", right="it is abs(i - j), on both sides", wrong=DISTANCES),
        *instead_of("return bias", right="it is symmetric and masked separately", wrong=MASKED),
        *instead_of("return bias", right="-m_h * abs(i - j) is asked for", wrong=CHANGED),
        *_seen(BIAS_SHAPES, "the shape is (n_heads, n, n), with -m_h * abs(i - j) for each head h"),
        *_seen(DTYPES, FLOAT32),
        *_seen(BIAS_NUMBERS),
    ),
)

EXERCISE.contract(
    "alibi_bias",
    {
        "a tensor of shape (n_heads, n, n)": _sizes(check_alibi_bias, (4, 7), (2, 6), (8, 5)),
        "a single head or position": _sizes(check_alibi_bias, (1, 4), (8, 1), (1, 1)),
        "as many heads as positions": _sizes(check_alibi_bias, (4, 4), (2, 2), (8, 8)),
        "more than 8 heads": _sizes(check_alibi_bias, (16, 3), (32, 10), (128, 2)),
        "-m_h * abs(i - j) for far keys too": _sizes(check_alibi_bias, (8, 60)),
    },
)
