"""Small sources and submissions, as files of tests/replay say them, and what stock nbgrader gives.

    # ==== its-name
    # What is tried, in a sentence.
    # %% f | answer                   a cell's id and kind: locked, open, answer, test 2, hidden 2
    # %% g | test 1 apart             whose cell says how it runs
    # == wrong: in a few words | stock t=0 u=2 | ours u=0: why ours differs | waits u: why
    # %% f                            its own text for an answer or an open cell
    # %% + f                          a cell of its own behind that one
    # %% - f                          a cell that it has deleted

The solution is the first submission of each, and earns all points. `t=-`: stock ends without a
grade. `python -m support.replay [--write] [name ...]` says or writes where stock gives otherwise.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from nbexaminer.judging.ways import Way, set_way
from support.notebooks import answer, check, given

FOLDER = Path(__file__).parent.parent / "replay"
KINDS = ("honest", "wrong", "half", "stub", "raises", "attack")
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
Points = Mapping[str, float | None]
"""By test cell; None where it ended without a grade."""
_CELL = re.compile(
    r"# %% (?:([+-]) )?([\w-]+)(?: \| "
    r"(locked|open|answer|(?:test|hidden) \d+(?: apart| beside)?))?\s*"
)
_HIDDEN = re.compile(r"[ \t]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.S)
_HEAD = re.compile(
    r"# == (\w+): (.+?) \| stock ([^|]+?)"
    r"(?: \| ours ([^:|]+): (.+?))?(?: \| waits ([^:|]+)(?:: .+)?)?\s*"
)


@dataclass(frozen=True)
class Part:
    """A cell: of the source, or what a submission has in its place or behind it."""

    id: str
    kind: str
    text: str

    @property
    def points(self) -> int:
        """What a test is worth."""
        return int((*self.kind.split(), "0")[1])

    def as_cell(self, released: bool = False) -> Any:
        """It as a cell of the source, or as learners have it: solved, without hidden tests."""
        cell = self._as_cell(released)
        if way := "".join(self.kind.split()[2:]):
            set_way(cell, Way(way))
        return cell

    def _as_cell(self, released: bool) -> Any:
        match self.kind.partition(" ")[0]:
            case "locked":
                return given(self.id, self.text)
            case "answer":
                cell = answer(self.id, self.text)
                if released or "### BEGIN SOLUTION" in self.text:
                    cell.source = self.text
                return cell
            case "test":
                text = _HIDDEN.sub("", self.text) if released else self.text
                return check(self.id, text, self.points)
            case "hidden":
                text = f"### BEGIN HIDDEN TESTS\n{self.text}\n### END HIDDEN TESTS"
                return check(self.id, "" if released else text, self.points)
        return new_code_cell(self.text, id=self.id)


@dataclass(frozen=True)
class Submission:
    """What is handed in; `ours` has those points alone in which we differ from stock.

    waits: the tests whose points wait for a person.
    """

    line: int
    kind: str
    words: str
    stock: Points
    ours: Points
    waits: frozenset[str] = frozenset()
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """A source and its submissions."""

    path: Path
    name: str
    cells: list[Part] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)

    @property
    def full(self) -> Points:
        """What each test cell is worth."""
        return {cell.id: cell.points for cell in self.cells if cell.points}

    @property
    def source(self) -> bytes:
        """The instructor's notebook."""
        return _dump([cell.as_cell() for cell in self.cells])

    def handed_in(self, parts: Sequence[Part] = ()) -> bytes:
        """A learner's notebook: the released one with the solutions, but for these parts."""
        cells = [cell.as_cell(released=True) for cell in self.cells]
        for number, part in enumerate(parts):
            place = next(i for i, cell in enumerate(cells) if cell.id == part.id)
            if part.kind == "+":
                after = (i for i, c in enumerate(cells) if i > place and not c.id.startswith("own"))
                cells.insert(next(after, len(cells)), new_code_cell(part.text, id=f"own{number}"))
            elif part.kind == "-":
                del cells[place]
            else:
                cells[place].source = part.text
        return _dump(cells)

    def stock(self, parts: Sequence[Part] = ()) -> Points:
        """What nbgrader gives: by its own steps, in a kernel of its own."""
        from nbclient.exceptions import DeadKernelError
        from nbgrader.preprocessors import Execute, LimitOutput
        from nbgrader.utils import determine_grade

        notebook = nbformat.reads(self.handed_in(parts).decode(), as_version=4)
        own = {c.id: c.as_cell() for c in self.cells if c.kind not in ("open", "answer")}
        for cell in notebook.cells:  # as OverwriteCells does
            cell.source = own[cell.id].source if cell.id in own else cell.source
        os.environ["NBGRADER_EXECUTION"] = "autograde"
        with tempfile.TemporaryDirectory() as folder:
            resources = {"metadata": {"path": folder}}
            try:
                notebook, _ = Execute(timeout=8).preprocess(notebook, resources)
                notebook, _ = LimitOutput().preprocess(notebook, resources)
                tests = {cell.id: cell for cell in notebook.cells if cell.id in self.full}
                return {name: determine_grade(tests[name])[0] for name in self.full}
            except (DeadKernelError, ValueError):  # the latter of a score above the points
                return dict.fromkeys(self.full)


