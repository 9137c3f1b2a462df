"""The page of a free window: who sits here, what this box is for, what is promised."""

from kiosk.screen.frame import lay_ground, lay_promise
from kiosk.screen.items import Photo, Rect
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import View

PANEL_SHARE = 0.36  # of the page: the coloured part with the window's number
NUMBER = 290  # px on the stated screen
PROMISES = 150
CLERK = 104
PHOTO = 168


def lay_free(sheet: Sheet, view: View) -> None:
    """A coloured panel with the window's number; beside it (below it, upright) the rest."""
    lay_ground(sheet)
    page = sheet.page
    if sheet.tall:
        cut = int(page.h * PANEL_SHARE) + sheet.shift[1]
        panel, rest = page.top(cut), page.below(cut)
    else:
        cut = int(page.w * PANEL_SHARE) + sheet.shift[0]
        panel, rest = page.left(cut), page.after(cut)
    _lay_panel(sheet, panel, view)
    rest = rest.inset(sheet.px(64), sheet.px(44)).moved(sheet.shift)
    top, rest = rest.top(sheet.px(60)), rest.below(sheet.px(60))
    mark, colors = sheet.px(46), sheet.palette
    sheet.icon(top.left(mark), "mark", colors.mark, colors.paper)
    name = top.after(mark + sheet.px(18))
    sheet.text(name, view.hall, sheet.size("small"), colors.soft, across="left", script=DATA)
    if sheet.language.vertical:
        _lay_columns(sheet, rest.below(sheet.px(24)))
    else:
        _lay_lines(sheet, rest)


def _lay_lines(sheet: Sheet, rect: Rect) -> None:
    ink = sheet.palette.ink
    promises = rect.below(rect.h - sheet.px(PROMISES))
    rect = rect.top(rect.h - promises.h)
    rect = rect.middle(rect.w, min(rect.h, sheet.px(430)))
    title, detail = sheet.cut(rect, 210)
    sheet.say(title, "free.title", "main", ink, bold=True, across="left")
    detail = detail.below(sheet.px(20))
    sheet.say(detail, "free.detail", "body", ink, across="left", down="top")
    rows = promises.rows(2, 0)
    lay_promise(sheet, rows[0], "frame.voluntary", "voluntary")
    lay_promise(sheet, rows[1], "frame.unseen", "unseen")


def _lay_columns(sheet: Sheet, rect: Rect) -> None:
    ink = sheet.palette.ink
    title, rest = sheet.cut(rect, 200)
    sheet.say(title, "free.title", "main", ink, bold=True, across="left", down="top")
    detail, promises = sheet.cut(rest, 280)
    sheet.say(detail, "free.detail", "body", ink, across="left", down="top")
    voluntary, unseen = promises.columns(2, sheet.px(10))
    lay_promise(sheet, voluntary, "frame.voluntary", "voluntary")
    lay_promise(sheet, unseen, "frame.unseen", "unseen")


def _lay_panel(sheet: Sheet, panel: Rect, view: View) -> None:
    color = sheet.palette.on_accent
    sheet.box(panel, sheet.palette.accent, corner=0)
    inner = panel.inset(sheet.px(36), sheet.px(40)).moved(sheet.shift)
    clerk = inner.below(inner.h - sheet.px(PHOTO if view.clerk_photo else CLERK))
    number = inner.top(inner.h - clerk.h)
    _lay_clerk(sheet, clerk, view)
    if not view.window:
        side = sheet.px(180)
        sheet.icon(number.middle(side, side), "mark", color, sheet.palette.accent)
        return
    label_px = sheet.px(110 if sheet.language.vertical else 56)
    number = number.middle(number.w, min(number.h, sheet.px(NUMBER * 1.3) + label_px))
    sheet.say(number.top(label_px), "frame.window_label", "body", color)
    number = number.below(label_px)
    sheet.text(number, view.window, sheet.px(NUMBER), color, bold=True, script=DATA)


def _lay_clerk(sheet: Sheet, rect: Rect, view: View) -> None:
    color, across = sheet.palette.on_accent, "center"
    if view.clerk_photo:
        photo, rect = rect.left(rect.h), rect.after(rect.h + sheet.px(22))
        corner = sheet.size("corner") // 2
        sheet.items.append(Photo(photo, view.clerk_photo, corner, sheet.palette.soft))
        rect, across = rect.middle(rect.w, sheet.px(CLERK)), "left"
    rows = rect.rows(2, 0)
    size = sheet.size("body")
    sheet.text(rows[0], view.clerk_name, size, color, bold=True, across=across, script=DATA)
    if not view.clerk_no:
        return
    if sheet.language.vertical:
        size = sheet.size("small")
        sheet.text(rows[1], view.clerk_no, size, color, across=across, script=DATA)
    else:
        sheet.say(rows[1], "frame.clerk_no", "small", color, view.clerk_no, across=across)
