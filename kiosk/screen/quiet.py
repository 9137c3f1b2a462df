"""The pages that ask nothing: starting, not set up, recorded, thanks, paused, out of service."""

from kiosk.screen.frame import lay_frame
from kiosk.screen.items import Code, Rect
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import View

ICON = 190  # px on the stated screen
GAP = 40
NOTE = 46
CODE = 340
DEVICE_GROUP = 4  # a device id is read aloud in groups of so many digits
_SOFT = ("paused", "fault", "unenrolled")


def lay_message(sheet: Sheet, view: View, icon: str, foot_px: int = 0) -> Rect:
    """A picture, a title and a line or two, and at the foot what a technician reads.

    Returns the foot, `foot_px` high or as high as its notes.
    """
    body = lay_frame(sheet, view)
    colors = sheet.palette
    notes = list_notes(sheet, view)
    foot = body.below(body.h - (foot_px or sheet.px(NOTE * max(1, len(notes)))))
    for row, note in zip(foot.rows(max(1, len(notes)), 0), notes, strict=False):
        script = DATA if sheet.language.vertical else sheet.language.script
        sheet.text(row, note, sheet.size("small"), colors.soft, script=script)
    body = body.top(body.h - foot.h)
    first = len(sheet.items)
    picture, rest = sheet.cut(body, ICON)
    side = sheet.px(ICON)
    color = colors.soft if view.page in _SOFT else colors.mark
    sheet.icon(picture.middle(side, side), icon, color, colors.paper)
    rest = sheet.cut(rest, GAP)[1]
    if sheet.language.vertical:
        words = len(sheet.items)
        _lay_words(sheet, rest, view.page, "left")
        sheet.settle(words, body, "y")
    else:
        _lay_words(sheet, rest, view.page, "center")
    sheet.settle(first, body)
    return foot


def _lay_words(sheet: Sheet, rect: Rect, page: str, align: str) -> None:
    """Title and detail close together, to be settled by the caller."""
    ink = sheet.palette.ink
    title = sheet.part(rect, 2 * sheet.line("big") + 1)[0]
    used = sheet.say(title, f"{page}.title", "big", ink, bold=True, across=align, down="top")
    detail = sheet.rest(rect, used, 16)
    sheet.say(detail, f"{page}.detail", "body", ink, across=align, down="top")


def list_notes(sheet: Sheet, view: View) -> list[str]:
    """What a technician reads; without words where they would lie on their side."""
    say = sheet.language.say
    worded = not sheet.language.vertical
    groups = range(0, len(view.device), DEVICE_GROUP)
    device = " ".join(view.device[i : i + DEVICE_GROUP] for i in groups)
    if view.page == "unenrolled" and device:
        return [f"{say('unenrolled.device')} {device}" if worded else device]
    if view.page == "fault":
        number = f"{view.fault_number:02d}"
        if worded:
            number = f"{say('fault.technician')} · {say('fault.number', number)}"
        words = sheet.language.table.get(f"faults.{view.fault_what}", view.fault_what)
        return [f"{number} · {words}", *([device] if device else [])]
    return []


def lay_thanking(sheet: Sheet, view: View) -> None:
    """Thanks, and where the hall offers the page, the code that leads to it."""
    if not view.echo_url:
        lay_message(sheet, view, "mark")
        return
    body = lay_frame(sheet, view)
    if sheet.tall:
        words, code = body.top(body.h * 2 // 5), body.below(body.h * 2 // 5)
    else:
        words, code = body.left(body.w * 11 // 20), body.after(body.w * 11 // 20)
    _lay_code(sheet, code, view)
    first = len(sheet.items)
    _lay_words(sheet, words, "thanking", "center" if sheet.tall else "left")
    sheet.settle(first, words)


def _lay_code(sheet: Sheet, rect: Rect, view: View) -> None:
    """The code on a white card in every palette: scanners want dark on light."""
    side, pad, line = sheet.px(CODE), sheet.px(20), sheet.px(96)
    if sheet.language.vertical:
        card = rect.middle(side + 2 * pad + line, side + 2 * pad)
        code, words = card.inset(pad, pad).after(line), card.inset(pad, pad).left(line)
    else:
        card = rect.middle(side + 2 * pad, side + 2 * pad + line)
        code, words = card.inset(pad, pad).top(side), card.inset(pad, pad).below(side)
    sheet.box(card, "#ffffff", outline=sheet.palette.line)
    sheet.items.append(Code(code.middle(side, side), view.echo_url, "#000000", "#ffffff"))
    sheet.say(words, "thanking.scan", "small", "#17242f")
