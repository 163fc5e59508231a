"""Exercise 6-parameters: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor

from checks.check import Check, Exercise
from checks.mistakes import Rewrite, Wrong, edits
from checks.seen import Predicate, comes_back, raised
from reference import counting as parameters

EXERCISE = Exercise(
    "6-parameters",
    {
        "linear_parameters": (1, 1),
        "attention_parameters": (1, 3),
        "feed_forward_parameters": (1, 2),
        "transformer_parameters": (2, 4),
        "missing_parameters": (1, 1),
    },
    written=5,
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests

_NO_NUMBER = (Tensor, np.ndarray, str)
_NO_FLOAT = "counts are whole numbers (int); divide with //, not with /, multiply by no float"
_IN_BYTES = {("return -> return 2 *", "return -> return 4 *"): "all is counted twice, or in bytes"}
_ANY = _IN_BYTES | {"bias=False -> bias=True": "the default is wrong: bias is False unless given"}
_ORDER = "the parameters are taken in another order: any may be given by position"


def _number(no_more: str) -> dict[str, Predicate]:
    """What can be seen of a result that should be an int, where nothing else is known."""
    return {
        f"the result is a float: {_NO_FLOAT}": comes_back(float, np.floating),
        "the result is a tensor, an array or a text: give an int": comes_back(*_NO_NUMBER),
        "several numbers come back: give one int, their sum": comes_back(list, tuple, dict),
        f"too many are counted: {no_more}": lambda got, n, *_, **__: got > n,
        "too few are counted: a matrix or a bias is left out": lambda got, n, *_, **__: got < n,
    }


def _calls(check: Check, *calls: Sequence[Any], biases: Any = ((False,), (), (True,))) -> Any:
    """A hidden case: calls of an answer, each with bias=False, without bias and with bias=True."""
    return lambda answer: [check(answer, *call, *bias) for call in calls for bias in biases]


# --- linear_parameters ---------------------------------------------------------------------


def _linear(d_in: int, d_out: int, bias: bool = True) -> int:
    w = d_in * d_out
    bs = d_out
    b = bias
    n = w + b * bs
    return n


check_linear_parameters = EXERCISE.check(
    "linear_parameters",
    reference=parameters.linear_parameters,
    text=[_linear],
    expects="an int: d_in * d_out weights, and d_out biases unless bias is False",
    wrong={
        "there is one bias for each output, d_out of them, and none with bias=False": {
            ("bs = d_in", "n = w + d_in"): "d_in of them are counted",
            "bs = d_in + d_out": "d_in + d_out biases are counted",
            "bs = 1": "a single one is counted",
            "bs = w": "a bias is counted for each weight",
            "bs = 2 * d_out": "the biases are counted twice",
            "bs = d_in + 1 + d_out": "(d_in + 1) * (d_out + 1) is d_in + 1 too many",
            "bs = -d_out": "the biases are taken off",
            "n = w * (b * bs or 1)": "the bias multiplies, though it is added",
            ("b = 0", "b = not bias"): "biases are forgotten (or bias is read the wrong way round)",
            "b = 1": "biases are always counted",
            "bias=True -> bias=False": "the default is wrong (bias is True unless given)",
        },
        "the matrix has d_in * d_out weights": {
            "w = 0": "only the biases are counted",
            ("w = d_in**2", "w = d_out**2"): "the matrix is taken for a square one",
            "w = 2 * d_in * d_out": "the matrix is counted twice (forward and transposed)",
            ("w = d_in + d_out", "n = d_in + d_out"): "the sizes are added",
        },
        "": _IN_BYTES,
    },
    seen=_number("there are weights and biases, no more"),
)

calls = partial(_calls, check_linear_parameters)
EXERCISE.cases["linear_parameters"] = {
    "weights, and biases if any": calls((7, 11), (12, 7), (384, 1536)),
    "a single input or output": calls((1, 9), (9, 1), (1, 1)),
    "as many inputs as outputs": calls((6, 6)),
    "layers of Llama 2": calls((4096, 11008), (11008, 4096)),
}


# --- attention_parameters ------------------------------------------------------------------


def _attn(d: int, n: int, n_kv_heads: Any = None, d_head: Any = None, bias: Any = False) -> int:
    kv = n if n_kv_heads is None else n_kv_heads
    h = d // n if d_head is None else d_head
    e = h
    q = n * e
    k = kv * e
    v = kv * e
    o = n * h
    bs = q + k + v + d
    b = bool(bias)  # a size, where the arguments are in another order
    qkvo = d * (q + k + v + o)
    s = qkvo + b * bs
    at = s
    return at


# What may also go wrong where a model's sizes are passed on.
_ATTENTION_IGNORES: Mapping[Any, str] = {
    "kv = n": "n_kv_heads (grouped-query attention) is ignored, W_k and W_v have n_heads too",
    "h = d // n": "d_head is ignored, n_heads * d_head need not be d_model",
    "kv = n; h = d // n": "all four matrices are taken for (d_model, d_model), 4 * d_model**2",
    "b = 0": "attention ignores bias, biases are forgotten where bias is True",
    ("b = 1", "b = not bias"): "in attention biases are always counted (or bias is inverted)",
    "kv = n; h = d // n; b = 0": "attention ignores bias, n_kv_heads and d_head",
}
_IN_ATTENTION: Wrong = {
    "attention has four matrices, W_q, W_k, W_v and W_o": {
        "o = 0": "W_o is forgotten (or W_q is)",
        "v = 0": "W_k and W_v are counted as one matrix",
        "k = 0; v = 0": "W_k and W_v are forgotten",
        "k = 0; v = 0; o = 0": "a single matrix is counted",
        ("o = n * h + 8 * d", "o = n * h + 4 * d"): "the feed-forward is counted in",
    },
    "n_heads heads share out d_model and don't change the count (unless d_head is given)": {
        "h = d // kv if d_head is None else d_head": "d_head is taken for d_model // n_kv_heads",
        ("at = n * s", "e = d", "kv = n; e = d"): "all is multiplied by the number of heads",
        ("at = s // n", "at = 4 * d * (d + b) // n"): "all is divided by the number of heads",
        ("kv = 1; q = h", "kv = 1; q = h; o = h"): "one head only (divided by the number of heads)",
    },
    "W_o has n_heads * d_head rows, W_q has as many columns, W_k and W_v n_kv_heads * d_head": {
        "v = n * h": "only W_k (or only W_v) is smaller, the other one has n_heads",
        "q = kv * h": "W_q is smaller too (or W_o is smaller too)",
        "q = kv * h; o = kv * h": "all four matrices are smaller",
        "kv = n if n_kv_heads is None else n // n_kv_heads": "n_heads // n_kv_heads heads are used",
        ("kv = 1", "kv = n if n_kv_heads is None else 1"): "for n_kv_heads a single one is taken",
        "kv = n_kv_heads or 0": "n_kv_heads=None, which means n_heads, is taken for none",
        "k = kv * d; v = kv * d": "W_k and W_v have d_model features for each head",
        "k = kv; v = kv": "W_k and W_v have n_kv_heads features in all",
        "o = d": "d_head is ignored in one of W_q and W_o",
        "q = d; o = d": "d_head is ignored in W_q and W_o",
        "k = kv * (d // n); v = kv * (d // n)": "d_head is ignored in W_k and W_v",
        "qkvo = h * (q + k + v) + d * o": "matrices are taken for (d_head, d_head)",
    },
    "W_q has n_heads * d_head of them, W_k and W_v n_kv_heads * d_head each, W_o d_model": {
        "bs = q + k + v": "biases are miscounted, the one of W_o is forgotten",
        "bs = 4 * d": "biases are miscounted, d_model are counted for each of the four",
        "bs = 3 * n * h + d": "biases are miscounted, W_k and W_v get as many as W_q",
        "bs = q + k + v + o": "biases are miscounted, W_o gets the number of its inputs",
        "bs = 3 * d + o": "biases are miscounted, each layer gets as many as it has inputs",
        "bs = 4": "biases are miscounted, each layer gets a single one",
        ("bs = k + v + d", "bs = d"): "biases are miscounted, W_q has none",
        ("bs = q + k + d", "bs = q + d"): "biases are miscounted, W_k or W_v has none",
    },
}
check_attention_parameters = EXERCISE.check(
    "attention_parameters",
    reference=parameters.attention_parameters,
    text=[_attn],
    expects="an int: W_q (d_model, n_heads * d_head), W_k and W_v (d_model, n_kv_heads * d_head), "
    "W_o (n_heads * d_head, d_model), and where bias is True one bias for each output",
    wrong={
        "n_kv_heads, d_head and bias all matter": _ATTENTION_IGNORES,
        **_IN_ATTENTION,
        "": {
            "n_kv_heads=None, d_head -> d_head=None, n_kv_heads": _ORDER,
            "d_head=None, bias=False -> bias=False, d_head=None": _ORDER,
            **_ANY,
        },
    },
    seen={
        "the defaults are not handled, which are None": raised("TypeError", says="None"),
        **_number("scores, softmax and RoPE have none, norms are counted elsewhere"),
    },
)

calls = partial(_calls, check_attention_parameters)
EXERCISE.cases["attention_parameters"] = {
    "n_kv_heads heads of keys and values": calls((40, 8, 4, None), (40, 8, 8, None)),
    "d_head that is given": calls((20, 4, None, 7), (10, 4, None, 3)),
    "n_kv_heads and d_head": calls((20, 4, 2, 7), (18, 6, 1, 5), (10, 4, 2, 3)),
    "as many heads of keys and values as of queries": calls((40, 8, 8, 5)),
    "a single head": calls((16, 1, None, None), (16, 1, 1, 16)),
    "layers of GPT-2 and Llama 2 7B": calls((768, 12, None, None, True), (4096, 32), biases=[()]),
    "groups as in Llama 2 70B": calls((8192, 64, 8), (576, 9, 3), (2048, 32, 4), biases=[()]),
    "d_head where it is given, as in Gemma": calls((2048, 8, 1, 256), (3072, 16, None, 256)),
}


# --- feed_forward_parameters ---------------------------------------------------------------


def _feed_forward(i: int, f: int, gated: bool = False, bias: bool = False) -> int:
    m = i * f
    g = gated
    gate = g * m
    w = 2 * m + gate
    cs = f + g * f + i
    c = bias
    ff = w + c * cs
    return ff


_FEED_FORWARD_IGNORES: Mapping[Any, str] = {
    ("g = 0", "gate = 0"): "feed_forward ignores gated, SwiGLU has three, not two matrices",
    ("g = 1", "gate = m", "g = not gated"): (
        "feed_forward ignores gated, three matrices are always counted (or the wrong way round)"
    ),
    "f = 4 * i; m = i * f": "d_ff is ignored (4 * d_model is taken)",
    "c = 0": "feed_forward ignores bias, biases are forgotten where bias is True",
    ("c = 1", "c = not bias"): "in feed_forward biases are always counted (or bias is inverted)",
    "g = 0; c = 0": "feed_forward ignores gated and bias",
}
_IN_FEED_FORWARD: Wrong = {
    "up is (d_model, d_ff), down is (d_ff, d_model), and SwiGLU (gated) has a gate like up": {
        ("gate = 2 * g * m", "gate = 2 * g * m; cs = (1 + g) * (f + i)"): "a gate makes it four",
        "gate = -g * m": "a single one is counted with a gate",
        "gate = g * i * i; cs = f + g * i + i": "the gate is taken for (d_model, d_model)",
        "gate = g * f * f": "the gate is taken for (d_ff, d_ff)",
        "gate = g * f; cs = f + i": "the gate is taken for d_ff numbers",
        "f = 2 * f // 3 if gated else f; m = i * f": "d_ff is reduced to two thirds",
        "w = m + gate": "one matrix is missing",
        "w = m": "a single matrix is counted",
        ("m = f * f", "m = i * i"): "the matrices are taken for square ones",
        "m = i + f": "the sizes are added",
        "f = i; m = i * f": "d_ff is ignored (d_model is taken)",
    },
    "up has d_ff of them, the gate d_ff where there is one, down d_model": {
        "cs = f + i": "biases are miscounted, the gate has none",
        ("cs = f + g * f", "cs = f"): "biases are miscounted, down (d_model) is forgotten",
        "cs = i": "biases are miscounted, the ones of up and gate (d_ff) are forgotten",
        "c = bias and not gated": "biases are miscounted, with a gate there are none",
        "cs = i + g * i + f": "biases are miscounted, each as many as it has inputs",
        "cs = (2 + g) * i": "biases are miscounted, each layer gets d_model",
        "cs = (2 + g) * f": "biases are miscounted, each layer gets d_ff",
        "cs = 2 + g": "biases are miscounted, each layer gets a single one",
        "cs = 2 * f + i": "biases are miscounted, the gate's are counted without a gate, too",
    },
}
check_feed_forward_parameters = EXERCISE.check(
    "feed_forward_parameters",
    reference=parameters.feed_forward_parameters,
    text=[_feed_forward],
    expects="an int: up (d_model, d_ff) and down (d_ff, d_model), where gated is True a third "
    "matrix, the gate (d_model, d_ff), and where bias is True one bias for each output",
    wrong={
        "d_ff, gated and bias all matter": _FEED_FORWARD_IGNORES,
        **_IN_FEED_FORWARD,
        "": {
            "gated=False -> gated=True": "the default is wrong: gated is False unless given",
            "gated=False, bias -> bias=False, gated": _ORDER,
            **_ANY,
        },
    },
    seen=_number("there are up, down and the gate; norms are counted elsewhere"),
)

calls = partial(_calls, check_feed_forward_parameters)
EXERCISE.cases["feed_forward_parameters"] = {
    "gated or not": calls((7, 19, False), (7, 19, True), (8, 32, False), (8, 32, True)),
    "d_ff no larger than d_model": calls((30, 11, False), (30, 11, True), (6, 6, True)),
    "a single feature": calls((1, 9, False), (1, 9, True), (9, 1, False), (9, 1, True)),
    "layers of GPT-2 XL and Llama": calls((1600, 6400, False), (2048, 8192, True)),
    "three matrices if gated": calls((2048, 5632, True), (576, 1536, True), (896, 4864, True)),
}


# --- transformer_parameters ----------------------------------------------------------------


def _transformer(c: Any) -> dict[str, int]:
    V, D, L, P = (c.vocab_size, c.d_model, c.n_layers, c.n_positions)
    tied = c.tied_embeddings
    embedding = V * D
    positions = P * D
    attention = L * _attn(D, c.n_heads, c.n_kv_heads, c.d_head, c.bias)
    feed_forward = L * _feed_forward(D, c.d_ff, c.gated, c.bias)
    layer = c.norm == "layer"
    norm = D + layer * D
    N = 2 * L + 1
    norms = N * norm
    W = V * D
    output = 0 if tied else W
    parts = {"embedding": embedding, "positions": positions, "attention": attention}
    parts |= {"feed_forward": feed_forward, "norms": norms, "output": output}
    total = sum(parts.values())
    return parts | {"total": total}


# What goes wrong in one entry; the parts that are most often wrong first.
_IN_PARTS: Wrong = {
    "pass config.d_ff, config.gated and config.bias on": _FEED_FORWARD_IGNORES,
    "pass config.n_kv_heads, config.d_head and config.bias on": _ATTENTION_IGNORES,
    "multiply by n_layers": {
        "L * _feed -> _feed": "one layer is counted instead of n_layers, for feed_forward",
        "L * _attn -> _attn": "one layer is counted instead of n_layers, for attention",
    },
    'two norms a layer and a final one have d_model weights, with norm="layer" as many biases': {
        ("N = L + 1", "N = L"): "of norms only one a layer is counted",
        "N = 2 * L": "of the norms the final one is forgotten",
        ("N = 1", "N = 2", "N = 3"): "in norms the number of layers is missing",
        "N = 2 * L + 2": "one norm too many is counted (one after the embedding)",
        ("N = 3 * L", "N = 3 * L + 1", "N = 4 * L + 1"): "too many norms a layer are counted",
        "N = 0": "norms are not counted at all",
        ("layer = 0; N = 2 * L", "layer = 1; N = 2 * L"): "final norm and config.norm are ignored",
        "layer = c.bias": 'norms go by config.bias and not by config.norm == "layer"',
        "layer = False": "the biases of layer norm are forgotten",
        "layer = True": "biases are counted for an RMS norm, which has none",
        "norm = 1 + layer": "weight and bias of a norm are one number each",
        ("norm = D + 1", "norm = D + layer"): "a norm has only one bias",
    },
    "embedding and output are vocab_size * d_model each, without a bias; output is 0 where tied": {
        "tied = False": "output is counted although config.tied_embeddings is True",
        "tied = True": "output is 0 although config.tied_embeddings is False",
        "tied = not c.tied_embeddings": "config.tied_embeddings is read the wrong way round",
        ("W = V * D + V", "W = V * D + V * c.bias", "W = V * D + D"): "in output a bias is counted",
        "output = V if tied else V * D": "in output only a bias is counted where it is tied",
        ("W = D**2", "W = D"): "in output vocab_size is missing",
        "embedding = (V + P) * D": "in embedding the positions are counted in",
        "embedding = V": "in embedding the factor d_model is missing",
        ("embedding = V * D + D", "embedding = V * D + V"): "in embedding a bias is counted",
        "embedding = 2 * V * D": "embedding is counted twice, as if output were no entry",
        "embedding = 0 if tied else V * D": "embedding is 0 where tied, though output is then 0",
        "embedding = L * V * D": "embedding is multiplied by the number of layers",
        "embedding = V + D": "in embedding the sizes are added",
    },
    "they are n_positions * d_model, a learned vector for each": {
        "positions = 0": "positions are not counted at all",
        "positions = P": "in positions the factor d_model is missing",
        "positions = L * P * D": "positions are counted for each layer",
        "positions = P * (c.d_head or D // c.n_heads)": "in positions d_head is taken for d_model",
        "positions = D": "in positions only d_model is counted",
        "positions = V * D": "in positions vocab_size is taken for n_positions",
        "positions = (P or 1024) * D": "positions are counted where n_positions is 0",
    },
    **_IN_FEED_FORWARD,
    **_IN_ATTENTION,
}
_PARTS = ("embedding", "positions", "attention", "feed_forward", "norms", "output", "total")
_NAMED = {"embedding": "embedding (or output, as large)"} | {part: part for part in _PARTS[1:5]}
_PAIRS = (("embedding", "output"), ("embedding", "positions"), ("norms", "positions"))
_SUM = "total = sum(parts.values())"
_KEYS = f"the keys are {', '.join(_PARTS)}, also where a count is 0"


def _as_in(message: str) -> Predicate:
    """Entries as an edit of this message gives them, whatever the others are."""

    def when(got: Any, right: Mapping[str, int], config: Any) -> bool:
        known = check_transformer_parameters.implementations
        given = [w(config).items() - right.items() for edit, w in known if edit.message == message]
        changed = [{(key, n) for key, n in entries if key != "total"} for entries in given]
        return any(entries and entries <= got.items() for entries in changed)

    return when


check_transformer_parameters = EXERCISE.check(
    "transformer_parameters",
    reference=parameters.transformer_parameters,
    text=[_attn, _feed_forward, _transformer],
    expects="a dict of ints: embedding, positions, attention, feed_forward (of all layers), norms "
    "(two a layer and a final one), output (0 where tied, never a bias), total (their sum)",
    wrong={
        **_IN_PARTS,
        "it is the sum of all six parts, each once": {
            **{f"{_SUM} - {part}": f"the total leaves out {it}" for part, it in _NAMED.items()},
            **{f"{_SUM} + {part}": f"the total counts {it} twice" for part, it in _NAMED.items()},
            **{f"{_SUM} - {a} - {b}": f"the total leaves out {a} and {b}" for a, b in _PAIRS},
            f"{_SUM} * 2": "the total includes itself, so that all is counted twice",
            "total = 0": "the total is 0 or was taken before the parts were added",
        },
    },
    seen={
        "only the total comes back: return the dict": lambda got, right, _: got == right["total"],
        "one number comes back: return the dict": comes_back(int, float, np.number),
        f"a list or tuple comes back: return a dict; {_KEYS}": comes_back(list, tuple),
        f"a key is missing or has another name: {_KEYS}": lambda got, n, _: not set(n) <= set(got),
        f"an entry is no int but a float, a tensor, an array or a text: {_NO_FLOAT}": (
            lambda got, right, _: not all(isinstance(got[key], int | np.integer) for key in right)
        ),
        **{edit.message: _as_in(edit.message) for edit in edits(_IN_PARTS)},
        "a count is negative: parameters are added": lambda got, *_: min(got.values()) < 0,
        "config has attributes, such as config.d_ff": raised("TypeError", says="ModelConfig"),
        "config.n_kv_heads and config.d_head may be None": raised("TypeError", says="NoneType"),
        "the entry that is named above is wrong, those before it are right": comes_back(dict),
    },
)


def _models(*models: str | dict[str, Any]) -> Callable[[Any, Any], Any]:
    """A hidden case: models by name, or small ones with these fields."""
    # None is so large that an answer could not build one of its layers and count.
    small = {"vocab_size": 101, "d_model": 24, "n_layers": 3, "n_heads": 4, "d_ff": 50}
    given = [vars(parameters.CONFIGS[m]) if isinstance(m, str) else small | m for m in models]
    return lambda f, Config: [check_transformer_parameters(f, Config(**some)) for some in given]


EXERCISE.cases["transformer_parameters"] = {
    "n_kv_heads, d_head and bias": _models(
        {"n_kv_heads": 2, "d_head": 5, "bias": True, "norm": "layer"},
        {"n_kv_heads": 1, "d_head": 9, "gated": True, "norm": "layer", "n_positions": 5},
    ),
    "n_kv_heads or d_head": _models({"n_kv_heads": 2, "bias": True}, {"d_head": 9, "bias": True}),
    "gated and bias": _models({"gated": True, "bias": True}, {"gated": True}, {"bias": True}),
    "the defaults, or norm alone": _models({}, {"norm": "layer"}),
    "an output that is tied": _models({"tied_embeddings": True}),
    "learned positions": _models({"n_positions": 17}),
    "a single layer": _models({"n_layers": 1, "gated": True}),
    "models such as GPT-2": _models("GPT-2 small", "GPT-2 medium", "GPT-2 large", "GPT-2 XL"),
    "models such as Llama 2": _models("Llama 2 7B", "Llama 2 13B", "stories260K", "stories15M"),
    "models such as Llama 3": _models("Llama 3 8B", "Llama 3.2 1B", "Mistral 7B v0.3"),
    "models such as SmolLM2": _models("SmolLM2 135M", "SmolLM2 360M", "TinyLlama 1.1B"),
    "models such as Gemma": _models("Gemma 2B", "Gemma 7B", "Pythia 70M", "Pythia 410M"),
}


# --- missing_parameters --------------------------------------------------------------------

_LLAMA = parameters.CONFIGS["Llama 2 7B"]
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

# What the learner should hear of numbers that come of a known slip.
_SAID: dict[tuple[int, ...], str] = {
    (-_MISSING,): "the sign is flipped (negative), take the table's total from the model's",
    (_MODEL,): "this is the model's total",
    (_TABLE,): "this is what the table adds up to",
    (_MODEL + _TABLE,): "the two totals are added, but it is their difference",
    (_MATRIX, 2 * _MATRIX, 3 * _MATRIX): "this is a matrix (or two or three) of one layer only",
    (2 * _MISSING,): "these are the two matrices that the table has (or twice what is missing)",
    (3 * _MISSING,): "this is the whole feed-forward, of whose three matrices the table has two",
    (4 * _MISSING,): "this is in bytes (4 each in float32), not a count",
    (_EMBEDDING,): "this is the embedding (or the output matrix), which the table has",
    (2 * _EMBEDDING,): "this is embedding and output, which the table has",
    (_ATTENTION,): "this is the attention, which the table has (or d_ff is taken for 4 * d_model)",
    (_ATTENTION // _L,): "this is the attention of one layer, which the table has",
    (_D**2, _L * _D**2): "this is one attention matrix (of each layer), which the table has",
    (_COUNTS["norms"],): "these are the norms, which the table has",
    (_MISSING + _EMBEDDING, _TABLE - _EMBEDDING): "the table is taken with a tied output",
    (_MISSING - _EMBEDDING, _MODEL - _EMBEDDING): "the model is taken with a tied output",
    (_L * _D * (_D * 8 // 3),): "d_ff is taken for 8/3 of d_model, but it is 11,008",
    (_WIDER, 2 * _WIDER): "this is what a d_ff of 4 * d_model would add, but it is 11,008",
    (_MISSING + _L * _F,): "biases are counted, but Llama 2 has none",
    (_MISSING + _L * _D,): "d_model more a layer are counted, biases (there are none) or norms",
    (_MISSING + _D, _MISSING + _COUNTS["norms"]): "norms are counted too, which the table has",
    (_MISSING + _MATRIX, _MISSING - _MATRIX): "31 or 33 layers are counted, but Llama 2 7B has 32",
    (
        _LLAMA.n_heads * _MISSING,
    ): "the number of heads is multiplied in (the feed-forward has none)",
    (_L * _F,): "the factor d_model is missing, a matrix has d_model * d_ff weights",
    (_L * _D,): "the factor d_ff is missing, a matrix has d_model * d_ff weights",
    (_L * _F**2,): "the third matrix is taken for (d_ff, d_ff), but it is (d_model, d_ff)",
    (7 * 10**9 - _TABLE, 7 * 10**9 - _MODEL): "7 billion is the model's name, not its size",
    (0,): "nothing is missing, says this answer, but the two totals differ",
}


def _as_given(answer: Any) -> Any:
    """The answer is a number, so there is nothing to call."""
    if answer is None or answer is Ellipsis:
        raise NotImplementedError
    return answer


def _near(*scales: float) -> Predicate:
    """A number that is right to a twentieth, times one of these."""
    return lambda got, expected: any(abs(got * s - expected) <= 0.05 * expected for s in scales)


def _is(*numbers: int) -> Predicate:
    """One of these as a float."""
    return lambda got, _: isinstance(got, float) and got in numbers


check_missing_parameters = EXERCISE.check(
    "missing_parameters",
    reference=_MISSING,
    arguments=(),
    procedure=_as_given,
    expects="an int: what the model has and the table leaves out",
    mistakes=[Rewrite(f"{said}. {_ASKED}", n) for numbers, said in _SAID.items() for n in numbers],
    seen={
        **{f"{said}. {_ASKED}": _is(*numbers) for numbers, said in _SAID.items()},
        "it is a tensor, an array, a text or a bool: give an int": comes_back(*_NO_NUMBER, bool),
        "these are several values: give one int, their sum": comes_back(list, tuple, dict),
        "it is a function: assign the number itself": lambda got, _: callable(got),
        f"the number is right, but it is a float: {_NO_FLOAT}": _is(_MISSING),
        f"the number is close: take exact counts, no approximation. {_ASKED}": _near(1),
        f"a digit is missing, or there is one too many: it has ten. {_ASKED}": _near(10, 0.1),
        f"this is in thousands, millions or billions. {_ASKED}": _near(10**3, 10**6, 10**9),
        f"this is a share, no count. {_ASKED}": _near(_MODEL, _TABLE, _MODEL / 100, _TABLE / 100),
        "it is a float: a count is a whole number (int)": comes_back(float, np.floating),
        _ASKED: comes_back(int, np.integer),
    },
)

EXERCISE.cases["missing_parameters"] = {"what the table leaves out": check_missing_parameters}