def read(path: Path = FOLDER) -> list[Replay]:
    """Read a file, or all of a folder. Raises ValueError, which names the line."""
    if path.is_dir():
        return [replay for file in sorted(path.glob("*.py")) for replay in read(file)]
    found, lines = list[Replay](), path.read_text().splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(("# %%", "# =="))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        try:
            if lines[start].startswith("# ==== "):
                found.append(Replay(path, lines[start][7:]))
            else:
                assert found, "it has no name"
                _add(found[-1], start, lines[start], "\n".join(lines[start + 1 : end]).strip("\n"))
        except AssertionError as error:
            raise ValueError(f"{path.name}, line {start + 1}: {error}") from None
    if bad := [r.name for r in found if [] in [r.submissions, *(s.parts for s in r.submissions)]]:
        raise ValueError(f"{path.name}, {bad[0]}: no submission, or one that changes nothing")
    return found


def _add(replay: Replay, line: int, head: str, text: str) -> None:
    """Add a cell or a submission to those before it. Raises AssertionError."""
    names = {cell.id for cell in replay.cells}
    if told := _HEAD.fullmatch(head):
        stock, ours = _points(told[3]), _points(told[4] or "")
        assert told[1] in KINDS, f"{told[1]}: there are {', '.join(KINDS)}"
        assert replay.full, "it has no test"
        assert told[3] == "?" or stock.keys() == replay.full.keys(), "stock gives for each test"
        assert ours.keys() <= replay.full.keys(), "ours has a test that there isn't"
        waits = frozenset((told[6] or "").split())
        assert waits <= replay.full.keys(), "a test waits that there isn't"
        differs = all((stock.get(name) or 0) != (ours[name] or 0) for name in ours)
        assert told[3] == "?" or differs, "ours has only what isn't as stock gives it"
        replay.submissions.append(Submission(line, told[1], told[2], stock, ours, waits))
        return
    cell = _CELL.fullmatch(head)
    assert cell, "neither a cell nor a submission"
    change, name, kind = cell.groups()
    if replay.submissions:
        assert name in names, f"the source has no cell {name}"
        assert not kind, "is this another source, without its name?"
        replay.submissions[-1].parts.append(Part(name, change or "", text))
    else:
        assert kind and not change, "of which kind is it?"
        assert name not in names, f"there are two cells {name}"
        replay.cells.append(Part(name, kind, text))


def _points(text: str) -> Points:
    pairs = (pair.partition("=") for pair in text.split() if pair != "?")
    return {name: None if points == "-" else float(points) for name, _, points in pairs}


def in_words(points: Points) -> str:
    """As the files say it."""
    return " ".join(f"{name}={'-' if p is None else f'{p:.6g}'}" for name, p in points.items())


def main() -> int:
    """Measure what stock gives, for all or those named."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true", help="correct the files")
    options = parser.parse_args()
    replays, wrong = {replay.name: replay for replay in read()}, 0
    for replay in map(replays.__getitem__, options.names or replays):
        for sub in (Submission(0, "honest", "the solution", replay.full, {}), *replay.submissions):
            found, said = in_words(replay.stock(sub.parts)), in_words(sub.stock) or "?"
            if found != said:
                print(f"{replay.name}: {sub.kind}: {sub.words}: {said} -> {found}", flush=True)
                wrong += 1
            if found != said and options.write and sub.line:
                lines = replay.path.read_text().splitlines(keepends=True)
                lines[sub.line] = lines[sub.line].replace(f"stock {said}", f"stock {found}")
                replay.path.write_text("".join(lines))
    print(f"{wrong} figures that differ")
    return min(wrong, 1)


def _dump(cells: list[Any]) -> bytes:
    return str(nbformat.writes(new_notebook(cells=cells, metadata=KERNEL))).encode()


if __name__ == "__main__":
    raise SystemExit(main())
