"""Rotary positions (RoPE): what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from checks.check import all_of
from checks.positional_encoding.angles import angles, roughly, wrong_angles
from checks.positional_encoding.exercise import EXERCISE
from checks.positional_encoding.seen_of_positions import PAIRS_SHAPE, there
from checks.seen import other_dtype, raised, same_shape
from reference import positions as positional_encoding


def _rotated(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    y = x  # laid out as (..., n, d_head)
    n = y.shape[-2]
    d = y.shape[-1]
    rows = torch.arange(n)
    p = rows if positions is None else positions
    t = angles(p, d, base)
    c = t.cos().to(x)
    s = t.sin().to(x)
    a, b = y[..., 0::2], y[..., 1::2]
    even = a * c - b * s
    odd = a * s + b * c
    out = torch.stack((even, odd), -1).flatten(-2)
    return out


def _low_angles(got: Any, right: Any, x: Tensor, positions: Any = None, **_: Any) -> bool:
    far = positions is not None and bool(positions.max() > 200)
    return far and x.dtype in (torch.float16, torch.bfloat16) and same_shape(got, right)


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
    text=[angles, _rotated],
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
            (
                "odd = b * c - a * s",
                "odd = a * s - b * c",
            ): "there is one minus sign too many, so that the norm is not kept",
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
            "t = angles(p - p[0], d, base)": "positions are shifted so that they start at 0",
            "t = angles(p + rows, d, base)": "positions are added to 0 to n - 1 as an offset",
            "t = angles(p[0] + rows, d, base)": "only the first position is used, as an offset",
            "t = angles(p[:1], d, base)": "only the first position is used, for all rows",
            "t = angles(p.long(), d, base)": "positions are cut to whole numbers (long)",
            "t = angles(p.sort().values, d, base)": "positions are sorted",
            "t = angles(p.to(x), d, base)": "positions are rounded to the dtype of x, and bfloat16 "
            "can't tell 256 and 257 apart",
        },
        "the sequence is the last dimension but one, x.shape[-2]; positions start again in each": {
            "n = x.shape[-3]; t = angles(p, d, base)[:, None]": "positions run along x.shape[-3]",
            "y = x.transpose(0, -2); return out.transpose(0, -2)": "positions run along x.shape[0]",
            "y = x.flatten(0, -2); return out.view_as(x)": "positions run on through the batch",
        },
        **wrong_angles("d_head", f"pairs are no halves (half-split): {NEIGHBOURS}", SPLIT),
    },
    seen={
        **roughly("d_head", _rotated),
        "the result is complex: use view_as_real": lambda got, *_, **__: got.dtype.is_complex,
        "it is in another dtype: the result keeps the dtype of x (.to(x.dtype))": other_dtype(),
        **PAIRS_SHAPE,
        "view fails on x's memory layout: use reshape": raised(says="view size is not compatible"),
        "in half precision the angles are off: compute them in float32, positions and frequencies, "
        "since bfloat16 can't tell positions 256 and 257 apart": _low_angles,
        "positions are misread or not handled: row k is at positions[k]; these may be any n "
        "numbers, whole or not, such as torch.tensor([7]) for the eighth token alone": (
            lambda *_, positions=None, **__: positions is not None
        ),
        "x with leading dimensions does not come out right: it may have any number of them, also "
        "none, and positions run along the last but one": lambda _, __, x, **___: x.dim() != 2,
        "the norm of the rows is not kept, so this is no rotation: that turns each pair and "
        "stretches none": there(False, lambda y: y.norm(dim=-1), 1e-2),
        "the first row is changed, though its position is 0": there(False, lambda y: y[:1]),
        "the first pair of features is right, the others are not: look at the frequencies, "
        "base**(-2i/d_head) for pair i": there(True, lambda y: y[..., :2]),
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
    "angles in float32, also for an x of half precision": all_of(
        _rope((4, 8), (2, 4, 8), at=(256, 257, 259, 1001), dtype=torch.bfloat16, tolerance=1e-2),
        _rope((2, 8), at=(2049, 3001), dtype=torch.float16, tolerance=1e-2),
    ),
}
