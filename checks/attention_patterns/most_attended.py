"""The token that each query attends to most: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from checks.attention_patterns.exercise import EXERCISE
from checks.attention_patterns.weights import (
    EYE,
    all_kinds,
    case_of,
    random_weights,
    with_words,
)
from checks.check import all_of
from checks.seen import Predicate, comes_back, says
from reference import attention


def _most(w: Tensor, tokens: list[str]) -> list[str]:
    keys = w.argmax(-1)
    out = [tokens[k] for k in keys]
    return out


def _second(got: list[str], want: list[str], w: Tensor, tokens: list[str]) -> bool:
    """Whether each token is that of the second largest weight, or one of several such."""
    return all(
        any(t == g and x == row.sort()[0][-2] for t, x in zip(tokens, row, strict=True))
        for g, row in zip(got, w, strict=True)
    )


def _each(is_so: Callable[..., bool]) -> Predicate:
    """A result as long as the right one, each of its items so, for its row of weights."""
    return lambda got, want, w, tokens: all(is_so(*item) for item in zip(got, want, w, strict=True))


check_most_attended = EXERCISE.check(
    "most_attended",
    reference=attention.most_attended,
    text=[_most],
    expects="for each query, the token with the largest weight, the first of equals, in a list",
    wrong={
        "for each query (row), the first key with the largest weight is asked for": {
            "keys = w.argmax(0)": "the largest weight is sought along the columns (dim 0)",
            "keys = w.amax(-1).int()": "the largest weight itself is taken for an index, where "
            "argmax says at which key it is",
            "keys = w.argmin(-1)": "the smallest weight is taken (argmin)",
            "keys = len(w) - 1 - w.flip(-1).argmax(-1)": "of equal weights the last is taken",
            "keys = (w - 2 * torch.eye(len(w))).argmax(-1)": "the query's own token is left out",
            "keys = w[:, 1:].argmax(-1) + 1": "the first token (such as [CLS]) is left out",
            "keys = w[:, :-1].argmax(-1)": "the last token (such as [SEP]) is left out",
            "keys = w.sort(-1, descending=True)[1][:, 1 % len(w)]": "the second largest is taken",
            "keys = w.tril().argmax(-1)": "later tokens are left out (a causal mask)",
            ("keys = (10 * w).round().argmax(-1)", "keys = (100 * w).round().argmax(-1)"): "the "
            "weights are rounded first, which makes some equal",
            "by_token = [dict(zip(tokens, row)) for row in w.tolist()]; "
            "out = [max(of, key=of.get) for of in by_token]": "a dict by token keeps only the last "
            "weight of equal tokens",
            "keys = torch.arange(len(w))": "the query's own token comes back",
            "same = torch.tensor([[a == b for b in tokens] for a in tokens]); "
            "keys = (w @ same.to(w)).argmax(-1)": "weights of equal tokens are added up",
            "keys = torch.arange(len(w)).sub(1).clamp(0)": "the token before the query comes back",
            ("[k] -> [k - 1]", "[k] -> [k + 1 - len(w)]"): "the index is off by one",
        },
        "give one token for each of the n queries, told apart by number, in their order": {
            "keys = [w.argmax() % len(w)]": "the matrix's largest weight is taken",
            "keys = [w.argmax() % len(w)]; return out[0]": "the matrix's largest weight is taken",
            "keys = [w.sum(0).argmax()]": "the token with the largest column sum is taken",
            "keys = [w.sum(0).argmax()]; return out[0]": "the largest column sum is taken",
            "keys = [w.sum(0).argmax()] * len(w)": "the token with the largest column sum is taken",
            ("return [out[0]] * len(w)", "return [out[-1]] * len(w)"): "all get one query's answer",
            ("return out[0]", "return out[:1]"): "only the first query is answered",
            ("return out[-1]", "return out[-1:]"): "only the last query is answered",
            "return out[1:]": "the first query is left out",
            "return out[:-1]": "the last query is left out",
            "return out[::-1]": "the result is in reverse order",
            "return list(dict.fromkeys(out))": "repeated tokens are dropped (set)",
            "out = [sorted(tokens)[k] for k in keys]": "keys are looked up in sorted tokens",
            "return sorted(out)": "the result is sorted",
            "return sorted(set(out))": "the result is sorted, without repeated tokens",
            "return [out[tokens.index(q)] for q in tokens]": "repeated tokens share one answer",
            "return [*map(dict(zip(tokens, out)).get, tokens)]": "repeated tokens share one answer",
            "return list(dict(zip(tokens, out)).values())": "repeated tokens share one answer",
            "return [str(int(k)) for k in keys]": "indices come back as strings",
        },
    },
    seen={
        "indices or weights come back instead of strings: look each index up in tokens, as "
        "tokens[int(key)]": _each(comes_back(int, float, np.number, Tensor)),
        "a dict, a set, an array or a single string (joined, or one token) comes back: give a list "
        "of n strings": comes_back(dict, set, frozenset, str, Tensor, np.ndarray),
        "more tokens than queries come back: one for each query, of several with the largest "
        "weight the first": lambda got, want, *_: isinstance(got, list) and len(got) > len(want),
        "pairs or lists come back: give the attended token alone, a string for each query": _each(
            comes_back(list, tuple, dict)
        ),
        "some queries get no token, but an empty string or None: the largest weight counts, "
        "however small it is": lambda got, want, *_: any(
            not g and e.strip() for g, e in zip(got, want, strict=True)
        ),
        "the strings are changed, or hold more than the token: give back the tokens as they "
        "are": _each(
            lambda g, e, row: e.strip().lower() in g.lower() or g.strip().lower() in e.lower()
        ),
        "the second largest weight's token comes back: the largest is asked for": _second,
        "rows with equal largest weights, and only these, get another token: the first of equals "
        "is asked for": _each(lambda g, e, row: g == e or (row == row.max()).sum() > 1),
        "an index is larger than any token's: argmax without a dim counts through the whole "
        "matrix, so take it along dim=-1 (and add nothing to it)": says("index out of range"),
        "tokens are looked up by something that is no index of theirs: an index says where the "
        "largest weight is (argmax), and not how large, and it's an int, as int(key) is": says(
            "list ind", "to an index"
        ),
    },
)

_most_of = with_words(check_most_attended)
_TIES = [[0, 2, 6, 0, 2], [5, 0, 0, 0, 5], [0, 3, 4, 3, 0], [1, 1, 2, 3, 3], [0, 5, 0, 5, 0]]

EXERCISE.cases["most_attended"] = {
    "the token that each query attends to most": case_of(_most_of, (2, 2), (3, 3), (5, 5), (8, 8)),
    "any number of positions, and tokens that repeat": case_of(_most_of, (1, 1), (64, 64)),
    "the first of equals": all_of(
        case_of(_most_of, torch.tensor(_TIES) / 10, torch.full((5, 5), 0.2)),
        lambda f: _most_of(f, torch.randint(1, 4, (9, 9)) / 27),
    ),
    "all of a query's weight on one key": case_of(_most_of, EYE, EYE.flip(0)),
    "each token as it was given, spaces included": lambda f: check_most_attended(
        f, random_weights(8, 8), [" The", "cat ", "\n", "A", "a", "##a", " a", ""]
    ),
    "weights of any dtype, in any memory layout": all_kinds(_most_of, 7, 7),
}
