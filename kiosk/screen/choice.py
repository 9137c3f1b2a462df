"""Lays out the set-up's page: a question, what can be chosen, what the panel's keys do. Pure."""

from msgspec import Struct

from kiosk.screen.frame import lay_ground
from kiosk.screen.items import Item, Measure, Rect
from kiosk.screen.phrases import Phrases
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.theme import Theme

HEAD = 84  # px on the stated screen
TITLE = 96
NOTE = 62
ROW = 76
ROW_LEAST = 54
GAP = 10
HINTS = 104
VALUE = 110
CELL = 104
EDGE = 18


class Choice(Struct, frozen=True):
    """What stands on the page.

    `cursor` is the chosen option, -1 for none; `is_strip` shows them side by side under the
    `value` that is being typed. `hints` are previous, next, choose; `keys` is how many keys the
    panel has.
    """

    head: str
    title: str
    note: str = ""
    options: tuple[str, ...] = ()
    cursor: int = -1
    hints: tuple[str, ...] = ()
    keys: int = 3
    is_strip: bool = False
    value: str = ""


def lay_choice(
    choice: Choice, width: int, height: int, theme: Theme, phrases: Phrases, measure: Measure
) -> list[Item]:
    """The items of the page; an option's box reports its place among the options to a finger."""
    sheet = Sheet(width, height, theme, theme.day, phrases, measure)
    inner = lay_ground(sheet)
    head, body = inner.top(sheet.px(HEAD)), inner.below(sheet.px(HEAD))
    mark = sheet.px(46)
    colors = sheet.palette
    sheet.icon(head.left(mark), "mark", colors.mark, colors.paper)
    name = head.after(mark + sheet.px(EDGE))
    sheet.text(name, choice.head, sheet.size("small"), colors.soft, across="left", script=DATA)
    title, body = body.top(sheet.px(TITLE)), body.below(sheet.px(TITLE))
    _text(sheet, title, choice.title, "title", bold=True)
    if choice.note:
        note, body = body.top(sheet.px(NOTE)), body.below(sheet.px(NOTE))
        _text(sheet, note, choice.note, "small", bold=True)
    if choice.hints:
        hints, body = body.below(body.h - sheet.px(HINTS)), body.top(body.h - sheet.px(HINTS + GAP))
        _lay_hints(sheet, hints, choice)
    if choice.is_strip:
        _lay_strip(sheet, body, choice)
    else:
        _lay_rows(sheet, body, choice)
    return sheet.items


def _text(sheet: Sheet, rect: Rect, text: str, size: str, bold: bool = False) -> None:
    ink = sheet.palette.ink
    sheet.text(rect, text, sheet.size(size), ink, bold=bold, across="left", script=DATA)


def _show_window(count: int, cursor: int, room: int) -> range:
    """The places around the cursor that there is room for."""
    first = max(0, min(cursor - room // 2, count - room))
    return range(first, min(count, first + room))


def _lay_rows(sheet: Sheet, rect: Rect, choice: Choice) -> None:
    colors = sheet.palette
    even = rect.h // max(1, len(choice.options))
    step = max(min(even, sheet.px(ROW + GAP)), sheet.px(ROW_LEAST))
    room = max(1, rect.h // step)
    shown = _show_window(len(choice.options), choice.cursor, room)
    for row, index in enumerate(shown):
        place = rect.below(row * step).top(step - sheet.px(GAP))
        here = index == choice.cursor
        ink = colors.on_accent if here else colors.ink
        if choice.cursor >= 0:
            sheet.box(place, colors.accent if here else colors.card, outline=colors.line,
                      touch=str(index), corner=sheet.size("corner") // 2)  # fmt: skip
            place = place.inset(sheet.px(EDGE), 0)
        label = choice.options[index]
        size = sheet.size("small")
        sheet.text(place, label, size, ink, bold=here, across="left", script=DATA)


def _lay_strip(sheet: Sheet, rect: Rect, choice: Choice) -> None:
    """What is typed so far, and below it the letters around the cursor."""
    colors = sheet.palette
    value = rect.top(sheet.px(VALUE))
    sheet.box(value, colors.card, outline=colors.ink)
    spot, size = value.inset(sheet.px(EDGE), 0), sheet.size("title")
    sheet.text(spot, choice.value or "–", size, colors.ink, across="left", script=DATA)
    strip = rect.below(sheet.px(VALUE + 3 * GAP)).top(sheet.px(CELL))
    room = max(1, (strip.w + sheet.px(GAP)) // sheet.px(CELL + GAP))
    shown = _show_window(len(choice.options), choice.cursor, room)
    for place, index in zip(strip.columns(len(shown), sheet.px(GAP)), shown, strict=True):
        here = index == choice.cursor
        fill, ink = (colors.accent, colors.on_accent) if here else (colors.card, colors.ink)
        corner = sheet.size("corner") // 2
        sheet.box(place, fill, outline=colors.line, touch=str(index), corner=corner)
        label = choice.options[index]
        size = sheet.size("title" if len(label) == 1 else "small")
        sheet.text(place.inset(4, 0), label, size, ink, bold=here, script=DATA)


def _lay_hints(sheet: Sheet, rect: Rect, choice: Choice) -> None:
    """The first key goes back, the second on, the last chooses: each hint above its key."""
    colors = sheet.palette
    places = rect.columns(choice.keys, sheet.px(2 * GAP))
    spots = (places[0], places[1], places[-1])
    for place, hint in zip(spots, choice.hints, strict=True):
        sheet.box(place, colors.card, outline=colors.line)
        size = sheet.size("body")
        sheet.text(place.inset(sheet.px(8), 0), hint, size, colors.ink, bold=True, script=DATA)
