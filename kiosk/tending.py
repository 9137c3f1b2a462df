"""What a kiosk looks after while nobody waits: its journal's old files, its disk, its clock.

Main thread only; begun after the first paint.
"""

import time
from collections.abc import Callable
from pathlib import Path

from kiosk.conductor import Conductor
from kiosk.vitals import Vitals
from sync.disk import DISK

FIRST_MS = 5_000
TEND_MS = 3_600_000
"""When old files are looked after: a file at a time after the start, then hourly."""

LOOK_MS = 60_000
"""How often room and clock are looked at."""


class Tending:
    """One kiosk's; `later(wait_ms, call)` is the loop's, `look` tells what time alone has changed:
    a new day counts anew, though nobody presses.
    """

    def __init__(
        self,
        conductor: Conductor,
        data: Path,
        later: Callable[[int, Callable[[], None]], None],
        look: Callable[[], None],
    ) -> None:
        self._conductor = conductor
        self._data = data
        self._later = later
        self._look_on = look
        self._vitals = Vitals()

    def begin(self) -> None:
        """Look at the box now, at the journal soon."""
        self._look()
        self._later(FIRST_MS, self._tend)

    def _tend(self) -> None:
        """Check one more old file, then remove what may go."""
        journal = self._conductor.journal
        wait_ms = TEND_MS
        if not journal.failed:
            stamp = self._conductor.clock.stamp()
            if journal.check_next(stamp):
                wait_ms = FIRST_MS
            else:
                journal.lay_ballast()
                journal.prune(stamp)
        self._later(wait_ms, self._tend)

    def _look(self) -> None:
        """Write down what is wrong with the box."""
        mono_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000  # of no replay
        free = DISK.free(self._data)
        for note in self._vitals.look(free, time.time_ns() // 1_000_000, mono_ms):
            self._conductor.handle(note)
        self._look_on()
        self._later(LOOK_MS, self._look)
