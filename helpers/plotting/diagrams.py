"""Diagrams of models, blocks and attention, with the shapes of what flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from helpers.plotting.common import PALETTE, describe, new_axes, one_of

Point = tuple[float, float]

INK = "black"
GHOST = "#6e6e6e"
_FILL = {
    "attention": sns.light_palette(PALETTE[0], 10).as_hex()[3],
    "feed_forward": sns.light_palette(PALETTE[1], 10).as_hex()[4],
    "norm": sns.light_palette(PALETTE[8], 10).as_hex()[3],
    "embedding": sns.light_palette(PALETTE[2], 10).as_hex()[4],
    "output": sns.light_palette(PALETTE[4], 10).as_hex()[4],
    "plain": "white",
}


class _Box:
    """A drawn box, and the points where arrows meet it."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.x, self.y = x, y
        self.top: Point = (x, y + height / 2)
        self.bottom: Point = (x, y - height / 2)
        self.left: Point = (x - width / 2, y)
        self.right: Point = (x + width / 2, y)


class _Diagram:
    """Boxes and arrows on axes whose unit is an inch at full size; letters shrink with the axes."""

    def __init__(self, ax: Axes | None, width: float, height: float) -> None:
        self.ax = new_axes(ax, width, height + 0.35)
        self.ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        self.ax.set_axis_off()
        extent = self.ax.get_window_extent()
        dpi = self.ax.figure.dpi
        given = min(extent.width / dpi / width, extent.height / dpi / height)
        self.scale = 1.0 if ax is None else min(1.0, given)

    def text(
        self, x: float, y: float, text: str, *, ghost: bool = False, size: float = 9, **kwargs: Any
    ) -> None:
        options: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.15} | kwargs
        self.ax.text(
            x, y, text, fontsize=size * self.scale, color=GHOST if ghost else INK, **options
        )

    def box(
        self,
        x: float,
        y: float,
        text: str,
        fill: str = "plain",
        *,
        width: float = 2.3,
        height: float = 0.42,
        ghost: bool = False,
        size: float = 9.5,
    ) -> _Box:
        self.ax.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.07",
                facecolor="white" if ghost else _FILL[fill],
                edgecolor=GHOST if ghost else INK,
                linestyle="--" if ghost else "-",
                linewidth=1.1 * self.scale,
                zorder=3,
            )
        )
        self.text(x, y, text, ghost=ghost, size=size, zorder=4)
        return _Box(x, y, width, height)

    def plus(self, x: float, y: float, *, ghost: bool = False) -> _Box:
        radius = 0.13
        colour = GHOST if ghost else INK
        self.ax.add_patch(
            Circle(
                (x, y), radius, facecolor="white", edgecolor=colour,
                linewidth=1.1 * self.scale, zorder=3,
            )
        )  # fmt: skip
        for dx, dy in ((0.07, 0.0), (0.0, 0.07)):
            self.ax.plot(
                [x - dx, x + dx], [y - dy, y + dy], color=colour, lw=1.1 * self.scale, zorder=4
            )
        return _Box(x, y, 2 * radius, 2 * radius)

    def frame(self, x: float, y: float, width: float, height: float, *, ghost: bool) -> None:
        """A tinted rectangle behind the boxes of a block, its lower left corner at (x, y)."""
        self.ax.add_patch(
            FancyBboxPatch(
                (x, y), width, height, boxstyle="round,pad=0,rounding_size=0.15",
                facecolor="white" if ghost else "#f4f4f4", edgecolor="0.6",
                linestyle="--" if ghost else "-", linewidth=self.scale, zorder=0,
            )
        )  # fmt: skip

    def arrow(self, *points: Point, ghost: bool = False, wide: bool = False) -> None:
        """An arrow along straight lines through `points`, its head at the last."""
        self.ax.add_patch(
            FancyArrowPatch(
                path=Path(points),
                arrowstyle="-|>",
                mutation_scale=9 * self.scale,
                shrinkA=0,
                shrinkB=0,
                color=GHOST if ghost else INK,
                linestyle="--" if ghost else "-",
                linewidth=(2.2 if wide else 1.1) * self.scale,
                joinstyle="miter",
                capstyle="butt",
                zorder=2,
            )
        )

    def done(self, title: str, alt: str) -> Axes:
        self.ax.set_title(title, fontsize=12 * self.scale)
        return describe(self.ax, f"{title}. {alt}")


