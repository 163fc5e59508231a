"""SwiGLU: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from checks import modules
from checks.decoder.exercise import EXERCISE
from checks.seen import batch_fails, other_dtype, raised, says
from reference.block import SwiGLU


class PlainSwiGLU(SwiGLU):
    def forward(self, x: Tensor) -> Tensor:
        gate, up, down = (self.W_gate, self.W_up, self.W_down)
        activation = F.silu
        z = x
        g = activation(gate(z))
        product = g * up(z)
        result = down(product)
        return result


_check_swiglu = EXERCISE.check(
    "SwiGLU",
    arguments=("x", "d_ff", "parameters"),
    reference=SwiGLU,
    text=[SwiGLU, PlainSwiGLU],
    procedure=lambda f, x, d_ff, w: modules.run(f, f(x.shape[-1], d_ff).to(x.dtype), w.state, x),
    expects="W_down(silu(W_gate(x)) * W_up(x)), with nn.Linear layers W_gate and W_up from d_model "
    "to d_ff and W_down back, without bias; the shape of x",
    wrong={
        **modules.NO_SUPER,
        "compute silu(W_gate(x)) * W_up(x)": {
            **{
                f"product = gate(x) * F.{f}(up(x))": f"gate and up are swapped ({f} is on W_up)"
                for f in ("silu", "gelu", "relu", "sigmoid")
            },
            "product = F.sigmoid(gate(x)) * F.silu(up(x))": "silu is on W_up, a sigmoid on W_gate",
            "g = gate(x)": "the activation is missing",
            "product = g * F.silu(up(x))": "silu is applied to both W_gate(x) and W_up(x)",
            "product = F.silu(gate(x) * up(x))": "silu is applied to the product",
            "g = gate(F.silu(x))": "silu is applied to x before the layers",
            "product = g @ up(x)": "a matrix product (@) is taken of gate and up, not element by "
            "element (*)",
            "product = g + up(x)": "gate and up are added instead of multiplied",
            "product = g - up(x)": "gate and up are subtracted",
            "product = g": "W_up is not used (an ordinary feed-forward)",
            "product = F.silu(up(x))": "W_gate is not used (an ordinary feed-forward)",
            "product = g * gate(x)": "W_gate is used twice",
            "g = F.silu(up(x))": "W_up is used twice, or W_gate and W_up are the same layer",
            "z = RMSNorm(x.shape[-1])(x)": "x is normalised first, which belongs to the block",
        },
        "use silu(W_gate(x)), where silu(z) is z * sigmoid(z)": {
            "activation = F.gelu": "the activation is a GELU",
            "activation = lambda z: F.gelu(z, approximate='tanh')": "the activation is a GELU",
            "activation = lambda z: z * torch.sigmoid(1.702 * z)": "the activation is a GELU",
            "activation = F.relu": "the activation is a ReLU",
            "activation = F.sigmoid": "the activation is a sigmoid (the plain GLU)",
            **{
                f"activation = F.{name}": f"the activation is a {name}"
                for name in ("tanh", "mish", "softplus", "leaky_relu", "elu", "hardswish")
            },
            "activation = lambda z: torch.softmax(z, -1)": "the activation is a softmax",
            "activation = lambda z: F.relu(z) ** 2": "the activation is the square of a ReLU",
            "activation = lambda z: z * torch.sigmoid(-z)": "the sign in the silu is flipped",
            "activation = lambda z: F.silu(F.silu(z))": "silu is applied twice",
        },
        "return W_down(silu(W_gate(x)) * W_up(x))": {
            "result = down(g) * x": "W_up is not used, and x itself is scaled by the gate",
            "result = down(g) * down(up(x))": "W_down is applied to the factors of the product",
            "result = F.silu(down(product))": "silu is applied to the result of W_down too",
            "result = F.silu(down(gate(x) * up(x)))": "silu is applied to W_down's result",
            "result = product": "W_down is not used, which goes back to d_model",
            "result = x + down(product)": "x is added (a residual), which belongs to the block",
            "result = x * down(product)": "x is multiplied by the result",
            "result = down(product).float()": "the result is float32 whatever the dtype of x",
        },
    },
    seen={
        **modules.IN_TRAINING,
        **modules.BIASED,
        "a layer has the wrong size or is transposed: W_gate and W_up go from d_model to d_ff, "
        "W_down from d_ff to d_model": modules.misshaped,
        "a layer is missing: SwiGLU has three, W_gate, W_up and W_down": modules.only_missing,
        **modules.OTHER_NAMES,
        "the result has another dtype than x: keep that of x": other_dtype(),
        "x and a layer differ in dtype: keep that of x": raised("RuntimeError", says="dtype"),
        "the layers don't fit together: W_gate and W_up go from d_model to d_ff, W_down back": says(
            "shapes cannot be multiplied", "must match the size"
        ),
        "the batch is not handled: x may have any number of leading dimensions": batch_fails(2),
    },
)


def check_SwiGLU(answer: Any, x: Tensor, d_ff: int) -> Any:  # noqa: N802
    """Compare `SwiGLU(d_model, d_ff)`, with random parameters, on `x` `(..., d_model)`."""
    given = modules.at_random(SwiGLU(x.shape[-1], d_ff))
    return _check_swiglu(answer, x, d_ff, given)


def _swiglu(*sizes: tuple[int, ...]) -> Callable[[Any], Any]:
    """A case of x of shapes that d_ff follows."""
    return lambda f: [check_SwiGLU(f, torch.randn(*shape), d_ff) for *shape, d_ff in sizes]


EXERCISE.cases["SwiGLU"] = {
    "x of shape (..., d_model), any leading dimensions": _swiglu(
        (5, 8, 3), (8, 5), (2, 3, 4, 5, 9)
    ),
    "sizes that are alike": _swiglu((6, 6, 6)),
    "a single position, and sizes of 1": _swiglu((1, 4, 12), (7, 2, 1), (3, 1, 4)),
    "large numbers": lambda f: check_SwiGLU(f, 3 * torch.randn(2, 1, 16), 40),
    "x in any memory layout": lambda f: check_SwiGLU(f, torch.randn(2, 4, 5).mT, 7),
    "the dtype of x": lambda f: check_SwiGLU(f, torch.randn(2, 3, 4, dtype=torch.float64), 5),
}
