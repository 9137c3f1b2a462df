"""The one widget of the kiosk: shows a view, repaints only what differs, reports touches.

The page that follows a press is drawn ahead while the citizen thinks: the answer is then a copy.
"""

import time
from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from kiosk.screen.calm import Calm
from kiosk.screen.corner import Corner, make_timer
from kiosk.screen.frame import LANGUAGE_TOUCH
from kiosk.screen.items import Item, find_touch
from kiosk.screen.pages import lay_out
from kiosk.screen.paint import Painter, differ, prepare, render
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.reason import TAG_TOUCH
from kiosk.screen.theme import load_theme
from kiosk.screen.view import View

AHEAD_MS = 60  # quiet time after a paint before the next page is drawn ahead
LAID_KEPT = 32  # laid out pages that are remembered
# A pixel of the margin, painted again while nobody waits: Qt then waits for the X server to have
# taken the last page, which it would do at the next page otherwise, when somebody does.
SPARE = QRect(0, 0, 1, 1)
SHIFT_MS = 240_000  # how often a resting page moves by a pixel, against burn-in
# where to, in px: a slow walk around the middle, well inside the margin
SHIFTS = ((0, 0), (2, 0), (2, 2), (0, 2), (-2, 2), (-2, 0), (-2, -2), (0, -2), (2, -2))
RESTING = frozenset({"free", "paused", "fault", "unenrolled"})  # pages that stand for hours


