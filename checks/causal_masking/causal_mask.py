"""The causal mask: what often goes wrong, and hidden cases."""

from __future__ import annotations

from checks.causal_masking.exercise import EXERCISE
from checks.causal_masking.masks import seen_of_a_mask
from checks.drawn import a_size
from checks.seen import raised, same_shape
from reference import attention

check_causal_mask = EXERCISE.check(
    "causal_mask",
    reference=attention.causal_mask,
    expects="a boolean tensor of shape (n, n), True at [i, j] where j <= i: query i may attend to "
    "the keys up to and including its own position",
    wrong={
        "True belongs where j <= i, since a query may attend to itself and to all earlier ones": {
            "tril() -> tril(-1)": "off by one (strictly lower triangle), so no query sees itself",
            "tril() -> tril(1)": "off by one, so a query sees one ahead (the next token)",
            "tril() -> triu(1)": "the convention is inverted, as in nn.MultiheadAttention",
            "tril() -> triu()": "transposed (upper triangle), so a query sees only the future",
            "tril() -> triu(2)": "inverted and off by one (upper triangle)",
            ".tril() ->": "everything is True, nothing is masked, and the future is visible",
            "tril() -> triu(n)": "everything is False, so no query may attend to anything",
            "tril() -> tril().triu()": "only the diagonal is True (eye)",
            "tril() -> fill_diagonal_(False)": "the diagonal is masked and nothing else",
            ("() -> ().flip(-1)", "() -> ().flip(0)"): "the triangle lies along the other diagonal",
            "tril() -> tril().triu(-1)": "only the last positions are kept (a sliding window)",
            "tril() -> tril(-1).triu(-1)": "only the previous position is True",
        },
        "the shape is (n, n), which broadcasts as it is": {
            "n, n -> n + 1, n + 1": "there is one row too many (n + 1)",
            "n, n -> n - 1, n - 1": "there is one row too few (n - 1)",
            "tril() -> tril()[None]": "an extra (batch) dimension is added",
            "tril() -> tril()[None, None]": "extra dimensions (batch and heads) are added",
        },
    },
    seen={
        "a query may attend to itself, also the first and the last: the whole diagonal is "
        "True": lambda got, right, *_: same_shape(got, right) and not got.diagonal().all(),
        "a triangle is cut out of a single row: start from a matrix (n, n), a row for each query, "
        "torch.ones(n, n)": raised(says="at least 2 dimensions"),
        "one row comes back: the shape is (n, n), a row for each query and a column for each "
        "key": lambda got, *_: got.dim() == 1,
        **seen_of_a_mask("(n, n): where a size is fixed, it fits one n only", "j <= i"),
    },
)

EXERCISE.cases["causal_mask"] = {
    "True at [i, j] where j <= i": lambda f: [check_causal_mask(f, n) for n in (8, 5, 3, 37)],
    "many positions": lambda f: check_causal_mask(f, 130),
    "a single position": lambda f: check_causal_mask(f, 1),
    "any number of positions": lambda f: [
        check_causal_mask(f, a_size(*within)) for within in ((4, 30), (31, 90), (131, 200))
    ],
}
