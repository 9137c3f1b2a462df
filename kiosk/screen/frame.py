"""What stands around the pages: a head with hall and window, promises, the countdown."""

from dataclasses import replace

from kiosk.screen.items import Rect
from kiosk.screen.phrases import Phrases
from kiosk.screen.sheet import DATA, FLOOR_PX, Sheet
from kiosk.screen.view import View

MARGIN = 44  # px on the stated screen, around every page; wider than the shift against burn-in
HEAD = 92
CHIP = 140  # a language to choose
CHIP_HEIGHT = 82
CHIP_GAP = 12
LANGUAGE_TOUCH = "language:"  # a finger on it reports this and the language
NAME_GAP = 30  # between the names of languages that the outer two keys choose
SIGN = 18  # a key in the sign for those two
SIGN_GAP = 8
PILL = 14  # around the warning that the seconds run out


def lay_ground(sheet: Sheet) -> Rect:
    """The paper of the page; what is inside its margins."""
    sheet.box(sheet.page, sheet.palette.paper, corner=0)
    margin = sheet.px(MARGIN)
    return sheet.page.inset(margin, margin // 2).moved(sheet.shift)


def lay_frame(sheet: Sheet, view: View) -> Rect:
    """Ground and head; what is left below the head."""
    inner = lay_ground(sheet)
    head = inner.top(sheet.px(HEAD))
    mark = sheet.px(46)
    sheet.icon(head.left(mark), "mark", sheet.palette.mark, sheet.palette.paper)
    name = head.after(mark + sheet.px(18))
    if view.page == "asking" and len(sheet.offered) > 1 and (view.touch or view.edges):
        lay_names = _lay_chips if view.touch else _lay_names
        names = lay_names(sheet, head, view)
        name = name.left(names.x - name.x - sheet.px(18))
        upper = name.h * 9 // 20
        name, window = name.top(upper), name.below(upper)
        _lay_window(sheet, window, view, "left")
    else:
        window = head.after(head.w * 3 // 4)
        name = name.left(window.x - name.x - sheet.px(18))
        _lay_window(sheet, window, view, "right")
    color = sheet.palette.soft
    sheet.text(name, view.hall, sheet.size("small"), color, across="left", script=DATA)
    return inner.below(head.h)


def _lay_chips(sheet: Sheet, head: Rect, view: View) -> Rect:
    """A chip for each language that may be chosen, named in itself; the present one is filled."""
    colors = sheet.palette
    count = len(sheet.offered)
    width = min(count * sheet.px(CHIP) + (count - 1) * sheet.px(CHIP_GAP), head.w * 3 // 5)
    row = head.after(head.w - width).middle(width, sheet.px(CHIP_HEIGHT))
    for place, language in zip(row.columns(count, sheet.px(CHIP_GAP)), sheet.offered, strict=True):
        here = language.language == sheet.language.language
        fill, ink = (colors.accent, colors.on_accent) if here else (colors.card, colors.ink)
        touch = LANGUAGE_TOUCH + language.language
        corner = sheet.size("corner") // 2
        sheet.box(place, fill, outline=colors.line, touch=touch, corner=corner)
        _lay_name(sheet, place.inset(sheet.px(6), sheet.px(4)), language, ink)
    return row


def _lay_names(sheet: Sheet, head: Rect, view: View) -> Rect:
    """The other languages, after the sign of the keys that choose them: the outer two together."""
    others = [one for one in sheet.offered if one.language != sheet.language.language]
    sign_px = len(view.keys) * sheet.px(SIGN + SIGN_GAP)
    size, gap = sheet.size("small"), sheet.px(NAME_GAP)
    widths = [
        round(size * one.leading)
        if one.vertical
        else int(sheet.measure(one.name, size, False, one.script)) + 2
        for one in others
    ]
    most = (head.w * 3 // 5 - sign_px) // len(others) - gap
    widths = [min(width, most) for width in widths]
    width = sign_px + sum(widths) + gap * len(widths)
    row = head.after(head.w - width).middle(width, sheet.px(CHIP_HEIGHT))
    _lay_sign(sheet, row.left(sign_px), len(view.keys))
    rest = row.after(sign_px)
    for width, language in zip(widths, others, strict=True):
        _lay_name(sheet, rest.after(gap).left(width), language, sheet.palette.soft)
        rest = rest.after(gap + width)
    return row


def _lay_sign(sheet: Sheet, rect: Rect, count: int) -> None:
    """A row of keys, the outer two filled and joined by a line."""
    side, gap, color = sheet.px(SIGN), sheet.px(SIGN_GAP), sheet.palette.mark
    row = rect.left(count * side + (count - 1) * gap).middle(count * side + (count - 1) * gap, side)
    for number, key in enumerate(row.columns(count, gap)):
        outer = number in (0, count - 1)
        sheet.box(key, color if outer else sheet.palette.paper, outline=color, corner=side // 4)
    line = max(2, sheet.px(3))
    over = Rect(row.x + side // 2, row.y - gap - line, row.w - side, line)
    sheet.box(over, color, corner=0)
    for x in (over.x, over.right - line):
        sheet.box(Rect(x, over.y, line, gap), color, corner=0)


def _lay_name(sheet: Sheet, rect: Rect, language: Phrases, ink: str) -> None:
    """A language named in itself."""
    own = replace(sheet, language=language, items=sheet.items)
    own.text(rect, language.name, sheet.size("small"), ink)


def _lay_window(sheet: Sheet, rect: Rect, view: View, across: str) -> None:
    """The window in words; the number alone, upright, where the script is vertical."""
    if not view.window:
        return
    size, ink = sheet.size("body"), sheet.palette.ink
    if sheet.language.vertical:
        sheet.text(rect, view.window, size, ink, bold=True, across=across, script=DATA)
    else:
        sheet.say(rect, "frame.window", "body", ink, view.window, bold=True, across=across)


def lay_promise(sheet: Sheet, rect: Rect, key: str, icon: str) -> None:
    """A small picture and one promise after it."""
    side = sheet.px(42)
    if sheet.language.vertical:
        first, words = rect.top(side), rect.below(side + sheet.px(14))
    else:
        first, words = rect.left(side), rect.after(side + sheet.px(14))
    sheet.icon(first.middle(side, side), icon, sheet.palette.soft, sheet.palette.paper)
    sheet.say(words, key, "small", sheet.palette.soft, across="left")


def lay_seconds(sheet: Sheet, rect: Rect, view: View, across: str = "right") -> None:
    """The quiet countdown; near its end larger, on a ground of its own. It never flashes."""
    left = view.seconds_left
    if left is None:
        return
    colors, vertical = sheet.palette, sheet.language.vertical
    script = DATA if vertical else sheet.language.script
    key = "frame.ending" if view.ending else "frame.seconds"
    words = str(left) if vertical else sheet.language.say(key, left)
    size = sheet.size("small") if vertical else sheet.word_size("small")
    color = colors.soft
    if view.ending:
        pad, color = sheet.px(PILL), colors.on_accent
        while size > FLOOR_PX and sheet.measure(words, size, True, script) + 2 > rect.w - 2 * pad:
            size -= 1  # one line: a pill is no higher
        width = min(rect.w, int(sheet.measure(words, size, True, script)) + 2 + 2 * pad)
        high = min(rect.h * 4 // 5, sheet.line("small") + pad)
        side = rect if across == "center" else rect.after(rect.w - width)
        pill = side.middle(width, high)
        sheet.box(pill, colors.accent, corner=pill.h // 3)
        rect = pill.inset(pad, 0)
    sheet.text(rect, words, size, color, bold=view.ending, across=across, script=script)
