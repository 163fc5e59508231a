"""Is it the right distribution? Frequencies of tokens that an answer draws, and its generators."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from checks.check import Check, Exercise
from checks.compare import is_discreet
from checks.mistakes import Wrong
from checks.seen import Predicate, comes_back
from reference.generation import nucleus

CERTAINTY = 30.0
"""A right answer is taken for a wrong one with a probability below `2 exp(-30)` = 2e-13 for each
frequency that is looked at."""
LIKELY = 10.0
"""For two samples, when a known mistake is looked for: nothing but the wording depends on it."""

SHAPE, FREQUENCIES = "shape of the ids", "frequencies of the tokens"


@dataclass(frozen=True, eq=False)
class Drawn:
    """How often each token came, `(..., vocab_size)`, in so many draws: infinitely many stand for
    the probabilities themselves. Equal is what may well be drawn from the same distribution.

    Chernoff's bound for each count c of N draws with probability p: the chance to be as far off
    is at most `exp(-N KL(c/N || p))`, KL the divergence of two coins (Hoeffding 1963, theorem 1).
    Two samples are compared with both together (a likelihood ratio).
    """

    shares: Tensor
    draws: float

    def __repr__(self) -> str:
        return str([round(share, 3) for share in self.shares.flatten().tolist()])

    def apart(self, got: Drawn) -> str:
        if got == self:
            return ""
        told = "" if is_discreet() else f": {got}; expected about {self}"
        return f"the tokens come with other frequencies{told}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Drawn) or self.shares.shape != other.shares.shape:
            return False
        exact = [d.shares for d in (self, other) if math.isinf(d.draws)]
        p = exact[0] if exact else (self.shares + other.shares) / 2
        gap = torch.zeros(p.shape, dtype=p.dtype)
        for q, draws in ((d.shares, d.draws) for d in (self, other) if not math.isinf(d.draws)):
            # Where p is 0 and q is not, this is so large that a single draw decides.
            gap += draws * torch.xlogy(q, q / p.clamp(1e-300))
            gap += draws * torch.xlogy(1 - q, (1 - q) / (1 - p).clamp(1e-300))
        return bool((gap <= (CERTAINTY if exact else LIKELY)).all())


def probabilities(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Tensor:
    """What a token is drawn from, float64."""
    scaled = logits.double() / temperature
    if top_k is not None:
        best, ids = scaled.topk(top_k, -1)
        scaled = torch.full_like(scaled, -math.inf).scatter(-1, ids, best)
    p = torch.softmax(scaled, -1)
    return p if top_p is None else nucleus(p, top_p)


def as_ids(tokens: Any) -> Any:
    """Token ids as int64, whatever kind of whole number they are; anything else as it is."""
    if isinstance(tokens, Tensor) and not tokens.is_floating_point() and tokens.dtype != torch.bool:
        return tokens.long()
    if isinstance(tokens, int) and not isinstance(tokens, bool):
        return torch.tensor(tokens)
    return tokens


def frequencies(ids: Tensor, n: int) -> Any:
    """How often each of `n` ids comes along the first dimension, `(draws, ...)`."""
    if bool(((ids < 0) | (ids >= n)).any()):
        return "ids outside the vocabulary"
    draws = ids.movedim(0, -1).long()
    counts = torch.zeros(*ids.shape[1:], n, dtype=torch.float64)
    counts.scatter_add_(-1, draws, torch.ones(draws.shape, dtype=torch.float64))
    return Drawn(counts / len(ids), len(ids))


def counted(shape: Sequence[int], found: Any) -> dict[str, Any]:
    """A result that can be compared: the shape of the ids, and how often each came."""
    return {SHAPE: tuple(shape), FREQUENCIES: found}


def a_seed() -> int:
    """A seed, from the test's own random state."""
    return int(torch.randint(1_000_000, ()))


def a_generator(seed: int | None) -> dict[str, torch.Generator]:
    """The argument `generator`, where a seed is given."""
    return {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}


