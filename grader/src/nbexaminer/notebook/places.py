"""Find the source's cells among those that were handed in.

nbgrader's metadata says which cell is which. Editors lose it, merges double it, and hands split
cells, retype them, delete them, or write answers below the cells that were meant for them. So a
cell is also known by its id and its text, and an answer that is missing is looked for beside its
place and by the names that it should define. What was found so is said; where it isn't clear, a
person has to look. Nothing is parsed here: names are what lines begin with.

What was handed in may be four million characters of anything, and whoever looks here is in no
sandbox. So each text is read a fixed number of times, however many answers are missing, and all
patterns take time that grows with the text alone.
"""

import functools
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from nbexaminer.errors import Malformed
from nbexaminer.notebook.cell import Role
from nbexaminer.notebook.reader import SubmittedCell
from nbexaminer.notebook.source import DUE, Source

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
_DEFINED = re.compile(
    r"(?m)^(?:async[ \t]+)?(?:(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]+)?=(?!=))"
)
_FUNCTION = re.compile(r"(?m)^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_ENDS = ("return", "raise", "break", "continue")
_CONFLICT = re.compile(r"(?m)^(?:<{7}|>{7})(?: |$)")
_WORD = re.compile(r"\w+")
_WORDS = 7
"""So many words in a line of code that is a comment or a text may be an answer."""
MAX_ANSWERS = 8_000_000
"""Characters of all answers together: a cell that several answers need is in each of them."""
_PIECE = 1 << 16
"""Characters of which the words are listed at a time: a list of words takes much more memory."""


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
    Raises Malformed where the answers are too long.
    """
    search = _Search(source, submitted, beside)
    search.find_known()
    search.find_answers()
    return search.found


def tests_of(source: Source, found: Found) -> dict[int, list[int]]:
    """For the place of each answer at which a person has to look, those of the cells with points
    that depend on it: tests that read a name which it, or an answer that reads one of its names,
    has to define; where it has none, all tests until the next answer; and itself, if it has
    points."""
    if not found.unclear:
        return {}
    cells, every = source.cells, _asked_of(source)
    names = frozenset().union(*every.values())
    read = functools.cache(lambda text: _words_among(names, text))
    answers = [(place, read(cell.source)) for place, cell in sorted(found.answers.items())]
    depending = {}
    for answer in sorted(found.unclear):
        asked = every.get(answer, frozenset())
        for place, words in answers:
            if place in every and asked & words:
                asked |= every[place]
        tests = [place for place, cell in enumerate(cells) if cell.role is Role.TEST]
        if asked:
            tests = [place for place in tests if asked & read(cells[place].source)]
        else:
            later = (p for p in range(answer + 1, len(cells)) if cells[p].role is Role.ANSWER)
            end = next(later, len(cells))
            tests = [place for place in tests if answer < place < end]
        depending[answer] = tests + [answer] * cells[answer].is_graded
    return depending


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


def _words_among(names: Collection[str], text: str) -> frozenset[str]:
    """Those of the names that are words of a text."""
    found, begin = set[str](), 0
    while begin < len(text):
        end = text.find("\n", begin + _PIECE) + 1 or len(text)
        found.update(filter(names.__contains__, _WORD.findall(text, begin, end)))
        begin = end
    return frozenset(found)


def _lines(text: str) -> list[str]:
    return [line for every in text.splitlines() if (line := every.strip())]


def _code(text: str) -> set[str]:
    """What a cell says, without comments."""
    return {line for line in _lines(text) if not line.startswith("#")}


def _has_prose(code: str) -> bool:
    told = (line for line in _lines(code) if line.startswith(("#", '"', "'")))
    return any(len(line.split(maxsplit=_WORDS)) >= _WORDS for line in told)


def _without_due(cell: SubmittedCell) -> SubmittedCell:
    """A cell without the line that says when the exercise is due, which the source hasn't."""
    if cell.kind == "code" or cell.grade_id is not None or DUE not in cell.source:
        return cell
    lines = cell.source.splitlines(keepends=True)
    return replace(cell, source="".join(line for line in lines if not line.startswith(DUE)))


def _fenced(text: str) -> str | None:
    """What a text has between fences, if any."""
    inside, kept = False, []
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif inside:
            kept.append(line)
    return "\n".join(kept) if kept else None


class _Search:
    def __init__(self, source: Source, submitted: Sequence[SubmittedCell], beside: str) -> None:
        self._source, self._cells = source, source.cells
        self._submitted = [_without_due(cell) for cell in submitted]
        self._beside = beside
        self._own: dict[int, SubmittedCell] = {}
        self._taken: list[tuple[int, SubmittedCell]] = []
        self._changed = set[int]()
        self._asked = _asked_of(source)
        self._asked_names = frozenset[str]().union(*self._asked.values())
        self._askers: dict[str, list[int]] = defaultdict(list)
        for place, asked in sorted(self._asked.items()):
            for name in asked:
                self._askers[name].append(place)
        # For each place that of the last answer or test before it.
        kinds = (Role.ANSWER, Role.TEST)
        bounds = [p if cell.role in kinds else -1 for p, cell in enumerate(self._cells)]
        self._bounds = [-1, *itertools.accumulate(bounds, max)]
        self._stubs = {stub.text.strip() for stub in source.stubs.values()}
        nothing = {"", *self._stubs, *source.around}
        self._stripped = [cell.source.strip() for cell in self._submitted]
        self._says = [text not in nothing for text in self._stripped]
        self._defined_before: dict[str, list[int]] = {}
        self._needs: dict[int, set[int]] = {}
        self._size = 0
        # What texts are asked for again and again. It is forgotten with this search.
        self._defined = functools.cache(_defined)
        self._fenced = functools.cache(_fenced)
        self._shape = functools.cache(_shape)
        self._is_prose = functools.cache(_has_prose)
        self._functions = functools.cache(
            lambda text: self._asked_names.intersection(_FUNCTION.findall(text))
        )
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
        self._find_open()

    def _find_open(self) -> None:
        """Find cells that learners may change and that have neither id: between two cells that are
        known they are those in their order, where there are as many as there were."""
        places = self.found.places
        known = [(n, place) for n, place in enumerate(places) if place is not None]
        taken = {place for _, place in known}
        ends = [(-1, -1), *known, (len(places), len(self._cells))]
        for (begin, first), (end, last) in itertools.pairwise(ends):
            lost = [p for p in range(first + 1, last) if p not in taken and self._cells[p].is_code]
            new = [n for n in range(begin + 1, end) if self._submitted[n].kind == "code"]
            for those in ([n for n in new if self._says[n]], new):
                if len(those) == len(lost):
                    for number, place in zip(those, lost, strict=True):
                        if self._cells[place].role in (Role.OPEN, Role.SHOWN):
                            places[number] = place
                    break

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
        for place, cell in self._own.items():
            as_handed_out = self._cells[place].source.strip(), self._source.released[place].strip()
            if cell.source.strip() not in as_handed_out:
                self._changed.add(place)
        for place in answers:
            if place not in missing:
                self._compare(place)
        for number, text in enumerate(self._stripped):
            if self.found.places[number] is None and text in self._stubs:
                self.found.dropped.add(number)
        for place in missing:
            look = self._look_for_code if self._cells[place].is_code else self._look_for_text
            look(place, bool(copies[place]))
        for place in missing:
            self._keep_replaced(place)
        self._leave_out(copies.keys())

    def _leave_out(self, known: Collection[int]) -> None:
        """Leave out the source's cells that learners may change and that are not in what was handed
        in, where a name of theirs is defined elsewhere: they would undo that."""
        lost = (p for p, cell in enumerate(self._cells) if cell.role is Role.OPEN)
        names = {p: self._defined(self._cells[p].source) for p in lost if p not in known}
        if any(names.values()):
            mine = {name for number in self._nobodys() for name in self._defines(number)}
            cells = [cell for _, cell in self._taken] + [self._own[p] for p in self._changed]
            mine = mine.union(*(self._defined(cell.source) for cell in cells))
            for place in names:
                if not mine.isdisjoint(names[place]):
                    self.found.answers[place] = SubmittedCell("code", "")

    def _keep_replaced(self, place: int) -> None:
        """Keep what a learner wrote into an answer's cell that gave way to another."""
        own, stub = self._own.get(place), self._source.stubs[self._cells[place].name].text
        texts = {answer.source for answer in self.found.answers.values()}
        if place not in self._asked or own is None or own.source in texts:
            return
        if _code(own.source) - _code(stub):
            self.found.replaced[place] = own
            self.found.unclear.add(place)

    def _is_of_it(self, place: int, numbers: Sequence[int]) -> bool:
        """Whether cells that were found show that it is this exercise: others have its imports."""
        cell = self._cells[place]
        if cell.role is Role.TEXT:
            texts = {self._stripped[number] for number in numbers}
            return not texts.isdisjoint((cell.source.strip(), self._source.released[place].strip()))
        # A stub's text may be that of any exercise.
        of_text = cell.role is Role.ANSWER and all(self._by.get(n) == "source" for n in numbers)
        return cell.role in (Role.ANSWER, Role.TEST) and not of_text

    def _compare(self, place: int) -> None:
        """Doubt an answer whose functions are defined again behind its tests, and one that only
        changes what another cell defines."""
        asked = self._asked.get(place, frozenset())
        for number in self._nobodys():
            text = self._submitted[number].source
            if self._homes[number] > place and asked & self._functions(text):
                self._doubt(place, AGAIN)
        if asked and not asked & self._defined(self._own[place].source):
            numbers = (n for n, says in enumerate(self._says) if says)
            if any(asked & self._defines(number) for number in numbers):
                self._doubt(place, AGAIN)

    def _take_own(self, place: int, copies: list[int]) -> bool:
        """Take what is written into an answer's own cell, and whether something is. Of several
        copies the last that defines what it should is the answer; others stay beside it."""
        found, stub = self.found, self._source.stubs[self._cells[place].name].text
        if not copies:
            return False
        is_code, asked = place in self._asked, self._asked.get(place, frozenset())
        pieces = self._pieces(place, copies) if is_code else [[number] for number in copies]
        texts = ["\n".join(self._submitted[n].source for n in piece) for piece in pieces]
        written = [i for i, text in enumerate(texts) if self._is_written(place, text)]
        defining = [i for i in written if asked & self._defined(texts[i])]
        mentioning = [i for i in written if self._mentions(place, texts[i])]
        chosen = (defining or mentioning or written or [len(pieces) - 1])[-1]
        piece, text = pieces[chosen], texts[chosen]
        answer = replace(self._submitted[piece[0]], source=text)
        found.answers[place] = self._as_code(answer) if is_code else answer
        if self._by.get(piece[0]) == "id" and written:
            found.remarks[place] = BY_ID
        self._move(place, {*piece} - {*copies})
        for i, others in enumerate(pieces):
            for number in {*others} & {*copies} - {*piece}:
                found.places[number] = None
                # A part of the stub that defines nothing may be what another part needs.
                is_stub = texts[i].strip() == stub.strip() or asked & self._defined(texts[i])
                if i not in written and (is_stub or not is_code):
                    found.dropped.add(number)
        if (several := len({texts[i] for i in written})) > 1:
            is_split = is_code and len({texts[i] for i in defining}) == 1
            self._doubt(place, (SPLIT if is_split else COPIES).format(several))
        elif len(piece) > 1:
            self._doubt(place, SPLIT.format(len(piece)))
        if self._conflict and (len(copies) > 1 or _CONFLICT.search(text)):
            self._doubt(place, CONFLICT)
        return bool(defining or mentioning or (written and not asked))

    def _pieces(self, place: int, copies: list[int]) -> list[list[int]]:
        """The copies of a cell, each with what was split off from it in the middle of a block."""
        pieces: list[list[int]] = []
        for number in copies:
            if not pieces or number > pieces[-1][-1]:
                pieces.append(self._torn_from(number, place))
        return pieces

    def _torn_from(self, number: int, place: int | None = None) -> list[int]:
        """A cell, and those behind it that were split off in the middle of a block."""
        numbers, cells = [number], self._submitted
        indents = set[str]()
        for other in range(number + 1, len(cells)):
            before = self._shape(cells[other - 1].source)
            indents |= before.indents
            is_its = self.found.places[other] in (None, place)
            is_its = is_its and cells[other - 1].kind == cells[other].kind == "code"
            if not is_its or not _goes_on(before, indents, self._shape(cells[other].source)):
                break
            numbers.append(other)
        return numbers

    def _is_written(self, place: int, text: str) -> bool:
        """Whether a text is more than what learners were given."""
        stub = self._source.stubs[self._cells[place].name].text
        if place not in self._asked:
            return text.strip() not in ("", stub.strip())
        return not _code(text) <= _code(stub)

    def _mentions(self, place: int, text: str) -> bool:
        """Whether what a learner wrote into an answer's own cell has one of the names that it
        should define: it may do so, or change what it stands for, in ways that no line begins
        with."""
        stub = self._source.stubs[self._cells[place].name].text
        asked = self._asked.get(place, frozenset())
        return bool(asked and _words_among(asked, "\n".join(_code(text) - _code(stub))))

    def _loose(self, place: int) -> list[int]:
        """Numbers of the cells that are nobody's, and stand where the answer should or near it."""
        return [n for n in self._nobodys() if self._bounds[place] <= self._homes[n] <= place]

    def _nobodys(self) -> list[int]:
        """Numbers of the cells that are nobody's and say something of the learner's."""
        return [n for n in range(len(self._submitted)) if self._is_free(n)]

    def _is_free(self, number: int) -> bool:
        return self.found.places[number] is None and self._says[number]

    def _defines(self, number: int) -> set[str]:
        return self._defined(self._submitted[number].source)

    def _look_for_code(self, place: int, is_there: bool) -> None:
        """Look for an answer in code whose own cell is missing or not written."""
        asked, found = self._asked[place], self.found
        mine = {n: names for n in self._nobodys() if (names := self._names_for(place, n))}
        beside = self._loose(place)
        other, others = (None, frozenset[str]()) if mine else self._with_another(place)
        if mine:
            found.is_known = True
            last = {name: n for n, names in mine.items() for name in names}
            taken = sorted({*last.values()})
            texts = {self._stripped[n] for n in mine}
            self._take(place, taken, self._helpers(place, taken))
            found.remarks[place] = self._by_name(last)
            if any(self._submitted[n].kind != "code" for n in taken):
                self._doubt(place, NO_CODE)
            elif len(texts) > len(taken):
                self._doubt(place, SEVERAL.format(self._shown(last) or "it"))
            elif not is_there and {*taken} <= {*beside}:
                found.remarks[place] = BY_PLACE
        elif other is not None:
            found.is_known = True
            self._answer(place, self._as_code(other))
            found.remarks[place] = self._by_name(others)
            if other.kind != "code":
                self._doubt(place, NO_CODE)
        elif not self._cells[place].is_awaited:
            return
        elif self._beside:
            self._doubt(place, OTHER_FILE.format(self._beside))
        elif any(asked & self._defines(n) for n in self._loose_or_own(is_there)):
            self._doubt(place, ELSEWHERE)
        elif not is_there:
            code = [n for n in beside if self._submitted[n].kind == "code"]
            if len(code) == 1:
                self._take(place, code)
                found.remarks[place] = BY_PLACE
            elif beside:
                self._doubt(place, ELSEWHERE)
            else:
                found.remarks[place] = MISSING

    def _loose_or_own(self, is_there: bool) -> Iterable[int]:
        """Numbers of the cells in which an answer may be that another question has, too: those
        that were no answer's own and, where it is not just left as it was handed out, all."""
        own = (n for n, says in enumerate(self._says) if says)
        moved = self.found.moved
        return (n for n in own if not is_there or self.found.places[n] is None or n in moved)

    def _names_for(self, place: int, number: int) -> set[str]:
        """What an answer should define and a cell that is nobody's does. Where other answers should
        define it, too, it is for the one at whose place, or below whose place, it stands."""
        home, names = self._homes[number], self._asked[place] & self._defines(number)
        return {name for name in names if self._whose(name, home) == place}

    def _whose(self, name: str, home: int) -> int:
        first, *others = self._askers[name]
        return max((p for p in others if self._bounds[p] < home), default=first)

    def _shown(self, names: Iterable[str]) -> str:
        """Those of the names that learners were given: hidden tests and the solution have others,
        and who tries names would learn them."""
        return ", ".join(sorted(self._given_words.intersection(names)))

    @functools.cached_property
    def _given_words(self) -> frozenset[str]:
        return frozenset().union(*(_WORD.findall(text) for text in self._source.released))

    def _by_name(self, names: Iterable[str]) -> str:
        shown = self._shown(names)
        return BY_NAME.format(f", which defines {shown}" if shown else "")

    def _with_another(self, place: int) -> tuple[SubmittedCell | None, frozenset[str]]:
        """Another cell in which the learner has defined what an answer should, if any, and what
        that is. What answers the other cell's own question is not lent."""
        asked = self._asked[place]
        own = [(other, self._own[other]) for other in sorted(self._changed)]
        best: tuple[SubmittedCell | None, frozenset[str]] = None, frozenset()
        for other, cell in [*self._taken, *own]:
            names = (asked & self._defined(cell.source)) - self._handed_out(other)
            if len(names) > len(best[1]):
                best = cell, names
        return best

    def _handed_out(self, place: int) -> set[str]:
        """What a cell of the source defines."""
        texts = self._cells[place].source, self._source.released[place]
        return self._defined(texts[0]) | self._defined(texts[1])

    def _helpers(self, place: int, taken: Iterable[int]) -> list[int]:
        """Numbers of cells behind an answer's place that define what the taken cells read."""
        waiting, helpers = [*taken], set[int]()
        while waiting:
            new = self._needed(waiting.pop(), place) - helpers - {*taken}
            helpers |= new
            waiting += new
        return sorted(helpers)

    def _needed(self, number: int, place: int) -> set[int]:
        """Numbers of the cells behind a place that define what a cell reads."""
        needed = self._needs.get(number)
        if needed is None or not all(self._is_behind(n, place) for n in needed):
            words = _words_among(self._defining.keys(), self._submitted[number].source)
            needed = {self._last_defining(word, place) for word in words} - {-1}
            self._needs[number] = needed
        return needed

    @functools.cached_property
    def _defining(self) -> dict[str, int]:
        """For each name that cells of code which are nobody's define, the number of the last."""
        last: dict[str, int] = {}
        for number in self._nobodys():
            if self._submitted[number].kind == "code":
                for name in self._defines(number):
                    if name in last:
                        self._defined_before.setdefault(name, []).append(last[name])
                    last[name] = number
        return last

    def _last_defining(self, name: str, place: int) -> int:
        """The last of them behind a place that still is nobody's, or -1. Others are forgotten: no
        cell gets free again, and places are asked for in their order."""
        number = self._defining[name]
        while number >= 0 and not self._is_behind(number, place):
            before = self._defined_before.get(name)
            number = self._defining[name] = before.pop() if before else -1
        return number

    def _is_behind(self, number: int, place: int) -> bool:
        return self._homes[number] >= place and self._is_free(number)

    def _look_for_text(self, place: int, is_there: bool) -> None:
        """Look for an answer in prose whose own cell is missing or not written."""
        found, beside = self.found, self._loose(place)
        prose = [n for n in beside if self._submitted[n].kind != "code"]
        if prose:
            self._take(place, prose)
            found.remarks[place] = BESIDE if is_there else BY_PLACE
        elif self._added:
            found.answers[place] = SubmittedCell("markdown", self._added)
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
            and place in self._changed
        ]
        return any(c.kind != "code" or self._is_prose(c.source) for c in [*loose, *tries])

    @functools.cached_property
    def _added(self) -> str:
        """What was written into cells of text that else are as they were handed out."""
        parts = []
        for place, cell in sorted(self._own.items()):
            if self._cells[place].role is Role.TEXT and place in self._changed:
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
            whole: dict[int, None] = {}
            for number in numbers:
                if number not in whole:
                    whole |= dict.fromkeys(self._torn_from(number))
            if len(whole) > len({*numbers}):
                self.found.unclear.add(place)
            numbers = [*whole]
        cells = [self._submitted[number] for number in sorted({*numbers, *before})]
        cells = [*map(self._as_code, cells)] if place in self._asked else cells
        pictures = {name: made for cell in cells for name, made in cell.attachments.items()}
        left_out = {name: why for cell in cells for name, why in cell.left_out.items()}
        text = "\n\n".join(cell.source for cell in cells)
        whole_answer = replace(cells[-1], source=text, attachments=pictures, left_out=left_out)
        self._answer(place, whole_answer)
        self._move(place, numbers)

    def _answer(self, place: int, cell: SubmittedCell) -> None:
        self._size += len(cell.source)
        if self._size > MAX_ANSWERS:
            raise Malformed(
                f"its answers have more than {MAX_ANSWERS} characters together, where a cell that "
                "several of them need counts for each"
            )
        self.found.answers[place] = cell

    def _as_code(self, cell: SubmittedCell) -> SubmittedCell:
        """A cell that is to be code; of one that is text, what it has between fences, if any."""
        fenced = None if cell.kind == "code" else self._fenced(cell.source)
        return cell if fenced is None else replace(cell, source=fenced)

    def _move(self, place: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.found.places[number] = place
            self.found.moved.add(number)
            self._taken.append((place, self._submitted[number]))


class _Shape(NamedTuple):
    """How a cell's code begins and ends.

    first: the blanks before its first line.
    indents: those before any of its lines.
    last: the blanks before its last line that is no comment, and that line without them.
    is_open: whether brackets are left open.
    """

    first: str
    indents: frozenset[str]
    last: tuple[str, str]
    is_open: bool


def _shape(text: str) -> _Shape:
    lines = [line for line in text.splitlines() if line.strip()]
    code = [line for line in lines if not line.lstrip().startswith("#")] or lines or [""]
    last = code[-1].partition("#")[0].strip() or code[-1].strip()
    opened = sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))
    indents = [line[: len(line) - len(line.lstrip())] for line in lines] or [""]
    blanks = code[-1][: len(code[-1]) - len(code[-1].lstrip())]
    return _Shape(indents[0], frozenset(indents), (blanks, last), opened > 0)


def _goes_on(before: _Shape, indents: Collection[str], after: _Shape) -> bool:
    """Whether a cell goes on in the middle of a block where another one ends, which has lines with
    these indents. Who begins a new cell with blanks by mistake sees nothing of it."""
    blanks, last = before.last
    if last.endswith(("(", "[", "{", "\\")):
        return True
    if not after.first:
        return False
    if before.is_open:
        return True
    if last.endswith(":"):
        return after.first.startswith(blanks) and after.first != blanks
    is_over = after.first == blanks and last.startswith(_ENDS)
    return after.first in indents and len(after.first) <= len(blanks) and not is_over
