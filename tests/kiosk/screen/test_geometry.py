"""Nothing overlaps, is cut, leaves the page or stands on an edge: every page, language and size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.screen.fit import ELLIPSIS, SOFT_BREAK
from kiosk.screen.items import Box, Code, Column, Icon, Item, Rect, Text
from kiosk.screen.pages import PAGES
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.samples import list_samples
from kiosk.screen.theme import LEVELS
from kiosk.screen.view import KeyView, TagView, View
from tests.kiosk.screen.kit import ALL, LONG_NAME, PAINTERS, STATED, THEMES, lay, sizes, views
from tests.kiosk.screen.test_glyphs import list_missing

pytestmark = pytest.mark.usefixtures("qapp")


def told(view: View, item: Item) -> str:
    return f"{view.page} {view.language} {len(view.keys)} keys: {item}"


def ink(item: Item) -> Rect:
    """What an item paints, not the air of its line: its writing's own height, in the middle."""
    if not isinstance(item, Text | Column):
        return item.rect
    rect = item.rect.turned() if isinstance(item, Column) else item.rect
    above, below = item.size * item.script.ascent, item.size * item.script.descent
    air = max(0, rect.h - round(above + below)) // 2  # the deepest letters seldom meet the highest
    rect = rect.inset(0, air)
    if (item.text.isascii() and item.text.isupper()) or item.text.isdecimal():
        # figures and capitals stand on the base line
        rect = rect.top(round(above))
    return rect.turned() if isinstance(item, Column) else rect


def check_other_writings(view: View, items: list[Item]) -> None:
    """Tibetan under Chinese had Chinese lines: its own would have met."""
    own = load_phrases(view.language).script
    for item in items:
        if isinstance(item, Text) and item.script != own:
            high = item.size * (item.script.ascent + item.script.descent)
            assert item.rect.h >= 0.95 * high, told(view, item)


def check(view: View, items: list[Item], page: Rect) -> None:
    solid = [item for item in items if not isinstance(item, Box)]
    boxes = [item for item in items if isinstance(item, Box)]
    for item in items:
        assert page.contains(item.rect), f"leaves the page: {told(view, item)}"
        assert min(item.rect.w, item.rect.h) > 0, f"empty: {told(view, item)}"
    for index, item in enumerate(solid):
        for other in solid[index + 1 :]:
            assert not ink(item).overlaps(ink(other)), f"{told(view, item)} overlaps {other}"
        for box in boxes:
            inside, apart = box.rect.contains(ink(item)), not box.rect.overlaps(ink(item))
            assert inside or apart, f"{told(view, item)} stands on the edge of {box}"
    check_other_writings(view, items)
    touched = [box for box in boxes if box.touch]
    for index, box in enumerate(touched):
        for other_box in touched[index + 1 :]:
            assert not box.rect.overlaps(other_box.rect), f"{told(view, box)} overlaps {other_box}"


@pytest.mark.parametrize(("page", "language", "size"), ALL)
def test_items_stand_apart_and_inside(page: str, language: str, size: tuple[int, int]) -> None:
    for theme in THEMES:
        for view in views(page, language):
            check(view, lay(view, size, theme), Rect(0, 0, *size))


@pytest.mark.parametrize(("page", "language", "size"), ALL)
def test_what_is_pictured_stands_whole(page: str, language: str, size: tuple[int, int]) -> None:
    """The list of `shots`, with all that goes with it: languages to choose, two on a key, night."""
    for theme in THEMES:
        painter = PAINTERS(theme)
        for sample in list_samples(page, language):
            items = sample.lay(*size, painter.theme, painter.measure)
            check(sample.view, items, Rect(0, 0, *size))
            for item in items:
                if isinstance(item, Text | Column):
                    assert ELLIPSIS not in item.text, f"{sample.name}: {told(sample.view, item)}"
                    assert not list_missing(item.text, item.script, item.bold), item


@pytest.mark.parametrize(("page", "language", "size"), ALL)
def test_no_phrase_is_cut(page: str, language: str, size: tuple[int, int]) -> None:
    for theme in THEMES:
        for view in views(page, language):
            for item in lay(view, size, theme):
                if isinstance(item, Text | Column) and ELLIPSIS in item.text:
                    start = item.text.rstrip(ELLIPSIS)
                    assert start in LONG_NAME or view.page == "fault" or LONG_NAME[:4] in start, (
                        f"cut: {told(view, item)}"
                    )


