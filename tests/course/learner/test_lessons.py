"""The rules that make a lesson one that a learner gets through, those that a machine can hold."""

import ast
import builtins
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from common.questions import (
    TOLD,
    Question,
    around,
    asks,
    given_away,
    measures,
    questions,
    seen,
)
from course.authoring.exercises import ROOT, SOLUTION_MARKS, exercises, source_of
from course.maintenance.address import COLAB

LESSONS = sorted(p.stem for p in ROOT.glob("notebooks/*.ipynb"))
GLOSSARY = ROOT / "docs" / "glossary.md"
MODULES = {"math", "torch", "nn", "F", "np", "plt", *dir(builtins)}


@cache
def _cells(lesson: str) -> list:
    cells = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4).cells
    return [cell for cell in cells if cell.id != COLAB]  # folded, and nobody reads it


def _prose(lesson: str) -> str:
    return "\n\n".join(c.source for c in _cells(lesson) if c.cell_type == "markdown")


def _code(lesson: str) -> list[str]:
    return [c.source for c in _cells(lesson) if c.cell_type == "code"]


def _lines(source: str) -> int:
    return sum(bool(line.strip()) for line in source.splitlines())


def _outputs(lesson: str) -> list:
    return [o for c in _cells(lesson) if c.cell_type == "code" for o in c.outputs]


def _printed(lesson: str) -> str:
    return "\n".join(o.text for o in _outputs(lesson) if o.output_type == "stream")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_as_short_as_a_sitting(lesson):
    minutes = re.search(r"^\| (\d+) minutes", _cells(lesson)[0].source, re.M)
    assert minutes, "the first cell has no table that begins with the minutes"
    assert int(minutes[1]) <= 40
    assert len(_cells(lesson)) <= 36
    assert sum(map(_lines, _code(lesson))) <= 220


