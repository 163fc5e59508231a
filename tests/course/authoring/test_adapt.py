"""docs/adapt.md, done as it is written in one copy of the course, from its first line to its last.

Who changes the course relies on it for what else there is to change.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from course.authoring.exercises import ROOT
from course.maintenance.address import HOST

PAGE = ROOT / "docs" / "adapt.md"
COMMANDS = ("llm-basics ", "git ", "python ")
SOURCE = "source/1-attention/1-attention.ipynb"
PICTURE = "![A question with"
MADE_AGAIN = ("llm-basics release ", "llm-basics solutions ")
"""What makes files anew, and stands below several headings: it is done where it stands last."""


def sections() -> dict[str, list[str]]:
    """The indented lines below each heading of the page; those of the beginning under ""."""
    head, *others = PAGE.read_text(encoding="utf-8").split("\n## ")
    texts = {"": head} | {name: text for name, _, text in (o.partition("\n") for o in others)}
    return {name: re.findall(r"^    (.+)$", text, re.M) for name, text in texts.items()}


@dataclass
class Walk:
    """A walk through the page. said: what each command printed, by itself."""

    root: Path
    said: dict[str, str] = field(default_factory=dict)

    def run(self, line: str) -> None:
        """A command, as the shell takes it, with the course that lies here."""
        bins = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        path = os.pathsep.join((str(self.root), str(self.root / "grader" / "src")))
        ran = subprocess.run(
            ["bash", "-c", re.sub(r"^llm-basics\b", "python -m course", line)],
            cwd=self.root, env=os.environ | {"PATH": bins, "PYTHONPATH": path},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said[line] = ran.stdout
        asks = line.startswith("llm-basics check-sources")  # status 1 where something is wrong
        assert ran.returncode in ((0, 1) if asks else (0,)), f"{line}\n{ran.stdout}"

    def change(self, path: str, how: Callable[[dict[str, Any]], None]) -> None:
        """Change the cells of a notebook, by their ids."""
        notebook = json.loads((self.root / path).read_text())
        how({cell["id"]: cell for cell in notebook["cells"]})
        text = json.dumps(notebook, indent=1, ensure_ascii=False)
        (self.root / path).write_text(f"{text}\n")

    def unlink(self, name: str) -> None:
        """Make text of each link that leads to `name`, where a command of the page has found it."""
        found = {line.split(":")[0] for line in self.said[f"git grep -n {name}"].splitlines()}
        for path in found:
            file = self.root / path
            text = re.sub(rf"\[([^][]+)\]\([^)\s]*{name}[^)]*\)", r"\1", file.read_text())
            file.write_text(text)
        for path in found:
            if path.startswith("source/"):
                self.run(f"llm-basics release {path.split('/')[1]}")


def _another_word(walk: Walk) -> None:
    walk.change(SOURCE, lambda cells: cells["title"]["source"].append("\n\nGood luck!"))


def _another_worth(walk: Walk) -> None:
    walk.change(
        SOURCE,
        lambda cells: cells["written-scaling"]["metadata"]["nbgrader"].update(points=5),
    )


def _as_it_was_said(walk: Walk) -> None:
    (wanted,) = re.findall(r'write "(.+)"', walk.said["llm-basics check-sources 1-attention"])
    assert f'write "{wanted}"' in " ".join(PAGE.read_text().split())
    file = walk.root / SOURCE
    text = re.sub(r"\d+: \d+ for the tests [^|]+", f"{wanted} ", file.read_text(), count=1)
    file.write_text(text)


def _the_picture(walk: Walk) -> None:
    (shown,) = (line for line in sections()["Pictures"] if line.startswith(PICTURE))
    for place in ("notebooks", "source/2-multi-head"):
        shutil.copy(ROOT / "docs" / "question.png", walk.root / place)
    for path in ("notebooks/04-transformer.ipynb", "source/2-multi-head/2-multi-head.ipynb"):
        walk.change(path, lambda cells: cells["title"]["source"].append(f"\n\n{shown}"))
    walk.run("llm-basics release 2-multi-head")
    walk.run("llm-basics solutions 2-multi-head")


BEFORE = {"Words": _another_word, "Points": _another_worth}
"""What its reader does before the first command below a heading."""
AFTER: dict[str, Callable[[Walk], None]] = {
    "llm-basics check-sources 1-attention": lambda walk: (
        _as_it_was_said(walk) if walk.said["llm-basics check-sources 1-attention"] else None
    ),
    "git grep -n 16-make-it-yours": lambda walk: walk.unlink("16-make-it-yours"),
    "git grep -n 6-parameters": lambda walk: walk.unlink("6-parameters"),
}
"""And after a command."""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    root = tmp_path_factory.mktemp("adapted") / "course"
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    for path in listed.stdout.splitlines():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    walk = Walk(root)
    identity = "-c user.name=a -c user.email=a@example.org"
    walk.run(f"git init -q && git add . && git {identity} commit -qm x")
    first, *others = sections().items()
    coming = [line for _, lines in (*others, first) for line in lines]
    for heading, lines in (*others, first):  # first of all stands what looks at the whole
        BEFORE.get(heading, lambda _: None)(walk)
        for line in lines:
            coming.remove(line)
            if line in coming and line.startswith(MADE_AGAIN):
                continue
            if line.startswith(PICTURE):
                _the_picture(walk)
            else:
                assert line.startswith(COMMANDS), f"{line}: how is this tried?"
                walk.run(line)
                AFTER.get(line, lambda _: None)(walk)
    return walk


def test_what_is_changed_as_the_page_says_is_in_step(walk: Walk) -> None:
    """A class would get an exercise that says other points than it gives."""
    assert walk.said["llm-basics check-sources"] == ""
    released = (walk.root / SOURCE.replace("source", "release")).read_text()
    assert "Good luck!" in released and "18: 4 for the tests that you see" in released
    assert "18: 4 for the tests" in (walk.root / "solutions" / "1-attention.ipynb").read_text()


def test_what_was_taken_away_is_gone(walk: Walk) -> None:
    """The book ends at a link that leads nowhere; these are what no link leads to."""
    left = walk.said["git grep -n 6-parameters"]
    assert "notebooks/00-start-here.ipynb" in left and "notebooks/11-counting.ipynb" in left
    book = walk.root / "build" / "book"
    assert (book / "release" / "7-decoder").exists()
    assert not (book / "release" / "6-parameters").exists()
    assert (book / "notebooks" / "17-counting.html").exists()
    assert not (book / "notebooks" / "11-counting.html").exists()


def test_pictures_are_shown_wherever_their_page_is(walk: Walk) -> None:
    """A reader would see the sign for a broken one."""
    walk.run("python course/learner/work.py")
    for copied in ("question.png", "2-multi-head/question.png"):
        assert (walk.root / "work" / copied).exists()
    for page in ("notebooks/04-transformer", "release/2-multi-head/2-multi-head"):
        html = (walk.root / "build" / "book" / f"{page}.html").read_text()
        assert re.search(r'<img alt="A question with [^>]* src="[^"]*question\d*\.png"', html)


def test_the_address_is_everywhere(walk: Walk) -> None:
    """Colab would clone the course of somebody else, or say that there is none."""
    look = f"git grep -l {HOST}/ -- ':!tests' || true"
    walk.run(look)
    assert walk.said[look] == ""
