"""The parameters of a linear layer: what often goes wrong, and hidden cases."""

from __future__ import annotations

from functools import partial

from checks.drawn import a_size
from checks.parameters.counts import IN_BYTES, case_of, number
from checks.parameters.exercise import EXERCISE
from reference import counting as parameters

check_linear_parameters = EXERCISE.check(
    "linear_parameters",
    reference=parameters.linear_parameters,
    expects="an int: d_in * d_out weights, and d_out biases unless bias is False",
    wrong={
        "there is one bias for each output, d_out of them, and none with bias=False": {
            ("d_out if -> d_in if", "return weights + d_in"): "d_in of them are counted",
            "d_out if -> d_in + d_out if": "d_in + d_out biases are counted",
            "d_out if -> 1 if": "a single one is counted",
            "d_out if -> weights if": "a bias is counted for each weight",
            "d_out if -> 2 * d_out if": "the biases are counted twice",
            "d_out if -> d_in + 1 + d_out if": "(d_in + 1) * (d_out + 1) is d_in + 1 too many",
            "d_out if -> -d_out if": "the biases are taken off",
            "return weights * (biases or 1)": "the bias multiplies, though it is added",
            (
                "biases = 0",
                "if bias -> if not bias",
            ): "biases are forgotten (or bias is read the wrong way round)",
            "biases = d_out": "biases are always counted",
            "bias=True -> bias=False": "the default is wrong (bias is True unless given)",
        },
        "the matrix has d_in * d_out weights": {
            "weights = 0": "only the biases are counted",
            ("weights = d_in**2", "weights = d_out**2"): "the matrix is taken for a square one",
            "weights = 2 * d_in * d_out": "the matrix is counted twice (forward and transposed)",
            ("weights = d_in + d_out", "return d_in + d_out"): "the sizes are added",
        },
        "": {("return 2 * (weights + biases)", "return 4 * (weights + biases)"): IN_BYTES},
    },
    seen=number("there are weights and biases, no more"),
)

calls = partial(case_of, check_linear_parameters)
EXERCISE.cases["linear_parameters"] = {
    "weights, and biases if any": calls((7, 11), (12, 7), (384, 1536)),
    "a single input or output": calls((1, 9), (9, 1), (1, 1)),
    "as many inputs as outputs": calls((6, 6)),
    "layers of Llama 2": calls((4096, 11008), (11008, 4096)),
    "any sizes": lambda f: [calls((a_size(3, 99), a_size(3, 99)))(f) for _ in range(4)],
}
