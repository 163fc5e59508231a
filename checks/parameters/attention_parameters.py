"""The parameters of attention: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import Any

from checks.drawn import some_heads
from checks.mistakes import Wrong
from checks.parameters.counts import ANY, ORDER, case_of, number
from checks.parameters.exercise import EXERCISE
from checks.seen import raised
from reference import counting as parameters


def plain_attention(
    d: int, n: int, n_kv_heads: Any = None, d_head: Any = None, bias: Any = False
) -> int:
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
ATTENTION_IGNORES: Mapping[Any, str] = {
    "kv = n": "n_kv_heads (grouped-query attention) is ignored, W_k and W_v have n_heads too",
    "h = d // n": "d_head is ignored, n_heads * d_head need not be d_model",
    "kv = n; h = d // n": "all four matrices are taken for (d_model, d_model), 4 * d_model**2",
    "b = 0": "attention ignores bias, biases are forgotten where bias is True",
    ("b = 1", "b = not bias"): "in attention biases are always counted (or bias is inverted)",
    "kv = n; h = d // n; b = 0": "attention ignores bias, n_kv_heads and d_head",
}
IN_ATTENTION: Wrong = {
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
        "q = kv * h": "W_q is smaller too",
        "o = kv * h": "W_o is smaller too",
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
        "bs = 4 * n * h": "biases are miscounted, each layer gets as many as W_q",
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
    text=[plain_attention],
    expects="an int: W_q (d_model, n_heads * d_head), W_k and W_v (d_model, n_kv_heads * d_head), "
    "W_o (n_heads * d_head, d_model), and where bias is True one bias for each output",
    wrong={
        "n_kv_heads, d_head and bias all matter": ATTENTION_IGNORES,
        **IN_ATTENTION,
        "": {
            "n_kv_heads=None, d_head -> d_head=None, n_kv_heads": ORDER,
            "d_head=None, bias=False -> bias=False, d_head=None": ORDER,
            **ANY,
        },
    },
    seen={
        "the defaults are not handled, which are None": raised("TypeError", says="None"),
        **number("scores, softmax and RoPE have none, norms are counted elsewhere"),
    },
)

calls = partial(case_of, check_attention_parameters)
EXERCISE.cases["attention_parameters"] = {
    "n_kv_heads heads of keys and values": calls((40, 8, 4, None), (40, 8, 8, None)),
    "d_head that is given": calls((20, 4, None, 7), (10, 4, None, 3)),
    "n_kv_heads and d_head": calls((20, 4, 2, 7), (18, 6, 1, 5), (10, 4, 2, 3)),
    "as many heads of keys and values as of queries": calls((40, 8, 8, 5)),
    "a single head": calls((16, 1, None, None), (16, 1, 1, 16)),
    "layers of GPT-2 and Llama 2 7B": calls((768, 12, None, None, True), (4096, 32), biases=[()]),
    "groups as in Llama 2 70B": calls((8192, 64, 8), (576, 9, 3), (2048, 32, 4), biases=[()]),
    "d_head where it is given, as in Gemma": calls((2048, 8, 1, 256), (3072, 16, None, 256)),
    "any sizes": lambda f: [
        calls(tuple(some_heads(*kind).values()))(f) for kind in product((False, True), repeat=2)
    ],
}
