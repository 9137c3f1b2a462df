"""The order of a start: what is got ready early on another core, what the first picture need not
wait for. Nothing here changes what is done, only when.
"""

import builtins
import contextlib
import functools
import importlib
import itertools
import re
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from kiosk.screen.phrases import load_phrases

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

SAMPLE = "回 0"
SIZE_PX = 40
LONG = 1_000  # letters of a pattern that takes milliseconds to compile


class Pattern:
    """A regular expression that is compiled when one of its methods is first called."""

    def __init__(self, make: Callable[[], re.Pattern[str]]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return functools.partial(self._call, name)  # no method, wherever it is put

    def _call(self, name: str, /, *words: Any, **more: Any) -> Any:
        return getattr(self._make(), name)(*words, **more)


def start(
    headless: bool, languages: Iterable[str], *modules: str
) -> "tuple[QApplication, threading.Thread]":
    """Start Qt, import the modules meanwhile, and begin to look for the fonts; the thread is joined
    before a page is laid out.
    """
    load_qt()
    from kiosk.screen import loop

    imports = import_beside(*modules)
    qt = loop.start(headless)
    fonts = warm_fonts([load_phrases(name).script.families for name in languages])
    imports.join()
    return qt, fonts


def load_qt() -> None:
    """Import the bindings, without what costs a start most and nobody here uses: they compile
    patterns as long as a page, to word the errors of calls that are wrong, and from then on read
    the source of every module that is imported, to see whether it wants other names for Qt's.
    """
    compile_now, import_now = re.compile, builtins.__import__

    def compile_later(pattern: Any, flags: Any = 0) -> Any:
        if isinstance(pattern, str) and len(pattern) > LONG:
            return Pattern(lambda: compile_now(pattern, flags))
        return compile_now(pattern, flags)

    re.compile = compile_later
    try:
        import PySide6.QtWidgets  # noqa: F401
    finally:
        re.compile, builtins.__import__ = compile_now, import_now


def warm_fonts(families: Iterable[tuple[str, ...]]) -> threading.Thread:
    """Begin to look for the installed fonts; Qt lets go of the interpreter meanwhile."""

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
