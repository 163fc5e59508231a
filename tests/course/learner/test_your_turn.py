"""Without these, a learner would write a line in a lesson and hear nothing, or the wrong thing."""

import ast
import contextlib
import importlib
import itertools
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import torch
import torch.nn.functional as F
from nbclient import NotebookClient
from nbgrader.preprocessors import ClearSolutions

from checks.compare import same
from checks.message import NOT_WRITTEN, RIGHT, WrongAnswer
from checks.run import aside, run_of
from common.your_turn import SLIPS
from course.authoring.exercises import ROOT
from course.learner.overview import write_page
from course.learner.progress import lessons
from course.learner.work import SOLUTION, STUB, fill_work, find_copies, make_copy

PLACES = [(lesson, name) for lesson, names in SLIPS.items() for name in names]
WRONG = [(*place, line) for place in PLACES for line in SLIPS[place[0]][place[1]][1]]


def _cells(lesson: str) -> list[str]:
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", 4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def _cell(lesson: str, name: str) -> str:
    """The cell in which the learner writes this function."""
    (cell,) = (text for text in _cells(lesson) if re.search(rf"^def {name}\(", text, re.M))
    return cell


def _your_turn(lesson: str):
    imported = re.search(r"^from (checks\.your_turn\.\w+) import", "\n".join(_cells(lesson)), re.M)
    return importlib.import_module(imported[1]).your_turn


def _function(cell: str, name: str):
    """The function as a cell defines it."""
    (found,) = (d for d in ast.parse(cell).body if getattr(d, "name", "") == name)
    names = {"torch": torch, "F": F, "math": math}
    exec(compile(ast.Module([found], []), "<ipython-input-1>", "exec"), names)
    return names[name]


