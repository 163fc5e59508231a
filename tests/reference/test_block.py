"""The blocks agree with PyTorch's and with Hugging Face's Llama; the cache changes nothing."""

import pytest
import torch
import torch.nn.functional as F
import transformers
from torch import nn

from reference.attention import causal_mask, merge_heads, padding_mask, split_heads
from reference.block import (
    CrossAttentionDecoderBlock,
    DecoderBlock,
    DecoderLM,
    EncoderBlock,
    GroupedQueryAttention,
    RMSNorm,
    SwiGLU,
    record_attention,
)
from reference.counting import ModelConfig, transformer_parameters
from reference.positions import interleaved_to_half_split

TOLERANCE = {"atol": 1e-5, "rtol": 1e-5}
CONFIG = ModelConfig(vocab_size=50, d_model=32, n_layers=3, n_heads=4, d_ff=48, gated=True)
GROUPED = ModelConfig(
    vocab_size=50, d_model=32, n_layers=3, n_heads=4, d_ff=48, n_kv_heads=2, gated=True
)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def attention_state(prefix, attention):
    """Our attention's weights under the names of `nn.MultiheadAttention`."""
    layers = (attention.W_q, attention.W_k, attention.W_v)
    return {
        f"{prefix}.in_proj_weight": torch.cat([layer.weight for layer in layers]),
        f"{prefix}.in_proj_bias": torch.cat([layer.bias for layer in layers]),
        f"{prefix}.out_proj.weight": attention.W_o.weight,
        f"{prefix}.out_proj.bias": attention.W_o.bias,
    }


def renamed(state, **names):
    """The tensors whose names start with a key of `names`, under the new start."""
    return {
        new + name.removeprefix(old): tensor
        for old, new in names.items()
        for name, tensor in state.items()
        if name.startswith(old + ".")
    }


def shake(module):
    """Weights of norms other than 1 and biases other than 0, so that their use is tested."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_encoder_block_agrees_with_pytorch(activation):
    """Lesson 04's encoder would not be the one of the 2017 paper."""
    ours = EncoderBlock(24, 4, 40, activation=getattr(F, activation))
    shake(ours)
    theirs = nn.TransformerEncoderLayer(24, 4, 40, activation=activation, batch_first=True)
    flat = {name.replace("feed_forward.", ""): t for name, t in ours.state_dict().items()}
    theirs.load_state_dict(
        attention_state("self_attn", ours.attention)
        | renamed(flat, norm1="norm1", norm2="norm2", W_1="linear1", W_2="linear2")
    )
    theirs.eval()
    x = torch.randn(3, 6, 24)
    torch.testing.assert_close(ours(x), theirs(x), **TOLERANCE)
    lengths = torch.tensor([6, 2, 4])
    padding = padding_mask(lengths, 6)
    output = ours(x, mask=padding)
    expected = theirs(x, src_key_padding_mask=~padding[:, 0])
    for row, length in enumerate(lengths):
        torch.testing.assert_close(output[row, :length], expected[row, :length], **TOLERANCE)


def test_decoder_block_with_cross_attention_agrees_with_pytorch():
    """Lesson 04's decoder would not be the one of the 2017 paper."""
    ours = CrossAttentionDecoderBlock(24, 4, 40)
    shake(ours)
    theirs = nn.TransformerDecoderLayer(24, 4, 40, batch_first=True)
    flat = {name.replace("feed_forward.", ""): t for name, t in ours.state_dict().items()}
    theirs.load_state_dict(
        attention_state("self_attn", ours.attention)
        | attention_state("multihead_attn", ours.cross_attention)
        | renamed(flat, norm1="norm1", norm2="norm2", norm3="norm3", W_1="linear1", W_2="linear2")
    )
    theirs.eval()
    x, memory = torch.randn(3, 6, 24), torch.randn(3, 9, 24)
    memory_mask = torch.rand(6, 9) < 0.6
    memory_mask[:, 0] = True
    hidden = ~causal_mask(6)
    torch.testing.assert_close(ours(x, memory), theirs(x, memory, tgt_mask=hidden), **TOLERANCE)
    torch.testing.assert_close(
        ours(x, memory, memory_mask),
        theirs(x, memory, tgt_mask=hidden, memory_mask=~memory_mask),
        **TOLERANCE,
    )


