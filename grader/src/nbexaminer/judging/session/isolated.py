"""An isolated test: a test cell that runs in the test runner, on proxies of answers."""

import ast
import dataclasses
import io
import re
import traceback
from collections.abc import Iterable
from typing import Any, NamedTuple

from nbexaminer.judging.codecs.plain import NotSerializable
from nbexaminer.judging.message import INSTEAD, NOT_WRITTEN, TO_DO, UNEXPECTED, Message
from nbexaminer.judging.names.names import bound_names, named_instead, names_used
from nbexaminer.judging.notebook.cell import Role
from nbexaminer.judging.session.notebook_run import NotebookRun, printing_to, seed_all
from nbexaminer.judging.session.remote_proxy import (
    MAX_TEXT,
    Ended,
    Lost,
    Remote,
    RemoteError,
    RemoteProxy,
)
from nbexaminer.judging.session.replay import GIVEN
from nbexaminer.judging.session.scores import TEST, Scored
from nbexaminer.judging.session.verdicts import Doubt, Outcome, is_hidden, worth

MAX_TELLABLE_LINES = 300
"""Of an answer of which a hidden test may say that one raised: more would say much."""


class Result(NamedTuple):
    """How a test ended, or a cell that is none and ran: without an outcome.

    ends_in: what a test's last line has, as `Scored` says it.
    outputs: in nbformat's form, as they came.
    by_word: whether it took an object's word.
    """

    outcome: Outcome | None
    message: Message
    score: float | None = None
    ends_in: str = ""
    outputs: Any = ()
    doubt: Doubt | None = None
    by_word: bool = False

    @property
    def worth(self) -> float:
        """What it gives, to be compared."""
        return worth(self.outcome, self.score)


