"""The nucleus, top-p: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks import seen
from checks.check import all_of
from checks.compare import same
from checks.entries import differs, entry
from checks.generation.exercise import EXERCISE
from checks.seen import Predicate, batch_fails, comes_back, other_dtype, other_shape, says
from reference.generation import nucleus


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
    return entry(ZERO, lambda g, e, *_, **__: bool(is_so((~g).sum(-1), (~e).sum(-1)).any()))


def _not_scaled(got: Tensor, expected: Tensor, *args: Any, **kwargs: Any) -> bool:
    return not same(got.double().sum(-1), torch.ones(got.shape[:-1]).double(), 1e-3)


_FEW = "keep tokens, the most likely first, until their sum reaches top_p, with the one that "
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
            (
                "p = probabilities.flatten(); return result.reshape(probabilities.shape)",
                "p = probabilities.flatten(); result = torch.zeros_like(p).scatter(-1, ids, scaled)"
                ".reshape(probabilities.shape); return result / result.sum(-1, True)",
            ): "all rows are taken together (flattened)",
        },
        "add up the sorted probabilities along the vocabulary, cumsum(dim=-1)": {
            "summed = ordered.double().cumsum(0)": "the sum runs over the rows (dim 0)",
        },
        _FEW: {
            ("reach = summed < top_p", "reach = summed <= top_p"): "the token with which the sum "
            "reaches top_p is left out (off by one)",
            "reach = (summed < top_p) | (torch.arange(n) == 0)": "the token with which the sum "
            "reaches top_p is left out, unless it is the first (off by one)",
            "reach = F.pad(before < top_p, (1, 0), value=True)[..., :-1]": "one token too many is "
            "kept",
            "reach = before <= top_p": "one token too many is kept where the sum is exactly top_p",
            "reach = (ordered >= 1 - top_p) | (torch.arange(n) == 0)": "each token's own "
            "probability is compared with 1 - top_p, not the sum",
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
        "divide each row by its own sum, along the vocabulary": {
            "scaled = chosen": "what is kept is not scaled to a sum of 1",
            "scaled = chosen / top_p": "what is kept is divided by top_p, not by its sum",
            "scaled = chosen / chosen.sum(-1)": "keepdim=True is missing in the sum",
            "scaled = chosen / chosen.sum()": "what is kept is divided by the sum over all rows",
            "scaled = torch.softmax(ordered.masked_fill(~kept, -math.inf), -1)": "a softmax is "
            "taken of probabilities",
            "p = probabilities.softmax(-1)": "they are taken for logits, and a softmax comes first",
            "scaled = torch.softmax(chosen, -1)": "a softmax is taken of probabilities, and gives "
            "those that became 0 some again",
        },
        "put each probability back at its token's place (scatter along the sort's indices)": {
            "result = scaled": "the probabilities come back sorted",
            "result = scaled.gather(-1, ids)": "they are put back by gather with the sort's "
            "indices, which are no inverse",
        },
        "give probabilities again, exactly 0 elsewhere": {
            "chosen = ordered * kept + 1e-8 * ~kept": "the others keep a tiny probability (1e-8)",
            "result = torch.full_like(p, -math.inf).scatter(-1, ids, scaled.masked_fill(~kept, "
            "-math.inf))": "the others become -inf, as logits would",
            "scaled = kept.to(p.dtype)": "1 and 0 come back, which tokens are kept",
            "return result.float()": "the result is float32",
            "return result.double()": "the result is float64",
        },
        "deal with 1.0 first, where every token stays, as sums of many tokens are rounded": {
            "summed = ordered.cumsum(-1); whole = False": "at top_p = 1.0 unlikely tokens are lost",
        },
    },
    seen={
        "top_p = 1 is refused, but it keeps all tokens: a ValueError is for top_p <= 0 and top_p > "
        "1": lambda got, _, p, top_p: top_p == 1 and "ValueError" in got.kinds,
        "the result is not finite: in each row, along dim=-1, keep at least one token (the most "
        "likely), and make the others 0": entry(PROBABILITIES, seen.not_finite),
        "the result has another dtype than probabilities": entry(PROBABILITIES, other_dtype()),
        "the shape is not that of probabilities": entry(PROBABILITIES, other_shape),
        "the batch is not handled: probabilities may have any number of leading dimensions, also "
        "none (result[ids] takes ids for rows, scatter along dim=-1 does not)": batch_fails(1),
        "at top_p = 1.0 tokens are lost: every one keeps its probability, and sums of many tokens "
        "are rounded, so deal with 1.0 first": lambda got, right, p, top_p: (
            top_p == 1 and bool((got[ZERO] & ~right[ZERO]).any())
        ),
        "the others keep a tiny probability, such as 1e-8, but exactly 0 is asked "
        "for": lambda got, right, *_: same(got[PROBABILITIES], right[PROBABILITIES]),
        f"too many tokens are kept: {_FEW}, and no more": _n_kept(torch.gt),
        f"too few tokens are kept: {_FEW}": _n_kept(torch.lt),
        "what is kept does not add up to 1: divide it by its sum, along the vocabulary": entry(
            PROBABILITIES, _not_scaled
        ),
        "as many tokens as should are kept, but other ones: keep the most likely, and put them "
        "back at their places": entry(ZERO, differs),
        "the numbers are rounded, as in half precision: compute in the dtype of "
        "probabilities": entry(PROBABILITIES, seen.nearly_right),
        "the right tokens are kept, with other probabilities: divide them by their sum": comes_back(
            dict
        ),
        "the result is not a tensor of probabilities": comes_back(Tensor, list, tuple, int, float),
        "a condition on a whole tensor: each row has its own sums": says("ambiguous", "Boolean"),
        "it needs too much memory, as a table of all pairs of tokens does (10 GB for 50,000): sort "
        "them, and sum up along the sorted ones": lambda got, *_: "emory" in got.kind + got.message,
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


def _large(*batch: int) -> Tensor:
    """Of 50,000 tokens a dozen that together have 0.95, for a `top_p` of 0.8."""
    few, many = _clear(*batch, 12, top_p=0.8 / 0.95), torch.rand(*batch, 49_988)
    p = torch.cat((0.95 * few, 0.05 * many / many.sum(-1, keepdim=True)), -1)
    return p[..., torch.randperm(50_000)]


def _rounded() -> Tensor:
    """50,000 probabilities whose sum in float32 passes 1 before the last of them is added."""
    while True:
        p = (3 * torch.randn(50_000)).softmax(-1)
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
        lambda f: [
            check_nucleus(f, rows, top_p)
            for rows in (_EXACT, _EXACT[:, torch.randperm(4)])
            for top_p in (0.75, 0.5, 0.9375)
        ],
        _kept_of(((3, 9), 0.99), ((2, 5), 0.95)),
    ),
    "at 1.0 every token keeps its probability and none becomes 0": lambda f: [
        *(check_nucleus(f, _clear(*shape, top_p=1.1), 1.0) for shape in ((3, 6), (2, 2, 9))),
        check_nucleus(f, _rounded(), 1.0),
        check_nucleus(f, torch.stack([_rounded(), _rounded()]), 1),
    ],
    "tokens of probability 0": lambda f: check_nucleus(
        f, torch.tensor([[0.0, 0.55, 0.0, 0.3, 0.15], [0.8, 0.0, 0.2, 0.0, 0.0]]), 0.7
    ),
    "the dtype of probabilities": lambda f: [
        check_nucleus(f, _clear(3, 8, top_p=0.7).double(), 0.7),
        check_nucleus(f, _EXACT.half(), 0.7),
    ],
    "probabilities in any memory layout": lambda f: check_nucleus(
        f, _clear(3, 5, top_p=0.8).mT.contiguous().mT, 0.8
    ),
    "vocabularies of 50,000 too": lambda f: [
        check_nucleus(f, _large(*batch), 0.8) for batch in ((), (3,))
    ],
    "ValueError unless 0 < top_p <= 1": _refuses_top_p,
}
