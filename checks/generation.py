"""Exercise 8-generation: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks import modules, sampling, seen
from checks.check import Exercise
from checks.compare import Raised, attempt, same
from checks.decoder import CAUSAL_ATTENTION, OTHER_DEFAULTS, ROPE, SEVERAL_CAME, Chain
from checks.decoder import _merge as _merge
from checks.decoder import _split as _split
from checks.mistakes import Wrong
from checks.sampling import FREQUENCIES, Drawn, a_generator, a_seed, counted, probabilities
from checks.seen import Predicate, batch_fails, comes_back, other_dtype, raised
from helpers.attention import causal_mask
from helpers.transformer_block import sample_next

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


# --- repeat_kv -----------------------------------------------------------------------------


def _repeat_kv(x: Tensor, n_repeats: int) -> Tensor:
    r = n_repeats
    repeated = x.repeat_interleave(r, -3)
    return repeated


_check_repeat_kv = EXERCISE.check(
    "repeat_kv",
    reference=_repeat_kv,
    expects="(..., n_kv_heads * n_repeats, n, d_head), each head n_repeats times in a row",
)


def check_repeat_kv(answer: Any, x: Tensor, n_repeats: int) -> Any:
    """Compare `repeat_kv(x, n_repeats)`, `x` `(..., n_kv_heads, n, d_head)`."""
    return _check_repeat_kv(answer, x, n_repeats)


# --- KVCache -------------------------------------------------------------------------------


class _KVCache:
    def __init__(self) -> None:
        self.K, self.V, self.n_seen = (None, None, 0)

    def extend(self, K: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
        dim = -2
        new, old = ((K, V), (self.K, self.V))
        both = [n if o is None else torch.cat((o, n), dim) for o, n in zip(old, new, strict=True)]
        self.n_seen = self.n_seen + K.shape[-2]
        self.K, self.V = both
        result = (self.K, self.V)
        return result


@dataclass(frozen=True)
class _Pieces:
    """Keys and values, `(..., n_new, d)`, in pieces."""

    K: Sequence[Tensor]
    V: Sequence[Tensor]

    def __repr__(self) -> str:
        shapes = ", ".join(f"{tuple(K.shape)}" for K in self.K)
        return f"keys of the shapes {shapes}, and values"


AT_FIRST, AFTER_EACH = "n_seen of a new cache", "n_seen after each extend"
CAME, LATER = "(K_all, V_all) of each extend", "the same results, looked at after the last extend"
OTHER_SEEN, OTHER = "n_seen of another cache", "(K_all, V_all) of another cache"


def _kept(call: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    """What a call gives, as a function that gives it as it is by then."""
    keep = getattr(call, "keep_", None)
    if keep is not None:  # what it gives would come from another process as a copy
        return keep(*args)  # type: ignore[no-any-return]
    value = call(*args)
    return lambda: value


def _as_it_is(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_it_is(v) for v in value]
    return value.detach().clone() if isinstance(value, Tensor) else value


def _run_cache(answer: Any, pieces: _Pieces) -> Any:
    cache, other = answer(), answer()
    at_first, after_each, came = cache.n_seen, [], []
    kept = []
    for K, V in zip(pieces.K, pieces.V, strict=True):
        kept.append(_kept(cache.extend, K.clone(), V.clone()))
        after_each.append(cache.n_seen)
        came.append(_as_it_is(kept[-1]()))
    return {
        AT_FIRST: at_first,
        AFTER_EACH: after_each,
        CAME: came,
        LATER: [_as_it_is(get()) for get in kept],
        OTHER_SEEN: other.n_seen,
        OTHER: _as_it_is(other.extend(pieces.K[0].clone(), pieces.V[0].clone())),
    }


_check_cache = EXERCISE.check(
    "KVCache",
    arguments=("pieces",),
    reference=_KVCache,
    procedure=_run_cache,
    expects="each extend appends K and V along the positions (dim -2), and gives all so far; "
    "n_seen, an int, counts the positions; what was returned before stays as it was; each cache "
    "has its own",
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
    return _check_cache(answer, _Pieces(K, V))


# --- GroupedQueryAttention -----------------------------------------------------------------


def _rope(x: Tensor, first: int = 0, base: float = 10000.0) -> Tensor:
    n, d = x.shape[-2:]
    at = first + torch.arange(n)
    i = torch.arange(0, d, 2)
    angles = at[:, None] * base ** (-i / d)
    cos, sin = (angles.cos(), angles.sin())
    even, odd = (x[..., 0::2], x[..., 1::2])
    pairs = (even * cos - odd * sin, even * sin + odd * cos)
    turned = torch.stack(pairs, -1).flatten(-2)
    return turned


class _Attention(nn.Module):
    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_kv_heads: int | None = None,
        rope_base: float = 10000.0,
    ) -> None:
        super().__init__()
        kv = n_kv_heads or n_heads
        if d_model % n_heads != 0:
            raise ValueError("n_heads")
        if n_heads % kv != 0:
            raise ValueError("n_kv_heads")
        width = kv * (d_model // n_heads)
        self.n_heads, self.group = (n_heads, n_heads // kv)
        self.base = rope_base
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, width, bias=False)
        self.W_v = nn.Linear(d_model, width, bias=False)
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
        q, k, v = (_split(s, heads) for s, heads in zip(p, (h, m, m), strict=True))
        Q = _rope(q, first, base)
        K = _rope(k, first, base)
        V = v
        stored = (K, V) if cache is None else cache.extend(K, V)
        K, V = (_repeat_kv(s, h // m) for s in stored)
        scores = Q @ K.mT / math.sqrt(Q.shape[-1])
        total = K.shape[-2]
        mask = causal_mask(total)[total - n :]
        low = -math.inf
        hidden = scores.masked_fill(~mask, low)
        weights = torch.softmax(hidden, -1)
        found = _merge(weights @ V)
        output = self.W_o(found)
        return output


class Cache:
    """A cache of the test's own, with what the contract says a `KVCache` has."""

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
    if chunks is None or isinstance(whole, modules.OtherParameters | modules.OtherInTraining):
        return whole
    pieces = x.split(list(chunks), -2)
    with_ours = attempt(lambda: _in_pieces(module, pieces, Cache(), n_heads, options))
    right = isinstance(with_ours, Mapping) and same(with_ours[OUTPUT], whole, 1e-4)
    if right or given.own_cache is None:
        return with_ours
    # It may use more of the learner's own KVCache than n_seen and extend.
    with_theirs = attempt(lambda: _in_pieces(module, pieces, given.own_cache(), n_heads, options))
    right = isinstance(with_theirs, Mapping) and same(with_theirs[OUTPUT], whole, 1e-4)
    return with_theirs if right else with_ours


