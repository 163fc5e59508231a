"""Short made-up conversations that a program can judge, for lesson 16 and exercise 10."""

import json
import random
from calendar import month_name
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

_TRAININGS = Path(__file__).parent / "models" / "smollm2" / "fine_tuning.json"
_FIRST_DAY, _N_DAYS = date(1700, 1, 1), 120_000  # until 2028
_SENTENCES = (
    "On {} the ship left Portsmouth.",
    "The bridge was opened on {}.",
    "She was born on {} in Bath.",
    "They were married on {}.",
    "The letter is dated {}.",
    "On {} the war ended.",
    "He died in Lisbon on {}.",
    "The school burned down on {}.",
    "It snowed all day on {}.",
    "Our train left on {}.",
)
_FRESH_SENTENCES = (
    "The king arrived in York on {}.",
    "On {} the museum opened its doors.",
    "Her first novel came out on {}.",
    "The contract was signed on {} in Oslo.",
    "We met on {} at a concert.",
)
DATE_TASK = "Give the date as YYYY-MM-DD."


class Conversation(NamedTuple):
    """A question and the reply that is right, or wanted."""

    question: str
    reply: str


def as_prompt(question: str) -> str:
    """A question in SmolLM2's chat format, up to where the reply begins."""
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"


def dates(n: int, seed: int, *, fresh: bool = False) -> list[Conversation]:
    """`n` sentences with a date, each a question, and the date in one form as its reply.

    `On 3 May 1812 the ship left Portsmouth. Give the date as YYYY-MM-DD.`, and `1812-05-03`. Some
    dates are written as `May 3, 1812`. `fresh` ones have other sentences and other days: a day is
    every other one of the calendar for each kind.
    """
    dice, found = random.Random(seed), []
    for _ in range(n):
        day = _FIRST_DAY + timedelta(2 * dice.randrange(_N_DAYS // 2) + (0 if fresh else 1))
        month = month_name[day.month]
        written = dice.choice((f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"))
        sentence = dice.choice(_FRESH_SENTENCES if fresh else _SENTENCES).format(written)
        found.append(Conversation(f"{sentence} {DATE_TASK}", day.isoformat()))
    return found


def trainings() -> dict[str, Any]:
    """What five trainings of each kind on `dates` taught SmolLM2, and what it forgot.

    `before` and each row of `trainings`, by the name of the kind, hold shares from 0 to 1 (`right`,
    `in_form`, `capitals`, `capitals_as_dates`) and `bits`, a token. Made by
    `course.maintenance.bench_fine_tuning`.
    """
    stored: dict[str, Any] = json.loads(_TRAININGS.read_text(encoding="utf-8"))
    return stored
