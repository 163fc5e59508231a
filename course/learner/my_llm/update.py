"""Make `work/my_llm` of a learner's notebooks, or bring it up to date."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template

import nbexaminer.startup  # noqa: F401  before anything that imports nbformat
from course.learner.my_llm.cells import Book, BookCell, definer, learners_book, solved_book
from course.learner.my_llm.modules import Assembly, NotTaken
from course.learner.my_llm.plan import (
    ADAPTERS,
    HOMES,
    MILESTONES,
    PACKAGE,
    Milestone,
    asked,
    askers,
    every_name,
    number,
    template,
)
from course.learner.my_llm.record import Record, fingerprint, read_record
from course.learner.my_llm.weights import WRITERS, bring_adapters, kept_adapters
from course.learner.own import why_not
from course.learner.points import Answer, ExerciseScore, NotScored, path_of, read_own, version_of
from helpers.weights import MissingWeightsError

ALWAYS = ("__init__.py", "__main__.py", "commands/__init__.py")
"""Templates that the program has from the beginning."""
STAGE = f".{PACKAGE}.part"
NEW = ".new"
"""How the name of a file ends that lies beside one that was changed by hand."""
STALE = 600
"""After how many seconds a program in the making was given up."""
LONGEST = 120
"""Seconds that the modules may take to be imported."""
TRIAL = f"""
import importlib, sys
said, sys.stdout = sys.stdout, sys.stderr
sys.path.insert(0, sys.argv[1])
for module in sys.argv[2:]:
    print(module, file=said, flush=True)
    importlib.import_module(f"{PACKAGE}.{{module}}")
"""
"""Imports what the command line names, after a folder: what is printed last was begun last."""
Passed = Mapping[str, Mapping[str, str]]
"""Of each exercise, and of each of its answers, why it isn't taken; empty for one that passes."""


class Busy(Exception):
    """The program is being made by another process; the message says so."""


@dataclass
class Updated:
    """What the program is now.

    yours: the learner's answers in it.
    not_yours: answers that are the course's, each with why.
    left_out: answers of the learner's that passed and aren't in it, or weights, each with why.
    can: what it can do.
    new: of `can`, what it could not do before.
    by_hand: files that somebody has changed, and that stay so.
    changed: whether anything was written.
    """

    yours: list[str]
    not_yours: dict[str, str]
    left_out: dict[str, str]
    can: list[Milestone]
    new: list[Milestone]
    by_hand: list[str] = field(default_factory=list)
    changed: bool = False

    @property
    def coming(self) -> Milestone | None:
        """What it will be able to do next, if anything."""
        return next((one for one in MILESTONES if one not in self.can), None)

    @property
    def share(self) -> str:
        """How much of it is the learner's, in a sentence."""
        return f"{len(self.yours)} of {len(every_name())} answers are yours."

    def told(self) -> str:
        """How far it is, in Markdown, for the progress page."""
        can = _listed([one.says for one in self.can]) or "can't do anything yet"
        what = f"**Your program**, [{PACKAGE}]({PACKAGE}/README.md): {self.share} It {can}."
        if self.coming:
            what += f" Exercise {self.coming.after} is next: then it {self.coming.says}."
        return what

    def lines(self) -> list[str]:
        """What to say after an update: what is new, and what was not done."""
        said = [f"work/{PACKAGE}: {self.share}"]
        said += [
            f"New: it {one.says}. Try it, in work/: python -m {PACKAGE} {one.calls[0]}"
            for one in self.new
        ]
        said += [f"Your {name} isn't in it: {why}" for name, why in self.left_out.items()]
        said += [
            f"{path} stays as you've changed it; what it would be is {path}.new."
            for path in self.by_hand
        ]
        return said


