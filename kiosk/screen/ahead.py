"""The order of a start: what is got ready early on another core, what the first picture need not
wait for. Nothing here changes what is done, only when.
"""

import contextlib
import importlib
import itertools
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from kiosk.screen import bindings
from kiosk.screen.phrases import load_phrases

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

SAMPLE = "回 0"
SIZE_PX = 40


def start(
    headless: bool, languages: Iterable[str], *modules: str
) -> "tuple[QApplication, threading.Thread]":
    """Start Qt, import the modules meanwhile, and begin to look for the fonts; the thread is joined
    before a page is laid out.
    """
    bindings.load()
    from kiosk.screen import loop

    imports = import_beside(*modules)
    qt = loop.start(headless)
    fonts = warm_fonts([load_phrases(name).script.families for name in languages])
    imports.join()
    return qt, fonts


def warm_fonts(families: Iterable[tuple[str, ...]]) -> threading.Thread:
    """Begin to look for the installed fonts; for a part of it Qt lets go of the interpreter."""

    def run() -> None:
        from PySide6.QtGui import QFont, QFontMetricsF

        for each, bold in itertools.product(families, (False, True)):
            font = QFont(list(each))
            font.setPixelSize(SIZE_PX)
            font.setBold(bold)
            QFontMetricsF(font).horizontalAdvance(SAMPLE)

    return _begin("fonts", run)


def import_beside(*names: str) -> threading.Thread:
    """Import modules while the caller waits for the display; what fails is raised when it imports
    them itself.
    """

    def run() -> None:
        with contextlib.suppress(Exception):
            for name in names:
                importlib.import_module(name)

    return _begin("imports", run)


def _begin(name: str, call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call, name=name, daemon=True)
    thread.start()
    return thread
