"""The figures that exercise 7 compares a learner's model with."""

import json

import pytest

from course.maintenance.bench_sizes import BUDGETS, SIZES, computing, measure
from helpers.weights import AUSTEN_FOLDER
from reference.block import DecoderLM

STORED = json.loads((AUSTEN_FOLDER / "scaling.json").read_text())


def test_what_is_stored_is_what_is_measured() -> None:
    """A size or a budget that was changed and not measured again would be a claim."""
    for size, row in zip(SIZES, STORED["sizes"], strict=True):
        model = DecoderLM(size.config)
        assert row["name"] == size.name and row["learning_rate"] == size.learning_rate
        assert row["parameters"] == sum(p.numel() for p in model.parameters())
        assert len(row["trainings"]) == len(BUDGETS)
        for training in row["trainings"]:
            assert training["operations"] == 6 * computing(model) * training["tokens"]
    assert "bench_sizes" in STORED["made_by"] and STORED["machine"].startswith("one thread; ")


def test_trainings_of_one_budget_take_as_many_operations() -> None:
    """Else the sizes could not be compared."""
    for budget in range(len(BUDGETS)):
        taken = [row["trainings"][budget]["operations"] for row in STORED["sizes"]]
        assert max(taken) == pytest.approx(min(taken), rel=0.02)


def test_it_measures() -> None:
    """Of a training of one step, a model that is little better than guessing."""
    found = measure(SIZES[1:2], n_steps=1, n_measured=300)
    (row,) = found["sizes"]
    assert [training["steps"] for training in row["trainings"]] == [1] * 4
    assert row["trainings"][0]["bits"] == pytest.approx(3.3, abs=0.5)
    assert found["held_out_characters"] == 300
