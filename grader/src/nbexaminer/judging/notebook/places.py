"""Find the source's cells among those that were handed in.

nbgrader's metadata says which cell is which. Editors lose it, merges double it, and hands split
cells, retype them, delete them, or write answers below the cells that were meant for them. So a
cell is also known by its id and its text, and an answer in code by the names that it should define.
What was found so is said; whatever else may be an answer, a person has to look at.

What was handed in may be four million characters of anything, and whoever looks here is in no
sandbox. So each text is read a fixed number of times, however many answers are missing.

A cell of the source is told by its index, one that was handed in by its number. The home of the
latter is the index of the last cell of the source before it, or -1: there it runs.
"""

import functools
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook.cell import Role
from nbexaminer.judging.notebook.reader import SubmittedCell
from nbexaminer.judging.notebook.source import DUE, Source
from nbexaminer.judging.notebook.texts import (
    as_code,
    code_of,
    defined_in,
    has_prose,
    lines_of,
    split_off,
    words_among,
    words_of,
)

BY_ID = "found by its cell's id, since nbgrader's metadata was gone"
BY_PLACE = "found by its place, since nbgrader's metadata was gone"
BY_NAME = "taken from another cell{}"
BESIDE = "taken from a new cell beside the one that was meant for it"
ADDED = "taken from text that was added to other cells"
SPLIT = "put together from {} cells"
MISSING = "missing: its cell is not in what was handed in"
ELSEWHERE = "not in its own cell, and perhaps in another one"
SEVERAL = "taken from the last of several cells that define {}"
NO_CODE = "taken from a cell that is no code"
COPIES = "the last of {} copies that differ"
AGAIN = "taken from its own cell, but another one defines it, too"
OTHER_FILE = "not written here, and perhaps in {}, which was not graded"
CONFLICT = "there in several versions, or with the marks of a conflict in git"
MAX_ANSWERS = 8_000_000
"""Characters of all answers together: a cell that several answers need is in each of them."""
_CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7})(?: |$)")
_NO_NAMES = frozenset[str]()


@dataclass
class Found:
    """What was found.

    places: for each submitted cell the index of the source's cell that it is, or None.
    answers: by index, the text that counts.
    moved: numbers of the cells that stood somewhere else.
    remarks: by index, what is to be said of an answer.
    unclear: indices of answers at which a person has to look.
    dropped: numbers of copies of what was handed out, which would undo an answer before them.
    is_known: whether anything in it is of this exercise.
    """

    places: list[int | None]
    answers: dict[int, SubmittedCell] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    remarks: dict[int, str] = field(default_factory=dict)
    unclear: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    is_known: bool = False


def find_cells(source: Source, submitted: Sequence[SubmittedCell], other_file: str = "") -> Found:
    """Find every cell, and of each answer the text that counts.

    Args:
        source: The instructor's notebook.
        submitted: The cells that were handed in.
        other_file: The name of another notebook of the exercise that was handed in, or empty.

    Returns:
        What was found, and at which answers a person has to look.

    Raises:
        Malformed: The answers are longer than MAX_ANSWERS together.
    """
    search = _Search(source, submitted, other_file)
    search.find_known()
    search.find_own()
    search.find_missing()
    return search.found


def _without_due(cell: SubmittedCell) -> SubmittedCell:
    """A cell without the line that says when the exercise is due, which the source hasn't."""
    if cell.kind == "code" or cell.grade_id is not None or DUE not in cell.source:
        return cell
    lines = cell.source.splitlines(keepends=True)
    return replace(cell, source="".join(line for line in lines if not line.startswith(DUE)))


