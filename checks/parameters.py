"""Exercise 6-parameters: points, references and known misconceptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor

from checks.core import Check, Exercise, Mistake, Raised
from helpers import parameters
from helpers.parameters import CONFIGS

EXERCISE = Exercise("6-parameters", written=2)
passed = EXERCISE.passed

WHOLE = (
    "the result is a float: counts are whole numbers (int); divide with //, not with /, and "
    "multiply by no decimal number"
)


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _float(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, float | np.floating)


def _tensor(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, Tensor | np.ndarray)


def _text(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, str)


def _several(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, list | tuple | Mapping)


def _times(factor: int) -> Callable[..., bool]:
    def when(got: Any, expected: int, *args: Any, **kwargs: Any) -> bool:
        return _number(got) and got == factor * expected

    return when


def _more_or_less(more: str, less: str) -> tuple[Mistake, ...]:
    """What to look for where nothing else is known."""
    return (
        Mistake(more, when=lambda got, expected, *args, **kwargs: got > expected),
        Mistake(less, when=lambda got, expected, *args, **kwargs: got < expected),
    )


def _of_kind(what: str) -> tuple[Mistake, ...]:
    """Results that are no int at all, or in another unit."""
    return (
        Mistake(WHOLE, when=_float),
        Mistake(f"the result is a tensor or an array: {what} is an int", when=_tensor),
        Mistake(
            f"the result is a text: {what} is an int, format it where you print it", when=_text
        ),
        Mistake(
            f"several numbers come back: {what} is one int, the sum of weights and biases",
            when=_several,
        ),
        Mistake(
            "the parameters are counted in bytes (4 each in float32): count numbers",
            when=_times(4),
        ),
        Mistake(
            "everything is counted twice, or in bytes (2 each in float16): count numbers",
            when=_times(2),
        ),
    )


# --- linear_parameters ---------------------------------------------------------------------

Linear = Callable[[int, int, bool], Any]


def _linear(formula: Linear) -> Callable[..., Any]:
    def wrong(d_in: int, d_out: int, bias: bool = True) -> Any:
        return formula(d_in, d_out, bias)

    return wrong


ONE_BIAS = "there is one bias for each output, so d_out of them: "

check_linear_parameters = EXERCISE.check(
    "linear_parameters",
    visible=1,
    hidden=1,
    arguments=("d_in", "d_out", "bias"),
    reference=parameters.linear_parameters,
    expects="an int: d_in * d_out weights, and d_out biases unless bias is False",
    mistakes=(
        Mistake(
            ONE_BIAS + "here d_in of them are counted",
            _linear(lambda i, o, b: i * o + (i if b else 0)),
        ),
        Mistake(
            ONE_BIAS + "here d_in + d_out are counted",
            _linear(lambda i, o, b: i * o + (i + o if b else 0)),
        ),
        Mistake(
            ONE_BIAS + "here a single one is counted",
            _linear(lambda i, o, b: i * o + (1 if b else 0)),
        ),
        Mistake(
            ONE_BIAS + "here one is counted for each weight",
            _linear(lambda i, o, b: 2 * i * o if b else i * o),
        ),
        Mistake(
            ONE_BIAS + "here they are counted twice",
            _linear(lambda i, o, b: i * o + (2 * o if b else 0)),
        ),
        Mistake(
            ONE_BIAS + "here (d_in + 1) * (d_out + 1) counts d_in + 1 too many",
            _linear(lambda i, o, b: (i + 1) * (o + 1) if b else i * o),
        ),
        Mistake(
            "biases are forgotten where bias is True (or bias is read the wrong way round): with "
            "bias=True, which is the default, there are d_out of them",
            _linear(lambda i, o, b: i * o),
        ),
        Mistake(
            "biases are always counted (or bias is read the wrong way round): with bias=False "
            "there "
            "are none",
            _linear(lambda i, o, b: i * o + o),
        ),
        Mistake(
            "bias is ignored, and its d_in parameters always counted: there are d_out biases, and "
            "none with bias=False",
            _linear(lambda i, o, b: i * o + i),
        ),
        Mistake(
            "the sizes are added: each output has a weight for each input, d_in * d_out",
            _linear(lambda i, o, b: i + o + (o if b else 0)),
        ),
        Mistake(
            "the sizes are added: each output has a weight for each input, d_in * d_out",
            _linear(lambda i, o, b: i + o),
        ),
        Mistake(
            "only the biases are counted: there are d_in * d_out weights too",
            _linear(lambda i, o, b: o if b else 0),
        ),
        Mistake(
            "the matrix is taken for a square one (d_in * d_in): it has d_in * d_out weights",
            _linear(lambda i, o, b: i * i + (o if b else 0)),
        ),
        Mistake(
            "the matrix is taken for a square one (d_out * d_out): it has d_in * d_out weights",
            _linear(lambda i, o, b: o * o + (o if b else 0)),
        ),
        Mistake(
            "the matrix is counted twice (forward and transposed): it is one matrix",
            _linear(lambda i, o, b: 2 * i * o + (o if b else 0)),
        ),
        Mistake(
            "the bias is taken off: its d_out parameters are added",
            _linear(lambda i, o, b: i * o - (o if b else 0)),
        ),
        Mistake(
            "the bias multiplies: its d_out parameters are added to the weights",
            _linear(lambda i, o, b: i * o * (o if b else 1)),
        ),
        *_of_kind("linear_parameters"),
    ),
)


# --- attention_parameters ------------------------------------------------------------------


def _attention(
    *,
    q: Callable[[int, int, int, int], int] = lambda d, n, kv, h: d * n * h,
    k: Callable[[int, int, int, int], int] = lambda d, n, kv, h: d * kv * h,
    v: Callable[[int, int, int, int], int] = lambda d, n, kv, h: d * kv * h,
    o: Callable[[int, int, int, int], int] = lambda d, n, kv, h: n * h * d,
    biases: Callable[[int, int, int, int], int] = lambda d, n, kv, h: n * h + 2 * kv * h + d,
    with_bias: Callable[[bool], bool] = lambda bias: bias,
    kv_heads: Callable[[int, int | None], int] = lambda n, kv: n if kv is None else kv,
    size: Callable[[int, int, int | None], int] = lambda d, n, h: d // n if h is None else h,
) -> Callable[..., int]:
    """The count with one piece exchanged. Pieces take d_model, n_heads, n_kv_heads, d_head."""

    def wrong(
        d_model: int,
        n_heads: int,
        n_kv_heads: int | None = None,
        d_head: int | None = None,
        bias: bool = False,
    ) -> int:
        sizes = d_model, n_heads, kv_heads(n_heads, n_kv_heads), size(d_model, n_heads, d_head)
        weights = sum(piece(*sizes) for piece in (q, k, v, o))
        return weights + (biases(*sizes) if with_bias(bias) else 0)

    return wrong


def _nothing(*sizes: int) -> int:
    return 0


def _full(d: int, n: int, kv: int, h: int) -> int:
    return d * n * h


def _square(d: int, n: int, kv: int, h: int) -> int:
    return d * d


def _grouped(d: int, n: int, kv: int, h: int) -> int:
    return d * kv * h


def _one_head(d: int, n: int, kv: int, h: int) -> int:
    return d * h


SAME_FOR_ANY_HEADS = (
    "heads share out the features and don't change the count: n_heads heads of d_head features are "
    "d_model in all (unless d_head is given), so W_q is (d_model, n_heads * d_head). Here the "
    "parameters are "
)
GROUPED = (
    "grouped-query attention (n_kv_heads): W_k and W_v both have n_kv_heads heads, W_q and W_o "
    "have n_heads; here "
)
HEAD_SIZE = (
    "d_head is ignored: where it is given, the heads have n_heads * d_head features in all, which "
    "need not be d_model"
)
BIASES = (
    "the biases are miscounted: one for each output, so n_heads * d_head for W_q, "
    "n_kv_heads * d_head each for W_k and W_v, and d_model for W_o; here "
)
NO_OUTPUT_MATRIX = (
    "W_o is forgotten (or W_q is): besides W_q, W_k and W_v there is the output matrix "
    "(n_heads * d_head, d_model)"
)


def _none_refused(
    got: Any,
    expected: int,
    d_model: int,
    n_heads: int,
    n_kv_heads: int | None = None,
    d_head: int | None = None,
    bias: bool = False,
) -> bool:
    return isinstance(got, Raised) and (n_kv_heads is None or d_head is None)


def _d_head_first(
    d_model: int,
    n_heads: int,
    d_head: int | None = None,
    n_kv_heads: int | None = None,
    bias: bool = False,
) -> int:
    return parameters.attention_parameters(d_model, n_heads, n_kv_heads, d_head, bias)


def _bias_before_d_head(
    d_model: int,
    n_heads: int,
    n_kv_heads: int | None = None,
    bias: bool = False,
    d_head: int | None = None,
) -> int:
    return parameters.attention_parameters(d_model, n_heads, n_kv_heads, d_head, bool(bias))


check_attention_parameters = EXERCISE.check(
    "attention_parameters",
    visible=1,
    hidden=3,
    arguments=("d_model", "n_heads", "n_kv_heads", "d_head", "bias"),
    reference=parameters.attention_parameters,
    expects="an int: W_q (d_model, n_heads * d_head), W_k and W_v (d_model, n_kv_heads * d_head), "
    "W_o (n_heads * d_head, d_model), and where bias is True one bias for each output",
    mistakes=(
        Mistake(NO_OUTPUT_MATRIX, _attention(o=_nothing)),
        Mistake(
            NO_OUTPUT_MATRIX,
            _attention(o=_nothing, biases=lambda d, n, kv, h: n * h + 2 * kv * h),
        ),
        Mistake(
            SAME_FOR_ANY_HEADS + "multiplied by the number of heads",
            lambda *args, **kwargs: args[1] * parameters.attention_parameters(*args, **kwargs),
        ),
        Mistake(
            SAME_FOR_ANY_HEADS + "multiplied by the number of heads",
            _attention(
                q=lambda d, n, kv, h: n * d * d,
                k=lambda d, n, kv, h: kv * d * d,
                v=lambda d, n, kv, h: kv * d * d,
            ),
        ),
        Mistake(
            SAME_FOR_ANY_HEADS + "multiplied by the number of heads",
            _attention(
                q=lambda d, n, kv, h: n * d * d,
                k=lambda d, n, kv, h: n * d * d,
                v=lambda d, n, kv, h: n * d * d,
            ),
        ),
        Mistake(
            SAME_FOR_ANY_HEADS + "divided by the number of heads",
            lambda *args, **kwargs: parameters.attention_parameters(*args, **kwargs) // args[1],
        ),
        Mistake(
            SAME_FOR_ANY_HEADS + "divided by the number of heads: only one head of queries, keys "
            "and values is counted",
            _attention(q=_one_head, k=_one_head, v=_one_head),
        ),
        Mistake(
            SAME_FOR_ANY_HEADS + "divided by the number of heads: only one head is counted",
            _attention(q=_one_head, k=_one_head, v=_one_head, o=_one_head),
        ),
        Mistake(
            "the number of K and V heads is ignored, " + GROUPED + "W_k and W_v have n_heads too",
            _attention(kv_heads=lambda n, kv: n),
        ),
        Mistake(GROUPED + "only W_k is smaller, W_v has n_heads", _attention(v=_full)),
        Mistake(GROUPED + "only W_v is smaller, W_k has n_heads", _attention(k=_full)),
        Mistake(GROUPED + "W_q is smaller too (or W_o is smaller too)", _attention(q=_grouped)),
        Mistake(GROUPED + "W_o is smaller too", _attention(o=_grouped)),
        Mistake(
            GROUPED + "all four matrices are smaller",
            _attention(q=_grouped, o=_grouped, biases=lambda d, n, kv, h: 3 * kv * h + d),
        ),
        Mistake(GROUPED + "W_q and W_o are smaller too", _attention(q=_grouped, o=_grouped)),
        Mistake(
            GROUPED + "W_k and W_v have n_heads // n_kv_heads of them, which is the number of "
            "queries that share a key",
            _attention(kv_heads=lambda n, kv: n if kv is None else n // kv),
        ),
        Mistake(
            GROUPED + "W_k and W_v have a single one",
            _attention(kv_heads=lambda n, kv: 1),
        ),
        Mistake(
            GROUPED + "W_k and W_v have a single one where n_kv_heads is given",
            _attention(kv_heads=lambda n, kv: n if kv is None else 1),
        ),
        Mistake(
            "n_kv_heads=None means as many as n_heads: here it is taken for no K and V at all",
            _attention(kv_heads=lambda n, kv: kv or 0),
        ),
        Mistake(
            GROUPED + "W_k and W_v have d_model features for each (d_head is left out)",
            _attention(k=lambda d, n, kv, h: d * d * kv, v=lambda d, n, kv, h: d * d * kv),
        ),
        Mistake(
            GROUPED + "W_k and W_v have n_kv_heads features in all (d_head is left out)",
            _attention(k=lambda d, n, kv, h: d * kv, v=lambda d, n, kv, h: d * kv),
        ),
        Mistake(
            HEAD_SIZE + "; for W_q and W_o too",
            _attention(size=lambda d, n, h: d // n),
        ),
        Mistake(
            HEAD_SIZE + " in one of W_q and W_o; W_q has n_heads * d_head columns, W_o has "
            "n_heads * d_head rows, not d_model",
            _attention(o=_square),
        ),
        Mistake(HEAD_SIZE + "; W_q has n_heads * d_head columns", _attention(q=_square)),
        Mistake(
            HEAD_SIZE + "; W_q has n_heads * d_head columns and W_o as many rows",
            _attention(q=_square, o=_square),
        ),
        Mistake(
            HEAD_SIZE + "; the heads of W_k and W_v have d_head features as well",
            _attention(
                k=lambda d, n, kv, h: d * kv * (d // n),
                v=lambda d, n, kv, h: d * kv * (d // n),
            ),
        ),
        Mistake(
            "a head's size is taken for d_model // n_kv_heads: it is d_model // n_heads, unless "
            "d_head is given",
            lambda d_model, n_heads, n_kv_heads=None, d_head=None, bias=False: (
                parameters.attention_parameters(
                    d_model, n_heads, n_kv_heads, d_head or d_model // (n_kv_heads or n_heads), bias
                )
            ),
        ),
        Mistake(
            "all four matrices are taken for (d_model, d_model): that holds only without "
            "n_kv_heads and d_head; heads of d_head features, n_kv_heads of them for W_k and W_v",
            _attention(q=_square, k=_square, v=_square, o=_square, biases=lambda d, *_: 4 * d),
        ),
        Mistake(
            "biases are forgotten where bias is True (or bias is read the wrong way round): "
            "each of the "
            "four layers has one for each output",
            _attention(biases=_nothing),
        ),
        Mistake(
            "biases are always counted (or bias is read the wrong way round): there are none "
            "unless "
            "bias is True (the default is False)",
            _attention(with_bias=lambda bias: True),
        ),
        Mistake(
            BIASES + "the one of W_o is forgotten",
            _attention(biases=lambda d, n, kv, h: n * h + 2 * kv * h),
        ),
        Mistake(
            BIASES + "only the one of W_o is counted", _attention(biases=lambda d, n, kv, h: d)
        ),
        Mistake(
            BIASES + "d_model are counted for each of the four, also for the smaller W_k and W_v",
            _attention(biases=lambda d, n, kv, h: 4 * d),
        ),
        Mistake(
            BIASES + "W_k and W_v get as many as W_q",
            _attention(biases=lambda d, n, kv, h: 3 * n * h + d),
        ),
        Mistake(
            BIASES + "W_o gets n_heads * d_head, the number of its inputs",
            _attention(biases=lambda d, n, kv, h: 2 * n * h + 2 * kv * h),
        ),
        Mistake(
            BIASES + "each layer gets as many as it has inputs",
            _attention(biases=lambda d, n, kv, h: 3 * d + n * h),
        ),
        Mistake(BIASES + "each layer gets a single one", _attention(biases=lambda d, n, kv, h: 4)),
        Mistake(
            BIASES + "d_model are counted once for all",
            _attention(biases=lambda d, n, kv, h: d),
        ),
        Mistake(BIASES + "W_k has none", _attention(biases=lambda d, n, kv, h: n * h + kv * h + d)),
        Mistake(BIASES + "W_q has none", _attention(biases=lambda d, n, kv, h: 2 * kv * h + d)),
        Mistake(BIASES + "W_k and W_v have none", _attention(biases=lambda d, n, kv, h: n * h + d)),
        Mistake(
            "W_k and W_v are counted as one matrix: keys and values have a matrix each, W_v is "
            "missing",
            _attention(v=_nothing),
        ),
        Mistake(
            "W_k and W_v are counted as one matrix: keys and values have a matrix each, W_v is "
            "missing",
            _attention(v=_nothing, biases=lambda d, n, kv, h: n * h + kv * h + d),
        ),
        Mistake(
            "W_q is forgotten: queries have a matrix of their own",
            _attention(q=_nothing),
        ),
        Mistake(
            "W_q is forgotten: queries have a matrix of their own",
            _attention(q=_nothing, biases=lambda d, n, kv, h: 2 * kv * h + d),
        ),
        Mistake(
            "W_k and W_v are forgotten: besides W_q and W_o there are two more matrices",
            _attention(k=_nothing, v=_nothing),
        ),
        Mistake(
            "a single matrix is counted: attention has four, W_q, W_k, W_v and W_o",
            _attention(k=_nothing, v=_nothing, o=_nothing),
        ),
        Mistake(
            "a single matrix is counted: attention has four, W_q, W_k, W_v and W_o",
            _attention(k=_nothing, v=_nothing, o=_nothing, biases=lambda d, n, kv, h: n * h),
        ),
        Mistake(
            "the matrices of a head are taken for (d_head, d_head): each takes all d_model "
            "features",
            _attention(
                q=lambda d, n, kv, h: n * h * h,
                k=lambda d, n, kv, h: kv * h * h,
                v=lambda d, n, kv, h: kv * h * h,
            ),
        ),
        Mistake(
            "the feed-forward is counted in: attention has W_q, W_k, W_v and W_o only",
            when=lambda got, expected, d_model, *args, **kwargs: (
                got - expected in (8 * d_model**2, 4 * d_model**2)
            ),
        ),
        *(
            Mistake(
                "the parameters are taken in another order: attention_parameters(d_model, n_heads, "
                "n_kv_heads=None, d_head=None, bias=False), any of which may be given by position",
                wrong,
            )
            for wrong in (_d_head_first, _bias_before_d_head)
        ),
        *_of_kind("attention_parameters"),
        Mistake(
            "the defaults are not handled: n_kv_heads=None means n_heads, and d_head=None means "
            "d_model // n_heads",
            when=_none_refused,
        ),
        *_more_or_less(
            "too many are counted: attention has these four matrices, their biases where bias is "
            "True, and no more; scores, softmax and RoPE have no parameters, norms are counted "
            "elsewhere",
            "too few are counted: one of the four matrices (or a bias) is left out or too small",
        ),
    ),
)


# --- feed_forward_parameters ---------------------------------------------------------------


def _feed_forward(
    matrices: Callable[[bool], int] = lambda gated: 3 if gated else 2,
    biases: Callable[[int, int, bool], int] = lambda d, f, gated: (2 * f if gated else f) + d,
    with_bias: Callable[[bool], bool] = lambda bias: bias,
    matrix: Callable[[int, int], int] = lambda d, f: d * f,
) -> Callable[..., int]:
    def wrong(d_model: int, d_ff: int, gated: bool = False, bias: bool = False) -> int:
        weights = matrices(gated) * matrix(d_model, d_ff)
        return weights + (biases(d_model, d_ff, gated) if with_bias(bias) else 0)

    return wrong


THREE = (
    "SwiGLU (gated) has three matrices: gate and up, both (d_model, d_ff), and down, "
    "(d_ff, d_model); "
)
FF_BIASES = (
    "the biases are miscounted: one for each output, so d_ff for up, d_ff for the gate where there "
    "is one, and d_model for down; here "
)

check_feed_forward_parameters = EXERCISE.check(
    "feed_forward_parameters",
    visible=1,
    hidden=2,
    arguments=("d_model", "d_ff", "gated", "bias"),
    reference=parameters.feed_forward_parameters,
    expects="an int: up (d_model, d_ff) and down (d_ff, d_model), where gated is True a third "
    "matrix, the gate (d_model, d_ff), and where bias is True one bias for each output",
    mistakes=(
        Mistake(
            THREE + "here only two matrices are counted, the gate is missing",
            _feed_forward(matrices=lambda gated: 2),
        ),
        Mistake(
            THREE + "here only two matrices (and their biases) are counted, the gate is missing",
            _feed_forward(matrices=lambda gated: 2, biases=lambda d, f, gated: f + d),
        ),
        Mistake(
            "three matrices are always counted, as in SwiGLU (or gated is read the wrong way "
            "round): without a gate (gated=False) there "
            "are two, up and down",
            _feed_forward(matrices=lambda gated: 3, biases=lambda d, f, gated: 2 * f + d),
        ),
        Mistake(
            "three matrices are always counted, as in SwiGLU (or gated is read the wrong way "
            "round): without a gate (gated=False) there "
            "are two, up and down",
            _feed_forward(matrices=lambda gated: 3),
        ),
        Mistake(
            THREE + "here four are counted",
            _feed_forward(matrices=lambda gated: 4 if gated else 2),
        ),
        Mistake(
            THREE + "here four are counted",
            _feed_forward(
                matrices=lambda gated: 4 if gated else 2,
                biases=lambda d, f, gated: (2 * f + 2 * d) if gated else f + d,
            ),
        ),
        Mistake(
            THREE + "here a single one is counted",
            _feed_forward(matrices=lambda gated: 1 if gated else 2),
        ),
        Mistake(
            "one matrix is missing: up goes from d_model to d_ff, and down goes back again (two "
            "matrices, three with a gate)",
            _feed_forward(matrices=lambda gated: 2 if gated else 1),
        ),
        Mistake(
            "one matrix is missing: up goes from d_model to d_ff, and down goes back again (two "
            "matrices, three with a gate)",
            _feed_forward(
                matrices=lambda gated: 2 if gated else 1,
                biases=lambda d, f, gated: 2 * f if gated else f,
            ),
        ),
        Mistake(
            "a single matrix is counted: there are two, up and down, and three with a gate",
            _feed_forward(matrices=lambda gated: 1),
        ),
        Mistake(
            THREE + "here d_ff is reduced to two thirds; it is given as it is",
            lambda d_model, d_ff, gated=False, bias=False: parameters.feed_forward_parameters(
                d_model, 2 * d_ff // 3 if gated else d_ff, gated, bias
            ),
        ),
        Mistake(
            "d_ff is ignored (4 * d_model is taken): use the argument",
            lambda d_model, d_ff, gated=False, bias=False: parameters.feed_forward_parameters(
                d_model, 4 * d_model, gated, bias
            ),
        ),
        Mistake(
            "d_ff is ignored (d_model is taken): use the argument",
            lambda d_model, d_ff, gated=False, bias=False: parameters.feed_forward_parameters(
                d_model, d_model, gated, bias
            ),
        ),
        Mistake(
            "matrices are taken for square ones (d_ff, d_ff): up is (d_model, d_ff), down "
            "(d_ff, d_model)",
            _feed_forward(matrix=lambda d, f: f * f),
        ),
        Mistake(
            "the sizes are added: a matrix has d_model * d_ff weights",
            _feed_forward(matrix=lambda d, f: d + f),
        ),
        Mistake(
            THREE + "here the gate is counted as (d_model, d_model)",
            lambda d_model, d_ff, gated=False, bias=False: (
                parameters.feed_forward_parameters(d_model, d_ff, False, bias)
                + (d_model * d_model + (d_model if bias else 0) if gated else 0)
            ),
        ),
        Mistake(
            THREE + "here the gate is counted as (d_ff, d_ff)",
            lambda d_model, d_ff, gated=False, bias=False: (
                parameters.feed_forward_parameters(d_model, d_ff, False, bias)
                + (d_ff * d_ff + (d_ff if bias else 0) if gated else 0)
            ),
        ),
        Mistake(
            THREE + "here the gate is counted as d_ff numbers",
            lambda d_model, d_ff, gated=False, bias=False: (
                parameters.feed_forward_parameters(d_model, d_ff, False, bias)
                + (d_ff if gated else 0)
            ),
        ),
        Mistake(
            "biases are forgotten where bias is True (or bias is read the wrong way round): "
            "each layer "
            "has one for each output",
            _feed_forward(biases=lambda d, f, gated: 0),
        ),
        Mistake(
            "biases are always counted (or bias is read the wrong way round): there are none "
            "unless "
            "bias is True (the default is False)",
            _feed_forward(with_bias=lambda bias: True),
        ),
        Mistake(
            FF_BIASES + "the gate has none",
            _feed_forward(biases=lambda d, f, gated: f + d),
        ),
        Mistake(
            FF_BIASES + "the one of down (d_model) is forgotten",
            _feed_forward(biases=lambda d, f, gated: 2 * f if gated else f),
        ),
        Mistake(
            FF_BIASES + "only d_ff are counted",
            _feed_forward(biases=lambda d, f, gated: f),
        ),
        Mistake(
            FF_BIASES + "the ones of up and gate (d_ff) are forgotten",
            _feed_forward(biases=lambda d, f, gated: d),
        ),
        Mistake(
            FF_BIASES + "each layer gets as many as it has inputs (the sizes are swapped)",
            _feed_forward(biases=lambda d, f, gated: (2 * d if gated else d) + f),
        ),
        Mistake(
            FF_BIASES + "each layer gets d_model",
            _feed_forward(biases=lambda d, f, gated: 3 * d if gated else 2 * d),
        ),
        Mistake(
            FF_BIASES + "each layer gets d_ff",
            _feed_forward(biases=lambda d, f, gated: 3 * f if gated else 2 * f),
        ),
        Mistake(
            FF_BIASES + "each layer gets a single one",
            _feed_forward(biases=lambda d, f, gated: 3 if gated else 2),
        ),
        Mistake(
            FF_BIASES + "the gate's is counted without a gate, too",
            _feed_forward(biases=lambda d, f, gated: 2 * f + d),
        ),
        Mistake(
            "the parameters are taken in another order: feed_forward_parameters(d_model, d_ff, "
            "gated=False, bias=False), any of which may be given by position",
            lambda d_model, d_ff, bias=False, gated=False: parameters.feed_forward_parameters(
                d_model, d_ff, gated, bias
            ),
        ),
        *_of_kind("feed_forward_parameters"),
        *_more_or_less(
            "too many are counted: a feed-forward has two matrices, three with a gate, their "
            "biases where bias is True, and no more; norms are counted elsewhere",
            "too few are counted: one of the matrices (or a bias) is left out or too small",
        ),
    ),
)


# --- transformer_parameters ----------------------------------------------------------------

PARTS = ("embedding", "positions", "attention", "feed_forward", "norms", "output")
# Untied, embedding and output have the same size, so that the total can't tell which it was.
SUMMANDS = {key: key for key in PARTS if key != "output"} | {
    "embedding": "embedding (or output, which is as large)"
}
Count = Callable[[Any], int]


def _entry(key: str, message: str, count: Count) -> Mistake:
    """A wrong entry, recognised by its value, whatever the others are."""

    def when(got: Any, expected: Mapping[str, int], config: Any) -> bool:
        value = got[key]
        return _number(value) and value != expected[key] and value == count(config)

    return Mistake(message, when=when)


def _total(message: str, total: Callable[[Mapping[str, int]], int]) -> Mistake:
    """A wrong total of parts that are right."""

    def when(got: Any, expected: Mapping[str, int], config: Any) -> bool:
        return (
            all(got[key] == expected[key] for key in PARTS)
            and got["total"] != expected["total"]
            and got["total"] == total(expected)
        )

    return Mistake(message, when=when)


def _attention_of(c: Any, **changes: Any) -> int:
    given = {
        "d_model": c.d_model,
        "n_heads": c.n_heads,
        "n_kv_heads": c.n_kv_heads,
        "d_head": c.d_head,
        "bias": c.bias,
    }
    return c.n_layers * parameters.attention_parameters(**(given | changes))


def _attention_by(wrong: Callable[..., int]) -> Count:
    return lambda c: c.n_layers * wrong(c.d_model, c.n_heads, c.n_kv_heads, c.d_head, c.bias)


def _feed_forward_by(wrong: Callable[..., int]) -> Count:
    return lambda c: c.n_layers * wrong(c.d_model, c.d_ff, c.gated, c.bias)


def _as_entries(key: str, check: Check, by: Callable[[Any], Count]) -> list[Mistake]:
    """The mistakes of one layer's count, made in every layer."""
    return [
        _entry(key, f"{key}: {mistake.message}", by(mistake.wrong))
        for mistake in check.mistakes
        if mistake.wrong is not None
    ]


