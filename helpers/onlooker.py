"""Looks on where an answer is called, for what a test in another process can't see."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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

    def slopes(
        self, answer: Callable[..., Any], n_of: int, *args: Any
    ) -> list[Tensor] | str | None:
        """How what `answer(*args)` gives changes with each of its first `n_of` arguments, tensors.

        Returns:
            A tensor of the shape of each, 0 where it makes no difference; in words why there are
            none; None where nothing came back.
        """
        leaves = [arg.detach().clone().requires_grad_() for arg in args[:n_of]]
        result = answer(*leaves, *args[n_of:])
        if result is None:
            return None
        if not isinstance(result, Tensor) or not result.requires_grad:
            return CUT_OFF
        return _slopes(result.sum(), leaves)

    def adapt(
        self,
        answer: Callable[..., Any],
        x: Tensor,
        d_out: int,
        rank: int,
        alpha: float,
        seed: int,
        bias: bool,
    ) -> dict[str, Any]:
        """What becomes of a linear layer of random weights in an adapter.

        Shapes: `x` `(..., d_in)`, of the dtype that the layer has.

        Args:
            answer: makes the adapter of the layer, `rank` and `alpha`.
            bias: whether the layer has one.

        Returns:
            What is seen, by name. Where `A` and `B` aren't as they should be, it ends with them.
        """
        generator = torch.Generator().manual_seed(seed)
        linear = nn.Linear(x.shape[-1], d_out, bias=bias).to(x.dtype)
        _draw(linear.parameters(), generator)
        module = answer(linear, rank, alpha)
        d_in, kind = x.shape[-1], str(x.dtype).removeprefix("torch.")
        own = {"A": (rank, d_in), "B": (d_out, rank)}
        told = {name: _in_words(getattr(module, name, None)) for name in own}
        of_linear = {f"linear.{name}": _in_words(w) for name, w in linear.named_parameters()}
        seen: dict[str, Any] = {
            "keeps linear": getattr(module, "linear", None) is linear,
            "parameters": told | of_linear,
        }
        if told != {name: f"{shape}, {kind}, trained" for name, shape in own.items()}:
            return seen
        A, B = module.A, module.B
        other = answer(nn.Linear(d_in, d_out, bias=bias).to(x.dtype), rank, alpha)
        seen |= {
            "A at first": _how_drawn(A, other.A),
            "B at first": "0" if not bool(B.any()) else "other than 0",
            "before a step": "linear(x)" if _alike(module(x), linear(x)) else "another result",
        }
        _draw([A, B, *linear.parameters()], generator)
        x = x.detach().clone().requires_grad_()
        result = module(x)
        goal = torch.randn(result.shape, generator=generator).to(x.dtype)
        names = ("A", "B", "x")
        slopes = _slopes((result * goal).sum(), [A, B, x])
        seen["after steps"] = result.detach().clone()
        seen["gradients"] = dict(zip(names, slopes, strict=True))
        return seen | _merged(module, linear, x.detach())


CUT_OFF = "none: PyTorch can't follow the result back"
"""What `slopes` says where there are none."""


def _draw(weights: Iterable[Tensor], generator: torch.Generator) -> None:
    with torch.no_grad():
        for weight in weights:
            weight.copy_(torch.randn(weight.shape, generator=generator) / 2)


def _slopes(total: Tensor, leaves: list[Tensor]) -> list[Tensor]:
    if not total.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    found = torch.autograd.grad(total, leaves, allow_unused=True)
    return [
        torch.zeros_like(leaf) if slope is None else slope
        for leaf, slope in zip(leaves, found, strict=True)
    ]


def _in_words(weight: Any) -> str:
    if not isinstance(weight, nn.Parameter):
        return f"no nn.Parameter, type {type(weight).__name__}"
    kind = str(weight.dtype).removeprefix("torch.")
    return f"{tuple(weight.shape)}, {kind}, {'trained' if weight.requires_grad else 'frozen'}"


def _alike(one: Any, other: Tensor) -> bool:
    close = 1e-2 if other.dtype == torch.bfloat16 else 1e-5
    same_kind = isinstance(one, Tensor) and (one.shape, one.dtype) == (other.shape, other.dtype)
    return same_kind and torch.allclose(one, other, close, close)


def _how_drawn(one: Tensor, other: Tensor) -> str:
    """Of two layers' `A`, large enough that chance doesn't make them alike."""
    if one.numel() > 1 and len(one.unique()) == 1:
        return f"{one.flatten()[0]:.3g} everywhere"
    return "random" if not torch.equal(one, other) else "the same in two layers"


def _merged(module: Any, linear: nn.Linear, x: Tensor) -> dict[str, Any]:
    """What becomes of an adapter that is merged, and of what it's merged into."""

    def state() -> dict[str, Any]:
        with torch.no_grad():
            weights = {name: w.clone() for name, w in module.named_parameters()}
            flags = {f"{n}.requires_grad": w.requires_grad for n, w in module.named_parameters()}
            modes = {"training": module.training, "linear": module.linear is linear}
            return {"results": module(x), **weights, **flags, **modes}

    before = state()
    merged = module.merged()
    after = state()
    told: dict[str, Any] = {
        "merged() gives": "an nn.Linear" if isinstance(merged, nn.Linear) else type(merged).__name__
    }
    if not isinstance(merged, nn.Linear):
        return told
    told["merged() changes"] = ", ".join(_changed(before, after)) or "nothing"
    told["merged has"] = ", ".join(
        f"{name} {tuple(weight.shape)} {str(weight.dtype).removeprefix('torch.')}"
        for name, weight in merged.named_parameters()
    )
    with torch.no_grad():
        result = merged(x).clone()
        for weight in linear.parameters():
            weight.fill_(math.nan)
        again = merged(x)
    shared = "no memory" if torch.equal(result, again) else "memory with linear"
    return told | {"merged(x)": result, "merged shares": shared}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of what is another thing after, or is there only before or after."""

    def is_same(one: Any, other: Any) -> bool:
        return torch.equal(one, other) if isinstance(one, Tensor) else one == other

    both = before.keys() & after.keys()
    return sorted(
        name
        for name in before.keys() | after.keys()
        if name not in both or not is_same(before[name], after[name])
    )
