"""Exercise 4-causal-masking: points, references, known misconceptions, and the leak test."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from checks import attention as exercise_1
from checks.core import Check, Exercise, Mistake, Raised, WrongAnswer, attempt, describe
from helpers import attention

EXERCISE = Exercise("4-causal-masking")
passed = EXERCISE.passed


def _ones(*shape: int) -> Tensor:
    return torch.ones(*shape, dtype=torch.bool)


def _additive(mask: Tensor, low: float = -math.inf) -> Tensor:
    return torch.zeros(mask.shape).masked_fill(~mask, low)


def _is_tensor(got: Any) -> bool:
    return isinstance(got, Tensor)


def _only_dtype_differs(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        _is_tensor(got)
        and got.shape == expected.shape
        and got.dtype != torch.bool
        and bool(((got != 0) == expected).all())
    )


def _additive_mask(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        _is_tensor(got)
        and got.dtype.is_floating_point
        and bool((got[got != 0] < -100).all())
        and bool((got != 0).any())
    )


def _floats_inverted(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return (
        _is_tensor(got)
        and got.shape == expected.shape
        and got.dtype != torch.bool
        and bool(((got == 0) == expected).all())
    )


def _not_bool(got: Any, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return _is_tensor(got) and got.dtype != torch.bool


# --- causal_mask ---------------------------------------------------------------------------


def _fixed_size(got: Any, expected: Tensor, n: int) -> bool:
    return _is_tensor(got) and got.shape[-1] not in (n, 1) and got.shape[-1] == got.shape[-2]


check_causal_mask = EXERCISE.check(
    "causal_mask",
    visible=1,
    hidden=2,
    arguments=("n",),
    reference=attention.causal_mask,
    expects="a boolean tensor of shape (n, n), True at [i, j] where j <= i: query i may attend to "
    "the keys up to and including its own position",
    mistakes=(
        Mistake(
            "off by one (strictly lower triangle): a query may attend to itself too, so the "
            "diagonal is True: j <= i, not j < i",
            lambda n: _ones(n, n).tril(-1),
        ),
        Mistake(
            "off by one: a query sees one position ahead (the next token), which is what the mask "
            "is there to prevent: j <= i, not j <= i + 1",
            lambda n: _ones(n, n).tril(1),
        ),
        Mistake(
            "the convention is inverted: True is put where attending is forbidden (as in "
            "nn.MultiheadAttention); here True means that the query may attend to the key",
            lambda n: _ones(n, n).triu(1),
        ),
        Mistake(
            "transposed (upper triangle, rows and columns swapped): rows are queries, columns are "
            "keys, so the lower triangle is True: j <= i. As it is, each query sees only the "
            "future",
            lambda n: _ones(n, n).triu(),
        ),
        Mistake(
            "inverted and off by one: the upper triangle without its first off-diagonals; True "
            "belongs where j <= i",
            lambda n: _ones(n, n).triu(2),
        ),
        Mistake(
            "everything is True: nothing is masked, so the future is visible; keep only j <= i",
            lambda n: _ones(n, n),
        ),
        Mistake(
            "everything is False: no query may attend to anything",
            lambda n: ~_ones(n, n),
        ),
        Mistake(
            "only the diagonal is True (eye): a query may attend to all earlier positions too",
            lambda n: torch.eye(n, dtype=torch.bool),
        ),
        Mistake(
            "the diagonal is masked and nothing else: mask the later positions, j > i",
            lambda n: ~torch.eye(n, dtype=torch.bool),
        ),
        Mistake(
            "the triangle lies along the other diagonal (flipped left to right): True at [i, j] "
            "where j <= i",
            lambda n: _ones(n, n).tril().flip(-1),
        ),
        Mistake(
            "the triangle lies along the other diagonal (flipped upside down): True at [i, j] "
            "where j <= i",
            lambda n: _ones(n, n).tril().flip(0),
        ),
        Mistake(
            "only the last positions are kept (a sliding window): a query may attend to all "
            "earlier positions, however far back",
            lambda n: _ones(n, n).tril().triu(-1),
        ),
        Mistake(
            "only the previous position is True: a query may attend to itself and to all earlier "
            "positions",
            lambda n: torch.diag(_ones(n - 1), -1),
        ),
        Mistake(
            "one row too many or too few for n positions (n + 1): the shape is (n, n)",
            lambda n: _ones(n + 1, n + 1).tril(),
        ),
        Mistake(
            "one row too many or too few for n positions (n - 1): the shape is (n, n)",
            lambda n: _ones(n - 1, n - 1).tril(),
        ),
        Mistake(
            "an extra (batch) dimension is added: the shape is (n, n); it broadcasts over batches "
            "as it is",
            lambda n: _ones(n, n).tril()[None],
        ),
        Mistake(
            "extra dimensions (batch and heads) are added: the shape is (n, n); it broadcasts as "
            "it is",
            lambda n: _ones(n, n).tril()[None, None],
        ),
        Mistake(
            "one row comes back instead of a row for each query: the shape is (n, n)",
            when=lambda got, expected, n: _is_tensor(got) and got.dim() == 1,
        ),
        Mistake(
            "numbers to add to the scores come back (0 and minus infinity, an additive mask): this "
            "mask is boolean, dtype torch.bool, with True where attending is allowed",
            when=_additive_mask,
        ),
        Mistake(
            "the mask is not boolean: it holds the right zeros and ones as numbers; give dtype "
            "torch.bool, since ~ and masked_fill need it",
            when=_only_dtype_differs,
        ),
        Mistake(
            "the convention is inverted (1 where attending is forbidden) and the mask is not "
            "boolean: True, of dtype torch.bool, means that the query may attend to the key",
            when=_floats_inverted,
        ),
        Mistake(
            "the size is fixed: the shape must follow n, (n, n)",
            when=_fixed_size,
        ),
        Mistake("the mask is not boolean: give dtype torch.bool", when=_not_bool),
        Mistake(
            "a list comes back: make a boolean torch tensor of it",
            when=lambda got, expected, n: isinstance(got, list | tuple),
        ),
        Mistake(
            "n = 1 is not handled: a single position may attend to itself, [[True]]",
            when=lambda got, expected, n: n == 1,
        ),
        Mistake(
            "some queries are kept from their own position: a query may attend to itself, also the "
            "first and the last, so the whole diagonal is True",
            when=lambda got, expected, n: not bool(got.diagonal().all()),
        ),
        Mistake(
            "some queries may attend to later positions (the future): True only where j <= i",
            when=lambda got, expected, n: bool((got & ~expected).any()),
        ),
        Mistake(
            "some queries are kept from earlier positions (a window, or a column that is left "
            "out): a query may attend to all earlier positions, however far back",
            when=lambda got, expected, n: bool((expected & ~got).any()),
        ),
    ),
)


# --- padding_mask --------------------------------------------------------------------------


def _pad(rule: Any) -> Any:
    """A padding mask by `rule(key, length, n)`."""
    return lambda lengths, n: rule(torch.arange(n), lengths[:, None], n)[:, None, :]


def _first(lengths: Tensor, n: int) -> Tensor:
    return torch.arange(n) < lengths[:, None]


def _padding_batch(got: Any, expected: Tensor, lengths: Tensor, n: int) -> bool:
    return isinstance(got, Raised) and "bool" in got.message.lower()


def _width_wrong(got: Any, expected: Tensor, lengths: Tensor, n: int) -> bool:
    return (
        _is_tensor(got)
        and got.dim() == 3
        and got.shape[:2] == expected.shape[:2]
        and got.shape[2] != n
    )


check_padding_mask = EXERCISE.check(
    "padding_mask",
    visible=1,
    hidden=2,
    arguments=("lengths", "n"),
    reference=attention.padding_mask,
    expects="a boolean tensor of shape (batch, 1, n), True at the first lengths[b] keys of "
    "sequence b",
    mistakes=(
        Mistake(
            "a length of n loses its keys: slicing with -0 or from n is empty or everything; use "
            "position < lengths[b]",
            lambda lengths, n: (_first(lengths, n) & (lengths < n)[:, None])[:, None, :],
        ),
        Mistake(
            "the convention is inverted: True is put on the padding (as in the key_padding_mask of "
            "nn.MultiheadAttention); here True means that the key may be attended to",
            _pad(lambda key, length, n: key >= length),
        ),
        Mistake(
            "off by one, one key too many: positions count from 0, so the first lengths[b] keys "
            "are those with position < lengths[b], not <=",
            _pad(lambda key, length, n: key <= length),
        ),
        Mistake(
            "off by one, one key too few: positions count from 0, so the first lengths[b] keys are "
            "those with position < lengths[b] (position 0 to lengths[b] - 1)",
            _pad(lambda key, length, n: key < length - 1),
        ),
        Mistake(
            "off by one: the first key (position 0) is left out; positions count from 0, so "
            "position < lengths[b]",
            _pad(lambda key, length, n: (key >= 1) & (key <= length)),
        ),
        Mistake(
            "off by one: the first key (position 0) is left out",
            _pad(lambda key, length, n: (key >= 1) & (key < length)),
        ),
        Mistake(
            "inverted and off by one: True belongs at position < lengths[b]",
            _pad(lambda key, length, n: key > length),
        ),
        Mistake(
            "the padding is taken to be on the left (the last lengths[b] keys are True): it is on "
            "the right, so the first lengths[b] keys are True",
            _pad(lambda key, length, n: key >= n - length),
        ),
        Mistake(
            "only the last real key is True (position lengths[b] - 1): all of the first lengths[b] "
            "are",
            _pad(lambda key, length, n: key == length - 1),
        ),
        Mistake(
            "only the position lengths[b] is marked (one-hot): all of the first lengths[b] are "
            "True",
            _pad(lambda key, length, n: key == length),
        ),
        Mistake(
            "a batch of one is squeezed away: the shape is (batch, 1, n) for any batch, 1 included",
            lambda lengths, n: _first(lengths, n)[:, None, :].squeeze(0),
        ),
        Mistake(
            "a batch of one is squeezed away: the shape is (batch, 1, n) for any batch, 1 included",
            when=lambda got, expected, lengths, n: (
                len(lengths) == 1 and _is_tensor(got) and got.shape == (n,)
            ),
        ),
        Mistake(
            "the middle dimension is missing: the shape is (batch, 1, n), so that the mask "
            "broadcasts over the queries; a mask of (batch, n) would be taken for (n_q, n_k)",
            _first,
        ),
        Mistake(
            "queries are masked instead of keys (shape (batch, n, 1)): padding is kept out as a "
            "key, so n comes last: (batch, 1, n)",
            lambda lengths, n: _first(lengths, n)[:, :, None],
        ),
        Mistake(
            "there is one dimension too many (batch, 1, 1, n): the shape is (batch, 1, n); heads "
            "get theirs elsewhere",
            lambda lengths, n: _first(lengths, n)[:, None, None, :],
        ),
        Mistake(
            "the 1 stands in front (shape (1, batch, n)): batch comes first, (batch, 1, n)",
            lambda lengths, n: _first(lengths, n)[None],
        ),
        Mistake(
            "the mask is expanded to a row for each query, (batch, n, n): the shape is "
            "(batch, 1, n), which broadcasts",
            lambda lengths, n: _first(lengths, n)[:, None, :].expand(-1, n, n),
        ),
        Mistake(
            "padded queries are masked as well, (batch, n, n): only keys are masked, in the shape "
            "(batch, 1, n)",
            lambda lengths, n: _first(lengths, n)[:, None, :] & _first(lengths, n)[:, :, None],
        ),
        Mistake(
            "a causal mask is mixed in, (batch, n, n): this mask is only about padding, in the "
            "shape (batch, 1, n)",
            lambda lengths, n: _first(lengths, n)[:, None, :] & _ones(n, n).tril(),
        ),
        Mistake(
            "the mask is transposed, (n, 1, batch) or (n, batch): the shape is (batch, 1, n)",
            lambda lengths, n: _first(lengths, n).T,
        ),
        Mistake(
            "the mask is transposed, (n, 1, batch) or (n, batch): the shape is (batch, 1, n)",
            lambda lengths, n: _first(lengths, n).T[:, None, :],
        ),
        Mistake(
            "the lengths add up from one sequence to the next (cumsum): each sequence starts at "
            "position 0 and has its own lengths[b]",
            lambda lengths, n: _first(lengths.cumsum(0), n)[:, None, :],
        ),
        Mistake(
            "every sequence gets the length of the longest: each has its own lengths[b]",
            lambda lengths, n: _first(lengths.max().expand(len(lengths)), n)[:, None, :],
        ),
        Mistake(
            "every sequence gets the length of the shortest: each has its own lengths[b]",
            lambda lengths, n: _first(lengths.min().expand(len(lengths)), n)[:, None, :],
        ),
        Mistake(
            "every sequence gets the length of the first: each has its own lengths[b]",
            lambda lengths, n: _first(lengths[:1].expand(len(lengths)), n)[:, None, :],
        ),
        Mistake(
            "only the first sequence's mask comes back: there is one for each, (batch, 1, n)",
            lambda lengths, n: _first(lengths[:1], n)[:, None, :],
        ),
        Mistake(
            "n is ignored: the mask is as wide as the longest sequence (lengths.max()); it has n "
            "keys",
            lambda lengths, n: _first(lengths, int(lengths.max()))[:, None, :],
        ),
        Mistake(
            "a length of 0 gets a key all the same: where nothing is real, all are False",
            lambda lengths, n: _first(lengths.clamp(min=1), n)[:, None, :],
        ),
        Mistake(
            "a length of 0 gets all keys: where nothing is real, all are False",
            lambda lengths, n: (_first(lengths, n) | (lengths == 0)[:, None])[:, None, :],
        ),
        Mistake(
            "everything is True: the padding is not masked",
            lambda lengths, n: _ones(len(lengths), 1, n),
        ),
        Mistake(
            "everything is False: the real keys must be True",
            lambda lengths, n: ~_ones(len(lengths), 1, n),
        ),
        Mistake(
            "numbers to add to the scores come back (0 and minus infinity, an additive mask): this "
            "mask is boolean, dtype torch.bool, with True at the real keys",
            when=_additive_mask,
        ),
        Mistake(
            "the mask is not boolean: it holds the right zeros and ones as numbers; give dtype "
            "torch.bool",
            when=_only_dtype_differs,
        ),
        Mistake(
            "the convention is inverted (1 on the padding) and the mask is not boolean: True, of "
            "dtype torch.bool, means that the key may be attended to",
            when=_floats_inverted,
        ),
        Mistake("the mask is not n wide: the shape is (batch, 1, n)", when=_width_wrong),
        Mistake("the mask is not boolean: give dtype torch.bool", when=_not_bool),
        Mistake(
            "the comparison does not broadcast: lengths has to be a column, lengths[:, None], "
            "against torch.arange(n)",
            when=lambda got, expected, lengths, n: (
                isinstance(got, Raised) and "size of tensor" in got.message
            ),
        ),
        Mistake(
            "a tensor was asked for its truth as a whole ('Boolean value'): go through the "
            "lengths one by one, or compare lengths[:, None] with torch.arange(n)",
            when=_padding_batch,
        ),
        Mistake(
            "a list comes back: make a boolean torch tensor of shape (batch, 1, n)",
            when=lambda got, expected, lengths, n: isinstance(got, list | tuple),
        ),
        Mistake(
            "the shape is not (batch, 1, n): one row of n keys for each sequence",
            when=lambda got, expected, *args: _is_tensor(got) and got.shape != expected.shape,
        ),
        Mistake(
            "some padding is True and may be attended to: True only where position < lengths[b], "
            "each sequence with its own length",
            when=lambda got, expected, *args: bool((got & ~expected).any()),
        ),
        Mistake(
            "some real keys are masked: True wherever position < lengths[b], each sequence with "
            "its own length",
            when=lambda got, expected, *args: bool((expected & ~got).any()),
        ),
    ),
)


# --- scaled_dot_product_attention ------------------------------------------------------------


def _scores(Q: Tensor, K: Tensor) -> Tensor:
    return Q @ K.mT / math.sqrt(Q.shape[-1])


def _softmax(scores: Tensor) -> Tensor:
    return torch.softmax(scores, -1)


def _needed(mask: Tensor | None) -> Tensor:
    """The mask of a call that has one: a wrong answer about masks says nothing about others."""
    if mask is None:
        raise LookupError("no mask to get wrong")
    return mask


def _weigh(weigh: Any) -> Any:
    """Attention that makes its weights by `weigh(scores, mask)`."""

    def wrong(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Any:
        weights = weigh(_scores(Q, K), _needed(mask))
        return weights @ V, weights

    return wrong


def _fill(value: float) -> Any:
    return _weigh(lambda s, m: _softmax(s.masked_fill(~m, value)))


def _masked(scores: Tensor, mask: Tensor) -> Tensor:
    """The right weights, for wrong answers whose mistake comes later."""
    has_key = mask.any(-1, keepdim=True)
    return _softmax(scores.masked_fill(~mask & has_key, -math.inf)).masked_fill(~mask, 0.0)


def _after(change: Any) -> Any:
    """Attention whose mistake comes after the right weights."""

    def wrong(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Any:
        return change(_masked(_scores(Q, K), _needed(mask)), Q, K, V, _needed(mask))

    return wrong


def _through(mistake: Any) -> list[Any]:
    """The same attention with the mask changed first, in each of the ways to apply a mask."""

    def changed(scores: Tensor, mask: Tensor) -> Tensor:
        other = mistake(mask)
        filled = attempt(lambda: scores.masked_fill(other, 1e9))
        if isinstance(filled, Tensor) and torch.equal(filled, scores.masked_fill(mask, 1e9)):
            raise LookupError("this mistake makes no difference to this mask")
        return other

    return [
        _weigh(lambda s, m: _masked(s, changed(s, m))),
        _weigh(lambda s, m: _softmax(s.masked_fill(~changed(s, m), -math.inf))),
        _weigh(lambda s, m: _softmax(s.masked_fill(~changed(s, m), -1e9))),
    ]


def _unmasked(wrong: Any) -> Any:
    """A wrong answer of exercise 1, for calls without a mask."""

    def call(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Any:
        if mask is not None:
            raise LookupError("exercise 1 has no masks")
        return wrong(Q, K, V)

    return call


def _pair(got: Any, expected: Any) -> bool:
    return (
        isinstance(got, list | tuple)
        and len(got) == 2
        and all(
            isinstance(g, Tensor) and g.shape == e.shape for g, e in zip(got, expected, strict=True)
        )
    )


def _keyless(weights: Tensor, mask: Tensor) -> Tensor:
    """Which queries have no key left, `(..., n_q)`."""
    return ~mask.expand(weights.shape).any(-1)


def _nan_where_keyless(
    got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> bool:
    if mask is None or not _pair(got, expected):
        return False
    keyless = _keyless(expected[1], mask)
    nan = got[0].isnan().any(-1) | got[1].isnan().any(-1)
    return bool(nan.any()) and all(
        torch.allclose(g[~keyless], e[~keyless], atol=1e-4)
        for g, e in zip(got, expected, strict=True)
    )


def _nan_elsewhere(
    got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> bool:
    return mask is not None and _pair(got, expected) and any(bool(g.isnan().any()) for g in got)


def _output_only_wrong(
    got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> bool:
    return (
        mask is not None and _pair(got, expected) and torch.allclose(got[1], expected[1], atol=1e-5)
    )


def _leftover(
    got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> bool:
    return (
        mask is not None
        and _pair(got, expected)
        and bool((got[1].masked_fill(mask, 0.0).abs() > 1e-6).any())
    )


def _dont_sum(
    got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> bool:
    if mask is None or not _pair(got, expected):
        return False
    sums = got[1].sum(-1)[~_keyless(got[1], mask)]
    return not torch.allclose(sums, torch.ones((), dtype=sums.dtype), atol=1e-4)


def _keyless_wrong(
    got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> bool:
    if mask is None or not _pair(got, expected):
        return False
    keyless = _keyless(got[1], mask)
    return (
        bool(keyless.any())
        and bool((got[0][keyless] != 0).any())
        and torch.allclose(got[1][~keyless], expected[1][~keyless], atol=1e-4)
    )


_MASKED = [
    Mistake(
        "a query with no key left gets uniform weights: a large negative number such as -1e9 is "
        "the same for all its keys, so the softmax shares out evenly; such a row is 0, weights and "
        "output",
        _weigh(lambda s, m: _masked(s, m).masked_fill(~m.any(-1, keepdim=True), 1 / s.shape[-1])),
    ),
    Mistake(
        "a query with no key left is treated as if it had no mask: its weights and output are 0",
        _weigh(lambda s, m: _masked(s, m | ~m.any(-1, keepdim=True))),
    ),
    Mistake(
        "a query with no key left attends to itself: its weights and output are 0",
        _weigh(
            lambda s, m: _masked(
                s,
                m | (~m.any(-1, keepdim=True) & torch.eye(*s.shape[-2:], dtype=torch.bool)),
            )
        ),
    ),
    Mistake(
        "a query with no key left attends to the first key: its weights and output are 0",
        _weigh(
            lambda s, m: _masked(
                s, m | (~m.any(-1, keepdim=True) & (torch.arange(s.shape[-1]) == 0))
            )
        ),
    ),
    Mistake(
        "a query with no key left has weights of 0, but its output is the mean of the values: the "
        "output is weights @ V after the weights were put to 0",
        _after(
            lambda weights, Q, K, V, mask: (
                (weights @ V).where(mask.any(-1, keepdim=True), V.mean(-2, keepdim=True)),
                weights,
            )
        ),
    ),
    Mistake(
        "a query with no key left gives NaN: the softmax of a row of only minus infinity is 0/0 "
        "(and so is dividing by a sum of 0); put such rows to 0, in the weights and in the output",
        when=_nan_where_keyless,
    ),
    *(
        Mistake(
            "masked keys keep some weight: the number put into their scores is not low enough, "
            "since real scores may be lower; minus infinity gives exactly 0",
            _fill(low),
        )
        for low in (-1e3, -1e4)
    ),
    Mistake(
        "the mask is ignored: a key whose mask is False must get a weight of exactly 0",
        _weigh(lambda s, m: _softmax(s)),
    ),
    *(
        Mistake(
            "the convention is inverted: the keys that may be attended to (True) are the ones "
            "masked, as True means in nn.MultiheadAttention; mask where it is False, with ~mask",
            wrong,
        )
        for wrong in _through(lambda m: ~m)
    ),
    *(
        Mistake(
            "the mask is transposed: its rows are queries and its columns keys, like the scores",
            wrong,
        )
        for wrong in _through(lambda m: m.mT)
    ),
    *(
        Mistake(
            "a causal mask is applied whatever the mask says: use the mask that is given",
            wrong,
        )
        for wrong in _through(lambda m: _ones(*m.shape[-2:]).tril())
    ),
    *(
        Mistake(
            "a causal mask is applied on top of the given mask: use the mask as it is",
            wrong,
        )
        for wrong in _through(lambda m: m & _ones(*m.shape[-2:]).tril())
    ),
    *(
        Mistake("only the first sequence's mask is used, for the whole batch", wrong)
        for wrong in _through(lambda m: m[:1])
    ),
    *(
        Mistake(
            "the mask lost a dimension (squeezed): its 1 broadcasts over the queries, and without "
            "it sequences are taken for queries",
            wrong,
        )
        for wrong in _through(lambda m: m.squeeze())
    ),
    *(
        Mistake(
            "only the first row of the mask is used, for all queries: each query has its own row",
            wrong,
        )
        for wrong in _through(lambda m: m[..., :1, :])
    ),
    *(
        Mistake(
            "the mask is applied off by one: shifted by one key, as if the diagonal were masked",
            wrong,
        )
        for wrong in _through(lambda m: m & ~torch.eye(*m.shape[-2:], dtype=torch.bool))
    ),
    Mistake(
        "the weights are masked after the softmax: the masked keys have taken their share already, "
        "so the rest does not sum to 1; put the scores to minus infinity before the softmax",
        _weigh(lambda s, m: _softmax(s) * m),
    ),
    Mistake(
        "the weights are masked after the softmax, with minus infinity: it belongs into the scores "
        "before the softmax",
        _weigh(lambda s, m: _softmax(s).masked_fill(~m, -math.inf)),
    ),
    Mistake(
        "the weights are masked after the softmax, with a large negative number: it belongs into "
        "the scores before the softmax",
        _weigh(lambda s, m: _softmax(s).masked_fill(~m, -1e9)),
    ),
    Mistake(
        "the scores of masked keys are put to 0 (multiplied by the mask): exp(0) is 1, a weight "
        "like any other; put them to minus infinity before the softmax",
        _fill(0.0),
    ),
    Mistake(
        "the mask is added to the scores as 0 and 1: it is boolean; put the scores to minus "
        "infinity where it is False (masked_fill)",
        _weigh(lambda s, m: _softmax(s + m)),
    ),
    Mistake(
        "the mask is subtracted from the scores as 0 and 1: it is boolean; put the scores to minus "
        "infinity where it is False (masked_fill)",
        _weigh(lambda s, m: _softmax(s - (~m).to(s.dtype))),
    ),
    Mistake(
        "the softmax is applied twice, again after masking: mask the scores, then one softmax",
        _weigh(lambda s, m: _softmax(_softmax(s).masked_fill(~m, -math.inf))),
    ),
    Mistake(
        "the softmax is applied twice: mask the scores, then one softmax",
        _weigh(lambda s, m: _softmax(_softmax(s.masked_fill(~m, -math.inf)))),
    ),
    Mistake(
        "the weights are multiplied by the mask before the softmax is taken of them again: mask "
        "the scores, then one softmax",
        _weigh(lambda s, m: _softmax(_softmax(s) * m)),
    ),
    Mistake(
        "masked scores are filled with a large positive number: the sign is wrong, exp of minus "
        "infinity is 0",
        _fill(1e9),
    ),
    Mistake(
        "the softmax runs over the queries (dim=-2) instead of the keys (dim=-1)",
        _weigh(lambda s, m: torch.softmax(s.masked_fill(~m, -math.inf), -2)),
    ),
    Mistake(
        "the softmax runs over the queries (dim=-2) instead of the keys (dim=-1)",
        _weigh(lambda s, m: torch.softmax(s.masked_fill(~m, -1e9), -2)),
    ),
    Mistake(
        "the scores are not scaled where there is a mask: divide by the square root of d_k",
        lambda Q, K, V, mask=None: (
            _masked(Q @ K.mT, _needed(mask)) @ V,
            _masked(Q @ K.mT, _needed(mask)),
        ),
    ),
    Mistake(
        "keys are zeroed instead of masked (K * mask): a score of 0 still gets weight; put the "
        "scores to minus infinity",
        lambda Q, K, V, mask=None: (
            _softmax(_scores(Q, K * _needed(mask).mT)) @ V,
            _softmax(_scores(Q, K * _needed(mask).mT)),
        ),
    ),
    Mistake(
        "the values of masked keys are zeroed, but their weights stay: mask the scores",
        lambda Q, K, V, mask=None: (
            _softmax(_scores(Q, K)).masked_fill(~_needed(mask), 0.0) @ V,
            _softmax(_scores(Q, K)),
        ),
    ),
    Mistake(
        "the mask reaches the output but not the weights that come back: return the weights that "
        "the output was made with",
        _after(lambda weights, Q, K, V, mask: (weights @ V, _softmax(_scores(Q, K)))),
    ),
    Mistake(
        "the weights that come back are masked, but the output is made with the unmasked ones",
        _after(lambda weights, Q, K, V, mask: (_softmax(_scores(Q, K)) @ V, weights)),
    ),
    Mistake(
        "the results are swapped: return (output, weights), the output first",
        _after(lambda weights, Q, K, V, mask: (weights, weights @ V)),
    ),
    Mistake(
        "the masked scores come back and not the weights: return (output, weights)",
        _after(
            lambda weights, Q, K, V, mask: (
                weights @ V,
                _scores(Q, K).masked_fill(~mask, -math.inf),
            )
        ),
    ),
    Mistake(
        "the result is converted to float32: results keep the dtype of Q, K and V",
        _after(lambda weights, Q, K, V, mask: ((weights @ V).float(), weights.float())),
    ),
    Mistake(
        "the weights are NaN although keys are left: 0 times infinity is NaN, so don't multiply "
        "the mask by infinity, and plus infinity is the wrong sign; use "
        "masked_fill(~mask, -math.inf)",
        when=_nan_elsewhere,
    ),
    Mistake(
        "a query with no key left does not get 0: its weights and its output must be exactly 0",
        when=_keyless_wrong,
    ),
    Mistake(
        "the weights are right but the output is not weights @ V",
        when=_output_only_wrong,
    ),
    Mistake(
        "the masked weights are not taken out before the sum: the weights of a query must sum to 1 "
        "over the keys that are left",
        when=_dont_sum,
    ),
    Mistake(
        "masked keys keep some weight: the number put into their scores is not low enough; minus "
        "infinity gives exactly 0",
        when=_leftover,
    ),
    Mistake(
        "mask=None is not handled: without a mask every query may attend to every key",
        when=lambda got, expected, Q, K, V, mask=None: isinstance(got, Raised) and mask is None,
    ),
    Mistake(
        "only one result comes back: return the tuple (output, weights)",
        when=lambda got, expected, *args, **kwargs: isinstance(got, Tensor),
    ),
    Mistake(
        "a boolean mask can't be subtracted or negated with a minus sign: ~mask is its opposite, "
        "and masked_fill(~mask, -math.inf) masks",
        when=lambda got, expected, *args, **kwargs: (
            isinstance(got, Raised) and "bool" in got.message and "~" in got.message
        ),
    ),
    Mistake(
        "the mask does not line up with the scores: one of them is transposed, the rows of both "
        "are queries and the columns keys",
        when=lambda got, expected, Q, K, V, mask=None: (
            isinstance(got, Raised) and mask is not None and mask.shape == expected[1].shape
        ),
    ),
    Mistake(
        "the mask does not broadcast: it may have fewer dimensions than the scores, or 1 in place "
        "of n_q (a padding mask is (batch, 1, n_k)); masked_fill and torch.where broadcast, "
        "indexing with a mask and unsqueeze on fixed dimensions don't",
        when=lambda got, expected, Q, K, V, mask=None: (
            mask is not None
            and (isinstance(got, Raised) or got[1].shape != expected[1].shape)
            and mask.shape != expected[1].shape
        ),
    ),
    Mistake(
        "the batch is not handled: Q, K and V may have any number of leading dimensions, also none",
        when=lambda got, expected, Q, K, V, mask=None: Q.dim() != 2,
    ),
]

_check_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    visible=3,
    hidden=6,
    arguments=("Q", "K", "V"),
    reference=attention.scaled_dot_product_attention,
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys where the mask is True (every key "
    "without a mask), exactly 0 where it is False; output = weights @ V; both 0 for a query with "
    "no key left; returned as (output, weights)",
    mistakes=(
        *(
            Mistake(mistake.message, _unmasked(mistake.wrong))
            for mistake in exercise_1.check_scaled_dot_product_attention.mistakes
            if mistake.wrong is not None
        ),
        *_MASKED,
    ),
)


_check_exactly_zero = Check(
    EXERCISE,
    "scaled_dot_product_attention",
    arguments=("Q", "K", "V", "mask"),
    reference=lambda Q, K, V, mask: torch.zeros(*Q.shape[:-1], K.shape[-2], dtype=Q.dtype),
    expects="no weight on a masked key, exactly (shown are the weights on masked keys, with 0 for "
    "all others)",
    mistakes=(
        Mistake(
            "masked keys keep some weight: the number put into their scores is not low enough; "
            "minus infinity gives exactly 0",
            when=lambda got, *args: isinstance(got, Tensor),
        ),
    ),
)


def check_scaled_dot_product_attention(
    answer: Any,
    Q: Tensor,
    K: Tensor,
    V: Tensor,
    mask: Tensor | None = None,
    tolerance: float | None = None,
) -> None:
    """Check one call, and that masked keys got exactly 0."""
    if mask is None:
        _check_attention(answer, Q, K, V, tolerance=tolerance)
        return
    _, weights = _check_attention(answer, Q, K, V, mask=mask, tolerance=tolerance)
    left = weights.masked_fill(mask, 0.0)
    _check_exactly_zero(lambda *args: left, Q, K, V, mask, tolerance=0.0)


def check_no_leak(answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor) -> None:
    """The leak test: does any output depend on a later token?

    First everything must be finite, since no comparison with NaN says that an output moved. Then
    each token in turn is changed: no earlier output may move, and its own and all later ones must,
    since a mask that hides more than the future leaks nothing either. Last, each token must give
    weight to itself.

    Args:
        answer: `scaled_dot_product_attention`.
        Q: `(n, d_k)`, float64, so that nothing but a leak moves an output.
        K: `(n, d_k)`.
        V: `(n, d_v)`.
        mask: `(n, n)`, the causal mask under test.
    """
    EXERCISE.done.discard("scaled_dot_product_attention")

    def run(*inputs: Tensor) -> tuple[Tensor, Tensor]:
        got = attempt(lambda: answer(*(t.clone() for t in inputs), mask.clone()))
        if not isinstance(got, list | tuple) or not all(isinstance(g, Tensor) for g in got):
            raise _leak(Q, f"the call gives {describe(got)}", "return (output, weights)")
        return got[0], got[1]

    output, weights = run(Q, K, V)
    if not bool(output.isfinite().all() and weights.isfinite().all()):
        raise _leak(
            Q,
            "the outputs or weights are not finite, so that nothing can be said about leaks",
            "a row of only minus infinity gives NaN",
        )
    moved = torch.stack([_moved(run, token, output, Q, K, V) for token in range(len(Q))])
    for token, where in enumerate(moved):
        if bool(where[:token].any()):
            raise _leak(
                Q,
                f"changing token {token} moved the outputs at the earlier positions "
                f"{where[:token].nonzero().flatten().tolist()}",
                "the future leaks into the past: with a causal mask, output i depends on tokens 0 "
                "to i only; mask the scores before the softmax, where the mask is False",
            )
    for token, where in enumerate(moved):
        if not bool(where[token]):
            raise _leak(
                Q,
                f"changing token {token} did not move the output at its own position",
                "a token may attend to itself: the diagonal of a causal mask is True",
            )
        if not bool(where[token:].all()):
            raise _leak(
                Q,
                f"changing token {token} did not move the outputs at the later positions "
                f"{[i for i in range(token, len(Q)) if not where[i]]}",
                "the past is hidden: with a causal mask, output i depends on all of tokens 0 to i",
            )
    diagonal = weights.diagonal()
    if bool((diagonal <= 0).any()):
        at = (diagonal <= 0).nonzero().flatten().tolist()
        raise _leak(
            Q,
            f"the queries at {at} give no weight to their own position",
            "a token may attend to itself: the diagonal of a causal mask is True",
        )


def _moved(run: Any, token: int, output: Tensor, *inputs: Tensor) -> Tensor:
    """Which outputs, `(n,)`, move when one token changes."""
    changed = [t.clone() for t in inputs]
    for t in changed:
        t[token] += 1.0
    return (run(*changed)[0] - output).abs().amax(-1) > 1e-9


def _leak(Q: Tensor, problem: str, cause: str) -> WrongAnswer:
    return WrongAnswer(
        f"leak test of scaled_dot_product_attention: {len(Q)} tokens, causal mask\n"
        f"  problem:   {problem}\n"
        f"  expected:  finite results; a token that changes moves its own output and all later "
        f"ones, and none before it; weight on the diagonal\n"
        f"  likely cause: {cause}"
    )
