"""KVCache: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from checks.check import all_of
from checks.compare import same
from checks.entries import differs, entry
from checks.generation.exercise import EXERCISE
from checks.mistakes import Seen
from checks.seen import Predicate, other_dtype, other_shape, says
from reference.block import KVCache

_DTYPES = (torch.float64, torch.float16, torch.bfloat16)


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
WRITTEN = "whether each extend changed what it was given"


def _kept(call: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    """What a call gives, as a function that gives it as it is by then."""
    if keep := getattr(call, "keep_", None):  # what it gives would come from elsewhere as a copy
        return keep(*args)
    value = call(*args)
    return lambda: _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_copied(v) for v in value]
    return value.detach().clone() if isinstance(value, Tensor) else value


def _run_cache(answer: Any, pieces: _Pieces) -> Any:
    cache, other = answer(), answer()
    watch = getattr(answer, "watch_", None)  # as in `Check`
    told = watch() if watch else []
    result: dict[str, Any] = {NEW: cache.n_seen, CAME: [], AFTER: [], WRITTEN: []}
    kept = []
    for K, V in pieces:
        before = K.clone(), V.clone()
        kept.append(_kept(cache.extend, K, V))
        result[CAME].append(kept[-1]())
        result[AFTER].append(cache.n_seen)
        changed = (not same(t, b, 0.0) for t, b in zip((K, V), before, strict=True))
        result[WRITTEN].append(any(changed) or any(one is K or one is V for one in told))
    result |= {LATER: [get() for get in kept], OTHER_NEW: other.n_seen}
    result[OTHER] = _copied(other.extend(*[*pieces][-1]))
    return result | {STILL: [get() for get in kept]}


def _each(is_so: Callable[[Any, Any], bool]) -> Predicate:
    """So for an item of a list, and the right one for it."""
    return lambda got, expected, *args, **kwargs: any(map(is_so, got, expected))


def _is_pair(got: Any) -> bool:
    pair = isinstance(got, list | tuple) and len(got) == 2
    return pair and all(isinstance(part, Tensor) for part in got)


def _keys(pairs: Any) -> list[Any]:
    return [pair[0] for pair in pairs]


def _holds_more(got: Any, right: Any, pieces: _Pieces) -> bool:
    """A new cache gives what was given at first, behind what it holds already."""
    (first, *_), n = got[CAME][0], pieces.K[0].shape[-2]
    return first.shape[-2] > n and same(first[..., -n:, :], pieces.K[0])


_INDEPENDENT = (
    "two caches are not independent (what they hold is shared): set it in __init__ with self., not "
    "in the class, in a global or in a mutable default"
)
_APPEND = "append to what is there, torch.cat((self.K, K), dim=-2), and return all so far"
_COUNT = "count the positions so far, an int that grows by the number of the new ones"

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
            ("both = new", "result = (K, V)"): "extend gives the new keys and values only (or they "
            "overwrite the others)",
            "result = old": "extend gives what was there before",
            "both = [n if o is None else torch.cat((n, o), dim) for o, n in zip(old, new)]": "new "
            "ones are put in front",
            "new, old = ((V, K), (self.K, self.V))": "keys and values are swapped",
            "result = (self.V, self.K)": "values come back before keys: give (K_all, V_all)",
            "self.K, self.V = [b[..., -4:, :] for b in both]": "old positions are dropped",
            "result = torch.stack([self.K, self.V])": "one tensor comes back, not (K_all, V_all)",
            "both = [n if o is None else torch.stack((o, n)) for o, n in zip(old, new)]": "keys "
            "and values are stacked (a dimension more)",
            tuple(
                f"both[1] = V if old[1] is None else torch.cat({pair}, dim); self.K, self.V = both"
                for pair in ("(old[1], K)", "(old[1], both[0])", "(old[0], V)")
            ): "keys are among the values (torch.cat has K or self.K where V is joined)",
        },
        "join them along the positions, (..., n, d), counted from the end (dim=-2)": {
            **{f"dim = {d}": f"keys and values are joined along dim {d}" for d in (-1, -3, 0, 1)},
            "dim = 2": "keys and values are joined along dim 2, which the positions are only with "
            "two leading dimensions",
        },
        _COUNT: {
            "self.n_seen = self.n_seen + 1": "n_seen counts the calls of extend",
            "self.n_seen = self.n_seen": "n_seen stays 0",
            "self.n_seen = self.n_seen; both = new": "n_seen stays 0, so that what is there is "
            "never appended to",
            "self.n_seen = self.n_seen + both[0].shape[-2]": "n_seen grows by all positions so far",
            "self.n_seen = K.shape[-2]": "n_seen is the size of the last piece",
            "self.n_seen = self.n_seen + K.shape[2]": "n_seen counts dimension 2, which the "
            "positions are only with two leading dimensions",
            (
                "self.n_seen = self.n_seen + K.shape[1]",
                "self.n_seen = both[0].shape[1]",
            ): "n_seen counts dimension 1, which the positions are only with one leading dimension",
            (
                "self.n_seen = self.n_seen + len(K)",
                "self.n_seen = len(both[0])",
            ): "n_seen counts the first dimension (len), which is the batch where there is one",
            (
                "self.n_seen = self.n_seen + K.shape[-1]",
                "self.n_seen = both[0].shape[-1]",
            ): "n_seen counts features (dim -1)",
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
            "both = [n if o is None else n.set_(torch.cat((o, n), dim)) for o, n in zip(old, new)]"
            "": "extend changes the K and V that it is given",
        },
        "keep the dtype of what is given": {
            "self.K, self.V = [b.float() for b in both]": "the result is float32",
        },
    },
    mistakes=[Seen(_INDEPENDENT, _holds_more)],
    seen={
        "n_seen is a method: it must be read without brackets, so make it an attribute or a "
        "@property": lambda got, *_, **__: callable(got[NEW]),
        "n_seen of a new cache is not 0: start __init__ with an empty cache, and keep nothing in "
        "the class or in a mutable default that all caches would share": entry(NEW, differs),
        f"n_seen is not an int: {_COUNT}": entry(
            AFTER, _each(lambda g, e: not isinstance(g, int) or isinstance(g, bool))
        ),
        "extend returns nothing: give (K_all, V_all)": entry(CAME, _each(lambda g, e: g is None)),
        "extend does not give two tensors, (K_all, V_all)": entry(
            CAME, _each(lambda g, e: not _is_pair(g))
        ),
        f"extend gives only the new keys and values: {_APPEND}": lambda got, right, pieces: any(
            same(g, pair) for g, pair in list(zip(got[CAME], pieces, strict=True))[1:]
        ),
        "keys and values come back in another dtype: keep that of what is given": entry(
            CAME, _each(lambda g, e: any(map(other_dtype(), g, e)))
        ),
        "keys and values are rounded, as in half precision: keep what is given": entry(
            CAME, _each(lambda g, e: differs(g, e) and same(g, e, 3e-2))
        ),
        "what comes back has another shape: K_all is (..., n_seen, d_k) and V_all (..., n_seen, "
        "d_v), for any number of positions, joined along dim -2": entry(
            CAME, _each(lambda g, e: any(map(other_shape, g, e)))
        ),
        "the keys are right, but not the values: append them to the values so far": entry(
            CAME, lambda g, e, *_: differs(g, e) and all(map(same, _keys(g), _keys(e)))
        ),
        f"keys and values are other ones than were given: {_APPEND}": entry(CAME, differs),
        f"n_seen is wrong: {_COUNT}": entry(AFTER, differs),
        "what extend returned before changes with a later call (it is written into): give new "
        "tensors, or views of places that are not written again": entry(LATER, differs),
        "extend changes the K or the V that it is given: keep a copy (clone), or make new tensors, "
        "as torch.cat does": entry(WRITTEN, differs),
        _INDEPENDENT: lambda got, right, *_, **__: any(
            not same(got[key], right[key]) for key in (OTHER_NEW, OTHER, STILL)
        ),
        "KVCache() takes no arguments: the cache finds the sizes out from what extend gets": says(
            "required positional argument", "takes no arguments"
        ),
        "n_seen is missing: an attribute or a @property of each cache": says("'n_seen'"),
        "extend has another name or signature: extend(self, K, V)": says("extend"),
        "what is there can't be made larger in place: torch.cat makes a new tensor": says("resiz"),
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
