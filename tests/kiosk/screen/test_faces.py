"""Five faces that differ without their colour, and pages after a press that show none of them."""

from itertools import combinations

import pytest
from msgspec.structs import replace

from kiosk.screen.items import Icon, Rect, Text
from kiosk.screen.paint import render
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.samples import make_view
from kiosk.screen.theme import LEVELS
from kiosk.screen.view import KeyView
from tests.kiosk.screen.kit import PAINTERS, THEMES, lay, sizes

SIDE = 100
DIFFERENT_PX = 300  # of a face's 10,000


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
def test_faces_differ_in_shape_alone(theme: str) -> None:
    faces = {}
    for level in LEVELS:
        icon = Icon(Rect(0, 0, SIDE, SIDE), level, "#000000", "#ffffff")
        image = render(PAINTERS(theme), [icon], SIDE, SIDE)
        faces[level] = [
            image.pixelColor(x, y).lightness() > 127 for x in range(SIDE) for y in range(SIDE)
        ]
    for one, other in combinations(LEVELS, 2):
        different = sum(a != b for a, b in zip(faces[one], faces[other], strict=True))
        assert different >= DIFFERENT_PX, (one, other, different)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ["levels", "short"])
def test_words_differ(language: str, table: str) -> None:
    words = {load_phrases(language).say(f"{table}.{level}") for level in LEVELS}
    assert len(words) == len(LEVELS)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("keys", [3, 5])
def test_faces_stand_in_the_keys_places(keys: int) -> None:
    view = make_view("asking", "zh", keys)
    for order in (view.keys, tuple(reversed(view.keys))):
        items = lay(replace(view, keys=order))
        icons = [i for i in items if isinstance(i, Icon) and i.name in LEVELS]
        assert [i.name for i in sorted(icons, key=lambda i: i.rect.x)] == [k.level for k in order]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["chosen", "reason", "thanking", "free", "paused", "fault"])
def test_no_page_but_the_question_depends_on_a_level(page: str, language: str) -> None:
    view = make_view(page, language)
    for size in sizes():
        pages = [
            lay(replace(view, keys=tuple(KeyView(k.key, level, True) for k in view.keys)), size)
            for level in LEVELS
        ]
        assert all(items == pages[0] for items in pages)
        assert not any(isinstance(i, Icon) and i.name in LEVELS for i in pages[0])


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_halls_mark_stands_before_its_name(language: str) -> None:
    for page in ("free", "asking", "chosen", "reason", "thanking", "paused", "fault"):
        view = make_view(page, language)
        for size in sizes():
            items = lay(view, size)
            (name,) = [i for i in items if isinstance(i, Text) and i.text == view.hall]
            marks = [i for i in items if isinstance(i, Icon) and i.name == "mark"]
            assert any(i.rect.right <= name.rect.x and i.rect.y < name.rect.bottom for i in marks)


@pytest.mark.usefixtures("qapp")
def test_a_white_picture_on_a_dark_ground_is_seen() -> None:
    icon = Icon(Rect(0, 0, SIDE, SIDE), "unpicked", "#ffffff", "#000000")
    image = render(PAINTERS("calm"), [icon], SIDE, SIDE)
    assert image.pixelColor(SIDE // 2, 10).lightness() == 255
    assert image.pixelColor(SIDE // 2, SIDE // 2).lightness() == 0
