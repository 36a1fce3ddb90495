"""The pictures of the clinicians' guide, taken by the run that tests the pages."""

import os
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

SIZE: ViewportSize = {"width": 1366, "height": 768}  # the laptop of a small practice
FOLDER = Path(__file__).parents[2] / "docs" / "images"


def take(page: Page, name: str, at: str = "body") -> None:
    """Written when OSTEON_SCREENSHOTS is 1; otherwise the pages are only tested. From `at` downwards."""
    if os.environ.get("OSTEON_SCREENSHOTS") != "1":
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(SIZE)
    page.locator(at).evaluate("one => one.scrollIntoView()")
    page.wait_for_timeout(300)  # colours fade in
    page.screenshot(path=FOLDER / f"{name}.png")
