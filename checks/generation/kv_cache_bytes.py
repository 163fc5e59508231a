"""The size of a cache in bytes: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from torch import Tensor

from checks.check import all_of
from checks.drawn import a_model, a_size
from checks.generation.exercise import EXERCISE
from checks.seen import comes_back, says
from reference.counting import kv_cache_bytes

check_kv_cache_bytes = EXERCISE.check(
    "kv_cache_bytes",
    reference=kv_cache_bytes,
    expects="an int, in bytes: keys and values (2), in each of n_layers layers, n_kv_heads heads "
    "of d_head numbers at n_tokens positions",
    wrong={
        "count n_kv_heads key heads and as many value heads, n_heads where it is None": {
            "n_kv_heads = config.n_heads": "n_kv_heads is ignored (grouped-query attention)",
            "n_kv_heads = config.n_kv_heads or 1": "where n_kv_heads is None there is 1 key head",
            "n_kv_heads = config.n_heads // (config.n_kv_heads or 1)": "the size of a group, "
            "n_heads // n_kv_heads, is taken for the number of key heads",
            "n_kv_heads = config.n_heads + 2 * (config.n_kv_heads or config.n_heads); "
            "2 * config -> config": "queries are counted too",
            "n_kv_heads = config.n_heads + (config.n_kv_heads or config.n_heads)": "queries are "
            "counted, and twice",
        },
        "count d_head numbers a head and position, d_model // n_heads where d_head is None": {
            "d_head = config.d_model // config.n_heads": "config.d_head is ignored",
            "d_head = config.d_model // n_kv_heads": "n_kv_heads and d_head are ignored (or "
            "d_head is taken for d_model // n_kv_heads)",
            "d_head = config.d_head or config.d_model // n_kv_heads": "it is d_model // n_kv_heads",
            "d_head = config.d_model": "each head is taken to have d_model numbers",
        },
        "count keys and values, in each layer, for each token": {
            "2 * config -> config": "keys or values are left out (there are 2)",
            "2 * config -> 3 * config": "queries are counted too (3), which nothing asks for again",
            "config.n_layers * ->": "the layers are left out",
            "config.n_layers * -> config.n_layers ** 2 *": "the layers are multiplied in twice",
            "* n_tokens ->": "the tokens are left out",
            "* n_tokens -> * n_tokens ** 2": "n_tokens is squared, as if attention's weights "
            "were kept",
            "* n_tokens -> * (n_tokens - 1)": "the last token is left out",
            "* n_tokens -> * (n_tokens + 1)": "there is a token too many",
            "* n_kv_heads ->": "the heads are left out",
            "* n_tokens -> * (config.n_positions or n_tokens)": "n_positions is taken for n_tokens",
            ("* n_tokens -> * config.d_model", "* n_tokens -> * n_tokens * config.d_model"): "the "
            "weights of W_k and W_v (d_model rows) are counted, not the keys and values",
        },
        "give bytes, bytes_per_number for each number (2 unless given)": {
            "return numbers": "numbers come back, not bytes",
            "return numbers * 2": "bytes_per_number is ignored (2)",
            "return numbers * 4": "bytes_per_number is ignored (4)",
            "bytes_per_number=2 -> bytes_per_number=4": "the default of bytes_per_number is 4",
            "bytes_per_number=2 -> bytes_per_number=1": "the default of bytes_per_number is 1",
            "return numbers * bytes_per_number * 8": "bits come back, not bytes",
            "return numbers // bytes_per_number": "it is divided by bytes_per_number",
        },
        "give the exact int": {
            "return numbers * bytes_per_number // 2 ** 20": "MiB come back",
            "return numbers * bytes_per_number / 2 ** 20": "MiB come back",
        },
    },
    seen={
        "a float comes back: use // for whole numbers, and give an int": comes_back(float),
        "a tensor comes back: give an int, as int(…) makes one": comes_back(Tensor),
        "a multiplication or division with None: n_kv_heads and d_head may be None, which means "
        "n_heads and d_model // n_heads": says("NoneType"),
        "the signature is kv_cache_bytes(config, n_tokens, bytes_per_number=2)": says("argument"),
        "config is a ModelConfig: read its attributes, such as config.n_layers": says(
            "subscriptable", "attribute"
        ),
        "too many bytes: a factor is too large or there twice, or more is counted than keys and "
        "values (as queries or d_ff numbers)": lambda got, right, *_, **__: got > right,
        "too few bytes: a factor is left out": lambda got, right, *_, **__: got < right,
    },
)
"""`check_kv_cache_bytes(kv_cache_bytes, config, n_tokens, bytes_per_number=…)`."""

_SIZES = {"vocab_size": 1000, "d_model": 96, "n_layers": 5, "n_heads": 6, "d_ff": 200}


def _bytes(*cases: dict[str, Any], n_tokens: int = 37, **given: int) -> Callable[[Any, Any], Any]:
    return lambda f, config: [
        check_kv_cache_bytes(f, config(**_SIZES | case), n_tokens, **given) for case in cases
    ]


def _any_sizes(f: Any, config: Any) -> None:
    for grouped, own_size in product((False, True), repeat=2):
        for given in ({}, {"bytes_per_number": a_size(3, 9)}):
            some = config(**a_model(grouped, own_size), n_positions=a_size(5, 40))
            check_kv_cache_bytes(f, some, a_size(2, 5000), **given)


EXERCISE.cases["kv_cache_bytes"] = {
    "keys and values of all layers": _bytes(
        {}, {"n_layers": 1}, {"n_heads": 1, "d_model": 7}, bytes_per_number=4
    ),
    "grouped-query attention": _bytes({"n_kv_heads": 2}, {"n_kv_heads": 1}, {"n_kv_heads": 6}),
    "d_head": _bytes({"d_head": 40}, {"d_head": 24, "n_kv_heads": 3}, {"d_head": 1}),
    "bytes_per_number": all_of(
        _bytes({}, {"n_kv_heads": 3}), _bytes({"d_head": 7}, bytes_per_number=1)
    ),
    "one token, none, and many": all_of(
        *(_bytes({"n_kv_heads": 2}, n_tokens=n) for n in (1, 0, 131_072))
    ),
    "nothing else of config matters": _bytes(
        {"gated": True, "bias": True, "norm": "layer", "tied_embeddings": True, "n_positions": 512}
    ),
    "any sizes": _any_sizes,
}
