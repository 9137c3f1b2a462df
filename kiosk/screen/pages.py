"""Lays out every page: a view and a size in, a list of items out. Pure; knows no Qt.

Nothing on `chosen`, `reason` and `thanking` depends on a level: it is never looked at there.
"""

from kiosk.screen.asking import lay_asking
from kiosk.screen.chosen import lay_chosen
from kiosk.screen.doctor import lay_code, lay_doctor
from kiosk.screen.free import lay_free
from kiosk.screen.items import Item, Measure
from kiosk.screen.phrases import Phrases
from kiosk.screen.quiet import lay_message, lay_thanking
from kiosk.screen.reason import lay_reason
from kiosk.screen.sheet import Sheet
from kiosk.screen.theme import Theme
from kiosk.screen.view import View

_ICONS = {
    "starting": "mark",
    "unenrolled": "unenrolled",
    "paused": "pause",
    "fault": "fault",
}
PAGES = (
    "starting", "unenrolled", "free", "asking", "chosen", "reason", "thanking", "paused", "fault",
)  # fmt: skip


def lay_out(
    view: View,
    width: int,
    height: int,
    theme: Theme,
    phrases: Phrases,
    measure: Measure,
    *,
    second: Phrases | None = None,
    night: bool = False,
    shift: tuple[int, int] = (0, 0),
    offered: tuple[Phrases, ...] = (),
) -> list[Item]:
    """The items of a page of `width` × `height` px, in the order in which they are drawn.

    `phrases` is the page's language, `second` one that stands under it on the keys; `shift` moves
    the contents by some px; `offered` are the languages that a finger may choose while asked.
    """
    palette = theme.night if night else theme.day
    sheet = Sheet(width, height, theme, palette, phrases, measure, shift, offered)
    if view.page == "asking":
        lay_asking(sheet, view, second)
    elif view.page == "doctor":
        lay_doctor(sheet, view)
    elif view.page == "code":
        lay_code(sheet, view)
    elif view.page == "chosen":
        lay_chosen(sheet, view)
    elif view.page == "free":
        lay_free(sheet, view)
    elif view.page == "reason":
        lay_reason(sheet, view)
    elif view.page == "thanking":
        lay_thanking(sheet, view)
    else:
        lay_message(sheet, view, _ICONS[view.page])
    return sheet.items
