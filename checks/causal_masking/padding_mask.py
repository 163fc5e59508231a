"""The padding mask: what often goes wrong, and hidden cases."""

from __future__ import annotations

from typing import Any

import torch

from checks.causal_masking.exercise import EXERCISE
from checks.causal_masking.masks import seen_of_a_mask
from checks.drawn import a_size
from checks.seen import raised
from reference import attention

check_padding_mask = EXERCISE.check(
    "padding_mask",
    reference=attention.padding_mask,
    expects="a boolean tensor of shape (batch, 1, n), True at the first lengths[b] keys of "
    "sequence b",
    wrong={
        "the real keys of sequence b are those at positions < lengths[b], counted from 0": {
            "real = key >= length": "the convention is inverted, as in PyTorch's key_padding_mask",
            "real = key <= length": "off by one, one key too many (<= instead of <)",
            "real = key < length - 1": "off by one, one key too few",
            "real = (0 < key) & (key <= length)": "off by one, without the first key (position 0)",
            "real = (0 < key) & (key < length)": "off by one, the first key is left out",
            "real = key > length": "inverted and off by one",
            "real = key >= n - length": "the padding is taken to be on the left",
            "real = key == length - 1": "only the last real key is True",
            "real = key == length": "only the position lengths[b] is marked (one-hot)",
            "real = (key < length) & (length < n)": "a length of n loses its keys (a slice to -0)",
            "real = key < length.clamp(min=1)": "a length of 0 gets a key all the same",
            "real = (key < length) | (length == 0)": "a length of 0 gets all keys",
            "real = key < length + n": "everything is True, the padding is not masked",
            "real = key < length - n": "everything is False, the real keys are masked too",
            "real = key < length.cumsum(0)": "the lengths add up along the batch (cumsum)",
            (
                "real = key < 0 * length + length.max()",
                "real = key < length.amax(0, True)",
            ): "all get the length of the longest",
            "real = key < 0 * length + length.min()": "all get the length of the shortest",
            "real = key < 0 * length + length[0]": "all get the length of the first sequence",
            "real = key < length[:1]": "only the first sequence's mask comes back",
        },
        "the shape is (batch, 1, n), a row of n keys that broadcasts over the queries": {
            "return real[:, None, :length.max()]": "n is ignored (as wide as the longest sequence)",
            "return real": "the middle dimension is missing, so that it would mean (n_q, n_k)",
            "return real[:, None].squeeze(0)": "a batch of one is squeezed away",
            "return real[:, :, None]": "queries are masked instead of keys (shape (batch, n, 1))",
            "return real[:, None, None]": "there is one dimension too many (batch, 1, 1, n)",
            "return real[None]": "the 1 stands in front (1, batch, n), but batch comes first",
            "return real[:, None].expand(-1, n, n)": "the mask is expanded to a row for each query",
            "return real[:, None] & real[:, :, None]": "padded queries are masked as well as keys",
            "return real[:, None] & torch.ones(n, n).tril().bool()": "a causal mask is mixed in",
            ("return real.T", "return real.T[:, None]"): "transposed (n comes before batch)",
        },
    },
    seen={
        "it does not broadcast: use the column lengths[:, None]": raised(says="size of tensor"),
        "a tensor was asked for its truth as a whole: go through lengths one by one, or compare "
        "lengths[:, None] with torch.arange(n)": raised(says="Boolean value"),
        **seen_of_a_mask("(batch, 1, n): a row for each sequence", "position < lengths[b]"),
    },
)


def _pad(f: Any, n: int, *lengths: int) -> Any:
    return check_padding_mask(f, torch.tensor(lengths), n)


EXERCISE.cases["padding_mask"] = {
    "True at the first lengths[b] keys": lambda f: _pad(f, 6, 4, 2, 3),
    "lengths from 0 to n": lambda f: [_pad(f, *s) for s in ((7, 7, 7), (5, 0, 3, 1, 5), (4, 0, 0))],
    "a batch of one sequence": lambda f: _pad(f, 3, 2),
    "a single position": lambda f: _pad(f, 1, 1, 0, 1),
    "as many sequences as positions": lambda f: _pad(f, 5, 5, 2, 4, 1, 3),
    "many of both": lambda f: check_padding_mask(f, torch.randint(0, 41, (16,)), 40),
    "any sizes": lambda f: [
        _pad(f, n := a_size(6, 20), 0, n, a_size(1, n - 1)),
        _pad(f, a_size(21, 30), a_size(1, 20)),
    ],
}
