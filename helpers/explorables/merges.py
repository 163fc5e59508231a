"""A line of one's own, cut into tokens merge by merge."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.explorables.output import Explorable
from helpers.plotting import plot_tokens
from reference.tokens import Pair, decode, encode, vocabulary


def explore_merges(question: str, line: str, merges: Sequence[Pair], least: int = 1) -> Explorable:
    """A line that the reader changes, after as many of the merges as the reader likes.

    The still picture has the line that stands there at first, after a tenth and all of the
    merges.

    Args:
        question: what the reader finds out by writing lines; it ends with a question mark.
        line: what stands there at first.
        merges: as `reference.tokens.train_bpe` returns them.
        least: how many words a line needs, for one token each to count.

    Raises:
        ValueError: there is no line, no merge, or one of a piece that no earlier one makes.
    """
    if not line or not merges:
        raise ValueError(f"line is {line!r}, with {len(merges)} merges: neither may be empty")
    tokens = vocabulary(merges)
    ids = {token: i for i, token in reversed([*enumerate(tokens)])}  # where it is first made
    for i, pair in enumerate(merges):
        for part in pair:
            if ids.get(part, len(tokens)) >= 256 + i:
                raise ValueError(f"merges[{i}] is {pair}: no merge before it makes {part!r}")
    counts = (len(merges) // 10, len(merges))
    rows = {
        f"{k:,} merges": [decode([i], merges) for i in encode(line, merges[:k])] for k in counts
    }
    still = plot_tokens(rows, title="The line after so many merges", y_label="after")
    numbers = [ids[part] for pair in merges for part in pair]
    data = {"line": line, "merges": numbers, "least": least}
    return Explorable("merges", question, data, still)
