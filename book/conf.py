"""Sphinx's settings for the book. `llm-basics book` calls Sphinx with them."""

from pathlib import Path

from book.address import Address
from book.formulas import add_formulas

ROOT = Path(__file__).resolve().parent.parent

project = "LLM basics"
author = "the authors of LLM basics"
language = "en"
extensions = ["myst_nb"]
exclude_patterns: list[str] = []
suppress_warnings = [
    "myst.header",  # the glossary's entries are small headings below the title
    "misc.highlighting_failure",  # a hint's first line may end in three dots
]
highlight_language = "none"  # what stands in docs/ is mostly for a shell
root_doc = "index"

nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, object] = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

html_theme = "sphinx_book_theme"
html_title = "LLM basics"
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "repository_url": Address.configured(ROOT).repository,
    "use_repository_button": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "show_navbar_depth": 1,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "article_header_end": ["toggle-answers", "article-header-buttons"],
    "footer_content_items": ["licence"],
}


def setup(app: object) -> None:
    """Formulas as MathML."""
    add_formulas(app)
