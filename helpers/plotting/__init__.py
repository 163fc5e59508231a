"""The course's pictures, drawn by matplotlib and seaborn.

Every ``plot_…`` function draws on one matplotlib ``Axes`` and returns it: on `ax` where one is
given, on new axes of a fitting size otherwise. Pictures with many panels (`plot_heads`, `plot_bias`
of several heads) are still one ``Axes``, whose panels are its ``child_axes``.

Every picture has a title that says what to see (`title` replaces it), a description for readers
who can't see it, made from the data, and colours that colour-blind readers can tell apart: light
to dark for amounts, and a number, marker, hatch or label beside each colour.

End a cell with `show`, which stores the picture with its alternative text:

    show(plot_attention(weights, tokens))

Arrays may be NumPy arrays, torch tensors (any dtype, with or without gradients) or nested lists.
"""

from helpers.plotting.attention import (
    plot_attention,
    plot_heads,
    plot_influence,
    plot_mask,
    plot_weights,
)
from helpers.plotting.charts import (
    plot_bias,
    plot_encoding,
    plot_lines,
    plot_model_parameters,
    plot_parameters,
    plot_rotation,
)
from helpers.plotting.common import (
    DASHES,
    DIVERGING,
    HATCHES,
    MARKERS,
    PALETTE,
    SEQUENTIAL,
    describe,
    description,
    show,
    to_html,
)
from helpers.plotting.counting import plot_cache, plot_gate, plot_shared_heads
from helpers.plotting.diagrams import (
    GHOST,
    INK,
    Point,
    plot_architecture,
    plot_attention_flow,
    plot_block,
    plot_multi_head_flow,
    plot_reading,
)
from helpers.plotting.heads import plot_effects, plot_head_values, plot_split
from helpers.plotting.learning import plot_head_scores, plot_lens, plot_trade, plot_words
from helpers.plotting.optimizing import plot_paths
from helpers.plotting.tensors import plot_tensors
from helpers.plotting.tokens import plot_lengths, plot_tokens
from helpers.plotting.training import TrainingDisplay, plot_loss, plot_rates, plot_scaling
from helpers.plotting.transformer import (
    plot_pairs,
    plot_slope,
    plot_token_losses,
    plot_training_step,
)
from helpers.plotting.vectors import plot_mixture, plot_query
from helpers.plotting.writing import plot_computed, plot_next_token, plot_nucleus

__all__ = [
    "DASHES",
    "DIVERGING",
    "GHOST",
    "HATCHES",
    "INK",
    "MARKERS",
    "PALETTE",
    "SEQUENTIAL",
    "Point",
    "TrainingDisplay",
    "describe",
    "description",
    "plot_architecture",
    "plot_attention",
    "plot_attention_flow",
    "plot_bias",
    "plot_block",
    "plot_cache",
    "plot_computed",
    "plot_effects",
    "plot_encoding",
    "plot_gate",
    "plot_head_scores",
    "plot_head_values",
    "plot_heads",
    "plot_influence",
    "plot_lengths",
    "plot_lens",
    "plot_lines",
    "plot_loss",
    "plot_mask",
    "plot_mixture",
    "plot_model_parameters",
    "plot_multi_head_flow",
    "plot_next_token",
    "plot_nucleus",
    "plot_pairs",
    "plot_parameters",
    "plot_paths",
    "plot_query",
    "plot_rates",
    "plot_reading",
    "plot_rotation",
    "plot_scaling",
    "plot_shared_heads",
    "plot_slope",
    "plot_split",
    "plot_tensors",
    "plot_token_losses",
    "plot_tokens",
    "plot_trade",
    "plot_training_step",
    "plot_weights",
    "plot_words",
    "show",
    "to_html",
]
