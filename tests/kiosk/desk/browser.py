"""Debian's Chromium, driven by Playwright: one page, and what it complains of."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


class Browser:
    """One page of one Chromium."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.actions = 0
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        # Each answer that is not 2xx is a line, too.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def go(self, url: str) -> None:
        self.page.goto(url, wait_until="commit")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self.page.evaluate(script)

    def type(self, text: str) -> None:
        """Keys one by one, as a keyboard or a scanner sends them."""
        self.actions += 1
        self.page.keyboard.type(text)

    def scan(self, text: str) -> None:
        """A slip under the scanner, which ends with Enter: one thing done."""
        self.type(text)
        self.page.keyboard.press("Enter")

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def wait(self, script: str, wanted: Any = True) -> None:
        """Wait until an expression in the page has the value."""
        self.page.wait_for_function(f"wanted => ({script}) === wanted", arg=wanted)

    def text(self, id_: str) -> str:
        return str(self.page.text_content(f"#{id_}"))

    def wait_text(self, id_: str, wanted: str) -> None:
        self.wait(f"document.getElementById({id_!r}).textContent", wanted)

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path)


@contextlib.contextmanager
def open_browser(size: tuple[int, int] = (1366, 768)) -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        try:
            yield Browser(page)
        finally:
            browser.close()