def test_rms_norm_agrees_with_pytorch():
    """A wrong epsilon or a mean subtracted would still look normalised."""
    ours, theirs = RMSNorm(16), nn.RMSNorm(16, eps=1e-6)
    shake(ours)
    theirs.load_state_dict(ours.state_dict())
    for scale in (1.0, 1e-3, 1e3):
        x = scale * torch.randn(2, 3, 16) + scale
        torch.testing.assert_close(ours(x), theirs(x), **TOLERANCE)
    # In float16 the squares overflow: 300² is above 65,504.
    half = RMSNorm(4)(torch.full((1, 4), 300.0, dtype=torch.float16))
    assert half.dtype == torch.float16 and torch.equal(half, torch.ones(1, 4).half())


def test_swiglu():
    """Gate and up exchanged give other numbers of the same shape."""
    layer = SwiGLU(6, 10)
    assert {name: tuple(p.shape) for name, p in layer.named_parameters()} == {
        "W_gate.weight": (10, 6),
        "W_up.weight": (10, 6),
        "W_down.weight": (6, 10),
    }
    x = torch.randn(2, 3, 6)
    gate, up = x @ layer.W_gate.weight.T, x @ layer.W_up.weight.T
    expected = (gate * torch.sigmoid(gate) * up) @ layer.W_down.weight.T
    torch.testing.assert_close(layer(x), expected, **TOLERANCE)


def llama_like(model: DecoderLM, config: ModelConfig, rope_base: float, eps: float):
    """Hugging Face's Llama with our weights; its RoPE pairs are half-split, ours interleaved."""
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.d_model,
            intermediate_size=config.d_ff,
            num_hidden_layers=config.n_layers,
            num_attention_heads=config.n_heads,
            num_key_value_heads=config.n_kv_heads or config.n_heads,
            rms_norm_eps=eps,
            rope_parameters={"rope_type": "default", "rope_theta": rope_base},
            tie_word_embeddings=False,
            attn_implementation="eager",
        )
    ).eval()
    names = {
        "attention_norm": "input_layernorm",
        "attention.W_q": "self_attn.q_proj",
        "attention.W_k": "self_attn.k_proj",
        "attention.W_v": "self_attn.v_proj",
        "attention.W_o": "self_attn.o_proj",
        "feed_forward_norm": "post_attention_layernorm",
        "feed_forward.W_gate": "mlp.gate_proj",
        "feed_forward.W_up": "mlp.up_proj",
        "feed_forward.W_down": "mlp.down_proj",
    }
    d_head = config.d_model // config.n_heads
    state = {
        "model.embed_tokens.weight": model.embedding.weight,
        "model.norm.weight": model.norm.weight,
        "lm_head.weight": model.output.weight,
    }
    for layer, block in enumerate(model.blocks):
        for ours, name in names.items():
            weight = block.get_submodule(ours).weight
            if ours in ("attention.W_q", "attention.W_k"):
                weight = interleaved_to_half_split(weight.unflatten(0, (-1, d_head)), 1)
                weight = weight.flatten(0, 1)
            state[f"model.layers.{layer}.{name}.weight"] = weight
    theirs.load_state_dict(state)
    return theirs


@pytest.mark.parametrize("config", [CONFIG, GROUPED], ids=["multi-head", "grouped-query"])
@pytest.mark.parametrize(("rope_base", "eps"), [(10000.0, 1e-6), (100.0, 1e-2)])
@torch.no_grad()
def test_decoder_agrees_with_hugging_face_llama(config, rope_base, eps):
    """Lesson 12 says that this is the model of today; a real checkpoint would give nonsense."""
    model = DecoderLM(config, rope_base=rope_base, eps=eps)
    shake(model)
    theirs = llama_like(model, config, rope_base, eps)
    tokens = torch.randint(config.vocab_size, (2, 17))
    with record_attention(model.blocks) as weights:
        logits = model(tokens)
    expected = theirs(tokens, output_attentions=True)
    torch.testing.assert_close(logits, expected.logits, **TOLERANCE)
    assert len(weights) == config.n_layers
    for ours, other in zip(weights, expected.attentions, strict=True):
        torch.testing.assert_close(ours, other, **TOLERANCE)


