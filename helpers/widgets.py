"""Pictures that move: small ipywidgets over `helpers.plotting`, for readers with a kernel.

Each ``…_explorer`` is made of a ``…_picture`` function, which takes what the
controls hold and gives the picture as an ``Axes``. Store such a picture in the cell below the
widget, for readers on a printed page or without a kernel:

    rope_explorer()
    show(rope_picture())

Nothing here uses the network.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import torch
from ipywidgets import (
    HTML,
    Dropdown,
    HBox,
    IntSlider,
    Layout,
    ValueWidget,
    VBox,
)
from matplotlib.axes import Axes

from helpers.plotting import plot_rotation, to_html


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