def update(
    work: Path,
    passed: Passed | None = None,
    texts: Mapping[str, str] | None = None,
) -> Updated:
    """Make the program, or bring it up to date.

    Args:
        work: the learner's folder, with their notebooks.
        passed: what is known of answers in the notebooks as they are saved now. Of other exercises
            whose notebooks have changed, the visible tests are run.
        texts: newer ones than the saved ones, of answers of the exercises in `passed`.

    Raises:
        Busy: another process makes it right now.
        OSError: the folder can't be written.
    """
    with _stage(work) as stage:
        old = read_record(work)
        seen = _looked_at(work, old, passed or {})
        answers, refused = _Answers(work, seen, texts or {}), set[str]()
        while True:
            try:
                chosen = answers.chosen()
                assembly = Assembly(chosen, answers.book)
                made = answers.told(chosen, refused, old)
                files = _files(assembly, made, chosen)
                made.by_hand = [p for p, text in files.items() if old.is_changed(work, p, text)]
                record = Record(seen, _hashes(work, files, made, old), made.told())
                if replace(record, seen=old.seen) == old and _is_whole(work, record, made):
                    record.write(work, stage)
                    return made
                _write(stage / PACKAGE, files)
                failure = first_failure(stage / PACKAGE, [*assembly.modules])
                if failure is None:
                    break
                module, line, why = failure
                text = ["", *files[f"{module}.py"].splitlines()][line]
                at_fault = assembly.at_fault(module, text)
                raise NotTaken(dict.fromkeys(at_fault, why))
            except NotTaken as no:
                refused |= answers.refuse(no.reasons, chosen)
        _put(work, stage, made, record, old)
    return made


@contextlib.contextmanager
def _stage(work: Path) -> Iterator[Path]:
    """A new folder in `work`, for a program in the making; gone at the end. Raises Busy."""
    stage = work / STAGE
    with contextlib.suppress(FileNotFoundError):
        if time.time() - stage.stat().st_mtime > STALE:
            shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir()
    except FileExistsError:
        raise Busy(f"{PACKAGE} is being made by another notebook or command right now") from None
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


# --- Whose answers go in --------------------------------------------------------------------


def _looked_at(work: Path, old: Record, passed: Passed) -> dict[str, tuple[str, dict[str, str]]]:
    """`Record.seen` as it is now."""
    seen = {}
    for exercise in HOMES:
        try:
            version = version_of(read_own(exercise, work))
        except NotScored:
            continue
        if exercise in passed:
            why = {name: passed[exercise].get(name, "it isn't there") for name in asked(exercise)}
        elif old.seen.get(exercise, ("",))[0] == version:
            why = old.seen[exercise][1]
        else:
            path = path_of(exercise, work)
            why = {name: why_not(exercise, name, path) for name in asked(exercise)}
        seen[exercise] = version, why
    return seen


class _Answers:
    """The learner's and the course's; the arguments are those of `update`, and `Record.seen`."""

    def __init__(
        self, work: Path, seen: Mapping[str, tuple[str, dict[str, str]]], texts: Mapping[str, str]
    ) -> None:
        self._learners = {e: learners_book(e, path_of(e, work), texts) for e in seen}
        self._why = {(e, name): why for e in seen for name, why in seen[e][1].items()}

    def book(self, exercise: str, own: bool) -> Book:
        """A notebook, the learner's own or the course's; empty where there is none."""
        return self._learners.get(exercise, ()) if own else solved_book(exercise)

    def _cell(self, exercise: str, own: bool, name: str) -> BookCell | None:
        """The cell from which an answer is taken: its own, unless it stands in one above."""
        book = self.book(exercise, own)
        answer = next((cell for cell in book if cell.answer == name), None)
        return definer(book, name, answer) if answer else None

    def _why_not(self, exercise: str, name: str) -> str:
        """Why an answer of the learner's isn't taken, or empty."""
        if not self.book(exercise, True):
            return "your notebook is missing"
        why = self._why.get((exercise, name), "")
        if not why and self._cell(exercise, True, name) is None:
            return "its cell holds what only a notebook understands"
        return why

    def chosen(self) -> dict[str, BookCell]:
        """Of each answer that goes in, the cell that it comes from, in the program's order."""
        yours = {n: e for e in HOMES for n in asked(e) if not self._why_not(e, n)}
        reached = max(map(number, yours.values()), default=-1)
        filled = [e for e in HOMES if number(e) < reached]
        found = {}
        for name in every_name():
            exercise = yours.get(name) or next((e for e in askers(name) if e in filled), "")
            cell = self._cell(exercise, name in yours, name) if exercise else None
            if cell is not None:
                found[name] = cell
        return found

    def refuse(self, reasons: Mapping[str, str], chosen: Mapping[str, BookCell]) -> set[str]:
        """Note that answers can't be taken, and give those of them that are the learner's.

        Raises RuntimeError where all are the course's own.
        """
        own = {name for name in reasons if chosen[name].own}
        if not own:
            raise RuntimeError(f"the course's own answers make no program: {reasons}")
        self._why |= {(chosen[name].exercise, name): reasons[name] for name in own}
        return own

    def told(self, chosen: Mapping[str, BookCell], refused: set[str], old: Record) -> Updated:
        """What is to be said of the program that is made of these."""
        passed = {
            n for _, why in old.seen.values() for n, not_taken in why.items() if not not_taken
        }
        can = [one for one in MILESTONES if one.parts[1] <= chosen.keys()]
        return Updated(
            [name for name, cell in chosen.items() if cell.own],
            {n: self._why_not(c.exercise, n) for n, c in chosen.items() if not c.own},
            {
                name: f"{why} (exercise {number(exercise)})"
                for (exercise, name), why in self._why.items()
                if why and name in refused | passed and not (name in chosen and chosen[name].own)
            },
            can,
            [one for one in can if not one.parts[0] <= old.files.keys()],
        )


