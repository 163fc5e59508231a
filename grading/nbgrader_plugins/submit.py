"""Handing in through nbgrader's exchange so that only the instructor can open what is there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nbgrader.exchange.default import ExchangeSubmit


class Submit(ExchangeSubmit):
    """nbgrader's own, but of the accounts on the machine only two can open a submission.

    nbgrader lets everybody read and change it who knows its name, which is hard to guess. Here,
    where the drop box hands its group on (as nbgrader makes it) and the learner isn't in that
    group, modes leave it to the learner and the group, that is the instructor.
    """

    inbound_path: str
    assignment_filename: str

    def copy_files(self) -> None:
        """Hand in, then close the door."""
        super().copy_files()
        inbound = os.stat(self.inbound_path)
        if not inbound.st_mode & stat.S_ISGID or inbound.st_gid in (os.getegid(), *os.getgroups()):
            return
        top = Path(self.inbound_path, self.assignment_filename)
        for path in (top, *top.rglob("*")):  # the top first: nobody then comes further
            if not path.is_symlink():
                path.chmod(0o770 if path.is_dir() else 0o640)
