"""Real models, built from the reference implementations of this package and trained weights.

`load_minilm()` is an encoder, `load_smollm2()` and `load_austen()` are decoder-only. All run in
eval mode without gradients on the processor and give the numbers of their originals.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from helpers.waiting import waiting
from helpers.weights import austen_files, minilm_files, smollm2_files
from reference.block import DecoderLM, EncoderBlock, record_attention
from reference.counting import ModelConfig
from reference.generation import generate_cached

Model = TypeVar("Model", bound=nn.Module)


class MiniLMOutput(NamedTuple):
    """What `MiniLM` computed for `n` tokens.

    `hidden_states`: one `(n, d_model)` more than layers; the first is the embedding, the last the
    result. `attentions`: one `(n_heads, n, n)` a layer; rows are queries.
    """

    hidden_states: list[Tensor]
    attentions: list[Tensor]


class MiniLM(nn.Module):
    """The encoder all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"): BERT's shape, 6 layers.

    Attributes: `word_embedding`, `position_embedding`, `embedding_norm`, `layers` of
    `EncoderBlock`, each with `attention.W_q` and so on, `config` and `tokenizer`. BERT's
    embedding of the first segment is added into `word_embedding`: there is one segment here.
    """

    def __init__(self, config: ModelConfig, tokenizer: Tokenizer, eps: float) -> None:
        super().__init__()
        self.config = config
        self.tokenizer = tokenizer
        self.word_embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.position_embedding = nn.Embedding(config.n_positions, config.d_model)
        self.embedding_norm = nn.LayerNorm(config.d_model, eps=eps)
        self.layers = nn.ModuleList(
            EncoderBlock(config.d_model, config.n_heads, config.d_ff, activation=F.gelu, eps=eps)
            for _ in range(config.n_layers)
        )

    def tokenize(self, text: str) -> tuple[list[str], Tensor]:
        """The tokens of `text`, `[CLS]` first and `[SEP]` last, and their ids `(n,)`."""
        encoding = self.tokenizer.encode(text)
        return encoding.tokens, torch.tensor(encoding.ids)

    def embed(self, ids: Tensor) -> Tensor:
        """Shapes: `ids` `(..., n)`; gives what the first layer gets, `(..., n, d_model)`.

        Raises `ValueError` where `n` is above the 512 positions that the model has learned.
        """
        n = ids.shape[-1]
        if n > self.config.n_positions:
            raise ValueError(
                f"ids has n = {n} tokens; the model has learned {self.config.n_positions} positions"
            )
        words, positions = self.word_embedding(ids), self.position_embedding(torch.arange(n))
        return self.embedding_norm(words + positions)

    def forward(self, ids: Tensor) -> MiniLMOutput:
        """Shapes: `ids` `(n,)`, or `(..., n)` for texts of equal length, which adds the leading
        dimensions to all of `MiniLMOutput`."""
        hidden_states = [self.embed(ids)]
        with record_attention(self.layers) as attentions:
            for layer in self.layers:
                hidden_states.append(layer(hidden_states[-1]))
        return MiniLMOutput(hidden_states, attentions)

    def sentence_embedding(self, text: str) -> Tensor:
        """The mean of the last hidden states, scaled to length 1: `(d_model,)`. The dot product
        of two is the cosine by which this model was trained to compare sentences."""
        return F.normalize(self(self.tokenize(text)[1]).hidden_states[-1].mean(dim=0), dim=0)


class PretrainedDecoder(DecoderLM):
    """A `DecoderLM` with its tokenizer: `forward`, `embedding`, `blocks` … are those of the parent.

    Attributes besides: `config`, `tokenizer`.
    """

    def __init__(
        self,
        config: ModelConfig,
        tokenizer: Tokenizer,
        rope_base: float = 10000.0,
        eps: float = 1e-6,
    ) -> None:
        super().__init__(config, rope_base, eps)
        self.config = config
        self.tokenizer = tokenizer

    def tokenize(self, text: str) -> tuple[list[str], Tensor]:
        """The tokens of `text`, readable (a leading space is kept), and their ids `(n,)`."""
        ids = self.tokenizer.encode(text).ids
        return [self.tokenizer.decode([i], skip_special_tokens=False) for i in ids], torch.tensor(
            ids
        )

    def decode(self, ids: Tensor) -> str:
        """The text of ids `(n,)`."""
        return self.tokenizer.decode(ids.tolist(), skip_special_tokens=False)

    def attentions(self, ids: Tensor, layers: Sequence[int] | None = None) -> list[Tensor]:
        """The attention weights of `layers`, counted from 0, in that order; of all unless given.

        Shapes: `ids` `(..., n)`; gives a tensor `(..., n_heads, n, n)` a layer.
        """
        chosen = range(len(self.blocks)) if layers is None else layers
        in_order = sorted(set(chosen))
        with record_attention(self.blocks[layer] for layer in in_order) as weights:
            self(ids)
        of_layer = dict(zip(in_order, weights, strict=True))
        return [of_layer[layer] for layer in chosen]

    def complete(
        self,
        prompt: str,
        n_new: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        generator: torch.Generator | None = None,
    ) -> str:
        """`prompt` and the text of `n_new` more tokens, by `generate_cached`."""
        tokens = self.tokenize(prompt)[1][None]
        return self.decode(generate_cached(self, tokens, n_new, temperature, top_k, generator)[0])


def load_minilm() -> MiniLM:
    """all-MiniLM-L6-v2: 6 layers, 12 heads, d_model 384, trained to compare sentences.

    Raises `helpers.weights.MissingWeightsError` where its package is not installed.
    """
    settings, weights, tokenizer = minilm_files()
    config = ModelConfig(
        vocab_size=settings["vocab_size"],
        d_model=settings["hidden_size"],
        n_layers=settings["num_hidden_layers"],
        n_heads=settings["num_attention_heads"],
        d_ff=settings["intermediate_size"],
        bias=True,
        norm="layer",
        tied_embeddings=True,
        n_positions=settings["max_position_embeddings"],
    )
    first_segment = weights["embeddings.token_type_embeddings.weight"][0]
    state = {
        "word_embedding.weight": weights["embeddings.word_embeddings.weight"] + first_segment,
        "position_embedding.weight": weights["embeddings.position_embeddings.weight"],
        "embedding_norm.weight": weights["embeddings.LayerNorm.weight"],
        "embedding_norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    names = {
        "attention.W_q": "attention.self.query",
        "attention.W_k": "attention.self.key",
        "attention.W_v": "attention.self.value",
        "attention.W_o": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "feed_forward.W_1": "intermediate.dense",
        "feed_forward.W_2": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for layer in range(config.n_layers):
        for ours, theirs in names.items():
            for kind in ("weight", "bias"):
                source = f"encoder.layer.{layer}.{theirs}.{kind}"
                state[f"layers.{layer}.{ours}.{kind}"] = weights[source]
    with torch.device("meta"):
        model = MiniLM(config, tokenizer, settings["layer_norm_eps"])
    return _with_weights(model, state)


SmolLM2State = tuple[ModelConfig, dict[str, float], dict[str, Tensor], Tokenizer]


def smollm2_state() -> SmolLM2State:
    """What any module of SmolLM2's shape needs to become SmolLM2-135M-Instruct.

    Gives the sizes; `rope_base` and `eps`, the settings that are no sizes; the weights, named as
    the attributes of `DecoderLM`; and the tokenizer. The weights were stored in 4 bits (embedding:
    8) and take 538 MB unpacked; the output layer's is the embedding's, one tensor under two names.
    Raises `helpers.weights.MissingWeightsError` where its package is not installed.
    """
    with waiting("Loading SmolLM2 (135 million weights, 540 MB)", usually="5 to 25 seconds"):
        metadata, weights, tokenizer = smollm2_files()
        weights = _laid_out(weights)
    config = ModelConfig(
        vocab_size=metadata["llama.vocab_size"],
        d_model=metadata["llama.embedding_length"],
        n_layers=metadata["llama.block_count"],
        n_heads=metadata["llama.attention.head_count"],
        d_ff=metadata["llama.feed_forward_length"],
        n_kv_heads=metadata["llama.attention.head_count_kv"],
        gated=True,
        tied_embeddings=True,
    )
    settings = {
        "rope_base": metadata["llama.rope.freq_base"],
        "eps": metadata["llama.attention.layer_norm_rms_epsilon"],
    }
    state = {
        "embedding.weight": weights["token_embd.weight"],
        "norm.weight": weights["output_norm.weight"],
        "output.weight": weights["token_embd.weight"],
    }
    names = {
        "attention_norm": "attn_norm",
        "attention.W_q": "attn_q",
        "attention.W_k": "attn_k",
        "attention.W_v": "attn_v",
        "attention.W_o": "attn_output",
        "feed_forward_norm": "ffn_norm",
        "feed_forward.W_gate": "ffn_gate",
        "feed_forward.W_up": "ffn_up",
        "feed_forward.W_down": "ffn_down",
    }
    for layer in range(config.n_layers):
        for ours, theirs in names.items():
            state[f"blocks.{layer}.{ours}.weight"] = weights[f"blk.{layer}.{theirs}.weight"]
    return config, settings, state, tokenizer


def load_smollm2(given: SmolLM2State | None = None) -> PretrainedDecoder:
    """SmolLM2-135M-Instruct (Allal et al. 2025): 30 layers, 9 heads, 3 key and value heads.

    `given`: what `smollm2_state()` gave, of which the model then holds the tensors themselves; read
    from the file unless given. Raises `helpers.weights.MissingWeightsError` where its package is
    not installed.
    """
    config, settings, state, tokenizer = smollm2_state() if given is None else given
    with torch.device("meta"):
        model = PretrainedDecoder(config, tokenizer, **settings)
    _with_weights(model, state)
    model.output.weight = model.embedding.weight
    share_products(model)
    return model


def load_austen() -> PretrainedDecoder:
    """A small model that writes like Jane Austen; helpers/models/austen says how it was made."""
    settings, weights, tokenizer = austen_files()
    with torch.device("meta"):
        model = PretrainedDecoder(ModelConfig(**settings), tokenizer)
    return _with_weights(model, weights)


_SAME_INPUT = ("W_q", "W_k", "W_v"), ("W_gate", "W_up")
_SIDE_BY_SIDE = ("attn_q", "attn_k", "attn_v"), ("ffn_gate", "ffn_up")
"""Matrices that are multiplied with the same input, as modules and as the file name them."""
_STEP = {960: 1024, 49_152: 49_168}
"""How far apart columns begin, where a gap between them is faster: columns of some lengths meet in
the same few places of a processor's cache. Measured: these two gaps save 3 % of a token's time."""


def _laid_out(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same weights in one piece of memory, since a token reads all of them. Matrices with no
    more columns than rows lie in it column by column: their columns are the longer runs. Those that
    have the same input are the rows of one matrix, which has longer columns still."""
    matrices = {}
    for names in _groups(weights):
        shape = (sum(len(weights[name]) for name in names), *weights[names[0]].shape[1:])
        by_column = len(shape) == 2 and shape[0] >= shape[1]
        stored = (shape[1], _STEP.get(shape[0], shape[0])) if by_column else shape
        matrices[names] = by_column, stored
    sizes = [math.prod(stored) for _, stored in matrices.values()]
    pieces = torch.empty(sum(sizes)).split(sizes)
    laid = {}
    for (names, (by_column, stored)), piece in zip(matrices.items(), pieces, strict=True):
        begin = 0
        for name in names:
            end = begin + len(weights[name])
            place = piece.view(stored).T if by_column else piece.view(stored)
            laid[name] = place[begin:end].copy_(weights[name])
            begin = end
    return laid