def _in_pieces(
    module: Any, pieces: Sequence[Tensor], cache: Any, n_heads: int, options: Mapping[str, Any]
) -> Any:
    outputs = [module(piece, cache) for piece in pieces]
    if not all(isinstance(output, Tensor) for output in outputs):
        return outputs[0]
    n_kv_heads = options.get("n_kv_heads") or n_heads
    d_head = pieces[0].shape[-1] // n_heads
    if isinstance(cache, Cache):
        K, V = cache._noted or (None, None)
    else:
        # All that it has seen comes back where it sees a position more.
        more = torch.zeros(*pieces[0].shape[:-2], n_kv_heads, 1, d_head)
        K, V = (all_[..., :-1, :] for all_ in cache.extend(more, more))
    return {OUTPUT: torch.cat(outputs, -2), KEYS: K, VALUES: V}


_check_attention = EXERCISE.check(
    "GroupedQueryAttention",
    arguments=("x", "n_heads", "parameters"),
    reference=_Attention,
    procedure=_run_attention,
    expects="a tensor of the shape of x: causal attention with RoPE on queries and keys, each key "
    "and value head shared by n_heads / n_kv_heads query heads; with a cache, the result for the "
    "whole sequence at these positions",
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
    """
    options = {"n_kv_heads": n_kv_heads, "rope_base": rope_base}
    options = {name: value for name, value in options.items() if value is not None}
    state = modules.at_random(_Attention(x.shape[-1], n_heads, n_kv_heads))
    more = {} if chunks is None else {"chunks": list(chunks)}
    given = _Given(state, own_cache)
    return _check_attention(answer, x, n_heads, given, **options, **more, tolerance=3e-5)


check_sizes = EXERCISE.check(
    "GroupedQueryAttention",
    arguments=("d_model", "n_heads", "n_kv_heads"),
    reference=_Attention,
    procedure=lambda f, *sizes: f(*sizes),
    expects="a module",
)
"""`check_sizes.raises(GroupedQueryAttention, ValueError, d_model, n_heads, says=…, why=…)`."""


# --- nucleus -------------------------------------------------------------------------------


def _nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    if not 0 < top_p <= 1:
        raise ValueError("top_p")
    p = probabilities
    ordered, ids = p.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = (before < top_p) | (top_p == 1)
    chosen = ordered * kept
    scaled = chosen / chosen.sum(-1, True)
    result = torch.zeros_like(p).scatter(-1, ids, scaled)
    return result


KEPT, ZERO = "probabilities", "which are exactly 0"


def _run_nucleus(answer: Any, probabilities: Tensor, top_p: float) -> Any:
    result = answer(probabilities, top_p)
    return {KEPT: result, ZERO: result == 0} if isinstance(result, Tensor) else result


check_nucleus = EXERCISE.check(
    "nucleus",
    reference=_nucleus,
    procedure=_run_nucleus,
    expects="the most likely tokens whose probabilities together reach top_p, as few as will do "
    "and at least one, scaled to a sum of 1; exactly 0 elsewhere",
)
"""`check_nucleus(nucleus, probabilities, top_p)`, and `check_nucleus.raises` as for others."""


# --- generate_cached -----------------------------------------------------------------------


class _Sums:
    """A cache of `CachedReader`'s."""

    lends = ("n_seen",)

    def __init__(self) -> None:
        self.n_seen = 0
        self._total = torch.zeros((), dtype=torch.long)


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
        return [_Sums(), _Sums()]

    def forward(self, tokens: Tensor, caches: Any = None) -> Tensor:
        caches = [_Sums()] if caches is None else caches
        if not isinstance(caches, list | tuple) or not all(isinstance(c, _Sums) for c in caches):
            raise TypeError("caches is not what model.new_caches() gives")
        self.noted = [*self.noted, tuple(tokens.shape)][:MOST_NOTED]
        n = tokens.shape[-1]
        place = torch.arange(1, n + 1) + caches[0].n_seen
        sums = ((tokens + 1) * place).cumsum(-1) + caches[0]._total
        for cache in caches:
            cache.n_seen, cache._total = cache.n_seen + n, sums[..., -1:]
        return self.scale * F.one_hot(sums % self.vocab_size, self.vocab_size).float()


class CachedChain(Chain):
    """As a `Chain`, which needs no cache."""

    lends = ("new_caches",)

    def new_caches(self) -> list[_Sums]:
        return [_Sums()]

    def forward(self, tokens: Tensor, caches: Any = None) -> Tensor:
        for cache in caches or ():
            cache.n_seen += tokens.shape[-1]
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
    prompt, n = (tokens, tokens.shape[1])  # noqa: F841  (edits use them)
    k = top_k
    g = generator
    T = temperature
    caches = model.new_caches()
    steps = range(n_new)
    last = tokens
    with torch.no_grad():
        for i in steps:
            given = last if i else tokens
            logits = model(given, caches)[:, -1]
            new = sample_next(logits, T, k, g)
            last = new[:, None]
            tokens = torch.cat((tokens, last), 1)
    model.train(was_training)
    return tokens


TOKENS, MODE = "tokens", "model.training after the call"
SHOWN = "shapes of what the model was given"
_CHANGED = "the prompt is changed"


def _run_cached(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: int, training: bool = False
) -> Any:
    """The tokens that temperature 0 gives, what the model was given, and its mode after that."""
    model = CachedReader(vocab_size).train(training)
    made = answer(model, tokens, n_new, temperature=0.0)
    if made is None:
        return None
    shown = {SHOWN: model.noted} if n_new else {}
    return {TOKENS: made, **shown, MODE: model.training}


check_generate_cached = EXERCISE.check(
    "generate_cached",
    arguments=("tokens", "n_new", "vocab_size"),
    reference=_generate_cached,
    procedure=_run_cached,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new); the model is called as "
    "model(tokens, caches), with the whole prompt first and then with each new token alone but the "
    "last (here: temperature 0, and a model of the test's own)",
)
"""`check_generate_cached(generate_cached, tokens, n_new=…, vocab_size=…, training=False)`: at
temperature 0, with a model of the test's own of so many tokens, in training mode or not."""