def _sublayers(
    diagram: _Diagram,
    route: list[Point],
    layers: Sequence[tuple[str, str, bool]],
    side: int,
    ghost: bool,
) -> tuple[Point, list[_Box]]:
    """Sublayers above the end of `route`, each with Add & Norm and a residual line.

    Args:
        route: where the line into the first sublayer has come along.
        side: where the residual lines run, -1 for left, 1 for right.
        layers: text, fill and whether the sublayer is left out; of a left-out one the residual line
            remains, as the way past it.

    Returns:
        The top of the last one, and the sublayers' boxes.
    """
    boxes = []
    for text, fill, left_out in layers:
        x, y = route[-1]
        faint = ghost or left_out
        box = diagram.box(x, y + 0.62, text, fill, ghost=faint)
        norm = diagram.box(x, y + 1.2, "Add & Norm", "norm", ghost=faint, height=0.34)
        boxes.append(box)
        split: Point = (x, y + 0.16)
        around: list[Point] = [split, (x + side * 1.42, split[1])]
        diagram.arrow(box.top, norm.bottom, ghost=faint)
        if left_out and not ghost:
            above = norm.top[1] + 0.2
            diagram.arrow(split, box.bottom, ghost=True)
            route = [*route, *around, (around[1][0], above), (x, above)]
            continue
        diagram.arrow(*route, box.bottom, ghost=faint)
        into = norm.right if side > 0 else norm.left
        diagram.arrow(*around, (around[1][0], norm.y), into, ghost=faint)
        route = [norm.top]
    return route[-1], boxes


