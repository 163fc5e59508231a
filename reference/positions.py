"""Three ways to tell attention where a token stands: sinusoids, rotations (RoPE), ALiBi biases."""

from functools import lru_cache

import torch
from torch import Tensor


def sinusoidal_encoding(n_positions: int, d_model: int, base: float = 10000.0) -> Tensor:
    """Sines in the even features, cosines in the odd ones (Vaswani et al. 2017, section 3.5).

    Gives float32 `(n_positions, d_model)`: feature `2i` of position `p` is
    `sin(p / base**(2i/d_model))` and feature `2i + 1` its cosine, angles in radians.

    Raises `ValueError` for an odd `d_model`.
    """
    if d_model % 2 != 0:
        raise ValueError(f"d_model is {d_model}; it must be even, half sines and half cosines")
    angles = _angles(torch.arange(n_positions), d_model, base)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2).float()


def apply_rope(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    """Rotate each pair of features by an angle that grows with the position.

    Shapes: `x` `(..., n, d_head)`, queries or keys; `positions` `(n,)`, 0 to `n-1` unless given.
    Gives `x`'s shape and dtype: the pair `(2i, 2i+1)` turned by `positions * base**(-2i/d_head)`
    radians, its norm kept (Su et al. 2021, "RoFormer", section 3.4.2). This is the interleaved
    layout; see `interleaved_to_half_split` for the other one.

    Raises `ValueError` for an odd `d_head` and where `positions` does not fit `n`.
    """
    n, d_head = x.shape[-2:]
    if d_head % 2 != 0:
        raise ValueError(
            f"x has d_head = {d_head} features; it must be even, since pairs are rotated"
        )
    if positions is None:
        return rotate_from(x, 0, base)
    if positions.shape[-1] != n:
        raise ValueError(
            f"positions has shape {tuple(positions.shape)}; it must have one entry for each of "
            f"the n = {n} rows of x"
        )
    return _rotated(x, _turns(positions, d_head, base, x.dtype))


def rotate_from(x: Tensor, first: int, base: float = 10000.0) -> Tensor:
    """`apply_rope` at the positions `first`, `first + 1`, …, for the layers of a model: they all
    turn by the same angles, which are kept from one call to the next.
    """
    return _rotated(x, _turns_from(first, *x.shape[-2:], base, x.dtype, x.device))


@lru_cache(maxsize=8)
@torch.inference_mode(False)  # else what is kept from a call in that mode could not be trained with
def _turns_from(
    first: int, n: int, d_head: int, base: float, dtype: torch.dtype, device: torch.device
) -> Tensor:
    return _turns(torch.arange(first, first + n, device=device), d_head, base, dtype)


def _turns(positions: Tensor, d_head: int, base: float, dtype: torch.dtype) -> Tensor:
    """Complex numbers `(..., n, d_head/2)` of length 1: to multiply by one is to turn a pair."""
    angles = _angles(positions, d_head, base)
    wide = torch.promote_types(dtype, torch.float32)
    return torch.polar(torch.ones_like(angles), angles).to(wide.to_complex())


def _rotated(x: Tensor, turns: Tensor) -> Tensor:
    """`x` `(..., n, d_head)`, each pair of features taken as a complex number and turned."""
    pairs = x.to(turns.dtype.to_real()).unflatten(-1, (-1, 2))
    pairs = torch.view_as_complex(pairs.clone(memory_format=torch.contiguous_format))
    return torch.view_as_real(pairs * turns).flatten(-2).to(x.dtype)


def alibi_bias(n_heads: int, n: int) -> Tensor:
    """A penalty on distance, added to the scores before softmax: `-m_h * |i - j|`.

    Gives float32 `(n_heads, n, n)` with slopes `m_h = 2**(-8*h/n_heads)` for `h = 1 … n_heads`
    (Press et al. 2021, "Train Short, Test Long", section 3).

    Raises `ValueError` where `n_heads` is not a power of two.
    """
    if n_heads < 1 or n_heads & (n_heads - 1) != 0:
        raise ValueError(f"n_heads is {n_heads}; it must be a power of two: 1, 2, 4, 8, …")
    heads = torch.arange(1, n_heads + 1, dtype=torch.float64)
    positions = torch.arange(n, dtype=torch.float64)
    distance = (positions[:, None] - positions).abs()
    return (-(2.0 ** (-8 * heads / n_heads))[:, None, None] * distance).float()


def interleaved_to_half_split(x: Tensor, dim: int = -1) -> Tensor:
    """Reorder features from RoPE pairs `(2i, 2i+1)` to pairs `(i, i + d_head/2)` along `dim`.

    Shapes: `x` `(..., d_head, ...)`, `d_head` at `dim`; the result has the same shape. The paper
    (Su et al. 2021) has the interleaved layout, Hugging Face's Llama the half-split one. To
    convert the weight `(n_heads * d_head, d_model)` of a projection, give it head by head:
    `interleaved_to_half_split(W.unflatten(0, (n_heads, -1)), dim=1).flatten(0, 1)`.

    Raises `ValueError` for an odd size along `dim`.
    """
    _check_pairs(x, dim)
    dim %= x.dim()
    return x.unflatten(dim, (-1, 2)).transpose(dim, dim + 1).flatten(dim, dim + 1)


def half_split_to_interleaved(x: Tensor, dim: int = -1) -> Tensor:
    """The inverse of `interleaved_to_half_split`, with the same shapes and errors."""
    _check_pairs(x, dim)
    dim %= x.dim()
    return x.unflatten(dim, (2, -1)).transpose(dim, dim + 1).flatten(dim, dim + 1)


def _angles(positions: Tensor, d: int, base: float) -> Tensor:
    """Radians `(..., n, d/2)`, in float64: a float32 angle of 1e5 is off by as much as 4e-3."""
    frequencies = base ** (-torch.arange(0, d, 2, dtype=torch.float64, device=positions.device) / d)
    return positions.double()[..., None] * frequencies


def _check_pairs(x: Tensor, dim: int) -> None:
    if x.shape[dim] % 2 != 0:
        raise ValueError(f"x has {x.shape[dim]} features along dim {dim}; it must be even: pairs")
