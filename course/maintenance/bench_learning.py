"""What learning and writing cost here, side by side with others: `make bench-learning`.

Training: nanoGPT's recipe for a CPU, the course's `train`, and a learner's own model by their own
`training_step`, as in exercise 7, on the same novels; all predict the same held-out end of them,
which none has seen. Time is CPU seconds of training alone.
Writing: Hugging Face's `generate`, the course's and a learner's own, with a cache, take turns at
64 tokens of SmolLM2 with the same weights. One thread throughout.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import nbexaminer.startup  # noqa: F401  first, since it has nbformat imported in a second less

# isort: split
import click
import nbformat
import torch
import torch.nn.functional as F
import transformers
from torch import Tensor, nn

from course.authoring.exercises import source_of
from course.learner.own import own
from course.maintenance.address import COLAB
from course.maintenance.machine import machine
from helpers.weights import austen_files, austen_text
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.generation import generate_cached
from reference.models import PretrainedDecoder, load_smollm2
from reference.positions import interleaved_to_half_split
from reference.training import (
    BATCH,
    CONTEXT,
    WARM_UP,
    bits_per_character,
    initialise,
    train,
    training_step,
)

HELD_OUT = 0.05
COURSE = ModelConfig(vocab_size=1024, d_model=96, n_layers=2, n_heads=3, d_ff=256, gated=True)
NANOGPT_STEPS, COURSE_STEPS = 2000, 120
"""Its README's, and as few of ours as predict the held-out text as well."""
LEARNERS_STEPS = 1000
"""Exercise 7's."""
COURSE_WARM_UP = 0.5
"""More of the steps than in a lesson, since there are so few."""
PROMPT = "Once upon a time there was a small village by the sea. In it"


# Training


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
        self._mask = nn.Transformer.generate_square_subsequent_mask(self.CONTEXT)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                adds = name.endswith(("out_proj.weight", "linear2.weight"))
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * self.N_LAYERS) if adds else 0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits `(batch, n, vocab_size)` of tokens `(batch, n)`."""
        n = tokens.shape[-1]
        x = self.embedding(tokens) + self.positions.weight[:n]
        for block in self.blocks:
            x = block(x, src_mask=self._mask[:n, :n], is_causal=True)
        return F.linear(self.norm(x), self.embedding.weight)


def nanogpt(text: str, held_out: str, n_steps: int = 2000) -> Trained:
    """Its recipe for a CPU: batches of 12, AdamW, 1e-3 to 1e-4 in half a cosine, warm-up of 100."""
    torch.manual_seed(0)
    tokenizer: Any = Characters(text + held_out)
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
    for step in range(n_steps):
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
    return Trained(
        "nanoGPT's recipe for a CPU (characters)",
        _parameters(model),
        n_steps,
        n_steps * batch * context,
        time.process_time() - begin,
        bits_per_character(model, tokenizer, held_out, context),
    )


def course(text: str, held_out: str, n_steps: int = COURSE_STEPS) -> Trained:
    """The course's `train`, with as little training as the comparison asks for."""
    name = "this course's `train` (byte pairs)"
    return _by_train(
        name, DecoderLM, COURSE, training_step, text, held_out, n_steps, COURSE_WARM_UP
    )


def learners_model(text: str, held_out: str, n_steps: int = LEARNERS_STEPS) -> Trained:
    """What exercise 7 ends with: model and step from `work/`, or else the solution's."""
    with contextlib.redirect_stdout(io.StringIO()):
        model, step = own("7-decoder", "DecoderLM"), own("7-decoder", "training_step")
    config = ModelConfig(**austen_files()[0])
    name = "a learner's own, from exercise 7"
    return _by_train(name, model, config, step, text, held_out, n_steps, WARM_UP)


def _by_train(
    name: str,
    make: Callable[[ModelConfig], nn.Module],
    config: ModelConfig,
    step: Callable[[nn.Module, torch.optim.Optimizer, Tensor], float],
    text: str,
    held_out: str,
    n_steps: int,
    warm_up: float,
) -> Trained:
    """Train a model with the course's tokenizer, batches and learning rate."""
    torch.manual_seed(0)
    tokenizer = austen_files()[2]
    ids = torch.tensor(tokenizer.encode(text).ids)
    model = make(config)
    initialise(model)
    begin = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        train(model, ids, step, n_steps=n_steps, warm_up=warm_up)
    return Trained(
        name,
        _parameters(model),
        n_steps,
        n_steps * BATCH * CONTEXT,
        time.process_time() - begin,
        bits_per_character(model, tokenizer, held_out),
    )


