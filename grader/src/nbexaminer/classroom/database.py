"""The gradebook's database: tables of our own beside nbgrader's, and what keeps one from it."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Table, and_, delete, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from nbexaminer.errors import GradebookUnavailable

TABLES = MetaData()
"""The tables of our own, each defined where it is written."""


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Write a row instead of the one with its primary key, in the transaction at hand."""
    same = and_(*(column == row[column.name] for column in table.primary_key))
    connection.execute(delete(table).where(same))
    connection.execute(insert(table).values(row))


@contextlib.contextmanager
def reached(url: str) -> Iterator[None]:
    """Turn what is not one submission's trouble into GradebookUnavailable."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except DBAPIError as error:
        where = make_url(url).render_as_string(hide_password=True)
        text = " ".join(str(error.orig).split())
        what, advice = "can't be used now", "put that right, then run the same command again"
        if "locked" in text:
            what = "is in use by another program"
            advice = (
                "wait until that has finished, or close it (the formgrader, a database "
                "browser), then run the same command again"
            )
        raise GradebookUnavailable(f"the gradebook {where} {what} ({text}): {advice}") from None
