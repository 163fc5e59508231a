"""From a platform's zip file to the submissions, and with feedback back to the platform."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.gradebook.writer import bring_up_to_date
from nbexaminer.classroom.intake.times import parse_timestamp
from nbexaminer.classroom.roster import Learner, write_roster
from nbexaminer.classroom.uploads import late_by_word
from nbexaminer.lms.give_back import read_scores
from nbexaminer.nbgrader_plugins.export import SafeCsvExport
from support.course import EXERCISE
from support.platforms import command, give_scores, gradebook_of, zipped

NB = f"{EXERCISE}.ipynb"
CANVAS = {
    f"lovelaceada_12345_70001_{NB}": b"ada's",
    f"oneilsmithconor_LATE_12346_70002_{EXERCISE}-1.ipynb": b"oneil's",
    f"müllerzoë_12347_70003_{NB}": b"zoe's",
}
MOODLE = {
    f"Ada Lovelace_501_assignsubmission_file/{NB}": b"ada's",
    f"Conor ONeil-Smith_502_assignsubmission_file/{NB}": b"oneil's",
    f"Zoë Müller_503_assignsubmission_file/{NB}": b"zoe's",
    "Zoë Müller_503_assignsubmission_onlinetext/onlinetext.html": b"my text",
}
FLAT = {name.replace("file/", "file_").replace("text/", "text_"): b for name, b in MOODLE.items()}
BLACKBOARD = {
    f"{EXERCISE}_ada_attempt_2026-11-20-12-30-10_{NB}": b"ada's",
    f"{EXERCISE}_ada_attempt_2026-11-19-12-30-10_{NB}": b"older",
    f"{EXERCISE}_ada_attempt_2026-11-20-12-30-10.txt": b"Name: Ada",
    f"{EXERCISE}_oneil_attempt_2026-11-20-12-30-10_mine.ipynb": b"oneil's",
    f"{EXERCISE}_zoe_attempt_2026-11-20-12-30-10_{NB}": b"zoe's",
}
BRIGHTSPACE = {
    "index.html": b"all of them",
    f"7-678 - Ada Lovelace - Nov 20, 2026 1230 PM/{NB}": b"ada's",
    f"7-678 - Ada Lovelace - Nov 20, 2026 115 AM/{NB}": b"older",
    f"8-678 - Conor O'Neil-Smith - Nov 20, 2026 1230 PM/{NB}": b"oneil's",
    f"9-678 - Zoë Müller - Nov 20, 2026 1230 PM/{NB}": b"zoe's",
}
# A learner's own file may be called like the platform's.
GRADESCOPE = {
    "assignment_8_export/submission_metadata.yml": (
        b"submission_501:\n"
        b"  :submitters:\n  - :name: Ada Lovelace\n    :sid: '007'\n    :email: ada@uni.edu\n"
        b"  :created_at: 2026-11-20 11:30:00.402839000 Z\n  :history: []\n"
        b"submission_502:\n"
        b"  :submitters:\n  - :name: Conor ONeil-Smith\n    :sid: \n"
        b"  :created_at: 2026-11-20 12:30:00.000000000 +01:00\n"
        b"submission_503:\n"
        b"  :submitters:\n  - :name: Z. M.\n    :email: ZOE@uni.edu\n"
        b"  :created_at: 2026-11-20 11:30:00.000001000 Z\n"
    ),
    f"assignment_8_export/submission_501/{NB}": b"ada's",
    f"assignment_8_export/submission_502/{NB}": b"oneil's",
    "assignment_8_export/submission_502/submission_metadata.yml": b"submission_501: mine",
    f"assignment_8_export/submission_503/deeper/{NB}": b"zoe's",
}
DOWNLOADS: dict[str, Mapping[str, bytes]] = {
    "Canvas": CANVAS,
    "Moodle": MOODLE,
    "Blackboard": BLACKBOARD,
    "Brightspace": BRIGHTSPACE,
    "Gradescope": GRADESCOPE,
}


def submitted(here: Path) -> dict[str, str]:
    notebooks = (here / "submitted").glob(f"*/{EXERCISE}/**/*.ipynb")
    return {path.relative_to(here).parts[1]: path.read_text() for path in notebooks}


def time_of(here: Path, learner: str) -> str | None:
    path = here / "submitted" / learner / EXERCISE / "timestamp.txt"
    return path.read_text() if path.exists() else None


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_a_zip_file_is_collected_as_it_comes(here: Path, platform: str) -> None:
    """Work would have to be copied by hand, or be lost without a word."""
    (here / "got.zip").write_bytes(zipped(DOWNLOADS[platform]))
    config = here / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.MarkingRules.timezone = 'Europe/Berlin'\n")
    said = command("collect", EXERCISE, "got.zip")
    assert f"3 collected from {platform}" in said
    assert submitted(here) == {who: f"{who}'s" for who in ("ada", "oneil", "zoe")}
    told = platform in ("Blackboard", "Brightspace", "Gradescope")
    seconds = "10" if platform == "Blackboard" else "00"
    assert time_of(here, "ada") == (f"2026-11-20 11:30:{seconds}" if told else None)
    assert ("12:30 (Europe/Berlin)" in said) == told
    assert ("tells no times" in said) == (not told)
    if platform == "Canvas":
        assert (
            "1 late, by Canvas's word, without times: oneil. Each counts as late by the least"
            in said
        )
        assert "--worksheet with Canvas's list of submissions" in said


def test_moodles_worksheet_tells_times_and_who_is_who(here: Path) -> None:
    """Nobody would ever be late, and two of the same name could not be told apart."""
    with gradebook_of(here) as gradebook:
        write_roster(gradebook, [Learner("ada2", "Ada", "Lovelace", "second@uni.edu")])
    rows = [
        'Identifier,"Full name","Email address",Grade,"Last modified (submission)",'
        '"Last modified (grade)"',
        'Participant 501,Ada Lovelace,ada@uni.edu,,"Friday, 20 November 2026, 4:30 PM",-',
        'Participant 502,Conor ONeil-Smith,conor@uni.edu,,"Friday, November 20, 2026, 5:30 PM",-',
        "Participant 503,Zoë Müller,zoe@uni.edu,,-,-",
    ]
    (here / "grades.csv").write_text("\n".join(rows))
    (here / "got.zip").write_bytes(zipped(MOODLE))
    said = command("collect", EXERCISE, "got.zip", status=1)
    assert "ada and ada2" in said and "all count as handed in on time" in said
    worksheet = ("--worksheet", "grades.csv", "--force")
    said = command("collect", EXERCISE, "got.zip", *worksheet)
    assert submitted(here) == {who: f"{who}'s" for who in ("ada", "oneil", "zoe")}
    times = [time_of(here, who) for who in ("ada", "oneil", "zoe")]
    assert times == ["2026-11-20 16:30:00", "2026-11-20 17:30:00", None]
    (here / "grades.csv").write_text("\n".join(rows).replace("Friday, 20", "Freitag, 20."))
    said = command("collect", EXERCISE, "got.zip", *worksheet, status=2)
    assert "line 2: 'Freitag, 20. November 2026, 4:30 PM' is no date and time in English" in said
    (here / "got.zip").write_bytes(zipped(BLACKBOARD))
    assert "not Blackboard" in command("collect", EXERCISE, "got.zip", *worksheet, status=2)


# What Canvas answers where it is asked for an assignment's submissions, as far as it is read.
SUBMISSIONS = [
    {"id": 1, "user_id": 12345, "submitted_at": "2026-11-20T11:00:00Z", "late": False},
    {"id": 2, "user_id": 12346, "submitted_at": "2026-11-30T11:00:00Z", "late": True},
    {"id": 3, "user_id": 12349, "submitted_at": None, "late": False, "user": {"id": 5}},
]
TABLE = "id,user_id,submitted_at\n2,12346,2026-11-29T11:00:00Z\n2,12346,2026-11-30T11:00:00Z\n"


def paid(here: Path, *learners: str) -> list[float]:
    """Points after lateness, of 6, with the times that were collected."""
    with gradebook_of(here) as gradebook, gradebook.db.no_autoflush:
        for learner in learners:
            time = time_of(here, learner)
            when = parse_timestamp(time) if time else None
            row = gradebook.update_or_create_submission(EXERCISE, learner, timestamp=when)
            for grade in row.notebooks[0].grades:
                grade.manual_score, grade.needs_manual_grade = 3.0, False
        gradebook.db.commit()
        course = CourseFolder()
        bring_up_to_date(gradebook, [EXERCISE], course.app)
        scores = read_scores(course.directory, gradebook, EXERCISE)
    return [scores[learner].points for learner in learners]


@pytest.mark.parametrize(
    "table", [json.dumps(SUBMISSIONS), f"while(1);{json.dumps(SUBMISSIONS)}", TABLE]
)
def test_canvas_table_of_submissions_tells_times(here: Path, table: str) -> None:
    """Ten days late would cost one day, and the time on the page would be made up."""
    (here / "got.zip").write_bytes(zipped(CANVAS))
    (here / "times").write_text(table)
    command("collect", EXERCISE, "got.zip")
    assert paid(here, "ada", "oneil", "zoe") == [6.0, 4.75, 6.0]  # a day costs 1.25 points
    with gradebook_of(here) as gradebook:
        late, on_time = (gradebook.find_submission(EXERCISE, who) for who in ("oneil", "ada"))
        assert late_by_word(gradebook.db, late) == "late, by Canvas's word"
        assert late_by_word(gradebook.db, on_time) == ""
        export = SafeCsvExport(parent=CourseFolder().app)
        export.to = "grades.csv"
        export.export(gradebook)
    assert '"late, by Canvas\'s word"' in (here / "grades.csv").read_text()
    said = command("collect", EXERCISE, "got.zip", "--worksheet", "times")
    assert "3 were there already, the same" in said
    assert "of them have a time that was not known before: grade once more: " in said
    assert time_of(here, "oneil") == "2026-11-30 11:00:00"
    assert paid(here, "ada", "oneil", "zoe") == [6.0, 0.0, 6.0]
    with gradebook_of(here) as gradebook:
        assert late_by_word(gradebook.db, gradebook.find_submission(EXERCISE, "oneil")) == ""
    shutil.rmtree("submitted")
    said = command("collect", EXERCISE, "got.zip", "--worksheet", "times")
    assert "by Canvas's word" not in said and "without a time, so never late: " in said


def test_a_worksheet_that_comes_later_still_tells_times(here: Path) -> None:
    """It was advised, and nobody was late; a time that was put right by hand was lost."""
    (here / "got.zip").write_bytes(zipped(MOODLE))
    assert "--worksheet" in command("collect", EXERCISE, "got.zip")
    (here / "submitted" / "zoe" / EXERCISE / "timestamp.txt").write_text("2026-11-23 09:00:00")
    (here / "grades.csv").write_text(
        "Identifier,Full name,Email address,Grade,Last modified (submission),"
        "Last modified (grade)\n"
        'Participant 501,Ada Lovelace,ada@uni.edu,,"Friday, 20 November 2026, 4:30 PM",-\n'
        'Participant 503,Zoë Müller,zoe@uni.edu,,"Friday, 20 November 2026, 4:30 PM",-\n'
    )
    for options in ((), ("--force",)):
        command("collect", EXERCISE, "got.zip", "--worksheet", "grades.csv", *options)
        assert time_of(here, "ada") == "2026-11-20 16:30:00"
        assert time_of(here, "zoe") == "2026-11-23 09:00:00"


def test_who_stays_behind_is_named_and_the_others_are_collected(here: Path) -> None:
    """One odd name would end the collection, or somebody's work would be lost."""
    archive = zipped({"Ada Lovelace_501_assignsubmission_file/x.ipynb": b"stolen"})
    members = {
        **MOODLE,
        f"Nobody Known_504_assignsubmission_file/{NB}": b"?",
        "Ben Idle_505_assignsubmission_file/report.pdf": b"no notebook",
        "Gone Away_506_assignsubmission_file/mine.zip": archive,
        f"Ada Lovelace_507_assignsubmission_file/{NB}": b"another Ada",
        "__MACOSX/._x.ipynb": b"litter",
    }
    (here / "got.zip").write_bytes(zipped(members))
    said = command("collect", EXERCISE, "got.zip", status=1)
    assert submitted(here) == {"oneil": "oneil's", "zoe": "zoe's"}
    assert "'Nobody Known'; add them to the roster" in said
    assert "Ben Idle_505_assignsubmission_file/report.pdf: no notebook was handed in" in said
    assert "Gone Away_506_assignsubmission_file/mine.zip: archives that learners" in said
    assert "Participant 501 and Participant 507 are different users there" in said
    assert said.count("Not collected:") == 5 and "litter" not in said and "__MACOSX" not in said


