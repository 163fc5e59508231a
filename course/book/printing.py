"""The PDF: all pages of the site as one document, printed by Chromium with page numbers."""

from __future__ import annotations

import html
import shutil
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import unquote, urldefrag

from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Error, PdfMargins, sync_playwright
from pypdf import PdfReader

_BROWSERS = ("chromium", "google-chrome", "chrome", "chromium-browser")
_BARE = ".launchers, .headerlink, script, nav, .controls, link"
"""What means nothing on paper."""
_MARGIN: PdfMargins = {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"}
_FOOTER = (
    '<div style="width:100%;text-align:center;font:9px sans-serif;color:#555">'
    '<span class="pageNumber"></span></div>'
)


def print_book(site: Path, into: Path) -> Path:
    """Print the whole site `site` into the PDF `into`, with the machine's Chromium or Chrome.

    Raises:
        FileNotFoundError: there is neither.
    """
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=found,
                channel=None if found else "chrome",  # Playwright knows where Chrome is installed
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
        except Error as error:
            raise FileNotFoundError(
                "the PDF is printed by Chromium or Chrome, and neither starts here: "
                + error.message.splitlines()[0]
            ) from error
        print_pages(browser, site, _in_order(site), into)
        browser.close()
    return into


def print_pages(browser: Browser, site: Path, paths: list[str], into: Path) -> None:
    """Print the pages `paths` of the site into one PDF, with a title page and contents."""
    written = site / "print.html"
    tab = browser.new_page()
    chapters = {path: _chapter(site, path, paths) for path in paths}
    body = "".join(str(article) for article in chapters.values())
    numbers: dict[str, int] = {}
    try:
        for _ in range(2):  # the first print says on which page each chapter begins
            written.write_text(_one_page(chapters, body, numbers), encoding="utf-8")
            tab.goto(written.as_uri())
            tab.pdf(
                path=into, format="A4", margin=_MARGIN, print_background=True, tagged=True,
                outline=True, display_header_footer=True, header_template="<span></span>",
                footer_template=_FOOTER,
            )  # fmt: skip
            numbers = _numbers(into)
    finally:
        written.unlink(missing_ok=True)
        tab.close()


def _in_order(site: Path) -> list[str]:
    tree = _soup(site / "index.html").select(".sidebar-tree a.reference.internal")
    return [str(link["href"]) for link in tree]


def _soup(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def _numbers(pdf: Path) -> dict[str, int]:
    """Titles of the chapters and the pages on which they begin, from the PDF's outline."""
    reader = PdfReader(pdf)
    return {
        _squeezed(str(entry.title)): (reader.get_destination_page_number(entry) or 0) + 1
        for entry in reader.outline
        if not isinstance(entry, list)
    }


def _one_page(chapters: dict[str, Tag], body: str, numbers: dict[str, int]) -> str:
    rows = "".join(_rows(chapters, numbers))
    sheets = "".join(
        f'<link rel="stylesheet" href="_static/{name}">' for name in ("pygments.css", "print.css")
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>LLM basics</title>'
        f'{sheets}</head><body><div class="title"><p class="name">LLM basics</p>'
        "<p>How large language models work, in seventeen lessons and eleven exercises</p>"
        '<p class="licence">Code: MIT licence. Text: CC BY 4.0.</p></div>'
        f'<div class="contents"><p class="name">Contents</p>{rows}</div>{body}</body></html>'
    )


def _rows(chapters: dict[str, Tag], numbers: dict[str, int]) -> Iterator[str]:
    for path, chapter in chapters.items():
        heading = chapter.find("h1")
        title = heading.get_text().strip() if heading else path
        number = numbers.get(_squeezed(title), "")
        link = f'<a href="#{_anchor(path, "")}">{html.escape(title)}</a>'
        yield f"<p>{link}<span>{number}</span></p>"


def _squeezed(title: str) -> str:
    """A title without spaces: the outline has none where a long one breaks into two lines."""
    return "".join(title.split())


def _anchor(path: str, name: str) -> str:
    return f"{path}--{name}".replace("/", "-").replace(".html", "")


def _chapter(site: Path, path: str, paths: list[str]) -> Tag:
    """The article of a page, with ids and links that are right in one document of all pages."""
    article = _soup(site / path).find("article")
    assert isinstance(article, Tag), path
    for useless in article.select(_BARE):
        useless.decompose()
    for fold in article.find_all("details"):
        fold["open"] = ""
    for element in article.find_all(id=True):
        element["id"] = _anchor(path, str(element["id"]))
    for image in article.find_all("img"):
        if not str(image["src"]).startswith("data:"):
            image["src"] = _beside(path, str(image["src"]))
    for link in article.find_all("a", href=True):
        target, name = urldefrag(str(link["href"]))
        if "://" in target:
            continue
        page = _beside(path, target) if target else path
        if page in paths:
            link["href"] = "#" + _anchor(page, unquote(name))
        else:
            link.unwrap()
    article["id"] = _anchor(path, "")
    article.attrs.pop("role", None)
    return article


def _beside(path: str, target: str) -> str:
    return normpath(join(path, "..", target))
