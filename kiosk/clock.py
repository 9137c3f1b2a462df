"""The kiosk's clocks: monotonic milliseconds for waiting, the wall's time for the record."""

import ctypes
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from sync.records import Stamp

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
TIME_ERROR = 5
"""adjtimex(2) returns this while the clock is not synchronised."""

TIMEX_BYTES = 512
"""Room for the kernel's struct timex, which no libc has larger than 208 bytes."""

_libc = ctypes.CDLL(None)


class Clock:
    """Real time. `boot` names this start of the machine, and `mono_ms` counts since it."""

    def __init__(self) -> None:
        self.boot = _read_boot()

    def mono_ms(self) -> int:
        """Milliseconds since the machine started, sleep included."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall(self) -> datetime:
        """The machine's idea of the time, right or wrong."""
        return datetime.now(UTC)

    def stamp(self) -> Stamp:
        """What an entry written now carries."""
        state = "synced" if is_synced() else "unsynced"
        return Stamp(write_time(self.wall()), self.boot, self.mono_ms(), state)


class SkippedClock(Clock):
    """A clock that a replay pushes forward: no wait is waited for, and order stays."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead_ms = 0
        self._stopped_ms: int | None = None

    def stop(self) -> None:
        """From now on only skips move it: a slow machine makes no visit time out."""
        self._stopped_ms = super().mono_ms()

    def go_on(self) -> None:
        """Move with real time again, from where it is."""
        if self._stopped_ms is not None:
            self._ahead_ms -= super().mono_ms() - self._stopped_ms
            self._stopped_ms = None

    def skip(self, wait_ms: int) -> None:
        """Let `wait_ms` pass at once."""
        self._ahead_ms += max(0, wait_ms)

    def mono_ms(self) -> int:
        """Real milliseconds, while it goes, and the skipped ones."""
        real_ms = super().mono_ms() if self._stopped_ms is None else self._stopped_ms
        return real_ms + self._ahead_ms


def write_time(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z` (wire.md)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_synced() -> bool:
    """Whether the kernel's clock is disciplined by a time source; False where it cannot be told."""
    adjtimex = getattr(_libc, "adjtimex", None)
    if adjtimex is None:
        return False
    state: int = adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return 0 <= state < TIME_ERROR


def _read_boot() -> str:
    try:
        return BOOT_ID.read_text().strip().replace("-", "")
    except OSError:
        return uuid.uuid4().hex
