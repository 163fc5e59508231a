"""Keeps values of answers from becoming code, or the name of a file, in the test runner.

An answer's text is plain data here, until something in a test has Python run it: `eval` in a locked
cell's function, `df.query`, SymPy, which reads any text so, or `pickle.loads` of its bytes. What is
run then is the learner's, where tests and verdicts are. No list of such functions is ever whole, so
this looks at what Python itself tells of each by its audit events (PEP 578), whoever asks for it.

Its state, from the first value on that comes from an answer process:

    _trusted   hashes of words that code may have that is made while tests run: those of the
               source's cells, and what the source's own solution was found with
    _found     what else there was: words, whole code by its hash where it has words that reach
               anything, files and classes. With the source's own solution nothing is refused, and
               this says what it needs

Code is refused that has any other word in it: an honest `3 * x` in the place of `2 * x` has none.
What the test runner itself runs, modules that are imported, and what the course's own modules run
is not looked at: these have what they run from their files.
"""

import ast
import hashlib
import keyword
import marshal
import os
import re
import site
import sys
import sysconfig
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from nbexaminer.judging.codecs.plain import NotSerializable

_WORD = re.compile(r"[^\W\d]\w*")
_REACHING = {
    *("breakpoint", "compile", "delattr", "dir", "eval", "exec", "getattr", "globals", "input"),
    *("locals", "memoryview", "open", "setattr", "type", "vars"),
    *("attrgetter", "builtins", "ctypes", "currentframe", "format", "format_map", "gc"),
    *("import_module", "importlib", "inspect", "marshal", "methodcaller", "modules", "operator"),
    *("patch", "pickle", "popen", "subprocess", "system"),
    *("ag_frame", "cr_frame", "f_back", "f_builtins", "f_globals", "f_locals", "gi_frame"),
    *("tb_frame", "tb_next"),
}
"""Names by which any object can be reached or changed, as by those that begin with an underscore:
that a source has one makes no code harmless that has it, too."""
_LOCAL = "__pd_eval_local_"
"""What pandas writes for the `@` before a name."""
_PROGRAMS = ("os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen")
_IMPORTING = "<frozen importlib"
_PYTHONS_OWN = os.path.dirname(ast.__file__)
_SHOWING_CODE = {os.path.join(_PYTHONS_OWN, name) for name in ("linecache.py", "tokenize.py")}
"""Modules of Python's that read files to show where an error was."""
_HARMLESS = {
    *("literal_eval", "namedtuple", "symtable"),
    *("_extract_caret_anchors_from_line_segment", "_should_show_carets"),
}
"""Functions of Python's that run nothing, or nothing but names that they have looked at."""
_CALLING_BACK = "_serve"
"""Where this package calls what a test has lent, with what an answer passes: `eval`, it may be."""
_PACKAGE = str(Path(__file__).resolve().parents[1])
MAX_FOUND = 20_000


def _folders() -> tuple[str, ...]:
    """Where what a Python environment has lies, and what any program may read."""
    paths = {*sysconfig.get_paths().values(), *site.getsitepackages(), sys.prefix, sys.base_prefix}
    paths |= {"/usr", "/lib", "/lib64", "/etc", "/dev/null", "/dev/urandom"}
    return tuple(os.path.realpath(path) for path in paths)


