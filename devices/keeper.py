"""Keeps one port open: opened, lost, tried again with back-off under whatever name it returns.

Driven by its owner like the reader; knows nothing of the bytes. Only the port it was given, or
what that port turned out to be, is ever opened.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.pin import HotPlug, pin_port, watch_plugs
from devices.port import Link, PortError
from devices.press import Back, Event, Lost

RETRY_FIRST_MS = 100  # the first new try after a loss
RETRY_MAX_MS = 1_000  # the longest wait between tries: back to counting well within 3 s

Opener = Callable[[str], Link]


class Keeper:
    """The life of one port. `lost` is why it is lost, None while it is open."""

    def __init__(self, port: str, opener: Opener) -> None:
        self.lost: str | None = "not opened yet"
        self.retry_at: int | None = 0
        self._port = port
        self._pin: str | None = None
        self._opener = opener
        self._link: Link | None = None
        self._plugs: HotPlug | None = None
        self._told = False
        self._retry_ms = RETRY_FIRST_MS

    @property
    def is_open(self) -> bool:
        return self._link is not None

    @property
    def broken(self) -> bool:
        """The port was found gone while writing: `attempt` has something to say at once."""
        return self._link is not None and self.lost is not None

    def fileno(self) -> int | None:
        """What to watch for reading: the port, or the news of plugged devices while it is gone."""
        watched = self._link or self._plugs
        return watched.fileno() if watched else None

    def attempt(self, now_ms: int) -> list[Event]:
        """Tries to open when it is time. A Back when it is open, a Lost at the first failure."""
        if self._link is not None or self.retry_at is None or now_ms < self.retry_at:
            return []
        try:
            self._link = self._opener(self._pin or self._port)
        except PortError as gone:
            self.retry_at = now_ms + self._retry_ms
            self._retry_ms = min(self._retry_ms * 2, RETRY_MAX_MS)
            return self._mourn(str(gone), now_ms)
        if self._pin is None:
            self._pin = pin_port(self._port)
        self._plugs = None  # the new port is open already: their descriptors differ
        self._retry_ms = RETRY_FIRST_MS
        self.lost, self._told = None, False
        return [Back(now_ms)]

    def take(self, now_ms: int) -> tuple[bytes, list[Event]]:
        """What has arrived, and a Lost if the port has gone."""
        if self._link is None:
            if self._plugs is not None and self.retry_at is not None:
                self._plugs.drain()
                self.retry_at = now_ms
            return b"", []
        try:
            return self._link.read(), []
        except PortError as gone:
            return b"", self.drop(str(gone), now_ms)

    def give(self, data: bytes) -> None:
        """Sends what fits; a port that has gone is told of by the next `drop`."""
        if not data or self._link is None:
            return
        try:
            self._link.write(data)
        except PortError as gone:
            self.lost = str(gone)

    def drop(self, why: str, now_ms: int) -> list[Event]:
        """Closes the port, and has it tried again soon."""
        if self._link is not None:
            if (self._pin or self._port).startswith(("serial:", "path:")):
                self._plugs = watch_plugs()
            self._link.close()
        self._link = None
        self._retry_ms = RETRY_FIRST_MS
        self.retry_at = now_ms + self._retry_ms
        return self._mourn(why, now_ms)

    def close(self) -> None:
        """Closes the port for good."""
        if self._link is not None:
            self._link.close()
        self._link, self._plugs, self.retry_at = None, None, None

    def _mourn(self, why: str, now_ms: int) -> list[Event]:
        told, self._told, self.lost = self._told, True, why
        return [] if told else [Lost(why, now_ms)]
