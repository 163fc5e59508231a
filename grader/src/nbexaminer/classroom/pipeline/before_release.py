"""A source notebook as nbgrader has it before it takes out what learners don't get.

By that nbgrader grades: its step `SaveCells` keeps the cells, and what an earlier step has made of
them counts. Of these steps `InstantiateTests` writes the tests that a source has as `### AUTOTEST`
lines. It runs the source's own code in a kernel, without a sandbox, as `nbgrader
generate_assignment` does, so what it gives is kept until the source or something around it changes.
"""

import ast
import contextlib
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel, get_kernel_spec
from nbclient.exceptions import CellExecutionError
from nbconvert.exporters import NotebookExporter
from nbgrader import preprocessors
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import instantiatetests
from sqlalchemy import Column, String, Table, Text, select
from traitlets import HasTraits
from traitlets.config import Configurable
from traitlets.utils.importstring import import_item
from yaml import YAMLError

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.database import TABLES, put, reached
from nbexaminer.classroom.pipeline.fingerprint import grading_version
from nbexaminer.errors import SourceError
from nbexaminer.files import files_beside, hash_of
from nbexaminer.judging.notebook.cell import Cell, Role, cells_of

MADE = Table(
    "grading_before_release",
    TABLES,
    Column("assignment", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("text", Text, nullable=False),
)
"""What was made, and the hash of all that it depends on."""
_CHANGE_NO_GRADE = (
    preprocessors.LockCells,
    preprocessors.ClearSolutions,  # the trial needs them
    preprocessors.ClearOutput,
    preprocessors.CheckCellMetadata,
    preprocessors.ComputeChecksums,
)
_QUIET = logging.getLogger("nbexaminer.before_release")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False

Step = Callable[[Any, Any], tuple[Any, Any]]


def before_release(course: CourseFolder, exercise: str, path: Path) -> bytes:
    """The source notebook at `path` with what nbgrader, as it is configured, would do to it before
    it releases it; as it stands in its file where that changes no grade.

    Raises SourceError where it can't be done.
    """
    data = path.read_bytes()
    try:
        cells = [Cell(content) for content in json.loads(data)["cells"]]
        texts = ["".join(cell.content["source"]) for cell in cells]
        steps = [step for step in _steps(course) if _does_something(step, cells, texts)]
        tests = [c for c in cells if c.role is Role.TEST]
    except (ValueError, KeyError, TypeError, AttributeError):
        return data  # reading it says what is wrong
    _refuse_what_passes_everybody(steps, tests)
    if not steps:
        return data
    key = _key(course, path, data, steps)
    with reached(course.db_url), course.gradebook() as gradebook:
        TABLES.create_all(gradebook.engine)
        mine = MADE.c.assignment == exercise, MADE.c.notebook == path.stem, MADE.c.key == key
        kept: str | None = gradebook.db.scalar(select(MADE.c.text).where(*mine))
        gradebook.db.rollback()  # nobody is locked out while it is made
        if kept is not None:
            return kept.encode()
        made = _make(course, exercise, path, steps)
        if _key(course, path, path.read_bytes(), steps) == key:  # nothing has changed meanwhile
            row = {"assignment": exercise, "notebook": path.stem, "key": key}
            put(gradebook.db.connection(), MADE, row | {"text": made.decode()})
            gradebook.db.commit()
    return made


def files_of_tests(course: CourseFolder, path: Path) -> list[Path]:
    """The files that tests of the source notebook at `path` are made from, where there are any."""
    name = preprocessors.InstantiateTests(parent=course.app).autotest_filename
    return [place for place in (path.parent / name, course.root / name) if place.is_file()][:1]


def _steps(course: CourseFolder) -> list[Step]:
    """Those of nbgrader's steps that may change what is graded."""
    generate = GenerateAssignment(coursedir=course.directory, parent=course.app)
    exporter = NotebookExporter(parent=generate, config=generate.config)
    steps: list[Step] = []
    for configured in generate.preprocessors:  # as nbconvert takes them
        step = import_item(configured) if isinstance(configured, str) else configured
        if isinstance(step, type):
            step = step(parent=exporter) if issubclass(step, HasTraits) else step()
        if isinstance(step, preprocessors.SaveCells):
            break
        if getattr(step, "enabled", True) and not isinstance(step, _CHANGE_NO_GRADE):
            steps.append(step)
    return steps


def _does_something(step: Step, cells: list[Cell], texts: list[str]) -> bool:
    if isinstance(step, preprocessors.IncludeHeaderFooter):
        return bool(step.header or step.footer)
    if isinstance(step, preprocessors.InstantiateTests):
        pairs = zip(cells, texts, strict=True)
        return any(cell.is_code and step.autotest_delimiter in text for cell, text in pairs)
    return True


def _refuse_what_passes_everybody(steps: list[Step], tests: list[Cell]) -> None:
    """Raise SourceError for a test that would stay a comment, and pass whatever was written."""
    makers = [s for s in steps if isinstance(s, preprocessors.InstantiateTests)]
    mark = makers[0].autotest_delimiter if makers else "AUTOTEST"
    for cell in tests:
        for line in "".join(cell.content["source"]).splitlines():
            wanted = re.match(rf"\s*#.*?\b{re.escape(mark)}\b(.*)", line)
            if wanted and not makers:
                raise SourceError(
                    f"the test cell {cell.name!r} has {mark} lines, but InstantiateTests is not "
                    "among c.GenerateAssignment.preprocessors, so that it would pass for "
                    "everybody: put it in, before LockCells"
                )
            if wanted and not wanted[1].strip(" ;"):
                raise SourceError(
                    f"the test cell {cell.name!r} has a line {line.strip()!r} that tests nothing: "
                    f"write behind {mark} what is to be tested, such as `{mark} squares(3)`"
                )


def _key(course: CourseFolder, path: Path, data: bytes, steps: list[Step]) -> str:
    """Hash of all that the notebook depends on: of itself, of its folder, and of the steps."""
    kinds = [type(step) for step in steps]
    sections = {c.__name__ for kind in kinds for c in kind.__mro__ if issubclass(c, Configurable)}
    config = {name: course.app.config[name] for name in sorted(sections & {*course.app.config})}
    told = json.dumps(config, sort_keys=True, default=lambda v: getattr(v, "__qualname__", str(v)))
    modules = {kind.__module__ for kind in kinds}
    code = [getattr(sys.modules.get(name), "__file__", None) for name in sorted(modules)]
    beside = sorted(files_beside(path.parent, course.directory.ignore))
    around = [place for step in steps for place in _read_by(course, step)]
    around += [p for p in [course.root / "nbgrader_config.py"] if p.is_file()]  # has functions, too
    return hash_of(
        data, told, [kind.__qualname__ for kind in kinds], [Path(f) for f in code if f],
        [(str(file.relative_to(path.parent)), file) for file in beside if file.is_file()], around,
        files_of_tests(course, path), grading_version(data, course.profile),
    )  # fmt: skip


def _read_by(course: CourseFolder, step: Step) -> list[Path]:
    """The notebooks that a step puts around the source."""
    if not isinstance(step, preprocessors.IncludeHeaderFooter):
        return []
    places = [course.root / name for name in (step.header, step.footer) if name]
    return [place for place in places if place.is_file()]


def _make(course: CourseFolder, exercise: str, path: Path, steps: list[Step]) -> bytes:
    about = {"student": ".", "assignment": exercise, "notebook": path.stem}
    resources: Any = {
        "metadata": {"name": path.stem, "path": str(path.parent)},
        "unique_key": path.stem,
        "nbgrader": about | {"db_url": course.db_url},
    }
    with contextlib.chdir(course.root):  # from where nbgrader takes names of files
        try:
            notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
            for step in steps:
                if isinstance(step, preprocessors.InstantiateTests):
                    notebook, resources = _instantiated(step, notebook, resources)
                    continue
                with _said_as(f"{type(step).__name__} of c.GenerateAssignment.preprocessors fails"):
                    notebook, resources = step(notebook, resources)
        except UnicodeDecodeError as error:
            raise SourceError(f"the source notebook can't be read: {error}") from None
    return str(nbformat.writes(notebook)).encode()


@contextlib.contextmanager
def _said_as(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a course's own step may raise any
        raise SourceError(f"{what}: {type(error).__name__}: {error}") from None


def _instantiated(step: Any, notebook: Any, resources: Any) -> tuple[Any, Any]:
    """Have nbgrader write the tests. Raises SourceError that names the cell."""
    step.log = _QUIET
    mark, file = step.autotest_delimiter, step.autotest_filename
    marked = [c for c in cells_of(notebook) if c.is_code and mark in c.source]
    cell, place = marked[0], -1
    one_cell, hidden = step.preprocess_cell, preprocessors.ClearHiddenTests(config=step.config)

    def preprocess_cell(content: Any, resources: Any, index: int) -> Any:
        nonlocal cell, place
        cell, place, before = Cell(content), index, str(content.source)
        made, resources = one_cell(content, resources, index)
        if mark in before:
            made.source = _discreet(made.source, before, hidden)
        return made, resources

    step.preprocess_cell = preprocess_cell
    try:
        with _quiet_kernels():
            made: tuple[Any, Any] = step.preprocess(notebook, resources)
        return made
    except Exception as error:  # a solution, a template and nbgrader itself raise any
        name = cell.grade_id or cell.content.get("id") or f"number {place + 1}"
        beginning = f"the tests that {mark} lines stand for can't be made, at the cell {name!r}: "
        # Where it says what is wrong with YAML, nbgrader fails itself.
        cause = error.__context__ if isinstance(error.__context__, YAMLError) else error
        raise SourceError(beginning + _reason(cause, cell, mark, file)) from None
    finally:
        if step.kc is not None:  # nbgrader leaves its kernel running where it fails
            step.kc.shutdown()
            step.kc.stop_channels()


def _discreet(made: str, before: str, hidden: preprocessors.ClearHiddenTests) -> str:
    """The text of a cell whose tests were made, without messages of hidden ones: these say what was
    called, and learners would read it."""
    found, region, is_in = [], list[str](), False
    for line in made.split("\n"):
        if is_in and hidden.end_test_delimeter in line:
            found.append(_without_messages("\n".join(region), before))
            region, is_in = [], False
        if is_in:
            region.append(line)
        else:
            found.append(line)
            is_in = hidden.begin_test_delimeter in line
    return "\n".join((*found, *region))


def _without_messages(text: str, before: str) -> str:
    with contextlib.suppress(SyntaxError):  # nobody can run it, and the trial says so
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assert) and node.msg is not None:
                whole = ast.get_source_segment(text, node) or ""
                if whole not in before:
                    test = ast.get_source_segment(text, node.test)
                    text = text.replace(whole, f"assert {test}")
                    return _without_messages(text, before)
    return text


@contextlib.contextmanager
def _quiet_kernels() -> Iterator[None]:
    """Have ipykernel, where nbgrader starts it, not warn on the terminal of what others may read:
    that nobody can change who grades."""
    start = instantiatetests.start_new_kernel

    def quietly(kernel_name: str, **options: Any) -> Any:
        if "ipykernel_launcher" in get_kernel_spec(kernel_name).argv:
            options["extra_arguments"] = ["--log-level=ERROR"]
        return start(kernel_name=kernel_name, **options)

    instantiatetests.start_new_kernel = quietly
    try:
        yield
    finally:
        instantiatetests.start_new_kernel = start


def _reason(error: Exception, cell: Cell, mark: str, file: str) -> str:
    """What went wrong, and the way out."""
    kernel = "the notebook's kernel"
    match error:
        case FileNotFoundError():
            return (
                f"there is no {file}, which says how they are made, in the folder of the source "
                "or in the course folder; nbgrader's documentation has one to begin with"
            )
        case YAMLError():
            return f"{file} is not YAML: {' '.join(str(error).split())}; correct it"
        case CellExecutionError() if cell.grade_id is not None and mark in cell.source:
            why = f"{error.ename}: {error.evalue}"
            return f"what it tests raises {why}; correct the solution, or the line"
        case CellExecutionError():
            return f"it raises {error.ename}: {error.evalue}; correct it"
        case NoSuchKernel():
            return f"{error}; install it, or choose another one for the notebook"
        case KeyError(args=(str(missing),)):
            return f"{file} has no {missing!r} for {kernel}; add it, as nbgrader's example has it"
        case ValueError() if "comment_strs" in str(error) or "sanitizers" in str(error):
            return f"{error}; add it there, or choose {kernel} anew"
        case _ if mark in cell.source and not cell.is_graded:
            return f"it has {mark} lines, but no points; make it a cell with autograder tests"
    return f"{type(error).__name__}: {error}; `nbgrader generate_assignment` says more"
