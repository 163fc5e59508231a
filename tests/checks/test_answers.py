"""The tests bite: every committed answer through the real pipeline.

An instructor would lose trust if a right answer lost a point or a wrong one earned full marks, and
a learner would lose the reason if the message did not name the misconception.
"""

import dataclasses
import functools
import itertools

import pytest

from course.authoring.answers import ANSWERS, committed_answers
from course.authoring.exercises import ROOT, exercises, source_of
from course.authoring.in_process import cells_of
from course.maintenance.accuracy import Judged, JudgedExercise, summary
from nbexaminer.judging.session.verdicts import Outcome

LEAST_RIGHT, MOST_WRONG = 5, 8
NAMES = [(exercise, name) for exercise in exercises() for name in cells_of(exercise).solutions]
exercise_of = functools.cache(JudgedExercise)


def _committed(exercise, kind):
    """The answers to each name."""
    answers = {name: [] for of_exercise, name in NAMES if of_exercise == exercise}
    for answer in committed_answers(exercise):
        if answer.kind == kind:
            answers[answer.name].append(answer)
    return answers


@pytest.mark.parametrize("exercise", exercises())
def test_right_answers_get_every_point(course_engine, exercise):
    """The first ones to all names together, as one learner's, then the second ones, …: `make
    accuracy` has them one by one."""
    right = _committed(exercise, "right")
    assert min(map(len, right.values())) >= LEAST_RIGHT
    for learner in itertools.zip_longest(*right.values()):
        answers = [answer for answer in learner if answer is not None]
        said = exercise_of(exercise).judge_together(course_engine, answers)
        assert said == [], [answer.place for answer in answers]


@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_wrong_answers_lose_points_and_hear_why(course_engine, exercise, name):
    wrong = _committed(exercise, "wrong")[name]
    assert 1 <= len(wrong) <= MOST_WRONG, "about six that differ in kind from every edit"
    judged = [exercise_of(exercise).judge(course_engine, answer) for answer in wrong]
    assert [j.answer.place for j in judged if not j.messages] == [], "gets full marks"
    assert [(j.answer.place, j.answer.cause, j.messages) for j in judged if not j.named] == []


@pytest.mark.parametrize("exercise", exercises())
def test_a_solution_that_is_handed_in_gets_every_point(course_engine, exercise):
    handed_in = (ROOT / "solutions" / f"{exercise}.ipynb").read_bytes()
    graded = course_engine.grade(source_of(exercise).read_bytes(), handed_in)
    assert len(graded.verdicts) == 2 * len(cells_of(exercise).solutions)
    assert {v.outcome for v in graded.verdicts} == {Outcome.PASSED}


def test_every_committed_answer_belongs_to_an_exercise():
    """One in a misspelt folder or file would prove nothing."""
    assert {(path.parent.name, path.stem) for path in ANSWERS.glob("*/*")} == set(NAMES)


def test_a_word_of_what_was_asked_for_is_no_cause():
    """A message that blames something else would be counted as one that names the cause."""
    message = "repeat_kv: the batch is not handled\n  expected:  a tensor of shape …"
    (answer, *_) = _committed("8-generation", "wrong")["repeat_kv"]
    asked_for = dataclasses.replace(answer, cause="a tensor")
    judged = Judged(asked_for, (message,), ("the batch is not handled",))
    assert (judged.named, judged.misnamed) == (False, True)


def test_the_readme_quotes_the_accuracy():
    """The tests above hold each answer to it; here the sum."""
    answers = [
        Judged(dataclasses.replace(one, cause="named"), ("named",) * (one.kind == "wrong"))
        for exercise in exercises()
        for one in committed_answers(exercise)
    ]
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert summary(answers) in readme
    assert f"keeps {len(answers)} answers" in readme
