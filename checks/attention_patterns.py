"""Exercise 3-attention-patterns: points, references and known misconceptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from checks.core import Exercise, Mistake, Raised, attempt, difference
from helpers import attention

EXERCISE = Exercise("3-attention-patterns", written=6)
passed = EXERCISE.passed

NEAR = 1e-5


def _batches_fail(got: Any, expected: Any, weights: Tensor, *args: Any) -> bool:
    return isinstance(got, Raised) and weights.dim() != 2


NOT_A_TENSOR = (
    Mistake("a Python list or a NumPy array comes back: a torch tensor is asked for",
            when=lambda got, *args: isinstance(got, list | tuple | np.ndarray)),
    Mistake("a single number comes back (item): weights with leading dimensions have one each",
            when=lambda got, *args: (
                isinstance(got, Raised) and ("converted to Scalar" in got.message
                                             or "only one element" in got.message))),
)  # fmt: skip


# --- attention_entropy ---------------------------------------------------------------------


def _entropy(weights: Tensor, dim: int = -1) -> Tensor:
    return -torch.xlogy(weights, weights).sum(dim)


def _naive_entropy(weights: Tensor) -> Tensor:
    return -(weights * weights.log()).sum(-1)


def _with_epsilon(epsilon: float) -> Callable[[Tensor], Tensor]:
    return lambda weights: -(weights * (weights + epsilon).log()).sum(-1)


def _zero_is_nan(got: Any, expected: Tensor, weights: Tensor) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and bool((~got.isfinite()).any())
        and bool((weights == 0).any())
    )


def _epsilon_too_large(got: Any, expected: Tensor, weights: Tensor) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and got.dtype == expected.dtype
        and torch.allclose(got, expected, atol=0.2)
    )


check_attention_entropy = EXERCISE.check(
    "attention_entropy",
    visible=1,
    hidden=2,
    arguments=("weights",),
    reference=attention.attention_entropy,
    expects="-Σ w ln w over the keys (the last dimension), in nats, a number for each query, with "
    "0 ln 0 = 0, in the dtype of weights",
    mistakes=(
        Mistake("the minus sign is missing: entropy is -Σ w ln w, never negative",
                lambda w: -_entropy(w)),
        Mistake("the entropy is in bits (base 2): nats need the natural logarithm, torch.log",
                lambda w: _entropy(w) / math.log(2)),
        Mistake("the entropy is in decimal units (log10): nats need the natural logarithm, "
                "torch.log", lambda w: _entropy(w) / math.log(10)),
        Mistake("the entropy is divided by the number of keys (a mean instead of the sum): sum "
                "over the keys", lambda w: _entropy(w) / w.shape[-1]),
        Mistake("the minus sign is missing, and a mean stands where the sum over keys belongs",
                lambda w: -_entropy(w) / w.shape[-1]),
        Mistake("the entropy is normalised by its largest value ln n_k: nats are asked for, so "
                "don't divide", lambda w: _entropy(w) / math.log(w.shape[-1])),
        Mistake("the distance from the uniform distribution (ln n_k minus the entropy) comes "
                "back: the entropy itself is asked for",
                lambda w: math.log(w.shape[-1]) - _entropy(w)),
        Mistake("the exponential of the entropy (perplexity) comes back: leave out the exp",
                lambda w: _entropy(w).exp()),
        Mistake("the sum runs over the queries (dim -2): a query's entropy sums over the keys, the "
                "last dimension", lambda w: _entropy(w, -2)),
        Mistake("the sum runs over the first dimension: it runs over the keys, the last one",
                lambda w: _entropy(w, 0)),
        Mistake("the sum runs over dimension 1: it runs over the keys, the last one",
                lambda w: _entropy(w, 1)),
        Mistake("the sum runs over all weights at once: each query gets its own entropy "
                "(sum over dim=-1)", lambda w: _entropy(w.flatten())),
        Mistake("a dimension of size 1 is squeezed away: the result has shape (...)",
                lambda w: _entropy(w).squeeze()),
        Mistake("the entropies are averaged to a single number: each query keeps its own",
                lambda w: _entropy(w).mean()),
        Mistake("the entropies are averaged over the queries: each query keeps its own",
                lambda w: _entropy(w).mean(-1)),
        Mistake("the dimension of the keys is kept (keepdim=True): the result has shape (...)",
                lambda w: _entropy(w)[..., None]),
        Mistake("the terms -w ln w are not summed: sum over the keys",
                lambda w: -torch.xlogy(w, w)),
        Mistake("the weight in front of the logarithm is missing: -Σ w ln w, not -Σ ln w",
                lambda w: -w.log().sum(-1)),
        Mistake("the weight in front of the logarithm is missing: -Σ w ln w, not the mean of -ln w",
                lambda w: -w.log().mean(-1)),
        Mistake("the logarithm is missing: -Σ w ln w, not a sum of squares",
                lambda w: (w * w).sum(-1)),
        Mistake("the logarithm is missing: this is one minus the sum of squares (Gini), not "
                "-Σ w ln w", lambda w: 1 - (w * w).sum(-1)),
        Mistake("the logarithm is missing: the weights are only summed", lambda w: w.sum(-1)),
        Mistake("minus the logarithm of the largest weight comes back (min-entropy): sum -w ln w "
                "over all keys", lambda w: -w.amax(-1).log()),
        Mistake("one minus the largest weight comes back: sum -w ln w over all keys",
                lambda w: 1 - w.amax(-1)),
        Mistake("the largest weight comes back: sum -w ln w over all keys", lambda w: w.amax(-1)),
        Mistake("the entropy is halved", lambda w: _entropy(w) / 2),
        Mistake("a log-sum-exp comes back: the entropy is -Σ w ln w",
                lambda w: torch.logsumexp(w, -1)),
        Mistake("the weights are normalised over the queries first: each row sums to 1 already",
                lambda w: _entropy(w / w.sum(-2, keepdim=True))),
        Mistake("this is the cross-entropy with the largest weight's logarithm only: sum -w ln w "
                "over all keys", lambda w: -(w.amax(-1) * w.amax(-1).log())),
        Mistake("this is the entropy of each weight on its own, w and 1 - w: the keys are one "
                "distribution, -Σ w ln w",
                lambda w: -(torch.xlogy(w, w) + torch.xlogy(1 - w, 1 - w)).sum(-1)),
        Mistake("a softmax is applied to the weights first: they are probabilities already",
                lambda w: _entropy(torch.softmax(w, -1))),
        Mistake("a softmax is applied inside the logarithm: the weights are probabilities already",
                lambda w: -(w * torch.log_softmax(w, -1)).sum(-1)),
        Mistake("the logarithm is of 1 + w (log1p): -Σ w ln w needs torch.log of w alone",
                lambda w: -(w * torch.log1p(w)).sum(-1)),
        Mistake("a query's weight on its own token (the diagonal) is left out: all keys count",
                lambda w: _entropy(w.masked_fill(torch.eye(*w.shape[-2:]).bool(), 0.0))),
        Mistake("the standard deviation comes back, not the entropy -Σ w ln w",
                lambda w: w.std(-1)),
        Mistake("the variance comes back, not the entropy -Σ w ln w", lambda w: w.var(-1)),
        Mistake("only the first sequence of the batch is looked at: keep all leading dimensions",
                lambda w: _entropy(w)[0]),
        Mistake("the result is converted to float32: it keeps the dtype of weights",
                lambda w: _entropy(w).float()),
        Mistake("the result is converted to float64: it keeps the dtype of weights",
                lambda w: _entropy(w).double()),
        Mistake("a weight of 0 gives NaN: 0 times -inf is NaN, but 0 ln 0 counts as 0 here "
                "(torch.xlogy, or a weight of 1 in its place)", _naive_entropy),
        Mistake("NaN is replaced by 0 after the sum, so that a query with any weight of 0 gets an "
                "entropy of 0: 0 ln 0 = 0 holds for the single term",
                lambda w: _naive_entropy(w).nan_to_num(0.0)),
        Mistake("a weight of 0 gives NaN or infinity: 0 ln 0 counts as 0 here (torch.xlogy, or a "
                "weight of 1 in its place)", when=_zero_is_nan),
        *(Mistake("the small number (epsilon) added to the weights changes the result: make it "
                  "far smaller (1e-12) or use torch.xlogy", _with_epsilon(e))
          for e in (1e-2, 1e-3, 1e-4, 1e-5)),
        *NOT_A_TENSOR,
        Mistake("the batch is not handled: weights may have any number of leading dimensions, also "
                "none (sum over dim=-1)", when=_batches_fail),
        Mistake("close, but not exact: a small number (epsilon) or a clamp changes the result; "
                "0 ln 0 = 0 needs none (torch.xlogy)", when=_epsilon_too_large),
    ),
)  # fmt: skip


# --- previous_token_score ------------------------------------------------------------------


def _diagonal(weights: Tensor, offset: int) -> Tensor:
    return weights.diagonal(offset, dim1=-2, dim2=-1)


def _previous_is_largest(weights: Tensor) -> Tensor:
    n = weights.shape[-1]
    return (weights.argmax(-1)[..., 1:] == torch.arange(n - 1)).to(weights.dtype).mean(-1)


def _single_number(got: Any, expected: Tensor, weights: Tensor) -> bool:
    shapeless = isinstance(got, int | float) or (isinstance(got, Tensor) and got.dim() == 0)
    return shapeless and expected.dim() > 0


check_previous_token_score = EXERCISE.check(
    "previous_token_score",
    visible=1,
    hidden=2,
    arguments=("weights",),
    reference=attention.previous_token_score,
    expects="the mean of weights[i, i-1] over the queries i = 1 … n-1, a number for each head, in "
    "the dtype of weights",
    mistakes=(
        Mistake("this is the next token's weight, weights[i, i+1]: rows are queries, so the "
                "previous token stands below the diagonal, weights[i, i-1]",
                lambda w: _diagonal(w, 1).mean(-1)),
        Mistake("this is the weight on the token itself, weights[i, i] (the main diagonal): the "
                "previous one is weights[i, i-1]", lambda w: _diagonal(w, 0).mean(-1)),
        Mistake("this is the weight two tokens back, weights[i, i-2]: off by one",
                lambda w: _diagonal(w, -2).mean(-1)),
        Mistake("this is the weight two tokens ahead, weights[i, i+2]: the previous token is "
                "weights[i, i-1]", lambda w: _diagonal(w, 2).mean(-1)),
        Mistake("the weights are summed: the mean over the n-1 queries is asked for",
                lambda w: _diagonal(w, -1).sum(-1)),
        Mistake("the sum is divided by n: there are only n-1 queries with a previous token",
                lambda w: _diagonal(w, -1).sum(-1) / w.shape[-1]),
        Mistake("the sum is divided by n+1: there are n-1 queries with a previous token",
                lambda w: _diagonal(w, -1).sum(-1) / (w.shape[-1] + 1)),
        Mistake("the first query is counted with the last token as its previous one "
                "(weights[0, -1]): start at i = 1",
                lambda w: torch.cat((_diagonal(w, -1), w[..., :1, -1]), -1).mean(-1)),
        Mistake("the first query's weight on itself is counted too: start at i = 1",
                lambda w: torch.cat((_diagonal(w, -1), w[..., :1, 0]), -1).mean(-1)),
        Mistake("the sum starts at i = 2: it starts at i = 1, whose previous token is 0",
                lambda w: _diagonal(w, -1)[..., 1:].mean(-1)),
        Mistake("the last query is left out: i runs from 1 to n-1 inclusive",
                lambda w: _diagonal(w, -1)[..., :-1].mean(-1)),
        Mistake("one i too few is summed but the mean is over n-1",
                lambda w: _diagonal(w, -1)[..., 1:].sum(-1) / (w.shape[-1] - 1)),
        Mistake("one i too few (the last) is summed but the mean is over n-1",
                lambda w: _diagonal(w, -1)[..., :-1].sum(-1) / (w.shape[-1] - 1)),
        Mistake("this is the mean of everything below the diagonal (all earlier tokens): only the "
                "token right before counts, weights[i, i-1]",
                lambda w: w.tril(-1).sum((-2, -1)) / (w.shape[-1] * (w.shape[-1] - 1) / 2)),
        Mistake("this is the weight on all earlier tokens: only the token right before counts, "
                "weights[i, i-1]", lambda w: w.tril(-1).sum((-2, -1)) / (w.shape[-1] - 1)),
        Mistake("this is the mean of all weights: only weights[i, i-1] count",
                lambda w: w.tril(-1).mean((-2, -1))),
        Mistake("the zeros beside the diagonal are averaged in: take the mean of the n-1 numbers "
                "weights[i, i-1] only",
                lambda w: _diagonal(w, -1).sum(-1) / (w.shape[-1] * w.shape[-1])),
        Mistake("the fraction of queries whose largest weight is on the previous token comes back: "
                "the mean of the weights is asked for", _previous_is_largest),
        Mistake("the mean runs over the weights of both neighbours, i-1 and i+1: only the previous "
                "token counts",
                lambda w: (_diagonal(w, -1).mean(-1) + _diagonal(w, 1).mean(-1)) / 2),
        Mistake("the mean runs over the weights of both neighbours together: only the previous "
                "token counts", lambda w: _diagonal(w, -1).mean(-1) + _diagonal(w, 1).mean(-1)),
        *(Mistake("the first query is counted too (with the last token, or ahead instead of back): "
                  "the mean is over i = 1 … n-1", wrong) for wrong in (
            lambda w: torch.cat((_diagonal(w, 1), w[..., -1:, 0]), -1).mean(-1),
            lambda w: torch.cat((_diagonal(w, -1), w[..., :1, -1]), -1).sum(-1)
            / (w.shape[-1] - 1),
        )),
        Mistake("the weight on the token itself is counted too: only the previous one counts",
                lambda w: _diagonal(w, -1).mean(-1) + _diagonal(w, 0).mean(-1)),
        Mistake("the sum is divided by n-2: there are n-1 queries with a previous token",
                lambda w: _diagonal(w, -1).sum(-1) / max(1, w.shape[-1] - 2)),
        Mistake("the mean leaves out weights of 0: divide by n-1, the number of queries with a "
                "previous token, whatever their weights are",
                lambda w: _diagonal(w, -1).sum(-1) / (_diagonal(w, -1) > 0).sum(-1).clamp(min=1)),
        Mistake("the geometric mean is taken: the ordinary mean is asked for",
                lambda w: _diagonal(w, -1).log().mean(-1).exp()),
        Mistake("this is the other diagonal (from the top right): the previous token stands below "
                "the main diagonal, weights[i, i-1]",
                lambda w: _diagonal(w.flip(-1), -1).mean(-1)),
        Mistake("a single query's weight comes back: take the mean over the queries",
                lambda w: w[..., 1, 0]),
        Mistake("the largest of the weights comes back: the mean is asked for",
                lambda w: _diagonal(w, -1).amax(-1)),
        Mistake("the smallest of the weights comes back: the mean is asked for",
                lambda w: _diagonal(w, -1).amin(-1)),
        Mistake("the median comes back: the mean is asked for",
                lambda w: _diagonal(w, -1).median(-1).values),
        Mistake("each query's own weight comes back: take the mean over the queries",
                lambda w: _diagonal(w, -1)),
        Mistake("this is the weight on the first token (the first column): the previous token "
                "moves along, weights[i, i-1]", lambda w: w[..., 1:, 0].mean(-1)),
        Mistake("this is the weight on the first token (the first column): the previous token "
                "moves along, weights[i, i-1]", lambda w: w[..., 0].mean(-1)),
        Mistake("the last row alone is used: the mean is over all queries i = 1 … n-1",
                lambda w: w[..., -1, -2]),
        Mistake("the diagonal is taken of the first two dimensions: positions are the last two "
                "(dim1=-2, dim2=-1)", lambda w: w.diagonal(-1).mean(-1)),
        Mistake("a dimension of size 1 is squeezed away: the result has shape (...)",
                lambda w: _diagonal(w, -1).mean(-1).squeeze()),
        Mistake("the heads and batch are averaged to a single number: each keeps its own score",
                lambda w: _diagonal(w, -1).mean()),
        Mistake("only the first of the batch is looked at: keep all leading dimensions",
                lambda w: _diagonal(w, -1).mean(-1)[0]),
        Mistake("the dimension is kept (keepdim=True): the result has shape (...)",
                lambda w: _diagonal(w, -1).mean(-1, keepdim=True)),
        Mistake("the score is rounded or cut to 0 or 1: the plain mean is asked for",
                lambda w: _diagonal(w, -1).mean(-1).round()),
        Mistake("the score is a percentage: from 0 to 1 is asked for",
                lambda w: 100 * _diagonal(w, -1).mean(-1)),
        Mistake("the weights are normalised by each row's largest: use them as they are",
                lambda w: _diagonal(w / w.amax(-1, keepdim=True), -1).mean(-1)),
        Mistake("a logarithm is taken: the mean of the weights themselves is asked for",
                lambda w: _diagonal(w.log(), -1).mean(-1)),
        Mistake("the result is converted to float32: it keeps the dtype of weights",
                lambda w: _diagonal(w, -1).float().mean(-1)),
        Mistake("the result is converted to float64: it keeps the dtype of weights",
                lambda w: _diagonal(w, -1).double().mean(-1)),
        *NOT_A_TENSOR,
        Mistake("a single number comes back for a batch of heads: each keeps its own score, so "
                "index the last two dimensions (weights[..., i, i - 1])", when=_single_number),
        Mistake("the batch is not handled: weights may have any number of leading dimensions, also "
                "none (weights[..., i, i - 1], or diagonal with dim1=-2, dim2=-1)",
                when=lambda got, expected, w: isinstance(got, Raised) and w.dim() != 2),
        Mistake("the batch is not handled: positions are the last two dimensions, and all others "
                "stay",
                when=lambda got, expected, w: (
                    isinstance(got, Tensor) and w.dim() > 2 and got.shape != expected.shape)),
    ),
)  # fmt: skip


# --- most_attended -------------------------------------------------------------------------


def _chosen(choose: Callable[[Tensor], Tensor]) -> Callable[..., list[str]]:
    return lambda weights, tokens: [tokens[int(i)] for i in choose(weights)]


def _last_largest(weights: Tensor) -> Tensor:
    return weights.shape[-1] - 1 - weights.flip(-1).argmax(-1)


def _without_own(weights: Tensor) -> Tensor:
    return (weights - 2 * torch.eye(len(weights), dtype=weights.dtype)).argmax(-1)


def _without_key(key: int) -> Callable[[Tensor], Tensor]:
    def choose(weights: Tensor) -> Tensor:
        weights = weights.clone()
        weights[:, key] = -1
        return weights.argmax(-1)

    return choose


def _second(weights: Tensor) -> Tensor:
    return weights.argsort(dim=-1, descending=True, stable=True)[:, 1]


def _answers(weights: Tensor, tokens: list[str]) -> dict[str, str]:
    return {tokens[i]: tokens[int(j)] for i, j in enumerate(weights.argmax(-1))}


def _by_first_place(weights: Tensor, tokens: list[str]) -> list[str]:
    return [tokens[int(weights[tokens.index(t)].argmax())] for t in tokens]


def _indices(got: Any, expected: Any, *args: Any) -> bool:
    if isinstance(got, Tensor | np.ndarray):
        return got.dtype != object and got.ndim <= 1 and "str" not in str(got.dtype)
    return isinstance(got, list | tuple) and all(
        isinstance(g, int | float | np.number | Tensor) for g in got
    )


def _pairs(got: Any, expected: Any, *args: Any) -> bool:
    return (
        isinstance(got, list | tuple)
        and len(got) == len(expected)
        and all(isinstance(g, list | tuple | dict) for g in got)
    )


def _only_ties_wrong(got: Any, expected: Any, weights: Tensor, tokens: Sequence[str]) -> bool:
    tied = (weights == weights.amax(-1, keepdim=True)).sum(-1) > 1
    return (
        isinstance(got, list | tuple)
        and len(got) == len(expected)
        and all(g == e for g, e, t in zip(got, expected, tied, strict=True) if not t)
    )


check_most_attended = EXERCISE.check(
    "most_attended",
    visible=1,
    hidden=2,
    arguments=("weights", "tokens"),
    reference=attention.most_attended,
    expects="a list of n strings: for each query (row), the token of the key with the largest "
    "weight, the first where several are equal",
    mistakes=(
        Mistake("the largest weight is sought along the columns (dim 0): each query is a row, so "
                "look along the keys (dim -1)", _chosen(lambda w: w.argmax(0))),
        Mistake("the smallest weight is taken (argmin): the largest is asked for",
                _chosen(lambda w: w.argmin(-1))),
        Mistake("of equal weights the last is taken: the first is asked for",
                _chosen(_last_largest)),
        Mistake("queries are told apart by their token (tokens.index, or a dict with tokens as "
                "keys), so that a repeated token gets the answer of its first place: go through "
                "the rows by number", _by_first_place),
        Mistake("queries are told apart by their token (a dict with tokens as keys), so that "
                "repeated tokens share one answer: go through the rows by number, and give one "
                "token for each of the n queries",
                lambda w, tokens: list(_answers(w, tokens).values())),
        Mistake("queries are told apart by their token (a dict with tokens as keys), so that a "
                "repeated token gets the answer of its last place: go through the rows by number",
                lambda w, tokens: [_answers(w, tokens)[t] for t in tokens]),
        Mistake("the query's own token is left out: it counts like any other key",
                _chosen(_without_own)),
        Mistake("the first token (such as [CLS]) is left out: it counts like any other key",
                _chosen(_without_key(0))),
        Mistake("the last token (such as [SEP]) is left out: it counts like any other key",
                _chosen(_without_key(-1))),
        Mistake("the second largest weight is taken: the largest is asked for", _chosen(_second)),
        Mistake("later tokens are left out (a causal mask): every key counts",
                _chosen(lambda w: w.tril().argmax(-1))),
        Mistake("the query's own token comes back: for each query, the token with the largest "
                "weight is asked for", lambda w, tokens: list(tokens)),
        Mistake("the index is off by one: key 0 is the first token",
                lambda w, tokens: [tokens[int(i) - 1] for i in w.argmax(-1)]),
        Mistake("the index is off by one: key 0 is the first token",
                lambda w, tokens: [tokens[(int(i) + 1) % len(tokens)] for i in w.argmax(-1)]),
        Mistake("the result is in reverse order: the first query comes first",
                lambda w, tokens: [tokens[int(i)] for i in w.argmax(-1)][::-1]),
        Mistake("one token for all queries comes back (the largest weight of the whole matrix): "
                "each query (row) has its own",
                lambda w, tokens: tokens[int(w.argmax()) % len(tokens)]),
        Mistake("one token for all queries comes back (the largest weight of the whole matrix): "
                "each query (row) has its own",
                lambda w, tokens: [tokens[int(w.argmax()) % len(tokens)]]),
        Mistake("the token that gets most attention in all (largest column sum) comes back: each "
                "query (row) has its own answer",
                lambda w, tokens: tokens[int(w.sum(0).argmax())]),
        Mistake("the token that gets most attention in all (largest column sum) comes back: each "
                "query (row) has its own answer",
                lambda w, tokens: [tokens[int(w.sum(0).argmax())]]),
        Mistake("the token that gets most attention in all (largest column sum) comes back for "
                "every query: each row has its own answer",
                lambda w, tokens: [tokens[int(w.sum(0).argmax())]] * len(tokens)),
        Mistake("only the last query is answered: give one token for each",
                lambda w, tokens: tokens[int(w[-1].argmax())]),
        Mistake("only the last query is answered: give one token for each",
                lambda w, tokens: [tokens[int(w[-1].argmax())]]),
        Mistake("only the first query is answered: give one token for each",
                lambda w, tokens: tokens[int(w[0].argmax())]),
        Mistake("only the first query is answered: give one token for each",
                lambda w, tokens: [tokens[int(w[0].argmax())]]),
        Mistake("the last query is left out: give one token for each of the n queries",
                lambda w, tokens: [tokens[int(i)] for i in w.argmax(-1)][:-1]),
        Mistake("the first query is left out: give one token for each of the n queries",
                lambda w, tokens: [tokens[int(i)] for i in w.argmax(-1)][1:]),
        Mistake("repeated tokens are dropped (a set, or a dict with tokens as keys): give one "
                "token for each of the n queries",
                lambda w, tokens: list(dict.fromkeys(tokens[int(i)] for i in w.argmax(-1)))),
        Mistake("the result is sorted: give one token for each query, in their order",
                lambda w, tokens: sorted(tokens[int(i)] for i in w.argmax(-1))),
        Mistake("the result is sorted, without repeated tokens: give one token for each query",
                lambda w, tokens: sorted({tokens[int(i)] for i in w.argmax(-1)})),
        Mistake("the token before the query comes back: look for the largest weight",
                lambda w, tokens: [tokens[max(i - 1, 0)] for i in range(len(tokens))]),
        Mistake("indices come back as strings: look each index up in tokens",
                lambda w, tokens: [str(int(i)) for i in w.argmax(-1)]),
        Mistake("a NumPy array of strings comes back: a list is asked for",
                when=lambda got, *args: isinstance(got, np.ndarray) and got.dtype.kind in "UO"),
        Mistake("a dict comes back: a list of n strings is asked for, one for each query",
                when=lambda got, expected, *args: isinstance(got, dict)),
        Mistake("a set comes back: a list of n strings is asked for, one for each query",
                when=lambda got, expected, *args: isinstance(got, set | frozenset)),
        Mistake("a single joined string comes back: a list of n strings is asked for",
                when=lambda got, expected, *args: isinstance(got, str)),
        Mistake("indices or weights come back instead of strings: look each index up in tokens",
                when=_indices),
        Mistake("pairs come back: only the attended token is asked for, a list of n strings",
                when=_pairs),
        Mistake("the strings are changed: give back the tokens as they are",
                when=lambda got, expected, *args: (
                    isinstance(got, list | tuple) and len(got) == len(expected)
                    and all(isinstance(g, str) for g in got)
                    and [g.strip().lower() for g in got] == [e.strip().lower() for e in expected]
                )),
        Mistake("more than the token stands in each string: give back the tokens as they are",
                when=lambda got, expected, *args: (
                    isinstance(got, list | tuple) and len(got) == len(expected)
                    and all(isinstance(g, str) and e in g
                            for g, e in zip(got, expected, strict=True)))),
        Mistake("rows with equal largest weights get another than the first of equals",
                when=_only_ties_wrong),
        Mistake("tokens are looked up by a number that is no index: an index must be an int, such "
                "as int(weights[i].argmax())",
                when=lambda got, expected, *args: isinstance(got, Raised) and "ind" in got.message),
    ),
)  # fmt: skip


# --- plot_attention ------------------------------------------------------------------------
# The axes may live in another process: only attributes are read and methods called, and every
# array is asked for its plain numbers.


DRAWN = "weights, the top row first"
X_LABELS, Y_LABELS = "labels on the x axis, left to right", "labels on the y axis, top to bottom"


def _numbers(value: Any) -> Any:
    """Plain numbers of an array or tensor, here or in another process."""
    return value if isinstance(value, list | tuple | float | int) else value.tolist()


def _maps(ax: Any) -> Iterator[tuple[Any, bool]]:
    """What carries a colour scale on the axes, and whether it is an image (or else a mesh)."""
    for image in ax.images:
        yield image, True
    for collection in ax.collections:
        # Lines and contours are collections too, but have no cells.
        if not isinstance(attempt(lambda c=collection: c.get_coordinates()), Raised):  # type: ignore[misc]
            yield collection, False


def _centres(artist: Any, is_image: bool, shape: tuple[int, int]) -> tuple[list[float], ...]:
    """Where the columns (x) and the rows (y) of a heat map lie, in data coordinates."""
    n_rows, n_columns = shape
    if is_image:
        left, right, bottom, top = _numbers(artist.get_extent())
        if artist.origin == "lower":
            bottom, top = top, bottom
        x = [left + (right - left) * (i + 0.5) / n_columns for i in range(n_columns)]
        return x, [top + (bottom - top) * (i + 0.5) / n_rows for i in range(n_rows)]
    corners = np.array(_numbers(artist.get_coordinates()))
    x_edges, y_edges = corners[0, :, 0], corners[:, 0, 1]
    if len(x_edges) > n_columns:
        x_edges = (x_edges[:-1] + x_edges[1:]) / 2
        y_edges = (y_edges[:-1] + y_edges[1:]) / 2
    return x_edges.tolist(), y_edges.tolist()


def _shown_labels(ax: Any, axis: Any) -> Any:
    return axis.get_ticklabels() if ax.axison and axis.get_visible() else []


def _labels_at(labels: Any, places: list[float], axis: int) -> list[str]:
    """The tick labels that stand at each of the places, at most half a cell away."""
    cell = abs(places[1] - places[0]) if len(places) > 1 else 1.0
    found = ["" for _ in places]
    for label in labels:
        text, at = str(label.get_text()), float(label.get_position()[axis])
        for i, place in enumerate(places):
            if text and abs(at - place) < 0.499 * cell:
                found[i] = text
    return found


def _picture(ax: Any) -> dict[str, Any]:
    """What the heat map on the axes shows, as plain values."""
    maps = list(_maps(ax))
    if not maps:
        return {"heat maps on the axes": 0}
    artist, is_image = maps[-1]
    values = torch.tensor(_numbers(artist.get_array()), dtype=torch.float64)
    if values.dim() == 1:
        side = math.isqrt(values.numel())
        values = values.reshape(side, -1)
    if values.dim() > 2:
        return {"heat maps on the axes": 0}
    x, y = _centres(artist, is_image, (values.shape[0], values.shape[1]))
    x_limits, y_limits = _numbers(ax.get_xlim()), _numbers(ax.get_ylim())
    across = [(place - x_limits[0]) / (x_limits[1] - x_limits[0]) for place in x]
    down = [(y_limits[1] - place) / (y_limits[1] - y_limits[0]) for place in y]
    if across[0] > across[-1]:
        values, x = values.flip(1), x[::-1]
    if down[0] > down[-1]:
        values, y = values.flip(0), y[::-1]
    low, high = _numbers(artist.get_clim())
    inside = min(across + down) >= 0 and max(across + down) <= 1
    return {
        "heat maps on the axes": len(maps),
        "limits": "all of the heat map is shown" if inside else "part of the heat map is cut off",
        DRAWN: values,
        "colour scale": (float(low), float(high)),
        X_LABELS: _labels_at(_shown_labels(ax, ax.xaxis), x, 0),
        Y_LABELS: _labels_at(_shown_labels(ax, ax.yaxis), y, 1),
    }


def _draw(
    answer: Any, weights: Tensor, tokens: list[str], again: Tensor | None = None
) -> dict[str, Any]:
    """The picture that `plot_attention(weights, tokens)` makes.

    With `again`, two more calls are made: a second one on axes of its own, and one that is given
    the first axes, when pyplot's current ones are the second. The result says besides whether
    these were new and those used.
    """
    figures: list[Any] = []
    try:
        first = _called(figures, lambda: answer(weights, tokens))
        alone = _picture(first)
        if again is None:
            return alone
        shown = dict(alone)
        second = _called(figures, lambda: answer(again, tokens))
        separate = len(list(_maps(first))) == 1 and len(list(_maps(second))) == 1
        shown["a second call"] = "new axes" if separate else "the same axes"
        first.clear()
        given = _called(figures, lambda: answer(weights, tokens, ax=first))
        if not list(_maps(first)):
            shown["ax given"] = "not drawn on it"
            return shown
        first.set_title("given")
        if str(given.get_title()) != "given":
            shown["ax given"] = "something else returned"
        elif difference(_picture(first), alone):
            shown["ax given"] = "drawn on it in another way"
        else:
            shown["ax given"] = "drawn on it, and returned"
        return shown
    finally:
        # Only in a learner's own notebook are they figures of this process.
        for figure in figures:
            if isinstance(figure, Figure):
                plt.close(figure)


def _called(figures: list[Any], call: Callable[[], Any]) -> Any:
    ax = call()
    if ax is None:
        raise NothingReturned("None came back instead of the axes")
    figure = attempt(lambda: ax.figure)
    figures.append(ax if isinstance(figure, Raised) else figure)
    return ax


class NothingReturned(Exception):
    """`plot_attention` did not return the axes."""


def _mapped(change: Callable[[Tensor], Tensor]) -> Callable[..., bool]:
    """Whether the weights were drawn after `change`."""

    def when(got: Any, expected: Any, weights: Tensor, *args: Any, **kwargs: Any) -> bool:
        drawn, meant = got[DRAWN], change(weights).double()
        return drawn.shape == meant.shape and torch.allclose(drawn, meant, atol=1e-4)

    return when


def _entry(key: str, is_so: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        return isinstance(got, dict) and got.get(key) != expected[key] and is_so(
            got.get(key), expected[key]
        )  # fmt: skip

    return when


def _weights_differ(got: Any, expected: Any) -> bool:
    return got[DRAWN].shape != expected[DRAWN].shape or not torch.allclose(
        got[DRAWN], expected[DRAWN], atol=NEAR
    )


def _upside_down(got: Any, expected: Any, weights: Tensor, *args: Any, **kwargs: Any) -> bool:
    flipped = _mapped(lambda w: w.flip(0))(got, expected, weights)
    return flipped and _weights_differ(got, expected)


def _labels_upside_down_too(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return _upside_down(got, expected, *args) and got[Y_LABELS] == expected[Y_LABELS][::-1]


def _transposed(got: Any, expected: Any, weights: Tensor, *args: Any, **kwargs: Any) -> bool:
    return _mapped(lambda w: w.mT)(got, expected, weights) and _weights_differ(got, expected)


def _raised(*kinds: str) -> Callable[..., bool]:
    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        return isinstance(got, Raised) and got.kind in kinds

    return when


def _raised_with(words: str) -> Callable[..., bool]:
    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        return isinstance(got, Raised) and words in got.message

    return when


check_plot_attention = EXERCISE.check(
    "plot_attention",
    visible=2,
    hidden=3,
    arguments=("weights", "tokens"),
    procedure=_draw,
    reference=lambda weights, tokens, ax=None: _reference_plot(weights, tokens, ax),
    expects="the axes that carry one heat map of weights: the first query on top, columns are "
    "keys, a colour scale from 0 to 1, the tokens as tick labels on both axes; new axes unless ax "
    "is given",
    mistakes=(
        Mistake("nothing is returned: return the axes that the heat map is drawn on",
                when=_raised("NothingReturned")),
        Mistake("something else than the axes is returned (the figure, the image or a tuple): "
                "return ax",
                when=lambda got, expected, *args, **kwargs: (
                    isinstance(got, Raised) and got.kind == "AttributeError"
                    and any(name in got.message for name in
                            ("images", "collections", "get_xlim", "'ax'", "get_title", "figure",
                             "clear", "tuple", "Figure", "module", "Image", "ndarray")))),
        Mistake("ax is not a parameter: the signature is plot_attention(weights, tokens, ax=None)",
                when=_raised_with("unexpected keyword argument 'ax'")),
        Mistake("the ax that is given is ignored: draw on it (ax.imshow, since plt.imshow draws on "
                "the current axes), and make new axes only where ax is None",
                when=_entry("ax given", lambda got, _: got == "not drawn on it")),
        Mistake("the heat map is drawn on ax, but something else is returned: return ax",
                when=_entry("ax given", lambda got, _: got == "something else returned")),
        Mistake("on the ax that is given the heat map looks otherwise than on new axes (no labels, "
                "or another colour scale): ax decides where to draw, and nothing else",
                when=_entry("ax given", lambda got, _: got == "drawn on it in another way")),
        Mistake("a second call draws on the axes of the first (plt.gca or plt.imshow): make new "
                "axes (plt.subplots) unless ax is given",
                when=_entry("a second call", lambda got, _: got == "the same axes")),
        Mistake("the axes that come back carry no heat map: draw on them with ax.imshow or "
                "ax.pcolormesh, and return the ones drawn on",
                when=lambda got, expected, *args, **kwargs: got["heat maps on the axes"] == 0),
        Mistake("more than one heat map lies on the axes: make new axes (plt.subplots) unless ax "
                "is given, and draw one",
                when=lambda got, expected, *args, **kwargs: got["heat maps on the axes"] > 1),
        Mistake("the heat map has another number of rows or columns than weights: draw all of it",
                when=lambda got, expected, *args, **kwargs: (
                    got[DRAWN].shape != expected[DRAWN].shape)),
        Mistake("the weights are transposed: rows are queries and columns are keys, so pass "
                "weights as they are", when=_transposed),
        Mistake("the first query is at the bottom: it belongs on top (imshow's usual origin, "
                "'upper'; after pcolormesh call ax.invert_yaxis())", when=_labels_upside_down_too),
        Mistake("the rows are upside down (flipped), the first query at the bottom, and the labels "
                "don't follow: the first query belongs on top, beside its own label",
                when=_upside_down),
        Mistake("the keys run from right to left (columns flipped): the first key is on the left",
                when=_mapped(lambda w: w.flip(1))),
        Mistake("the weights are divided by their largest (normalised): draw them as they are",
                when=lambda got, expected, w, *args, **kwargs: (
                    _weights_differ(got, expected)
                    and _mapped(lambda w: w / w.max())(got, expected, w))),
        Mistake("each row is divided by its largest weight (normalised): draw the weights as they "
                "are", when=lambda got, expected, w, *args, **kwargs: (
                    _weights_differ(got, expected)
                    and _mapped(lambda w: w / w.amax(-1, keepdim=True))(got, expected, w))),
        Mistake("the weights are stretched from smallest to largest (normalised): draw them as "
                "they are",
                when=_mapped(lambda w: (w - w.min()) / (w.max() - w.min()))),
        Mistake("a softmax is applied first: the weights are probabilities already",
                when=_mapped(lambda w: torch.softmax(w, -1))),
        Mistake("the logarithm of the weights is drawn: draw them as they are",
                when=_mapped(lambda w: w.log())),
        Mistake("one minus the weights is drawn: draw them as they are",
                when=_mapped(lambda w: 1 - w)),
        Mistake("the square root of the weights is drawn: draw them as they are",
                when=_mapped(lambda w: w.sqrt())),
        Mistake("the square of the weights is drawn: draw them as they are",
                when=_mapped(lambda w: w**2)),
        Mistake("the weights are drawn in percent: draw them as they are, from 0 to 1",
                when=_mapped(lambda w: 100 * w)),
        Mistake("later keys are blanked out (a causal mask): draw the weights as they are",
                when=lambda got, expected, w, *args, **kwargs: (
                    _weights_differ(got, expected)
                    and _mapped(lambda w: w.tril())(got, expected, w))),
        Mistake("the weights are rounded: draw them as they are",
                when=lambda got, expected, w, *args, **kwargs: (
                    _weights_differ(got, expected)
                    and torch.allclose(got[DRAWN], w.double(), atol=0.06))),
        Mistake("the limits of the axes cut off part of the heat map: show all of it",
                when=_entry("limits", lambda got, _: True)),
        Mistake("the colour scale follows the data: it starts at 0 and ends at 1 (vmin=0, vmax=1), "
                "so that two heads can be compared",
                when=lambda got, expected, w, *args, **kwargs: all(
                    abs(a - float(b)) < NEAR
                    for a, b in zip(got["colour scale"], (w.min(), w.max()), strict=True))),
        Mistake("the colour scale does not start at 0: set vmin=0",
                when=_entry("colour scale", lambda got, _: got[0] != 0 and got[1] == 1)),
        Mistake("the colour scale does not end at 1, so that two heads can't be compared: set "
                "vmax=1", when=_entry("colour scale", lambda got, _: got[0] == 0 and got[1] != 1)),
        Mistake("the colour scale starts and ends elsewhere: it runs from 0 to 1 (vmin=0, vmax=1)",
                when=_entry("colour scale", lambda got, _: True)),
        Mistake("the tick labels are missing, hidden (axis off), numbers, or not at the middle of "
                "the cells: they are the tokens, on both axes (after imshow "
                "ax.set_xticks(range(n), tokens), after pcolormesh half a cell further)",
                when=lambda got, expected, *args, **kwargs: not any(
                    t in expected[X_LABELS] for t in got[X_LABELS] + got[Y_LABELS])),
        Mistake("the x axis has no tokens as tick labels: the columns are keys, label them too",
                when=_entry(X_LABELS, lambda got, want: not set(got) & set(want))),
        Mistake("the y axis has no tokens as tick labels: the rows are queries, label them too",
                when=_entry(Y_LABELS, lambda got, want: not set(got) & set(want))),
        Mistake("the tick labels of the y axis are in reverse order: label i belongs to row i",
                when=_entry(Y_LABELS, lambda got, want: got == want[::-1])),
        Mistake("the tick labels of the x axis are in reverse order: label j belongs to column j",
                when=_entry(X_LABELS, lambda got, want: got == want[::-1])),
        Mistake("the tick labels stand at the wrong places (off by one, or set without ticks for "
                "each cell): set ticks and tokens together, ax.set_xticks(range(n), tokens)",
                when=_entry(X_LABELS, lambda got, want: True)),
        Mistake("the tick labels of the y axis stand at the wrong places (off by one, or set "
                "without ticks for each cell): set ticks and tokens together",
                when=_entry(Y_LABELS, lambda got, want: True)),
        Mistake("the weights in the picture are not those given: pass weights to ax.imshow as they "
                "are",
                when=lambda got, expected, *args, **kwargs: _weights_differ(got, expected)),
    ),
)  # fmt: skip


def _reference_plot(weights: Tensor, tokens: list[str], ax: Any = None) -> Any:
    if ax is None:
        ax = Figure().subplots()
    ax.imshow(weights, vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    return ax
