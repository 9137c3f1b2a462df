"""Five faces that differ without their colour, and pages after a press that show none of them."""

from itertools import combinations

import pytest
from msgspec.structs import replace

from kiosk.screen.items import Box, Icon, Rect, Text
from kiosk.screen.paint import render
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.samples import make_view
from kiosk.screen.theme import LEVELS, load_theme
from kiosk.screen.view import KeyView
from tests.kiosk.screen.kit import PAINTERS, STATED, THEMES, lay, sizes

SIDE = 100
DIFFERENT_PX = 300  # of a face's 10,000
FACE_MM = 13.5  # on the stated screen; others scale
FACE_SHARE = 0.25  # of a card's shorter side
CLEAR_PX = 10  # on the stated screen, beside the countdown


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


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("second", [None, "zh", "en", "bo"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_face_is_small_on_its_card(language: str, second: str | None) -> None:
    other = load_phrases(second) if second not in (None, language) else None
    for keys in (3, 4, 5):
        for width, height in sizes():
            items = lay(make_view("asking", language, keys), (width, height), second=other)
            scale = min(max(width, height) / STATED[0], min(width, height) / STATED[1])
            (face, *_) = [i.rect.w for i in items if isinstance(i, Icon) and i.name in LEVELS]
            (card, *_) = [i.rect for i in items if isinstance(i, Box) and i.touch == "1"]
            told = (keys, width, height, face, card)
            assert face >= FACE_MM / load_theme("calm").mm_per_px * scale, told
            assert face >= FACE_SHARE * min(card.w, card.h), told


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("keys", [3, 5])
def test_the_countdown_stands_clear_of_the_reasons(keys: int) -> None:
    for language in LANGUAGES:
        calm = make_view("reason", language, keys)
        for view in (calm, replace(calm, seconds_left=9, ending=True)):
            for size in sizes():
                items = lay(view, size)
                (seconds,) = [i.rect for i in items if isinstance(i, Text)
                              and str(view.seconds_left) in i.text]  # fmt: skip
                air = round(CLEAR_PX * min(max(size) / STATED[0], min(size) / STATED[1]))
                around = Rect(seconds.x - air, seconds.y, seconds.w + 2 * air, seconds.h)
                touched = [i for i in items if isinstance(i, Box) and i.touch]
                assert not any(box.rect.overlaps(around) for box in touched), (language, size)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_is_one_line_inside_its_ground(language: str) -> None:
    for page in ("asking", "reason"):
        view = replace(make_view(page, language), seconds_left=10, ending=True)
        for size in sizes():
            items = lay(view, size)
            (at,) = [at for at, i in enumerate(items) if isinstance(i, Text) and "10" in i.text]
            words, ground = items[at], items[at - 1]
            assert isinstance(ground, Box)
            assert isinstance(words, Text)
            assert ground.fill == load_theme("calm").day.accent
            assert ground.rect.x < words.rect.x < words.rect.right < ground.rect.right
            phrases = load_phrases(language)
            assert words.text == ("10" if phrases.vertical else phrases.say("frame.ending", 10))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("keys", [3, 4, 5])
def test_what_a_key_does_among_the_reasons_stands_where_its_card_stood(keys: int) -> None:
    for size in sizes():
        places = [
            {i.touch: (i.rect.x, i.rect.w) for i in lay(make_view(page, "zh", keys), size)
             if isinstance(i, Box) and i.touch in {str(n + 1) for n in range(keys)}}
            for page in ("asking", "reason")
        ]  # fmt: skip
        assert len(places[1]) == 3
        assert places[1].items() <= places[0].items(), size
