"""What the learner writes in lesson 05."""

from __future__ import annotations

from torch import Tensor

from checks.check import Exercise
from checks.seen import other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "05-queries-keys-values", ("scores_of", "off_one", "of_head", "without"), limit_seconds=10
)
your_turn = YourTurn(_PLACES)


def scores_of(q: Tensor, K: Tensor) -> Tensor:
    products = K * q
    return products.sum(dim=-1)


def off_one(rows: Tensor) -> Tensor:
    sums = rows.sum(dim=1)
    return (sums - 1).abs()


def of_head(weight: Tensor, head: int, d_head: int) -> Tensor:
    begin = head * d_head
    end = begin + d_head
    return weight[begin:end].T


def without(V: Tensor, j: int) -> Tensor:
    erased = V.clone()
    erased[j] = 0
    return erased


_PLACES.check(
    "scores_of",
    reference=scores_of,
    expects="a score for each key: the dot product of the query with each row of K",
    wrong={
        "each key has a row, and its products with the query are added up along it": {
            "return products": "the products aren't added up",
            "return products.sum(0)": "they are added up down the columns, so keys get mixed",
            "return products.sum()": "all of them are added up to one number",
            "return products.mean(-1)": "a mean is taken, where the sum is asked for",
            "return products.sum(-1, True)": "that's a column, where a list is asked for",
            "return products.sum(-1).softmax(-1)": "that is a softmax, where scores are asked for",
            "products = K + q": "the two are added, and not multiplied",
            "return products.sum(-1) / products.sum()": "the scores are divided by their sum "
            "already, which comes next",
            (
                "return products.sum(-1) / len(q) ** 0.5",
                "return products.sum(-1) / 2**0.5",
            ): "they are divided by a root: why one does so comes in lesson 06",
            "return products.sum(-1) / K.norm(dim=-1).clamp(min=1e-8) / q.norm()": "the "
            "lengths are divided out, which makes cosines of them",
        }
    },
    seen={
        "the inner sizes don't fit: K is (n, 2) and q is (2,), so it is K @ q, a row at a time": (
            says("size mismatch", "cannot be multiplied", "must match")
        ),
        "another shape comes back: (n,) is asked for, a score for each key": other_shape,
    },
)
_PLACES.check(
    "off_one",
    reference=off_one,
    expects="for each row how far its sum is from 1, whether it's more or less",
    wrong={
        "each row is added up (dim=1), 1 is subtracted, and abs() forgets the sign": {
            (
                "sums = rows.sum(0)",
                "sums = rows.sum(0); return sums - 1",
            ): "the columns are added up",
            "return sums - 1": "abs() is missing, so a row that lacks something looks better than "
            "one that fits",
            "return (rows - 1).abs().sum(1)": "1 is taken from each number, and not from their sum",
            "return sums.abs() - 1": "abs() comes before 1 is subtracted",
            "return (sums - 1).square()": "it is squared, so 0.1 too much counts as 0.01",
            "return sums": "these are the sums themselves",
            "sums = rows.sum()": "all rows are added up together",
            "return 1 - sums": "the sign is turned, and abs() is missing",
            (
                "sums = rows.mean(1)",
                "sums = rows.mean(1); return sums - 1",
            ): "means are taken instead of sums",
            "sums = rows.sum(1, True)": "that's a column, where a list is asked for",
        }
    },
    seen={"another shape comes back: a number for each row is asked for": other_shape},
)
_PLACES.check(
    "of_head",
    reference=of_head,
    expects="the head's own matrix, (d_in, d_head): its rows of nn.Linear's weight, transposed",
    wrong={
        "head h has rows h * d_head to (h + 1) * d_head of the weight, and .T makes columns of "
        "them": {
            "return weight[begin:end]": ".T is missing",
            (
                "return weight[:, begin:end]",
                "return weight.T[begin:end].T",
            ): "these are columns of what nn.Linear stores, and its transpose is stored",
            "return weight[:, begin:end].T": "these are columns of what nn.Linear stores: its "
            "rows are cut first, and then transposed",
            "return weight[64:96].T": "it takes rows 64 to 95 for each head, where they depend on "
            "head and d_head",
            "end = begin + d_head - 1": "one is missing: a slice ends before its end",
            (
                "begin = (head - 1) * d_head",
                "begin = (head + 1) * d_head",
            ): "that's another head: they are counted from 0",
            ("begin = head; end = head + d_head",): "a head begins after all those before it",
            "return weight[begin:end].reshape(weight.shape[1], d_head)": "reshape mixes the rows",
        }
    },
    seen={"another shape comes back: (d_in, d_head) is asked for": other_shape},
)
_PLACES.check(
    "without",
    reference=without,
    expects="a copy of V, with zeros in row j, and V as it was",
    wrong={
        "row j of the copy is set to 0, and nothing else": {
            "erased[j] -> erased[:, j]": "that's column j, a feature of all values",
            "erased[j] -> erased[0]": "it is row 0, whichever j is",
            "erased[j] -> erased[:j]": "these are all the rows before j",
            "erased[j] -> erased[j:]": "these are all the rows from j on",
            "return V": "V comes back as it was",
            "return erased[j]": "only that row comes back",
            "erased = 0 * V": "everything is set to 0",
        }
    },
    seen={"another shape comes back: the row stays, with zeros in it": other_shape},
)

your_turn.also("scores_of", numbers(3), numbers(5, 3, seed=1))
your_turn.also("off_one", 2 * numbers(4, 3))
your_turn.also("of_head", numbers(12, 7), 2, 3)
your_turn.also("without", numbers(4, 5), 2)
