"""Faults that come in floods, told once: raised at the first, counted, cleared after a quiet while.

Pure. Knows nothing of what the faults mean.
"""

from __future__ import annotations

from devices.press import Event, Fault

QUIET_MS = 60_000  # without another one for so long, a fault is over


class Tally:
    """At most one open fault for each kind, so a noisy line cannot fill a journal."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, int]] = {}  # what -> (how many, when last)

    @property
    def deadline(self) -> int | None:
        return min((at + QUIET_MS for _, at in self._open.values()), default=None)

    def note(self, what: str, detail: str, now_ms: int, n: int = 1) -> list[Event]:
        """One more of a kind: a raised fault if it is the first, else only counted."""
        known = what in self._open
        count = self._open[what][0] if known else 0
        self._open[what] = (count + n, now_ms)
        return [] if known else [Fault(what, "raised", detail, now_ms, n)]

    def tick(self, now_ms: int) -> list[Event]:
        over = [what for what, (_, at) in self._open.items() if now_ms - at >= QUIET_MS]
        events: list[Event] = []
        for what in over:
            n, _ = self._open.pop(what)
            events.append(Fault(what, "cleared", f"n={n}", now_ms, n))
        return events
