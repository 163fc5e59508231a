"""Generate tokens with caches: what often goes wrong, and hidden cases, with models to call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks import sampling
from checks.check import all_of
from checks.compare import Raised, attempt
from checks.entries import entry
from checks.generation.exercise import EXERCISE
from checks.seen import Predicate, comes_back, says
from checks.writing import (
    GENERATED,
    MODE,
    RAN_IN,
    SEEN_OF_MODE,
    TOKENS,
    Chain,
    Vocabulary,
    of_tokens,
    seen_of_tokens,
)
from reference.generation import generate_cached, nucleus, sample_next


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
    """A model of which the most likely next token depends on every earlier token and its place, and
    on the mode, as with dropout. It notes the shapes of what it is given, whether caches are
    missing, and its mode, and fails at the call `fails_at`, unless that is 0."""

    lends = ("new_caches",)

    def __init__(self, vocabulary: Vocabulary, fails_at: int) -> None:
        super().__init__()
        self.vocabulary, self.fails_at = vocabulary, fails_at
        self.scale = nn.Parameter(torch.tensor(20.0))
        self.noted: list[tuple[int, ...]] = []
        self.modes: set[bool] = set()
        self.without = False

    def new_caches(self) -> list[_Sums]:
        return [_Sums(self), _Sums(self)]

    def forward(self, tokens: Tensor, caches: Any = None) -> Tensor:
        self.without |= caches is None
        caches = self.new_caches() if caches is None else caches
        if not self._made(caches):
            raise TypeError("caches is not the list that this model's new_caches() gave")
        self.noted = [*self.noted, tuple(tokens.shape)][:MOST_NOTED]
        self.modes.add(self.training)
        if len(self.noted) == self.fails_at:
            raise RuntimeError("the test's model fails at this call")
        n = tokens.shape[-1]
        place = torch.arange(1, n + 1) + caches[0].n_seen
        sums = self.vocabulary.sums(tokens, place) + caches[0]._total
        for cache in caches:
            cache._see(n, sums[..., -1:])
        size = len(self.vocabulary)
        return self.scale * F.one_hot((sums + self.training) % size, size).float()

    def _made(self, caches: Any) -> bool:
        # What an attribute of a learner's own object gives may well be this model.
        two = isinstance(caches, list | tuple) and len({id(cache) for cache in caches}) == 2
        return two and all(isinstance(c, _Sums) and c._maker is self for c in caches)


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
    try:
        with torch.no_grad():
            for i in steps:
                given = last if i else tokens
                logits = model(given, caches)[:, -1]
                new = sample_next(logits, T, k, g)
                last = new[:, None]
                tokens = torch.cat((tokens, last), 1)
    finally:
        model.train(was_training)
    return tokens


SHOWN = "what the model was given, call by call"
WITHOUT = "whether a call was without caches"


@dataclass(frozen=True)
class Calls:
    """The shapes `(batch, n)` of the tokens that a model was given, call by call."""

    shapes: Sequence[tuple[int, ...]]

    def __repr__(self) -> str:
        return ", then ".join(map(str, self.shapes))

    def apart(self, got: Calls) -> str:
        for i, (one, right) in enumerate(zip(got.shapes, self.shapes, strict=False), start=1):
            if one != right:
                few = (one[-1], right[-1]) if one[:-1] == right[:-1] else (one, right)
                return f"call {i} got {few[0]} tokens; expected {few[1]}"
        n, n_right = len(got.shapes), len(self.shapes)
        return "" if n == n_right else f"the model was called {n} times; expected {n_right}"


def _run_cached(
    answer: Any, tokens: Tensor, n_new: int, v: Vocabulary, training: Any = False, fails_at: Any = 0
) -> Any:
    """The tokens that temperature 0 gives, what the model was given, the modes in which it ran and
    in which it is left; where it fails, only the last."""
    model = CachedReader(v, fails_at).train(training)
    call = partial(answer, model, tokens, n_new, temperature=0.0)
    made = attempt(call) if fails_at else call()
    if fails_at:
        return {MODE: model.training}
    seen = {SHOWN: Calls(model.noted), RAN_IN: [*model.modes], WITHOUT: model.without}
    shown = seen if n_new else {}
    return None if made is None else {TOKENS: made, **shown, MODE: model.training}


def _shown(is_so: Callable[[Sequence[Any], Sequence[Any]], Any]) -> Predicate:
    """This is so of the shapes that the model was given, and should have been."""
    return entry(SHOWN, lambda g, w, *_, **__: g != w and bool(is_so(g.shapes, w.shapes)))


def _positions(shapes: Sequence[Any]) -> int:
    return sum(shape[-1] for shape in shapes)


_ONCE = "send the whole prompt through the model first, in one call, then each new token alone"

_check_generate_cached = EXERCISE.check(
    "generate_cached",
    arguments=("tokens", "n_new", "vocab_size"),
    reference=generate_cached,
    text=[_generate_cached],
    procedure=_run_cached,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new), as generate gives them; the "
    "model is called as model(tokens, caches), with the whole prompt first and then with each new "
    "token alone but the last, in evaluation mode, and left in its own (here: temperature 0, and a "
    "model of the test's own)",
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
        "leave the last new token out, after which nothing is drawn": {
            "return model(last, caches) is None or tokens": "the last new token goes through the "
            "model too",
        },
        "take the logits at the last position, model(…)[:, -1]": {
            (
                "logits = model(given, caches)[-1]",
                "logits = model(given, caches)[-1]; last = new[-1:, None].expand(len(prompt), 1)",
            ): "model(…)[-1] is the last sequence of the batch, not the last position",
            "logits = model(given, caches)[..., -1]": "model(…)[..., -1] is the logit of the last "
            "token of the vocabulary, at each position",
            "logits = model(given, caches)[:, 0]": "the logits at the first position are used",
            "logits = model(given, caches).mean(1)": "the logits of all positions are averaged",
        },
    },
    seen={
        **SEEN_OF_MODE,
        **seen_of_tokens("generate_cached"),
        "the model is given tokens of another shape than (batch, 1): it gets all sequences "
        "together, and the new token of each as new[:, None]": _shown(
            lambda got, want: any(shape[:-1] != want[0][:-1] for shape in got)
        ),
        "the prompt does not go through the model in one call: give it model(tokens, caches) "
        "first": _shown(lambda got, want: _positions(got) == _positions(want)),
        "the last new token goes through the model too, though nothing is drawn after "
        "it": lambda got, want, *_, **__: (
            got[SHOWN].shapes[:-1] == want[SHOWN].shapes and torch.equal(got[TOKENS], want[TOKENS])
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
        f"a token is not the most likely after all so far (none ends a text): {_ONCE}, with the "
        "same caches": of_tokens(lambda got, want: got.shape == want.shape),
    },
)


def check_generate_cached(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: int, **how: Any
) -> Any:
    """At temperature 0, with a model of the test's own of so many tokens, `training` or not; with
    `fails_at=2`, for instance, it raises at its second call."""
    return _check_generate_cached(answer, tokens, n_new, Vocabulary.of(vocab_size), **how)


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


def _with_top_p(
    model: Any,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
    top_p: float | None = None,
) -> Tensor:
    if top_p is None or temperature == 0:
        return _generate_cached(model, tokens, n_new, temperature, top_k, generator)
    caches = model.new_caches()
    given = tokens
    for _ in range(n_new):
        logits = model(given, caches)[:, -1].detach()
        T = temperature
        at = 1.0
        p = torch.softmax(logits / T, -1)
        within = nucleus(p, top_p)
        passed_on = within.log()
        new = sample_next(passed_on, at, top_k, generator)
        given = new[:, None]
        tokens = torch.cat((tokens, given), 1)
    return tokens


def _run_top_p(answer: Any, *args: Any, **options: Any) -> Any:
    """How often each pair comes, drawn from the nucleus. An answer that has no `top_p`, which the
    contract doesn't ask for, is taken for right."""
    pairs = partial(sampling.run_pairs, reference=generate_cached, model=CachedChain)
    made = attempt(partial(pairs, answer, *args, **options))
    if isinstance(made, Raised) and "top_p" in made.message and "argument" in made.message:
        return pairs(generate_cached, *args, **options)
    return made


