"""The formgrader's pages, as an instructor uses them in a browser."""

from __future__ import annotations

from typing import Any


def press(page: Any, icon: Any, seconds: int = 300) -> str:
    """Click an icon of a table's until something is said; gives it, or empty.

    icon: a Playwright locator.
    """
    said = page.locator("#success-modal, #error-modal")
    icon.wait_for()
    for second in range(seconds):  # on a slow machine a click may come before the page listens
        if said.count() and said.first.inner_text().strip():
            return str(said.first.inner_text())
        if second % 20 == 0 and icon.is_visible():
            icon.click()
        page.wait_for_timeout(1000)
    return ""
