"""The page that a learner reads: what it says, what it hides, and that it needs nothing else."""

from __future__ import annotations

import datetime
import re
import shutil
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades

from course.authoring.exercises import ROOT
from nbexaminer.classroom.database import TABLES, put
from nbexaminer.classroom.pages import in_time
from nbexaminer.classroom.pages.formulas import formula
from nbexaminer.classroom.pages.markup import markdown, terminal
from nbexaminer.classroom.uploads import LEAST_LATE, UPLOADS
from nbexaminer.nbgrader_plugins.feedback import FeedbackPage
from support.feedback import DUE, EXERCISE, Class, handed_in, unfolded, unreadable

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
FAILED = {
    "outcome": "failed",
    "message": {
        "headline": "f: x is squared",
        "cause": "x is squared",
        "facts": [["called", "f(3)"], ["numbers", "x = [1.0]\ny = [<b>]"]],
    },
}
WRONG = {"f-visible": FAILED, "f-hidden": FAILED | {"outcome": "timed out"}}
ALL = {"f-visible": 1.0, "f-hidden": 2.0, "w": 3.0}
EVIL = "<script>alert(1)</script><img src=http://evil/x.png onerror=alert(1)>"
ODD = (
    r"$\text{<script>alert(1)</script>}$ $\href{javascript:alert(1)}{x}$ $\frac{a$ "
    r"$\style{color:red}{x}$ ![p](http://evil/x.png) [l](javascript:alert(1)) <iframe src=x>"
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook in which nobody has handed in."""
    path = tmp_path_factory.mktemp("feedback") / "gradebook.db"
    Class.make(path)
    return path


@pytest.fixture
def course(empty: Path, tmp_path: Path) -> Class:
    return Class(Path(shutil.copy(empty, tmp_path)))


def right(course: Class, **about: Any) -> str:
    course.hand_in("ada", ALL, timestamp=DUE, **about)
    return course.page("ada", handed_in({"f": "def f(x): return x + x", "w": "It doubles."}))


def entries(page: str) -> list[str]:
    """The lines of the contents list."""
    return [
        " ".join(li.get_text(" ").split()) for li in BeautifulSoup(page, "html.parser").nav("li")
    ]


def assert_inert(page: str) -> None:
    """Nothing in the page runs, and nothing is loaded."""
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.find_all(True):
        assert tag.name not in ("script", "iframe", "object", "embed", "link", "base", "form"), tag
        assert not [name for name in tag.attrs if name.startswith("on") or name == "srcset"], tag
        assert str(tag.get("src", "data:")).startswith("data:image/"[: len("data:")]), tag
        assert re.match(r"https?://|#|$", str(tag.get("href", ""))), tag
    assert not re.search(
        r"url\(|@import|@font-face|https?:", soup.style.get_text() if soup.style else ""
    )


def test_the_contents_list_names_each_test_with_its_verdict(course: Class) -> None:
    """A learner with twenty cells looks for the one that failed."""
    course.hand_in("ben", {"f-visible": 0.0, "f-hidden": 0.0, "w": None})
    page = course.page("ben", handed_in({"f": "def f(x): return x * x", "w": "So."}, notes=WRONG))
    assert entries(page) == [
        "✗ f: visible tests failed 0 of 1 point x is squared",
        "✗ f: hidden tests timed out 0 of 2 points timed out: f: x is squared",
        "… Written answer: 2. In your own words waits for your instructor – of 3 points",
    ]
    soup = BeautifulSoup(page, "html.parser")
    for link in soup.nav("a"):
        assert soup.find(id=link["href"][1:]).name == "article"
    waiting = "0 of 6 points so far; 3 of the 6 are still to be graded by your instructor"
    assert waiting in unfolded(page)
    facts = [d.get_text(": ", strip=True) for d in soup.select(".message dl > div")]
    assert facts[:2] == ["called: f(3)", "numbers: x = [1.0]\ny = [<b>]"]
    assert entries(right(course)) == [
        "✓ f: visible tests passed 1 of 1 point",
        "✓ f: hidden tests passed 2 of 2 points",
        "✓ Written answer: 2. In your own words full points 3 of 3 points",
    ]


def test_a_part_of_the_points_is_shown_as_one(course: Class) -> None:
    """ "Given by your instructor" stood beside points that the test itself had given."""
    notes = {cell: {"outcome": "partly", "message": {}, "score": 0.5} for cell in WRONG}
    course.hand_in("ben", {"f-visible": 0.5, "f-hidden": 1.5, "w": 3.0})
    assert entries(course.page("ben", handed_in({}, notes=notes)))[:2] == [
        "◐ f: visible tests part of the points 0.5 of 1 point",
        "◐ f: hidden tests part of the points 1.5 of 2 points, given by your instructor",
    ]


def test_any_course_s_words_and_tables_are_drawn(course: Class) -> None:
    """Rewording a test would cost a fact, were the page to look for words."""
    table = {"label": "Dein Wert (y)", "cells": [["1", "<b>"], ["nan", "-2.5"]], "wrong": [[0, 1]]}
    said = {
        "headline": "f: falsch",
        "facts": [["Aufruf: ", "f(3)\n  x:   4"], ["Dein Wert (y)", "zwei"], ["SOLL-WERT", "drei"]],
        "tables": [table | {"begins": [8, 0], "place": "rows 8–9"}, table | {"label": "more"}],
    }
    course.hand_in("ben", {"f-visible": 0.0, "f-hidden": 2.0, "w": 3.0})
    notes = {"f-visible": FAILED | {"message": said}}
    page = BeautifulSoup(course.page("ben", handed_in({}, notes=notes)), "html.parser")
    facts = [dt.get_text() for dt in page.select(".message dt")]
    assert facts == ["Aufruf: ", "Dein Wert (y) (rows 8–9)", "more", "SOLL-WERT"]
    assert page.select_one(".message dd").get_text() == "f(3)\n  x:   4"
    (first, second) = page.select(".message table")
    assert [mark.get_text() for mark in first("mark")] == ["<b>"]
    assert "<b> (wrong)" in first.get_text() and "zwei" in first.find_next("p").get_text()
    assert [th.get_text() for th in first("th")] == ["0", "1", "8", "9"]
    assert len(second("td")) == 5


def test_what_an_earlier_version_said_is_still_read(course: Class) -> None:
    """Pages of exercises that were graded before an update are made anew after it."""
    course.hand_in("ben", {"f-visible": 0.0, "f-hidden": 2.0, "w": 3.0})
    notes = {"f-visible": {"outcome": "failed", "message": "f: no\n  called:    f(3)", "cause": ""}}
    page = course.page("ben", handed_in({}, notes=notes))
    assert "f: no\n  called:    f(3)</p>" in page
    assert entries(page)[0] == "✗ f: visible tests failed 0 of 1 point no"


def test_a_dropped_question_is_nobodys_mistake(course: Class) -> None:
    """Who gets its points anyway would read ✗, and look for what was wrong."""
    course.hand_in("ben", {"f-visible": 1.0, "f-hidden": 2.0, "w": 3.0})
    notes = {"f-visible": {"outcome": "accepted", "message": {}}}
    notes["f-hidden"] = {"outcome": "dropped", "message": {}}
    page = course.page("ben", handed_in({"f": "def f(x): return 2", "w": "So."}, notes=notes))
    assert entries(page)[:2] == [
        "✓ f: visible tests accepted 1 of 1 point",
        "– f: hidden tests dropped 2 of 2 points",
    ]


def test_the_head_says_when_and_what_it_cost_in_the_course_s_zone(course: Class) -> None:
    """A learner in Berlin who reads 11:00 UTC believes to have been in time."""
    late = DUE + datetime.timedelta(days=3)
    course.hand_in(
        "ada", ALL, timestamp=late, penalty=2.0, extension=datetime.timedelta(days=1),
        first_name="Ada <b>", last_name="Lövelace",
    )  # fmt: skip
    said = unfolded(course.page("ada", handed_in({})))
    assert "Exercise 1: small" in said and "Ada <b> Lövelace (ada)" in said
    assert "Handed in Monday 23 November 2026, 13:00 (Europe/Berlin)" in said
    assert "Due Saturday 21 November 2026, 13:00 (Europe/Berlin)" in said
    assert "Late by 2 days; penalty: 2 points, taken off already" in said
    assert "Points 4 of 6" in said


def test_a_time_that_nobody_told_is_not_made_up(course: Class) -> None:
    """A learner who was ten days late would read that it was no minute."""
    with Gradebook(course.url) as gradebook:
        TABLES.create_all(gradebook.engine)
        row = {"exercise": EXERCISE, "student_id": "ada", "platform": "Canvas", "prefix": ""}
        put(gradebook.db.connection(), UPLOADS, row)
        gradebook.db.commit()
    course.hand_in("ada", ALL, timestamp=DUE + LEAST_LATE, penalty=2.0)
    said = unfolded(course.page("ada", handed_in({})))
    assert "Handed in late, by Canvas's word Due" in said
    assert "Late penalty: 2 points, taken off already" in said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("it is not JSON: <b> in line 1", "Your notebook could not be read it is not JSON: <b>"),
        (f"{EXERCISE}.ipynb is missing; the folder is empty", "Your notebook is missing"),
    ],
)
def test_what_cannot_be_read_is_said_on_top(course: Class, reason: str, said: str) -> None:
    """Learners thought that they had handed in nothing: "No response." stood in every cell."""
    none = dict.fromkeys(("f", "try-g", "w"), "No response.")
    course.hand_in("bad", dict.fromkeys(ALL, 0.0), none | {"f": "Write to me."})
    page = course.page("bad", unreadable(reason))
    read = unfolded(page)
    assert said in read and "What to do:" in read and "0 of 6" in read
    assert "No response" not in page and "YOUR CODE" not in page and "Write to me." in read


def test_nothing_speaks_to_somebody_who_has_not_handed_in_yet(course: Class) -> None:
    """ "Run the cell" and "hidden tests decide on more points" are too late when it is graded."""
    read = unfolded(right(course))
    for stale in ("hand in", "button", "Run the cell", "make score", "tests that you see", "■",
                  "visible tests pass.", "waiting("):  # fmt: skip
        assert stale not in read, read
    assert "mine" in read, "what the learner's code prints stays"
    # It is there to be unfolded, with its hint, and without links to what is not there.
    page = BeautifulSoup(right_again(course), "html.parser")
    assert "Run the cell" in page.get_text() and "Add it to itself." in page.get_text()
    assert "glossary" not in str(page)


def right_again(course: Class) -> str:
    return course.page("ada", handed_in({"f": "def f(x): return x + x", "w": "It doubles."}))


def test_hidden_tests_and_mark_schemes_stay_hidden(course: Class) -> None:
    """They are next year's too."""
    page = right(course)
    assert "quagga" not in page and "okapi" not in page
    assert "The hidden tests are not shown." in unfolded(page)


def test_comments_are_set_off_and_an_untouched_cell_is_called_so(course: Class) -> None:
    """ "No response." read like a word of the instructor's."""
    comments = {"f": "Use **x + x**.", "try-g": "Nice try.", "w": "No response."}
    course.hand_in("ada", ALL | {"w": 0.0}, comments)
    page = course.page("ada", handed_in({"f": "def f(x): return x + x"}))
    boxes = BeautifulSoup(page, "html.parser").select("[aria-label='Comment by your instructor']")
    said = [" ".join(box.get_text(" ").split()) for box in boxes]
    assert said == [
        "Comment by your instructor Use x + x .",
        "Comment by your instructor Nice try.",
    ]
    assert "No response" not in page
    assert "You left this cell as it was handed out." in unfolded(page)
    assert "✎ f: answer with a comment" in entries(page)
    assert "✗ Written answer: 2. In your own words not answered 0 of 3 points" in entries(page)


def test_points_by_hand_are_said_to_be_so(course: Class) -> None:
    """ "✗ failed, 2 of 2 points" looks like a mistake, and a dropped test like a lost one."""
    with Gradebook(course.url) as gradebook:
        gradebook.find_grade_cell("f-hidden", EXERCISE, EXERCISE).max_score = 0.0
        gradebook.db.commit()
    course.hand_in("ben", {"f-visible": 1.0, "f-hidden": 0.0, "w": 1.0})
    page = course.page("ben", handed_in({"f": "pass", "w": "So."}, notes=WRONG))
    assert entries(page)[0].startswith("✗ f: visible tests failed 1 of 1 point, given by your")
    assert "doesn't count" in entries(page)[1]
    assert entries(page)[2].startswith("◐") and "part of the points 1 of 3" in entries(page)[2]


def test_what_an_earlier_version_graded_has_a_page(course: Class) -> None:
    """Last year's autograded/ has no notes, and may have cells that the exercise has lost."""
    course.hand_in("ada", {"f-visible": 1.0, "f-hidden": 0.0, "w": 3.0})
    notebook = handed_in({"f": "def f(x): return x + x"}, notes=WRONG)
    for cell in notebook.cells:
        cell.metadata.pop("grading", None)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "f-visible":
            cell.outputs = []
    with Gradebook(course.url) as gradebook:
        cell = gradebook.find_grade_cell("w", EXERCISE, EXERCISE)
        for grade in cell.grades:
            gradebook.db.delete(grade)
        gradebook.db.delete(cell)
        gradebook.db.commit()
    page = course.page("ada", notebook)
    assert entries(page)[0].startswith("✓ f: visible tests passed 1 of 1")
    assert entries(page)[1].startswith("✗ f: hidden tests failed 0 of 2")
    assert "✗ timed out: f: x is squared" in unfolded(page)


def test_nbgrader_s_own_preprocessor_is_enough(course: Class) -> None:
    """A class with its own c.GenerateFeedback.preprocessors has pages too."""
    course.exporter = FeedbackPage()
    course.exporter.register_preprocessor(GetGrades, enabled=True)
    course.hand_in("ada", ALL, timestamp=DUE)
    page = course.page("ada", handed_in({}))
    assert "6 of 6" in unfolded(page) and "at a time that isn't known" in unfolded(page)


def test_the_page_needs_nothing_and_runs_nothing(course: Class) -> None:
    """Half the pages of a class are read in a train, and a script acts with the reader's rights."""
    course.hand_in("amp-x", ALL, {"f": ODD + EVIL}, first_name=EVIL, timestamp=DUE)
    own = [
        new_markdown_cell(ODD + EVIL, id="o1"),
        new_code_cell(f"print('''{EVIL}''')", id="o2", outputs=[
            new_output("stream", name="stdout", text=EVIL + "\x1b[31mred\x1b[0m\x1b]8;;http://evil\x07"),
            new_output("error", ename="E", evalue=EVIL, traceback=[EVIL]),
            new_output("display_data", {"text/html": EVIL, "image/svg+xml": EVIL}),
            new_output("display_data", {"image/png": f'"><{EVIL}', "text/plain": "x"}),
        ]),
    ]  # fmt: skip
    page = course.page("amp-x", handed_in({"f": EVIL, "w": ODD + EVIL}, own, WRONG))
    assert_inert(page)
    assert "default-src 'none'" in page and "\x1b" not in page and "\x07" not in page
    assert len(page) < 40_000, "it was 175 kB, mostly of styles that nothing used"


def test_what_takes_too_long_is_shown_as_it_was_typed(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One learner's page took a quarter of an hour, and a whole class waited for theirs."""
    monkeypatch.setattr(in_time, "MAX_SECONDS", 0.5)
    course.hand_in("ben", {"f-visible": 0.0, "f-hidden": 2.0, "w": 1.0}, {"f": "Use **x + x**."})
    printed = new_output("stream", name="stdout", text="\x1b[1mbold\x1b[0m <b>\n" * 2_000)
    error = new_output("error", ename="E", evalue="", traceback=["\x1b[31mE\x1b[0m: no"])
    own = [new_code_cell("1 / 0 < 2", id="o", outputs=[printed, error])]
    own += [new_markdown_cell("*a " * 6_000, id=f"o{number}") for number in range(60)]
    given = {"f": "def f(x): return x * x", "w": "It *doubles* <b>, $x$. [[1]]"}
    notebook = handed_in(given, own, {"f-visible": FAILED})
    begin = time.process_time()
    page = course.page("ben", notebook)
    assert time.process_time() - begin < 3
    said = unfolded(page)
    assert "Points 3 of 6" in said and "x is squared" in said and "called f(3)" in said
    assert entries(page)[0] == "✎ f: answer with a comment"
    assert entries(page)[1] == "✗ f: visible tests failed 0 of 1 point x is squared"
    assert in_time.AS_TYPED in said and "def f(x): return x * x" in said
    assert "It *doubles* <b>, $x$. [[1]]" in said.replace("\u2060", "") and "x + x ." in said
    assert "1 / 0 < 2" in said and "bold <b>" in said and "E: no" in said and "[31m" not in page
    assert_inert(page)
    assert len(page) < 400_000, "of the learner's own cells there is only the beginning"


@pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the page's width, without Chromium")
def test_no_reader_scrolls_sideways(course: Class, tmp_path: Path) -> None:
    """Half of a message, and of a line of code, stood outside of a telephone's screen."""
    from playwright.sync_api import sync_playwright

    long = f"y = {'1 + ' * 100}1\n{'z' * 500}"
    error = new_output("error", ename="E", evalue="", traceback=["-" * 75, "a" * 700])
    printed = new_output("stream", name="stdout", text="word " * 300)
    own = [new_code_cell(long, id="own", outputs=[printed, error])]
    row = ["-123456.7"] * 8
    table = {"label": "y" * 90, "cells": [row] * 8, "wrong": [[0, 1]]}
    said = {"headline": f"f: {'long ' * 90}", "facts": [["called", f"f({'x' * 400})"]]}
    told = FAILED | {"message": said | {"tables": [table, table | {"label": "came back"}]}}
    course.hand_in("ada", dict.fromkeys(ALL, 0.0), {"w": f"See https://x/{'y' * 300}"})
    notebook = handed_in({"f": long, "w": f"{'w' * 300} `{'c' * 300}`"}, own, {"f-visible": told})
    (tmp_path / "page.html").write_text(course.page("ada", notebook))
    asked: list[str] = []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "page.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        for width in (400, 800, 1300):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            wide = "[...document.querySelectorAll('body *')].filter(e => e.clientWidth"
            wide += " && e.scrollWidth > e.clientWidth + 1 && !e.matches('.spoken%s'))"
            # On a telephone, eight columns of long numbers are moved within their box.
            wide %= ", .message table" if width == 400 else ""
            wide += ".map(e => e.outerHTML.slice(0, 99))"
            assert page.evaluate(wide) == []
        assert page.locator("math").first.bounding_box()["height"] > 10
        browser.close()
    assert len(asked) == 1, "the page alone is loaded"


def test_every_formula_of_the_course_is_shown_as_one() -> None:
    """What isn't converted stands there as TeX, which nobody wants to read."""
    seen = 0
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown" and "$" in cell.source:
                page = BeautifulSoup(markdown(cell.source), "html.parser")
                assert not page.select(".typed"), (path.name, cell.id)
                assert "\\" not in "".join(m.get_text() for m in page("math")), (path.name, cell.id)
                seen += len(page("math"))
    assert seen >= 100


def test_formulas_are_typeset_and_odd_ones_stay_as_typed() -> None:
    """Learners write TeX for the first time, and prices."""
    assert "<mfrac>" in formula(r"\frac{a}{b}", False)
    assert "≥" in formula(r"\begin{cases} 0 & i \ge j \newline 1 \end{cases}", True)
    assert formula(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", True).count("<mtr>") == 2
    assert "attention_norm" in formula(r"\text{attention\_norm}", False)
    assert BeautifulSoup(formula(r"w \ln w", False), "html.parser").mspace, "ln stands apart"
    assert not BeautifulSoup(formula(r"\ln(w)", False), "html.parser").mspace
    for typed in (r"\frac{a", r"\foo{b}", "x^", r"\begin{nope}x\end{nope}", "5 and ", "x" * 3000):
        assert BeautifulSoup(formula(typed, False), "html.parser").get_text() == f"${typed}$"


def test_terminal_codes_are_colours_or_nothing() -> None:
    """A progress bar's codes stood between its words."""
    said = terminal("\x1b[1mbold\x1b[0m \x1b[2K\x1b[1Aup\x1b[?25l \x1b]8;;http://x\x1b\\link <b>")
    assert BeautifulSoup(said, "html.parser").get_text() == "bold up link <b>"
    assert 'class="ansi-bold"' in said
