"""SmolLM2, a model of 135 million parameters that answers, on your code."""

import inspect
import re
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

from my_llm.config import ModelConfig
from my_llm.decoder import GroupedQueryAttention, KVCache, RMSNorm, SwiGLU
from my_llm.generation import generate_cached
from my_llm.tokens import merge_pair


class Block(nn.Module):
    """Exercise 7's block, with a cache and shared keys and values."""

    def __init__(self, config, rope_base, eps):
        super().__init__()
        self.attention_norm = RMSNorm(config.d_model, eps)
        self.attention = GroupedQueryAttention(
            config.d_model, config.n_heads, config.n_kv_heads, rope_base
        )
        self.feed_forward_norm = RMSNorm(config.d_model, eps)
        self.feed_forward = SwiGLU(config.d_model, config.d_ff)

    def forward(self, x, cache):
        x = x + self.attention(self.attention_norm(x), cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class SmolLM2(nn.Module):
    """The whole model. Its caches stay, so what it is called with follows what it got before."""

    def __init__(self, config, rope_base, eps):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList(Block(config, rope_base, eps) for _ in range(config.n_layers))
        self.norm = RMSNorm(config.d_model, eps)
        self.caches = [KVCache() for _ in self.blocks]

    def new_caches(self):
        return self.caches

    def forward(self, tokens, caches):
        with torch.inference_mode():
            logits = self.logits(tokens, caches, n_last=1)
        return logits.clone()

    def logits(self, tokens, caches=None, n_last=0):
        """(batch, n_last, vocab_size) of the last positions; 0 for all, as training needs them."""
        x = self.embedding(tokens)
        for block, cache in zip(self.blocks, caches or [None] * len(self.blocks), strict=True):
            x = block(x, cache)
        # The output layer has the embedding's matrix.
        return self.norm(x[:, -n_last:]) @ self.embedding.weight.T


def unpack(stored):
    """A weight as it was stored: as it is, or in blocks of 32 numbers of 8 bits or of 4."""
    if stored.dtype != torch.uint8:
        return stored
    if stored.shape[1] % 34 == 0:  # a step of 16 bits, then 32 numbers
        blocks = stored.unflatten(1, (-1, 34))
        step, numbers = blocks[..., :2], blocks[..., 2:].view(torch.int8).float()
        return (numbers * step.view(torch.float16).float()).flatten(1)
    blocks = stored.unflatten(1, (-1, 20))  # a step, the least of the 32, two numbers in each byte
    step, least = blocks[..., :4].contiguous().view(torch.float16).float().split(1, dim=-1)
    numbers = torch.cat((blocks[..., 4:] & 15, blocks[..., 4:] >> 4), dim=-1).float()
    return (numbers * step + least).flatten(1)


class Conversation:
    """SmolLM2, its tokens, and all that was said so far."""

    def __init__(self):
        file = torch.load(Path(__file__).parent / "weights" / "smollm2.pt", weights_only=True)
        self.model = SmolLM2(ModelConfig(**file["config"]), file["rope_base"], file["eps"])
        weights = {name: unpack(stored) for name, stored in file["weights"].items()}
        unmatched = self.model.load_state_dict(weights, strict=False, assign=True)
        learned = {name for name, _ in self.model.named_parameters()}
        if odd := learned & {*unmatched.missing_keys} or unmatched.unexpected_keys:
            raise SystemExit(f"These weights have no place in your model, or none there: {odd}")
        self.model.requires_grad_(False).eval()
        self.tokens = [token.encode("latin-1") for token in file["tokens"]]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        pairs = (
            (left.encode("latin-1"), right.encode("latin-1")) for left, right in file["merges"]
        )
        self.ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self.start, self.end = file["start"], file["end"]
        self.unseen = []  # tokens that the model has not been given yet

    def encode(self, text):
        """Ids, by your merge_pair. A model's own rule says what a word is; digits stand alone."""
        rule = r"'(?:[stmd]|re|ve|ll)| ?[^\W\d_]+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+"
        found = []
        for part in re.split(r"(\d)", text):
            for piece in [part] if part.isdigit() else re.findall(rule, part):
                word = tuple(bytes([b]) for b in piece.encode("utf-8"))
                while pairs := [p for p in pairwise(word) if p in self.ranks]:
                    word = merge_pair(word, min(pairs, key=self.ranks.get))
                # It has no token for a few bytes, such as control characters: they are left out.
                found += [self.ids[symbol] for symbol in word if symbol in self.ids]
        return found

    def prompt(self, text):
        """The ids of what is asked, up to where the reply begins."""
        asked = [self.start, *self.encode(f"user\n{text}"), self.end, *self.encode("\n")]
        return [*asked, self.start, *self.encode("assistant\n")]

    def reply(self, text, n_most=200, temperature=0.3, top_p=0.9):
        """Yield the answer in pieces, each as soon as it is there."""
        has_top_p = "top_p" in inspect.signature(generate_cached).parameters
        way = {"temperature": temperature} | ({"top_p": top_p} if has_top_p else {})
        self.unseen += self.prompt(text)
        came, shown = b"", ""
        for _ in range(n_most):
            new = generate_cached(self.model, torch.tensor([self.unseen]), 1, **way)[0, -1].item()
            self.unseen = [new]
            if new == self.end:
                break
            came += self.tokens[new]
            answer = came.decode("utf-8", errors="replace")
            if not answer.endswith("\ufffd"):  # else half of a character of several tokens
                yield answer[len(shown) :]
                shown = answer
        else:
            self.unseen.append(self.end)  # the answer was cut off
        self.unseen += self.encode("\n")