class IsolatedTest:
    """The test at an index of a run."""

    def __init__(self, run: NotebookRun, index: int) -> None:
        self._run, self._index, self._cell = run, index, run.cells[index]
        self._is_discreet = run.is_discreet
        self._names: dict[str, Any] = {}
        """What the learner calls so, where the test has it from them."""
        self.asked: Remote | None = None
        """The process that it asked, which may have ended since."""
        self.is_unwritten = False
        """Whether its answer is a stub."""

    def result(self) -> Result:
        """Run it. Whatever happens, that is how it ended."""
        printed = _Printed()
        ended = self._ended(printed)
        self._run.cell_over()
        if ended.outcome is Outcome.TIMED_OUT and not (self.asked and self.asked.is_busy):
            self._run.long.add(self._index)
        if self._is_discreet:
            return ended._replace(message=dataclasses.replace(ended.message, tables=()))
        text = printed.getvalue()
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        return ended._replace(outputs=outputs)

    def _ended(self, printed: io.StringIO) -> Result:
        remote: Remote | None = None
        cell, is_in_hidden_run = self._cell, self._run.mode.hidden
        try:
            code = Scored(cell["code"])
            remote = self.asked = self._run.ready(self._index)
            if is_in_hidden_run and (message := self._run.locked_end(self._index)):
                return Result(Outcome.ERROR, message)
            self._run.refuse_what_is_lost(self._index)
            remote.is_discreet = is_in_hidden_run
            remote.begin(is_test=True)
            self._ask(remote, code, printed)
        except Ended as ended:
            whose = "" if ended.message.startswith("not run") else f"{self._label()} "
            return Result(ended.outcome, Message(whose + ended.message))
        except (RemoteError, AssertionError, NameError) as error:
            result = self._failed(error)
        except Exception as error:
            result = Result(Outcome.ERROR, self._odd(error))
            is_plain = self._is_discreet or self._run.guard.has_refused
            if remote and isinstance(error, NotSerializable) and is_plain:
                result = _no_use(f"it {remote.limit}")
        except (Lost, GeneratorExit):
            raise
        except BaseException as error:  # as pytest raises where nothing has been raised
            text = UNEXPECTED if self._is_discreet else f"{type(error).__name__}: {error}"
            result = Result(Outcome.FAILED, Message(text.removesuffix(": ")))
        else:
            if remote.limit:
                return _no_use(f"it {remote.limit}")
            judged = code.judged(cell["points"], cell["asks"], not self._is_discreet)
            return Result(*judged, code.ends_in)
        if remote is not None and remote.out_of_memory:
            return result._replace(outcome=Outcome.OUT_OF_MEMORY)
        return result

    def _ask(self, remote: Remote, code: Scored, printed: io.StringIO) -> None:
        """Run it with the names that it reads. Raises what it raises, Ended."""
        run, replay = self._run, self._run.replay
        answers = {name: run.cell_of(self._index, name) for name in self._cell["answers"]}
        with run.watched(remote, run.cells_behind(self._index, self._cell["answers"])):
            texts = [run.cells[i]["code"] for i in answers.values() if i is not None]
            remote.tellable = _tellable(texts) if self._is_discreet else None
            with printing_to(printed):
                frame = replay.prepare(self._index, remote)
                for name in answers.keys() & frame.keys():
                    self._names[name] = frame[name]
                    if (answer := answers[name]) is not None:
                        cell = run.cells[answer]
                        told = f"{name} of {cell['id']}"
                        remote.tell(frame[name], told, names_used(cell["code"]))
                seed_all(self._cell["seed"])
                try:
                    code.run(replay.names, frame)
                finally:
                    replay.keep(self._index, frame)

    def _failed(self, error: RemoteError | AssertionError | NameError) -> Result:
        """What is said of an exception."""
        if isinstance(error, RemoteError):
            if self.asked and type(error).__name__ == NotSerializable.__name__:
                return _no_use(f"it {self.asked.limit}" if self._is_discreet else error.message)
            return Result(Outcome.ERROR, self._uncaught(error))
        if isinstance(error, AssertionError):
            message = Message.of(error) if self._may_say(error) else Message(UNEXPECTED)
            if message.headline == UNEXPECTED and not is_hidden(self._cell):
                facts = _in_the_test(self._cell["code"], error)
                message = dataclasses.replace(message, facts=facts)
            return Result(Outcome.FAILED, self._or_misspelt(message))
        if missing := self._run.replay.why_missing(str(error.name), self._index):
            return Result(Outcome.ERROR, Message(missing))
        if error.name is None or error.name in self._names:
            return Result(Outcome.ERROR, self._odd(error))
        return Result(*self._missing(error.name))

    def _may_say(self, error: AssertionError) -> bool:
        """Whether an assertion's text may be shown: a library's has what came back in it."""
        if not self._is_discreet or hasattr(error, "as_message"):
            return True
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        return frame.f_code.co_filename in (TEST, GIVEN)

    def _missing(self, name: str) -> tuple[Outcome, Message]:
        """What to say of a name that it reads, and nobody has defined."""
        for place, stop in sorted(self._run.stops.items(), reverse=True):
            cell = self._run.cells[place]
            # An answer cell is called after what it defines, which its text may no longer show.
            if place >= self._index or name not in bound_names(cell["code"]) | {cell["id"]}:
                continue
            if stop.message == "raised NotImplementedError":
                self.is_unwritten = True
                unwritten = Message(NOT_WRITTEN.format(name), todo=TO_DO)
                return stop.outcome, self._or_misspelt(unwritten)
            why = f"the cell that defines it {stop.message}"
            return stop.outcome, Message(f"{name} is not defined: {why}")
        text = self._instead(name) or f"{name} is not defined: no cell before this one defines it"
        return Outcome.ERROR, Message(text)

    def _or_misspelt(self, message: Message) -> Message:
        """A message, or, where it says that an answer is not written, that it has another name."""
        unwritten = re.fullmatch(NOT_WRITTEN.format(r"(\w+)"), message.headline)
        text = self._instead(unwritten[1]) if unwritten else ""
        return Message(text, text) if text else message

    def _instead(self, name: str) -> str:
        """That a cell of the learner's before it has another name instead of `name`, as far as its
        text says; nothing where the last such cell has `name`."""
        known = {cell["id"] for cell in self._run.cells}
        for cell in reversed(self._run.cells[: self._index]):
            if cell["role"] in (Role.TEST, Role.GIVEN):
                continue
            if name in bound_names(cell["code"]):
                break
            if other := named_instead(name, cell["code"], known, cell["id"] == name):
                return INSTEAD.format(other, name)
        return ""

    def _uncaught(self, error: RemoteError) -> Message:
        if self._is_discreet:  # its name and text are the learner's own words
            text = f"{self._label()} raised {type(error).__bases__[-1].__name__}"
        else:
            text = f"{self._label()} raised {type(error).__name__}"
            text += f": {error.message}".replace("\n", "\n    ") if error.message else ""
        return Message(text, facts=(("raised in", error.where),) if error.where else ())

    def _odd(self, error: Exception) -> Message:
        text = type(error).__name__ + ("" if self._is_discreet else f": {error}")
        if isinstance(error, ImportError):  # one of the learner's comes as a RemoteError
            return Message(f"the test itself could not run ({text})")
        return Message(f"the test could not use what came back ({text})")

    def _label(self) -> str:
        called = [n for n, v in self._names.items() if isinstance(v, RemoteProxy)]
        return " or ".join(called) if 0 < len(called) <= 3 else "the answer"


def _tellable(answers: Iterable[str]) -> int:
    """How many lines the answers have that a hidden test asks; none where they are many."""
    lines = max((text.count("\n") + 1 for text in answers), default=0)
    return lines if lines <= MAX_TELLABLE_LINES else 0


def _no_use(why: str) -> Result:
    return Result(Outcome.ERROR, Message(f"the test could not use what came back: {why}"))


def _in_the_test(code: str, error: AssertionError) -> tuple[tuple[str, str], ...]:
    """The bare assert of a test cell that failed, as a fact of its message; none where it stands in
    a function, which may be that of a hidden test."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    if (frame.f_code.co_filename, frame.f_code.co_name) != (TEST, "<module>"):
        return ()
    asserts = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert))
    found = [node for node in asserts if node.lineno <= line <= (node.end_lineno or 0)]
    return (("in the test", ast.unparse(found[0])),) if len(found) == 1 else ()


class _Printed(io.StringIO):
    """What a test prints, up to a length."""

    def write(self, text: str) -> int:
        left = MAX_TEXT - self.tell()
        return super().write(text[: max(0, left)])
