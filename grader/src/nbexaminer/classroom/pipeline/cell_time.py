"""The time of a cell that a course gives nbgrader, `c.Execute.timeout`, as limits of ours."""

from nbgrader.preprocessors import Execute
from traitlets import TraitError
from traitlets.config import Config

from nbexaminer.judging.limits import Limits


def limits_of(config: Config, own: dict[str, float]) -> Limits:
    """The limits with which a course is graded.

    A cell has the time that nbgrader would give it, and at least as much computing time, within
    those of the notebook; what nbgrader doesn't limit (None, 0, -1) has these. Where the course
    says nothing, or says it in `own`, that holds.

    config: where nbgrader reads `c.Execute.timeout`.
    own: `c.SubmissionReader.limits`.
    Raises TraitError for a time that is none.
    """
    limits = _limits(own)
    sections = reversed(Execute.section_names())  # the first that has it counts
    setting = next((n for n in sections if n in config and "timeout" in config[n]), None)
    if setting is None:
        return limits
    given = config[setting]["timeout"]
    try:
        seconds = Execute(config=Config({setting: {"timeout": given}})).timeout
    except (TraitError, ValueError):
        value = given if isinstance(given, str) else repr(given)
        raise TraitError(
            f"c.{setting}.timeout is {value}: give whole seconds, such as 60, or None for no limit "
            "but the notebook's"
        ) from None
    wall = float(seconds) if seconds is not None and seconds > 0 else limits.notebook_wall_seconds
    asked = {
        "cell_wall_seconds": min(wall, limits.notebook_wall_seconds),
        "cell_cpu_seconds": min(max(wall, limits.cell_cpu_seconds), limits.notebook_cpu_seconds),
    }
    return _limits(asked | own)


def _limits(wanted: dict[str, float]) -> Limits:
    return Limits(**wanted)  # type: ignore[arg-type]  # `Settings` has looked at each
