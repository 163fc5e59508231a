"""Answers that are alike: without these, an instructor would suspect those who did nothing, or a
disguised copy would pass unseen."""

import itertools
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup

from course.authoring.answers import codes
from course.authoring.exercises import ROOT, exercises
from course.maintenance.copies import renamed, reordered
from course.maintenance.demo import demo_class
from nbexaminer.classroom.similarity.compare import Comparison, Side
from nbexaminer.classroom.similarity.texts import BaseLine, base_line, of_code
from support.profile import PROFILE

Work = dict[str, str]


@pytest.fixture(scope="module")
def base() -> BaseLine:
    return base_line([ROOT / "source", ROOT / "release", ROOT / "notebooks"], PROFILE)


def classes(exercise: str) -> Iterator[dict[str, Work]]:
    """Classes in which no two have the same answer to anything; each answer is in one of them."""
    answers = codes(exercise, "right")
    size = min(map(len, answers.values()))
    for turn in (0, size, 3):
        yield {
            f"learner-{i}": {
                name: texts[(i + turn * (1 + (turn == 3) * j)) % len(texts)]
                for j, (name, texts) in enumerate(answers.items())
            }
            for i in range(size)
        }


@pytest.mark.parametrize("exercise", exercises())
def test_right_answers_by_different_authors_are_no_pair(base, exercise):
    seen = set()
    for learners in classes(exercise):
        assert Comparison(learners, (), base).pairs() == []
        seen |= {text for work in learners.values() for text in work.values()}
    assert seen == set(itertools.chain.from_iterable(codes(exercise, "right").values()))


@pytest.mark.parametrize("exercise", exercises())
def test_a_whole_copy_in_disguise_is_found(base, exercise):
    """Other names, order, layout and comments hide nothing, and nobody else comes into it."""
    for learners in classes(exercise):
        original = learners["learner-1"]
        learners["copy"] = {name: renamed(reordered(text)) for name, text in original.items()}
        pairs = Comparison(learners, (), base).pairs()
        assert [(p.first, p.second) for p in pairs] == [("learner-1", "copy")]


def test_two_of_five_answers_rewritten_hide_nothing(base):
    """Of exercise 6: the two shortest, the ones that are rewritten first, and no other."""
    answers = codes("6-parameters", "right")
    assert len(answers) == 5
    (learners, *_) = classes("6-parameters")
    copy = {name: renamed(text) for name, text in learners["learner-1"].items()}
    for name in sorted(copy, key=lambda n: len(copy[n]))[:2]:
        copy[name] = answers[name][3]
    pairs = Comparison(learners | {"copy": copy}, (), base).pairs()
    assert [(p.first, p.second) for p in pairs] == [("learner-1", "copy")]


def test_the_demo_shows_the_copy_that_it_plants(base):
    pairs = Comparison(demo_class("1-attention"), (), base).pairs()
    assert [(p.first, p.second) for p in pairs] == [("ada", "tim")]


def test_what_the_course_shows_or_many_write_says_nothing(base):
    shown = {
        name: "\n".join(f"y{i} = self.{name}.special({i}, 'x') ** {i} // {name}" for i in range(12))
        for name in ("first", "second")
    }
    two = {"ada": shown, "ben": shown}
    assert len(Comparison(two, (), base).pairs()) == 1
    assert not Comparison(two, (), BaseLine.of([*shown.values()])).pairs()
    many = {f"learner-{i}": shown for i in range(11)}
    assert not Comparison(many, (), base).pairs()
    few = {f"learner-{i}": {"first": "x = 1"} for i in range(9)}
    assert len(Comparison(few | two, (), base).pairs()) == 1


def test_two_whole_answers_alike_are_found_beside_three_that_are_not(base):
    """Two short answers taken over are less than half of an exercise, and more than chance."""
    (learners, *_) = classes("7-decoder")
    copy = dict(learners["learner-2"])
    for name in ("sample_next", "next_token_loss"):
        copy[name] = renamed(learners["learner-1"][name])
    pairs = Comparison({**learners, "learner-2": copy}, (), base).pairs()
    assert [(p.first, p.second) for p in pairs] == [("learner-1", "learner-2")]
    assert pairs[0].share < 0.5


def test_written_answers_are_compared_by_words(base):
    text = "Heads of early layers look at the neighbour on the left, since trained weights of this "
    text += "model reward it. Whoever takes that for grammar forgets how short our sentences are, "
    text += "and that commas come so often. I would try ten longer ones, look again, and count."
    other = text.replace("I would", "We could").upper()
    learners = {"ada": {"w": text + text[::-1]}, "ben": {"w": other}, "cleo": {"w": "Don't know"}}
    (pair,) = Comparison(learners, ("w",), base).pairs() or [None]
    assert pair is None  # some forty words: too few
    longer = " ".join(f"{word}, so {i} of them," for i, word in enumerate(text.split()))
    learners = {"ada": {"w": longer}, "ben": {"w": longer.upper()}, "cleo": {"w": text}}
    (pair,) = Comparison(learners, ("w",), base).pairs()
    assert (pair.first, pair.second, pair.share) == ("ada", "ben", 1.0)


def test_formatting_comments_and_names_leave_no_trace():
    one = "def f(x):\n    '''Doc'''\n    y = softmax(x.exp(), -1)  # why\n    return [y, y]\n"
    other = "def f(value):\n  # how\n  out = softmax( value.exp(),\n   -1, )\n  return [out,out,]"

    def symbols(code: str) -> list[str]:
        return [token.symbol for token in of_code(code, {"f", "softmax"})]

    # Of quotes in one line, and of another function, something is left.
    assert symbols(one) == symbols(other) != symbols(one.replace("exp", "log"))
    assert symbols(one) != symbols(one.replace("softmax", "f"))


@pytest.mark.parametrize(
    "broken",
    ["", "def f(:\n  '''never closed", "x = 'half", "\x00\ud800 ((((", "\\" * 99, "é" * 50],
)
def test_broken_code_is_compared_as_far_as_it_goes(base, broken):
    assert Comparison({"ada": {"f": broken}, "ben": {"f": broken}}, (), base).pairs() == []


def test_learners_code_on_the_page_is_text(base):
    text = "<script>alert(1)</script></mark></pre>\u202e x"
    html = Side(text, [(3, 12), (20, 30)]).marked()
    page = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in page.find_all()} == {"mark"} and len(page.find_all("mark")) == 2
    assert page.get_text() == text.replace("\u202e", "")