def _run_cached_often(
    answer: Any, table: Tensor, draws: int, seed: int | None = None, **options: Any
) -> Any:
    """How often each pair of two new tokens comes in a batch of `draws` equal prompts; of the
    reference, how likely it is."""
    right = (draws, 4)
    if answer is _generate_cached:
        step = probabilities(table, **options)
        return counted(right, Drawn((step[1][:, None] * step).flatten(), math.inf))
    prompt = torch.ones(draws, 2, dtype=torch.long)
    ids = sampling.as_ids(answer(CachedChain(table), prompt, 2, **options, **a_generator(seed)))
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    if ids.shape != right:
        return counted(ids.shape, "unknown")
    if not torch.equal(ids[:, :2], prompt):
        return counted(right, _CHANGED)
    pairs = ids[:, 2] * len(table) + ids[:, 3]
    return counted(right, sampling.frequencies(pairs, table.numel()))


check_generate_cached_often = EXERCISE.check(
    "generate_cached",
    arguments=("logits after each token", "draws"),
    reference=_generate_cached,
    procedure=_run_cached_often,
    expects="pairs of new tokens in the proportions that temperature, top_k and the model's logits "
    "give: each new token is drawn by sample_next(logits, temperature, top_k, generator)",
)
"""`check_generate_cached_often(generate_cached, table, draws=800, temperature=…, top_k=…,
seed=…)`: row `t` of `table` holds the logits after token `t`, and the prompt is (1, 1)."""

