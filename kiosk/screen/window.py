"""The one widget of the kiosk: shows a view, repaints only what differs, reports touches.

The page that likely comes next is drawn ahead while nothing happens: an answer is then a copy.
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.screen.items import Box, Item
from kiosk.screen.pages import lay_out
from kiosk.screen.paint import Painter, cover, prepare, render
from kiosk.screen.phrases import load_phrases
from kiosk.screen.theme import load_theme
from kiosk.screen.view import View

AHEAD_MS = 60
"""Quiet time after a paint before the next page is drawn ahead."""

LAID_KEPT = 32
"""Laid out pages that are remembered."""

ACROSS = Qt.WindowType.FramelessWindowHint


class Screen(QWidget):
    """Main thread only. `on_painted` is told each view once its pixels are with the display."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self.on_painted: Callable[[View], None] = lambda view: None
        self.on_touch: Callable[[str], None] = lambda key: None
        self._theme = load_theme(theme)
        self._painter = Painter(self._theme)
        self._view = View("starting")
        self._items: list[Item] = []
        self._image = QImage()
        self._laid: dict[View, list[Item]] = {}
        self._ahead: tuple[View, QImage] | None = None
        self._touched = ""
        self._told: View | None = None
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._draw_ahead)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setWindowTitle("回音 Huiyin")

    def open(self, size: str, fullscreen: bool) -> None:
        """Show the window: over the whole screen, or at `size` (WIDTHxHEIGHT)."""
        width, _, height = size.partition("x")
        if size:
            self.resize(int(width), int(height))
        if fullscreen:
            self.setWindowFlag(ACROSS)
            self.setGeometry(self.screen().geometry())
            self.showFullScreen()
        else:
            self.show()

    def show_view(self, view: View) -> None:
        """Show a view; when this returns, a visible window has painted it."""
        before, self._view = self._items, view
        if self._image.isNull():
            return
        self._items = self._lay(view)
        region = _difference(before, self._items)
        if self._ahead is not None and self._ahead[0] == view:
            self._image = self._ahead[1]
            self._ahead = None
        else:
            self._draw(region)
        if self.isVisible() and not region.isEmpty():
            self.repaint(region)
        self._tell()

    def _draw(self, region: QRegion) -> None:
        """Draw the items again where pages differ."""
        brush = QPainter(self._image)
        prepare(brush)
        brush.setClipRegion(region)
        self._painter.paint(brush, self._items, region.boundingRect())
        brush.end()

    def _lay(self, view: View) -> list[Item]:
        laid = self._laid.get(view)
        if laid is None:
            phrases = load_phrases(view.language)
            width, height = self._image.width(), self._image.height()
            laid = lay_out(view, width, height, self._theme, phrases, self._painter.measure)
            if len(self._laid) >= LAID_KEPT:
                self._laid.clear()
            self._laid[view] = laid
        return laid

    def _draw_ahead(self) -> None:
        """While the citizen is asked, the page after a press is drawn where nobody sees it."""
        if self._view.page != "asking":
            return
        keys = tuple(replace(key, lit=False) for key in self._view.keys)
        view = replace(self._view, page="chosen", keys=keys, item_name="", seconds_left=None)
        if self._ahead is None or self._ahead[0] != view:
            items = self._lay(view)
            width, height = self._image.width(), self._image.height()
            self._ahead = (view, render(self._painter, items, width, height))

    def _tell(self) -> None:
        if self.isVisible() and self._told != self._view:
            self._told = self._view
            self._quiet.start(AHEAD_MS)
            self.on_painted(self._view)

    # Qt's own.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: everything is laid out and drawn anew."""
        size = event.size()
        self._image = QImage(size, QImage.Format.Format_RGB32)
        self._laid.clear()
        self._ahead = None
        self._items = self._lay(self._view)
        self._draw(QRegion(QRect(QPoint(0, 0), size)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy what was drawn."""
        painter = QPainter(self)
        painter.drawImage(event.rect(), self._image, event.rect())
        painter.end()
        if self._told is None:
            QTimer.singleShot(0, self._tell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A finger goes down: remember on what."""
        self._touched = self._find(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A finger goes up where it went down: a touch."""
        touched, self._touched = self._touched, ""
        if touched and self._find(event.position().toPoint()) == touched:
            self.on_touch(touched)

    def _find(self, spot: QPoint) -> str:
        for item in reversed(self._items):
            if isinstance(item, Box) and item.touch:
                rect = item.rect
                if QRect(rect.x, rect.y, rect.w, rect.h).contains(spot):
                    return item.touch
        return ""


def _difference(before: list[Item], after: list[Item]) -> QRegion:
    """The pixels that two pages may not share."""
    region = QRegion()
    for item in set(before) ^ set(after):
        region += cover(item)
    return region
