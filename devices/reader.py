"""Drives one panel: its port, opened again and again by itself, and its bytes turned into events.

Driven, not driving: no thread, no clock, never waits, never raises for a port that has gone.
Whoever runs it watches `fileno()`, calls `on_readable` and `on_tick`, and sleeps until `deadline`.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.panel import Panel
from devices.port import Link, PortError, SerialPort
from devices.press import Back, Event, Lost
from devices.profile import Profile

RETRY_FIRST_MS = 100  # the first new try after a loss
RETRY_MAX_MS = 1_000  # the longest wait between tries: back to counting well within 3 s

Opener = Callable[[Profile, str], Link]


def open_port(profile: Profile, port: str) -> Link:
    """Opens the port as the profile says. PortError when it cannot be."""
    return SerialPort(port, profile.wire)


class Reader:
    """A panel on a port. The first good open is a `Back`, a failed one a `Lost`, tried again."""

    def __init__(self, profile: Profile, port: str, opener: Opener = open_port) -> None:
        self.profile = profile
        self.port = port
        self._opener = opener
        self._panel = Panel(profile)
        self._link: Link | None = None
        self._lost: str | None = None
        self._broken: str | None = None
        self._retry_at: int | None = 0
        self._retry_ms = RETRY_FIRST_MS
        self._signal: str | None = None

    def fileno(self) -> int | None:
        """The descriptor to watch for reading; None while the port is closed."""
        return self._link.fileno() if self._link else None

    @property
    def deadline(self) -> int | None:
        """When `on_tick` wants to be called, in ms of the caller's clock; None: only for bytes."""
        if self._broken is not None:
            return 0
        return self._retry_at if self._link is None else self._panel.deadline

    def on_readable(self, now_ms: int) -> list[Event]:
        """Reads what has arrived. Harmless when nothing has."""
        if self._link is None:
            return []
        try:
            data = self._link.read()
        except PortError as gone:
            return self._drop(str(gone), now_ms)
        if not data:
            return []
        events = self._panel.feed(data, now_ms)
        if self._lost is not None and not self._panel.silent:
            self._lost = None
        return events

    def on_tick(self, now_ms: int) -> list[Event]:
        """Whatever is due: a new try to open, a held key, a silence, a poll. Early is harmless."""
        if self._broken is not None:
            return self._drop(self._broken, now_ms)
        if self._link is None:
            if self._retry_at is None or now_ms < self._retry_at:
                return []
            return self._open(now_ms)
        events = self.on_readable(now_ms)  # silence is only proven once all that came is read
        if self._link is None:
            return events
        events += self._panel.tick(now_ms)
        if self._panel.is_overdue(now_ms):
            self._lost = "silent"
            return events + self._close_link(now_ms)
        self._write(self._panel.poll(now_ms))
        return events

    def send(self, signal: str, now_ms: int) -> None:
        """Lamps and buzzer: invite, thanks, pause, fault or cancel; said again after a reopen."""
        self._signal = signal
        self._write(self._panel.speak(signal))

    def close(self) -> None:
        """Closes the port for good; the reader opens nothing any more."""
        if self._link:
            self._link.close()
        self._link, self._retry_at, self._broken = None, None, None

    def _write(self, data: bytes) -> None:
        if not data or self._link is None:
            return
        try:
            self._link.write(data)
        except PortError as gone:
            self._broken = str(gone)

    def _open(self, now_ms: int) -> list[Event]:
        try:
            self._link = self._opener(self.profile, self.port)
        except PortError as gone:
            self._retry_at = now_ms + self._retry_ms
            self._retry_ms = min(self._retry_ms * 2, RETRY_MAX_MS)
            why = str(gone)
            if self._lost is not None:
                return []
            self._lost = why
            return [Lost(why, now_ms)]
        self._retry_ms = RETRY_FIRST_MS
        self._panel.open(now_ms)
        if self._signal is not None:
            self._write(self._panel.speak(self._signal))
        if self._panel.silent:
            return []  # an open port is not yet a panel: it is back when it is heard
        self._lost = None
        return [Back(now_ms)]

    def _drop(self, why: str, now_ms: int) -> list[Event]:
        events = self._close_link(now_ms)
        if self._lost is None:
            self._lost = why
            events.append(Lost(why, now_ms))
        return events

    def _close_link(self, now_ms: int) -> list[Event]:
        """A port that has gone or fallen silent is closed; a hung adapter needs the new open."""
        if self._link:
            self._link.close()
        self._link, self._broken = None, None
        self._retry_ms = RETRY_FIRST_MS
        self._retry_at = now_ms + self._retry_ms
        return self._panel.shut(now_ms)
