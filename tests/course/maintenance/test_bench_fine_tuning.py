"""The figures that lesson 16 tells of."""

from course.maintenance.bench_fine_tuning import N_FRESH, N_STEPS, SEEDS, WAYS
from helpers.conversations import trainings


def test_what_is_stored_is_what_is_measured() -> None:
    """A way that was changed and not measured again would be a claim."""
    stored = trainings()
    assert list(stored["trainings"]) == [way.name for way in WAYS]
    assert (stored["steps"], stored["fresh"]) == (N_STEPS, N_FRESH)
    for way in WAYS:
        rows = stored["trainings"][way.name]
        assert [row["seed"] for row in rows] == [*range(SEEDS)]
        # W_q is 576 x 576 and W_v 192 x 576, in 30 blocks.
        assert {row["numbers"] for row in rows} == {30 * way.rank * (2 * 576 + 576 + 192)}


def test_the_task_is_learned_and_its_control_is_not() -> None:
    """Else the lesson would have to take another one."""
    stored = trainings()
    before = stored["before"]["right"]
    rows = stored["trainings"]
    assert min(row["right"] for row in rows["rank 4"]) >= before + 0.3
    for row in rows["rank 4, replies shuffled"]:
        assert abs(row["right"] - before) <= 0.05