def test_a_second_download_replaces_nothing_unless_told(here: Path) -> None:
    """An older download would replace newer work; what had been downloaded would be gone."""
    named = "cs_101_2_submissions.zip"  # as Canvas would name a learner's archive
    (here / named).write_bytes(zipped(BLACKBOARD))
    command("collect", EXERCISE, named)
    assert "3 were there already, the same" in command("collect", EXERCISE, named)
    newer = {f"{EXERCISE}_ada_attempt_2026-11-22-00-00-00_{NB}": b"newer"}
    (here / "later.zip").write_bytes(zipped(newer))
    said = command("collect", EXERCISE, "later.zip", status=1)
    assert "submitted/ has other work of ada's: --force replaces it" in said
    assert submitted(here)["ada"] == "ada's"
    command("collect", EXERCISE, "later.zip", "--force")
    assert submitted(here) == {"ada": "newer", "oneil": "oneil's", "zoe": "zoe's"}
    assert time_of(here, "ada") == "2026-11-22 00:00:00"
    downloaded = here / "downloaded" / EXERCISE
    assert [p.name for p in (downloaded / "archive").iterdir()] == ["later.zip"]
    assert [p.name for p in downloaded.glob("earlier/*/*")] == ["cs-101-2-submissions.zip"]
    (here / "canvas.zip").write_bytes(zipped(CANVAS))
    said = command("collect", EXERCISE, "canvas.zip", "--force")
    assert "replaced work that had a time by some without: ada" in said


