"""What a learner's account tries on others' work, on a server; prints what succeeded, as JSON.

Run as `python intruder.py TARGETS`, a JSON file: `submission` (its path), `page` (of feedback),
`pids` (others' processes), `port` (of another's JupyterLab, which is `user`'s).
"""

import contextlib
import json
import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

COURSE = Path("/home/hopper/llm-basics")
EXCHANGE = Path("/srv/nbgrader/exchange/llm-basics")
NOTEBOOK = "1-attention.ipynb"


def attempts(
    submission: Path, page: Path, pids: list[int], port: int, user: str
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each attempt in words, and the call that fails where it is refused."""
    inbound, outbound, feedback = (EXCHANGE / n for n in ("inbound", "outbound", "feedback"))
    for folder in (inbound, feedback, submission, COURSE, Path(f"/home/{user}"), "/srv/jupyterhub"):
        yield f"list {folder}", lambda folder=folder: os.listdir(folder)
    for name in ("source", "release", "submitted", "autograded", "feedback", "gradebook.db"):
        yield f"reach {name}", lambda name=name: os.stat(COURSE / name)
    for file in (submission / NOTEBOOK, submission / "submission_secret.txt"):
        yield f"read {file.name} in inbound", lambda file=file: file.read_bytes()
        yield f"overwrite {file.name} in inbound", lambda file=file: file.open("r+b")
        yield f"remove {file.name} in inbound", lambda file=file: file.unlink()
    yield "add a file to a submission", lambda: (submission / "mine").touch()
    yield "make a submission readable", lambda: submission.chmod(0o777)
    yield "rename a submission", lambda: submission.rename(inbound / "mine")
    yield "link to a submission's notebook", lambda: os.link(submission / NOTEBOOK, "theirs")
    yield "remove a submission", lambda: shutil.rmtree(submission)
    yield "overwrite feedback", lambda: page.open("r+b")
    yield "remove feedback", lambda: page.unlink()
    yield "plant feedback", lambda: (feedback / "0.html").touch()
    yield "overwrite a release", lambda: (outbound / "1-attention" / NOTEBOOK).open("r+b")
    yield "replace a release", lambda: (outbound / "1-attention").rename(outbound / "gone")
    yield "plant a release", lambda: (outbound / "2-mine").mkdir()
    yield "plant a course", lambda: EXCHANGE.rename(EXCHANGE.parent / "gone")
    yield "open the drop box", lambda: inbound.chmod(0o777)
    yield "change the installed course", lambda: Path("/opt/llm-basics/checks/own.py").touch()
    for folder in ("source", "solutions", "tests/answers", ".git/HEAD"):
        yield (
            f"reach the installed {folder}",
            lambda folder=folder: os.stat(f"/opt/llm-basics/{folder}"),
        )
    for pid in pids:
        yield (
            f"read the environment of {pid}",
            lambda pid=pid: Path(f"/proc/{pid}/environ").read_bytes(),
        )
        yield f"signal {pid}", lambda pid=pid: os.kill(pid, 0)
    url = f"http://127.0.0.1:{port}/user/{user}/api/contents"
    yield "ask another's JupyterLab for files", lambda: urllib.request.urlopen(url, timeout=30)


def secret_seen(secret: str) -> str:
    """Where in what all accounts may see of processes a submission's name stands, or empty."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if secret in (process / "cmdline").read_text(errors="replace"):
                return f"{process}/cmdline"
    return ""


def main() -> None:
    """Try everything."""
    targets = json.loads(Path(sys.argv[1]).read_text())
    targets |= {name: Path(targets[name]) for name in ("submission", "page")}
    succeeded, tried = [], 0
    for words, attempt in attempts(**targets):
        tried += 1
        try:
            attempt()
        except (OSError, urllib.error.HTTPError):
            continue
        succeeded.append(words)
    if where := secret_seen(targets["submission"].name):
        succeeded.append(f"learn a submission's name from {where}")
    print(json.dumps({"tried": tried, "succeeded": succeeded}))


if __name__ == "__main__":
    main()