def test_the_way_through_says_the_minutes_of_each_lesson_and_exercise():
    """Lesson 00 is what a learner plans an evening by."""
    rows = re.findall(r"^\| .*?\(?([\w-]+)\.ipynb\) \| (\d+) \| (.*) \|$", _prose(LESSONS[0]), re.M)
    assert [lesson for lesson, _, _ in rows] == LESSONS[1:]
    for lesson, minutes, practised in rows:
        assert f"| {minutes} minutes" in _cells(lesson)[0].source
        if exercise := re.search(r"/([\w-]+)\.ipynb\) \| (.+)", practised):
            head = nbformat.read(source_of(exercise[1]), as_version=4).cells[0].source
            assert f"| {exercise[2].strip(' |')} |" in head


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_says_what_it_is_for_and_what_was_seen(lesson):
    text = _prose(lesson)
    assert "you can" in _cells(lesson)[0].source or lesson.startswith("00")
    assert "**Next**" in _cells(lesson)[-1].source
    sections = re.findall(r"^## (.+)$", text, re.M)
    if not lesson.startswith("00"):
        assert sections[-3:] == ["What you saw", "Check yourself", "Where to read on"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_reader_on_the_web_meets_no_error(lesson):
    for output in _outputs(lesson):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text
    assert "✗ work/" not in _printed(lesson)
    assert "Traceback" not in _printed(lesson)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_stores_no_state_of_widgets(lesson):
    """`jupyter execute` stores each control's program with it, 100 kB a lesson; and whoever opens
    the lesson would see controls that do nothing."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}, "delete the others"


@pytest.mark.parametrize("lesson", LESSONS)
def test_how_much_is_answered_by_how_much(lesson):
    """`True` tells a learner that something was tested, not what came out."""
    bare = re.findall(r"^(?:.*[:=] ?)?(?:True|False)$", _printed(lesson), re.M)
    assert bare == []
    for output in _outputs(lesson):
        assert output.get("data", {}).get("text/plain") not in ("True", "False")


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_picture_comes_twice_or_buries_the_page_in_code(lesson):
    drawing = [
        (c.source, o.data["image/png"])
        for c in _cells(lesson)
        if c.cell_type == "code"
        for o in c.outputs
        if "image/png" in o.get("data", {})
    ]
    assert max(Counter(picture for _, picture in drawing).values(), default=1) == 1
    long = [source.splitlines()[0] for source, _ in drawing if _lines(source) > 8]
    assert long == [], "these cells draw: what takes more lines belongs into helpers.plotting"


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_answer_does_not_stand_in_the_question(lesson):
    """Who reads the choices would read which one is right."""
    sources = _code(lesson)
    asking = [s for s in sources if re.search(r"\bpredict\(", s)]
    assert not [s for s in asking if ".reveal(" in s]
    names = [m for s in asking for m in re.findall(r"(\w+) = predict\(", s)]
    everything = "\n".join(sources)
    for name in names:
        assert f"{name}.reveal(" in everything, f"{name} is asked and never measured"
    # Who runs everything first and commits then would see the answer to the last question.
    set_when_asked = [m for text in asking for m in re.findall(r"^(\w+) = ", text, re.M)]
    revealing = "\n".join(text for text in sources if ".reveal(" in text)
    reused = {m for m, n in Counter(set_when_asked).items() if n > 1}
    assert not [name for name in reused if re.search(rf"\b{name}\b", revealing)]


def _faults(lesson: str) -> list[str]:
    """Where a lesson gives an answer away, asks without a control, or brings too much at once."""
    cells = _cells(lesson)
    asked = questions(cells)
    terms = _new_terms(lesson)
    found = [] if 4 <= len(asked) <= 9 else [f"{len(asked)} predictions: 4 to 9 are right"]
    found += [] if len(terms) <= 12 else [f"{len(terms)} new terms: {', '.join(terms)}"]
    for cell, following in pairwise(cells):
        told = cell.cell_type == "markdown" and "**Predict" in seen(cell.source)
        if told and not asks(following):
            found.append(f"{cell.id}: **Predict** without a control right behind it")
    return found + [fault for question in asked for fault in _faults_of(question, cells)]


def _faults_of(question: Question, cells: list) -> Iterator[str]:
    at = cells[question.place].id
    if not question.name or not measures(cells[question.measured_at], question.name):
        yield f"{at}: the next cell does not measure it"
    if not question.measured or "predicted" in question.measured:
        yield f"{at}: stored is not what was measured, and that alone"
    if question.told_at is None or not cells[question.told_at].source.startswith(TOLD):
        yield f"{at}: the text behind the measurement does not begin with {TOLD.strip()}"
    if given_away(question, around(cells, question)):
        yield f"{at}: {question.measured!r} can be read beside the question"


def _linked(lesson: str) -> dict[str, None]:
    return dict.fromkeys(re.findall(r"glossary\.md#([\w-]+)", _prose(lesson)))


def _new_terms(lesson: str) -> list[str]:
    """The glossary's entries that no lesson before this one has linked."""
    known = {term for earlier in LESSONS[: LESSONS.index(lesson)] for term in _linked(earlier)}
    return [term for term in _linked(lesson) if term not in known]


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_answers_a_question_before_the_reader_has(lesson):
    """Who can read the answer predicts nothing; who meets thirty new words remembers none."""
    assert _faults(lesson) == []


def _lesson_of(text: str, measure: str = "guess.reveal(x)", before: str = "", **stored: str):
    """The cells of a section with one question, and what it says behind the measurement."""
    cell = nbformat.v4.new_code_cell
    page = "<p><b>Predict:</b> Which?</p><ul><li>one half</li><li>one third</li></ul>"
    shown = nbformat.v4.new_output("display_data", {"text/html": page})
    printed = nbformat.v4.new_output("stream", text=stored.get("said", "Measured: one half") + "\n")
    return [
        nbformat.v4.new_markdown_cell(f"## A section\n\n{before}"),
        cell('guess = predict("Which?", ["one half", "one third"])\nguess', outputs=[shown]),
        cell(measure, outputs=[printed]),
        nbformat.v4.new_markdown_cell(text),
    ]


FOLDED = f"{TOLD}It is one half.\n\n</details>\n\n"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (_lesson_of(FOLDED + "And then?"), None),
        (_lesson_of(FOLDED + "And then?", before="Is it one half or one third?"), None),
        (_lesson_of("It is one half."), "does not begin with"),
        (_lesson_of(FOLDED.replace("What came out", "One half!")), "does not begin with"),
        (_lesson_of(FOLDED + "With *one\nhalf*, we go on."), "'one half' can be read"),
        (_lesson_of(FOLDED, before="Of course it is one half."), "'one half' can be read"),
        (_lesson_of(FOLDED, "draw(title='x')  # one half\nguess.reveal(x)"), "can be read"),
        (
            _lesson_of(FOLDED, "guess.reveal(x)", said="Measured: one half. You predicted: x"),
            "stored",
        ),
        (_lesson_of(FOLDED, "print(x)"), "does not measure"),
    ],
)
def test_an_answer_in_sight_is_found(cells, says):
    faults = [fault for question in questions(cells) for fault in _faults_of(question, cells)]
    assert not faults if says is None else says in "; ".join(faults)


