"""From a platform's zip file to the submissions, and with feedback back to the platform."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from nbexaminer.people.roster import Learner, write_roster
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
DOWNLOADS: dict[str, Mapping[str, bytes]] = {
    "Canvas": CANVAS,
    "Moodle": MOODLE,
    "Blackboard": BLACKBOARD,
    "Brightspace": BRIGHTSPACE,
}


def submitted(here: Path) -> dict[str, str]:
    notebooks = here.glob(f"submitted/*/{EXERCISE}/*.ipynb")
    return {path.parts[-3]: path.read_text() for path in notebooks}


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
    told = platform in ("Blackboard", "Brightspace")
    seconds = "10" if platform == "Blackboard" else "00"
    assert time_of(here, "ada") == (f"2026-11-20 11:30:{seconds}" if told else None)
    assert ("12:30 (Europe/Berlin)" in said) == told
    assert ("tells no times" in said) == (not told)
    if platform == "Canvas":
        assert time_of(here, "oneil") == "2026-11-20 12:00:01"
        assert "one second after the due date: oneil" in said


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
    (here / "got.zip").write_bytes(zipped(CANVAS))
    assert "not Canvas" in command("collect", EXERCISE, "got.zip", *worksheet, status=2)


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