class _Search:
    """Its methods are called in the order in which they stand."""

    def __init__(self, source: Source, submitted: Sequence[SubmittedCell], other_file: str) -> None:
        self._source, self._cells = source, source.cells
        self._submitted = [_without_due(cell) for cell in submitted]
        self._other_file = other_file
        self._asked = source.asked
        self._askers: dict[str, list[int]] = defaultdict(list)
        for index, asked in self._asked.items():
            for name in asked:
                self._askers[name].append(index)
        ends = (Role.ANSWER, Role.TEST)
        bounds = [i if cell.role in ends else -1 for i, cell in enumerate(self._cells)]
        # For each index that of the last answer or test before it.
        self._bounds = [-1, *itertools.accumulate(bounds, max)]
        texts = [cell.source.strip() for cell in self._submitted]
        stubs = {stub.text.strip() for stub in source.stubs.values()}
        nothing = {"", *stubs, *source.around}
        self._stub_numbers = {n for n, text in enumerate(texts) if text in stubs}
        self._written = [n for n, text in enumerate(texts) if text not in nothing]
        self._split_off = split_off(self._submitted)
        self._conflict = any(_CONFLICT.search(cell.source) for cell in submitted)
        self._size = 0
        # What is asked for again and again is forgotten with this search.
        self._defined = functools.cache(defined_in)
        self._as_code = functools.cache(lambda number: as_code(self._submitted[number]))
        self._has_prose = functools.cache(has_prose)
        self._needs = functools.cache(
            lambda text: {self._last[word] for word in words_among(self._last.keys(), text)}
        )
        self._copies: dict[int, list[int]] = defaultdict(list)
        self._by: dict[int, str] = {}
        self._own: dict[int, SubmittedCell] = {}
        self._changed: list[int] = []
        self._homes = [-1] * len(submitted)
        self._free: list[int] = []
        self.found = Found([None] * len(submitted))

    def find_known(self) -> None:
        """Find cells by grade id, by id, and by a text that only one cell of the source has."""
        cells, found = self._cells, self.found
        graded = {cell.grade_id: index for index, cell in enumerate(cells)}
        graded.pop(None, None)
        ids = graded | {cell.content["id"]: index for index, cell in enumerate(cells)}
        texts = [
            {cell.source.strip(), released.strip()} - {""}
            for cell, released in zip(cells, self._source.released, strict=True)
        ]
        often = Counter(text for both in texts for text in both)
        by_text = {t: index for index, both in enumerate(texts) for t in both if often[t] == 1}
        found.places = [graded.get(cell.grade_id) for cell in self._submitted]
        taken = {*found.places}
        for known, of in ((ids, "id"), (by_text, "source")):
            for number, cell in enumerate(self._submitted):
                index = known.get(str(getattr(cell, of)).strip())
                if found.places[number] is None and index is not None and index not in taken:
                    found.places[number] = index
                    taken.add(index)
                    self._by[number] = of
        for number, index in enumerate(found.places):
            if index is not None:
                self._copies[index].append(number)
                # Others have its imports, too, and a stub's text may be that of any exercise.
                role, is_same = (
                    cells[index].role,
                    self._submitted[number].source.strip() in texts[index],
                )
                is_its = role is Role.ANSWER and self._by.get(number) != "source"
                found.is_known |= is_its or role is Role.TEST or (role is Role.TEXT and is_same)

    def find_own(self) -> None:
        """Take what stands in the cells that are known."""
        found = self.found
        answers = [i for i, cell in enumerate(self._cells) if cell.role is Role.ANSWER]
        for index in self._copies.keys() - {*answers}:
            found.answers[index] = self._submitted[self._copies[index][-1]]
        ranks = {index: self._take_own(index) for index in answers if self._copies[index]}
        self._missing = [index for index in answers if ranks.get(index, 0) < 2]
        self._own = dict(found.answers)
        for index, cell in sorted(self._own.items()):
            handed_out = self._cells[index].source.strip(), self._source.released[index].strip()
            self._changed += [index] * (cell.source.strip() not in handed_out)
        self._look_around()
        found.dropped |= {n for n in self._stub_numbers if found.places[n] is None}
        for index in ranks.keys() & self._asked.keys() - {*self._missing}:
            self._compare(index)

    def _look_around(self) -> None:
        """Find the home of each cell, and what cells are free, as they run one after another."""
        places, moved, home = self.found.places, self.found.moved, -1
        for number, index in enumerate(places):
            home = home if index is None or number in moved else index
            self._homes[number] = home
        free = [number for number in self._written if places[number] is None]
        self._free = sorted(free, key=lambda number: self._homes[number])

    def _take_own(self, index: int) -> int:
        """Take the copy of an answer's own cell that counts, and tell its rank: the last of those
        with the highest one. Others that are written stay where they are, and run."""
        found, copies = self.found, self._copies[index]
        asked = self._asked.get(index, _NO_NAMES)
        pieces: list[list[int]] = []
        for number in copies:
            if not pieces or number > pieces[-1][-1]:
                pieces.append(self._whole(number, index))
        texts = ["\n".join(self._submitted[n].source for n in piece) for piece in pieces]
        ranks = [self._rank(index, text) for text in texts]
        rank, chosen = max((rank, i) for i, rank in enumerate(ranks))
        piece, text = pieces[chosen], texts[chosen]
        answer = replace(self._submitted[piece[0]], source=text)
        found.answers[index] = as_code(answer) if index in self._asked else answer
        self._move(index, {*piece} - {*copies})
        for number in {*copies} - {*piece}:
            found.places[number] = None
        for i, others in enumerate(pieces):
            if i != chosen and not ranks[i] and asked & self._defined(texts[i]):
                found.dropped.update(others)
        written = {text for i, text in enumerate(texts) if ranks[i]}
        if self._by.get(piece[0]) == "id" and rank:
            found.remarks[index] = BY_ID
        if self._conflict and (len(copies) > 1 or _CONFLICT.search(text)):
            self._doubt(index, CONFLICT)
        elif len(written) > 1:
            defining = {text for text in written if asked & self._defined(text)}
            self._doubt(index, (SPLIT if len(defining) == 1 else COPIES).format(len(written)))
        elif len(piece) > 1:
            self._doubt(index, SPLIT.format(len(piece)))
        return rank

    def _whole(self, number: int, index: int | None = None) -> list[int]:
        """A cell, and those behind it that were split off in the middle of a block."""
        numbers, found = [number], self.found
        while (number := number + 1) in self._split_off:
            if found.places[number] not in (None, index) and number not in found.moved:
                break
            numbers.append(number)
        return numbers

    def _rank(self, index: int, text: str) -> int:
        """How well a text of its own cell answers a question: 0 if it is what was handed out, 3 if
        it defines what it should, 2 if what the learner wrote has its name, and may change what
        that stands for or define it in a way that no line begins with."""
        asked, mine = self._asked.get(index, _NO_NAMES), self._learners_part(index, text)
        if not mine or not asked:
            return 2 if mine else 0
        return 3 if asked & self._defined(text) else 1 + bool(words_among(asked, mine))

    def _learners_part(self, index: int, text: str) -> str:
        """What is the learner's in an answer's own cell."""
        stub = self._source.stubs[self._cells[index].name].text
        if index not in self._asked:
            return text.strip() if text.strip() != stub.strip() else ""
        return "\n".join(code_of(text) - code_of(stub))

    def _compare(self, index: int) -> None:
        """Doubt an answer whose names are defined again behind its tests, and one that only changes
        what another cell defines."""
        asked = self._asked[index]
        others = [n for n in self._free if self._homes[n] > index]
        if asked and not asked & self._defined(self._own[index].source):
            others = self._written
        if any(asked & self._defines(number) for number in others):
            self._doubt(index, AGAIN)

    def find_missing(self) -> None:
        """Look for the answers that are not in their own cells."""
        found, in_code = self.found, [index for index in self._missing if index in self._asked]
        for index in in_code:
            self._find(index, self._find_code)
        taken = {answer.source for answer in found.answers.values()}
        for index in self._own.keys() & {*in_code}:
            text = self._own[index].source
            if text not in taken and self._learners_part(index, text):
                # It may be what the answer needs, and runs before it.
                found.unclear.add(index)
                for number in {*self._copies[index]} & {*self._written}:
                    found.places[number] = None
        self._leave_out()
        self._look_around()
        for index in self._missing:
            if index not in self._asked:
                self._find(index, self._find_text)

    def _find(self, index: int, find: Callable[[int], bool]) -> None:
        if find(index) or not self._cells[index].is_awaited:
            return
        if self._other_file:
            self._doubt(index, OTHER_FILE.format(self._other_file))
        elif self._is_elsewhere(index):
            self._doubt(index, ELSEWHERE)
        elif not self._copies[index]:
            self.found.remarks[index] = MISSING

    def _is_elsewhere(self, index: int) -> bool:
        """Whether an answer that wasn't found may be in another cell."""
        near, asked = self._near(index), self._asked.get(index)
        if asked is not None:
            others = self._free if self._copies[index] else self._written
            is_defined = any(asked & self._defines(number) for number in others)
            return is_defined or bool(near and not self._copies[index])
        # Words may stand in a cell of their own, or in one of code that is not graded.
        cells = [self._submitted[number] for number in self._free]
        tries = [i for i in self._changed if self._cells[i].role is Role.ANSWER]
        cells += [self._own[i] for i in tries if not self._cells[i].is_awaited]
        return bool(near) or any(c.kind != "code" or self._has_prose(c.source) for c in cells)

    def _leave_out(self) -> None:
        """Leave out cells of the source that learners may change and that are not in what was
        handed in, where they may be another cell there, or would undo one."""
        own = [self._own[index].source for index in self._changed]
        for index, cell in enumerate(self._cells):
            if cell.role is Role.OPEN and index not in self._own:
                names = self._defined(cell.source)
                undoes = names & self._last.keys() or any(names & self._defined(t) for t in own)
                if undoes or any(map(self._is_code, self._near(index))):
                    self.found.answers[index] = SubmittedCell("code", "")

    def _is_code(self, number: int) -> bool:
        return self._submitted[number].kind == "code"

    def _near(self, index: int) -> list[int]:
        """Numbers of the free cells where an answer should stand or near it."""
        return [n for n in self._free if self._bounds[index] <= self._homes[n] <= index]

    def _defines(self, number: int) -> set[str]:
        return self._defined(self._submitted[number].source)

    def _find_code(self, index: int) -> bool:
        """Take an answer in code from the last free cells that define its names, or else from other
        answers' own cells."""
        found, asked = self.found, self._asked[index]
        free = {n: names for n in self._free if (names := self._names_for(index, n))}
        last = {name: number for number, names in free.items() for name in names}
        parts = {part for number in last.values() for part in self._whole(number)}
        lent = {name: i for i in self._changed for name in asked & self._lends(i) if not free}
        if not last and not lent:
            return False
        others = [self._own[i] for i in sorted({*lent.values()})]
        helpers = self._helpers(index, parts, [cell.source for cell in others])
        # What stands above has run there in a kernel, before cells that may need it.
        behind = {n for n in parts if self._homes[n] >= index or not self._is_code(n)}
        cells = [*map(self._as_code, sorted(behind | helpers)), *map(as_code, others)]
        self._answer(index, cells or [SubmittedCell("code", "")])
        self._move(index, behind)
        found.is_known = True
        told = ", ".join(sorted(self._shown & {*last, *lent}))
        found.remarks[index] = BY_NAME.format(f", which defines {told}" if told else "")
        if any(cell.kind != "code" for cell in cells):
            self._doubt(index, NO_CODE)
        elif len({self._submitted[n].source.strip() for n in free}) > len({*last.values()}):
            self._doubt(index, SEVERAL.format(told or "it"))
        elif len(parts) > len({*last.values()}):
            found.unclear.add(index)
        return True

    def _helpers(self, index: int, parts: set[int], texts: list[str]) -> set[int]:
        """What an answer reads of free cells behind its index, and what those read."""
        found, waiting = set[int](), [*texts, *(self._submitted[n].source for n in parts)]
        while waiting:
            needed = self._needs(waiting.pop()) - found - parts
            needed = {number for number in needed if self._homes[number] >= index}
            found |= needed
            waiting += [self._submitted[number].source for number in needed]
        return found

    def _names_for(self, index: int, number: int) -> set[str]:
        """What an answer should define and a free cell does. Where other answers should define it,
        too, it is for the one at or below whose index it stands."""

        def whose(name: str) -> int:
            first, *others = self._askers[name]
            home = self._homes[number]
            return max((other for other in others if self._bounds[other] < home), default=first)

        return {name for name in self._asked[index] & self._defines(number) if whose(name) == index}

    def _lends(self, index: int) -> set[str]:
        """What a cell defines that isn't the answer to its own question."""
        texts = self._cells[index].source, self._source.released[index]
        return self._defined(self._own[index].source).difference(*map(self._defined, texts))

    @functools.cached_property
    def _shown(self) -> frozenset[str]:
        """Words that learners were given: hidden tests and the solution have others, and who tries
        names would learn them."""
        return _NO_NAMES.union(*map(words_of, self._source.released))

    @functools.cached_property
    def _last(self) -> dict[str, int]:
        """For each name that free cells of code define, the number of the last one."""
        return {name: n for n in self._free if self._is_code(n) for name in self._defines(n)}

    def _find_text(self, index: int) -> bool:
        """Take an answer in prose from free cells near it, or else from what was added to text."""
        if prose := [number for number in self._near(index) if not self._is_code(number)]:
            self._answer(index, [self._submitted[number] for number in prose])
            self._move(index, prose)
            self._free = [number for number in self._free if number not in prose]
            self.found.remarks[index] = BESIDE if self._copies[index] else BY_PLACE
        elif self._added:
            self.found.answers[index] = SubmittedCell("markdown", self._added)
            self.found.remarks[index] = ADDED
        return index in self.found.remarks

    @functools.cached_property
    def _added(self) -> str:
        """What was written into cells of text that else are as they were handed out."""
        parts = []
        for index in self._changed:
            if self._cells[index].role is Role.TEXT:
                known, text = {*lines_of(self._source.released[index])}, self._own[index].source
                if known <= {*lines_of(text)}:
                    parts += [line for line in lines_of(text) if line not in known]
        return "\n".join(parts)

    def _doubt(self, index: int, remark: str) -> None:
        self.found.remarks[index] = remark
        self.found.unclear.add(index)

    def _answer(self, index: int, cells: Sequence[SubmittedCell]) -> None:
        """Have these cells together be the answer."""
        text = "\n\n".join(cell.source for cell in cells)
        self._size += len(text)
        if self._size > MAX_ANSWERS:
            raise Malformed(
                f"its answers have more than {MAX_ANSWERS} characters together, where a cell that "
                "several of them need counts for each"
            )
        pictures = {name: made for cell in cells for name, made in cell.attachments.items()}
        left_out = {name: why for cell in cells for name, why in cell.left_out.items()}
        answer = replace(cells[-1], source=text, attachments=pictures, left_out=left_out)
        self.found.answers[index] = answer

    def _move(self, index: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.found.places[number] = index
            self.found.moved.add(number)
