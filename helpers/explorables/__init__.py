"""Pictures that answer to the hand, without a kernel: in JupyterLab, VS Code, Colab and the book.

One module of JavaScript each, beside it the function that gives it what the lesson has computed.
End a cell with it:

    explore_query("Which one can you make win?", q, K, V, tokens, …)

`docs/lessons.md` says how one is added. After a change of a script, `python -m
helpers.explorables` brings it into what the notebooks have stored.
"""

from helpers.explorables.cached import explore_cached
from helpers.explorables.descent import explore_descent
from helpers.explorables.dims import explore_dims
from helpers.explorables.heads import explore_heads
from helpers.explorables.merges import explore_merges
from helpers.explorables.nucleus import explore_nucleus
from helpers.explorables.output import Explorable
from helpers.explorables.places import explore_places
from helpers.explorables.query import explore_query
from helpers.explorables.rotation import explore_rotation
from helpers.explorables.scores import explore_scores
from helpers.explorables.shapes import explore_shapes
from helpers.explorables.words import explore_words
from helpers.explorables.write_on import explore_write_on

__all__ = [
    "Explorable",
    "explore_cached",
    "explore_descent",
    "explore_dims",
    "explore_heads",
    "explore_merges",
    "explore_nucleus",
    "explore_places",
    "explore_query",
    "explore_rotation",
    "explore_scores",
    "explore_shapes",
    "explore_words",
    "explore_write_on",
]
