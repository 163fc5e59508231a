"""A small language model and its optimizer, which the tests of a training step train."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

D_MODEL = 6


@dataclass(eq=False)
class Trainee:
    """A `model` and its `optimizer`, in the process of the code that is to train them.

    Gradients don't cross from one process to another. A locked cell imports this class, so that
    where a test in another process passes one, it is made anew from its fields there, and gives
    itself to `hand_over`: by that the test gets hold of it.

    Args:
        seed: decides the weights.
        vocab_size: how many tokens the model knows.
        kind: of optimizer, one of `OPTIMIZERS`.
        training: the mode in which the model is found.
        partly_frozen: whether it also has weights that don't change, used and not.
        hand_over: is called with this object.
    """

    seed: int
    vocab_size: int
    kind: str
    training: bool
    partly_frozen: bool
    hand_over: Callable[[Any], None]

    def __post_init__(self) -> None:
        generator = torch.Generator().manual_seed(self.seed)
        model = SmallLM(self.vocab_size, generator, self.partly_frozen)
        self.model = model.train(self.training)
        self.optimizer = OPTIMIZERS[self.kind](self.model)
        self.hand_over(self)


class SmallLM(nn.Module):
    """Position `i` predicts from the mean of the embeddings of tokens 0 to `i`.

    Attributes:
        modes: whether it was in training mode, call by call.
    """

    def __init__(self, vocab_size: int, generator: torch.Generator, partly_frozen: bool) -> None:
        super().__init__()

        def weight(*shape: int, requires_grad: bool = True) -> nn.Parameter:
            numbers = torch.randn(shape, generator=generator)
            return nn.Parameter(numbers, requires_grad=requires_grad)

        if partly_frozen:
            self.unused = weight(3)
            self.frozen = weight(vocab_size, requires_grad=False)
        self.embedding = weight(vocab_size, D_MODEL)
        self.mixed = weight(D_MODEL, D_MODEL)
        self.dropout = _SameDropout()
        self.output = weight(D_MODEL, vocab_size)

    @property
    def modes(self) -> list[bool]:
        return self.dropout.modes

    def forward(self, tokens: Tensor) -> Tensor:
        """Shapes: `tokens` `(..., n)`; gives logits `(..., n, vocab_size)`."""
        n_seen = torch.arange(1, tokens.shape[-1] + 1)[:, None]
        mean = self.embedding[tokens].cumsum(-2) / n_seen
        logits = self.dropout(mean @ self.mixed) @ self.output
        return logits + self.frozen if hasattr(self, "frozen") else logits


class _SameDropout(nn.Module):
    """In training mode every other feature is dropped, and always the same ones."""

    def __init__(self) -> None:
        super().__init__()
        self.modes: list[bool] = []

    def forward(self, x: Tensor) -> Tensor:
        self.modes.append(self.training)
        kept = 2.0 * (torch.arange(x.shape[-1]) % 2)
        return x * kept if self.training else x


class Descent(torch.optim.Optimizer):
    """As `torch.optim.SGD`, and it counts: `n_steps`.

    What `Optimizer` does at first imports 800 modules, for which each submission would wait.
    """

    def __init__(
        self, *groups: tuple[float, Iterable[nn.Parameter]], momentum: float = 0.0
    ) -> None:
        self.param_groups = [{"lr": lr, "params": [*weights]} for lr, weights in groups]
        self.defaults, self.state = {}, defaultdict(dict)
        self.momentum, self.n_steps = momentum, 0

    def zero_grad(self, set_to_none: bool = True) -> None:
        for weight in (w for group in self.param_groups for w in group["params"]):
            weight.grad = None if set_to_none or weight.grad is None else 0 * weight.grad

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        with torch.enable_grad():
            loss = None if closure is None else closure()
        for group in self.param_groups:
            for weight in (w for w in group["params"] if w.grad is not None):
                before = self.state[weight].get("velocity", 0.0)
                velocity = self.state[weight]["velocity"] = self.momentum * before + weight.grad
                weight -= group["lr"] * velocity
        self.n_steps += 1
        return loss


def _two_groups(model: nn.Module) -> Descent:
    rest = dict(model.named_parameters())
    output = rest.pop("output")
    return Descent((0.2, [output]), (0.05, rest.values()))


OPTIMIZERS: dict[str, Callable[[nn.Module], Descent]] = {
    "plain": lambda model: Descent((0.1, model.parameters())),
    "with momentum": lambda model: Descent((0.1, model.parameters()), momentum=0.8),
    "with two groups": _two_groups,
}