def _parameters(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


def tokenizer_seconds(text: str) -> float:
    """CPU seconds for the course's tokenizer, trained once, as helpers/models/austen does it."""
    begin = time.process_time()
    importlib.import_module("helpers.models.austen.train").train_tokenizer(text)
    return time.process_time() - begin


# Writing


@dataclass(frozen=True)
class Writer:
    """A way to append tokens to a prompt by SmolLM2, greedily and with a cache.

    write: gives `(1, n + n_new)` of tokens `(1, n)` and `n_new`.
    """

    name: str
    write: Callable[[Tensor, int], Tensor]


def hugging_face(model: PretrainedDecoder) -> Writer:
    """`generate` of transformers, with the weights of ours in the layout that it wants."""
    config = model.config
    theirs = transformers.LlamaForCausalLM(
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
        )
    ).eval()
    names = {
        "self_attn.q_proj": "attention.W_q",
        "self_attn.k_proj": "attention.W_k",
        "self_attn.v_proj": "attention.W_v",
        "self_attn.o_proj": "attention.W_o",
        "mlp.gate_proj": "feed_forward.W_gate",
        "mlp.up_proj": "feed_forward.W_up",
        "mlp.down_proj": "feed_forward.W_down",
        "input_layernorm": "attention_norm",
        "post_attention_layernorm": "feed_forward_norm",
    }
    ours = model.state_dict()
    state = {
        "model.embed_tokens.weight": ours["embedding.weight"],
        "lm_head.weight": ours["output.weight"],
        "model.norm.weight": ours["norm.weight"],
    }
    for layer in range(config.n_layers):
        for their_name, name in names.items():
            weight = ours[f"blocks.{layer}.{name}.weight"]
            if their_name.endswith(("q_proj", "k_proj")):
                d_head = config.d_model // config.n_heads
                heads = weight.unflatten(0, (-1, d_head))
                weight = interleaved_to_half_split(heads, dim=1).flatten(0, 1)
            state[f"model.layers.{layer}.{their_name}.weight"] = weight
    theirs.load_state_dict(state)  # copies, so that the layout in memory is its own

    def write(tokens: Tensor, n_new: int) -> Tensor:
        return theirs.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=n_new,
            min_new_tokens=n_new,
            do_sample=False,
            pad_token_id=0,
        )

    return Writer("Hugging Face `generate`", write)


def helpers(model: PretrainedDecoder) -> Writer:
    """The reference that lessons use."""
    return Writer(
        "this course's `generate_cached`",
        lambda tokens, n_new: generate_cached(model, tokens, n_new, temperature=0),
    )


