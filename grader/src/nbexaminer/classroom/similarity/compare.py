"""Which two learners' answers are alike beyond the course's own texts and what many write.

A fingerprint is a few tokens in a row. One that is in the course's texts, or in many learners'
answers, says nothing. Of the others, it is counted over the whole exercise how many tokens two
learners share.
"""

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from nbexaminer.classroom.similarity.texts import (
    FINGERPRINT,
    MOST_CHARACTERS,
    BaseLine,
    fingerprints,
)
from nbexaminer.judging.notebook.sanitize import safe_line

FEWEST_TOKENS, LEAST_SHARE = 60, 0.5
"""A pair is shown from so many tokens alike on, and from this share of what the shorter of the two
has of its own. Right answers by different authors (those in tests/answers, put together to 1,403
pairs of whole exercises) reach 0.51 with 50 tokens or more; copies in disguise have 0.67 to 1."""
ANSWERS, ANSWER_TOKENS, ANSWER_SHARE = 2, 20, 0.6
"""Or from so many answers on that are alike each, in so many tokens and in this share of what the
longer one has of its own. Of the same right answers, no two learners' come so near."""
FEW, FEW_OF_CLASS = 10, 0.1
"""A fingerprint of more learners than that (the larger of the two) is common."""
MOST_CANDIDATES = 2_000


@dataclass(frozen=True)
class Side:
    """One learner's text of a cell; marks: the parts that the other has too, in characters."""

    text: str
    marks: list[tuple[int, int]]

    def marked(self) -> Markup:
        """The text with <mark> around what is alike; nothing else in it is a tag."""
        places = [0, *itertools.chain.from_iterable(self.marks), MOST_CHARACTERS]
        parts: list[Markup] = []
        for start, end in itertools.pairwise(places):
            text = escape("\n".join(map(safe_line, self.text[start:end].split("\n"))))
            parts.append(Markup("<mark>{}</mark>").format(text) if len(parts) % 2 else text)
        return Markup("").join(parts)


@dataclass(frozen=True)
class Pair:
    """Two learners with answers that are alike.

    tokens: how many tokens they have alike that are neither the course's nor common.
    share: of the tokens of that kind that the one with fewer of them has, 0 to 1.
    cells: name of a cell, and each one's text, where something is alike.
    """

    first: str
    second: str
    tokens: int
    share: float
    cells: list[tuple[str, Side, Side]]


class _Answer:
    """A text and its fingerprints.

    at: the one at each token. own: those that the course's texts don't have.
    size: how many tokens `own` covers.
    """

    def __init__(self, text: str, cell: str, is_prose: bool, base: BaseLine) -> None:
        self.text, self._tokens = text, base.tokens(text, is_prose)
        at = fingerprints(self._tokens)
        # The same tokens in another cell are another fingerprint.
        self.at = [hash((cell, one)) for one in at]
        self.own = {mine for mine, one in zip(self.at, at, strict=True) if one not in base.known}
        self.size = len(self.covered(self.own))

    def covered(self, prints: Collection[int]) -> list[int]:
        """The tokens that those fingerprints cover, by number."""
        found = (range(n, n + FINGERPRINT) for n, one in enumerate(self.at) if one in prints)
        return sorted({*itertools.chain.from_iterable(found)})

    def side(self, prints: Collection[int]) -> Side:
        """The text with what they cover marked, without gaps where nothing but blanks are."""
        marks: list[tuple[int, int]] = []
        before = -1
        for number in self.covered(prints):
            _, start, end = self._tokens[number]
            if marks and (number == before + 1 or not self.text[marks[-1][1] : start].strip()):
                start = marks.pop()[0]
            marks.append((start, end))
            before = number
        return Side(self.text, marks)


class Comparison:
    """The answers of a class to one exercise.

    works: for each learner, the text in each answer cell.
    prose: names of the cells in which words are compared, not code.
    """

    def __init__(
        self, works: Mapping[str, Mapping[str, str]], prose: Collection[str], base: BaseLine
    ) -> None:
        answer = functools.cache(lambda cell, text: _Answer(text, cell, cell in prose, base))
        self._works = {
            learner: {cell: answer(cell, text) for cell, text in texts.items()}
            for learner, texts in works.items()
        }
        self._own = {who: sum(a.size for a in work.values()) for who, work in self._works.items()}
        has: dict[int, list[str]] = defaultdict(list)
        for learner, work in self._works.items():
            for one in set().union(*(answer.own for answer in work.values())):
                has[one].append(learner)
        most = max(FEW, FEW_OF_CLASS * len(works))
        self._rare = {one: tuple(who) for one, who in has.items() if 2 <= len(who) <= most}

    def pairs(self) -> list[Pair]:
        """Those that are alike, the most alike first."""
        shared: Counter[tuple[str, str]] = Counter()
        for who, times in Counter(self._rare.values()).items():
            shared.update(dict.fromkeys(itertools.combinations(who, 2), times))
        enough = [ab for ab, times in shared.items() if FINGERPRINT * times >= FEWEST_TOKENS]
        enough.sort(key=lambda ab: -shared[ab] / min(self._own[who] for who in ab))
        found = [pair for ab in enough[:MOST_CANDIDATES] if (pair := self._pair(*ab))]
        return sorted(found, key=lambda p: (-p.share * p.tokens, p.first, p.second))

    def _pair(self, first: str, second: str) -> Pair | None:
        works = mine, others = self._works[first], self._works[second]
        shared = [cell for cell in mine if cell in others]
        alike = {cell: mine[cell].own & others[cell].own & self._rare.keys() for cell in shared}
        covered = {c: [len(work[c].covered(found)) for work in works] for c, found in alike.items()}
        tokens = min(map(sum, zip(*covered.values(), strict=True)), default=0)
        own = min(self._own[first], self._own[second])
        whole = [
            min(n)
            for cell, n in covered.items()
            if min(n) >= max(ANSWER_TOKENS, ANSWER_SHARE * max(work[cell].size for work in works))
        ]
        in_some_answers = len(whole) >= ANSWERS and sum(whole) >= FEWEST_TOKENS
        if tokens < max(FEWEST_TOKENS, LEAST_SHARE * own) and not in_some_answers:
            return None
        cells = [
            (c, mine[c].side(found), others[c].side(found)) for c, found in alike.items() if found
        ]
        return Pair(first, second, tokens, tokens / own, cells)
