"""Draw a next token: what often goes wrong, and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks import sampling
from checks.check import all_of
from checks.compare import Raised
from checks.decoder.exercise import EXERCISE
from checks.sampling import FREQUENCIES, Drawn, a_generator, a_seed, counted, probabilities
from checks.seen import Predicate, comes_back, other_dtype, raised, says
from reference.generation import sample_next


def _sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    sample_next(torch.zeros(1), temperature, top_k, torch.Generator())  # refuses bad input
    n = logits.shape[-1]
    largest = logits.argmax(-1)
    if temperature == 0:
        return largest
    z = logits / temperature
    k = min(top_k or n, n)
    best, ids = z.topk(k, -1)
    low = torch.full_like(z, -math.inf)
    kept = low.scatter(-1, ids, best)
    p = torch.softmax(kept, -1)
    rows = p.reshape(-1, n)
    g = generator
    drawn = torch.multinomial(rows, 1, generator=g)
    tokens = drawn.reshape(logits.shape[:-1])
    return tokens


def _run_sample(
    answer: Any, logits: Tensor, draws: int | None = None, seed: int | None = None, **options: Any
) -> Any:
    """The ids for `logits`, or with `draws` their frequencies in as many equal rows.

    `temperature` and `top_k` are passed on where they are given: the defaults are the answer's.
    Of the reference come the probabilities themselves.
    """
    if draws is None:
        return sampling.as_ids(answer(logits, **options, **a_generator(seed)))
    rows = logits.expand(draws, *logits.shape).contiguous()
    shape = tuple(rows.shape[:-1])
    if answer is sample_next:
        return counted(shape, Drawn(probabilities(logits, **options), math.inf))
    ids = sampling.as_ids(answer(rows, **options, **a_generator(seed)))
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    found = sampling.frequencies(ids, logits.shape[-1]) if ids.shape == shape else "unknown"
    return counted(ids.shape, found)


def _shape_of(result: Any) -> Any:
    return result[sampling.SHAPE] if isinstance(result, dict) else tuple(result.shape)


def _shaped(is_so: Callable[[tuple[int, ...], Any], bool]) -> Predicate:
    """Ids of another shape than the right one, of which `is_so(shape, right shape)`."""
    return lambda got, expected, *args, **kwargs: (
        _shape_of(got) != _shape_of(expected) and is_so(_shape_of(got), _shape_of(expected))
    )


def _at(when: Predicate, **given: Any) -> Predicate:
    """`when`, where the call has these options."""
    return lambda *args, **kwargs: kwargs.items() >= given.items() and when(*args, **kwargs)


def _no_ids(got: Any, *args: Any, **kwargs: Any) -> bool:
    whole = isinstance(got, Tensor) and got.dtype == torch.int64
    return not whole and not isinstance(got, Raised | dict)


_REFUSED, _IDS = raised("ValueError", "AssertionError"), comes_back(Tensor)
_DRAW = "draw from softmax(logits / temperature), taken over the vocabulary (dim=-1)"

check_sample_next = EXERCISE.check(
    "sample_next",
    arguments=("logits", "temperature", "top_k"),
    reference=sample_next,
    text=[_sample],
    procedure=_run_sample,
    expects="token ids of shape (...) for logits (..., vocab_size), drawn from softmax(logits / "
    "temperature) among the top_k largest; the arg max at temperature 0",
    wrong={
        "temperature 0 means the arg max, so deal with it first": {
            "temperature == 0 -> False": "temperature 0 is divided by, which gives NaN",
        },
        "at temperature 0 take the index of each row's largest logit, argmax(dim=-1)": {
            "largest = logits.argmin(-1)": "the smallest logit is taken (arg min)",
            "largest = logits.argmax(0)": "the arg max runs over the wrong dimension (the first)",
            "largest = logits.argmax(-2)": "the arg max runs over the wrong dimension (dim -2)",
            "largest = logits.argmax()": "the arg max runs over all of the logits, not each row's",
            "largest = logits.amax(-1)": "the largest logit comes back, not its index",
            "largest = F.one_hot(logits.argmax(-1), n)": "a one-hot vector comes back",
            "largest = logits.argmax(-1, True)": "the last dimension is kept",
        },
        "divide the logits by the temperature before the softmax": {
            "z = logits": "the temperature is ignored (or added to the logits, or divides the "
            "probabilities, which changes nothing)",
            "z = logits * temperature": "the logits are multiplied by the temperature",
            "z = logits / temperature ** 2": "the logits are divided by the temperature twice",
            "z = logits / math.sqrt(temperature)": "the logits are divided by √temperature",
            "z = logits / (1 + temperature)": "the logits are divided by 1 + temperature",
            ("z = logits / max(temperature, 0.1)", "z = logits / max(temperature, 0.05)"): "a "
            "temperature near 0 is raised to a lower limit",
            "z = -logits / temperature": "the sign of the logits is flipped",
            "z = torch.softmax(logits, -1) / temperature": "temperature comes after the softmax",
            "z = logits; k = n": "temperature and top_k are both ignored (or come after the "
            "softmax, where they change nothing)",
        },
        "keep top_k tokens, those with the largest logits": {
            "k = n": "top_k is ignored",
            "k = max(1, min((top_k or n + 1) - 1, n))": "top_k is off by one (one too few)",
            "k = min((top_k or n) + 1, n)": "top_k is off by one (one too many)",
            "k = max(1, n - (top_k or 0))": "top_k is taken for the number of tokens to leave out",
        },
        "keep each row's top_k largest logits, and set the others to -inf": {
            "kept = z.masked_fill(z < z.sort(-1)[0][..., k - 1:k], -math.inf) if top_k else z": (
                "the limit is the top_k-th smallest logit, not the top_k-th largest"
            ),
            "best, ids = z.topk(k, -1, False)": "the top_k smallest logits are kept",
            "kept = z.scatter(-1, ids, -math.inf) if top_k else z": "the top_k largest are removed",
            "kept = z.masked_fill(torch.arange(n) >= k, -math.inf)": "the first top_k ids are kept",
            "low = torch.zeros_like(z)": "logits outside the top_k become 0, an ordinary logit",
            "kept = F.pad(best, (0, n - k), value=-math.inf) if top_k else z": "the place among "
            "the top_k is taken for the token's id, which topk's indices hold",
            "kept = z.masked_fill(z < best.reshape(-1, k)[0, -1], -1e9) if top_k else z": "the "
            "top_k largest of the first row decide for all rows",
            "kept = z.masked_fill(z < z.flatten().topk(k)[0][-1], -1e9) if top_k else z": "the "
            "top_k largest of all rows together are kept",
        },
        _DRAW: {
            ("p = torch.ones_like(z)", "p = kept.softmax(0)"): "all tokens are equally likely",
            "kept = low.scatter(-1, ids, 0.0)": "the top_k are all equally likely",
            "kept = low.scatter(-1, ids, 0.0) if top_k else z": "the top_k are all equally likely",
            "tokens = largest": "the most likely token always comes (arg max)",
            "tokens = kept.argmin(-1)": "the least likely token always comes",
            "p = torch.softmax(torch.softmax(kept, -1), -1)": "the softmax is applied twice",
            ("p = kept.clamp(0)", "p = kept.abs()"): "the exponential is missing",
            "p = kept - kept.amin(-1, True)": "the logits are only shifted to be positive",
            "p = torch.sigmoid(kept)": "a sigmoid replaces the softmax",
            "p = kept": "the logits are taken for probabilities",
        },
        "draw each row from its own logits; torch.multinomial takes one or two dimensions, so "
        "flatten the leading ones for it, and restore them after (reshape)": {
            "rows = p.reshape(-1, n)[:1].expand(p.numel() // n, n)": "all rows are drawn from the "
            "first row's logits",
            "rows = p": "leading dimensions are not flattened for torch.multinomial",
        },
        "give ids of shape (...) for logits (..., vocab_size)": {
            ("tokens = drawn.reshape(*logits.shape[:-1], 1)", "tokens = drawn"): "the last "
            "dimension is kept (size 1, as torch.multinomial gives it) instead of squeezed",
            "tokens = drawn.squeeze()": "dimensions are lost or flattened (view or squeeze)",
        },
        **sampling.OTHER_DEFAULTS,
    },
    seen={
        "temperature 0 is refused: it means the arg max": _at(_REFUSED, temperature=0),
        "top_k = 1 is refused: it leaves the largest logit only": _at(_REFUSED, top_k=1),
        "temperature 0 is divided by: deal with it first (arg max)": raised("ZeroDivisionError"),
        "the last dimension is kept (size 1, as torch.multinomial gives it): one id is asked for, "
        "so squeeze it": _shaped(lambda shape, right: shape == (*right, 1)),
        "there is a dimension too many, as of probabilities or a one-hot vector: token ids are "
        "asked for": _shaped(lambda shape, right: shape[:-1] == right),
        "dimensions are lost, flattened or new: the ids have shape (...) for logits (..., "
        "vocab_size)": _shaped(lambda shape, right: True),
        "numbers that are not whole come back: the index of the largest logit is asked for "
        "(argmax), not the largest logit": other_dtype(torch.float32, torch.float64),
        "torch.multinomial takes one or two dimensions: flatten the leading ones for it, and "
        "restore them after (reshape)": says("prob_dist must be 1 or 2 dim"),
        "what is drawn from are no probabilities: apply the softmax first, and divide by no "
        "0": says("probability tensor contains", "invalid multinomial", "probabilities "),
        "the arguments have other names: the signature is sample_next(logits, temperature=1.0, "
        "top_k=None, generator=None)": says("unexpected keyword argument"),
        "one token is drawn for all rows, or the same always comes: draw for each "
        "row": lambda got, *_, **__: bool((got.get(FREQUENCIES).shares.amax(-1) == 1).all()),
        "a single number is made of several ids, as by item(): give each row of the logits an id "
        "of its own": says("converted to Scalar", "only one element"),
        "ids outside the vocabulary": lambda got, *_, **__: isinstance(got.get(FREQUENCIES), str),
        "the result is not a tensor of whole numbers: token ids are asked for": _no_ids,
        "temperature 0 does not give the arg max: the token with the largest logit is asked "
        "for": _at(_IDS, temperature=0),
        "top_k = 1 does not give the arg max: keep the largest logit only": _at(_IDS, top_k=1),
        f"the tokens come with other probabilities: {_DRAW}, among the top_k": comes_back(dict),
    },
)

check_sample_next_seeds = sampling.seeds_check(
    EXERCISE,
    "sample_next",
    lambda f, x, generator: f(x.expand(200, *x.shape).contiguous(), generator=generator),
    arguments=("logits", "seed", "another seed"),
    reference=sample_next,
    text=[_sample],
)

ROWS = torch.tensor([[[0.5, 2.5, -1.0, 1.0, 0.0, 1.8], [1.5, -1.0, 0.9, 0.4, 2.5, -2.5]]])


def _largest(**options: Any) -> Callable[[Any], Any]:
    # Many rows come first: ids that are drawn for them are like others by no chance.
    cases = (
        *(ROWS.expand(30, -1, -1), ROWS[0, 0], ROWS[0], ROWS, ROWS.double()),
        *(ROWS.mT.contiguous().mT, ROWS.transpose(0, 1), ROWS[:, :, None]),
    )
    return lambda f: [check_sample_next(f, logits, **options) for logits in cases]


def _limit(f: Any) -> Any:
    # Close, but not equal: only the limit itself tells the largest from the next.
    close = torch.randperm(30).expand(4, 30) / 1000
    cases = (torch.randn(4, 4), torch.randn(2, 3, 40), close)
    return [check_sample_next(f, logits, temperature=0) for logits in cases]


def _drawn(*options: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda f: [
        check_sample_next(f, logits, **given, draws=4000, seed=a_seed())
        for given in options
        for logits in (ROWS[0, 1], ROWS[0], ROWS)
    ]


def _refuses(why: str, *calls: dict[str, Any]) -> Callable[[Any], None]:
    def case(f: Any) -> None:
        for given in calls:
            says = ("top_k", "top-k", "top k") if "top_k" in given else ("temperature",)
            says = (*says, str(given[says[0]]))
            check_sample_next.raises(f, ValueError, torch.randn(2, 6), **given, says=says, why=why)

    return case


EXERCISE.cases["sample_next"] = {
    "temperature 0 is the arg max": all_of(
        _largest(temperature=0), _largest(temperature=0.0), _limit
    ),
    "a token that is ahead by far": lambda f: check_sample_next(
        f, torch.tensor([[0.0, 40.0, -40.0], [5.0, 1.0, 40.0]]), temperature=0.5
    ),
    "drawn from softmax(logits / temperature), any leading dimensions": _drawn(
        {}, {"temperature": 3.0}, {"temperature": 0.4}
    ),
    "any temperature above 0": lambda f: check_sample_next(
        f, ROWS[0] / 50, temperature=0.02, draws=4000, seed=a_seed()
    ),
    "drawn among the top_k largest": all_of(
        _drawn({"top_k": 2}, {"temperature": 2.0, "top_k": 4}, {"top_k": 6}),
        lambda f: check_sample_next(f, ROWS[0], temperature=1.5, top_k=3, draws=4000),
    ),
    "top_k of 1 leaves the largest logit": all_of(
        _largest(top_k=1), _largest(temperature=3.0, top_k=1)
    ),
    "all tokens unless top_k is given": lambda f: check_sample_next(
        f, torch.linspace(0.2, -0.2, 60), draws=2400
    ),
    "equal generator seeds give equal tokens": lambda f: check_sample_next_seeds(
        f, ROWS[0], seed := a_seed(), seed + 1
    ),
    "ValueError for a negative temperature": _refuses(
        "a temperature can't be negative", {"temperature": -0.1}, {"temperature": -2}
    ),
    "ValueError for top_k < 1": _refuses(
        "at least one token must be kept",
        *({"top_k": 0}, {"top_k": -1}, {"temperature": 0.7, "top_k": 0}),
    ),
}