def _norm(c: Any) -> int:
    return c.d_model * (2 if c.norm == "layer" else 1)


def _renamed(got: Any, expected: Mapping[str, int], config: Any) -> bool:
    return isinstance(got, Mapping) and any(key not in got for key in expected)


def _alone(value: Callable[[Mapping[str, int]], int]) -> Callable[..., bool]:
    return lambda got, expected, config: _number(got) and got == value(expected)


def _some_float(got: Any, expected: Mapping[str, int], config: Any) -> bool:
    return any(isinstance(got[key], float | np.floating) for key in expected)


def _some_tensor(got: Any, expected: Mapping[str, int], config: Any) -> bool:
    return any(isinstance(got[key], Tensor | np.ndarray) for key in expected)


def _some_text(got: Any, expected: Mapping[str, int], config: Any) -> bool:
    return any(isinstance(got[key], str) for key in expected)


def _some_negative(got: Any, expected: Mapping[str, int], config: Any) -> bool:
    return any(got[key] < 0 for key in expected)


NORMS = (
    "norms are miscounted: each layer has two (before attention and before the feed-forward), "
    "and a "
    "final one follows the last layer, 2 * n_layers + 1 in all; here "
)
NORM_SIZE = (
    'norms are miscounted: an RMS norm has d_model weights, a layer norm (norm="layer") d_model '
    "weights and d_model biases; here "
)
LAYERS = "the number of layers is missing: multiply the count of one layer by n_layers, for "
OUTPUT = (
    "output is miscounted: vocab_size * d_model, or 0 where the embeddings are tied (the same "
    "matrix "
    "serves as input and output), never with a bias; here "
)
POSITIONS = (
    "positions are miscounted: each of the n_positions learned positions is a vector of d_model "
    "numbers, n_positions * d_model; here "
)
EMBEDDING = "embedding is miscounted: each token has a vector, vocab_size * d_model; here "

