"""The attacks of tests/attacks, read from their files, and what is handed in for each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import nbformat

from course.authoring.exercises import ROOT, source_of
from nbexaminer.judging.limits import Limits

EXERCISE = "1-attention"
FILES = sorted((Path(__file__).parent.parent / "attacks").glob("*.py"))
WRONG = "def softmax(x, dim=-1):\n    return x"
POINTS = {
    "project_qkv-visible": 1.0, "project_qkv-hidden": 2.0,
    "softmax-visible": 1.0, "softmax-hidden": 3.0,
    "scaled_dot_product_attention-visible": 2.0, "scaled_dot_product_attention-hidden": 4.0,
}  # fmt: skip
LIMITS = Limits(
    memory_bytes=512 << 20,
    processes=32,
    file_bytes=4 << 20,
    scratch_bytes=8 << 20,
    notebook_cpu_seconds=100,  # an attack that computes in many processes has many cores at times
    notebook_wall_seconds=20.0,
    cell_cpu_seconds=1.5,
    cell_wall_seconds=3.0,
    output_bytes=100_000,
    notebook_output_bytes=400_000,
    message_bytes=32 << 20,
)
PATIENT = replace(LIMITS, cell_cpu_seconds=8.0, cell_wall_seconds=16.0)
"""For attacks that don't try to take time: on a busy machine, too, they meet what stops them."""


def as_setting(limits: Limits) -> str:
    """The line of an nbgrader_config.py that sets these limits."""
    given = {f.name: getattr(limits, f.name) for f in fields(limits) if f.init}
    return f"c.SubmissionReader.limits = {given!r}\n"


@dataclass(frozen=True)
class Attack:
    path: Path
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def expected(self) -> dict[str, str]:
        """The outcome of each test cell."""
        visible, _, hidden = self.marks["verdict"].partition(", ")
        softmax = {"softmax-visible": visible, "softmax-hidden": hidden or visible}
        return dict.fromkeys(POINTS, self.marks.get("others", "passed")) | softmax

    @property
    def limits(self) -> Limits:
        if "timed out" not in self.expected.values():
            return PATIENT
        wall = float(self.marks.get("wall", LIMITS.cell_wall_seconds))
        return replace(LIMITS, cell_wall_seconds=wall)

    def text(self, places: dict[str, str]) -> str:
        """The file, with the places that this run's course and listeners have."""
        text = self.path.read_text()
        for name, value in places.items():
            text = text.replace(f"@{name}@", value)
        return text

    def defined(self, places: dict[str, str]) -> dict[str, Any]:
        """What a structure or transport file defines."""
        names: dict[str, Any] = {}
        exec(compile(self.text(places), str(self.path), "exec"), names)
        return names


def read(path: Path) -> Attack:
    marks = dict(re.findall(r"(?m)^# (verdict|others|in|times|wall): (.+)$", path.read_text()))
    return Attack(path, marks)


ATTACKS = [read(path) for path in FILES]
ON_FOLDERS = [a for a in ATTACKS if "def hand_in(" in a.path.read_text()]


# What is handed in ---------------------------------------------------------------------------


def solutions() -> dict[str, str]:
    notebook = nbformat.read(source_of(EXERCISE), as_version=4)
    return {
        c.metadata.nbgrader.grade_id: c.source
        for c in notebook.cells
        if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")
    }


def notebook_with(softmax: str | None, extra: str | None = None) -> dict[str, Any]:
    """A released notebook with answers: right ones but for `softmax`, if it is given."""
    path = ROOT / "release" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook: dict[str, Any] = json.loads(path.read_text())
    answers = solutions() | ({"softmax": softmax} if softmax is not None else {})
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id]
        if grade_id == "written-scaling":
            cell["source"] = "The scores grow with the root of d_k."
    if extra is not None:
        cell = {"cell_type": "code", "execution_count": None, "id": "own", "metadata": {},
                "outputs": [], "source": extra}  # fmt: skip
        notebook["cells"].insert(2, cell)
    return notebook


def dump(notebook: dict[str, Any]) -> bytes:
    return json.dumps(notebook).encode()


def submitted(attack: Attack, places: dict[str, str]) -> bytes:
    if "def submit(" in attack.path.read_text():
        return bytes(attack.defined(places)["submit"](notebook_with(WRONG)))
    code = attack.text(places)
    if attack.marks.get("in") == "extra":
        return dump(notebook_with(WRONG, code))
    return dump(notebook_with(code))


HONEST = dump(notebook_with(None))
