"""What the learner writes in lesson 14."""

from __future__ import annotations

import torch
from torch import Tensor

from checks.check import Exercise
from checks.seen import comes_back, other_shape, says
from checks.your_turn import YourTurn

_PLACES = Exercise(
    "14-induction", ("read_on", "after_copy", "counted_back", "once_more"), limit_seconds=10
)
your_turn = YourTurn(_PLACES)


def read_on(text: str, i: int) -> str | None:
    before = text[:i]
    copy = before.rfind(text[i])
    return text[copy + 1] if copy >= 0 else None


def after_copy(tokens: Tensor) -> Tensor:
    found = torch.zeros(len(tokens), len(tokens), dtype=torch.bool)
    equal = tokens[:, None] == tokens[:-1]
    found[:, 1:] = equal
    return found.tril()


def counted_back(tokens: Tensor, k: int) -> Tensor:
    end = tokens.shape[1] - k
    return tokens[:, :end]


def once_more(ids: Tensor, order: Tensor) -> Tensor:
    again = ids[:, order]
    return torch.cat((ids, again), dim=1)


_PLACES.check(
    "read_on",
    reference=read_on,
    expects="the letter after the last earlier copy of text[i], or None where there is no copy",
    wrong={
        "go back from i - 1 to the same letter, and take the letter after it": {
            (
                "copy = text[:i + 1].rfind(text[i])",
                "return text[i + 1]",
            ): "that's the letter after text[i] itself, which nobody has read yet: the search "
            "begins at i - 1",
            "copy = text.rfind(text[i], 1, i)": "the search ends before letter 0: "
            "range(i - 1, -1, -1) reaches it",
            "return text[copy]": "that's text[i] again, the letter that you have already",
            "return text[copy - 1]": "that's the letter before the copy",
            "copy = before.find(text[i])": "this reads on after the first copy, and the last one "
            "is asked for",
            "return text[copy + 1]": "where there's no copy, rfind gives -1, and this reads "
            "text[0]: None is asked for",
            "return text[copy + 1] if copy >= 0 else '?'": "where there's no copy, None is asked "
            "for",
            "return copy + 1": "that's a place: the letter that stands there is asked for",
            "return copy": "that's a place: the letter after it is asked for",
            "return text[copy + 1:]": "that's all that comes after the copy: a single letter is "
            "asked for",
            "return text[i - 1]": "that's the letter before text[i]",
            "return None": "None comes back, though the letter stands in the text before: return "
            "something where text[j] == text[i], and None only when the loop has ended",
        }
    },
    seen={
        "the search runs past the end of the text: text[i + 1] isn't there yet": says(
            "index out of range"
        ),
        "where there's no copy, index and rindex raise: find and rfind give -1": says(
            "substring not found"
        ),
    },
)
_PLACES.check(
    "after_copy",
    reference=after_copy,
    expects="a table (n, n), True where the letter before the key equals the query",
    wrong={
        "column j says whether token j - 1 equals the query": {
            (
                "found[:, 1:] = equal -> found = tokens[:, None] == tokens",
                "found[:, 1:] = equal -> found[:] = tokens[:, None] == tokens",
            ): "the copies themselves are marked: each mark belongs one column further right",
            "equal = tokens[:, None] == tokens[1:]": "the copies themselves are marked: compare "
            "with tokens[:-1], which end one earlier",
            "found[:, 1:] -> found[:, :-1]": "the copies themselves are marked: the table begins "
            "in column 1, found[:, 1:]",
            "equal = tokens[:, None] == tokens[1:]; found[:, 1:] -> found[:, :-1]": "what stands "
            "before the copies is marked",
            (
                "found[:, 1:] = equal -> found[1:] = equal.T",
                "found[:, 1:] = equal -> found[1:] = tokens == tokens[:-1, None]",
            ): "rows and columns are swapped: a row is a query",
            "equal = tokens[:, None] != tokens[:-1]": "the comparison is turned: == says where "
            "they are equal",
            "found[:, 1:] = equal -> pass": "nothing is marked: what you compare goes into "
            "found[:, 1:], by a single =",
            "found[:, 1:] = equal -> found[:] = tokens[:, None] == tokens.roll(1)": "roll brings "
            "the last token to the front, where nothing stands before the first one: leave "
            "column 0 empty",
            "found[:, 1:] = equal -> found[:, 2:] = equal[:, :-1]": "each mark is one column too "
            "far right",
        }
    },
    seen={
        "the shapes don't fit: a column compared with a row, tokens[:, None] == tokens[:-1], is a "
        "table (n, n - 1), and so is found[:, 1:]": says(
            "must match the existing size", "must match the size", "at least 2 dimensions"
        ),
        "the last letter has no column to its right: compare with tokens[:-1]": says("bounds"),
        "a table (n, n) is asked for: fill found[:, 1:], and keep found": other_shape,
    },
)
_PLACES.check(
    "counted_back",
    reference=counted_back,
    expects="for each token from k on, the one k places before it: (batch, n - k)",
    wrong={
        "the first n - k tokens of each text": {
            "return tokens[:, k:]": "these are the tokens from k on, and not what stood k back",
            "return tokens[:, :k]": "these are the first k: all but the last k are asked for",
            "return tokens[:, -k:]": "these are the last k: all but these are asked for",
            (
                "return tokens[:-k]",
                "return tokens[:tokens.shape[1] - k]",
            ): "this leaves out texts, and not letters: a colon comes first",
            "return tokens.roll(k, 1)": "roll brings the last ones to the front: leave out the "
            "first k columns",
            "return tokens[:, -k]": "that's a single letter of each text: a slice has a colon, and "
            "all but the last k are asked for",
            "return tokens[:, :-23]": "it counts 23 back, whatever k is",
            "end = len(tokens) - k": "len(tokens) counts texts: tokens.shape[1] counts letters",
            "end = tokens.shape[1] - k - 1": "one is missing at the end",
            "end = tokens.shape[1] - k + 1": "one too many at the end",
            "return tokens[:, k - 1:-1]": "these stand one back",
        }
    },
    seen={"another shape comes back: (batch, n - k) is asked for": other_shape},
)
_PLACES.check(
    "once_more",
    reference=once_more,
    expects="the tokens, and behind them the same ones in the order given: (batch, 2 n)",
    wrong={
        "ids, and to its right ids[:, order]": {
            "again = ids": "they come in the same order again: order isn't used",
            "again = ids[order]": "this takes texts in that order, and not tokens: a colon first",
            "return torch.cat((ids, again), dim=0)": "dim=0 puts one below the other: dim=1 puts "
            "them side by side",
            "return torch.cat((again, ids), dim=1)": "the ordered ones come first: they belong "
            "behind the others",
            "return again": "the first half is missing",
            "return torch.stack((ids, again), dim=1)": "stack makes a new dimension: cat goes on "
            "in one that is there",
            "again = order.expand_as(ids)": "that's the order itself: ids[:, order] are the "
            "tokens in that order",
            "return ids + again": "+ adds the numbers: cat puts the tokens side by side",
            "again = ids[:, order.argsort()]": "that's the order turned round: ids[:, order] is "
            "asked for",
        }
    },
    seen={
        "cat takes tensors in brackets of their own: torch.cat((a, b), dim=1)": says(
            "cat() received an invalid", "must be tuple of Tensors", "multiple values"
        ),
        "order is a row of places: ids[:, order] are the tokens in that order": says(
            "same number of dimensions"
        ),
        "ids has two dimensions, 0 and 1: dim=1 puts them side by side": says("out of range"),
        "another shape comes back: (batch, 2 n) is asked for": other_shape,
        "a single tensor is asked for: torch.cat joins the two": comes_back(list, tuple),
    },
)

your_turn.also("read_on", "abcadaea", 7)
your_turn.also("read_on", "xyzx", 3)
your_turn.also("read_on", "xyzw", 3)
your_turn.also("after_copy", torch.tensor([2, 5, 2, 2, 5, 7, 5]))
your_turn.also("counted_back", torch.arange(40).view(5, 8), 3)
your_turn.also("once_more", torch.arange(12).view(3, 4), torch.tensor([3, 1, 0, 2]))
