"""The access figures, computed from the theme: contrast, sizes, touch targets."""

from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from kiosk.screen.fit import SOFT_BREAK
from kiosk.screen.items import Box, Column, Icon, Text
from kiosk.screen.phrases import LANGUAGES, Phrases, load_phrases
from kiosk.screen.samples import make_view
from kiosk.screen.theme import LEVELS, Palette, load_theme, measure_contrast
from tests.kiosk.screen.kit import STATED, THEMES, lay, views

TEXT_RATIO = 7.0
ICON_RATIO = 4.5
TOUCH_PX = 80
CAPITAL_MM = 7.3
DIAGONAL_MM = 10.1 * 25.4


def test_contrast_of_black_on_white_is_the_standards_21() -> None:
    assert measure_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert measure_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize("name", THEMES)
def test_text_and_icons_stand_out(name: str, time: str) -> None:
    colors: Palette = getattr(load_theme(name), time)
    for ground in (colors.paper, colors.card):
        for text in (colors.ink, colors.soft):
            assert measure_contrast(text, ground) >= TEXT_RATIO, (text, ground)
    assert measure_contrast(colors.on_accent, colors.accent) >= TEXT_RATIO
    for level in LEVELS:
        assert measure_contrast(colors.levels[level], colors.card) >= ICON_RATIO, level
        assert measure_contrast(colors.lit[level], colors.on_lit) >= TEXT_RATIO, level


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("name", THEMES)
def test_texts_and_icons_stand_out_from_the_box_under_them(name: str, night: bool) -> None:
    for page in ("free", "asking", "chosen", "reason", "thanking", "paused", "fault"):
        for view in views(page, "zh"):
            items = lay(view, theme=name, night=night)
            for index, item in enumerate(items):
                if isinstance(item, Text | Icon):
                    under = [box for box in items[:index] if isinstance(box, Box)
                             and box.rect.contains(item.rect)]  # fmt: skip
                    least = TEXT_RATIO if isinstance(item, Text) else ICON_RATIO
                    assert measure_contrast(item.color, under[-1].fill) >= least, item
                    assert not isinstance(item, Icon) or item.paper == under[-1].fill


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("name", THEMES)
def test_the_tag_under_the_cursor_is_another_ground(name: str, night: bool) -> None:
    boxes = [
        item
        for item in lay(make_view("reason", "zh"), theme=name, night=night)
        if isinstance(item, Box) and item.touch.startswith("tag:")
    ]
    here = [box for box in boxes if box.outline != boxes[0].outline or box.fill != boxes[0].fill]
    assert [box.touch for box in here] == ["tag:209"]
    assert here[0].fill != boxes[0].fill


def test_the_stated_screen_is_ten_inches() -> None:
    width, height = STATED
    for name in THEMES:
        mm_per_px = load_theme(name).mm_per_px
        assert mm_per_px * (width**2 + height**2) ** 0.5 == pytest.approx(DIAGONAL_MM, rel=0.001)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("keys", [3, 5])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", THEMES)
def test_main_words_are_large_enough(name: str, language: str, keys: int) -> None:
    """The question and the words on the keys, by the height of the language's sample letter."""
    for second in (None, *(load_phrases(other) for other in ("zh", "bo") if other != language)):
        measured = measure_main(name, language, keys, second)
        assert measured >= CAPITAL_MM, (measured, language, keys, second and second.language)


def measure_main(name: str, language: str, keys: int, second: Phrases | None) -> float:
    """The least height in mm of the letters of a theme's main words."""
    theme, phrases = load_theme(name), load_phrases(language)
    least = None
    for item in lay(make_view("asking", language, keys), theme=name, second=second):
        if isinstance(item, Text | Column) and item.bold and item.script == phrases.script:
            if item.text == phrases.say("frame.window", "3"):
                continue
            font = QFont(list(item.script.families))
            font.setPixelSize(item.size)
            height = QFontMetricsF(font).tightBoundingRect(phrases.sample).height()
            least = min(least or height, height)
    assert least is not None
    return least * theme.mm_per_px


MAIN = {
    "reason": "reason.question",
    **{name: f"{name}.title" for name in ("free", "chosen", "thanking", "paused", "fault")},
}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("page", MAIN)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", THEMES)
def test_what_a_page_says_first_is_large_enough(name: str, language: str, page: str) -> None:
    """The question of the reasons was smaller than the others, in Mongolian by half."""
    theme, phrases = load_theme(name), load_phrases(language)
    said = phrases.say(MAIN[page]).replace(SOFT_BREAK, "")
    for view in views(page, language):
        words = [item for item in lay(view, theme=name) if isinstance(item, Text | Column)]
        found = [item for item in words if item.script == phrases.script and item.text in said]
        largest = max(found, key=lambda item: item.size)
        pieces = [item for item in found if item.size == largest.size]
        assert len("".join(item.text for item in pieces)) >= len(said.replace(" ", "")) * 0.9
        font = QFont(list(largest.script.families))
        font.setPixelSize(largest.size)
        height = QFontMetricsF(font).tightBoundingRect(phrases.sample).height()
        assert height * theme.mm_per_px >= CAPITAL_MM, (language, page, view)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_are_large_enough_for_a_finger(language: str) -> None:
    for page in ("asking", "reason", "chosen"):
        for view in views(page, language):
            for item in lay(view):
                if isinstance(item, Box) and item.touch:
                    assert min(item.rect.w, item.rect.h) >= TOUCH_PX, item


def test_no_picture_moves_or_carries_a_colour_of_its_own() -> None:
    for path in Path("assets/themes").glob("*/*.svg"):
        svg = path.read_text("utf-8")
        assert "animate" not in svg
        assert {part[:7] for part in svg.split('="') if part.startswith("#")} <= {"#ffffff"}
