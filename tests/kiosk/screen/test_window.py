"""The widget: paints what differs, as if it had painted all; tells when; reports touches."""

import random
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from kiosk.screen.board import Board
from kiosk.screen.items import Box
from kiosk.screen.pages import PAGES
from kiosk.screen.paint import differ, render
from kiosk.screen.phrases import LANGUAGES
from kiosk.screen.samples import make_view
from kiosk.screen.view import View
from kiosk.screen.window import SHIFTS, Screen
from tests.kiosk.screen.kit import lay

SIZE = (1024, 600)
GROWTH_KB = 8_000  # for 1,000 visits: what glyphs and widths not met before may take
ROUNDING = 64  # of 255


@pytest.fixture
def screen(qtbot: QtBot) -> Screen:
    made = Screen("calm")
    qtbot.addWidget(made)
    made.open("1024x600", fullscreen=False)
    qtbot.waitExposed(made)
    return made


def grab(screen: Screen) -> QImage:
    return screen.grab().toImage().convertToFormat(screen._image.format())


def wholly(screen: Screen, view: View, **how: object) -> QImage:
    """With the screen's own fonts: two of one size may differ by a fraction of a pixel."""
    return render(screen._painter, lay(view, SIZE, **how), *SIZE)


def list_differences(one: QImage, other: QImage) -> list[tuple[int, int]]:
    """Pixels that differ by more than Qt's own rounding at the edges of a huge letter."""
    if one == other:
        return []
    spots = ((x, y) for y in range(one.height()) for x in range(one.width()))
    return [spot for spot in spots if is_other(one.pixel(*spot), other.pixel(*spot))]


def is_other(one: int, other: int) -> bool:
    pairs = zip(one.to_bytes(4, "big"), other.to_bytes(4, "big"), strict=True)
    return any(abs(a - b) > ROUNDING for a, b in pairs)


def test_partial_paints_add_up_to_whole_pages(screen: Screen, qtbot: QtBot) -> None:
    dice = random.Random(7)
    screen.read_ms = count(0, 1_000).__next__
    for step in range(120):
        view = make_view(dice.choice(PAGES), dice.choice(LANGUAGES), dice.choice((3, 5)))
        keys = tuple(replace(key, lit=dice.random() < 0.3) for key in view.keys)
        view = replace(view, keys=keys, seconds_left=dice.choice((None, 5, 23)))
        screen.show_view(view)
        if step % 10 == 0:
            qtbot.wait(70)  # let the next page be drawn ahead
        assert not list_differences(screen._image, wholly(screen, view)), (step, view)
    assert not list_differences(grab(screen), wholly(screen, view))


def test_the_answer_is_drawn_ahead_and_is_the_same(screen: Screen, qtbot: QtBot) -> None:
    for language in LANGUAGES:
        asking = make_view("asking", language)
        screen.show_view(asking)
        qtbot.waitUntil(lambda: screen._ahead is not None)
        drawn = screen._ahead[1] if screen._ahead else None
        chosen = replace(asking, page="chosen", item_name="", seconds_left=None)
        screen.show_view(chosen)
        assert screen._image is drawn
        assert not list_differences(screen._image, wholly(screen, chosen))


def test_a_countdown_repaints_a_corner_only(screen: Screen) -> None:
    view = make_view("asking", "zh")
    before, after = (lay(replace(view, seconds_left=s), SIZE) for s in (23, 22))
    bounds = differ(before, after).boundingRect()
    assert bounds.width() * bounds.height() < SIZE[0] * SIZE[1] / 40


def test_a_lit_key_repaints_its_card_only(screen: Screen) -> None:
    view = make_view("asking", "zh")
    lit = replace(view, keys=(replace(view.keys[0], lit=True), *view.keys[1:]))
    bounds = differ(lay(view, SIZE), lay(lit, SIZE)).boundingRect()
    assert bounds.right() < SIZE[0] * 0.4