@pytest.mark.parametrize("size", sizes())
@pytest.mark.parametrize("lines", [0, 1, 15])
def test_a_technicians_page_stands(size: tuple[int, int], lines: int) -> None:
    long = "13 故障 面板测试: huiyin-3 未通过测试; " + LONG_NAME
    for language in LANGUAGES:
        view = View("doctor", language, notes=("7 / 22 ✓", *[long] * (lines - 1))[:lines])
        check(view, lay(view, size), Rect(0, 0, *size))


@pytest.mark.parametrize("second", ["zh", "en", "bo"])
@pytest.mark.parametrize(("page", "language", "size"), [row for row in ALL if row[0] == "asking"])
def test_two_languages_fit_on_the_keys(
    page: str, language: str, size: tuple[int, int], second: str
) -> None:
    for view in views(page, language):
        for theme in THEMES:
            items = lay(view, size, theme, second=load_phrases(second))
            check(view, items, Rect(0, 0, *size))
            if second == language:
                continue
            read = "".join("".join(i.text.split()) for i in items if isinstance(i, Text))
            tables = [
                [load_phrases(second).say(f"{table}.{key.level}") for key in view.keys]
                for table in ("levels", "short")
            ]
            assert any(
                all("".join(word.replace(SOFT_BREAK, "").split()) in read for word in words)
                for words in tables
            ), f"cut: {told(view, items[0])} {read}"


@pytest.mark.parametrize("shift", [(2, 2), (-2, -2), (2, -2)])
@pytest.mark.parametrize("page", ["free", "paused", "fault", "unenrolled"])
def test_the_shift_against_burn_in_keeps_all_on_the_page(page: str, shift: tuple[int, int]) -> None:
    for view in views(page, "zh"):
        check(view, lay(view, (800, 480), shift=shift), Rect(0, 0, 800, 480))


@pytest.mark.parametrize(("page", "language", "size"), ALL)
def test_icons_and_codes_are_square(page: str, language: str, size: tuple[int, int]) -> None:
    for view in views(page, language):
        for item in lay(view, size):
            if isinstance(item, Icon | Code):
                assert item.rect.w == item.rect.h


@pytest.mark.parametrize(("page", "language", "size"), [row for row in ALL if row[0] == "asking"])
def test_languages_to_choose_fit_in_the_head(
    page: str, language: str, size: tuple[int, int]
) -> None:
    offered = tuple(load_phrases(name) for name in LANGUAGES)
    for view in views(page, language):
        items = lay(replace(view, touch=False), size, offered=offered)
        check(view, items, Rect(0, 0, *size))
        shown = {item.text for item in items if isinstance(item, Text | Column)}
        assert {one.name for one in offered if one.language != language} <= shown
        view = replace(view, touch=True)
        items = lay(view, size, offered=offered)
        check(view, items, Rect(0, 0, *size))
        chips = [i for i in items if isinstance(i, Box) and i.touch.startswith("language:")]
        assert [chip.touch[9:] for chip in chips] == list(LANGUAGES)
        if size == STATED:
            assert all(min(chip.rect.w, chip.rect.h) >= 80 for chip in chips)


@given(st.data())
def test_whatever_a_hall_is_called_the_page_stands(data: st.DataObject) -> None:
    text = st.text(max_size=60) | st.text(alphabet="您wW \n\t", max_size=400)
    view = View(
        page=data.draw(st.sampled_from(PAGES)),
        language=data.draw(st.sampled_from(LANGUAGES)),
        window=data.draw(text),
        clerk_no=data.draw(text),
        clerk_name=data.draw(text),
        hall=data.draw(text),
        keys=tuple(
            KeyView(str(n), level)
            for n, level in enumerate(data.draw(st.lists(st.sampled_from(LEVELS), max_size=8)))
        ),
        item_name=data.draw(text),
        seconds_left=data.draw(st.none() | st.integers(0, 9999)),
        tags=tuple(TagView(str(n), data.draw(text)) for n in range(data.draw(st.integers(0, 12)))),
        cursor=data.draw(st.integers(0, 20)),
        fault_number=data.draw(st.integers(0, 10_000)),
        fault_what=data.draw(text),
        device=data.draw(text),
    )
    size = data.draw(st.sampled_from(sizes()))
    for item in lay(view, size):
        assert Rect(0, 0, *size).contains(item.rect), told(view, item)
