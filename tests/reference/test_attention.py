"""The reference attention computes what PyTorch's does, and keeps its promises at the edges."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from reference.attention import (
    MultiHeadAttention,
    attention_entropy,
    causal_mask,
    merge_heads,
    most_attended,
    padding_mask,
    previous_token_score,
    project_qkv,
    scaled_dot_product_attention,
    softmax,
    split_heads,
)

TOLERANCE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def test_quick_start_of_the_lesson_runs():
    """Without it, the first lines that a reader copies would fail."""
    from reference.attention import MultiHeadAttention, scaled_dot_product_attention

    Q, K, V = (torch.randn(2, 10, 512) for _ in range(3))
    output, weights = scaled_dot_product_attention(Q, K, V)
    assert output.shape == (2, 10, 512)
    assert weights.shape == (2, 10, 10)

    output, weights = MultiHeadAttention(d_model=512, n_heads=8)(Q)
    assert output.shape == (2, 10, 512)
    assert weights.shape == (2, 8, 10, 10)


def test_projections_are_matrix_products():
    """Transposed or swapped weights would pass unnoticed with square matrices alone."""
    x = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
    W_q = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    W_k, W_v = W_q + 1, torch.tensor([[2.0], [1.0]])
    Q, K, V = project_qkv(x, W_q, W_k, W_v)
    assert torch.equal(Q, torch.tensor([[1.0, 2.0, 4.0], [0.0, -1.0, -1.0], [3.0, 0.5, 6.5]]))
    assert torch.equal(K - Q, x.sum(-1, keepdim=True).expand(3, 3))
    assert torch.equal(V, torch.tensor([[4.0], [-1.0], [6.5]]))
    with pytest.raises(ValueError, match=r"W_k has shape \(3, 2\).* d_model = 2"):
        project_qkv(x, W_q, W_q.T, W_v)


@pytest.mark.parametrize("dim", [-1, 0, 1])
def test_softmax_agrees_with_pytorch(dim):
    """A wrong axis or an unstable exponential would spoil every attention weight."""
    x = torch.randn(3, 4, 5) * 10
    torch.testing.assert_close(softmax(x, dim), F.softmax(x, dim), **TOLERANCE)


def test_softmax_at_the_edges():
    """Overflow at large scores, or weight on a masked key, would go unseen otherwise."""
    large = softmax(torch.tensor([1e4, 1e4, -1e4]))
    assert torch.equal(large, torch.tensor([0.5, 0.5, 0.0]))
    masked = softmax(torch.tensor([0.0, -math.inf, 0.0]))
    assert torch.equal(masked, torch.tensor([0.5, 0.0, 0.5]))
    assert softmax(torch.zeros(2, dtype=torch.float64)).dtype == torch.float64
    assert softmax(torch.zeros(2, dtype=torch.bfloat16)).dtype == torch.bfloat16


@settings(max_examples=40, deadline=None)
@given(
    batch=st.lists(st.integers(1, 3), max_size=2),
    n_q=st.integers(1, 6),
    n_k=st.integers(1, 6),
    d_k=st.integers(1, 9),
    d_v=st.integers(1, 9),
    masked=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_attention_agrees_with_pytorch(batch, n_q, n_k, d_k, d_v, masked, seed):
    """The reference would be no reference, at some shape or with some mask."""
    generator = torch.Generator().manual_seed(seed)
    Q = torch.randn(*batch, n_q, d_k, generator=generator)
    K = torch.randn(*batch, n_k, d_k, generator=generator)
    V = torch.randn(*batch, n_k, d_v, generator=generator)
    mask = None
    if masked:
        mask = torch.rand(n_q, n_k, generator=generator) < 0.6
        mask[:, 0] = True
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    expected = F.scaled_dot_product_attention(Q, K, V, attn_mask=mask)
    torch.testing.assert_close(output, expected, **TOLERANCE)
    torch.testing.assert_close(weights @ V, output, **TOLERANCE)
    torch.testing.assert_close(weights.sum(-1), torch.ones(*batch, n_q), **TOLERANCE)


def test_fully_masked_query_gets_zeros_and_finite_gradients():
    """One padded sentence in a batch would turn a whole training run into NaN."""
    Q, K, V = (torch.randn(3, 4, requires_grad=True) for _ in range(3))
    mask = torch.tensor([[True, False, False], [False, False, False], [True, True, True]])
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    assert torch.equal(weights[1], torch.zeros(3))
    assert torch.equal(output[1], torch.zeros(4))
    assert torch.equal(weights[0], torch.tensor([1.0, 0.0, 0.0]))
    output.sum().backward()
    for tensor in (Q, K, V):
        assert tensor.grad is not None and tensor.grad.isfinite().all()


def test_no_later_token_reaches_an_earlier_output():
    """A leak through the mask would make every causal example in the course wrong."""
    Q, K, V = (torch.randn(6, 8, dtype=torch.float64) for _ in range(3))
    before, weights = scaled_dot_product_attention(Q, K, V, causal_mask(6))
    assert before.isfinite().all()
    K, V = K.clone(), V.clone()
    K[4:] += 5
    V[4:] -= 7
    after, _ = scaled_dot_product_attention(Q, K, V, causal_mask(6))
    assert torch.equal(before[:4], after[:4])
    assert not torch.isclose(before[4:], after[4:]).any()
    assert (weights.diagonal() > 0).all()


def test_attention_names_the_wrong_argument():
    """A reader would be left with PyTorch's message about sizes at a dimension."""
    Q = torch.zeros(2, 4)
    with pytest.raises(ValueError, match="K has d_k = 3 .* as Q: 4"):
        scaled_dot_product_attention(Q, torch.zeros(2, 3), Q)
    with pytest.raises(ValueError, match="V has n_k = 5 .* as K: 2"):
        scaled_dot_product_attention(Q, Q, torch.zeros(5, 4))
    with pytest.raises(TypeError, match="mask has dtype torch.float32; it must be torch.bool"):
        scaled_dot_product_attention(Q, Q, Q, torch.ones(2, 2))


