"""A reader commits to an answer before it is measured, and can't be told a made-up one."""

import pytest

from helpers.predict import predict

OPTIONS = ["cat", "sat", "mat"]


def _commit(guess, choice: str) -> None:
    guess._choices.value = choice
    guess._button.click()


def test_a_committed_answer_is_held_against_what_is_measured(capsys):
    guess = predict("Which key?", OPTIONS)
    _commit(guess, "sat")
    guess.reveal("mat")
    assert capsys.readouterr().out == "Measured: mat. You predicted: sat\n"
    guess.reveal("sat")
    assert "as you predicted" in capsys.readouterr().out


def test_a_committed_answer_stays(capsys):
    guess = predict("Which key?", OPTIONS)
    assert guess._button.disabled, "nothing has been chosen yet"
    _commit(guess, "sat")
    assert guess._choices.disabled and guess._button.disabled


def test_the_stored_output_of_who_runs_everything_is_what_was_measured(capsys):
    predict("Which key?", OPTIONS).reveal("mat")
    assert capsys.readouterr().out == "Measured: mat\n"


def test_readers_without_a_kernel_see_question_and_choices():
    bundle = predict("Is n < 3?", OPTIONS)._repr_mimebundle_()
    assert "Is n &lt; 3?" in bundle["text/html"]
    assert bundle["text/html"].count("<li>") == 3
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("options", [[], ["one"], ["one", "one"]])
def test_a_question_without_a_choice_is_refused(options):
    with pytest.raises(ValueError, match="options is"):
        predict("Which?", options)


def test_what_is_no_choice_cannot_be_measured():
    with pytest.raises(ValueError, match="measured is 'dog'"):
        predict("Which?", OPTIONS).reveal("dog")
