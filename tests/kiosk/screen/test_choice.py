"""The set-up's page on every screen."""

import pytest

from kiosk.screen.choice import Choice, lay_choice
from kiosk.screen.items import Box, Text
from kiosk.screen.paint import Painter
from kiosk.screen.phrases import load_phrases
from kiosk.screen.shots import SIZES
from kiosk.screen.theme import load_theme
from kiosk.setup.terms import CODE_ALPHABET


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [3, 5])
def test_every_page_fits_every_screen(size: str, count: int) -> None:
    width, height = map(int, size.split("x"))
    theme = load_theme("calm")
    painter = Painter(theme)
    long = (
        "大厅：甲乙丙政务服务中心，窗口 12, https://hall.example:8700, 证书指纹 abcd abcd abcd abcd"
    )
    hints = ("上一个", "下一个", "选定")
    for choice in (
        Choice("h", "这样对吗？", "!" * 90, (long,) * 9, 7, hints, count),
        Choice("h", "码", "", tuple(CODE_ALPHABET), 30, hints, count, True, "ABCDEFG"),
        Choice("h", long, "", (long,) * 3),
    ):
        items = lay_choice(choice, width, height, theme, load_phrases("zh"), painter.measure)
        page = items[0].rect
        assert all(page.contains(item.rect) for item in items)
        texts = [item for item in items if isinstance(item, Text)]
        assert texts
        for one in texts:
            assert not any(one.rect.overlaps(other.rect) for other in texts if other is not one)
        if choice.cursor >= 0:
            chosen = [i for i in items if isinstance(i, Box) and i.touch == str(choice.cursor)]
            assert len(chosen) == 1
            assert chosen[0].fill == theme.day.accent
