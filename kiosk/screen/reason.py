"""The page of reasons, the same for every level: tags in a grid, and what the panel's keys do."""

from kiosk.screen.fit import is_wide
from kiosk.screen.frame import lay_frame, lay_seconds
from kiosk.screen.items import Rect
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import TagView, View

HINTS = 120  # px on the stated screen: the row of what each key does
TURNED_HINTS = 210  # the same in vertical script
SECONDS = 64  # under the question in vertical script, whose column is wider by
BESIDE = 26
HINT_GAP = 26
GAP = 14
TAG_TOUCH = "tag:"  # a finger on a tag reports this and the tag's code


def lay_reason(sheet: Sheet, view: View) -> None:
    """Question, tags, hints over the keys' places."""
    body = lay_frame(sheet, view)
    vertical = sheet.language.vertical
    hints = body.below(body.h - sheet.px(TURNED_HINTS if vertical else HINTS))
    body = body.top(body.h - hints.h - sheet.px(GAP))
    columns = 2 if vertical and not sheet.tall else 1
    wide = columns * sheet.line("title") + sheet.px(BESIDE if vertical else 10)
    head, grid = sheet.part(body, wide)
    if vertical:
        head = head.left(head.w - sheet.px(BESIDE))
        question = head.top(head.h - sheet.px(SECONDS))
        lay_seconds(sheet, head.below(question.h), view, "center")
    else:
        question = head.left(head.w * 3 // 4)
        lay_seconds(sheet, head.after(question.w), view)
    ink = sheet.palette.ink
    sheet.say(question, "reason.question", "title", ink, bold=True, across="left")
    _lay_tags(sheet, grid.inset(0, sheet.px(6)), view)
    _lay_hints(sheet, hints, view)


def _lay_tags(sheet: Sheet, rect: Rect, view: View) -> None:
    gap = sheet.px(GAP)
    if _runs_down(sheet, view):
        columns = rect.columns(max(1, len(view.tags)), gap)
        for index, (cell, tag) in enumerate(zip(columns, view.tags, strict=False)):
            _lay_tag(sheet, cell, tag, index == view.cursor, turned=True)
        return
    across = 1 if sheet.tall else 2
    rows = rect.rows(max(1, -(-len(view.tags) // across)), gap)
    cells = [
        cell
        for column in zip(*(r.columns(across, gap) for r in rows), strict=True)
        for cell in column
    ]
    for index, (cell, tag) in enumerate(zip(cells, view.tags, strict=False)):
        _lay_tag(sheet, cell, tag, index == view.cursor)


def _runs_down(sheet: Sheet, view: View) -> bool:
    """Whether the names stand in columns; Chinese ones on a vertical page stay upright."""
    names = (char for tag in view.tags for char in tag.name)
    return sheet.language.vertical and not any(map(is_wide, names))


def _lay_tag(sheet: Sheet, rect: Rect, tag: TagView, here: bool, turned: bool = False) -> None:
    colors = sheet.palette
    fill, ink = (colors.accent, colors.on_accent) if here else (colors.card, colors.ink)
    sheet.box(rect, fill, outline=colors.ink if here else colors.line, touch=TAG_TOUCH + tag.code,
              corner=sheet.size("corner") // 2)  # fmt: skip
    edge = sheet.px(18), sheet.px(6)
    inner = rect.inset(edge[1], edge[0]) if turned else rect.inset(*edge)
    side, gap = min(sheet.px(40), inner.h, inner.w), sheet.px(16)
    picture = inner.top(side) if turned else inner.left(side)
    words = inner.below(side + gap) if turned else inner.after(side + gap)
    icon = "picked" if tag.picked else "unpicked"
    sheet.icon(picture, icon, ink if here else colors.mark, fill)
    own = turned or not sheet.language.vertical
    size = sheet.word_size("small") if own else sheet.size("small")
    sheet.text(words, tag.name, size, ink, bold=tag.picked, across="left",
               script=None if own else DATA)  # fmt: skip


def _lay_hints(sheet: Sheet, rect: Rect, view: View) -> None:
    """The first key picks, the second goes on, the last ends: each hint above its key."""
    colors = sheet.palette
    here = view.tags[view.cursor] if view.cursor < len(view.tags) else None
    names = [key.key for key in view.keys] or ["1", "2", "3"]
    gap, side = (HINT_GAP, 14) if len(names) <= 3 else (HINT_GAP // 2, 7)
    places = rect.columns(len(names), sheet.px(gap))
    hints = {
        0: "reason.undo" if here and here.picked else "reason.this",
        1: "reason.next",
        len(names) - 1: "reason.done" if any(tag.picked for tag in view.tags) else "reason.none",
    }
    for place, phrase in hints.items():
        if place >= len(places):
            continue
        sheet.box(places[place], colors.accent, touch=names[place])
        words = places[place].inset(sheet.px(side), sheet.px(8))
        sheet.say(words, phrase, "body", colors.on_accent, bold=True)
