"""Looking inside a model: the answers of exercise 9."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def induction_score(weights: Tensor, period: int) -> Tensor:
    """How much a head looks at what came after the last occurrence of the present token, in a text
    that repeats with a known period (Olsson et al. 2022, "In-context Learning and Induction
    Heads").

    Shapes: `weights` `(..., n, n)`, rows are queries; gives `(...)`, the mean of
    `weights[i, i - period + 1]` over `i >= period`. `reference.heads.induction_score` goes by the
    tokens themselves, for texts of which nobody knows the period.

    Raises `ValueError` unless `1 <= period < n`.
    """
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be at least 1 and less than n = {n}")
    after_copy = weights.diagonal(1 - period, dim1=-2, dim2=-1)  # from query period - 1 on
    return after_copy[..., 1:].mean(dim=-1)


def mean_ablate(heads: Tensor, which: Sequence[int]) -> Tensor:
    """The heads `which` bring their means instead of what they have to say (mean ablation: Wang et
    al. 2022, "Interpretability in the Wild").

    Shapes: `heads` and the result `(batch, n_heads, n, d_head)`, what each head brings before the
    heads are merged. A mean is over batch and positions, so that a head brings the same vector
    everywhere. The result is a new tensor, also where `which` is empty.

    Raises `ValueError` for an index that there isn't, negative ones included.
    """
    n_heads = heads.shape[1]
    for head in which:
        if not 0 <= head < n_heads:
            raise ValueError(f"which holds {head}; it must hold heads from 0 to {n_heads - 1}")
    ablated = heads.clone()
    for head in which:
        ablated[:, head] = heads[:, head].mean(dim=(0, 1))
    return ablated


def rank_of(logits: Tensor, ids: Tensor) -> Tensor:
    """How many tokens have a larger logit than `ids`: 0 is the first choice, equals don't count.

    Shapes: `logits` `(..., vocab_size)`, `ids` `(...)`; gives `(...)`, int64.
    """
    own = logits.gather(-1, ids[..., None])
    return (logits > own).sum(dim=-1)


def logit_lens(
    states: Tensor, norm: Callable[[Tensor], Tensor], unembed: Callable[[Tensor], Tensor]
) -> Tensor:
    """What the model would say if it stopped at each level (nostalgebraist 2020, "Interpreting GPT:
    the logit lens").

    Shapes: `states` `(n_levels, ..., d_model)`, the residual stream; gives logits
    `(n_levels, ..., vocab_size)`. No gradients are kept.

    Args:
        norm: the final norm, a module or a function of `(..., d_model)`.
        unembed: the output layer, likewise.
    """
    with torch.no_grad():
        return unembed(norm(states))
