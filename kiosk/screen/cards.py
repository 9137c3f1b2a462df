"""The cards of the question: one a key, in the panel's order, with face, word and colour."""

from functools import partial
from itertools import chain

import msgspec

from kiosk.screen.fit import SHRINK_STEP, break_lines
from kiosk.screen.items import Rect, Script
from kiosk.screen.phrases import Phrases
from kiosk.screen.sheet import FLOOR_PX, Sheet, lead
from kiosk.screen.view import KeyView

GAP = 26  # between two cards; half of it where there are more than three
FACE_MOST = 0.62  # of a card's length
FACE_LEAST = 0.27  # words that leave the face less, and less than it can use, are set smaller
FACE_WIDTH = 0.8  # of a card's inner width
FACE_GAP = 42  # above and below the face together, at least
FACE_SHARE = 0.85  # of scarce room: lines have air of their own
INSET = 10
BAR = 14
ABOVE, BESIDE_BAR, BELOW = 24, 14, 20  # above the face, above and below the bar
CLOSE = 0.6  # of those where there are more than three cards, or two languages
UNDER = 56  # the line of a second language


class Words(msgspec.Struct, frozen=True):
    """The words on all the cards: which table of phrases, size and lines of the longest in px."""

    table: str
    size: int
    length: int


class Second(msgspec.Struct, frozen=True):
    """A second language's words by level, alike on all the cards; `size` in px."""

    words: dict[str, str]
    size: int
    script: Script


def lay_cards(sheet: Sheet, rect: Rect, keys: tuple[KeyView, ...], second: Phrases | None) -> None:
    """The cards, all with words of one size and faces of one size."""
    places = rect.columns(len(keys), sheet.px(GAP if len(keys) <= 3 else GAP // 2))
    narrow = min(place.w for place in places)
    inner = Rect(0, 0, narrow, rect.h).inset(sheet.px(INSET), 0)
    close = CLOSE if second or len(keys) > 3 else 1
    inner = _inside(sheet, inner, close)
    under = sheet.px(UNDER) if second else 0
    words = plan_words(sheet, inner.top(inner.h - under), keys)
    more = _plan_second(sheet, inner, keys, second) if second else None
    for place, key in zip(places, keys, strict=True):
        _lay_card(sheet, place, key, words, more, close)


def _inside(sheet: Sheet, card: Rect, close: float) -> Rect:
    """What a card has for face and words: between its edge and its bar."""
    above, below = sheet.px(ABOVE * close), sheet.px((BESIDE_BAR + BELOW) * close + BAR)
    return card.below(above).top(card.h - above - below)


def plan_words(sheet: Sheet, inner: Rect, keys: tuple[KeyView, ...]) -> Words:
    """The words in full at the theme's main size; else shorter words; else smaller ones."""
    size = sheet.size("main")
    while True:
        for table in ("levels", "short"):
            length = _try_words(sheet, inner, keys, table, size)
            if length:
                return Words(table, size, length)
        if size <= FLOOR_PX:
            return Words("short", size, _most_length(inner))
        size = int(size * SHRINK_STEP)


def _plan_second(sheet: Sheet, inner: Rect, keys: tuple[KeyView, ...], language: Phrases) -> Second:
    """The words in full, smaller if need be; where they cannot be read so, the shorter words."""
    line = inner.top(sheet.px(UNDER))
    for table in ("levels", "short"):
        words = {key.level: language.say(f"{table}.{key.level}") for key in keys}
        size = sheet.size("small")
        while size >= FLOOR_PX:
            width_of = partial(_width, sheet, size, language.script)
            lines = [break_lines(text, line.w, width_of) for text in words.values()]
            depth = round(size * lead(language.script)) * max(map(len, lines))
            if depth <= line.h and max(map(width_of, chain(*lines))) + 1 <= line.w:
                return Second(words, size, language.script)
            size = int(size * SHRINK_STEP)
    return Second(words, FLOOR_PX, language.script)


def _width(sheet: Sheet, size: int, script: Script, text: str) -> float:
    return sheet.measure(text, size, False, script)


def _most_length(inner: Rect) -> int:
    """What words may take of a card's length: a face is no wider than its card."""
    return round(inner.h - min(inner.h * FACE_LEAST, inner.w * FACE_WIDTH / FACE_SHARE))


def _try_words(sheet: Sheet, inner: Rect, keys: tuple[KeyView, ...], table: str, size: int) -> int:
    """How many px under the face the words take at that size; 0 if they do not fit."""
    language = sheet.language
    most = _most_length(inner)
    limit, room = (most, inner.w) if language.vertical else (inner.w, most)
    longest = lines_most = 0.0

    def width_of(text: str) -> float:
        return sheet.measure(text, size, True, language.script)

    for key in keys:
        lines = break_lines(language.say(f"{table}.{key.level}"), limit, width_of)
        longest = max(longest, *(width_of(line) for line in lines))
        lines_most = max(lines_most, len(lines))
    depth = round(lines_most * size * language.leading)
    if longest + 1 > limit or depth > room:
        return 0
    return int(longest) + 2 if language.vertical else depth


def _lay_card(
    sheet: Sheet, rect: Rect, key: KeyView, words: Words, second: Second | None, close: float
) -> None:
    """Face, word and a bar in the key's colour; all of the card takes it while the key is down."""
    colors = sheet.palette
    fill = colors.lit[key.level] if key.lit else colors.card
    ink = colors.on_lit if key.lit else colors.ink
    face = colors.on_lit if key.lit else colors.levels[key.level]
    sheet.box(rect, fill, outline=fill if key.lit else colors.line, touch=key.key)
    bar = rect.below(rect.h - sheet.px(BELOW * close + BAR)).top(sheet.px(BAR))
    sheet.box(bar.middle(rect.w * 2 // 5, bar.h), face, corner=bar.h // 2)
    inner = _inside(sheet, rect.inset(sheet.px(INSET), 0), close)
    if second:
        line = inner.below(inner.h - sheet.px(UNDER))
        inner = inner.top(inner.h - line.h)
        sheet.text(line, second.words[key.level], second.size, ink, script=second.script)
    free = inner.h - words.length
    side = max(free - sheet.px(FACE_GAP * close), int(free * FACE_SHARE))
    side = min(side, int(inner.w * FACE_WIDTH), int(inner.h * FACE_MOST))
    gap = max(0, free - side) // 2
    sheet.icon(inner.below(gap // 2).top(side), key.level, face, fill)
    text = inner.below(gap // 2 + side + gap).top(words.length)
    align = "left" if sheet.language.vertical else "center"
    sheet.text(text, sheet.language.say(f"{words.table}.{key.level}"), words.size, ink, bold=True,
               across=align)  # fmt: skip