class Guard:
    """What may be run, unpickled, started and opened in this process.

    Args:
        texts: of the source's own cells.
        trusted: what the solution was found with; None where it is the solution that runs, and
            nothing is refused.
    """

    def __init__(self, texts: Iterable[str], trusted: Collection[str] | None) -> None:
        self.is_on = False
        """Whether a value of an answer's has come."""
        self.has_refused = False
        self.tell: Callable[[str], None] = lambda what: None
        """Called when something is refused, with what a test does, in words."""
        self._is_lenient = trusted is None
        words = {word for text in texts for word in _WORD.findall(text) if not _reaches(word)}
        # By what they hash to: `format` with an answer's text could read words of hidden tests.
        self._trusted = frozenset(map(hash, words | {*keyword.kwlist} | {*(trusted or ())}))
        self._found = set[str]()
        self._scratch = tuple(map(os.path.realpath, (os.getcwd(), "/tmp", "/dev/shm")))
        self._environment = _folders()
        self._readable = (*self._environment, *self._scratch)
        self._looking = threading.local()

    def install(self) -> None:
        """From here on, for as long as this process lives."""
        sys.addaudithook(self._look)

    def found(self) -> list[str]:
        """What there was since this was last asked."""
        found, self._found = sorted(self._found)[:MAX_FOUND], set()
        return found

    def _look(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.is_on or event not in _EVENTS or hasattr(self._looking, "now"):
            return
        self._looking.now = event  # what looking does itself, in this thread, is no learner's
        try:
            odd = self._not_trusted(self._odd(event, args, sys._getframe(1)))
        except FileNotFoundError:
            raise
        except Exception as error:
            odd = {f"{event} that can't be looked at: {type(error).__name__}"}
        finally:
            del self._looking.now
        if not odd:
            return
        self._found |= odd
        if not self._is_lenient:
            self.has_refused = True
            what = "opens a file by" if event in _OPENING else "has Python run"
            self.tell(f"{what} what an answer gives")
            raise NotSerializable(f"a test {what} what an answer gives")

    def _odd(self, event: str, args: tuple[Any, ...], frame: FrameType) -> set[str]:
        """What of it has to be trusted."""
        what = args[0]
        if event in _OPENING:
            return self._opened(what, frame)
        if event in _LINKING:  # a file of machine code, or a module's name alone
            file = what if event == "ctypes.dlopen" else args[1]
            real = os.path.realpath(file) if isinstance(file, str) else ""
            return {real} if _is_in(real, self._scratch) else set()
        # A module of Python's compiles for whoever calls it, as `inspect` does for a message.
        while _is_pythons(frame.f_code.co_filename) and frame.f_back is not None:
            if frame.f_code.co_name in _HARMLESS:
                return set()
            frame = frame.f_back
        is_written_here = isinstance(what, CodeType) and self._is_written_here(what.co_filename)
        if (self._is_ours(frame) or _is_importing(frame)) and not is_written_here:
            return set()
        if event == "pickle.find_class":
            return {f"{what}.{args[1]}"}
        if event in _PROGRAMS or event == "marshal.loads":
            return {_hash(repr(args))}
        return self.needs(what)

    def _is_written_here(self, file: str) -> bool:
        """Whether a learner's code can have written it: not where a Python environment lies in the
        folder in which this process works."""
        return _is_in(file, self._scratch) and not _is_in(file, self._environment)

    def needs(self, code: object) -> set[str]:
        """What of a code object, a syntax tree or a text isn't trusted."""
        words = self._not_trusted(word.removeprefix(_LOCAL) for word in _words(code))
        return self._not_trusted({_hash(code)} if any(map(_reaches, words)) else words)

    def _not_trusted(self, found: Iterable[str]) -> set[str]:
        return {one for one in found if hash(one) not in self._trusted}

    def _is_ours(self, frame: FrameType) -> bool:
        """Whether this package does it by itself, or a module of the course."""
        file = frame.f_code.co_filename
        if _is_in(file, [_PACKAGE]):
            return not any(f.f_code.co_name == _CALLING_BACK for f in _from_here_up(frame))
        return os.path.isabs(file) and not _is_in(file, self._readable)

    def _opened(self, path: Any, frame: FrameType) -> set[str]:
        """The file that a frame opens, unless what it is can be told to anybody."""
        if not isinstance(path, str | bytes | os.PathLike):
            return set()  # one that is open already
        file, real = frame.f_code.co_filename, os.path.realpath(os.fsdecode(path))
        if file.startswith(_IMPORTING):  # of a compiled module nothing says what is in it
            is_written_here = _is_in(real, self._scratch)
            if is_written_here and os.path.basename(os.path.dirname(real)) == "__pycache__":
                raise FileNotFoundError(real)  # which has the import go on with the source
            is_shown = real.endswith(".py") or not is_written_here
        else:
            is_shown = self._is_ours(frame) or file in _SHOWING_CODE
            is_shown = is_shown or _is_in(real, self._readable)
        return set() if is_shown else {real}


def _is_pythons(file: str) -> bool:
    return _is_in(file, [_PYTHONS_OWN]) and "-packages" not in file


def _is_importing(frame: FrameType) -> bool:
    """Whether this is what a module does while it is imported."""
    files = (above.f_code.co_filename for above in _from_here_up(frame))
    # The first of these that is no file's is made of a text, or a cell, where it isn't importing.
    return next((f for f in files if f.startswith("<")), "").startswith(_IMPORTING)


def _from_here_up(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _reaches(word: str) -> bool:
    return word in _REACHING or word.startswith("_")


def _hash(code: Any) -> str:
    # Later versions of the format also say how often each constant is referred to.
    whole = marshal.dumps(code, 0) if isinstance(code, CodeType) else b""
    whole = whole or (ast.dump(code) if isinstance(code, ast.AST) else repr(code)).encode()
    return hashlib.sha256(whole).hexdigest()


def _words(code: Any) -> Iterator[str]:
    """The words in what is to be compiled or run."""
    match code:
        case str():
            yield from _WORD.findall(code)
        case bytes() | bytearray() | memoryview():
            yield from _WORD.findall(bytes(code).decode(errors="replace"))
        case ast.AST():
            for node in ast.walk(code):
                fields = (value for _, value in ast.iter_fields(node) if isinstance(value, str))
                yield from (word for text in fields for word in _WORD.findall(text))
        case CodeType():
            yield from code.co_names
            for constant in code.co_consts:
                yield from _words(constant)
        case tuple() | frozenset():
            for part in code:
                yield from _words(part)


_OPENING = ("open", "sqlite3.connect")
_LINKING = ("ctypes.dlopen", "import")
_EVENTS = frozenset(
    ("compile", "exec", "marshal.loads", "pickle.find_class", *_PROGRAMS, *_OPENING, *_LINKING)
)