# --- What it consists of --------------------------------------------------------------------


def _files(assembly: Assembly, made: Updated, chosen: Mapping[str, BookCell]) -> dict[str, str]:
    """Every text of the program by its path."""
    templates = {*ALWAYS, *assembly.templates(), *(f for one in made.can for f in one.parts[0])}
    files = {path: assembly.directed(template(path)) for path in sorted(templates)}
    files |= assembly.files()
    besides = assembly.distributions()
    files["pyproject.toml"] = Template(template("pyproject.template")).substitute(
        dependencies=", ".join(f'"{one}"' for one in ["torch", *besides])
    )
    files["README.md"] = _readme(made, chosen, assembly, besides)
    return files


def _readme(
    made: Updated, chosen: Mapping[str, BookCell], assembly: Assembly, besides: list[str]
) -> str:
    rows = []
    for module in assembly.modules:
        here = [name for name in chosen if assembly.where(name) == module]
        own, others = (
            ", ".join(f"`{n}`" for n in here if chosen[n].own is whose) for whose in (True, False)
        )
        rows.append(f"| [`{module}.py`]({module}.py) | {own} | {others} |")
    can = [
        f"It {one.says}:\n\n"
        + "\n".join(f"    python -m {PACKAGE} {call}" for call in one.calls)
        + (f"\n\n{textwrap.fill(one.more, 120, break_on_hyphens=False)}" if one.more else "")
        for one in made.can
    ]
    notes = []
    left_out = {name: why for name, why in made.left_out.items() if name not in made.not_yours}
    for what, names in (("Not yet yours", made.not_yours), ("Not in here", left_out)):
        for why in dict.fromkeys(names.values()):
            these = _listed([f"`{name}`" for name in names if names[name] == why])
            notes.append(f"- {what}: {these}, since {why}.")
    coming, origins = made.coming, _listed([one.origin for one in made.can if one.origin])
    return Template(template("README.md")).substitute(
        share=made.share,
        can="\n\n".join(can) or "Nothing yet.",
        besides=f" and {_listed(besides)}, which your own code imports" if besides else "",
        next=f"Next, after exercise {coming.after}: it {coming.says}.\n\n" if coming else "",
        modules="\n".join(rows),
        weights=f" The trained weights are those of {origins} (Apache 2.0)." if origins else "",
        notes="\n".join([*notes, "", ""]) if notes else "",
    )


def _listed(parts: list[str]) -> str:
    """ "a, b and c"."""
    *first, last = parts or [""]
    return f"{', '.join(first)} and {last}" if first else last


