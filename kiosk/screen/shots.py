"""`python -m kiosk.screen.shots DIR`: each page in each language and size as a PNG, off-screen."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import HuiyinError

if TYPE_CHECKING:
    from kiosk.screen.paint import Painter

SIZES = ("800x480", "1024x600", "1280x800", "1920x1080", "800x1280")
DEFAULT_THEME = "calm"
PNG_QUALITY = 80  # Qt's word for how little it packs: a third less time for a tenth more bytes
PHOTO_SIDE = 320  # px of the picture that stands in for a clerk's


def main(arguments: list[str] | None = None) -> int:
    """Writes `<page>-<language>-<W>x<H>.png` and, for what a page looks like besides (at night,
    with five keys, with a key down), `<page>-<what>-<language>-<W>x<H>.png`; another theme goes
    into a folder of its name.
    """
    from kiosk.screen.pages import PAGES
    from kiosk.screen.phrases import LANGUAGES

    parser = argparse.ArgumentParser(prog="shots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--theme", metavar="NAME", help="one theme; else all there are")
    parser.add_argument("--pages", nargs="+", default=PAGES, choices=PAGES, metavar="PAGE")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WxH")
    parser.add_argument("--plain", action="store_true", help="each page by day, nothing besides")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        return _shoot(chosen)
    except (HuiyinError, OSError, ValueError) as error:
        print(f"shots: {error}", file=sys.stderr)
        return 1


def _shoot(chosen: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from kiosk.screen.paint import Painter
    from kiosk.screen.theme import list_themes, load_theme

    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as scratch:
        photo = Path(scratch) / "photo.png"
        _draw_photo(photo)
        for name in [chosen.theme] if chosen.theme else list_themes():
            folder = chosen.folder if name == DEFAULT_THEME else chosen.folder / name
            painter = Painter(load_theme(name))
            folder.mkdir(parents=True, exist_ok=True)
            _shoot_theme(chosen, folder, painter, str(photo))
    del application
    return 0


def _shoot_theme(chosen: argparse.Namespace, folder: Path, painter: "Painter", photo: str) -> None:
    from kiosk.screen.paint import render
    from kiosk.screen.samples import list_samples

    for size in chosen.sizes:
        width, _, height = size.partition("x")
        w, h = int(width), int(height)
        for language in chosen.languages:
            for page in chosen.pages:
                for sample in list_samples(page, language, photo):
                    if sample.name and chosen.plain:
                        continue
                    items = sample.lay(w, h, painter.theme, painter.measure)
                    what = f"{page}-{sample.name}" if sample.name else page
                    path = folder / f"{what}-{language}-{size}.png"
                    if not render(painter, items, w, h).save(str(path), quality=PNG_QUALITY):
                        raise OSError(f"{path}: cannot be written")


def _draw_photo(path: Path) -> None:
    """Head and shoulders of nobody."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    side = PHOTO_SIDE
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("#c9d3da"))
    brush = QPainter(image)
    brush.setPen(Qt.PenStyle.NoPen)
    brush.setBrush(QColor("#5b6b77"))
    brush.drawEllipse(QPoint(side // 2, side * 2 // 5), side // 5, side // 4)
    brush.drawEllipse(QPoint(side // 2, side), side * 2 // 5, side * 3 // 10)
    brush.end()
    image.save(str(path))


if __name__ == "__main__":
    sys.exit(main())
