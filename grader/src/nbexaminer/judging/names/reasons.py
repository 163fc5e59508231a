"""Why a test cell has to run beside the answers, as far as its text says; nothing is run.

`cannot_be_isolated` names what no proxy can show as a kernel does, so it decides where a test runs.

`reason` explains an error. That of a test which ran apart tells what went wrong there, which
seldom is what the instructor would have to change. These are guesses by the text: only of a test
that fails apart and passes beside are they asked for.
"""

import ast
import builtins
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from nbexaminer.judging.names.names import bound_names, names_used, without_magics
from nbexaminer.judging.names.statements import UNREADABLE, imported_in, statements_of
from nbexaminer.judging.notebook.cell import Cell, Role
from nbexaminer.judging.notebook.source import Source

ASKS = "it ends in what the answer gives, and that is no score"
_MAGIC = re.compile(r"(?m)^[ \t]*([%!]+\S*)")
_OUTPUT = {"redirect_stdout", "capsys", "capture_output"}
_FIGURES = {"gca", "gcf", "get_fignums", "get_figlabels"}
_READS_CODE = {"getdoc", "getmembers", "getsource", "getsourcefile", "getsourcelines", "signature"}
_PROTOCOLS = {
    "Awaitable", "Callable", "Collection", "Container", "Generator", "Hashable", "Iterable",
    "Iterator", "Mapping", "Reversible", "Sequence", "Set", "Sized",
}  # fmt: skip
_LISTS_NAMES = {"globals", "locals", "vars", "dir"}
_OF_CODE = {
    "__annotations__", "__bases__", "__closure__", "__code__", "__defaults__", "__dict__",
    "__doc__", "__globals__", "__mro__", "__wrapped__",
}  # fmt: skip
_FILES = {
    "exists", "getsize", "glob", "is_dir", "is_file", "isdir", "isfile", "iterdir", "lexists",
    "listdir", "rglob", "scandir",
}  # fmt: skip
_SETTINGS = {
    "get_default_dtype", "get_option", "get_printoptions", "get_state", "getcontext", "geterr",
    "getrecursionlimit", "getstate", "is_grad_enabled",
}  # fmt: skip
_IDENTITY = {"assertIs", "assertIsNot", "data_ptr", "may_share_memory", "shares_memory"}
_UNSAFE_YAML = {"CUnsafeLoader", "UnsafeLoader", "unsafe_load", "unsafe_load_all"}
_SEEDS = {"seed", "manual_seed"}
_ONE_CLASS = {"isinstance", "issubclass", "raises", "assertRaises", "assertIsInstance"}


@dataclass(frozen=True)
class _Answers:
    """What the answers of a source say.

    defined: names that they define; classes: those of them that are classes.
    wanted: names that they read and that no cell but a test defines.
    """

    defined: frozenset[str]
    classes: frozenset[str]
    wanted: frozenset[str]


def reason(source: Source, cell: str) -> str:
    """Why that test cell can't run apart, such as "it deletes squares, which an answer defines", or
    nothing where its text doesn't say."""
    code = next(c.source for c in source.cells if c.grade_id == cell)
    if magic := _MAGIC.search(code):
        return f"it uses a magic, {magic[1]}"
    texts = (cell.source for cell in source.cells if cell.is_code)
    imported = frozenset[str]().union(*(s.imports for t in texts for s in statements_of(t)))
    if certain := cannot_be_isolated(_tree(code), imported):
        return certain
    nodes, answers = [*ast.walk(_tree(code))], _answers(source.cells)
    for look in _LOOKS:
        if found := next(look(nodes, answers), ""):
            return found
    if sets := sorted(bound_names(code) & answers.wanted):
        return f"it defines {sets[0]}, which an answer reads"
    return ""