EQUAL_SEEDS, OTHER_SEED = "two generators of equal seed", "a generator of another seed"
USED_AGAIN, NO_GENERATOR = "a generator that is used again", "no generator, twice"


def _compare_seeds(draw: Callable[..., Tensor], seed: int, other: int) -> dict[str, str]:
    """Whether `draw(generator=…)` gives equal tokens, for generators of these seeds."""
    generator = a_generator(seed)
    first = draw(**generator)
    pairs = {
        USED_AGAIN: (first, draw(**generator)),
        EQUAL_SEEDS: (first, draw(**a_generator(seed))),
        OTHER_SEED: (first, draw(**a_generator(other))),
        NO_GENERATOR: (draw(generator=None), draw(generator=None)),
    }
    return {
        what: "equal tokens" if torch.equal(*pair) else "other tokens"
        for what, pair in pairs.items()
    }


def _differ(key: str) -> Predicate:
    return lambda got, expected, *args, **kwargs: got[key] != expected[key]


def seeds_check(exercise: Exercise, name: str, draw: Callable[..., Tensor], **of: Any) -> Check:
    """A check, called with x and two seeds, of the generators that `draw(answer, x, generator=…)`
    gives its many tokens with. The text, `of` the check, has a line `g = generator`."""
    return exercise.check(
        name,
        procedure=lambda f, x, *seeds: _compare_seeds(partial(draw, f, x), *seeds),
        expects="generators of equal seed give equal tokens; another seed, the same generator used "
        "again, or none gives others",
        wrong={
            "draw with the one that is given, as in torch.multinomial(…, generator=generator)": {
                "g = None": "the generator is ignored (torch's global state is used)",
                "g = torch.Generator().manual_seed(0)": "a generator with a fixed seed replaces it",
            },
            "draw with the generator itself, which moves it on": {
                "g = generator and generator.clone_state()": "the same random numbers come when a "
                "generator is used again (it is copied or seeded anew)",
            },
            "without a generator draw with torch's global random state": {
                "g = generator or torch.Generator().manual_seed(0)": "the same tokens come at each "
                "call (there is a fixed seed)",
            },
        },
        seen={
            "generators of equal seed give other tokens: draw with the one that is given, and with "
            "nothing else": _differ(EQUAL_SEEDS),
            "generators of another seed give equal tokens: draw with the one that is given, not "
            "one of your own": _differ(OTHER_SEED),
            "a generator that is used again gives the same tokens: draw with the generator itself, "
            "which moves it on": _differ(USED_AGAIN),
            "the same tokens come at each call without a generator: set no seed, and draw with "
            "torch's global random state": _differ(NO_GENERATOR),
        },
        **of,
    )


OTHER_DEFAULTS: Wrong = {
    "let its default be None, all tokens": {
        f"top_k=None -> top_k={k}": f"top_k is {k} unless given" for k in (1, 3, 5, 10, 20, 40, 50)
    },
}


def signature(name: str) -> dict[str, Predicate]:
    """That a function called `name` was called with arguments that it should have, and has not."""
    text = f"{name}(model, tokens, n_new, temperature=1.0, top_k=None, generator=None)"
    return {
        f"the signature is {text}": lambda got, *_, **__: (
            "unexpected keyword argument" in got.message or "positional" in got.message
        )
    }


_CHANGED = "the prompt is changed"


def run_pairs(
    answer: Any,
    table: Tensor,
    draws: int,
    seed: int | None = None,
    *,
    reference: Any,
    model: Callable[[Tensor], Any],
    **options: Any,
) -> Any:
    """How often each pair of two new tokens comes in a batch of `draws` equal prompts; of the
    reference, how likely it is."""
    right = (draws, 4)
    if answer is reference:
        step = probabilities(table, **options)
        return counted(right, Drawn((step[1][:, None] * step).flatten(), math.inf))
    prompt = torch.ones(draws, 2, dtype=torch.long)
    ids = as_ids(answer(model(table), prompt, 2, **options, **a_generator(seed)))
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    if ids.shape != right:
        return counted(ids.shape, "unknown")
    if not torch.equal(ids[:, :2], prompt):
        return counted(right, _CHANGED)
    pairs = ids[:, 2] * len(table) + ids[:, 3]
    return counted(right, frequencies(pairs, table.numel()))


