"""The tests bite: every committed answer through the real pipeline.

An instructor would lose trust if a right answer lost a point or a wrong one earned full marks, and
a learner would lose the reason if the message did not name the misconception.
"""

import functools
import itertools

import pytest

from common.in_process import cells_of
from course.authoring.exercises import ROOT, exercises, source_of
from course.maintenance.accuracy import Judged, JudgedExercise, summary
from course.maintenance.classes import ANSWERS, committed_answers
from nbexaminer.judging.session.verdicts import Outcome

LEAST_RIGHT, MOST_WRONG = 5, 8
NAMES = [(exercise, name) for exercise in exercises() for name in cells_of(exercise).solutions]
exercise_of = functools.cache(JudgedExercise)


def _committed(exercise, kind):
    """Paths of the answers to each name."""
    paths = {name: [] for of_exercise, name in NAMES if of_exercise == exercise}
    for name, its_kind, path in committed_answers(exercise):
        if its_kind == kind:
            paths[name].append(path)
    return paths


@pytest.mark.parametrize("exercise", exercises())
def test_right_answers_get_every_point(course_engine, exercise):
    """The first ones to all names together, as one learner's, then the second ones, …: `make
    accuracy` has them one by one."""
    paths = _committed(exercise, "right")
    assert min(map(len, paths.values())) >= LEAST_RIGHT
    for learner in itertools.zip_longest(*paths.values()):
        answers = [path for path in learner if path is not None]
        said = exercise_of(exercise).judge_together(course_engine, answers)
        assert said == [], [path.name for path in answers]


@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_wrong_answers_lose_points_and_hear_why(course_engine, exercise, name):
    paths = _committed(exercise, "wrong")[name]
    answers = [exercise_of(exercise).judge(course_engine, name, "wrong", path) for path in paths]
    assert 1 <= len(answers) <= MOST_WRONG, "about six that differ in kind from every edit"
    assert [a.path.name for a in answers if not a.wanted] == [], "lacks its line '# names: …'"
    assert [a.path.name for a in answers if not a.messages] == [], "gets full marks"
    assert [(a.path.name, a.wanted, a.messages) for a in answers if not a.named] == []


@pytest.mark.parametrize("exercise", exercises())
def test_a_solution_that_is_handed_in_gets_every_point(course_engine, exercise):
    handed_in = (ROOT / "solutions" / f"{exercise}.ipynb").read_bytes()
    graded = course_engine.grade(source_of(exercise).read_bytes(), handed_in)
    assert len(graded.verdicts) == 2 * len(cells_of(exercise).solutions)
    assert {v.outcome for v in graded.verdicts} == {Outcome.PASSED}


def test_every_committed_answer_belongs_to_an_exercise():
    """One in a misspelt folder would prove nothing."""
    folders = {(folder.parent.name, folder.name) for folder in ANSWERS.glob("*/*")}
    assert folders == set(NAMES)


def test_a_word_of_what_was_asked_for_is_no_cause():
    """A message that blames something else would be counted as one that names the cause."""
    message = "repeat_kv: the batch is not handled\n  expected:  a tensor of shape …"
    causes = ("the batch is not handled",)
    judged = Judged("8-generation", "repeat_kv", "wrong", ROOT, (message,), "a tensor", causes)
    assert (judged.named, judged.misnamed) == (False, True)


def test_the_readme_quotes_the_accuracy():
    """The tests above hold each answer to it; here the sum."""
    answers = [
        Judged(exercise, name, kind, path, () if kind == "right" else ("named",), "named")
        for exercise in exercises()
        for name, kind, path in committed_answers(exercise)
    ]
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert summary(answers) in readme
    assert f"keeps {len(answers)} answers" in readme
