"""Pictures of tokens: where a text is cut, and how many pieces that makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers.plotting.common import PALETTE, describe, join_words, new_axes

_FILLS = sns.light_palette(PALETTE[0], 10)[3], sns.light_palette(PALETTE[1], 10)[3]


def plot_tokens(
    rows: Mapping[str, Sequence[str]],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    y_label: str = "text",
) -> Axes:
    """Texts cut into tokens: a box around each token, the number of tokens at the end of the row.

    Args:
        rows: what a row is called to its tokens, in order; the first row is on top.
        y_label: what the rows are.

    Raises:
        ValueError: there is no row, a row holds no token, or a token is empty.
    """
    if not rows:
        raise ValueError("rows is empty: it must hold at least one text's tokens")
    for name, tokens in rows.items():
        if not tokens or not all(tokens):
            raise ValueError(
                f"rows[{name!r}] is {list(tokens)!r}: it must hold tokens, none of them empty"
            )
    longest = max(sum(map(len, tokens)) for tokens in rows.values())
    ax = new_axes(ax, 2.4 + 0.14 * longest, 1.1 + 0.42 * len(rows))
    for row, tokens in enumerate(rows.values()):
        place = 0
        for index, token in enumerate(tokens):
            ax.add_patch(
                FancyBboxPatch(
                    (place + 0.08, row - 0.34), len(token) - 0.16, 0.68,
                    boxstyle="round,pad=0,rounding_size=0.2", mutation_aspect=0.4,
                    facecolor=_FILLS[index % 2], edgecolor="0.3", linewidth=0.8,
                )
            )  # fmt: skip
            for offset, character in enumerate(token):
                ax.text(
                    place + offset + 0.5, row, _visible(character), ha="center", va="center",
                    fontsize=9, family="monospace", color="0.3" if character.isspace() else "black",
                )  # fmt: skip
            place += len(token)
        ax.text(place + 0.4, row, str(len(tokens)), va="center", fontsize=9, weight="bold")
    ax.set(xlim=(-0.3, longest + 2.6), ylim=(len(rows) - 0.5, -0.5), ylabel=y_label)
    ax.set(xlabel="characters, ␣ for a space; at the end, the number of tokens", xticks=[])
    ax.set_yticks(range(len(rows)), list(rows))
    ax.tick_params(left=False)
    ax.set_title(title or "One box for each token")
    sns.despine(ax=ax, left=True, bottom=True)
    facts = [f"{name}: {_listed(tokens)}" for name, tokens in rows.items()]
    return describe(
        ax,
        f"{ax.get_title()}. Texts cut into tokens, with | between two. {'; '.join(facts)}.",
    )


def plot_lengths(
    lengths: Mapping[str, tuple[int, float]], ax: Axes | None = None, title: str | None = None
) -> Axes:
    """How long a text gets with vocabularies of different size.

    Args:
        lengths: a tokenizer's name to its `vocab_size` and how many tokens it makes of 1,000
            characters.

    Raises:
        ValueError: there is no tokenizer, or a number is not positive.
    """
    wrong = {name: pair for name, pair in lengths.items() if min(pair) <= 0}
    if not lengths or wrong:
        raise ValueError(f"lengths is {wrong or {}}: it must hold tokenizers, all numbers above 0")
    ax = new_axes(ax, 6.5, 3.8)
    for name, (vocab_size, length) in lengths.items():
        ax.plot(vocab_size, length, "o", color=PALETTE[0], markersize=7)
        ax.annotate(
            f"{name}: {length:.0f}", (vocab_size, length), (9, 3),
            textcoords="offset points", fontsize=9,
        )  # fmt: skip
    sizes, highest = [size for size, _ in lengths.values()], max(n for _, n in lengths.values())
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set(xlim=(min(sizes) / 1.4, max(sizes) * 6), ylim=(0, 1.15 * highest))
    ax.set(xlabel="tokens in the vocabulary", ylabel="tokens for 1,000 characters")
    ax.set_title(title or "A larger vocabulary, a shorter text")
    ax.grid(alpha=0.3)
    sns.despine(ax=ax)
    facts = [f"{name}, {size:,} in the vocabulary: {n:.0f}" for name, (size, n) in lengths.items()]
    return describe(
        ax, f"{ax.get_title()}. Points: tokens for 1,000 characters by {join_words(facts)}."
    )


def _visible(text: str) -> str:
    return text.replace("\n", "↵").replace(" ", "␣")


def _listed(tokens: Sequence[str]) -> str:
    return f"{len(tokens)} tokens, {'|'.join(map(_visible, tokens))}"
