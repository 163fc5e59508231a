"""What a way of going wrong means: an author of misconceptions would edit another line unawares."""

import pytest
import torch.nn.functional as F

from checks.generation import check_KVCache
from checks.message import WrongAnswer
from checks.mistakes import Text, edits
from checks.run import names_used


def part(x: float) -> float:
    half = x / 2
    return half


def whole(x: float) -> float:
    """Documented."""
    if x < 0:
        raise ValueError(f"x is {x}")
    total: float = 0.0
    for i in range(3):
        total += part(x) * i
    result = total + 1
    return result


TEXT = Text(part, whole)


@pytest.mark.parametrize(
    ("way", "result"),
    {
        "": 4.0,
        "result = total - 1": 2.0,
        "return total": 3.0,
        "for i in range(4):": 7.0,
        "half = x": 7.0,
        "half = x; result = total": 6.0,
        "x / 2 -> x / 4": 2.5,
        "x = 2 * x; half = x / 2": 7.0,
        "total + 1 ->": None,
    }.items(),
)
def test_a_way_replaces_the_line_that_begins_alike(way, result):
    if result is None:
        with pytest.raises(SyntaxError):
            TEXT.edited(way)
    else:
        assert TEXT.edited(way)(2.0) == result


@pytest.mark.parametrize("way", ["other = 1", "nowhere -> x", "x -> y", "total += 1"])
def test_a_way_that_means_no_place_or_two_is_refused(way):
    with pytest.raises(ValueError, match="no (line|place)|2 places|4 places"):
        TEXT.edited(way)


def test_refusals_and_docstrings_are_left_out():
    shown = "\n".join(TEXT.code())
    assert "raise" not in shown and "Documented" not in shown and "float" not in shown


def test_a_message_ends_with_what_is_right():
    found = list(edits({"add": {"a": "one", ("b", "c"): "two"}, "": {"d": "alone"}}))
    assert [(edit.message, edit.way) for edit in found] == [
        ("one: add", "a"),
        ("two: add", "b"),
        ("two: add", "c"),
        ("alone", "d"),
    ]


def test_a_librarys_function_is_not_taken_for_an_answer_of_that_name():
    """A right answer with F.softmax would be blamed on a failing softmax of the learner's."""

    def attention(scores):
        return F.softmax(scores, dim=-1)

    def by_own(scores):
        return [softmax(row) for row in scores]

    assert "softmax" not in names_used(attention)
    assert "softmax" in names_used(by_own)


def softmax(row):
    return row


def test_of_much_that_came_back_the_wrong_entry_is_told():
    """Twenty lines of shapes would push the problem off the screen."""

    class KVCache:
        n_seen = 0

        def extend(self, K, V):
            self.n_seen = K.shape[-2]
            return K, V

    with pytest.raises(WrongAnswer) as wrong:
        check_KVCache(KVCache, [3, 1, 2])
    (came_back,) = [line for line in str(wrong.value).splitlines() if "came back:" in line]
    assert "came back: what each extend gave: list of 3" in came_back and len(came_back) < 320
