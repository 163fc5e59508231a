"""Formulas as MathML, which browsers show without a script and without a network.

What latex2mathml makes of a learner's TeX is no more to be trusted than the TeX: `markup` cleans
it with the rest of a page.
"""

import functools
import html
import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

from nbexaminer.judging.notebook.sanitize import GAP

MAX_TEX = 2_000
"""Characters of a formula; a longer one stays as it was typed."""
MAX_UNBROKEN = 30
"""Characters of a formula in the flow of a text, in which no line breaks."""
_CHILDREN = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip
_REFERENCE = re.compile(r"&#x[0-9A-Fa-f]{2,6};")
_ESCAPED = re.compile(r"\\([_#$%&{} ])")
_DEFINES = re.compile(r"\\(?:[a-z]*def|let|(?:re)?new(?!line)[a-z]+|[Pp]rovide|Declare|unicode)")
_BEGINS = re.compile(r"\\begin\s*\{([^}]*)\}")
_KNOWN = re.compile(r"[pbBvV]?matrix\*?|smallmatrix|cases|array|split|align\*")
_INSTEAD = {
    r"\\(?:begin|end)\{equation\*?\}": "",
    r"\{aligned\}": "{split}",
    r"\{align\}": "{align*}",
    r"\{gather(?:\*|ed)?\}": "{matrix}",
    r"\{dcases\}": "{cases}",
    r"\\newline": r"\\\\",
    r"\\arg(?![A-Za-z])": r"\\operatorname{arg}",
}
_SUM = re.compile(r"^\d.*\s$", re.DOTALL)
_RELATIONS = set("=≈≡≤≥<>←→⇒∈∝∼≠:")
_NAME = re.compile(r"[A-Za-z\u2009\u2006]{2,}")


def formula(tex: str, display: bool, typed: str = "") -> str:
    """HTML of a formula; as it was typed where it can't be converted.

    display: whether it stands in a line of its own.
    typed: the same with what it stood between, where that is not dollars.
    """
    made = _mathml(tex, display)
    if made is None:
        dollars = "$$" if display else "$"
        return f'<span class="typed">{html.escape(typed or f"{dollars}{tex}{dollars}")}</span>'
    return f'<div class="formula">{made}</div>' if display else made


@functools.lru_cache(maxsize=4096)
def _mathml(tex: str, display: bool) -> str | None:
    """One or more math elements, between which a line may break; None for what is not known."""
    tex = tex.replace(f"<{GAP}", "<").replace(f"&{GAP}", "&").strip("\n")
    if len(tex) > MAX_TEX or GAP in tex or _DEFINES.search(tex) or _SUM.search(tex):
        return None
    for old, new in _INSTEAD.items():
        tex = re.sub(old, new, tex)
    if not all(_KNOWN.fullmatch(name) for name in _BEGINS.findall(tex)):
        return None
    try:
        row = _tidied(convert_to_element(tex))[0]
        if not display and len(tex) <= MAX_UNBROKEN:
            return _written(row, display)
        parts = ["<wbr>".join(_written(p, display) for p in part) for part in _parts(row)]
    except Exception:  # of its own and of others: odd TeX is a learner's right
        return None
    if len(parts) == 1:
        return parts[0]
    return " ".join(f'<span class="part">{part}</span>' for part in parts)


def _tidied(element: Element) -> Element:
    """It, with names as one thing and with TeX's spaces. Raises ValueError where it isn't whole."""
    if len(element) != _CHILDREN.get(element.tag, len(element)):
        raise ValueError
    element.text = _text(element.tag, element.text or "")
    if element.tag == "mo" and _NAME.fullmatch(element.text):
        element.tag = "mi"
        element.attrib.clear()
    element[:] = list(_spaced([_tidied(child) for child in element], element.tag))
    return element


def _text(tag: str, text: str) -> str:
    if tag == "mtext":
        return _ESCAPED.sub(r"\1", text.replace("&#x000A0;", "\u00a0"))
    if re.search(r"\\[A-Za-z]|^[{}&\\]$", text):
        raise ValueError  # a macro that isn't known, or a brace too many
    return _REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)


def _is_function(element: Element) -> bool:
    """Whether it is a name such as ln or softmax, with or without an index."""
    if element.tag in ("msub", "msup", "munder", "msubsup", "munderover"):
        return _is_function(element[0])
    return element.tag == "mi" and _NAME.fullmatch(element.text or "") is not None


def _spaced(row: list[Element], tag: str) -> Iterator[Element]:
    """The elements of a row with TeX's thin space between a function and what isn't in brackets."""
    for before, element in zip([None, *row], row, strict=False):
        if before is not None and tag in ("mrow", "mtd", "mstyle"):
            operand = before.tag not in ("mo", "mspace") or before.text in (")", "]")
            argument = element.tag not in ("mo", "mspace")
            if argument and operand and (_is_function(element) or _is_function(before)):
                yield Element("mspace", {"width": "0.167em"})
        yield element


def _parts(row: Element) -> list[list[list[Element]]]:
    """What stands between wide spaces, as several formulas in a line do; and of each the pieces
    between which a narrow page may break, which is before relations."""
    parts: list[list[list[Element]]] = [[[]]]
    for element in row:
        if element.tag == "mspace" and element.get("width") in ("1em", "2em"):
            parts.append([[]])
            continue
        if parts[-1][-1] and element.tag == "mo" and element.text in _RELATIONS:
            parts[-1].append([])
        parts[-1][-1].append(element)
    return parts


def _written(piece: Iterable[Element], display: bool) -> str:
    math = Element("math", {"displaystyle": "true"} if display else {})
    math.extend(piece)
    return tostring(math, encoding="unicode")
