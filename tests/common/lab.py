"""A JupyterLab of a test's own, and the browser that opens it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from support.kernels import free_port
from support.waiting import eventually

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextlib.contextmanager
def served(
    root: Path,
    home: Path,
    settings: Mapping[str, Mapping[str, str]],
    environment: Mapping[str, str],
    arguments: list[str],
) -> Iterator[str]:
    """A JupyterLab that knows only these settings of its user's, and its address.

    Args:
        root: the folder in which it is started.
        home: an empty folder for what a user has in theirs.
    """
    for name, values in settings.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(values))
    env = {
        **environment,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
    }
    port = free_port()
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--allow-root", "--IdentityProvider.token="]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *arguments], cwd=root, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            if not eventually(lambda: _answers(f"{url}/api/status"), seconds=60):
                said = Path(log.name).read_text()[-3000:]
                raise AssertionError(f"JupyterLab does not answer:\n{said}")
            yield url
        finally:
            server.terminate()
            server.wait(timeout=120)  # its kernels are ended first, one by one


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
