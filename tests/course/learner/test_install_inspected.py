"""Behind a network that inspects TLS the installation would stop at its second step, since uv by
itself believes other authorities than the system does."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest

from course.learner.install import ROOT

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
TOOLS = [UV, shutil.which("bwrap"), shutil.which("openssl")]
pytestmark = pytest.mark.skipif(
    not (all(TOOLS) and BUNDLE.is_file()), reason="needs uv, bubblewrap, openssl and Debian"
)
EXTENSIONS = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""
INSTALL = """
import sys
from pathlib import Path
from course.learner.install import Installer
uv, *what = sys.argv[1:]
Installer(Path(sys.executable), uv).install(*what)
"""


def _certificate(folder: Path, name: str, *signer: str) -> None:
    """Write `name`.pem and `name`.key, signed by itself or by `signer`, in openssl's words."""
    (folder / "extensions").write_text(EXTENSIONS)
    command = ["openssl", "req", "-x509", "-config", "extensions", "-extensions", name, *signer]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN=made-up {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """The address of a package index with a certificate of a made-up authority, authority.pem."""
    _certificate(tmp_path, "authority")
    _certificate(tmp_path, "server", "-CA", "authority.pem", "-CAkey", "authority.key")
    package = tmp_path / "simple" / "tiny"
    package.mkdir(parents=True)
    wheel = "tiny-1-py3-none-any.whl"
    with ZipFile(package / wheel, "w") as file:
        file.writestr("tiny.py", "")
        file.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1")
        file.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
        file.writestr("tiny-1.dist-info/RECORD", "")
    (package / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>')
    server = HTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


def _on_that_network(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `command` where the system trusts the authority in `folder`, and nobody else."""
    trusted = ["--ro-bind", str(folder / "authority.pem"), str(BUNDLE)]
    named = ("UV", "SSL_", "REQUESTS_", "PIP_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(named)}
    paths = os.pathsep.join((str(ROOT), str(ROOT / "grader" / "src")))
    plain |= {"UV_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": paths, "UV_NO_CONFIG": "1"}
    return subprocess.run(
        ["bwrap", "--dev-bind", "/", "/", *trusted, *command],
        env=plain, capture_output=True, text=True,
    )  # fmt: skip


def test_uv_believes_whom_the_system_believes(index: str, tmp_path: Path) -> None:
    """pip did and had fetched PyTorch; then uv said `invalid peer certificate: UnknownIssuer`."""
    into = tmp_path / "into"
    what = ["--no-deps", "--target", str(into), "--index-url", index, "tiny"]
    python = ["--python", sys.executable]
    alone = _on_that_network(tmp_path, str(UV), "pip", "install", *python, *what)
    assert alone.returncode and "UnknownIssuer" in alone.stderr, "so this network does inspect"
    assert not (into / "tiny.py").exists()
    ran = _on_that_network(tmp_path, sys.executable, "-c", INSTALL, str(UV), *what)
    assert ran.returncode == 0, ran.stderr
    assert (into / "tiny.py").exists()