def pairs_check(
    exercise: Exercise, name: str, model: Callable[[Tensor], Any], reference: Any, text: Any
) -> Check:
    """A check, called with a table and `draws`, of the pairs of new tokens that an answer draws.

    Row `t` of the table holds the logits that `model(table)` gives after token `t`. It is called
    with `temperature`, `top_k` and a `seed` too, where they are given.
    """
    return exercise.check(
        name,
        arguments=("logits after each token", "draws"),
        reference=reference,
        text=[text],
        procedure=partial(run_pairs, reference=reference, model=model),
        expects="pairs of new tokens in the proportions that temperature, top_k and the model's "
        "logits give: each new token is drawn by sample_next(logits, temperature, top_k, "
        "generator)",
        wrong={
            "draw each new token by sample_next(logits, temperature, top_k, generator)": {
                "new = logits.argmax(-1)": "the most likely token always comes (arg max)",
                "T = 1.0": "temperature is not passed on",
                "k = None": "top_k is not passed on",
                "k = None; T = 1.0": "temperature and top_k are not passed on",
                "T = temperature ** 2": "the logits are divided by the temperature twice",
                "T = temperature and 1 / temperature": "the logits are multiplied by the "
                "temperature",
                "new = sample_next(logits.softmax(-1), T, k, g)": "a softmax comes before "
                "sample_next",
                (
                    "new = sample_next(logits, T, k, torch.Generator().manual_seed(0))",
                    "new = sample_next(logits, T, k, g and g.manual_seed(0))",
                ): "the same random numbers come at each step (a generator is made or seeded anew "
                "in the loop)",
                "new = new if i and T else sample_next(logits, T, k, g)": "the first draw is "
                "repeated",
            },
            **OTHER_DEFAULTS,
            "draw one for each, from its own row of the logits": {
                "new = sample_next(logits[:1] if T else logits, T, k, g).expand(len(tokens))": (
                    "all sequences of the batch get the same token"
                ),
            },
        },
        seen={
            "all sequences of the batch get the same token: draw one for each, from its own row of "
            "the logits": lambda got, *_, **__: bool((got.get(FREQUENCIES).shares == 1).any()),
            f"{_CHANGED}: append to it": lambda got, *_, **__: got.get(FREQUENCIES) == _CHANGED,
            "the shape is not (batch, n + n_new)": _differ(SHAPE),
            **signature(name),
            "the pairs of new tokens come with other probabilities than sample_next(logits, "
            "temperature, top_k, generator) gives when it is called for each anew": comes_back(
                dict
            ),
        },
    )


TABLE = torch.tensor(
    [[0.5, -0.5, 1.0, 0.0], [2.0, 0.5, -1.0, 1.2], [0.0, 1.0, 1.5, -1.0], [1.0, 0.2, 0.4, 1.4]]
)


def sampled_cases(often: Check, seeds: Check) -> dict[str, Callable[[Any], Any]]:
    """Hidden cases of a `pairs_check` and a `seeds_check`."""
    # Any of 60 tokens comes after the prompt, and each is followed by the next one.
    any_token = 60.0 * torch.eye(60).roll(1, dims=1)
    any_token[1] = 0.0
    return {
        "temperature, top_k and generator as in sample_next": lambda f: [
            often(f, TABLE, draws=800, temperature=3.0),
            often(f, TABLE, draws=800, temperature=0.4, seed=a_seed()),
            often(f, TABLE, draws=800, top_k=2, seed=a_seed()),
            often(f, TABLE, draws=800, temperature=2.0, top_k=3, seed=a_seed()),
        ],
        "equal generator seeds give equal tokens": lambda f: seeds(
            f, TABLE, seed := a_seed(), seed + 1
        ),
        "all tokens unless top_k is given": lambda f: often(f, any_token, draws=2000),
    }
