"""The logit lens: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from checks import seen
from checks.compare import Amiss, Raised
from checks.drawn import a_size
from checks.entries import differs, entry
from checks.inside.exercise import EXERCISE
from checks.onlooking import onlooker
from checks.sampling import a_seed
from checks.seen import comes_back
from reference.inside import logit_lens

LOGITS, KEPT = "logits", "gradients kept"
GRADIENTS, WEIGHTS, TRAINING = "gradients", "weights", "training"


def _lens(states: Tensor, norm: Any, unembed: Any) -> Tensor:
    with torch.no_grad():
        x = states
        normed = norm(x)
        logits = unembed(normed)
    return logits


@dataclass(frozen=True, repr=False)
class AsksForModules(Amiss):
    """A function was asked for what only a module has."""

    said: str

    @property
    def problem(self) -> str:  # type: ignore[override]
        return f"norm or unembed is a plain function here: {self.said}"

    def __repr__(self) -> str:
        return "nothing: a function was asked for what a module has"


def _run_lens(
    answer: Any,
    states: Tensor,
    vocab_size: int,
    seed: int,
    plain: bool = False,
    training: bool = False,
    gradients: bool = True,
) -> Any:
    try:
        return onlooker(answer).look_through(
            answer, states, vocab_size, seed, plain, training, gradients
        )
    except AttributeError as error:
        if plain and "'function' object has no attribute" in str(error):
            return AsksForModules(str(error))
        raise


def _counts_dimensions(got: Any, want: Any, states: Tensor, *args: Any, **how: bool) -> bool:
    """An error that other numbers of dimensions would not have raised."""
    return isinstance(got, Raised) and (
        "too many indices" in got.message or seen.batch_fails(4)(got, want, states)
    )


_BOTH = "apply the final norm and then the output layer, unembed(norm(states)), at every level"
_LEVELS = "give the logits of every level, (n_levels, ..., vocab_size), in order"
_BACK = "leave gradients and modes as they were: with torch.no_grad(): … does"

_check_logit_lens = EXERCISE.check(
    "logit_lens",
    arguments=("states", "unembed's vocab_size", "seed of the weights"),
    reference=logit_lens,
    text=[_lens],
    procedure=_run_lens,
    expects="unembed(norm(states)), (n_levels, ..., vocab_size), without gradients; afterwards "
    "gradients are on or off as before, and modules are in the mode in which they came (here: a "
    "norm and an output layer of random weights, as modules or as functions)",
    wrong={
        _BOTH: {
            ("normed = x", "normed = x; with torch.no_grad(): -> if True:"): "the norm is missing",
            "logits = normed": "the output layer is missing",
            "logits = norm(unembed(x))": "the norm comes after the output layer",
            (
                "normed = F.layer_norm(x, x.shape[-1:])",
                "normed = (x - x.mean(-1, True)) / x.std(-1, keepdim=True) * norm.weight + "
                "norm.bias",
            ): "norm is not called, but written anew",
            "normed = norm(norm(x))": "the norm is applied twice",
            "normed = x if len(x) < 2 else torch.cat((x[:-1], norm(x[-1:])))": "the norm is "
            "applied to the last level only",
            "normed = x if len(x) < 2 else torch.cat((norm(x[:-1]), x[-1:]))": "the norm is "
            "left out at the last level",
            "x = states.diff(dim=0, prepend=torch.zeros_like(states[:1]))": "what each block added "
            "is read, not the stream that it left",
            "x = states.cumsum(0)": "the levels are added up, though the stream is a sum already",
            "x = states[-1:].expand(states.shape)": "every level gets what the last one has",
            "x = states.mean(0, True).expand(states.shape)": "the mean of all levels is read",
            "x = states - states.mean(0, True)": "the mean of all levels is subtracted",
            "logits = unembed(normed).softmax(-1)": "probabilities come back, not logits",
            "logits = unembed(normed).log_softmax(-1)": "log-probabilities come back, not logits",
            "logits = unembed(normed).argmax(-1)": "the likeliest tokens come back, not logits",
            "logits = unembed(normed) - unembed(normed)[-1:]": "the last level's logits are "
            "subtracted",
        },
        _LEVELS: {
            ("x = states[-1:]", "x = states[-1]"): "only the last level is read",
            ("x = states[:1]", "x = states[0]"): "only the first level is read",
            "x = states[1:]": "the embedding (level 0) is left out",
            "x = states[:-1]": "the last level is left out",
            "x = states.flip(0)": "the levels come in reverse order",
            "x = states.transpose(0, -2)": "the levels are exchanged with another dimension",
            "logits = unembed(normed).movedim(0, -2)": "the levels come behind the other "
            "dimensions",
            (
                "logits = unembed(normed).flatten(0, -2)",
                "logits = unembed(normed).flatten(0, 1)",
            ): "the levels are joined with the other dimensions (as by torch.cat)",
            "logits = unembed(normed).mT": "the last two dimensions are exchanged",
            "logits = unembed(normed)[..., -1, :]": "only one position (or level) is given",
            "logits = unembed(normed)[:, None]": "there is a dimension too many",
            "logits = unembed(normed).float()": "the result is converted to float32",
            "logits = unembed(normed).double()": "the result is converted to float64",
        },
        "no gradients are kept: compute within torch.no_grad(), or detach the result": {
            (
                "with torch.no_grad(): -> if True:",
                "x = states.detach(); with torch.no_grad(): -> if True:",
            ): "PyTorch could follow the logits back to the weights of norm and unembed",
        },
        _BACK: {
            "with torch.no_grad(): -> if torch.set_grad_enabled(False) or True:": "gradients are "
            "switched off, and stay off",
            "return torch.set_grad_enabled(True) and None or logits": "gradients are on "
            "afterwards, also where they were off",
            "[m.eval() for m in (norm, unembed) if hasattr(m, 'eval')]; x = states": "the modules "
            "are left in evaluation mode",
            (
                "[m.train() for m in (norm, unembed) if hasattr(m, 'train')]; x = states",
                "return [m.train() for m in (norm, unembed) if hasattr(m, 'train')] and None or "
                "logits",
            ): "the modules are left in training mode",
            "[m.requires_grad_(False) for m in (norm, unembed) if hasattr(m, 'requires_grad_')]; x "
            "= states": "the modules' weights are frozen (requires_grad_(False)), and stay so",
        },
    },
    seen={
        "norm and unembed may be functions: call them, and ask for nothing that only a module has, "
        "such as weight, eval or training": comes_back(AsksForModules),
        "a list or an array comes back: make one tensor of the levels (torch.stack)": entry(
            LOGITS, comes_back(list, tuple, np.ndarray)
        ),
        "the levels lie along dim 0, and come back so: another shape is returned than (n_levels, "
        "..., vocab_size)": entry(LOGITS, seen.other_shape),
        "the result has another dtype than states": entry(LOGITS, seen.other_dtype()),
        f"gradients are left otherwise than they were found: {_BACK}": entry(GRADIENTS, differs),
        f"the modules are left in another mode than they were found in: {_BACK}": entry(
            TRAINING, differs
        ),
        f"the modules' weights are left frozen (requires_grad): {_BACK}": entry(WEIGHTS, differs),
        "gradients are kept: compute within torch.no_grad(), or detach the result": entry(
            KEPT, differs
        ),
        "torch.no_grad needs its brackets: with torch.no_grad(): …": seen.says("context manager"),
        "states may have any number of dimensions between levels and features, also none: count "
        "from the end, or let norm and unembed do so": _counts_dimensions,
        f"the logits are not those of the level: {_BOTH}": entry(LOGITS, differs),
    },
)


def check_logit_lens(answer: Any, states: Tensor, vocab_size: int, **how: bool) -> Any:
    """With a final norm and an output layer of random weights.

    `plain=True` gives them as functions; `training=True` puts them into training mode before, and
    `gradients=False` switches gradients off around the call.
    """
    return _check_logit_lens(answer, states, vocab_size, a_seed(), **how)


def _seen(*shapes: tuple[int, ...], **how: bool) -> Callable[[Any], Any]:
    return lambda f: [
        check_logit_lens(f, torch.randn(shape), a_size(5, 12), **how) for shape in shapes
    ]


def _every_way(f: Any) -> None:
    for plain in (False, True):
        for training in (False, True):
            for gradients in (False, True):
                check_logit_lens(
                    f, torch.randn(3, 2, 4), 6, plain=plain, training=training, gradients=gradients
                )


EXERCISE.cases["logit_lens"] = {
    "logits (n_levels, ..., vocab_size) of what the model would say at each level": _seen(
        (4, 2, 3, 6), (3, 5, 4), (6, 2, 8)
    ),
    "any number of dimensions between levels and features, also none": _seen(
        (5, 4), (3, 2, 1, 3, 4), (4, 1, 2, 5), (2, 2, 2, 2, 2, 3)
    ),
    "a single level, sizes that are alike": _seen((1, 2, 3, 4), (1, 5), (4, 4, 4, 4), (3, 3)),
    "norm and unembed are modules or functions": _seen((3, 2, 4), (2, 6), plain=True),
    "states of any dtype, in any memory layout": lambda f: [
        check_logit_lens(f, torch.randn(3, 2, 4).double(), 5),
        check_logit_lens(f, torch.randn(2, 3, 6).half(), 5),
        check_logit_lens(f, torch.randn(4, 2, 3, 5).permute(2, 1, 0, 3), 6),
        check_logit_lens(f, torch.randn(6, 2, 3).mT, 6),
    ],
    "no gradients are kept, and gradients and modes are as before": _every_way,
}
