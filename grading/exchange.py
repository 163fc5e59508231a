"""Feedback for a class of which only some handed in through nbgrader's exchange."""

from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback


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
