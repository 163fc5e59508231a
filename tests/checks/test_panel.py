"""What came back beside what was expected: the numbers a learner looks at first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup

from checks.attention import check_softmax
from checks.compare import discreetly, tables
from checks.message import Table, WrongAnswer
from checks.panel import panel


def _softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    return torch.exp(x) / torch.exp(x).sum()


def _wrong(answer: Any, *args: Any) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as said:
        check_softmax(answer, *args)
    return said.value


def test_a_matrix_stands_beside_the_right_one_with_wrong_places_marked() -> None:
    """ "Wrong in 2 of 6 places" sends a learner to count."""
    right = torch.tensor([[1.0, 2.0, 1 / 3], [4.0, 5.0, float("nan")]])
    got = right.clone()
    got[0, 1] = 9.87654321
    came_back, expected = tables(got, right.nan_to_num(6.0))
    assert came_back.cells == [["1.0", "9.877", "0.3333"], ["4.0", "5.0", "nan"]]
    assert expected.cells == [["1.0", "2.0", "0.3333"], ["4.0", "5.0", "6.0"]]
    assert (came_back.wrong, expected.wrong) == ([(0, 1), (1, 2)], [])
    assert (came_back.label, expected.label) == ("came back", "expected")
    assert came_back.place == "" and came_back.begins == (0, 0)


def test_a_large_one_is_shown_where_it_differs_first() -> None:
    """The first numbers of a thousand are mostly right."""
    right = torch.zeros(2, 3, 20, 10)
    got = right.clone()
    got[1, 2, 17, 9] = 1
    came_back, expected = tables(got, right)
    assert came_back.place == "at [1, 2], rows 12–19 of 20, columns 2–9 of 10"
    assert came_back.begins == (12, 2) and came_back.wrong == [(5, 7)]
    assert came_back.cells[5][7] == "1.0" and len(expected.cells) == len(expected.cells[0]) == 8
    line, _ = tables(torch.arange(30), torch.arange(30).clamp(max=20))
    assert line.place == "places 16–23 of 30" and line.wrong == [(0, 5), (0, 6), (0, 7)]


def test_of_several_results_the_first_wrong_one_is_shown() -> None:
    """The others are as they should be, and would only be in the way."""
    ones, twos = torch.ones(2, 2), torch.full((2, 2), 2.0)
    came_back, _ = tables((ones, ones), (ones, twos), parts=("output", "weights"))
    assert came_back.place == "weights" and came_back.cells[0] == ["1.0", "1.0"]
    came_back, _ = tables({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]})
    assert came_back.place == "entry 'b'" and came_back.wrong == [(0, 1)]


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.ones(2), torch.ones(3)),
        (torch.ones(2), torch.ones(2)),
        (torch.tensor(1.0), torch.tensor(2.0)),
        (torch.ones(0, 3), torch.ones(0, 3)),
        (torch.eye(2).to_sparse(), torch.ones(2, 2)),
        (torch.ones(2) * 1j, torch.ones(2)),
        (None, torch.ones(2)),
        ("ab", "cd"),
        ([1, "2"], [1, 3]),
        ([[1], [2, 3]], [[1, 2], [3]]),
        ([10**400], [1]),
        (np.array(["a"]), torch.ones(1)),
        (object(), {"a": 1}),
    ],
)
def test_what_is_no_numbers_of_one_shape_has_no_tables(got: Any, expected: Any) -> None:
    """A message must not be lost because its numbers can't be drawn."""
    assert not list(tables(got, expected))


def test_a_hidden_test_shows_no_numbers() -> None:
    """Its inputs and what is expected are next year's too."""
    with discreetly():
        assert not list(tables(torch.ones(2), torch.zeros(2)))
    message = _wrong(_softmax, torch.ones(2, 2)).as_message()
    assert [table["label"] for table in message["tables"]] == ["came back", "expected"]


def test_the_panel_shows_every_fact_and_marks_wrong_numbers() -> None:
    """Not by colour alone, and a screen reader hears it."""
    wrong = _wrong(_softmax, torch.tensor([[0.5, 1.0], [2.0, 3.0]]))
    page = BeautifulSoup(panel(wrong), "html.parser")
    assert [dt.get_text() for dt in page("dt")] == [
        "called", "came back", "expected", "problem", "numbers",
    ]  # fmt: skip
    came_back, expected = page("table")
    assert [m.get_text() for m in came_back("mark")] == ["0.05178", "0.08537", "0.2321", "0.6308"]
    assert came_back.td.find_next("td").get_text() == "0.05178 (wrong)"
    assert not expected("mark") and "0.7311" in expected.get_text()
    for _, fact in wrong.facts:
        assert fact in page.get_text()
    assert wrong.headline not in page.get_text(), "the line above says it"


def test_the_panel_is_text_whatever_an_answer_gave() -> None:
    """A label, a fact or a number must not become a tag."""
    evil = "<script>&'\""
    table = Table(evil, [[evil, evil]], [(0, 1)], place=evil)
    page = BeautifulSoup(
        panel(WrongAnswer(evil, [(evil, evil), ("x", evil)], tables=[table])), "html.parser"
    )
    assert not page("script")
    assert [td.get_text() for td in page("td")[1:]] == [evil, f"{evil} (wrong)"]
    assert page.get_text().count(evil) == 6