def test_decoder_has_the_names_and_counts_of_the_course():
    """A learner's decoder and the trained weights would no longer fit each other."""
    model = DecoderLM(CONFIG)
    block = {
        "attention_norm.weight",
        "attention.W_q.weight",
        "attention.W_k.weight",
        "attention.W_v.weight",
        "attention.W_o.weight",
        "feed_forward_norm.weight",
        "feed_forward.W_gate.weight",
        "feed_forward.W_up.weight",
        "feed_forward.W_down.weight",
    }
    assert set(model.state_dict()) == {
        "embedding.weight",
        "norm.weight",
        "output.weight",
        *(f"blocks.{layer}.{name}" for layer in range(3) for name in block),
    }
    for config in (CONFIG, GROUPED):
        count = sum(p.numel() for p in DecoderLM(config).parameters())
        assert count == transformer_parameters(config)["total"]


def test_decoder_block_keeps_shapes_and_the_past():
    """The future would leak into what earlier positions predict."""
    block = DecoderBlock(16, 2, 24).double()
    x = torch.randn(2, 5, 16, dtype=torch.float64)
    y = block(x)
    assert y.shape == x.shape and y.isfinite().all()
    torch.testing.assert_close(block(x[0]), y[0])
    x[:, 3:] += 1
    later = block(x)
    torch.testing.assert_close(later[:, :3], y[:, :3], atol=1e-12, rtol=0)
    assert not torch.isclose(later[:, 3:], y[:, 3:]).all(dim=-1).any()


def test_attention_names_the_wrong_argument():
    """A reader would see a reshape error deep inside."""
    with pytest.raises(ValueError, match="n_heads is 3; it must divide d_model = 16"):
        DecoderBlock(16, 3, 24)
    with pytest.raises(ValueError, match="n_kv_heads is 3; it must divide n_heads = 4"):
        GroupedQueryAttention(16, 4, n_kv_heads=3)


@pytest.mark.parametrize("config", [CONFIG, GROUPED], ids=["multi-head", "grouped-query"])
@torch.no_grad()
def test_cache_changes_nothing_but_the_time(config):
    """A cached key at a wrong position would give plausible, different text."""
    model = DecoderLM(config)
    tokens = torch.randint(config.vocab_size, (2, 12))
    caches = model.new_caches()
    pieces = [model(piece, caches) for piece in tokens.split((5, 1, 4, 2), dim=-1)]
    torch.testing.assert_close(torch.cat(pieces, dim=-2), model(tokens), **TOLERANCE)
    assert [cache.n_seen for cache in caches] == [12] * config.n_layers
    with pytest.raises(ValueError, match="without caches"), record_attention(model.blocks):
        model(tokens, model.new_caches())


def test_shared_keys_and_values_are_read_where_they_lie(monkeypatch):
    """Copies for each query head of a group would take most of a long text's time."""
    attention = GroupedQueryAttention(32, 4, n_kv_heads=2).double()
    x = torch.randn(2, 6, 32, dtype=torch.float64)
    values = split_heads(attention.W_v(x), 2)[:, [0, 0, 1, 1]]
    heads = attention.attention_weights(x) @ values
    monkeypatch.setattr("reference.block.repeat_kv", None)
    torch.testing.assert_close(attention(x), attention.W_o(merge_heads(heads)))


def test_record_attention_stops_at_the_end():
    """Hooks left behind would slow every later call and keep its weights in memory."""
    model = DecoderLM(CONFIG)
    tokens = torch.arange(6)
    with pytest.raises(RuntimeError, match="on purpose"), record_attention(model.blocks) as weights:
        model(tokens)
        raise RuntimeError("on purpose")
    model(tokens)
    assert [w.shape for w in weights] == [(4, 6, 6)] * 3
    assert not any(w.requires_grad for w in weights)
