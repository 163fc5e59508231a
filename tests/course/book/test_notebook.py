"""What of a notebook the book shows, and what it folds: an answer in sight spoils the question."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from common.questions import questions
from course.authoring.exercises import ROOT
from course.book.address import Address
from course.book.notebook import CLOSE, LINES, OPEN, TOLD, for_readers
from course.book.pages import parts
from course.book.staging import Links
from course.maintenance.address import UNPUBLISHED

LESSONS = sorted(ROOT.glob("notebooks/*.ipynb"))
ASKED = {"text/html": "<p><b>Predict:</b> Which?</p><ul><li>this</li></ul>", "text/plain": "…"}
WIDGET = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Explorer(…)"}


def prose(*blocks: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n\n".join(blocks)}


def code(source: str, *shown: Any) -> dict[str, Any]:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": it} if isinstance(it, str)
        else {"output_type": "display_data", "data": it, "metadata": {}}
        for it in shown
    ]  # fmt: skip
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": outputs}


def shown(*cells: dict[str, Any]) -> tuple[str, str]:
    """What a reader of these cells sees, and what is folded: of code the text, what it printed."""
    notebook = {"cells": [prose("# Title"), *cells], "metadata": {}}
    before = copy.deepcopy(notebook)
    made = for_readers(notebook, [("Open", "https://x")])["cells"]
    assert notebook == before
    seen, folded, within = "", "", False
    for cell in made:
        text = cell["source"]
        if cell["cell_type"] == "code":
            hidden = "remove-input" in cell["metadata"].get("tags", [])
            text = "" if hidden else text
            for it in cell["outputs"]:
                text += "".join(it.get("text") or it["data"].get("text/html") or "")
        within = (within or text in (OPEN, LINES)) and text != CLOSE
        if within:
            folded += f"{text}\n"
        else:
            seen += f"{text}\n"
    assert not within
    return seen, folded


def test_what_answers_a_question_is_folded_and_the_code_is_not():
    seen, folded = shown(
        code("guess = predict()", ASKED),
        code("measure()", "Measured: this"),
        code("draw()", "a picture"),
        prose(TOLD, "So it was this.", "And that is why.", CLOSE, "## Next"),
    )
    assert "Which?" in seen and "measure()" in seen and "## Next" in seen
    for spoils in ("Measured: this", "a picture", "So it was this.", "And that is why."):
        assert spoils in folded and spoils not in seen


def test_what_a_lesson_folds_itself_is_one_fold_with_what_was_measured():
    """Two folds for one answer would be clicked one by one; text in sight behind it stays there."""
    hint = f"<details><summary>Why</summary>\n\nSo.\n\n{CLOSE}"
    seen, folded = shown(
        code("guess = predict()", ASKED),
        code("measure()", "Measured: this"),
        prose(TOLD, "So it was this.", hint, CLOSE, "And on we go.", "Two ways are left."),
        code("draw()", "a picture"),
    )
    for spoils in ("Measured: this", "So it was this.", "<summary>Why</summary>"):
        assert spoils in folded and spoils not in seen
    for goes_on in ("And on we go.", "Two ways are left.", "a picture"):
        assert goes_on in seen and goes_on not in folded
    assert "What came out" not in seen + folded.replace(OPEN, "")


@pytest.mark.parametrize("asked", [True, False])
def test_where_the_learner_writes_the_lines_are_folded(asked):
    """The answer would stand right below the task."""
    text = "def f():\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION\n\n\nf()"
    before = [code("predict()", ASKED)] if asked else []
    seen, folded = shown(*before, code(text, "came: this"), prose(TOLD, "So.", CLOSE, "Next"))
    assert "YOUR CODE HERE" in seen and "Next" in seen and "SOLUTION" not in seen + folded
    for spoils in ("return 42", "came: this"):
        assert spoils in folded and spoils not in seen
    assert ("So." in folded) == asked


def test_a_text_that_is_folded_as_a_whole():
    seen, folded = shown(
        code("predict()", ASKED), code("see()", "Measured: this"), prose(TOLD, "So.", CLOSE)
    )
    assert "So." in folded and "So." not in seen


def test_several_questions_of_a_cell_are_asked_one_by_one():
    """All but the last would be lists that nobody can answer."""
    seen, folded = shown(
        code("display(*quiz)", "a picture", ASKED, ASKED), code("see()", "Measured: this")
    )
    assert seen.count('<div class="prediction">') == seen.count("Which?") == 2
    assert "a picture" in seen and folded.count("Measured") == 1


def test_a_fold_without_an_end_is_refused():
    with pytest.raises(ValueError, match="has no end"):
        shown(code("predict()", ASKED), code("see()", "Measured: this"), prose(TOLD, "So."))


def test_a_text_that_folds_nothing_is_in_sight():
    seen, folded = shown(
        code("predict()", ASKED), code("see()", "Measured: this"), prose("And on we go.")
    )
    assert "And on we go." in seen and "Measured: this" in folded


def test_a_picture_in_the_cell_of_the_next_question_is_in_sight():
    seen, folded = shown(
        code("predict()", ASKED),
        code("one()", "first"),
        prose(TOLD, "So.", CLOSE),
        code("predict()", "the map", ASKED),
    )
    assert "the map" in seen and seen.count("Which?") == 2 and "first" in folded


def test_controls_that_need_a_kernel_are_named_and_not_blank():
    seen, _ = shown(code("explorer()", WIDGET))
    assert "controls that redraw" in seen and "Explorer(" not in seen


@pytest.mark.parametrize("words", ["", "<p>A box to type into stands here.</p>"])
def test_what_needs_a_kernel_says_where_to_get_one(words):
    """A reader would read that something moves, and not where."""
    seen, _ = shown(code("chat(reply)", WIDGET | ({"text/html": words} if words else {})))
    assert 'needs a kernel, which you get when you <a href="https://x">open it</a>.' in seen
    assert words in seen
    question, _ = shown(code("predict()", WIDGET | ASKED), code("see()", "Measured: this"))
    assert "kernel" not in question, "it is answered here"


def test_an_exercise_says_where_it_is_done():
    """It can only be read in the book, which a beginner finds out by typing in vain."""
    assert "To write your answers" in "".join(shown(code("def softmax(x): ...")))
    assert "To write your answers" not in "".join(shown(code("print(1)", "1")))


def test_the_numbers_of_a_heat_map_stand_behind_it_and_end_no_script():
    picture = code("show(plot_attention(weights, tokens))", {"image/png": "…"})
    said = {"alt": "A map", "maps": '[{"rows": ["</script>"]}]'}
    picture["outputs"][0]["metadata"] = {"image/png": said}
    seen, _ = shown(picture)
    assert '<script type="application/json" class="maps">' in seen
    assert seen.count("</script>") == 1 and r"\u003c/script>" in seen


def test_a_cell_for_another_place_is_left_out():
    cell = code("in_colab()")
    cell["metadata"]["tags"] = ["remove-cell"]
    assert "in_colab" not in "".join(shown(cell))


def test_a_picture_without_alternative_text_is_refused():
    with pytest.raises(ValueError, match="alternative text"):
        shown(code("draw()", {"image/png": "…"}))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_no_lesson_shows_what_was_measured_unasked(lesson):
    cells = json.loads(lesson.read_text())["cells"]
    seen, folded = shown(*cells[1:])
    asked = len(questions(cells))
    assert not re.search("^Measured:", seen, re.M)
    assert len(re.findall("^Measured:", folded, re.M)) == asked > 0


@pytest.fixture
def links(tmp_path):
    pages = frozenset(path for part in parts(ROOT) for path in part.paths)
    return Links(ROOT, tmp_path, Address("https://github.com/someone/course"), pages)


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("[it](../notebooks/05-queries-keys-values.ipynb#x)", None),
        ("[it](../grader/docs/semester.md#late-work)", None),
        ("[it](#here)", None),
        ("[it](https://arxiv.org/abs/1706.03762)", None),
        ("[it](hub/jupyterhub_config.py)", "blob/main/docs/hub/jupyterhub_config.py"),
        ("[it](../helpers/models/austen)", "tree/main/helpers/models/austen"),
        ("```\n[it](nowhere.py)\n```", None),
    ],
)
def test_a_link_leads_to_a_page_of_the_book_or_to_the_repository(links, written, leads):
    made = links.rewritten(written, "docs/learners.md")
    to = f"[it](https://github.com/someone/course/{leads})"
    assert made == (to if leads else written)


def test_a_link_to_what_is_not_there_is_refused(links):
    with pytest.raises(ValueError, match=r"docs/learners\.md links to nowhere\.md"):
        links.rewritten("[it](nowhere.md)", "docs/learners.md")


def test_colab_and_binder_are_offered_for_what_they_can_reach():
    here = Address("https://github.com/someone/course").launchers("notebooks/02-a b.ipynb")
    assert [to for _, to in here] == [
        "https://colab.research.google.com/github/someone/course/blob/main/notebooks/02-a%20b.ipynb",
        "https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/work/02-a%20b.ipynb",
        "https://github.com/someone/course/blob/main/notebooks/02-a%20b.ipynb",
    ]
    there = Address("https://git.example.org/someone/course").launchers("notebooks/a.ipynb")
    assert [label for label, _ in there] == ["See the source"]
    nowhere = Address(UNPUBLISHED).launchers("notebooks/a.ipynb")
    assert [label for label, _ in nowhere] == ["The course is not published yet"]


def test_an_address_that_nobody_can_follow_is_refused(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nurls.Repository = "example"\n')
    with pytest.raises(ValueError, match="Repository in .* is 'example'"):
        Address.configured(tmp_path)
