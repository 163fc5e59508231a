"""What everybody in the course may have read: alike in that, two answers say nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nbexaminer.profile import Profile
from nbexaminer.similarity.tokens import Tokens, given_names, of_code, of_prose

FINGERPRINT = 6
"""Tokens in a row that are compared at a time: about half a statement."""


def fingerprints(tokens: Tokens) -> np.ndarray:
    """The fingerprint that begins at each token, but for the last few: whole numbers.

    All are kept. A winnowed choice would differ from run to run, as Python's hashes do.
    """
    row = tokens.symbols
    starts = range(len(row) - FINGERPRINT + 1)
    return np.array([hash(row[start : start + FINGERPRINT]) for start in starts], np.int64)


def among(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which of the values are in `known`, which is sorted: np.isin would sort it each time."""
    if not len(known):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[at] == values)


@dataclass(frozen=True)
class BaseLine:
    """given: names that the course defines or imports. known: fingerprints of its texts, sorted."""

    given: frozenset[str]
    known: np.ndarray

    @classmethod
    def of(cls, code: Iterable[str], prose: Iterable[str] = ()) -> BaseLine:
        """Of the course's code and its text; the latter may have code in it, too."""
        code, prose = list(code), list(prose)
        given = frozenset(name for text in code for name in given_names(text))
        rows = [of_code(text, given) for text in (*code, *prose)] + [of_prose(t) for t in prose]
        known = [fingerprints(row) for row in rows]
        return cls(given, np.unique(np.concatenate([*known, np.array([], np.int64)])))

    def tokens(self, text: str, is_prose: bool) -> Tokens:
        """A learner's text, its names told apart as this course's are."""
        return of_prose(text) if is_prose else of_code(text, self.given)


def base_line(folders: Iterable[Path], profile: Profile) -> BaseLine:
    """Of the notebooks in these folders (solutions, what was handed out, lessons), and of the
    course's own modules. What can't be read is left out."""
    packages = profile.packages(*profile.for_tests)
    modules = [path for p in packages for path in sorted(profile.place(p).rglob("*.py"))]
    code = [path.read_text(encoding="utf-8") for path in modules]
    prose: list[str] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.ipynb")):
            for kind, text in _cells(path):
                (code if kind == "code" else prose).append(text)
    return BaseLine.of(code, prose)


def _cells(path: Path) -> list[tuple[str, str]]:
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError):
        return []
