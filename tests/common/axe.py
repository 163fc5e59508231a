"""axe-core's scan of a page for what keeps people out who can't see it, or can't use a mouse."""

from __future__ import annotations

import functools
import importlib.util
import os
from importlib import resources

import pytest
from playwright.sync_api import Page

MISSING = "" if importlib.util.find_spec("axe_playwright_python") else "pip install --group test"
needs_axe = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"NOT TESTED: accessibility, {MISSING}"
)
"""For a test that scans."""
GRAVE = ("serious", "critical")
_SCAN = """async ([within, grave]) => {
    const found = await axe.run(within ?? document, { resultTypes: ["violations"] });
    return found.violations.filter(rule => grave.includes(rule.impact)).flatMap(rule =>
        rule.nodes.map(node => [rule.impact, rule.id, "at", node.target, node.failureSummary])
    ).map(words => words.join(" ").replace(/\\s+/g, " "));
}"""


def faults(page: Page, within: str | None = None, grave: tuple[str, ...] = GRAVE) -> list[str]:
    """What axe-core finds on the page as it stands: a line an element, with what would be right.

    What is hidden or folded isn't looked at: show and unfold it first.

    Args:
        within: a CSS selector of the part to look at: of a notebook its outputs, for instance,
            since JupyterLab's own faults are not ours.
        grave: axe's words for how grave a fault is: minor, moderate, serious, critical.
    """
    page.evaluate(_axe())  # and not as a script element, which a page's policy may forbid
    found: list[str] = page.evaluate(_SCAN, [within, list(grave)])
    return found


@functools.cache
def _axe() -> str:
    """axe-core's own source, from the package that brings it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
