"""Make `work/my_llm` of a learner's notebooks, or bring it up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from string import Template

from course.learner.my_llm.assembly import Assembly, NotTaken
from course.learner.my_llm.books import Book, learners_book, solved_book
from course.learner.my_llm.place import (
    Busy,
    by_hand,
    fingerprint,
    first_failure,
    put,
    put_record,
    recover,
    stage,
    write_files,
)
from course.learner.my_llm.plan import (
    HOMES,
    MILESTONES,
    PACKAGE,
    TEMPLATES,
    Milestone,
    asked,
    askers,
    every_name,
    number,
    part_of,
)
from course.learner.my_llm.state import RECORD, State, read_state, state_text
from course.learner.my_llm.weights import WRITERS
from course.learner.own import why_not
from course.learner.points import Answer, ExerciseScore, NotScored, path_of, read_own, version_of
from helpers.weights import MissingWeightsError

FILES = Path(__file__).with_name("templates")
ALWAYS = ("__init__.py", "__main__.py", "commands/__init__.py")
Passed = Mapping[str, Mapping[str, str]]
"""Of each exercise, and of each of its answers, why it isn't taken; empty for one that passes."""


@dataclass
class Updated:
    """What the package is now.

    Args:
        yours: the learner's answers in it.
        not_yours: answers that are the course's, each with why.
        can: what it can do.
        coming: what it will be able to do next, if anything.
        new: of `can`, what it could not do before.
        by_hand: files that somebody has changed, and that stay so.
        left_out: answers that were written and aren't in it, each with why.
        no_weights: files of weights that can't be had here, each with why.
        changed: whether anything was written.
    """

    yours: list[str] = field(default_factory=list)
    not_yours: dict[str, str] = field(default_factory=dict)
    can: list[Milestone] = field(default_factory=list)
    coming: Milestone | None = None
    new: list[Milestone] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    no_weights: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    @property
    def share(self) -> str:
        """How much of it is the learner's, in a sentence."""
        return f"{len(self.yours)} of {len(every_name())} answers are yours."

    def told(self) -> str:
        """How far it is, in Markdown, for the progress page."""
        can = _listed([one.says for one in self.can]) or "can't do anything yet"
        what = f"**Your program**, [my_llm]({PACKAGE}/README.md): {self.share} It {can}."
        if self.coming:
            what += f" Exercise {self.coming.after} is next: then it {self.coming.says}."
        return what

    def lines(self) -> list[str]:
        """What to say after an update: what is new, and what was not done."""
        said = [f"work/{PACKAGE}: {self.share}"]
        said += [f"New: it {one.says}: python -m {PACKAGE} {one.calls[0]}" for one in self.new]
        said += [f"{name} isn't in it: {why}" for name, why in self.left_out.items()]
        said += [f"Not there: {file}: {why}" for file, why in self.no_weights.items()]
        said += [f"{path} stays as you've changed it." for path in self.by_hand]
        return said


def update(
    work: Path,
    passed: Passed | None = None,
    texts: Mapping[str, str] | None = None,
    complete: bool | None = None,
) -> Updated:
    """Make the package, or bring it up to date.

    Args:
        work: the learner's folder, with their notebooks.
        passed: what is known of answers in the notebooks as they are saved now. Of other exercises
            whose notebooks have changed, the visible tests are run.
        texts: newer ones than the saved ones, of answers of the exercises in `passed`.
        complete: whether the course's answers also stand in where the learner is right now, and not
            only in the exercises before; as it was last unless given.

    Raises:
        place.Busy: another process makes it right now.
    """
    recover(work)
    state = read_state(work)
    complete = state.complete if complete is None else complete
    maker = _Maker(work, state, _looked_at(work, state, passed or {}), texts or {}, complete)
    return maker.make()


def _looked_at(work: Path, state: State, passed: Passed) -> dict[str, tuple[str, dict[str, str]]]:
    """`State.seen` as it is now."""
    seen = {}
    for exercise in HOMES:
        try:
            version = version_of(read_own(exercise, work))
        except NotScored:
            continue
        if exercise in passed:
            why = {name: passed[exercise].get(name, "it isn't there") for name in asked(exercise)}
            seen[exercise] = version, why
        elif state.seen.get(exercise, ("",))[0] == version:
            seen[exercise] = state.seen[exercise]
        else:
            path = path_of(exercise, work)
            seen[exercise] = (
                version,
                {name: why_not(exercise, name, path) for name in asked(exercise)},
            )
    return seen