def cannot_be_isolated(tree: ast.AST, imported: Collection[str] = ()) -> str:
    """Why what stands in a test, or in a function that it calls, has to run where the answers are;
    nothing where its text says nothing of that kind.

    imported: names of modules, and of what comes from them.
    """
    nodes = [*ast.walk(tree)]
    looks = (
        _mocks, _sets_process, _watches_output, _reads_code, _looks_around, _compares_classes,
        _loads_anything,
    )  # fmt: skip
    found = (found for look in looks for found in look(nodes))
    return next(itertools.chain(found, _compares_identity(nodes, imported)), "")


def _answers(cells: Iterable[Cell]) -> _Answers:
    code = [cell for cell in cells if cell.is_code]
    texts = [cell.source for cell in code if cell.role is Role.ANSWER]
    defined = frozenset[str]().union(*map(bound_names, texts))
    trees = (node for text in texts for node in _tree(text).body)
    classes = frozenset(node.name for node in trees if isinstance(node, ast.ClassDef))
    given = (bound_names(cell.source) for cell in code if cell.role is not Role.TEST)
    wanted = frozenset[str]().union(*map(names_used, texts)).difference(*given)
    return _Answers(defined, classes, wanted)


def _tree(code: str) -> ast.Module:
    try:
        return ast.parse(without_magics(code))
    except UNREADABLE:
        return ast.Module([], [])


def _loads_anything(nodes: list[ast.AST]) -> Iterator[str]:
    """YAML that makes any object: no audit event tells of it."""
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="yaml"), attr="Loader" | "CLoader"):
                yield "it loads YAML that may call anything"
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _UNSAFE_YAML:
                yield "it loads YAML that may call anything"


def _deletes(nodes: list[ast.AST], answers: _Answers) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Del()) if name in answers.defined:
                yield f"it deletes {name}, which an answer defines"


def _mocks(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(func=func, args=[ast.Constant(value=str(what)), *_]) if "patch" in _last(
                func
            ):
                yield f"it replaces {what}"
            case ast.Call(func=func, args=[owner, ast.Constant(value=str(what)), *_]) if _last(
                func
            ) in ("setattr", "object"):
                yield f"it replaces {ast.unparse(owner)}.{what}"
            case ast.Attribute(value=ast.Name(id=owner), attr=what, ctx=ast.Store()) if owner in (
                "builtins",
                "__builtins__",
            ):
                yield f"it replaces {owner}.{what}"
            case ast.Name(id="input", ctx=ast.Store()) | ast.FunctionDef(name="input"):
                yield "it replaces input"


def _seeds(nodes: list[ast.AST], answers: _Answers) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(func=func) if _last(func) in _SEEDS:
                yield f"it sets a random seed for an answer, by {ast.unparse(func)}"


def _watches_output(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _OUTPUT:
                yield f"it looks at what an answer prints, by {name}"
            case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stdin" as stream):
                yield f"it looks at what an answer prints or reads, by sys.{stream}"
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _FIGURES:
                yield f"it looks at what an answer draws, by {name}()"


def _reads_code(nodes: list[ast.AST]) -> Iterator[str]:
    read = (n for n in nodes if isinstance(n, ast.Name | ast.Attribute))
    protocols = _PROTOCOLS & {_last(n) for n in read if isinstance(n.ctx, ast.Load)}
    for node in nodes:
        match node:
            case ast.Call(func=func) if _last(func) in _READS_CODE:
                yield f"it looks at an answer's code, by {ast.unparse(func)}"
            case ast.Name(id="In" | "_ih" | "get_ipython" as name):
                yield f"it looks at the notebook's own cells, by {name}"
            case ast.Call(func=ast.Name(id=name)) if name in _LISTS_NAMES:
                yield f"it looks at a list of names, by {name}()"
            case ast.Call(
                func=ast.Name(id="hasattr" | "getattr"), args=[_, ast.Constant(value=str(name)), *_]
            ) if name.startswith("__"):
                yield f"it looks for {name} of an answer's"
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass")) if protocols:
                yield f"it asks what an answer's object can do: {ast.unparse(node)}"
            case ast.Attribute(attr=name) if name in _OF_CODE:
                yield f"it looks at an answer's code, by {ast.unparse(node)}"


def _sets_process(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(func=func, args=args, keywords=keywords):
                passed = [*args, *(k.value for k in keywords)]
                said = {p.value for p in passed if isinstance(p, ast.Constant)}
            case _:
                continue
        match _last(func):
            case "simplefilter" | "filterwarnings":
                is_set = "error" in said
            case "catch_warnings":
                is_set = any(k.arg == "record" for k in keywords)
            case "errstate" | "seterr":
                is_set = bool(passed) and said != {"ignore"}
            case name:
                is_set = name == "setrecursionlimit"
        if is_set:
            yield f"it sets how its process runs an answer, by {ast.unparse(node)}"


def _compares_identity(nodes: list[ast.AST], imported: Collection[str]) -> Iterator[str]:
    known = {*imported, *imported_in(nodes)}
    for node in nodes:
        match node:
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot()], comparators=[right]):
                if not (_is_alone(left, known) or _is_alone(right, known)):
                    yield f"it asks whether two are the same object: {ast.unparse(node)}"
            case ast.Call(func=ast.Name(id="id")):
                yield f"it asks whether two are the same object: {ast.unparse(node)}"
            case ast.Call(func=func) if _last(func) in _IDENTITY:
                yield f"it asks whether two are the same object, by {_last(func)}"


def _compares_classes(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Compare(left=left, comparators=others):
                is_asked = all(map(_asks_class, (left, *others)))
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kind]):
                is_asked = _asks_class(kind)
            case _:
                continue
        if is_asked:
            yield f"it compares the classes of two objects: {ast.unparse(node)}"


