"""Whose an entry of the exchange's drop box is, where every learner may put and change things."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path

from nbexaminer.errors import Malformed
from nbexaminer.intake.files import copy_folder, open_folder, walk
from nbexaminer.intake.names import check_learner, printable
from nbexaminer.intake.taking import left_out
from nbexaminer.intake.times import parse_timestamp, read_timestamp

WRITING = datetime.timedelta(minutes=10)
"""What handing in may take."""


@dataclass(frozen=True)
class Dropped:
    """Whose an entry of the exchange's drop box is, and when, in UTC, it was handed in.

    The learner's side says when. What it can't choose is when a file was last written: `late`.
    """

    learner: str
    handed_in: datetime.datetime

    def late(self, folder: int) -> str:
        """A remark where a folder was still written to later, or empty. Raises Malformed, OSError.

        folder: its descriptor.
        """
        files = [entry.state for entry in walk(folder)]
        written = max(state.st_ctime for state in (*files, os.fstat(folder)))
        last = datetime.datetime.fromtimestamp(int(written), datetime.UTC).replace(tzinfo=None)
        said = min(self.handed_in, read_timestamp(folder) or self.handed_in)
        if last - said < WRITING:
            return ""
        return (
            f"it says that it was handed in at {said} UTC, but was still written to at {last} UTC"
        )


def read_dropped(name: str) -> Dropped:
    """Whose an entry of the drop box is by its name. Raises Malformed."""
    parts = name.rsplit("+", 3)
    if len(parts) < 3:
        raise Malformed("its name is not of nbgrader's form, LEARNER+EXERCISE+TIME+SECRET")
    check_learner(parts[0])
    if not name.isprintable():
        raise Malformed("its name has characters that can't be printed")
    return Dropped(parts[0], parse_timestamp(parts[2]))


def take_dropped(inbound: Path, name: str, check_owner: bool = True) -> Dropped:
    """Whose an entry of the drop box is. Raises Malformed where it is not to be collected.

    check_owner: whether its account has to be the learner's, or the grader's own.
    """
    dropped = read_dropped(name)
    with open_folder(inbound, name) as folder:
        if check_owner:
            check_account(dropped.learner, folder)
        try:
            read_timestamp(folder)
            for _ in walk(folder):
                pass
        except OSError as error:
            raise Malformed(f"the folder can't be looked into: {error.strerror}") from None
    return dropped


def copy_dropped(inbound: Path, name: str, to: Path, check_owner: bool = True) -> list[str]:
    """Copy an entry of the drop box; gives remarks on what stays there. Raises Malformed.

    to: a folder that nobody else can change.
    """
    with open_folder(inbound, name) as folder:
        dropped = read_dropped(name)
        if check_owner:
            check_account(dropped.learner, folder)
        try:
            late = dropped.late(folder)
            left = copy_folder(folder, to)
        except OSError as error:
            raise Malformed(f"it can't be copied: {error.strerror}") from None
    return [*left_out("copied", "it is no ordinary file", left), *([late] if late else [])]


def check_account(learner: str, folder: int) -> None:
    """Raises Malformed for a folder, given by its descriptor, of another's.

    One of the grader's own account nobody else can have made.
    """
    import pwd  # Windows has none, and no exchange either

    owner = os.fstat(folder).st_uid
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"an account without a name, {owner}"
    if learner != name and owner != os.geteuid():
        raise Malformed(
            f"it belongs to {printable(name)}, not to {learner}; where accounts are not named "
            "as learners are, set c.ExchangeCollect.check_owner = False"
        )
