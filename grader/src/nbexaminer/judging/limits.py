"""How much of the machine one submission may use, and each of its cells."""

from dataclasses import dataclass, field

from nbexaminer.sandbox import limits


@dataclass(frozen=True)
class Limits(limits.Limits):
    """Limits of the process that runs a notebook: the sandbox's, and of time for notebook and cell.

    The limits a cell, of output and of messages are for whoever talks to the process to keep.
    """

    cpu_seconds: int = field(init=False)
    wall_seconds: float = field(init=False)
    notebook_cpu_seconds: int = 300
    notebook_wall_seconds: float = 600.0
    extra_seconds: float = 0.0
    """On top of these until the process is ended, which has something to do behind a notebook that
    took all its time: hidden tests, and saying how it ended."""
    cell_cpu_seconds: float = 30.0
    cell_wall_seconds: float = 60.0
    output_bytes: int = 1 << 20
    notebook_output_bytes: int = 4 << 20
    message_bytes: int = 256 << 20

    def __post_init__(self) -> None:
        wall = self.notebook_wall_seconds + self.extra_seconds
        vars(self).update(cpu_seconds=self.notebook_cpu_seconds, wall_seconds=wall)
