"""How an explorable stands in a notebook: a still picture, then a script that takes its place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plotting import description, show

HERE = Path(__file__).parent
MARK = "<div data-explorable="
"""How the second output of an explorable begins."""
_IMPORT = re.compile(r'^(import \{([^}]*)\} from "\./(.+)\.js";\n)', re.M)
_EXPORT = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.M)
_GIVEN = re.compile(rf'{MARK}.*</div>\n<script type="module">\nconst GIVEN = (.*);\n')

_BEGINS = re.compile(r"^(?=(?:function|const|let) )", re.M)
_COMMENT = re.compile(r"^ *//.*\n", re.M)
_GOES_ON = re.compile(r"^((?:(?!//).)*[{(\[,;])\n", re.M)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CSS_SPACE = re.compile(r"(?<=[{};:,]) +| +(?=[{}])|; *(?=\})")
_NAMED = re.compile(r"(?:function|const|let) (\w+)")


class Explorable:
    """A picture that answers to mouse, finger and keyboard, by a script and without a kernel.

    As the last line of a cell it has two outputs: the still picture, as `show` gives it, and an
    element in whose place the script draws. Where no script runs the still picture stands alone.

    Attributes:
        still: the picture of the first output.
        html: the second output. It loads nothing.
    """

    def __init__(
        self, name: str, question: str, data: Mapping[str, Any], still: Axes | Figure
    ) -> None:
        """
        Args:
            name: of the module beside this one, `name.js`, which exports `render({ data, el })`.
            question: one that only trying can answer; it stands above the picture.
            data: what the module gets, rounded to what it shows: numbers, strings, lists, dicts.
            still: what is seen where no script runs, with a `description`.

        Raises:
            ValueError: `question` asks nothing.
        """
        if not question.rstrip().endswith("?"):
            raise ValueError(f"question is {question!r}: it must end with a question mark")
        self.still = still
        self.html = page(name, question, data, description(still))

    def _ipython_display_(self) -> None:
        show(self.still, colours=32)
        display({"text/html": self.html, "text/plain": "(It moves where scripts run.)"}, raw=True)


def page(name: str, question: str, data: Mapping[str, Any], alt: str) -> str:
    """The element of an explorable, and the script that draws it in place of the picture `alt`."""
    given = _as_json({"name": name, "question": question, "alt": alt, "data": data})
    its_own = f"{name}-{sha256(given.encode()).hexdigest()[:8]}"
    css = (HERE / "common.css").read_text(encoding="utf-8")
    css = "".join(line.strip() for line in _CSS_COMMENT.sub("", css).splitlines())
    css = _as_json(_CSS_SPACE.sub("", css))
    return (
        f'{MARK}"{its_own}"></div>\n<script type="module">\n'
        f"const GIVEN = {given};\nconst CSS = {css};\n{_modules(name)}\n"
        f'start("{its_own}", GIVEN, CSS, render);\n</script>'
    )


def renewed(stored: str) -> str:
    """What `page` makes today of what it made earlier; the data stay.

    Raises:
        ValueError: `stored` is no such page.
    """
    found = _GIVEN.match(stored)
    if found is None:
        raise ValueError(f"stored is {stored[:60]!r} …: it must be the page of an explorable")
    return page(**json.loads(found[1]))


def _as_json(given: Any) -> str:
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")  # nothing in it ends the script


@cache
def _modules(name: str) -> str:
    """A module as it stands in the page, behind those that it imports, each once.

    One in a folder keeps its names to itself, but for what it exports.
    """
    texts: dict[str, str] = {}

    def read(name: str) -> None:
        if name in texts:
            return
        text = (HERE / f"{name}.js").read_text(encoding="utf-8")
        if "</script" in text:
            raise ValueError(f"{name}.js holds </script: it would end the script")
        for line, names, path in _IMPORT.findall(text):
            needed = normpath(join(dirname(name), path))
            read(needed)
            known = f"const {{{names}}} = {_inside(needed)};\n" if "/" in needed else ""
            text = text.replace(line, known)
        exports = ", ".join(_EXPORT.findall(text))
        text = re.sub(r"^export (?=async|function|class|const)", "", text, flags=re.M)
        if "/" in name:
            text = f"const {_inside(name)} = (() => {{\n{text}\nreturn {{ {exports} }};\n}})();"
        texts[name] = text

    read("common")
    read(name)
    common = _COMMENT.sub("", texts.pop("common"))
    own = "\n".join(texts.values())
    return _lines(f"{_used(common, f'{own} start')}\n{own}")


def _used(common: str, by: str) -> str:
    """What of the common functions a script names, and what they name in turn."""
    parts = {m[1]: part for part in _BEGINS.split(common) if (m := _NAMED.match(part))}
    used: set[str] = set()
    while new := {name for name in parts.keys() - used if re.search(rf"\b{name}\b", by)}:
        used |= new
        by = "".join(parts[name] for name in new)
    return "".join(part for name, part in parts.items() if name in used)


def _inside(name: str) -> str:
    return name.replace("/", "_")


def _lines(text: str) -> str:
    """A text without indentation, empty lines and those that are comments, in fewer lines.

    A line goes on behind what it opens or ends, since each line of its own costs a notebook a dozen
    bytes: all in all it takes a fifth less.
    """
    lines = (line.strip() for line in text.splitlines())
    kept = "\n".join(line for line in lines if line and not line.startswith("//"))
    return _GOES_ON.sub(r"\1 ", kept)
