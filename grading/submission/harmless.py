"""Make what a learner wrote harmless to look at: in pages, on a terminal, in a spreadsheet.

Feedback pages and the formgrader render a graded notebook with nbconvert, whose templates
escape code, streams, plain text and tracebacks, but put HTML, SVG, LaTeX and JavaScript outputs,
and the HTML and links of Markdown cells, into the page as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from grading.submission.notebook import clean_text, picture

MAX_OUTPUTS = 500
MAX_MESSAGE = 4_000
MAX_COLOURS = 5_000
MAX_SHOWN_LINE = 2_000
MAX_SHOWN_CODE = 100_000
"""Of a whole notebook's cells together."""
MAX_SHOWN_TEXT = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
_ANY_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Tags without attributes that change nothing outside themselves, not even where they are not
# closed: a browser carries <b> and its like on through the rest of the page.
_PLAIN_TAGS = "br|sub|sup|pre|kbd|p|ul|ol|li|hr"
_OPENS_TAG = re.compile(rf"<(?=[A-Za-z/!?])(?!/?(?:{_PLAIN_TAGS})\s*/?>)", re.IGNORECASE)
_OPENS_PICTURE = re.compile(r"!\[(?!(?P<alt>[^\[\]\n]*)\]\(attachment:(?P<name>[\w.-]+)\))")
_ATTACHED = re.compile(r"!\[[^\[\]\n]*\]\(attachment:(?P<name>[\w.-]+)\)")
_OPENS_LINK = re.compile(r"\](?=[(:])(?!\((?:https?://|#|attachment:[\w.-]+\)))")
_DRAWN = re.compile(r"([`~]{3,}[^\S\n]*)(?=mermaid)", re.IGNORECASE)
# MathJax turns these into links, attributes and further macros.
_MACRO = re.compile(r"\\(?=(?:href|url|style|class|cssId|require|unicode|html\w*)\b)")
_GAP = "\u2060"
_EACH = 20


def safe_markdown(text: str, attached: Collection[str] = ()) -> str:
    """Markdown that renders to no foreign tag, link, picture, diagram or active formula.

    An invisible character is set where one would begin, so that nothing depends on how a
    renderer parses the rest. Links to the web stay, and so do pasted pictures.

    attached: names of the pictures that were pasted into the cell.
    """
    text = _OPENS_TAG.sub("<" + _GAP, showable_text(text))
    text = _OPENS_PICTURE.sub("!" + _GAP + "[", text)
    text = _ATTACHED.sub(
        lambda m: m[0] if m["name"] in attached else "(a picture that is missing)", text
    )
    text = _OPENS_LINK.sub("]" + _GAP, text)
    text = _DRAWN.sub(r"\1" + _GAP, text)
    return _MACRO.sub("\\\\" + _GAP, text)


def showable_code(text: str, most: int) -> str:
    """Code as it is, or its beginning where it is longer than `most` or has an endless line.

    Colouring code takes time that grows with the square of its lines, and a page with the code
    is made by whoever looks at it.
    """
    if len(text) <= most and all(len(line) <= MAX_SHOWN_LINE for line in text.split("\n")):
        return text
    lines = [line[:MAX_SHOWN_LINE] for line in text[: min(most, MAX_SHOWN_LINE)].split("\n")]
    return "\n".join([*lines, f"# … only the beginning of {len(text)} characters is shown"])


def showable_text(text: str) -> str:
    """Markdown as it is, or its beginning where it is very long, for the same reason."""
    if len(text) <= MAX_SHOWN_TEXT:
        return text
    said = f"(Only the beginning of {len(text)} characters is shown.)"
    return f"{text[:MAX_SHOWN_TEXT]}\n\n{said}"


def safe_line(text: str) -> str:
    """Text for a message or a terminal: no control characters but line ends, limited length."""
    text = _ANY_CONTROL.sub("", clean_text(text.replace("\t", "    ")))
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"


def safe_outputs(outputs: Any, most: int) -> list[dict[str, Any]]:
    """The text and pictures among a learner's outputs, at most `most` characters of them.

    outputs: whatever the learner's process sent.
    """
    kept: list[dict[str, Any]] = []
    for output in outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else ():
        safe = _safe_output(output, max(0, most - _EACH)) if isinstance(output, dict) else None
        if safe is None:
            continue
        most -= size_of_output(safe)
        if most >= 0:
            kept.append(safe)
        if most <= 0:
            kept.append(_stream("stderr", "… more output than is kept: the rest is cut off\n"))
            break
    return kept


def _safe_output(output: dict[str, Any], most: int) -> dict[str, Any] | None:
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return _stream(name, _safe_text(text, most))
        case {"output_type": "error", "ename": str(name), "evalue": str(value),
              "traceback": list(lines)}:  # fmt: skip
            return {
                "output_type": "error",
                "ename": safe_line(name),
                "evalue": safe_line(value),
                "traceback": [_safe_text(t, most) for t in lines if isinstance(t, str)][:200],
            }
        case {"output_type": "display_data" | "execute_result", "data": dict(data)}:
            return _safe_data(data, most)
    return None


def _safe_data(data: dict[str, Any], most: int) -> dict[str, Any] | None:
    kept = {}
    for kind, content in data.items():
        if kind == "text/plain" and isinstance(content, str):
            kept[kind] = _safe_text(content, most)
        elif (text := picture(kind, content)) is not None:
            kept[kind] = text
    # An execute_result could be read as a partial score.
    return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None


def _safe_text(text: str, most: int) -> str:
    text = _CONTROL.sub("", clean_text(text[:most]))
    # Making colours of them takes time that grows with the square of their number.
    return text if text.count("\x1b") <= MAX_COLOURS else text.replace("\x1b", "")


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def size_of_output(output: dict[str, Any]) -> int:
    """Its characters, and some for itself."""
    texts = [output.get("text", ""), *output.get("traceback", ()), *output.get("data", {}).values()]
    return _EACH + sum(map(len, texts))


def safe_cell(value: object) -> object:
    """A value for a table that a spreadsheet opens: text that it would compute is marked as text.

    Source: OWASP, CSV injection.
    """
    if value is None or isinstance(value, int | float):
        return value
    text = _ANY_CONTROL.sub("", " ".join(str(value).split("\n")))
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@", "|", "%")) else text
