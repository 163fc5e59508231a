"""Without these, a newcomer would download gigabytes unasked, or be left with half a course."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from course import commands, install
from course.__main__ import main
from course.install import Installer, Stopped, locked_version, reachable, wanted

CPU = "https://packages.example/cpu"
ROOT = Path(__file__).resolve().parents[2]


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
    monkeypatch.setattr(install, "_runs", lambda python, code: "torch" not in code)
    monkeypatch.setattr(install, "reachable", lambda index: True)
    monkeypatch.setattr(sys, "platform", "linux")
    return ran


def installed(purpose: str = "learners", gpu: bool = False, uv: str | None = None, **how) -> None:
    install.install(Installer(Path("python"), uv, **how), purpose, gpu, CPU)


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
    """2.7 GB for a graphics card would come that the course does not use."""
    installed()
    assert ran[0] == ["--no-deps", "--index-url", CPU, wanted("torch")]
    assert ran[1:] == [["--no-deps", "--group", "weights"], ["--editable", "."]]


@pytest.mark.parametrize(
    ("platform", "gpu"), [("darwin", False), ("win32", False), ("linux", True)]
)
def test_elsewhere_and_with_a_graphics_card_it_is_pypis(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, platform: str, gpu: bool
) -> None:
    """A Mac would look for a build that isn't there, and a graphics card would lie idle."""
    monkeypatch.setattr(sys, "platform", platform)
    installed(gpu=gpu)
    assert ran[0] == [wanted("torch")]


def test_where_the_index_does_not_answer_the_size_is_said_first(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gigabytes would come in silence, or nothing would come at all."""
    monkeypatch.setattr(install, "reachable", lambda index: False)
    installed()
    assert ran[0] == [wanted("torch")]
    assert f"{CPU}, can't be reached" in capsys.readouterr().out


def test_a_pytorch_that_is_there_stays(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that the learner chose would be replaced, and fetched again after a break."""
    monkeypatch.setattr(install, "_runs", lambda python, code: True)
    installed()
    assert [words[0] for words in ran] == ["--no-deps", "--editable"]


def test_with_the_lock_everything_has_its_version_and_hash(ran: Ran) -> None:
    """What a teacher tried in summer would not be what a class installs in winter."""
    installed(purpose="tests", uv="uv", locked=True)
    torch, weights, course = ran
    assert torch[-1] == locked_version("torch")
    for words in (weights, course):
        assert "--constraints" in words and words[words.index("--constraints") + 1] == install.LOCK
    assert course[-5:] == [".[cluster,hub]", "--group", "test", "--group", "book"]
    ran.clear()
    installed(gpu=True, uv="uv", locked=True)
    assert "--constraints" in ran[0], "PyPI's build has its hash in the lock"


def test_an_index_is_reachable_if_it_has_pytorch(index: str) -> None:
    """pip would fail on an address that answers everything with an error."""
    assert reachable(f"{index}/cpu") and reachable(f"{index}/cpu/")
    assert not reachable(f"{index}/nothing")
    assert not reachable("http://127.0.0.1:1/cpu") and not reachable("no address")


def test_what_stops_it_says_how_to_go_on() -> None:
    """A learner whose network broke would start from nothing, or give up."""
    with pytest.raises(Stopped, match=r"ended with status 3: .*\n.*goes on from here"):
        install._run([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_python_without_venv_gets_the_package_that_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Debian's own Python fails there, with pages that don't say what to do."""

    def fails(command: list[str]) -> None:
        raise Stopped

    monkeypatch.setattr(install, "_run", fails)
    with pytest.raises(Stopped, match=r"sudo apt install python3.\d+-venv"):
        install.make_environment(tmp_path / ".venv", uv=None)


def test_an_old_python_can_say_that_it_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner would read of a syntax error in a file that isn't theirs."""
    ast.parse(Path(install.__file__).read_text(), feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 10, 1, "final", 0))
    with pytest.raises(SystemExit, match=r"3\.11, 3\.12 or 3\.13 is needed"):
        install.main([])


def test_lab_brings_back_what_was_taken_away(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JupyterLab would open on a course whose models are missing."""
    opened: list[object] = []
    monkeypatch.setattr(commands, "is_complete", lambda: False)
    monkeypatch.setattr(commands, "fill_and_report", lambda: None)
    monkeypatch.setattr(commands, "open_lab", opened.append)
    said = CliRunner().invoke(main, ["lab", "--no-browser"]).output
    assert ["--no-deps", "--group", "weights"] in ran
    assert "Something that the course needs is missing here" in said
    assert opened == [("--no-browser",)]


def test_every_command_has_a_line_of_help() -> None:
    """Who types the course's name alone would see a traceback for one name that is wrong."""
    said = CliRunner().invoke(main).output
    for name in main.list_commands(None):  # type: ignore[arg-type]
        assert f"\n  {name} " in said
