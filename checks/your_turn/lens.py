"""What the learner writes in lesson 15."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import SEVERAL_CAME, SINGLE_NUMBERS, comes_back, other_dtype, other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "15-looking-inside",
    ("next_of", "swapped", "ahead_by", "way", "of_heads"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def next_of(logits: Tensor) -> tuple[Tensor, Tensor]:
    p = logits.softmax(dim=-1)
    largest = p.amax(dim=-1)
    best = p.argmax(dim=-1)
    return largest, best


def swapped(x: Tensor, place: int, vectors: Tensor) -> Tensor:
    mixed = x.clone()
    mixed[:, place] = vectors
    return mixed


def ahead_by(logits: Tensor, own: Tensor, other: Tensor) -> Tensor:
    log_p = logits.log_softmax(dim=-1)
    of_own = log_p.gather(-1, own[:, None])[:, 0]
    of_other = log_p.gather(-1, other[:, None])[:, 0]
    return of_own - of_other


def way(before: Tensor, after: Tensor, at_most: Tensor) -> Tensor:
    taken = (before - after).sum()
    whole = (before - at_most).sum()
    return taken / whole


def of_heads(brought: Tensor, others: Tensor, which: Sequence[int]) -> Tensor:
    mixed = brought.clone()
    mixed[:, -1, which] = others[:, -1, which]
    return mixed


_PLACES.check(
    "next_of",
    reference=next_of,
    expects="the largest probability of each row, and which token has it: two tensors (...)",
    parts=("p", "best"),
    wrong={
        "softmax along the last dimension, then its largest number and where that stands": {
            "return best, largest": "the two are the wrong way round: the probability comes first",
            "p = logits": "the softmax is missing: logits are no probabilities yet",
            "p = logits.log_softmax(dim=-1)": "these are logarithms of probabilities",
            (
                "p = logits.softmax(dim=0)",
                "p = logits.softmax(dim=0); p.amax(dim=-1) -> p.amax(dim=0); "
                "p.argmax(dim=-1) -> p.argmax(dim=0)",
            ): "dim=0 goes down the columns, over the rows: the tokens of the vocabulary stand "
            "along the last dimension",
            "p.amax(dim=-1) -> p.amax(dim=0); p.argmax(dim=-1) -> p.argmax(dim=0)": "the largest "
            "number is taken down the columns: the tokens of the vocabulary stand along dim=-1",
            "p.amax(dim=-1) -> p.max(); p.argmax(dim=-1) -> p.argmax()": "one token comes back for "
            "all rows together: with dim=-1 each row has its own",
            "p.amax(dim=-1) -> p.amin(dim=-1); p.argmax(dim=-1) -> p.argmin(dim=-1)": "that's the "
            "least likely token",
            (
                "return p.max(dim=-1, keepdim=True)",
                "return p.topk(1, dim=-1)",
            ): "there is a dimension of size 1 too many at the end",
            "return best": "the probability is missing: return both",
            "return largest": "the token is missing: return both",
            "return p": "these are all the probabilities: the largest of "
            "each row is asked for, and which token it belongs to",
        }
    },
    seen={
        "two tensors are asked for, the probabilities and the tokens": comes_back(torch.Tensor),
        **SINGLE_NUMBERS,
    },
)
_PLACES.check(
    "swapped",
    reference=swapped,
    expects="a copy of x in which token place has other vectors: (batch, n, d_model)",
    wrong={
        "in a copy of x, mixed[:, place] = vectors": {
            (
                "mixed[:, place] = vectors -> mixed[place] = vectors[0]",
                "mixed[:, place] = vectors -> mixed[place] = vectors[place]",
            ): "that's a text: a colon comes first, for all texts",
            "mixed[:, place] = vectors -> mixed[:, place:] = vectors[:, None]": "all tokens from "
            "place on are replaced, where this one alone should be",
            "mixed[:, place] = vectors -> mixed[:, :place] = vectors[:, None]": "the tokens before "
            "place are replaced, and not the one at place",
            "mixed[:, place] = vectors -> mixed[:] = vectors[:, None]": "all tokens are replaced, "
            "where the one at place alone should be",
            "mixed[:, place] = vectors -> mixed[:, -1] = vectors": "it is the last token, "
            "whichever place is asked for",
            "mixed[:, place] = vectors -> mixed[:, place] += vectors": "the vectors are added to "
            "what stands there: they take its place",
            (
                "mixed[:, place] = vectors -> mixed[:, place] = vectors[0]",
                "mixed[:, place] = vectors -> mixed[:, place] = vectors[place]",
            ): "all texts get the same vector: vectors has one for each",
            "mixed[:, place] = vectors -> mixed[:, place] = vectors[:, place]": "vectors has one "
            "for each text, and no tokens to choose from",
            (
                "mixed[:, place] = vectors -> pass",
                "return mixed -> return x",
            ): "nothing is swapped: what comes back is x as it was",
            "return vectors": "that's the one token: all of x, with the vectors in it, is asked "
            "for",
        }
    },
    seen={
        "the shapes don't fit: vectors is (batch, d_model), and so is x[:, place]": says(
            "shape mismatch", "must match", "expanded size"
        ),
        "x has batch, n and d_model: the token is the second index": says("out of bounds"),
        "another shape comes back: (batch, n, d_model) is asked for": other_shape,
    },
)
_PLACES.check(
    "ahead_by",
    reference=ahead_by,
    expects="ln p of the own token minus ln p of the other, for each text: (batch,)",
    wrong={
        "log_softmax, gather both tokens, and subtract the other's from the own": {
            "return of_other - of_own": "the sign is turned: that's how far the other is ahead",
            "log_p = logits.softmax(dim=-1)": "these are probabilities: the logarithm is missing",
            "log_p = logits.softmax(dim=-1); return of_own / of_other": "that's how many times as "
            "likely: its logarithm is asked for",
            "return of_own / of_other": "one is divided by the other, where they are to be "
            "subtracted",
            "return of_own": "that's the own answer alone: subtract the other's",
            "return of_own + of_other": "the two are added, where they are to be subtracted",
            "return (of_own - of_other).abs()": "how far apart they are, whichever is ahead: "
            "leave the sign",
            (
                "return (of_own - of_other).mean()",
                "return (of_own - of_other).sum()",
            ): "a single number for all texts: each has its own",
            "return (of_own - of_other)[:, None]": "a column comes back: [:, 0] makes a list of it",
            "log_p = logits.log_softmax(dim=0)": "dim=0 goes down the columns, over the texts",
            (
                "return log_p[:, own] - log_p[:, other]",
                "return logits[:, own] - logits[:, other]",
            ): "a colon takes all texts for each token: gather takes one of each text",
            "return log_p[own] - log_p[other]": "these are texts: the tokens stand along the last "
            "dimension",
            "return log_p.amax(dim=-1) - of_other": "that's the first choice, where the own answer "
            "is asked for",
        }
    },
    seen={
        "gather wants a column of ids, one a row: own[:, None]": says("number of dimensions"),
        "these are ids: the numbers of these tokens are asked for": other_dtype(torch.int64),
        "these are texts: the tokens stand along the last dimension": says("out of bounds"),
        "another shape comes back: (batch,) is asked for": other_shape,
    },
)
_PLACES.check(
    "way",
    reference=way,
    expects="a single number: how much the sum falls, as a share of how much it could",
    wrong={
        "(before - after).sum() / (before - at_most).sum()": {
            "return taken": "that's how much it falls: divide by how much it could",
            "return whole / taken": "the fraction is upside down",
            "return 1 - taken / whole": "that's the share that is left to go",
            "return after.sum() / before.sum()": "that's what is left of the lead",
            "return taken / before.sum()": "divided by the lead itself: it can fall further, down "
            "to at_most",
            "return taken / at_most.sum()": "divided by at_most alone: from before it can fall "
            "down to there",
            "return (after - at_most).sum() / whole": "that's the share that is left to go",
            "return ((before - after) / (before - at_most)).mean()": "that's the mean of shares: "
            "add up first, then divide",
            "return ((before - after) / (before - at_most)).sum()": "shares are added up: add up "
            "first, then divide",
            (
                "return (before - after) / (before - at_most)",
                "return (before - after) / whole",
            ): "a number for each prompt comes back: add up first, then divide",
            (
                "whole = (before + at_most).sum()",
                "taken = (after - before).sum()",
            ): "a sign is turned: before - after is how far it falls, and before - at_most how "
            "far it can",
            "whole = (after - at_most).sum()": "divided by what is left to go: begin at before",
            "return 100 * taken / whole": "that's per cent: a share goes from 0 to 1",
            (
                "return before - after / before - at_most",
                "return before.sum() - after.sum() / before.sum() - at_most.sum()",
            ): "brackets are missing: a division comes before a difference",
        }
    },
    seen={"a single number is asked for: add up, above and below": other_shape, **SEVERAL_CAME},
)
_PLACES.check(
    "of_heads",
    reference=of_heads,
    expects="what was brought, but for these heads at the last token: (batch, n, n_heads, d_head)",
    wrong={
        "in a copy, mixed[:, -1, which] = others[:, -1, which]": {
            "mixed[:, -1, which] = others[:, -1, which] -> mixed[:, :, which] = others[:, :, "
            "which]": "these heads are swapped at all tokens, where the last one alone counts",
            "mixed[:, -1, which] = others[:, -1, which] -> mixed[:, -1] = others[:, -1]": "all "
            "heads are swapped, where those in which alone should be",
            "mixed[:, -1, which] = others[:, -1, which] -> mixed[:, which] = others[:, which]": (
                "the second index is the token: the head is the third"
            ),
            "mixed[:, -1, which] = others[:, -1, which] -> mixed[-1, which] = "
            "others[-1, which]": "the first index is the text: the token is the second",
            "mixed[:, -1, which] = others[:, -1, which] -> mixed[:, -1, which] = 0": "these heads "
            "bring nothing now: they should bring what others do",
            "others[:, -1, which] -> others[:, 0, which]": "the others' first token is taken: the "
            "last one is asked for",
            "mixed = brought.clone() -> mixed = others.clone(); mixed[:, -1, which] = "
            "others[:, -1, which] -> mixed[:, -1, which] = brought[:, -1, which]": "it's the other "
            "way round: these heads bring what others do, and all else stays",
            "return mixed -> return others": "all of it is the others': only these heads at the "
            "last token should be",
            "mixed[:, -1, which] = others[:, -1, which] -> pass": "nothing is swapped: what comes "
            "back is brought as it was",
            "return mixed -> return mixed[:, -1]": "that's the last token: all of it is asked for",
        }
    },
    seen={
        "the shapes don't fit: of four indices (text, token, head, number) both sides take the "
        "first three, [:, -1, which]": says(
            "shape mismatch", "must match", "expanded size", "out of bounds"
        ),
        "another shape comes back: (batch, n, n_heads, d_head) is asked for": other_shape,
        "a tensor is asked for": comes_back(list, tuple),
    },
)

your_turn.also("next_of", numbers(4, 6))
your_turn.also("swapped", numbers(3, 5, 2), 1, numbers(3, 2, seed=1))
your_turn.also("ahead_by", numbers(3, 5), torch.tensor([0, 4, 2]), torch.tensor([3, 1, 1]))
your_turn.also("way", numbers(4), numbers(4, seed=1), numbers(4, seed=2))
your_turn.also("of_heads", numbers(6, 6, 6, 2), numbers(6, 6, 6, 2, seed=1), [1, 4])
