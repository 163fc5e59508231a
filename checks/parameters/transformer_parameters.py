"""All parameters of a model, by part: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

from checks.drawn import a_model, a_size
from checks.mistakes import Wrong, edits
from checks.parameters.attention_parameters import ATTENTION_IGNORES, IN_ATTENTION, plain_attention
from checks.parameters.counts import NO_FLOAT
from checks.parameters.exercise import EXERCISE
from checks.parameters.feed_forward_parameters import (
    FEED_FORWARD_IGNORES,
    IN_FEED_FORWARD,
    plain_feed_forward,
)
from checks.seen import Predicate, comes_back, raised
from reference import counting as parameters


def _transformer(c: Any) -> dict[str, int]:
    V, D, L, P = (c.vocab_size, c.d_model, c.n_layers, c.n_positions)
    tied = c.tied_embeddings
    embedding = V * D
    positions = P * D
    attention = L * plain_attention(D, c.n_heads, c.n_kv_heads, c.d_head, c.bias)
    feed_forward = L * plain_feed_forward(D, c.d_ff, c.gated, c.bias)
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
    "pass config.d_ff, config.gated and config.bias on": FEED_FORWARD_IGNORES,
    "pass config.n_kv_heads, config.d_head and config.bias on": ATTENTION_IGNORES,
    "attention_parameters takes d_model, n_heads, n_kv_heads, d_head and bias in this order": {
        "c.n_kv_heads, c.d_head -> c.d_head, c.n_kv_heads": "n_kv_heads and d_head change places",
    },
    "multiply by n_layers": {
        "L * plain_feed -> plain_feed": "one layer is counted instead of n_layers, for "
        "feed_forward",
        "L * plain_attention -> plain_attention": "one layer is counted instead of n_layers, for "
        "attention",
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
    **IN_FEED_FORWARD,
    **IN_ATTENTION,
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
    text=[plain_attention, plain_feed_forward, _transformer],
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
        f"an entry is no int but a float, a tensor, an array or a text: {NO_FLOAT}": (
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


def _any_model(f: Any, Config: Any) -> None:
    for grouped, own_size, gated, bias, tied in product((False, True), repeat=5):
        some = a_model(grouped, own_size) | {"gated": gated, "bias": bias, "tied_embeddings": tied}
        some |= {
            "norm": ("rms", "layer")[a_size(0, 1)],
            "n_positions": a_size(0, 1) * a_size(5, 40),
        }
        check_transformer_parameters(f, Config(**some))


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
    "any sizes": _any_model,
}
