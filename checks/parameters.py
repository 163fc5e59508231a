"""Exercise 6-parameters: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor

from checks.check import Check, Exercise
from checks.compare import same
from checks.mistakes import Edit, Rewrite, Seen, Text, sightings
from checks.seen import comes_back, raised
from helpers import parameters
from helpers.parameters import CONFIGS

EXERCISE = Exercise("6-parameters", written=2)
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests

Wrong = Mapping[str | tuple[str, ...], str]


def _lines(text: Any, wrong: Mapping[str, Wrong]) -> list[Edit]:
    """Edits that set a name to something else, `"k = 0"`, or several of them, `"k = 0; v = 0"`.

    Args:
        text: the function that is edited.
        wrong: for what is right, which a message ends with, new lines (or several ways to come to
            the same) and what was done.
    """
    code = [line.strip() for line in Text(text).code.split("\n")]
    old = {line.split(" = ")[0]: line for line in code}
    edits = []
    for right, group in wrong.items():
        for ways, said in group.items():
            for way in [ways] if isinstance(ways, str) else ways:
                changes = [(old[new.split(" = ")[0]], new) for new in way.split("; ")]
                edits.append(Edit(f"{said}: {right}", *(t for change in changes for t in change)))
    return edits


def _seen_in_number(no_more: str) -> list[Seen]:
    """What can be seen of a result that should be an int, where nothing else is known."""
    few = "too few are counted: a matrix or a bias is left out or too small"
    return sightings(
        {
            f"the result is a float: {_NO_FLOAT}": comes_back(float, np.floating),
            "the result is a tensor, an array or a text: give an int": comes_back(*_NO_NUMBER),
            "several numbers come back: give one int, their sum": comes_back(list, tuple, dict),
            f"too many are counted: {no_more}": lambda got, right, *_, **__: got > right,
            few: lambda got, right, *_, **__: got < right,
        }
    )


_NO_NUMBER = (Tensor, np.ndarray, str)
_NO_FLOAT = "counts are whole numbers (int); divide with //, not with /, multiply by no float"
_IN_BYTES = (
    Edit("everything is counted twice, or in bytes (2 each)", "return total", "return 2 * total"),
    Edit("the parameters are counted in bytes (4 each)", "return total", "return 4 * total"),
)
_BIAS_DEFAULT = Edit("the default is wrong: bias is False unless given", "bias=False", "bias=True")
_ALWAYS = "biases are always counted (or bias is read the wrong way round)"
_ORDER = "the parameters are taken in another order: any may be given by position, "

Calls = list[tuple[Any, ...]]


def _contract(check: Check, cases: Mapping[str, Calls]) -> None:
    """Hidden cases: for each phrase the calls."""
    EXERCISE.contract(check.name, {said: partial(_each, check, c) for said, c in cases.items()})


def _each(check: Check, calls: Calls, answer: Any) -> None:
    for call in calls:
        check(answer, *call)


def _any_bias(*sizes: tuple[Any, ...]) -> Calls:
    """Calls with bias=False, without bias and with bias=True."""
    return [(*some, *bias) for some in sizes for bias in ((False,), (), (True,))]


# --- linear_parameters ---------------------------------------------------------------------


def _linear(d_in: int, d_out: int, bias: bool = True) -> int:
    weights = d_in * d_out
    b = d_out if bias else 0
    total = weights + b
    return total


_IN_LINEAR: dict[str, Wrong] = {
    "there is one bias for each output, and none with bias=False": {
        ("b = d_in if bias else 0", "b = d_in"): "not d_out of them but d_in of them are counted",
        "b = d_in + d_out if bias else 0": "d_in + d_out biases are counted",
        "b = 1 if bias else 0": "a single one is counted",
        "b = d_in * d_out if bias else 0": "a bias is counted for each weight",
        "b = 2 * d_out if bias else 0": "the biases are counted twice",
        "b = d_in + 1 + d_out if bias else 0": "(d_in + 1) * (d_out + 1) is d_in + 1 too many",
        "b = -d_out if bias else 0": "the biases are taken off",
        "total = weights * (b or 1)": "the bias multiplies, though it is added",
        ("b = 0", "b = 0 if bias else d_out"): "biases are forgotten where bias is True (or bias "
        "is read the wrong way round)",
        "b = d_out": "biases are always counted",
    },
    "the matrix has d_in * d_out weights": {
        "weights = 0": "only the biases are counted",
        "weights = d_in * d_in": "the matrix is taken for a square one (d_in * d_in)",
        "weights = d_out * d_out": "the matrix is taken for a square one (d_out * d_out)",
        "weights = 2 * d_in * d_out": "the matrix is counted twice (forward and transposed)",
        ("weights = d_in + d_out", "weights = d_in + d_out; b = 0"): "the sizes are added",
    },
}

check_linear_parameters = EXERCISE.check(
    "linear_parameters",
    visible=1,
    hidden=1,
    arguments=("d_in", "d_out", "bias"),
    reference=parameters.linear_parameters,
    text=[_linear],
    expects="an int: d_in * d_out weights, and d_out biases unless bias is False",
    mistakes=(
        *_lines(_linear, _IN_LINEAR),
        Edit("the default is wrong: bias is True unless given", "bias=True", "bias=False"),
        *_IN_BYTES,
        *_seen_in_number("there are weights and biases, no more"),
    ),
)

_contract(
    check_linear_parameters,
    {
        "weights, and biases if any": _any_bias((7, 11), (12, 7), (384, 1536)),
        "a single input or output": _any_bias((1, 9), (9, 1), (1, 1)),
        "as many inputs as outputs": _any_bias((6, 6)),
        "layers of Llama 2": [(4096, 11008), (4096, 11008, False), (8192, 28672, False)],
    },
)


# --- attention_parameters ------------------------------------------------------------------


def _attention(
    d_model: int, n_heads: int, n_kv_heads: Any = None, d_head: Any = None, bias: bool = False
) -> int:
    d, n = (d_model, n_heads)
    kv = n if n_kv_heads is None else n_kv_heads
    h = d // n if d_head is None else d_head
    q = d * n * h
    k = d * kv * h
    v = d * kv * h
    o = n * h * d
    a = n * h + 2 * kv * h + d
    total = q + k + v + o + (a if bias else 0)
    return total


_RIGHT_IN_ATTENTION = "n_kv_heads heads of d_head features, and one bias an output if bias is True"
_UNHEEDED_IN_ATTENTION: Wrong = {
    "kv = n": "grouped-query attention is ignored, W_k and W_v have n_heads too",
    "h = d // n": "d_head is ignored, n_heads * d_head need not be d_model",
    "kv = n; h = d // n": "all four matrices are taken for (d_model, d_model)",
    "a = 0": "biases are forgotten where bias is True",
    ("total = q + k + v + o + a", "total = q + k + v + o + (0 if bias else a)"): _ALWAYS,
}
_IN_ATTENTION: dict[str, Wrong] = {
    "attention has four matrices, W_q, W_k, W_v and W_o": {
        "o = 0": "W_o is forgotten (or W_q is)",
        "v = 0": "W_k and W_v are counted as one matrix",
        "k = 0; v = 0": "W_k and W_v are forgotten",
        "k = 0; v = 0; o = 0": "a single matrix is counted",
        ("o = (n * h + 8 * d) * d", "o = (n * h + 4 * d) * d"): "the feed-forward is counted in",
    },
    "heads share out the features and don't change the count, n_heads heads of d_head features are "
    "d_model in all (unless d_head is given)": {
        (
            "total = n * (q + k + v + o + (a if bias else 0))",
            "q = d * n * d; k = d * kv * d; v = d * kv * d",
            "q = d * n * d; k = d * n * d; v = d * n * d",
        ): "parameters are multiplied by the number of heads",
        ("total = (q + k + v + o + (a if bias else 0)) // n", "total = 4 * d * (d + bias) // n"): (
            "parameters are divided by the number of heads"
        ),
        ("q = d * h; k = d * h; v = d * h; o = d * h", "q = d * h; k = d * h; v = d * h"): (
            "one head is counted, so that parameters are divided by the number of heads"
        ),
    },
    "in grouped-query attention (n_kv_heads), W_k and W_v have n_kv_heads heads of d_head features "
    "each, W_q and W_o have n_heads": {
        "v = d * n * h": "only W_k (or only W_v) is smaller, the other one has n_heads",
        "q = d * kv * h": "W_q is smaller too (or W_o is smaller too)",
        "q = d * kv * h; o = kv * h * d": "all four matrices are smaller",
        "kv = n if n_kv_heads is None else n // n_kv_heads": "n_heads // n_kv_heads are taken",
        ("kv = 1", "kv = n if n_kv_heads is None else 1"): "W_k and W_v have a single one",
        "kv = n_kv_heads or 0": "n_kv_heads=None, which means n_heads, is taken for none",
        "k = d * kv * d; v = d * kv * d": "W_k and W_v have d_model features for each head",
        "k = d * kv; v = d * kv": "W_k and W_v have n_kv_heads features in all",
    },
    "W_q has n_heads * d_head columns, W_o has n_heads * d_head rows, not d_model, W_k and W_v "
    "have n_kv_heads * d_head columns, where d_head is d_model // n_heads unless given": {
        "o = d * d": "d_head is ignored in one of W_q and W_o",
        "q = d * d; o = d * d": "d_head is ignored in W_q and W_o",
        "k = d * kv * (d // n); v = d * kv * (d // n)": "d_head is ignored in W_k and W_v",
        "h = d // kv if d_head is None else d_head": "d_head is taken for d_model // n_kv_heads",
        "q = n * h * h; k = kv * h * h; v = kv * h * h": "matrices are taken for (d_head, d_head)",
    },
    "there is one for each output, so n_heads * d_head for W_q, n_kv_heads * d_head each for W_k "
    "and W_v, and d_model for W_o": {
        "a = n * h + 2 * kv * h": "biases are miscounted, the one of W_o is forgotten",
        "a = 4 * d": "biases are miscounted, d_model are counted for each of the four",
        "a = 3 * n * h + d": "biases are miscounted, W_k and W_v get as many as W_q",
        "a = 2 * n * h + 2 * kv * h": "biases are miscounted, W_o gets the number of its inputs",
        "a = 3 * d + n * h": "biases are miscounted, each layer gets as many as it has inputs",
        "a = 4": "biases are miscounted, each layer gets a single one",
        "a = d": "biases are miscounted, only W_o has any",
        "a = 2 * kv * h + d": "biases are miscounted, W_q has none",
        ("a = n * h + kv * h + d", "a = n * h + d"): "biases are miscounted, W_k or W_v has none",
    },
}
check_attention_parameters = EXERCISE.check(
    "attention_parameters",
    visible=1,
    hidden=3,
    arguments=("d_model", "n_heads", "n_kv_heads", "d_head", "bias"),
    reference=parameters.attention_parameters,
    text=[_attention],
    expects="an int: W_q (d_model, n_heads * d_head), W_k and W_v (d_model, n_kv_heads * d_head), "
    "W_o (n_heads * d_head, d_model), and where bias is True one bias for each output",
    mistakes=(
        *_lines(_attention, {_RIGHT_IN_ATTENTION: _UNHEEDED_IN_ATTENTION} | _IN_ATTENTION),
        _BIAS_DEFAULT,
        Edit(f"{_ORDER}n_kv_heads first", "n_kv_heads=None, d_head", "d_head=None, n_kv_heads"),
        Edit(f"{_ORDER}d_head before bias", "d_head=None, bias=False", "bias=False, d_head=None"),
        *_IN_BYTES,
        Seen(
            "the defaults are not handled: n_kv_heads and d_head may be None",
            raised("TypeError", says="None"),
        ),
        *_seen_in_number("scores, softmax and RoPE have none, norms are counted elsewhere"),
    ),
)

_contract(
    check_attention_parameters,
    {
        "n_kv_heads heads of keys and values": _any_bias((40, 8, 4, None), (40, 8, 8, None)),
        "d_head that is given": _any_bias((20, 4, None, 7), (10, 4, None, 3)),
        "n_kv_heads and d_head": _any_bias((20, 4, 2, 7), (18, 6, 1, 5), (10, 4, 2, 3)),
        "as many heads of keys and values as of queries": _any_bias((40, 8, 8, 5)),
        "a single head": _any_bias((16, 1, None, None), (16, 1, 1, 16)),
        "layers of GPT-2 small and Llama 2 7B": [(768, 12, None, None, True), (4096, 32)],
        "grouped-query attention, as in Llama 2 70B": [(8192, 64, 8), (576, 9, 3), (2048, 32, 4)],
        "d_head where it is given, as in Gemma": [(2048, 8, 1, 256), (3072, 16, None, 256)],
    },
)


# --- feed_forward_parameters ---------------------------------------------------------------


def _feed_forward(d_model: int, d_ff: int, gated: bool = False, bias: bool = False) -> int:
    i, f = (d_model, d_ff)
    m = i * f
    gate = m if gated else 0
    down = m
    g = f if gated else 0
    b = f + g + i
    total = m + gate + down + (b if bias else 0)
    return total


_RIGHT_IN_FEED_FORWARD = "up, down and if gated a gate, with one bias an output if bias is True"
_UNHEEDED_IN_FEED_FORWARD: Wrong = {
    ("gate = 0", "gate = 0; g = 0"): "the gate of SwiGLU is missing, three, not two matrices",
    ("gate = m; g = f", "gate = m", "gate = 0 if gated else m; g = 0 if gated else f"): (
        "three matrices are always counted (or gated is read the wrong way round)"
    ),
    "i, f = (d_model, 4 * d_model)": "d_ff is ignored (4 * d_model is taken)",
    "b = 0": "biases are forgotten where bias is True",
    ("total = m + gate + down + b", "total = m + gate + down + (0 if bias else b)"): _ALWAYS,
}
_IN_FEED_FORWARD: dict[str, Wrong] = {
    "SwiGLU (gated) has three matrices, gate and up, both (d_model, d_ff), and down": {
        (
            "gate = 2 * m if gated else 0",
            "gate = 2 * m if gated else 0; g = f + i if gated else 0",
        ): ("four are counted with a gate"),
        "gate = -m if gated else 0": "a single one is counted with a gate",
        "gate = i * i if gated else 0; g = i if gated else 0": "the gate is taken for "
        "(d_model, d_model)",
        "gate = f * f if gated else 0": "the gate is taken for (d_ff, d_ff)",
        "gate = f if gated else 0; g = 0": "the gate is taken for d_ff numbers",
        "i, f = (d_model, 2 * d_ff // 3 if gated else d_ff)": "d_ff is reduced to two thirds",
    },
    "up goes from d_model to d_ff, down goes back again (two matrices, three with a gate)": {
        "down = 0": "one matrix is missing",
        "down = 0; gate = 0": "a single matrix is counted",
        "m = f * f": "the matrices are taken for square ones (d_ff, d_ff)",
        "m = i * i": "the matrices are taken for square ones (d_model, d_model)",
        "m = i + f": "the sizes are added",
        "i, f = (d_model, d_model)": "d_ff is ignored (d_model is taken)",
    },
    "there is one for each output, so d_ff for up, d_ff for the gate where there is one, and "
    "d_model for down": {
        "g = 0": "biases are miscounted, the gate has none",
        "b = f + g": "biases are miscounted, the one of down (d_model) is forgotten",
        "b = f": "biases are miscounted, only d_ff are counted",
        "b = i": "biases are miscounted, the ones of up and gate (d_ff) are forgotten",
        "b = (2 * i if gated else i) + f": "biases are miscounted, each as many as it has inputs",
        "b = (3 if gated else 2) * i": "biases are miscounted, each layer gets d_model",
        "b = (3 if gated else 2) * f": "biases are miscounted, each layer gets d_ff",
        "b = 3 if gated else 2": "biases are miscounted, each layer gets a single one",
        "g = f": "biases are miscounted, the gate's are counted without a gate, too",
    },
}
check_feed_forward_parameters = EXERCISE.check(
    "feed_forward_parameters",
    visible=1,
    hidden=2,
    arguments=("d_model", "d_ff", "gated", "bias"),
    reference=parameters.feed_forward_parameters,
    text=[_feed_forward],
    expects="an int: up (d_model, d_ff) and down (d_ff, d_model), where gated is True a third "
    "matrix, the gate (d_model, d_ff), and where bias is True one bias for each output",
    mistakes=(
        *_lines(
            _feed_forward, {_RIGHT_IN_FEED_FORWARD: _UNHEEDED_IN_FEED_FORWARD} | _IN_FEED_FORWARD
        ),
        Edit("the default is wrong: gated is False unless given", "gated=False", "gated=True"),
        _BIAS_DEFAULT,
        Edit(f"{_ORDER}gated before bias", "gated=False, bias", "bias=False, gated"),
        *_IN_BYTES,
        *_seen_in_number("there are up, down and the gate; norms are counted elsewhere"),
    ),
)

_contract(
    check_feed_forward_parameters,
    {
        "gated or not": _any_bias((7, 19, False), (7, 19, True), (8, 32, False), (8, 32, True)),
        "d_ff no larger than d_model": _any_bias((30, 11, False), (30, 11, True), (6, 6, True)),
        "a single feature": _any_bias((1, 9, False), (1, 9, True), (9, 1, False), (9, 1, True)),
        "layers of GPT-2 XL and Llama": [(1600, 6400, False, True), (4096, 11008, True)],
        "three matrices where gated": [(4096, 14336, True), (576, 1536, True), (2048, 16384, True)],
    },
)


# --- transformer_parameters ----------------------------------------------------------------


def _transformer(c: Any) -> dict[str, int]:
    V, D, L, P = (c.vocab_size, c.d_model, c.n_layers, c.n_positions)
    heads = c.n_kv_heads
    size = c.d_head
    at_bias = c.bias
    d_ff = c.d_ff
    gated = c.gated
    ff_bias = c.bias
    layer = c.norm == "layer"
    tied = c.tied_embeddings
    embedding = V * D
    positions = P * D
    attention = L * _attention(D, c.n_heads, heads, size, at_bias)
    feed_forward = L * _feed_forward(D, d_ff, gated, ff_bias)
    n_norms = 2 * L + 1
    norms = n_norms * D * (2 if layer else 1)
    output = 0 if tied else V * D
    total = embedding + positions + attention + feed_forward + norms + output
    parts = {"embedding": embedding, "positions": positions, "attention": attention}
    parts |= {"feed_forward": feed_forward, "norms": norms, "output": output}
    return parts | {"total": total}


# For each part what is right and what goes wrong; the parts that are most often wrong first.
_IN_PARTS: dict[tuple[str, str], Wrong] = {
    ("feed_forward", "pass all of config's fields on, and multiply by n_layers"): {
        "gated = False": "feed_forward ignores gated, SwiGLU has three matrices",
        "gated = not c.gated": "feed_forward reads gated the wrong way round",
        "gated = True": "feed_forward ignores gated, three matrices are counted without a gate too",
        "ff_bias = False": "feed_forward ignores bias, none is counted",
        "ff_bias = True": "feed_forward ignores bias, biases are always counted",
        "ff_bias = not c.bias": "feed_forward reads bias the wrong way round",
        "gated = False; ff_bias = False": "feed_forward ignores gated and bias",
        "d_ff = 4 * D": "feed_forward ignores config.d_ff (4 * d_model is taken)",
        "feed_forward = _feed_forward(D, d_ff, gated, ff_bias)": "one layer is counted instead of "
        "n_layers, for feed_forward",
    },
    ("attention", "pass all of config's fields on, and multiply by n_layers"): {
        "heads = None": "attention ignores config.n_kv_heads (grouped-query attention)",
        "size = None": "attention ignores config.d_head",
        "heads = None; size = None": "attention ignores n_kv_heads and d_head (4 * d_model**2)",
        "at_bias = False": "attention ignores bias, none is counted",
        "at_bias = True": "attention ignores bias, biases are always counted",
        "at_bias = not c.bias": "attention reads bias the wrong way round",
        "heads = size = None; at_bias = False": "attention ignores bias, n_kv_heads and d_head",
        "attention = _attention(D, c.n_heads, heads, size, at_bias)": "one layer is counted "
        "instead of n_layers, for attention",
    },
    ("norms", "each layer has two, and a final one follows the last, 2 * n_layers + 1 in all"): {
        "n_norms = L + 1": "only one a layer is counted (and the final one)",
        "n_norms = 2 * L": "of the norms the final one is forgotten",
        "n_norms = L": "only one a layer is counted, and the final one is forgotten",
        ("n_norms = 1", "n_norms = 2", "n_norms = 3"): "in norms the number of layers is missing",
        "n_norms = 2 * L + 2": "one norm too many is counted (one after the embedding)",
        ("n_norms = 3 * L", "n_norms = 3 * L + 1", "n_norms = 4 * L + 1"): "too many norms a layer "
        "are counted",
        "n_norms = 0": "norms are not counted at all",
        "n_norms = 2 * L; layer = False": "the final norm is forgotten, and layer norm's biases",
        "n_norms = 2 * L; layer = True": "the final norm is forgotten, and an RMS norm has biases",
    },
    ("norms", 'an RMS norm has d_model weights, a layer norm (norm="layer") as many biases too'): {
        "layer = c.bias": 'norms go by config.bias and not by config.norm == "layer"',
        "layer = False": "the biases of layer norm are forgotten",
        "layer = True": "biases are counted for an RMS norm, which has none",
        "norms = n_norms * (2 if layer else 1)": "weight and bias of a norm are one number each",
        ("norms = n_norms * (D + 1)", "norms = n_norms * (D + layer)"): "a norm has only one bias",
    },
    (
        "output",
        "it is vocab_size * d_model without a bias, or 0 where tied (then it is the embedding's)",
    ): {
        "output = V * D": "output is counted although config.tied_embeddings is True",
        "output = 0": "output is 0 although config.tied_embeddings is False",
        "output = V * D if tied else 0": "config.tied_embeddings is read the wrong way round",
        ("output = 0 if tied else V * D + V", "output = 0 if tied else V * D + V * c.bias"): (
            "in output a bias is counted"
        ),
        "output = 0 if tied else V * D + D": "in output a bias is counted, of d_model numbers",
        "output = V if tied else V * D": "in output only a bias is counted where it is tied",
        "output = 0 if tied else D ** 2": "in output d_model is squared",
        "output = 0 if tied else D": "in output only d_model is counted",
    },
    ("embedding", "it is vocab_size * d_model, a vector for each token, and nothing else"): {
        ("embedding = (V + P) * D", "embedding = (V + P) * D; positions = 0"): "in embedding the "
        "positions are counted in",
        "embedding = V": "in embedding the factor d_model is missing",
        ("embedding = V * D + D", "embedding = V * D + V"): "in embedding a bias is counted",
        "embedding = 2 * V * D": "embedding is counted twice, as if output were no entry",
        "embedding = 0 if tied else V * D": "embedding is 0 where tied, though output is then 0",
        "embedding = L * V * D": "embedding is multiplied by the number of layers",
        "embedding = V + D": "in embedding the sizes are added",
    },
    ("positions", "they are n_positions * d_model, a learned vector for each"): {
        "positions = 0": "positions are not counted at all",
        "positions = P": "in positions the factor d_model is missing",
        "positions = L * P * D": "positions are counted for each layer",
        "positions = P * (c.d_head or D // c.n_heads)": "in positions d_head is taken for d_model",
        "positions = D": "in positions only d_model is counted",
        "positions = V * D": "in positions vocab_size is taken for n_positions",
        "positions = (P or 1024) * D": "positions are counted where n_positions is 0",
    },
}
_IN_MODEL = [
    (part, edit)
    for (part, right), wrong in _IN_PARTS.items()
    for edit in _lines(_transformer, {right: wrong})
]
_IN_MODEL += [("feed_forward", edit) for edit in _lines(_feed_forward, _IN_FEED_FORWARD)]
_IN_MODEL += [("attention", edit) for edit in _lines(_attention, _IN_ATTENTION)]
_SUM = "total = embedding + positions + attention + feed_forward + norms + output"
_ONCE = ("positions", "attention", "feed_forward", "norms")
_PAIRS = (("embedding", "output"), ("embedding", "positions"), ("norms", "positions"))
_IN_TOTAL: dict[str, Wrong] = {
    "it is the sum of all six parts, each once": {
        f"{_SUM} - embedding": "the total leaves out embedding (or output, which is as large)",
        f"{_SUM} + embedding": "the total counts embedding (or output, which is as large) twice",
        **{f"{_SUM} - {part}": f"the total leaves out {part}" for part in _ONCE},
        **{f"{_SUM} + {part}": f"the total counts {part} twice" for part in _ONCE},
        **{f"{_SUM} - {a} - {b}": f"the total leaves out {a} and {b}" for a, b in _PAIRS},
        f"total = 2 * ({_SUM[8:]})": "the total includes itself, so that all is counted twice",
        "total = 0": "the total is 0 or was taken before the parts were added",
    }
}


def _alone(part: str, edit: Edit) -> Seen:
    """One entry as the edit gives it, whatever the others are."""

    def when(got: Any, expected: Mapping[str, int], config: Any) -> bool:
        wrong = dict(check_transformer_parameters.implementations)[edit]
        return not same(got[part], expected[part]) and same(got[part], wrong(config)[part])

    return Seen(edit.message, when)


def _any_entry(*kinds: type) -> Callable[..., bool]:
    return lambda got, expected, config: any(isinstance(got[key], kinds) for key in expected)


def _first_wrong(part: str, got: Any, expected: Mapping[str, int], config: Any) -> bool:
    return next(key for key in expected if got[key] != expected[key]) == part


_KEYS = "the keys are embedding, positions, attention, feed_forward, norms, output and total"
_SEEN_OF_DICT: dict[str, Callable[..., bool]] = {
    "only the total comes back: return the dict": lambda got, right, _: got == right["total"],
    "one number comes back: return the dict": comes_back(int, float, np.number),
    f"a list or tuple comes back: return a dict; {_KEYS}": comes_back(list, tuple),
    f"a key is missing or has another name: {_KEYS}, also where a count is 0": (
        lambda got, right, _: not right.keys() <= got.keys()
    ),
    f"an entry is a float: {_NO_FLOAT}": _any_entry(float, np.floating),
    "an entry is a tensor, an array or a text: counts are ints": _any_entry(*_NO_NUMBER),
}
_SEEN_OF_PARTS: dict[str, Callable[..., bool]] = {
    "a count is negative: parameters are added": lambda got, *_: min(got.values()) < 0,
    "config is a dataclass with attributes: config.d_ff": raised("TypeError", says="ModelConfig"),
    "config.n_kv_heads and config.d_head may be None": raised("TypeError", says="NoneType"),
    "the total is not the sum of the six parts, which are right": partial(_first_wrong, "total"),
    **{
        f"{part} is wrong, the parts before it are right": partial(_first_wrong, part)
        for part in ("embedding", "positions", "attention", "feed_forward", "norms", "output")
    },
}

check_transformer_parameters = EXERCISE.check(
    "transformer_parameters",
    visible=2,
    hidden=4,
    arguments=("config",),
    reference=parameters.transformer_parameters,
    text=[_attention, _feed_forward, _transformer],
    expects="a dict of ints: embedding, positions, attention, feed_forward (both of all layers), "
    "norms (two a layer and the final one), output (0 where tied, never a bias), and total, the "
    "sum of these six",
    mistakes=(
        *(edit for _, edit in _IN_MODEL),
        *_lines(_transformer, _IN_TOTAL),
        *sightings(_SEEN_OF_DICT),
        *(_alone(part, edit) for part, edit in _IN_MODEL),
        *sightings(_SEEN_OF_PARTS),
    ),
)


def _configs(*fields: dict[str, Any]) -> Callable[[Any, Any], Any]:
    return lambda f, Config: [check_transformer_parameters(f, Config(**some)) for some in fields]


def _real(*names: str) -> Callable[[Any, Any], Any]:
    # None is so large that an answer could not build one of its layers and count.
    return _configs(*(vars(CONFIGS[name]) for name in names))


def _small(*options: dict[str, Any]) -> Callable[[Any, Any], Any]:
    sizes = {"vocab_size": 101, "d_model": 24, "n_layers": 3, "n_heads": 4, "d_ff": 50}
    return _configs(*(sizes | option for option in options))


EXERCISE.contract(
    "transformer_parameters",
    {
        "n_kv_heads, d_head and bias": _small(
            {"n_kv_heads": 2, "d_head": 5, "bias": True, "norm": "layer"},
            {"n_kv_heads": 1, "d_head": 9, "gated": True, "norm": "layer", "n_positions": 5},
            {"n_kv_heads": 2, "bias": True},
            {"d_head": 9, "bias": True},
        ),
        "gated and bias": _small({"gated": True, "bias": True}, {"gated": True}, {"bias": True}),
        "the defaults, or norm alone": _small({}, {"norm": "layer"}),
        "an output that is tied": _small({"tied_embeddings": True}),
        "learned positions": _small({"n_positions": 17}),
        "a single layer": _small({"n_layers": 1, "gated": True}),
        "models such as GPT-2": _real("GPT-2 small", "GPT-2 medium", "GPT-2 large", "GPT-2 XL"),
        "models such as Llama 2": _real("Llama 2 7B", "Llama 2 13B", "stories260K", "stories15M"),
        "models such as Llama 3": _real("Llama 3 8B", "Llama 3.2 1B", "Mistral 7B v0.3"),
        "models such as SmolLM2": _real("SmolLM2 135M", "SmolLM2 360M", "TinyLlama 1.1B"),
        "models such as Gemma": _real("Gemma 2B", "Gemma 7B", "Pythia 70M", "Pythia 410M"),
    },
)


# --- missing_parameters --------------------------------------------------------------------

_LLAMA = CONFIGS["Llama 2 7B"]
_L, _D, _F = _LLAMA.n_layers, _LLAMA.d_model, _LLAMA.d_ff
_COUNTS = parameters.transformer_parameters(_LLAMA)
_MODEL, _EMBEDDING, _ATTENTION = (_COUNTS[key] for key in ("total", "embedding", "attention"))
_MATRIX = _D * _F
_MISSING = _L * _MATRIX
_TABLE = _MODEL - _MISSING
_WIDER = _L * _D * (4 * _D - _F)
_ASKED = (
    "missing_parameters is what the table leaves out: the model's 6,738,415,616 parameters less "
    "the table's 5,295,575,040. They are in the feed-forward, a matrix in each of the 32 layers"
)

# What the learner should hear of a number that comes of a known slip.
_SAID = {
    -_MISSING: "the sign is flipped (negative), take the table's total from the model's",
    _MODEL: "this is the model's total",
    _TABLE: "this is what the table adds up to",
    _MODEL + _TABLE: "the two totals are added, but it is their difference",
    _MATRIX: "this is the third matrix of one layer only",
    2 * _MATRIX: "these are two matrices of one layer only",
    3 * _MATRIX: "this is the whole feed-forward of one layer only",
    2 * _MISSING: "these are two matrices a layer, which the table has (or twice what is missing)",
    3 * _MISSING: "this is the whole feed-forward, of whose three matrices the table has two",
    4 * _MISSING: "this is in bytes (4 each in float32), not a count",
    _EMBEDDING: "this is the embedding (or the output matrix), which the table has",
    2 * _EMBEDDING: "this is embedding and output, which the table has",
    _ATTENTION: "this is the attention, which the table has (or d_ff is taken for 4 * d_model)",
    _ATTENTION // _L: "this is the attention of one layer, which the table has",
    _ATTENTION // 4: "this is one attention matrix in each layer, which the table has",
    _D**2: "this is one attention matrix, which the table has",
    _COUNTS["norms"]: "these are the norms, which the table has",
    _MISSING + _EMBEDDING: "the table is taken with a tied output (5,164,503,040)",
    _MISSING - _EMBEDDING: "the model is taken with a tied output (6,607,343,616)",
    _TABLE - _EMBEDDING: "this is the table with a tied output",
    _MODEL - _EMBEDDING: "this is the model with a tied output",
    _L * _D * (_D * 8 // 3): "d_ff is taken for 8/3 of d_model, but it is 11,008",
    _WIDER: "this is what a d_ff of 4 * d_model would add, but it is 11,008",
    2 * _WIDER: "this is what a d_ff of 4 * d_model would add to two matrices, but it is 11,008",
    _MISSING + _L * _F: "biases are counted, but Llama 2 has none",
    _MISSING + _L * _D: "d_model more a layer are counted, biases (there are none) or norms",
    _MISSING + _D: "the weights of a norm are counted too, which the table has",
    _MISSING + _COUNTS["norms"]: "the weights of norms are counted too, which the table has",
    _MISSING + _MATRIX: "33 layers are counted, but Llama 2 7B has 32 (n_layers)",
    _MISSING - _MATRIX: "31 layers are counted, but Llama 2 7B has 32 (n_layers)",
    _LLAMA.n_heads * _MISSING: "the number of heads is multiplied in, but a feed-forward has none",
    _L * _F: "the factor d_model is missing, a matrix has d_model * d_ff weights",
    _L * _D: "the factor d_ff is missing, a matrix has d_model * d_ff weights",
    _L * _F**2: "the third matrix is taken for (d_ff, d_ff), but it is (d_model, d_ff)",
    7_000_000_000 - _TABLE: "7 billion is the model's name, not its size",
    7_000_000_000 - _MODEL: "7 billion is the model's name, not its size, and a total is no part",
    0: "nothing is missing, says this answer, but the two totals differ",
}
_NUMBERS = [(number, f"{said}. {_ASKED}") for number, said in _SAID.items()]


def _as_given(answer: Any) -> Any:
    """The answer is a number, so there is nothing to call."""
    if answer is None or answer is Ellipsis:
        raise NotImplementedError
    return answer


def _near(*scales: float) -> Callable[..., bool]:
    """A number that is right to a twentieth, times one of these."""
    return lambda got, expected: any(abs(got * s - expected) <= 0.05 * expected for s in scales)


def _share(got: Any, expected: int) -> bool:
    shares = (expected / _MODEL, expected / _TABLE)
    return isinstance(got, float) and any(abs(got / s - x) < 0.01 for s in (1, 100) for x in shares)


def _is_float(number: int) -> Callable[..., bool]:
    return lambda got, expected: isinstance(got, float) and got == number


_SEEN_IN_COUNT: dict[str, Callable[..., bool]] = {
    "it is a tensor, an array, a text or a bool: give an int": comes_back(*_NO_NUMBER, bool),
    "these are several values: give one int, their sum": comes_back(list, tuple, dict),
    "it is a function: assign the number itself": lambda got, _: callable(got),
    f"the number is right, but it is a float: {_NO_FLOAT}": _is_float(_MISSING),
    "the number is close but not exact: take exact counts, no rounded ones and no approximation "
    f"(such as 6.7 billion). {_ASKED}": _near(1),
    f"a digit is missing, or there is one too many: it has ten. {_ASKED}": _near(10, 0.1),
    f"this is in thousands, millions or billions. {_ASKED}": _near(10**3, 10**6, 10**9),
    f"this is a share (a ratio or percentage), not a count. {_ASKED}": _share,
    "it is a float: a count is a whole number (int)": comes_back(float, np.floating),
    _ASKED: comes_back(int, np.integer),
}

check_missing_parameters = EXERCISE.check(
    "missing_parameters",
    visible=1,
    hidden=1,
    arguments=(),
    reference=_MISSING,
    procedure=_as_given,
    expects="an int: what the model has and the table leaves out",
    mistakes=(
        *(Rewrite(said, number) for number, said in _NUMBERS),
        *(Seen(said, _is_float(number)) for number, said in _NUMBERS),
        *sightings(_SEEN_IN_COUNT),
    ),
)

EXERCISE.contract(
    "missing_parameters",
    {"how many parameters of the model the table leaves out": check_missing_parameters},
)
