"""Names that learners give: whose a submission is, and how any name can be printed."""

import os
import re
from collections.abc import Sequence

from nbexaminer.errors import Malformed

MAX_LEARNER = 100
"""Characters."""
_LEARNER = re.compile(rf"(?![.+-])[\w.@+-]{{1,{MAX_LEARNER}}}")


def is_learner(name: str) -> bool:
    """Whether a learner can have that name; letters and digits are those of any script.

    Names go into paths, patterns, command lines, pages and the gradebook. What a class list shows
    for a learner, the first and last name, may be anything.
    """
    return _LEARNER.fullmatch(name) is not None


def check_learner(name: str) -> None:
    """Raises Malformed unless a learner can have that name."""
    if not is_learner(name):
        raise Malformed(
            f"no learner can be called '{printable(name)}': a name has 1 to {MAX_LEARNER} letters, "
            "digits or _ . @ + -, and doesn't begin with . + or -; choose another, or leave it out"
        )


def printable(name: str) -> str:
    """The name of a file or folder as it can be printed: what can't be is escaped, and no blanks
    make a line of their own of its end."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    text = re.sub(r" {3,}", lambda blanks: f" ({len(blanks[0])} blanks) ", text)
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def listed(names: Sequence[str], most: int) -> str:
    """The first `most` names for a message, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
