"""Positions are encoded as in the papers."""

import math

import pytest
import torch

from reference.positions import (
    alibi_bias,
    apply_rope,
    half_split_to_interleaved,
    interleaved_to_half_split,
    rotate_from,
    sinusoidal_encoding,
)

TOLERANCE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def test_sinusoidal_encoding_follows_the_paper():
    """Halves instead of alternation, or positions from 1, would look alike in a picture."""
    encoding = sinusoidal_encoding(50, 6)
    assert encoding.dtype == torch.float32
    for p in (0, 1, 7, 49):
        for i in range(3):
            angle = p / 10000 ** (2 * i / 6)
            assert encoding[p, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-6)
            assert encoding[p, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-6)
    assert sinusoidal_encoding(3, 2, base=5.0)[2, 0].item() == pytest.approx(math.sin(2))
    assert sinusoidal_encoding(3, 4, base=4.0)[1, 2].item() == pytest.approx(math.sin(0.5))
    with pytest.raises(ValueError, match="d_model is 5; it must be even"):
        sinusoidal_encoding(3, 5)


def test_sinusoidal_encoding_is_exact_at_far_positions():
    """Angles in float32 are off by 1e-3 at position 100,000."""
    far = sinusoidal_encoding(100_001, 4)[-1]
    assert far[0].item() == pytest.approx(math.sin(100_000), abs=1e-6)
    assert far[2].item() == pytest.approx(math.sin(1_000), abs=1e-6)


def test_rope_multiplies_by_a_complex_number():
    """Half-split pairs, the other direction or another frequency would go unnoticed."""
    x = torch.randn(2, 3, 5, 8)
    pairs = torch.view_as_complex(x.unflatten(-1, (4, 2)).contiguous())
    frequencies = 10000.0 ** (-torch.arange(4) * 2 / 8)
    angles = torch.arange(5)[:, None] * frequencies
    expected = torch.view_as_real(pairs * torch.polar(torch.ones(5, 4), angles)).flatten(-2)
    torch.testing.assert_close(apply_rope(x), expected, **TOLERANCE)
    torch.testing.assert_close(apply_rope(x).norm(dim=-1), x.norm(dim=-1), **TOLERANCE)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_layers_turn_as_apply_rope_does(dtype):
    """Angles kept from an earlier call would be those of other positions, sizes or bases."""
    for first, n, d_head, base in (
        (0, 5, 8, 10.0),
        (3, 5, 8, 10.0),
        (3, 2, 4, 10.0),
        (3, 2, 4, 9.0),
    ):
        x = torch.randn(2, n, 3, d_head).to(dtype).transpose(1, 2)
        expected = apply_rope(x, torch.arange(first, first + n), base)
        torch.testing.assert_close(rotate_from(x, first, base), expected, atol=0, rtol=0)
        assert expected.dtype == dtype


def test_rope_takes_any_memory_layout():
    """Complex views want pairs that lie side by side, at an even place."""
    x = torch.randn(4, 6, 3)
    for view in (x.transpose(1, 2)[..., :4], x.flatten()[1:49].view(2, 4, 6), x[..., :1].mT):
        if view.shape[-1] % 2 == 0:
            torch.testing.assert_close(apply_rope(view), apply_rope(view.clone()))


def test_rope_can_be_trained_after_inference_mode():
    """Angles first needed in inference mode are kept, and autograd refuses what that mode makes."""
    with torch.inference_mode():
        rotate_from(torch.randn(7, 4), 0, base=77.0)
    x = torch.randn(7, 4, requires_grad=True)
    rotate_from(x, 0, base=77.0).sum().backward()
    assert x.grad is not None


def test_rope_sees_relative_positions_only():
    """The property for which it was made."""
    q, k = torch.randn(2, 1, 16, dtype=torch.float64)
    scores = [
        (apply_rope(q, torch.tensor([i])) * apply_rope(k, torch.tensor([j]))).sum()
        for i, j in ((3, 1), (102, 100), (10_002, 10_000))
    ]
    torch.testing.assert_close(scores[1], scores[0], atol=1e-9, rtol=0)
    torch.testing.assert_close(scores[2], scores[0], atol=1e-9, rtol=0)


def test_rope_positions_base_and_dtype():
    """A cache continues at a position other than 0, and a trained model has its own base."""
    x = torch.randn(6, 4)
    torch.testing.assert_close(apply_rope(x)[4:], apply_rope(x[4:], torch.tensor([4, 5])))
    turned = apply_rope(torch.tensor([[0.0, 0.0, 1.0, 0.0]]), torch.tensor([3]), base=9.0)
    torch.testing.assert_close(turned, torch.tensor([[0.0, 0.0, math.cos(1), math.sin(1)]]))
    assert apply_rope(x.bfloat16()).dtype == torch.bfloat16
    assert apply_rope(x.double()).dtype == torch.float64
    with pytest.raises(ValueError, match="d_head = 3 features; it must be even"):
        apply_rope(torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"positions has shape \(2,\).* n = 6"):
        apply_rope(x, torch.arange(2))


def test_alibi_slopes():
    """The published slopes for 8 heads run from 1/2 to 1/256."""
    bias = alibi_bias(8, 5)
    assert bias.shape == (8, 5, 5) and bias.dtype == torch.float32
    distance = (torch.arange(5)[:, None] - torch.arange(5)).abs()
    for h in range(8):
        assert torch.equal(bias[h], -distance / 2 ** (h + 1))
    assert torch.equal(alibi_bias(2, 3)[:, 2, 0], torch.tensor([-2 / 16, -2 / 256]))
    assert alibi_bias(1, 2)[0, 0, 1].item() == -1 / 256
    for wrong in (3, 0, 12):
        with pytest.raises(ValueError, match=f"n_heads is {wrong}; it must be a power of two"):
            alibi_bias(wrong, 4)


def test_layouts_convert_both_ways():
    """A converted checkpoint would be silently wrong."""
    interleaved = torch.tensor([0, 1, 2, 3, 4, 5])
    half_split = torch.tensor([0, 2, 4, 1, 3, 5])
    assert torch.equal(interleaved_to_half_split(interleaved), half_split)
    assert torch.equal(half_split_to_interleaved(half_split), interleaved)
    weight = torch.randn(2, 6, 3)
    for dim in (1, -2):
        there = interleaved_to_half_split(weight, dim=dim)
        assert torch.equal(there, weight[:, half_split])
        assert torch.equal(half_split_to_interleaved(there, dim=dim), weight)
    for convert in (interleaved_to_half_split, half_split_to_interleaved):
        with pytest.raises(ValueError, match="3 features along dim -1; it must be even"):
            convert(torch.zeros(3))


def test_converted_features_turn_alike():
    """Rotating half-split pairs after conversion equals converting after rotation."""
    x = torch.randn(5, 8)
    angles = torch.arange(5)[:, None] * 10000.0 ** (-torch.arange(4) * 2 / 8)
    first, second = interleaved_to_half_split(x).chunk(2, dim=-1)
    rotated = torch.cat(
        (
            first * angles.cos() - second * angles.sin(),
            first * angles.sin() + second * angles.cos(),
        ),
        dim=-1,
    )
    torch.testing.assert_close(interleaved_to_half_split(apply_rope(x)), rotated, **TOLERANCE)
