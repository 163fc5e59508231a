"""Exercise 4-causal-masking: points, references, known misconceptions, hidden cases, leak test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from checks import attention as exercise_1
from checks.check import Exercise
from checks.compare import WrongAnswer, attempt, describe, same
from checks.mistakes import Edit, Seen, instead_of
from checks.seen import Predicate, comes_back, other_dtype, other_shape, raised
from helpers import attention

EXERCISE = Exercise("4-causal-masking")
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests


def _seen(messages: Mapping[Predicate, str]) -> Iterator[Seen]:
    return (Seen(message, when) for when, message in messages.items())


def _additive(got: Any, *args: Any) -> bool:
    return got.dtype.is_floating_point and bool((got != 0).any() and (got[got != 0] < -100).all())


_NOT_BOOLEAN: dict[Predicate, str] = {
    _additive: "an additive mask comes back (0 and very low numbers): this one is boolean, dtype "
    "torch.bool, with True where attending is allowed",
    lambda got, right, *_: torch.equal(got != 0, right) and got.dtype != torch.bool: "the mask is "
    "not boolean: it holds the right zeros and ones as numbers; give dtype torch.bool",
    lambda got, right, *_: torch.equal(got == 0, right) and got.dtype != torch.bool: "the mask is "
    "not boolean and the convention is inverted: True (dtype torch.bool) allows attending",
    other_dtype(): "the mask is not boolean: give dtype torch.bool",
    comes_back(list, tuple): "a list comes back: make a boolean torch tensor of it",
}


def _not_itself(got: Any, expected: Tensor, n: int) -> bool:
    return not got.diagonal().all()


def _too_much(got: Any, expected: Tensor, *args: Any) -> bool:
    return bool((got & ~expected).any())


def _too_little(got: Any, expected: Tensor, *args: Any) -> bool:
    return bool((expected & ~got).any())


# --- causal_mask ---------------------------------------------------------------------------

check_causal_mask = EXERCISE.check(
    "causal_mask",
    visible=1,
    hidden=2,
    arguments=("n",),
    reference=attention.causal_mask,
    expects="a boolean tensor of shape (n, n), True at [i, j] where j <= i: query i may attend to "
    "the keys up to and including its own position",
    mistakes=(
        *instead_of(
            ".tril()",
            right="True belongs where j <= i (rows are queries, columns are keys), since a query "
            "may attend to itself and to all earlier positions",
            wrong={
                ".tril(-1)": "off by one (strictly lower triangle), so that no query sees itself",
                ".tril(1)": "off by one, so that a query sees one position ahead (the next token)",
                ".triu(1)": "the convention is inverted, as in nn.MultiheadAttention",
                ".triu()": "transposed (upper triangle), so that a query sees only the future",
                ".triu(2)": "inverted and off by one (upper triangle)",
                "": "everything is True: nothing is masked, so the future is visible",
                ".triu(n)": "everything is False: no query may attend to anything",
                ".tril().triu()": "only the diagonal is True (eye)",
                ".fill_diagonal_(False)": "the diagonal is masked and nothing else",
                (".tril().flip(-1)", ".tril().flip(0)"): "flipped along the other diagonal",
                ".tril().triu(-1)": "only the last positions are kept (a sliding window)",
                ".tril(-1).triu(-1)": "only the previous position is True",
            },
        ),
        *instead_of(
            ".tril()",
            right="the shape is (n, n), which broadcasts as it is",
            wrong={
                ".new_ones(n + 1, n + 1).tril()": "there is one row too many (n + 1)",
                ".new_ones(n - 1, n - 1).tril()": "there is one row too few (n - 1)",
                ".tril()[None]": "an extra (batch) dimension is added",
                ".tril()[None, None]": "extra dimensions (batch and heads) are added",
            },
        ),
        *_seen(
            _NOT_BOOLEAN
            | {
                other_shape: "the shape is not (n, n): one row, or the size is fixed or other",
                _not_itself: "some queries are kept from their own "
                "position: a query may attend to itself, so the whole diagonal is True",
                _too_much: "some queries may attend to later positions: True only where j <= i",
                _too_little: "some queries are kept from earlier positions (a window, or a column "
                "that is left out): a query may attend to all of them",
            }
        ),
    ),
)

EXERCISE.contract(
    "causal_mask",
    {
        "True at [i, j] where j <= i": lambda f: [check_causal_mask(f, n) for n in (8, 5, 3, 37)],
        "many positions": lambda f: check_causal_mask(f, 130),
        "a single position": lambda f: check_causal_mask(f, 1),
    },
)


# --- padding_mask --------------------------------------------------------------------------


def _padding(lengths: Tensor, n: int) -> Tensor:
    key, length = torch.arange(n), lengths[:, None]
    real = key < length
    return real[:, None, :]


check_padding_mask = EXERCISE.check(
    "padding_mask",
    visible=1,
    hidden=2,
    arguments=("lengths", "n"),
    reference=attention.padding_mask,
    text=[_padding],
    expects="a boolean tensor of shape (batch, 1, n), True at the first lengths[b] keys of "
    "sequence b",
    mistakes=(
        *instead_of(
            "key < length",
            right="the first lengths[b] keys of sequence b are real, those with position < "
            "lengths[b], counted from 0",
            wrong={
                "key >= length": "the convention is inverted, as in a key_padding_mask of PyTorch",
                "key <= length": "off by one, one key too many (<= instead of <)",
                "key < length - 1": "off by one, one key too few",
                "(0 < key) & (key <= length)": "off by one, without the first key (position 0)",
                "(0 < key) & (key < length)": "off by one: the first key (position 0) is left out",
                "key > length": "inverted and off by one",
                "key >= n - length": "the padding is taken to be on the left",
                "key == length - 1": "only the last real key is True",
                "key == length": "only the position lengths[b] is marked (one-hot)",
                "(key < length) & (length < n)": "a length of n loses its keys (a slice to -0)",
                "key < length.clamp(min=1)": "a length of 0 gets a key all the same",
                "(key < length) | (length == 0)": "a length of 0 gets all keys",
                "key < length + n": "everything is True: the padding is not masked",
                "key < length - n": "everything is False: the real keys are masked too",
                "key < length.cumsum(0)": "the lengths add up along the batch (cumsum)",
                "key < 0 * length + length.max()": "every sequence gets the length of the longest",
                "key < 0 * length + length.min()": "every sequence gets the length of the shortest",
                "key < 0 * length + length[0]": "every sequence gets the length of the first",
                "key < length[:1]": "only the first sequence's mask comes back",
            },
        ),
        *instead_of(
            "real[:, None, :]",
            right="the shape is (batch, 1, n), a row of n keys that broadcasts over the queries",
            wrong={
                "real[:, None, :length.max()]": "n is ignored (as wide as the longest sequence)",
                "real": "the middle dimension is missing, so that it would mean (n_q, n_k)",
                "real[:, None].squeeze(0)": "a batch of one is squeezed away",
                "real[:, :, None]": "queries are masked instead of keys (shape (batch, n, 1))",
                "real[:, None, None]": "there is one dimension too many (batch, 1, 1, n)",
                "real[None]": "the 1 stands in front (shape (1, batch, n)), but batch comes first",
                "real[:, None].expand(-1, n, n)": "the mask is expanded to a row for each query",
                "real[:, None] & real[:, :, None]": "padded queries are masked as well as keys",
                "real[:, None] & torch.ones(n, n).tril().bool()": "a causal mask is mixed in",
                ("real.T", "real.T[:, None]"): "the mask is transposed (n comes before batch)",
            },
        ),
        *_seen(
            _NOT_BOOLEAN
            | {
                raised(says="size of tensor"): "the comparison does not broadcast: lengths "
                "has to be a column, lengths[:, None], against torch.arange(n)",
                raised(says="Boolean value"): "a tensor was asked for its truth as a whole: "
                "go through lengths one by one, or compare lengths[:, None] with torch.arange(n)",
                other_shape: "the shape is not (batch, 1, n): a row of keys for each sequence",
                _too_much: "some padding may be attended to: True only where position < lengths[b]",
                _too_little: "some real keys are masked: True wherever position < lengths[b]",
            }
        ),
    ),
)


def _lengths(f: Any, n: int, *lengths: int) -> Any:
    return check_padding_mask(f, torch.tensor(lengths), n)


EXERCISE.contract(
    "padding_mask",
    {
        "True at the first lengths[b] keys": lambda f: _lengths(f, 6, 4, 2, 3),
        "lengths from 0 to n": lambda f: [
            _lengths(f, n, *lengths) for n, *lengths in ((7, 7, 7), (5, 0, 3, 1, 5), (4, 0, 0))
        ],
        "a batch of one sequence": lambda f: _lengths(f, 3, 2),
        "a single position": lambda f: _lengths(f, 1, 1, 0, 1),
        "as many sequences as positions": lambda f: _lengths(f, 5, 5, 2, 4, 1, 3),
        "many of both": lambda f: check_padding_mask(f, torch.randint(0, 41, (16,)), 40),
    },
)


# --- scaled_dot_product_attention ------------------------------------------------------------


def _attention(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Any:
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, -1)
    if mask is not None:
        has_key = mask.any(-1, keepdim=True)
        weights = weights.where(has_key, 0.0)
    output = weights @ V
    return (output, weights)


_MASKED = "scores.masked_fill(~mask, -math.inf)"
_PLAIN = "torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), -1)"
_FUTURE = "torch.ones(Q.shape[-2], K.shape[-2]).triu(1).bool()"
_LOW = (
    "masked keys keep some weight, or take it from the others: only minus infinity gives exactly "
    "0, a number is not low enough"
)


def _masked(look: Callable[..., Any]) -> Predicate:
    """`look(got, expected, mask)`, of calls with a mask."""
    return lambda got, expected, Q, K, V, mask: bool(look(got, expected, mask))


def _keyless_only(got: Any, expected: Any, mask: Tensor) -> bool:
    """What is wrong is wrong where a query has no key left."""
    has_key = mask.expand(expected[1].shape).any(-1)
    return same([g[has_key] for g in got], [e[has_key] for e in expected])


def _not_finite(got: Any, expected: Any, mask: Tensor) -> bool:
    return not all(g.isfinite().all() for g in got)


def _some_weight(got: Any, expected: Any, mask: Tensor) -> bool:
    return bool((got[1].masked_fill(mask, 0.0) > 1e-6).any())


def _other_sum(got: Any, expected: Any, mask: Tensor) -> bool:
    return not same(got[1].sum(-1), expected[1].sum(-1))


def _does_not_broadcast(got: Any, expected: Any, mask: Tensor) -> bool:
    says = ("size of tensor", "shape of the mask")
    return any(raised(says=s)(got) for s in says) or got[1].shape != expected[1].shape


_check_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    visible=3,
    hidden=6,
    arguments=("Q", "K", "V"),
    reference=attention.scaled_dot_product_attention,
    text=[_attention],
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys where the mask is True (every key "
    "without a mask), exactly 0 where it is False; output = weights @ V; both 0 for a query with "
    "no key left; returned as (output, weights)",
    mistakes=(
        *instead_of(
            "(has_key, 0.0)",
            right="its weights and its output are 0",
            wrong={
                "(has_key, math.nan)": "a query with no key left gives NaN, as the softmax of only "
                "minus infinity does, and dividing by a sum of 0",
                "(has_key, 1 / K.shape[-2])": "a query with no key left gets uniform weights, as "
                "from -1e9, which is the same for all its keys",
                f"(has_key, {_PLAIN})": "a query with no key left is treated as if it had no mask",
                "(has_key, torch.eye(Q.shape[-2], K.shape[-2]).to(Q))": "a query with no key left "
                "attends to itself",
                "(has_key, torch.eye(1, K.shape[-2]).to(Q))": "a query with no key left attends to "
                "the first key",
            },
        ),
        *instead_of(
            "~mask",
            right="mask the keys where the given mask is False",
            wrong={
                "mask": "the convention is inverted, as in nn.MultiheadAttention",
                "~mask.mT": "the mask is transposed, though rows are queries and columns keys",
                _FUTURE: "a causal mask is applied whatever the mask says",
                f"~mask | {_FUTURE}": "a causal mask is applied on top of the given mask",
                "~mask | torch.eye(Q.shape[-2], K.shape[-2]).bool()": "off by one (no diagonal)",
                "~(mask if mask.dim() < 3 else mask[0])": "only the first sequence's mask is used",
                "~mask.squeeze()": "the mask is squeezed, and sequences are taken for queries",
                "~mask[..., :1, :]": "only the first row of the mask is used, for all queries",
            },
        ),
        *instead_of(
            "-math.inf",
            right="masked scores become minus infinity, since exp of it is 0",
            wrong={
                ("-1e3", "-1e4"): _LOW,
                "0.0": "masked scores are put to 0 (multiplied by the mask), and exp(0) is 1",
                ("1e9", "math.inf"): "the sign is wrong (plus infinity or a large number)",
            },
        ),
        *instead_of(
            _MASKED,
            right="divide the scores by the square root of d_k, put them to minus infinity where "
            "the mask is False (masked_fill), then one softmax",
            wrong={
                "scores": "the mask is ignored where it hides a key",
                "scores + mask": "the mask is added to the scores as 0 and 1 (or subtracted)",
                "scores + ~mask * -math.inf": "0 times infinity is NaN",
                "Q @ (K * mask.mT).mT / math.sqrt(Q.shape[-1])": "keys are zeroed (K * mask), and "
                "a score of 0 still gets weight",
                _MASKED.replace("scores", "(Q @ K.mT)"): "masked scores are not scaled",
                _MASKED.replace("scores", "torch.softmax(scores, -1)"): "the softmax is applied "
                "twice, again after masking",
                "torch.softmax(scores, -1) * mask": "the softmax is applied twice, again after the "
                "weights are multiplied by the mask",
            },
        ),
        *instead_of(
            "weights.where(has_key, 0.0)",
            right="put the scores to minus infinity where the mask is False, before one softmax",
            wrong={
                f"{_PLAIN} * mask": "the weights are masked after the softmax, and don't sum to 1",
                f"{_PLAIN}.where(mask, -math.inf)": "minus infinity comes after the softmax",
                f"{_PLAIN}.where(mask, -1e9)": "a large negative number comes after the softmax",
                "torch.softmax(weights, -1)": "the softmax is applied twice",
            },
        ),
        *instead_of(
            "(output, weights)",
            right="return the weights that the output was made with",
            wrong={
                f"(output, {_PLAIN})": "the mask reaches the output but not the weights",
                "(output, torch.softmax(scores, -1))": "a query with no key left gives NaN weights",
            },
        ),
        *instead_of(
            "= weights @ V",
            right="the output is weights @ V, with the weights that come back",
            wrong={
                f"= {_PLAIN} @ V": "the output is made with the unmasked weights",
                "= torch.softmax(scores, -1) @ V": "a query with no key left gives NaN",
                "= weights @ V + (weights.sum(-1, True) == 0) * V.mean(-2, True)": "the output of "
                "a query with no key left is the mean of V",
            },
        ),
        Edit(_LOW, "-math.inf", "-1e4", "weights.where(has_key, 0.0)", "weights * mask"),
        Edit(
            "the values of masked keys are zeroed, but their weights stay: mask the scores",
            *(_MASKED, "scores"),
            *("= weights @", "= (weights if mask is None else weights * mask) @"),
        ),
        *_seen(
            {
                _masked(_does_not_broadcast): "the mask does not broadcast to the scores "
                "(..., n_q, n_k): it may have fewer dimensions, or 1 in place of n_q; masked_fill "
                "and torch.where broadcast, indexing and unsqueeze on fixed dimensions don't",
                _masked(_keyless_only): "a query with no key left does not get 0: its weights and "
                "its output must be exactly 0",
                _masked(_not_finite): "NaN or infinity comes back: 0 times infinity is NaN, and so "
                "is infinity minus infinity; masked_fill(~mask, -math.inf) avoids both",
                _masked(_some_weight): _LOW,
                _masked(_other_sum): "the weights of a query don't sum to 1 over the keys that are "
                "left: mask the scores before the softmax, and change nothing after it",
                raised("TypeError", says="NoneType"): "mask=None is not handled: without a mask "
                "every query may attend to every key",
                raised(says="bool tensor"): "a boolean mask can't be subtracted or negated with a "
                "minus sign: ~mask is its opposite, and masked_fill(~mask, -math.inf) masks",
            }
        ),
        *exercise_1.check_scaled_dot_product_attention.mistakes,
    ),
)

_check_exactly_zero = EXERCISE.check(
    "scaled_dot_product_attention",
    arguments=("weights on masked keys, 0 elsewhere",),
    reference=torch.zeros_like,
    expects="no weight on a masked key, exactly",
    mistakes=(Seen(_LOW, comes_back(Tensor)),),
)


def check_scaled_dot_product_attention(
    answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None, **kwargs: Any
) -> None:
    """Check one call, and that masked keys got exactly 0."""
    if mask is not None:
        kwargs["mask"] = mask
    _, weights = _check_attention(answer, Q, K, V, **kwargs)
    if mask is not None:
        left = weights.masked_fill(mask, 0.0)
        _check_exactly_zero(lambda left: left, left, tolerance=0.0)


# --- The leak test -------------------------------------------------------------------------


def check_no_leak(answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor) -> None:
    """The leak test: does any output depend on a later token?

    First everything must be finite, since no comparison with NaN says that an output moved. Then
    each token in turn is changed: no earlier output may move, and its own and all later ones must,
    since a mask that hides more than the future leaks nothing either. Last, each token must give
    weight to itself.

    Args:
        answer: `scaled_dot_product_attention`.
        Q: `(n, d_k)`, float64, so that nothing but a leak moves an output; `K`, `V` likewise.
        mask: `(n, n)`, the causal mask under test.
    """
    for problem, cause in _leaks(answer, mask, Q, K, V):
        EXERCISE.note_failure("scaled_dot_product_attention")
        raise WrongAnswer(
            f"leak test of scaled_dot_product_attention: {len(Q)} tokens, causal mask\n"
            f"  problem:   {problem}\n"
            "  expected:  finite results; a token that changes moves its own output and all later "
            "ones, and none before it; weight on the diagonal\n"
            f"  likely cause: {cause}"
        )


def _leaks(answer: Any, mask: Tensor, *tokens: Tensor) -> Iterator[tuple[str, str]]:
    """Each problem and its cause, the first of which counts."""
    n = len(mask)
    changes = torch.cat([torch.zeros(1, n, 1), torch.eye(n)[:, :, None]]).to(tokens[0].dtype)
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
                "the future leaks into the past: with a causal mask, output i depends on tokens 0 "
                "to i only; mask the scores before the softmax, where the mask is False",
            )
    itself = "a token may attend to itself: the diagonal of a causal mask is True"
    for token, where in enumerate(moved):
        if still := [i for i in range(token, n) if not where[i]]:
            yield (
                f"changing token {token} did not move the outputs at its own or later positions, "
                f"{still}",
                f"output i depends on all of tokens 0 to i; {itself}",
            )
    if without := (results[0][1].diagonal() <= 0).nonzero().flatten().tolist():
        yield f"the queries at {without} give no weight to their own position", itself


# --- Hidden cases of scaled_dot_product_attention ------------------------------------------


def _cases(f: Any, *cases: tuple[tuple[int, ...], Tensor | None], **sizes: Any) -> Any:
    for batch, mask in cases:
        Q, K, V = exercise_1.attention_inputs(*batch, **sizes)
        check_scaled_dot_product_attention(f, Q, K, V, mask)


_CAUSAL = attention.causal_mask(6)


def _some(*shape: int) -> Tensor:
    """About half of the keys, and one at least for each query."""
    mask = torch.rand(*shape) < 0.5
    mask[..., 0] |= ~mask.any(-1)
    return mask


def _any_layout(f: Any) -> None:
    Q, K, V, mask = (torch.randn(2, *shape).mT for shape in ((8, 4), (8, 6), (8, 6), (6, 4)))
    check_scaled_dot_product_attention(f, Q, K, V, mask > -1)


def _no_leak(f: Any, n: int) -> Any:
    Q, K, V = torch.randn(3, n, 8, dtype=torch.float64)
    check_no_leak(f, Q, K, V, _CAUSAL[:n, :n])


def _extreme_scores(f: Any) -> None:
    # Scores of about 10,000, where exp alone overflows; the winner is clear.
    Q, V = torch.full((2, 4), 100.0), torch.randn(3, 2)
    K = torch.tensor([[100.0] * 4, [50.0] * 4, [-100.0] * 4])
    mask = torch.tensor([[True, True, False], [True, False, True]])
    check_scaled_dot_product_attention(f, Q, K, V)
    check_scaled_dot_product_attention(f, Q, K, V, mask)
    # All scores far below -10,000, but close to one another: a masked one must lie lower still.
    Q, K = torch.full((2, 16), 400.0), torch.full((3, 16), -50.0)
    K[:, 0] += torch.tensor([1.0, 0.0, 2.0]) / 128  # scores differ by 0.78, exactly
    check_scaled_dot_product_attention(f, Q, K, V, mask, tolerance=0.03)


EXERCISE.contract(
    "scaled_dot_product_attention",
    {
        "as in exercise 1 without a mask": lambda f: _cases(f, ((), None), ((2, 3), None)),
        "a mask for all sequences, (n_q, n_k) or (1, n_k)": lambda f: _cases(
            f, *((batch, _some(n, 6)) for batch in ((), (3,), (2, 3)) for n in (4, 1))
        ),
        "a mask for each sequence, (..., n_q, n_k) or (..., 1, n_k)": lambda f: [
            _cases(f, ((3,), _some(3, 1, 6)), ((3,), _some(3, 4, 6)), ((4,), _some(4, 1, 6))),
            _cases(f, *(((2, 3), _some(*b, 6)) for b in ((3, 1), (2, 1, 4), (2, 1, 1)))),
        ],
        "a causal mask, also with padding": lambda f: [
            _cases(f, ((2,), _CAUSAL), ((2,), _CAUSAL & _some(2, 1, 6)), n_q=6, d_k=6, d_v=6),
            _cases(f, ((2,), attention.causal_mask(40)), n_q=40, n_k=40, d_k=64, d_v=64),
        ],
        "a mask that allows everything": lambda f: _cases(f, ((2,), _some(4, 6) | True)),
        "a single query or key": lambda f: [
            _cases(f, ((2,), _some(1, n)), n_q=1, n_k=n) for n in (1, 6)
        ],
        "the dtype of Q, K and V": lambda f: _cases(
            f, ((2,), None), ((2,), _some(4, 6)), dtype=torch.float64
        ),
        "Q, K, V and mask in any memory layout": _any_layout,
        "weights and output of 0 for a query with no key left": lambda f: [
            _cases(f, ((3,), _some(3, 4, 6) & (torch.arange(4) != 2)[:, None])),
            _cases(f, ((3,), attention.padding_mask(torch.tensor([6, 0, 2]), 6))),
            _cases(f, ((2,), _CAUSAL & (torch.arange(6) > 1)), n_q=6),
            _cases(f, ((2,), _some(4, 6) & False)),
            _cases(f, ((2,), _some(1, 6) & False), dtype=torch.float64),
        ],
        "no weight on a masked key, exactly, and finite for large scores": _extreme_scores,
        "no output depends on a later token": lambda f: [_no_leak(f, n) for n in (2, 6)],
    },
)
