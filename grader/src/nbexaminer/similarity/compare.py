"""Which two learners' answers are alike beyond the course's own texts and what many write.

A fingerprint is a few tokens in a row. One that is in the course's texts, or in many learners'
answers, says nothing. Of the others, it is counted over the whole exercise how many tokens two
learners share.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from nbexaminer.notebook.harmless import safe_line
from nbexaminer.similarity.texts import FINGERPRINT, MOST_CHARACTERS, BaseLine, among, fingerprints

FEWEST_TOKENS, LEAST_SHARE = 60, 0.5
"""A pair is shown from so many tokens alike on, and from this share of what the shorter of the two
has of its own. Right answers by different authors (those in tests/answers, put together to 2,232
pairs of whole exercises) reach 0.42 with 50 tokens or more; copies in disguise have 0.65 to 1."""
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
        self.text, self._is_prose, self._base = text, is_prose, base
        at = fingerprints(base.tokens(text, is_prose))
        own = at[~among(at, base.known)]
        # The same tokens in another cell are another fingerprint.
        self.at, self.own = at ^ hash(cell), np.unique(own ^ hash(cell))
        self.size = self.covered(self.own)

    def covered(self, prints: np.ndarray) -> int:
        """How many tokens those fingerprints cover."""
        return sum(end - start for start, end in self._slices(prints))

    def side(self, prints: np.ndarray) -> Side:
        """The text with what they cover marked, without gaps where nothing but blanks are."""
        spans = self._base.tokens(self.text, self._is_prose).spans
        joined: list[tuple[int, int]] = []
        for first, last in self._slices(prints):
            start, end = spans[first][0], spans[last - 1][1]
            if joined and not self.text[joined[-1][1] : start].strip():
                start = joined.pop()[0]
            joined.append((start, end))
        return Side(self.text, joined)

    def _slices(self, prints: np.ndarray) -> list[tuple[int, int]]:
        joined: list[tuple[int, int]] = []
        for place in np.flatnonzero(among(self.at, prints)).tolist():
            start = joined.pop()[0] if joined and place < joined[-1][1] else place
            joined.append((start, place + FINGERPRINT))
        return joined


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
        self._learners = list(works)
        self._own = {who: sum(a.size for a in work.values()) for who, work in self._works.items()}
        self._rare, self._together = self._count()

    def pairs(self) -> list[Pair]:
        """Those that are alike, the most alike first."""
        found = [pair for ab in self._candidates() if (pair := self._pair(*ab))]
        return sorted(found, key=lambda p: (-p.share * p.tokens, p.first, p.second))

    def _count(self) -> tuple[np.ndarray, Counter[tuple[int, ...]]]:
        """Fingerprints that some learners have, but not many; how many the same learners have."""
        has = [
            (answer.own, np.full(len(answer.own), number, np.int32))
            for number, learner in enumerate(self._learners)
            for answer in self._works[learner].values()
        ]
        if not has:
            return np.array([], np.int64), Counter()
        prints, who = (np.concatenate(parts) for parts in zip(*has, strict=True))
        order = np.argsort(prints, kind="stable")
        prints, who = prints[order], who[order]
        found, first, times = np.unique(prints, return_index=True, return_counts=True)
        rare = (times >= 2) & (times <= max(FEW, FEW_OF_CLASS * len(self._learners)))
        ranges = zip(first[rare], (first + times)[rare], strict=True)
        return found[rare], Counter(tuple(who[start:end]) for start, end in ranges)

    def _candidates(self) -> Iterator[tuple[str, str]]:
        """Pairs that share enough fingerprints to be looked at one by one."""
        size = len(self._learners)
        shared = np.zeros((size, size), np.float32)
        for who, times in self._together.items():
            shared[np.ix_(who, who)] += times
        own = np.array([*self._own.values()], np.float32)
        first, second = np.nonzero(np.triu(FINGERPRINT * shared >= FEWEST_TOKENS, 1))
        share = shared[first, second] / np.minimum(own[first], own[second])
        best = np.argsort(-share, kind="stable")[:MOST_CANDIDATES]
        for a, b in zip(first[best], second[best], strict=True):
            yield self._learners[a], self._learners[b]

    def _pair(self, first: str, second: str) -> Pair | None:
        works = mine, others = self._works[first], self._works[second]
        alike = {}
        for cell in mine.keys() & others.keys():
            both = np.intersect1d(mine[cell].own, others[cell].own, assume_unique=True)
            alike[cell] = both[among(both, self._rare)]
        covered = {c: [work[c].covered(found) for work in works] for c, found in alike.items()}
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
            (cell, mine[cell].side(alike[cell]), others[cell].side(alike[cell]))
            for cell in mine
            if len(alike.get(cell, ()))
        ]
        return Pair(first, second, tokens, tokens / own, cells)
