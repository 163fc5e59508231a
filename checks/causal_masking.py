"""Exercise 4-causal-masking: points, references, known misconceptions, hidden cases, leak test."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from checks import attention as exercise_1
from checks.check import Exercise
from checks.compare import attempt, describe, same
from checks.message import WrongAnswer
from checks.seen import Predicate, comes_back, other_dtype, other_shape, raised, same_shape
from reference import attention

EXERCISE = Exercise(
    "4-causal-masking",
    {"causal_mask": (1, 2), "padding_mask": (1, 2), "scaled_dot_product_attention": (3, 6)},
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests


def _seen_of_a_mask(shape: str, rule: str) -> dict[str, Predicate]:
    """What can be seen of a mask of this shape that is True where `rule` holds."""
    return {
        "an additive mask comes back, with very low numbers: give booleans, True where a query "
        "may attend": lambda got, *_: bool(got.dtype.is_floating_point and (got < -100).any()),
        "the convention is inverted: give booleans (dtype torch.bool), True where a query may "
        "attend": lambda got, right, *_: torch.equal(got == 0, right),
        "the mask is not boolean: give dtype torch.bool instead of numbers": other_dtype(),
        "a list comes back: make a boolean torch tensor of it": comes_back(list, tuple),
        f"the shape is not {shape}": other_shape,
        "some keys are True that should not be (the future, or padding): "
        f"True only where {rule}": lambda got, right, *_: bool((got & ~right).any()),
        "some keys are masked that should not be (beyond a window, or a column that is left out): "
        f"True wherever {rule}": lambda got, right, *_: bool((right & ~got).any()),
    }


# --- causal_mask ---------------------------------------------------------------------------

check_causal_mask = EXERCISE.check(
    "causal_mask",
    reference=attention.causal_mask,
    expects="a boolean tensor of shape (n, n), True at [i, j] where j <= i: query i may attend to "
    "the keys up to and including its own position",
    wrong={
        "True belongs where j <= i, since a query may attend to itself and to all earlier ones": {
            "tril() -> tril(-1)": "off by one (strictly lower triangle), so no query sees itself",
            "tril() -> tril(1)": "off by one, so a query sees one ahead (the next token)",
            "tril() -> triu(1)": "the convention is inverted, as in nn.MultiheadAttention",
            "tril() -> triu()": "transposed (upper triangle), so a query sees only the future",
            "tril() -> triu(2)": "inverted and off by one (upper triangle)",
            ".tril() ->": "everything is True, nothing is masked, and the future is visible",
            "tril() -> triu(n)": "everything is False, so no query may attend to anything",
            "tril() -> tril().triu()": "only the diagonal is True (eye)",
            "tril() -> fill_diagonal_(False)": "the diagonal is masked and nothing else",
            ("() -> ().flip(-1)", "() -> ().flip(0)"): "the triangle lies along the other diagonal",
            "tril() -> tril().triu(-1)": "only the last positions are kept (a sliding window)",
            "tril() -> tril(-1).triu(-1)": "only the previous position is True",
        },
        "the shape is (n, n), which broadcasts as it is": {
            "n, n -> n + 1, n + 1": "there is one row too many (n + 1)",
            "n, n -> n - 1, n - 1": "there is one row too few (n - 1)",
            "tril() -> tril()[None]": "an extra (batch) dimension is added",
            "tril() -> tril()[None, None]": "extra dimensions (batch and heads) are added",
        },
    },
    seen={
        "a query may attend to itself, also the first and the last: the whole diagonal is "
        "True": lambda got, right, *_: same_shape(got, right) and not got.diagonal().all(),
        "one row comes back: the shape is (n, n), a row for each query and a column for each "
        "key": lambda got, *_: got.dim() == 1,
        **_seen_of_a_mask("(n, n): where a size is fixed, it fits one n only", "j <= i"),
    },
)

EXERCISE.cases["causal_mask"] = {
    "True at [i, j] where j <= i": lambda f: [check_causal_mask(f, n) for n in (8, 5, 3, 37)],
    "many positions": lambda f: check_causal_mask(f, 130),
    "a single position": lambda f: check_causal_mask(f, 1),
}


# --- padding_mask --------------------------------------------------------------------------


def _padding(lengths: Tensor, n: int) -> Tensor:
    key, length = torch.arange(n), lengths[:, None]
    real = key < length
    return real[:, None]


check_padding_mask = EXERCISE.check(
    "padding_mask",
    reference=attention.padding_mask,
    text=[_padding],
    expects="a boolean tensor of shape (batch, 1, n), True at the first lengths[b] keys of "
    "sequence b",
    wrong={
        "the real keys of sequence b are those at positions < lengths[b], counted from 0": {
            "real = key >= length": "the convention is inverted, as in PyTorch's key_padding_mask",
            "real = key <= length": "off by one, one key too many (<= instead of <)",
            "real = key < length - 1": "off by one, one key too few",
            "real = (0 < key) & (key <= length)": "off by one, without the first key (position 0)",
            "real = (0 < key) & (key < length)": "off by one, the first key is left out",
            "real = key > length": "inverted and off by one",
            "real = key >= n - length": "the padding is taken to be on the left",
            "real = key == length - 1": "only the last real key is True",
            "real = key == length": "only the position lengths[b] is marked (one-hot)",
            "real = (key < length) & (length < n)": "a length of n loses its keys (a slice to -0)",
            "real = key < length.clamp(min=1)": "a length of 0 gets a key all the same",
            "real = (key < length) | (length == 0)": "a length of 0 gets all keys",
            "real = key < length + n": "everything is True, the padding is not masked",
            "real = key < length - n": "everything is False, the real keys are masked too",
            "real = key < length.cumsum(0)": "the lengths add up along the batch (cumsum)",
            "real = key < 0 * length + length.max()": "all get the length of the longest",
            "real = key < 0 * length + length.min()": "all get the length of the shortest",
            "real = key < 0 * length + length[0]": "all get the length of the first sequence",
            "real = key < length[:1]": "only the first sequence's mask comes back",
        },
        "the shape is (batch, 1, n), a row of n keys that broadcasts over the queries": {
            "return real[:, None, :length.max()]": "n is ignored (as wide as the longest sequence)",
            "return real": "the middle dimension is missing, so that it would mean (n_q, n_k)",
            "return real[:, None].squeeze(0)": "a batch of one is squeezed away",
            "return real[:, :, None]": "queries are masked instead of keys (shape (batch, n, 1))",
            "return real[:, None, None]": "there is one dimension too many (batch, 1, 1, n)",
            "return real[None]": "the 1 stands in front (1, batch, n), but batch comes first",
            "return real[:, None].expand(-1, n, n)": "the mask is expanded to a row for each query",
            "return real[:, None] & real[:, :, None]": "padded queries are masked as well as keys",
            "return real[:, None] & torch.ones(n, n).tril().bool()": "a causal mask is mixed in",
            ("return real.T", "return real.T[:, None]"): "transposed (n comes before batch)",
        },
    },
    seen={
        "it does not broadcast: use the column lengths[:, None]": raised(says="size of tensor"),
        "a tensor was asked for its truth as a whole: go through lengths one by one, or compare "
        "lengths[:, None] with torch.arange(n)": raised(says="Boolean value"),
        **_seen_of_a_mask("(batch, 1, n): a row for each sequence", "position < lengths[b]"),
    },
)


def _pad(f: Any, n: int, *lengths: int) -> Any:
    return check_padding_mask(f, torch.tensor(lengths), n)


EXERCISE.cases["padding_mask"] = {
    "True at the first lengths[b] keys": lambda f: _pad(f, 6, 4, 2, 3),
    "lengths from 0 to n": lambda f: [_pad(f, *s) for s in ((7, 7, 7), (5, 0, 3, 1, 5), (4, 0, 0))],
    "a batch of one sequence": lambda f: _pad(f, 3, 2),
    "a single position": lambda f: _pad(f, 1, 1, 0, 1),
    "as many sequences as positions": lambda f: _pad(f, 5, 5, 2, 4, 1, 3),
    "many of both": lambda f: check_padding_mask(f, torch.randint(0, 41, (16,)), 40),
}


# --- scaled_dot_product_attention ------------------------------------------------------------


def _attention(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Any:
    # Exercise 1's edits are made here too: what they replace must stand once.
    scale = math.sqrt(Q.shape[-1])
    dot = Q @ K.mT
    scores = dot / scale
    plain = scores.softmax(-1)
    if mask is not None:
        hide = ~mask
        low = -math.inf
        scores[:] = scores.masked_fill(hide, low)
    weights = scores.softmax(-1)
    if mask is not None:
        keyless = 0 * plain
        weights[:] = weights.where(mask.any(-1, True), keyless)
    output = weights @ V
    return (output, weights)


def _keyless_only(got: Any, right: Any, *args: Tensor, mask: Tensor) -> bool:
    """What is wrong is wrong where a query has no key left."""
    has_key = right[1].any(-1)
    return same([g[has_key] for g in got], [r[has_key] for r in right])


_LOW = "masked keys keep or take some weight: a number is not low enough, only -inf gives 0"
_check_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    reference=attention.scaled_dot_product_attention,
    text=[_attention],
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys where the mask is True (every key "
    "without a mask), exactly 0 where it is False; output = weights @ V; both 0 for a query with "
    "no key left; returned as (output, weights)",
    wrong={
        "its weights and its output are 0": {
            "keyless = math.nan": "a query with no key left gives NaN (a softmax of -inf, or 0/0)",
            "keyless = 1 / K.shape[-2]": "a query with no key left gets uniform weights (by -1e9)",
            "keyless = plain": "a query with no key left is treated as if it had no mask",
            "keyless = torch.eye(*scores.shape[-2:])": "a query with no key left sees itself",
            "keyless = torch.eye(1, K.shape[-2])": "a query with no key left sees the first key",
            "return (output, scores.softmax(-1))": "a query with no key left gives NaN weights",
            "output = scores.softmax(-1) @ V": "a query with no key left gives NaN in the output",
            "output = weights @ V + ~weights.any(-1, True) * V.mean(-2, True)": "a query with no "
            "key left gets the mean of V as its output",
        },
        "mask the keys where the given mask is False": {
            "hide = mask": "the convention is inverted, as in nn.MultiheadAttention",
            "hide = ~mask.mT": "the mask is transposed, though its rows are queries",
            "hide = plain.triu(1) > 0": "a causal mask is applied whatever the mask says",
            "hide = ~mask | (plain.triu(1) > 0)": "a causal mask is applied besides the given one",
            "hide = ~mask | (torch.eye(*scores.shape[-2:]) > 0)": "the diagonal is masked too",
            "hide = ~mask[0] if mask.dim() > 2 else ~mask": "only the first sequence's mask counts",
            "hide = ~mask.squeeze()": "the mask is squeezed, and sequences are taken for queries",
            "hide = ~mask[..., :1, :]": "only the first row of the mask is used, for all queries",
        },
        "": {("low = -1e3", "low = -1e4", "low = -1e4; weights[:] = weights * mask"): _LOW},
        "divide the scores by √d_k, then put them to -inf where the mask is False (masked_fill)": {
            "low = 0.0": "masked scores are put to 0 (multiplied by the mask), and exp(0) is 1",
            ("low = 1e9", "low = math.inf"): "the sign is wrong (plus infinity or a large number)",
            "scores[:] = scores": "the mask is ignored where it hides a key",
            "scores[:] = scores + mask": "the mask is added to the scores as 0 and 1",
            "scores[:] = scores + ~mask * -math.inf": "0 times infinity is NaN",
            "scores[:] = Q @ (K * mask.mT).mT / scale": "keys are zeroed, and still get weight",
            "scores[:] = dot.masked_fill(hide, low)": "masked scores are not scaled",
        },
        "put scores to -inf where the mask is False, then one softmax, whose weights sum to 1": {
            "scores[:] = plain.masked_fill(hide, low)": "the softmax is applied twice",
            "scores[:] = plain * mask": "the softmax is applied twice",
            "weights[:] = weights.softmax(-1)": "the softmax is applied twice",
            "weights[:] = plain * mask": "the weights are masked after the softmax",
            "weights[:] = plain.where(mask, -math.inf)": "minus infinity comes after the softmax",
            "weights[:] = plain.where(mask, -1e9)": "a low number comes after the softmax",
        },
        "mask the scores, and return the weights that the output is made with": {
            "return (output, plain)": "the mask reaches the output but not the weights",
            "output = plain @ V": "the output is made with the unmasked weights",
            "weights[:] = plain * mask; return (output, plain)": "values of masked keys are zeroed",
        },
        **exercise_1.check_scaled_dot_product_attention.wrong,
    },
    seen={
        "the mask does not broadcast to (..., n_q, n_k): it may have fewer dimensions, or 1 in "
        "place of n_q; masked_fill does that, an index does not": lambda got, right, *_, mask: (
            raised(says=" match ")(got) or got[1].shape != right[1].shape
        ),
        "a query with no key left does not get weights and output of exactly 0": _keyless_only,
        "NaN or infinity comes back, as from 0 * inf and inf - inf: masked_fill(~mask, -math.inf) "
        "avoids both": lambda got, right, *_, mask: not all(g.isfinite().all() for g in got),
        _LOW: lambda got, right, *_, mask: bool((got[1].masked_fill(mask, 0.0) > 1e-6).any()),
        "the weights don't sum to 1 over the remaining keys: mask scores before the softmax, not "
        "weights after it": lambda got, right, *_, mask: not same(got[1].sum(-1), right[1].sum(-1)),
        "mask=None is not handled: without a mask no key is hidden": raised(says="NoneType"),
        "a bool mask has no minus: use masked_fill(~mask, -math.inf)": raised(says="bool tensor"),
        **exercise_1.check_scaled_dot_product_attention.seen,
    },
)

_check_exactly_zero = EXERCISE.check(
    "scaled_dot_product_attention",
    arguments=("weights on masked keys, 0 elsewhere",),
    reference=torch.zeros_like,
    expects="no weight on a masked key, exactly",
    seen={_LOW: comes_back(Tensor)},
)


def check_scaled_dot_product_attention(
    answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None, **kwargs: Any
) -> None:
    """Check one call, and that masked keys got exactly 0."""
    if mask is None:
        _check_attention(answer, Q, K, V, **kwargs)
    else:
        _, weights = _check_attention(answer, Q, K, V, mask=mask, **kwargs)
        _check_exactly_zero(lambda left: left, weights.masked_fill(mask, 0.0), tolerance=0.0)


# --- The leak test -------------------------------------------------------------------------


def check_no_leak(answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor) -> None:
    """The leak test: does any output depend on a later token?

    First everything must be finite, since no comparison with NaN says that an output moved. Then
    each token in turn is changed: no earlier output may move, and its own and all later ones must,
    since a mask that hides more than the future leaks nothing either. Last, each token must give
    weight to itself.

    Q, K and V are `(n, d)`, in float64, so that nothing but a leak moves an output. The causal
    mask under test is `(n, n)`.
    """
    for problem, cause in _leaks(answer, mask, Q, K, V):
        EXERCISE.note_failure("scaled_dot_product_attention")
        facts = {
            "called": f"scaled_dot_product_attention with {len(Q)} tokens and a causal mask",
            "problem": problem,
            "expected": "finite results; a token that changes moves its own output and all later "
            "ones, and none before it; weight on the diagonal",
        }
        headline = f"leak test of scaled_dot_product_attention: {cause}"
        raise WrongAnswer(headline, facts.items(), cause)


def _leaks(answer: Any, mask: Tensor, *tokens: Tensor) -> Iterator[tuple[str, str]]:
    """Each problem and its cause, the first of which counts."""
    changes = torch.eye(len(mask) + 1)[:, 1:, None]  # none, then each token in turn
    results = [attempt(partial(answer, *(t + c for t in tokens), mask.clone())) for c in changes]
    for got in results:
        if not isinstance(got, list | tuple) or not all(isinstance(g, Tensor) for g in got):
            yield f"the call gives {describe(got)}", "return (output, weights)"
    if not all(g.isfinite().all() for got in results for g in got):
        yield (
            "the outputs or weights are not finite, so that nothing can be said about leaks",
            "a row of only minus infinity gives NaN",
        )
    outputs = torch.stack([got[0] for got in results])
    moved = (outputs[1:] - outputs[0]).abs().amax(-1) > 1e-9
    for token, where in enumerate(moved):
        if early := where[:token].nonzero().flatten().tolist():
            yield (
                f"changing token {token} moved the outputs at the earlier positions {early}",
                "the future leaks into the past: output i depends on tokens 0 to i only; mask the "
                "scores before the softmax, where the mask is False",
            )
    itself = "a token may attend to itself: the diagonal of a causal mask is True"
    for token, where in enumerate(moved):
        if still := [i for i, moves in enumerate(where) if i >= token and not moves]:
            yield (
                f"changing token {token} did not move the outputs at {still}, its own or later",
                f"output i depends on all of tokens 0 to i; {itself}",
            )
    if without := (results[0][1].diagonal() <= 0).nonzero().flatten().tolist():
        yield f"the queries at {without} give no weight to their own position", itself


# --- Hidden cases of scaled_dot_product_attention ------------------------------------------


def _case(f: Any, mask: Tensor | None, *batch: int, **sizes: Any) -> Any:
    Q, K, V = exercise_1.attention_inputs(*batch, **sizes)
    return check_scaled_dot_product_attention(f, Q, K, V, mask)


def _some(*shape: int) -> Tensor:
    """Half of the keys, others for each query, and one at least."""
    return torch.rand(*shape).argsort(-1) < (shape[-1] + 1) // 2


def _no_leak(f: Any, n: int) -> Any:
    Q, K, V = torch.randn(3, n, 8, dtype=torch.float64)
    return check_no_leak(f, Q, K, V, _CAUSAL[:n, :n])


def _extreme_scores(f: Any) -> None:
    Q, K, V = exercise_1.large_scores()
    mask = torch.tensor([[True, True, False], [True, False, True]])
    check_scaled_dot_product_attention(f, Q, K, V)
    check_scaled_dot_product_attention(f, Q, K, V, mask)
    # All scores far below -10,000, but close to one another: a masked one must lie lower still.
    Q, K = torch.full((2, 16), 400.0), torch.full((3, 16), -50.0)
    K[:, 0] += torch.tensor([1.0, 0.0, 2.0]) / 128  # scores differ by 0.78, exactly
    check_scaled_dot_product_attention(f, Q, K, V, mask, tolerance=0.03)


_CAUSAL = attention.causal_mask(6)
EXERCISE.cases["scaled_dot_product_attention"] = {
    "as in exercise 1 without a mask": lambda f: [_case(f, None, *b) for b in ((), (2, 3))],
    "a mask for all sequences, (n_q, n_k) or (1, n_k)": lambda f: [
        _case(f, _some(n, 6), *batch) for batch in ((), (3,), (2, 3)) for n in (4, 1)
    ],
    "a mask for each sequence, (..., n_q, n_k) or (..., 1, n_k)": lambda f: [
        *(_case(f, _some(*shape, 6), shape[0]) for shape in ((3, 1), (3, 4), (4, 1))),
        *(_case(f, _some(*shape, 6), 2, 3) for shape in ((3, 1), (2, 1, 4), (2, 1, 1))),
    ],
    "a causal mask, also with padding": lambda f: [
        *(_case(f, _CAUSAL & m, 2, n_q=6, d_k=6, d_v=6) for m in (_CAUSAL, _some(2, 1, 6))),
        _case(f, attention.causal_mask(40), 2, n_q=40, n_k=40, d_k=64, d_v=64),
    ],
    "a mask that allows everything": lambda f: _case(f, _some(4, 6) | True, 2),
    "a single query or key": lambda f: [_case(f, _some(1, n), 2, n_q=1, n_k=n) for n in (1, 6)],
    "float64 inputs": lambda f: [_case(f, m, 2, dtype=torch.float64) for m in (None, _some(4, 6))],
    "inputs in any memory layout": lambda f: _case(f, torch.randn(2, 6, 4).mT > -1, 2, turned=True),
    "weights and output of 0 for a query with no key left": lambda f: [
        _case(f, _some(3, 4, 6) & (torch.arange(4) != 2)[:, None], 3),
        _case(f, attention.padding_mask(torch.tensor([6, 0, 2]), 6), 3),
        _case(f, _CAUSAL & (torch.arange(6) > 1), 2, n_q=6),
        _case(f, _some(4, 6) & False, 2),
        _case(f, _some(1, 6) & False, 2, dtype=torch.float64),
    ],
    "no weight on a masked key, exactly, and finite for large scores": _extreme_scores,
    "no output depends on a later token": lambda f: [_no_leak(f, n) for n in (2, 6)],
}