# --- Whether it runs, and where it goes -----------------------------------------------------


def _hashes(
    work: Path, files: Mapping[str, str], made: Updated, old: Record
) -> dict[str, list[str]]:
    """`Record.files` of a program: what is changed by hand stays, with the new text beside it."""
    texts = {f"{path}{NEW}" if path in made.by_hand else path: files[path] for path in files}
    return {
        path: [fingerprint(text)]
        for path, text in texts.items()
        if not old.is_changed(work, path, text)
    }


def _is_whole(work: Path, record: Record, made: Updated) -> bool:
    """Whether everything that is remembered of the program lies there."""
    weights = (f"weights/{one.weights}" for one in made.can if one.weights)
    there = all((work / PACKAGE / path).exists() for path in [*record.files, *weights])
    return there and kept_adapters(work) is None


def _write(folder: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of a try that failed
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def first_failure(folder: Path, modules: Sequence[str]) -> tuple[str, int, str] | None:
    """The first of these modules that can't be imported, the line at which that ends, and why."""
    command = [sys.executable, "-I", "-B", "-c", TRIAL, str(folder.parent), *modules]
    ran = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST
    )
    if ran.returncode == 0:
        return None
    module, told = ran.stdout.decode().split()[-1], ran.stderr.decode(errors="replace")
    lines = re.findall(rf'[\\/]{module}\.py", line (\d+)', told)
    last = told.rstrip().rpartition("\n")[2]
    why = f"importing it fails: {last or 'Python ended'}"
    return module, int(lines[-1]) if lines else 0, why


def _put(work: Path, stage: Path, made: Updated, record: Record, old: Record) -> None:
    """Put the files that were tried in their places, one after the other, each as a whole.

    Whatever ends this, the record knows by then what may stand in each, so that the next time
    nothing is taken for the learner's that isn't.
    """
    either = {
        p: [*old.files.get(p, []), *record.files.get(p, [])] for p in old.files | record.files
    }
    replace(old, files=either).write(work, stage)
    place, new = work / PACKAGE, stage / PACKAGE
    for path in record.files:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (new / path.removesuffix(NEW)).replace(place / path)
    for path in old.files.keys() - record.files.keys() - {*made.by_hand}:
        if not old.is_changed(work, path):
            (place / path).unlink(missing_ok=True)
    shutil.rmtree(place / "build" / "lib", ignore_errors=True)  # of pip, with modules that are gone
    for one in made.can:
        weights = place / "weights" / one.weights
        if one.weights and not weights.exists():
            weights.parent.mkdir(exist_ok=True)
            try:
                WRITERS[one.weights](stage / one.weights)
                (stage / one.weights).replace(weights)
            except MissingWeightsError as missing:
                made.left_out[one.weights] = str(missing)
    try:
        bring_adapters(work)
    except OSError as error:
        made.left_out[Path(ADAPTERS).name] = str(error)
    record.write(work, stage)
    made.changed = True


# --- For those at something else ------------------------------------------------------------


def passed_in(scores: Iterable[ExerciseScore]) -> Passed:
    """What a grading says of answers: the visible tests decide, as they do for later exercises."""
    return {
        score.exercise: {answer.name: _why(answer) for answer in score.answers}
        for score in scores
        if score.exercise in HOMES
    }


def _why(answer: Answer) -> str:
    if all(one.earned == one.points for one in answer.results if not one.hidden):
        return ""
    return "yours fails its visible tests" if answer.written else "yours is not written yet"


def update_quietly(work: Path, passed: Passed, texts: Mapping[str, str] | None = None) -> list[str]:
    """`update`, where the learner is at something else: what to say, or nothing.

    Whatever goes wrong with the program must not get in the way of a test or of grading.
    """
    try:
        made = update(work, passed, texts)
    except Busy as busy:
        return [str(busy)]
    except Exception as error:
        why = f"{type(error).__name__}: {error}".partition("\n")[0]
        return [f"work/{PACKAGE} stays as it was: {why}"]
    return made.lines() if made.changed else []
