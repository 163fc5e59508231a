"""The gradebook's database: tables of our own beside nbgrader's, and what keeps one from it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from nbexaminer.errors import GradebookUnavailable

TABLES = MetaData()
"""The tables of our own, each defined where it is written."""


@contextlib.contextmanager
def reached(url: str) -> Iterator[None]:
    """Turn what is not one submission's trouble into GradebookUnavailable."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except DBAPIError as error:
        where = make_url(url).render_as_string(hide_password=True)
        said = " ".join(str(error.orig).split())
        what = "can't be used now"
        advice = "put that right, then run the same command again"
        if "locked" in said:
            what = "is in use by another program"
            advice = (
                "wait until that has finished, or close it (the formgrader, a database "
                "browser), then run the same command again"
            )
        raise GradebookUnavailable(f"the gradebook {where} {what} ({said}): {advice}") from None
