"""What can't be done, in one tree: each message says why, and what would help, in a sentence.

Commands print it and end with status 2; where one submission of many is meant, the others go on.
"""

from enum import IntEnum


class Status(IntEnum):
    """What every command ends with."""

    FINE = 0
    LOOK = 1
    """It is done, and something needs the instructor."""
    CANNOT = 2
    """It can't be done; also for options that don't go together, as click has it."""
    INTERRUPTED = 130
    """Ctrl-C; what was done is kept."""


class Refusal(Exception):
    """What was asked for can't be done."""


class Busy(Refusal):
    """Another run is grading in the folder; the message says which folder."""


class CannotGrade(Refusal):
    """Nothing, or nothing more, can be graded."""


class SandboxUnavailable(Refusal):
    """No sandbox can be had here."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(
            f"No sandbox: {reason.strip()}\n"
            f"To fix it: {cure}\n"
            "To grade without one all the same, with --unsafe-no-sandbox: a learner's code "
            "can then read, change and send whatever you can."
        )


class SourceError(Refusal):
    """The instructor's notebook can't be graded with."""


class GradebookError(Refusal):
    """The gradebook doesn't fit."""


class GradebookUnavailable(Refusal):
    """The gradebook can't be read or written now; later it may be."""


class Malformed(Refusal):
    """A submission, or another file, that can't be taken or read.

    The message can be printed, whatever the learner named things.
    """


class Missing(Malformed):
    """A file that isn't there."""


class TooMuch(Malformed):
    """A folder that holds more, or longer paths, than is looked at."""
