"""The kiosk's pulse: pets the watchdog after a paint that happened and a journal that is whole.

A loop that stands still, a screen that no longer paints and a journal gone from under us all end
the same way: no pet, and the service manager starts the kiosk again. Knows no Qt and no journal.
"""

from collections.abc import Callable

from sync.notify import notify, watchdog_ms

BEATS = 3
"""Pets in the time the manager waits for one: two may be late."""

FIRST_MS = 200
"""How often it is tried before the first page is painted."""


class Pulse:
    """Main thread only. `later(ms, call)` is the loop's; `paint` and `check` say whether it is so.

    Where nobody listens nothing is done at all.
    """

    def __init__(
        self,
        later: Callable[[int, Callable[[], None]], None],
        paint: Callable[[], bool],
        check: Callable[[], bool],
    ) -> None:
        self._later = later
        self._paint = paint
        self._check = check
        self._ready = False
        self._ended = False

    def begin(self) -> None:
        """Beat until `end`."""
        if notify("STATUS=starting"):
            self._beat()

    def end(self) -> None:
        """Say that the end is meant, and pet no more."""
        if not self._ended:
            self._ended = True
            notify("STOPPING=1")

    def _beat(self) -> None:
        if self._ended:
            return
        if self._paint() and self._check():
            notify("WATCHDOG=1" if self._ready else "READY=1")
            self._ready = True
        limit_ms = watchdog_ms()
        if not self._ready:
            self._later(FIRST_MS, self._beat)
        elif limit_ms is not None:
            self._later(limit_ms // BEATS, self._beat)
