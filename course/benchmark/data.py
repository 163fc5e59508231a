"""Writes the data as plain files, with a manifest of what there is."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from course.benchmark.contract import ROOT
from course.benchmark.gather import exercise, made


def write(into: Path, names: Sequence[str]) -> dict[str, int]:
    """Write these exercises and all answers to them; gives how many there are of which kind.

    Whatever was made there before is made anew. Raises ValueError for a folder with other things.
    """
    others = [p.name for p in into.glob("*") if p.name not in _PARTS] if into.exists() else []
    if others:
        raise ValueError(f"{into} has {others[0]}, which is no data: name a folder for them")
    for part in _PARTS[:2]:
        shutil.rmtree(into / part, ignore_errors=True)
    manifest: dict[str, str] = {}
    everything = hashlib.sha256()
    counts: Counter[str] = Counter()
    for name in names:
        folder = into / "exercises" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_bytes(exercise(name).notebook)
        everything.update(exercise(name).notebook)
        for answer, notebook, text in made(name):
            folder = into / "answers" / answer.id
            folder.mkdir(parents=True)
            (folder / "answer.ipynb").write_bytes(notebook)
            (folder / "about.json").write_text(answer.about(), encoding="utf-8")
            if text:
                (folder / "answer.py").write_text(text, encoding="utf-8")
            manifest[answer.id] = hashlib.sha256(notebook).hexdigest()
            everything.update(notebook + answer.about().encode())
            counts[f"{answer.kind}, {answer.origin}"] += 1
    counted, data = dict(sorted(counts.items())), everything.hexdigest()[:12]
    listed = {"version": f"commit {_commit()}, data {data}", "counts": counted, "sha256": manifest}
    (into / _PARTS[2]).write_text(json.dumps(listed, indent=1) + "\n")
    return counted


_PARTS = ("answers", "exercises", "manifest.json")


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"
