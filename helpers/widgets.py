"""Pictures that move: small ipywidgets over `helpers.plotting`, for readers with a kernel.

Each ``…_explorer`` or ``…_browser`` is made of a ``…_picture`` function, which takes what the
controls hold and gives the picture as an ``Axes``. Store such a picture in the cell below the
widget, for readers on a printed page or without a kernel:

    attention_browser(model)
    show(attention_picture(model))

Nothing here uses the network.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from ipywidgets import (
    HTML,
    HBox,
    IntSlider,
    Layout,
    Text,
    ValueWidget,
    VBox,
)
from matplotlib.axes import Axes
from torch import Tensor

from helpers.plotting import plot_attention, to_html

SENTENCE = "The keys to the cabinet are on the table."
MAX_TOKENS = 32


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
