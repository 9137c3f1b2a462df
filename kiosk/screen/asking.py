"""The question: one card a key, in the panel's order, with face, word and the key's colour."""

from kiosk.screen.frame import FOOT, lay_frame, lay_promise, lay_seconds
from kiosk.screen.items import Rect
from kiosk.screen.phrases import Phrases
from kiosk.screen.sheet import DATA, Sheet
from kiosk.screen.view import KeyView, View

GAP = 26  # px between two cards on the stated screen
FACE_SHARE = 0.56  # of a card's height, at most


def lay_asking(sheet: Sheet, view: View, second: Phrases | None = None) -> None:
    """Question, cards, and in the foot the promise and the countdown."""
    body = lay_frame(sheet, view)
    foot_px = sheet.px(FOOT)
    foot = body.below(body.h - foot_px)
    body = body.top(body.h - foot_px)
    head, cards = sheet.cut(body, 150 if view.item_name else 118)
    if view.item_name:
        item = head.below(head.h - sheet.px(50))
        head = head.top(head.h - sheet.px(50))
        _lay_item(sheet, item, view)
    sheet.say(head, "asking.question", "main", sheet.palette.ink, bold=True)
    lay_cards(sheet, cards.inset(0, sheet.px(10)), view.keys, second)
    lay_promise(sheet, foot.left(foot.w * 4 // 5), "frame.unseen", "unseen")
    lay_seconds(sheet, foot.after(foot.w * 4 // 5), view)


def _lay_item(sheet: Sheet, rect: Rect, view: View) -> None:
    words = sheet.language.say("asking.item", view.item_name)
    sheet.text(rect, words, sheet.size("small"), sheet.palette.soft)


def lay_cards(sheet: Sheet, rect: Rect, keys: tuple[KeyView, ...], second: Phrases | None) -> None:
    """The cards, all with words of one size: the largest at which each fits."""
    if not keys:
        return
    places = rect.columns(len(keys), sheet.px(GAP if len(keys) < 4 else GAP // 2))
    for place, key in zip(places, keys, strict=True):
        lay_card(sheet, place, key, second)


def lay_card(sheet: Sheet, rect: Rect, key: KeyView, second: Phrases | None) -> None:
    """Face, word and a bar in the key's colour; the card takes that colour while the key is down."""
    colors = sheet.palette
    level = colors.levels[key.level]
    fill = colors.lit[key.level] if key.lit else colors.card
    ink = colors.on_lit if key.lit else colors.ink
    face, paper = (colors.on_lit, fill) if key.lit else (level, colors.card)
    outline = fill if key.lit else colors.line
    sheet.box(rect, fill, outline=outline, touch=key.key)
    inner = rect.inset(sheet.px(14), sheet.px(26))
    bar = inner.below(inner.h - sheet.px(14)).middle(inner.w * 2 // 5, sheet.px(14))
    sheet.box(bar, face, corner=bar.h // 2)
    inner = inner.top(inner.h - sheet.px(30))
    side = min(inner.w * 4 // 5, int(inner.h * FACE_SHARE))
    sheet.icon(inner.top(side), key.level, face, paper)
    words = inner.below(side + sheet.px(14))
    sheet.say(words, f"levels.{key.level}", "main", ink, bold=True)
