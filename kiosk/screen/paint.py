"""Draws laid out items with QPainter and measures text for the layout. Knows no page."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec.structs import replace
from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QImageReader,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRegion,
)

from kiosk.screen.items import Box, Code, Column, Icon, Item, Photo, Rect, Script, Text
from kiosk.screen.theme import Theme

WIDTHS_KEPT = 4096  # measured widths; beyond it the table starts anew
PHOTO_MOST = 4096  # px a side of a photo that is read at all
PIXMAPS_KEPT = 64  # drawn pictures of the theme, likewise
_FontKey = tuple[Script, int, bool]


class Painter:
    """Fonts, widths and pictures of one theme, kept once made."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._fonts: dict[_FontKey, tuple[QFont, QFontMetricsF]] = {}
        self._widths: dict[tuple[str, int, bool, Script], float] = {}
        self._pixmaps: dict[Icon | Photo, QPixmap] = {}

    def measure(self, text: str, size: int, bold: bool, script: Script) -> float:
        """Width of a line in px: the layout's `measure`."""
        key = (text, size, bold, script)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) >= WIDTHS_KEPT:
                self._widths.clear()
            width = self._font(script, size, bold)[1].horizontalAdvance(text)
            self._widths[key] = width
        return width

    def _font(self, script: Script, size: int, bold: bool) -> tuple[QFont, QFontMetricsF]:
        key = (script, size, bold)
        made = self._fonts.get(key)
        if made is None:
            font = QFont(list(script.families))
            font.setPixelSize(size)
            font.setBold(bold)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            made = self._fonts[key] = (font, QFontMetricsF(font))
        return made

    def paint(self, painter: QPainter, items: Iterable[Item], clip: QRect) -> None:
        """Draws the items that touch `clip`, in their order."""
        for item in items:
            if not clip.intersects(cover(item)):
                continue
            if isinstance(item, Box):
                _paint_box(painter, item)
            elif isinstance(item, Text):
                self._paint_line(painter, item, item.rect.w, item.rect.h, item.rect)
            elif isinstance(item, Column):
                self._paint_column(painter, item)
            elif isinstance(item, Icon | Photo):
                painter.drawPixmap(item.rect.x, item.rect.y, self._pixmap(item))
            else:
                paint_code(painter, item)

    def _paint_line(self, painter: QPainter, item: Text | Column, w: int, h: int, at: Rect) -> None:
        font, _ = self._font(item.script, item.size, item.bold)
        painter.setFont(font)
        painter.setPen(QColor(item.color))
        ink = (item.script.ascent + item.script.descent) * item.size
        base = (h - ink) / 2 + item.script.ascent * item.size
        painter.drawText(QPointF(at.x, round(at.y + base)), item.text)

    def _paint_column(self, painter: QPainter, item: Column) -> None:
        painter.save()
        painter.translate(item.rect.right, item.rect.y)
        painter.rotate(90)  # the letters' heads point right, the line runs down
        self._paint_line(painter, item, item.rect.h, item.rect.w, Rect(0, 0, 0, 0))
        painter.restore()

    def _pixmap(self, item: Icon | Photo) -> QPixmap:
        key = replace(item, rect=Rect(0, 0, item.rect.w, item.rect.h))
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            if len(self._pixmaps) >= PIXMAPS_KEPT:
                self._pixmaps.clear()
            pixmap = draw_photo(key) if isinstance(key, Photo) else self._draw_picture(key)
            self._pixmaps[key] = pixmap
        return pixmap

    def _draw_picture(self, item: Icon) -> QPixmap:
        from PySide6.QtSvg import QSvgRenderer  # only pages with pictures pay for it

        svg = self.theme.read_picture(item.name)
        svg = svg.replace("#ffffff", item.paper).replace("currentColor", item.color)
        pixmap = QPixmap(QSize(item.rect.w, item.rect.h))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter)
        painter.end()
        return pixmap


def cover(item: Item) -> QRect:
    """The pixels that an item may touch: its rectangle and, for text, what leans out of it."""
    rect = item.rect
    lean = item.size // 4 + 1 if isinstance(item, Text | Column) else 1
    return QRect(rect.x - lean, rect.y - lean, rect.w + 2 * lean, rect.h + 2 * lean)


def differ(before: list[Item], after: list[Item]) -> QRegion:
    """The pixels that two pages may not share."""
    region = QRegion()
    for item in set(before) ^ set(after):
        region += cover(item)
    return region


def _paint_box(painter: QPainter, item: Box) -> None:
    rect = item.rect
    if not item.corner and not item.outline:
        painter.fillRect(rect.x, rect.y, rect.w, rect.h, QColor(item.fill))
        return
    half = item.thickness / 2
    painter.setPen(QPen(QColor(item.outline), item.thickness) if half else Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(item.fill)))
    inner = QRectF(rect.x + half, rect.y + half, rect.w - 2 * half, rect.h - 2 * half)
    painter.drawRoundedRect(inner, item.corner, item.corner)


def draw_photo(item: Photo) -> QPixmap:
    """The middle of the picture, as large as its place; plain where there is none to be read."""
    side = QSize(item.rect.w, item.rect.h)
    reader = QImageReader(item.path)
    reader.setAutoTransform(True)
    size = reader.size()
    image = QImage()
    if size.isValid() and max(size.width(), size.height()) <= PHOTO_MOST:
        image = reader.read()
    pixmap = QPixmap(side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    prepare(painter)
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, side.width(), side.height()), item.corner, item.corner)
    painter.setClipPath(path)
    painter.fillPath(path, QColor(item.color))
    if not image.isNull():
        grown = image.scaled(
            side,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        over_x, over_y = grown.width() - side.width(), grown.height() - side.height()
        painter.drawImage(-over_x // 2, -over_y // 2, grown)
    painter.end()
    return pixmap


@lru_cache(maxsize=1)
def encode(url: str) -> list[list[bool]] | None:
    """The modules of a QR code, or None where its library is not installed."""
    try:
        from qrcode.constants import ERROR_CORRECT_M
        from qrcode.main import QRCode
    except ImportError:
        return None
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(url)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def paint_code(painter: QPainter, item: Code) -> None:
    """Draws a QR code with modules of whole pixels, so that it is sharp at every size."""
    rows = encode(item.url)
    if rows is None:
        return
    module = max(1, min(item.rect.w, item.rect.h) // len(rows))
    side = module * len(rows)
    spot = item.rect.middle(side, side)
    painter.fillRect(spot.x, spot.y, side, side, QColor(item.paper))
    dark = QColor(item.color)
    for y, row in enumerate(rows):
        for x, on in enumerate(row):
            if on:
                painter.fillRect(spot.x + x * module, spot.y + y * module, module, module, dark)


def render(painter: Painter, items: Iterable[Item], width: int, height: int) -> QImage:
    """A whole page as an opaque picture."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    brush = QPainter(image)
    prepare(brush)
    painter.paint(brush, items, QRect(0, 0, width, height))
    brush.end()
    return image


def prepare(painter: QPainter) -> None:
    """Smooth edges and letters."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
