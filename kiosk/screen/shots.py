"""`python -m kiosk.screen.shots DIR`: each page in each language and size as a PNG, off-screen."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.screen.paint import Painter

SIZES = ("800x480", "1024x600", "1280x800", "1920x1080", "800x1280")
DEFAULT_THEME = "calm"


def main(arguments: list[str] | None = None) -> int:
    """Writes `<page>-<language>-<W>x<H>.png`; another theme goes into a folder of its name."""
    from kiosk.screen.pages import PAGES
    from kiosk.screen.phrases import LANGUAGES

    parser = argparse.ArgumentParser(prog="shots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--theme", metavar="NAME", help="one theme; else all there are")
    parser.add_argument("--pages", nargs="+", default=PAGES, choices=PAGES, metavar="PAGE")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WxH")
    parser.add_argument("--keys", type=int, default=3, choices=(3, 5))
    parser.add_argument("--night", action="store_true")
    parser.add_argument("--touch", action="store_true", help="as where fingers count")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        return _shoot(chosen)
    except (OSError, ValueError) as error:
        print(f"shots: {error}", file=sys.stderr)
        return 1


def _shoot(chosen: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from kiosk.screen.paint import Painter
    from kiosk.screen.theme import list_themes, load_theme

    application = QApplication.instance() or QApplication([])
    for name in [chosen.theme] if chosen.theme else list_themes():
        folder = chosen.folder if name == DEFAULT_THEME else chosen.folder / name
        painter = Painter(load_theme(name))
        folder.mkdir(parents=True, exist_ok=True)
        _shoot_theme(chosen, folder, painter)
    del application
    return 0


def _shoot_theme(chosen: argparse.Namespace, folder: Path, painter: "Painter") -> None:
    from msgspec.structs import replace

    from kiosk.screen.pages import lay_out
    from kiosk.screen.paint import render
    from kiosk.screen.phrases import LANGUAGES, load_phrases
    from kiosk.screen.samples import make_view

    offered = tuple(load_phrases(language) for language in LANGUAGES)
    for size in chosen.sizes:
        width, _, height = size.partition("x")
        w, h = int(width), int(height)
        for language in chosen.languages:
            phrases = load_phrases(language)
            for page in chosen.pages:
                view = replace(make_view(page, language, chosen.keys), touch=chosen.touch)
                items = lay_out(
                    view,
                    w,
                    h,
                    painter.theme,
                    phrases,
                    painter.measure,
                    night=chosen.night,
                    offered=offered,
                )
                render(painter, items, w, h).save(str(folder / f"{page}-{language}-{w}x{h}.png"))


if __name__ == "__main__":
    sys.exit(main())