class _Maker:
    """One making of the package."""

    def __init__(
        self,
        work: Path,
        state: State,
        seen: dict[str, tuple[str, dict[str, str]]],
        texts: Mapping[str, str],
        complete: bool,
    ) -> None:
        self._work, self._state, self._seen = work, state, seen
        self._texts, self._complete = texts, complete
        self._refused: dict[tuple[str, str], str] = {}
        self._before = {path for path in state.files}

    def make(self) -> Updated:
        """Assemble, try, put."""
        with stage(self._work) as part:
            while True:
                try:
                    assembly = Assembly(self._chosen())
                    files, made = self._files(assembly)
                    if self._is_there(files, made):
                        self._note_seen(part)
                        return made
                    self._try(part / PACKAGE, files, assembly)
                    break
                except NotTaken as refused:
                    self._refuse(refused.reasons)
            return self._put(part, files, made)

    # --- Whose answer goes in ----------------------------------------------------------------

    @cached_property
    def _books(self) -> dict[str, Book]:
        found = {
            exercise: learners_book(exercise, path_of(exercise, self._work), self._texts)
            for exercise in self._seen
        }
        return {exercise: book for exercise, book in found.items() if book is not None}

    def _why_not(self, exercise: str, name: str) -> str:
        """Why an answer of the learner's isn't taken, or empty."""
        if exercise not in self._books:
            return "your notebook is missing"
        if why := self._refused.get((exercise, name)):
            return why
        return self._seen[exercise][1].get(name, "")

    def _chosen(self) -> dict[str, Book]:
        """Of each answer that goes in, the notebook that it comes from, in the package's order."""
        yours = {
            name: exercise
            for exercise in HOMES
            for name in asked(exercise)
            if not self._why_not(exercise, name)
        }
        reached = max((number(exercise) for exercise in yours.values()), default=-1)
        filled = [e for e in HOMES if self._complete or number(e) < reached]
        chosen = {}
        for name in every_name():
            if name in yours:
                chosen[name] = self._books[yours[name]]
                continue
            exercise = next((e for e in askers(name) if e in filled), None)
            book = solved_book(exercise) if exercise else None
            if book is not None:
                chosen[name] = book
        return chosen

    def _refuse(self, reasons: Mapping[str, str]) -> None:
        """Note that answers can't be taken. Raises RuntimeError where they're the course's own."""
        chosen = self._chosen()
        new = {
            (chosen[name].exercise, name): why for name, why in reasons.items() if chosen[name].own
        }
        if not new:
            raise RuntimeError(f"the course's own answers make no package: {reasons}")
        self._refused |= new

    # --- What it consists of -----------------------------------------------------------------

    def _files(self, assembly: Assembly) -> tuple[dict[str, str], Updated]:
        """Every text of the package by its path, and what is to be said of it."""
        chosen = self._chosen()
        modules = assembly.files()
        made = Updated(yours=[name for name, book in chosen.items() if book.own])
        for name, book in chosen.items():
            if not book.own:
                made.not_yours[name] = self._why_not(book.exercise, name)
        for (exercise, name), why in self._refused.items():
            if name not in made.yours and name not in made.not_yours:
                made.left_out[name] = f"{why} (exercise {number(exercise)})"
        made.can = [one for one in MILESTONES if {*one.needs} <= chosen.keys()]
        had = {one for one in MILESTONES if {*one.files} <= self._before}
        made.new = [one for one in made.can if one not in had]
        made.coming = next((one for one in MILESTONES if one not in made.can), None)
        templates = {*ALWAYS, *assembly.templates, *(f for one in made.can for f in one.files)}
        if "tokenizer.py" in templates:
            templates.add(f"{TEMPLATES['split_words']}.py")
        files = {path: (FILES / path).read_text(encoding="utf-8") for path in sorted(templates)}
        files |= modules | _inits(chosen, modules)
        folders = sorted({path.rpartition("/")[0].replace("/", ".") for path in files} - {""})
        packages = [PACKAGE, *(f"{PACKAGE}.{folder}" for folder in folders)]
        besides = assembly.distributions()
        files["pyproject.toml"] = Template(
            (FILES / "pyproject.template").read_text("utf-8")
        ).substitute(
            dependencies=", ".join(f'"{one}"' for one in ["torch", *besides]),
            packages=", ".join(f'"{one}"' for one in packages),
        )
        changed = by_hand(self._work, files, self._state.files)
        made.by_hand = sorted(changed)
        files["README.md"] = self._readme(made, chosen, besides)
        if "README.md" in by_hand(self._work, {"README.md": files["README.md"]}, self._state.files):
            made.by_hand = sorted({*made.by_hand, "README.md"})
        return files, made

    def _readme(self, made: Updated, chosen: Mapping[str, Book], besides: list[str]) -> str:
        rows = []
        for part in dict.fromkeys(part for parts in HOMES.values() for part in parts):
            names = [n for n in chosen if part_of(chosen[n].exercise, n) == part]
            if names:
                own, others = (
                    [f"`{n}`" for n in names if chosen[n].own is own] for own in (True, False)
                )
                rows.append(f"| {part} | {', '.join(own)} | {', '.join(others)} |")
        can = [f"It {one.says}:\n\n{_calls(one)}" for one in made.can]
        notes = [f"- `{name}` is not yet yours: {why}." for name, why in made.not_yours.items()]
        notes += [f"- `{name}` isn't in here: {why}." for name, why in made.left_out.items()]
        notes += [f"- `{path}` was changed by hand, and stays so." for path in made.by_hand]
        return Template((FILES / "README.md").read_text(encoding="utf-8")).substitute(
            share=made.share,
            can="\n\n".join(can) or "Nothing yet.",
            besides=f" and {_listed(besides)}, which your own code imports" if besides else "",
            next=f"Next, after exercise {made.coming.after}: it {made.coming.says}.\n\n"
            if made.coming
            else "",
            parts="\n".join(rows),
            weights=_whose([one.origin for one in made.can if one.origin]),
            notes="\n".join([*notes, "", ""]) if notes else "",
        )

    # --- Whether it runs, and where it goes --------------------------------------------------

    def _is_there(self, files: Mapping[str, str], made: Updated) -> bool:
        """Whether the package is this one already."""
        weights = {one.weights for one in made.can if one.weights}
        place = self._work / PACKAGE
        return (
            self._state.files == {path: fingerprint(text) for path, text in files.items()}
            and all((place / path).exists() for path in files)
            and all((place / "weights" / file).exists() for file in weights)
        )

    def _note_seen(self, part: Path) -> None:
        """Remember which notebooks were looked at, where that changes nothing."""
        if self._seen != self._state.seen:
            put_record(self._work, part, RECORD, state_text(replace(self._state, seen=self._seen)))

    def _try(self, folder: Path, files: Mapping[str, str], assembly: Assembly) -> None:
        """Write it all where nobody looks yet. Raises NotTaken where a module can't be imported."""
        # Without the parts' __init__.py: of a part, each module is to answer for itself alone.
        write_files(folder, {p: files[p] for p in files if not p.endswith("/__init__.py")})
        dotted = {
            f"{PACKAGE}.{p.removesuffix('.py').replace('/', '.')}": p for p in assembly.in_order()
        }
        failure = first_failure(folder.parent, [*dotted])
        if failure is not None:
            module, why = failure
            raise NotTaken({name: why for name in assembly.users({dotted[module]})})

    def _put(self, part: Path, files: Mapping[str, str], made: Updated) -> Updated:
        new = part / PACKAGE
        for path in self._all_under(new) - files.keys():
            (new / path).unlink()  # of a try that failed
        changed = by_hand(self._work, files, self._state.files)
        write_files(new, {**files, **changed})
        for one in made.can:
            if one.weights and not (self._work / PACKAGE / "weights" / one.weights).exists():
                (new / "weights").mkdir(exist_ok=True)
                try:
                    WRITERS[one.weights](new / "weights" / one.weights)
                except MissingWeightsError as missing:
                    made.no_weights[one.weights] = str(missing)
        hashes = {path: fingerprint(text) for path, text in files.items()}
        hashes |= {path: self._state.files.get(path, "") for path in changed}
        made.changed = True
        state = State(self._seen, hashes, made.told(), self._complete)
        dropped = self._state.files.keys() - files.keys() - changed.keys()
        put(self._work, part, {*dropped})
        put_record(self._work, part, RECORD, state_text(state))
        return made

    @staticmethod
    def _all_under(folder: Path) -> set[str]:
        return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def _inits(chosen: Mapping[str, Book], modules: Mapping[str, str]) -> dict[str, str]:
    """The `__init__.py` of each part, by which its answers are had from the part itself."""
    lines: dict[str, list[str]] = {f"{path.partition('/')[0]}/__init__.py": [] for path in modules}
    for name, book in chosen.items():
        part = part_of(book.exercise, name)
        lines[f"{part}/__init__.py"].append(f"from {PACKAGE}.{part}.{name} import {name} as {name}")
    return {path: "\n".join([*sorted(found), ""]) for path, found in lines.items()}


