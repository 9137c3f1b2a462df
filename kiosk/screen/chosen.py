"""Recorded: thanks, and how to change the answer. Shows no face, no colour, nothing of the key."""

from kiosk.screen.cards import plan_words
from kiosk.screen.items import Rect
from kiosk.screen.quiet import lay_message
from kiosk.screen.sheet import Sheet
from kiosk.screen.view import KeyView, View

WORDS = 96  # px on the stated screen: the words that a finger may touch instead of a key
TURNED_WORDS = 210  # the same in vertical script
WORDS_GAP = 26


def lay_chosen(sheet: Sheet, view: View) -> None:
    """Where fingers count, all the answers once more, each as plain as the others."""
    if not view.touch or not view.keys:
        lay_message(sheet, view, "check")
        return
    height = sheet.px(TURNED_WORDS if sheet.language.vertical else WORDS)
    row = lay_message(sheet, view, "check", height)
    gap = sheet.px(WORDS_GAP if len(view.keys) <= 3 else WORDS_GAP // 2)
    places = row.columns(len(view.keys), gap)
    words = plan_words(sheet, _inner(sheet, min(places, key=lambda place: place.w)), view.keys)
    for place, key in zip(places, view.keys, strict=True):
        _lay_word(sheet, place, key, words.table, words.size)


def _lay_word(sheet: Sheet, rect: Rect, key: KeyView, table: str, size: int) -> None:
    colors = sheet.palette
    sheet.box(rect, colors.card, outline=colors.line, touch=key.key)
    sheet.text(_inner(sheet, rect), sheet.language.say(f"{table}.{key.level}"), size, colors.ink)


def _inner(sheet: Sheet, rect: Rect) -> Rect:
    return rect.inset(sheet.px(12), sheet.px(6))
