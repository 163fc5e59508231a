"""Handing in through nbgrader's exchange so that only the instructor can open what is there."""

import os
import stat
from pathlib import Path

from nbgrader.exchange.default import ExchangeSubmit


class Submit(ExchangeSubmit):
    """nbgrader's own, but of the accounts on the machine only two can open a submission.

    nbgrader lets everybody read and change it who knows its name, which is hard to guess. Here,
    where the drop box hands its group on (as nbgrader makes it) and the learner isn't in that
    group, the folder is left to the learner and the group, that is the instructor.
    """

    inbound_path: str
    assignment_filename: str

    def copy_files(self) -> None:
        """Hand in, then close the door."""
        super().copy_files()
        inbound = os.stat(self.inbound_path)
        learners = {os.getegid(), *os.getgroups()}
        if inbound.st_mode & stat.S_ISGID and inbound.st_gid not in learners:
            # What is in it keeps its modes: the files' groups are the learner's own.
            Path(self.inbound_path, self.assignment_filename).chmod(0o770)
