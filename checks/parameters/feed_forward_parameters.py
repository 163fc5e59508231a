"""The parameters of a feed-forward: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from checks.drawn import a_size
from checks.mistakes import Wrong
from checks.parameters.counts import ANY, BIASES, ORDER, case_of, number
from checks.parameters.exercise import EXERCISE
from reference import counting as parameters


def plain_feed_forward(i: int, f: int, gated: bool = False, bias: bool = False) -> int:
    m = i * f
    g = gated
    gate = g * m
    w = 2 * m + gate
    cs = f + g * f + i
    c = bias
    ff = w + c * cs
    return ff


FEED_FORWARD_IGNORES: Mapping[Any, str] = {
    ("g = 0", "gate = 0"): "feed_forward ignores gated, SwiGLU has three, not two matrices",
    ("g = 1", "gate = m", "g = not gated"): (
        "feed_forward ignores gated, three matrices are always counted (or the wrong way round)"
    ),
    "f = 4 * i; m = i * f": "d_ff is ignored (4 * d_model is taken)",
    "c = 0": "feed_forward ignores bias, biases are forgotten where bias is True",
    ("c = 1", "c = not bias"): "in feed_forward biases are always counted (or bias is inverted)",
    "g = 0; c = 0": "feed_forward ignores gated and bias",
}
IN_FEED_FORWARD: Wrong = {
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
        "cs = i + g * i + f": "biases are miscounted, each as many as it has inputs (or "
        "the gate is taken to be like down)",
        "cs = (2 + g) * i": "biases are miscounted, each layer gets d_model",
        "cs = (2 + g) * f": "biases are miscounted, each layer gets d_ff",
        "cs = 2 + g": "biases are miscounted, each layer gets a single one",
        "cs = 2 * f + i": "biases are miscounted, the gate's are counted without a gate, too",
    },
}
check_feed_forward_parameters = EXERCISE.check(
    "feed_forward_parameters",
    reference=parameters.feed_forward_parameters,
    text=[plain_feed_forward],
    expects="an int: up (d_model, d_ff) and down (d_ff, d_model), where gated is True a third "
    "matrix, the gate (d_model, d_ff), and where bias is True one bias for each output",
    wrong={
        "d_ff, gated and bias all matter": FEED_FORWARD_IGNORES,
        **IN_FEED_FORWARD,
        "": {
            "gated=False -> gated=True": "the default is wrong: gated is False unless given",
            "gated=False, bias -> bias=False, gated": ORDER,
            **ANY,
        },
    },
    seen=number("there are up, down and the gate; norms are counted elsewhere"),
)

calls = partial(case_of, check_feed_forward_parameters)
EXERCISE.cases["feed_forward_parameters"] = {
    "gated or not": calls((7, 19, False), (7, 19, True), (8, 32, False), (8, 32, True)),
    "d_ff no larger than d_model": calls((30, 11, False), (30, 11, True), (6, 6, True)),
    "a single feature": calls((1, 9, False), (1, 9, True), (9, 1, False), (9, 1, True)),
    "layers of GPT-2 XL and Llama": calls((1600, 6400, False), (2048, 8192, True)),
    "three matrices if gated": calls((2048, 5632, True), (576, 1536, True), (896, 4864, True)),
    "any sizes": lambda f: [
        calls((a_size(3, 99), a_size(3, 99), *gated), biases=biases)(f)
        for gated, biases in (((), [()]), ((False,), BIASES), ((True,), BIASES))
    ],
}
