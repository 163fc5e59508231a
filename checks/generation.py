"""Exercise 8-generation: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks import modules, sampling, seen
from checks.causal_attention import CAUSAL_ATTENTION, ROPE, merge, rope, split
from checks.causal_attention import sinusoids as sinusoids  # edits use it
from checks.check import Exercise, all_of
from checks.compare import attempt, same
from checks.mistakes import Wrong
from checks.seen import (
    SEVERAL_CAME,
    Predicate,
    batch_fails,
    comes_back,
    numbers_moved,
    other_dtype,
    other_shape,
    right_at,
    says,
)
from checks.writing import GENERATED, MODE, TOKENS, Chain, of_tokens, seen_of_tokens
from reference.attention import causal_mask
from reference.block import GroupedQueryAttention, KVCache, repeat_kv
from reference.counting import kv_cache_bytes
from reference.generation import generate_cached, nucleus, sample_next

EXERCISE = Exercise(
    "8-generation",
    {
        "repeat_kv": (1, 1),
        "KVCache": (1, 2),
        "GroupedQueryAttention": (2, 4),
        "nucleus": (1, 3),
        "generate_cached": (2, 3),
        "kv_cache_bytes": (1, 2),
    },
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
_DTYPES = (torch.float64, torch.float16, torch.bfloat16)


# --- repeat_kv -----------------------------------------------------------------------------


def _repeat_kv(x: Tensor, n_repeats: int) -> Tensor:
    r = n_repeats
    repeated = x.repeat_interleave(r, -3)
    return repeated


check_repeat_kv = EXERCISE.check(
    "repeat_kv",
    reference=repeat_kv,
    text=[_repeat_kv],
    expects="(..., n_kv_heads * n_repeats, n, d_head): each head n_repeats times in a row (0, 0, "
    "1, 1, …), so that query head h meets key head h // n_repeats",
    wrong={
        "each head stands n_repeats times in a row (0, 0, 1, 1, …)": {
            "repeated = torch.cat([x] * r, -3)": "all heads come again and again (0, 1, 0, 1, as "
            "repeat, tile or cat give them)",
        },
        "the heads are the third dimension from the end, (..., n_kv_heads, n, d_head)": {
            "repeated = x.repeat_interleave(r, -2)": "the positions are repeated (dim -2)",
            "repeated = x.repeat_interleave(r, -1)": "the features are repeated (dim -1)",
            "repeated = x.repeat_interleave(r, 0)": "the first dimension is repeated (dim 0)",
            "repeated = x.repeat_interleave(r, 1)": "dimension 1 is repeated, which the heads are "
            "only with one batch dimension",
        },
        "n_repeats is how often each head comes": {
            "repeated = x": "x comes back as it was",
            "r = n_repeats + 1": "each head comes once too often (n_repeats + 1)",
            "r = max(n_repeats - 1, 1)": "each head comes too seldom (n_repeats - 1)",
        },
        "the copies belong to the heads' dimension, (..., n_kv_heads * n_repeats, n, d_head)": {
            "repeated = torch.stack([x] * r, -3)": "there is a dimension too many",
            "repeated = torch.stack([x] * r, -4)": "there is a dimension too many",
        },
    },
    seen={
        "the right numbers, but each head's copies don't stand in a row (0, 0, 1, 1, "
        "…)": numbers_moved,
        "the batch is not handled: x may have any number of leading dimensions, also none; count "
        "from the end (dim -3)": batch_fails(4),
        "the shape is not (..., n_kv_heads * n_repeats, n, d_head)": other_shape,
    },
)
"""`check_repeat_kv(repeat_kv, x, n_repeats)`, `x` `(..., n_kv_heads, n, d_head)`."""


def _repeats(*cases: tuple[int, ...]) -> Callable[[Any], Any]:
    """A case of x of shapes that n_repeats follows."""
    return lambda f: [check_repeat_kv(f, torch.randn(*shape), r) for *shape, r in cases]


EXERCISE.cases["repeat_kv"] = {
    "each head n_repeats times in a row": _repeats((2, 3, 4, 5, 2), (1, 2, 6, 3, 4)),
    "x of shape (..., n_kv_heads, n, d_head)": _repeats((3, 4, 5, 3), (2, 2, 3, 4, 5, 2)),
    "a single head, a single repeat, sizes that are alike": _repeats(
        (2, 1, 3, 4, 5), (2, 3, 4, 5, 1), (4, 4, 4, 4, 4)
    ),
    "the dtype of x, in any memory layout": lambda f: check_repeat_kv(
        f, torch.randn(2, 4, 3, 5, dtype=torch.float64).transpose(1, 2), 2
    ),
}


# --- KVCache -------------------------------------------------------------------------------


class _KVCache:
    def __init__(self) -> None:
        self.K, self.V, self.n_seen = (None, None, 0)

    def extend(self, K: Tensor, V: Tensor) -> Any:
        dim = -2
        new, old = ((K, V), (self.K, self.V))
        both = [n if o is None else torch.cat((o, n), dim) for o, n in zip(old, new, strict=True)]
        self.n_seen = self.n_seen + K.shape[-2]
        self.K, self.V = both  # type: ignore[assignment]
        result = (self.K, self.V)
        return result


@dataclass(frozen=True)
class _Pieces:
    """Keys and values, `(..., n_new, d)`, in pieces."""

    K: Sequence[Tensor]
    V: Sequence[Tensor]

    def __repr__(self) -> str:
        shapes = (f"{tuple(K.shape)} and {tuple(V.shape)}" for K, V in self)
        return f"keys and values of shapes {', then '.join(shapes)}"

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return ((K.clone(), V.clone()) for K, V in zip(self.K, self.V, strict=True))


NEW, AFTER = "n_seen of a new cache", "n_seen after each extend"
CAME, LATER = "what each extend gave", "the same results, looked at after the last extend"
OTHER_NEW, OTHER = "n_seen of another new cache", "what the other cache's extend gave"
STILL = "the results of the first cache after that"


def _kept(call: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    """What a call gives, as a function that gives it as it is by then."""
    if keep := getattr(call, "keep_", None):  # what it gives would come from elsewhere as a copy
        return keep(*args)  # type: ignore[no-any-return]
    value = call(*args)
    return lambda: _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_copied(v) for v in value]
    return value.detach().clone() if isinstance(value, Tensor) else value


def _run_cache(answer: Any, pieces: _Pieces) -> Any:
    cache, other = answer(), answer()
    result: dict[str, Any] = {NEW: cache.n_seen, CAME: [], AFTER: []}
    kept = []
    for K, V in pieces:
        kept.append(_kept(cache.extend, K, V))
        result[CAME].append(kept[-1]())
        result[AFTER].append(cache.n_seen)
    result |= {LATER: [get() for get in kept], OTHER_NEW: other.n_seen}
    result[OTHER] = _copied(other.extend(*[*pieces][-1]))
    return result | {STILL: [get() for get in kept]}


def _entry(key: str, is_so: Predicate) -> Predicate:
    """`is_so` of an entry of a dict."""
    return lambda got, expected, *args, **kwargs: is_so(got[key], expected[key], *args, **kwargs)


def _each(is_so: Callable[[Any, Any], bool]) -> Predicate:
    """So for an item of a list, and the right one for it."""
    return lambda got, expected, *args, **kwargs: any(map(is_so, got, expected))


def _is_pair(got: Any) -> bool:
    pair = isinstance(got, list | tuple) and len(got) == 2
    return pair and all(isinstance(part, Tensor) for part in got)


def _keys(pairs: Any) -> list[Any]:
    return [pair[0] for pair in pairs]


def _differs(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return not same(got, expected)


_APPEND = "extend appends to what is there, torch.cat((self.K, K), dim=-2), and gives all so far"
_COUNT = "n_seen is the number of positions so far, an int: it grows by that of the new ones"

_check_cache = EXERCISE.check(
    "KVCache",
    arguments=("pieces",),
    reference=KVCache,
    text=[_KVCache],
    procedure=_run_cache,
    expects="extend(K, V) appends K and V along the positions (dim -2), and gives all so far; "
    "n_seen, an int, counts the positions; what was returned before does not change; each cache "
    "has keys and values of its own",
    wrong={
        _APPEND: {
            "both = new": "only the newest keys and values are kept (they overwrite the others)",
            "result = (K, V)": "extend gives the new keys and values only",
            "result = old": "extend gives what was there before",
            "both = [n if o is None else torch.cat((n, o), dim) for o, n in zip(old, new)]": "new "
            "ones are put in front",
            "new, old = ((V, K), (self.K, self.V))": "keys and values are swapped",
            "result = (self.V, self.K)": "values come back before keys: give (K_all, V_all)",
            "self.K, self.V = [b[..., -4:, :] for b in both]": "old positions are dropped",
            "result = torch.stack([self.K, self.V])": "one tensor comes back, not (K_all, V_all)",
            "both = [n if o is None else torch.stack((o, n)) for o, n in zip(old, new)]": "keys "
            "and values are stacked (a dimension more)",
        },
        "positions are the last dimension but one, (..., n, d): count from the end (dim=-2)": {
            **{f"dim = {d}": f"keys and values are joined along dim {d}" for d in (-1, -3, 0, 1)},
            "dim = 2": "keys and values are joined along dim 2, which the positions are only with "
            "two leading dimensions",
        },
        _COUNT: {
            "self.n_seen = self.n_seen + 1": "n_seen counts the calls of extend",
            "self.n_seen = self.n_seen": "n_seen stays 0",
            "self.n_seen = self.n_seen + both[0].shape[-2]": "n_seen grows by all positions so far",
            "self.n_seen = K.shape[-2]": "n_seen is the size of the last piece",
            "self.n_seen = self.n_seen + K.shape[2]": "n_seen counts dimension 2, which the "
            "positions are only with two leading dimensions",
            "self.n_seen = self.n_seen + K.shape[-1]": "n_seen counts features (dim -1)",
            "self.n_seen = self.n_seen + K[..., 0].numel()": "n_seen counts all sequences' "
            "positions together (heads, or the batch, are multiplied in)",
            "self.n_seen = both[0].shape[-2] - 1": "n_seen is the last position's index (off by "
            "one)",
            "self.n_seen = torch.tensor(both[0].shape[-2])": "n_seen is a tensor",
            "self.n_seen = float(both[0].shape[-2])": "n_seen is a float",
        },
        "give new tensors each time (torch.cat makes them), or keep pieces apart": {
            "both = [n if o is None else o.set_(torch.cat((o, n), dim)) for o, n in zip(old, new)]"
            "": "what extend returned before grows with each call",
        },
        "keep the dtype of what is given": {
            "self.K, self.V = [b.float() for b in both]": "the result is float32",
        },
    },
    seen={
        "n_seen is a method: it must be read without brackets, so make it an attribute or a "
        "@property": lambda got, *_, **__: callable(got[NEW]),
        "n_seen of a new cache is not 0: start __init__ with an empty cache, and keep nothing in "
        "the class or in a mutable default that all caches would share": _entry(NEW, _differs),
        f"n_seen is not an int: {_COUNT}": _entry(
            AFTER, _each(lambda g, e: not isinstance(g, int) or isinstance(g, bool))
        ),
        "extend returns nothing: give (K_all, V_all)": _entry(CAME, _each(lambda g, e: g is None)),
        "extend does not give two tensors, (K_all, V_all)": _entry(
            CAME, _each(lambda g, e: not _is_pair(g))
        ),
        f"extend gives only the new keys and values: {_APPEND}": lambda got, right, pieces: any(
            same(g, pair) for g, pair in list(zip(got[CAME], pieces, strict=True))[1:]
        ),
        "keys and values come back in another dtype: keep that of what is given": _entry(
            CAME, _each(lambda g, e: any(map(other_dtype(), g, e)))
        ),
        "what comes back has another shape: K_all is (..., n_seen, d_k) and V_all (..., n_seen, "
        "d_v), for any number of positions, joined along dim -2": _entry(
            CAME, _each(lambda g, e: any(map(other_shape, g, e)))
        ),
        "the keys are right, but not the values: they are appended to the values so far": _entry(
            CAME, lambda g, e, *_: _differs(g, e) and all(map(same, _keys(g), _keys(e)))
        ),
        f"keys and values are other ones than were given: {_APPEND}": _entry(CAME, _differs),
        f"n_seen is wrong: {_COUNT}": _entry(AFTER, _differs),
        "what extend returned before changes with a later call (it is written into): give new "
        "tensors, or views of places that are not written again": _entry(LATER, _differs),
        "two caches are not independent (what they hold is shared): set it in __init__ with self., "
        "not in the class, in a global or in a mutable default": lambda got, right, *_, **__: any(
            not same(got[key], right[key]) for key in (OTHER_NEW, OTHER, STILL)
        ),
        "KVCache() takes no arguments: the cache finds the sizes out from what extend gets": says(
            "required positional argument", "takes no arguments"
        ),
        "n_seen is missing: an attribute or a @property of each cache": says("'n_seen'"),
        "extend has another name or signature: extend(self, K, V)": says("extend"),
        "sizes don't fit: d_k and d_v may differ, and there may be any number of leading "
        "dimensions": says("ize", "hape", "dimension", "expand"),
        "a new cache holds nothing yet: deal with the first extend too": says("NoneType"),
    },
)


def check_KVCache(  # noqa: N802
    answer: Any,
    n_new: Sequence[int],
    leading: tuple[int, ...] = (2, 3),
    d_k: int = 4,
    d_v: int | None = None,
    dtype: torch.dtype = torch.float32,
) -> Any:
    """Extend a `KVCache()` several times: by `n_new[0]` positions, then by `n_new[1]` …

    Keys are `(*leading, n, d_k)`, values `(*leading, n, d_v)`, `d_v` as `d_k` unless given.
    """
    sizes = [d_k, d_k if d_v is None else d_v]
    K, V = ([torch.randn(*leading, n, d).to(dtype) for n in n_new] for d in sizes)
    return _check_cache(answer, _Pieces(K, V), tolerance=0)


def _extended(*n_new: int, **sizes: Any) -> Callable[[Any], Any]:
    return lambda f: check_KVCache(f, n_new, **sizes)


EXERCISE.cases["KVCache"] = {
    "appends along the positions, returns all so far": all_of(
        _extended(4, 1, 1, 1), _extended(2, 5, 3, leading=(1, 2), d_k=3)
    ),
    "K (..., n_new, d_k) and V (..., n_new, d_v)": all_of(
        _extended(2, 1, 3, leading=(2, 2), d_k=3, d_v=5),
        _extended(3, 2, leading=(), d_k=2),
        _extended(1, 4, leading=(3,), d_v=2),
        _extended(2, 3, leading=(2, 3, 4), d_k=5, d_v=3),
    ),
    "a single extend, many of them, sizes that are alike": all_of(
        _extended(5),
        _extended(*[1] * 20, leading=(1, 1), d_k=1),
        _extended(3, 3, 3, leading=(3, 3), d_k=3),
    ),
    "the dtype of K and V": all_of(*(_extended(2, 1, 1, dtype=t) for t in _DTYPES)),
    "many positions": _extended(70, 1, 90, 1, leading=(1,), d_k=2),
}


# --- GroupedQueryAttention -----------------------------------------------------------------


class _Attention(nn.Module):
    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_kv_heads: int | None = None,
        rope_base: float = 10000.0,
    ) -> None:
        super().__init__()
        GroupedQueryAttention(d_model, n_heads, n_kv_heads)  # refuses bad input
        group = n_heads // (n_kv_heads or n_heads)
        base = rope_base
        self.n_heads, self.group, self.base = (n_heads, group, base)
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model // group, bias=False)
        self.W_v = nn.Linear(d_model, d_model // group, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x: Tensor, cache: Any = None) -> Any:
        h = self.n_heads
        m = h // self.group
        n = x.shape[-2]
        past = 0 if cache is None else cache.n_seen
        first, base = (past, self.base)
        W = (self.W_q, self.W_k, self.W_v)
        t = (x, x, x)
        p = [layer(s) for layer, s in zip(W, t, strict=True)]
        q, k, v = (split(s, heads) for s, heads in zip(p, (h, m, m), strict=True))
        Q = rope(q, first, base)
        K = rope(k, first, base)
        V = v
        stored = (K, V) if cache is None else cache.extend(K, V)
        K, V = (_repeat_kv(s, h // m) for s in stored)
        scores = Q @ K.mT / math.sqrt(Q.shape[-1])
        total = K.shape[-2]
        mask = causal_mask(total)[total - n :]
        low = -math.inf
        hidden = scores.masked_fill(~mask, low)
        weights = torch.softmax(hidden, -1)
        found = merge(weights @ V)
        output = self.W_o(found)
        return output


class Cache:
    """A cache of the test's own, with what the contract says a `KVCache` has and no more."""

    lends = ("n_seen", "extend")

    def __init__(self) -> None:
        self._noted: tuple[Tensor, Tensor] | None = None

    @property
    def n_seen(self) -> int:
        return 0 if self._noted is None else self._noted[0].shape[-2]

    def extend(self, K: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
        if self._noted is not None:
            K, V = (torch.cat(pair, -2) for pair in zip(self._noted, (K, V), strict=True))
        self._noted = K, V
        return K, V


OUTPUT, KEYS, VALUES = "output", "keys in the cache", "values in the cache"


@dataclass(frozen=True)
class _Given:
    """What is not told of a call: parameters, and the learner's own `KVCache`."""

    parameters: modules.Parameters
    own_cache: Any

    def __repr__(self) -> str:
        return repr(self.parameters)


def _run_attention(
    answer: Any,
    x: Tensor,
    n_heads: int,
    given: _Given,
    chunks: Sequence[int] | None = None,
    **options: Any,
) -> Any:
    """The output for `x`; with `chunks`, in pieces, and what is in the cache after that."""
    module = answer(x.shape[-1], n_heads, **options)
    whole = modules.run(module, given.parameters.state, x)
    if chunks is None or not isinstance(whole, Tensor):
        return whole
    module.eval()
    pieces = x.split(list(chunks), -2)
    with_ours = attempt(lambda: _in_pieces(module, pieces, Cache(), n_heads, options))
    if _fits(with_ours, whole) or given.own_cache is None or answer.__module__ == __name__:
        return with_ours
    # It may use more of the learner's own KVCache than n_seen and extend.
    with_theirs = attempt(lambda: _in_pieces(module, pieces, given.own_cache(), n_heads, options))
    return with_theirs if _fits(with_theirs, whole) else with_ours


def _fits(result: Any, whole: Tensor) -> bool:
    if not isinstance(result, Mapping) or not isinstance(result[KEYS], Tensor):
        return False
    return result[KEYS].shape[-2] == whole.shape[-2] and same(result[OUTPUT], whole, 1e-4)


def _in_pieces(
    module: Any, pieces: Sequence[Tensor], cache: Any, n_heads: int, options: Mapping[str, Any]
) -> Any:
    outputs = [module(piece, cache) for piece in pieces]
    if not all(isinstance(output, Tensor) for output in outputs):
        return outputs[0]
    if isinstance(cache, Cache):
        K, V = cache._noted or (None, None)
    else:
        # All that it has seen comes back where it sees a position more.
        heads, d_head = options.get("n_kv_heads") or n_heads, pieces[0].shape[-1] // n_heads
        more = torch.zeros(*pieces[0].shape[:-2], heads, 1, d_head)
        K, V = (stored[..., :-1, :] for stored in cache.extend(more, more))
    return {OUTPUT: torch.cat(outputs, -2), KEYS: K, VALUES: V}


def _in_cache(is_so: Callable[[Mapping[str, Any], Mapping[str, Any]], Any]) -> Predicate:
    """With a cache, this is so of the results."""
    return lambda got, expected, *_, **__: isinstance(got, Mapping) and bool(is_so(got, expected))


def _output_fits(got: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    return same(got[OUTPUT], expected[OUTPUT], 1e-4)


def _first_fits(got: Any, expected: Any, *args: Any, chunks: Any = (), **kwargs: Any) -> bool:
    n = chunks[0]
    return same(got[OUTPUT][..., :n, :], expected[OUTPUT][..., :n, :], 1e-4)


def _shares(
    got: Any, right: Any, x: Any, n_heads: int, *args: Any, n_kv_heads: Any = None, **kwargs: Any
) -> bool:
    return (
        n_kv_heads not in (None, n_heads)
        and isinstance(got, Tensor)
        and not other_shape(got, right)
    )


def _with_chunks(when: Predicate) -> Predicate:
    return lambda *args, chunks=None, **kwargs: chunks is not None and when(*args, **kwargs)


_SHARED = "query head h meets key and value head h // (n_heads // n_kv_heads)"
_COUNTING = "with a cache x holds the positions from cache.n_seen on, for RoPE and for the mask"
_EXTENDING = (
    "cache.extend gets K, turned, and V of the new positions, (..., n_kv_heads, n_new, d_head), "
    "and the attention goes over all that it gives back"
)
_GROUPED: Wrong = {
    _SHARED: {
        "repeated = torch.cat([x] * r, -3)": "the key heads are repeated in the wrong order (0, 1, "
        "0, 1)",
        "K, V = (_repeat_kv(stored[0], h // m), torch.cat([stored[1]] * (h // m), -3))": "the "
        "value heads are repeated in the wrong order (0, 1, 0, 1)",
        "K, V = (s[..., :1, :, :] for s in stored)": "all query heads share the first key head",
    },
    _COUNTING: {
        "first, base = (0, self.base)": "RoPE starts at 0 again with each call",
        "Q = rope(q, 0, base)": "the queries' positions start at 0 again with each call",
        "K = rope(k, 0, base)": "the keys' positions start at 0 again with each call",
        (
            "first, base = (past + (n if past else 0), self.base)",
            "first, base = (past + (0 if cache is None else n), self.base)",
        ): "n_seen is read after extend, when it counts the new positions too",
        "first, base = (past + (1 if past else 0), self.base)": "positions are off by one with a "
        "cache",
    },
    "query i stands at position n_seen + i and sees keys 0 to n_seen + i, "
    "causal_mask(n_seen + n)[n_seen:]": {
        "mask = causal_mask(total)[:n]": "the mask starts at position 0 with a cache, and hides "
        "keys of the cache (as with is_causal=True)",
        tuple(
            f"mask = causal_mask(n) if {first} else torch.ones(n, total).bool()"
            for first in ("cache is None", "not past")
        ): "there is no mask with a cache, and several new positions see later ones",
        "mask = torch.ones(n, total).tril(total - n + 1).bool() if past else causal_mask(n)": "a "
        "position sees one later with a cache (off by one)",
    },
    _EXTENDING: {
        "stored = (K, V)": "the cache is not used",
        "stored = (K, V) if cache is None or cache.extend(K, V) else 0": "only the new keys and "
        "values are attended to, not what extend gives back",
        "stored = [_repeat_kv(s, h // m) for s in (K, V)]; "
        "K, V = stored if cache is None else cache.extend(*stored)": "keys and values are repeated "
        "before the cache gets them, which makes it n_heads / n_kv_heads times as large",
        "stored = (K, V) if cache is None else [s.transpose(-3, -2) for s in "
        "cache.extend(K.transpose(-3, -2), V.transpose(-3, -2))]": "the cache gets (..., n, "
        "n_kv_heads, d_head), before the split's transpose",
        "stored = (K, V) if cache is None else cache.extend(*[merge(s) for s in (K, V)])": "the "
        "cache gets keys and values that are not split into heads",
        "stored = (K, V) if cache is None else cache.extend(V, K)": "keys and values are swapped "
        "for the cache",
        "stored = (K, V) if cache is None else cache.extend(k, V); "
        "K, V = [_repeat_kv(s, h // m) for s in ((rope(stored[0], 0, base) if past or cache else "
        "K), stored[1])]": "the cache gets keys that are not turned yet (RoPE turns all of them "
        "anew in each call)",
        "stored = (K, V) if cache is None else cache.extend(k, V)": "the cache gets keys that are "
        "not turned",
        "stored = (K, V) if cache is None else cache.extend(K, V); K, V = [_repeat_kv(s, h // m) "
        "for s in (stored[0] if cache is None else rope(stored[0], 0, base), stored[1])]": "the "
        "keys of the cache are turned once more in each call",
    },
    "the base of RoPE is rope_base, 10000.0 unless given, for queries and keys": {
        "base = rope_base -> base = 10000.0": "rope_base is ignored",
        "Q = rope(q, first)": "rope_base is ignored for the queries",
        "K = rope(k, first)": "rope_base is ignored for the keys",
    },
}

_check_attention = EXERCISE.check(
    "GroupedQueryAttention",
    arguments=("x", "n_heads", "parameters"),
    reference=GroupedQueryAttention,
    text=[split, merge, rope, _repeat_kv, _Attention],
    procedure=_run_attention,
    expects="a tensor of the shape of x: causal attention, RoPE on queries and keys, each key and "
    "value head shared by n_heads / n_kv_heads query heads in a row; with a cache, the result for "
    "the whole sequence at these positions, and keys (turned) and values in the cache, "
    "(..., n_kv_heads, n, d_head)",
    wrong={
        **modules.NO_SUPER,
        **CAUSAL_ATTENTION,
        **ROPE,
        **_GROUPED,
        "positions of one sequence must not see another": {
            "x = x.flatten(0, -2) if x.dim() > 2 else x; h = self.n_heads; "
            "return output.unflatten(0, self.sizes)": "the batch is flattened",
        },
    },
    seen={
        "the same x gives another result the next time, in training mode: nothing is dropped out "
        "or drawn at random, and nothing of a call is kept but in the cache that is "
        "given": comes_back(modules.OtherInTraining),
        **modules.BIASED,
        "a layer has the wrong size: W_q and W_o go from d_model to d_model, W_k and W_v to "
        "n_kv_heads * d_head, with d_head = d_model // n_heads": modules.misshaped,
        **modules.OTHER_NAMES,
        **SEVERAL_CAME,
        "the result is not finite: every row of the mask needs a key (the position itself is "
        "always allowed), and -inf must not be multiplied": seen.not_finite,
        "with a cache the result has another shape than x: one result for each position of "
        "x": _in_cache(lambda g, e: g[OUTPUT].shape != e[OUTPUT].shape),
        f"the cache holds nothing afterwards: {_EXTENDING}": _in_cache(
            lambda g, e: g[KEYS] is None
        ),
        "the cache is given keys of another shape: they are (..., n_kv_heads, n_new, d_head), not "
        "repeated, for the new positions alone": _in_cache(
            lambda g, e: g[KEYS].shape != e[KEYS].shape
        ),
        "the output is right, but not the keys in the cache: it gets them turned (apply_rope at "
        "positions n_seen, n_seen + 1, …) and not repeated": _in_cache(
            lambda g, e: _output_fits(g, e) and not same(g[KEYS], e[KEYS], 1e-4)
        ),
        "the output is right, but not the values in the cache": _in_cache(_output_fits),
        f"the first piece is right, later ones are not: {_COUNTING}": _first_fits,
        "with a cache the sizes don't fit: x holds only the positions from n_seen on, as it "
        "is before extend, keys "
        "and values are all that extend gives back, and the mask is (n, n_seen + n)": _with_chunks(
            says("size", "shape", "broadcast", "expand", "must match", "dimension")
        ),
        "the last position is right and others are not: look at the causal mask": right_at(-1),
        "position 0 is right and others are not: look at the causal mask, at RoPE (on queries and "
        "keys, after the split into heads), and at the split itself": right_at(0),
        "the batch is not handled: x may have any number of leading dimensions": batch_fails(3),
        f"with as many key heads as query heads it was right: {_SHARED}": _shares,
        "the sizes don't fit together: see the shapes of queries, keys and values before and after "
        "the split and repeat_kv, and of the mask": says(
            "size of tensor", "cannot be multiplied", "shape '[", "must match"
        ),
    },
)


def check_GroupedQueryAttention(  # noqa: N802
    answer: Any,
    x: Tensor,
    n_heads: int,
    n_kv_heads: int | None = None,
    rope_base: float | None = None,
    chunks: Sequence[int] | None = None,
    own_cache: Any = None,
) -> Any:
    """Compare `GroupedQueryAttention(d_model, n_heads, …)`, with random parameters, on `x`
    `(..., n, d_model)`. What is None is not given to the constructor.

    With `chunks`, such as `[3, 1, 2]`, it gets `x` in pieces of so many positions, with a cache.
    That one is the test's own, and has `n_seen` and `extend` only. Give the learner's class as
    `own_cache=KVCache`: it is tried next where the answer makes use of more that it has.

    To 3e-5: right answers that add in another order are up to 3e-6 apart.
    """
    options = {"n_kv_heads": n_kv_heads, "rope_base": rope_base, "chunks": chunks}
    options = {name: value for name, value in options.items() if value is not None}
    parameters = modules.at_random(GroupedQueryAttention(x.shape[-1], n_heads, n_kv_heads))
    given = _Given(parameters, own_cache)
    return _check_attention(answer, x, n_heads, given, **options, tolerance=3e-5)


check_sizes = EXERCISE.check(
    "GroupedQueryAttention",
    arguments=("d_model", "n_heads", "n_kv_heads"),
    reference=GroupedQueryAttention,
    expects="a module",
)


def check_heads_refused(answer: Any, d_model: int, n_heads: int, *n_kv_heads: int) -> None:
    """Check that `GroupedQueryAttention(d_model, n_heads, n_kv_heads)` raises a ValueError."""
    sizes = (d_model, n_heads, *n_kv_heads)
    why = (
        f"{n_heads} query heads can't share {n_kv_heads[0]} key heads evenly"
        if n_kv_heads
        else f"{n_heads} heads don't divide d_model = {d_model} features without remainder"
    )
    says = ("head", "d_model", "dim", "embed", *map(str, sizes))
    check_sizes.raises(answer, ValueError, *sizes, says=says, why=why)


def _attends(*cases: tuple[tuple[int, ...], int, int | None], **more: Any) -> Callable[..., Any]:
    """Cases of a shape of x, n_heads and n_kv_heads."""
    return lambda f, own: [
        check_GroupedQueryAttention(f, torch.randn(shape), h, m, own_cache=own, **more)
        for shape, h, m in cases
    ]


def _refuses_heads(f: Any, own: Any) -> None:
    for sizes in ((10, 3), (12, 8), (16, 4, 3), (24, 6, 4), (16, 4, 8)):
        check_heads_refused(f, *sizes)


EXERCISE.cases["GroupedQueryAttention"] = {
    "causal, RoPE on queries and keys, n_kv_heads is n_heads where not given": _attends(
        ((2, 5, 12), 3, None), ((2, 7, 16), 2, 2), ((3, 6, 8), 4, None)
    ),
    "W_k and W_v with n_kv_heads * d_head outputs": _attends(
        ((2, 5, 24), 6, 2), ((1, 6, 16), 4, 2), ((2, 4, 16), 8, 2), ((2, 5, 12), 6, 3)
    ),
    "a single key head, a single head, a single position": _attends(
        ((2, 6, 16), 4, 1), ((2, 5, 8), 1, None), ((2, 1, 16), 4, 2)
    ),
    "x (..., n, d_model)": _attends(((5, 16), 4, 2), ((2, 3, 4, 16), 4, 2), ((5, 12), 2, None)),
    "sizes that are alike, many positions": _attends(
        ((4, 4, 16), 4, 4), ((8, 8, 8), 2, 1), ((1, 40, 32), 4, 2)
    ),
    "x in any memory layout": lambda f, own: check_GroupedQueryAttention(
        f, torch.randn(2, 16, 5).mT, 4, 2
    ),
    "rope_base, 10000.0 unless given": all_of(
        _attends(((2, 9, 16), 2, None), ((2, 9, 16), 2, 1), rope_base=50.0),
        _attends(((1, 9, 16), 4, 2), rope_base=500_000.0),
    ),
    "with a KVCache, one position at a time": all_of(
        _attends(((2, 5, 16), 4, None), chunks=[1] * 5),
        _attends(((2, 5, 16), 4, 2), chunks=[2, 1, 1, 1]),
    ),
    "with a KVCache, several positions at a time": all_of(
        _attends(((2, 7, 16), 4, 2), ((1, 7, 12), 3, None), chunks=[3, 1, 3]),
        _attends(((2, 9, 16), 4, 1), chunks=[1, 5, 3]),
    ),
    "with a KVCache, all positions at once": _attends(((2, 6, 16), 4, 2), chunks=[6]),
    "with a KVCache, x (..., n, d_model)": _attends(
        ((6, 16), 4, 2), ((2, 3, 6, 16), 4, 2), ((4, 6, 24), 6, 3), chunks=[4, 2]
    ),
    "with a KVCache, rope_base": _attends(((2, 6, 16), 2, 1), rope_base=50.0, chunks=[3, 2, 1]),
    "ValueError where d_model % n_heads or n_heads % n_kv_heads is not 0": _refuses_heads,
}


# --- nucleus -------------------------------------------------------------------------------


def _nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    nucleus(torch.ones(1), top_p)  # refuses bad input
    p = probabilities
    n = p.shape[-1]  # noqa: F841  (edits use it)
    ordered, ids = p.sort(-1, True)
    summed = ordered.double().cumsum(-1)
    before = summed - ordered
    whole = top_p == 1
    reach = before < top_p
    kept = reach | whole
    chosen = ordered * kept
    scaled = chosen / chosen.sum(-1, True)
    result = torch.zeros_like(p).scatter(-1, ids, scaled)
    return result


PROBABILITIES, ZERO = "probabilities", "where they are exactly 0"


def _run_nucleus(answer: Any, probabilities: Tensor, top_p: float) -> Any:
    result = answer(probabilities, top_p)
    if not isinstance(result, Tensor) or not result.is_floating_point():
        return result
    return {PROBABILITIES: result, ZERO: result == 0}


def _n_kept(is_so: Callable[[Tensor, Tensor], Tensor]) -> Predicate:
    """This is so of how many tokens are kept of a row, and should be."""
    return _entry(ZERO, lambda g, e, *_, **__: bool(is_so((~g).sum(-1), (~e).sum(-1)).any()))


def _not_scaled(got: Tensor, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return not same(got.double().sum(-1), torch.ones(got.shape[:-1]).double(), 1e-3)


_FEW = "tokens are kept, the most likely first, until their sum reaches top_p, with the one that "
_FEW += "reaches it"

check_nucleus = EXERCISE.check(
    "nucleus",
    reference=nucleus,
    text=[_nucleus],
    procedure=_run_nucleus,
    expects="the shape and dtype of probabilities: the most likely tokens whose probabilities "
    "together reach top_p, as few as will do and at least one, scaled to a sum of 1; exactly 0 "
    "elsewhere",
    wrong={
        "sort from the most likely to the least (descending=True), along the vocabulary (dim=-1)": {
            (
                "ordered, ids = p.sort(-1)",
                "ordered, ids = p.sort(-1); reach = summed >= top_p",
            ): "the sum runs from the least likely tokens up",
            "ordered, ids = (p, torch.arange(n).expand_as(p))": "the tokens are not sorted",
            "ordered, ids = p.sort(0, True); summed = ordered.double().cumsum(0); scaled = chosen "
            "/ chosen.sum(0, True); result = torch.zeros_like(p).scatter(0, ids, scaled)": "all "
            "runs along the first dimension (dim 0)",
            "p = probabilities.flatten(); return result.reshape(probabilities.shape)": "all rows "
            "are taken together (flattened)",
        },
        _FEW: {
            ("reach = summed < top_p", "reach = summed <= top_p"): "the token with which the sum "
            "reaches top_p is left out (off by one)",
            "reach = (summed < top_p) | (torch.arange(n) == 0)": "the token with which the sum "
            "reaches top_p is left out, unless it is the first (off by one)",
            "reach = F.pad(before < top_p, (1, 0), value=True)[..., :-1]": "one token too many is "
            "kept",
            "reach = before <= top_p": "one token too many is kept where the sum is exactly top_p",
            "reach = before < 1 - top_p": "top_p is taken for the share that is left out",
            "reach = summed > top_p": "the tokens after those that reach top_p are kept",
            "reach = before >= top_p": "the tokens after those that reach top_p are kept",
            "reach = ordered >= top_p": "each token's own probability is compared with top_p, not "
            "the sum",
            "reach = ordered >= top_p * ordered[..., :1]": "each token is compared with the most "
            "likely one (min-p)",
            "reach = torch.arange(n) < math.ceil(top_p * n)": "top_p is taken for a share of the "
            "vocabulary's tokens",
            "reach = (before < top_p).reshape(-1, n)[0]": "the first row decides for all rows how "
            "many are kept",
        },
        "what is kept is divided by its sum, along the vocabulary": {
            "scaled = chosen": "what is kept is not scaled to a sum of 1",
            "scaled = chosen / top_p": "what is kept is divided by top_p, not by its sum",
            "scaled = chosen / chosen.sum()": "what is kept is divided by the sum over all rows",
            "scaled = torch.softmax(ordered.masked_fill(~kept, -math.inf), -1)": "a softmax is "
            "taken of probabilities",
            "scaled = torch.softmax(chosen, -1)": "a softmax is taken of probabilities, and gives "
            "those that became 0 some again",
        },
        "put each probability back at its token's place (scatter along the sort's indices)": {
            "result = scaled": "the probabilities come back sorted",
            "result = scaled.gather(-1, ids)": "they are put back by gather with the sort's "
            "indices, which are no inverse",
        },
        "exactly 0 elsewhere, and probabilities again": {
            "result = torch.full_like(p, -math.inf).scatter(-1, ids, scaled.masked_fill(~kept, "
            "-math.inf))": "the others become -inf, as logits would",
            "scaled = kept.to(p.dtype)": "1 and 0 come back, which tokens are kept",
            "return result.float()": "the result is float32",
            "return result.double()": "the result is float64",
        },
        "at 1.0 every token stays: deal with it first, as sums of many tokens are rounded": {
            "summed = ordered.cumsum(-1); whole = False": "at top_p = 1.0 unlikely tokens are lost",
        },
    },
    seen={
        "top_p = 1 is refused, but it keeps all tokens: a ValueError is for top_p <= 0 and top_p > "
        "1": lambda got, _, p, top_p: top_p == 1 and "ValueError" in got.kinds,
        "the result is not finite: at least one token stays (the most likely), and the others "
        "become 0": _entry(PROBABILITIES, seen.not_finite),
        "the result has another dtype than probabilities": _entry(PROBABILITIES, other_dtype()),
        "the shape is not that of probabilities": _entry(PROBABILITIES, other_shape),
        "the batch is not handled: probabilities may have any number of leading dimensions, also "
        "none": batch_fails(1),
        "at top_p = 1.0 tokens are lost: every one keeps its probability, and sums of many tokens "
        "are rounded, so deal with 1.0 first": lambda got, right, p, top_p: (
            top_p == 1 and bool((got[ZERO] & ~right[ZERO]).any())
        ),
        f"too many tokens are kept: {_FEW}, and no more": _n_kept(torch.gt),
        f"too few tokens are kept: {_FEW}": _n_kept(torch.lt),
        "what is kept does not add up to 1: divide it by its sum, along the vocabulary": _entry(
            PROBABILITIES, _not_scaled
        ),
        "as many tokens as should are kept, but other ones: keep the most likely, and put them "
        "back at their places": _entry(ZERO, _differs),
        "the right tokens are kept, with other probabilities: divide them by their sum": comes_back(
            dict
        ),
        "the result is not a tensor of probabilities": comes_back(Tensor, list, tuple, int, float),
        "a condition on a whole tensor: each row has its own sums": says("ambiguous", "Boolean"),
    },
)


def _clear(*shape: int, top_p: float) -> Tensor:
    """Random probabilities, no two of a row nearly alike, of which no sum is nearly `top_p`."""
    while True:
        p = (2 * torch.randn(shape, dtype=torch.float64)).softmax(-1)
        ordered = p.sort(-1, True)[0]
        apart = bool((-ordered.diff(dim=-1) > 1e-6).all()) and bool((ordered > 1e-7).all())
        if apart and bool(((ordered.cumsum(-1) - top_p).abs() > 1e-4).all()):
            return p.float()


def _kept_of(*cases: tuple[tuple[int, ...], float]) -> Callable[[Any], Any]:
    return lambda f: [
        check_nucleus(f, _clear(*shape, top_p=top_p), top_p) for shape, top_p in cases
    ]


def _rounded() -> Tensor:
    """Many probabilities whose sum in float32 passes 1 before the last of them is added."""
    while True:
        p = (3 * torch.randn(20_000)).softmax(-1)
        if bool((p.sort(descending=True)[0].cumsum(-1)[:-1] >= 1).any()):
            return p


_EXACT = torch.tensor([[0.1875, 0.5, 0.0625, 0.25], [0.03125, 0.0625, 0.75, 0.15625]])


def _refuses_top_p(f: Any) -> None:
    for top_p in (0.0, -0.5, 1.5, 2, 0):
        says, why = ("top_p", "top-p", "top p", str(top_p)), "top_p must be above 0, at most 1"
        check_nucleus.raises(f, ValueError, _EXACT, top_p, says=says, why=why)


EXERCISE.cases["nucleus"] = {
    "the most likely tokens whose probabilities together reach top_p": _kept_of(
        ((4, 12), 0.9), ((3, 8), 0.5), ((5, 30), 0.8), ((9,), 0.7)
    ),
    "(..., vocab_size)": _kept_of(((2, 3, 7), 0.6), ((1, 6), 0.75), ((2, 1, 3, 5), 0.85)),
    "sizes that are alike, a single token": all_of(
        _kept_of(((6, 6), 0.7), ((4, 4, 4), 0.8)), lambda f: check_nucleus(f, torch.ones(3, 1), 0.4)
    ),
    "at least one": all_of(
        _kept_of(((3, 7), 0.01), ((8,), 1e-6)),
        lambda f: check_nucleus(f, torch.tensor([[0.05, 0.9, 0.04, 0.01]]), 0.3),
    ),
    "as few as will do": all_of(
        lambda f: [check_nucleus(f, _EXACT, top_p) for top_p in (0.75, 0.5, 0.9375)],
        _kept_of(((3, 9), 0.99), ((2, 5), 0.95)),
    ),
    "at 1.0 every token keeps its probability": lambda f: [
        *(check_nucleus(f, _clear(*shape, top_p=1.1), 1.0) for shape in ((3, 6), (2, 2, 9))),
        check_nucleus(f, _rounded(), 1.0),
        check_nucleus(f, torch.stack([_rounded(), _rounded()]), 1),
    ],
    "tokens of probability 0": lambda f: check_nucleus(
        f, torch.tensor([[0.0, 0.55, 0.0, 0.3, 0.15], [0.8, 0.0, 0.2, 0.0, 0.0]]), 0.7
    ),
    "the dtype of probabilities": lambda f: [
        check_nucleus(f, _clear(3, 8, top_p=0.7).double(), 0.7),
        check_nucleus(f, torch.tensor([[0.125, 0.0625, 0.5, 0.3125]]).half(), 0.7),
    ],
    "probabilities in any memory layout": lambda f: check_nucleus(
        f, _clear(3, 5, top_p=0.8).mT.contiguous().mT, 0.8
    ),
    "ValueError unless 0 < top_p <= 1": _refuses_top_p,
}


# --- generate_cached -----------------------------------------------------------------------


class _Sums:
    """A cache of the model's that made it."""

    lends = ("n_seen",)

    def __init__(self, maker: Any) -> None:
        self._maker, self._n_seen, self._total = maker, 0, torch.zeros((), dtype=torch.long)

    @property
    def n_seen(self) -> int:
        return self._n_seen

    def _see(self, n: int, total: Tensor) -> None:
        self._n_seen, self._total = self._n_seen + n, total


MOST_NOTED = 1000


class CachedReader(nn.Module):
    """A model of which the most likely next token depends on every earlier token and its place,
    and which notes the shapes of what it is given."""

    lends = ("new_caches",)

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.scale = nn.Parameter(torch.tensor(20.0))
        self.noted: list[tuple[int, ...]] = []

    def new_caches(self) -> list[_Sums]:
        return [_Sums(self), _Sums(self)]

    def forward(self, tokens: Tensor, caches: Any = None) -> Tensor:
        caches = [_Sums(self)] if caches is None else caches
        several = isinstance(caches, list | tuple)
        if not several or any(getattr(c, "_maker", None) is not self for c in caches):
            raise TypeError("caches is not the list that this model's new_caches() gave")
        self.noted = [*self.noted, tuple(tokens.shape)][:MOST_NOTED]
        n = tokens.shape[-1]
        place = torch.arange(1, n + 1) + caches[0].n_seen
        sums = ((tokens + 1) * place).cumsum(-1) + caches[0]._total
        for cache in caches:
            cache._see(n, sums[..., -1:])
        return self.scale * F.one_hot(sums % self.vocab_size, self.vocab_size).float()


class CachedChain(Chain):
    """As a `Chain`, which needs no cache."""

    lends = ("new_caches",)

    def new_caches(self) -> list[_Sums]:
        return [_Sums(self)]

    def forward(self, tokens: Tensor, caches: Any = None) -> Tensor:
        for cache in caches or ():
            cache._see(tokens.shape[-1], tokens)
        return super().forward(tokens)


def _generate_cached(
    model: Any,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    was_training = model.training
    model.eval()
    prompt, n, last = (tokens, tokens.shape[1], tokens)  # noqa: F841  (edits use them)
    k = top_k
    g = generator
    T = temperature
    caches = model.new_caches()
    steps = range(n_new)
    with torch.no_grad():
        for i in steps:
            given = last if i else tokens
            logits = model(given, caches)[:, -1]
            new = sample_next(logits, T, k, g)
            last = new[:, None]
            tokens = torch.cat((tokens, last), 1)
    model.train(was_training)
    return tokens


SHOWN = "shapes of the tokens that the model was given, call by call"


def _run_cached(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: int, training: bool = False
) -> Any:
    """The tokens that temperature 0 gives, what the model was given, and its mode after that."""
    model = CachedReader(vocab_size).train(training)
    made = answer(model, tokens, n_new, temperature=0.0)
    shown = {SHOWN: model.noted} if n_new else {}
    return None if made is None else {TOKENS: made, **shown, MODE: model.training}


def _shown(is_so: Callable[[list[Any], list[Any]], Any]) -> Predicate:
    """This is so of the shapes that the model was given, and should have been."""
    return _entry(
        SHOWN, lambda got, expected, *_, **__: got != expected and bool(is_so(got, expected))
    )


def _positions(shapes: list[Any]) -> int:
    return sum(shape[-1] for shape in shapes)


_ONCE = "the whole prompt goes through the model first, in one call, then each new token alone"

check_generate_cached = EXERCISE.check(
    "generate_cached",
    arguments=("tokens", "n_new", "vocab_size"),
    reference=generate_cached,
    text=[_generate_cached],
    procedure=_run_cached,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new), as generate gives them; the "
    "model is called as model(tokens, caches), with the whole prompt first and then with each new "
    "token alone but the last; it is left in its training mode (here: temperature 0, and a model "
    "of the test's own)",
    wrong={
        **GENERATED,
        _ONCE: {
            "given = tokens": "the model gets all tokens at each step, though the caches have seen "
            "the earlier ones",
            "given = tokens; logits = model(given)[:, -1]": "the caches are not used, and all "
            "positions go through the model at each step",
            "given = tokens; logits = model(given, model.new_caches())[:, -1]": "new caches "
            "are made at each step, and all positions go through the model again",
            "logits = model(given, model.new_caches())[:, -1]": "there are new caches at each "
            "step, which have not seen the earlier tokens",
            "logits = model(given)[:, -1]": "the model is called without the caches, so that it "
            "knows nothing of earlier tokens",
            "given = tokens[:, -1:]": "the model gets only the prompt's last token",
            "given = last if i else tokens[:, :-1]": "the prompt's last token is left out",
            "[model(tokens[:, j:j + 1], caches) for j in range(0 if i else n - 1)]; "
            "given = tokens[:, -1:]": "the prompt goes through the model token by token",
            "[model(tokens[:, :-1], caches) for _ in range(not i and n > 1)]; "
            "given = tokens[:, -1:]": "the prompt goes through the model in two calls",
            "model(tokens, caches); steps = range(n_new)": "the prompt goes through the model "
            "twice (before the loop and in it)",
            "model(tokens, caches); steps = range(n_new); given = tokens[:, -1:]": "the prompt's "
            "last token goes through the model twice (with the prompt, and once more alone)",
            "given = tokens[:, n:] if i else tokens": "the model gets all new tokens at each step, "
            "though the caches have seen the earlier ones",
            "given = prompt": "the model gets the prompt at each step",
        },
        "the last new token does not go through the model: nothing is drawn after it": {
            "return model(last, caches) is None or tokens": "the last new token goes through the "
            "model too",
        },
        "the logits at the last position count, model(…)[:, -1]": {
            "logits = model(given, caches)[:, 0]": "the logits at the first position are used",
            "logits = model(given, caches).mean(1)": "the logits of all positions are averaged",
        },
    },
    seen={
        **seen_of_tokens("generate_cached"),
        "the model is given tokens of another shape than (batch, 1): it gets all sequences "
        "together, and the new token of each as new[:, None]": _shown(
            lambda got, want: any(shape[:-1] != want[0][:-1] for shape in got)
        ),
        "the prompt does not go through the model in one call: give it model(tokens, caches) "
        "first": _shown(lambda got, want: _positions(got) == _positions(want)),
        "the last new token goes through the model too, though nothing is drawn after "
        "it": lambda got, want, *_, **__: (
            got[SHOWN][:-1] == want[SHOWN] and torch.equal(got[TOKENS], want[TOKENS])
        ),
        f"positions that the caches have seen go through the model again: {_ONCE}": _shown(
            lambda got, want: _positions(got) > _positions(want)
        ),
        f"some positions never go through the model: {_ONCE}": _shown(
            lambda got, want: _positions(got) < _positions(want)
        ),
        "the model must be called as model(tokens, caches), with the list that model.new_caches() "
        "gave, which is called once in each call of generate_cached": says("caches", "argument"),
        "model.new_caches() makes the caches: the model's insides are its own": says("attribute"),
        f"a token is not the most likely one that follows all tokens so far: {_ONCE}, with the "
        "same caches": of_tokens(lambda got, want: got.shape == want.shape),
    },
)
"""`check_generate_cached(generate_cached, tokens, n_new=…, vocab_size=…, training=False)`: at
temperature 0, with a model of the test's own of so many tokens, in training mode or not."""


check_generate_cached_often = sampling.pairs_check(
    EXERCISE, "generate_cached", CachedChain, generate_cached, _generate_cached
)
"""`check_generate_cached_often(generate_cached, table, draws=800, temperature=…, top_k=…,
seed=…)`: row `t` of `table` holds the logits after token `t`, and each prompt is (1, 1)."""

check_generate_cached_seeds = sampling.seeds_check(
    EXERCISE,
    "generate_cached",
    lambda f, x, generator: f(CachedChain(x), torch.zeros(60, 1).long(), 3, generator=generator),
    arguments=("logits after each token", "seed", "another seed"),
    reference=generate_cached,
    text=[_generate_cached],
)
"""`check_generate_cached_seeds(generate_cached, table, seed, another_seed)`."""


def _made(*cases: tuple[int, int, int, int], **training: bool) -> Callable[[Any], Any]:
    """Cases of batch, n, n_new and vocab_size."""
    return lambda f: [
        check_generate_cached(
            f, torch.randint(v, (batch, n)), n_new=n_new, vocab_size=v, **training
        )
        for batch, n, n_new, v in cases
    ]


EXERCISE.cases["generate_cached"] = {
    "the same tokens as generate at temperature 0": _made((3, 5, 6, 12), (2, 20, 8, 50)),
    "a single sequence, a prompt of one token": _made((1, 3, 12, 11), (1, 2, 12, 3), (4, 1, 5, 7)),
    "a single new token, or none": _made((2, 4, 1, 9), (1, 1, 1, 5), (2, 3, 0, 9)),
    "tokens in any memory layout": lambda f: check_generate_cached(
        f, torch.randint(9, (5, 2)).mT, n_new=3, vocab_size=9
    ),
    "the model's training mode is left as it was found": _made(
        (3, 5, 6, 12), (1, 4, 1, 9), (2, 3, 0, 9), training=True
    ),
    **sampling.sampled_cases(check_generate_cached_often, check_generate_cached_seeds),
}


# --- kv_cache_bytes ------------------------------------------------------------------------


def _kv_cache_bytes(config: Any, n_tokens: int, bytes_per_number: int = 2) -> Any:
    b, n = (bytes_per_number, n_tokens)
    h, L, D = (config.n_heads, config.n_layers, config.d_model)
    m = config.n_kv_heads or h
    d = config.d_head or D // h
    both = 2
    numbers = both * L * m * d * n
    return numbers * b


check_kv_cache_bytes = EXERCISE.check(
    "kv_cache_bytes",
    reference=kv_cache_bytes,
    text=[_kv_cache_bytes],
    expects="an int, in bytes: keys and values (2), in each of n_layers layers, n_kv_heads heads "
    "of d_head numbers at n_tokens positions",
    wrong={
        "there are n_kv_heads key heads and as many value heads, n_heads where it is None": {
            "m = h": "n_kv_heads is ignored (grouped-query attention)",
            "m = config.n_kv_heads or 1": "where n_kv_heads is None there is 1 key head",
            "m = h + 2 * (config.n_kv_heads or h); both = 1": "queries are counted too",
        },
        "a head has d_head numbers a position: config.d_head, or d_model // n_heads where that is "
        "None": {
            "d = D // h": "config.d_head is ignored",
            "d = D // m": "d_head is taken for d_model // n_kv_heads",
            "d = D": "each head is taken to have d_model numbers",
        },
        "both keys and values are kept, in each layer, for each token": {
            "both = 1": "keys or values are left out (there are 2)",
            "both = 3": "queries are counted too (3), which nothing asks for again",
            "numbers = both * m * d * n": "the layers are left out",
            "numbers = both * L * m * d": "the tokens are left out",
            "numbers = both * L * m * d * n ** 2": "n_tokens is squared, as if attention's weights "
            "were kept",
            "numbers = both * L * m * d * (n - 1)": "the last token is left out",
        },
        "bytes are asked for, bytes_per_number for each number (2 unless given)": {
            "return numbers": "numbers come back, not bytes",
            "b, n = (2, n_tokens)": "bytes_per_number is ignored (2)",
            "b, n = (4, n_tokens)": "bytes_per_number is ignored (4)",
            "bytes_per_number=2 -> bytes_per_number=4": "the default of bytes_per_number is 4",
            "bytes_per_number=2 -> bytes_per_number=1": "the default of bytes_per_number is 1",
            "return numbers * b * 8": "bits come back, not bytes",
            "return numbers / b": "it is divided by bytes_per_number",
        },
        "give the exact int": {
            "return float(numbers * b)": "a float comes back",
            "return numbers * b // 2 ** 20": "MiB come back",
            "return numbers * b / 2 ** 20": "MiB come back",
            "return torch.tensor(numbers * b)": "a tensor comes back",
        },
    },
    seen={
        "a float comes back: use // for whole numbers, and give an int": comes_back(float),
        "a multiplication or division with None: n_kv_heads and d_head may be None, which means "
        "n_heads and d_model // n_heads": says("NoneType"),
        "the signature is kv_cache_bytes(config, n_tokens, bytes_per_number=2)": says("argument"),
        "config is a ModelConfig: read its attributes, such as config.n_layers": says(
            "subscriptable", "attribute"
        ),
        "the number is a simple multiple or fraction of the right one: a factor is left out, or "
        "there twice": lambda got, right, *_, **__: any(
            got * i == right * j for i in range(1, 65) for j in range(1, 65)
        ),
    },
)
"""`check_kv_cache_bytes(kv_cache_bytes, config, n_tokens, bytes_per_number=…)`."""

_SIZES = {"vocab_size": 1000, "d_model": 96, "n_layers": 5, "n_heads": 6, "d_ff": 200}


def _bytes(*cases: dict[str, Any], n_tokens: int = 37, **given: int) -> Callable[[Any, Any], Any]:
    return lambda f, config: [
        check_kv_cache_bytes(f, config(**_SIZES | case), n_tokens, **given) for case in cases
    ]


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
}
