"""The parameters of a linear layer: what often goes wrong, and hidden cases."""

from __future__ import annotations

from functools import partial

from checks.parameters.counts import IN_BYTES, case_of, number
from checks.parameters.exercise import EXERCISE
from reference import counting as parameters


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
        "": IN_BYTES,
    },
    seen=number("there are weights and biases, no more"),
)

calls = partial(case_of, check_linear_parameters)
EXERCISE.cases["linear_parameters"] = {
    "weights, and biases if any": calls((7, 11), (12, 7), (384, 1536)),
    "a single input or output": calls((1, 9), (9, 1), (1, 1)),
    "as many inputs as outputs": calls((6, 6)),
    "layers of Llama 2": calls((4096, 11008), (11008, 4096)),
}
