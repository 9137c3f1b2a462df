"""The widget of the set-up: shows one page after another at once, collects touches."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.screen import loop
from kiosk.screen.choice import Choice, lay_choice
from kiosk.screen.items import Box, Item
from kiosk.screen.paint import Painter, render
from kiosk.screen.phrases import load_phrases
from kiosk.screen.theme import load_theme

THEME = "calm"
SIZE = (1280, 800)
"""Of the window where there is no screen to fill."""


class Board(QWidget):
    """Main thread only. `on_shown` is told each page once it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.on_shown: Callable[[Choice], None] = lambda choice: None
        self._painter = Painter(load_theme(THEME))
        self._phrases = load_phrases("zh")
        self._choice = Choice("", "")
        self._items: list[Item] = []
        self._touched: list[int] = []
        self.setWindowTitle("回音 Huiyin")
        self.setCursor(Qt.CursorShape.BlankCursor)

    def open(self, fullscreen: bool) -> None:
        """Show the window: over the whole screen, or at SIZE."""
        if fullscreen:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
            self.setGeometry(self.screen().geometry())
            self.showFullScreen()
        else:
            self.resize(*SIZE)
            self.show()
        loop.attend()

    def show_choice(self, choice: Choice) -> None:
        """Show a page; when this returns it is painted."""
        self._choice = choice
        self._touched.clear()
        self.repaint()
        loop.attend()
        self.on_shown(choice)

    def take_touch(self) -> int | None:
        """The option that a finger chose since the page was shown."""
        loop.attend()
        return self._touched.pop(0) if self._touched else None

    # Qt's own.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page at the size that the window has now."""
        width, height = self.width(), self.height()
        theme, measure = self._painter.theme, self._painter.measure
        self._items = lay_choice(self._choice, width, height, theme, self._phrases, measure)
        painter = QPainter(self)
        painter.drawImage(0, 0, render(self._painter, self._items, width, height))
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A finger goes up: on an option it is chosen."""
        spot = event.position().toPoint()
        for item in self._items:
            if isinstance(item, Box) and item.touch:
                rect = item.rect
                if QRect(rect.x, rect.y, rect.w, rect.h).contains(spot):
                    self._touched.append(int(item.touch))
