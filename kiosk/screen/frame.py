"""What stands around the pages: the head with hall and window, the foot with promise and countdown."""

from kiosk.screen.items import Rect
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import View

MARGIN = 44  # px on the stated screen, around every page; wider than the shift against burn-in
HEAD = 92
FOOT = 76
ENDING_S = 10  # from here on the countdown is set larger: the visible warning before the end


def lay_ground(sheet: Sheet) -> Rect:
    """The paper of the page; what is inside its margins."""
    sheet.box(sheet.page, sheet.palette.paper, corner=0)
    margin = sheet.px(MARGIN)
    return sheet.page.inset(margin, margin // 2)


def lay_frame(sheet: Sheet, view: View) -> Rect:
    """Ground and head; what is left below the head."""
    inner = lay_ground(sheet)
    head = inner.top(sheet.px(HEAD))
    mark = sheet.px(46)
    sheet.icon(head.left(mark).middle(mark, mark), "mark", sheet.palette.accent, "#ffffff")
    right = head.after(head.w - sheet.px(300))
    if view.window:
        lay_window(sheet, right, view)
    name = head.after(mark + sheet.px(18))
    name = name.left(max(0, right.x - name.x - sheet.px(20)))
    size = sheet.size("small")
    sheet.text(name, view.hall, size, sheet.palette.soft, across="left", script=DATA)
    return inner.below(head.h)


def lay_window(sheet: Sheet, rect: Rect, view: View) -> None:
    """The window's number at the right; in vertical script the number alone, upright."""
    size, ink = sheet.size("body"), sheet.palette.ink
    words = (
        view.window if sheet.language.vertical else sheet.language.say("frame.window", view.window)
    )
    script = DATA if sheet.language.vertical else None
    sheet.text(rect, words, size, ink, bold=True, across="right", script=script)


def lay_promise(sheet: Sheet, rect: Rect, key: str, icon: str) -> None:
    """A small picture and one promise beside it (below it in vertical script)."""
    side = sheet.px(40)
    gap = sheet.px(14)
    soft = sheet.palette.soft
    if sheet.language.vertical:
        sheet.icon(rect.top(side), icon, soft, sheet.palette.paper)
        sheet.say(rect.below(side + gap), key, "small", soft, across="left")
        return
    sheet.icon(rect.left(side), icon, soft, sheet.palette.paper)
    sheet.say(rect.after(side + gap), key, "small", soft, across="left")


def lay_seconds(sheet: Sheet, rect: Rect, view: View) -> None:
    """The quiet countdown; larger and darker in the last seconds. It never flashes."""
    left = view.seconds_left
    if left is None:
        return
    ending = left <= ENDING_S
    key = "frame.ending" if ending else "frame.seconds"
    size = sheet.size("body" if ending else "small")
    color = sheet.palette.ink if ending else sheet.palette.soft
    if sheet.language.vertical:
        sheet.text(rect, str(left), size, color, bold=ending, across="right", script=DATA)
        return
    sheet.say(rect, key, "body" if ending else "small", color, left, bold=ending, across="right")
