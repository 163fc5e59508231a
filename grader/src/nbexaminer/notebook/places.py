"""Find the source's cells among those that were handed in.

nbgrader's metadata says which cell is which. Editors lose it, merges double it, and hands split
cells, retype them, delete them, or write answers below the cells that were meant for them. So a
cell is also known by its id and its text, and an answer that is missing is looked for beside its
place and by the names that it should define. What was found so is said; where it isn't clear, a
person has to look. Nothing is parsed here: names are what lines begin with.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nbexaminer.notebook.cell import Role
from nbexaminer.notebook.reader import SubmittedCell
from nbexaminer.notebook.source import DUE, Source

BY_ID = "found by its cell's id, since nbgrader's metadata was gone"
BY_PLACE = "found by its place, since nbgrader's metadata was gone"
BY_NAME = "taken from another cell, which defines {}"
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
_DEFINED = re.compile(
    r"(?m)^(?:async[ \t]+)?(?:(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]+)?=(?!=))"
)
_FUNCTION = re.compile(r"(?m)^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
# Bounded, since it is searched for at each word.
_PERHAPS_DEFINED = (
    r"\b(?:def|class|import|as|for)\b[^\n]{{0,99}}?\b{0}\b|\b{0}\b[^=(\n]{{0,99}}=(?!=)"
)
_CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7})(?: |$)")
_WORD = re.compile(r"\w+")
_WORDS = 7
"""So many words in a line of code that is a comment or a text may be an answer."""


@dataclass
class Found:
    """What was found. Cells are told by their places in the source, and by their numbers in what
    was handed in.

    places: for each submitted cell the place of the source's cell that it is, or None.
    answers: by place, the text that counts.
    moved: numbers of the cells that stood somewhere else.
    remarks: by place, what is to be said of an answer.
    unclear: places of answers at which a person has to look.
    replaced: by place, what stood in an answer's own cell and is something else.
    dropped: numbers of copies of what was handed out, which would undo an answer before them.
    is_known: whether anything in it is of this exercise.
    """

    places: list[int | None]
    answers: dict[int, SubmittedCell] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    remarks: dict[int, str] = field(default_factory=dict)
    unclear: set[int] = field(default_factory=set)
    replaced: dict[int, SubmittedCell] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    is_known: bool = False


def find_cells(source: Source, submitted: Sequence[SubmittedCell], beside: str = "") -> Found:
    """Find every cell, and of each answer the text that counts.

    beside: the name of another notebook of the exercise that was handed in, or empty.
    """
    search = _Search(source, submitted, beside)
    search.find_known()
    search.find_answers()
    return search.found


def tests_of(source: Source, found: Found, answer: int) -> list[int]:
    """The places of the cells with points that depend on the answer at a place: tests that read a
    name which it, or an answer that reads one of its names, has to define; where it has none, all
    tests until the next answer; and itself, if it has points."""
    cells, every = source.cells, _asked_of(source)
    asked = every.get(answer, frozenset())
    for place, cell in sorted(found.answers.items()):
        if place in every and asked & {*_WORD.findall(cell.source)}:
            asked |= every[place]
    tests = [place for place, cell in enumerate(cells) if cell.role is Role.TEST]
    if asked:
        tests = [place for place in tests if asked & {*_WORD.findall(cells[place].source)}]
    else:
        answers = (p for p in range(answer + 1, len(cells)) if cells[p].role is Role.ANSWER)
        end = next(answers, len(cells))
        tests = [place for place in tests if answer < place < end]
    return tests + [answer] * cells[answer].is_graded


def _asked_of(source: Source) -> dict[int, frozenset[str]]:
    """For the place of each answer in code, the names that it has to define: those of its solution
    that tests read, or, where no test reads one, all of them."""
    tests = {w for c in source.cells if c.role is Role.TEST for w in _WORD.findall(c.source)}
    others = [cell for cell in source.cells if cell.role in (Role.GIVEN, Role.OPEN)]
    given = {name for cell in others for name in _defined(cell.source)}
    return {
        place: frozenset((names & tests) or names)
        for place, cell in enumerate(source.cells)
        if cell.role is Role.ANSWER and cell.is_code
        for names in [_defined(cell.source) - given]
    }


def _defined(code: str) -> set[str]:
    return {one or other for one, other in _DEFINED.findall(code)}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _code(text: str) -> set[str]:
    """What a cell says, without comments."""
    return {line for line in _lines(text) if not line.startswith("#")}


def _has_prose(code: str) -> bool:
    told = (line for line in _lines(code) if line.startswith(("#", '"', "'")))
    return any(len(line.split()) >= _WORDS for line in told)


def _without_due(cell: SubmittedCell) -> SubmittedCell:
    """A cell without the line that says when the exercise is due, which the source hasn't."""
    if cell.kind == "code" or cell.grade_id is not None or DUE not in cell.source:
        return cell
    lines = cell.source.splitlines(keepends=True)
    return replace(cell, source="".join(line for line in lines if not line.startswith(DUE)))


