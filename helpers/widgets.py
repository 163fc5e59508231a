"""Pictures that move: small ipywidgets over `helpers.plotting`, for readers with a kernel.

Each ``…_explorer`` or ``…_browser`` is made of a ``…_picture`` function, which takes what the
controls hold and gives the picture as an ``Axes``. Store such a picture in the cell below the
widget, for readers on a printed page or without a kernel:

    softmax_explorer()
    show(softmax_picture(d_k=256, scaled=False))

Nothing here uses the network.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from ipywidgets import (
    HTML,
    Checkbox,
    Dropdown,
    FloatLogSlider,
    HBox,
    IntSlider,
    Layout,
    SelectionSlider,
    Text,
    ValueWidget,
    VBox,
)
from matplotlib.axes import Axes
from torch import Tensor

from helpers.plotting import plot_attention, plot_rotation, plot_weights, to_html

SENTENCE = "The keys to the cabinet are on the table."
MAX_TOKENS = 32
_N_KEYS = 8
_D_KS = [1, 4, 16, 64, 256, 1024]


class Encoder(Protocol):
    """A model whose attention can be looked at, such as `reference.models.MiniLM`."""

    config: Any

    def tokenize(self, text: str) -> tuple[list[str], Tensor]: ...

    def __call__(self, ids: Tensor) -> Any: ...


class Explorer(VBox):
    """Controls above a picture that is drawn again whenever one of them changes.

    A ``ValueError`` that the picture function raises is shown in the picture's place.

    Attributes:
        controls: the controls by the name of the argument that they set.
        picture: the ``HTML`` widget that holds the ``<img>`` with its alternative text.
    """

    def __init__(self, draw: Callable[..., Axes], controls: Mapping[str, ValueWidget]) -> None:
        self.controls = dict(controls)
        self.picture = HTML()
        self._draw_picture = draw
        self._paused = False
        row = HBox(list(self.controls.values()), layout=Layout(flex_flow="row wrap"))
        super().__init__([row, self.picture])
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        self._redraw()

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Set several controls by name and draw once."""
        self._paused = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._paused = False
        self._redraw()

    def _redraw(self, change: object = None) -> None:
        if self._paused:
            return
        values = {name: control.value for name, control in self.controls.items()}
        try:
            self.picture.value = to_html(self._draw_picture(**values))
        except ValueError as error:
            self.picture.value = f'<p role="alert">{html.escape(str(error))}</p>'


def softmax_picture(
    temperature: float = 1.0, d_k: int = 64, scaled: bool = True, ax: Axes | None = None
) -> Axes:
    """Softmax of one random query's scores on eight random keys, the same ones at every call.

    Args:
        temperature: the scores are divided by it, more than 0.
        d_k: features of query and keys, 1 to 1024, each drawn from a standard normal distribution.
        scaled: divide the scores by the square root of `d_k`, as attention does.

    Raises:
        ValueError: `temperature` or `d_k` is out of range.
    """
    if temperature <= 0:
        raise ValueError(f"temperature is {temperature:g}: it must be more than 0")
    if not 1 <= d_k <= _D_KS[-1]:
        raise ValueError(f"d_k is {d_k}: it must be 1 to {_D_KS[-1]}")
    vectors = torch.randn(1 + _N_KEYS, _D_KS[-1], generator=torch.Generator().manual_seed(0))
    q, K = vectors[0, :d_k], vectors[1:, :d_k]
    scores = K @ q / (math.sqrt(d_k) if scaled else 1)
    weights = torch.softmax(scores / temperature, dim=-1)
    entropy = torch.special.entr(weights).sum().item()
    how = "divided by √d_k" if scaled else "not divided"
    return plot_weights(
        weights,
        [f"key {i}" for i in range(_N_KEYS)],
        ax=ax,
        title=f"d_k = {d_k}, {how}, temperature {temperature:.2g}: entropy "
        f"{entropy:.2f} of at most {math.log(_N_KEYS):.2f} nats",
        y_label="attention weight",
        x_label="key",
    )


