"""A barcode scanner as a second serial device: codes ended by a line end, bounded.

Driven like the panel's reader, with the same care for its port; knows nothing of what codes mean.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.keeper import Keeper
from devices.pin import find_port
from devices.port import Link, SerialPort
from devices.press import Event
from devices.profile import Wire

CODE_MAX = 128  # characters of one code; longer ones are dropped whole
GAP_MS = 2_000  # a code comes in one go; an older beginning is not waited for


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code as the scanner read it, without its line end."""

    code: str
    at_ms: int


class CodeLines:
    """Bytes to codes. Pure; holds at most one code."""

    def __init__(self) -> None:
        self._held = b""
        self._waste = False
        self._last_ms = 0

    @property
    def held(self) -> int:
        return len(self._held)

    def feed(self, data: bytes, now_ms: int) -> list[Scanned]:
        """Codes of printable ASCII or UTF-8; anything else is no code."""
        if now_ms - self._last_ms >= GAP_MS:
            self._held, self._waste = b"", False
        self._last_ms = now_ms
        *lines, self._held = (self._held + data).replace(b"\r", b"\n").split(b"\n")
        found = [self._read(line, now_ms) for line in lines]
        if len(self._held) > CODE_MAX:
            self._held, self._waste = b"", True
        return [code for code in found if code is not None]

    def _read(self, line: bytes, now_ms: int) -> Scanned | None:
        waste, self._waste = self._waste, False
        if waste or not line or len(line) > CODE_MAX:
            return None
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return Scanned(text, now_ms) if text.isprintable() else None


def open_scanner(port: str, wire: Wire) -> Link:
    """Opens the scanner's port; PortError when it cannot be."""
    return SerialPort(find_port(port), wire)


class Scanner:
    """A scanner on a port. Lost and Back as of a panel; `Scanned` for each code."""

    def __init__(self, port: str, wire: Wire | None = None) -> None:
        settings = wire or Wire()
        self._keeper = Keeper(port, lambda where: open_scanner(where, settings))
        self._lines = CodeLines()

    def fileno(self) -> int | None:
        """The descriptor to watch for reading; None if there is nothing to watch."""
        return self._keeper.fileno()

    @property
    def deadline(self) -> int | None:
        """When `on_tick` wants to be called; None: only for bytes."""
        return None if self._keeper.is_open else self._keeper.retry_at

    def on_readable(self, now_ms: int) -> list[Event | Scanned]:
        """Reads what has arrived. Harmless when nothing has."""
        data, lost = self._keeper.take(now_ms)
        if data:
            return [*self._lines.feed(data, now_ms)]
        return [*(lost or self._reopen(now_ms))]

    def on_tick(self, now_ms: int) -> list[Event | Scanned]:
        """Tries to open when it is time."""
        return [*self._reopen(now_ms)]

    def close(self) -> None:
        """Closes the port for good."""
        self._keeper.close()

    def _reopen(self, now_ms: int) -> list[Event]:
        events = self._keeper.attempt(now_ms)
        if self._keeper.is_open and events:
            self._lines = CodeLines()
        return events
