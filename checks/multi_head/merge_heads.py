"""Merge heads again: what often goes wrong, and hidden cases."""

from __future__ import annotations

from typing import Any

import torch

from checks import seen
from checks.mistakes import Wrong
from checks.multi_head.exercise import EXERCISE
from checks.multi_head.heads import BATCH, BATCHES, DTYPES, FRONT, MOVED, RESHAPED, VIEW
from reference import attention

SIDE_BY_SIDE: Wrong = {
    "swap heads and positions, transpose(-3, -2), then join the last two dimensions": {
        "rows = x": "the heads are merged without transposing back (x is viewed or reshaped at "
        "once, not transposed back), which mixes up positions",
        "rows = x.movedim(-3, -1)": "the merged features are interleaved (feature 0 of every head "
        "first)",
        "rows = x.flip(-3).transpose(-3, -2)": "the heads are in reverse order",
    },
}

check_merge_heads = EXERCISE.check(
    "merge_heads",
    reference=attention.merge_heads,
    expects="a tensor of shape (..., n, n_heads * d_head), in which every position has its part "
    "from head 0 first, then its part from head 1, and so on",
    wrong={
        **SIDE_BY_SIDE,
        "swap heads and positions, transpose(-3, -2)": {
            "return x.flatten(-2)": "the transpose is missing: the positions of each head are "
            "joined, and not the heads of each position",
            ("rows = x.mT", "return x.mT.flatten(-2)"): "the wrong pair is swapped, (-2, -1)",
            "return rows.reshape(*batch, d_head, n_heads * n)": "n and d_head are swapped in the "
            "shape, which is (..., n_heads, n, d_head)",
            "rows = x.transpose(-3, -1)": "the wrong pair is swapped, (-3, -1)",
            "return x.transpose(-3, -1).flatten(-2)": "the wrong pair is swapped, (-3, -1)",
            ("return x.transpose(1, 2).flatten(-2)", "return rows.flatten(2)"): FRONT,
            ("return torch.cat(list(x), -1)", "return x.transpose(0, 1).flatten(-2)"): "the first "
            "(batch) dimension is taken for the heads, which are third from the end",
        },
        "the heads stand side by side in a row for each position, all as they are": {
            ("return x.flatten(-3, -2)", "return rows.flatten(-3, -2)"): "the heads are put below "
            "one another, along the positions (n_heads * n, d_head)",
            "return rows": "the heads are not merged after the transpose",
            ("return x.mean(-3)", "return x.mean(-3).tile(n_heads)"): "the heads are averaged",
            "return x.sum(-3)": "the heads are added up",
            ("return x[..., 0, :, :]", "return x[..., -1, :, :]"): "only one head comes back",
            ("return merged[..., d_head:]", "return merged[..., :-d_head]"): "a head is left out",
            ("return x.amax(-3)", "return x.prod(-3)"): "the heads' maximum or product comes back",
            "return x.mean(-2).flatten(-2)": "the positions are averaged",
            "return merged.flip(-2)": "the positions are in reverse order",
            "return rows.reshape(n, -1)": "the batch is flattened into the features (view(n, -1))",
            "lap = torch.cat([x[..., :-1, :, 0].mT, x[..., -1, :, :]], -1); "
            "merged = F.pad(lap, (0, n_heads * d_head - lap.shape[-1]))": "the heads overlap",
            "return merged.mT": "the result is transposed, (d_model, n)",
            "return merged.reshape(merged.mT.shape)": "the sizes are swapped, (d_model, n)",
            "return merged.flatten(-2)": "the positions are flattened too",
            ("return x.flatten(-3)", "return x.flatten()"): "the positions are flattened too",
            "return merged.flatten(0, -2)": "the batch dimensions are flattened into the positions",
            "return x": "the input comes back as it is",
            "return merged / n_heads": "the result is scaled by the number of heads",
            "return merged / math.sqrt(n_heads)": "the result is scaled by √n_heads",
            "return merged.squeeze()": "a dimension of size 1 is squeezed away",
        },
        "the result has the dtype of x": {
            "return merged.float()": "the result is converted to float32",
            "return merged.double()": "the result is converted to float64",
        },
    },
    seen={
        **VIEW,
        "a list of tensors comes back: use torch.stack or torch.cat": seen.comes_back(list, tuple),
        "heads are left out, or features of theirs: the last dimension of the result is n_heads * "
        "d_head": lambda got, right, *_: (
            got.shape[:-1] == right.shape[:-1] and got.shape[-1] < right.shape[-1]
        ),
        **RESHAPED,
        BATCH: seen.batch_fails(4),
        "the shape is not (..., n, n_heads * d_head), heads side by side": seen.other_shape,
        f"{MOVED}heads and positions first, then join the last two dimensions": seen.numbers_moved,
    },
)


def _merge_case(f: Any, *shape: int, dtype: Any = torch.float32) -> Any:
    return check_merge_heads(f, torch.randn(*shape).to(dtype))


EXERCISE.cases["merge_heads"] = {
    "x of shape (n_heads, n, d_head), without a batch": lambda f: _merge_case(f, 3, 5, 4),
    "any leading dimensions": lambda f: [_merge_case(f, *b, 3, 5, 4) for b in BATCHES],
    "sizes that are alike": lambda f: _merge_case(f, 4, 4, 4, 4),
    "a single head": lambda f: [_merge_case(f, 1, 5, 4), _merge_case(f, 2, 1, 5, 4)],
    "a single position": lambda f: [_merge_case(f, 3, 1, 4), _merge_case(f, 2, 3, 1, 4)],
    "a single feature for each head": lambda f: _merge_case(f, 2, 3, 5, 1),
    "the dtype of x": lambda f: [_merge_case(f, 2, 3, 5, 4, dtype=dtype) for dtype in DTYPES],
    "x in any memory layout": lambda f: [
        check_merge_heads(f, x)
        for x in (torch.randn(2, 3, 4, 5).mT, torch.randn(2, 5, 3, 4).transpose(1, 2))
    ],
    "many positions": lambda f: _merge_case(f, 2, 4, 300, 6),
}
