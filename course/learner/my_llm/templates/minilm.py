"""MiniLM, a trained model of 6 layers with 12 heads each, run by your attention."""

import re
import unicodedata
from pathlib import Path

import torch
import torch.nn.functional as F

from my_llm.attention import merge_heads, scaled_dot_product_attention, split_heads


def cut(sentence, vocabulary):
    """The tokens of a sentence: words, or the longest pieces of them that MiniLM knows."""
    tokens = ["[CLS]"]
    plain = unicodedata.normalize("NFD", sentence.lower())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")  # no accents
    for word in re.findall(r"[^\W_]+|[^\w\s]|_", plain):
        pieces, start = [], 0
        while start < len(word) and pieces != ["[UNK]"]:
            inside = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if inside + word[start:end] in vocabulary), None)
            pieces = ["[UNK]"] if end is None else [*pieces, inside + word[start:end]]
            start = end or len(word)
        tokens += pieces
    return [*tokens, "[SEP]"]


def look_at(sentence):
    """The tokens (n strings) and the attention weights (n_layers, n_heads, n, n)."""
    folder = Path(__file__).parent / "weights"
    file = torch.load(folder / "minilm.pt", weights_only=True)
    config, numbers = file["config"], {token: i for i, token in enumerate(file["vocabulary"])}
    weights = {name: weight.float() for name, weight in file["weights"].items()}
    tokens = cut(sentence, numbers)

    def norm(x, name):
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return F.layer_norm(x, weight.shape, weight, bias, config["layer_norm_eps"])

    def linear(x, name):
        return F.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    x = weights["embeddings.word_embeddings.weight"][[numbers[token] for token in tokens]]
    x = x + weights["embeddings.position_embeddings.weight"][: len(tokens)]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    looks = []
    for layer in range(config["num_hidden_layers"]):
        Q, K, V = (
            split_heads(linear(x, f"{layer}.attention.self.{kind}"), config["num_attention_heads"])
            for kind in ("query", "key", "value")
        )
        heads, look = scaled_dot_product_attention(Q, K, V)
        looks.append(look)
        attended = linear(merge_heads(heads), f"{layer}.attention.output.dense")
        x = norm(x + attended, f"{layer}.attention.output.LayerNorm")
        hidden = F.gelu(linear(x, f"{layer}.intermediate.dense"))
        x = norm(x + linear(hidden, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    return tokens, torch.stack(looks)
