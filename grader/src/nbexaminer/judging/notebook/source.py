"""The instructor's notebook, ready to take answers."""

import functools
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from traitlets.config import Config

from nbexaminer.errors import SourceError
from nbexaminer.judging.notebook.cell import Cell, Role, cells_of
from nbexaminer.judging.notebook.regions import Regions, check_regions
from nbexaminer.judging.notebook.texts import defined_in, words_of


def delimiters_of(config: Config) -> str:
    """What marks the parts of a source notebook that learners don't get, as nbgrader is configured:
    in JSON, the settings of its preprocessors that take these parts out."""
    names = ("ClearHiddenTests", "ClearMarkScheme", "ClearSolutions")
    return json.dumps({name: config[name] for name in names if name in config}, sort_keys=True)


DUE = "**Due:**"
"""How a line begins that says when an exercise is due: what is released has it, the source not."""


def texts_of(data: bytes) -> frozenset[str]:
    """The texts of all cells of a notebook; none where it is none."""
    try:
        cells = json.loads(data)["cells"]
        return frozenset("".join(cell["source"]).strip() for cell in cells)
    except (ValueError, KeyError, TypeError):
        return frozenset()


class Stub(NamedTuple):
    """An answer cell as learners get it: its text, and nbgrader's checksum of it."""

    text: str
    checksum: str


@dataclass(frozen=True)
class Source:
    """An instructor's notebook. From `read_source`."""

    notebook: dict[str, Any]
    stubs: dict[str, Stub]
    """What learners get in each answer cell, by grade id."""
    released: tuple[str, ...]
    """The text of each of its cells as learners get it."""
    hidden: frozenset[str]
    """Grade ids of the test cells of which learners get only a part."""
    data: bytes
    """The file that it was read from."""
    delimiters: str
    """From `delimiters_of`."""
    around: frozenset[str] = frozenset()
    """Texts of the cells that nbgrader puts before and behind, as it is configured."""
    files: bytes = b""
    """What graded code finds in its working folder, as `sandbox.files.pack` gives it."""
    is_told: bool = False
    """Whether errors of hidden tests are told in full, as to the instructor."""

    @property
    def cells(self) -> list[Cell]:
        """Its cells."""
        return cells_of(self.notebook)

    @functools.cached_property
    def asked(self) -> dict[int, frozenset[str]]:
        """For the index of each answer in code, the names that it has to define: those of its
        solution that tests read, or, where no test reads one, all of them."""
        of_tests = (words_of(cell.source) for cell in self.cells if cell.role is Role.TEST)
        read = set[str]().union(*of_tests)
        others = [cell for cell in self.cells if cell.role in (Role.GIVEN, Role.OPEN)]
        given = {name for cell in others for name in defined_in(cell.source)}
        return {
            index: frozenset((names & read) or names)
            for index, cell in enumerate(self.cells)
            if cell.role is Role.ANSWER and cell.is_code
            for names in [defined_in(cell.source) - given]
        }


@functools.lru_cache(maxsize=64)
def read_source(
    data: bytes, delimiters: str = "{}", around: frozenset[str] = frozenset()
) -> Source:
    """Read an instructor's notebook. Raises SourceError."""
    try:
        notebook = json.loads(data)
        if notebook["nbformat"] != 4:
            raise SourceError("the source notebook is not in format 4")
        _refuse_other_languages(notebook.get("metadata", {}))
        for content in notebook["cells"]:
            content["source"] = "".join(content["source"])
        cells = cells_of(notebook)
        ids = [cell.grade_id for cell in cells if cell.grade_id is not None]
        stubs, released, hidden = _as_learners_get_it(data, delimiters)
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        text = " ".join(str(error).split())
        raise SourceError(
            f"the source notebook can't be read: {type(error).__name__}: {text}"
        ) from None
    if double := {i for i in ids if ids.count(i) > 1}:
        raise SourceError(f"the source notebook has two cells {sorted(double)[0]!r}")
    notebook["nbformat_minor"] = 5
    for number, cell in enumerate(cells):
        cell.content.setdefault("id", f"source-{number}")
    return Source(notebook, stubs, released, hidden, data, delimiters, around)


def _refuse_other_languages(metadata: dict[str, Any]) -> None:
    """Raise SourceError for a notebook that says that it isn't in Python."""
    said = metadata.get("language_info", {}).get("name")
    kernel = metadata.get("kernelspec", {}).get("language")
    for language in (said, kernel):
        if language and not str(language).lower().startswith("python"):
            raise SourceError(
                f"the source notebook is in {language}: only notebooks in Python can be graded"
            )


def _as_learners_get_it(
    data: bytes, delimiters: str
) -> tuple[dict[str, Stub], tuple[str, ...], frozenset[str]]:
    """The stubs, the texts of all cells, and the names of the tests that have hidden ones."""
    # nbgrader is slow to import, and a source is read once in a process.
    import nbformat
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
    from nbgrader.utils import compute_checksum

    config = Config(json.loads(delimiters))
    notebook = nbformat.reads(data.decode(), as_version=4)
    solutions, schemes = ClearSolutions(config=config), ClearMarkScheme(config=config)
    hidden_tests = ClearHiddenTests(config=config)
    begin = hidden_tests.begin_test_delimeter
    tests = {cell.name: cell.source for cell in cells_of(notebook) if cell.role is Role.TEST}
    schemes.enforce_metadata = False  # one may stand above the answer
    kinds = (
        Regions(
            "solution region", solutions.begin_solution_delimeter, solutions.end_solution_delimeter,
            lambda cell: cell.role is Role.ANSWER,
            "an answer" if solutions.enforce_metadata else "",
        ),
        Regions(
            "mark scheme", schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter,
            lambda cell: True, "",
        ),
        Regions(
            "region of hidden tests", begin, hidden_tests.end_test_delimeter,
            lambda cell: cell.is_graded,
            "a cell with autograder tests" if hidden_tests.enforce_metadata else "",
        ),
    )  # fmt: skip
    for preprocessor, regions in zip((solutions, schemes, hidden_tests), kinds, strict=True):
        check_regions(cells_of(notebook), regions)
        notebook, _ = preprocessor.preprocess(notebook, {})
    cells = cells_of(notebook)
    answers = [cell for cell in cells if cell.role is Role.ANSWER]
    stubs = {c.name: Stub(c.source, compute_checksum(c.content)) for c in answers}
    left = {cell.name: cell.source for cell in cells if cell.role is Role.TEST}
    hidden = frozenset(name for name in tests if tests[name] != left[name])
    return stubs, tuple(cell.source for cell in cells), hidden
