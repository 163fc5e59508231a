"""Training a language model: the loss, the start, the loop, and how well it predicts a text.

`train` works with any module that gives logits `(batch, n, vocab_size)` for tokens `(batch, n)`.
All that training is stands in `training_step`: predict each next token, follow the gradient a
little. The rest draws windows from the text, chooses how far a step goes and shows how it goes on.
"""

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from numbers import Real

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

BATCH, CONTEXT = 16, 64
"""Windows a step, and tokens a window."""
LEARNING_RATE = 6e-3
WARM_UP = 0.25
"""The part of the steps in which the learning rate rises."""
WRITE_AFTER = (0.0, 0.5, 1.0)
"""After which parts of the steps `train` has the model write."""
NO_GOAL = -100
"""Stands for a token that is not to be predicted; PyTorch's cross-entropy takes it for that."""
ADDS_TO_THE_STREAM = ("W_o.weight", "W_down.weight", "W_2.weight")
"""How the names end of matrices whose result is added to the residual stream."""


def next_token_loss(logits: Tensor, tokens: Tensor) -> Tensor:
    """The mean of `-ln p`, in nats, over every token that has a predecessor.

    Shapes: `logits` `(..., n, vocab_size)`, `tokens` `(..., n)`; gives a scalar. The logits at
    position `i` predict the token at `i + 1`, so that the last ones predict nothing that is known.

    Raises `ValueError` where there is nothing to predict, and where the shapes don't fit.
    """
    if logits.shape[:-1] != tokens.shape:
        raise ValueError(
            f"logits has shape {tuple(logits.shape)}; it must be that of tokens, "
            f"{tuple(tokens.shape)}, and then vocab_size"
        )
    if tokens.shape[-1] < 2:
        raise ValueError(f"tokens has n = {tokens.shape[-1]}; there must be two at least")
    return F.cross_entropy(logits[..., :-1, :].flatten(0, -2), tokens[..., 1:].flatten())


def training_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, tokens: Tensor, max_norm: float = 1.0
) -> float:
    """One step of gradient descent on `tokens`; gives their loss before it, in nats a token.

    Where the norm of all gradients together is larger than `max_norm`, they are scaled down to it.
    The model is left in training mode, with the gradients of this step.

    Shapes: `tokens` `(batch, n)`. Raises `ValueError` as `next_token_loss` does.
    """
    model.train()
    loss = next_token_loss(model(tokens), tokens)
    model.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


def initialise(model: nn.Module) -> None:
    """Random matrices so small that every next token is about equally likely.

    Normal weights of deviation 0.02, smaller by `√n` where one of `n` matrices adds to the residual
    stream: `W_o` and `W_down` (Radford et al. 2019, section 2.3). Biases are 0, and the weights of
    norms stay. The loss then starts near `ln vocab_size`.
    """
    weights = dict(model.named_parameters())
    n_adding = sum(name.endswith(ADDS_TO_THE_STREAM) for name in weights)
    for name, weight in weights.items():
        if weight.dim() >= 2:
            adds = name.endswith(ADDS_TO_THE_STREAM)
            nn.init.normal_(weight, std=0.02 / math.sqrt(n_adding) if adds else 0.02)
        elif name.endswith("bias"):
            nn.init.zeros_(weight)


