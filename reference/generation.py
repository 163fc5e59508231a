"""From logits to text: choosing the next token, and generating with and without a cache."""

from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def sample_next(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw a token from `softmax(logits / temperature)`, among the `top_k` most likely ones.

    Shapes: `logits` `(..., vocab_size)`; gives ids `(...)`. Temperature 0 is the arg max. Top-k
    sampling: Fan et al. 2018, "Hierarchical Neural Story Generation", section 5.

    Raises `ValueError` for a negative `temperature` or `top_k < 1`.
    """
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}; it must be 0 (arg max) or greater")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}; it must be at least 1, or None for all tokens")
    if temperature == 0:
        return logits.argmax(dim=-1)
    # The largest becomes 0 first, so that a tiny temperature can't overflow to inf - inf.
    scaled = (logits.float() - logits.float().amax(dim=-1, keepdim=True)) / temperature
    if top_k is not None:
        best, ids = scaled.topk(min(top_k, scaled.shape[-1]), dim=-1)
        scaled = torch.full_like(scaled, -torch.inf).scatter(-1, ids, best)
    rows = F.softmax(scaled, dim=-1).reshape(-1, scaled.shape[-1])
    return torch.multinomial(rows, 1, generator=generator).reshape(logits.shape[:-1])


def nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """Keep the most likely tokens that together reach `top_p`, as few as will do.

    Shapes: `probabilities` and the result `(..., vocab_size)`, of the same dtype; what is kept is
    scaled to a sum of 1, the rest is exactly 0. At least one token is kept, and at 1.0 all of them
    are (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1).

    Raises `ValueError` unless `0 < top_p <= 1`.
    """
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}; it must be greater than 0 and at most 1")
    if top_p == 1:
        return probabilities / probabilities.sum(dim=-1, keepdim=True)
    best, ids = probabilities.sort(dim=-1, descending=True, stable=True)
    before = best.double().cumsum(dim=-1) - best.double()
    best = best.masked_fill(before >= top_p, 0.0)
    kept = torch.zeros_like(probabilities).scatter(-1, ids, best)
    return kept / kept.sum(dim=-1, keepdim=True)


def generate(
    model: nn.Module,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Append `n_new` sampled tokens, one at a time, computing all positions anew for each.

    Shapes: `tokens` `(batch, n)`; gives `(batch, n + n_new)`. The model runs in eval mode and is
    left in the mode in which it was found. Raises `ValueError` as `sample_next` does.
    """
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            for _ in range(n_new):
                new = sample_next(model(tokens)[..., -1, :], temperature, top_k, generator)
                tokens = torch.cat((tokens, new[..., None]), dim=-1)
    finally:
        model.train(was_training)
    return tokens.clone()  # else a model could not be trained with what that mode made


class CachedModel(Protocol):
    """What `generate_cached` asks of a model: a `DecoderLM` has it."""

    training: bool

    def train(self, mode: bool = True) -> Any: ...
    def eval(self) -> Any: ...
    def new_caches(self) -> list[Any]: ...
    def __call__(self, tokens: Tensor, caches: list[Any]) -> Tensor: ...


def generate_cached(
    model: CachedModel,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
    top_p: float | None = None,
) -> Tensor:
    """As `generate`, with the keys and values of earlier tokens kept instead of computed anew.

    The model gets `tokens` in one call (*prefill*), then each new token but the last alone
    (*decode*): Pope et al. 2022, "Efficiently Scaling Transformer Inference", section 2. With
    `top_p` tokens are drawn from the nucleus of their probabilities at `temperature`; at 0 the
    likeliest is in each. Raises `ValueError` as `sample_next` and `nucleus` do.
    """
    was_training = model.training
    model.eval()
    caches = model.new_caches()
    unseen = tokens
    try:
        with torch.inference_mode():
            for _ in range(n_new):
                logits, at = model(unseen, caches)[..., -1, :], temperature
                if top_p is not None and temperature > 0:
                    within = nucleus((logits / temperature).softmax(dim=-1), top_p)
                    logits, at = within.log(), 1.0
                unseen = sample_next(logits, at, top_k, generator)[..., None]
                tokens = torch.cat((tokens, unseen), dim=-1)
    finally:
        model.train(was_training)
    return tokens.clone()  # else a model could not be trained with what that mode made
