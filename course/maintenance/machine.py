"""What a benchmark says of the machine that it ran on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """Processor, cores, versions."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((x.partition(": ")[2] for x in lines if x.startswith("model name")), cpu)
    versions = f"Python {platform.python_version()}, torch {version('torch').partition('+')[0]}"
    return f"{cpu}, {len(os.sched_getaffinity(0))} cores, {versions}"
