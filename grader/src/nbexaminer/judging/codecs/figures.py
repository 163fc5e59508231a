"""Matplotlib: its pictures are shown as in a notebook. Its objects cross as remote proxies."""

import io
import os
import sys
from typing import Any

from nbexaminer.judging.codecs.plain import Late

_PYPLOT = "matplotlib.pyplot"
_INLINE = "matplotlib_inline.backend_inline"
plt: Any = Late(_PYPLOT)


def show_in(shell: Any) -> None:
    """Have figures shown among a cell's outputs, also if the cell is what imports Matplotlib."""
    if not sys.modules.get(_PYPLOT):
        os.environ["MPLBACKEND"] = f"module://{_INLINE}"
        return
    shell.enable_matplotlib("inline")
    # The first picture loads fonts and picture formats: here, once for all children.
    figure, axes = plt.subplots()
    axes.imshow([[0, 1]])
    axes.set_title("$x$ y")
    figure.savefig(io.BytesIO())
    plt.close(figure)


def cell_over() -> None:
    """Forget what has been drawn, where a kernel would: it closes what it shows below a cell."""
    inline: Any = sys.modules.get(_INLINE)
    if inline is None or not inline.show._draw_called:  # as under `plt.ioff()`, or with "Agg"
        return
    inline.show._draw_called, inline.show._to_draw = False, []
    if inline.InlineBackend.instance().close_figures:
        plt.close("all")
