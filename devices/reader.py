"""Drives one panel: its port kept open, and its bytes turned into events.

Driven, not driving: no thread, no clock, never waits, never raises for a port that has gone.
Whoever runs it watches `fileno()`, calls `on_readable` and `on_tick`, and sleeps until `deadline`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from devices.keeper import Keeper
from devices.panel import Panel, Seen
from devices.pin import find_port
from devices.port import Link, SerialPort
from devices.press import Back, Event
from devices.profile import Profile

INPUTS = "/dev/input/"
SLACK_MS = 1_000  # a board tells its uptime in whole seconds

Opener = Callable[[Profile, str], Link]


def open_port(profile: Profile, port: str) -> Link:
    """Opens the port as the profile says. PortError when it cannot be."""
    keyboard = profile.format == "keys"
    device = find_port(port, keyboard)
    if keyboard and os.path.realpath(device).startswith(INPUTS):  # a virtual one is a terminal
        from devices.keyboard import Keyboard

        return Keyboard(device, profile.levels)
    return SerialPort(device, profile.wire)


class Reader:
    """A panel on a port. The first good open is a `Back`, a failed one a `Lost`, tried again.

    `port`: a device, a link, `serial:NUMBER` or `path:SOCKET`. While the port is gone `fileno()`
    may be that of the system's news of plugged devices: it is watched and read in the same way.
    """

    def __init__(
        self,
        profile: Profile,
        port: str,
        opener: Opener = open_port,
        seen: Seen = lambda *_: None,
    ) -> None:
        self.profile = profile
        self.port = port
        self._keeper = Keeper(port, lambda where: opener(profile, where))
        self._panel = Panel(profile, seen)
        self._signal: str | None = None
        self._said_ms = 0

    def fileno(self) -> int | None:
        """The descriptor to watch for reading; None if there is nothing to watch."""
        return self._keeper.fileno()

    @property
    def deadline(self) -> int | None:
        """When `on_tick` wants to be called, in ms of the caller's clock; None: only for bytes."""
        if self._keeper.broken:
            return 0
        return self._panel.deadline if self._keeper.is_open else self._keeper.retry_at

    def on_readable(self, now_ms: int) -> list[Event]:
        """Reads what has arrived. Harmless when nothing has."""
        data, events = self._keeper.take(now_ms)
        if data:
            events = self._panel.feed(data, now_ms)
            if self._panel.started_ms > self._said_ms + SLACK_MS:
                self._repeat(now_ms)  # the board started after it was told: its lamps are dark
            return events
        return self._mourn(events, now_ms) if events else self._reopen(now_ms)

    def on_tick(self, now_ms: int) -> list[Event]:
        """Whatever is due: a new try to open, a held key, a silence, a poll. Early is harmless."""
        if self._keeper.broken:
            return self._mourn(self._keeper.drop("hangup", now_ms), now_ms)
        if not self._keeper.is_open:
            return self._reopen(now_ms)
        # a silence is only proven once all that came is read
        events = self.on_readable(now_ms)
        if not self._keeper.is_open:
            return events
        events += self._panel.tick(now_ms)
        if self._panel.is_overdue(now_ms):
            self._keeper.drop("silent", now_ms)  # a hung adapter needs a new open
            return events  # the panel itself has told that it is lost
        self._keeper.give(self._panel.poll(now_ms))
        return events

    def send(self, signal: str, now_ms: int) -> None:
        """Lamps and buzzer: invite, thanks, pause, fault or cancel; said again after a reopen."""
        self._signal = signal
        self._repeat(now_ms)

    def close(self) -> None:
        """Closes the port for good; the reader opens nothing any more."""
        self._keeper.close()

    def _reopen(self, now_ms: int) -> list[Event]:
        events = self._keeper.attempt(now_ms)
        if any(isinstance(event, Back) for event in events):
            self._panel.open(now_ms)
            self._repeat(now_ms)
        # a silent panel is lost already, and an open port is not yet a panel: it must be heard
        return [] if self._panel.silent else events

    def _repeat(self, now_ms: int) -> None:
        self._said_ms = now_ms
        if self._signal is not None:
            self._keeper.give(self._panel.speak(self._signal))

    def _mourn(self, lost: list[Event], now_ms: int) -> list[Event]:
        """The port has gone: keys that were down are no longer known to be."""
        return self._panel.shut(now_ms) + ([] if self._panel.silent else lost)