def test_a_platform_can_be_named(here: Path) -> None:
    """Where names could be of two platforms, nothing could be collected."""
    spoofed = f"lovelaceada_12345_7_x_zoe_attempt_2026-11-20-16-30-10_{NB}"
    (here / "got.zip").write_bytes(zipped({spoofed: b"ada's"}))
    said = command("collect", EXERCISE, "got.zip", status=1)
    assert "say which, with --platform" in said and submitted(here) == {}
    command("collect", EXERCISE, "got.zip", "--platform", "canvas")
    assert submitted(here) == {"ada": "ada's"}


def test_what_cannot_be_collected_at_all_says_why(here: Path) -> None:
    (here / "no.zip").write_bytes(b"no zip file")
    (here / "got.zip").write_bytes(zipped(MOODLE))
    assert "no.zip is no zip file" in command("collect", EXERCISE, "no.zip", status=2)
    assert "in source/; there are: 1-small" in command("collect", "2-none", "got.zip", status=2)
    config = here / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Collector.timezone = 'Berlin'\n")
    assert "timezone is 'Berlin': give" in command("collect", EXERCISE, "got.zip", status=2)


def pages(here: Path, *learners: str) -> None:
    for who in learners:
        folder = here / "feedback" / who / EXERCISE
        folder.mkdir(parents=True)
        (folder / f"{EXERCISE}.html").write_text(f"page of {who}")


