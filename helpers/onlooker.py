"""Looks on where an answer is called, for what a test in another process can't see."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(eq=False)
class Onlooker:
    """Calls answers in their own process, and tells what became of memory, gradients and modes.

    What crosses from one process to another is copied, and brings no gradients along. A locked cell
    imports this class, so that where a test in another process passes one, it is made anew there,
    and gives itself to `hand_over`: by that the test gets hold of it.

    Args:
        hand_over: is called with this object.
    """

    hand_over: Callable[[Any], None]

    def __post_init__(self) -> None:
        self.hand_over(self)

    def overwrite(self, answer: Callable[..., Any], given: Tensor, *more: Any) -> Any:
        """What `answer(given, *more)` gave, after `given` has been overwritten by NaN."""
        own = given.clone()
        result = answer(own, *more)
        own.fill_(math.nan)
        return result

    def look_through(
        self,
        answer: Callable[..., Any],
        states: Tensor,
        vocab_size: int,
        seed: int,
        plain: bool,
        training: bool,
        gradients: bool,
    ) -> dict[str, Any] | None:
        """What a logit lens gives, with a final norm and an output layer of random weights.

        Shapes: `states` `(n_levels, ..., d_model)`.

        Args:
            plain: whether the lens gets functions; else it gets modules.
            training: the mode in which it finds the modules.
            gradients: whether they are on when it is called.

        Returns:
            `logits`, what came back; `gradients kept`, whether PyTorch could follow that back to
            the weights; whether `gradients` are on afterwards, and `weights` still want them; and
            whether the modules are in `training` mode. None where nothing came back.
        """
        generator = torch.Generator().manual_seed(seed)
        d_model = states.shape[-1]
        norm, unembed = nn.LayerNorm(d_model), nn.Linear(d_model, vocab_size)
        weights = [*norm.parameters(), *unembed.parameters()]
        with torch.no_grad():
            for weight in weights:
                weight.copy_(torch.randn(weight.shape, generator=generator))
        norm = norm.to(states.dtype).train(training)
        unembed = unembed.to(states.dtype).train(training)

        def norm_of(x: Tensor) -> Tensor:
            return norm(x)

        def unembedded(x: Tensor) -> Tensor:
            return unembed(x)

        with torch.set_grad_enabled(gradients):
            result = answer(states, *((norm_of, unembedded) if plain else (norm, unembed)))
            on_afterwards = torch.is_grad_enabled()
        if result is None:
            return None
        return {
            "logits": result,
            "gradients kept": bool(getattr(result, "requires_grad", False)),
            "gradients": on_afterwards,
            "weights": all(weight.requires_grad for weight in weights),
            "training": [norm.training, unembed.training],
        }
