"""What a platform's name for a file says, and what learners can't make it say."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from nbexaminer.classroom.roster import Learner, People
from nbexaminer.classroom.uploads import LEAST_LATE
from nbexaminer.errors import Malformed
from nbexaminer.lms.whose import Whose

NB = "1-small.ipynb"
BERLIN = ZoneInfo("Europe/Berlin")
CLASS = [
    Learner("ada", "Ada", "Lovelace", "ada@uni.edu", aliases=("12345", "Participant 501")),
    Learner("oneil", "Conor", "O'Neil-Smith"),
    Learner("zoe", "Zoë", "Müller-Lüdenscheidt"),
    Learner("lee1", "Ann", "Lee"),
    Learner("lee2", "Ann", "Lee"),
    Learner("eve", "Eve", "Hacker", aliases=("777",)),
]
NAMES = {
    "Canvas": [
        (f"lovelaceada_12345_67890_{NB}", "ada"),
        ("lovelaceada_LATE_12345_67890_1-small-1.ipynb", "ada"),
        ("somebody_else_12345_67890_renamed there.ipynb", "ada"),
        ("lovelaceada_12345_67890_of_2026_11_20.ipynb", "ada"),
        (f"oneilsmithconor_222_67891_{NB}", "oneil"),
        (f"müllerlüdenscheidtzoë_223_67892_{NB}", "zoe"),
    ],
    "Moodle": [
        (f"Ada Lovelace_501_assignsubmission_file/{NB}", "ada"),
        (f"Ada Lovelace_501_assignsubmission_file_/{NB}", "ada"),
        (f"Ada Lovelace_9_assignsubmission_file_{NB}", "ada"),
        (f"Conor ONeil-Smith_502_assignsubmission_file/folder/{NB}", "oneil"),
        ("Müller-Lüdenscheidt Zoë_503_assignsubmission_file/a_501_assignsubmission_file_x", "zoe"),
    ],
    "Blackboard": [
        (f"1-small_ada_attempt_2026-11-20-16-30-10_{NB}", "ada"),
        (f"1-small_ada@uni.edu_attempt_2026-11-20-16-30-10_{NB}", "ada"),
        (f"1-small_ZOE_attempt_2026-11-20-16-30-10_x_ada_attempt_2026-11-20-16-30-10_{NB}", "zoe"),
    ],
    "Brightspace": [
        (f"12345-678 - Ada Lovelace - Nov 20, 2026 430 PM/{NB}", "ada"),
        (f"99-678 - Conor O'Neil-Smith - Nov 20, 2026 4:30 PM - {NB}", "oneil"),
        ("98-678 - Zoe Müller-Lüdenscheidt - November 20, 2026 1630 - a - b.ipynb", "zoe"),
    ],
}  # fmt: skip
CASES = [(title, place, who) for title, cases in NAMES.items() for place, who in cases]


def reader(title: str = "", learners: list[Learner] = CLASS) -> Whose:
    whose = Whose("1-small", BERLIN, people=People(learners), has_roster=True)
    whose.recognise([place for place, _ in NAMES.get(title, ())])
    return whose


@pytest.mark.parametrize(("title", "place", "learner"), CASES)
def test_the_platforms_word_says_whose_it_is(title: str, place: str, learner: str) -> None:
    """A class's work would not be collected, or be taken for another's."""
    whose = reader(title)
    assert whose.platform is not None and whose.platform.title == title
    assert whose.read(place).learner == learner


@pytest.mark.parametrize(
    ("title", "place", "said"),
    [
        ("Canvas", f"leeann_12_345_{NB}", "fits lee1 and lee2"),
        ("Canvas", f"anon_aB3xZ_345_{NB}", "graded anonymously"),
        ("Canvas", f"LATE_anon_aB3xZ_345_{NB}", "graded anonymously"),
        ("Canvas", f"hackereve_12345_7_777_8_{NB}", "could mean ada or another"),
        ("Canvas", f"lovelaceada_12345_7_777_8_{NB}", "could mean ada or another"),
        ("Canvas", f"nobody_5_6_{NB}", "nbexaminer roster"),
        ("Moodle", f"Ann Lee_7_assignsubmission_file_/{NB}", "fits lee1 and lee2"),
        ("Moodle", f"Participant_501_assignsubmission_file_/{NB}", None),
        ("Moodle", f"Participant_502_assignsubmission_file_/{NB}", "reveal student identities"),
        ("Moodle", f"Ada Lovelace_9_assignsubmission_file/../{NB}", "would put it elsewhere"),
        ("Moodle", "Ada Lovelace_9_assignsubmission_file/timestamp.txt", "not for learners"),
        ("Blackboard", f"1-small_mallory_attempt_2026-11-20-16-30-10_{NB}", "nobody in"),
        ("Brightspace", f"1-2 - Ann Lee - Nov 20, 2026 430 PM/{NB}", "copy the right file"),
        ("Brightspace", f"1-2 - Ada Lovelace - Nov 31, 2026 430 PM/{NB}", "no date and time"),
        ("Brightspace", f"1-2 - Ada Lovelace - Nov 30, 1026 430 PM/{NB}", "the year 1026"),
    ],
)
def test_who_cannot_be_told_is_refused(title: str, place: str, said: str | None) -> None:
    """Work would count for somebody else, or be missing without a word."""
    whose = reader(title)
    if said is None:
        whose.read(place)
    else:
        with pytest.raises(Malformed, match=said):
            whose.read(place)


@pytest.mark.parametrize(
    ("title", "place", "when"),
    [
        ("Blackboard", f"1-small_ada_attempt_2026-11-20-16-30-10_{NB}", (15, 30, 10)),
        ("Brightspace", f"1-2 - Ada Lovelace - Nov 20, 2026 115 PM/{NB}", (12, 15)),
        ("Brightspace", f"1-2 - Ada Lovelace - Nov 20, 2026 1205 PM/{NB}", (11, 5)),
        ("Brightspace", f"1-2 - Ada Lovelace - Nov 20, 2026 1:05 AM/{NB}", (0, 5)),
        ("Brightspace", f"1-2 - Ada Lovelace - Nov 20, 2026 2305/{NB}", (22, 5)),
        ("Moodle", f"Ada Lovelace_501_assignsubmission_file/{NB}", None),
        ("Canvas", f"lovelaceada_12345_67890_{NB}", None),
    ],
)
def test_times_are_of_the_courses_zone(title: str, place: str, when: tuple[int, ...]) -> None:
    """A learner would be late, or not, by hours."""
    expected = datetime.datetime(2026, 11, 20, *when) if when else None
    assert reader(title).read(place).handed_in == expected


def test_late_on_canvas_is_as_little_late_as_can_be() -> None:
    """Who is late would count as on time, or lose more than the platform can say."""
    due = datetime.datetime(2026, 11, 20, 12)
    whose = reader("Canvas")
    whose.due = due
    for name in ("lovelaceada", "lovelaceada_12345_1"):  # as the learner may be called there
        late = whose.read(f"{name}_LATE_12345_67890_{NB}")
        assert late.handed_in == due + LEAST_LATE


def test_a_learner_cannot_make_it_another_platforms_download() -> None:
    """The end of a name is the learner's: with two platforms' forms in it nobody may guess."""
    spoofed = f"hackereve_777_8_x_ada_attempt_2026-11-20-16-30-10_{NB}"
    with pytest.raises(Malformed, match="--platform"):
        reader().recognise([spoofed])
    whose = reader()
    whose.recognise([spoofed, f"lovelaceada_12345_9_{NB}"])
    assert whose.platform is not None and whose.platform.title == "Canvas"


def test_a_folder_around_the_download_does_no_harm() -> None:
    """Who unpacked it and packed it again would have nothing collected."""
    whose = reader()
    whose.recognise([f"Submissions/{place}" for place, _ in NAMES["Moodle"]])
    found = whose.read(f"Submissions/Ada Lovelace_501_assignsubmission_file/{NB}")
    assert found[:3] == ("ada", None, NB)
    whose = reader()
    uploaded = "Eve Hacker_5_assignsubmission_onlinetext"
    whose.recognise([f"{uploaded}/Ada Lovelace_501_assignsubmission_file_{NB}"])
    assert whose.wrapper == ""


def test_thousands_are_found_soon() -> None:
    """A large class would wait, if each were looked up among all."""
    learners = [Learner(f"u{n}", f"First{n}", f"Last{n}") for n in range(3000)]
    whose = reader("Moodle", learners)
    for n in range(0, 3000, 3):
        found = whose.read(f"First{n} Last{n}_{n}_assignsubmission_file/{NB}")
        assert found.learner == f"u{n}"