def test_heads_get_neighbouring_features():
    """A plain reshape would mix positions into heads and still have the right shape."""
    x = torch.arange(2 * 3 * 6).view(2, 3, 6)
    heads = split_heads(x, 3)
    assert heads.shape == (2, 3, 3, 2)
    for h in range(3):
        assert torch.equal(heads[:, h], x[..., 2 * h : 2 * h + 2])
    assert torch.equal(merge_heads(heads), x)
    assert torch.equal(merge_heads(split_heads(x[0], 2)), x[0])


@pytest.mark.parametrize("n_heads", [4, 0])
def test_heads_must_divide_d_model(n_heads):
    """Silently dropped features would be the alternative."""
    message = f"n_heads is {n_heads}; it must divide d_model = 6"
    with pytest.raises(ValueError, match=message):
        split_heads(torch.zeros(3, 6), n_heads)
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(6, n_heads)


def torch_attention_like(ours: MultiHeadAttention, d_model: int, n_heads: int, bias: bool):
    """`nn.MultiheadAttention` with the same weights."""
    theirs = nn.MultiheadAttention(d_model, n_heads, bias=bias, batch_first=True)
    state = {
        "in_proj_weight": torch.cat([ours.W_q.weight, ours.W_k.weight, ours.W_v.weight]),
        "out_proj.weight": ours.W_o.weight,
    }
    if bias:
        state["in_proj_bias"] = torch.cat([ours.W_q.bias, ours.W_k.bias, ours.W_v.bias])
        state["out_proj.bias"] = ours.W_o.bias
    theirs.load_state_dict(state)
    return theirs


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("cross", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_multi_head_attention_agrees_with_pytorch(bias, cross, masked):
    """Lesson 07 says that they give the same numbers, with the mask's meaning inverted."""
    torch.manual_seed(1)
    ours = MultiHeadAttention(24, 4, bias=bias)
    theirs = torch_attention_like(ours, 24, 4, bias)
    x = torch.randn(3, 5, 24)
    context = torch.randn(3, 7, 24) if cross else x
    mask = None
    if masked:
        mask = torch.rand(5, context.shape[1]) < 0.5
        mask[:, 0] = True
    output, weights = ours(x, context if cross else None, mask)
    expected, expected_weights = theirs(
        x,
        context,
        context,
        attn_mask=None if mask is None else ~mask,
        average_attn_weights=False,
    )
    torch.testing.assert_close(output, expected, **TOLERANCE)
    torch.testing.assert_close(weights, expected_weights, **TOLERANCE)


def test_multi_head_mask_is_the_same_for_every_head():
    """A padding mask (batch, 1, n) would otherwise line up with the heads or with the batch."""
    attention = MultiHeadAttention(8, 2)
    x = torch.randn(2, 4, 8)
    mask = padding_mask(torch.tensor([2, 4]), 4)
    _, weights = attention(x, mask=mask)
    assert torch.equal(weights[0, :, :, 2:], torch.zeros(2, 4, 2))
    assert (weights[1] > 0).all() and (weights[0, :, :, :2] > 0).all()
    # A single sentence without batch dimension, and the causal mask.
    _, weights = attention(x[0], mask=causal_mask(4))
    assert torch.equal(weights > 0, causal_mask(4).expand(2, 4, 4))
    with pytest.raises(ValueError, match=r"mask has shape \(4,\)"):
        attention(x, mask=torch.ones(4, dtype=torch.bool))


def test_masks():
    """Off by one, or the opposite convention, would leak the future or hide the present."""
    expected = torch.tensor([[1, 0, 0], [1, 1, 0], [1, 1, 1]]).bool()
    assert torch.equal(causal_mask(3), expected)
    mask = padding_mask(torch.tensor([0, 1, 3]), 3)
    assert torch.equal(mask, torch.tensor([[[0, 0, 0]], [[1, 0, 0]], [[1, 1, 1]]]).bool())
    for wrong in ([4], [1, -1]):
        with pytest.raises(ValueError, match="must be from 0 to n = 3"):
            padding_mask(torch.tensor(wrong), 3)


def test_entropy_in_nats():
    """Bits instead of nats, or NaN at a weight of 0, would spoil the pictures of lesson 07."""
    weights = torch.tensor([[0.25] * 4, [1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]])
    expected = torch.tensor([math.log(4), 0.0, math.log(2)])
    torch.testing.assert_close(attention_entropy(weights), expected, **TOLERANCE)
    assert attention_entropy(weights.expand(2, 5, 3, 4)).shape == (2, 5, 3)


def test_previous_token_score():
    """Averaging over n instead of n - 1, or looking one ahead, would give 0.75 or 0."""
    shifted = torch.zeros(4, 4)
    shifted[0, 0] = shifted[1, 0] = shifted[2, 1] = shifted[3, 2] = 1.0
    assert previous_token_score(shifted) == 1.0
    assert previous_token_score(shifted.T) == 0.0
    scores = previous_token_score(torch.stack((shifted, torch.full((4, 4), 0.25))))
    assert torch.equal(scores, torch.tensor([1.0, 0.25]))


def test_most_attended():
    """The first of equals, or a heat map's caption would name another token on another machine."""
    weights = torch.tensor([[0.1, 0.8, 0.1], [0.4, 0.2, 0.4], [0.2, 0.3, 0.5]])
    assert most_attended(weights, ["a", "b", "a"]) == ["b", "a", "a"]
    assert most_attended(torch.full((2, 2), 0.5), ["x", "y"]) == ["x", "x"]
    with pytest.raises(ValueError, match="tokens has 2 entries; .* 3 keys"):
        most_attended(weights, ["a", "b"])
