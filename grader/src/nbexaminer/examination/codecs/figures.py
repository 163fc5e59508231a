"""Matplotlib: its pictures are shown as in a notebook, and its objects stay where they are."""

import io
import os
import sys
from typing import Any

from nbexaminer.examination.codecs.plain import Codec, Late, Setting

plt: Any = Late("matplotlib.pyplot")


class Figures(Codec):
    """Figures and axes cross as stand-ins: a test asks them for what they have."""

    library = "matplotlib.pyplot"

    def settings(self) -> list[Setting]:
        return [(plt.rcParams.copy, lambda all_: dict.update(plt.rcParams, all_))]


def show_in(shell: Any) -> None:
    """Have figures shown among a cell's outputs, also if the cell is what imports Matplotlib."""
    if not sys.modules.get(Figures.library):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        return
    shell.enable_matplotlib("inline")
    # The first picture loads fonts and picture formats: here, once for all children.
    figure, axes = plt.subplots()
    axes.imshow([[0, 1]])
    axes.set_title("$x$ y")
    figure.savefig(io.BytesIO())
    plt.close(figure)


def close_all() -> None:
    """Forget all figures that have been drawn."""
    if sys.modules.get(Figures.library):
        plt.close("all")
