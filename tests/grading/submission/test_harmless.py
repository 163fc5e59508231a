"""What a learner wrote does nothing to whoever looks at it."""

from __future__ import annotations

from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from grading.submission.harmless import safe_markdown

FRAGMENTS = [
    "<", ">", "img", " src=x", " onerror=alert(1)", "script", "/", "svg", "!--", "a", " ", "\n",
    "\n\n", "[", "]", "(", ")", "!", ":", "javascript:alert(1)", "jav&#x61;script:alert(1)",
    "attachment:p.png", "http://evil/", "https://ok/", "`", "```", "~~~", "mermaid", "$", "$$", '"',
    "'", "\\", "\\href{javascript:alert(1)}{x}", "&lt;", "&#60;", "b", "|", "-", "    ", "\t",
    "<b>", "</b>", "<br>", "data:text/html,<script>alert(1)</script>", "=", "#", "*", "\u2060",
]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_no_markdown_becomes_active(text: str) -> None:
    """However the renderer parses it, a learner's text must stay text."""
    safe = safe_markdown(text, {"p.png"})
    assert safe_markdown(safe, {"p.png"}) == safe
    html = markdown2html_mistune(safe).replace("attachment:p.png", "")
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert tag.name not in ("script", "svg", "iframe", "style", "object", "link", "meta")
        assert tag.name != "img" or not tag.get("src"), (safe, html)
        assert not [a for a in tag.attrs if a.startswith("on")], (safe, html)
        link = str(tag.get("href", "")).strip().lower()
        assert not link or link.startswith(("http://", "https://", "#")), (safe, html)
