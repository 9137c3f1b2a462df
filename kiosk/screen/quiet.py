"""The pages that ask nothing: free, starting, not set up, recorded, thanks, paused, out of service."""

from kiosk.screen.frame import lay_frame, lay_ground, lay_promise
from kiosk.screen.items import Code, Rect
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import View

ICON = 168  # px on the stated screen
PANEL_SHARE = 0.36  # of the free page: the coloured part with the window's number
CODE = 300  # px: a QR code on the thanks page
DEVICE_GROUP = 4  # a device id is read aloud in groups of so many digits


def lay_free(sheet: Sheet, view: View) -> None:
    """Who sits here, what this box is for, that rating is voluntary and unseen."""
    lay_ground(sheet)
    page = sheet.page
    if sheet.tall:
        cut = int(page.h * PANEL_SHARE)
        panel, rest = page.top(cut), page.below(cut)
    else:
        cut = int(page.w * PANEL_SHARE)
        panel, rest = page.left(cut), page.after(cut)
    _lay_panel(sheet, panel, view)
    rest = rest.inset(sheet.px(60), sheet.px(40))
    promises = rest.below(rest.h - sheet.px(150))
    rest = rest.top(rest.h - sheet.px(150))
    top = rest.top(sheet.px(90))
    sheet.text(top, view.hall, sheet.size("small"), sheet.palette.soft, across="left", script=DATA)
    title, detail = sheet.cut(rest.below(top.h), 240)
    ink = sheet.palette.ink
    sheet.say(title, "free.title", "main", ink, bold=True, across="left")
    sheet.say(detail, "free.detail", "body", ink, across="left", down="top")
    rows = promises.rows(2, sheet.px(10))
    lay_promise(sheet, rows[0], "frame.voluntary", "voluntary")
    lay_promise(sheet, rows[1], "frame.unseen", "unseen")


def _lay_panel(sheet: Sheet, panel: Rect, view: View) -> None:
    color = sheet.palette.on_accent
    sheet.box(panel, sheet.palette.accent, corner=0)
    inner = panel.inset(sheet.px(36), sheet.px(44))
    clerk = inner.below(inner.h - sheet.px(110))
    number = inner.top(inner.h - clerk.h)
    label, number = number.top(sheet.px(60)), number.below(sheet.px(60))
    if view.window:
        sheet.say(label, "frame.window_label", "body", color)
        sheet.text(number, view.window, sheet.px(300), color, bold=True, script=DATA)
    else:
        side = sheet.px(180)
        sheet.icon(number.middle(side, side), "mark", color, sheet.palette.accent)
    rows = clerk.rows(2, 0)
    sheet.text(rows[0], view.clerk_name, sheet.size("body"), color, bold=True, script=DATA)
    if view.clerk_no:
        sheet.say(rows[1], "frame.clerk_no", "small", color, view.clerk_no)


def lay_message(sheet: Sheet, view: View, icon: str) -> None:
    """A picture, a title and a line or two: recorded, paused, starting, not set up, out of service."""
    body = lay_frame(sheet, view)
    notes = _list_notes(sheet, view)
    foot = body.below(body.h - sheet.px(44 * len(notes) + 30))
    body = body.top(body.h - foot.h)
    body = body.middle(body.w, min(body.h, sheet.px(560)))
    colors = sheet.palette
    picture, rest = sheet.cut(body, ICON + 60)
    side = sheet.px(ICON)
    color = colors.soft if view.page in ("paused", "fault", "unenrolled") else colors.accent
    sheet.icon(picture.middle(side, side), icon, color, colors.paper)
    title, detail = sheet.cut(rest, 150)
    sheet.say(title, f"{view.page}.title", "big", colors.ink, bold=True)
    sheet.say(detail, f"{view.page}.detail", "body", colors.ink, down="top")
    for row, note in zip(foot.rows(max(1, len(notes)), 0), notes, strict=False):
        sheet.text(row, note, sheet.size("small"), colors.soft, script=DATA)


def _list_notes(sheet: Sheet, view: View) -> list[str]:
    """What a technician reads, in letters every page can set."""
    say = sheet.language.say
    device = " ".join(
        view.device[i : i + DEVICE_GROUP] for i in range(0, len(view.device), DEVICE_GROUP)
    )
    if view.page == "unenrolled" and device:
        return [f"{say('unenrolled.device')} {device}"]
    if view.page == "fault":
        number = say("fault.number", f"{view.fault_number:02d}")
        return [
            f"{say('fault.technician')}：{number}　{view.fault_what}",
            *([device] if device else []),
        ]
    return []


def lay_thanking(sheet: Sheet, view: View) -> None:
    """Thanks, and where the hall offers the page, the code that leads to it."""
    if not view.echo_url:
        lay_message(sheet, view, "mark")
        return
    body = lay_frame(sheet, view)
    side = sheet.px(CODE)
    if sheet.tall:
        words, code = body.top(body.h // 2), body.below(body.h // 2)
    else:
        words, code = body.left(body.w * 3 // 5), body.after(body.w * 3 // 5)
    words = words.middle(words.w, min(words.h, sheet.px(420)))
    colors = sheet.palette
    title, detail = sheet.cut(words, 220)
    sheet.say(title, "thanking.title", "big", colors.ink, bold=True, across="left")
    sheet.say(detail, "thanking.detail", "body", colors.ink, across="left", down="top")
    card = code.middle(side + sheet.px(40), side + sheet.px(130))
    sheet.box(card, colors.card, outline=colors.line)
    inner = card.inset(sheet.px(20), sheet.px(20))
    sheet.items.append(Code(inner.top(side), view.echo_url, "#000000", "#ffffff"))
    sheet.say(inner.below(side), "thanking.scan", "small", colors.ink)
