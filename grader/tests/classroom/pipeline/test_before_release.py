"""Tests that nbgrader writes before it releases: ungraded comments to us, they passed everybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import InstantiateTests, NbGraderPreprocessor, instantiatetests

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.pipeline import before_release as module
from nbexaminer.classroom.pipeline.before_release import before_release
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.errors import CannotGrade, SourceError
from nbexaminer.judging.message import UNEXPECTED
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Engine
from support.course import EXERCISE
from support.notebooks import answer, check, outcomes, source_of, submission
from support.profile import configured

TEMPLATES = """\
python3:
    setup: "from hashlib import sha1"
    hash: 'sha1({{snippet}}.encode("utf-8")+b"{{salt}}").hexdigest()'
    dispatch: "type({{snippet}})"
    normalize: "str({{snippet}})"
    check: 'assert {{snippet}} == \"\"\"{{value}}\"\"\", \"\"\"{{message}}\"\"\"'
    success: "print('Success!')"
    templates:
        default:
            - test: "{{snippet}}"
              fail: "value of {{snippet}} is not correct"
"""
HIDDEN = "### BEGIN HIDDEN TESTS\n### HASHED AUTOTEST f(5); f(6)\n### END HIDDEN TESTS"


class Stricter(NbGraderPreprocessor):
    """A course's own step, which nbgrader runs before it keeps the cells."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        cell.source = cell.source.replace("assert f(1)", "assert f(0) == 0 and f(1)")
        return cell, resources


def made(root: Path, *cells: Any, config: str = "") -> Path:
    """A source notebook in a course folder of its own."""
    path = root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    path.parent.mkdir(parents=True)
    configured(root, config)
    path.write_bytes(source_of(*cells))
    return path


def released(root: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.chdir(root)
    return before_release(CourseFolder(), EXERCISE, path)


def test_autotests_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """Blank answers had full marks, and nobody was told."""
    tests = check("t", "### AUTOTEST f(3)"), check("t-hidden", f"### AUTOTEST f(4)\n{HIDDEN}")
    path = made(tmp_path, answer("f", "def f(x): return 2 * x"), *tests)
    (tmp_path / "autotests.yml").write_text(TEMPLATES)
    path.with_name("autotests.yml").write_text(TEMPLATES)
    data = released(tmp_path, path, monkeypatch)
    source = read_source(data)
    assert source.hidden == {"t-hidden"}
    assert "f(4)" in source.released[-1] and "f(5)" not in source.released[-1]
    assert "sha1" in str(source.cells[-1].source) and "AUTOTEST" not in data.decode()
    right = engine.grade(source, source.data)
    assert outcomes(right) == ["passed", "passed"], right.verdicts
    wrong = engine.grade(source, submission(source.data, {"f": "def f(x): return 6"}))
    assert outcomes(wrong) == ["passed", "failed"]
    assert outcomes(engine.grade(source, submission(data, {"f": ""}))) == ["error", "error"]
    # What a class or `serve` grades by must not start a kernel again, nor be drawn again.
    monkeypatch.setattr(InstantiateTests, "preprocess", lambda *_: pytest.fail("made again"))
    assert released(tmp_path, path, monkeypatch) == data
    folder = ClassFolder(CourseFolder(), EXERCISE)
    assert not folder.is_outdated()
    path.with_name("autotests.yml").write_text(TEMPLATES.replace("Success", "Well done"))
    assert folder.is_outdated()


def test_a_hidden_autotest_does_not_say_what_it_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    """nbgrader's templates write it into the message, which no instructor has read."""
    hidden = "### BEGIN HIDDEN TESTS\n### HASHED AUTOTEST f(17423); f(2)\n"
    hidden += "assert f(3) == 6, 'f of three'\n### END HIDDEN TESTS"
    tests = check("t", "### AUTOTEST f(4)"), check("t-hidden", hidden)
    path = made(tmp_path, answer("f", "def f(x): return 2 * x"), *tests)
    path.with_name("autotests.yml").write_text(TEMPLATES)
    data = released(tmp_path, path, monkeypatch)
    text = read_source(data).cells[-1].source
    assert "value of f" not in text and text.count("assert") == 3 and "'f of three'" in text
    said = []
    for wrong in ("def f(x): return 8", "def f(x): return 2 * x if x != 3 else 0"):
        examined = engine.grade(read_source(data), submission(data, {"f": wrong}))
        said.append([str(verdict.message) for verdict in examined.verdicts])
    assert said == [["", UNEXPECTED], ["", "f of three"]]


def test_a_solution_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instructor would search a traceback of nbgrader's for the cell."""
    path = made(tmp_path, answer("f", "1 / 0"), check("t", "### AUTOTEST f(3)"))
    (tmp_path / "autotests.yml").write_text(TEMPLATES)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotGrade, match=r"'f': it raises ZeroDivisionError.*correct") as caught:
        ClassFolder(CourseFolder(), EXERCISE)
    assert "\n" not in str(caught.value) and str(caught.value).startswith(f"{EXERCISE}: ")
    assert path.exists()


