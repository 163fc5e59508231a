"""Make what a learner wrote harmless to look at: in pages and on a terminal.

Feedback pages and the formgrader render a graded notebook with nbconvert, whose templates
escape code, streams, plain text and tracebacks, but put HTML, SVG, LaTeX and JavaScript outputs,
and the HTML and links of Markdown cells, into the page as they are.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from nbexaminer.judging.notebook.pictures import shown_pictures
from nbexaminer.judging.notebook.reader import clean_text

MAX_OUTPUTS = 500
MAX_MESSAGE = 4_000
MAX_COLOURS = 5_000
MAX_COLOURED = 1_000_000_000
"""Colours of a text times its characters: what makes HTML of them copies the rest for each one."""
MAX_SHOWN_LINE = 2_000
MAX_SHOWN_CODE = 100_000
"""Of a whole notebook's cells together."""
MAX_SHOWN_TEXT = 20_000
"""Of a cell: making a page of it takes time that grows faster than the text."""
MAX_SEARCHED = 5_000_000
"""Characters that are searched for the ends of a cell's formulas and brackets: all for each one."""
MAX_SHOWN_TIMES = 3
"""A pasted picture in its cell: every time is a copy of it in the page."""
GAP = "\u2060"
"""What is put into what could be active: a character that nobody sees."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
_OPENED = re.compile(r"\[|\\\\\(|\\begin\{")
# Colouring takes time that grows with the square of these, and nobody means them.
_LONG_BLANKS = re.compile(r"(?<!\s)(\s{1000})\s+")
_LONG_CODES = re.compile(r"(?<!\x1b)\x1b++(?=\[[^@-~\n]{100})")
_ANY_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
PLAIN_TAGS = "br|sub|sup|pre|kbd|p|ul|ol|li|hr"
"""Tags that, without attributes, change nothing outside themselves, not even where they are not
closed: a browser carries <b> and its like on through the rest of the page."""
_ATTACHED = r"\[[^\[\]\n]*\]\(attachment:([\w.-]+)\)"
_BEGINNINGS = (
    re.compile(rf"<(?=[A-Za-z/!?])(?!/?(?:{PLAIN_TAGS})\s*/?>)", re.IGNORECASE),
    re.compile(rf"!(?=\[)(?!{_ATTACHED})"),
    re.compile(r"\](?=[(:])(?!\((?:https?://|#|attachment:[\w.-]+\)))"),
    re.compile(r"(?<![`~])[`~]{3,}+[^\S\n]*+(?=mermaid)", re.IGNORECASE),
    # What a browser makes the backslash or a letter of a macro's name.
    re.compile(
        r"&(?=#0*(?:6[5-9]|[78]\d|9[0-27-9]|1[01]\d|12[0-2])(?!\d)"
        r"|#x0*(?:[46][1-9a-f]|[57][\da]|5c)(?![\da-f])|bsol)",
        re.IGNORECASE,
    ),
    # Labels hold for a page: a learner's get a name of their own.
    re.compile(r"\\(?:label|(?:no)?(?:eq)?ref|refeq)(?![A-Za-z])\s*\{(?!\u2060)"),
    re.compile(r"\\(?=(?:label|(?:no)?(?:eq)?ref|refeq)(?![A-Za-z])(?!\s*\{))"),
    # MathJax makes links, attributes and further macros of the first lines; what the middle ones
    # define or set it keeps for every later formula, in JupyterLab even in other notebooks; and of
    # the last ones' text it puts formulas together that nobody could foresee. Of the macros that
    # MathJax 2.7.7 (nbconvert's pages) and 3.2.2 (JupyterLab) know, these are all that do so, with
    # their families.
    re.compile(
        r"""\\(?=(?:
            href|url|style|class|cssId|require|unicode|mmlToken|html[A-Za-z]*
            |[a-z]*def|let|futurelet|global|(?:begin|end)group[A-Za-z]*
            |(?:re)?new(?!line)[A-Za-z]+|New[A-Za-z]+|[Pp]rovide[A-Za-z]*|[Dd]e(?:clare|fine)[A-Za-z]*
            |usetagform|mathtoolsset|setOptions|csname
            |cee?|cf|pu
        )(?![A-Za-z]))""",
        re.VERBOSE,
    ),
)
"""Where a tag, picture, link, diagram, label or macro would begin that isn't let through."""
_EACH = 100


