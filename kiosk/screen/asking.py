"""The question: one card a key, in the panel's order, with face, word and the key's colour."""

from functools import partial
from itertools import chain

import msgspec

from kiosk.screen.fit import SHRINK_STEP, break_lines
from kiosk.screen.frame import lay_frame, lay_promise, lay_seconds
from kiosk.screen.items import Rect, Script
from kiosk.screen.phrases import Phrases
from kiosk.screen.sheet import DATA, DATA_LEADING, FLOOR_PX, Sheet
from kiosk.screen.view import KeyView, View

FOOT = 76  # px on the stated screen
GAP = 26  # between two cards; half of it where there are more than three
FACE_MOST = 0.62  # of a card's length
FACE_LEAST = 0.27  # words that leave the face less are set in a smaller size
TURNED_MOST = 1000  # px: what vertical script may take of an upright screen
CARD_MOST = 620  # upright screens have more room than a card needs
FACE_GAP = 42  # above and below the face together, at least; a third of scarce room
INSET = 10
BAR = 14
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


def lay_asking(sheet: Sheet, view: View, second: Phrases | None = None) -> None:
    """Question, cards, and in the foot the promise and the countdown."""
    body = lay_frame(sheet, view)
    if sheet.language.vertical:
        head, cards = _lay_beside(sheet, body, view)
    else:
        head, cards = _lay_below(sheet, body, view)
    align = "left" if sheet.language.vertical else "center"
    sheet.say(head, "asking.question", "main", sheet.palette.ink, bold=True, across=align)
    if view.keys:
        lay_cards(sheet, cards, view.keys, second)


def _lay_below(sheet: Sheet, body: Rect, view: View) -> tuple[Rect, Rect]:
    foot = body.below(body.h - sheet.px(FOOT))
    lay_promise(sheet, foot.left(foot.w * 4 // 5), "frame.unseen", "unseen")
    lay_seconds(sheet, foot.after(foot.w * 4 // 5), view)
    body = body.top(body.h - foot.h)
    head_px, line_px = sheet.line("main") + sheet.px(12), sheet.px(60)
    body = body.middle(body.w, min(body.h, head_px + line_px + sheet.px(CARD_MOST)))
    head, cards = body.top(head_px + line_px), body.below(head_px + line_px)
    line = head.below(head_px)
    size, soft = sheet.size("small"), sheet.palette.soft
    if view.item_name:
        name = sheet.language.say("asking.item", view.item_name)
        sheet.text(line.top(sheet.px(48)), name, size, soft)
    else:
        sheet.say(line.top(sheet.px(48)), "asking.hint", "small", soft)
    return head.top(head.h - line.h), cards


def _lay_beside(sheet: Sheet, body: Rect, view: View) -> tuple[Rect, Rect]:
    """In vertical script the question stands left of the cards, the promise left of all."""
    foot = body.below(body.h - sheet.px(56))
    soft = sheet.palette.soft
    sheet.text(foot.left(foot.w * 4 // 5), view.item_name, sheet.size("small"), soft,
               across="left", script=DATA)  # fmt: skip
    lay_seconds(sheet, foot.after(foot.w * 4 // 5), view)
    body = body.top(body.h - foot.h)
    body = body.middle(body.w, min(body.h, sheet.px(TURNED_MOST)))
    promise, body = sheet.cut(body, 64)
    lay_promise(sheet, promise, "frame.unseen", "unseen")
    return sheet.part(body, 2 * sheet.line("main") + sheet.px(GAP))


def lay_cards(sheet: Sheet, rect: Rect, keys: tuple[KeyView, ...], second: Phrases | None) -> None:
    """The cards, all with words of one size and faces of one size."""
    places = rect.columns(len(keys), sheet.px(GAP if len(keys) <= 3 else GAP // 2))
    narrow = min(place.w for place in places)
    inner = Rect(0, 0, narrow, rect.h).inset(sheet.px(INSET), 0)
    inner = Rect(0, 0, inner.w, rect.h - sheet.px(24 + 20 + BAR + 14))
    under = sheet.px(UNDER) if second else 0
    words = plan_words(sheet, inner.top(inner.h - under), keys)
    more = _plan_second(sheet, inner, keys, second) if second else None
    for place, key in zip(places, keys, strict=True):
        _lay_card(sheet, place, key, words, more)


def plan_words(sheet: Sheet, inner: Rect, keys: tuple[KeyView, ...]) -> Words:
    """The words in full at the theme's main size; else shorter words; else smaller ones."""
    size = sheet.size("main")
    while True:
        for table in ("levels", "short"):
            length = _try_words(sheet, inner, keys, table, size)
            if length:
                return Words(table, size, length)
        if size <= FLOOR_PX:
            return Words("short", size, round(inner.h * (1 - FACE_LEAST)))
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
            depth = round(size * DATA_LEADING) * max(map(len, lines))
            if depth <= line.h and max(map(width_of, chain(*lines))) + 1 <= line.w:
                return Second(words, size, language.script)
            size = int(size * SHRINK_STEP)
    return Second(words, FLOOR_PX, language.script)


def _width(sheet: Sheet, size: int, script: Script, text: str) -> float:
    return sheet.measure(text, size, False, script)


def _try_words(sheet: Sheet, inner: Rect, keys: tuple[KeyView, ...], table: str, size: int) -> int:
    """How many px under the face the words take at that size; 0 if they do not fit."""
    language = sheet.language
    most = round(inner.h * (1 - FACE_LEAST))
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


def _lay_card(sheet: Sheet, rect: Rect, key: KeyView, words: Words, second: Second | None) -> None:
    """Face, word and a bar in the key's colour; all of the card takes it while the key is down."""
    colors = sheet.palette
    fill = colors.lit[key.level] if key.lit else colors.card
    ink = colors.on_lit if key.lit else colors.ink
    face = colors.on_lit if key.lit else colors.levels[key.level]
    sheet.box(rect, fill, outline=fill if key.lit else colors.line, touch=key.key)
    bar = rect.below(rect.h - sheet.px(20 + BAR)).top(sheet.px(BAR))
    sheet.box(bar.middle(rect.w * 2 // 5, bar.h), face, corner=bar.h // 2)
    inner = rect.inset(sheet.px(INSET), 0).below(sheet.px(24))
    inner = inner.top(bar.y - sheet.px(14) - inner.y)
    if second:
        line = inner.below(inner.h - sheet.px(UNDER))
        inner = inner.top(inner.h - line.h)
        sheet.text(line, second.words[key.level], second.size, ink, script=second.script)
    free = inner.h - words.length
    side = max(free - sheet.px(FACE_GAP), free * 2 // 3)
    side = min(side, inner.w * 4 // 5, int(inner.h * FACE_MOST))
    gap = max(0, free - side) // 2
    sheet.icon(inner.below(gap // 2).top(side), key.level, face, fill)
    text = inner.below(gap // 2 + side + gap).top(words.length)
    align = "left" if sheet.language.vertical else "center"
    sheet.text(text, sheet.language.say(f"{words.table}.{key.level}"), words.size, ink, bold=True,
               across=align)  # fmt: skip
