"""Project x to queries, keys and values: what often goes wrong, and hidden cases."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from checks.attention.exercise import EXERCISE
from checks.compare import same
from checks.seen import (
    any_part,
    batch_fails,
    comes_back,
    other_count,
    other_dtype,
    other_shape,
    raised,
    same_shape,
    says,
    transposed,
)
from reference import attention

ROOTS = [f"{of}.shape[-1] ** 0.5" for of in "QxV"]

check_project_qkv = EXERCISE.check(
    "project_qkv",
    reference=attention.project_qkv,
    parts=("Q", "K", "V"),
    expects="the three products Q = x @ W_q, K = x @ W_k and V = x @ W_v, in this order",
    wrong={
        "return (Q, K, V)": {
            "return (K, Q, V)": "the order of the results is mixed up (K and Q swapped)",
            "return (Q, V, K)": "the order of the results is mixed up (V and K swapped)",
            "return (V, K, Q)": "the order of the results is mixed up (V comes first)",
            ("return (K, V, Q)", "return (V, Q, K)"): "the order of the results is mixed up",
        },
        "each result has its own weight matrix, W_q, W_k and W_v": {
            "W = (W_q, W_q, W_q)": "all three results use W_q",
            "W = (W_k, W_k, W_k)": "all three results use W_k",
            "W = (W_v, W_v, W_v)": "all three results use W_v",
            "W = (W_q, W_q, W_v)": "K was projected with W_q (the same matrix as Q)",
            "W = (W_q, W_k, W_k)": "V was projected with W_k (the same matrix as K)",
            "W = (W_q, W_k, W_q)": "V was projected with W_q (the same matrix as Q)",
            "W = (W_k, W_k, W_v)": "Q was projected with W_k (the same matrix as K)",
            "W = (W_q, W_v, W_v)": "K was projected with W_v (the same matrix as V)",
            "W = (W_v, W_k, W_v)": "Q was projected with W_v (the same matrix as V)",
        },
        "a projection is x @ W, where rows of x are positions and W has shape (d_in, d_out)": {
            "x @ w -> x @ w.mT": "the weight matrix is transposed (x @ W.T), as in nn.Linear",
            "x @ w -> x * w": "the product is element by element (*), not a matrix product",
            "x @ w -> w @ x": "the factors are in the wrong order (W @ x)",
            "x @ w -> w.mT @ x": "the factors are in the wrong order (W.T @ x)",
            "x @ w -> x.mT @ w": "x is transposed before the product",
        },
        "a projection is x @ W and no more": {
            (
                "x @ w -> x @ w / w.shape[-1] ** 0.5",
                "x @ w -> x @ w / W_q.shape[-1] ** 0.5",
            ): "all are scaled by the square root of d_k",
            "x @ w -> x @ w / x.shape[-1] ** 0.5": "all are scaled by the square root of d_model",
            "x @ w -> torch.relu(x @ w)": "an activation is applied (ReLU)",
            "x @ w -> torch.tanh(x @ w)": "an activation is applied (tanh)",
            "x @ w -> torch.softmax(x @ w, -1)": "a softmax is applied, as if these were scores",
            "x @ w -> F.normalize(x @ w, dim=-1)": "the results are normalised to length 1",
            (
                "x @ w -> F.layer_norm(x, x.shape[-1:]) @ w",
                "x @ w -> F.normalize(x, dim=-1) @ w",
            ): "x is normalised first",
            "x @ w -> x + x @ w": "x is added to the results (a residual)",
            "x @ w -> x @ w - (x @ w).mean(-1, True)": "the results are centred around 0",
            "x @ w -> (x @ w).round()": "the results are rounded",
        },
        "each is computed from x with its own matrix, and not scaled": {
            tuple(f"return (Q / {root}, K, V)" for root in ROOTS): "only Q is scaled",
            tuple(f"return (Q, K / {root}, V)" for root in ROOTS): "only K is scaled",
            tuple(f"return (Q, K, V / {root})" for root in ROOTS): "only V is scaled",
            "return (Q, K, x)": "V is x itself, though the values are projected too",
            "return (Q, Q @ W_k, Q @ W_k @ W_v)": "they build on one another (K on Q, V on K)",
            "return (Q, Q @ W_k, V)": "they build on one another (K on Q)",
            "return (Q, K, K @ W_v)": "they build on one another (V on K)",
            "return (Q, K, Q @ W_v)": "they build on one another (V on Q)",
        },
        "keep the leading dimensions of x": {
            "x @ w -> x[-1] @ w": "only the last row of x, or of its batch, is projected (a loop "
            "of which the last step alone is kept)",
            "x @ w -> x[0] @ w": "only the first row of x, or of its batch, is projected",
            "x @ w -> (x @ w).squeeze()": "a batch dimension of 1 is squeezed away",
            "x @ w -> x.reshape(-1, *x.shape[-2:])[0] @ w": "only the first sequence is projected",
            "x @ w -> x.reshape(-1, x.shape[-1]) @ w": "the batch is flattened into the positions",
            tuple(
                f"x @ w -> x.{how} @ w"
                for how in ("mean(-2, True)", "mean(-2)", "sum(-2, True)", "sum(-2)")
            ): "the positions are averaged or added up",
            "x @ w -> x.index_fill(-2, torch.tensor(0), 0) @ w": "the first position is left out "
            "(a loop that begins at 1)",
            "x @ w -> x.index_fill(-2, torch.tensor(x.shape[-2] - 1), 0) @ w": "the last position "
            "is left out (a loop that ends at n - 1)",
            "x @ w -> x.sum(-2)[..., None] * w": "the sum runs over the positions (other letters "
            "in einsum)",
            "x @ w -> x.mean(0) @ w": "the batch is averaged",
            "x @ w -> x.sum(0) @ w": "the batch is summed",
        },
        "the results keep the dtype of x": {
            "x @ w -> (x @ w).float()": "they are converted to float32",
            "x @ w -> (x @ w).double()": "they are converted to float64",
            ("x @ w -> (x @ w).long()", "x @ w -> (x @ w).int()"): "they are cut to whole numbers",
        },
    },
    seen={
        "the results are transposed: rows are positions": any_part(transposed),
        "a dict comes back: return the tuple (Q, K, V)": comes_back(dict),
        "the number of results is wrong: return the three of them, (Q, K, V)": other_count,
        "one tensor comes back instead of three: return the tuple (Q, K, V)": comes_back(Tensor),
        "the results are stacked to one tensor, but V may have another size: return the tuple "
        "(Q, K, V)": says("stack expects", "must have the same shape"),
        "shapes come back: return the tensors themselves": any_part(comes_back(torch.Size)),
        "a list comes back as one of the results: make a tensor of it (torch.stack)": any_part(
            comes_back(list, tuple)
        ),
        "the batch is not handled: x may have any number of leading dimensions, also none (use @ "
        "on the last two, not .T, torch.mm or a fixed number of dimensions)": batch_fails(2),
        "factors of a product don't fit: it is x @ W, x (..., n, d_model) first, and W (d_model, "
        "d_k) or (d_model, d_v), not transposed": says(
            "shapes cannot be multiplied", "does not broadcast with"
        ),
        "tensors whose sizes don't fit are combined, as in a sum: a projection is x @ W and no "
        "more, with nothing added": raised(says="must match the size of tensor"),
        "a result has the wrong size: Q and K are (..., n, d_k), V is (..., n, d_v)": (
            any_part(other_shape)
        ),
        "a result has another dtype than x: torch.zeros(..., dtype=x.dtype)": any_part(
            other_dtype()
        ),
        **{
            f"only {own} is not right: it is x @ W_{own.lower()}, like the others, and no "
            "more": lambda got, right, *_, i=i: (
                [j for j in range(3) if not same(got[j], right[j])] == [i]
                and same_shape(got[i], right[i])
            )
            for i, own in enumerate("QKV")
        },
        "the numbers are not right: each result is x @ W with the matrix that is given, without "
        "a bias and without a new (random) layer": any_part(same_shape),
    },
)


def _qkv_cases(f: Any, *batches: Any, dtype: Any = None, **sizes: int) -> None:
    """Random inputs for each batch, or for none."""
    n, d_model, d_k, d_v = ({"n": 5, "d_model": 8, "d_k": 6, "d_v": 3} | sizes).values()
    for batch in batches or [()]:
        shapes = (*batch, n, d_model), (d_model, d_k), (d_model, d_k), (d_model, d_v)
        check_project_qkv(f, *(torch.randn(shape, dtype=dtype) for shape in shapes))


EXERCISE.cases["project_qkv"] = {
    "x of shape (n, d_model), without a batch": lambda f: _qkv_cases(f),
    "any number of leading dimensions": lambda f: _qkv_cases(f, (3,), (2, 3), (1,), (2, 1, 3)),
    "a single position": lambda f: _qkv_cases(f, (), (1,), n=1),
    "sizes that are alike": lambda f: _qkv_cases(f, (4,), n=8, d_k=8, d_v=8),
    "the dtype of x": lambda f: _qkv_cases(f, (2,), dtype=torch.float64),
    "x in any memory layout": lambda f: check_project_qkv(
        f, torch.randn(2, 8, 5).mT, *torch.randn(3, 6, 8).mT
    ),
    "many positions": lambda f: _qkv_cases(f, n=70, d_model=33),
}
