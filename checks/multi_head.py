"""Exercise 2-multi-head: points, references and known misconceptions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from checks.core import Check, Exercise, Mistake, Raised
from helpers import attention

EXERCISE = Exercise("2-multi-head")
passed = EXERCISE.passed

HEADS_WORDS = ("n_heads", "d_model", "head", "dim", "embed")


def _is_tensor(got: Any) -> bool:
    return isinstance(got, Tensor)


def _view_fails(got: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, Raised) and "view size is not compatible" in got.message


def _batch_fails(got: Any, expected: Any, x: Tensor, usual: int) -> bool:
    if isinstance(got, Raised):
        return x.dim() != usual or "unpack" in got.message
    return x.dim() != usual and _is_tensor(got) and got.shape != expected.shape


def _refused(got: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, Raised) and got.kind == "ValueError" and "unpack" not in got.message


def _ways(message: str, *wrong: Any) -> Iterator[Mistake]:
    """One misconception that answers show in several ways."""
    return (Mistake(message, w) for w in wrong)


def _batch_mistake(usual: int) -> Mistake:
    return Mistake(
        "the batch is not handled: x may have any number of leading dimensions, also none "
        "(count dimensions from the end, as in transpose(-3, -2))",
        when=lambda got, expected, x, *args: _batch_fails(got, expected, x, usual),
    )


def _dtype_mistakes(right: Any) -> Iterator[Mistake]:
    for dtype in (torch.float32, torch.float64):
        name = str(dtype).removeprefix("torch.")
        yield Mistake(
            f"the result is converted to {name}: it keeps the dtype of x",
            lambda *args, to=dtype: right(*args).to(to),
        )


def _mixed_up(got: Any, expected: Any, *args: Any) -> bool:
    return _is_tensor(got) and torch.equal(got.flatten().sort()[0], expected.flatten().sort()[0])


def _other_shape(got: Any, expected: Any, *args: Any) -> bool:
    return _is_tensor(got) and got.shape != expected.shape


_CONTIGUOUS = Mistake(
    "view needs a contiguous tensor, and a transposed one is not: use reshape (or flatten), or "
    ".contiguous() first",
    when=_view_fails,
)
_LIST = Mistake(
    "a list of tensors comes back: put the heads into one tensor (torch.stack)",
    when=lambda got, *args: isinstance(got, list | tuple),
)


# --- split_heads ---------------------------------------------------------------------------


def _split(x: Tensor, n_heads: int) -> Tensor:
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


def _view(x: Tensor, n_heads: int) -> Tensor:
    """The features and positions read off in memory order, without a transpose."""
    *batch, n, d_model = x.shape
    return x.reshape(*batch, n_heads, n, d_model // n_heads)


def _interleaved(x: Tensor, n_heads: int) -> Tensor:
    return x.unflatten(-1, (-1, n_heads)).movedim(-1, -3)


check_split_heads = EXERCISE.check(
    "split_heads",
    visible=1,
    hidden=2,
    arguments=("x", "n_heads"),
    reference=attention.split_heads,
    expects="a tensor of shape (..., n_heads, n, d_head), d_head = d_model // n_heads, in which "
    "head h holds features h*d_head to (h+1)*d_head - 1 of every position",
    mistakes=(
        Mistake(
            "the tensor is viewed (reshaped) as (n_heads, n, d_head) without a transpose: the "
            "shape is right, but positions and features are mixed up; cut the features to "
            "(n, n_heads, d_head) first, then swap n and n_heads",
            _view,
        ),
        Mistake(
            "the transpose is missing: heads still come after positions, (..., n, n_heads, "
            "d_head); swap the two with transpose(-3, -2)",
            lambda x, n_heads: x.unflatten(-1, (n_heads, -1)),
        ),
        Mistake(
            "features are dealt out to the heads in turn (interleaved: head h gets h, "
            "h + n_heads, …): head h gets a block of d_head features next to each other",
            _interleaved,
        ),
        Mistake(
            "features are dealt out to the heads in turn (interleaved), and the transpose is "
            "missing: head h gets a block of d_head features next to each other",
            lambda x, n_heads: x.unflatten(-1, (-1, n_heads)).transpose(-1, -2),
        ),
        Mistake(
            "n_heads and d_head are swapped: there are n_heads heads of d_model // n_heads "
            "features each",
            lambda x, n_heads: x.unflatten(-1, (-1, n_heads)).transpose(-3, -2),
        ),
        Mistake(
            "n_heads and d_head are swapped, and the transpose is missing: cut the features to "
            "(n_heads, d_head), then swap positions and heads",
            lambda x, n_heads: x.unflatten(-1, (-1, n_heads)),
        ),
        Mistake(
            "each head's part is transposed, (n_heads, d_head, n): positions are rows, features "
            "are columns",
            lambda x, n_heads: _split(x, n_heads).mT,
        ),
        *_ways(
            "the transposed tensor is viewed as (n_heads, n, d_head), which mixes positions and "
            "features: cut the features first, then swap positions and heads",
            lambda x, n_heads: _view(x.mT, n_heads).reshape(_split(x, n_heads).shape),
            lambda x, n_heads: x.mT.reshape(_split(x, n_heads).shape),
        ),
        Mistake(
            "positions are split instead of features: every head sees every position, with a part "
            "of its features",
            lambda x, n_heads: x.unflatten(-2, (n_heads, -1)),
        ),
        Mistake(
            "every head gets all d_model features (copies): the features are split between the "
            "heads, d_head = d_model // n_heads each",
            lambda x, n_heads: x.unsqueeze(-3).expand(*x.shape[:-2], n_heads, *x.shape[-2:]),
        ),
        Mistake(
            "the heads come before the batch: the shape is (..., n_heads, n, d_head), heads right "
            "before positions",
            lambda x, n_heads: torch.stack(x.chunk(n_heads, dim=-1)),
        ),
        Mistake(
            "the heads come last, or the dimensions to swap were counted from the front, "
            "transpose(1, 2), which fits one batch dimension only: the shape is "
            "(..., n_heads, n, d_head), so count from the end, transpose(-3, -2)",
            lambda x, n_heads: torch.stack(x.chunk(n_heads, dim=-1), dim=-1),
        ),
        Mistake(
            "batch and heads are merged into one dimension: keep the leading dimensions, "
            "(..., n_heads, n, d_head)",
            lambda x, n_heads: _split(x, n_heads).flatten(0, -3),
        ),
        Mistake(
            "batch and heads are swapped: the shape is (batch, n_heads, n, d_head)",
            lambda x, n_heads: _split(x, n_heads).transpose(0, 1),
        ),
        Mistake(
            "the batch is not handled, the first two dimensions are swapped: heads and positions "
            "are the second and third from the end, transpose(-3, -2)",
            lambda x, n_heads: x.unflatten(-1, (n_heads, -1)).transpose(0, 1),
        ),
        Mistake(
            "the heads are in reverse order: head 0 gets the first features",
            lambda x, n_heads: _split(x, n_heads).flip(-3),
        ),
        Mistake(
            "only the first head comes back: there are n_heads of them",
            lambda x, n_heads: x[..., : x.shape[-1] // n_heads],
        ),
        Mistake(
            "the heads are scaled by the square root of d_head: scaling belongs to the scores",
            lambda x, n_heads: _split(x, n_heads) / math.sqrt(x.shape[-1] // n_heads),
        ),
        Mistake(
            "the input comes back as it is: its features are to be split between the heads",
            lambda x, n_heads: x,
        ),
        *_dtype_mistakes(_split),
        Mistake(
            "a dimension of size 1 is squeezed away: the shape is (..., n_heads, n, d_head) also "
            "for one head, one position or one feature",
            lambda x, n_heads: _split(x, n_heads).squeeze(),
        ),
        Mistake(
            "good input is refused: a ValueError belongs to heads that don't divide d_model, "
            "d_model % n_heads != 0, and to nothing else",
            when=_refused,
        ),
        _CONTIGUOUS,
        _LIST,
        _batch_mistake(3),
        Mistake(
            "the shape is not (..., n_heads, n, d_head): the n_heads parts of the features stand "
            "right before the positions",
            when=_other_shape,
        ),
        Mistake(
            "the shape is right but numbers are in the wrong places: positions and features are "
            "mixed up; cut the features to (n, n_heads, d_head) first, then swap (transpose) n "
            "and n_heads",
            when=_mixed_up,
        ),
    ),
)


# --- merge_heads ---------------------------------------------------------------------------


def _merge(x: Tensor) -> Tensor:
    return x.transpose(-3, -2).flatten(-2)


def _read_off(x: Tensor, like: Tensor) -> Tensor:
    """The numbers of `x` in memory order, in the shape that merging `like` gives."""
    *batch, n_heads, n, d_head = like.shape
    return x.reshape(*batch, n, n_heads * d_head)


check_merge_heads = EXERCISE.check(
    "merge_heads",
    visible=1,
    hidden=2,
    arguments=("x",),
    reference=attention.merge_heads,
    expects="a tensor of shape (..., n, n_heads * d_head), in which every position has its part "
    "from head 0 first, then its part from head 1, and so on",
    mistakes=(
        Mistake(
            "the heads are not transposed back: x is viewed (reshaped) as (n, n_heads * d_head) "
            "at once, which mixes positions; swap heads and positions first, transpose(-3, -2)",
            lambda x: _read_off(x, x),
        ),
        Mistake(
            "the wrong pair is transposed, transpose(-2, -1): swap heads and positions, "
            "transpose(-3, -2)",
            lambda x: _read_off(x.mT, x),
        ),
        Mistake(
            "the wrong pair is transposed, transpose(-3, -1): swap heads and positions, "
            "transpose(-3, -2)",
            lambda x: _read_off(x.transpose(-3, -1), x),
        ),
        Mistake(
            "the features of the heads are interleaved (feature 0 of every head first): the whole "
            "of head 0 comes first, then head 1",
            lambda x: x.movedim(-3, -1).flatten(-2),
        ),
        *_ways(
            "the heads are put below one another, along the positions (n_heads * n, d_head): they "
            "stand side by side, along the features",
            lambda x: x.flatten(-3, -2),
            lambda x: x.transpose(-3, -2).flatten(-3, -2),
        ),
        Mistake(
            "the heads are not merged after the transpose, (..., n, n_heads, d_head): flatten the "
            "last two dimensions",
            lambda x: x.transpose(-3, -2),
        ),
        Mistake(
            "the heads are averaged: they stand side by side, n_heads * d_head features",
            lambda x: x.mean(-3),
        ),
        Mistake(
            "the heads are added up: they stand side by side, n_heads * d_head features",
            lambda x: x.sum(-3),
        ),
        *_ways(
            "only one head comes back: they stand side by side, n_heads * d_head features",
            lambda x: x.select(-3, 0),
            lambda x: x.select(-3, -1),
        ),
        *_ways(
            "the result is transposed, (d_model, n): positions are rows, features are columns",
            lambda x: _merge(x).mT,
            lambda x: x.mT.flatten(-3, -2),
        ),
        Mistake(
            "the heads are in reverse order: head 0 comes first",
            lambda x: _merge(x.flip(-3)),
        ),
        Mistake(
            "the positions are flattened too: keep a row for each position, (..., n, d_model)",
            lambda x: x.transpose(-3, -2).flatten(-3),
        ),
        Mistake(
            "the positions are flattened too, without a transpose: keep a row for each position, "
            "(..., n, d_model)",
            lambda x: x.flatten(-3),
        ),
        Mistake(
            "the batch dimensions are flattened into the positions: keep the leading dimensions",
            lambda x: _merge(x).flatten(0, -2),
        ),
        *_ways(
            "the first (batch) dimension is taken for the heads: heads are the third dimension "
            "from the end",
            lambda x: torch.cat(list(x), -1),
            lambda x: x.transpose(0, 1).flatten(-2),
        ),
        Mistake(
            "the input comes back as it is: its heads are to be put side by side",
            lambda x: x,
        ),
        Mistake(
            "the result is scaled by the number of heads: merging changes no number",
            lambda x: _merge(x) / x.shape[-3],
        ),
        Mistake(
            "the result is scaled by the square root of the number of heads: merging changes no "
            "number",
            lambda x: _merge(x) / math.sqrt(x.shape[-3]),
        ),
        *_dtype_mistakes(_merge),
        Mistake(
            "a dimension of size 1 is squeezed away: keep it",
            lambda x: _merge(x).squeeze(),
        ),
        _CONTIGUOUS,
        _LIST,
        _batch_mistake(4),
        Mistake(
            "the shape is not (..., n, n_heads * d_head): the parts of the heads stand side by "
            "side in a row for each position",
            when=_other_shape,
        ),
        Mistake(
            "the shape is right but numbers are in the wrong places: positions are mixed up; swap "
            "(transpose) heads and positions first, then join the last two dimensions",
            when=_mixed_up,
        ),
    ),
)


# --- MultiHeadAttention: the layers --------------------------------------------------------

LAYERS = ("W_q", "W_k", "W_v", "W_o")
TOTAL = "numbers to learn in all"


def _layers(answer: Any, d_model: int, n_heads: int, **kwargs: Any) -> dict[str, Any]:
    """Shapes of what a new module would save, and how many parameters it has."""
    module = answer(d_model, n_heads, **kwargs)
    shapes: dict[str, Any] = {name: tuple(t.shape) for name, t in module.state_dict().items()}
    return shapes | {TOTAL: sum(p.numel() for _, p in module.named_parameters())}


def _expected_layers(d_model: int, n_heads: int, bias: bool = True) -> nn.Module:
    return attention.MultiHeadAttention(d_model, n_heads, bias)


def _missing(*wanted: str) -> Any:
    """Whether some of these are not among what the module saves."""
    return lambda got, *args, **kwargs: isinstance(got, dict) and any(w not in got for w in wanted)


def _has_any(*words: str) -> Any:
    return lambda got, *args, **kwargs: (
        isinstance(got, dict)
        and any(f"{name}.weight" not in got for name in LAYERS)
        and any(word in name for name in got for word in words)
    )


def _weight_is(shape: Any) -> Any:
    """Whether W_q, W_k or W_v has this shape, made from (d_model, n_heads), and a wrong one."""

    def when(got: Any, expected: Any, d_model: int, n_heads: int, **kwargs: Any) -> bool:
        return isinstance(got, dict) and any(
            got.get(f"{name}.weight") == shape(d_model, n_heads) != (d_model, d_model)
            for name in LAYERS[:3]
        )

    return when


def _wrong_bias(present: bool) -> Any:
    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        return isinstance(got, dict) and any(
            (f"{name}.bias" in got) is present and (f"{name}.bias" in expected) is not present
            for name in LAYERS
        )

    return when


def _more_to_learn(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, dict) and got[TOTAL] > expected[TOTAL]


_check_layers = Check(
    EXERCISE,
    "MultiHeadAttention",
    arguments=("d_model", "n_heads"),
    reference=_expected_layers,
    procedure=_layers,
    expects="a module with four nn.Linear layers named W_q, W_k, W_v and W_o, each from d_model to "
    "d_model features, all with a bias (the default) or all without (bias=False), and nothing "
    "else to learn (shown is what state_dict() holds)",
    mistakes=(
        Mistake(
            "good input is refused: a ValueError belongs to heads that don't divide d_model, "
            "d_model % n_heads != 0, and to nothing else",
            when=_refused,
        ),
        Mistake(
            "the class can't be made as MultiHeadAttention(d_model, n_heads) or with bias=False: "
            "__init__ takes (self, d_model, n_heads, bias=True)",
            when=lambda got, *args, **kwargs: (
                isinstance(got, Raised) and got.kind == "TypeError" and "argument" in got.message
            ),
        ),
        Mistake(
            "super().__init__() is missing: call it first in __init__, so that nn.Module can keep "
            "track of the layers",
            when=lambda got, *args, **kwargs: (
                isinstance(got, Raised)
                and ("super" in got.message or "__init__() call" in got.message)
            ),
        ),
        Mistake(
            "the class is not an nn.Module: derive it, class MultiHeadAttention(nn.Module)",
            when=lambda got, *args, **kwargs: (
                isinstance(got, Raised)
                and ("state_dict" in got.message or "named_parameters" in got.message)
            ),
        ),
        Mistake(
            "the projections of queries, keys and values are one fused layer (qkv): the contract "
            "names three, W_q, W_k and W_v, and W_o",
            when=_has_any("qkv", "QKV", "in_proj", "kv"),
        ),
        Mistake(
            "each head has layers of its own (a ModuleList): one layer W_q of d_model to d_model "
            "holds the projections of all heads side by side, and so do W_k and W_v",
            when=lambda got, *args, **kwargs: (
                isinstance(got, dict)
                and any(f"{name}.weight" not in got for name in LAYERS)
                and any(part.isdigit() for name in got for part in name.split("."))
            ),
        ),
        Mistake(
            "the weights are bare parameters (nn.Parameter) and not nn.Linear layers: W_q is a "
            "layer, with its weight and bias inside",
            when=lambda got, *args, **kwargs: (
                isinstance(got, dict) and any(name in got for name in LAYERS)
            ),
        ),
        Mistake(
            "the output projection W_o is missing: after the heads are merged, one more layer "
            "mixes them",
            when=lambda got, *args, **kwargs: (
                isinstance(got, dict)
                and all(f"{name}.weight" in got for name in LAYERS[:3])
                and not any(name.endswith("weight") for name in got if name[:3] not in LAYERS[:3])
            ),
        ),
        Mistake(
            "nothing is registered: the layers are attributes of the module, self.W_q = "
            "nn.Linear(...), made in __init__; in a plain list or dict nn.Module does not see them",
            when=lambda got, *args, **kwargs: isinstance(got, dict) and set(got) == {TOTAL},
        ),
        Mistake(
            "the layers have other names: they are called W_q, W_k, W_v and W_o",
            when=_missing(*(f"{name}.weight" for name in LAYERS)),
        ),
        Mistake(
            "the number of heads divides the size of the projections (d_model to d_head): each "
            "layer makes the features of all heads at once, so it goes from d_model to d_model, "
            "however many heads there are",
            when=_weight_is(lambda d_model, n_heads: (d_model // n_heads, d_model)),
        ),
        Mistake(
            "the projections go from d_head to d_head: each layer sees all d_model features and "
            "makes d_model of them, d_head for each head",
            when=_weight_is(lambda d_model, n_heads: (d_model // n_heads,) * 2),
        ),
        Mistake(
            "every head gets d_model features (the projections go from d_model to "
            "n_heads * d_model): a head has d_head = d_model // n_heads, so all have d_model",
            when=_weight_is(lambda d_model, n_heads: (d_model * n_heads, d_model)),
        ),
        Mistake(
            "the projections start from d_head features: each layer sees all d_model",
            when=_weight_is(lambda d_model, n_heads: (d_model, d_model // n_heads)),
        ),
        Mistake(
            "W_o starts from d_head features: it gets the merged heads, d_model features",
            when=lambda got, expected, d_model, n_heads, **kwargs: (
                isinstance(got, dict) and got["W_o.weight"] == (d_model, d_model // n_heads)
            ),
        ),
        Mistake(
            "a layer has the wrong size: all four go from d_model to d_model",
            when=lambda got, expected, *args, **kwargs: (
                isinstance(got, dict)
                and any(got[f"{name}.weight"] != expected[f"{name}.weight"] for name in LAYERS)
            ),
        ),
        Mistake(
            "a bias is missing: with bias=True, the default, all four layers have one",
            when=_wrong_bias(present=False),
        ),
        Mistake(
            "bias is ignored: with bias=False none of the four layers has one (pass bias=bias to "
            "each nn.Linear)",
            when=_wrong_bias(present=True),
        ),
        Mistake(
            "there are extra layers or parameters (a norm, a scale, a second output layer): the "
            "four layers are all there is to learn, 4 d_model² weights and 4 d_model biases",
            when=_more_to_learn,
        ),
        Mistake(
            "layers are shared (two names for one): W_q, W_k, W_v and W_o are four layers",
            when=lambda got, expected, *args, **kwargs: (
                isinstance(got, dict) and got[TOTAL] < expected[TOTAL]
            ),
        ),
    ),
)


# --- MultiHeadAttention: the forward pass --------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """What is loaded into a module before it is called."""

    state: dict[str, Tensor]

    def __repr__(self) -> str:
        return "random weights"


def _forward(
    answer: Any,
    d_model: int,
    n_heads: int,
    bias: bool,
    weights: Weights,
    x: Tensor,
    *by_position: Any,
    **by_name: Any,
) -> Any:
    module = answer(d_model, n_heads, bias)
    module.load_state_dict(weights.state, strict=False)
    return module(x, *by_position, **by_name)


class _Steps(attention.MultiHeadAttention):
    """Multi-head attention in steps, each of which a wrong answer gets wrong in its own way."""

    def sources(self, x: Tensor, context: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        source = x if context is None else context
        return x, source, source

    def project(self, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.W_q(q), self.W_k(k), self.W_v(v)

    def split(self, x: Tensor) -> Tensor:
        return _split(x, self.n_heads)

    def place(self, mask: Tensor) -> Tensor:
        return mask.unsqueeze(-3)

    def score(self, Q: Tensor, K: Tensor) -> Tensor:
        return Q @ K.mT / math.sqrt(Q.shape[-1])

    def hide(self, scores: Tensor, mask: Tensor) -> Tensor:
        return scores.masked_fill(~mask, -math.inf)

    def weigh(self, scores: Tensor) -> Tensor:
        return torch.softmax(scores, -1)

    def prune(self, weights: Tensor, mask: Tensor) -> Tensor:
        return weights

    def merge(self, heads: Tensor) -> Tensor:
        return _merge(heads)

    def finish(self, merged: Tensor, x: Tensor) -> Tensor:
        return self.W_o(merged)

    def give(self, output: Tensor, weights: Tensor) -> Any:
        return output, weights

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Any:
        Q, K, V = (self.split(t) for t in self.project(*self.sources(x, context)))
        scores = self.score(Q, K)
        if mask is not None:
            scores = self.hide(scores, self.place(mask))
        weights = self.weigh(scores)
        if mask is not None:
            weights = self.prune(weights, self.place(mask))
        return self.give(self.finish(self.merge(weights @ V), x), weights)


def _wrong(**steps: Any) -> Any:
    return type("Wrong", (_Steps,), steps)


def _unhidden(self: Any, scores: Tensor, mask: Tensor) -> Tensor:
    return scores


_FROM_THE_FRONT: dict[str, Any] = {
    "split": lambda self, x: x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2),
    "merge": lambda self, heads: heads.transpose(1, 2).flatten(-2),
}


class _MaskBeforeContext(_Steps):
    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Any:
        return super().forward(x, mask, context)


def _mask_of(args: Any, kwargs: Any) -> Tensor | None:
    """The mask of a call `(x, context, mask)`."""
    mask = kwargs.get("mask", args[2] if len(args) > 2 else None)
    return mask if isinstance(mask, Tensor) else None


def _got_pair(got: Any) -> bool:
    return isinstance(got, list | tuple) and len(got) == 2 and all(_is_tensor(g) for g in got)


def _one_result(got: Any, *args: Any, **kwargs: Any) -> bool:
    return _is_tensor(got) or (isinstance(got, list | tuple) and len(got) != 2)


def _no_weights(got: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, list | tuple) and len(got) == 2 and got[1] is None


def _mask_fails(
    got: Any, expected: Any, d: int, h: int, b: bool, w: Any, *args: Any, **kwargs: Any
) -> bool:
    mask = _mask_of(args, kwargs)
    return mask is not None and (
        isinstance(got, Raised) or (_got_pair(got) and got[1].shape != expected[1].shape)
    )


def _weights_off(
    got: Any, expected: Any, d: int, h: int, b: bool, w: Any, *args: Any, **kwargs: Any
) -> bool:
    mask = _mask_of(args, kwargs)
    return (
        mask is not None
        and _got_pair(got)
        and got[1].shape == expected[1].shape
        and not torch.allclose(got[1], expected[1], atol=1e-4)
    )


def _output_off(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return (
        _got_pair(got)
        and got[1].shape == expected[1].shape
        and torch.allclose(got[1], expected[1], atol=1e-4)
    )


def _random_zeros(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return (
        _got_pair(got)
        and got[1].shape == expected[1].shape
        and _mask_of(args[4:], kwargs) is None
        and bool(((got[1] == 0) & (expected[1] > 1e-6)).any())
    )


def _other_rank(
    got: Any, expected: Any, d: int, h: int, b: bool, w: Any, x: Tensor, *args: Any, **kwargs: Any
) -> bool:
    return x.dim() != 3 and (
        isinstance(got, Raised) or (_got_pair(got) and got[0].shape != expected[0].shape)
    )


def _context_missing(
    got: Any, expected: Any, d: int, h: int, b: bool, w: Any, x: Tensor, *args: Any, **kwargs: Any
) -> bool:
    context = kwargs.get("context", args[0] if args else None)
    return isinstance(got, Raised) and context is None and "None" in got.message


def _other_length(
    got: Any, expected: Any, d: int, h: int, b: bool, w: Any, x: Tensor, *args: Any, **kwargs: Any
) -> bool:
    context = kwargs.get("context", args[0] if args else None)
    return isinstance(got, Raised) and context is not None and context.shape != x.shape


_check_forward = EXERCISE.check(
    "MultiHeadAttention",
    visible=3,
    hidden=6,
    arguments=("d_model", "n_heads", "bias", "weights", "x", "context", "mask"),
    reference=attention.MultiHeadAttention,
    procedure=_forward,
    parts=("output", "weights"),
    expects="queries from x, keys and values from context (from x without one), split into "
    "heads; in each head softmax(Q Kᵀ / √d_head) over the keys that the mask allows; the heads "
    "merged and put through W_o; returned as (output, weights) with weights of shape "
    "(..., n_heads, n_q, n_k)",
    mistakes=(
        Mistake(
            "the output projection W_o is forgotten: the merged heads go through it",
            _wrong(finish=lambda self, merged, x: merged),
        ),
        Mistake(
            "W_o is applied twice",
            _wrong(finish=lambda self, merged, x: self.W_o(self.W_o(merged))),
        ),
        Mistake(
            "x is added to the output (a residual): that is the block's work, not attention's",
            _wrong(finish=lambda self, merged, x: self.W_o(merged) + x),
        ),
        Mistake(
            "an activation (ReLU) is applied to the output: W_o is the last step",
            _wrong(finish=lambda self, merged, x: torch.relu(self.W_o(merged))),
        ),
        Mistake(
            "the output is normalised: W_o is the last step",
            _wrong(
                finish=lambda self, merged, x: nn.functional.layer_norm(
                    self.W_o(merged), merged.shape[-1:]
                )
            ),
        ),
        Mistake(
            "W_o comes before the heads are merged or another layer takes its place (W_v): the "
            "merged heads go through W_o",
            _wrong(finish=lambda self, merged, x: self.W_v(merged)),
        ),
        Mistake(
            "context is ignored: keys and values are made from it where it is given",
            _wrong(sources=lambda self, x, context: (x, x, x)),
        ),
        Mistake(
            "context is used for the queries as well: queries come from x, keys and values from "
            "context",
            _wrong(sources=lambda self, x, context: (x if context is None else context,) * 3),
        ),
        Mistake(
            "x and context are swapped: queries come from x, keys and values from context",
            _wrong(
                sources=lambda self, x, context: (x, x, x) if context is None else (context, x, x)
            ),
        ),
        Mistake(
            "the values come from x: keys and values both come from context",
            _wrong(sources=lambda self, x, context: (x, x if context is None else context, x)),
        ),
        Mistake(
            "the keys come from x: keys and values both come from context",
            _wrong(sources=lambda self, x, context: (x, x, x if context is None else context)),
        ),
        Mistake(
            "context is added to x: keys and values come from context alone",
            _wrong(
                sources=lambda self, x, context: (
                    (x, x, x) if context is None else (x, x + context, x + context)
                )
            ),
        ),
        Mistake(
            "context is appended to x: keys and values come from context alone",
            _wrong(
                sources=lambda self, x, context: (
                    (x, x, x) if context is None else (x, *[torch.cat([x, context], -2)] * 2)
                )
            ),
        ),
        Mistake(
            "the order of forward's arguments is wrong: forward(x, context=None, mask=None)",
            _MaskBeforeContext,
        ),
        Mistake(
            "keys and queries use each other's layers: Q = W_q(x), K = W_k(context)",
            _wrong(project=lambda self, q, k, v: (self.W_k(q), self.W_q(k), self.W_v(v))),
        ),
        Mistake(
            "keys and values use each other's layers: K = W_k(context), V = W_v(context)",
            _wrong(project=lambda self, q, k, v: (self.W_q(q), self.W_v(k), self.W_k(v))),
        ),
        Mistake(
            "the keys are projected with W_q: each has its own layer",
            _wrong(project=lambda self, q, k, v: (self.W_q(q), self.W_q(k), self.W_v(v))),
        ),
        Mistake(
            "the values are projected with W_k: each has its own layer",
            _wrong(project=lambda self, q, k, v: (self.W_q(q), self.W_k(k), self.W_k(v))),
        ),
        Mistake(
            "W_q is used for queries, keys and values: each has its own layer",
            _wrong(project=lambda self, q, k, v: (self.W_q(q), self.W_q(k), self.W_q(v))),
        ),
        Mistake(
            "the values are not projected: V = W_v(context)",
            _wrong(project=lambda self, q, k, v: (self.W_q(q), self.W_k(k), v)),
        ),
        Mistake(
            "nothing is projected: Q, K and V are made by W_q, W_k and W_v",
            _wrong(project=lambda self, q, k, v: (q, k, v)),
        ),
        Mistake(
            "an activation (ReLU) is applied to the projections: they are linear, Q = W_q(x)",
            _wrong(
                project=lambda self, q, k, v: (
                    torch.relu(self.W_q(q)),
                    torch.relu(self.W_k(k)),
                    torch.relu(self.W_v(v)),
                )
            ),
        ),
        *_ways(
            "the bias of the layers is not added: call the layer, W_q(x), instead of multiplying "
            "with its weight",
            _wrong(
                project=lambda self, q, k, v: (
                    q @ self.W_q.weight.T,
                    k @ self.W_k.weight.T,
                    v @ self.W_v.weight.T,
                )
            ),
            _wrong(
                project=lambda self, q, k, v: (
                    q @ self.W_q.weight.T,
                    k @ self.W_k.weight.T,
                    v @ self.W_v.weight.T,
                ),
                finish=lambda self, merged, x: merged @ self.W_o.weight.T,
            ),
        ),
        Mistake(
            "the weight matrices are transposed: nn.Linear stores (d_out, d_in), so call the layer "
            "or multiply with its weight's transpose",
            _wrong(
                project=lambda self, q, k, v: (
                    nn.functional.linear(q, self.W_q.weight.T, self.W_q.bias),
                    nn.functional.linear(k, self.W_k.weight.T, self.W_k.bias),
                    nn.functional.linear(v, self.W_v.weight.T, self.W_v.bias),
                )
            ),
        ),
        Mistake(
            "the scores are divided by the square root of d_model: each head's scores are sums of "
            "d_head products, so the scale is the square root of d_head",
            _wrong(score=lambda self, Q, K: Q @ K.mT / math.sqrt(Q.shape[-1] * self.n_heads)),
        ),
        Mistake(
            "the scores are not scaled: divide them by the square root of d_head",
            _wrong(score=lambda self, Q, K: Q @ K.mT),
        ),
        Mistake(
            "the scores are divided by d_head instead of the square root of d_head, or scaled "
            "twice (scaled_dot_product_attention scales already)",
            _wrong(score=lambda self, Q, K: Q @ K.mT / Q.shape[-1]),
        ),
        Mistake(
            "the scores are divided by the square root of n_heads: the scale is the square root of "
            "d_head",
            _wrong(score=lambda self, Q, K: Q @ K.mT / math.sqrt(self.n_heads)),
        ),
        Mistake(
            "the scores are multiplied by the square root of d_head: divide by it",
            _wrong(score=lambda self, Q, K: Q @ K.mT * math.sqrt(Q.shape[-1])),
        ),
        Mistake(
            "the softmax runs over the queries (dim=-2): it runs over the keys (dim=-1)",
            _wrong(weigh=lambda self, scores: torch.softmax(scores, -2)),
        ),
        Mistake(
            "the softmax runs over the heads: it runs over the keys (dim=-1), in each head alone",
            _wrong(weigh=lambda self, scores: torch.softmax(scores, -3)),
        ),
        Mistake(
            "the softmax is missing: the weights are the scores",
            _wrong(weigh=lambda self, scores: scores),
        ),
        Mistake(
            "the softmax is applied twice",
            _wrong(weigh=lambda self, scores: torch.softmax(torch.softmax(scores, -1), -1)),
        ),
        Mistake(
            "a causal mask is always applied: only the mask that is given counts",
            _wrong(
                weigh=lambda self, scores: torch.softmax(
                    scores.masked_fill(
                        torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf
                    ),
                    -1,
                )
            ),
        ),
        Mistake(
            "the heads are viewed (reshaped) without a transpose, in splitting and in merging: "
            "positions and features are mixed up; use your split_heads and merge_heads",
            _wrong(
                split=lambda self, x: _view(x, self.n_heads),
                merge=lambda self, heads: _read_off(heads, heads),
            ),
        ),
        Mistake(
            "the heads are split by a view (reshape) without a transpose: positions and features "
            "are mixed up; use your split_heads",
            _wrong(split=lambda self, x: _view(x, self.n_heads)),
        ),
        Mistake(
            "the heads are merged without transposing back: positions are mixed up; use your "
            "merge_heads",
            _wrong(merge=lambda self, heads: _read_off(heads, heads)),
        ),
        Mistake(
            "the transpose of heads and positions is missing, so that the heads of one position "
            "attend to each other: heads come before positions, (..., n_heads, n, d_head)",
            _wrong(
                split=lambda self, x: x.unflatten(-1, (self.n_heads, -1)),
                merge=lambda self, heads: heads.flatten(-2),
            ),
        ),
        *_ways(
            "features are dealt out to the heads in turn (interleaved): head h gets a block of "
            "d_head features next to each other",
            _wrong(
                split=lambda self, x: _interleaved(x, self.n_heads),
                merge=lambda self, heads: heads.movedim(-3, -1).flatten(-2),
            ),
            _wrong(split=lambda self, x: _interleaved(x, self.n_heads)),
        ),
        Mistake(
            "the merged features are interleaved: head 0 comes first, then head 1",
            _wrong(merge=lambda self, heads: heads.movedim(-3, -1).flatten(-2)),
        ),
        Mistake(
            "n_heads and d_head are swapped: there are n_heads heads of d_model // n_heads "
            "features each",
            _wrong(split=lambda self, x: x.unflatten(-1, (-1, self.n_heads)).transpose(-3, -2)),
        ),
        *_ways(
            "the batch is not handled: the dimensions to swap were counted from the front, "
            "transpose(1, 2), which fits one batch dimension only: count from the end, "
            "transpose(-3, -2), in splitting and in merging",
            _wrong(**_FROM_THE_FRONT),
            _wrong(
                **_FROM_THE_FRONT,
                score=lambda self, Q, K: Q @ K.mT / math.sqrt(self.W_q.out_features / self.n_heads),
            ),
        ),
        Mistake(
            "n_heads is ignored: there is one head over all features",
            _wrong(split=lambda self, x: x.unsqueeze(-3)),
        ),
        Mistake(
            "n_heads is ignored: there is one head over all features, and the weights have no "
            "dimension for heads",
            _wrong(
                split=lambda self, x: x,
                place=lambda self, mask: mask,
                merge=lambda self, heads: heads,
            ),
        ),
        Mistake(
            "the weights are averaged over the heads (as nn.MultiheadAttention does unless told "
            "otherwise): return those of each head, (..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.mean(-3))),
        ),
        Mistake(
            "the weights are added up over the heads: return those of each head, "
            "(..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.sum(-3))),
        ),
        Mistake(
            "only the first head's weights come back: return those of each head, "
            "(..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.select(-3, 0))),
        ),
        Mistake(
            "only the last head's weights come back: return those of each head, "
            "(..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.select(-3, -1))),
        ),
        Mistake(
            "the weights are transposed: rows are queries, columns are keys",
            _wrong(give=lambda self, output, weights: (output, weights.mT)),
        ),
        Mistake(
            "the weights have heads and queries swapped: the shape is (..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.transpose(-3, -2))),
        ),
        Mistake(
            "the weights have the heads first, before the batch: the shape is "
            "(..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.movedim(-3, 0))),
        ),
        Mistake(
            "the weights have the heads last: the shape is (..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.movedim(-3, -1))),
        ),
        Mistake(
            "the weights of batch and heads are merged into one dimension: the shape is "
            "(..., n_heads, n_q, n_k)",
            _wrong(give=lambda self, output, weights: (output, weights.flatten(0, -3))),
        ),
        Mistake(
            "the results are swapped: return (output, weights), the output first",
            _wrong(give=lambda self, output, weights: (weights, output)),
        ),
        Mistake(
            "the output is scaled by the number of heads: the heads are put side by side, not "
            "averaged",
            _wrong(finish=lambda self, merged, x: self.W_o(merged / self.n_heads)),
        ),
        Mistake(
            "the mask is ignored: a key whose mask is False gets no weight",
            _wrong(hide=_unhidden),
        ),
        *_ways(
            "the mask's convention is inverted: True means that the query may attend to the key "
            "(nn.MultiheadAttention means the opposite by it); mask where it is False",
            _wrong(hide=lambda self, scores, mask: scores.masked_fill(mask, -math.inf)),
            _wrong(hide=lambda self, scores, mask: scores.masked_fill(mask, -1e9)),
        ),
        Mistake(
            "the mask is applied after the softmax: the masked keys have taken their share "
            "already; mask the scores before it",
            _wrong(hide=_unhidden, prune=lambda self, weights, mask: weights * mask),
        ),
        Mistake(
            "the scores are multiplied by the mask: a score of 0 still gets weight; put masked "
            "scores to minus infinity",
            _wrong(hide=lambda self, scores, mask: scores * mask),
        ),
        Mistake(
            "the mask is added to the scores as 0 and 1: put masked scores to minus infinity",
            _wrong(hide=lambda self, scores, mask: scores + mask),
        ),
        Mistake(
            "only the first head is masked: the mask is the same for every head",
            _wrong(
                hide=lambda self, scores, mask: torch.cat(
                    [
                        scores.narrow(-3, 0, 1).masked_fill(~mask, -math.inf),
                        scores.narrow(-3, 1, self.n_heads - 1),
                    ],
                    -3,
                )
            ),
        ),
        Mistake(
            "the mask is transposed: its rows are queries, its columns keys",
            _wrong(place=lambda self, mask: mask.unsqueeze(-3).mT),
        ),
        Mistake(
            "the mask is not broadcast over the heads: a mask of the batch, (batch, n_q, n_k), "
            "needs a dimension for heads right before the last two, mask.unsqueeze(-3); without "
            "it, or with unsqueeze(0), the sequences of the batch are taken for heads",
            _wrong(place=lambda self, mask: mask),
        ),
        Mistake(
            "the mask's dimension for heads is put at 1, unsqueeze(1), which fits one batch "
            "dimension only: count from the end, mask.unsqueeze(-3)",
            _wrong(place=lambda self, mask: mask.unsqueeze(1)),
        ),
        Mistake(
            "the mask's dimension for heads is put right before the keys, unsqueeze(-2): it stands "
            "before the queries, mask.unsqueeze(-3)",
            _wrong(place=lambda self, mask: mask.unsqueeze(-2)),
        ),
        Mistake(
            "only the first sequence's mask is used, for the whole batch",
            _wrong(place=lambda self, mask: mask.reshape(-1, *mask.shape[-2:])[:1]),
        ),
        _CONTIGUOUS,
        Mistake(
            "a context is asked for: without one, keys and values come from x",
            when=_context_missing,
        ),
        Mistake(
            "no weights come back: return the tuple (output, weights)",
            when=_no_weights,
        ),
        Mistake(
            "only one result comes back: return the tuple (output, weights)",
            when=_one_result,
        ),
        Mistake(
            "dropout is applied to the weights: the contract asks for plain attention",
            when=_random_zeros,
        ),
        Mistake(
            "the mask is not broadcast over heads and batch: put a dimension for the heads right "
            "before its last two, mask.unsqueeze(-3), and let it broadcast",
            when=_mask_fails,
        ),
        Mistake(
            "the mask does not act as it should: True means that the query may attend to the key, "
            "in every head alike, and masked scores are minus infinity before the softmax",
            when=_weights_off,
        ),
        Mistake(
            "x and context may differ in length: n_q and n_k are two numbers",
            when=_other_length,
        ),
        Mistake(
            "the batch is not handled: x may have any number of leading dimensions, also none",
            when=_other_rank,
        ),
        Mistake(
            "the weights are right but the output is not: the values go through W_v, the weighted "
            "values of all heads are merged in order, and W_o comes last",
            when=_output_off,
        ),
    ),
)


def check_multi_head_attention(
    answer: Any,
    d_model: int,
    n_heads: int,
    x: Tensor,
    *by_position: Any,
    bias: bool = True,
    **by_name: Any,
) -> None:
    """Check the layers of a module, then one call with random weights.

    Args:
        answer: the class.
        d_model: its first argument.
        n_heads: its second argument.
        x: `(..., n_q, d_model)`.
        by_position: `context` and `mask`, as far as they are to be given by position.
        bias: whether the layers have one.
        by_name: `context` and `mask`, as far as they are to be given by name.
    """
    _check_layers(answer, d_model, n_heads, **({} if bias else {"bias": False}))
    state = {}
    for name in LAYERS:
        state[f"{name}.weight"] = torch.randn(d_model, d_model) / math.sqrt(d_model)
        if bias:
            state[f"{name}.bias"] = 0.5 * torch.randn(d_model)
    _check_forward(answer, d_model, n_heads, bias, Weights(state), x, *by_position, **by_name)


def check_refuses(answer: Any, d_model: int, n_heads: int) -> None:
    """Check that the class is not made for heads that don't divide `d_model`."""
    _check_layers.raises(
        answer,
        ValueError,
        d_model,
        n_heads,
        says=(*HEADS_WORDS, str(d_model), str(n_heads)),
        why=f"{n_heads} heads don't divide d_model = {d_model} features without remainder",
    )


def check_split_refuses(answer: Any, x: Tensor, n_heads: int) -> None:
    """Check that features that `n_heads` does not divide are not split."""
    check_split_heads.raises(
        answer,
        ValueError,
        x,
        n_heads,
        says=(*HEADS_WORDS, str(x.shape[-1]), str(n_heads)),
        why=f"{n_heads} heads don't divide d_model = {x.shape[-1]} features without remainder",
    )