def _groups(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each name once: with the others of its layer that have the same input, or alone."""
    for name in names:
        kinds = next((kinds for kinds in _SIDE_BY_SIDE if name.split(".")[-2] in kinds), None)
        if kinds is None:
            yield (name,)
        elif f".{kinds[0]}." in name:
            yield tuple(name.replace(kinds[0], kind) for kind in kinds)


def share_products(model: nn.Module) -> None:
    """Let one product do for layers that get the same input (`W_q`, `W_k` and `W_v`; `W_gate` and
    `W_up`) where a single position comes, and `smollm2_state` has laid their weights side by side.

    That is faster. Whoever calls these layers, hooks them or changes their weights sees no
    difference.
    """
    for module in model.modules():
        for names in _SAME_INPUT:
            layers = [getattr(module, name, None) for name in names]
            if all(type(layer) is nn.Linear and layer.bias is None for layer in layers):
                product = _Product(layers)
                for place, layer in enumerate(layers):
                    setattr(layer, "forward", partial(product.part, place))  # noqa: B010


class _Product:
    """What several layers make of the same position: the first that is called computes all."""

    def __init__(self, layers: Sequence[Any]) -> None:
        self._layers = layers
        self._sizes = [layer.out_features for layer in layers]
        self._input: Tensor | None = None
        self._parts: dict[int, Tensor] = {}

    def part(self, place: int, x: Tensor) -> Tensor:
        """That of the layer at `place`."""
        if x is not self._input or place not in self._parts:
            whole = self._whole() if x.shape[:-1].numel() == 1 else None
            if whole is None:
                return F.linear(x, self._layers[place].weight)
            self._input = x
            self._parts = dict(enumerate(F.linear(x, whole).split(self._sizes, dim=-1)))
        part = self._parts.pop(place)
        if not self._parts:
            self._input = None
        return part

    def _whole(self) -> Tensor | None:
        """All weights as one matrix, unless somebody has replaced some or trains them."""
        first = self._layers[0].weight
        place = first.data_ptr()
        for layer, size in zip(self._layers, self._sizes, strict=True):
            weight = layer.weight
            if (
                weight.requires_grad
                or weight.data_ptr() != place
                or weight.stride() != first.stride()
            ):
                return None
            place += size * first.stride(0) * first.itemsize
        return first.as_strided((sum(self._sizes), first.shape[1]), first.stride())


def _with_weights(model: Model, state: dict[str, Tensor]) -> Model:
    """Put the tensors themselves into a model on the meta device: no second copy, no random
    numbers drawn, and every name must be there."""
    model.load_state_dict(state, strict=True, assign=True)
    return model.requires_grad_(False).eval()
