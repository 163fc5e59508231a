"""A reader commits to an answer before it is measured, and can't be told a made-up one."""

import pytest

import helpers.predict
from helpers.predict import predict

OPTIONS = ["cat", "sat", "mat"]
WELCOME = "Wrong guesses are welcome: what surprises you, you'll remember."


@pytest.fixture(autouse=True)
def a_new_kernel(monkeypatch):
    monkeypatch.setattr(helpers.predict, "_committed", {})


def _shown(guess) -> None:
    """What the front end says when it shows a question."""
    guess._hear(guess, {"in_sight": True}, [])


def _commit(guess, choice: str | float) -> None:
    """What the front end says when the reader commits."""
    _shown(guess)
    guess.set_state({"committed": choice})


def test_a_committed_answer_is_held_against_what_is_measured(capsys):
    guess = predict("Which key?", OPTIONS)
    _commit(guess, "sat")
    guess.reveal("mat")
    assert capsys.readouterr().out == f"Measured: mat. You predicted: sat. {WELCOME}\n"
    guess.reveal("sat")
    assert capsys.readouterr().out == "Measured: sat, as you predicted.\n"


def test_asking_again_keeps_what_was_committed(capsys):
    """Who presses ▶ on the question once more would have answered for nothing."""
    _commit(predict("Which key?", OPTIONS), "sat")
    again = predict("Which key?", OPTIONS)
    assert again.committed == "sat"
    again.reveal("mat")
    assert "You predicted: sat" in capsys.readouterr().out
    assert predict("Which query?", OPTIONS).committed is None
    assert predict("Which key?", ["cat", "dog"]).committed is None, "not among these"


def test_who_could_have_committed_and_has_not_is_reminded(capsys):
    guess = predict("Which key?", OPTIONS)
    _shown(guess)
    guess.reveal("mat")
    measured, reminder = capsys.readouterr().out.splitlines()
    assert measured == "Measured: mat" and reminder.startswith("You hadn't committed")


def test_the_stored_output_of_who_runs_everything_is_what_was_measured(capsys):
    predict("Which key?", OPTIONS).reveal("mat")
    assert capsys.readouterr().out == "Measured: mat\n"


def test_readers_without_a_kernel_see_question_and_choices():
    data, _ = predict("Is n < 3?", OPTIONS)._repr_mimebundle_()
    assert "Is n &lt; 3?" in data["text/html"]
    assert data["text/html"].count("<li>") == 3
    assert "application/vnd.jupyter.widget-view+json" in data
    data, _ = predict("How many?", number=True)._repr_mimebundle_()
    assert "Your answer is a number." in data["text/html"] and "<ul>" not in data["text/html"]


@pytest.mark.parametrize("options", [[], ["one"], ["one", "one"]])
def test_a_question_without_a_choice_is_refused(options):
    with pytest.raises(ValueError, match="options is"):
        predict("Which?", options)


def test_what_is_no_choice_cannot_be_measured():
    with pytest.raises(ValueError, match="measured is 'dog'"):
        predict("Which?", OPTIONS).reveal("dog")
    with pytest.raises(ValueError, match="measured is '3': it must be a number"):
        predict("How many?", number=True).reveal("3")


@pytest.mark.parametrize(
    ("guessed", "said"),
    [
        (None, ""),
        (0.535, ", as you predicted."),
        (0.5, ". You predicted: 0.5. That's close!"),
        (4, f". You predicted: 4. {WELCOME}"),
    ],
)
def test_a_number_is_held_against_what_is_measured(capsys, guessed, said):
    guess = predict("How large is the weight?", number=True)
    if guessed is not None:
        _commit(guess, guessed)
    guess.reveal(0.5349)
    assert capsys.readouterr().out == f"Measured: 0.535{said}\n"


def test_a_large_number_is_written_out(capsys):
    predict("How many?", number=True).reveal(50257.0)
    assert capsys.readouterr().out == "Measured: 50257\n"
