"""Keeps the page from flashing, whatever is done to keys and glass. Pure; knows no colour."""

from collections import deque

from msgspec.structs import replace

from kiosk.screen.view import View

LIT_MOST = 2
"""How often in LIT_MS a key may light up: a flash each. WCAG 2.3.1 allows three in a second; the
page that comes or goes meanwhile may be one more. So is a reason that the cursor runs over."""

LIT_MS = 1_000
TURN_MS = 400
"""How soon after one language a finger may choose another: the faces change places."""


class Calm:
    """All times in ms of one clock that never goes back."""

    def __init__(self) -> None:
        self._lit, self._cursor = "", 0
        self._lit_ms: deque[int] = deque(maxlen=LIT_MOST)
        self._turned_ms: int | None = None

    def soothe(self, view: View, now_ms: int) -> View:
        """The view, its key dark where it would light up too soon again."""
        if view.page == "reason" and view.cursor != self._cursor:
            self._cursor = view.cursor
            self._lit_ms.append(now_ms)
        lit = next((one.key for one in view.keys if one.lit and view.page == "asking"), "")
        if lit and lit != self._lit:
            if len(self._lit_ms) == LIT_MOST and now_ms - self._lit_ms[0] < LIT_MS:
                lit = ""
                view = replace(view, keys=tuple(replace(one, lit=False) for one in view.keys))
            else:
                self._lit_ms.append(now_ms)
        self._lit = lit
        return view

    def may_turn(self, now_ms: int) -> bool:
        """Whether the page may change its language now; if so, it does."""
        may = self._turned_ms is None or now_ms - self._turned_ms >= TURN_MS
        if may:
            self._turned_ms = now_ms
        return may