class Screen(QWidget):
    """Main thread only. `on_painted` is told each view once its pixels are with the display.

    `on_touch` is told a key of the panel, `on_down` the one a finger is on and "" when it slid off,
    `on_tag` a reason's code, `on_technician` the long press that no citizen makes by accident,
    `on_language` a language; `is_night` is asked now and then, `read_ms` whenever a key lights up.
    `second` is a language that stands under the first on the keys, unless its script is vertical;
    `languages` are those a citizen may choose.
    """

    def __init__(self, theme: str, second: str = "", languages: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.on_painted: Callable[[View], None] = lambda view: None
        self.on_touch: Callable[[str], None] = lambda key: None
        self.on_down: Callable[[str], None] = lambda key: None
        self.on_tag: Callable[[str], None] = lambda code: None
        self.on_language: Callable[[str], None] = lambda language: None
        self.on_code: Callable[[str], None] = lambda place: None
        self.on_technician: Callable[[], None] = lambda: None
        self.is_night: Callable[[], bool] = lambda: False
        self.read_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000
        self._painter = Painter(load_theme(theme))
        other = load_phrases(second) if second else None
        self._second = None if other is None or other.vertical else other
        offered = languages if len(languages) > 1 else ()
        self._offered = tuple(load_phrases(language) for language in offered)
        self._night = False
        self._calm = Calm()
        self._shift = 0
        self._view = View("starting")
        self._under: View | None = None
        self._items: list[Item] = []
        self._image = QImage()
        self._laid: dict[View, list[Item]] = {}
        self._ahead: tuple[list[Item], QImage] | None = None
        self._touched = ""
        self._told: View | None = None
        self._is_kept = False
        self._paints = 0
        self._quiet = make_timer(self, self._draw_ahead, AHEAD_MS)
        self.corner = Corner(self, lambda: self.on_technician())
        self._walk = make_timer(self, self._walk_on, SHIFT_MS)
        self._walk.setSingleShot(False)
        self._walk.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setWindowTitle("回音 Huiyin")

    def open(self, size: str, fullscreen: bool) -> None:
        """Show the window: over the whole screen, or at `size` (WIDTHxHEIGHT)."""
        self.set_night(self.is_night())
        width, _, height = size.partition("x")
        if size:
            self.resize(int(width), int(height))
        self._is_kept = fullscreen
        if fullscreen:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
            self.setGeometry(self.screen().geometry())
            self.showFullScreen()
        else:
            self.show()
        self._walk.start()

    def show_view(self, view: View) -> None:
        """Show a view; when this returns, a visible window has painted it.

        A key that is hammered stays dark: nothing flashes.
        """
        view = self._calm.soothe(view, self.read_ms())
        if self._under is not None and view == self._under:
            return
        self._under = None
        self._paint_view(view)

    def cover(self, view: View) -> None:
        """Show a technician's page over one that rests, until that changes or a finger comes.

        Nothing is shown over what a citizen reads.
        """
        under = self._under or self._view
        if _rests(under):
            self._paint_view(view)
            self._under = under

    @property
    def is_covered(self) -> bool:
        """Whether a technician's page stands over another."""
        return self._under is not None

    def uncover(self) -> None:
        """Show again what a technician's page stands over."""
        if self._under is not None:
            under, self._under = self._under, None
            self._paint_view(under)

    def _paint_view(self, view: View) -> None:
        self._view = view
        if self._image.isNull():
            return
        before, self._items = self._items, self._lay(view)
        region = differ(before, self._items)
        if self._ahead is not None and self._ahead[0] == self._items:
            self._image = self._ahead[1]
            self._ahead = None
        else:
            self._draw(region)
        if self.isVisible() and not region.isEmpty():
            self.repaint(region.boundingRect())  # one rectangle is copied as a block, no region is
        self._tell()

    def set_night(self, night: bool) -> None:
        """Change between the theme's day and night colours; the caller knows the hour."""
        if night != self._night:
            self._night = night
            self._start_anew()

    def paint_again(self) -> bool:
        """Paint all of it once more, now; whether that happened."""
        before = self._paints
        self.repaint()
        return self._paints > before

    def _walk_on(self) -> None:
        self.set_night(self.is_night())
        if _rests(self._view):
            self._shift = (self._shift + 1) % len(SHIFTS)
            self._start_anew()

    def _start_anew(self) -> None:
        """Everything is laid out and drawn again."""
        self._laid.clear()
        self._ahead = None
        if not self._image.isNull():
            self._items = self._lay(self._view)
            self._draw(QRegion(self._image.rect()))
            self.update()
            self._quiet.start()

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
            phrases = load_phrases(view.language if view.language in LANGUAGES else LANGUAGES[0])
            is_other = self._second is not None and self._second.language != phrases.language
            laid = lay_out(
                view,
                self._image.width(),
                self._image.height(),
                self._painter.theme,
                phrases,
                self._painter.measure,
                second=self._second if is_other else None,
                night=self._night,
                shift=SHIFTS[self._shift],
                offered=self._offered,
            )
            if len(self._laid) >= LAID_KEPT:
                self._laid.clear()
            self._laid[view] = laid
        return laid

    def _draw_ahead(self) -> None:
        """While the citizen is asked, the page after a press is drawn where nobody sees it."""
        if self.isVisible():
            self.repaint(SPARE)
        if self._view.page != "asking":
            return
        keys = tuple(replace(key, lit=False) for key in self._view.keys)
        view = replace(self._view, page="chosen", keys=keys, item_name="", seconds_left=None,
                       ending=False)  # fmt: skip
        items = self._lay(view)
        if self._ahead is None or self._ahead[0] != items:
            width, height = self._image.width(), self._image.height()
            self._ahead = (items, render(self._painter, items, width, height))

    def _tell(self) -> None:
        if self.isVisible() and self._told != self._view:
            self._told = self._view
            self._quiet.start()
            self.on_painted(self._view)

    # Qt's own.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: everything is laid out and drawn anew."""
        self._image = QImage(event.size(), QImage.Format.Format_RGB32)
        self._start_anew()

    def closeEvent(self, event: QCloseEvent) -> None:
        """No citizen closes a window that fills the screen; the app itself does."""
        event.setAccepted(not self._is_kept)

    def close(self) -> bool:
        """The app's own end."""
        self._is_kept = False
        return super().close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy what was drawn."""
        painter = QPainter(self)
        painter.drawImage(event.rect(), self._image, event.rect())  # Qt clips it to what differs
        painter.end()
        self._paints += 1
        if self._told is None:
            QTimer.singleShot(0, self._tell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A finger goes down: remember on what."""
        spot = event.position().toPoint()
        if self._under is not None:
            touched = self._find(spot)
            if touched:
                self.on_code(touched)
            else:
                self.uncover()
            return
        self._touched = self._find(spot)
        self.corner.down(spot.x(), spot.y(), self.width(), self.height())
        if self._touched and ":" not in self._touched:
            self.on_down(self._touched)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A finger goes up where it went down: a touch."""
        self.corner.up()
        touched, self._touched = self._touched, ""
        if not touched:
            return
        if self._find(event.position().toPoint()) != touched:
            self.on_down("")
            return
        if touched.startswith(TAG_TOUCH):
            self.on_tag(touched.removeprefix(TAG_TOUCH))
        elif touched.startswith(LANGUAGE_TOUCH):
            if self._calm.may_turn(self.read_ms()):
                self.on_language(touched.removeprefix(LANGUAGE_TOUCH))
        else:
            self.on_touch(touched)

    def _find(self, spot: QPoint) -> str:
        return find_touch(self._items, spot.x(), spot.y())


def _rests(view: View) -> bool:
    """Whether nobody is being asked anything."""
    waits = view.page == "asking" and view.seconds_left is None
    return waits or view.page in RESTING