def safe_markdown(
    text: str, attached: Collection[str] = (), left_out: Mapping[str, str] | None = None
) -> str:
    """Markdown that renders to no foreign tag, link, picture, diagram or active formula.

    An invisible character is set where one would begin, so that nothing depends on how a
    renderer parses the rest. Links to the web stay, and so do pasted pictures, and formulas
    that define nothing.

    attached: names of the pictures that were pasted into the cell.
    left_out: names of those that are not shown, and what stands in their places.
    """
    times: Counter[str] = Counter()

    def place(reference: re.Match[str]) -> str:
        name = reference[1]
        if name not in attached:
            return f"({(left_out or {}).get(name, 'a picture that is missing')})"
        times[name] += 1
        return reference[0] if times[name] <= MAX_SHOWN_TIMES else "(the same picture again)"

    if len(text) > MAX_SHOWN_TEXT:
        sentence = f"(Only the beginning of {len(text)} characters is shown.)"
        text = f"{text[:MAX_SHOWN_TEXT]}\n\n{sentence}"
    # Browsers pass over null characters, so that what they part comes together.
    text = re.sub(f"!{_ATTACHED}", place, _short_blanks(_CONTROL.sub("", text)))
    for beginning in _BEGINNINGS:
        text = beginning.sub(lambda found: found[0] + GAP, text)  # a template takes twice as long
    searched = len(_OPENED.findall(text)) * len(text)
    return as_typed(text) if searched > MAX_SEARCHED else text


def as_typed(text: str) -> str:
    """Markdown that shows the text itself, and takes no time."""
    return f"<pre>{html.escape(text, quote=False).replace('[', '&#91;')}</pre>"


def _short_blanks(text: str) -> str:
    return _LONG_BLANKS.sub(r"\1\n", text)


def showable_code(text: str, most: int) -> str:
    """Code as it is, or its beginning where it is longer than `most` or has an endless line.

    Colouring code takes time that grows with the square of its lines, and a page with the code
    is made by whoever looks at it.
    """
    text = _short_blanks(text)
    if len(text) <= most and all(len(line) <= MAX_SHOWN_LINE for line in text.split("\n")):
        return text
    lines = [line[:MAX_SHOWN_LINE] for line in text[: min(most, MAX_SHOWN_LINE)].split("\n")]
    return "\n".join([*lines, f"# … only the beginning of {len(text)} characters is shown"])


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
        safe = _safe_output(output, max(0, most - _EACH))
        if safe is None:
            continue
        most -= size_of_output(safe)
        if most >= 0:
            kept.append(safe)
        if most <= 0:
            kept.append(_stream("stderr", "… more output than is kept: the rest is cut off\n"))
            break
    return kept


def _safe_output(output: Any, most: int) -> dict[str, Any] | None:
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return _stream(name, _safe_text(text, most))
        case {"output_type": "error", "ename": str(name), "evalue": str(value),
              "traceback": list(lines)}:  # fmt: skip
            lines = [_safe_text(line, most) for line in lines if isinstance(line, str)][:200]
            if _is_gaudy("\n".join(lines)):
                lines = [line.replace("\x1b", "") for line in lines]
            named = {"ename": safe_line(name), "evalue": safe_line(value)}
            return {"output_type": "error", "traceback": lines} | named
        case {"output_type": "display_data" | "execute_result", "data": dict(data)}:
            kept, reason = shown_pictures(data)
            if reason and not kept:
                kept["text/plain"] = f"({reason})"
            elif isinstance(data.get("text/plain"), str):
                kept["text/plain"] = _safe_text(data["text/plain"], most)
            # An execute_result could be read as a partial score.
            return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None
    return None


def _safe_text(text: str, most: int) -> str:
    text = _LONG_CODES.sub("", _CONTROL.sub("", clean_text(text[:most])))
    return text.replace("\x1b", "") if _is_gaudy(text) else text


def _is_gaudy(text: str) -> bool:
    """Whether making HTML of its colours would take long."""
    colours = text.count("\x1b")
    return colours > MAX_COLOURS or colours * len(text) > MAX_COLOURED


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def size_of_output(output: dict[str, Any]) -> int:
    """Its characters, and some for itself."""
    texts = [output.get("text", ""), *output.get("traceback", ()), *output.get("data", {}).values()]
    return _EACH + sum(map(len, texts))
