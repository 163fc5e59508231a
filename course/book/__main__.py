"""`llm-basics book`: the course as a static site, and as a PDF."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from course.book.address import Address
from course.learner.install import HOW_TO_GET

ROOT = Path(__file__).resolve().parents[2]
PDF = "llm-basics.pdf"
MARK = ".nojekyll"
"""Says that a folder is a book's, a broken-off one's too. GitHub Pages leaves out folders such as
_static without it."""


class BookError(click.ClickException):
    """The book can't be made. The message says why."""


def build(into: Path, with_pdf: bool = False, root: Path = ROOT) -> Path:
    """Make the site from what the notebooks have stored; nothing is run.

    Args:
        into: the folder for it: a new or empty one, or that of an earlier book.
        with_pdf: whether the first page offers the PDF, which `pdf` has to make.

    Returns:
        The folder.

    Raises:
        BookError: the folder holds something else, packages are missing, a link leads nowhere, or
            Sphinx has warned of something.
    """
    _need("myst_nb", "furo")
    from sphinx.cmd.build import build_main

    from course.book.staging import bring_model, stage

    if into.exists():
        if any(into.iterdir()) and not (into / MARK).exists():
            raise BookError(f"--into is {into}: it must be empty or hold an earlier book")
        shutil.rmtree(into)
    into.mkdir(parents=True)
    (into / MARK).touch()
    with TemporaryDirectory(prefix="book-") as work:
        pages = Path(work) / "pages"
        try:
            stage(root, pages, Address.configured(root), with_pdf)
        except ValueError as error:
            raise BookError(str(error)) from error
        # fmt: off
        wrong = build_main([
            "-b", "html", "-c", str(root / "course" / "book"), "-d", f"{work}/doctrees",
            "--fail-on-warning", "--keep-going", "--quiet", str(pages), str(into),
        ])
        # fmt: on
    if wrong:
        raise BookError("Sphinx has warned of what stands above, and the book must have no warning")
    bring_model(root, into)
    return into


def pdf(site: Path) -> Path:
    """Print the whole site into one PDF in its folder, with the machine's Chromium.

    Raises:
        BookError: packages or the browser are missing.
    """
    _need("playwright", "pypdf")
    from course.book.printing import print_book

    try:
        return print_book(site, site / PDF)
    except FileNotFoundError as error:
        raise BookError(str(error)) from error


def _need(*packages: str) -> None:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise BookError(f"{' and '.join(missing)} are not installed: {HOW_TO_GET.format('book')}")


@click.command()
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "build" / "book",
    show_default="build/book",
    help="The folder for it.",
)
@click.option("--pdf", "with_pdf", is_flag=True, help="Print it into a PDF as well (Chromium).")
def book(into: Path, with_pdf: bool) -> None:
    """Make the book: lessons, exercises and docs as a website.

    They are made from the outputs that the notebooks hold, in half a minute; nothing is run.
    """
    try:
        is_published = Address.configured(ROOT).is_published
    except ValueError as error:
        raise BookError(str(error)) from error
    if not is_published:
        click.echo(
            "The course is not published yet: nothing leads to Colab and JupyterLab, and links to "
            "the repository lead nowhere. "
            "`python -m course.maintenance.address https://github.com/who/what` changes that.",
            err=True,
        )
    site = build(into, with_pdf)
    click.echo(f"The book: {site / 'index.html'}")
    if with_pdf:
        click.echo(f"The PDF:  {pdf(site)}")
    click.echo(f"Look at it with search: python -m http.server -d '{site}', then localhost:8000")


if __name__ == "__main__":
    book()
