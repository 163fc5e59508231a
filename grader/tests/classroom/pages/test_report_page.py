"""The histogram: with wrong bars, an instructor would see another class than there is."""

import pytest

from nbexaminer.classroom.pages.report.page import bars


@pytest.mark.parametrize(
    ("scores", "most", "wanted"),
    [
        ([0, 3, 3, 4], 4, {"0": 1, "3": 2, "all 4": 1}),
        ([0.5, 1], 1, {"0.5 to <0.6": 1, "all 1": 1}),
        ([9.5, 10, 15.99, 16], 16, {"8 to <10": 1, "10 to <12": 1, "14 to <16": 1, "all 16": 1}),
        ([0.1 + 0.2, 3], 3, {"0.25 to <0.5": 1, "all 3": 1}),
        ([27, 28], 28, {"25 to <28": 1, "all 28": 1}),
        ([12, 10], 10, {"10 or more": 2}),
        ([900, 1000], 1000, {"833.333 to <916.667": 1, "all 1000": 1}),
    ],
)
def test_bars_fit_the_points_and_full_marks_have_their_own(scores, most, wanted):
    found = bars(scores, most)
    assert {name: n for name, n in found if n} == wanted
    assert len(found) <= 13 and sum(n for _, n in found) == len(scores)