check_transformer_parameters = EXERCISE.check(
    "transformer_parameters",
    visible=2,
    hidden=4,
    arguments=("config",),
    reference=parameters.transformer_parameters,
    expects="a dict of ints: embedding, positions, attention, feed_forward (both of all layers), "
    "norms (two a layer and the final one), output (0 where tied, never a bias), and total, the "
    "sum of these six",
    mistakes=(
        Mistake(
            "only the total comes back: return the dict with the parts and the total",
            when=_alone(lambda parts: parts["total"]),
        ),
        Mistake(
            "one number comes back: return the dict with the parts and the total",
            when=lambda got, expected, config: _number(got),
        ),
        Mistake(
            "a list or tuple comes back: return a dict with the keys embedding, positions, "
            "attention, feed_forward, norms, output and total",
            when=lambda got, expected, config: isinstance(got, list | tuple),
        ),
        Mistake(
            "a key is missing or has another name: the keys are embedding, positions, attention, "
            "feed_forward, norms, output and total, also where a count is 0",
            when=_renamed,
        ),
        Mistake(
            "an entry is a float: counts are whole numbers (int); divide with //, not with /",
            when=_some_float,
        ),
        Mistake("an entry is a tensor or an array: counts are ints", when=_some_tensor),
        Mistake("an entry is a text: counts are ints", when=_some_text),
        # Feed-forward
        _entry(
            "feed_forward",
            "feed_forward ignores gated: "
            + THREE
            + "two matrices are counted, the gate is missing "
            "in every layer",
            _feed_forward_by(_feed_forward(matrices=lambda gated: 2)),
        ),
        _entry(
            "feed_forward",
            "feed_forward ignores gated: "
            + THREE
            + "two matrices are counted, the gate is missing "
            "in every layer",
            _feed_forward_by(
                _feed_forward(matrices=lambda gated: 2, biases=lambda d, f, gated: f + d)
            ),
        ),
        _entry(
            "feed_forward",
            "feed_forward ignores gated: three matrices are counted where config.gated is False "
            "and there are two, up and down",
            _feed_forward_by(
                _feed_forward(matrices=lambda gated: 3, biases=lambda d, f, gated: 2 * f + d)
            ),
        ),
        _entry(
            "feed_forward",
            "feed_forward ignores bias: with config.bias its layers have one for each output",
            _feed_forward_by(_feed_forward(with_bias=lambda bias: False)),
        ),
        _entry(
            "feed_forward",
            "feed_forward ignores bias: biases are counted although config.bias is False",
            _feed_forward_by(_feed_forward(with_bias=lambda bias: True)),
        ),
        _entry(
            "feed_forward",
            "feed_forward ignores gated and bias: pass config.gated and config.bias on",
            _feed_forward_by(_feed_forward(matrices=lambda gated: 2, with_bias=lambda bias: False)),
        ),
        _entry(
            "feed_forward",
            "feed_forward ignores config.d_ff (4 * d_model is taken)",
            lambda c: (
                c.n_layers
                * parameters.feed_forward_parameters(c.d_model, 4 * c.d_model, c.gated, c.bias)
            ),
        ),
        _entry(
            "feed_forward",
            LAYERS + "feed_forward",
            lambda c: parameters.feed_forward_parameters(c.d_model, c.d_ff, c.gated, c.bias),
        ),
        *_as_entries("feed_forward", check_feed_forward_parameters, _feed_forward_by),
        # Attention
        _entry(
            "attention",
            LAYERS + "attention",
            lambda c: _attention_of(c) // c.n_layers,
        ),
        _entry(
            "attention",
            "attention ignores config.n_kv_heads, " + GROUPED + "W_k and W_v have n_heads too",
            lambda c: _attention_of(c, n_kv_heads=None),
        ),
        _entry(
            "attention",
            "attention ignores config.d_head: " + HEAD_SIZE,
            lambda c: _attention_of(c, d_head=None),
        ),
        _entry(
            "attention",
            "attention ignores config.n_kv_heads and config.d_head (4 * d_model**2): pass both on",
            lambda c: _attention_of(c, n_kv_heads=None, d_head=None),
        ),
        _entry(
            "attention",
            "attention ignores config.d_head in W_q and W_o: " + HEAD_SIZE,
            _attention_by(_attention(q=_square, o=_square)),
        ),
        _entry(
            "attention",
            "attention ignores bias: with config.bias its four layers have one for each output",
            lambda c: _attention_of(c, bias=False),
        ),
        _entry(
            "attention",
            "attention ignores bias: biases are counted although config.bias is False",
            lambda c: _attention_of(c, bias=True),
        ),
        _entry(
            "attention",
            "attention ignores bias (and n_kv_heads, d_head): pass all of config's fields on",
            lambda c: _attention_of(c, n_kv_heads=None, d_head=None, bias=False),
        ),
        *_as_entries("attention", check_attention_parameters, _attention_by),
        # Norms
        _entry(
            "norms",
            NORMS + "only one a layer is counted (and the final one)",
            lambda c: (c.n_layers + 1) * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "the final one is forgotten",
            lambda c: 2 * c.n_layers * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "only one a layer is counted, and the final one is forgotten",
            lambda c: c.n_layers * _norm(c),
        ),
        _entry("norms", NORMS + "only the final one is counted", _norm),
        _entry(
            "norms",
            NORMS + "only two are counted, the number of layers is missing",
            lambda c: 2 * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "only three are counted, the number of layers is missing",
            lambda c: 3 * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "one too many is counted (one after the embedding)",
            lambda c: (2 * c.n_layers + 2) * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "three a layer are counted, the final one in each of them",
            lambda c: 3 * c.n_layers * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "three a layer are counted",
            lambda c: (3 * c.n_layers + 1) * _norm(c),
        ),
        _entry(
            "norms",
            NORMS + "four a layer are counted",
            lambda c: (4 * c.n_layers + 1) * _norm(c),
        ),
        _entry(
            "norms",
            NORM_SIZE + 'the biases go by config.bias and not by config.norm == "layer"',
            lambda c: (2 * c.n_layers + 1) * c.d_model * (2 if c.bias else 1),
        ),
        _entry(
            "norms",
            NORM_SIZE + "the biases of layer norm are forgotten",
            lambda c: (2 * c.n_layers + 1) * c.d_model,
        ),
        _entry(
            "norms",
            NORM_SIZE + "biases are counted for an RMS norm, which has none",
            lambda c: (2 * c.n_layers + 1) * 2 * c.d_model,
        ),
        _entry(
            "norms",
            NORM_SIZE + "weight and bias are counted as one number each",
            lambda c: (2 * c.n_layers + 1) * (2 if c.norm == "layer" else 1),
        ),
        _entry(
            "norms",
            NORM_SIZE + "a layer norm has one bias only",
            lambda c: (2 * c.n_layers + 1) * (c.d_model + 1),
        ),
        _entry(
            "norms",
            NORMS + "the final one is forgotten, and so are the biases of layer norm",
            lambda c: 2 * c.n_layers * c.d_model,
        ),
        _entry(
            "norms",
            NORMS + "the final one is forgotten, and biases are counted for an RMS norm",
            lambda c: 4 * c.n_layers * c.d_model,
        ),
        _entry("norms", NORMS + "none is counted", lambda c: 0),
        # Output
        _entry(
            "output",
            OUTPUT + "it is counted although config.tied_embeddings is True: a tied output is the "
            "embedding again, and has no parameters of its own",
            lambda c: c.vocab_size * c.d_model if c.tied_embeddings else -1,
        ),
        _entry(
            "output",
            OUTPUT + "it is 0 although config.tied_embeddings is False: an untied output is a "
            "matrix of its own",
            lambda c: 0,
        ),
        _entry(
            "output",
            OUTPUT + "a bias is counted, although the output never has one",
            lambda c: c.vocab_size * c.d_model + c.vocab_size,
        ),
        _entry(
            "output",
            OUTPUT + "a bias is counted, although the output never has one",
            lambda c: c.vocab_size * c.d_model + c.d_model,
        ),
        _entry(
            "output",
            OUTPUT + "only a bias is counted for a tied output: it has no parameters of its own",
            lambda c: c.vocab_size,
        ),
        _entry("output", OUTPUT + "d_model is squared", lambda c: c.d_model**2),
        _entry("output", OUTPUT + "only d_model is counted", lambda c: c.d_model),
        # Embedding
        _entry(
            "embedding",
            EMBEDDING + "the positions are counted in; they have their own entry",
            lambda c: (c.vocab_size + c.n_positions) * c.d_model,
        ),
        _entry(
            "embedding",
            EMBEDDING + "only vocab_size is counted, the factor d_model is missing",
            lambda c: c.vocab_size,
        ),
        _entry(
            "embedding",
            EMBEDDING + "a bias is counted; a table of vectors has none",
            lambda c: c.vocab_size * c.d_model + c.d_model,
        ),
        _entry(
            "embedding",
            EMBEDDING + "a bias is counted; a table of vectors has none",
            lambda c: c.vocab_size * c.d_model + c.vocab_size,
        ),
        _entry(
            "embedding",
            EMBEDDING + "it is counted twice; the output has its own entry",
            lambda c: 2 * c.vocab_size * c.d_model,
        ),
        _entry(
            "embedding",
            EMBEDDING + "it is 0 where the embeddings are tied; it is the output that is then 0",
            lambda c: 0,
        ),
        _entry(
            "embedding",
            EMBEDDING + "it is multiplied by the number of layers, though there is one table",
            lambda c: c.n_layers * c.vocab_size * c.d_model,
        ),
        _entry("embedding", EMBEDDING + "the sizes are added", lambda c: c.vocab_size + c.d_model),
        # Positions
        _entry(
            "positions",
            POSITIONS + "the factor d_model is missing",
            lambda c: c.n_positions,
        ),
        _entry("positions", POSITIONS + "they are not counted at all", lambda c: 0),
        _entry(
            "positions",
            POSITIONS + "they are counted for each layer, though there is one table",
            lambda c: c.n_layers * c.n_positions * c.d_model,
        ),
        _entry(
            "positions",
            POSITIONS + "d_head is taken for d_model",
            lambda c: c.n_positions * (c.d_head or c.d_model // c.n_heads),
        ),
        _entry("positions", POSITIONS + "only d_model is counted", lambda c: c.d_model),
        _entry(
            "positions",
            POSITIONS + "vocab_size is taken for n_positions",
            lambda c: c.vocab_size * c.d_model,
        ),
        _entry(
            "positions",
            POSITIONS + "they are counted where n_positions is 0: no learned positions, no "
            "parameters",
            lambda c: 1024 * c.d_model,
        ),
        # Total
        *(
            _total(
                f"the total leaves out {what}: it is the sum of all six parts",
                lambda parts, key=key: parts["total"] - parts[key],  # type: ignore[misc]
            )
            for key, what in SUMMANDS.items()
        ),
        *(
            _total(
                f"the total counts {what} twice: it is the sum of all six parts, each once",
                lambda parts, key=key: parts["total"] + parts[key],  # type: ignore[misc]
            )
            for key, what in SUMMANDS.items()
        ),
        _total(
            "the total leaves out embedding and output: it is the sum of all six parts",
            lambda parts: parts["total"] - parts["embedding"] - parts["output"],
        ),
        _total(
            "the total leaves out embedding and positions: it is the sum of all six parts",
            lambda parts: parts["total"] - parts["embedding"] - parts["positions"],
        ),
        _total(
            "the total leaves out the norms and the positions: it is the sum of all six parts",
            lambda parts: parts["total"] - parts["norms"] - parts["positions"],
        ),
        _total(
            "the total includes itself, so that all is counted twice: it is the sum of the six "
            "parts",
            lambda parts: 2 * parts["total"],
        ),
        _total(
            "the total is 0 or was taken before the parts were added: it is the sum of all six",
            lambda parts: 0,
        ),
        Mistake(
            "the total is not the sum of the six parts: add them up, each once",
            when=lambda got, expected, config: (
                all(got[key] == expected[key] for key in PARTS)
                and got["total"] != expected["total"]
            ),
        ),
        Mistake("a count is negative: parameters are added, never taken off", when=_some_negative),
        Mistake(
            "config is a dataclass: read its fields as attributes, config.d_model; n_kv_heads and "
            "d_head may be None",
            when=lambda got, expected, config: (
                isinstance(got, Raised) and got.kind in ("TypeError", "AttributeError")
            ),
        ),
        *(
            Mistake(
                f"{key} is wrong, the parts before it are right",
                when=lambda got, expected, config, key=key, before=PARTS[:index]: (
                    got[key] != expected[key] and all(got[k] == expected[k] for k in before)
                ),
            )
            for index, key in enumerate(PARTS)
        ),
    ),
)


# --- missing_parameters --------------------------------------------------------------------

LLAMA = CONFIGS["Llama 2 7B"]
COUNTS = parameters.transformer_parameters(LLAMA)
MATRIX = LLAMA.d_model * LLAMA.d_ff
MISSING = LLAMA.n_layers * MATRIX
TABLE = COUNTS["total"] - MISSING
ASKED = (
    "missing_parameters is what the table leaves out: the model's 6,738,415,616 parameters "
    "less the "
    "table's 5,295,575,040. They are in the feed-forward, a matrix in each of the 32 layers"
)

# What comes of a known slip, and what the learner should hear of it.
WRONG_NUMBERS: tuple[tuple[int, str], ...] = (
    (
        -MISSING,
        "the sign is flipped (negative): the model's total less the table's, not the other "
        "way round",
    ),
    (COUNTS["total"], "this is the model's total: the question is what the table leaves out of it"),
    (TABLE, "this is what the table adds up to: the question is what it leaves out"),
    (COUNTS["total"] + TABLE, "the two totals are added: take their difference"),
    (MATRIX, "this is the third matrix of one layer only: there are 32 layers (n_layers)"),
    (
        2 * MATRIX,
        "these are two matrices of one layer only: it is one matrix that is missing, in "
        "each of the 32 layers",
    ),
    (
        3 * MATRIX,
        "this is the feed-forward of one layer only: its third matrix is missing, in each "
        "of the 32 layers",
    ),
    (
        2 * MISSING,
        "these are two matrices a layer, which the table has (or twice what is missing, or "
        "bytes): the third matrix alone is missing",
    ),
    (
        COUNTS["feed_forward"],
        "this is the whole feed-forward, all three matrices: the table has two "
        "of them, the third is missing",
    ),
    (
        COUNTS["embedding"],
        "this is the embedding (or the output matrix), which the table has: look "
        "at the feed-forward",
    ),
    (
        2 * COUNTS["embedding"],
        "this is embedding and output, which the table has: look at the feed-forward",
    ),
    (
        COUNTS["attention"],
        "this is the attention, which the table counts in full (or 32 matrices of "
        "4 * d_model columns, where d_ff is 11,008): look at the feed-forward",
    ),
    (
        COUNTS["attention"] // LLAMA.n_layers,
        "this is the attention of one layer, which the table "
        "counts in full: look at the feed-forward",
    ),
    (
        LLAMA.d_model**2,
        "this is one attention matrix, which the table has: look at the feed-forward",
    ),
    (
        COUNTS["attention"] // 4,
        "this is one attention matrix in each layer, which the table has: look at the feed-forward",
    ),
    (COUNTS["norms"], "these are the norms, which the table has: look at the feed-forward"),
    (
        COUNTS["total"] - TABLE + COUNTS["embedding"],
        "the table is taken with a tied output "
        "(5,164,503,040), which Llama 2 doesn't have: it counts the output, and adds up to "
        "5,295,575,040",
    ),
    (
        COUNTS["total"] - TABLE - COUNTS["embedding"],
        "the model is counted with a tied output "
        "(6,607,343,616), which Llama 2 doesn't have: its total is 6,738,415,616",
    ),
    (
        TABLE - COUNTS["embedding"],
        "this is the table with a tied output: the question is what the "
        "table leaves out of the model",
    ),
    (
        COUNTS["total"] - COUNTS["embedding"],
        "this is the model with a tied output: the question is what the table leaves out",
    ),
    (
        LLAMA.n_layers * LLAMA.d_model * (LLAMA.d_model * 8 // 3),
        "d_ff is taken for 8/3 of d_model: Llama 2 rounds that up to 11,008",
    ),
    (
        LLAMA.n_layers * LLAMA.d_model * (4 * LLAMA.d_model - LLAMA.d_ff),
        "this is what a d_ff of "
        "4 * d_model would add: Llama 2 has d_ff = 11,008, and the table uses it",
    ),
    (
        2 * LLAMA.n_layers * LLAMA.d_model * (4 * LLAMA.d_model - LLAMA.d_ff),
        "this is what a d_ff of "
        "4 * d_model would add: Llama 2 has d_ff = 11,008, and the table uses it",
    ),
    (LLAMA.n_layers * (MATRIX + LLAMA.d_ff), "biases are counted: Llama 2 has none"),
    (LLAMA.n_layers * (MATRIX + LLAMA.d_model), "biases are counted: Llama 2 has none"),
    ((LLAMA.n_layers + 1) * MATRIX, "33 layers are counted: Llama 2 7B has 32 (n_layers)"),
    ((LLAMA.n_layers - 1) * MATRIX, "31 layers are counted: Llama 2 7B has 32 (n_layers)"),
    (
        LLAMA.n_heads * LLAMA.n_layers * MATRIX,
        "the number of heads is multiplied in: the feed-forward has none",
    ),
    (
        LLAMA.n_layers * LLAMA.d_ff,
        "the factor d_model is missing: a matrix has d_model * d_ff weights",
    ),
    (
        LLAMA.n_layers * LLAMA.d_model,
        "the factor d_ff is missing: a matrix has d_model * d_ff weights",
    ),
    (
        LLAMA.n_layers * LLAMA.d_ff**2,
        "the third matrix is taken for (d_ff, d_ff): it is (d_model, d_ff)",
    ),
    (4 * MISSING, "this is in bytes (4 each in float32): count numbers"),
    *(
        (MISSING + count, "the weights of norms are counted too, which the table has")
        for count in (LLAMA.d_model, LLAMA.n_layers * LLAMA.d_model, COUNTS["norms"])
    ),
    (0, "nothing is missing, says this answer: compare the two totals"),
)


def _is(number: int) -> Callable[..., bool]:
    return lambda got, expected: _number(got) and got == number


def _as_given(answer: Any) -> Any:
    """The answer is a number, so there is nothing to call."""
    if answer is None or answer is Ellipsis:
        raise NotImplementedError
    return answer


def _rounded(got: Any, expected: int) -> bool:
    return _number(got) and 0 < abs(got - expected) <= 0.05 * expected


def _in_units(got: Any, expected: int) -> bool:
    return _number(got) and any(
        abs(got * unit - expected) <= 0.05 * expected for unit in (10**3, 10**6, 10**9)
    )


def _share(got: Any, expected: int) -> bool:
    return isinstance(got, float) and any(
        abs(got / scale - expected / whole) < 0.01
        for scale in (1, 100)
        for whole in (COUNTS["total"], TABLE)
    )


check_missing_parameters = EXERCISE.check(
    "missing_parameters",
    visible=1,
    hidden=1,
    arguments=(),
    reference=MISSING,
    procedure=_as_given,
    expects="an int: what the model has and the table leaves out",
    mistakes=(
        *(Mistake(f"{message}. {ASKED}", when=_is(number)) for number, message in WRONG_NUMBERS),
        Mistake(
            "the number is right, but it is a float: counts are whole numbers (int); divide with "
            "//, not with /",
            when=lambda got, expected: isinstance(got, float) and got == expected,
        ),
        Mistake(
            "the number is rounded, or an approximation (such as 6.7 or 7 billion) was used on the "
            f"way: take exact counts. {ASKED}",
            when=_rounded,
        ),
        Mistake(
            f"a digit is missing, or there is one too many: the number has ten digits. {ASKED}",
            when=lambda got, expected: _rounded(10 * got, expected) or _rounded(got / 10, expected),
        ),
        Mistake(
            f"the number is in thousands, millions or billions: give the count itself. {ASKED}",
            when=_in_units,
        ),
        Mistake(
            f"this is a share (a ratio or percentage), not a count. {ASKED}",
            when=_share,
        ),
        Mistake(
            f"7 billion is the model's name, not its size. {ASKED}",
            when=_is(7_000_000_000 - TABLE),
        ),
        Mistake(
            f"7 billion is the model's name, not its size. {ASKED}",
            when=_is(7_000_000_000 - COUNTS["total"]),
        ),
        Mistake("it is a float: a count is a whole number (int)", when=_float),
        Mistake("it is a tensor or an array: a count is an int", when=_tensor),
        Mistake("it is a text (a string): write the number itself, as an int", when=_text),
        Mistake("it is True or False: a count is an int", when=lambda got, *_: type(got) is bool),
        Mistake(
            "these are several values: the sum of what is missing is one int",
            when=_several,
        ),
        Mistake(
            "it is a function: assign the number itself, missing_parameters = …",
            when=lambda got, expected: callable(got),
        ),
        Mistake(ASKED, when=lambda got, expected: _number(got)),
    ),
)
