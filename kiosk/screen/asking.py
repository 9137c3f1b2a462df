"""The question: who asks, what about, the promise and the countdown, around the keys' cards."""

from kiosk.screen.cards import GAP, lay_cards
from kiosk.screen.frame import lay_frame, lay_promise, lay_seconds
from kiosk.screen.items import Rect
from kiosk.screen.phrases import Phrases
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import View

FOOT = 76  # px on the stated screen
TURNED_HEAD = 412  # px: the question in vertical script above the cards of an upright screen
TURNED_PROMISE = 120
CARD_MOST = 620  # upright screens have more room than a card needs


def lay_asking(sheet: Sheet, view: View, second: Phrases | None = None) -> None:
    """Question, cards, and in the foot the promise and the countdown."""
    body = lay_frame(sheet, view)
    if sheet.language.vertical:
        cards = (_lay_above if sheet.tall else _lay_beside)(sheet, body, view)
    else:
        cards = _lay_below(sheet, body, view)
    if view.keys:
        lay_cards(sheet, cards, view.keys, second)


def _lay_below(sheet: Sheet, body: Rect, view: View) -> Rect:
    foot = body.below(body.h - sheet.px(FOOT))
    lay_promise(sheet, foot.left(foot.w * 3 // 4), "frame.unseen", "unseen")
    lay_seconds(sheet, foot.after(foot.w * 3 // 4), view)
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
    question = head.top(head.h - line.h)
    sheet.say(question, "asking.question", "main", sheet.palette.ink, bold=True)
    return cards


def _lay_beside(sheet: Sheet, body: Rect, view: View) -> Rect:
    """In vertical script the question stands left of the cards, the promise left of all."""
    body = _lay_turned_foot(sheet, body, view)
    promise, body = sheet.cut(body, 64)
    lay_promise(sheet, promise, "frame.unseen", "unseen")
    head, cards = sheet.part(body, 2 * sheet.line("main") + sheet.px(GAP))
    sheet.say(head, "asking.question", "main", sheet.palette.ink, bold=True, across="left")
    return cards


def _lay_above(sheet: Sheet, body: Rect, view: View) -> Rect:
    """The same on an upright screen: above the cards, which have its width, in short columns."""
    body = _lay_turned_foot(sheet, body, view)
    head, cards = body.top(sheet.px(TURNED_HEAD)), body.below(sheet.px(TURNED_HEAD + GAP))
    cards = cards.top(cards.h - sheet.px(GAP // 2))
    first = len(sheet.items)
    question = head.left(head.w - sheet.px(TURNED_PROMISE))
    words, size = sheet.language.say("asking.question"), sheet.size("main")
    used = sheet.text(question, words, size, sheet.palette.ink, bold=True, across="left",
                      down="top")  # fmt: skip
    promise = sheet.rest(head, used, 2 * GAP).left(sheet.px(TURNED_PROMISE))
    lay_promise(sheet, promise, "frame.unseen", "unseen")
    sheet.settle(first, head, "x")
    return cards


def _lay_turned_foot(sheet: Sheet, body: Rect, view: View) -> Rect:
    """The item's name, upright, and the countdown under a page in vertical script; the rest."""
    foot = body.below(body.h - sheet.px(56))
    name, seconds = foot.left(foot.w * 4 // 5), foot.after(foot.w * 4 // 5)
    size, soft = sheet.size("small"), sheet.palette.soft
    sheet.text(name, view.item_name, size, soft, across="left", script=DATA)
    lay_seconds(sheet, seconds, view)
    return body.top(body.h - foot.h)
