"""Steps of nbgrader's exchange that one learner's odd folder neither ends nor misleads."""

from __future__ import annotations

import datetime
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback

from grading.submission.intake import Malformed, parse_timestamp, too_much


class Collect(ExchangeCollect):  # type: ignore[misc]
    """nbgrader's own, but links, pipes and sockets stay behind, with a message.

    The drop box is open to all learners, and nbgrader would copy what a link in it leads to: the
    instructor's files, which then come back to the learner with the feedback.
    """

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        filename = os.path.basename(path)
        record = {"username": None, "filename": filename, "timestamp": datetime.datetime.min}
        parts = filename.rsplit("+", 3)
        try:
            if len(parts) < 3 or not parts[0].isprintable() or parts[0].startswith("."):
                raise Malformed("its name is not one that nbgrader gives")
            record["timestamp"] = parse_timestamp(parts[2])
            if os.path.islink(path):
                raise Malformed("it is a link to another folder")
            if why := too_much(path):
                raise Malformed(why)
        except Malformed as error:
            self.log.error("Not collected: %r: %s", path, error)
            return record
        return record | {"username": parts[0]}

    def init_src(self) -> None:
        """Find what was handed in."""
        super().init_src()
        self.src_records = [r for r in self.src_records if r["username"] is not None]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy what is ordinary in a submission, by way of a folder that no learner can change."""
        left: list[str] = []

        def strange(place: str, names: list[str]) -> list[str]:
            found = [n for n in names if not _is_ordinary(os.path.join(place, n))]
            left.extend(os.path.join(place, n) for n in found)
            return found

        with tempfile.TemporaryDirectory() as own:
            try:
                taken = shutil.copytree(src, Path(own) / "taken", symlinks=True, ignore=strange)
            except OSError as error:  # shutil.Error is one
                self.log.error("Not collected: %r: %s", src, error)
                return
            if left:
                self.log.error("Not collected, since they are links or no files: %s", left)
            super().do_copy(str(taken), dest, log)


def _is_ordinary(path: str) -> bool:
    mode = os.lstat(path).st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
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
