"""Modules that learners write: parameters are loaded into them, and what is amiss is said."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor, nn

from checks.compare import Amiss, same
from checks.seen import Predicate, comes_back

State = Mapping[str, Tensor]


@dataclass(frozen=True)
class Parameters:
    """Parameters by name, and what to call them in a message."""

    state: State
    called: str = "random ones"

    def __repr__(self) -> str:
        return self.called


@dataclass(frozen=True, repr=False)
class OtherParameters(Amiss):
    """The parameters of a module where they are not those that the contract names."""

    missing: list[str]
    unasked: list[str]
    misshaped: list[str]

    @property
    def problem(self) -> str:  # type: ignore[override]
        found = {
            "has no parameter named": self.missing,
            "has a parameter that it shouldn't have:": self.unasked,
            "has a parameter of another shape:": self.misshaped,
        }
        text = (f"{w} {', '.join(n[:4])}" + " …" * (len(n) > 4) for w, n in found.items() if n)
        return "your module " + "; ".join(text)


class OtherInTraining(Amiss):
    """A module that gives another result in training mode."""

    problem = "your module gives another result in training mode than in evaluation mode"


_EXACT: WeakSet[Any] = WeakSet()
"""Answers that have made a module with the parameters that were asked for, and nothing besides."""


def run(answer: Any, module: Any, state: State, x: Tensor) -> Any:
    """`module(x)` with the parameters of `state`, or an `OtherParameters` or `OtherInTraining`.

    Where `x` is bfloat16, so are the parameters. More buffers of the module's own are let be. How
    the first module of an `answer` looks takes six questions to the answer's process. Loading into
    others is strict, and only where that fails they are looked at, too.
    """
    half = x.dtype == torch.bfloat16
    given = {name: value.to(x.dtype) if half else value for name, value in state.items()}
    # With assign=True parameters take over the dtype, and buffers don't.
    is_loaded = False
    if answer in _EXACT:
        with contextlib.suppress(Exception):
            module.load_state_dict(given, assign=half)
            is_loaded = True
    if not is_loaded:
        if other := _other_parameters(answer, module, state):
            return other
        module.load_state_dict(given, strict=False, assign=half)
    module.eval()
    result = module(x)
    module.train()
    return result if same(module(x), result) else OtherInTraining()


def _other_parameters(answer: Any, module: Any, state: State) -> OtherParameters | None:
    """What is amiss with the parameters of a module that an answer has made, if anything is."""
    buffers = {name for name, _ in module.named_buffers()}
    held = {n: tuple(v.shape) for n, v in module.state_dict().items()}
    own = {n: shape for n, shape in held.items() if n not in buffers}
    asked = {n: tuple(v.shape) for n, v in state.items()}
    missing, unasked = ([n for n in a if n not in b] for a, b in ((asked, own), (own, asked)))
    misshaped = [f"{n} {own[n]} instead of {s}" for n, s in asked.items() if own.get(n, s) != s]
    if missing or unasked or misshaped:
        return OtherParameters(missing, unasked, misshaped)
    if held == asked:
        _EXACT.add(answer)
    return None


def at_random(module: nn.Module) -> Parameters:
    """Parameters for `module` for which every part of it matters: none is 0 or near 1, and
    activations keep an ordinary size."""
    return Parameters(
        {
            name: 1.0 + 0.5 * torch.randn(value.shape)
            if value.dim() == 1
            else torch.randn(value.shape) / math.sqrt(value.shape[-1])
            for name, value in module.state_dict().items()
        }
    )


def parameters(is_so: Callable[[OtherParameters], Any]) -> Predicate:
    """Other parameters than asked for, and they are so."""
    return lambda got, *args, **kwargs: isinstance(got, OtherParameters) and bool(is_so(got))


def unasked(*ends: str) -> Predicate:
    """A parameter too many whose name ends so."""
    return parameters(lambda got: any(name.endswith(ends) for name in got.unasked))


misshaped = parameters(lambda got: got.misshaped)
only_missing = parameters(lambda got: got.missing and not got.unasked)
renamed = parameters(lambda got: got.missing and got.unasked)

NO_SUPER = {
    "": {"super().__init__() -> pass": "super().__init__() is missing: call it first in __init__"}
}
IN_TRAINING = {
    "in training mode the result is another: drop nothing out (dropout), and draw nothing at "
    "random": comes_back(OtherInTraining),
}
BIASED = {"a layer has a bias: make all nn.Linear layers without (bias=False)": unasked("bias")}
OTHER_NAMES = {
    "the parameters are not those that are asked for: their names come from the attributes that "
    "you assign in __init__, so name each as asked, and register no "
    "others": comes_back(OtherParameters),
}
