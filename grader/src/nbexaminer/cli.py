"""What people type to run a command of this package: a course may give it a name of its own."""

OWN_NAME = "nbexaminer"
_name = OWN_NAME


def set_program_name(name: str) -> None:
    """Have messages name the command as `name`; `c.CourseProfile.command` does."""
    global _name
    _name = name


def cli(command: str) -> str:
    """A command line such as `nbexaminer grade 1-attention`, of `grade 1-attention`."""
    return f"{_name} {command}"