def test_painted_is_told_once_for_each_view_shown(qtbot: QtBot) -> None:
    screen = Screen("calm")
    qtbot.addWidget(screen)
    told: list[str] = []
    screen.on_painted = lambda view: told.append(view.page)
    screen.show_view(make_view("free", "zh"))
    assert told == []  # nothing is on a display yet
    screen.open("1024x600", fullscreen=False)
    qtbot.waitUntil(lambda: told == ["free"])
    for page in ("asking", "chosen", "chosen", "thanking"):
        screen.show_view(make_view(page, "zh"))
    assert told == ["free", "asking", "chosen", "thanking"]


def middle(screen: Screen, touch: str) -> QPoint:
    box = next(i for i in screen._items if isinstance(i, Box) and i.touch == touch)
    return QPoint(box.rect.x + box.rect.w // 2, box.rect.y + box.rect.h // 2)


def test_touches_are_reported_where_the_finger_lifts(screen: Screen, qtbot: QtBot) -> None:
    keys: list[str] = []
    tags: list[str] = []
    screen.on_touch, screen.on_tag = keys.append, tags.append
    left = Qt.MouseButton.LeftButton
    screen.show_view(make_view("asking", "zh"))
    qtbot.mouseClick(screen, left, pos=middle(screen, "2"))
    qtbot.mousePress(screen, left, pos=middle(screen, "1"))
    qtbot.mouseRelease(screen, left, pos=middle(screen, "3"))  # slid off: nothing
    qtbot.mouseClick(screen, left, pos=QPoint(1, 1))
    screen.show_view(make_view("reason", "zh"))
    qtbot.mouseClick(screen, left, pos=middle(screen, "3"))
    qtbot.mouseClick(screen, left, pos=middle(screen, "tag:209"))
    assert (keys, tags) == (["2", "3"], ["209"])


def test_a_card_lights_up_while_a_finger_is_on_it(screen: Screen, qtbot: QtBot) -> None:
    down: list[str] = []
    screen.on_down = down.append
    left = Qt.MouseButton.LeftButton
    screen.show_view(make_view("asking", "zh"))
    qtbot.mousePress(screen, left, pos=middle(screen, "1"))
    qtbot.mouseRelease(screen, left, pos=QPoint(500, 5))
    assert down == ["1", ""]
    screen.show_view(make_view("reason", "zh"))
    qtbot.mouseClick(screen, left, pos=middle(screen, "tag:209"))
    assert down == ["1", ""]


DOCTOR = View("doctor", notes=("20 / 22 ✓", "11 故障 按键面板端口: 未设置端口", "→ 插好面板"))


def test_a_technicians_page_stands_over_what_rests_until_something_happens(screen: Screen) -> None:
    free = make_view("free", "zh")
    screen.show_view(free)
    screen.cover(DOCTOR)
    assert screen._view == DOCTOR
    screen.show_view(free)
    assert screen._view == DOCTOR, "nothing has changed under it"
    screen.uncover()
    assert not list_differences(screen._image, wholly(screen, free))
    screen.cover(DOCTOR)
    asking = make_view("asking", "zh")
    screen.show_view(asking)
    assert not list_differences(screen._image, wholly(screen, asking))
    screen.uncover()
    screen.cover(DOCTOR)
    assert screen._view == asking, "never over what a citizen reads"


def test_a_finger_sends_the_technicians_page_away(screen: Screen, qtbot: QtBot) -> None:
    free = make_view("free", "zh")
    screen.show_view(free)
    screen.cover(DOCTOR)
    qtbot.mouseClick(screen, Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    assert screen._view == free


@pytest.mark.parametrize("fullscreen", [True, False])
def test_no_citizen_closes_a_full_screen(qtbot: QtBot, fullscreen: bool) -> None:
    screen = Screen("calm")
    qtbot.addWidget(screen)
    screen.open("1024x600", fullscreen)
    qtbot.waitExposed(screen)
    handle = screen.windowHandle()
    assert handle is not None
    handle.close()  # as Alt and F4 at a keyboard somebody plugged in
    assert screen.isVisible() == fullscreen
    screen.close()
    assert not screen.isVisible()


def test_night_and_day(screen: Screen) -> None:
    view = make_view("asking", "zh")
    screen.show_view(view)
    screen.set_night(True)
    assert not list_differences(screen._image, wholly(screen, view, night=True))
    screen.set_night(False)
    assert not list_differences(screen._image, wholly(screen, view))


def test_resting_pages_walk_and_others_stand(screen: Screen) -> None:
    asking = make_view("asking", "zh")
    at_rest = replace(asking, seconds_left=None)  # a walk-up window's keys stand all day
    for view, walks in ((make_view("free", "zh"), True), (asking, False), (at_rest, True)):
        screen.show_view(view)
        before = screen._shift
        screen._walk_on()
        assert (screen._shift != before) == walks
        assert not list_differences(
            screen._image, wholly(screen, view, shift=SHIFTS[screen._shift])
        )


def test_the_hour_is_asked_at_the_start_and_now_and_then(qtbot: QtBot) -> None:
    screen, hours = Screen("calm"), [True, False]
    qtbot.addWidget(screen)
    screen.is_night = lambda: hours.pop(0)
    screen.show_view(make_view("free", "zh"))
    screen.open("1024x600", fullscreen=False)
    assert not list_differences(screen._image, wholly(screen, screen._view, night=True))
    screen._walk_on()
    shift = SHIFTS[screen._shift]
    assert not list_differences(screen._image, wholly(screen, screen._view, shift=shift))


def test_a_resize_lays_out_anew(screen: Screen) -> None:
    screen.show_view(make_view("asking", "mn"))
    screen.resize(800, 480)
    items = lay(make_view("asking", "mn"), (800, 480))
    assert screen._image == render(screen._painter, items, 800, 480)


def test_what_is_kept_is_bounded(screen: Screen) -> None:
    from kiosk.screen.window import LAID_KEPT

    for seconds in range(200):
        screen.show_view(replace(make_view("asking", "zh"), seconds_left=seconds))
    assert len(screen._laid) <= LAID_KEPT


def test_an_unknown_language_is_shown_in_the_halls(screen: Screen) -> None:
    for language in ("fr", "", "../../etc/passwd"):
        screen.show_view(make_view("asking", language))
        shown = wholly(screen, replace(make_view("asking", language), language="zh"))
        assert not list_differences(screen._image, shown)


def test_a_finger_chooses_a_language(qtbot: QtBot) -> None:
    screen = Screen("calm", second="en", languages=("zh", "bo"))
    qtbot.addWidget(screen)
    chosen: list[str] = []
    screen.on_language = chosen.append
    screen.open("1024x600", fullscreen=False)
    screen.show_view(replace(make_view("asking", "zh"), touch=True))
    qtbot.waitUntil(lambda: len(screen._offered) == 2)  # after the first paint
    qtbot.mouseClick(screen, Qt.MouseButton.LeftButton, pos=middle(screen, "language:bo"))
    assert chosen == ["bo"]


@pytest.mark.slow
def test_a_thousand_visits_keep_memory_flat(screen: Screen, qtbot: QtBot) -> None:
    dice = random.Random(3)

    def visit(number: int) -> None:
        asking = make_view("asking", dice.choice(LANGUAGES), dice.choice((3, 5)))
        for page in ("free", "asking", "chosen", "reason", "thanking"):
            view = replace(asking, page=page, window=str(number), item_name=f"办件 {number}")
            screen.show_view(view)

    def measure_kb() -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    for number in range(300):
        visit(number)
    before = measure_kb()
    for number in range(300, 1300):
        visit(number)
    assert measure_kb() - before < GROWTH_KB


def test_no_pointer_stands_on_a_window(screen: Screen, qtbot: QtBot) -> None:
    board = Board()
    qtbot.addWidget(board)
    assert {each.cursor().shape() for each in (screen, board)} == {Qt.CursorShape.BlankCursor}
