"""Comments that can be used again, from `comments.toml` in the course folder.

A grader writes `#scale` into the box below an answer; the gradebook keeps that, and the feedback
page shows the text of the name. At the top of the file stand general texts, in a table of an
exercise's name those of this exercise, which go first:

    units = "State the units, please."
    [1-attention]
    scale = "The scores have to be divided by $\\sqrt{d}$."
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from nbexaminer.errors import Refusal
from nbexaminer.notebook.cell import NOTE, Cell

FILE = "comments.toml"
_NAME = re.compile(r"(?<![\w#&/])#([^\W\d]\w*(?:-\w+)*)")


def read_comments(path: Path, exercise: str) -> dict[str, str]:
    """The texts for an exercise by their names; none where there is no file.

    Raises Refusal.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise Refusal(f"{path.name}: {error}") from None
    own = content.pop(exercise, {})
    if not isinstance(own, dict):
        raise Refusal(f"{path.name}: {exercise} is an exercise: write [{exercise}] above it")
    general = {name: text for name, text in content.items() if not isinstance(text, dict)}
    texts = general | own
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Refusal(f'{path.name}: {name} is {text!r}: write a text, {name} = "..."')
    return texts


def whole(comment: str, texts: Mapping[str, str]) -> tuple[str, list[str]]:
    """A comment with the texts instead of their names, and the names that there are not."""
    unknown: list[str] = []

    def text_of(found: re.Match[str]) -> str:
        if found[1] not in texts:
            unknown.append(found[0])
        return texts.get(found[1], found[0]).strip()

    return _NAME.sub(text_of, comment), unknown


class WholeComments(NbGraderPreprocessor):
    """Show whole texts in the feedback, and what was decided about a dropped question.

    One of `c.GenerateFeedback.preprocessors`, after GetGrades.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about, exporter = resources["nbgrader"], cast(Any, self.parent)
        path = Path(exporter.parent.coursedir.root) / FILE
        try:
            texts = read_comments(path, about["assignment"])
        except Refusal as error:
            raise NbGraderException(str(error)) from None
        unreadable = nb.metadata.get(NOTE, {}).get("malformed")
        there_are = ", ".join(f"#{name}" for name in sorted(texts)) or "none yet"
        for cell in nb.cells:
            note = cell.metadata.get("nbgrader", {})
            if not (note.get("solution") or note.get("task")):
                continue
            comment, unknown = whole(note.get("comment") or "", texts)
            for name in unknown:
                self.log.warning(
                    "%s: the comment on %s has %s, which stays as it is: %s has %s",
                    about["student"], note["grade_id"], name, FILE, there_are,
                )  # fmt: skip
            decided = "" if unreadable else Cell(cell).decided
            note["comment"] = "\n\n".join(part for part in (decided, comment) if part)
        return nb, resources