def softmax_explorer() -> Explorer:
    """Temperature and d_k against the softmax. Static picture: `softmax_picture`."""
    return Explorer(
        softmax_picture,
        {
            "temperature": FloatLogSlider(
                value=1.0,
                min=-1,
                max=1,
                step=0.1,
                description="temperature",
                style={"description_width": "initial"},
            ),
            "d_k": SelectionSlider(value=64, options=_D_KS, description="d_k"),
            "scaled": Checkbox(value=True, description="divide by √d_k"),
        },
    )


def attention_picture(
    model: Encoder, text: str = SENTENCE, layer: int = 0, head: int = 0, ax: Axes | None = None
) -> Axes:
    """Attention weights of one head of `model` on `text`.

    Raises:
        ValueError: there is no such layer or head, or `text` is longer than `MAX_TOKENS` tokens.
    """
    for name, value, n in (
        ("layer", layer, model.config.n_layers),
        ("head", head, model.config.n_heads),
    ):
        if not 0 <= value < n:
            raise ValueError(f"{name} is {value}: it must be 0 to {n - 1}")
    tokens, ids = model.tokenize(text)
    if len(tokens) > MAX_TOKENS:
        raise ValueError(
            f"text has {len(tokens)} tokens: at most {MAX_TOKENS} can be read in one picture"
        )
    with torch.no_grad():
        weights = model(ids).attentions[layer][head]
    return plot_attention(
        weights, tokens, ax=ax, title=f"Layer {layer}, head {head}: where each token looks"
    )


def attention_browser(model: Encoder) -> Explorer:
    """Type a sentence, pick a layer and a head. Static picture: `attention_picture`."""
    return Explorer(
        lambda **values: attention_picture(model, **values),
        {
            "text": Text(
                value=SENTENCE,
                description="text",
                continuous_update=False,
                layout=Layout(width="95%"),
            ),
            "layer": IntSlider(min=0, max=model.config.n_layers - 1, description="layer"),
            "head": IntSlider(min=0, max=model.config.n_heads - 1, description="head"),
        },
    )


def rope_picture(
    query_position: int = 3,
    key_position: int = 1,
    pair: int = 0,
    base: float = 10000.0,
    ax: Axes | None = None,
) -> Axes:
    """One pair of features of a query and a key (length 0.8) as RoPE turns them.

    Args:
        query_position, key_position: where the two tokens stand.
        pair: which of the four pairs of a head with d_head 8, 0 to 3; the first turns fastest.
        base: RoPE's base.

    Raises:
        ValueError: there is no such pair.
    """
    d_head = 8
    if not 0 <= pair < d_head // 2:
        raise ValueError(f"pair is {pair}: it must be 0 to {d_head // 2 - 1}")
    x = torch.tensor([[1.0, 0.0], [0.64, 0.48]])
    angles = torch.tensor([query_position, key_position]) * base ** (-2 * pair / d_head)
    vectors = torch.view_as_real(torch.polar(torch.ones(2), angles) * torch.view_as_complex(x))
    product = (vectors[0] @ vectors[1]).item()
    distance = query_position - key_position
    return plot_rotation(
        vectors,
        ax=ax,
        title=f"Pair {pair}: q·k = {product + 0.0:.3f} at a distance of {distance}\n"
        "(the same wherever the two stand)",
        labels=[f"q at {query_position}", f"k at {key_position}"],
    )


def rope_explorer() -> Explorer:
    """RoPE's angles, and that only the distance matters. Static picture: `rope_picture`."""
    return Explorer(
        rope_picture,
        {
            "query_position": IntSlider(value=3, min=0, max=32, description="query at"),
            "key_position": IntSlider(value=1, min=0, max=32, description="key at"),
            "pair": IntSlider(value=0, min=0, max=3, description="pair"),
            "base": Dropdown(value=10000.0, options=[100.0, 10000.0, 500000.0], description="base"),
        },
    )