def plot_reading(
    words: Sequence[str], source: int, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Two ways from an earlier word to the last one: a recurrent network's, and attention's.

    Args:
        words: 2 to 8 of them.
        source: the word whose way is drawn bold, counted from 0, not the last.

    Raises:
        ValueError: fewer words or more, or no such `source`.
    """
    n = len(words)
    if not 2 <= n <= 8:
        raise ValueError(f"words has {n}: it must have 2 to 8")
    if not 0 <= source < n - 1:
        raise ValueError(f"source is {source}: it must be 0 to {n - 2}")
    diagram = _Diagram(ax, 1.15 * n, 4.05)
    xs = [1.15 * i + 0.575 for i in range(n)]
    low, high = 0.8, 3.15
    for base, above, name in (
        (high, 0.6, "recurrent network: each word waits for the notes of the one before"),
        (low, 1.2, "attention: the last word looks at each word directly"),
    ):
        diagram.text(0.1, base + above, name, ha="left", size=9.5)
        for x, word in zip(xs, words, strict=True):
            diagram.text(x, base - 0.6, word, size=9.5)
    for i, x in enumerate(xs):
        box = diagram.box(x, high, f"h{i + 1}", "attention", width=0.62)
        diagram.arrow((x, high - 0.46), box.bottom)
        if i:
            diagram.arrow((xs[i - 1] + 0.31, high), box.left, wide=i > source)
    for i, x in enumerate(xs):
        box = diagram.box(x, low, f"x{i + 1}", "embedding", width=0.62)
        diagram.arrow((x, low - 0.46), box.bottom)
        if i < n - 1:
            above = low + 0.42 + 0.44 * (n - 1 - i) / (n - 1)
            end = xs[-1] + 0.22 - 0.44 * (n - 1 - i) / n
            diagram.arrow(box.top, (x, above), (end, above), (end, box.top[1]), wide=i == source)
    steps = n - 1 - source
    return diagram.done(
        title or f'The way from "{words[source]}" to "{words[-1]}", drawn bold',
        f"Two rows of {n} words. Above, a recurrent network: a chain of vectors h1 to h{n}, each "
        f'made from the one before and its word, so that "{words[source]}" reaches '
        f'"{words[-1]}" in {steps} steps. Below, attention: an arrow from each word straight to '
        "the last one.",
    )


_ARCHITECTURES = {
    "encoder-decoder": (
        "Encoder-decoder: the decoder also looks at the encoder's output",
        "Left, the encoder: embeddings plus positions, then N times multi-head self-attention and "
        "feed-forward, each followed by add and norm, with a residual line around it. Right, the "
        "decoder: the same with masked self-attention, and between the two sublayers "
        "cross-attention, which an arrow from the top of the encoder leads into; then a linear "
        "layer and softmax give the next token's probabilities.",
    ),
    "encoder-only": (
        "Encoder-only: every token sees every other, and nothing is generated",
        "The encoder is drawn: embeddings plus positions, then N times multi-head self-attention "
        "and feed-forward, each with add and norm and a residual line; out comes one vector a "
        "token. The whole decoder is dashed and grey: left out.",
    ),
    "decoder-only-2017": (
        "Decoder-only: no encoder, so no cross-attention either",
        "The decoder is drawn: embeddings plus positions, then N times masked multi-head "
        "self-attention and feed-forward, each with add and norm and a residual line, then a "
        "linear layer and softmax. Dashed and grey, so left out: the whole encoder, and the "
        "decoder's cross-attention with its add and norm, which the main line passes by.",
    ),
    "decoder-only": (
        "A decoder-only model of today: only additions on the residual line",
        "Upwards: tokens, embedding, then N times a block, a final RMSNorm called norm, the linear "
        "layer called output, logits, and softmax for the next token's probabilities. A thick line "
        "goes straight up through all blocks and two plus signs in each. Beside it, attention_norm "
        "(RMSNorm) and attention (causal, RoPE on queries and keys) branch off and come back at "
        "the first plus; feed_forward_norm (RMSNorm) and feed_forward (SwiGLU) at the second. No "
        "position is added at the embedding.",
    ),
}


def plot_architecture(kind: str, ax: Axes | None = None, title: str | None = None) -> Axes:
    """A whole model.

    Args:
        kind: "decoder-only" is `reference.block.DecoderLM`, Llama's architecture
            (Touvron et al. 2023, section 2.2), with the names of its parts. The others are the
            Transformer of Vaswani et al. (2017, figure 1), with what they leave out dashed grey:
            "encoder-decoder" nothing, "encoder-only" the decoder, "decoder-only-2017" the encoder.

    Raises:
        ValueError: another `kind`.
    """
    default, alt = _ARCHITECTURES[one_of(kind, list(_ARCHITECTURES))]
    if kind == "decoder-only":
        return _decoder_lm(ax).done(title or default, alt)
    no_encoder, no_decoder = kind == "decoder-only-2017", kind == "encoder-only"
    diagram = _Diagram(ax, 7.9, 8.55)
    left, right = 1.95, 5.95
    encoded = _encoder(diagram, left, no_encoder)
    decoded, cross = _decoder(diagram, right, no_encoder, no_decoder)
    if no_decoder:
        out = diagram.box(left, 5.7, "One vector a token", "output")
        diagram.arrow(encoded, out.bottom)
    else:
        gutter = (left + right) / 2
        diagram.arrow(
            encoded, (left, 5.25), (gutter, 5.25), (gutter, cross.y), cross.left, ghost=no_encoder
        )
    linear = diagram.box(right, 7.0, "Linear", "output", ghost=no_decoder, height=0.36)
    softmax = diagram.box(right, 7.6, "Softmax", "output", ghost=no_decoder, height=0.36)
    diagram.arrow(decoded, linear.bottom, ghost=no_decoder)
    diagram.arrow(linear.top, softmax.bottom, ghost=no_decoder)
    diagram.arrow(softmax.top, (right, 8.12), ghost=no_decoder)
    diagram.text(right, 8.3, "next token's probabilities", ghost=no_decoder, size=9.5)
    return diagram.done(title or default, alt)


def _inputs(diagram: _Diagram, x: float, side: int, text: str, ghost: bool) -> list[Point]:
    """Tokens, embedding and positions at the foot of a stack: the way on from there.

    side: -1 where the positions are to the left of it, 1 to the right.
    """
    diagram.text(x, 0.25, text, ghost=ghost, size=9.5)
    embedding = diagram.box(x, 0.85, "Embedding", "embedding", ghost=ghost)
    plus = diagram.plus(x, 1.42, ghost=ghost)
    positions = diagram.box(
        x + side * 1.2, 1.42, "Positions", "embedding", width=1.05, height=0.34, ghost=ghost
    )
    diagram.arrow((x, 0.4), embedding.bottom, ghost=ghost)
    diagram.arrow(embedding.top, plus.bottom, ghost=ghost)
    ends = (positions.right, plus.left) if side < 0 else (positions.left, plus.right)
    diagram.arrow(*ends, ghost=ghost)
    return [plus.top, (x, 1.8)]


def _encoder(diagram: _Diagram, x: float, ghost: bool) -> Point:
    """The stack on the left: where its output leaves it."""
    route = _inputs(diagram, x, -1, "input tokens", ghost)
    diagram.frame(x - 1.6, 1.8, 3.2, 3.15, ghost=ghost)
    diagram.text(x - 1.35, 4.75, "N ×", ghost=ghost, size=11)
    diagram.text(x + 1.5, 4.75, "encoder", ghost=ghost, size=9, ha="right")
    parts = [
        ("Multi-head self-attention", "attention", False),
        ("Feed-forward", "feed_forward", False),
    ]
    return _sublayers(diagram, route, parts, -1, ghost)[0]


def _decoder(diagram: _Diagram, x: float, no_encoder: bool, ghost: bool) -> tuple[Point, _Box]:
    """The stack on the right: where its output leaves it, and its cross-attention."""
    route = _inputs(diagram, x, 1, "output tokens so far", ghost)
    diagram.frame(x - 1.6, 1.8, 3.2, 4.78, ghost=ghost)
    diagram.text(x + 1.35, 6.38, "N ×", ghost=ghost, size=11)
    diagram.text(x - 1.5, 6.38, "decoder", ghost=ghost, size=9, ha="left")
    parts = [
        ("Masked self-attention", "attention", False),
        ("Cross-attention", "attention", no_encoder),
        ("Feed-forward", "feed_forward", False),
    ]
    decoded, boxes = _sublayers(diagram, route, parts, 1, ghost)
    return decoded, boxes[1]


def _decoder_lm(ax: Axes | None) -> _Diagram:
    """The boxes of "decoder-only", and beside each the name that `DecoderLM` gives it."""
    diagram = _Diagram(ax, 6.75, 8.6)
    main, branch, names = 1.35, 3.6, 5.0

    def step(x: float, y: float, text: str, fill: str, name: str = "", tall: float = 0.36) -> _Box:
        if name:
            diagram.text(names if x == branch else x + 1.1, y, name, ha="left", family="monospace")
        return diagram.box(x, y, text, fill, width=2.5 if x == branch else 1.9, height=tall)

    diagram.text(main, 0.15, "tokens  (…, n)")
    embedding = step(main, 0.7, "Embedding", "embedding", "embedding")
    diagram.arrow((main, 0.3), embedding.bottom)
    diagram.text(main + 0.12, 1.07, "x  (…, n, d_model)", ha="left")
    diagram.frame(main - 0.95, 1.3, 6.2, 4.62, ghost=False)
    diagram.text(main - 0.6, 5.7, "N ×", size=11)
    below = embedding.top
    for norm_name, text, name, fill in (
        ("attention_norm", "Causal self-attention\nRoPE on Q and K", "attention", "attention"),
        ("feed_forward_norm", "SwiGLU", "feed_forward", "feed_forward"),
    ):
        y = max(below[1], 1.3)
        norm = step(branch, y + 0.62, "RMSNorm", "norm", norm_name)
        box = step(branch, y + 1.32, text, fill, name, tall=0.52)
        plus = diagram.plus(main, y + 1.95)
        diagram.arrow((main, y + 0.25), (branch, y + 0.25), norm.bottom)
        diagram.arrow(norm.top, box.bottom)
        diagram.arrow(box.top, (branch, plus.y), plus.right)
        diagram.arrow(below, plus.bottom, wide=True)
        below = plus.top
    for y, text, fill, name in (
        (6.25, "RMSNorm", "norm", "norm"),
        (6.9, "Linear", "output", "output"),
        (7.75, "Softmax", "output", ""),
    ):
        box = step(main, y, text, fill, name)
        diagram.arrow(below, box.bottom, wide=text == "RMSNorm")
        below = box.top
    diagram.text(main + 0.12, 7.32, "logits  (…, n, vocab_size)", ha="left")
    diagram.arrow(below, (main, 8.25))
    diagram.text(main, 8.42, "next token's probabilities", ha="center")
    return diagram


_BLOCKS = {
    "post-norm": (
        "Post-norm: every norm sits on the residual line",
        "Upwards: x, attention, plus, norm, feed-forward, plus, norm. A residual line goes from "
        "before attention and from before feed-forward to the plus after it, so what x carries "
        "passes through both norms.",
    ),
    "pre-norm": (
        "Pre-norm: the residual line runs straight through",
        "A thick line goes straight up from x to the output through two plus signs. Beside it, "
        "norm and attention branch off and come back at the first plus; norm and feed-forward at "
        "the second. No norm sits on the line itself.",
    ),
}


def plot_block(kind: str, ax: Axes | None = None, title: str | None = None) -> Axes:
    """One Transformer block; the residual line is drawn thick.

    Args:
        kind: "post-norm" (Vaswani et al. 2017) or "pre-norm" (Xiong et al. 2020).

    Raises:
        ValueError: another `kind`.
    """
    default, alt = _BLOCKS[one_of(kind, list(_BLOCKS))]
    diagram = _Diagram(ax, 4.1, 5.55)
    main, branch = 0.8, 2.75
    sublayers = [("Multi-head attention", "attention"), ("Feed-forward", "feed_forward")]
    diagram.text(main - 0.2, 0.15, "x  (…, n, d_model)", ha="left")
    below: Point = (main, 0.3)
    for text, fill in sublayers:
        y = below[1]
        if kind == "pre-norm":
            norm = diagram.box(branch, y + 0.6, "Norm", "norm", height=0.36)
            box = diagram.box(branch, y + 1.3, text, fill)
            plus = diagram.plus(main, y + 2.1)
            diagram.arrow((main, y + 0.2), (branch, y + 0.2), norm.bottom)
            diagram.arrow(norm.top, box.bottom)
            diagram.arrow(box.top, (branch, plus.y), plus.right)
            diagram.arrow(below, plus.bottom, wide=True)
            below = plus.top
        else:
            box = diagram.box(branch, y + 0.75, text, fill)
            plus = diagram.plus(main, y + 1.4)
            norm = diagram.box(main, y + 2.05, "Norm", "norm", width=1.2, height=0.36)
            diagram.arrow((main, y + 0.2), (branch, y + 0.2), box.bottom)
            diagram.arrow(box.top, (branch, plus.y), plus.right)
            diagram.arrow(below, plus.bottom, wide=True)
            diagram.arrow(plus.top, (main, norm.bottom[1]), wide=True)
            below = (main, norm.top[1])
    diagram.arrow(below, (main, 5.25), wide=True)
    diagram.text(main - 0.2, 5.4, "output  (…, n, d_model)", ha="left")
    return diagram.done(title or default, alt)


def plot_attention_flow(ax: Axes | None = None, title: str | None = None) -> Axes:
    """Scaled dot-product attention step by step, with the shape of all that flows.

    Source: Vaswani et al. (2017), section 3.2.1 and figure 2 (left).
    """
    diagram = _Diagram(ax, 6.4, 6.6)
    q, k, v = 1.15, 3.15, 5.15
    middle = (q + k) / 2
    sources = [
        diagram.box(x, 1.35, name, "embedding", width=1.5)
        for x, name in ((q, "Q = x W_q"), (k, "K = x W_k"), (v, "V = x W_v"))
    ]
    diagram.text(k, 0.15, "x  (n, d_model)", size=9.5)
    diagram.arrow((k, 0.3), sources[1].bottom)
    for source in (sources[0], sources[2]):
        diagram.arrow((k, 0.7), (source.x, 0.7), source.bottom)
    scores = diagram.box(middle, 2.45, "Q Kᵀ", "attention", width=3.5)
    scale = diagram.box(middle, 3.3, "÷ √d_k", "attention", width=3.5)
    softmax = diagram.box(middle, 4.15, "softmax over the keys", "attention", width=3.5)
    mix = diagram.box((middle + v) / 2, 5.35, "weights · V", "attention", width=4.6)
    for source, shape in zip(sources[:2], ("(n, d_k)", "(n, d_k)"), strict=True):
        diagram.arrow(source.top, (source.x, scores.bottom[1]))
        diagram.text(source.x + 0.1, 1.9, shape, ha="left")
    diagram.arrow(sources[2].top, (v, mix.bottom[1]))
    diagram.text(v + 0.1, 1.9, "(n, d_v)", ha="left")
    diagram.arrow(scores.top, scale.bottom)
    diagram.text(middle + 0.1, (scores.y + scale.y) / 2, "scores  (n, n)", ha="left")
    diagram.arrow(scale.top, softmax.bottom)
    diagram.text(
        middle + 0.1, (scale.y + softmax.y) / 2, "size near 1 for random vectors", ha="left"
    )
    diagram.arrow(softmax.top, (middle, mix.bottom[1]))
    diagram.text(middle + 0.1, 4.75, "weights  (n, n), rows add up to 1", ha="left")
    diagram.arrow(mix.top, (mix.x, 6.15))
    diagram.text(mix.x, 6.3, "output  (n, d_v)", size=9.5)
    return diagram.done(
        title or "Scores pick, softmax shares out, V is mixed",
        "Upwards: x of shape (n, d_model) gives Q and K of shape (n, d_k) and V of shape (n, d_v). "
        "Q times K transposed gives scores of shape (n, n); they are divided by the square root "
        "of d_k; softmax over the keys makes weights of shape (n, n) whose rows add up to 1; the "
        "weights times V give the output of shape (n, d_v).",
    )


def plot_multi_head_flow(ax: Axes | None = None, title: str | None = None) -> Axes:
    """Multi-head attention step by step, with the shape of all that flows.

    Source: Vaswani et al. (2017), section 3.2.2 and figure 2 (right).
    """
    diagram = _Diagram(ax, 6.6, 6.55)
    xs = (1.2, 3.3, 5.4)
    diagram.text(xs[1], 0.15, "x  (n, d_model)", size=9.5)
    attention_y = 3.45
    wide = 5.5
    for step in (2, 1):
        diagram.box(
            xs[1] + 0.12 * step, attention_y + 0.12 * step, "", "attention", width=wide, height=0.66
        )
    attention = diagram.box(
        xs[1], attention_y, "scaled dot-product attention, in every head at once",
        "attention", width=wide, height=0.66,
    )  # fmt: skip
    for x, name in zip(xs, ("W_q", "W_k", "W_v"), strict=True):
        linear = diagram.box(x, 1.25, f"Linear {name}", "embedding", width=1.5)
        split = diagram.box(x, 2.2, "split_heads", "plain", width=1.5)
        if x == xs[1]:
            diagram.arrow((x, 0.3), linear.bottom)
        else:
            diagram.arrow((xs[1], 0.65), (x, 0.65), linear.bottom)
        diagram.arrow(linear.top, split.bottom)
        diagram.text(x + 0.08, 1.73, "(n, d_model)", ha="left", size=8)
        diagram.arrow(split.top, (x, attention.bottom[1]))
        diagram.text(x + 0.08, 2.78, "(n_heads, n, d_head)", ha="left", size=8)
    merge = diagram.box(xs[1], 4.65, "merge_heads", "plain")
    output = diagram.box(xs[1], 5.5, "Linear W_o", "output")
    diagram.arrow((xs[1], attention.top[1] + 0.24), merge.bottom)
    diagram.text(xs[1] + 0.1, 4.22, "(n_heads, n, d_head)", ha="left", size=8)
    diagram.arrow(merge.top, output.bottom)
    diagram.text(xs[1] + 0.1, 5.07, "(n, d_model): the heads side by side", ha="left", size=8)
    diagram.arrow(output.top, (xs[1], 6.15))
    diagram.text(xs[1], 6.3, "output  (n, d_model)", size=9.5)
    return diagram.done(
        title or "Every head gets its own d_head features of Q, K and V",
        "Upwards: x of shape (n, d_model) goes through three linear layers W_q, W_k and W_v; "
        "split_heads makes (n_heads, n, d_head) of each; scaled dot-product attention runs in "
        "every head at once; merge_heads sets the heads side by side again, (n, d_model), and the "
        "linear layer W_o mixes them into the output, (n, d_model).",
    )