def _asks_class(value: ast.expr) -> bool:
    for node in ast.walk(value):
        match node:
            case ast.Call(func=ast.Name(id="type"), args=[_]) | ast.Attribute(attr="__class__"):
                return True
    return False


def _looks_around(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(func=func) if _last(func) in _FILES:
                yield f"it looks for files, by {ast.unparse(func)}"
            case ast.Call(func=func) if _last(func) in _SETTINGS:
                yield f"it looks at settings, by {ast.unparse(func)}"
            case ast.Attribute(value=ast.Name(id="sys"), attr="modules"):
                yield f"it looks at what its process has, by {ast.unparse(node)}"


def _is_alone(value: ast.expr, known: Collection[str]) -> bool:
    """Whether there is one of it in each process: `None`, `int`, `type(x)`, `torch.float32`, and
    what is called like a class's member, `Colour.RED`."""
    match value:
        case ast.Constant():
            return True
        case ast.Attribute(attr=attr):
            root, *_ = names = ast.unparse(value).split(".")
            is_member = root[:1].isupper() and attr[:1].isupper()
            return all(map(str.isidentifier, names)) and (root in known or is_member)
        case ast.Name(id=name):
            return name in dir(builtins)
        case ast.Call(func=ast.Name(id="type")):
            return True
    return False


def _uses_class(nodes: list[ast.AST], answers: _Answers) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(func=func, args=args) if _last(func) in _ONE_CLASS:
                where, parts = f"in {_last(func)}", args
            case ast.ExceptHandler(type=ast.expr() as kind):
                where, parts = "in an except", [kind]
            case ast.ClassDef(bases=bases):
                where, parts = "as a base class", bases
            case ast.Compare(ops=[ast.Is() | ast.IsNot() | ast.Eq()], comparators=[other]) if (
                isinstance(other, ast.Name)
            ):
                where, parts = "in a comparison", [other]
            case _:
                continue
        for part in parts:
            names = {inner.id for inner in ast.walk(part) if isinstance(inner, ast.Name)}
            if not isinstance(part, ast.Call) and (used := sorted(names & answers.classes)):
                yield f"it uses {used[0]}, a class of an answer's, {where}"


def _last(func: ast.expr) -> str:
    """The last of the names in `mock.patch.object`."""
    match func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


_LOOKS: tuple[Callable[[list[ast.AST], _Answers], Iterator[str]], ...] = (
    _deletes,
    _seeds,
    _uses_class,
)
"""What is looked for, what is told first standing first."""