check_generate_cached_top_p = EXERCISE.check(
    "generate_cached",
    arguments=("logits after each token", "draws"),
    reference=generate_cached,
    text=[_with_top_p],
    procedure=_run_top_p,
    expects="pairs of new tokens in the proportions that the nucleus of the probabilities at this "
    "temperature gives; none from outside it",
    wrong={
        "give sample_next the logarithms, nucleus(…).log()": {
            "passed_on = within": "sample_next gets probabilities, but takes logits",
        },
        "the temperature is in the probabilities already, so let sample_next draw at 1": {
            "at = temperature": "the temperature acts twice",
        },
        "take the nucleus of softmax(logits / temperature), and draw from it at 1": {
            "T = 1.0": "the temperature is ignored where there is a top_p",
            "T = 1.0; at = temperature": "the nucleus is cut before the temperature acts",
            "within = nucleus(logits / T, top_p)": "the nucleus is cut from logits, without a "
            "softmax",
            "within = p": "top_p is ignored",
            "within = nucleus(p, 1.0 - top_p)": "top_p is taken for the share that is left out",
            "within = (p >= top_p * p.amax(-1, True)) * p": "each token is compared with the most "
            "likely one (min-p)",
        },
    },
    seen={
        "something else than probabilities comes to nucleus, or something else than logits to "
        "sample_next: with a top_p draw from nucleus(softmax(logits / temperature), "
        "top_p).log()": says("probability tensor contains", "invalid multinomial"),
        "with a top_p the pairs of new tokens come with other probabilities than those of the "
        "nucleus: draw from nucleus(softmax(logits / temperature), top_p).log(), at a temperature "
        "of 1": comes_back(dict),
    },
)
"""`check_generate_cached_top_p(generate_cached, table, draws=800, top_p=…, temperature=…,
seed=…)`, as `check_generate_cached_often`."""


