"""Tokens are drawn from the distribution that is asked for, and the cache changes none of them."""

import pytest
import torch
import torch.nn.functional as F

from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.generation import generate, generate_cached, nucleus, sample_next

CONFIG = ModelConfig(
    vocab_size=50, d_model=32, n_layers=3, n_heads=4, d_ff=48, n_kv_heads=2, gated=True
)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def frequencies(logits, n=20_000, **options):
    generator = torch.Generator().manual_seed(5)
    drawn = sample_next(logits.expand(n, -1), generator=generator, **options)
    return torch.bincount(drawn, minlength=logits.shape[-1]) / n


def test_sampling_follows_the_distribution():
    """Temperature the wrong way round, or top-k that keeps one too many, reads almost alike."""
    logits = torch.tensor([2.0, 0.0, 1.0, -1.0])
    for temperature in (0.5, 1.0, 2.0):
        expected = F.softmax(logits / temperature, dim=-1)
        measured = frequencies(logits, temperature=temperature)
        torch.testing.assert_close(measured, expected, atol=0.015, rtol=0)
    kept = F.softmax(torch.tensor([2.0, -torch.inf, 1.0, -torch.inf]), dim=-1)
    torch.testing.assert_close(frequencies(logits, top_k=2), kept, atol=0.015, rtol=0)
    # Equal logits: still no more than k of them.
    assert (frequencies(torch.zeros(5), top_k=2) > 0).sum() == 2


def test_sampling_at_the_edges():
    """Greedy decoding, batches, and errors that say what would be right."""
    logits = torch.randn(2, 3, 7)
    assert torch.equal(sample_next(logits, temperature=0), logits.argmax(dim=-1))
    assert torch.equal(sample_next(logits, top_k=1), logits.argmax(dim=-1))
    assert torch.equal(sample_next(1e4 * logits, temperature=1e-6), logits.argmax(dim=-1))
    assert sample_next(logits[0, 0]).shape == ()
    assert sample_next(logits, top_k=100).shape == (2, 3)
    with pytest.raises(ValueError, match=r"temperature is -0.1; it must be 0 \(arg max\)"):
        sample_next(logits, temperature=-0.1)
    with pytest.raises(ValueError, match="top_k is 0; it must be at least 1"):
        sample_next(logits, top_k=0)


@pytest.mark.parametrize("make", [generate, generate_cached])
def test_generate_keeps_tokens_mode_and_seed(make):
    """A model left in eval mode would train on without anybody noticing."""
    model = DecoderLM(CONFIG)
    tokens = torch.randint(50, (2, 4))
    for training in (True, False):
        model.train(training)
        first, second = (
            make(model, tokens, 6, generator=torch.Generator().manual_seed(9)) for _ in range(2)
        )
        assert model.training is training and model.blocks[0].training is training
        assert torch.equal(first, second)
        assert first.shape == (2, 10) and torch.equal(first[:, :4], tokens)
    model.train()
    with pytest.raises(ValueError, match="temperature"):
        make(model, tokens, 1, temperature=-1)
    assert model.training
    assert torch.equal(make(model, tokens, 0), tokens)
    greedy = make(model, tokens, 3, temperature=0)
    for n in (4, 5, 6):
        assert torch.equal(greedy[:, n], model(greedy[:, :n])[:, -1].argmax(dim=-1))


def test_the_cache_changes_no_token_and_saves_positions():
    """The text would be another, or the time the same."""
    model = DecoderLM(CONFIG)
    tokens = torch.randint(50, (2, 12))
    for temperature in (0.0, 1.0):
        texts = [
            make(model, tokens, 15, temperature, 10, torch.Generator().manual_seed(3))
            for make in (generate, generate_cached)
        ]
        assert torch.equal(*texts)
    shown = []
    model.register_forward_pre_hook(lambda module, inputs: shown.append(inputs[0].shape[-1]))
    generate_cached(model, tokens, 5)
    assert shown == [12, 1, 1, 1, 1]


@pytest.mark.parametrize("make", [generate, generate_cached])
def test_what_is_written_can_be_trained_on(make):
    """The mode without books is quicker, and autograd refuses the tensors that it makes."""
    model = DecoderLM(CONFIG)
    modes = []
    model.register_forward_pre_hook(
        lambda module, inputs: modes.append(torch.is_inference_mode_enabled())
    )
    made = make(model, torch.randint(50, (2, 4)), 3)
    assert modes == [True] * 3
    F.cross_entropy(model(made[:, :-1]).flatten(0, 1), made[:, 1:].flatten()).backward()
    assert model.embedding.weight.grad is not None


def test_nucleus_keeps_as_few_as_will_do():
    """One token too many or too few would read almost alike."""
    p = torch.tensor([[0.1, 0.5, 0.15, 0.25], [0.01, 0.01, 0.97, 0.01]])
    kept = nucleus(p, 0.7)
    torch.testing.assert_close(kept[0], torch.tensor([0, 2 / 3, 0, 1 / 3]))
    assert kept[1].tolist() == [0, 0, 1, 0]
    assert nucleus(p, 1e-6).count_nonzero() == 2
    torch.testing.assert_close(nucleus(p, 1.0), p)
    small = torch.softmax(torch.linspace(0, -60, 300), dim=-1)
    assert (nucleus(small, 1.0) > 0).all()
    assert nucleus(p.double(), 0.5).dtype == torch.float64
    for top_p in (0, -0.1, 1.01):
        with pytest.raises(ValueError, match=f"top_p is {top_p}; it must be greater than 0"):
            nucleus(p, top_p)
