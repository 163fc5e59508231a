"""Steps of nbgrader's exchange that one learner's odd folder neither ends nor misleads."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback

from grading.submission.intake import (
    LeftOut,
    Malformed,
    Why,
    printable,
    strange_names,
    take_dropped,
)


class Collect(ExchangeCollect):
    """nbgrader's own, but links, pipes and sockets stay behind, with a message.

    The drop box is open to all learners, and nbgrader would copy what a link in it leads to: the
    instructor's files, which then come back to the learner with the feedback.
    """

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        name = os.path.basename(path)
        try:
            dropped = take_dropped(Path(path))
        except Malformed as error:
            self.log.error("Not collected: %s: %s", printable(name), error)
            return {"username": None, "filename": name, "timestamp": datetime.datetime.min}
        return {"username": dropped.learner, "filename": name, "timestamp": dropped.handed_in}

    def init_src(self) -> None:
        """Find what was handed in."""
        super().init_src()
        self.src_records = [r for r in self.src_records if r["username"] is not None]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy what is ordinary in a submission, by way of a folder that no learner can change."""
        left: list[str] = []

        def strange(place: str, names: list[str]) -> list[str]:
            found = strange_names(place, names)
            left.extend(os.path.relpath(os.path.join(place, name), src) for name in found)
            return found

        shown = printable(os.path.basename(src))
        with tempfile.TemporaryDirectory() as own:
            try:
                taken = shutil.copytree(src, Path(own) / "taken", symlinks=True, ignore=strange)
            except OSError as error:  # shutil.Error is one
                self.log.error("Not collected: %s: %r", shown, error)
                return
            if left:
                self.log.error("%s: %s", shown, LeftOut(Why.STRANGE, sorted(left)))
            super().do_copy(str(taken), dest, log)


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's own, but a submission that came another way does not end it.

    A learner can fetch feedback only for what the exchange collected, since the secret that names
    the file came with it. The pages of the others stay in feedback/, and a warning says whose.
    """

    def copy_files(self) -> None:
        """Release what can be fetched."""
        coursedir = self.coursedir
        folders = Path(
            coursedir.format_path(coursedir.feedback_directory, "*", coursedir.assignment_id)
        )
        root = Path(coursedir.root) / coursedir.feedback_directory
        others = sorted(
            folder.parent.name
            for folder in root.glob(str(folders.relative_to(root)))
            if not (folder / "submission_secret.txt").exists()
        )
        if others:
            self.log.warning(
                "Not handed in through the exchange, so hand their feedback back the same way "
                "as it came (the pages are in %s): %s",
                root,
                ", ".join(others),
            )
            excluded = [coursedir.student_id_exclude, *others]
            coursedir.student_id_exclude = ",".join(name for name in excluded if name)
        super().copy_files()
