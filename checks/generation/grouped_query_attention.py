"""GroupedQueryAttention, with a cache and without: what often goes wrong, and hidden cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from checks import modules, seen
from checks.causal_attention import CAUSAL_ATTENTION, ROPE, TEXT
from checks.check import all_of
from checks.compare import Raised, attempt, same
from checks.generation.exercise import EXERCISE
from checks.mistakes import Wrong
from checks.seen import SEVERAL_CAME, Predicate, batch_fails, comes_back, other_shape, says
from reference.block import GroupedQueryAttention


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


ROUGHLY = 0.1  # as near as results in bfloat16 are to each other
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
    whole = modules.run(answer, module, given.parameters.state, x)
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
    near = 1e-4 if whole.dtype == torch.float32 else ROUGHLY
    return result[KEYS].shape[-2] == whole.shape[-2] and same(result[OUTPUT], whole, near)


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
        more = pieces[0].new_zeros(*pieces[0].shape[:-2], heads, 1, d_head)
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
    grouped = n_kv_heads not in (None, n_heads)
    return grouped and isinstance(got, Tensor) and not other_shape(got, right)


def _with_chunks(when: Predicate) -> Predicate:
    return lambda *args, chunks=None, **kwargs: chunks is not None and when(*args, **kwargs)


def _twice_the_first(got: Any, *args: Any, chunks: Any = (), **kwargs: Any) -> bool:
    """An error that speaks of as many positions as the first piece has, and of twice as many."""
    sizes = re.findall(r"tensor [ab] \((\d+)\)", got.message)
    return sorted(map(int, sizes)) == [chunks[0], 2 * chunks[0]]


_SHARED = "let query head h meet key and value head h // (n_heads // n_kv_heads)"
_COUNTING = "with a cache count positions from cache.n_seen on, for RoPE and for the mask"
_EXTENDING = (
    "give cache.extend K, turned, and V of the new positions, (..., n_kv_heads, n_new, d_head), "
    "and attend to all that it gives back"
)
_GROUPED: Wrong = {
    _SHARED: {
        "repeated = torch.cat([x] * n_repeats, -3)": "the key heads are repeated in the wrong "
        "order (0, 1, 0, 1)",
        "K, V = (repeat_kv(stored[0], h // m), torch.cat([stored[1]] * (h // m), -3))": "the "
        "value heads are repeated in the wrong order (0, 1, 0, 1)",
        "K, V = (s[..., :1, :, :] for s in stored)": "all query heads share the first key head",
        "K, V = (repeat_kv(s, m) for s in stored)": "keys and values are repeated n_kv_heads times "
        "instead of n_heads // n_kv_heads",
    },
    _COUNTING: {
        "first, base = (0, self.base)": "RoPE starts at 0 again with each call",
        "Q = rope(q, 0, base)": "the queries' positions start at 0 again with each call",
        "K = rope(k, 0, base)": "the keys' positions start at 0 again with each call",
        (
            "first, base = (past + (n if past else 0), self.base)",
            "first, base = (past + (0 if cache is None else n), self.base)",
            "Q = rope(q, past + (0 if cache is None else n), base)",
        ): "n_seen is read after extend, when it counts the new positions too",
        (
            "first, base = (past + (1 if past else 0), self.base)",
            "first, base = (past + (0 if cache is None else 1), self.base)",
        ): "positions are off by one with a cache",
        "at = (first + torch.arange(n)).to(x)": "positions are rounded to the dtype of x, and "
        "bfloat16 can't tell 256 and 257 apart",
    },
    "let query i, at position n_seen + i, see keys 0 to n_seen + i, "
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
        "stored = [repeat_kv(s, h // m) for s in (K, V)]; "
        "K, V = stored if cache is None else cache.extend(*stored)": "keys and values are repeated "
        "before the cache gets them, which makes it n_heads / n_kv_heads times as large",
        "stored = (K, V) if cache is None else [s.transpose(-3, -2) for s in "
        "cache.extend(K.transpose(-3, -2), V.transpose(-3, -2))]": "the cache gets (..., n, "
        "n_kv_heads, d_head), before the split's transpose",
        "stored = (K, V) if cache is None else cache.extend(*[merge_heads(s) for s in (K, V)])": (
            "the cache gets keys and values that are not split into heads"
        ),
        "stored = (K, V) if cache is None else cache.extend(V, K)": "keys and values are swapped "
        "for the cache",
        "stored = (K, V) if cache is None else cache.extend(k, V); "
        "K, V = [repeat_kv(s, h // m) for s in ((rope(stored[0], 0, base) if past or cache else "
        "K), stored[1])]": "the cache gets keys that are not turned yet (RoPE turns all of them "
        "anew in each call)",
        "stored = (K, V) if cache is None else cache.extend(k, V)": "the cache gets keys that are "
        "not turned",
        "stored = (K, V) if cache is None else cache.extend(K, V); K, V = [repeat_kv(s, h // m) "
        "for s in (stored[0] if cache is None else rope(stored[0], 0, base), stored[1])]": "the "
        "keys of the cache are turned once more in each call",
    },
    "take rope_base as RoPE's base, 10000.0 unless given, for queries and keys": {
        "base = rope_base -> base = 10000.0": "rope_base is ignored",
        "Q = rope(q, first)": "rope_base is ignored for the queries",
        "K = rope(k, first)": "rope_base is ignored for the keys",
    },
}

_check_attention = EXERCISE.check(
    "GroupedQueryAttention",
    arguments=("x", "n_heads", "parameters"),
    reference=GroupedQueryAttention,
    text=TEXT,
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
        "no position may see another sequence": {
            "x = x.flatten(0, -2) if x.dim() > 2 else x; h = self.n_heads; "
            "return output.unflatten(0, self.sizes)": "the batch is flattened",
        },
    },
    seen={
        "the same x gives another result the next time, in training mode: drop nothing out, "
        "draw nothing at random, and keep nothing of a call but in the cache that is "
        "given": comes_back(modules.OtherInTraining),
        **modules.BIASED,
        "a layer has the wrong size: W_q and W_o go from d_model to d_model, W_k and W_v to "
        "n_kv_heads * d_head, with d_head = d_model // n_heads, and n_kv_heads is n_heads where it "
        "is None": modules.misshaped,
        **modules.OTHER_NAMES,
        **SEVERAL_CAME,
        "RoPE's angles must be computed in float32 where x is of half precision, too: bfloat16 "
        "can't tell 256 and 257 apart": lambda got, want, x, *_, **__: x.dtype == torch.bfloat16,
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
        f"with a cache the output is not right: {_COUNTING}": comes_back(Mapping),
        "n_seen counts the new positions already: read it before extend": _twice_the_first,
        "features don't divide into these heads: W_q gives n_heads of them, and W_k and W_v only "
        "n_kv_heads, so split_heads(self.W_k(x), n_kv_heads)": says("multiply up", "unflatten"),
        "with a cache the sizes don't fit: x holds only the positions from n_seen on, as it "
        "is before extend, keys "
        "and values are all that extend gives back, and the mask is (n, n_seen + n)": _with_chunks(
            says("size", "shape", "broadcast", "expand", "must match", "dimension")
        ),
        "with 40 positions the sizes don't fit: a mask, or a table made once, must be as long "
        "as x, which may have any number of positions": lambda got, _, x, *__, **___: (
            x.shape[-2] == 40 and says("size of tensor", "shape '[", "must match")(got)
        ),
        "the last position is right and others are not: look at the causal mask": seen.right_at(-1),
        "position 0 is right and others are not: look at the causal mask, at RoPE (on queries and "
        "keys, after the split into heads), and at the split itself": seen.right_at(0),
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

    To 3e-5: right answers that add in another order are up to 3e-6 apart. In bfloat16 `ROUGHLY`.
    """
    options = {"n_kv_heads": n_kv_heads, "rope_base": rope_base, "chunks": chunks}
    options = {name: value for name, value in options.items() if value is not None}
    parameters = modules.at_random(GroupedQueryAttention(x.shape[-1], n_heads, n_kv_heads))
    given = _Given(parameters, own_cache)
    near = 3e-5 if x.dtype == torch.float32 else ROUGHLY
    return _check_attention(answer, x, n_heads, given, **options, tolerance=near)


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


def _attends(
    *cases: tuple[tuple[int, ...], int, int | None], dtype: Any = torch.float32, **more: Any
) -> Callable[..., Any]:
    """Cases of a shape of x, n_heads and n_kv_heads."""
    return lambda f, own: [
        check_GroupedQueryAttention(f, torch.randn(shape).to(dtype), h, m, own_cache=own, **more)
        for shape, h, m in cases
    ]


def _attends_in_half(f: Any, own: Any) -> None:
    state = modules.at_random(GroupedQueryAttention(8, 2)).state
    few = attempt(lambda: modules.run(f, f(8, 2), state, torch.ones(2, 8).bfloat16()))
    if not isinstance(few, Raised):  # as NumPy does, which has no bfloat16
        _attends(((1, 261, 8), 2, 1), chunks=[256, 5], dtype=torch.bfloat16)(f, own)


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
        _attends(((2, 5, 16), 4, 2), chunks=[2, 1, 1, 1]),
        _attends(((2, 5, 16), 4, None), chunks=[1] * 5),
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
    "RoPE's angles in float32, also for an x of half precision": _attends_in_half,
    "ValueError where d_model % n_heads or n_heads % n_kv_heads is not 0": _refuses_heads,
}
