"""What the learner writes in lesson 08."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "08-what-heads-do",
    ("heads_preferring", "luckiest", "both_times", "change_of"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def heads_preferring(weights: Tensor, query: int, first: int, second: int) -> Tensor:
    on_first = weights[:, :, query, first]
    on_second = weights[:, :, query, second]
    return (on_first > on_second).sum()


def luckiest(coins: Tensor) -> Tensor:
    hits = coins.sum(dim=-1)
    best = hits.amax(dim=-1)
    return best.float().mean()


def both_times(right_1: Tensor, rival_1: Tensor, right_2: Tensor, rival_2: Tensor) -> Tensor:
    first = right_1 > rival_1
    second = right_2 > rival_2
    return (first & second).sum(dim=0)


def change_of(whole: Tensor, without: Tensor) -> Tensor:
    cosine = whole @ without
    return 1 - cosine


_PLACES.check(
    "heads_preferring",
    reference=heads_preferring,
    expects="in how many heads, of all layers, the first key gets more than the second: one number",
    wrong={
        "weights[:, :, query, key] is a table with a number for each head: compare two of them, "
        "and count": {
            "on_first = weights[:, :, first, query]; "
            "on_second = weights[:, :, second, query]": "rows are queries and columns are keys, so "
            "these are weights on the query",
            "return (on_first < on_second).sum()": "the heads that prefer the second are counted",
            "return on_first > on_second": "the count is missing: sum() counts True",
            "return (on_first - on_second).sum()": "differences are added up, where heads are "
            "counted",
            "return (on_first > on_second).float().mean()": "that's a share, where a count is "
            "asked for",
            "return (on_first > on_second).sum(dim=0)": "the layers are counted, for each head "
            "number",
            "return (on_first > on_second).sum(dim=-1)": "each layer is counted by itself",
            "return (on_first > 0.5).sum()": "it isn't compared with the second key",
        }
    },
    seen={
        "mean() can't average True and False, and a count is asked for: sum()": says(
            "could not infer output dtype", "Got: Bool"
        ),
        "two colons take all layers and all heads, however many: weights[:, :, query, key]": says(
            "out of bounds"
        ),
        "an index is missing: two colons for layers and heads, then the query, then the key": says(
            "must match", "ambiguous"
        ),
        "one number is asked for": other_shape,
    },
)
_PLACES.check(
    "luckiest",
    reference=luckiest,
    expects="the hits of each round's best head, averaged over the rounds: one number",
    wrong={
        "count the hits of each head, take the best head of each round, and then the mean": {
            "return best.amax().float()": "that's the luckiest of all the rounds together",
            "return hits.float().mean(dim=0).amax()": "the mean over the rounds comes first, so "
            "it's one head for all rounds, where each round has a luckiest of its own",
            "best = hits": "the best of each round is missing, so this is the average head",
            "hits = coins.sum(dim=1)": "hits are counted for each sentence, over the heads",
            "hits = coins.sum(dim=0)": "hits are counted over the rounds",
            "hits = coins.float().mean(dim=-1)": "these are shares of the sentences, where hits "
            "are counted",
            "return best": "the mean over the rounds is missing",
            "best = hits.amax(dim=0)": "the best round of each head is taken, where the best head "
            "of each round is asked for",
            "best = hits.argmax(dim=-1)": "argmax says which head it is, and not how many it hits",
            "return best.sum()": "they are added up, where the mean is asked for",
        }
    },
    seen={
        "mean() doesn't average whole numbers: float() makes them numbers that it can": says(
            "could not infer output dtype", "Got: Long"
        ),
        "max along a dim gives two things, values and indices: amax gives the values alone": says(
            "return_types", "has no attribute 'float'", "has no attribute 'mean'"
        ),
        "one number is asked for": other_shape,
    },
)
_PLACES.check(
    "both_times",
    reference=both_times,
    expects="for each head the number of pairs in which it's right in both sentences",
    wrong={
        "a head is right twice where right_1 > rival_1 and right_2 > rival_2; the pairs, dim=0, "
        "are counted": {
            "return (first | second).sum(dim=0)": "that's right in one of the two, or in both",
            (
                "return first.sum(dim=0) + second.sum(dim=0)",
                "return (first.int() + second.int()).sum(dim=0)",
            ): "all the hits are counted, where a pair counts only as a whole",
            "return (first == second).sum(dim=0)": "being wrong both times is counted, too",
            "return (first & second).sum()": "all the heads are counted together",
            "return (first & second).sum(dim=-1)": "the heads are counted, where pairs are: dim=0",
            "return first & second": "the count is missing",
            "second = right_2 > rival_1": "the second sentence is compared with the rival of the "
            "first",
            "return first.sum(dim=0)": "the second sentence isn't looked at",
            "return (first & second).float().mean(dim=0)": "that's a share, where a count is asked "
            "for",
            "return (right_1 + right_2 > rival_1 + rival_2).sum(dim=0)": "the weights are added up "
            "first, so one sentence can make up for the other",
        }
    },
    seen={
        "and looks at single values, and so does a > b > c: for tensors it is &": says(
            "is ambiguous"
        ),
        "& comes before >, so each comparison needs brackets of its own": says(
            "not implemented for 'Float'", "bitwise", "not supported"
        ),
        "another shape comes back: a number for each head, (n_layers, n_heads), is asked for": (
            other_shape
        ),
    },
)
_PLACES.check(
    "change_of",
    reference=change_of,
    expects="0 where nothing has changed, and more the further the embedding has turned: one "
    "number",
    wrong={
        "both vectors have length 1, so their dot product is the cosine: take it from 1": {
            "return cosine": "that's the cosine, which is 1 where nothing has changed",
            "return cosine - 1": "it is the other way round",
            "cosine = whole * without": "the products aren't added up",
            "cosine = (whole * without).mean()": "the products are averaged, where a dot product "
            "adds them up",
            "return (1 - whole * without).sum()": "1 is there for each number, where there's a "
            "single cosine",
            "return cosine.acos()": "that's the angle, where 1 minus its cosine is asked for",
            "return (whole - without).norm()": "that's the distance between the two, and not 1 "
            "minus their cosine",
            "return whole.norm() - without.norm()": "that's 0, whatever has changed: both lengths "
            "are 1",
            "return 1 - cosine.abs()": "the sign of the cosine is lost",
        }
    },
    seen={"one number is asked for": other_shape},
)

your_turn.also("heads_preferring", numbers(4, 6, 7, 7, seed=3).softmax(dim=-1), 4, 1, 3)
your_turn.also("luckiest", numbers(7, 5, 9) > 0)
your_turn.also("both_times", *numbers(4, 9, 2, 3).unbind())
your_turn.also("change_of", *F.normalize(numbers(2, 5), dim=-1))