def _made(*cases: tuple[int, int, int, int], **how: Any) -> Callable[[Any], Any]:
    """Cases of batch, n, n_new and vocab_size."""
    return lambda f: [
        check_generate_cached(f, torch.randint(v, (batch, n)), n_new, v, **how)
        for batch, n, n_new, v in cases
    ]


EXERCISE.cases["generate_cached"] = {
    "the same tokens as generate at temperature 0": _made((3, 5, 6, 12), (2, 20, 8, 50)),
    "a single sequence, a prompt of one token": _made((1, 3, 12, 11), (1, 2, 12, 3), (4, 1, 5, 7)),
    "a single new token, or none": _made((2, 4, 1, 9), (1, 1, 1, 5), (2, 3, 0, 9)),
    "tokens in any memory layout": lambda f: check_generate_cached(
        f, torch.randint(9, (5, 2)).mT, n_new=3, vocab_size=9
    ),
    # So many that each of a dozen tokens comes, whichever may be taken for an end.
    "no token ends it early": _made((1, 3, 150, 12), (2, 2, 60, 4)),
    "in evaluation mode (as with dropout), and the mode is left as it was found": _made(
        (3, 5, 6, 12), (1, 4, 1, 9), (2, 3, 0, 9), training=True
    ),
    "the mode is left so also where the model raises": all_of(
        *(_made((2, 4, 5, 9), training=mode, fails_at=k) for mode in (True, False) for k in (1, 3))
    ),
    **sampling.sampled_cases(check_generate_cached_often, check_generate_cached_seeds),
    "top_p, where there is one: the nucleus at this temperature": lambda f: [
        check_generate_cached_top_p(
            f, sampling.TABLE, draws=1000, top_p=0.7, seed=sampling.a_seed()
        ),
        check_generate_cached_top_p(f, sampling.TABLE, draws=1000, temperature=2.0, top_p=0.7),
        check_generate_cached_top_p(f, sampling.TABLE, draws=1000, temperature=0.5, top_p=0.9),
    ],
}