def _whose(origins: list[str]) -> str:
    """Whose trained weights come along, as their licence asks to be said."""
    if not origins:
        return ""
    licence = "[Apache 2.0](https://www.apache.org/licenses/LICENSE-2.0)"
    return f" The trained weights in `weights/` are those of {_listed(origins)} ({licence})."


def _calls(milestone: Milestone) -> str:
    return "\n".join(f"    python -m {PACKAGE} {call}" for call in milestone.calls)


def _listed(parts: list[str]) -> str:
    """ "a, b and c"."""
    *first, last = parts or [""]
    return f"{', '.join(first)} and {last}" if first else last


def passed_in(scores: Iterable[ExerciseScore]) -> Passed:
    """What a grading says of answers: the visible tests decide, as they do for later exercises."""
    return {
        score.exercise: {
            answer.name: _why(answer) for answer in score.answers if answer.name in every_name()
        }
        for score in scores
        if score.exercise in HOMES
    }


def _why(answer: Answer) -> str:
    visible = [result for result in answer.results if not result.hidden]
    if all(result.earned == result.points for result in visible):
        return ""
    return "yours fails its visible tests" if answer.written else "yours is not written yet"


def update_quietly(work: Path, passed: Passed, texts: Mapping[str, str] | None = None) -> list[str]:
    """`update`, where the learner is at something else: what to say, or nothing.

    Whatever goes wrong with the package must not get in the way of a test or of grading.
    """
    try:
        made = update(work, passed, texts)
    except Busy as busy:
        return [str(busy)]
    except Exception as error:
        why = f"{type(error).__name__}: {error}".partition("\n")[0]
        return [f"work/{PACKAGE} stays as it was: {why}"]
    return made.lines() if made.changed else []
