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
from checks.seen import Predicate

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


def probabilities(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """What a token is drawn from, float64."""
    scaled = logits.double() / temperature
    if top_k is not None:
        best, ids = scaled.topk(top_k, -1)
        scaled = torch.full_like(scaled, -math.inf).scatter(-1, ids, best)
    return torch.softmax(scaled, -1)


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
    return Drawn((ids[..., None] == torch.arange(n)).double().mean(0), len(ids))


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
