"""Every count is that of a model which exists, to the last parameter."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from reference.block import DecoderLM
from reference.counting import (
    CONFIGS,
    ModelConfig,
    attention_parameters,
    feed_forward_parameters,
    kv_cache_bytes,
    linear_parameters,
    transformer_parameters,
    weight_bytes,
)

COUNTS = json.loads((Path(__file__).parent.parent / "data" / "parameter_counts.json").read_text())


def on_meta(config: ModelConfig, name: str) -> nn.Module:
    """Hugging Face's model of this configuration, without memory for its weights."""
    common = {
        "vocab_size": config.vocab_size,
        "hidden_size": config.d_model,
        "num_hidden_layers": config.n_layers,
        "num_attention_heads": config.n_heads,
        "tie_word_embeddings": config.tied_embeddings,
    }
    kind = name.split()[0]
    if kind == "GPT-2":
        settings = transformers.GPT2Config(
            vocab_size=config.vocab_size,
            n_embd=config.d_model,
            n_layer=config.n_layers,
            n_head=config.n_heads,
            n_inner=config.d_ff,
            n_positions=config.n_positions,
        )
    elif kind == "Pythia":
        settings = transformers.GPTNeoXConfig(intermediate_size=config.d_ff, **common)
    else:
        family = {"Mistral": transformers.MistralConfig, "Gemma": transformers.GemmaConfig}
        settings = family.get(kind, transformers.LlamaConfig)(
            intermediate_size=config.d_ff,
            num_key_value_heads=config.n_kv_heads or config.n_heads,
            head_dim=config.d_head or config.d_model // config.n_heads,
            **common,
        )
    with torch.device("meta"):
        return transformers.AutoModelForCausalLM.from_config(settings)


def counts_by_part(model: nn.Module) -> dict[str, int]:
    """The parameters of a Hugging Face model by the parts of `transformer_parameters`. A tied
    output layer is not among `named_parameters`, which lists a shared tensor once."""
    counts = dict.fromkeys(
        ("embedding", "positions", "attention", "feed_forward", "norms", "output"), 0
    )
    for name, parameter in model.named_parameters():
        if any(word in name for word in ("norm", ".ln_")):
            part = "norms"
        elif any(word in name for word in ("attn", "attention")):
            part = "attention"
        elif "mlp" in name:
            part = "feed_forward"
        elif any(word in name for word in ("wte", "embed_tokens", "embed_in")):
            part = "embedding"
        elif "wpe" in name:
            part = "positions"
        else:
            assert any(word in name for word in ("lm_head", "embed_out")), name
            part = "output"
        counts[part] += parameter.numel()
    return counts | {"total": sum(p.numel() for p in model.parameters())}


def test_every_configuration_has_an_exact_count_to_compare():
    """A configuration could be added without anything to check it by."""
    assert set(CONFIGS) == set(COUNTS)


@pytest.mark.parametrize("name", CONFIGS)
def test_count_equals_the_real_model(name):
    """Lesson 11 would print a number that is not the model's."""
    ours = transformer_parameters(CONFIGS[name])
    assert ours == COUNTS[name]
    assert ours == counts_by_part(on_meta(CONFIGS[name], name))


def test_linear_parameters():
    assert linear_parameters(1024, 4096) == 4_198_400
    assert linear_parameters(1024, 4096, bias=False) == 4_194_304


def test_the_audit_of_exercise_6_ends_at_these_sums():
    """The widely copied Llama 2 7B table lacks the gate, to the last parameter."""
    llama = transformer_parameters(CONFIGS["Llama 2 7B"])
    assert llama["total"] == 6_738_415_616
    plain = transformer_parameters(replace(CONFIGS["Llama 2 7B"], gated=False))
    assert plain["total"] == 5_295_575_040
    assert llama["total"] - plain["total"] == 32 * 4096 * 11008 == 1_442_840_576


def test_the_model_answer_on_gemma_gives_these_numbers():
    """A learner compares their own with it."""
    gemma = CONFIGS["Gemma 7B"]
    parts = transformer_parameters(gemma)
    assert parts["total"] == 8_537_680_896
    assert parts["feed_forward"] == 28 * 226_492_416 == 6_341_787_648
    assert round(parts["feed_forward"] / parts["total"], 2) == 0.74
    narrower = transformer_parameters(replace(gemma, d_ff=4 * gemma.d_model))
    assert 2 * narrower["feed_forward"] == parts["feed_forward"]
    assert round(narrower["total"] / 1e9, 1) == 5.4
    assert parts["embedding"] == 786_432_000
    assert transformer_parameters(replace(gemma, vocab_size=32000))["embedding"] == 98_304_000
    assert transformer_parameters(replace(gemma, tied_embeddings=False))["total"] == 9_324_112_896
    smaller_heads = transformer_parameters(replace(gemma, d_head=None))
    assert parts["attention"] == 1_409_286_144
    assert parts["attention"] - smaller_heads["attention"] == 352_321_536
    assert parts["total"] - parts["embedding"] == 7_751_248_896


