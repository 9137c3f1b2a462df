"""`python -m kiosk.screen.shots DIR`: each page in each language and size as a PNG, off-screen."""

import argparse
import os
import sys
from pathlib import Path

SIZES = ("800x480", "1024x600", "1280x800", "1920x1080", "800x1280")
DEFAULT_THEME = "calm"


def main(arguments: list[str] | None = None) -> int:
    """Writes `<page>-<language>-<W>x<H>.png`; another theme goes into a folder of its name."""
    from kiosk.screen.pages import PAGES
    from kiosk.screen.phrases import LANGUAGES

    parser = argparse.ArgumentParser(prog="shots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--theme", default=DEFAULT_THEME, metavar="NAME")
    parser.add_argument("--pages", nargs="+", default=PAGES, choices=PAGES, metavar="PAGE")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WxH")
    parser.add_argument("--keys", type=int, default=3, choices=(3, 5))
    parser.add_argument("--night", action="store_true")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        return _shoot(chosen)
    except (OSError, ValueError) as error:
        print(f"shots: {error}", file=sys.stderr)
        return 1


def _shoot(chosen: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    from kiosk.screen.pages import lay_out
    from kiosk.screen.paint import Painter, render
    from kiosk.screen.phrases import load_phrases
    from kiosk.screen.samples import make_view
    from kiosk.screen.theme import load_theme

    application = QApplication.instance() or QApplication([])
    theme = load_theme(chosen.theme)
    folder = chosen.folder if chosen.theme == DEFAULT_THEME else chosen.folder / chosen.theme
    folder.mkdir(parents=True, exist_ok=True)
    painter = Painter(theme)
    for size in chosen.sizes:
        width, _, height = size.partition("x")
        w, h = int(width), int(height)
        for language in chosen.languages:
            phrases = load_phrases(language)
            for page in chosen.pages:
                view = make_view(page, language, chosen.keys)
                items = lay_out(view, w, h, theme, phrases, painter.measure, night=chosen.night)
                render(painter, items, w, h).save(str(folder / f"{page}-{language}-{w}x{h}.png"))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