def _is_there(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_what_a_lesson_patches_is_there():
    """What a helper calls may get another name, and no other test reads it in a string."""
    patched = re.compile(r"""\bpatch\(\s*["']([\w.]+)["']""")
    assert [
        f"{lesson}: {name}"
        for lesson in LESSONS
        for name in patched.findall("\n".join(_code(lesson)))
        if not _is_there(name)
    ] == []


def _simple(node: ast.AST) -> ast.AST | None:
    """What a statement computes, or refuses; None for the others."""
    if isinstance(node, ast.Return | ast.Assign | ast.AugAssign | ast.Expr):
        return None if isinstance(node.value, ast.Constant) else node.value
    return node.exc if isinstance(node, ast.Raise) else None


def _forms(code: str) -> set[str]:
    """What the statements of `code` compute, whatever the names of the variables are."""
    found = set()
    for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "pass", code, flags=re.M))):
        value = _simple(node)
        if value is None:
            continue
        names: dict[str, str] = {}
        copy = ast.parse(ast.unparse(value), mode="eval")
        for part in ast.walk(copy):
            if isinstance(part, ast.Name) and part.id not in MODULES:
                part.id = names.setdefault(part.id, f"v{len(names)}")
        form = ast.unparse(copy)
        if len(form) >= 20 and not re.fullmatch(r"[\w.]+\([^()\[\]+*/@]*\)", form):
            found.add(form)
    return found


@cache
def _solved(exercise: str) -> str:
    """What stands between the solution marks of an exercise's code cells."""
    begin, end = SOLUTION_MARKS
    cells = nbformat.read(source_of(exercise), as_version=4).cells
    answers = [c.source for c in cells if c.cell_type == "code" and begin in c.source]
    return "\n".join(line for a in answers for line in a.split("\n") if begin not in line and end not in line)  # fmt: skip # noqa: E501


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_does_not_hand_over_the_answers_of_what_comes_after_it(lesson):
    """Exercise 0 practises lesson 01, k lesson k + 5: copying it would be no practice."""
    here = set().union(*map(_forms, _code(lesson)))
    text = (_prose(lesson) + "".join(_code(lesson)) + _printed(lesson)).replace(",", "")
    text = text.replace("_", "")
    for exercise in exercises():
        number = int(exercise.split("-")[0])
        if (number + 5 if number else 1) < int(lesson[:2]):
            continue
        solved = _solved(exercise)
        assert not (here & _forms(solved)), f"answers of {exercise}"
        numbers = {n.replace("_", "") for n in re.findall(r"\b\d[\d_]{6,}\b", solved)}
        assert not [n for n in numbers if n in text], f"the number that {exercise} asks for"


@pytest.mark.parametrize("exercise", exercises())
def test_an_exercise_does_not_hand_over_the_answers_of_a_later_one(exercise):
    cells = nbformat.read(source_of(exercise), as_version=4).cells
    given = [c.source for c in cells if c.cell_type == "code" and SOLUTION_MARKS[0] not in c.source]
    here = set().union(*map(_forms, given))
    place = exercises().index(exercise) + 1
    known = set().union(*(_forms(_solved(earlier)) for earlier in exercises()[:place]))
    for later in exercises()[place:]:
        assert not (here & (_forms(_solved(later)) - known)), f"answers of {later}"


def test_the_table_of_llama_is_posed_and_not_solved():
    """The audit of exercise 6 is for the learner to do; a solution of one line holds no number."""
    counting = next(lesson for lesson in LESSONS if lesson.endswith("-counting"))
    posed = _prose(counting) + _printed(counting)
    assert "5,295,575,040" in posed and "6,738,415,616" in posed
    for lesson in LESSONS[: LESSONS.index(counting) + 1]:
        given = re.sub(r"[,_]", "", "\n".join(map(str, _cells(lesson))))
        # What is missing, in all layers and in one, and the whole feed-forward, likewise.
        for number in ("1442840576", "45088768", "4328521728", "135266304"):
            assert number not in given, lesson


def test_handed_over_answers_are_recognised_under_other_names():
    given = "e = torch.exp(x - x.amax(dim, keepdim=True))"
    assert _forms(given) == _forms("y = torch.exp(z - z.amax(axis, keepdim=True))")
    assert not _forms("scores = Q @ K.T")


def _anchors() -> dict[str, str]:
    """The glossary's entries by their anchors."""
    parts = re.split(r"^### (.+)$", GLOSSARY.read_text(encoding="utf-8"), flags=re.M)
    terms = zip(parts[1::2], parts[2::2], strict=True)
    return {re.sub(r"[^\w\- ]", "", t.lower()).strip().replace(" ", "-"): text for t, text in terms}


def test_a_word_of_the_glossary_is_linked_where_it_is_first_explained():
    """A learner who meets it there could not look it up."""
    first = {
        anchor: min(re.findall(r"\.\./notebooks/([\w-]+)\.ipynb", text), default="none")
        for anchor, text in _anchors().items()
    }
    assert [
        f"{lesson}: {anchor}"
        for anchor, lesson in first.items()
        if lesson in LESSONS and f"glossary.md#{anchor})" not in _prose(lesson)
    ] == []


@pytest.mark.parametrize(
    "path", [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("source/*/*.ipynb")], ids=lambda p: p.stem
)
def test_links_to_the_glossary_lead_to_an_entry(path: Path):
    text = path.read_text(encoding="utf-8")
    linked = set(re.findall(r"glossary\.md#([\w-]+)", text))
    assert linked <= set(_anchors())
