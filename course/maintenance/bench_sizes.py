"""How well models of three sizes predict after how much training, which exercise 7 compares with.

    python -m course.maintenance.bench_sizes helpers/models/austen/scaling.json

Each size is trained anew for each budget of operations, with a learning rate that falls to 0 within
it, and predicts the beginning of the held-out text. Operations are 6ND: N the parameters but for
the embedding, whose rows are looked up and multiplied with nothing, D the tokens. One thread.
"""

from __future__ import annotations

import contextlib
import io
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import torch
from torch import nn

from course.maintenance.machine import machine
from helpers.weights import austen_files, austen_text
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.training import BATCH, CONTEXT, bits_per_character, initialise, train

HELD_OUT, MEASURED = 0.05, 20_000
"""The end of the text, and as many characters from its beginning are predicted."""
STEPS = 1000
"""Of the learner's size in the largest budget."""
BUDGETS = (1 / 8, 1 / 4, 1 / 2, 1)
"""How many operations each training takes, as parts of what that takes."""


@dataclass(frozen=True)
class Size:
    """A shape of a model.

    Attributes:
        learning_rate: at the end of the warm-up; smaller for wider models.
    """

    name: str
    config: ModelConfig
    learning_rate: float


def _size(name: str, width: int, n_layers: int, rate: float) -> Size:
    config = ModelConfig(
        vocab_size=1024,
        d_model=width,
        n_layers=n_layers,
        n_heads=width // 32,
        d_ff=width * 11 // 4,
        gated=True,
    )
    return Size(name, config, rate)


LEARNERS = _size("medium", 128, 3, 6e-3)
SIZES = (_size("small", 64, 2, 1.2e-2), LEARNERS, _size("large", 256, 4, 3e-3))


def computing(model: nn.Module) -> int:
    """How many parameters take part in products: all but the embedding's."""
    return sum(p.numel() for name, p in model.named_parameters() if name != "embedding.weight")


def measure(sizes: tuple[Size, ...], n_steps: int, n_measured: int = MEASURED) -> dict[str, Any]:
    """Train each of `sizes` for each of its budgets; helpers/models/austen/scaling.json holds it.

    Args:
        n_steps: of the learner's size in the largest budget.
    """
    text, tokenizer = austen_text(), austen_files()[2]
    end = round(len(text) * (1 - HELD_OUT))
    ids = torch.tensor(tokenizer.encode(text[:end]).ids)
    held_out = text[end : end + n_measured]
    whole = n_steps * computing(DecoderLM(LEARNERS.config))
    rows = []
    for size in sizes:
        trainings = []
        for part in BUDGETS:
            torch.manual_seed(0)
            model = DecoderLM(size.config)
            initialise(model)
            steps = max(1, round(part * whole / computing(model)))
            begin = time.process_time()
            with contextlib.redirect_stdout(io.StringIO()):
                train(model, ids, n_steps=steps, learning_rate=size.learning_rate)
            seconds = time.process_time() - begin
            tokens = steps * BATCH * CONTEXT
            bits = bits_per_character(model, tokenizer, held_out)
            trainings.append(
                {
                    "steps": steps,
                    "tokens": tokens,
                    "operations": 6 * computing(model) * tokens,
                    "bits": round(bits, 4),
                    "cpu_seconds": round(seconds, 1),
                }
            )
            click.echo(f"{size.name}: {trainings[-1]}", err=True)
        rows.append(
            {
                "name": size.name,
                "parameters": sum(p.numel() for p in model.parameters()),
                "learning_rate": size.learning_rate,
                "config": asdict(size.config),
                "trainings": trainings,
            }
        )
    return {
        "made_by": "python -m course.maintenance.bench_sizes helpers/models/austen/scaling.json",
        "machine": f"one thread; {machine()}",
        "held_out_characters": len(held_out),
        "sizes": rows,
    }


@click.command(help=__doc__)
@click.argument("into", type=click.Path(path_type=Path))
@click.option("--steps", type=click.IntRange(min=1), default=STEPS, show_default=True)
def main(into: Path, steps: int) -> None:
    """Command line of the module."""
    torch.set_num_threads(1)
    into.write_text(json.dumps(measure(SIZES, steps), indent=1) + "\n")


if __name__ == "__main__":
    main()
