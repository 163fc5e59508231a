"""Formulas as MathML, which browsers show without a script and without a network.

What latex2mathml makes of a learner's TeX is no more to be trusted than the TeX: it is built anew
from the elements and attributes that are known here, and written with everything escaped.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

MAX_TEX = 2_000
"""Characters of a formula; a longer one stays as it was typed."""
MAX_UNBROKEN = 30
"""Characters of a formula in the flow of a text, in which no line breaks."""
_GAP = "\u2060"  # what nbexaminer.notebook.harmless puts into what could be active
_CHILDREN = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip
_TAGS = {"math", "mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mstyle", "msqrt", "merror"}
_TAGS |= {"mpadded", "mphantom", "menclose", "mtable", "mtr", "mtd", *_CHILDREN}
_LENGTH = r"[+-]?[0-3]?(\.\d{1,4})?(em|ex|px)?"
_COLOUR = r"[A-Za-z]{3,20}|#[0-9A-Fa-f]{3,6}"
_WORD = r"[a-z-]{1,20}|\d|-\d"
_ATTRIBUTES = {
    **dict.fromkeys(("width", "height", "depth", "lspace", "rspace", "voffset"), _LENGTH),
    **dict.fromkeys(("minsize", "maxsize", "linethickness"), _LENGTH),
    **dict.fromkeys(("mathcolor", "mathbackground"), _COLOUR),
    **dict.fromkeys(("form", "fence", "stretchy", "largeop", "movablelimits", "accent"), _WORD),
    **dict.fromkeys(("mathvariant", "displaystyle", "scriptlevel", "columnalign"), _WORD),
    "display": "block|inline",
}
_REFERENCE = re.compile(r"&#x[0-9A-Fa-f]{2,6};")
_ESCAPED = re.compile(r"\\([_#$%&{} ])")
_DEFINES = re.compile(r"\\(?:[a-z]*def|let|(?:re)?new(?!line)[a-z]+|[Pp]rovide|Declare|unicode)")
_BEGINS = re.compile(r"\\begin\s*\{([^}]*)\}")
_KNOWN = re.compile(r"[pbBvV]?matrix\*?|smallmatrix|cases|array|split|align\*")
_INSTEAD = (
    (r"{aligned}", r"{split}"),
    (r"{align}", r"{align*}"),
    (r"{gather}", r"{matrix}"),
    (r"{gather*}", r"{matrix}"),
    (r"{gathered}", r"{matrix}"),
    (r"{dcases}", r"{cases}"),
    (r"\newline", r"\\"),
)
_ARG = re.compile(r"\\arg(?![A-Za-z])")
_EQUATION = re.compile(r"\\(?:begin|end)\{equation\*?\}")
_SUM = re.compile(r"^\d.*\s$", re.DOTALL)
_RELATIONS = set("=≈≡≤≥<>←→⇒∈∝∼≠:")
_NAME = re.compile(r"[A-Za-z\u2009\u2006]{2,}")


def formula(tex: str, display: bool) -> str:
    """HTML of a formula that stood between dollars; as it was typed where it can't be converted.

    display: whether it stands in a line of its own.
    """
    made = _mathml(tex, display)
    if made is None:
        dollars = "$$" if display else "$"
        return f'<span class="typed">{html.escape(f"{dollars}{tex}{dollars}")}</span>'
    return f'<div class="formula">{made}</div>' if display else made


def environment(name: str, body: str) -> str:
    """HTML of what stood in a TeX environment of its own."""
    tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
    made = _mathml(tex, True)
    if made is None:
        return f'<span class="typed">{html.escape(tex)}</span>'
    return f'<div class="formula">{made}</div>'


class _NotConvertedError(Exception):
    pass


@functools.lru_cache(maxsize=4096)
def _mathml(tex: str, display: bool) -> str | None:
    """One or more math elements, between which a line may break; None for what is not known."""
    tex = tex.replace(f"<{_GAP}", "<").replace(f"&{_GAP}", "&").strip("\n")
    if len(tex) > MAX_TEX or _GAP in tex or _DEFINES.search(tex) or _SUM.search(tex):
        return None
    for old, new in _INSTEAD:
        tex = tex.replace(old, new)
    tex = _ARG.sub(r"\\operatorname{arg}", _EQUATION.sub("", tex))
    if not all(_KNOWN.fullmatch(name) for name in _BEGINS.findall(tex)):
        return None
    try:
        row = _rebuilt(convert_to_element(tex))[0]
        if not display and len(tex) <= MAX_UNBROKEN:
            return _written(row, display)
        parts = ["<wbr>".join(_written(p, display) for p in _pieces(part)) for part in _parts(row)]
    except Exception:  # of its own and of others: odd TeX is a learner's right
        return None
    return (
        " ".join(f'<span class="part">{part}</span>' for part in parts) if parts[1:] else parts[0]
    )


def _rebuilt(element: Element) -> Element:
    """A copy with nothing but what is known. Raises _NotConvertedError."""
    tag = element.tag
    if tag not in _TAGS or len(element) != _CHILDREN.get(tag, len(element)):
        raise _NotConvertedError
    kept = {
        name: value
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and re.fullmatch(_ATTRIBUTES[name], value)
    }
    copy = Element(tag, kept)
    copy.text = _text(tag, element.text or "")
    if tag == "mo" and _NAME.fullmatch(copy.text):
        copy.tag = "mi"
        copy.attrib.clear()
    for child in _spaced([_rebuilt(child) for child in element], tag):
        copy.append(child)
    return copy


def _text(tag: str, text: str) -> str:
    if tag == "mtext":
        return _ESCAPED.sub(r"\1", text.replace("&#x000A0;", "\u00a0"))
    if re.search(r"\\[A-Za-z]|^[{}&\\]$", text):
        raise _NotConvertedError  # a macro that isn't known, or a brace too many
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


def _parts(row: Element) -> Iterator[list[Element]]:
    """What stands between wide spaces, as several formulas in a line do."""
    part: list[Element] = []
    for element in row:
        if element.tag == "mspace" and element.get("width") in ("1em", "2em"):
            yield part
            part = []
        else:
            part.append(element)
    yield part


def _pieces(part: Iterable[Element]) -> Iterator[list[Element]]:
    """The parts of a formula between which a narrow page may break: before relations."""
    piece: list[Element] = []
    for element in part:
        if piece and element.tag == "mo" and element.text in _RELATIONS:
            yield piece
            piece = []
        piece.append(element)
    yield piece


def _written(piece: Iterable[Element], display: bool) -> str:
    math = Element("math", {"displaystyle": "true"} if display else {})
    math.extend(piece)
    return tostring(math, encoding="unicode")