def test_the_share_of_the_feed_forward_in_a_block():
    """Two thirds is the exception, as lesson 11 says."""
    shares = {}
    for name in ("GPT-2 small", "Llama 2 7B", "SmolLM2 135M", "Llama 3 8B", "Llama 2 70B"):
        parts = transformer_parameters(CONFIGS[name])
        shares[name] = round(
            parts["feed_forward"] / (parts["feed_forward"] + parts["attention"]), 2
        )
    assert list(shares.values()) == [0.67, 0.67, 0.75, 0.81, 0.82]


@pytest.mark.parametrize("name", ["stories260K", "SmolLM2 135M", "Gemma 2B"])
def test_a_token_costs_two_operations_a_weight_and_the_attention_term(name):
    """The rule of lesson 11, counted by PyTorch; norms are in no matrix product."""
    config, n = CONFIGS[name], 48
    parts = transformer_parameters(config)
    with torch.device("meta"):
        model = DecoderLM(config)
        with FlopCounterMode(display=False) as forward:
            logits = model(torch.zeros(1, n, dtype=torch.long))
        with FlopCounterMode(display=False) as backward:
            logits.sum().backward()
    width = config.n_heads * (config.d_head or config.d_model // config.n_heads)
    by_hand = 2 * (parts["total"] - parts["norms"]) + config.n_layers * 4 * n * width
    assert config.tied_embeddings
    assert forward.get_total_flops() == n * by_hand
    assert backward.get_total_flops() == 2 * n * by_hand


def test_attention_parameters():
    """Heads don't divide the count, grouped keys and values do, biases come with each matrix."""
    assert attention_parameters(768, 12) == attention_parameters(768, 1) == 4 * 768**2
    assert attention_parameters(768, 12, bias=True) == 4 * (768**2 + 768)
    assert attention_parameters(4096, 32, n_kv_heads=8) == 2 * 4096**2 + 2 * 4096 * 1024
    # A head size of its own (Gemma), 5 query heads and 1 of keys and values, with biases.
    assert attention_parameters(10, 5, 1, d_head=8, bias=True) == (
        (10 * 40 + 40) + 2 * (10 * 8 + 8) + (40 * 10 + 10)
    )
    with pytest.raises(ValueError, match="n_heads is 3; it must divide d_model = 10"):
        attention_parameters(10, 3)
    with pytest.raises(ValueError, match="n_kv_heads is 2; it must divide n_heads = 5"):
        attention_parameters(10, 5, 2)


def test_feed_forward_parameters():
    """SwiGLU counted as two matrices is the classic mistake."""
    assert feed_forward_parameters(4, 16) == 128
    assert feed_forward_parameters(4, 16, gated=True) == 192
    assert feed_forward_parameters(4, 16, bias=True) == 128 + 16 + 4
    assert feed_forward_parameters(4, 16, gated=True, bias=True) == 192 + 16 + 16 + 4


def test_unknown_norm_is_named():
    """A misspelt norm would be counted as one of the two."""
    with pytest.raises(ValueError, match='norm is \'batch\'; it must be "rms" or "layer"'):
        transformer_parameters(ModelConfig(10, 4, 1, 1, 8, norm="batch"))


@pytest.mark.parametrize(
    ("name", "a_token"),
    [
        ("Llama 2 7B", 524_288),
        ("Llama 3 8B", 131_072),
        ("GPT-2 small", 36_864),
        ("SmolLM2 135M", 23_040),
    ],
)
def test_cache_bytes(name, a_token):
    """Grouped-query attention's gain, as lesson 11 prints it."""
    assert kv_cache_bytes(CONFIGS[name], 1) == a_token
    assert kv_cache_bytes(CONFIGS[name], n_tokens=4096, bytes_per_number=4) == 2 * 4096 * a_token


def test_cache_bytes_with_its_own_head_size():
    """Gemma's heads are larger than d_model // n_heads."""
    assert kv_cache_bytes(CONFIGS["Gemma 7B"], 1) == 2 * 2 * 28 * 16 * 256


def test_weight_bytes():
    """Bits taken for bytes would be off by eight, half a byte lost by one."""
    sizes = {"float32": 40, "float16": 20, "bfloat16": 20, "int8": 10, "int4": 5}
    assert {dtype: weight_bytes(10, dtype) for dtype in sizes} == sizes
    assert weight_bytes(3, "int4") == 2
    assert weight_bytes(3) == 12
    with pytest.raises(ValueError, match="dtype is 'int2'; it must be one of float32, .*int4"):
        weight_bytes(3, "int2")
