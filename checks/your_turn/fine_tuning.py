"""What the learner writes in lesson 16."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from checks.check import Exercise
from checks.message import WrongAnswer
from checks.seen import comes_back, other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "16-make-it-yours",
    ("share_right", "adapter_size", "which_count", "log_p_of"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def share_right(said: Sequence[str], wanted: Sequence[str]) -> float:
    right = [a == b for a, b in zip(said, wanted, strict=True)]
    return sum(right) / len(right)


def adapter_size(d_in: int, d_out: int, rank: int) -> int:
    of_a = rank * d_in
    of_b = d_out * rank
    return of_a + of_b


def which_count(n_asked: int, n_said: int) -> Tensor:
    places = torch.arange(n_asked + n_said)
    return places >= n_asked


def log_p_of(logits: Tensor, ids: Tensor) -> Tensor:
    log_p = logits.log_softmax(dim=-1)
    of_ids = log_p.gather(-1, ids[:, None])
    return of_ids.sum()


_PLACES.check(
    "share_right",
    reference=share_right,
    expects="the share of replies that are the wanted ones, from 0 to 1",
    wrong={
        "count the pairs that are equal, and divide by how many there are": {
            "return sum(right)": "that's how many are right: divide by how many there are",
            "right = [b in a for a, b in zip(said, wanted, strict=True)]": "a reply counts here "
            "as soon as the date is somewhere in it, where nothing else may stand",
            "right = [a in wanted for a in said]": "a reply counts here if it's right for any "
            "question, where it must be right for its own",
            "a == b -> a is b": "is asks for the same object: == compares what stands in two",
            "a == b -> a.strip() == b.strip()": "what stands around a reply is cut off, where "
            "nothing else may stand",
            "a == b -> a.lower() == b.lower()": "capital letters are taken for small ones",
            "a == b -> a.startswith(b)": "a reply counts here as soon as it begins with the date",
            "a == b -> a[:4] == b[:4]": "only the beginning is compared",
            "right = [x == y for a, b in zip(said, wanted) for x, y in zip(a, b)]": "letters are "
            "counted, where a reply counts as a whole or not at all",
            "return sum(a == b for a in said for b in wanted) / len(said)": "each reply is "
            "compared with all the dates: zip pairs it with its own",
            "return sum(right) // len(right)": "// cuts off what comes behind the point",
            "return float(right[0])": "only the first reply counts: a return in the loop ends it",
            "return 100 * sum(right) / len(right)": "that's per cent: a share goes from 0 to 1",
            "return 1 - sum(right) / len(right)": "that's the share of wrong ones",
        }
    },
    seen={
        "both lists are compared as a whole: go through them in pairs, with zip": comes_back(bool)
    },
)
_PLACES.check(
    "adapter_size",
    reference=adapter_size,
    expects="how many numbers A (rank, d_in) and B (d_out, rank) have together",
    wrong={
        "A has rank * d_in numbers and B has d_out * rank": {
            "return of_a * of_b": "the two are multiplied: they stand beside each other, so add",
            "return of_a": "B is missing",
            "return of_b": "A is missing",
            "return d_in * d_out": "that's the large matrix, which stays as it is",
            "return of_a + of_b + d_in * d_out": "the large matrix is counted, too, and it learns "
            "nothing",
            "return rank * d_in * d_out": "the rank is multiplied by the large matrix",
            "return d_in + d_out": "the rank is missing",
            "return of_a + d_out": "brackets are missing: the rank counts for both",
        }
    },
    seen={},
)
_PLACES.check(
    "which_count",
    reference=which_count,
    expects="False for each token of the question, True for each token of the reply",
    wrong={
        "the first n_asked places are False, the n_said behind them True": {
            "return places >= 0": "all count, where the question shouldn't",
            "return places == n_asked": "only the first token of the reply counts",
            "return (places >= n_asked) & (places < len(places) - 1)": "the last token is left "
            "out, which ends the reply",
            "return places < n_asked": "the question counts, and the reply doesn't",
            "return places > n_asked": "one too few: places are counted from 0, so the reply "
            "begins at n_asked",
            "return places >= n_said": "the reply doesn't begin at n_said: it begins behind the "
            "question",
            "return places >= n_asked - 1": "one too many: the last token of the question counts",
            "places = torch.arange(n_said)": "there is a place for each token, those of the "
            "question included",
            "return places": "these are the places: compare them with n_asked",
        }
    },
    seen={
        "a tensor is asked for, not a list": comes_back(list, tuple),
        "there is one for each token, n_asked + n_said of them": other_shape,
    },
)
check_log_p_of = _PLACES.check(
    "log_p_of",
    reference=log_p_of,
    expects="the logarithms of the probabilities of these tokens, added up: a single number",
    wrong={
        "log_softmax, then gather the token of each row, then the sum": {
            "return of_ids.mean()": "the mean is taken, where the sum is asked for",
            "log_p = logits.softmax(dim=-1)": "the logarithm is missing",
            "log_p = logits": "the softmax is missing: logits are no probabilities yet",
            "log_p = logits.log_softmax(dim=0)": "dim=0 goes down the columns, over the places",
            "return -of_ids.sum()": "the sign is turned: that's a loss",
            "return of_ids.prod()": "logarithms are multiplied, where they are to be added",
            "return log_p.sum()": "all the tokens of the vocabulary are added up, where only "
            "those that came count",
            "return log_p.amax(dim=-1).sum()": "the likeliest tokens are added up, where those "
            "that came count",
            "return of_ids[:, 0]": "one for each token comes back: add them up",
        }
    },
    seen={
        "gather wants a column of ids, one a row: ids[:, None]": says("same number of dimensions"),
        "a single number is asked for": other_shape,
    },
)

_TWICE = [f"19{year}-02-03" for year in (12, 13)]  # equal to those below, and not the same
your_turn.also("share_right", _TWICE, [f"19{year}-02-03" for year in (12, 13)])
_NEARLY = "May|May |may|JUNE|May 3|May 4|a May|1812-1|1813-1|1814-1|1815-1|1816-1"
_WANTED = "May|May|May|June|May|May|May|1812-2|1813-2|1814-2|1815-2|1816-2"
your_turn.also("share_right", _NEARLY.split("|"), _WANTED.split("|"))
your_turn.also("share_right", ["a b", "b", "c", "d a", "x"], ["b", "c", "c", "a", "z"])
your_turn.also("adapter_size", 7, 11, 3)
your_turn.also("which_count", 2, 5)
your_turn.also("log_p_of", numbers(4, 3), torch.tensor([2, 0, 1, 1]))


def _with_slopes(log_p_of: Any) -> None:
    logits, ids = numbers(4, 3).requires_grad_(), torch.tensor([2, 0, 1, 1])
    check_log_p_of(log_p_of, logits, ids)
    got = log_p_of(logits, ids)
    if not getattr(got, "requires_grad", False):
        cause = ".item() and .detach() cut off the slopes, which the training below needs"
        raise WrongAnswer(f"log_p_of: {cause}", cause=cause)


_PLACES.cases["log_p_of"] = {**_PLACES.cases["log_p_of"], "its slopes": _with_slopes}
