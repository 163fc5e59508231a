"""When something was handed in, as nbgrader and learning platforms write it."""

import datetime
import re
from pathlib import Path

from nbexaminer.classroom.intake.files import read_file
from nbexaminer.classroom.intake.names import printable
from nbexaminer.errors import Malformed, Missing

TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 200
YEARS = range(2000, 2100)
"""Others are no time at which a learner hands in; some end what compares or shows them."""
_DATE = re.compile(
    r"(?P<here>\d{4}-\d\d-\d\d([ T][\d:.]{4,15})?)"
    r"( ?(Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?|[A-Za-z][\w+/-]*))?"
)


def utc_now() -> datetime.datetime:
    """The time in UTC, without a zone, as the gradebook has it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def read_timestamp(folder: Path | int) -> datetime.datetime | None:
    """When a submission was handed in, in UTC, or None where its folder doesn't say.

    folder: its path, or its descriptor.
    Raises Malformed for what is no date, also where `nbgrader` would look for its time zone
    among the machine's files.
    """
    path, at = (folder / TIMESTAMP, None) if isinstance(folder, Path) else (TIMESTAMP, folder)
    try:
        text = read_file(path, MAX_TIMESTAMP_BYTES, at).decode(errors="replace").strip()
        return parse_timestamp(text) if text else None
    except Missing:
        return None
    except Malformed as error:
        raise Malformed(f"{TIMESTAMP}: {error}; fix or remove the file") from None


def write_timestamp(folder: Path, handed_in: datetime.datetime) -> None:
    """Have a folder that nobody else can change say when it was handed in, in UTC."""
    (folder / TIMESTAMP).write_text(f"{handed_in:%Y-%m-%d %H:%M:%S.%f} UTC")


def parse_timestamp(text: str) -> datetime.datetime:
    """The time, in UTC, that nbgrader wrote as text. Raises Malformed."""
    from nbgrader.utils import parse_utc  # slow to import, and only instructors' commands need it

    found = _DATE.fullmatch(text)
    if not found:
        raise Malformed(f"'{printable(text[:40])}' is no date and time")
    try:
        if found["sign"] is None:
            when: datetime.datetime = parse_utc(text)
        else:  # nbgrader would take the hours for seconds, or for nothing
            hours, minutes = (int(found["sign"] + (found[x] or "0")) for x in ("hours", "minutes"))
            ahead = datetime.timedelta(hours=hours, minutes=minutes)
            when = parse_utc(found["here"]) - ahead
    except Exception as error:  # dateutil has many
        raise Malformed(printable(str(error))) from None
    return check_year(when)


def six_numbers(text: str, zone: datetime.tzinfo) -> datetime.datetime:
    """The time, in UTC, of YEAR-MONTH-DAY-HOUR-MINUTE-SECOND in a zone. Raises Malformed."""
    try:
        here = datetime.datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        raise Malformed(f"{text} is no date and time") from None
    return to_utc(here, zone)


def to_utc(here: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """A zone's time in UTC, both without saying so. Raises Malformed."""
    return check_year(here).replace(tzinfo=zone).astimezone(datetime.UTC).replace(tzinfo=None)


def check_year(when: datetime.datetime) -> datetime.datetime:
    """The same time. Raises Malformed for one at which nobody hands in."""
    if when.year not in YEARS:
        raise Malformed(f"the year {when.year} is not between {YEARS[0]} and {YEARS[-1]}")
    return when
