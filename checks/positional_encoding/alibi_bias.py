"""The bias of ALiBi: what often goes wrong, and hidden cases."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from checks.compare import same
from checks.drawn import a_size
from checks.positional_encoding.exercise import EXERCISE
from checks.positional_encoding.seen_of_positions import ANY_SHAPE, FLOAT32, case_of, shaped, there
from checks.seen import says
from reference import positions as positional_encoding


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
        "the slopes and the distances don't fit: the slopes, (n_heads,), get two dimensions of "
        "size 1, m[:, None, None]": says("must match the size"),
        "the heads stand in the last dimension": shaped(lambda h, n, _: [(n, n, h)]),
        "the heads stand in the middle": shaped(lambda h, n, _: [(n, h, n)]),
        "the bias has one row for all queries": shaped(lambda h, n, _: [(h, 1, n), (h, n)]),
        "one matrix comes back, without the heads": shaped(lambda h, n, _: [(n, n), (1, n, n)]),
        "the slopes alone come back": shaped(lambda h, *_: [(h,), (h, 1, 1)]),
        "there are more or fewer heads than n_heads, which may be any power of two: is the number "
        "hard-coded?": lambda got, right, *_: got.dim() == 3 and len(got) != len(right),
        "there are more or fewer positions than n, which may be any number: is it hard-coded, "
        "or one off?": lambda got, right, *_: got.dim() == 3 and got.shape != right.shape,
        **ANY_SHAPE,
        "the slopes have become 0, since in whole numbers 2 to a negative power is 0: compute them "
        "in float32, 2.0 ** (-8 * h / n_heads)": lambda got, *_: (
            not got.is_floating_point() and not got.any()
        ),
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
        "m_h = 2**(-8*h/n_heads), h from 1": there(True, lambda b: b / b[:, :1, 1:2], 1e-3),
    },
)

calls = partial(case_of, check_alibi_bias)
EXERCISE.cases["alibi_bias"] = {
    "a tensor of shape (n_heads, n, n)": calls((4, 7), (2, 6), (8, 5)),
    "a single head or position": calls((1, 4), (8, 1), (1, 1)),
    "as many heads as positions": calls((4, 4), (2, 2), (8, 8)),
    "more than 8 heads": calls((16, 3), (32, 10), (128, 2)),
    "-m_h * abs(i - j) for far keys too": calls((8, 60)),
    "any sizes": lambda f: [
        calls((2 ** a_size(*within), a_size(3, 40)))(f) for within in ((1, 3), (1, 3), (4, 6))
    ],
}
