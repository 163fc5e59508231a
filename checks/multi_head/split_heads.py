"""Split features into heads: what often goes wrong, and hidden cases."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from checks import seen
from checks.mistakes import Wrong
from checks.multi_head.exercise import EXERCISE
from checks.multi_head.heads import (
    BATCH,
    BATCHES,
    DEALT,
    DTYPES,
    FRONT,
    MOVED,
    REFUSED,
    RESHAPED,
    VIEW,
    refuses,
)
from reference import attention

_SWAPPED = "n_heads and d_head are swapped"


CUT: Wrong = {
    "cut the features to (..., n, n_heads, d_head), then transpose(-3, -2)": {
        "heads = x.reshape(*batch, n_heads, n, d_head)": "the heads are split by a view (reshape) "
        "without a transpose, which mixes up positions and features",
        "heads = cut.transpose(1, 2)": FRONT,
        "heads = x.mT.reshape(*batch, n_heads, n, d_head)": "the transposed tensor is viewed",
        "heads = cut.transpose(-3, -2).flip(-3)": "the heads are in reverse order",
    },
    "head h gets a block of d_head = d_model // n_heads features next to each other": {
        "cut = x.unflatten(-1, (d_head, n_heads)).mT": DEALT,
        "cut = x.unflatten(-1, (d_head, n_heads))": _SWAPPED,
        "heads = torch.stack([x[..., h:h + d_head] for h in range(n_heads)], -3)": "the heads "
        "overlap (head h begins at feature h)",
    },
}

check_split_heads = EXERCISE.check(
    "split_heads",
    reference=attention.split_heads,
    expects="a tensor of shape (..., n_heads, n, d_head), d_head = d_model // n_heads, in which "
    "head h holds features h*d_head to (h+1)*d_head - 1 of every position",
    wrong={
        **CUT,
        "shape (..., n_heads, n, d_head), and each head has its features of every position": {
            "return cut": "the transpose is missing, and heads still come after positions",
            "return x.unflatten(-1, (d_head, n_heads)).mT": f"{DEALT}, and no transpose follows",
            "return x.unflatten(-1, (d_head, n_heads))": f"{_SWAPPED}, and no transpose follows",
            "return cut.transpose(0, 1)": "the batch is not handled (dimensions 0 and 1 swapped)",
            "return heads.mT": "each head's part is transposed, (n_heads, d_head, n)",
            "return heads.movedim(-3, 0)": "the heads come before the batch",
            "return cut.mT": "the heads come last",
            "return cut.movedim(-1, -3)": "d_head comes before n, and the heads come last",
            tuple(f"x.reshape -> x.roll({k}, -1).reshape" for k in (-1, 1)): "the features are off "
            "by one",
            "return heads if n_heads > 1 else x": "a single head has no dimension",
            "return heads.flatten(0, -3)": "batch and heads are merged into one dimension",
            "return heads.transpose(0, 1)": "batch and heads are swapped",
            "return heads.flatten(-3, -2)": "the heads are put below one another (cat, not stack)",
            "return heads.squeeze()": "a dimension of size 1 is squeezed away",
            "return x.unflatten(-2, (n_heads, -1))": "the positions are split",
            "return x.reshape(*batch, n_heads, n // n_heads, d_model)": "the positions are split",
            "return torch.stack(x.chunk(n_heads, -2), -3)": "the positions are split",
            "return torch.stack([x] * n_heads, -3)": "every head gets all d_model features",
            "return heads[..., :-1, :, :]": "the last head is left out (range(n_heads - 1))",
            "return heads[..., 1:, :, :]": "the first head is left out",
            "return cut[..., 0, :]": "only the first head comes back",
            "return cut[..., -1, :]": "only the last head comes back",
            "return heads / math.sqrt(d_head)": "the heads are scaled by √d_head, as scores are",
            "return x": "the input comes back as it is",
        },
        "the result has the dtype of x": {
            "return heads.float()": "the result is converted to float32",
            "return heads.double()": "the result is converted to float64",
        },
    },
    seen={
        **REFUSED,
        **VIEW,
        "a list of tensors comes back: use torch.stack or torch.cat": seen.comes_back(list, tuple),
        "heads have more or fewer than d_head features: head h holds h*d_head to (h+1)*d_head - 1, "
        "x[..., h * d_head : (h + 1) * d_head]": seen.other_last_size,
        **RESHAPED,
        BATCH: seen.batch_fails(3),
        "the shape is not (..., n_heads, n, d_head), heads before n": seen.other_shape,
        f"{MOVED}n and n_heads after cutting the features to (n, n_heads, "
        "d_head)": seen.numbers_moved,
    },
)


def check_split_refuses(answer: Any, x: Tensor, n_heads: int) -> Any:
    """Check that features that `n_heads` does not divide are not split."""
    return refuses(check_split_heads, answer, x, x.shape[-1], n_heads)


def _split_case(f: Any, *shape: int, n_heads: int = 3, dtype: Any = torch.float32) -> Any:
    return check_split_heads(f, torch.randn(*shape).to(dtype), n_heads)


EXERCISE.cases["split_heads"] = {
    "x of shape (n, d_model), without a batch": lambda f: _split_case(f, 5, 12),
    "any leading dimensions": lambda f: [_split_case(f, *b, 5, 12) for b in BATCHES],
    "sizes that are alike": lambda f: _split_case(f, 4, 4, 16, n_heads=4),
    "1 to d_model heads": lambda f: [_split_case(f, 2, 5, 12, n_heads=h) for h in (1, 4, 12)],
    "a single position": lambda f: [_split_case(f, 1, 12), _split_case(f, 1, 1, 12)],
    "the dtype of x": lambda f: [_split_case(f, 2, 5, 12, dtype=dtype) for dtype in DTYPES],
    "x in any memory layout": lambda f: [
        check_split_heads(f, x, 4)
        for x in (torch.randn(2, 12, 5).mT, torch.randn(5, 2, 12).transpose(0, 1))
    ],
    "many positions": lambda f: _split_case(f, 2, 300, 24),
    "ValueError where n_heads does not divide d_model": lambda f: [
        check_split_refuses(f, torch.randn(*shape), n_heads)
        for *shape, n_heads in ((2, 5, 12, 5), (5, 4, 8), (8, 10, 4))
    ],
}