def _with(cell: str, name: str, body: str) -> str:
    """The cell with other lines of the learner's in this function."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    start = cell.index(f"def {name}(")
    return cell[:start] + SOLUTION.sub(lambda _: lines, cell[start:], count=1)


@pytest.mark.parametrize("lesson", SLIPS)
def test_a_lesson_has_three_places_and_goes_on_after_each(lesson):
    """What `your_turn` gives takes the place of what the learner wrote, in the same cell."""
    asked = {name for cell in _cells(lesson) for name in re.findall(r"your_turn\((\w+)", cell)}
    assert asked == SLIPS[lesson].keys() == _your_turn(lesson).places.checks.keys()
    assert len(asked) >= 3
    for name in asked:
        cell = _cell(lesson, name)
        assert re.search(rf"^{name} = your_turn\({name}, ", cell, re.M)
        before, _, written = cell.partition(f"def {name}(")
        assert 1 <= len(SOLUTION.search(written)[0].splitlines()) - 2 <= 4
        assert not re.search(rf"\b{name}\(", before)


@pytest.mark.parametrize(("lesson", "name"), PLACES)
def test_the_committed_line_is_right(lesson, name, capsys):
    written = _function(_cell(lesson, name), name)
    assert _your_turn(lesson)(written, *SLIPS[lesson][name][0]) is written
    assert capsys.readouterr().out == RIGHT.format(name) + "\n"


@pytest.mark.parametrize(("lesson", "name"), PLACES)
def test_a_blank_place_says_what_is_used_instead(lesson, name, capsys):
    your_turn = _your_turn(lesson)
    blank = _function(SOLUTION.sub(STUB, _cell(lesson, name)), name)
    used = your_turn(blank, *SLIPS[lesson][name][0])
    said, warned = capsys.readouterr()
    assert not warned
    assert NOT_WRITTEN.format(name) in said and f"goes on with its own {name}" in said
    assert len(said.splitlines()) == 2
    assert your_turn(used, *SLIPS[lesson][name][0]) is used
    your_turn.show(name)
    assert f"def {name}(" in capsys.readouterr().out


@pytest.mark.parametrize(("lesson", "name", "line"), WRONG)
def test_a_usual_slip_is_named(lesson, name, line, capsys):
    args, slips = SLIPS[lesson][name]
    written = _function(_with(_cell(lesson, name), name, line), name)
    assert _your_turn(lesson)(written, *args) is not written
    said = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out)
    first = re.sub(r"\s+", " ", said.partition("\n  called")[0])
    assert f"✗ {name}: " in first
    assert slips[line] in first


@pytest.mark.parametrize(("lesson", "name"), PLACES)
def test_further_calls_tell_known_slips_from_what_is_right_and_from_each_other(lesson, name):
    """What a lesson calls it with is small: a slip would be told that it's right, or get two causes
    of which one is false."""
    places = _your_turn(lesson).places
    (check,) = places.checks[name]
    gave, right = [], []
    for message, wrong in ((m.message, w) for m, w in check.implementations):
        seen = []
        for case in places.cases[name].values():
            with aside(places), contextlib.suppress(WrongAnswer):
                case(wrong)
            with aside(places):
                case(check.reference)
                (call,) = run_of(places).calls(check, check.reference)
            seen.append(check._run(wrong, call.args, call.kwargs))
            right.append(call.expected)
        assert not all(map(same, seen, right[-len(seen) :])), message
        gave.append((message, seen))
    for (one, seen), (other, gives) in itertools.combinations(gave, 2):
        assert one == other or not all(map(same, seen, gives)), (one, other)


def _generators(statement: ast.stmt) -> Iterator[str]:
    """The names that it gives to new random generators."""
    if isinstance(statement, ast.Assign):
        target, value = statement.targets[0], statement.value
        tuples = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        pairs = zip(target.elts, value.elts, strict=True) if tuples else [(target, value)]
        for name, made in pairs:
            if ast.unparse(made).startswith("torch.Generator()"):
                yield ast.unparse(name)


@pytest.mark.parametrize("lesson", SLIPS)
def test_a_cell_to_write_in_gives_the_same_when_it_is_run_again(lesson):
    """At a second try all numbers were others, and what the text said of them was false."""
    drawn_from: dict[str, str] = {}  # by a generator's name, and by that of what draws from it
    for text in _cells(lesson):
        tree = ast.parse(text)
        if "your_turn(" in text:
            used = {drawn_from.get(n.id) for n in ast.walk(tree) if isinstance(n, ast.Name)}
            assert used - {None} == {*re.findall(r"^(\w+)\.set_state\(", text, re.M)}
        for statement in tree.body:
            drawn_from |= {name: name for name in _generators(statement)}
            if isinstance(statement, ast.FunctionDef):
                names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
                for name in names & drawn_from.keys():
                    drawn_from[statement.name] = drawn_from[name]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "heads_preferring",
            "w = weights.mT\nreturn (w[:, :, query, first] > w[:, :, query, second]).sum()",
        ),
        ("change_of", "return ((whole - without) ** 2).mean()"),
        ("weights_up_to", "return (Q[: i + 1] @ K[i] / math.sqrt(2)).softmax(0)"),
        ("steps_up", "return sum(row[i] > row[i - 1] for i in range(len(row)))"),
        ("steps_up", "return (row[2:] > row[:-2]).sum()"),
        ("n_parameters", "return module.weight.numel() + module.bias.numel()"),
        ("gigabytes", "return n_parameters * 0.5 / 1e9"),
    ],
)
def test_a_line_that_happens_to_fit_the_lessons_call_is_not_right(name, line, capsys):
    """First readers were told "yes, that's it", and the next cell stopped, or printed nonsense."""
    (lesson,) = (one for one, known in PLACES if known == name)
    written = _function(_with(_cell(lesson, name), name, line), name)
    assert _your_turn(lesson)(written, *SLIPS[lesson][name][0]) is not written
    assert f"✗ {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "line", "dtype"),
    [
        ("steps_up", "return (row.diff() > 0).float().sum()", torch.int64),
        ("row_means", "return table.double().mean(1, keepdim=True)", torch.float32),
        ("favourite_share", "return dots.softmax(1).amax(1).mean().item()", torch.float32),
    ],
)
def test_right_numbers_of_another_dtype_are_right(name, line, dtype, capsys):
    """Nothing is graded here. What the lesson goes on with has its own dtype."""
    (lesson,) = (one for one, known in PLACES if known == name)
    args = SLIPS[lesson][name][0]
    used = _your_turn(lesson)(_function(_with(_cell(lesson, name), name, line), name), *args)
    assert capsys.readouterr().out == RIGHT.format(name) + "\n"
    assert used(*args).dtype == dtype


def test_what_the_lesson_does_not_import_is_not_looked_for_in_its_first_cell(capsys):
    """That cell has run, since it imported `your_turn`. Those of exercises import more."""
    names = {"torch": torch}
    exec("def silu(z):\n    return z / (1 + math.exp(-z))", names)
    _your_turn("12-decoder")(names["silu"], torch.ones(2))
    said = capsys.readouterr().out
    assert "name 'math' is not defined" in said
    assert "first code cell" not in said


def test_a_function_of_another_name_is_refused_with_those_that_are_asked_for():
    with pytest.raises(ValueError, match="asks for row_means, shared, picked, and for no 'means'"):
        _your_turn("02-tensors")(_function("def means(x): return x", "means"), torch.ones(2, 2))


def test_copies_have_nbgraders_own_stub():
    cell = nbformat.v4.new_code_cell(_cell("02-tensors", "row_means"))
    clear = ClearSolutions()
    assert clear._replace_solution_region(cell, "python")
    assert SOLUTION.sub(STUB, _cell("02-tensors", "row_means")) == cell.source


@pytest.fixture(scope="module")
def blank(tmp_path_factory) -> Path:
    """A folder with a learner's copy of lesson 02, run as it is."""
    work = tmp_path_factory.mktemp("work")
    copy = make_copy(ROOT, "notebooks/02-tensors.ipynb", find_copies(ROOT))
    notebook = nbformat.reads(copy.decode(), 4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(work)}}).execute()
    nbformat.write(notebook, work / "02-tensors.ipynb")
    return work


