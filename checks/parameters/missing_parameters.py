"""What a table leaves out, as one number: what often goes wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.mistakes import Rewrite
from checks.parameters.counts import NO_FLOAT, NO_NUMBER
from checks.parameters.exercise import EXERCISE
from checks.seen import Predicate, comes_back
from reference import counting as parameters

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
    "the table's 5,295,575,040. Your own count, row by row beside the table, shows where they are"
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
        "it is a tensor, an array, a text or a bool: give an int": comes_back(*NO_NUMBER, bool),
        "these are several values: give one int, their sum": comes_back(list, tuple, dict),
        "it is a function: assign the number itself": lambda got, _: callable(got),
        f"the number is right, but it is a float: {NO_FLOAT}": _is(_MISSING),
        f"the number is close: take exact counts, no approximation. {_ASKED}": _near(1),
        f"a digit is missing, or there is one too many: it has ten. {_ASKED}": _near(10, 0.1),
        f"this is in thousands, millions or billions. {_ASKED}": _near(10**3, 10**6, 10**9),
        f"this is a share, no count. {_ASKED}": _near(_MODEL, _TABLE, _MODEL / 100, _TABLE / 100),
        "it is a float: a count is a whole number (int)": comes_back(float, np.floating),
        _ASKED: comes_back(int, np.integer),
    },
)

EXERCISE.cases["missing_parameters"] = {"what the table leaves out": check_missing_parameters}
