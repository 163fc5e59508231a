"""What SmolLM2 learns and forgets when it is fine-tuned, which lesson 16 shows for five seeds.

    python -m course.maintenance.bench_fine_tuning helpers/models/smollm2/fine_tuning.json

Each way of training starts from the same model. A seed decides the conversations, their order and
how the adapters begin. The fresh questions are the same for all. One thread.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import torch

from course.maintenance.machine import machine
from helpers.conversations import Conversation, as_prompt, dates
from helpers.weights import austen_text
from reference.fine_tuning import add_lora, fine_tune, remove_lora, replies, shuffled
from reference.models import PretrainedDecoder, load_smollm2
from reference.training import next_token_loss

SEEDS, N_STEPS, N_CONVERSATIONS, N_FRESH = 5, 12, 200, 40
FRESH_SEED = 99
"""Of the questions that are asked before and after; no seed of a training."""
N_READ = 2_000
"""Characters of the end of *Persuasion*, which the model reads before and after."""
CAPITALS = {
    "Australia": "Canberra",
    "Austria": "Vienna",
    "Brazil": "Bras",
    "Canada": "Ottawa",
    "Chile": "Santiago",
    "China": "Beijing",
    "Egypt": "Cairo",
    "England": "London",
    "France": "Paris",
    "Germany": "Berlin",
    "Greece": "Athens",
    "India": "Delhi",
    "Italy": "Rome",
    "Japan": "Tokyo",
    "Kenya": "Nairobi",
    "Norway": "Oslo",
    "Peru": "Lima",
    "Portugal": "Lisbon",
    "Russia": "Moscow",
    "Spain": "Madrid",
}
"""Countries and how their capital begins; with í or i for Brazil's."""


@dataclass(frozen=True)
class Way:
    """One way of training.

    Attributes:
        control: whether the replies are shuffled among the questions.
    """

    name: str
    rank: int = 4
    replies_only: bool = True
    control: bool = False


WAYS = (
    Way("rank 4"),
    Way("rank 4, replies shuffled", control=True),
    Way("rank 1", rank=1),
    Way("rank 16", rank=16),
    Way("rank 4, loss on all tokens", replies_only=False),
)


def measure(model: PretrainedDecoder, fresh: list[Conversation]) -> dict[str, float]:
    """What the model can do: shares, 0 to 1, of fresh dates that are right, and that have the form
    of a date; of capitals that are named, and of the same questions that get a date as a reply; and
    bits a token of text that has nothing to do with either."""
    said = replies(model, [as_prompt(question) for question, _ in fresh], 12)
    asked = [as_prompt(f"What is the capital of {country}?") for country in CAPITALS]
    named = replies(model, asked, 10)
    form = re.compile(r"\d{4}-\d\d-\d\d")
    ids = model.tokenize(austen_text()[-N_READ:])[1]
    with torch.no_grad():
        bits = next_token_loss(model(ids), ids).item() / torch.tensor(2.0).log().item()
    return {
        "right": sum(x == c.reply for x, c in zip(said, fresh, strict=True)) / len(fresh),
        "in_form": sum(bool(form.fullmatch(x)) for x in said) / len(fresh),
        "capitals": sum(city in x for x, city in zip(named, CAPITALS.values(), strict=True))
        / len(CAPITALS),
        "capitals_as_dates": sum(bool(form.match(x)) for x in named) / len(CAPITALS),
        "bits": round(bits, 4),
    }


def train(model: PretrainedDecoder, way: Way, seed: int, n_steps: int) -> dict[str, float]:
    """Fine-tune the model as it comes in one way. Gives its numbers, its loss, and the seconds."""
    conversations = dates(N_CONVERSATIONS, seed)
    if way.control:
        conversations = shuffled(conversations, seed)
    learning = add_lora(model, way.rank, seed=seed)
    begin = time.process_time()
    losses = [
        *fine_tune(
            model, conversations, learning, n_steps, replies_only=way.replies_only, seed=seed
        )
    ]
    return {
        "numbers": sum(each.numel() for each in learning),
        "loss": round(losses[-1], 4),
        "cpu_seconds": round(time.process_time() - begin, 1),
    }


def bench(
    ways: tuple[Way, ...], seeds: int, n_steps: int, n_fresh: int = N_FRESH
) -> dict[str, Any]:
    """Train in each way with each seed; helpers/models/smollm2/fine_tuning.json holds it."""
    model, fresh = load_smollm2(), dates(n_fresh, FRESH_SEED, fresh=True)
    before = measure(model, fresh)
    click.echo(f"before: {before}", err=True)
    trainings: dict[str, list[dict[str, float]]] = {way.name: [] for way in ways}
    for seed in range(seeds):
        for way in ways:
            row: dict[str, float] = {"seed": seed} | train(model, way, seed, n_steps)
            row |= measure(model, fresh)
            remove_lora(model)
            trainings[way.name].append(row)
            click.echo(f"{way.name}: {row}", err=True)
    return {
        "made_by": "python -m course.maintenance.bench_fine_tuning "
        "helpers/models/smollm2/fine_tuning.json",
        "machine": f"one thread; {machine()}",
        "steps": n_steps,
        "fresh": n_fresh,
        "before": before,
        "trainings": trainings,
    }


@click.command(help=__doc__)
@click.argument("into", type=click.Path(path_type=Path))
@click.option("--steps", type=click.IntRange(min=1), default=N_STEPS, show_default=True)
@click.option("--seeds", type=click.IntRange(min=1), default=SEEDS, show_default=True)
def main(into: Path, steps: int, seeds: int) -> None:
    """Command line of the module."""
    torch.set_num_threads(1)
    into.write_text(json.dumps(bench(WAYS, seeds, steps), indent=1) + "\n")


if __name__ == "__main__":
    main()
