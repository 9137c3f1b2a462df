"""The outer two keys, held together: a second for another language, longer for a technician.

Never a press. Pure; knows no language. Panels that tell no release never have a chord.
"""

from devices.press import Down, Event, Fault, Lost, Up

CHORD_MS = 1_000
LONG_MS = 4_000
"""Less than what a stuck key takes."""


class Chord:
    """Hears what the panel tells; `keys` are its wire keys in their order."""

    def __init__(self, keys: tuple[str, ...], hold_ms: int = CHORD_MS) -> None:
        self._outer = {keys[0], keys[-1]} if len(keys) > 1 else set()
        self._hold_ms = hold_ms
        self._down: set[str] = set()
        self._since_ms: int | None = None
        self._is_told = False

    @property
    def deadline(self) -> int | None:
        """When `due` has something to say, in ms of the panel's clock."""
        if self._since_ms is None or self._is_told:
            return None
        return self._since_ms + self._hold_ms

    def hear(self, event: Event) -> None:
        """One event of the panel. A key that is stuck is no finger."""
        match event:
            case Down(key, at_ms):
                self._down.add(key)
            case Up(key, at_ms) | Fault("key_stuck", "raised", key, at_ms):
                self._down.discard(key)
            case Lost(_, at_ms):
                self._down.clear()
            case _:
                return
        if not self._outer or self._down != self._outer:
            self._since_ms, self._is_told = None, False
        elif self._since_ms is None:
            self._since_ms = at_ms

    def due(self, now_ms: int) -> bool:
        """Whether the second is over; said once for each time the two go down."""
        at_ms = self.deadline
        self._is_told = self._is_told or (at_ms is not None and now_ms >= at_ms)
        return self._is_told and at_ms is not None