@pytest.mark.parametrize(
    ("download", "first"),
    [
        (CANVAS, f"lovelaceada_12345_70001_{EXERCISE}.html"),
        (MOODLE, f"Ada Lovelace_501_assignsubmission_file/{EXERCISE}.html"),
        (FLAT, f"Ada Lovelace_501_assignsubmission_file_{EXERCISE}.html"),
    ],
)
def test_feedback_goes_back_the_way_work_came(
    here: Path, download: Mapping[str, bytes], first: str
) -> None:
    """A platform takes back only names that it gave, and shows the page to whose name it is."""
    (here / "got.zip").write_bytes(zipped(download))
    command("collect", EXERCISE, "got.zip")
    command("collect", EXERCISE, "got.zip", "--force")
    give_scores(here)
    pages(here, "ada", "oneil", "ben", "gone")
    said = command("give-back", EXERCISE, status=1)
    assert "Pages of 2 learners" in said
    assert f"Without a page (nbgrader generate_feedback {EXERCISE}): zoe" in said
    with zipfile.ZipFile(f"feedback-{EXERCISE}.zip") as archive:
        names = archive.namelist()
        assert names[0] == first and len(names) == 2
        assert archive.read(first) == b"page of ada"
    prefixes = {name.rpartition(f"{EXERCISE}.")[0] for name in names}
    assert prefixes <= {name.rpartition(f"{EXERCISE}")[0] for name in download}