check_generate_cached_seeds = sampling.seeds_check(
    EXERCISE,
    "generate_cached",
    lambda f, x, generator: f(CachedChain(x), torch.zeros(60, 1).long(), 3, generator=generator),
    arguments=("logits after each token", "seed", "another seed"),
    reference=_generate_cached,
    text=[_generate_cached],
)
"""`check_generate_cached_seeds(generate_cached, table, seed, another_seed)`."""


# --- kv_cache_bytes ------------------------------------------------------------------------


def _kv_cache_bytes(config: Any, n_tokens: int, bytes_per_number: int = 2) -> int:
    b, n = (bytes_per_number, n_tokens)
    heads = config.n_heads if config.n_kv_heads is None else config.n_kv_heads
    d = config.d_model // config.n_heads if config.d_head is None else config.d_head
    numbers = 2 * config.n_layers * heads * d * n
    return numbers * b


check_kv_cache_bytes = EXERCISE.check(
    "kv_cache_bytes",
    reference=_kv_cache_bytes,
    expects="an int: keys and values, in all layers, for n_kv_heads heads of d_head numbers each "
    "and n_tokens positions, in bytes",
)
"""`check_kv_cache_bytes(kv_cache_bytes, config, n_tokens, bytes_per_number=…)`."""


EXERCISE.cases |= {
    "repeat_kv": {
        "each head n_repeats times in a row": lambda f: check_repeat_kv(
            f, torch.randn(2, 3, 4, 5), 2
        ),
    },
    "KVCache": {"appends": lambda f: check_KVCache(f, [3, 1, 2])},
    "GroupedQueryAttention": {
        "x": lambda f, own: check_GroupedQueryAttention(
            f, torch.randn(2, 6, 16), 4, 2, chunks=[3, 1, 2], own_cache=own
        ),
    },
    "nucleus": {"few": lambda f: check_nucleus(f, torch.randn(3, 9).softmax(-1), 0.7)},
    "generate_cached": {
        "tokens": lambda f: check_generate_cached(
            f, torch.randint(9, (2, 4)), n_new=5, vocab_size=9
        )
    },
    "kv_cache_bytes": {
        "bytes": lambda f, config: check_kv_cache_bytes(f, config(100, 12, 3, 4, 16), 10)
    },
}
