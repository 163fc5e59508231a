"""A table of text as a platform exported it, in which cells change and every other byte stays."""

import codecs
import contextlib
import re
from collections.abc import Mapping

from nbexaminer.errors import Malformed

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM = "\ufeff"
_COMPUTED = re.compile(r"(?:^|(?<=[;|\t]))(?=[^\S\t]*[\"']*[^\S\t]*[=+\-@|%＝＋－＠])")
"""Before a formula: some spreadsheets split what is quoted, too, by semicolons, tabs or bars."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


class Sheet:
    """Rows of cells. Lines may end and cells be quoted in any way that `csv` reads too.

    rows: the cells' texts; of an empty line one empty text. encoding: the file's.
    """

    def __init__(self, data: bytes) -> None:
        """Raises Malformed where the file is no text."""
        self._text, self.encoding = _decoded(data)
        begin = len(_BOM) if self._text.startswith(_BOM) else 0
        first = re.compile(r'[ \r\n]*((?:"[^"]*"|[^"\r\n])*)').match(self._text, begin)
        unquoted = re.sub(r'"[^"]*"', "", first[1] if first else "")
        self._separator = max(",\t;", key=unquoted.count)
        self.rows: list[list[str]] = []
        self._spans: list[list[tuple[int, int]]] = []
        self._parse(begin)

    @property
    def header(self) -> list[str]:
        """The first row. Raises Malformed where nothing can be below it."""
        if len(self.rows) < 2 or len(self.rows[0]) < 2 or self.rows[0][0].startswith('"'):
            raise Malformed("it is no table with a header and rows")
        return self.rows[0]

    def _parse(self, position: int) -> None:
        cell = re.compile(
            rf'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<plain>[^{self._separator}\r\n]*))'
            rf"(?P<end>{self._separator}|\r\n?|\n|\Z)"
        )
        row: list[str] = []
        spans: list[tuple[int, int]] = []
        while position < len(self._text) or row:
            match = cell.match(self._text, position)
            assert match is not None, "any text has cells"
            quoted = match["quoted"]
            row.append(match["plain"] if quoted is None else quoted.replace('""', '"'))
            spans.append((match.start(), match.start("end")))
            position = match.end()
            if match["end"] != self._separator:
                self.rows.append(row)
                self._spans.append(spans)
                row, spans = [], []

    def changed(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with other texts in some cells, given by row and column: nothing else changes.

        The texts have no quote or line end. A quoted cell stays quoted.
        """
        pieces = []
        done = 0
        for (row, column), text in sorted(cells.items()):
            begin, end = self._spans[row][column]
            quoted = self._text[begin:end].startswith('"') or self._separator in text
            quote = '"' if quoted else ""
            pieces += [self._text[done:begin], quote, text, quote]
            done = end
        return "".join([*pieces, self._text[done:]]).encode(self.encoding)

    def computed(self, row: int) -> int:
        """How many cells of a row a spreadsheet would compute."""
        texts = (text.strip() for text in self.rows[row])
        return sum(bool(_COMPUTED.search(t)) for t in texts if len(t) > 1 and number(t) is None)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text with its byte order mark, and the encoding. Raises Malformed."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise Malformed(
            "it is a spreadsheet's workbook: take a platform's file as it was exported, and save "
            "your own as CSV"
        )
    encodings = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    if not encodings and data[1:200:2].count(0) > len(data[:200]) // 4:
        encodings = ["utf-16-le"]
    anything = "latin-1"  # of which every byte comes back
    for encoding in encodings or ("utf-8", "cp1252", anything):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding), encoding
    raise Malformed(f"it is damaged: it is not the {encodings[0]} it says")


def number(text: str) -> float | None:
    """A number with a decimal point or comma, or None."""
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def safe_cell(value: object) -> object:
    """A value for a table that a spreadsheet opens: text that it would compute is marked as text.

    Source: OWASP, CSV injection.
    """
    if value is None or isinstance(value, int | float):
        return value
    text = _CONTROL.sub("", re.sub(r"[\n\t\r]", " ", str(value)))
    return _COMPUTED.sub("'", text)
