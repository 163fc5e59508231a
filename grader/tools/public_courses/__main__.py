"""`accept` tries public assignments; `mutants` also has wrong answers graded, by stock and by us.

Each result is a line of JSON in the output folder, and the next run goes on where they end; `show`
only adds them up.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .courses import read_list

Record = dict[str, Any]
ACCEPTED = ("at once", "written")


def main() -> int:
    """Run a command, and add up."""
    parser = argparse.ArgumentParser("public_courses", description=__doc__)
    parser.add_argument("command", choices=("accept", "mutants", "show"))
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    source = Path(__file__).parents[2] / "src"
    parser.add_argument("--src", type=Path, default=source, help="the grader/src to test")
    parser.add_argument("--mirrors", type=Path, help="folder of git directories, as owner+name")
    parser.add_argument("--only", default="", help="assignments whose name has this in it")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin none after that")
    parser.add_argument("--most", type=int, default=8, help="mutants of an assignment")
    options = parser.parse_args()
    out, path = options.out.resolve(), [options.src.resolve(), Path(__file__).resolve().parents[1]]
    options.mirrors = options.mirrors and options.mirrors.resolve()
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, path))
    sys.path[:0] = map(str, path)
    here = out / "here"  # what lies in the working folder is hidden from the sandbox
    here.mkdir(parents=True, exist_ok=True)
    os.chdir(here)
    if options.command != "show":
        _run(options, out)
    found = (_read(out / f"{name}.jsonl") for name in ("accept", "mutants"))
    print("\n".join(_added_up(*([r for r in f if options.only in r["name"]] for f in found))))
    return 0


def _run(options: argparse.Namespace, out: Path) -> None:
    from .compare import opened

    end, assignments = time.monotonic() + options.seconds, read_list(options.only)
    accepted = {record["name"]: record for record in _read(out / "accept.jsonl")}
    done = {(record["name"], record.get("mutant")) for record in _read(out / "mutants.jsonl")}
    with opened(options.mirrors, out / "assignments", options.most) as bench:
        for number, assignment in enumerate(assignments, 1):
            if time.monotonic() > end:
                break
            name, told = assignment.name, f"{number}/{len(assignments)} {assignment.name}: "
            if name not in accepted:
                found = bench.accept(assignment)
                (accepted[name],) = _kept(found, out / "accept.jsonl", name)
                print(told + accepted[name]["verdict"], flush=True)
            if options.command == "mutants" and accepted[name]["verdict"] in ACCEPTED:
                found = bench.compare(assignment, accepted[name]["ways"], done)
                made = _kept(found, out / "mutants.jsonl", name)
                odd = sum(bool(one.get("more") or one.get("less")) for one in made)
                print(f"{told}{len(made)} mutants, {odd} differ", flush=True)


def _kept(records: Iterable[Record], file: Path, name: str) -> list[Record]:
    """All of them, each written down at once; what goes wrong in making them is one, too."""
    found = []
    with file.open("a") as lines:
        try:
            for record in records:
                found.append(record)
                print(json.dumps(record), file=lines, flush=True)
        except Exception as error:
            found.append({"name": name, "verdict": "broken", "why": {"": repr(error)[:500]}})
            print(json.dumps(found[-1]), file=lines, flush=True)
    return found


def _read(file: Path) -> list[Record]:
    return [json.loads(line) for line in file.open()] if file.exists() else []


def _added_up(accepted: list[Record], mutated: list[Record]) -> Iterable[str]:
    """The results in words, the important ones last."""
    for verdict in ("out", "broken", "written", "refused"):
        for one in (*accepted, *mutated):
            if one.get("verdict") == verdict:
                why = "; ".join(f"{cell}: {text}"[:200] for cell, text in one["why"].items())
                yield f"{verdict}: {one['name']}: {' '.join(why.split())[:500]}"
    compared, cells = [one for one in mutated if one.get("stock")], Counter[str]()
    for kind in ("less", "more"):
        for one in compared:
            for cell in one.get(kind, ()):
                how = "waits" if cell in one["waiting"] else "unstable" if one["unstable"] else ""
                cells[f"{kind} {how}".strip()] += 1
                about = f"{one['stock'].get(cell)} -> {one['ours'][cell]}: {one['said'][cell]}"
                yield f"{kind} ({how}): {one['name']}: {cell}: {one['mutant']}: {about}"[:500]
    left = {one["name"].partition(":")[0] for one in accepted if one["verdict"] != "out"}
    verdicts = dict(Counter(one["verdict"] for one in accepted))
    yield f"assignments: {verdicts}; those not out are of {len(left)} repositories"
    lost = sum("stock" in one and not one["stock"] for one in mutated)
    tests = sum(len(one["ours"]) for one in compared)
    yield f"{len(compared)} submissions, {tests} test cells; {lost} not measured in a kernel"
    yield f"test cells that differ: {dict(cells)}"


if __name__ == "__main__":
    raise SystemExit(main())
