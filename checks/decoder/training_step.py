"""A training step: what often goes wrong, and hidden cases, with a model to train."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from checks.check import all_of
from checks.compare import same
from checks.decoder.exercise import EXERCISE
from checks.decoder.next_token_loss import TOO_SHORT
from checks.sampling import a_seed
from checks.seen import Predicate, says
from helpers.trainee import OPTIMIZERS, Trainee
from reference.training import next_token_loss, training_step

LOSSES, KIND = "losses that came back, step by step", "what comes back"
RAN_IN, LEFT_IN = "mode in which the model ran", "mode in which the model is left"
STEPS, WEIGHTS = "steps that the optimizer made", "weights after that"
_MODES = {True: "training mode", False: "evaluation mode"}
_ANY_MODE = "training mode, or as it was found"


def norm(weights: Sequence[Tensor], p: float = 2.0) -> Tensor:
    """The norm of all gradients together."""
    return torch.cat([w.grad.flatten() for w in weights if w.grad is not None]).norm(p)


def scale(weights: Sequence[Tensor], by: Any) -> None:
    """Multiply all gradients."""
    for weight in weights:
        if weight.grad is not None:
            weight.grad *= by


def _training_step(model: Any, optimizer: Any, tokens: Tensor, max_norm: float = 1.0) -> float:
    weights = list(model.parameters())
    clip = nn.utils.clip_grad_norm_
    n = tokens.shape[1]  # noqa: F841  (edits use it)
    model.train()
    optimizer.zero_grad()
    logits = model(tokens)
    loss = next_token_loss(logits, tokens)
    loss.backward()
    clip(weights, max_norm)
    optimizer.step()
    return float(loss.item())


def _trainee(answer: Any, **fields: Any) -> Any:
    """A `Trainee` in the process of the answer.

    Indexing the answer takes a copy there, which gives itself to `made`, and then fails.
    """
    made: list[Any] = []
    trainee = Trainee(**fields, hand_over=made.append)
    with contextlib.suppress(TypeError):
        answer[trainee]
    return made[-1]


def _run_step(
    answer: Any,
    tokens: Tensor,
    vocab_size: int,
    seed: int,
    optimizer: str = "plain",
    steps: int = 1,
    training: bool = True,
    partly_frozen: bool = False,
    **max_norm: float,
) -> Any:
    """What `steps` training steps on the same tokens give, and how they leave the model."""
    trainee = _trainee(
        answer, seed=seed, vocab_size=vocab_size, kind=optimizer, training=training,
        partly_frozen=partly_frozen,
    )  # fmt: skip
    model, made = trainee.model, trainee.optimizer
    results = [answer(model, made, tokens, **max_norm) for _ in range(steps)]
    if results[0] is None:
        return None
    left_in, ran_in = model.training, {_MODES[bool(mode)] for mode in model.modes}
    return {
        RAN_IN: " and ".join(sorted(ran_in)),
        KIND: _kind(results[0]),
        LOSSES: [_number(result) for result in results],
        STEPS: made.n_steps,
        WEIGHTS: dict(model.state_dict()),
        LEFT_IN: _ANY_MODE if left_in in (True, training) else _MODES[left_in],
    }


def _kind(result: Any) -> str:
    if isinstance(result, float | np.floating):
        return "a float"
    return "a tensor" if isinstance(result, Tensor) else f"a value of type {type(result).__name__}"


def _number(result: Any) -> Any:
    with contextlib.suppress(Exception):
        return float(result.detach() if isinstance(result, Tensor) else result)
    return result


def _differ(key: str, is_so: Callable[[Any, Any], Any] = lambda got, right: True) -> Predicate:
    return lambda got, right, *_, **__: (
        not same(got[key], right[key]) and bool(is_so(got[key], right[key]))
    )


_ADD_UP = "gradients add up, so set them to zero before backward: optimizer.zero_grad()"
_ORDER = "call backward first, which makes the gradients, then cut their norm, and step() last"
_CUT = "where the norm of all gradients together is above max_norm, scale all down alike, by "
_CUT += "max_norm / norm: nn.utils.clip_grad_norm_(model.parameters(), max_norm)"
_MODE = "call model.train() first, which switches all layers inside, too"
_LOSS = "take next_token_loss(model(tokens), tokens), which does the shift itself"
_FLOAT = "return the loss that was computed before the step as a float: loss.item()"

_CLIP = "clip(weights, max_norm)"
_OTHER_CUTS = {
    "pass": "the optimizer makes its step with gradients that are not clipped (there is no "
    "clipping, or it comes before backward or after the step)",
    "[clip(w, max_norm) for w in weights]": "the gradient of each parameter is cut by itself",
    "nn.utils.clip_grad_value_(weights, max_norm)": "each number is cut by itself (clip by value)",
    "scale(weights, max_norm / norm(weights))": "the gradients are scaled to max_norm always, up "
    "too",
    "scale(weights, 1 / norm(weights) if norm(weights) > max_norm else 1)": "a large norm is cut "
    "to 1, whatever max_norm is",
    "scale(weights, (max_norm / norm(weights) ** 2).clamp(max=1))": "the sum of squares is taken "
    "for the norm (the root is missing)",
    "scale(weights, (max_norm / sum(norm([w]) for w in weights if w.grad is not None)).clamp(max=1)"
    ")": "the norms of the parameters' gradients are added up, but only their squares add up",
    "clip(weights, max_norm, 1.0)": "the absolute values are added up (L1 norm)",
    "clip(weights, max_norm, float('inf'))": "the largest gradient is taken for the norm",
    "clip(optimizer.param_groups[0]['params'], max_norm)": "only the optimizer's first group of "
    "parameters is cut",
    "[clip(g['params'], max_norm) for g in optimizer.param_groups]": "each group of parameters is "
    "cut by itself",
}

_check_training_step = EXERCISE.check(
    "training_step",
    arguments=("tokens", "vocab_size", "seed"),
    reference=training_step,
    text=[_training_step],
    procedure=_run_step,
    expects="in training mode, the gradients of next_token_loss(model(tokens), tokens), their norm "
    "cut to max_norm, and one step of the optimizer for each call; the loss before the step, a "
    "float, comes back (here: with a small model of the test's own)",
    wrong={
        _ADD_UP: {
            "optimizer.zero_grad() -> pass": "the gradients of earlier steps count, too (zero_grad "
            "is missing)",
        },
        _ORDER: {
            (
                "loss.backward() -> pass",
                "clip(weights, max_norm) -> optimizer.zero_grad(False)",
            ): "there are no gradients when the optimizer makes its step (backward is missing or "
            "comes after it, zero_grad comes between, or the loss is made anew by torch.tensor(…), "
            "which knows nothing of the model)",
            "optimizer.step() -> pass; optimizer.zero_grad() -> optimizer.step(), "
            "optimizer.zero_grad()": "the step comes before backward, with the gradients of the "
            "step before",
            "optimizer.step() -> pass": "the optimizer makes no step",
        },
        _CUT: {
            **{f"{_CLIP} -> {other}": text for other, text in _OTHER_CUTS.items()},
            (f"{_CLIP} -> scale(weights, max_norm)", f"{_CLIP} -> scale(weights, 1 / max_norm)"): (
                "the gradients are multiplied or divided by max_norm, whatever their norm is"
            ),
            (
                "loss = next_token_loss(logits, tokens).clamp(max=max_norm)",
                "loss.backward() -> loss.clamp(max=max_norm).backward()",
            ): "the loss is cut, not the gradients",
            "clip(weights, max_norm) -> pass; optimizer.step() -> optimizer.step(), "
            "[w.data.clamp_(-max_norm, max_norm) for w in weights]": "the weights are cut, not the "
            "gradients",
        },
        "cut the norm to the max_norm that is given, 1.0 where none is": {
            tuple(
                f"{_CLIP} -> clip(weights, {most})" for most in (1.0, 0.1, 0.5, 5.0)
            ): "max_norm is ignored",
            tuple(
                f"=1.0 -> ={most}" for most in (0.1, 0.5, 2.0, 5.0, 10.0, "float('inf')")
            ): "the default of max_norm is another",
        },
        _MODE: {
            "model.train() -> model.eval()": "the model runs in evaluation mode",
            ("model.train() -> pass", "model.train() -> model.training = True"): "the model runs "
            "in the mode in which it is found",
        },
        "leave it in training mode, or as it was found": {
            "return model.eval() and loss.item()": "the model is left in evaluation mode",
        },
        _LOSS: {
            (
                "loss = F.cross_entropy(logits.flatten(0, 1), tokens.flatten())",
                "loss = next_token_loss(logits[:, 1:], tokens[:, :-1])",
            ): "each position is compared with its own token (no shift)",
            "loss = next_token_loss(logits[:, :-1], tokens[:, 1:])": "the shift is made twice",
            "logits = model(tokens[:, 1:]); loss = F.cross_entropy(logits.flatten(0, 1), "
            "tokens[:, :-1].flatten())": "the shift goes the wrong way",
            (
                "loss = next_token_loss(logits, tokens) * (n - 1)",
                "loss = next_token_loss(logits, tokens) * tokens[:, 1:].numel()",
            ): "the losses are added up instead of averaged",
            tuple(
                f"loss = next_token_loss(logits, tokens) {by}"
                for by in ("* len(tokens)", "/ len(tokens)", "/ n")
            ): "the loss is multiplied or divided by a size once more",
            "loss = next_token_loss(logits[:1], tokens[:1])": "only the first sequence counts",
            "loss = next_token_loss(logits[:, -2:], tokens[:, -2:])": "only the last prediction "
            "counts",
            "loss = next_token_loss(logits.softmax(-1), tokens)": "a softmax comes before "
            "next_token_loss, which takes logits",
        },
        "let the weights follow the loss down, with one backward and one step a call": {
            "loss.backward() -> (-loss).backward()": "the sign is wrong, so that the loss grows",
            "loss.backward() -> loss.backward(retain_graph=True), loss.backward()": "backward "
            "is called twice, so that each gradient counts twice",
            "optimizer.step() -> optimizer.step(), optimizer.step()": "the optimizer makes its "
            "step twice",
        },
        _FLOAT: {
            ("return loss", "return loss.detach()"): "a tensor comes back",
            "return next_token_loss(model(tokens), tokens).item()": "the loss after the step comes "
            "back",
            "return loss.item() * tokens[:, 1:].numel()": "the sum over all predictions comes back",
            "return loss.exp().item()": "the perplexity comes back, exp of the loss",
            "return norm(weights).item()": "the norm of the cut gradients comes back",
            "clip(weights, max_norm) -> size = clip(weights, max_norm); return size.item()": "the "
            "norm of the gradients comes back, which clip_grad_norm_ gives",
            tuple(f"return round(loss.item(), {digits})" for digits in range(5)): "the loss is "
            "rounded",
        },
    },
    seen={
        "a parameter without a gradient (None) is not skipped: the loss need not depend on every "
        "parameter": says("NoneType"),
        "the loss can't be followed back to the weights: it must not be cut off before backward by "
        "torch.no_grad(), item(), detach() or NumPy": says(
            "does not require grad", "'float' object has no attribute 'backward'", "inference"
        ),
        "a model is no list of parameters: write model.parameters()": says(
            "SmallLM' object is not iter"
        ),
        "backward is called twice on one loss: call it once in each step": says("a second time"),
        "next_token_loss takes the logits first, and the tokens are whole numbers: "
        "next_token_loss(model(tokens), tokens)": says("'Long'", "Long"),
        "the tokens are shifted before next_token_loss, which does the shift itself and finds too "
        "few": lambda got, right, tokens, *_, **__: (
            "ValueError" in got.kinds and isinstance(right, dict) and tokens.shape[1] == 2
        ),
        f"a tensor comes back: {_FLOAT}": _differ(KIND, lambda got, right: got == "a tensor"),
        f"something else than a number comes back: {_FLOAT}": _differ(KIND),
        f"the model runs in evaluation mode: {_MODE}": _differ(RAN_IN),
        "the optimizer that is given makes no step: call optimizer.step() once": _differ(
            STEPS, lambda got, right: got == 0
        ),
        "the optimizer makes more than one step a call: call optimizer.step() once, with the mean "
        "over all sequences": _differ(STEPS, lambda got, right: got > right),
        "the optimizer makes a step in some calls only": _differ(STEPS),
        "the model is left in evaluation mode, though it was found in training mode": (
            _differ(LEFT_IN)
        ),
        f"another number than the loss comes back: {_LOSS}, and take it before the step": _differ(
            LOSSES, lambda got, right: not same(got[0], right[0])
        ),
        "weights change that are not to be trained: leave the change to the optimizer": _differ(
            WEIGHTS, lambda got, right: not same(got.get("frozen"), right.get("frozen"))
        ),
        "the loss is right, and the weights are not after the step: see which gradients there are "
        f"when it is made. {_ORDER}": _differ(WEIGHTS),
    },
)


def check_training_step(answer: Any, tokens: Tensor, vocab_size: int, **more: Any) -> Any:
    """A step on `tokens` `(batch, n)`, or several, with a small model of so many tokens.

    `max_norm` is passed on where it is given; the rest of `more` is as `_run_step` has it.
    """
    return _check_training_step(answer, tokens, vocab_size, a_seed(), **more)


def check_step_too_short(answer: Any, batch: int, n: int, vocab_size: int = 5) -> None:
    """Check that tokens `(batch, n)`, `n` below 2, are refused."""
    _check_training_step.raises(
        answer,
        ValueError,
        torch.randint(vocab_size, (batch, n)),
        vocab_size,
        a_seed(),
        says=TOO_SHORT,
        why="a prediction needs a token that comes next, so n must be at least 2",
    )


def _steps(*sizes: tuple[int, int, int], **more: Any) -> Callable[[Any], Any]:
    """Cases of batch, n and vocab_size."""
    return lambda f: [
        check_training_step(f, torch.randint(v, (batch, n)), v, **more) for batch, n, v in sizes
    ]


EXERCISE.cases["training_step"] = {
    "the loss of model on tokens (batch, n), before the step, a float": all_of(
        _steps((3, 5, 7), (1, 9, 4), (4, 4, 4), (5, 2, 3), max_norm=1e6),
        lambda f: check_training_step(f, torch.randint(5, (6, 3)).mT, 5),
    ),
    "in training mode (left so, or as it was found)": all_of(
        _steps((2, 6, 5), training=False), _steps((3, 3, 6), steps=2, training=False)
    ),
    "gradients of earlier steps don't count": _steps((2, 5, 6), (3, 4, 5), steps=3, max_norm=1e6),
    "parameters without a gradient are skipped": all_of(
        *(_steps((3, 4, 5), optimizer=o, steps=2, partly_frozen=True) for o in OPTIMIZERS)
    ),
    "the norm of all gradients together is cut to max_norm": all_of(
        *(_steps((2, 5, 6), (3, 3, 4), max_norm=most) for most in (0.3, 2.0)),
        _steps((2, 5, 6), steps=2),
        _steps((3, 4, 5), (2, 6, 4), steps=2, max_norm=1e4),
    ),
    "optimizer makes its step once": all_of(
        *(_steps((3, 5, 6), optimizer=o, steps=3, max_norm=0.7) for o in OPTIMIZERS)
    ),
    "its ValueError for n < 2": all_of(
        lambda f: check_step_too_short(f, 3, 1), lambda f: check_step_too_short(f, 1, 1)
    ),
}