def _as_code(cell: SubmittedCell) -> SubmittedCell:
    """A cell that is to be code; of one that is text, what it has between fences, if any."""
    if cell.kind == "code":
        return cell
    inside, kept = False, []
    for line in cell.source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif inside:
            kept.append(line)
    return replace(cell, source="\n".join(kept)) if kept else cell


class _Search:
    def __init__(self, source: Source, submitted: Sequence[SubmittedCell], beside: str) -> None:
        self._source, self._cells = source, source.cells
        self._submitted = [_without_due(cell) for cell in submitted]
        self._beside = beside
        self._own: dict[int, SubmittedCell] = {}
        self._taken: list[SubmittedCell] = []
        self._asked = _asked_of(source)
        self._defined = [_defined(cell.source) for cell in submitted]
        self._stubs = {stub.text.strip() for stub in source.stubs.values()}
        self._nothing = {"", *self._stubs, *source.around}
        self._by: dict[int, str] = {}
        self._homes: list[int] = []
        self._conflict = any(_CONFLICT.search(cell.source) for cell in submitted)
        self.found = Found([None] * len(submitted))

    def find_known(self) -> None:
        """Find cells by grade id, by id, and by a text that only one cell of the source has."""
        cells, places = self._cells, self.found.places
        graded = (i for i, cell in enumerate(cells) if cell.grade_id is not None)
        by_grade_id: dict[str | None, int] = {cells[i].grade_id: i for i in graded}
        by_id = by_grade_id | {c.content["id"]: i for i, c in enumerate(cells)}
        texts = [
            {cell.source.strip(), released.strip()} - {""}
            for cell, released in zip(cells, self._source.released, strict=True)
        ]
        often = Counter(text for both in texts for text in both)
        by_text = {t: i for i, both in enumerate(texts) for t in both if often[t] == 1}
        for number, cell in enumerate(self._submitted):
            places[number] = by_grade_id.get(cell.grade_id)
        taken = {*places}
        for known, of in ((by_id, "id"), (by_text, "source")):
            for number, cell in enumerate(self._submitted):
                place = known.get(str(getattr(cell, of)).strip())
                if places[number] is None and place is not None and place not in taken:
                    places[number] = place
                    taken.add(place)
                    self._by[number] = of

    def find_answers(self) -> None:
        """Find what counts of each cell, and look for answers that are missing."""
        copies: dict[int, list[int]] = defaultdict(list)
        for number, place in enumerate(self.found.places):
            if place is not None:
                copies[place].append(number)
        answers = [p for p, cell in enumerate(self._cells) if cell.role is Role.ANSWER]
        self.found.is_known = any(map(self._is_of_it, copies, copies.values()))
        for place in copies.keys() - {*answers}:
            self.found.answers[place] = self._submitted[copies[place][-1]]
        missing = [place for place in answers if not self._take_own(place, copies[place])]
        home = -1
        for known in self.found.places:
            home = home if known is None else known
            self._homes.append(home)
        self._own = dict(self.found.answers)
        for place in answers:
            if place not in missing:
                self._compare(place)
        for number, cell in enumerate(self._submitted):
            if self.found.places[number] is None and cell.source.strip() in self._stubs:
                self.found.dropped.add(number)
        for place in missing:
            look = self._look_for_code if self._cells[place].is_code else self._look_for_text
            look(place, bool(copies[place]))
        for place in missing:
            self._keep_replaced(place)

    def _keep_replaced(self, place: int) -> None:
        """Keep what a learner wrote into an answer's cell that gave way to another."""
        own, stub = self._own.get(place), self._source.stubs[self._cells[place].name].text
        texts = {answer.source for answer in self.found.answers.values()}
        if place not in self._asked or own is None or own.source in texts:
            return
        if _code(own.source) - _code(stub):
            self.found.replaced[place] = own

    def _is_of_it(self, place: int, numbers: Sequence[int]) -> bool:
        """Whether cells that were found show that it is this exercise: others have its imports."""
        cell = self._cells[place]
        if cell.role is Role.TEXT:
            texts = {self._submitted[number].source.strip() for number in numbers}
            return not texts.isdisjoint((cell.source.strip(), self._source.released[place].strip()))
        # A stub's text may be that of any exercise.
        of_text = cell.role is Role.ANSWER and all(self._by.get(n) == "source" for n in numbers)
        return cell.role in (Role.ANSWER, Role.TEST) and not of_text

    def _compare(self, place: int) -> None:
        """Doubt an answer whose functions are defined again behind its tests."""
        asked = self._asked.get(place, frozenset())
        for number in self._nobodys():
            text = self._submitted[number].source
            if self._homes[number] > place and asked & {*_FUNCTION.findall(text)}:
                self._doubt(place, AGAIN)

    def _take_own(self, place: int, copies: list[int]) -> bool:
        """Take the last written copy of an answer's own cell; whether there is one."""
        found, texts = self.found, [self._submitted[number].source for number in copies]
        written = [
            n for n, text in zip(copies, texts, strict=True) if self._is_written(place, text)
        ]
        if not copies:
            return False
        last = (written or copies)[-1]
        found.answers[place] = self._submitted[last]
        if place in self._asked:
            found.answers[place] = _as_code(self._submitted[last])
        if self._by.get(last) == "id" and written:
            found.remarks[place] = BY_ID
        torn = copies if any(_is_torn(text) for text in texts[1:]) else self._torn_from(last)
        if len(torn) > 1 and place in self._asked:
            text = "\n".join(self._submitted[number].source for number in torn)
            found.answers[place] = replace(self._submitted[last], source=text)
            found.remarks[place] = SPLIT.format(len(torn))
            self._move(place, set(torn) - {*copies})
            return True
        for number in copies:
            if number != last:
                found.places[number] = None
                if number not in written:
                    found.dropped.add(number)
        if (several := len({self._submitted[number].source for number in written})) > 1:
            found.remarks[place] = COPIES.format(several)
        if self._conflict and (len(copies) > 1 or _CONFLICT.search(texts[-1])):
            self._doubt(place, CONFLICT)
        return bool(written)

    def _torn_from(self, number: int) -> list[int]:
        """A cell, and those behind it that were split off in the middle of a block."""
        numbers, cells = [number], self._submitted
        for other in range(number + 1, len(cells)):
            is_torn = cells[other].kind == "code" and _is_torn(cells[other].source)
            if self.found.places[other] is not None or not is_torn:
                break
            numbers.append(other)
        return numbers

    def _is_written(self, place: int, text: str) -> bool:
        """Whether a text is more than what learners were given, and defines what it should."""
        stub, asked = self._source.stubs[self._cells[place].name].text, self._asked.get(place)
        if asked is None:
            return text.strip() not in ("", stub.strip())
        return not _code(text) <= _code(stub) and (not asked or bool(asked & _defined(text)))

    def _loose(self, place: int) -> list[int]:
        """Numbers of the cells that are nobody's, and stand where the answer should or near it."""
        bounds = (p for p in range(place) if self._cells[p].role in (Role.ANSWER, Role.TEST))
        first = max(bounds, default=-1)
        return [n for n in self._nobodys() if first <= self._homes[n] <= place]

    def _nobodys(self) -> list[int]:
        """Numbers of the cells that are nobody's and say something of the learner's."""
        cells = enumerate(self._submitted)
        loose = [n for n, _ in cells if self.found.places[n] is None]
        return [n for n in loose if self._submitted[n].source.strip() not in self._nothing]

    def _look_for_code(self, place: int, is_there: bool) -> None:
        """Look for an answer in code whose own cell is missing or not written."""
        asked, found = self._asked[place], self.found
        defining = [n for n in self._nobodys() if asked & self._defined[n]]
        beside = self._loose(place)
        other = None if defining else self._with_another(asked)
        elsewhere = [self._defined[n] for n in defining]
        if other is not None:
            elsewhere = [_defined(other.source)]
        # Only what the learner has defined: the solution's own names, and those that hidden tests
        # read, are not told.
        names = ", ".join(sorted(asked & {*itertools.chain.from_iterable(elsewhere)}))
        if elsewhere and is_there and self._mentions(place, asked):
            self._doubt(place, AGAIN)
        elif defining:
            found.is_known = True
            last = {name: n for n in defining for name in asked & self._defined[n]}
            taken = sorted({*last.values()})
            texts = {self._submitted[n].source.strip() for n in defining}
            self._take(place, taken, self._helpers(place, taken))
            found.remarks[place] = BY_NAME.format(names)
            if any(self._submitted[n].kind != "code" for n in taken):
                self._doubt(place, NO_CODE)
            elif len(texts) > len(taken):
                self._doubt(place, SEVERAL.format(names))
            elif not is_there and {*taken} <= {*beside}:
                found.remarks[place] = BY_PLACE
        elif other is not None:
            found.is_known = True
            found.answers[place] = _as_code(other)
            found.remarks[place] = BY_NAME.format(names)
            if other.kind != "code":
                self._doubt(place, NO_CODE)
        elif not self._cells[place].is_awaited:
            return
        elif self._beside:
            self._doubt(place, OTHER_FILE.format(self._beside))
        elif not is_there:
            code = [n for n in beside if self._submitted[n].kind == "code"]
            if len(code) == 1:
                self._take(place, code)
                found.remarks[place] = BY_PLACE
            elif beside:
                self._doubt(place, ELSEWHERE)
            else:
                found.remarks[place] = MISSING

    def _mentions(self, place: int, asked: frozenset[str]) -> bool:
        """Whether what a learner wrote into an answer's own cell may define what it should, in a
        way that no line begins with: `a, b = ...`, or below an `if`."""
        stub = self._source.stubs[self._cells[place].name].text
        own = _code(self.found.answers[place].source) - _code(stub)
        text = "\n".join(line for line in own if asked & {*_WORD.findall(line)})
        return any(re.search(_PERHAPS_DEFINED.format(name), text) for name in asked)

    def _with_another(self, asked: frozenset[str]) -> SubmittedCell | None:
        """Another cell in which the learner has defined what an answer should, if any."""
        own = [self._own[place] for place in sorted(self._own) if self._is_changed(place)]
        defining = (cell for cell in [*self._taken, *own] if asked & _defined(cell.source))
        return max(defining, key=lambda cell: len(asked & _defined(cell.source)), default=None)

    def _is_changed(self, place: int) -> bool:
        """Whether a cell has something of the learner's."""
        text = self._own[place].source.strip()
        return text not in (self._cells[place].source.strip(), self._source.released[place].strip())

    def _helpers(self, place: int, taken: Iterable[int]) -> list[int]:
        """Numbers of cells behind an answer's place that define what the taken cells read."""
        last = {
            name: n
            for n in self._nobodys()
            if self._homes[n] >= place and self._submitted[n].kind == "code"
            for name in self._defined[n]
        }
        waiting, helpers = [*taken], set[int]()
        while waiting:
            words = {*_WORD.findall(self._submitted[waiting.pop()].source)}
            new = {last[word] for word in words & last.keys()} - helpers - {*taken}
            helpers |= new
            waiting += new
        return sorted(helpers)

    def _look_for_text(self, place: int, is_there: bool) -> None:
        """Look for an answer in prose whose own cell is missing or not written."""
        found, beside = self.found, self._loose(place)
        prose = [n for n in beside if self._submitted[n].kind != "code"]
        if prose:
            self._take(place, prose)
            found.remarks[place] = BESIDE if is_there else BY_PLACE
        elif added := self._added():
            found.answers[place] = SubmittedCell("markdown", added)
            found.remarks[place] = ADDED
        elif self._beside:
            self._doubt(place, OTHER_FILE.format(self._beside))
        elif beside or self._has_prose():
            self._doubt(place, ELSEWHERE)
        elif not is_there:
            found.remarks[place] = MISSING

    def _has_prose(self) -> bool:
        """Whether words of the learner's stand where they may be an answer: in a cell of their
        own, or in one of code that is not graded."""
        loose = [self._submitted[number] for number in self._nobodys()]
        tries = [
            cell
            for place, cell in self._own.items()
            if self._cells[place].role is Role.ANSWER
            and not self._cells[place].is_awaited
            and self._is_changed(place)
        ]
        return any(cell.kind != "code" or _has_prose(cell.source) for cell in [*loose, *tries])

    def _added(self) -> str:
        """What was written into cells of text that else are as they were handed out."""
        parts = []
        for place, cell in sorted(self._own.items()):
            if self._cells[place].role is Role.TEXT and self._is_changed(place):
                known, lines = {*_lines(self._source.released[place])}, _lines(cell.source)
                if known <= {*lines}:
                    parts += [line for line in lines if line not in known]
        return "\n".join(parts)

    def _doubt(self, place: int, remark: str) -> None:
        self.found.remarks[place] = remark
        self.found.unclear.add(place)

    def _take(self, place: int, numbers: Sequence[int], before: Sequence[int] = ()) -> None:
        """Have these cells be the answer, with the text of others before theirs."""
        if place in self._asked:
            numbers = [torn for number in numbers for torn in self._torn_from(number)]
        cells = [self._submitted[number] for number in sorted({*numbers, *before})]
        cells = [_as_code(cell) for cell in cells] if place in self._asked else cells
        pictures = {name: made for cell in cells for name, made in cell.attachments.items()}
        left_out = {name: why for cell in cells for name, why in cell.left_out.items()}
        text = "\n\n".join(cell.source for cell in cells)
        self.found.answers[place] = replace(
            cells[-1], source=text, attachments=pictures, left_out=left_out
        )
        self._move(place, numbers)

    def _move(self, place: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.found.places[number] = place
            self.found.moved.add(number)
            self._taken.append(self._submitted[number])


def _is_torn(text: str) -> bool:
    """Whether a text goes on where another one ends."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first[:1] in (" ", "\t")
