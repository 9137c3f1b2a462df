"""What the doctor says to a technician: a count, and a line for each thing that is not well."""

from kiosk.screen.frame import lay_ground
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import View

TITLE = 90  # px on the stated screen
LINE = 46  # at most
GAP = 24
KEY = 160
PLACES = ("1", "2", "3")


def lay_doctor(sheet: Sheet, view: View) -> None:
    """Upright in every language: the lines are Chinese or English."""
    body = lay_ground(sheet)
    ink, soft = sheet.palette.ink, sheet.palette.soft
    title, rest = body.top(sheet.px(TITLE)), body.below(sheet.px(TITLE))
    count, *lines = view.notes or ("",)
    size = sheet.size("title")
    sheet.text(title, count, size, ink, bold=True, across="left", script=DATA)
    rest = rest.top(min(rest.h, len(lines) * sheet.px(LINE)))
    for row, line in zip(rest.rows(max(1, len(lines)), 0), lines, strict=False):
        color = ink if line[:1].isdecimal() else soft
        sheet.text(row, line, sheet.size("small"), color, across="left", script=DATA)


def lay_code(sheet: Sheet, view: View) -> None:
    """What is asked, what was typed so far, and three places: the keys below them, or a finger."""
    body = lay_ground(sheet)
    colors = sheet.palette
    title, rest = body.top(sheet.px(TITLE)), body.below(sheet.px(TITLE))
    typed, rest = rest.top(sheet.px(TITLE)), rest.below(sheet.px(TITLE + GAP))
    for row, note in zip((title, typed), view.notes, strict=True):
        size = sheet.size("title")
        sheet.text(row, note, size, colors.ink, bold=True, across="left", script=DATA)
    for place, name in zip(rest.top(sheet.px(KEY)).columns(3, sheet.px(GAP)), PLACES, strict=True):
        sheet.box(place, colors.card, outline=colors.line, touch=name)
        sheet.text(place, name, sheet.size("title"), colors.ink, bold=True, script=DATA)