def test_a_lesson_in_which_nothing_is_written_runs_to_its_end(blank):
    cells = json.loads((blank / "02-tensors.ipynb").read_text())["cells"]
    assert "BEGIN SOLUTION" not in str(cells)
    said = "".join(str(out.get("text")) for cell in cells for out in cell.get("outputs", ()))
    assert said.count("is not written yet: replace the raise with your code") == 3


@pytest.mark.parametrize("right", [0, 2])
def test_the_progress_page_counts_what_is_right(blank, right):
    path = blank / "02-tensors.ipynb"
    notebook = nbformat.read(path, 4)
    for name in [*SLIPS["02-tensors"]][:right]:
        (cell,) = (c for c in notebook.cells if f"your_turn({name}," in c.source)
        cell.outputs = [nbformat.v4.new_output("stream", text=RIGHT.format(name) + "\n")]
    nbformat.write(notebook, path)
    (lesson,) = (one for one in lessons(blank) if one.name == path.name)
    assert (lesson.written, lesson.turns) == (right, 3)
    write_page(blank)
    row = rf"\(02-tensors.ipynb\) \| (\d+) of \1 \| {right} of 3 \|"
    assert re.search(row, (blank / "progress.md").read_text())


@pytest.mark.parametrize("touched", [False, True])
def test_an_older_copy_gets_the_places_unless_something_was_written(tmp_path, touched):
    original = tmp_path / "notebooks" / "02-tensors.ipynb"
    original.parent.mkdir()
    older = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(x.mean(dim=1))")])
    nbformat.write(older, original)
    fill_work(tmp_path)
    copy = tmp_path / "work" / original.name
    if touched:
        older.cells.append(nbformat.v4.new_code_cell("mine = 1"))
        nbformat.write(older, copy)
    nbformat.write(nbformat.read(ROOT / "notebooks" / original.name, 4), original)
    made = fill_work(tmp_path)
    assert (made.kept if touched else made.refreshed) == [original.name]
    text = "".join(cell.source for cell in nbformat.read(copy, 4).cells)
    assert ("mine = 1" in text) == touched == ("# YOUR CODE HERE" not in text)
