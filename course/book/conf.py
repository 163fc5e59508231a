"""Sphinx's settings for the book. `llm-basics book` calls Sphinx with them."""

from pathlib import Path

from course.book.address import Address
from course.book.formulas import add_formulas

ADDRESS = Address.configured(Path(__file__).resolve().parents[2])

project = "LLM basics"
author = "the authors of LLM basics"
language = "en"
extensions = ["myst_nb"]
exclude_patterns: list[str] = []
suppress_warnings = [
    "myst.header",  # the glossary's entries are small headings below the title
    "misc.highlighting_failure",  # a hint's first line may end in three dots
]
highlight_language = "none"  # what stands in the pages is mostly for a shell
root_doc = "index"

nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, object] = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

html_theme = "furo"
html_title = "LLM basics"
html_static_path = ["static"]
html_favicon = "static/favicon.svg"
templates_path = ["templates"]
html_css_files = ["book.css"]
html_js_files = [(f"{name}.js", {"defer": "defer"}) for name in ("book", "maps", "reader")]
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_show_copyright = False
html_context = {"repository": ADDRESS.repository, "repository_file": ADDRESS.file}
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1f6e8c",
        "color-brand-content": "#17607c",
        "color-brand-visited": "#57518f",
    },
    "dark_css_variables": {
        "color-brand-primary": "#5cb8d3",
        "color-brand-content": "#74c5dd",
        "color-brand-visited": "#b3aee6",
    },
}


def setup(app: object) -> None:
    """Formulas as MathML."""
    add_formulas(app)