@pytest.mark.parametrize(
    ("code", "templates", "kernel", "said"),
    [
        ("### AUTOTEST f(3)", None, "python3", r"'t'.*no autotests.yml.*documentation"),
        ("### AUTOTEST f(3)", "python3: [", "python3", r"'t'.*autotests.yml is not YAML"),
        ("### AUTOTEST f(3)", "ir: {}", "python3", r"'t'.*autotests.yml has no 'python3'"),
        ("### AUTOTEST f(3)", TEMPLATES, "julia", r"'t'.*julia.*comment_strs"),
        (
            "x = 1\n  # AUTOTEST ;",
            TEMPLATES,
            "python3",
            r"'t' has a line '# AUTOTEST ;' that tests",
        ),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    code: str, templates: str | None, kernel: str, said: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The test cell would be a comment again."""
    path = made(tmp_path, answer("f", "def f(x): return x"), check("t", code))
    path.write_text(path.read_text().replace('"python3"', f'"{kernel}"'))
    if templates is not None:
        (tmp_path / "autotests.yml").write_text(templates)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotGrade, match=said) as caught:
        ClassFolder(CourseFolder(), EXERCISE)
    assert "\n" not in str(caught.value)


def test_the_kernel_says_nothing_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run would warn of TCP without encryption, which nobody who grades can change."""
    started: list[dict[str, Any]] = []

    def start(**options: Any) -> None:
        started.append(options)
        raise RuntimeError("far enough")

    monkeypatch.setattr(instantiatetests, "start_new_kernel", start)
    path = made(tmp_path, answer("f", "def f(x): return x"), check("t", "### AUTOTEST f(1)"))
    (tmp_path / "autotests.yml").write_text(TEMPLATES)
    with pytest.raises(SourceError, match="far enough"):
        released(tmp_path, path, monkeypatch)
    assert [options["extra_arguments"] for options in started] == [["--log-level=ERROR"]]
    assert instantiatetests.start_new_kernel is start


def test_what_nobody_would_make_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration from before nbgrader 0.9 lists its steps without the one that makes tests."""
    config = "c.GenerateAssignment.preprocessors = ['nbgrader.preprocessors.SaveCells']"
    made(tmp_path, answer("f"), check("t", "# HASHED AUTOTEST f(3)"), config=config)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotGrade, match="'t' has AUTOTEST lines, but InstantiateTests is not"):
        ClassFolder(CourseFolder(), EXERCISE)


def test_a_courses_own_steps_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course's own step, or a header with imports, changed the tests in release/ alone."""
    tests = answer("f", "def f(x): return x"), check("t", "assert f(1) == 1")
    plain = made(tmp_path / "plain", *tests)
    assert released(tmp_path / "plain", plain, monkeypatch) == plain.read_bytes()
    steps = f"""
c.GenerateAssignment.preprocessors.insert(1, {__name__ + ".Stricter"!r})
c.IncludeHeaderFooter.header = 'header.ipynb'
"""
    path = made(tmp_path / "own", *tests, config=steps)
    header = new_notebook(cells=[new_code_cell("import cmath")])
    nbformat.write(header, tmp_path / "own" / "header.ipynb")
    cells = json.loads(released(tmp_path / "own", path, monkeypatch))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    assert texts[0] == "import cmath" and texts[-1] == "assert f(0) == 0 and f(1) == 1"
    (tmp_path / "own" / "header.ipynb").unlink()
    with pytest.raises(CannotGrade, match=r"IncludeHeaderFooter of c\.Generate.*header.ipynb"):
        ClassFolder(CourseFolder(), EXERCISE)


def test_what_changes_while_it_is_made_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put back, a file would have had what was made of its other state taken for its own."""
    header = "c.IncludeHeaderFooter.header = 'header.ipynb'"
    path = made(tmp_path, answer("f", "f = 1"), check("t", "assert f"), config=header)
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), tmp_path / "header.ipynb")
    beside = path.with_name("d.txt")
    beside.write_text("one")
    make, count = module._make, []

    def while_it_changes(*arguments: Any) -> bytes:
        beside.write_text("two")
        count.append(1)
        return make(*arguments)

    monkeypatch.setattr(module, "_make", while_it_changes)
    data = released(tmp_path, path, monkeypatch)
    for times in (2, 2):
        assert released(tmp_path, path, monkeypatch) == data
        assert len(count) == times