def test_feedback_that_cannot_go_back_is_named(here: Path) -> None:
    """Somebody would wait for feedback that nobody gives, or get what is no longer true."""
    assert "run nbgrader generate_assignment" not in command("give-back", EXERCISE, status=2)
    give_scores(here)
    pages(here, "ada", "oneil", "zoe")
    assert "use nbexaminer collect" in command("give-back", EXERCISE, status=2)
    (here / "got.zip").write_bytes(zipped(BRIGHTSPACE))
    command("collect", EXERCISE, "got.zip")
    said = command("give-back", EXERCISE, status=2)
    assert "Brightspace has no form for a zip file of feedback that is known" in said
    some = {name: data for name, data in MOODLE.items() if "Conor" not in name}
    (here / "got.zip").write_bytes(zipped(some))
    command("collect", EXERCISE, "got.zip", "--force")
    assert "Not from Moodle: give their pages back another way: oneil" in command(
        "give-back", EXERCISE, status=1
    )
    (here / "got.zip").write_bytes(zipped({f"lovelaceada_12345_70001_{NB}": b"ada's"}))
    command("collect", EXERCISE, "got.zip", "--force")
    assert "came from Canvas and Moodle" in command("give-back", EXERCISE, status=2)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('{"errors": [{"message": "user not authorized"}]}', "no list of submissions"),
        ("[[[", "no list of submissions"),
        ("user_id,grade\n12346,5\n", "no list of submissions"),
        ('[{"user_id": 12346, "submitted_at": "soon"}]', "'soon' is no date and time"),
        (
            "user_id,submitted_at,assignment_id\n1,2026-11-20T11:00:00Z,8\n"
            "2,2026-11-20T11:00:00Z,9\n",
            "submissions of 2 assignments",
        ),
    ],
)
def test_a_table_of_no_times_is_refused(here: Path, table: str, said: str) -> None:
    """Everybody would be on time, or as late as with another exercise."""
    (here / "got.zip").write_bytes(zipped(CANVAS))
    (here / "times").write_text(table)
    assert said in command("collect", EXERCISE, "got.zip", "--worksheet", "times", status=2)
    assert submitted(here) == {}


def test_canvas_gives_a_hundred_submissions_a_page(here: Path) -> None:
    """Of a larger class some would stay without a time."""
    (here / "got.zip").write_bytes(zipped(CANVAS))
    for n, one in enumerate(SUBMISSIONS[:2]):
        (here / f"{n}.json").write_text(json.dumps([one]))
    command("collect", EXERCISE, "got.zip", "--worksheet", "0.json", "--worksheet", "1.json")
    times = [time_of(here, who) for who in ("ada", "oneil", "zoe")]
    assert times == ["2026-11-20 11:00:00", "2026-11-30 11:00:00", None]


@pytest.mark.parametrize(
    ("listing", "said", "who"),
    [
        (None, "submission_metadata.yml doesn't say whose it is", {}),
        ("submission_502:\n  :submitters:\n  - :name: Zoë Müller\n", "doesn't say whose", {"zoe"}),
        (
            "submission_501: {':submitters': [{':name': Ada Lovelace}, {':name': Zoë Müller}]}\n"
            "submission_502: {':submitters': [{':name': Conor ONeil-Smith}]}\n",
            "Ada Lovelace and Zoë Müller handed it in together: copy it to each",
            {"oneil"},
        ),
        ("submission_501: [", None, {}),
        ("- submission_501", None, {}),
    ],
)
def test_gradescope_says_whose_it_is_in_a_file(
    here: Path, listing: str | None, said: str | None, who: set[str]
) -> None:
    """One of a group would get all the points, or nobody, without a word."""
    members = {f"submission_50{n}/{NB}": b"%d" % n for n in (1, 2)}
    if listing is not None:
        members["submission_metadata.yml"] = listing.encode()
    (here / "got.zip").write_bytes(zipped(members))
    output = command("collect", EXERCISE, "got.zip", status=1 if said else 2)
    assert (said or "submission_metadata.yml: it names no submitters") in output
    assert submitted(here).keys() == {*who}


def test_an_expression_may_name_learners(here: Path) -> None:
    """From Google Drive, where files have people's names, nothing could be collected."""
    with gradebook_of(here) as gradebook:
        write_roster(gradebook, [Learner(f"lee{n}", "Ann", "Lee") for n in (1, 2)])
    config = here / "nbgrader_config.py"
    config.write_text(
        f"{config.read_text()}\nc.FileNameCollectorPlugin.named_regexp = "
        r"r'(?:[^/]+/)?(?:(?P<email>\S+@\S+)|(?P<last_name>[^/]+?)) - (?P<file_id>[^/]+)'"
    )
    names = ["LOVELACE Ada", "conor o\u2019neil smith", "zoe@uni.edu", "Ann Lee", "Some Body"]
    files = {f"Drive/{n} - {NB}": n.encode() for n in names}
    (here / "late.zip").write_bytes(zipped({f"Drive/zoë müller - {EXERCISE}.gdoc": b"a link"}))
    said = command("collect", EXERCISE, "late.zip", status=1)
    assert f"Drive/zoë müller - {EXERCISE}.gdoc: no notebook was handed in with it" in said
    odd = {"Drive/zoë müller - draft.pdf": b"", "Drive/whose.pdf": b""}
    (here / "got.zip").write_bytes(zipped(files | odd))
    said = command("collect", EXERCISE, "got.zip", status=1)
    assert "the names tell no times: all count as handed in on time" in said
    assert "Drive/whose.pdf: c.FileNameCollectorPlugin.named_regexp doesn't match" in said
    assert submitted(here) == dict(zip(("ada", "oneil", "zoe"), names, strict=False))
    assert "'Ann Lee' fits lee1 and lee2; put that right on the roster, or copy the right" in said
    assert "nobody in the gradebook has the name 'Some Body'; put that right" in said
    assert said.count("Not collected:") == 3


