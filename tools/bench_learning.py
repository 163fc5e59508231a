"""What learning and writing cost here, side by side with others: `make bench-learning`.

Training: nanoGPT's recipe for a CPU, and the course's `train`, on the same novels; both predict the
same held-out end of them, which neither has seen. Time is CPU seconds of training alone.
Writing: Hugging Face's `generate`, the course's and a learner's own, with a cache, take turns at
64 tokens of SmolLM2 with the same weights. One thread throughout.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import click
import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

from helpers.parameters import ModelConfig
from helpers.training import bits_per_character, initialise, next_token_loss, train
from helpers.transformer_block import DecoderLM
from helpers.weights import austen_files, austen_text
from tools.bench import machine

HELD_OUT = 0.05
TRAINING_TARGET = 1 / 8
COURSE = ModelConfig(vocab_size=1024, d_model=96, n_layers=2, n_heads=3, d_ff=256, gated=True)
COURSE_STEPS = 150
"""As few as predict the held-out text as well as nanoGPT's model does, with some to spare."""


@dataclass(frozen=True)
class Trained:
    """A model, what training it took, and how well it predicts.

    cpu_seconds: of the training alone; making a tokenizer and evaluating come on top for either.
    bits: a held-out character.
    """

    name: str
    parameters: int
    steps: int
    tokens: int
    cpu_seconds: float
    bits: float


class Characters:
    """A tokenizer whose tokens are the characters of a text, as `bits_per_character` wants it."""

    def __init__(self, text: str) -> None:
        self._ids = {character: i for i, character in enumerate(sorted(set(text)))}
        self.vocab_size = len(self._ids)

    def encode(self, text: str) -> SimpleNamespace:
        """Has `ids`, as what the library `tokenizers` gives."""
        return SimpleNamespace(ids=[self._ids[character] for character in text])


class NanoGPT(nn.Module):
    """The shape of GPT-2, small and without biases: learned positions, layer norm first, GELU.

    It is what https://github.com/karpathy/nanoGPT trains on a CPU by its README: 4 layers, 4 heads,
    128 features, 64 positions, no dropout; the output layer is the embedding.
    """

    D_MODEL, N_LAYERS, N_HEADS, CONTEXT = 128, 4, 4, 64

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, self.D_MODEL)
        self.positions = nn.Embedding(self.CONTEXT, self.D_MODEL)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                self.D_MODEL,
                self.N_HEADS,
                4 * self.D_MODEL,
                dropout=0.0,
                activation=F.gelu,
                norm_first=True,
                batch_first=True,
                bias=False,
            )
            for _ in range(self.N_LAYERS)
        )
        self.norm = nn.LayerNorm(self.D_MODEL, bias=False)
        mask = nn.Transformer.generate_square_subsequent_mask(self.CONTEXT)
        self.register_buffer("mask", mask, persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                adds = name.endswith(("out_proj.weight", "linear2.weight"))
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * self.N_LAYERS) if adds else 0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits `(batch, n, vocab_size)` of tokens `(batch, n)`."""
        n = tokens.shape[-1]
        x = self.embedding(tokens) + self.positions.weight[:n]
        for block in self.blocks:
            x = block(x, src_mask=self.mask[:n, :n], is_causal=True)
        return F.linear(self.norm(x), self.embedding.weight)


def nanogpt(text: str, held_out: str, n_steps: int = 2000) -> Trained:
    """Its recipe for a CPU: batches of 12, AdamW, 1e-3 to 1e-4 in half a cosine, warm-up of 100."""
    torch.manual_seed(0)
    tokenizer = Characters(text + held_out)
    ids = torch.tensor(tokenizer.encode(text).ids)
    model = NanoGPT(tokenizer.vocab_size)
    decay = [weight for weight in model.parameters() if weight.dim() >= 2]
    others = [weight for weight in model.parameters() if weight.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        betas=(0.9, 0.99),
        fused=True,
    )
    batch, context, warm_up = 12, NanoGPT.CONTEXT, 100
    begin = time.process_time()
    for step in track(range(n_steps), "nanoGPT's recipe"):
        starts = torch.randint(len(ids) - context, (batch, 1))
        windows = ids[starts + torch.arange(context + 1)]
        cosine = 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, n_steps - warm_up)))
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * step / warm_up if step < warm_up else 1e-4 + 9e-4 * cosine
        logits = model(windows[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    took = time.process_time() - begin
    return Trained(
        "nanoGPT's recipe for a CPU, characters",
        _parameters(model),
        n_steps,
        n_steps * batch * context,
        took,
        bits_per_character(model, tokenizer, held_out, context),
    )
