"""Three ways to tell attention where a token stands: sinusoids, rotations (RoPE), ALiBi biases."""

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
        positions = torch.arange(n, device=x.device)
    elif positions.shape[-1] != n:
        raise ValueError(
            f"positions has shape {tuple(positions.shape)}; it must have one entry for each of "
            f"the n = {n} rows of x"
        )
    angles = _angles(positions, d_head, base)
    dtype = torch.promote_types(x.dtype, torch.float32)
    cos, sin = angles.cos().to(dtype), angles.sin().to(dtype)
    even, odd = x[..., 0::2].to(dtype), x[..., 1::2].to(dtype)
    rotated = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return rotated.flatten(-2).to(x.dtype)


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