def test_an_address_with_a_plus_is_an_id(here: Path) -> None:
    """Who has a mail address of their own for the course would be left out of it."""
    who = "ben+ml@uni.edu"
    (here / "class.csv").write_text(f"First name,Last name,Email address\nBen,Plus,{who}\n")
    command("roster", "class.csv")
    (here / "got.zip").write_bytes(zipped({f"Ben Plus_7_assignsubmission_file/{NB}": b"ben's"}))
    command("collect", EXERCISE, "got.zip")
    assert submitted(here) == {who: "ben's"}
    assert who in command("roster")
    paid(here, who)
    export = SafeCsvExport(parent=CourseFolder().app)
    with gradebook_of(here) as gradebook:
        export.export(gradebook)
    assert f'"{who}"' in (here / "grades.csv").read_text()
    pages(here, who)
    assert "Pages of 1 learners" in command("give-back", EXERCISE)


@pytest.mark.parametrize("name", ["=", "2026-13-45", "0x_", "!ruby/object:Name {}"])
def test_a_learners_name_ends_no_gradescope_export(here: Path, name: str) -> None:
    """Whoever calls himself so would keep the class from being collected."""
    others = GRADESCOPE["assignment_8_export/submission_metadata.yml"]
    listing = f"submission_500:\n  :submitters:\n  - :name: {name}\n".encode() + others
    members = {"submission_metadata.yml": listing}
    members[f"submission_502/{NB}"] = b"oneil's"
    (here / "got.zip").write_bytes(zipped(members))
    command("collect", EXERCISE, "got.zip")
    assert submitted(here) == {"oneil": "oneil's"}


@pytest.mark.parametrize("more", ["--section", "extend"])
def test_late_by_word_is_late_for_who_has_more_time(here: Path, more: str) -> None:
    """Whose date is later than everybody's would never be late, by whatever Canvas says."""
    oneil = Learner("oneil", "Conor", "O'Neil-Smith", "conor@uni.edu", "B", aliases=("12346",))
    with gradebook_of(here) as gradebook:
        write_roster(gradebook, [oneil])
    if more == "extend":
        command("extend", "oneil", EXERCISE, "--days", "2")
    else:
        command("due", EXERCISE, "2026-11-22 12:00", "--section", "B")
    (here / "got.zip").write_bytes(zipped(CANVAS))
    command("collect", EXERCISE, "got.zip")
    assert paid(here, "ada", "oneil") == [6.0, 4.75]


def test_who_is_only_called_alike_hands_in_for_nobody_else(here: Path) -> None:
    """Anybody can call themselves so, and would hand in, or be refused, in another's name."""
    listing = b"submission_500:\n  :submitters:\n  - :name: Conor O'Neil-Smith\n"
    listing += b"    :email: eve@example.com\n"
    members = {"submission_metadata.yml": listing, f"submission_500/{NB}": b"eve's"}
    (here / "got.zip").write_bytes(zipped(members))
    said = command("collect", EXERCISE, "got.zip", status=1)
    assert "is called like oneil, who has another e-mail address" in said
    assert submitted(here) == {}


def test_a_platform_that_is_named_goes_before_an_expression(here: Path) -> None:
    """A class with Drive and Canvas had to change its settings each time."""
    with (here / "nbgrader_config.py").open("a") as settings:
        settings.write('c.FileNameCollectorPlugin.named_regexp = r"(?P<file_id>nothing)"\n')
    (here / "got.zip").write_bytes(zipped(CANVAS))
    said = command("collect", EXERCISE, "got.zip", status=1)
    assert "doesn't match its path; --platform canvas takes it as Canvas's" in said
    command("collect", EXERCISE, "got.zip", "--platform", "canvas")
    assert submitted(here).keys() >= {"ada", "oneil"}