def learners_own() -> Writer:
    """What exercise 8 ends with: the code of all exercises, from `work/` or else the solutions."""
    notebook = nbformat.read(source_of("8-generation"), as_version=4)
    names: dict[str, Any] = {"__name__": "exercise_8"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            test = grade_id.endswith(("-visible", "-hidden"))
            if cell.cell_type == "code" and not test and grade_id != COLAB:
                exec(compile(cell.source, "8-generation", "exec", dont_inherit=True), names)
            if "model" in names:
                break
    return Writer(
        "a learner's own, from exercise 8",
        lambda tokens, n_new: names["generate_cached"](names["model"], tokens, n_new, 0),
    )


def take_turns(
    writers: list[Writer], tokens: Tensor, n_new: int, rounds: int
) -> dict[str, list[float]]:
    """CPU milliseconds a token of each writer in each round. Raises `ValueError` where they differ.

    The first round warms up and does not count.
    """
    took: dict[str, list[float]] = {writer.name: [] for writer in writers}
    written: list[Tensor] = []
    for _ in range(1 + rounds):
        for writer in writers:
            begin = time.process_time()
            with torch.no_grad():
                written.append(writer.write(tokens, n_new))
            took[writer.name].append(1000 * (time.process_time() - begin) / n_new)
            if not torch.equal(written[-1], written[0]):
                raise ValueError(f"{writer.name} wrote other tokens than {writers[0].name}")
    return {name: times[1:] for name, times in took.items()}


# Tables


def training_table(*trained: Trained) -> str:
    """A row of Markdown for each."""
    rows = [
        "| | parameters | steps | tokens seen | CPU s | bits a held-out character |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for each in trained:
        rows.append(
            f"| {each.name} | {each.parameters:,} | {each.steps:,} | {each.tokens:,} | "
            f"{each.cpu_seconds:.1f} | {each.bits:.3f} |"
        )
    return "\n".join(rows)


def writing_table(took: dict[str, list[float]]) -> str:
    """A row of Markdown for each writer; the speed is the median of the rounds' ratios."""
    first = next(iter(took.values()))
    rows = ["| | CPU ms a token | tokens a CPU s | speed |", "|---|---:|---:|---:|"]
    for name, times in took.items():
        median = statistics.median(times)
        rows.append(f"| {name} | {median:.1f} | {1000 / median:.1f} | {speed(first, times):.2f} |")
    return "\n".join(rows)


def speed(first: list[float], times: list[float]) -> float:
    """How many times as fast as the first, round by round, in the median."""
    return statistics.median(a / b for a, b in zip(first, times, strict=True))


def _against(target: float, measured: float) -> str:
    return f"target {target:.2f}: {'reached' if measured >= target else 'missed'}"


@click.command(help=__doc__)
@click.option("--nanogpt-steps", type=click.IntRange(min=1), default=NANOGPT_STEPS)
@click.option("--course-steps", type=click.IntRange(min=1), default=COURSE_STEPS)
@click.option("--learners-steps", type=click.IntRange(min=1), default=LEARNERS_STEPS)
@click.option("--text", "n_text", type=click.IntRange(min=2), help="Characters to learn from.")
@click.option("--held-out", "n_held_out", type=click.IntRange(min=2), help="Characters of it.")
@click.option("--new", "n_new", type=click.IntRange(min=1), default=64, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True)
def main(
    nanogpt_steps: int,
    course_steps: int,
    learners_steps: int,
    n_text: int | None,
    n_held_out: int | None,
    n_new: int,
    rounds: int,
) -> None:
    """Command line of the module."""
    torch.set_num_threads(1)
    click.echo(f"One thread; {machine()}; load {os.getloadavg()[0]:.1f} at the start.\n")

    text = austen_text()
    split = round(len(text) * (1 - HELD_OUT))
    text, held_out = text[:split][:n_text], text[split:][:n_held_out]
    with contextlib.redirect_stdout(io.StringIO()):  # the first step of all loads half of PyTorch
        train(nn.Embedding(9, 9), torch.zeros(CONTEXT, dtype=torch.long), n_steps=1)
    us = course(text, held_out, course_steps)
    them = nanogpt(text, held_out, nanogpt_steps)
    click.echo(training_table(them, us, learners_model(text, held_out, learners_steps)))
    ratio = them.cpu_seconds / us.cpu_seconds
    click.echo(
        f"\n{ratio:.1f} times less CPU time ({_against(8, ratio)}) for bits that are "
        f"{'no worse' if us.bits <= them.bits else 'WORSE'}. Evaluation is not counted, nor is the "
        f"course's tokenizer, trained once: {tokenizer_seconds(text):.1f} CPU s.\n"
    )

    model = load_smollm2()
    writers = [hugging_face(model), helpers(model), learners_own()]
    took = take_turns(writers, model.tokenize(PROMPT)[1][None], n_new, rounds)
    click.echo(writing_table(took))
    theirs, ours, own = took.values()
    click.echo(
        f"\n{n_new} tokens of SmolLM2 with the cache, the same ones from all; medians of {rounds} "
        f"rounds. This course's: {_against(1.4, speed(theirs, ours))}; a learner's own: "
        f"{_against(1.3, speed(theirs, own))}. Load {os.getloadavg()[0]:.1f} at the end."
    )


if __name__ == "__main__":
    main()
