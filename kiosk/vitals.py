"""What a kiosk notices of its own box while it serves: little room left, a clock that jumped. Pure.

Neither stops the rating; both are written down for whoever can mend them.
"""

from kiosk.terms import Noted

LOW_BYTES = 64_000_000
"""A window writes less than a tenth of it a day: a week's warning."""

ROOMY = 2
"""So many times LOW_BYTES must be free before the warning ends: it is not to flutter."""

JUMP_MS = 60_000
"""A clock that runs wrong drifts by seconds an hour; more at once was somebody, or a battery."""


class Vitals:
    """`look` is given the free bytes, the wall's time and the time since the machine started."""

    def __init__(self) -> None:
        self._is_low = False
        self._offset_ms: int | None = None

    def look(self, free: int, wall_ms: int, mono_ms: int) -> list[Noted]:
        """What there is to write down now."""
        notes = []
        if self._is_low != (free < LOW_BYTES * (ROOMY if self._is_low else 1)):
            self._is_low = not self._is_low
            state = "raised" if self._is_low else "cleared"
            notes.append(Noted("disk_low", state, f"{free // 1_000_000} MB"))
        before_ms, self._offset_ms = self._offset_ms, wall_ms - mono_ms
        if before_ms is not None and abs(self._offset_ms - before_ms) > JUMP_MS:
            jump_s = round((self._offset_ms - before_ms) / 1_000)
            notes.append(Noted("clock_jump", "raised", f"{jump_s:+} s"))
        return notes