@dataclass(repr=False)
class History:
    """How a training went.

    Attributes:
        steps: the number of each step, from 1.
        losses: the loss of each step on its own windows, before the step changed the weights.
        texts: what the model wrote, as (after how many steps, text).
        seconds: how long it took, what was written and drawn included.
    """

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0

    def half_way(self) -> float:
        """After which part of the steps, from 0 to 1, half of the fall of the loss was done.

        Means of ten steps are looked at; 1 where the loss has not fallen. Raises `ValueError` where
        there were no steps.
        """
        if not self.losses:
            raise ValueError("there are no losses: nothing has been trained")
        width = min(10, len(self.losses))
        means = torch.tensor(self.losses).unfold(0, width, 1).mean(dim=-1)
        half = (self.losses[0] + means[-1]) / 2
        below = (means <= half).nonzero()
        return (int(below[0]) + width // 2) / len(self.losses) if len(below) else 1.0

    def __repr__(self) -> str:
        if not self.steps:
            return "History of 0 steps"
        return (
            f"History of {len(self.steps)} steps: loss {self.losses[0]:.2f} to "
            f"{self.losses[-1]:.2f} in {self.seconds:.0f} s"
        )


def train(
    model: nn.Module,
    ids: Tensor,
    step: Callable[[nn.Module, torch.optim.Optimizer, Tensor], float] = training_step,
    *,
    n_steps: int,
    batch: int = BATCH,
    context: int = CONTEXT,
    learning_rate: float = LEARNING_RATE,
    warm_up: float = WARM_UP,
    weight_decay: float = 0.1,
    write: Callable[[], str] | None = None,
    seed: int = 0,
) -> History:
    """Train `model` to predict the next token of windows drawn at random from a text.

    AdamW (Loshchilov & Hutter 2019); the learning rate rises in a line, then falls in half a cosine
    to 0. A picture in place shows the loss, the time left and what `write` gave. Interrupting (■
    in JupyterLab, Ctrl+C on a terminal) ends training early: the model keeps what it has learned.

    Args:
        model: gives logits `(batch, n, vocab_size)` for tokens `(batch, n)`; it is changed.
        ids: the tokens of the text, `(n_tokens,)`.
        step: changes the model by an optimizer and windows; gives the loss before, in nats a token.
        n_steps: how many times the weights change; the variable `TRAINING_STEPS` caps it.
        batch: windows a step.
        context: tokens a window; the model will be no good with longer texts.
        learning_rate: at the end of the warm-up.
        warm_up: the part of the steps in which the learning rate rises.
        weight_decay: how strongly matrices are drawn to 0; vectors, such as norms', are not.
        write: a text by the model as it is, made before training, halfway, and at its end.
        seed: decides which windows are drawn.

    Returns:
        What happened. The model is left without gradients, in the mode in which it was found.

    Raises:
        ValueError: the text is shorter than a window, no weight can change, or the loss is NaN.
        TypeError: `step` gave something else than a number.
    """
    if len(ids) < context:
        raise ValueError(f"ids has {len(ids)} tokens; a window alone takes context = {context}")
    n_steps = _capped(n_steps)
    optimizer = _adamw(model, weight_decay)
    starts = torch.Generator().manual_seed(seed)

    def losses() -> Iterator[float]:
        for n_done in range(n_steps):
            first = torch.randint(len(ids) - context + 1, (batch, 1), generator=starts)
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * schedule(n_done, n_steps, warm_up)
            yield step(model, optimizer, ids[first + torch.arange(context)])

    with _Watch(model, n_steps, write) as shown:
        shown.guess(ids)
        shown.follow(losses())
    return shown.history


def watch(
    model: nn.Module,
    losses: Iterable[float],
    *,
    n_steps: int,
    write: Callable[[], str] | None = None,
) -> History:
    """Show a training as `train` does while it goes on, for one that draws its own batches.

    Args:
        model: what is trained.
        losses: gives the loss before each step, in nats a token, and takes the step.
        n_steps: how many there will be; the variable `TRAINING_STEPS` caps it.
        write: as in `train`.

    Returns:
        What happened. The model is left without gradients, in the mode in which it was found.

    Raises:
        ValueError: the loss is NaN or infinite.
        TypeError: it is no number.
    """
    n_steps = _capped(n_steps)
    with _Watch(model, n_steps, write) as shown:
        shown.follow(islice(losses, n_steps))
    return shown.history


def schedule(step: int, n_steps: int, warm_up: float = WARM_UP) -> float:
    """The part of the learning rate at `step`, from 0: up in a line, down in half a cosine.

    `warm_up` is the part of the steps in which it rises.
    """
    rising = max(1, round(warm_up * n_steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / (n_steps - rising)))


@torch.no_grad()
def bits_per_character(
    model: nn.Module, tokenizer: Tokenizer, text: str, context: int = CONTEXT
) -> float:
    """How many bits the model needs for a character of `text`: the lower, the better it predicts.

    The cross-entropy of all tokens but the first, over the characters of the text. Unlike nats a
    token, it compares models of different tokenizers.

    Windows of `context` tokens overlap by half: every token is predicted once, from half a window
    or more as soon as there is that much. The model is left in the mode in which it was found.

    Raises `ValueError` for a text of fewer than two tokens.
    """
    ids = torch.tensor(tokenizer.encode(text).ids)
    if len(ids) < 2:
        raise ValueError(f"text has {len(ids)} tokens; there must be two at least")
    stride = context // 2
    # Enough behind the text to fill the last window; nothing before it sees that.
    padding = (context - len(ids)) % stride if len(ids) > context else context - len(ids)
    windows = F.pad(ids, (0, padding)).unfold(0, context, stride)
    goals = F.pad(ids, (0, padding), value=NO_GOAL).unfold(0, context, stride).clone()
    goals[1:, :-stride] = NO_GOAL  # the window before has predicted them
    nats = 0.0
    was_training = model.training
    model.eval()
    try:
        for some, their_goals in zip(windows.split(64), goals.split(64), strict=True):
            logits = model(some)[:, :-1].flatten(0, 1)
            right = their_goals[:, 1:].flatten()
            nats += F.cross_entropy(logits, right, ignore_index=NO_GOAL, reduction="sum").item()
    finally:
        model.train(was_training)
    return nats / math.log(2) / len(text)


class _Watch:
    """What is around the loop of `train`: the display, the texts, an interrupt, and tidying up."""

    def __init__(self, model: nn.Module, n_steps: int, write: Callable[[], str] | None) -> None:
        # The checks of exercise 7 import this module, and no pictures.
        from helpers.plotting.training import TrainingDisplay

        self.history = History()
        self._model, self._n_steps, self._write = model, n_steps, write
        self._write_after = {round(part * n_steps) for part in WRITE_AFTER}
        self._display = TrainingDisplay(n_steps)
        self._guessing: float | None = None
        self._was_training = model.training

    def __enter__(self) -> "_Watch":
        self._begin = time.monotonic()
        return self

    def guess(self, ids: Tensor) -> None:
        """Find out how much guessing costs."""
        self._model.eval()
        with torch.no_grad():
            self._guessing = math.log(self._model(ids[None, :2]).shape[-1])

    def follow(self, losses: Iterable[float]) -> None:
        """Note and show each step; have the model write before it has learned, and when due."""
        self._write_if_due(0)
        for n_done, loss in enumerate(losses):
            _check_loss(loss, n_done)
            self.history.steps.append(n_done + 1)
            self.history.losses.append(float(loss))
            self.history.seconds = time.monotonic() - self._begin
            self._display.update(self.history, self._guessing)
            self._write_if_due(n_done + 1)

    def _write_if_due(self, step: int) -> None:
        """Have the model write, if it is to after so many steps; then it trains on."""
        if self._write is not None and step in self._write_after:
            if step == 0:
                self._display.update(
                    self.history, self._guessing
                )  # the first text may take a while
            self._have_written(self._write)
        self._model.train()

    def _have_written(self, write: Callable[[], str]) -> None:
        self._model.eval()
        self.history.texts.append((len(self.history.steps), write()))
        self._display.update(self.history, self._guessing)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._model.zero_grad()
        self.history.seconds = time.monotonic() - self._begin
        try:
            if kind is not None and not issubclass(kind, KeyboardInterrupt):
                return False
            if kind is not None and self._write is not None:
                with contextlib.suppress(KeyboardInterrupt):  # ■ once more: no text either
                    self._have_written(self._write)
        finally:
            self._model.train(self._was_training)
        self._display.finish(self.history, self._guessing)
        if kind is not None:
            print(
                f"Interrupted after {len(self.history.steps)} of {self._n_steps} steps: "
                "what was learned is kept."
            )
        return True


def _check_loss(loss: object, n_done: int) -> None:
    if not isinstance(loss, Real):
        raise TypeError(
            f"step gave a {type(loss).__name__}: it must give the loss before the step, a float"
        )
    if not math.isfinite(loss):
        raise ValueError(
            f"the loss is {loss} after {n_done} steps: look at what the model computes, or "
            "try a smaller learning_rate"
        )


def _capped(n_steps: int) -> int:
    """`n_steps`, or what the environment variable `TRAINING_STEPS` allows, for tests."""
    cap = os.environ.get("TRAINING_STEPS", "")
    if cap and int(cap) < n_steps:
        print(f"TRAINING_STEPS is {cap}: {cap} steps instead of {n_steps}")
        return int(cap)
    return n_steps


def _adamw(model: nn.Module, weight_decay: float) -> torch.optim.AdamW:
    """AdamW for all weights that may change; only matrices decay."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    if not weights:
        raise ValueError("model has no weights that may change: model.requires_grad_(True)")
    matrices = [weight for weight in weights if weight.dim() >= 2]
    vectors = [weight for weight in weights if weight.dim() < 2]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.95),
        fused=True,
    )
